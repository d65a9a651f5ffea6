//! Which readings of cases count, and why the others do not.
//!
//! In: what is known of a reading, from a review file or from a table that was exported; what the user wants counted besides. Out:
//! whether it counts, and one line for each reason, by reviewer. Report, export, progress, agreement and adjudication all ask
//! here. Never: a reading left out that no line tells of.
//!
//! The rule: a reading counts once it is submitted, and if the models' names were not in view when its marks were made.
//! A model that judges counts for nobody. `--unsubmitted`, `--unblinded` and `--machines` take the others in. An adjudication that is not submitted decides nothing, whatever is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::case::CaseReview;
use super::ledger::Ledger;
use super::pass::Pass;
use super::plan::Queues;
use crate::dataset::CaseKey;
use crate::notice::{Notice, Severity};
use crate::text::safe;

/// What is counted besides what always counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Rules {
    /// Count readings that are not submitted, too
    #[arg(long)]
    pub unsubmitted: bool,
    /// Count readings made with the models' names in view, too
    #[arg(long)]
    pub unblinded: bool,
    /// Count models that judge among people, too
    #[arg(long)]
    pub machines: bool,
}

/// What is known of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether the reviewer submitted it, and did not reopen it.
    pub submitted: bool,
    /// Whether all its marks were made before the reviewer saw the models' names.
    pub blind: bool,
    /// Whether the plan asks for it; `None` without a plan.
    pub planned: Option<bool>,
    /// Whether a model made it.
    pub machine: bool,
}

impl Standing {
    /// Of a reading in a ledger.
    pub fn of(
        (reviewer, machine): (&str, bool),
        pass: Pass,
        case: &CaseKey,
        review: &CaseReview,
        plan: Option<&Queues>,
    ) -> Self {
        Standing {
            submitted: review.submitted.is_some(),
            blind: review.is_blind(),
            planned: (plan.and_then(|plan| plan.ask_for(reviewer, pass, case)))
                .or(review.outside_plan.then_some(false)),
            machine,
        }
    }
}

/// What can be said of what a reviewer said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The reading is not submitted.
    Unsubmitted,
    /// The models' names were in view.
    Unblinded,
    /// A model made the reading.
    Machine,
    /// The plan does not ask for the reading.
    Unplanned,
    /// The dataset does not call the response used in the evaluation; it counts all the same.
    Unused,
    /// The same reviewer says something of the same response twice.
    Repeated,
    /// The dataset does not have the case.
    NoCase,
    /// The case has no response of the model.
    NoModel,
}

impl Cause {
    /// What it is said of, one and several, and how.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        let reading = |how| ("reading", "readings", how);
        let answer = |how| ("answer", "answers", how);
        match self {
            Cause::Unsubmitted => reading("not submitted"),
            Cause::Unblinded => reading("with the models' names in view"),
            Cause::Machine => reading("of a model that judges"),
            Cause::Unplanned => reading("outside of the plan"),
            Cause::Unused => answer("that is_used_eval does not call used"),
            Cause::Repeated => answer("of which the same reviewer has spoken before"),
            Cause::NoCase => answer("to cases that the dataset does not have"),
            Cause::NoModel => answer("of models that the case does not have"),
        }
    }

    /// The option that takes it in.
    pub fn option(self) -> Option<&'static str> {
        match self {
            Cause::Unsubmitted => Some("--unsubmitted"),
            Cause::Unblinded => Some("--unblinded"),
            Cause::Machine => Some("--machines"),
            _ => None,
        }
    }

    /// How bad it is to leave such out: what a rule leaves out is as it should be, what fits nowhere is not.
    fn severity(self) -> Severity {
        match self {
            Cause::Unsubmitted
            | Cause::Unblinded
            | Cause::Machine
            | Cause::Unplanned
            | Cause::Unused => Severity::Info,
            Cause::Repeated | Cause::NoCase | Cause::NoModel => Severity::Error,
        }
    }
}

impl Rules {
    /// Why a reading does not count; `None` when it does.
    pub fn against(self, pass: Pass, standing: Standing) -> Option<Cause> {
        let unsubmitted = self.unsubmitted && pass != Pass::Adjudication;
        if standing.machine && !self.machines {
            Some(Cause::Machine)
        } else if !standing.submitted && !unsubmitted {
            Some(Cause::Unsubmitted)
        } else if !standing.blind && !self.unblinded {
            Some(Cause::Unblinded)
        } else {
            None
        }
    }

    /// What of reviewers' ledgers counts. Readings in which nothing is said of a response stay: there is nothing to count.
    pub fn count(self, mut ledgers: BTreeMap<String, Ledger>, plan: Option<&Queues>) -> Counted {
        let mut tally = Tally::default();
        for (reviewer, ledger) in &mut ledgers {
            let machine = ledger.machine().is_some();
            ledger.retain(|pass, case, review| {
                if !review.is_marked() {
                    return true;
                }
                let standing = Standing::of((reviewer, machine), pass, case, review, plan);
                tally.counts(self, reviewer, (pass, case), standing)
            });
        }
        Counted { ledgers, tally }
    }
}

/// Ledgers in which only readings are left that count.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// By reviewer.
    pub ledgers: BTreeMap<String, Ledger>,
    /// What was left out, and what was taken in.
    pub tally: Tally,
}

