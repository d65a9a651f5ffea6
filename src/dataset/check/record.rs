//! One record's check.
//!
//! In: a record file and the cases that are about it. Out: what is off in it, and what must be compared over all
//! records: types that are not known, units by code.

use std::path::PathBuf;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::lines::{self, Finding};
use crate::dataset::{Dataset, RecordFile, record_fingerprint};
use crate::notice::{Notice, Severity};
use crate::record::{self, Encounter, Kind, Passages, Record, Sym};
use crate::text;

/// A stated age may differ from the one that the birth date gives by so many days: birth dates are often shifted
/// within a month to protect the patient.
const AGE_DAYS: i64 = 31;

/// A place in one of several record files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FilePlace {
    pub(super) file: usize,
    pub(super) offset: u64,
}

/// What one record's check leaves behind.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) path: PathBuf,
    pub(super) readable: bool,
    /// The patient as the file's name says, and what tells this state of the record from others.
    pub(super) person: String,
    pub(super) fingerprint: String,
    pub(super) root_id: String,
    pub(super) events: usize,
    pub(super) notes: usize,
    pub(super) passages: usize,
    pub(super) notices: Vec<Notice>,
    /// (type, count, first offset)
    pub(super) types: Vec<(String, u64, u64)>,
    /// (code, unit, count, first offset)
    pub(super) units: Vec<(String, String, u64, u64)>,
}

/// Checks the record in `file`, which the cases at `cases` are about.
pub(super) fn look(dataset: &Dataset, file: &RecordFile, cases: &[usize], today: Date) -> Seen {
    let mut seen = Seen {
        path: file.path.clone(),
        ..Seen::default()
    };
    let record = match record::read(&file.path) {
        Ok(record) => record,
        Err(error) => {
            seen.notices
                .push(unreadable(file, &error.to_string(), error.hint_text()));
            return seen;
        }
    };
    seen.readable = true;
    record.stated().clone_into(&mut seen.root_id);
    let whose = dataset.whose(&file.person_id, &record).to_owned();
    // What is off in it is told even where it is another patient's.
    let record = record.look_inside();
    seen.person.clone_from(&file.person_id);
    seen.fingerprint = record_fingerprint(&record);
    seen.events = record.happened().len();
    seen.notes = record.note_count();
    seen.notices.extend_from_slice(record.notices());
    if !seen.root_id.is_empty() && seen.root_id != whose {
        let what = format!(
            "wrong patient: the file's name says {}, the record says {}; find out which is right before anyone judges \
             by it",
            text::clip(&file.person_id, 40),
            text::clip(&seen.root_id, 40)
        );
        seen.notices
            .push(Notice::line(Severity::Error, &file.path, 1, what));
    }
    seen.notices.extend(strict(file));
    let mut found = Vec::new();
    times(&record, today, &mut found);
    people(&record, &mut found);
    compared(&record, &mut seen);
    seen.notices.extend(lines::notices(&file.path, found));
    let passages = Passages::of(&record);
    for &place in cases {
        let (looked, notices) = super::evidence_notices(dataset, place, &passages);
        seen.passages += looked;
        seen.notices.extend(notices);
    }
    seen
}

/// A notice where other programs stop: the readers here go on, so that what is sound is shown.
fn strict(file: &RecordFile) -> Option<Notice> {
    let bytes = std::fs::read(&file.path).ok()?;
    let line = record::refused_at(&bytes)?;
    let what = "a strict XML parser stops here, so other programs cannot read this file; mend the markup at this line";
    Some(Notice::line(Severity::Warning, &file.path, line, what))
}

/// An error of the reader as a notice: its text without the file's name, its line apart.
fn unreadable(file: &RecordFile, message: &str, hint: Option<&str>) -> Notice {
    let what = message
        .strip_prefix(&format!("{}: ", file.path.display()))
        .unwrap_or(message);
    let line = what
        .strip_prefix("line ")
        .and_then(|rest| rest.split_once(": "))
        .and_then(|(number, rest)| Some((number.parse::<u64>().ok()?, rest)));
    let told = |what: &str| match hint {
        Some(hint) => format!("{what}; {hint}"),
        None => what.to_owned(),
    };
    match line {
        Some((line, rest)) => Notice::line(Severity::Error, &file.path, line, told(rest)),
        None => Notice::file(Severity::Error, &file.path, told(what)),
    }
}

/// One finding for all places of a sort in one record: the first place, and how many there are.
#[derive(Default)]
struct Sort {
    first: Option<u64>,
    count: u64,
}

impl Sort {
    fn add(&mut self, offset: u64) {
        self.count += 1;
        self.first = Some(self.first.map_or(offset, |f| f.min(offset)));
    }

    fn tell(&self, severity: Severity, found: &mut Vec<Finding>, what: impl FnOnce(u64) -> String) {
        if let Some(offset) = self.first {
            found.push(Finding {
                severity,
                offset,
                what: what(self.count),
            });
        }
    }
}

