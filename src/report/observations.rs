//! Observations: who judged and ranked which model's response to which instruction.
//!
//! In: a dataset's cases, a table of several reviewers' judgements, or review ledgers. Out: one plain row a response, reviewer
//! and reading. A judgement or rank that cannot be read counts as missing and is noticed. Never: a question or a response.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;

use super::about::About;
use crate::dataset::Case;
use crate::dataset::table::Table;
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::review::{CaseReview, ErrorKind, Harm, Ledger, Pass, Verdict, adjudicate};

/// At most so many cells of one sort are noticed one by one; the rest are counted.
const LISTED: usize = 20;

/// What one reviewer said of one model's response to one instruction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// The instruction's id.
    pub instruction: String,
    /// The patient's id.
    pub person: String,
    /// The model's name.
    pub model: String,
    /// The reviewer's name; empty where the dataset states none.
    pub reviewer: String,
    /// The judgement; `None` when there is none, or the reviewer is unsure.
    pub correct: Option<bool>,
    /// The rank, 1 is best; `None` when there is none.
    pub rank: Option<f64>,
    /// Whether the reviewer said that they cannot say.
    pub unsure: bool,
    /// Which reading of the case it is: 0 for the first, 1 for the second …
    pub reading: u32,
    /// Where the response stood on the screen, from 0; `None` where it is not known.
    pub position: Option<u32>,
    /// When it was judged.
    pub at: Option<Timestamp>,
    /// Seconds that the reviewer spent on the case.
    pub seconds: Option<u64>,
    /// What is wrong with the response.
    pub errors: Vec<ErrorKind>,
    /// The harm that may follow.
    pub harm: Option<Harm>,
    /// What is known of the instruction, the record and the response beside what the reviewer said.
    pub about: About,
}

/// Observations, and what was off in their source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    /// One row a response and reviewer.
    pub rows: Vec<Observation>,
    /// What adjudicators decided, a row a response of each adjudicated case; no part of `rows`, see [`Observations::settled`].
    pub decided: Vec<Observation>,
    /// Cells that count as missing although something is written there.
    pub notices: Vec<Notice>,
}

impl Observations {
    /// The judgements and ranks that came with a dataset's responses (`binary_correct`, `model_rank`, and the columns that
    /// [`Observations::from_reviews`] reads besides). `table` is the file that the notices name.
    pub fn from_cases(cases: &[Case], table: &Path) -> Self {
        let mut doubts = Doubts::new(table);
        let mut rows = Vec::new();
        for case in cases {
            for response in &case.responses {
                let cell = |name: &str| {
                    let mut columns = response.columns.iter();
                    let found = columns.find(|(n, _)| n.eq_ignore_ascii_case(name));
                    found.map_or("", |(_, value)| value.trim())
                };
                rows.push(Observation {
                    instruction: case.instruction_id.clone(),
                    person: case.person_id.clone(),
                    model: response.model.clone(),
                    ..doubts.row(cell, response.line)
                });
            }
        }
        Observations {
            rows,
            decided: Vec::new(),
            notices: doubts.into_notices(),
        }
    }

    /// What holds in reviewers' ledgers for a dataset's cases, submitted or not. Cases on which a reviewer has neither
    /// a verdict nor an order are no rows of that reviewer. "Unsure" is a missing judgement; orders are numbered 1, 2, 2, 4.
    pub fn from_ledgers(cases: &[Case], ledgers: &BTreeMap<String, Ledger>) -> Self {
        let each = ledgers.iter();
        let rows =
            each.flat_map(|(reviewer, ledger)| Self::from_ledger(cases, reviewer, ledger).rows);
        let (decisions, others) = adjudicate::decisions(cases, ledgers);
        let decided = cases.iter().flat_map(|case| {
            let decision = decisions.get(&case.key());
            // An adjudicator may have been a reviewer of the case, too.
            let of = |(who, review): &(&str, &CaseReview)| {
                of_review(case, review, &format!("{who} ({})", Pass::Adjudication), 0)
            };
            decision.map_or(Vec::new(), of)
        });
        let mut notices = Vec::new();
        if others > 0 {
            let what = format!(
                "{others} adjudications of a case that another adjudicator decided later are left out"
            );
            notices.push(Notice::file(Severity::Warning, Path::new("reviews"), what));
        }
        Observations {
            rows: rows.collect(),
            decided: decided.collect(),
            notices,
        }
    }

