//! Collecting instructions: the answers of a web form, mapped to our columns.
//!
//! In: a table whose columns are the form's questions, in any wording. Out: submissions, one an instruction, each with
//! an id that stays the same when the form is exported again. Never: a row that vanishes; a column whose meaning is
//! guessed among several; the text of an answer in a message.

use std::fmt;

use crate::stats::hash::fnv1a;
use rustc_hash::{FxHashMap, FxHashSet};

use super::columns::Column;
use super::instruction::{Subcategory, is_missing};
use super::table::{Row, Table};
use crate::error::{Error, Result};
use crate::record::Time;

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
pub struct Mapping {
    /// For each column of the form, its field; `None` is passed through.
    pub fields: Vec<Option<Field>>,
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

impl Mapping {
    /// Maps the columns of a form: what `explicit` says (a header or `#3`, and a field), else by the headers.
    ///
    /// # Errors
    /// When `explicit` names a column that is not there, no column holds the instruction, or several might.
    pub fn new(table: &Table, explicit: &[(String, Field)]) -> Result<Self> {
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
            if let Some(other) = places.iter().find(|i| headers[**i] != headers[*first]) {
                return Err(Error::usage(format!(
                    "{}: columns {} and {} may both be {}",
                    table.path().display(),
                    first + 1,
                    other + 1,
                    field.name()
                ))
                .hint(format!(
                    "say which: --map '#{}={}'",
                    first + 1,
                    field.name()
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
        Ok(Mapping { fields })
    }

    fn columns(&self, field: Option<Field>) -> impl Iterator<Item = usize> + '_ {
        (0..self.fields.len()).filter(move |i| self.fields[*i] == field)
    }

    /// The columns that are passed through.
    pub fn passed(&self) -> Vec<usize> {
        self.columns(None).collect()
    }

    /// Whether some column holds a field.
    pub fn has(&self, field: Field) -> bool {
        self.fields.contains(&Some(field))
    }
}

/// One submitted instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Submission {
    /// The form's id, or one made from the text: see [`stable_id`].
    pub id: String,
    /// The instruction's text, without blanks around it.
    pub question: String,
    /// Category of the taxonomy, or empty.
    pub category: String,
    /// Subcategory of the taxonomy, or empty.
    pub subcategory: String,
    /// The submitter's specialty, or empty.
    pub specialty: String,
    /// Patient characteristics, or empty.
    pub characteristics: String,
    /// Clinical context, or empty.
    pub context: String,
    /// When it was submitted, as written, or empty.
    pub submitted_at: String,
    /// Where it comes from, or empty.
    pub source: String,
    /// The columns that are passed through, in the form's order.
    pub others: Vec<String>,
    /// The line of the form on which its row starts, counted from 1.
    pub line: u64,
}

/// In which order "earliest" is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By the time of submission, which every row states readably.
    Time,
    /// As the form has them.
    Row,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Order::Time => "time of submission",
            Order::Row => "rows of the form",
        })
    }
}

/// What a form holds.
#[derive(Clone, Debug)]
pub struct Form {
    /// The instructions, the earliest first.
    pub submissions: Vec<Submission>,
    /// How they are ordered.
    pub order: Order,
    /// The lines of rows without an instruction.
    pub empty_rows: Vec<u64>,
    /// (line, earlier line) of rows with the id of an earlier one.
    pub repeated_ids: Vec<(u64, u64)>,
    /// The lines of rows whose id a spreadsheet has spoilt (`5.00E+09`).
    pub spoilt_ids: Vec<u64>,
}

impl Form {
    /// Reads the rows of a form. Each cell of an instruction column is an instruction of its own; of the other fields
    /// the first column that says something counts. Where there is no source, the form's name stands for it.
    pub fn read(table: &Table, mapping: &Mapping) -> Self {
        let name = table
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let mut form = Form {
            submissions: Vec::new(),
            order: Order::Row,
            empty_rows: Vec::new(),
            repeated_ids: Vec::new(),
            spoilt_ids: Vec::new(),
        };
        let others = mapping.passed();
        let mut given: FxHashMap<String, u64> = FxHashMap::default();
        for row in table.rows() {
            let questions: Vec<&str> = mapping
                .columns(Some(Field::Question))
                .map(|i| row.get(i).trim())
                .filter(|q| !is_missing(q))
                .collect();
            if questions.is_empty() {
                form.empty_rows.push(row.line());
            }
            for question in questions {
                let text = |field| first(row, mapping, field).to_owned();
                let id = text(Field::InstructionId);
                if is_spoilt(&id) {
                    form.spoilt_ids.push(row.line());
                }
                if !id.is_empty() {
                    match given.get(&id) {
                        Some(earlier) => form.repeated_ids.push((row.line(), *earlier)),
                        None => {
                            given.insert(id.clone(), row.line());
                        }
                    }
                }
                let source = text(Field::Source);
                form.submissions.push(Submission {
                    id,
                    question: question.to_owned(),
                    category: text(Field::Category),
                    subcategory: text(Field::Subcategory),
                    specialty: text(Field::Specialty),
                    characteristics: text(Field::Characteristics),
                    context: text(Field::Context),
                    submitted_at: text(Field::SubmittedAt),
                    source: if source.is_empty() {
                        name.clone().into_owned()
                    } else {
                        source
                    },
                    others: others.iter().map(|i| row.get(*i).to_owned()).collect(),
                    line: row.line(),
                });
            }
        }
        form.sort();
        form.make_ids(&given);
        form
    }

