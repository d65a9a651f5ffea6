//! Which column of a form holds which of our fields.
//!
//! In: a form's headers, and what the user says of them. Out: a field for each column, and for each question its own
//! columns where the form repeats a block. Never: a column whose meaning is guessed among several.

use std::ops::Range;

use crate::dataset::columns::Column;
use crate::dataset::instruction::is_missing;
use crate::dataset::table::{Row, Table};
use crate::error::{Error, Result};

/// What a column of the form holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The instruction's id.
    InstructionId,
    /// The instruction's text.
    Question,
    /// Category of the taxonomy.
    Category,
    /// Subcategory of the taxonomy.
    Subcategory,
    /// The specialty of the clinician who asks.
    Specialty,
    /// What a patient must have for the instruction to apply.
    Characteristics,
    /// The situation in which it is asked.
    Context,
    /// When it was submitted.
    SubmittedAt,
    /// Where it comes from.
    Source,
    /// Left out.
    Drop,
}

impl Field {
    /// The fields, in the order of the written table; `drop` last.
    pub const ALL: [Field; 10] = [
        Field::InstructionId,
        Field::Question,
        Field::Category,
        Field::Subcategory,
        Field::Specialty,
        Field::Characteristics,
        Field::Context,
        Field::SubmittedAt,
        Field::Source,
        Field::Drop,
    ];

    /// The field's name, which is its column in the written table.
    pub fn name(self) -> &'static str {
        self.column().map_or("drop", Column::name)
    }

    fn column(self) -> Option<Column> {
        Some(match self {
            Field::InstructionId => Column::InstructionId,
            Field::Question => Column::Question,
            Field::Category => Column::Category,
            Field::Subcategory => Column::Subcategory,
            Field::Specialty => Column::Specialty,
            Field::Characteristics => Column::Characteristics,
            Field::Context => Column::Context,
            Field::SubmittedAt => Column::SubmittedAt,
            Field::Source => Column::Source,
            Field::Drop => return None,
        })
    }

    /// Headers that mean this field, in plain form.
    fn headers(self) -> &'static [&'static str] {
        self.column().map_or(&[], Column::form)
    }

    /// A word that tells the field when no header means it exactly.
    fn words(self) -> &'static [&'static str] {
        self.column().map_or(&[], Column::words)
    }
}

/// Which column holds which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// For each column of the form, its field; `None` is passed through.
    pub fields: Vec<Option<Field>>,
}

/// What is said of a question, not of the one who asks it.
const OF_A_QUESTION: [Field; 4] = [
    Field::Category,
    Field::Subcategory,
    Field::Characteristics,
    Field::Context,
];

/// Which columns of a field belong to which question.
enum Blocks {
    /// One question, or one column: it is for all.
    None,
    /// For each question, its columns.
    Own(Vec<Range<usize>>),
    Unclear,
}

