//! Cases put together from the rows of a dataset's tables.
//!
//! In: tables, in the order responses, gold responses, instructions, relevance labels, taxonomy. Out: cases in
//! first-seen order. The first of two rows that say the same thing is kept; every row that is left out, and every
//! disagreement between rows, has a notice. Models are never named in a notice: reviewing is blind.

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::case::{Case, CaseKey, Gold, Response};
use super::fields::Fields;
use super::instruction::{Instruction, Relevance, Subcategory, flag, is_missing};
use super::layout::{TableKind, person_of};
use super::table::{Row, Table};
use crate::error::Result;
use crate::notice::{Notice, Severity};
use crate::record::Time;

/// The columns that hold a model's answer, best known name first.
const ANSWERS: [&str; 3] = ["model_response", "model_output", "response"];

/// Where a case was first named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) file: PathBuf,
    pub(super) line: u64,
}

/// What the tables read so far add up to.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    pub(super) cases: Vec<Case>,
    pub(super) origins: Vec<Origin>,
    pub(super) instructions: Vec<Instruction>,
    pub(super) relevance: Vec<Relevance>,
    pub(super) taxonomy: Vec<Subcategory>,
    pub(super) models: Vec<String>,
    pub(super) notices: Vec<Notice>,
    /// Cases whose gold responses stand in the responses table.
    pub(super) golds_beside: FxHashSet<usize>,
    places: FxHashMap<CaseKey, usize>,
    questions: FxHashMap<String, (String, Origin)>,
    disputed: FxHashSet<String>,
    /// Instructions by (id, patient), with the number of the table that had it last.
    listed: FxHashMap<(String, String), (usize, usize)>,
    instruction_tables: usize,
    /// Gold responses that stand in the responses table, by case.
    beside: FxHashMap<usize, Gold>,
}

impl Assembly {
    /// Adds a table.
    pub(super) fn add(&mut self, kind: TableKind, table: &Table) -> Result<()> {
        let mut fields = Fields::new(table);
        if table.rows().is_empty() {
            self.notices.push(Notice::line(
                Severity::Warning,
                table.path(),
                1,
                "the table has column names and no rows",
            ));
        }
        match kind {
            TableKind::Responses => self.responses(&mut fields)?,
            TableKind::Golds => self.golds(&mut fields)?,
            TableKind::Instructions => self.instructions(&mut fields)?,
            TableKind::Relevance => self.relevance(&mut fields)?,
            TableKind::Taxonomy => self.taxonomy(&mut fields)?,
            TableKind::Reviews => {}
        }
        self.notices.extend(fields.into_notices());
        Ok(())
    }

