//! The tables of responses and of gold responses, read into cases.
//!
//! In: a table's columns and rows. Out: responses and gold responses in their cases. Never: a model's name in a notice.

use rustc_hash::FxHashMap;

use super::assemble::{Assembly, KeyColumns};
use super::case::{Case, Gold, Response, ResponseRow};
use super::columns::Column;
use super::fields::Fields;
use super::instruction::is_missing;
use super::said::{self, Said, Used};
use super::table::Row;
use crate::error::Result;
use crate::notice::{Notice, Severity};

/// The columns of the table of responses, beside those that name a case.
struct Columns {
    model: usize,
    answer: usize,
    rank: Option<usize>,
    correct: Option<usize>,
    used: Option<usize>,
    gold: Option<usize>,
    evidence: Option<usize>,
    specialty: Option<usize>,
    reviewers: [Option<usize>; 2],
    pass: Option<usize>,
}

impl Columns {
    fn of(fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Columns {
            model: fields.required(Column::Model)?,
            answer: fields.required(Column::Answer)?,
            rank: fields.expected(Column::Rank),
            correct: fields.expected(Column::Correct),
            used: fields.there(Column::Used),
            gold: fields.there(Column::Gold),
            evidence: fields.expected(Column::Evidence),
            specialty: fields.there(Column::Specialty),
            reviewers: [Column::Reviewer, Column::Annotator].map(|c| fields.there(c)),
            pass: fields.there(Column::Pass),
        })
    }

    /// Who says what a row says, in which reading.
    fn who<'a>(&self, row: &'a Row) -> [&'a str; 2] {
        let mut names = self
            .reviewers
            .into_iter()
            .flatten()
            .map(|c| row.get(c).trim());
        let pass = self.pass.map_or("", |c| row.get(c).trim());
        [names.find(|name| !name.is_empty()).unwrap_or(""), pass]
    }

    /// Notes cells that are unclear; gives back whether the row is not called used.
    fn check(&self, fields: &mut Fields<'_>, row: &Row, usage: Used) -> bool {
        let cell = |column: Option<usize>| column.map_or("", |c| row.get(c));
        let used = cell(self.used);
        if usage.says(used) == Said::Unclear {
            let sort = "rows whose is_used_eval is unclear";
            fields.note(Severity::Warning, sort, row, self.used, || {
                said::UNCLEAR_USED.to_owned()
            });
        }
        if said::correct(cell(self.correct)) == Said::Unclear {
            let sort = "rows whose binary_correct is unclear";
            fields.note(Severity::Warning, sort, row, self.correct, || {
                said::UNCLEAR_CORRECT.to_owned()
            });
        }
        usage.not_used(used)
    }
}

impl Assembly {
    pub(super) fn responses(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let key = KeyColumns::of(fields)?;
        let columns = Columns::of(fields)?;
        let rows = fields.table.rows().iter();
        let usage = Used::of(rows.filter_map(|row| Some(row.get(columns.used?))));
        let mut seen: FxHashMap<(usize, &str, [&str; 2]), u64> = FxHashMap::default();
        let mut models: Vec<&str> = Vec::new();
        let table = fields.table;
        for row in table.rows() {
            let Some(place) = self.place(fields, &key, row) else {
                continue;
            };
            let Some(model) = model_of(fields, row, columns.model) else {
                continue;
            };
            // Several reviewers' rows about one response, as `export` writes them, are all used.
            let who = columns.who(row);
            if let Some(first) = seen.get(&(place, model, who)) {
                let sort = "rows of a response that is there already";
                fields.note(Severity::Error, sort, row, None, || {
                    let whose = if who[0].is_empty() { "" } else { " by the same reviewer" };
                    format!(
                        "the same instruction and model{whose} as line {first}, which is used; this row is left out. Remove one of the two"
                    )
                });
                continue;
            }
            seen.insert((place, model, who), row.line());
            if !models.contains(&model) {
                models.push(model);
            }
            let unused = columns.check(fields, row, usage);
            let case = &mut self.cases[place];
            if case.specialty.is_empty()
                && let Some(column) = columns.specialty
            {
                row.get(column).trim().clone_into(&mut case.specialty);
            }
            add_response(case, fields, row, (model, columns.answer), unused);
            if let Some(column) = columns.gold.filter(|&c| !row.get(c).trim().is_empty()) {
                let evidence = columns.evidence.map(|c| split_evidence(row.get(c)));
                self.beside.entry(place).or_insert_with(|| Gold {
                    annotator: String::new(),
                    text: row.get(column).to_owned(),
                    evidence: evidence.unwrap_or_default(),
                    line: row.line(),
                    columns: Vec::new(),
                });
            }
        }
        if let Some(column) = columns.rank {
            check_ranks(fields, column, models.len());
        }
        self.models = models.into_iter().map(str::to_owned).collect();
        self.check_pairs(fields);
        Ok(())
    }

