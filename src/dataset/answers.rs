//! The tables of responses and of gold responses, read into cases.
//!
//! In: a table's columns and rows. Out: responses and gold responses in their cases. Never: a model's name in a notice.

use rustc_hash::FxHashMap;

use super::assemble::{Assembly, KeyColumns};
use super::case::{Case, Gold, Response};
use super::columns::Column;
use super::fields::Fields;
use super::instruction::{flag, is_missing};
use super::table::Row;
use crate::error::Result;
use crate::notice::{Notice, Severity};

impl Assembly {
    pub(super) fn responses(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let key = KeyColumns::of(fields)?;
        let model_column = fields.required(Column::Model)?;
        let answer_column = fields.required(Column::Answer)?;
        let rank = fields.expected(Column::Rank);
        let correct = fields.expected(Column::Correct);
        let used = fields.there(Column::Used);
        let gold = fields.there(Column::Gold);
        let evidence = fields.expected(Column::Evidence);
        let specialty = fields.there(Column::Specialty);
        let mut seen: FxHashMap<(usize, &str), u64> = FxHashMap::default();
        let mut models: Vec<&str> = Vec::new();
        let table = fields.table;
        for row in table.rows() {
            let Some(place) = self.place(fields, &key, row) else {
                continue;
            };
            let model = row.get(model_column).trim();
            if model.is_empty() {
                fields.note(
                    Severity::Error,
                    "rows without a model",
                    row,
                    Some(model_column),
                    || "the model's name is empty; the row is left out".to_owned(),
                );
                continue;
            }
            if model.len() != row.get(model_column).len() {
                fields.note(
                    Severity::Info,
                    "model names with blanks around them",
                    row,
                    Some(model_column),
                    || "blanks around the model's name are not part of it".to_owned(),
                );
            }
            if let Some(first) = seen.get(&(place, model)) {
                fields.note(Severity::Error, "rows of a response that is there already", row, None, || {
                    format!(
                        "the same instruction and model as line {first}, which is used; this row is left out. Remove one of the two"
                    )
                });
                continue;
            }
            seen.insert((place, model), row.line());
            if !models.contains(&model) {
                models.push(model);
            }
            if let Some(column) = used.filter(|&c| flag(row.get(c)).is_none()) {
                fields.note(
                    Severity::Warning,
                    "rows whose is_used_eval is unclear",
                    row,
                    Some(column),
                    || "is_used_eval is neither yes nor no; the row counts as not used".to_owned(),
                );
            }
            if let Some(column) =
                correct.filter(|&c| !is_missing(row.get(c)) && flag(row.get(c)).is_none())
            {
                fields.note(Severity::Warning, "rows whose binary_correct is unclear", row, Some(column), || {
                    "binary_correct is neither 1 nor 0; the row is left out of counts of correct responses".to_owned()
                });
            }
            let case = &mut self.cases[place];
            if case.specialty.is_empty()
                && let Some(column) = specialty
            {
                row.get(column).trim().clone_into(&mut case.specialty);
            }
            case.responses.push(Response {
                model: model.to_owned(),
                text: row.get(answer_column).to_owned(),
                line: row.line(),
                columns: fields.others(row),
            });
            if let Some(column) = gold.filter(|&c| !row.get(c).trim().is_empty()) {
                self.beside.entry(place).or_insert_with(|| Gold {
                    annotator: String::new(),
                    text: row.get(column).to_owned(),
                    evidence: evidence
                        .map(|c| split_evidence(row.get(c)))
                        .unwrap_or_default(),
                    line: row.line(),
                    columns: Vec::new(),
                });
            }
        }
        if let Some(column) = rank {
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

/// Ranks that are neither missing nor a number from 1 to the number of models.
fn check_ranks(fields: &mut Fields<'_>, column: usize, models: usize) {
    let table = fields.table;
    for row in table.rows() {
        let text = row.get(column).trim();
        let known = text
            .parse::<f64>()
            .is_ok_and(|rank| rank >= 1.0 && rank <= models as f64);
        if !is_missing(text) && !known {
            fields.note(Severity::Warning, "rows with an unusable rank", row, Some(column), || {
                format!("model_rank is no number from 1 to {models}; it is left out of means and counts")
            });
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