    /// What holds in one reviewer's ledger, see [`Observations::from_ledgers`].
    pub fn from_ledger(cases: &[Case], reviewer: &str, ledger: &Ledger) -> Self {
        let rows = cases
            .iter()
            .flat_map(|case| readings(case, reviewer, ledger));
        Observations {
            rows: rows.collect(),
            ..Observations::default()
        }
    }

    /// The rows of a table with `instruction_id`, `person_id`, `model_name`, the reviewer in `annotator_num` or `reviewer`,
    /// and at least one of `binary_correct` and `model_rank`. Read where they are there: `verdict`, `shown_position`,
    /// `judged_at`, `seconds`, `errors`, `harm`, and `pass` (1 for the first reading of a case).
    ///
    /// # Errors
    /// When a column is missing.
    pub fn from_reviews(table: &Table) -> Result<Self> {
        let column = |names: &[&str]| {
            names.iter().find_map(|n| table.column(n)).ok_or_else(|| {
                let what = format!("line 1: the column {} is missing", names.join(" or "));
                Error::unreadable(table.path(), what)
                    .hint("name the column in the table's first line")
            })
        };
        let [instruction, person, model] = [
            column(&["instruction_id"])?,
            column(&["person_id"])?,
            column(&["model_name"])?,
        ];
        column(&["annotator_num", "reviewer"])?;
        column(&["binary_correct", "model_rank"])?;
        let mut doubts = Doubts::new(table.path());
        let mut found = Observations::default();
        for row in table.rows() {
            let text = |column: usize| row.get(column).trim().to_owned();
            let cell = |name: &str| table.column(name).map_or("", |c| row.get(c).trim());
            let said = Observation {
                instruction: text(instruction),
                person: text(person),
                model: text(model),
                ..doubts.row(cell, row.line())
            };
            if cell("pass") == Pass::Adjudication.to_string() {
                found.decided.push(said);
            } else {
                found.rows.push(said);
            }
        }
        found.notices = doubts.into_notices();
        Ok(found)
    }

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

/// A reviewer's rows of each reading of a case; an adjudication is none.
fn readings(case: &Case, reviewer: &str, ledger: &Ledger) -> Vec<Observation> {
    let key = case.key();
    let numbered = ledger.passes().filter_map(|pass| match pass {
        Pass::First => Some((pass, 0)),
        Pass::Again(n) => Some((pass, n - 1)),
        Pass::Adjudication => None,
    });
    numbered
        .flat_map(|(pass, n)| of_review(case, ledger.reading(pass, &key), reviewer, n))
        .collect()
}

/// A reviewer's rows of a case; none without a verdict or an order.
fn of_review(case: &Case, review: &CaseReview, reviewer: &str, reading: u32) -> Vec<Observation> {
    let ranks = review.rank.ranks_competition();
    let verdict = |model: &str| review.judgement(model).map(|j| j.verdict);
    if ranks.is_empty() && case.responses.iter().all(|r| verdict(&r.model).is_none()) {
        return Vec::new();
    }
    let (category, subcategory) = review.category.clone().unwrap_or_default();
    let of = |model: &str| {
        let judgement = review.judgement(model);
        let mut numbered = ranks.iter();
        Observation {
            instruction: case.instruction_id.clone(),
            person: case.person_id.clone(),
            model: model.to_owned(),
            reviewer: reviewer.to_owned(),
            correct: match verdict(model) {
                Some(Verdict::Correct) => Some(true),
                Some(Verdict::Incorrect) => Some(false),
                Some(Verdict::Unsure) | None => None,
            },
            rank: numbered
                .find(|(ranked, _)| *ranked == model)
                .map(|(_, rank)| f64::from(*rank)),
            unsure: verdict(model) == Some(Verdict::Unsure),
            reading,
            position: judgement.and_then(|j| j.shown_position),
            at: judgement.map(|j| j.at),
            seconds: review.submitted.as_ref().map(|s| s.seconds),
            errors: review.errors(model).to_vec(),
            harm: review.harm(model),
            about: About {
                category: category.clone(),
                subcategory: subcategory.clone(),
                ..About::default()
            },
        }
    };
    case.responses.iter().map(|r| of(&r.model)).collect()
}

/// Cells that say something unreadable.
struct Doubts<'a> {
    file: &'a Path,
    correct: Vec<u64>,
    rank: Vec<u64>,
}

