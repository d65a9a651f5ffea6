//! The tables that come of collecting instructions: what is kept, what is dropped, what is close.
//!
//! In: a form's instructions and which of them resemble which. Out: tab-separated tables, each written at once.

use std::io::Write as _;

use super::output::OutputFile;
use crate::dataset::collect::{Field, Form, Mapping, Submission};
use crate::dataset::table::{Table, Writer};
use crate::error::Result;
use crate::metrics::near::Found;

/// Rows of a table, as text to be written.
pub(super) type Rows = Vec<Vec<String>>;

/// The columns that every table of instructions has; the others are there when the form has them.
const ALWAYS: [Field; 6] = [
    Field::InstructionId,
    Field::Question,
    Field::Category,
    Field::Subcategory,
    Field::Specialty,
    Field::Source,
];

/// The instructions that are kept.
pub(super) fn kept(table: &Table, mapping: &Mapping, form: &Form, found: &Found) -> Rows {
    let mut dropped = vec![false; form.submissions.len()];
    for pair in &found.dropped {
        dropped[pair.later] = true;
    }
    let fields: Vec<Field> = Field::ALL
        .into_iter()
        .filter(|f| *f != Field::Drop && (ALWAYS.contains(f) || mapping.has(*f)))
        .collect();
    let own: Vec<&str> = fields.iter().map(|f| f.name()).collect();
    let header = own.iter().map(|n| (*n).to_owned());
    let passed = mapping.passed().into_iter().map(|i| {
        let name = table.header()[i]
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        // A column that is explicitly not this field must not pass for it.
        if own.contains(&name.as_str()) {
            format!("{name} (form)")
        } else {
            name
        }
    });
    let mut rows = vec![header.chain(passed).collect::<Vec<_>>()];
    for (submission, _) in form.submissions.iter().zip(&dropped).filter(|(_, d)| !**d) {
        let own = fields.iter().map(|f| cell(submission, *f).to_owned());
        rows.push(own.chain(submission.others.iter().cloned()).collect());
    }
    rows
}

fn cell(submission: &Submission, field: Field) -> &str {
    match field {
        Field::InstructionId => &submission.id,
        Field::Question => &submission.question,
        Field::Category => &submission.category,
        Field::Subcategory => &submission.subcategory,
        Field::Specialty => &submission.specialty,
        Field::Characteristics => &submission.characteristics,
        Field::Context => &submission.context,
        Field::SubmittedAt => &submission.submitted_at,
        Field::Source => &submission.source,
        Field::Drop => "",
    }
}

fn strings<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// The instructions that are dropped, each with the one that it resembles, and the rows without one.
pub(super) fn dropped(form: &Form, found: &Found) -> Rows {
    let mut rows = vec![strings([
        "instruction_id",
        "line",
        "question",
        "reason",
        "score",
        "duplicate_of",
        "duplicate_of_line",
        "duplicate_of_question",
    ])];
    for pair in &found.dropped {
        let (later, earlier) = (
            &form.submissions[pair.later],
            &form.submissions[pair.earlier],
        );
        rows.push(strings([
            &later.id,
            &later.line.to_string(),
            &later.question,
            if pair.same == Some(true) {
                "decided"
            } else {
                "near-duplicate"
            },
            &format!("{:.6}", pair.score),
            &earlier.id,
            &earlier.line.to_string(),
            &earlier.question,
        ]));
    }
    for (line, aside) in &form.aside {
        let (line, reason) = (line.to_string(), aside.to_string());
        rows.push(strings(["", &line, "", &reason, "", "", "", ""]));
    }
    for line in &form.empty_rows {
        rows.push(strings([
            "",
            &line.to_string(),
            "",
            "no instruction",
            "",
            "",
            "",
            "",
        ]));
    }
    rows
}

/// The pairs of kept instructions that are close.
pub(super) fn borderline(form: &Form, found: &Found) -> Rows {
    let mut rows = vec![strings([
        "instruction_id",
        "line",
        "question",
        "score",
        "earlier_id",
        "earlier_line",
        "earlier_question",
        "decision",
    ])];
    for pair in found.borderline.iter().chain(&found.apart) {
        let (later, earlier) = (
            &form.submissions[pair.later],
            &form.submissions[pair.earlier],
        );
        rows.push(strings([
            &later.id,
            &later.line.to_string(),
            &later.question,
            &format!("{:.6}", pair.score),
            &earlier.id,
            &earlier.line.to_string(),
            &earlier.question,
            if pair.same == Some(false) {
                "different"
            } else {
                ""
            },
        ]));
    }
    rows
}

/// Writes a table under its name at once, or not at all.
pub(super) fn write(place: &OutputFile, rows: &Rows) -> Result<()> {
    place.write_with(|file| {
        let mut writer = Writer::tabs(std::io::BufWriter::new(file));
        for row in rows {
            writer.row(row)?;
        }
        writer.finish()?.flush()
    })
}
