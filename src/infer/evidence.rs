//! Evidence kept: how often what a clinician relied on lies within what a model would be sent.
//!
//! In: cases with gold responses that quote the record, passages that reviewers pinned, strategies, budgets. Out: for each case whether all passages that stand in the record
//! would be sent. A passage that stands at several places is kept where one of them is; passages that stand nowhere are counted and left
//! aside. No model is asked.

use rayon::prelude::*;

use super::context::{self, Ask, Choice, Strategy};
use super::laid::{Form, Laid};
use super::tokens::Counter;
use super::window;
use crate::dataset::{Answered, Case, Dataset, Window, record_fingerprint};
use crate::error::{Error, Result};
use crate::record::locate::Place;
use crate::record::{AsOf, Passages, Record};

/// What clinicians relied on beside what the dataset's gold responses quote.
pub(crate) trait Relied: Sync {
    /// How many passages there are for a case.
    fn count(&self, case: &Case) -> usize;

    /// Where those stand that are in the record.
    fn places(&self, case: &Case, passages: &Passages<'_>) -> Vec<Place>;
}

/// What is measured.
pub(crate) struct Question<'a> {
    /// The strategies, in the order in which they are compared.
    pub strategies: &'a [&'static dyn Strategy],
    /// Tokens of the record that may be sent.
    pub budgets: &'a [usize],
    /// How records are written.
    pub form: Form,
    /// What counts.
    pub counter: &'a dyn Counter,
    /// What chance is drawn from.
    pub seed: u64,
    /// Passages that were pinned.
    pub pinned: &'a dyn Relied,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Tokens of the record.
    pub tokens: usize,
    /// Passages that stand in the record.
    pub passages: usize,
    /// How many of these were pinned.
    pub pinned: usize,
    /// Whether all would be sent: budget after budget, within each by strategy.
    pub kept: Vec<bool>,
}

/// All cases.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Cases of which at least one passage stands in the record.
    pub cases: Vec<Measured>,
    /// Cases without such a passage.
    pub without: usize,
    /// Passages that stand nowhere.
    pub nowhere: usize,
    /// What could not be read.
    pub unread: Vec<Error>,
}

/// Measures all cases; calls `done` after each patient.
///
/// # Errors
/// When a tokenizer cannot take a record.
pub(crate) fn measure(
    dataset: &Dataset,
    groups: &[(&str, Vec<&Case>)],
    question: &Question<'_>,
    done: &(dyn Fn() + Sync),
) -> Result<Evidence> {
    let each = groups.par_iter().map(|(person, cases)| {
        let found = of_person(dataset, person, cases, question);
        done();
        found
    });
    let mut all = Evidence::default();
    for found in each.collect::<Result<Vec<Evidence>>>()? {
        all.cases.extend(found.cases);
        all.unread.extend(found.unread);
        all.without += found.without;
        all.nowhere += found.nowhere;
    }
    Ok(all)
}