impl<'a> Doubts<'a> {
    fn new(file: &'a Path) -> Self {
        Doubts {
            file,
            correct: Vec::new(),
            rank: Vec::new(),
        }
    }

    /// What a row says, by its cells; who and what it is about stays empty.
    fn row<'c>(&mut self, cell: impl Fn(&str) -> &'c str, line: u64) -> Observation {
        let either = |a: &str, b: &str| Some(cell(a)).filter(|c| !c.is_empty()).unwrap_or(cell(b));
        let count = |name: &str| cell(name).parse::<u32>().ok();
        let named = |kind: &&ErrorKind, name: &str| kind.name() == name.trim();
        let kinds = |name: &str| {
            ErrorKind::ALL
                .iter()
                .find(|kind| named(kind, name))
                .copied()
        };
        let harm = cell("harm");
        Observation {
            reviewer: either("reviewer", "annotator_num").to_owned(),
            correct: self.correct(cell("binary_correct"), line),
            rank: self.rank(cell("model_rank"), line),
            unsure: cell("verdict").eq_ignore_ascii_case(Verdict::Unsure.name()),
            reading: count("pass").unwrap_or(1).saturating_sub(1),
            position: count("shown_position"),
            at: cell("judged_at").parse().ok(),
            seconds: cell("seconds").parse().ok(),
            errors: cell("errors").split(';').filter_map(kinds).collect(),
            harm: Harm::ALL.into_iter().find(|h| h.name() == harm),
            ..Observation::default()
        }
    }

    fn correct(&mut self, cell: &str, line: u64) -> Option<bool> {
        if is_blank(cell) {
            return None;
        }
        let found = read_correct(cell);
        if found.is_none() {
            self.correct.push(line);
        }
        found
    }

    fn rank(&mut self, cell: &str, line: u64) -> Option<f64> {
        if is_blank(cell) {
            return None;
        }
        let found = cell
            .parse::<f64>()
            .ok()
            .filter(|r| r.is_finite() && *r > 0.0);
        if found.is_none() {
            self.rank.push(line);
        }
        found
    }

    fn into_notices(self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (lines, what, rest) in [
            (
                self.correct,
                "binary_correct is none of 1, 0, true, false, yes, no",
                "judgements",
            ),
            (self.rank, "model_rank is no positive number", "ranks"),
        ] {
            for &line in lines.iter().take(LISTED) {
                let what = format!("{what}; it counts as missing");
                notices.push(Notice::line(Severity::Warning, self.file, line, what));
            }
            if lines.len() > LISTED {
                let what = format!("{} more {rest} count as missing", lines.len() - LISTED);
                notices.push(Notice::file(Severity::Warning, self.file, what));
            }
        }
        notices
    }
}

/// What tables write for "no value".
fn is_blank(cell: &str) -> bool {
    cell.is_empty()
        || ["nan", "na", "n/a", "null", "none"]
            .iter()
            .any(|b| cell.eq_ignore_ascii_case(b))
}

