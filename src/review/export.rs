//! Reviews as a table in the layout in which the study's judgements were released.
//!
//! In: cases and the ledgers of all reviewers. Out: a row for each response of each case that a reviewer said anything
//! about, and counts that add up. Never: a judgement dropped in silence; those that no response of the dataset takes are listed.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::case::CaseReview;
use super::entry::Verdict;
use super::ledger::Ledger;
use crate::dataset::table::Writer;
use crate::dataset::{Case, CaseKey, Response};

/// The columns, and whether a column holds free text.
const COLUMNS: [(&str, bool); 22] = [
    ("instruction_id", false),
    ("question", true),
    ("person_id", false),
    ("filename", false),
    ("model_name", false),
    ("model_response", true),
    ("model_rank", false),
    ("binary_correct", false),
    ("is_used_eval", false),
    ("clinician_response", true),
    ("evidence", true),
    ("submitter_specialty", false),
    ("reviewer", false),
    ("shown_position", false),
    ("verdict", false),
    ("errors", false),
    ("harm", false),
    ("comment", true),
    ("case_comment", true),
    ("model_rank_dense", false),
    ("judged_at", false),
    ("submitted", false),
];

/// Judgements of a case or model that the dataset does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose.
    pub reviewer: String,
    /// The case.
    pub case: CaseKey,
    /// Whether the dataset has the case, and lacks only the models.
    pub case_is_known: bool,
    /// How many judgements.
    pub judgements: usize,
}

/// What was written. `rows = judged + unjudged`, and `judgements = judged +` those [`elsewhere`](Self::elsewhere).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows written.
    pub rows: usize,
    /// Rows with a verdict.
    pub judged: usize,
    /// Rows without one.
    pub unjudged: usize,
    /// Verdicts that are unsure, whose `binary_correct` is empty; among `judged`.
    pub unsure: usize,
    /// Judgements that hold in the review files.
    pub judgements: usize,
    /// Judgements without a row.
    pub elsewhere: Vec<Elsewhere>,
}

/// Writes the table. `text` says whether free text (of records, responses and remarks) is written.
///
/// `binary_correct` is 1, 0, or empty when unsure or not judged; `model_rank` numbers ties as competitions do (1 2 2 4)
/// among the responses that the dataset has.
///
/// # Errors
/// When writing fails.
pub fn write_table(
    cases: &[Case],
    ledgers: &BTreeMap<String, Ledger>,
    text: bool,
    out: &mut dyn Write,
) -> io::Result<Counts> {
    let mut counts = Counts::default();
    let mut table = Writer::tabs(out);
    let keep = |row: [String; COLUMNS.len()]| {
        let cells = row.into_iter().zip(COLUMNS);
        cells.filter_map(move |(cell, (_, free))| (text || !free).then_some(cell))
    };
    table.row(keep(COLUMNS.map(|(name, _)| name.to_owned())))?;
    for case in cases {
        let key = case.key();
        for (reviewer, ledger) in ledgers {
            let review = ledger.case(&key);
            if *review == CaseReview::default() {
                continue;
            }
            for (response, ranks) in case.responses.iter().zip(ranks(case, review)) {
                counts.rows += 1;
                match review.verdict(&response.model) {
                    Some(verdict) => {
                        counts.judged += 1;
                        counts.unsure += usize::from(verdict == Verdict::Unsure);
                    }
                    None => counts.unjudged += 1,
                }
                table.row(keep(row(case, response, reviewer, review, ranks)))?;
            }
        }
    }
    table.finish()?;
    count_elsewhere(cases, ledgers, &mut counts);
    Ok(counts)
}

