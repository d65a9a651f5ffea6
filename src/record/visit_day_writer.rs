//! Writes records in the visit/day shape of the public sample.
//!
//! In: a record. Out: `record > visit > day > person, measurement > code, note …` with US times. The shape holds less
//! than a record: no patient id (the file's name has it), and no attributes beside time, code, name, value and unit. What it
//! cannot hold is counted, never left out in silence.

use std::io::{self, Write};

use super::code_line::{self, Said};
use super::lumia_writer::{TextPlace, escape};
use super::model::{Encounter, Event, Kind, Record};
use super::time::{Precision, Time};
use super::visit_day::{measures, type_name};

/// What was changed on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Loss {
    /// Characters that XML forbids, replaced by U+FFFD.
    pub replaced: u64,
    /// Attributes of events and lines about places that this shape has no room for.
    pub attributes: u64,
    /// Events of which code, name, value and unit are not read again as they were.
    pub borders: u64,
}

/// Writes a whole record.
///
/// # Errors
/// When the underlying writer fails.
pub(crate) fn write_record(record: &Record, out: impl Write) -> io::Result<Loss> {
    let mut writer = Writer {
        record,
        out,
        loss: Loss::default(),
    };
    writer.raw("<record>\n")?;
    for encounter in record.encounters() {
        writer.visit(encounter)?;
    }
    writer.raw("</record>\n")?;
    writer.out.flush()?;
    Ok(writer.loss)
}

struct Writer<'a, W: Write> {
    record: &'a Record,
    out: W,
    loss: Loss,
}

impl<W: Write> Writer<'_, W> {
    fn visit(&mut self, encounter: &Encounter) -> io::Result<()> {
        let record = self.record;
        self.raw("    <visit")?;
        let title = record.string(encounter.title);
        self.type_name(title)?;
        if let Some(start) = encounter.start {
            self.attribute("start", &us(start))?;
        }
        if let Some(end) = encounter.end {
            self.attribute("end", &us(end))?;
        }
        self.raw(">\n")?;
        self.loss.attributes += encounter.places.len() as u64;
        let range = encounter.events.start as usize..encounter.events.end as usize;
        let events = &record.events()[range];
        let mut first = true;
        for day in days(events) {
            let start = day.iter().find_map(|e| e.time).or(encounter.start);
            self.raw("        <day")?;
            if let Some(start) = start {
                self.attribute("start", &us(start))?;
            }
            self.raw(">\n")?;
            if first {
                self.person(encounter)?;
                first = false;
            }
            for group in day.chunk_by(|a, b| stand_together(record, a, b)) {
                self.group(group)?;
            }
            self.raw("        </day>\n")?;
        }
        self.raw("    </visit>\n")
    }

    fn person(&mut self, encounter: &Encounter) -> io::Result<()> {
        let person = &encounter.person;
        let mut lines = Vec::new();
        if let Some(birth) = person.birth {
            let date = birth.date();
            lines.push(if birth.precision() == Precision::Day {
                format!("Birth:{}/{}/{}", date.month(), date.day(), date.year())
            } else {
                format!("Birth:{}", us(birth))
            });
        }
        if !person.sex.is_empty() {
            lines.push(format!("Gender: {}", person.sex));
        }
        for (key, value) in &person.details {
            let mut initial = key.chars();
            let key: String = initial
                .next()
                .iter()
                .flat_map(|c| c.to_uppercase())
                .chain(initial)
                .collect();
            lines.push(format!("{key}: {value}").replace(['\n', '\r'], " "));
        }
        if let Some(days) = person.age_days {
            lines.push(format!("Age in Days: {days}"));
        }
        if let Some(years) = person.age_years {
            lines.push(format!("Age in Years: {years}"));
        }
        if lines.is_empty() {
            return Ok(());
        }
        self.raw("            <person>\n")?;
        for line in lines {
            self.raw("                ")?;
            self.text(&line)?;
            self.raw("\n")?;
        }
        self.raw("            </person>\n")
    }

    fn group(&mut self, events: &[Event]) -> io::Result<()> {
        let Some(first) = events.first() else {
            return Ok(());
        };
        let record = self.record;
        let element = element(record, first);
        for event in events {
            let beside = record
                .attributes(event)
                .filter(|(key, _)| *key != "timestamp");
            self.loss.attributes += beside.count() as u64;
            // Kinds have names of their own; any other type is its element, as far as an element can be called so.
            let other = matches!(event.kind, Kind::Person | Kind::Other);
            let renamed = other && element != record.type_name(event);
            self.loss.attributes += u64::from(renamed);
        }
        self.raw("            <")?;
        self.raw(&element)?;
        if first.kind == Kind::Note {
            let name = record.name(first);
            self.type_name(name)?;
            self.loss.attributes += u64::from(!record.code(first).is_empty());
            self.loss.attributes += u64::from(!record.unit(first).is_empty());
        }
        if let Some(stamp) = stamp(record, first) {
            self.attribute("start", &stamp)?;
        }
        self.raw(">")?;
        if first.kind == Kind::Note {
            self.text(record.value(first))?;
        } else {
            self.raw("\n")?;
            for event in events {
                self.code(event, &element)?;
            }
            self.raw("            ")?;
        }
        self.raw("</")?;
        self.raw(&element)?;
        self.raw(">\n")
    }

    fn code(&mut self, event: &Event, element: &str) -> io::Result<()> {
        let record = self.record;
        let said = Said {
            code: record.code(event),
            name: record.name(event),
            value: record.value(event),
            unit: record.unit(event),
        };
        let (text, kept) = code_line::write(said, measures(element));
        self.loss.borders += u64::from(!kept);
        self.raw("                <code>")?;
        self.text(&text)?;
        self.raw("</code>\n")
    }

    /// A title or a note's name; `NULL` is none.
    fn type_name(&mut self, name: &str) -> io::Result<()> {
        self.loss.attributes += u64::from(type_name(name) != name);
        self.attribute("type", if name.is_empty() { "NULL" } else { name })
    }

    fn raw(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    fn attribute(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.raw(" ")?;
        self.raw(name)?;
        self.raw("=\"")?;
        self.loss.replaced += escape(&mut self.out, value, TextPlace::Attribute)?;
        self.raw("\"")
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.loss.replaced += escape(&mut self.out, text, TextPlace::Text)?;
        Ok(())
    }
}