/// A header in lower case, without punctuation, without the number that the table gives to a repeated name.
fn plain(header: &str) -> String {
    let header = match header.rsplit_once('.') {
        Some((name, number))
            if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) =>
        {
            name
        }
        _ => header,
    };
    let words: Vec<String> = header
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// A plain header without the numbers by which a form tells its repeated questions apart: `… instruction 1`, `… instruction 2`.
fn unnumbered(header: &str) -> String {
    let words = header.split(' ');
    let words = words.filter(|w| !w.bytes().all(|b| b.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

impl Mapping {
    /// Maps the columns of a form: what `explicit` says (a header or `#3`, and a field), else by the headers.
    ///
    /// # Errors
    /// When `explicit` names a column that is not there, no column holds the instruction, or several might.
    pub(crate) fn new(table: &Table, explicit: &[(String, Field)]) -> Result<Self> {
        let headers: Vec<String> = table.header().iter().map(|h| plain(h)).collect();
        let mut fields: Vec<Option<Field>> = vec![None; headers.len()];
        for (column, field) in explicit {
            let wanted = plain(column);
            let number = column
                .strip_prefix('#')
                .and_then(|n| n.parse::<usize>().ok());
            let places: Vec<usize> = match number {
                Some(n) => (1..=headers.len())
                    .contains(&n)
                    .then(|| n - 1)
                    .into_iter()
                    .collect(),
                None => (0..headers.len())
                    .filter(|i| headers[*i] == wanted)
                    .collect(),
            };
            if places.is_empty() {
                return Err(Error::usage(format!(
                    "{}: no column {column} to be taken as {}; {}",
                    table.path().display(),
                    field.name(),
                    table.header_for_message()
                ))
                .hint("name the column as the first line has it, or by its number: #3"));
            }
            for at in places {
                fields[at] = Some(*field);
            }
        }
        for field in Field::ALL {
            if fields.contains(&Some(field)) {
                continue;
            }
            let free = |i: &usize| fields[*i].is_none();
            let exact = field
                .headers()
                .iter()
                .map(|h| {
                    (0..headers.len())
                        .filter(free)
                        .filter(|i| headers[*i] == *h)
                        .collect::<Vec<_>>()
                })
                .find(|places| !places.is_empty());
            let places = exact.unwrap_or_else(|| {
                (0..headers.len())
                    .filter(free)
                    .filter(|i| {
                        headers[*i].split(' ').any(|w| {
                            field
                                .words()
                                .iter()
                                .any(|f| w == *f || w.strip_suffix('s') == Some(f))
                        })
                    })
                    .collect()
            });
            let Some(first) = places.first() else {
                continue;
            };
            let differs = |i: &&usize| unnumbered(&headers[**i]) != unnumbered(&headers[*first]);
            if let Some(other) = places.iter().find(differs) {
                return Err(Error::usage(format!(
                    "{}: columns {} and {} may both be {}",
                    table.path().display(),
                    first + 1,
                    other + 1,
                    field.name()
                ))
                .hint(format!(
                    "say which, or both: --map '#{}={}' --map '#{}={}'; a column that is neither: '#{}=drop'",
                    first + 1,
                    field.name(),
                    other + 1,
                    field.name(),
                    other + 1,
                )));
            }
            for at in places {
                fields[at] = Some(field);
            }
        }
        if !fields.contains(&Some(Field::Question)) {
            return Err(Error::unreadable(
                table.path(),
                format_args!(
                    "line 1: no column holds the instruction; {}",
                    table.header_for_message()
                ),
            )
            .hint("say which one does: --map 'COLUMN=question', or --map '#3=question'"));
        }
        let mapping = Mapping { fields };
        mapping.check_blocks(table)?;
        Ok(mapping)
    }

    fn check_blocks(&self, table: &Table) -> Result<()> {
        for field in OF_A_QUESTION {
            if matches!(self.blocks(field), Blocks::Unclear) {
                return Err(Error::usage(format!(
                    "{}: which of several columns of {} belongs to which question is not clear",
                    table.path().display(),
                    field.name()
                ))
                .hint(
                    "leave some of them out with --map '#N=drop', or import one question at a time",
                ));
            }
        }
        Ok(())
    }

    /// What a field says for the question in `column`: of several columns of one field those of the question's own block
    /// count alone, where the form has such blocks; else the first that says something.
    pub(super) fn beside<'a>(&self, row: &'a Row, column: usize, field: Field) -> &'a str {
        let block = match self.blocks(field) {
            Blocks::Own(blocks) => blocks.into_iter().find(|b| b.contains(&column)),
            Blocks::None | Blocks::Unclear => None,
        };
        self.columns(Some(field))
            .filter(|c| block.as_ref().is_none_or(|b| b.contains(c)))
            .map(|c| row.get(c).trim())
            .find(|t| !is_missing(t))
            .unwrap_or("")
    }

    /// Whether each question has a column of a field of its own, behind it or before it.
    fn blocks(&self, field: Field) -> Blocks {
        let questions: Vec<usize> = self.columns(Some(Field::Question)).collect();
        let columns: Vec<usize> = self.columns(Some(field)).collect();
        if questions.len() < 2 || columns.len() < 2 || !OF_A_QUESTION.contains(&field) {
            return Blocks::None;
        }
        let fits = |blocks: &Vec<Range<usize>>| {
            let count = |b: &Range<usize>| columns.iter().filter(|c| b.contains(c)).count();
            blocks.iter().all(|b| count(b) > 0)
                && blocks.iter().map(count).sum::<usize>() == columns.len()
        };
        let ends = questions.iter().skip(1).copied().chain([self.fields.len()]);
        let behind = questions.iter().zip(ends).map(|(q, end)| *q..end).collect();
        let starts = std::iter::once(0).chain(questions.iter().map(|q| q + 1));
        let before = starts
            .zip(&questions)
            .map(|(from, q)| from..q + 1)
            .collect();
        match (fits(&behind), fits(&before)) {
            (true, _) => Blocks::Own(behind),
            (false, true) => Blocks::Own(before),
            (false, false) => Blocks::Unclear,
        }
    }

    pub(super) fn columns(&self, field: Option<Field>) -> impl Iterator<Item = usize> + '_ {
        (0..self.fields.len()).filter(move |i| self.fields[*i] == field)
    }

    /// The columns that are passed through.
    pub(crate) fn passed(&self) -> Vec<usize> {
        self.columns(None).collect()
    }

    /// Whether some column holds a field.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.fields.contains(&Some(field))
    }
}