/// Order of time, times after today, times before the birth.
fn times(record: &Record, today: Date, found: &mut Vec<Finding>) {
    let (mut order, mut future, mut unborn) = (Sort::default(), Sort::default(), Sort::default());
    let mut moved = Sort::default();
    let mut latest = 0;
    for encounter in record.encounters() {
        if encounter.offset < latest {
            moved.add(encounter.offset);
        }
        latest = latest.max(encounter.offset);
        let mut behind = 0;
        let range = encounter.events.start as usize..encounter.events.end as usize;
        for event in &record.events()[range] {
            // Events are sorted by time: one that stands further up in the file than the one before was moved.
            if event.offset < behind {
                order.add(event.offset);
            }
            behind = behind.max(event.offset);
            let Some(date) = event.time.map(record::Time::date) else {
                continue;
            };
            if date > today {
                future.add(event.offset);
            }
            if encounter
                .person
                .birth
                .is_some_and(|birth| date < birth.date())
            {
                unborn.add(event.offset);
            }
        }
    }
    order.tell(Severity::Info, found, |n| {
        format!("events out of the order of time in their encounter: {n}, the first is here; they are shown in order")
    });
    moved.tell(Severity::Info, found, |n| {
        format!(
            "encounters out of the order of time: {n}, the first is here; they are shown in order"
        )
    });
    future.tell(Severity::Warning, found, |n| {
        format!("events after {today}: {n}, the first is here; correct the time stamps")
    });
    unborn.tell(Severity::Warning, found, |n| {
        format!("events before the birth date of their encounter: {n}, the first is here; correct one of the two")
    });
}

/// Ages against birth dates; birth dates and sexes that change.
fn people(record: &Record, found: &mut Vec<Finding>) {
    let (mut ages, mut births, mut sexes) = (Sort::default(), Sort::default(), Sort::default());
    let mut birth = None;
    let mut sex = "";
    for encounter in record.encounters() {
        let person = &encounter.person;
        if is_age_off(encounter) {
            ages.add(encounter.offset);
        }
        if person.birth.is_some() {
            if birth.is_some() && birth != person.birth {
                births.add(encounter.offset);
            }
            birth = birth.or(person.birth);
        }
        if !person.sex.is_empty() {
            if !sex.is_empty() && sex != person.sex {
                sexes.add(encounter.offset);
            }
            if sex.is_empty() {
                sex = &person.sex;
            }
        }
    }
    ages.tell(Severity::Warning, found, |n| {
        format!("encounters whose age does not fit birth date and time: {n}, the first is here; correct one of them")
    });
    births.tell(Severity::Warning, found, |n| {
        format!("encounters with another birth date than the first: {n}, one is here; make sure that they are one patient's")
    });
    sexes.tell(Severity::Warning, found, |n| {
        format!("encounters with another sex than the first: {n}, one is here; make sure that they are one patient's")
    });
}

fn is_age_off(encounter: &Encounter) -> bool {
    let person = &encounter.person;
    let (Some(birth), Some(start)) = (person.birth, encounter.start) else {
        return false;
    };
    let days = i64::from((start.date() - birth.date()).get_days());
    let days_off = person
        .age_days
        .is_some_and(|age| (age - days).abs() > AGE_DAYS);
    // Whole years are cut off, so 43 stands for 43.0 to 43.99 years.
    let years_off = person.age_years.is_some_and(|age| {
        let first = age * 1461 / 4 - AGE_DAYS;
        let last = (age + 1) * 1461 / 4 + AGE_DAYS;
        !(first..=last).contains(&days)
    });
    days_off || years_off
}

/// Counts types that are not known and units by code.
fn compared(record: &Record, seen: &mut Seen) {
    let mut types: FxHashMap<&str, (u64, u64)> = FxHashMap::default();
    let mut units: FxHashMap<(Sym, &str), (u64, u64)> = FxHashMap::default();
    for event in record.happened() {
        if event.kind == Kind::Other {
            let entry = types
                .entry(record.type_name(event))
                .or_insert((0, event.offset));
            *entry = (entry.0 + 1, entry.1.min(event.offset));
        }
        let unit = record.unit(event);
        if event.kind == Kind::Measurement && !unit.is_empty() && !record.code_sym(event).is_empty()
        {
            let entry = units
                .entry((record.code_sym(event), unit))
                .or_insert((0, event.offset));
            *entry = (entry.0 + 1, entry.1.min(event.offset));
        }
    }
    seen.types = types
        .into_iter()
        .map(|(name, (count, offset))| (name.to_owned(), count, offset))
        .collect();
    seen.units = units
        .into_iter()
        .map(|((code, unit), (count, offset))| {
            (
                record.string(code).to_owned(),
                unit.to_owned(),
                count,
                offset,
            )
        })
        .collect();
    seen.types.sort();
    seen.units.sort();
}