/// Whether two neighbours share an element: the same kind at the same time, and neither is a note.
fn stand_together(record: &Record, a: &Event, b: &Event) -> bool {
    a.time == b.time
        && a.kind != Kind::Note
        && b.kind != Kind::Note
        && element(record, a) == element(record, b)
        && stamp(record, a) == stamp(record, b)
}

fn stamp(record: &Record, event: &Event) -> Option<String> {
    let written = || record.attribute(event, "timestamp").map(str::to_owned);
    event.time.map(us).or_else(written)
}

/// The element of an event. A visit cannot be called so inside a day.
fn element(record: &Record, event: &Event) -> String {
    let name = match event.kind {
        Kind::Visit => "visit_occurrence",
        Kind::Condition => "condition_occurrence",
        Kind::Drug => "drug_exposure",
        Kind::Procedure => "procedure_occurrence",
        Kind::Device => "device_exposure",
        Kind::Image => "image_occurrence",
        Kind::VisitDetail | Kind::Measurement | Kind::Observation | Kind::Note | Kind::Death => {
            event.kind.name()
        }
        // Not `person` as it is: that element is the block that says who the patient is.
        Kind::Person | Kind::Other => {
            let name = record.type_name(event);
            let mut element: String = name
                .chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() || c == '_' {
                        c
                    } else {
                        '_'
                    }
                })
                .collect();
            let taken = ["day", "person", "code", "record", ""].contains(&element.as_str());
            if taken || !element.starts_with(|c: char| c.is_ascii_alphabetic()) {
                element.insert_str(0, "other_");
            }
            return element;
        }
    };
    name.to_owned()
}

/// Events of one calendar day each; one without a time stays with those before it. Never nothing: the person block
/// needs a day to stand in.
fn days(events: &[Event]) -> Vec<&[Event]> {
    if events.is_empty() {
        return vec![events];
    }
    let mut all = Vec::new();
    let mut start = 0;
    let mut date = None;
    for (i, event) in events.iter().enumerate() {
        let Some(own) = event.time.map(Time::date) else {
            continue;
        };
        if date.is_some_and(|d| d != own) {
            all.push(&events[start..i]);
            start = i;
        }
        date = Some(own);
    }
    all.push(&events[start..]);
    all
}

/// `10/08/2018 08:05 PM`, as exact as the time is.
fn us(time: Time) -> String {
    let t = time.datetime();
    let date = format!("{:02}/{:02}/{:04}", t.month(), t.day(), t.year());
    let (hour, half) = match t.hour() {
        0 => (12, "AM"),
        h @ 1..=11 => (h, "AM"),
        12 => (12, "PM"),
        h => (h - 12, "PM"),
    };
    match time.precision() {
        Precision::Day => date,
        Precision::Minute => format!("{date} {hour:02}:{:02} {half}", t.minute()),
        Precision::Second => format!(
            "{date} {hour:02}:{:02}:{:02} {half}",
            t.minute(),
            t.second()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn us_times_are_read_again_as_they_were() {
        for text in [
            "2018-10-08",
            "2018-10-08 00:05",
            "2018-10-08 12:00",
            "2018-10-08 23:59:07",
            "0987-01-02 03:04",
        ] {
            let time = Time::parse_iso(text).expect("a time");
            assert_eq!(Time::parse_us(&us(time)), Some(time), "{text}");
        }
    }
}
