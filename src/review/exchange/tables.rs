//! Reviews as tables in the layout in which the study's judgements were released.
//!
//! In: the cases to export. Out: the table of responses with a row for each response and reviewer, of gold responses, of
//! relevance labels, and of pinned passages, which the release has no table for. Never: a column that the release has under
//! another name or meaning; what this program adds stands in columns of its own.

mod beside;
mod responses;

use std::fmt::Display;
use std::io;

pub(super) use beside::{Author, numbered};
use beside::{golds, labels, pins};
use responses::responses;
pub(super) use responses::{Ranks, binary, decided_by, ranks, seconds, submitted, submitted_at};

use super::account::{Item, Why};
use super::picked::{Selection, pick};
use super::{Account, File, Options, Picked, Source};
use crate::dataset::table::Writer;

/// The table of responses.
pub const RESPONSES: &str = "clinician-reviewed-model-responses.tsv";
/// The table of gold responses.
pub const GOLDS: &str = "clinician-instruction-responses.tsv";
/// The table of relevance labels.
pub const LABELS: &str = "ehr-relevance-labels.csv";
/// The table of pinned passages.
pub const PINS: &str = "evidence-pins.tsv";

/// A column's name, and whether it holds free text.
type Column = (&'static str, bool);

/// A table in the making: rows of the columns that are written.
struct Sheet<const N: usize> {
    columns: [Column; N],
    text: bool,
    out: Writer<Vec<u8>>,
}

impl<const N: usize> Sheet<N> {
    fn new(columns: [Column; N], out: Writer<Vec<u8>>, text: bool) -> io::Result<Self> {
        let mut sheet = Sheet { columns, text, out };
        sheet.row(columns.map(|(name, _)| name.to_owned()))?;
        Ok(sheet)
    }

    fn row(&mut self, row: [String; N]) -> io::Result<()> {
        let cells = row.into_iter().zip(self.columns);
        let text = self.text;
        let kept = cells.filter_map(|(cell, (_, free))| (text || !free).then_some(cell));
        self.out.row(kept)
    }
}

/// All tables of the released layout.
///
/// # Errors
/// Never in fact: tables are written into memory.
pub fn files(source: &Source<'_>, options: Options) -> io::Result<(Vec<File>, Account)> {
    let (selection, mut account) = pick(source, options);
    count_cases(&selection, &mut account, |p| {
        !p.case.responses.is_empty() || !numbered(p).is_empty()
    });
    let file = |name, bytes| File { name, bytes };
    let files = vec![
        file(RESPONSES, responses(&selection, options, &mut account)?),
        file(GOLDS, golds(&selection, options, &mut account)?),
        file(LABELS, labels(&selection, options, &mut account)?),
        file(PINS, pins(&selection, options, &mut account)?),
    ];
    Ok((files, account))
}

/// The table of responses alone; the account says that gold responses, labels and pins have no place in it.
///
/// # Errors
/// Never in fact: the table is written into memory.
pub fn responses_alone(source: &Source<'_>, options: Options) -> io::Result<(Vec<u8>, Account)> {
    let (selection, mut account) = pick(source, options);
    count_cases(&selection, &mut account, |p| !p.case.responses.is_empty());
    let bytes = responses(&selection, options, &mut account)?;
    for item in [
        Item::Reference,
        Item::GivenLabel,
        Item::Gold,
        Item::Pin,
        Item::Label,
    ] {
        let rest = account.there(item) - account.missing(item);
        account.left(item, Why::NoPlace, rest);
    }
    Ok((bytes, account))
}

fn count_cases(
    selection: &Selection<'_>,
    account: &mut Account,
    has_row: impl Fn(&Picked<'_>) -> bool,
) {
    for picked in &selection.cases {
        if has_row(picked) {
            account.wrote(Item::Case, 1);
        } else {
            account.left(Item::Case, Why::NoPlace, 1);
        }
    }
}

/// A column of a row that the dataset passes through, or nothing.
pub(super) fn column<'a>(columns: &'a [(String, String)], name: &str) -> &'a str {
    let mut named = columns.iter();
    named
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map_or("", |(_, value)| value)
}

pub(super) fn told(value: Option<impl Display>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

pub(super) fn yes_no(value: Option<bool>) -> String {
    told(value.map(|v| if v { "yes" } else { "no" }))
}