    fn responses(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let key = KeyColumns::of(fields)?;
        let model_column = fields.required(&["model_name", "model"])?;
        let answer_column = fields.required(&ANSWERS)?;
        let rank = fields.expected("model_rank");
        let correct = fields.expected("binary_correct");
        let used = fields.table.column("is_used_eval");
        let gold = fields.table.column("clinician_response");
        let evidence = fields.expected("evidence");
        let specialty = fields.table.column("submitter_specialty");
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
            if let Some(column) = gold.filter(|&c| !is_missing(row.get(c))) {
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

    fn golds(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let key = KeyColumns::of(fields)?;
        let text = fields.required(&["clinician_response"])?;
        let evidence = fields.expected("evidence");
        fields.optional(&["evidence"]);
        let annotator = fields.optional(&["annotator_num"]);
        let specialty = fields.table.column("submitter_specialty");
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

    fn instructions(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let id_column = fields.required(&["instruction_id"])?;
        let question = fields.required(&["question"])?;
        let person = fields.optional(&["person_id"]);
        let category = fields.optional(&["category"]);
        let subcategory = fields.optional(&["subcategory", "human_assigned_subcategory_1"]);
        let specialty = fields.optional(&["submitter_specialty"]);
        let as_of = fields.optional(&["as_of"]);
        self.instruction_tables += 1;
        let number = self.instruction_tables;
        let table = fields.table;
        for row in table.rows() {
            let Some(id) = fields.id(row, id_column, "instruction_id") else {
                continue;
            };
            self.question(fields, row, id, question);
            let text = |column: Option<usize>| column.map_or("", |c| row.get(c).trim()).to_owned();
            let mut instruction = Instruction {
                instruction_id: id.to_owned(),
                person_id: text(person),
                question: row.get(question).to_owned(),
                category: text(category),
                subcategory: text(subcategory),
                specialty: text(specialty),
                as_of: None,
                line: row.line(),
                columns: fields.others(row),
            };
            if let Some(column) = as_of.filter(|&c| !is_missing(row.get(c))) {
                let written = row.get(column);
                instruction.as_of = Time::parse_iso(written).or_else(|| Time::parse_us(written));
                if instruction.as_of.is_none() {
                    fields.note(
                        Severity::Warning,
                        "rows with an unreadable as_of",
                        row,
                        Some(column),
                        || "as_of is no time; write it as 2018-10-08 20:00".to_owned(),
                    );
                }
            }
            let both = (
                instruction.instruction_id.clone(),
                instruction.person_id.clone(),
            );
            match self.listed.get_mut(&both) {
                Some((_, last)) if *last == number => {
                    fields.note(
                        Severity::Error,
                        "instructions that are there already",
                        row,
                        Some(id_column),
                        || {
                            "the same instruction_id as an earlier row, which is used; this row is left out"
                                .to_owned()
                        },
                    );
                    continue;
                }
                Some((place, last)) => {
                    *last = number;
                    complete(&mut self.instructions[*place], instruction);
                    continue;
                }
                None => {
                    let place = self.instructions.len();
                    self.listed.insert(both, (place, number));
                }
            }
            if !instruction.person_id.is_empty() {
                let key = CaseKey {
                    instruction: instruction.instruction_id.clone(),
                    person: instruction.person_id.clone(),
                };
                let origin = Origin {
                    file: fields.path(),
                    line: row.line(),
                };
                self.case(key, origin);
            }
            self.instructions.push(instruction);
        }
        Ok(())
    }

    fn relevance(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let key = KeyColumns::of(fields)?;
        let label = fields.required(&["is_selected_ehr"])?;
        let mut seen: FxHashMap<(&str, &str), (u64, Option<bool>)> = FxHashMap::default();
        let table = fields.table;
        for row in table.rows() {
            let (Some(id), Some(person)) = (
                fields.id(row, key.instruction, "instruction_id"),
                fields.id(row, key.person, "person_id"),
            ) else {
                continue;
            };
            let written = row.get(label);
            let read = flag(written);
            if read.is_none() {
                fields.note(
                    Severity::Warning,
                    "rows without a clear label",
                    row,
                    Some(label),
                    || {
                        "is_selected_ehr is neither yes nor no; the row counts as not labelled"
                            .to_owned()
                    },
                );
            }
            match seen.get(&(id, person)) {
                Some(&(first, other)) => {
                    let agrees = if other == read { "the same" } else { "another" };
                    fields.note(Severity::Warning, "pairs that are there already", row, Some(label), || {
                        format!("the same instruction and patient as line {first}, with {agrees} label; both are kept")
                    });
                }
                None => {
                    seen.insert((id, person), (row.line(), read));
                }
            }
            self.relevance.push(Relevance {
                instruction_id: id.to_owned(),
                person_id: person.to_owned(),
                question: key.question.map_or("", |c| row.get(c)).to_owned(),
                label: read,
                written: written.to_owned(),
                line: row.line(),
            });
        }
        Ok(())
    }

    fn taxonomy(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let category = fields.required(&["category"])?;
        let name = fields.required(&["subcategory"])?;
        let description = fields.optional(&["description"]);
        for row in fields.table.rows() {
            self.taxonomy.push(Subcategory {
                category: row.get(category).trim().to_owned(),
                name: row.get(name).trim().to_owned(),
                description: description.map_or("", |c| row.get(c)).to_owned(),
            });
        }
        Ok(())
    }

    /// The case a row belongs to, or `None` when its ids cannot be used.
    fn place<'a>(
        &mut self,
        fields: &mut Fields<'a>,
        key: &KeyColumns,
        row: &'a Row,
    ) -> Option<usize> {
        let instruction = fields.id(row, key.instruction, "instruction_id")?;
        let person = fields.id(row, key.person, "person_id")?;
        if let Some(column) = key.question {
            self.question(fields, row, instruction, column);
        }
        let filename = key.filename.map_or("", |c| row.get(c).trim());
        if !is_missing(filename) && person_of(filename) != person {
            fields.note(Severity::Warning, "rows whose filename is another patient's", row, key.filename, || {
                format!("filename does not name patient {person}; the record is looked for by person_id")
            });
        }
        let names = CaseKey {
            instruction: instruction.to_owned(),
            person: person.to_owned(),
        };
        let origin = Origin {
            file: fields.path(),
            line: row.line(),
        };
        let place = self.case(names, origin);
        if self.cases[place].filename.is_empty() {
            filename.clone_into(&mut self.cases[place].filename);
        }
        Some(place)
    }

    /// The place of a case, which is made when it is new.
    fn case(&mut self, key: CaseKey, origin: Origin) -> usize {
        if let Some(&place) = self.places.get(&key) {
            return place;
        }
        let place = self.cases.len();
        self.cases.push(Case {
            instruction_id: key.instruction.clone(),
            person_id: key.person.clone(),
            ..Case::default()
        });
        self.origins.push(origin);
        self.places.insert(key, place);
        place
    }

    /// Remembers an instruction's text; a row that has another one gets a notice.
    fn question(&mut self, fields: &mut Fields<'_>, row: &Row, id: &str, column: usize) {
        let text = row.get(column);
        if text.trim().is_empty() {
            return;
        }
        match self.questions.get(id) {
            None => {
                let origin = Origin {
                    file: fields.path(),
                    line: row.line(),
                };
                self.questions
                    .insert(id.to_owned(), (text.to_owned(), origin));
            }
            Some((first, origin))
                if first.trim() != text.trim() && self.disputed.insert(id.to_owned()) =>
            {
                fields.note(Severity::Warning, "rows with another question", row, Some(column), || {
                    let file = origin.file.file_name().unwrap_or_default().to_string_lossy();
                    format!(
                        "instruction {id} has another question here than on line {} of {file}, which is shown",
                        origin.line
                    )
                });
            }
            Some(_) => {}
        }
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

    /// Fills what the instruction tables and the taxonomy know into the cases.
    pub(super) fn finish(&mut self) {
        let categories: FxHashMap<String, String> = self
            .taxonomy
            .iter()
            .map(|s| (s.name.to_lowercase(), s.category.clone()))
            .collect();
        for instruction in &mut self.instructions {
            if instruction.category.is_empty()
                && let Some(category) = categories.get(&instruction.subcategory.to_lowercase())
            {
                instruction.category.clone_from(category);
            }
        }
        let mut by_id: FxHashMap<&str, Vec<&Instruction>> = FxHashMap::default();
        for instruction in &self.instructions {
            by_id
                .entry(&instruction.instruction_id)
                .or_default()
                .push(instruction);
        }
        for (place, case) in self.cases.iter_mut().enumerate() {
            if let Some((question, _)) = self.questions.get(&case.instruction_id) {
                case.question.clone_from(question);
            }
            for instruction in by_id
                .get(case.instruction_id.as_str())
                .into_iter()
                .flatten()
            {
                if instruction.person_id.is_empty() || instruction.person_id == case.person_id {
                    fill(case, instruction);
                }
            }
            if case.golds.is_empty()
                && let Some(gold) = self.beside.remove(&place)
            {
                case.golds.push(gold);
                self.golds_beside.insert(place);
            }
        }
        self.check_coverage();
    }

    fn check_coverage(&mut self) {
        if self.models.is_empty() {
            return;
        }
        let bare: Vec<usize> = (0..self.cases.len())
            .filter(|&i| self.cases[i].responses.is_empty())
            .collect();
        if let Some(&first) = bare.first() {
            let origin = &self.origins[first];
            let what = format!(
                "instruction {} and {} more have no model's response",
                self.cases[first].instruction_id,
                bare.len() - 1
            );
            self.notices.push(Notice::line(
                Severity::Warning,
                &origin.file,
                origin.line,
                what,
            ));
        }
    }
}

/// The columns that name a row's case.
struct KeyColumns {
    instruction: usize,
    person: usize,
    question: Option<usize>,
    filename: Option<usize>,
}

impl KeyColumns {
    fn of(fields: &mut Fields<'_>) -> Result<Self> {
        let instruction = fields.required(&["instruction_id"])?;
        let person = fields.required(&["person_id"])?;
        let question = fields.expected("question");
        fields.optional(&["question"]);
        let filename = fields.optional(&["filename"]);
        Ok(KeyColumns {
            instruction,
            person,
            question,
            filename,
        })
    }
}

/// Adds what a later table knows of an instruction that an earlier one has.
fn complete(first: &mut Instruction, later: Instruction) {
    let set = |to: &mut String, from: String| {
        if to.is_empty() {
            *to = from;
        }
    };
    set(&mut first.question, later.question);
    set(&mut first.category, later.category);
    set(&mut first.subcategory, later.subcategory);
    set(&mut first.specialty, later.specialty);
    first.as_of = first.as_of.or(later.as_of);
    for (name, value) in later.columns {
        if first.columns.iter().all(|(n, _)| *n != name) {
            first.columns.push((name, value));
        }
    }
}

fn fill(case: &mut Case, instruction: &Instruction) {
    let set = |to: &mut String, from: &String| {
        if to.is_empty() {
            to.clone_from(from);
        }
    };
    set(&mut case.question, &instruction.question);
    set(&mut case.category, &instruction.category);
    set(&mut case.subcategory, &instruction.subcategory);
    set(&mut case.specialty, &instruction.specialty);
    case.as_of = case.as_of.or(instruction.as_of);
    for (name, value) in &instruction.columns {
        if case.columns.iter().all(|(n, _)| n != name) {
            case.columns.push((name.clone(), value.clone()));
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