    /// By time, when every submission states one that can be read without doubt.
    fn sort(&mut self) {
        let times: Option<Vec<Time>> = self
            .submissions
            .iter()
            .map(|s| Time::parse_iso(&s.submitted_at).or_else(|| Time::parse_us(&s.submitted_at)))
            .collect();
        let Some(times) = times.filter(|t| !t.is_empty()) else {
            return;
        };
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by_key(|i| times[*i]);
        let mut rows: Vec<Option<Submission>> = self.submissions.drain(..).map(Some).collect();
        self.submissions = order.into_iter().filter_map(|i| rows[i].take()).collect();
        self.order = Order::Time;
    }

    fn make_ids(&mut self, given: &FxHashMap<String, u64>) {
        let mut taken: FxHashSet<String> = given.keys().cloned().collect();
        for submission in &mut self.submissions {
            if !submission.id.is_empty() {
                continue;
            }
            let mut n = 0;
            let mut id = stable_id(&submission.question, n);
            // A repeated text, or two texts of one hash.
            while !taken.insert(id.clone()) {
                n += 1;
                id = stable_id(&submission.question, n);
            }
            submission.id = id;
        }
    }
}

/// The first column of a field that says something.
fn first<'a>(row: &'a Row, mapping: &Mapping, field: Field) -> &'a str {
    mapping
        .columns(Some(field))
        .map(|i| row.get(i).trim())
        .find(|t| !is_missing(t))
        .unwrap_or("")
}

/// Whether a spreadsheet has turned an id into `5.00E+09`, so that digits are lost.
fn is_spoilt(id: &str) -> bool {
    let upper = id.to_ascii_uppercase();
    upper.split_once("E+").is_some_and(|(a, b)| {
        a.bytes()
            .all(|c| c.is_ascii_digit() || matches!(c, b'.' | b','))
            && b.bytes().all(|c| c.is_ascii_digit())
            && !a.is_empty()
    })
}

/// An id of 10 digits made from an instruction's text: the 64-bit FNV-1a hash of its words joined by single blanks,
/// modulo 9,000,000,000, plus 1,000,000,000. For the n-th repetition of a text (n above 0) a NUL byte and n in decimal
/// are hashed behind it.
pub fn stable_id(question: &str, n: usize) -> String {
    let mut text = question.split_whitespace().collect::<Vec<_>>().join(" ");
    if n > 0 {
        text.push('\0');
        text.push_str(&n.to_string());
    }
    (fnv1a(text.as_bytes()) % 9_000_000_000 + 1_000_000_000).to_string()
}

/// A label that the taxonomy does not know, or that contradicts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The category as written.
    pub category: String,
    /// The subcategory as written.
    pub subcategory: String,
    /// How many instructions have it.
    pub count: usize,
    /// The line of the first of them.
    pub first_line: u64,
}

/// Checks labels against a taxonomy; fills a missing category from a known subcategory.
pub fn apply_taxonomy(
    submissions: &mut [Submission],
    taxonomy: &[Subcategory],
) -> Vec<UnknownLabel> {
    let mut unknown: Vec<UnknownLabel> = Vec::new();
    for submission in submissions {
        let (category, subcategory) = (&submission.category, &submission.subcategory);
        let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
        let of_name = || taxonomy.iter().filter(|t| same(&t.name, subcategory));
        let known = match (category.is_empty(), subcategory.is_empty()) {
            (true, true) => true,
            (false, true) => taxonomy.iter().any(|t| same(&t.category, category)),
            (true, false) => of_name().next().is_some(),
            (false, false) => of_name().any(|t| same(&t.category, category)),
        };
        if known {
            if category.is_empty()
                && let Some(found) = of_name().next()
            {
                submission.category = found.category.clone();
            }
            continue;
        }
        let label = unknown
            .iter_mut()
            .find(|u| u.category == *category && u.subcategory == *subcategory);
        match label {
            Some(label) => label.count += 1,
            None => unknown.push(UnknownLabel {
                category: category.clone(),
                subcategory: subcategory.clone(),
                count: 1,
                first_line: submission.line,
            }),
        }
    }
    unknown
}

#[cfg(test)]
mod tests;
