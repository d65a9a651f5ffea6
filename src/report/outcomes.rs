//! What came of asking the models, and what counts in place of answers that never came.
//!
//! In: a dataset's outcomes, and observations. Out: a table of outcomes by model, with the share correct of what was judged and of all that was
//! asked; where that is wanted, observations that count what is no answer as incorrect. Nobody made these: they are in no table on
//! reviewers, and are told apart from judgements wherever these are counted.

use crate::review::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::observations::{Observation, Observations};
use super::table::{Form, Number, NumberColumn, Part, Table, TableRow};
use crate::dataset::model_responses::FOLDER;
use crate::dataset::{Case, CaseKey, Outcome};
use crate::notice::{Notice, Severity};
use crate::stats::interval::{self, wilson};
use crate::stats::method;

/// What came of asking one model for one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    case: CaseKey,
    model: String,
    outcome: Outcome,
    /// Whether any model answered the case.
    answered: bool,
}

/// All that came of asking the models of a dataset.
pub(crate) fn of(cases: &[Case]) -> Vec<Came> {
    let of_case = |case: &'_ Case| {
        let (key, answered) = (case.key(), !case.responses.is_empty());
        let came = case.outcomes.iter().map(move |o| Came {
            case: key.clone(),
            model: o.label.clone(),
            outcome: o.outcome,
            answered,
        });
        came.collect::<Vec<_>>()
    };
    cases.iter().flat_map(of_case).collect()
}

impl Observations {
    /// What is no answer as incorrect: once for each reviewer who reviewed the case, or once where nobody could since no model
    /// answered it. A case that still waits for its review waits as a whole.
    pub(crate) fn missing(&self, came: &[Came]) -> Vec<Observation> {
        let mut readers: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for o in self
            .rows
            .iter()
            .filter(|o| o.reading == 0 && o.says_something())
        {
            let key = (o.instruction.as_str(), o.person.as_str());
            readers.entry(key).or_default().insert(&o.reviewer);
        }
        let mut rows = Vec::new();
        for came in came.iter().filter(|c| !c.outcome.is_answer()) {
            let key = (came.case.instruction.as_str(), came.case.person.as_str());
            let nobody = (!came.answered).then_some("");
            let who = readers.get(&key).into_iter().flatten().copied();
            rows.extend(who.chain(nobody).map(|reviewer| Observation {
                instruction: came.case.instruction.clone(),
                person: came.case.person.clone(),
                model: came.model.clone(),
                reviewer: reviewer.to_owned(),
                verdict: Some(Verdict::Incorrect),
                no_answer: true,
                ..Observation::default()
            }));
        }
        rows
    }
}

/// What is told of outcomes that are no answers, where there are any.
pub(super) fn notice(missing: &[&Observation], counted: bool) -> Option<Notice> {
    let how = if counted {
        "count as incorrect in the tables on models, without a rank; nobody judged them"
    } else {
        "are in no rate, since nobody could judge them; --count-missing counts them as incorrect"
    };
    let what = format!("{} outcomes that are no answers {how}", missing.len());
    let folder = Path::new(FOLDER);
    (!missing.is_empty()).then(|| Notice::file(Severity::Info, folder, what))
}

/// The name of an outcome's column, and its title.
fn column(outcome: Outcome) -> NumberColumn {
    let title = match outcome {
        Outcome::Answered => "answered",
        Outcome::Cut => "cut off",
        Outcome::Filtered => "filtered",
        Outcome::TooLong => "too long",
        Outcome::Empty => "empty",
        Outcome::TruncatedByServer => "truncated by server",
        Outcome::Failed => "failed",
    };
    let id = outcome.name();
    NumberColumn { id, title }
}