fn count_elsewhere(cases: &[Case], ledgers: &BTreeMap<String, Ledger>, counts: &mut Counts) {
    let known: BTreeMap<CaseKey, &Case> = cases.iter().map(|c| (c.key(), c)).collect();
    for (reviewer, ledger) in ledgers {
        let mut reviews: Vec<_> = ledger.cases().collect();
        reviews.sort_by_key(|(key, _)| *key);
        for (key, review) in reviews {
            let case = known.get(key);
            let has = |model: &String| {
                case.is_some_and(|case| case.responses.iter().any(|r| r.model == *model))
            };
            let judged = review.responses.iter();
            let judged = judged.filter(|(_, r)| r.judgement.is_some());
            let (here, there): (Vec<_>, Vec<_>) = judged.partition(|(model, _)| has(model));
            counts.judgements += here.len() + there.len();
            if !there.is_empty() {
                counts.elsewhere.push(Elsewhere {
                    reviewer: reviewer.clone(),
                    case: key.clone(),
                    case_is_known: case.is_some(),
                    judgements: there.len(),
                });
            }
        }
    }
}

/// The ranks of a case's responses in the table's order, by competition and dense.
fn ranks(case: &Case, review: &CaseReview) -> Vec<[String; 2]> {
    let has = |model: &str| case.responses.iter().any(|r| r.model == model);
    let order = review.rank.only(has);
    let numbered = |ranks: Vec<(&str, u32)>| -> BTreeMap<String, String> {
        let pairs = ranks.into_iter();
        pairs.map(|(m, r)| (m.to_owned(), r.to_string())).collect()
    };
    let all = [
        numbered(order.ranks_competition()),
        numbered(order.ranks_dense()),
    ];
    let of = |r: &Response| {
        all.each_ref()
            .map(|ranks| ranks.get(&r.model).cloned().unwrap_or_default())
    };
    case.responses.iter().map(of).collect()
}

