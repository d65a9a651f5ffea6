//! Cases put together from the rows of a dataset's tables.
//!
//! In: tables, in the order responses, gold responses, instructions, relevance labels, taxonomy. Out: cases in
//! first-seen order. The first of two rows that say the same thing is kept; every row that is left out, and every
//! disagreement between rows, has a notice. Models are never named in a notice: reviewing is blind.

use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::case::{Case, CaseKey, Gold};
use super::columns::Column;
use super::fields::Fields;
use super::instruction::{Instruction, Relevance, Subcategory, is_missing};
use super::layout::{TableKind, person_of};
use super::table::{Row, Table};
use crate::error::Result;
use crate::notice::{Notice, Severity};

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
    pub(super) places: FxHashMap<CaseKey, usize>,
    pub(super) questions: FxHashMap<String, (String, Origin)>,
    pub(super) disputed: FxHashSet<String>,
    /// Instructions by (id, patient), with the number of the table that had it last.
    pub(super) listed: FxHashMap<(String, String), (usize, usize)>,
    pub(super) instruction_tables: usize,
    /// Gold responses that stand in the responses table, by case.
    pub(super) beside: FxHashMap<usize, Gold>,
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

    /// The case a row belongs to, or `None` when its ids cannot be used.
    pub(super) fn place<'a>(
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
    pub(super) fn case(&mut self, key: CaseKey, origin: Origin) -> usize {
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
    pub(super) fn question(&mut self, fields: &mut Fields<'_>, row: &Row, id: &str, column: usize) {
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
pub(super) struct KeyColumns {
    pub(super) instruction: usize,
    pub(super) person: usize,
    pub(super) question: Option<usize>,
    filename: Option<usize>,
}

impl KeyColumns {
    pub(super) fn of(fields: &mut Fields<'_>) -> Result<Self> {
        let instruction = fields.required(Column::InstructionId)?;
        let person = fields.required(Column::PersonId)?;
        let question = fields.expected(Column::Question);
        fields.optional(Column::Question);
        let filename = fields.optional(Column::Filename);
        Ok(KeyColumns {
            instruction,
            person,
            question,
            filename,
        })
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
    let mut there: FxHashSet<String> = case.columns.iter().map(|(n, _)| n.clone()).collect();
    for (name, value) in &instruction.columns {
        if there.insert(name.clone()) {
            case.columns.push((name.clone(), value.clone()));
        }
    }
}
