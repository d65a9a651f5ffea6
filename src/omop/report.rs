//! What an import did with every row: used, or left out and why.
//!
//! In: tallies of tables and patients, added up in any order. Out: a [`Report`] that does not depend on the order.
//! Rows in are always rows used plus rows left out. It names tables, lines and counts, never what a row says.

use std::fmt::Write as _;

use serde::Serialize;

use super::tables::Table;

/// What was off with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Reason {
    /// No readable person id.
    BadPerson,
    /// More or fewer fields than the header.
    FieldCount,
    /// No readable id, where the table needs one.
    BadId,
    /// Neither a date nor a date with time.
    NoDate,
    /// The date is no date.
    BadDate,
    /// The person is not in the person table.
    UnknownPerson,
    /// A second row for one id in a table that has one row an id.
    Duplicate,
    /// The person was not chosen.
    NotChosen,
    /// A payer plan period in which the patient has no encounter.
    NoEncounter,
    /// A concept, care site or provider that nothing imported refers to.
    NotUsed,
    /// A concept that an earlier row gave already.
    Repeated,
    /// No readable year of birth: the ages are missing.
    BadBirth,
    /// The end is no date: the event has a start only.
    BadEnd,
    /// The end is before the start; both are kept as they are.
    EndBeforeStart,
    /// The time is unreadable and the date is not: the date was taken.
    BadTime,
    /// The visit id is no number: the event was placed by its time.
    BadVisit,
    /// No such visit in the visit table; the events of this id are still one encounter.
    UnknownVisit,
    /// The concept table has neither the concept nor its source concept: the source value stands for them.
    UnknownConcept,
    /// Bytes that are not UTF-8 became U+FFFD.
    NotUtf8,
    /// Characters that XML cannot hold became U+FFFD.
    NotXml,
}

const REASONS: usize = Reason::NotXml as usize + 1;

impl Reason {
    const ALL: [Reason; REASONS] = [
        Reason::BadPerson,
        Reason::FieldCount,
        Reason::BadId,
        Reason::NoDate,
        Reason::BadDate,
        Reason::UnknownPerson,
        Reason::Duplicate,
        Reason::NotChosen,
        Reason::NoEncounter,
        Reason::NotUsed,
        Reason::Repeated,
        Reason::BadBirth,
        Reason::BadEnd,
        Reason::EndBeforeStart,
        Reason::BadTime,
        Reason::BadVisit,
        Reason::UnknownVisit,
        Reason::UnknownConcept,
        Reason::NotUtf8,
        Reason::NotXml,
    ];

    /// Whether the row was left out.
    pub fn leaves_out(self) -> bool {
        self <= Reason::Repeated
    }

    /// Whether something is missing that the tables meant to say.
    pub fn is_defect(self) -> bool {
        self <= Reason::Duplicate
            || matches!(self, Reason::BadBirth | Reason::BadEnd | Reason::BadTime)
    }

    /// The reason in words.
    pub fn what(self) -> &'static str {
        match self {
            Reason::BadPerson => "no readable person_id",
            Reason::FieldCount => "more or fewer fields than the header",
            Reason::BadId => "no readable id",
            Reason::NoDate => "no date",
            Reason::BadDate => "unreadable date",
            Reason::UnknownPerson => "the person is not in the person table",
            Reason::Duplicate => "a second row for one id",
            Reason::BadBirth => "no readable birth date; ages may be missing",
            Reason::NotChosen => "the person was not chosen",
            Reason::NoEncounter => "no encounter in its period",
            Reason::NotUsed => "nothing imported refers to it",
            Reason::Repeated => "an earlier row gave this concept already",
            Reason::BadEnd => "unreadable end; the event has a start only",
            Reason::EndBeforeStart => "the end is before the start; both kept",
            Reason::BadTime => "unreadable time; the date was taken",
            Reason::BadVisit => "unreadable visit id; placed by time",
            Reason::UnknownVisit => "no such visit in visit_occurrence; grouped by its id",
            Reason::UnknownConcept => "not in the concept table; the source value was taken",
            Reason::NotUtf8 => "bytes that are not UTF-8 became U+FFFD",
            Reason::NotXml => "characters that XML cannot hold became U+FFFD",
        }
    }
}

