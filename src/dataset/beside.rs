//! The tables beside the responses, read: instructions, relevance labels, the taxonomy.
//!
//! In: a table's columns and rows. Out: plain values, and cases for instructions that name a patient. Never: a row that
//! is left out without a notice.

use rustc_hash::FxHashMap;

use super::assemble::{Assembly, KeyColumns, Origin};
use super::case::CaseKey;
use super::columns::Column;
use super::fields::Fields;
use super::instruction::{Instruction, Relevance, Subcategory, flag, is_missing};
use crate::error::Result;
use crate::notice::Severity;
use crate::record::Time;

impl Assembly {
    pub(super) fn instructions(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let id_column = fields.required(Column::InstructionId)?;
        let question = fields.required(Column::Question)?;
        let person = fields.optional(Column::PersonId);
        let category = fields.optional(Column::Category);
        let subcategory = fields.optional(Column::Subcategory);
        let specialty = fields.optional(Column::Specialty);
        let as_of = fields.optional(Column::AsOf);
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

    pub(super) fn relevance(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let key = KeyColumns::of(fields)?;
        let label = fields.required(Column::Selected)?;
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

    pub(super) fn taxonomy(&mut self, fields: &mut Fields<'_>) -> Result<()> {
        let category = fields.required(Column::Category)?;
        let name = fields.required(Column::Subcategory)?;
        let description = fields.optional(Column::Description);
        for row in fields.table.rows() {
            self.taxonomy.push(Subcategory {
                category: row.get(category).trim().to_owned(),
                name: row.get(name).trim().to_owned(),
                description: description.map_or("", |c| row.get(c)).to_owned(),
            });
        }
        Ok(())
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
