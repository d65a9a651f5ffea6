//! What an import did with every row: used, or left out and why.
//!
//! In: tallies of tables and patients, added up in any order. Out: a [`ImportReport`] that does not depend on the order.
//! Rows in are always rows used plus rows left out. It names tables, lines and counts, never what a row says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::header::Unused;
use super::moment::Offset;
pub(crate) use super::reason::Reason;
use super::tables::{TABLES, Table};

/// A line of one of a table's files; ordered by file, then by line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TableLine(u64);

impl TableLine {
    const BITS: u32 = 44;

    /// A line, counted from 1, of the file with a number among its table's.
    pub(crate) fn new(file: usize, line: u64) -> Self {
        TableLine((file as u64) << Self::BITS | line)
    }

    pub(crate) fn packed(self) -> u64 {
        self.0
    }

    pub(crate) fn unpack(packed: u64) -> Self {
        TableLine(packed)
    }

    pub(crate) fn file(self) -> usize {
        (self.0 >> Self::BITS) as usize
    }

    fn number(self) -> u64 {
        self.0 & ((1 << Self::BITS) - 1)
    }
}

/// How often, and where first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    rows: u64,
    first: Option<TableLine>,
}

impl Count {
    fn add(&mut self, rows: u64, first: Option<TableLine>) {
        self.rows += rows;
        self.first = match (self.first, first) {
            (None, line) | (line, None) => line,
            (Some(a), Some(b)) => Some(a.min(b)),
        };
    }
}

/// What became of one table's rows, or of one patient's share of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Rows read.
    pub(crate) rows: u64,
    /// Rows that are in the records.
    pub(crate) used: u64,
    /// Events written.
    pub(crate) events: u64,
    reasons: BTreeMap<Reason, Count>,
    /// Columns of its files that are not read.
    pub(crate) unused: Unused,
    /// Time stamps by the offset from UTC that they state.
    offsets: BTreeMap<Offset, Count>,
}

impl Tally {
    /// Counts a row under a reason.
    pub(crate) fn count(&mut self, reason: Reason, line: TableLine) {
        let count = self.reasons.entry(reason).or_default();
        count.add(1, Some(line));
    }

    /// Counts a row under a doubt, where there is one.
    pub(crate) fn doubt(&mut self, doubt: Option<Reason>, line: TableLine) {
        if let Some(doubt) = doubt {
            self.count(doubt, line);
        }
    }

    /// Notes the offset from UTC that a row's time stamp states.
    pub(crate) fn offset(&mut self, offset: Offset, line: TableLine) {
        self.offsets.entry(offset).or_default().add(1, Some(line));
    }

    /// Adds another tally; the order does not matter.
    pub(crate) fn add(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.used += other.used;
        self.events += other.events;
        self.unused.add(&other.unused);
        for (reason, theirs) in &other.reasons {
            let mine = self.reasons.entry(*reason).or_default();
            mine.add(theirs.rows, theirs.first);
        }
        for (offset, theirs) in &other.offsets {
            let mine = self.offsets.entry(*offset).or_default();
            mine.add(theirs.rows, theirs.first);
        }
    }

    /// How many rows were left out.
    pub(crate) fn left_out(&self) -> u64 {
        let reasons = Reason::ALL.into_iter().filter(|r| r.leaves_out());
        reasons.map(|r| self.of(r).rows).sum()
    }

    fn of(&self, reason: Reason) -> Count {
        if reason != Reason::OffsetsDiffer {
            return self.reasons.get(&reason).copied().unwrap_or_default();
        }
        // Those that are not as most are.
        let most = self
            .offsets
            .iter()
            .max_by_key(|(_, c)| c.rows)
            .map(|(o, _)| *o);
        let mut count = Count::default();
        for (_, c) in self.offsets.iter().filter(|(o, _)| Some(**o) != most) {
            count.add(c.rows, c.first);
        }
        count
    }
}

/// A tally for each table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tallies([Tally; TABLES]);

impl Tallies {
    pub(crate) fn of(&mut self, table: Table) -> &mut Tally {
        &mut self.0[table as usize]
    }

    pub(crate) fn add(&mut self, other: &Tallies) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            mine.add(theirs);
        }
    }
}

/// A reason with how many rows it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What was off, as a word for programs.
    pub reason: Reason,
    /// What was off.
    pub what: &'static str,
    /// How many rows.
    pub rows: u64,
    /// The line of the first such row, counted from 1.
    pub first_line: u64,
    /// The file that the line is in, where the table has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_file: Option<String>,
    /// Whether it makes the import end with exit code 1.
    pub defect: bool,
}

/// What became of one table's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct TableReport {
    /// The table's OMOP name.
    pub table: &'static str,
    /// Its files' names; none when the table is missing.
    pub files: Vec<String>,
    /// Rows read.
    pub rows: u64,
    /// Rows that are in the records.
    pub used: u64,
    /// Rows that are not.
    pub left_out: u64,
    /// Events written; an interval with a start and an end makes two.
    pub events: u64,
    /// Why rows were left out.
    pub left_out_because: Vec<Finding>,
    /// What was doubted or changed in rows that were used.
    pub doubts: Vec<Finding>,
    /// Columns that are not imported.
    pub unused_columns: Unused,
}

