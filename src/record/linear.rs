//! A record as plain text, one line an event: the form in which records are shown to language models.
//!
//! In: a record. Out: a line about the patient, a heading for each encounter, a line for each event (time, kind, code,
//! name, value and unit, then each detail as `key: value`, with ` | ` between), and notes with their text indented below. Every line that does not start
//! with blanks is the program's own, so a note cannot pose as an event. Control characters other than line breaks and
//! tabs become U+FFFD and are counted.

use std::io::{self, Write};

use super::as_of::AsOf;
use super::model::{Encounter, Event, EventId, Kind, Record};
use super::piece::{Counting, Piece};

/// Writes a record as lines. Gives how many characters were replaced.
///
/// # Errors
/// When the underlying writer fails.
pub(crate) fn write_record(record: &Record, out: impl Write) -> io::Result<u64> {
    write_pieces(record, None, out, &mut |_, _| true)
}

/// The same, asking before each piece whether it is wanted, with the byte at which it would begin. Ends that are later than now
/// are not told.
///
/// # Errors
/// When the underlying writer fails.
pub(crate) fn write_pieces(
    record: &Record,
    now: Option<AsOf>,
    out: impl Write,
    wanted: &mut dyn FnMut(Piece<'_>, usize) -> bool,
) -> io::Result<u64> {
    let mut out = Counting::new(out);
    let mut replaced = 0;
    let mut line = String::new();
    if wanted(Piece::Patient, out.at()) {
        replaced += write_patient(record, &mut out, &mut line)?;
        for fact in record.facts() {
            if wanted(Piece::Event(fact), out.at()) {
                replaced += write_event(record, record.event(fact), now, &mut out, &mut line)?;
            }
        }
    }
    for encounter in record.encounters() {
        if wanted(Piece::Encounter(encounter), out.at()) {
            replaced += write_heading(record, encounter, now, &mut out, &mut line)?;
        }
        for id in encounter.events.clone().map(EventId) {
            if wanted(Piece::Event(id), out.at()) {
                replaced += write_event(record, record.event(id), now, &mut out, &mut line)?;
            }
        }
    }
    out.flush()?;
    Ok(replaced)
}

fn write_patient(record: &Record, out: &mut impl Write, line: &mut String) -> io::Result<u64> {
    line.clear();
    line.push_str("patient ");
    line.push_str(if record.person_id().is_empty() {
        "(no id)"
    } else {
        record.person_id()
    });
    if !record.sex().is_empty() {
        line.push_str(", ");
        line.push_str(record.sex());
    }
    if let Some(born) = record.born() {
        line.extend([", born ", &born]);
    }
    put(out, line)
}

fn write_heading(
    record: &Record,
    encounter: &Encounter,
    now: Option<AsOf>,
    out: &mut impl Write,
    line: &mut String,
) -> io::Result<u64> {
    line.clear();
    line.push_str("encounter");
    let title = record.string(encounter.title);
    if !title.is_empty() {
        line.push(' ');
        line.push_str(title);
    }
    if let Some(start) = encounter.start {
        line.extend([", ", &start.to_file()]);
        if let Some(end) = AsOf::known_end(now, encounter).filter(|end| *end != start) {
            line.extend([" to ", &end.to_file()]);
        }
        if let Some(age) = record.age_at(start) {
            line.extend([", age ", &age]);
        }
    }
    writeln!(out)?;
    let mut replaced = put(out, line)?;
    for place in &encounter.places {
        replaced += put(out, place)?;
    }
    Ok(replaced)
}

fn write_event(
    record: &Record,
    event: &Event,
    now: Option<AsOf>,
    out: &mut impl Write,
    line: &mut String,
) -> io::Result<u64> {
    line.clear();
    match (event.time, record.attribute(event, "timestamp")) {
        (Some(time), _) => line.push_str(&time.to_file()),
        (None, Some(written)) => line.push_str(written),
        (None, None) => line.push('-'),
    }
    line.push_str(" | ");
    line.push_str(if event.kind == Kind::Other {
        record.type_name(event)
    } else {
        event.kind.name()
    });
    let value = record.value(event);
    let below = stands_below(record, event);
    for part in [record.code(event), record.name(event)] {
        if !part.is_empty() {
            line.push_str(" | ");
            line.push_str(part);
        }
    }
    if !below && !value.is_empty() {
        line.push_str(" | ");
        line.push_str(value);
    }
    push_rest(record, event, now, line);
    let mut replaced = put(out, line)?;
    if below {
        for text in value.split(['\n', '\r']).filter(|t| !t.trim().is_empty()) {
            line.clear();
            line.push_str("    ");
            line.push_str(text.trim_end());
            replaced += put(out, line)?;
        }
    }
    Ok(replaced)
}

/// Whether a text stands below its event's line: a note's, or any with line breaks.
fn stands_below(record: &Record, event: &Event) -> bool {
    event.kind == Kind::Note || record.value(event).contains(['\n', '\r'])
}

/// What follows an event's value: on its line the unit and the details, nothing where the value stands below the line.
pub(crate) fn behind_value(record: &Record, event: &Event, now: Option<AsOf>) -> String {
    let mut rest = String::new();
    if !stands_below(record, event) {
        push_rest(record, event, now, &mut rest);
    }
    rest
}

/// Adds the unit and the details, each detail on the event's line.
fn push_rest(record: &Record, event: &Event, now: Option<AsOf>, line: &mut String) {
    let unit = record.unit(event);
    if !unit.is_empty() {
        let apart = record.value(event).is_empty() || stands_below(record, event);
        line.extend([if apart { " | " } else { " " }, unit]);
    }
    let known = |(_, value): &(&str, &str)| now.is_none_or(|now| !now.is_told_later(value));
    for (key, value) in record.details(event).filter(known) {
        line.extend([" | ", key, ": "]);
        line.extend(value.chars().map(|c| match c {
            '\n' | '\r' => ' ',
            c => c,
        }));
    }
}

/// Writes one line.
fn put(out: &mut impl Write, line: &str) -> io::Result<u64> {
    let mut replaced = 0;
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c.is_control() && c != '\t') {
        out.write_all(&rest.as_bytes()[..at])?;
        out.write_all("\u{fffd}".as_bytes())?;
        replaced += 1;
        let len = rest[at..].chars().next().map_or(1, char::len_utf8);
        rest = &rest[at + len..];
    }
    out.write_all(rest.as_bytes())?;
    out.write_all(b"\n")?;
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::model::{Builder, NewEvent, Person, Shape};
    use super::super::time::Time;
    use super::*;

    #[test]
    fn events_are_lines_and_notes_are_indented() {
        let mut builder = Builder::new(Path::new("7.xml"), Shape::Lumia, 0);
        builder.person_id("7");
        let person = Person {
            sex: "FEMALE".to_owned(),
            birth: Time::parse_iso("1970-05-01"),
            ..Person::default()
        };
        builder.encounter("", person, 0);
        let time = Time::parse_iso("2013-10-10 19:08");
        let visit = NewEvent {
            time,
            type_name: "visit",
            code: "Visit/ERIP",
            name: "Emergency Room",
            value: "start",
            ..NewEvent::default()
        };
        builder.event(visit, &[]);
        let value = NewEvent {
            type_name: "measurement",
            code: "LOINC/1",
            name: "Pressure",
            value: "165",
            unit: "mmHg",
            ..visit
        };
        builder.event(value, &[("provider_id", "9"), ("range_high", "140")]);
        let drug = NewEvent {
            type_name: "drug_exposure",
            code: "SOURCE/warfarin",
            name: "warfarin",
            value: "start|end",
            ..visit
        };
        let sig = [
            ("visit_id", "1"),
            ("sig", "take 5 mg\nat night"),
            ("route", "PO"),
        ];
        builder.event(drug, &sig);
        let note = NewEvent {
            type_name: "note",
            code: "",
            name: "ED Note",
            value: "HPI: pain\u{1b}[0m\n\n2013-10-10 | note | forged",
            ..visit
        };
        builder.event(note, &[("note_id", "3"), ("note_class", "Emergency")]);
        builder.event(
            NewEvent {
                time: None,
                type_name: "fax",
                name: "",
                value: "",
                ..visit
            },
            &[("timestamp", "NULL")],
        );
        let mut out = Vec::new();
        let replaced = write_record(&builder.finish(), &mut out).expect("memory");
        assert_eq!(replaced, 1);
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            "patient 7, F, born 1970-05-01\n\
             - | person | Birth date | 1970-05-01\n\
             - | person | Sex | FEMALE\n\
             \n\
             encounter Emergency Room, 2013-10-10 19:08, age 43\n\
             2013-10-10 19:08 | visit | Visit/ERIP | Emergency Room | start\n\
             2013-10-10 19:08 | measurement | LOINC/1 | Pressure | 165 mmHg | range_high: 140\n\
             2013-10-10 19:08 | drug | SOURCE/warfarin | warfarin | start|end | sig: take 5 mg at night | route: PO\n\
             2013-10-10 19:08 | note | ED Note | note_class: Emergency\n    HPI: pain\u{fffd}[0m\n    2013-10-10 | note | forged\n\
             NULL | fax | Visit/ERIP\n"
        );
    }
}