/// The table; `None` where no model was asked. `said`: what reviewers said. `missing`: what counts as incorrect in place of answers.
pub(super) fn table(
    came: &[Came],
    said: &[&Observation],
    missing: &[&Observation],
) -> Option<Table> {
    let models: BTreeSet<&str> = came.iter().map(|c| c.model.as_str()).collect();
    let occurs = |outcome: &Outcome| came.iter().any(|c| c.outcome == *outcome);
    let outcomes: Vec<Outcome> = Outcome::ALL.into_iter().filter(occurs).collect();
    if models.is_empty() {
        return None;
    }
    let row = |model: &str| {
        let mine: Vec<&Came> = came.iter().filter(|c| c.model == model).collect();
        let asked = mine.len();
        let count = |n: usize| Number {
            n: asked,
            ..Number::count(n, &method::COUNT)
        };
        let of = |outcome: Outcome| mine.iter().filter(|c| c.outcome == outcome).count();
        let judged = said.iter().filter(|o| o.model == model);
        let judged: Vec<bool> = judged.filter_map(|o| o.correct()).collect();
        let right = judged.iter().filter(|c| **c).count();
        let lost = missing.iter().filter(|o| o.model == model).count();
        let share = |n: usize| Number {
            value: (n > 0).then(|| right as f64 / n as f64),
            interval: wilson(right, n),
            n,
            missing: 0,
            form: Form::Share,
            method: &interval::WILSON,
        };
        let mut numbers = vec![count(asked)];
        numbers.extend(outcomes.iter().map(|o| count(of(*o))));
        numbers.extend([share(judged.len()), share(judged.len() + lost)]);
        TableRow {
            keys: vec![model.to_owned()],
            numbers,
        }
    };
    let asked = NumberColumn {
        id: "asked",
        title: "asked",
    };
    let rates = [
        NumberColumn {
            id: "correct_of_judged",
            title: "correct of judged",
        },
        NumberColumn {
            id: "correct_of_asked",
            title: "correct, no answer counted as incorrect",
        },
    ];
    let columns = std::iter::once(asked).chain(outcomes.iter().map(|o| column(*o)));
    Some(Table {
        id: "outcomes",
        part: Part::Data,
        title: "What came of asking",
        caption: "Of the cases that each model was asked, how many gave an answer and what came in place of one; n counts these cases. Then the share correct of the answers that were judged, and the same with each outcome that is no answer counted as incorrect, in cases that were reviewed or that no model answered; there n counts judgements, and such outcomes in the last column."
            .to_owned(),
        keys: vec!["model"],
        columns: columns.chain(rates).collect(),
        rows: models.into_iter().map(row).collect(),
        chart: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::table::Report;
    use super::super::tables::Sources;
    use super::*;
    use crate::dataset::Answered;
    use crate::stats::interval::Bootstrap;

    fn outcome(label: &str, outcome: Outcome) -> Answered {
        let line = serde_json::json!({"v": 1, "time": "", "instruction": "", "person": "", "label": label, "outcome": outcome});
        serde_json::from_value(line).expect("a line")
    }

    fn case(id: &str, answered: bool, outcomes: Vec<Answered>) -> Case {
        let response = crate::dataset::Response::default();
        Case {
            instruction_id: id.to_owned(),
            responses: answered.then_some(response).into_iter().collect(),
            outcomes,
            ..Case::default()
        }
    }

    fn said(id: &str, reviewer: &str, model: &str, correct: bool) -> Observation {
        Observation {
            instruction: id.to_owned(),
            reviewer: reviewer.to_owned(),
            model: model.to_owned(),
            verdict: Some(Verdict::of(correct)),
            ..Observation::default()
        }
    }

    #[test]
    fn what_is_no_answer_counts_once_for_each_who_reviewed_the_case() {
        let (answered, filtered) = (Outcome::Answered, Outcome::Filtered);
        let cases = [
            case(
                "1",
                true,
                vec![outcome("a", answered), outcome("b", filtered)],
            ),
            // Nobody has reviewed it yet.
            case(
                "2",
                true,
                vec![outcome("a", answered), outcome("b", Outcome::Failed)],
            ),
            // Nobody ever can.
            case(
                "3",
                false,
                vec![outcome("a", filtered), outcome("b", filtered)],
            ),
        ];
        let all = Observations {
            rows: vec![said("1", "r", "a", true), said("1", "q", "a", false)],
            ..Observations::default()
        };
        let came = of(&cases);
        let missing = all.missing(&came);
        let who: Vec<_> = missing
            .iter()
            .map(|o| {
                (
                    o.instruction.as_str(),
                    o.reviewer.as_str(),
                    o.model.as_str(),
                )
            })
            .collect();
        assert_eq!(
            who,
            [
                ("1", "q", "b"),
                ("1", "r", "b"),
                ("3", "", "a"),
                ("3", "", "b")
            ]
        );
        assert!(
            missing
                .iter()
                .all(|o| o.no_answer && o.correct() == Some(false) && o.rank.is_none())
        );
        let (rows, missing): (Vec<_>, Vec<_>) =
            (all.rows.iter().collect(), missing.iter().collect());
        let table = table(&came, &rows, &missing).expect("a table");
        let ids: Vec<&str> = table.columns.iter().map(|c| c.id).collect();
        assert_eq!(
            ids,
            [
                "asked",
                "answered",
                "filtered",
                "failed",
                "correct_of_judged",
                "correct_of_asked"
            ]
        );
        let numbers = |row: usize| -> Vec<(Option<f64>, usize)> {
            table.rows[row]
                .numbers
                .iter()
                .map(|n| (n.value, n.n))
                .collect()
        };
        let some = |value, n| (Some(value), n);
        assert_eq!(
            numbers(0),
            [
                some(3.0, 3),
                some(2.0, 3),
                some(1.0, 3),
                some(0.0, 3),
                some(0.5, 2),
                some(1.0 / 3.0, 3)
            ]
        );
        assert_eq!(numbers(1)[4..], [(None, 0), some(0.0, 3)]);
    }

    #[test]
    fn it_counts_where_that_is_wanted_and_in_tables_on_models_only() {
        let missing = Observation {
            no_answer: true,
            ..said("1", "r", "b", false)
        };
        let report = |count_missing| {
            let rows = vec![
                said("1", "r", "a", true),
                said("2", "r", "a", true),
                said("2", "r", "b", true),
            ];
            let sources = Sources {
                main: Observations {
                    rows,
                    ..Observations::default()
                },
                missing: vec![missing.clone()],
                count_missing,
                ..Sources::default()
            };
            let (samples, seed) = (20, 1);
            Report::of(sources, Bootstrap { samples, seed })
        };
        let cell = |report: &Report, id: &str, key: &str, column: usize| {
            let table = report.tables.iter().find(|t| t.id == id).expect("a table");
            let row = table.rows.iter().find(|r| r.keys[0] == key);
            let number = &row.expect("a row").numbers[column];
            (number.value, number.n)
        };
        let (without, with) = (report(false), report(true));
        for id in ["correctness", "summary"] {
            assert_eq!(cell(&without, id, "b", 0), (Some(1.0), 1));
            assert_eq!(cell(&with, id, "b", 0), (Some(0.5), 2));
        }
        // Nobody judged it, and nobody ranked it.
        let judgements = 3;
        assert_eq!(cell(&with, "data", "models", judgements).0, Some(3.0));
        assert_eq!(cell(&with, "ranks", "b", 0), (None, 0));
        let said_of = |report: &Report| report.notices[0].what.clone();
        assert!(said_of(&without).contains("--count-missing"));
        assert!(said_of(&with).contains("nobody judged them"));
        let caption = |report: &Report| {
            let table = report.tables.iter().find(|t| t.id == "correctness");
            table.expect("a table").caption.clone()
        };
        assert!(caption(&with).contains("no answer") && !caption(&without).contains("no answer"));
    }
}