/// A file or folder of a table, none of whose rows could be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct UnreadableFile {
    /// The table's OMOP name.
    pub table: &'static str,
    /// Its name, or what is missing.
    pub name: String,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ImportReport {
    /// Records written, one a patient.
    pub records: u64,
    /// Records without any event.
    pub empty_records: u64,
    /// Encounters in all records.
    pub encounters: u64,
    /// Events in all records.
    pub events: u64,
    /// Bytes of all records.
    pub bytes: u64,
    /// Chosen patients that no table knows.
    pub chosen_not_found: Vec<i64>,
    /// Each table, in a fixed order.
    pub tables: Vec<TableReport>,
    /// Files in the folder that the import does not use.
    pub unused_files: Vec<String>,
    /// What belongs to an imported table and cannot be read, or is missing.
    pub unreadable_files: Vec<UnreadableFile>,
}

impl ImportReport {
    pub(crate) fn table(table: Table, files: Vec<String>, tally: &Tally) -> TableReport {
        let findings = |left_out: bool| {
            Reason::ALL
                .into_iter()
                .map(|r| (r, tally.of(r)))
                .filter(|(r, count)| r.leaves_out() == left_out && count.rows > 0)
                .map(|(r, count)| {
                    let first = count.first.unwrap_or_default();
                    Finding {
                        reason: r,
                        what: r.what(),
                        rows: count.rows,
                        first_line: first.number(),
                        first_file: (files.len() > 1)
                            .then(|| files.get(first.file()).cloned())
                            .flatten(),
                        defect: r.is_defect(),
                    }
                })
                .collect::<Vec<_>>()
        };
        let (left_out_because, doubts) = (findings(true), findings(false));
        TableReport {
            table: table.name(),
            files,
            rows: tally.rows,
            used: tally.used,
            left_out: left_out_because.iter().map(|f| f.rows).sum(),
            events: tally.events,
            left_out_because,
            doubts,
            unused_columns: tally.unused.clone(),
        }
    }

    /// How many rows have a defect, files cannot be read, and chosen patients are not there.
    pub(crate) fn defects(&self) -> u64 {
        self.tables
            .iter()
            .flat_map(|t| t.left_out_because.iter().chain(&t.doubts))
            .filter(|f| f.defect)
            .map(|f| f.rows)
            .sum::<u64>()
            + (self.chosen_not_found.len() + self.unreadable_files.len()) as u64
    }

    /// The report as text.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!(
            "{:<22}{:>14}{:>14}{:>14}{:>14}\n",
            "table", "rows", "used", "left out", "events"
        );
        let mut missing = Vec::new();
        for t in &self.tables {
            if t.files.is_empty() {
                if !self.unreadable_files.iter().any(|f| f.table == t.table) {
                    missing.push(t.table);
                }
                continue;
            }
            let _ = writeln!(
                text,
                "{:<22}{:>14}{:>14}{:>14}{:>14}",
                t.table, t.rows, t.used, t.left_out, t.events
            );
        }
        let mut list = |title: &str, pick: fn(&TableReport) -> &Vec<Finding>| {
            let mut first = true;
            for t in &self.tables {
                for f in pick(t) {
                    if std::mem::take(&mut first) {
                        let _ = writeln!(text, "\n{title}");
                    }
                    let _ = writeln!(
                        text,
                        "  {:<20}{:>14}  {}{} (first: {}line {})",
                        t.table,
                        f.rows,
                        if f.defect { "defect: " } else { "" },
                        f.what,
                        f.first_file
                            .as_deref()
                            .map(|n| crate::text::safe(n) + ", ")
                            .unwrap_or_default(),
                        f.first_line
                    );
                }
            }
        };
        list("rows left out", |t| &t.left_out_because);
        list("rows used with a doubt", |t| &t.doubts);
        self.push_columns(&mut text);
        text.push('\n');
        if !missing.is_empty() {
            let _ = writeln!(text, "tables that are not there: {}", missing.join(", "));
        }
        for file in &self.unreadable_files {
            let name = crate::text::safe(&file.name);
            let _ = writeln!(text, "defect: a table's rows that cannot be read: {name}");
        }
        if !self.unused_files.is_empty() {
            let names: Vec<_> = self
                .unused_files
                .iter()
                .map(|n| crate::text::safe(n))
                .collect();
            let _ = writeln!(text, "not imported: {}", names.join(", "));
        }
        if !self.chosen_not_found.is_empty() {
            let ids: Vec<_> = self
                .chosen_not_found
                .iter()
                .map(ToString::to_string)
                .collect();
            let _ = writeln!(text, "chosen patients not found: {}", ids.join(", "));
        }
        let _ = writeln!(
            text,
            "{} records ({} without events), {} encounters, {} events, {} bytes",
            self.records, self.empty_records, self.encounters, self.events, self.bytes
        );
        text
    }

    /// Adds the columns that are not imported, a line a table.
    fn push_columns(&self, text: &mut String) {
        let mut first = true;
        for t in self.tables.iter().filter(|t| !t.unused_columns.is_empty()) {
            if std::mem::take(&mut first) {
                text.push_str("\ncolumns not imported\n");
            }
            let _ = writeln!(text, "  {:<20}{}", t.table, t.unused_columns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_add_up_in_any_order() {
        let mut a = Tally::default();
        a.count(Reason::BadDate, TableLine::new(0, 9));
        a.count(Reason::BadDate, TableLine::new(0, 4));
        let mut b = Tally::default();
        b.count(Reason::BadDate, TableLine::new(0, 7));
        b.rows = 3;
        let (mut ab, mut ba) = (a.clone(), b.clone());
        ab.add(&b);
        ba.add(&a);
        assert_eq!(ab, ba);
        let report = ImportReport::table(Table::Note, vec![], &ab);
        assert_eq!(report.left_out, 3);
        assert_eq!(report.left_out_because[0].first_line, 4);
    }

    #[test]
    fn every_reason_is_listed_at_its_place() {
        for (i, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, i);
        }
    }
}