fn row(
    case: &Case,
    response: &Response,
    reviewer: &str,
    review: &CaseReview,
    [competition, dense]: [String; 2],
) -> [String; COLUMNS.len()] {
    let column = |name: &str| {
        let found = response.columns.iter().find(|(column, _)| column == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let model = response.model.as_str();
    let judgement = review.judgement(model);
    let gold = case.golds.first();
    let errors: Vec<&str> = review.errors(model).iter().map(|e| e.name()).collect();
    let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
    [
        case.instruction_id.clone(),
        case.question.clone(),
        case.person_id.clone(),
        case.filename.clone(),
        model.to_owned(),
        response.text.clone(),
        competition,
        said(judgement.and_then(|j| match j.verdict {
            Verdict::Correct => Some("1"),
            Verdict::Incorrect => Some("0"),
            Verdict::Unsure => None,
        })),
        column("is_used_eval"),
        gold.map(|g| g.text.clone()).unwrap_or_default(),
        gold.map(|g| g.evidence.join("|||")).unwrap_or_default(),
        case.specialty.clone(),
        reviewer.to_owned(),
        judgement
            .and_then(|j| j.shown_position)
            .map(|p| p.to_string())
            .unwrap_or_default(),
        said(judgement.map(|j| j.verdict.name())),
        errors.join(";"),
        said(review.harm(model).map(super::entry::Harm::name)),
        said(review.comment(Some(model))),
        said(review.comment(None)),
        dense,
        judgement
            .map(|j| format!("{:.3}", j.at))
            .unwrap_or_default(),
        said(Some(match &review.submitted {
            Some(_) if review.changed_since => "changed",
            Some(_) => "yes",
            None => "no",
        })),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Gold;
    use crate::dataset::table::Table;
    use crate::review::entry::{Act, Entry, ErrorKind, Harm};
    use crate::review::sample::{case, entry, judge};

    fn dataset() -> Vec<Case> {
        let response = |model: &str, text: &str| Response {
            model: model.to_owned(),
            text: text.to_owned(),
            columns: vec![("is_used_eval".to_owned(), "yes".to_owned())],
            ..Response::default()
        };
        let with = |n: u32, responses| Case {
            instruction_id: n.to_string(),
            person_id: case(n).person,
            question: "Is she\non \"apixaban\"?".to_owned(),
            responses,
            golds: vec![Gold {
                text: "Yes.".to_owned(),
                evidence: vec!["a".to_owned(), "b".to_owned()],
                ..Gold::default()
            }],
            ..Case::default()
        };
        vec![
            with(
                1,
                vec![
                    response("a", "tab\there"),
                    response("b", ""),
                    response("c", "x"),
                ],
            ),
            with(2, vec![response("a", "y")]),
        ]
    }

    fn ledgers() -> BTreeMap<String, Ledger> {
        let list = |names: &[&str]| names.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>();
        let acts = [
            (1, judge("a", Verdict::Correct)),
            (1, judge("b", Verdict::Unsure)),
            (1, judge("gone", Verdict::Incorrect)),
            (
                1,
                Act::Rank {
                    order: vec![list(&["gone"]), list(&["a", "b"]), Vec::new(), list(&["c"])],
                },
            ),
            (
                1,
                Act::Tag {
                    model: "a".to_owned(),
                    errors: vec![ErrorKind::Omission, ErrorKind::Outdated],
                    harm: Some(Harm::Mild),
                },
            ),
            (9, judge("a", Verdict::Correct)),
        ];
        let entries = (0..).zip(acts);
        Ledger::by_reviewer(entries.map(|(n, (c, act))| entry(n, Some(case(c)), act)))
    }

    fn written(text: bool) -> (Table, Counts) {
        let mut bytes = Vec::new();
        let counts = write_table(&dataset(), &ledgers(), text, &mut bytes).expect("in memory");
        let table = Table::parse("export.tsv".as_ref(), &bytes).expect("a table");
        (table, counts)
    }

    #[test]
    fn rows_read_back_and_counts_add_up() {
        let (table, counts) = written(true);
        let get = |row: usize, name: &str| {
            let column = table.column(name).expect("a column");
            table.rows()[row].get(column).to_owned()
        };
        assert_eq!(table.rows().len(), 3);
        assert_eq!(get(0, "model_response"), "tab\there");
        assert_eq!(get(0, "question"), "Is she\non \"apixaban\"?");
        assert_eq!(get(0, "errors"), "omission;outdated");
        assert_eq!(get(0, "evidence"), "a|||b");
        let column = |name: &str| [0, 1, 2].map(|row| get(row, name));
        assert_eq!(column("binary_correct"), ["1", "", ""]);
        assert_eq!(column("verdict"), ["correct", "unsure", ""]);
        assert_eq!(column("model_rank"), ["1", "1", "3"]);
        assert_eq!(column("model_rank_dense"), ["1", "1", "2"]);
        assert_eq!(column("submitted"), ["no", "no", "no"]);
        assert_eq!((counts.rows, counts.judged, counts.unjudged), (3, 2, 1));
        assert_eq!((counts.unsure, counts.judgements), (1, 4));
        let there: Vec<_> = counts
            .elsewhere
            .iter()
            .map(|e| (e.case.instruction.as_str(), e.case_is_known, e.judgements))
            .collect();
        assert_eq!(there, [("1", true, 1), ("9", false, 1)]);
        let missed: usize = counts.elsewhere.iter().map(|e| e.judgements).sum();
        assert_eq!(counts.judgements, counts.judged + missed);
    }

    #[test]
    fn without_text_there_is_none() {
        let (table, _) = written(false);
        for name in [
            "question",
            "model_response",
            "clinician_response",
            "evidence",
            "comment",
        ] {
            assert_eq!(table.column(name), None, "{name}");
        }
        assert!(table.column("binary_correct").is_some());
    }

    #[test]
    fn a_case_whose_acts_are_all_undone_has_no_row() {
        let judged = entry(1, Some(case(2)), judge("a", Verdict::Correct));
        let target = judged.id.clone();
        let undo: Entry = entry(2, Some(case(2)), Act::Undo { target });
        let ledgers = Ledger::by_reviewer([judged, undo]);
        let counts = write_table(&dataset(), &ledgers, true, &mut Vec::new()).expect("in memory");
        assert_eq!(counts, Counts::default());
    }
}
