//! Which readings there are to step through: the reviewer's queue of the plan, or all cases.
//!
//! In: the plan's queue, the filter in use, what the reviewer said. Out: readings in order, and the next one.

use super::App;
use crate::dataset::Case;
use crate::review::plan::Step;
use crate::tui::queue::CaseFilter;

impl App {
    /// The reading in view.
    pub(crate) fn step(&self) -> Step {
        Step {
            case: self.in_view.case,
            pass: self.in_view.pass,
        }
    }

    /// Its place in the reviewer's queue, from 0.
    pub(crate) fn place_in_queue(&self) -> Option<usize> {
        self.desk.plan.steps.iter().position(|s| *s == self.step())
    }

    /// The readings that the filter in use chooses from, in order.
    fn readings(&self) -> Vec<Step> {
        let everywhere = matches!(self.desk.plan.filter, CaseFilter::All | CaseFilter::Mine);
        if self.desk.plan.steps.is_empty() || everywhere {
            let all = 0..self.desk.dataset.cases().len();
            let pass = self.usual_pass();
            return all.map(|case| Step { case, pass }).collect();
        }
        self.desk.plan.steps.clone()
    }

    /// Whether the filter in use shows a reading.
    fn is_listed(&self, step: Step) -> bool {
        let Some(case) = self.desk.dataset.cases().get(step.case) else {
            return false;
        };
        let review = self.desk.log.ledger().reading(step.pass, &case.key());
        match &self.desk.plan.filter {
            CaseFilter::All | CaseFilter::Queue => true,
            CaseFilter::Unfinished => !review.is_done(),
            CaseFilter::Mine => review.is_begun(),
            CaseFilter::Flagged => review.flagged,
            CaseFilter::Category(name) => name == self.category_of(case).0,
        }
    }

    /// The readings that the list of cases shows, in order.
    pub(crate) fn listed(&self) -> Vec<Step> {
        let mut all = self.readings();
        all.retain(|s| self.is_listed(*s));
        all
    }

    /// The next listed reading after the one in view, or the one before it. From outside the queue, the first of the queue.
    pub(crate) fn neighbour(&self, forward: bool) -> Option<Step> {
        let all = self.readings();
        let here = all.iter().position(|s| *s == self.step());
        let listed = |s: &&Step| self.is_listed(**s);
        match (here, forward) {
            (Some(here), true) => all[here + 1..].iter().find(listed).copied(),
            (Some(here), false) => all[..here].iter().rev().find(listed).copied(),
            (None, _) => all.iter().find(listed).copied(),
        }
    }

    /// The categories of the cases, each once, in the cases' order.
    pub(crate) fn categories(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for case in self.desk.dataset.cases() {
            let (category, _) = self.category_of(case);
            if !category.is_empty() && !all.contains(&category) {
                all.push(category);
            }
        }
        all
    }

    /// Category and subcategory of a case: what the reviewer said, or else the dataset.
    pub(crate) fn category_of<'a>(&'a self, case: &'a Case) -> (&'a str, &'a str) {
        match &self.desk.log.ledger().case(&case.key()).category {
            Some((category, subcategory)) => (category, subcategory),
            None => (&case.category, &case.subcategory),
        }
    }
}
