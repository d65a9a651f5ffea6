//! What a judge says of each answer over all its rounds, and what several judges say together.
//!
//! In: observations of all rounds, or the marks of several judges. Out: a verdict and a rank for each answer. Never: a verdict where as many
//! say one thing as the other.

use std::collections::BTreeMap;

use crate::report::observations::Observation;
use crate::stats::interval::mean;

/// What names an answer: instruction, person, model.
pub(super) type Answer = (String, String, String);

/// Votes and ranks by answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(BTreeMap<Answer, (i64, Vec<Option<f64>>)>);

pub(super) fn answer(o: &Observation) -> Answer {
    (o.instruction.clone(), o.person.clone(), o.model.clone())
}

/// One for correct, one less for incorrect.
fn vote(correct: Option<bool>) -> i64 {
    correct.map_or(0, |c| if c { 1 } else { -1 })
}

impl Marks {
    /// What these rows say together: the majority of the verdicts, the mean of the ranks.
    pub(super) fn of(rows: &[&Observation]) -> Self {
        let mut marks = Marks::default();
        for o in rows {
            marks.add(answer(o), o.correct(), o.rank);
        }
        marks
    }

    /// A jury: the majority of the judges, the mean of their ranks, each judge one voice however many rounds there were.
    pub(super) fn jury<'a>(judges: impl Iterator<Item = &'a Marks>) -> Self {
        let mut jury = Marks::default();
        for judge in judges {
            for of in judge.0.keys() {
                jury.add(of.clone(), judge.correct(of), judge.rank(of));
            }
        }
        jury
    }

    fn add(&mut self, of: Answer, correct: Option<bool>, rank: Option<f64>) {
        let (votes, ranks) = self.0.entry(of).or_default();
        *votes += vote(correct);
        ranks.push(rank);
    }

    /// The majority; `None` where there is none.
    pub(super) fn correct(&self, of: &Answer) -> Option<bool> {
        let (votes, _) = self.0.get(of)?;
        (*votes != 0).then_some(*votes > 0)
    }

    /// The mean rank; `None` where there is no rank.
    pub(super) fn rank(&self, of: &Answer) -> Option<f64> {
        mean(&self.0.get(of)?.1).0
    }

    /// All answers of which something is said.
    pub(super) fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.0.keys()
    }
}
