//! What a judge says of each answer over all its rounds, and what several judges say together.
//!
//! In: observations of all rounds, or the marks of several judges. Out: for each answer the share of voices that call it correct, and a rank.
//! Never: an answer left out because the rounds part: that would leave only those that are easy to judge.

use std::collections::BTreeMap;

use crate::report::observations::Observation;
use crate::stats::interval::mean;

/// What names an answer: instruction, person, model.
pub(super) type Answer = (String, String, String);

/// Voices and ranks by answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(BTreeMap<Answer, Voices>);

/// Whether each voice calls an answer correct, and the rank it gives.
type Voices = (Vec<Option<f64>>, Vec<Option<f64>>);

pub(super) fn answer(o: &Observation) -> Answer {
    (o.instruction.clone(), o.person.clone(), o.model.clone())
}

impl Marks {
    /// What these rows say together, each with the same weight.
    pub(super) fn of(rows: &[&Observation]) -> Self {
        let mut marks = Marks::default();
        for o in rows {
            let correct = o.correct().map(|c| f64::from(u8::from(c)));
            marks.add(answer(o), correct, o.rank);
        }
        marks
    }

    /// A jury: what most judges say, and the mean of their ranks, each judge one voice however many rounds there were.
    pub(super) fn jury<'a>(judges: impl Iterator<Item = &'a Marks>) -> Self {
        let mut all = Marks::default();
        for judge in judges {
            for of in judge.0.keys() {
                all.add(of.clone(), judge.correct(of), judge.rank(of));
            }
        }
        let mut jury = Marks::default();
        for of in all.0.keys() {
            let most = all.correct(of).map(|share| match share {
                half if (half - 0.5).abs() < 1e-9 => 0.5,
                more => f64::from(u8::from(more > 0.5)),
            });
            jury.add(of.clone(), most, all.rank(of));
        }
        jury
    }

    fn add(&mut self, of: Answer, correct: Option<f64>, rank: Option<f64>) {
        let (voices, ranks) = self.0.entry(of).or_default();
        voices.push(correct);
        ranks.push(rank);
    }

    /// The share of voices that call it correct; `None` where there is no verdict.
    pub(super) fn correct(&self, of: &Answer) -> Option<f64> {
        mean(&self.0.get(of)?.0).0
    }

    /// What most voices say; `None` where as many say one thing as the other.
    pub(super) fn majority(&self, of: &Answer) -> Option<bool> {
        let share = self.correct(of)?;
        ((share - 0.5).abs() > 1e-9).then_some(share > 0.5)
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