fn read_correct(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|w| cell.eq_ignore_ascii_case(w));
    if is(&["1", "1.0", "true", "yes"]) {
        Some(true)
    } else if is(&["0", "0.0", "false", "no"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Response;

    fn case(cells: &[(&str, &str)]) -> Case {
        let responses = cells
            .iter()
            .enumerate()
            .map(|(i, (correct, rank))| Response {
                model: format!("m{i}"),
                line: i as u64 + 2,
                columns: vec![
                    ("model_rank".to_owned(), (*rank).to_owned()),
                    ("binary_correct".to_owned(), (*correct).to_owned()),
                ],
                ..Response::default()
            })
            .collect();
        Case {
            instruction_id: "7".to_owned(),
            responses,
            ..Case::default()
        }
    }

    #[test]
    fn every_known_form_is_read() {
        let forms = [
            ("1", "1"),
            ("0.0", "2.5"),
            ("TRUE", " 3 "),
            ("no", "1.0"),
            ("Yes", ""),
            ("", "nan"),
        ];
        let found = Observations::from_cases(&[case(&forms)], Path::new("t.tsv"));
        let correct: Vec<_> = found.rows.iter().map(|o| o.correct).collect();
        assert_eq!(
            correct,
            [
                Some(true),
                Some(false),
                Some(true),
                Some(false),
                Some(true),
                None
            ]
        );
        let ranks: Vec<_> = found.rows.iter().map(|o| o.rank).collect();
        assert_eq!(
            ranks,
            [Some(1.0), Some(2.5), Some(3.0), Some(1.0), None, None]
        );
        assert_eq!(found.notices, []);
    }

    #[test]
    fn what_cannot_be_read_is_missing_and_noticed_by_line() {
        let found = Observations::from_cases(
            &[case(&[("maybe", "best"), ("1", "-1")])],
            Path::new("t.tsv"),
        );
        assert_eq!(
            (
                found.rows[0].correct,
                found.rows[0].rank,
                found.rows[1].rank
            ),
            (None, None, None)
        );
        let said: Vec<String> = found.notices.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 3);
        assert!(
            said[0].starts_with("t.tsv:2: warning: binary_correct"),
            "{said:?}"
        );
        assert!(
            said.iter()
                .all(|s| !s.contains("maybe") && !s.contains("best")),
            "{said:?}"
        );
    }

    #[test]
    fn reviews_need_their_columns() {
        let table = Table::parse(Path::new("r.tsv"), b"instruction_id\tperson_id\n1\t2\n")
            .expect("a table");
        let error = Observations::from_reviews(&table)
            .expect_err("no model")
            .to_string();
        assert!(
            error.contains("r.tsv: line 1: the column model_name is missing"),
            "{error}"
        );
    }

    #[test]
    fn what_was_decided_replaces_what_was_said_of_the_same() {
        let row = |model: &str, reviewer: &str, correct, rank: Option<f64>| Observation {
            instruction: "7".to_owned(),
            model: model.to_owned(),
            reviewer: reviewer.to_owned(),
            correct,
            rank,
            ..Observation::default()
        };
        let said = Observations {
            rows: vec![
                row("a", "x", Some(true), Some(1.0)),
                row("b", "x", Some(false), Some(2.0)),
                row("a", "y", Some(false), Some(2.0)),
                row("b", "y", Some(false), Some(1.0)),
                Observation {
                    reading: 1,
                    ..row("a", "x", Some(false), None)
                },
            ],
            // A verdict on one response, and no order.
            decided: vec![row("a", "z", Some(true), None), row("b", "z", None, None)],
            notices: Vec::new(),
        };
        let settled = said.settled();
        let seen = |all: &Observations| -> Vec<(String, String, Option<bool>, Option<f64>)> {
            let rows = all.rows.iter();
            rows.map(|o| (o.model.clone(), o.reviewer.clone(), o.correct, o.rank))
                .collect()
        };
        let expected = [
            ("a", "x", None, Some(1.0)),
            ("b", "x", Some(false), Some(2.0)),
            ("a", "y", None, Some(2.0)),
            ("b", "y", Some(false), Some(1.0)),
            ("a", "z", Some(true), None),
        ];
        let own = |(m, r, c, n): (&str, &str, _, _)| (m.to_owned(), r.to_owned(), c, n);
        assert_eq!(seen(&settled), expected.map(own));
        let notice = settled.notices[0].to_string();
        assert!(
            notice.contains("1 verdicts and the orders of 0 cases"),
            "{notice}"
        );

        // An order that leaves out what reviewers ranked replaces none.
        let in_part = Observations {
            decided: vec![row("a", "z", None, Some(1.0)), row("b", "z", None, None)],
            ..said.clone()
        };
        let settled = in_part.settled();
        assert_eq!(settled.rows.len(), 4);
        assert!(settled.rows.iter().all(|o| o.rank.is_some()));
        let notice = settled.notices[1].to_string();
        assert!(notice.contains("orders of 1 cases leave out"), "{notice}");

        // An order replaces all orders of its case.
        let ranked = Observations {
            decided: vec![
                row("a", "z", None, Some(1.0)),
                row("b", "z", None, Some(2.0)),
            ],
            ..said
        };
        let settled = ranked.settled();
        let ranks: Vec<_> = settled
            .rows
            .iter()
            .map(|o| (o.correct.is_some(), o.rank))
            .collect();
        assert_eq!(
            ranks,
            [
                (true, None),
                (true, None),
                (true, None),
                (true, None),
                (false, Some(1.0)),
                (false, Some(2.0)),
            ]
        );
    }

    #[test]
    fn ledgers_give_what_holds() {
        use crate::review::{Act, Entry};
        let case = case(&[("", ""), ("", ""), ("", "")]);
        let mut ledger = Ledger::new("r");
        let judge = |model: &str, verdict| Act::Judge {
            model: model.to_owned(),
            verdict: Some(verdict),
            shown_position: None,
            view: None,
        };
        let order = [vec!["m1", "m0"], vec!["m2"]];
        let order = order
            .map(|level| level.into_iter().map(str::to_owned).collect())
            .to_vec();
        let acts = [
            judge("m0", Verdict::Incorrect),
            judge("m0", Verdict::Correct),
            judge("m1", Verdict::Unsure),
            Act::Rank { order },
        ];
        let again = [Pass::Again(2), Pass::Adjudication];
        let acts = acts.map(|act| (Pass::First, act)).into_iter();
        let acts = acts.chain(again.map(|pass| (pass, judge("m0", Verdict::Incorrect))));
        for (n, (pass, act)) in acts.enumerate() {
            ledger.apply(Entry {
                v: 1,
                id: format!("{n:026}"),
                time: "2026-01-01T00:00:00Z".parse().expect("a time"),
                reviewer: "r".to_owned(),
                case: Some(case.key()),
                pass,
                act,
                extra: serde_json::Map::new(),
            });
        }
        let ledgers = BTreeMap::from([("r".to_owned(), ledger)]);
        let found = Observations::from_ledgers(&[case, Case::default()], &ledgers);
        let rows = found.rows.iter();
        let said: Vec<_> = rows.map(|o| (o.reading, o.correct, o.rank)).collect();
        assert_eq!(
            said,
            [
                (0, Some(true), Some(1.0)),
                (0, None, Some(1.0)),
                (0, None, Some(3.0)),
                (1, Some(false), None),
                (1, None, None),
                (1, None, None),
            ]
        );
        let decided: Vec<_> = found.decided.iter().map(|o| o.correct).collect();
        assert_eq!(decided, [Some(false), None, None]);
        assert_eq!(found.decided[0].reviewer, "r (adjudication)");
    }
}