    pub(super) fn golds(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let key = KeyColumns::of(fields)?;
        let text = fields.required(Column::Gold)?;
        let evidence = fields.expected(Column::Evidence);
        fields.optional(Column::Evidence);
        let annotator = fields.optional(Column::Annotator);
        let specialty = fields.there(Column::Specialty);
        let mut seen: FxHashMap<(usize, &str), u64> = FxHashMap::default();
        let table = fields.table;
        for row in table.rows() {
            let Some(place) = self.place(fields, &key, row) else {
                continue;
            };
            let name = annotator.map_or("", |c| row.get(c).trim());
            if let Some(column) = annotator {
                let number = name.strip_prefix("Annotator_").unwrap_or("");
                if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                    fields.note(Severity::Warning, "rows with an odd annotator", row, Some(column), || {
                        "annotator_num is not of the form Annotator_1; readers that ask for that form pass the row over"
                            .to_owned()
                    });
                }
                if let Some(first) = seen.get(&(place, name)) {
                    fields.note(
                        Severity::Warning,
                        "rows of an annotator who is there already",
                        row,
                        Some(column),
                        || {
                            format!(
                                "the same instruction and annotator as line {first}; both are kept"
                            )
                        },
                    );
                } else {
                    seen.insert((place, name), row.line());
                }
            }
            let gold = Gold {
                annotator: name.to_owned(),
                text: row.get(text).to_owned(),
                evidence: evidence
                    .map(|c| split_evidence(row.get(c)))
                    .unwrap_or_default(),
                line: row.line(),
                columns: fields.others(row),
            };
            let case = &mut self.cases[place];
            if case.specialty.is_empty()
                && let Some(column) = specialty
            {
                row.get(column).trim().clone_into(&mut case.specialty);
            }
            case.golds.push(gold);
        }
        Ok(())
    }

    /// Notes instructions that lack a model's response.
    fn check_pairs(&mut self, fields: &mut Fields<'_>) {
        let with_responses: Vec<&Case> = self
            .cases
            .iter()
            .filter(|c| !c.responses.is_empty())
            .collect();
        let answers = |model: &str| {
            with_responses
                .iter()
                .filter(|c| c.responses.iter().any(|r| r.model == model))
                .count()
        };
        let all = with_responses.len();
        let (usual, rare): (Vec<&String>, Vec<&String>) = self
            .models
            .iter()
            .partition(|m| all == 1 || answers(m) * 2 > all);
        let path = fields.path();
        for model in rare {
            let line = with_responses
                .iter()
                .flat_map(|c| &c.responses)
                .find(|r| r.model == *model)
                .map_or(1, |r| r.line);
            let what = format!(
                "the model named here answers {} of {all} instructions; it is shown where it does",
                answers(model)
            );
            self.notices
                .push(Notice::line(Severity::Warning, &path, line, what));
        }
        let table = fields.table;
        let rows: FxHashMap<u64, &Row> = table.rows().iter().map(|r| (r.line(), r)).collect();
        for case in with_responses {
            let missing = usual
                .iter()
                .filter(|m| case.responses.iter().all(|r| r.model != ***m))
                .count();
            let first = case.responses.first().and_then(|r| rows.get(&r.line));
            if missing > 0
                && let Some(row) = first
            {
                fields.note(
                    Severity::Warning,
                    "instructions that lack a model's response",
                    row,
                    None,
                    || {
                        format!(
                            "instruction {} has no response of {missing} of {} models",
                            case.instruction_id,
                            usual.len()
                        )
                    },
                );
            }
        }
    }
}

/// The model that a row names, or a notice that it names none.
fn model_of<'a>(fields: &mut Fields<'a>, row: &'a Row, column: usize) -> Option<&'a str> {
    let model = row.get(column).trim();
    if model.is_empty() {
        let sort = "rows without a model";
        fields.note(Severity::Error, sort, row, Some(column), || {
            "the model's name is empty; the row is left out".to_owned()
        });
        return None;
    }
    if model.len() != row.get(column).len() {
        let sort = "model names with blanks around them";
        fields.note(Severity::Info, sort, row, Some(column), || {
            "blanks around the model's name are not part of it".to_owned()
        });
    }
    Some(model)
}

/// Adds a response to its case, or a further row about one that is there.
fn add_response(
    case: &mut Case,
    fields: &mut Fields<'_>,
    row: &Row,
    (model, answer): (&str, usize),
    unused: bool,
) {
    let mut responses = case.responses.iter_mut();
    let Some(response) = responses.find(|r| r.model == model) else {
        case.responses.push(Response {
            model: model.to_owned(),
            text: row.get(answer).to_owned(),
            line: row.line(),
            columns: fields.others(row),
            unused,
            more: Vec::new(),
        });
        return;
    };
    if response.text != row.get(answer) {
        let sort = "rows with another text of a response";
        fields.note(Severity::Error, sort, row, Some(answer), || {
            let first = response.line;
            format!(
                "another text of the response than on line {first}, which is shown; the row is left out, as it says something of another answer"
            )
        });
        return;
    }
    response.more.push(ResponseRow {
        line: row.line(),
        columns: fields.others(row),
    });
}

/// Notes ranks that are neither missing nor a number from 1 to the number of models.
fn check_ranks(fields: &mut Fields<'_>, column: usize, models: usize) {
    let table = fields.table;
    for row in table.rows() {
        if said::rank(row.get(column), models) == Said::Unclear {
            fields.note(
                Severity::Warning,
                "rows with an unusable rank",
                row,
                Some(column),
                || said::unclear_rank(models),
            );
        }
    }
}

/// The passages of an evidence cell: split at `|||`, as written, blank ones dropped.
pub(super) fn split_evidence(text: &str) -> Vec<String> {
    text.split("|||")
        .filter(|part| !is_missing(part))
        .map(str::to_owned)
        .collect()
}