fn of_person(
    dataset: &Dataset,
    person: &str,
    cases: &[&Case],
    question: &Question<'_>,
) -> Result<Evidence> {
    let mut found = Evidence::default();
    let has_evidence = |case: &Case| {
        question.pinned.count(case) > 0 || case.golds.iter().any(|gold| !gold.evidence.is_empty())
    };
    let (quoting, without): (Vec<&Case>, Vec<&Case>) =
        cases.iter().partition(|case| has_evidence(case));
    found.without = without.len();
    if quoting.is_empty() {
        return Ok(found);
    }
    let record = match dataset.load_patient(person) {
        Ok(record) => record,
        Err(error) => {
            found.unread.push(error);
            return Ok(found);
        }
    };
    let passages = Passages::of(&record);
    let mut laid_before: Option<(_, Laid, Vec<u32>)> = None;
    for case in quoting {
        let located = case
            .golds
            .iter()
            .flat_map(|gold| passages.locate_together(&gold.evidence));
        let (mut there, nowhere): (Vec<_>, Vec<_>) = located
            .map(|l| l.places)
            .partition(|places| !places.is_empty());
        let pinned = question.pinned.places(case, &passages);
        found.nowhere += nowhere.len() + question.pinned.count(case) - pinned.len();
        let quoted = there.len();
        there.extend(pinned.into_iter().map(|place| vec![place]));
        if there.is_empty() {
            found.without += 1;
            continue;
        }
        let (_, laid, starts) = match laid_before.take() {
            Some(same) if same.0 == case.as_of => laid_before.insert(same),
            _ => {
                let laid = Laid::of(&record, question.form, case.as_of.map(AsOf::new))?;
                let starts = laid.tokenised(question.counter)?;
                laid_before.insert((case.as_of, laid, starts))
            }
        };
        let mut kept = Vec::new();
        for budget in question.budgets {
            for strategy in question.strategies {
                let ask = Ask {
                    laid,
                    starts,
                    counter: question.counter,
                    question: case.question.trim(),
                    seed: context::seed(question.seed, &case.instruction_id, &case.person_id),
                    budget: *budget,
                };
                kept.push(match context::choose(*strategy, &ask)? {
                    Choice::Kept(choice) => {
                        let window = window::of(&record, laid, &choice.ranges);
                        there
                            .iter()
                            .all(|places| places.iter().any(|place| is_within(&window, place)))
                    }
                    Choice::TooLong(_) | Choice::Nothing => false,
                });
            }
        }
        found.cases.push(Measured {
            tokens: starts.len(),
            passages: there.len(),
            pinned: there.len() - quoted,
            kept,
        });
    }
    Ok(found)
}

/// How much of a case's evidence a model was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Held {
    /// All of it.
    All,
    /// Some of it.
    Part,
    None,
}

/// How much of the evidence of a case's gold responses and of what reviewers pinned, as far as it stands in the record, each model was sent
/// that the program asked: by label. Nothing is said of a record that has changed since.
pub(crate) fn held(
    record: &Record,
    passages: &Passages<'_>,
    (case, pinned): (&Case, &dyn Relied),
) -> Vec<(String, Held)> {
    let located = case
        .golds
        .iter()
        .flat_map(|gold| passages.locate_together(&gold.evidence));
    let pinned = pinned.places(case, passages).into_iter();
    let there = located.map(|l| l.places).filter(|p| !p.is_empty());
    let there: Vec<Vec<Place>> = there.chain(pinned.map(|place| vec![place])).collect();
    if there.is_empty() {
        return Vec::new();
    }
    let now = record_fingerprint(record);
    let of = |outcome: &Answered| {
        let windows = case.windows(outcome);
        if windows.is_empty() || windows.iter().any(|w| w.record != now) {
            return None;
        }
        let sent = |place: &Place| windows.iter().any(|w| is_within(w, place));
        let held = there.iter().filter(|places| places.iter().any(sent));
        let held = match held.count() {
            0 => Held::None,
            n if n == there.len() => Held::All,
            _ => Held::Part,
        };
        Some((outcome.label.clone(), held))
    };
    case.outcomes.iter().filter_map(of).collect()
}

/// Whether a passage was sent. One that reaches into an event's name needs the whole event.
fn is_within(window: &Window, place: &Place) -> bool {
    let part = window.part(place.event.0);
    let wanted = place.range.clone().unwrap_or(0..usize::MAX);
    part.is_some_and(|part| part.start <= wanted.start && wanted.end <= part.end)
}

/// Each case's quarter by the length of its record, from 0: as many in each as can be, equal lengths together.
pub(crate) fn quarters(cases: &[Measured]) -> Vec<usize> {
    let mut lengths: Vec<usize> = cases.iter().map(|case| case.tokens).collect();
    lengths.sort_unstable();
    let quarter = |case: &Measured| {
        let shorter = lengths.partition_point(|length| *length < case.tokens);
        4 * shorter / lengths.len()
    };
    cases.iter().map(quarter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_keep_equal_lengths_together() {
        let of = |tokens| Measured {
            tokens,
            passages: 1,
            pinned: 0,
            kept: Vec::new(),
        };
        let cases: Vec<Measured> = [40, 10, 20, 30, 10, 20, 30, 40].map(of).to_vec();
        assert_eq!(quarters(&cases), [3, 0, 1, 2, 0, 1, 2, 3]);
        assert_eq!(quarters(&[of(5), of(5), of(5)]), [0, 0, 0]);
    }
}
