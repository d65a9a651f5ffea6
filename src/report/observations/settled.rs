//! What adjudicators decided, in place of what reviewers said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Observation, Observations};
use crate::notice::{Notice, Severity};

impl Observations {
    /// First readings with what adjudicators decided in their place: a verdict on a response replaces all verdicts, "unsure",
    /// errors and harm of that response, an order of a case all orders of that case, where it names
    /// every response that a reviewer ranked. What was not decided stays as the reviewers said it. A notice counts what was replaced; where a reviewer's row keeps one of the two, the other is missing.
    #[must_use]
    pub fn settled(&self) -> Self {
        let case = |o: &Observation| (o.instruction.clone(), o.person.clone());
        let judged = self
            .decided
            .iter()
            .filter(|o| o.correct.is_some() || o.unsure);
        let judged: BTreeSet<_> = judged.map(|o| (case(o), o.model.clone())).collect();
        let ranks = |rows: &[Observation]| {
            let mut ranks: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
            let given = |o: &&Observation| o.rank.is_some() && o.reading == 0;
            for o in rows.iter().filter(given) {
                ranks.entry(case(o)).or_default().insert(o.model.clone());
            }
            ranks
        };
        let said = ranks(&self.rows);
        let mut ranked = ranks(&self.decided);
        let orders = ranked.len();
        ranked.retain(|key, models| said.get(key).is_none_or(|said| said.is_subset(models)));
        let in_part = orders - ranked.len();
        let mut rows = Vec::new();
        for o in self.rows.iter().filter(|o| o.reading == 0) {
            let mut o = o.clone();
            let key = case(&o);
            if ranked.contains_key(&key) {
                o.rank = None;
            }
            if judged.contains(&(key, o.model.clone())) {
                o.correct = None;
                o.unsure = false;
                o.errors.clear();
                o.harm = None;
            }
            if o.correct.is_some() || o.unsure || o.rank.is_some() {
                rows.push(o);
            }
        }
        for o in &self.decided {
            let rank = o.rank.filter(|_| ranked.contains_key(&case(o)));
            if o.correct.is_some() || o.unsure || rank.is_some() {
                rows.push(Observation { rank, ..o.clone() });
            }
        }
        let mut notices = self.notices.clone();
        let what = format!(
            "adjudicated: {} verdicts and the orders of {} cases stand in place of the reviewers', which count as missing",
            judged.len(),
            ranked.len()
        );
        notices.push(Notice::file(Severity::Info, Path::new("reviews"), what));
        if in_part > 0 {
            let what = format!(
                "the decided orders of {in_part} cases leave out responses that reviewers ranked; the reviewers' orders stay"
            );
            notices.push(Notice::file(Severity::Warning, Path::new("reviews"), what));
        }
        Observations {
            rows,
            decided: Vec::new(),
            notices,
        }
    }
}