/// What was left out and what was taken in, by cause and reviewer; each reading and answer once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken in or left out, why, whose, what.
    told: BTreeMap<(bool, Cause), ByReviewer>,
}

/// A reading, or an answer in it.
type Told = (Pass, CaseKey, String);
type ByReviewer = BTreeMap<String, BTreeSet<Told>>;

impl Tally {
    /// Whether a reading counts; what is special about it is told later.
    pub fn counts(
        &mut self,
        rules: Rules,
        reviewer: &str,
        (pass, case): (Pass, &CaseKey),
        standing: Standing,
    ) -> bool {
        let mut tell = |taken, cause| self.tell((taken, cause), reviewer, (pass, case), "");
        if let Some(cause) = rules.against(pass, standing) {
            tell(false, cause);
            return false;
        }
        if !standing.submitted {
            tell(true, Cause::Unsubmitted);
        }
        if !standing.blind {
            tell(true, Cause::Unblinded);
        }
        if standing.machine {
            tell(true, Cause::Machine);
        }
        if standing.planned == Some(false) {
            tell(true, Cause::Unplanned);
        }
        true
    }

    /// Counts one answer that is left out.
    pub fn leave_out(
        &mut self,
        cause: Cause,
        reviewer: &str,
        reading: (Pass, &CaseKey),
        model: &str,
    ) {
        self.tell((false, cause), reviewer, reading, model);
    }

    /// Counts one answer that is taken in and worth a word.
    pub fn take_in(
        &mut self,
        cause: Cause,
        reviewer: &str,
        reading: (Pass, &CaseKey),
        model: &str,
    ) {
        self.tell((true, cause), reviewer, reading, model);
    }

    fn tell(
        &mut self,
        what: (bool, Cause),
        reviewer: &str,
        (pass, case): (Pass, &CaseKey),
        model: &str,
    ) {
        let by_reviewer = self.told.entry(what).or_default();
        let told = by_reviewer.entry(reviewer.to_owned()).or_default();
        told.insert((pass, case.clone(), model.to_owned()));
    }

    /// Adds what another one tells.
    pub fn extend(&mut self, other: Tally) {
        for (what, by_reviewer) in other.told {
            let here = self.told.entry(what).or_default();
            for (reviewer, told) in by_reviewer {
                here.entry(reviewer).or_default().extend(told);
            }
        }
    }

    /// Who is told of.
    pub fn reviewers(&self) -> impl Iterator<Item = &str> {
        self.told
            .values()
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
    }

    /// Gives everyone who is told of another name.
    pub fn rename(&mut self, name: impl Fn(&str) -> String) {
        for by_reviewer in self.told.values_mut() {
            let renamed = std::mem::take(by_reviewer).into_iter();
            *by_reviewer = renamed.map(|(who, told)| (name(&who), told)).collect();
        }
    }

    /// How many readings or answers are left out for a cause.
    pub fn left_out(&self, cause: Cause) -> usize {
        let by_reviewer = self.told.get(&(false, cause));
        by_reviewer.map_or(0, |all| all.values().map(BTreeSet::len).sum())
    }

    /// One line for each cause, by reviewer: `left out: jchen 2 readings not submitted, okafor 1 reading …`.
    pub fn notices(&self) -> Vec<Notice> {
        let line = |((taken, cause), by_reviewer): (&(bool, Cause), &ByReviewer)| {
            let said = by_reviewer.iter();
            let said: Vec<String> = said
                .map(|(who, told)| of_reviewer(*cause, who, told))
                .collect();
            let option = cause
                .option()
                .filter(|_| !taken && helps(*cause, by_reviewer));
            let hint = option.map_or_else(String::new, |o| format!("; {o} takes them in"));
            let (severity, what) = if *taken {
                (Severity::Info, "taken in")
            } else {
                (cause.severity(), "left out")
            };
            let what = format!("{what}: {}{hint}", said.join(", "));
            Notice::file(severity, Path::new("reviews"), what)
        };
        self.told.iter().map(line).collect()
    }
}

/// Whether an option could take something in: no option takes in an adjudication that is not submitted.
fn helps(cause: Cause, by_reviewer: &ByReviewer) -> bool {
    let mut all = by_reviewer.values().flatten();
    cause != Cause::Unsubmitted || all.any(|(pass, ..)| *pass != Pass::Adjudication)
}

/// `jchen 2 readings not submitted`.
fn of_reviewer(cause: Cause, reviewer: &str, told: &BTreeSet<Told>) -> String {
    let (one, several, how) = cause.words();
    let is_decision = |(pass, ..): &&Told| *pass == Pass::Adjudication;
    let decisions = told.iter().filter(is_decision).count();
    let who = if reviewer.is_empty() {
        "nobody named".into()
    } else {
        safe(reviewer)
    };
    let counts = [
        (told.len() - decisions, one, several),
        (decisions, "adjudication", "adjudications"),
    ];
    let counts = counts.iter().filter(|(n, ..)| *n > 0);
    let counts = counts.map(|(n, one, several)| {
        let noun = if *n == 1 { one } else { several };
        format!("{who} {n} {noun} {how}")
    });
    counts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