/// How often, and where first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    rows: u64,
    first_line: u64,
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
    reasons: [Count; REASONS],
}

impl Tally {
    /// Counts a row under a reason.
    pub(crate) fn count(&mut self, reason: Reason, line: u64) {
        let count = &mut self.reasons[reason as usize];
        count.rows += 1;
        if count.first_line == 0 || line < count.first_line {
            count.first_line = line;
        }
    }

    /// Adds another tally; the order does not matter.
    pub(crate) fn add(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.used += other.used;
        self.events += other.events;
        for (mine, theirs) in self.reasons.iter_mut().zip(&other.reasons) {
            mine.rows += theirs.rows;
            mine.first_line = match (mine.first_line, theirs.first_line) {
                (0, line) | (line, 0) => line,
                (a, b) => a.min(b),
            };
        }
    }
}

/// A tally for each table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tallies([Tally; Table::ALL.len()]);

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
pub struct Finding {
    /// What was off, as a word for programs.
    pub reason: Reason,
    /// What was off.
    pub what: &'static str,
    /// How many rows.
    pub rows: u64,
    /// The line of the first such row, counted from 1.
    pub first_line: u64,
    /// Whether it makes the import end with exit code 1.
    pub defect: bool,
}

/// What became of one table's rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableReport {
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
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
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
}

impl Report {
    pub(crate) fn table(table: Table, files: Vec<String>, tally: &Tally) -> TableReport {
        let findings = |left_out: bool| {
            Reason::ALL
                .iter()
                .filter(|r| r.leaves_out() == left_out && tally.reasons[**r as usize].rows > 0)
                .map(|r| Finding {
                    reason: *r,
                    what: r.what(),
                    rows: tally.reasons[*r as usize].rows,
                    first_line: tally.reasons[*r as usize].first_line,
                    defect: r.is_defect(),
                })
                .collect::<Vec<_>>()
        };
        let left_out_because = findings(true);
        TableReport {
            table: table.name(),
            files,
            rows: tally.rows,
            used: tally.used,
            left_out: left_out_because.iter().map(|f| f.rows).sum(),
            events: tally.events,
            left_out_because,
            doubts: findings(false),
        }
    }

    /// How many rows have a defect, and how many chosen patients are not there.
    pub fn defects(&self) -> u64 {
        self.tables
            .iter()
            .flat_map(|t| t.left_out_because.iter().chain(&t.doubts))
            .filter(|f| f.defect)
            .map(|f| f.rows)
            .sum::<u64>()
            + self.chosen_not_found.len() as u64
    }

    /// The report as text.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{:<22}{:>14}{:>14}{:>14}{:>14}\n",
            "table", "rows", "used", "left out", "events"
        );
        let mut missing = Vec::new();
        for t in &self.tables {
            if t.files.is_empty() {
                missing.push(t.table);
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
                        "  {:<20}{:>14}  {}{} (first: line {})",
                        t.table,
                        f.rows,
                        if f.defect { "defect: " } else { "" },
                        f.what,
                        f.first_line
                    );
                }
            }
        };
        list("rows left out", |t| &t.left_out_because);
        list("rows used with a doubt", |t| &t.doubts);
        text.push('\n');
        if !missing.is_empty() {
            let _ = writeln!(text, "tables that are not there: {}", missing.join(", "));
        }
        if !self.unused_files.is_empty() {
            let names: Vec<_> = self
                .unused_files
                .iter()
                .map(|n| crate::text::safe(n))
                .collect();
            let _ = writeln!(text, "files not imported: {}", names.join(", "));
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_add_up_in_any_order() {
        let mut a = Tally::default();
        a.count(Reason::BadDate, 9);
        a.count(Reason::BadDate, 4);
        let mut b = Tally::default();
        b.count(Reason::BadDate, 7);
        b.rows = 3;
        let (mut ab, mut ba) = (a.clone(), b.clone());
        ab.add(&b);
        ba.add(&a);
        assert_eq!(ab, ba);
        let report = Report::table(Table::Note, vec![], &ab);
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
