//! Writes records as LUMIA XML, event by event.
//!
//! In: the same values that readers push into a [`Builder`](super::model::Builder): encounters, then their events in
//! time order. Out: XML 1.0 in UTF-8 that strict parsers (expat, `ElementTree`) read. Events of one time share an
//! `entry`. Nothing is held back: memory does not grow with the record. Characters that XML forbids, and nothing
//! else, are replaced by U+FFFD and counted.

use std::io::{self, Write};

use super::model::{Encounter, EventId, Kind, NewEvent, Person, Record};
use super::piece::{Counting, Piece};
use super::time::Time;

/// An element's attributes as (name, value).
pub type Attributes<'a> = &'a [(&'a str, &'a str)];

/// What is known of an encounter before its events.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewEncounter<'a> {
    /// The start, where the source states one apart from the events.
    pub start: Option<Time>,
    /// The end, where the source states one apart from the events.
    pub end: Option<Time>,
    /// Further attributes of the encounter.
    pub attributes: Attributes<'a>,
    /// One `caresite` each: `care_site_id`, `care_site_name`.
    pub care_sites: &'a [Attributes<'a>],
    /// One `provider` each: `provider_id`, `gender`, `speciality`, `year_of_birth`, `care_site_name`.
    pub providers: &'a [Attributes<'a>],
}

/// What was changed on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Characters that XML forbids, replaced by U+FFFD.
    pub replaced: u64,
    /// Visit events that were added, each to bear the title of its encounter.
    pub visits: u64,
}

/// Writes one record.
#[derive(Debug)]
pub struct LumiaWriter<W: Write> {
    out: W,
    /// How deep the open elements go: nothing, an encounter's `events`, an `entry`.
    open: Open,
    /// The time stamp of the open entry.
    stamp: Option<String>,
    replaced: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    Root,
    Events,
    Entry,
}

impl<W: Write> LumiaWriter<W> {
    /// Starts the record of a patient.
    ///
    /// # Errors
    /// When the underlying writer fails; so do all others below.
    pub fn new(out: W, person_id: &str) -> io::Result<Self> {
        let mut writer = LumiaWriter {
            out,
            open: Open::Root,
            stamp: None,
            replaced: 0,
        };
        writer.raw("<eventstream")?;
        writer.attribute("person_id", person_id)?;
        writer.raw(">\n")?;
        Ok(writer)
    }

    /// Opens an encounter; the events that follow belong to it.
    ///
    /// # Errors
    /// When the underlying writer fails.
    pub fn encounter(&mut self, new: &NewEncounter<'_>, person: &Person) -> io::Result<()> {
        self.close_to(Open::Root)?;
        self.raw("  <encounter")?;
        for (name, time) in [("start_timestamp", new.start), ("end_timestamp", new.end)] {
            if let Some(time) = time {
                self.attribute(name, &time.to_string())?;
            }
        }
        self.attributes(new.attributes, &["start_timestamp", "end_timestamp"])?;
        self.raw(">\n")?;
        self.person(person)?;
        self.list("caresites", "caresite", new.care_sites)?;
        self.list("providers", "provider", new.providers)?;
        self.raw("    <events>\n")?;
        self.open = Open::Events;
        Ok(())
    }

    /// Writes an event with its other attributes. Where [`NewEvent::time`] is `None`, the attribute `timestamp` is
    /// the entry's time as it was written.
    ///
    /// # Errors
    /// When the underlying writer fails.
    pub fn event(&mut self, new: &NewEvent<'_>, attributes: Attributes<'_>) -> io::Result<()> {
        if self.open == Open::Root {
            self.encounter(&NewEncounter::default(), &Person::default())?;
        }
        let written = || {
            let found = attributes.iter().find(|(name, _)| *name == "timestamp");
            found.map(|(_, value)| (*value).to_owned())
        };
        let stamp = new.time.map(|t| t.to_string()).or_else(written);
        if self.open != Open::Entry || self.stamp != stamp {
            self.close_to(Open::Events)?;
            self.raw("      <entry")?;
            if let Some(stamp) = &stamp {
                self.attribute("timestamp", stamp)?;
            }
            self.raw(">\n")?;
            self.open = Open::Entry;
            self.stamp = stamp;
        }
        self.raw("        <event")?;
        self.attribute("type", new.type_name)?;
        self.attribute("code", new.code)?;
        self.attribute("name", new.name)?;
        if !new.unit.is_empty() {
            self.attribute("unit", new.unit)?;
        }
        self.attributes(attributes, &["type", "code", "name", "unit", "timestamp"])?;
        if new.value.is_empty() {
            return self.raw("/>\n");
        }
        self.raw(">")?;
        self.text(new.value)?;
        self.raw("</event>\n")
    }

    /// How many characters so far XML could not hold.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Closes the record. Gives the underlying writer back, flushed, and how many characters were replaced.
    ///
    /// # Errors
    /// When the underlying writer fails.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.close_to(Open::Root)?;
        self.raw("</eventstream>\n")?;
        self.out.flush()?;
        Ok((self.out, self.replaced))
    }

    fn close_to(&mut self, level: Open) -> io::Result<()> {
        if self.open == Open::Entry && level < Open::Entry {
            self.raw("      </entry>\n")?;
            self.open = Open::Events;
        }
        if self.open == Open::Events && level < Open::Events {
            self.raw("    </events>\n  </encounter>\n")?;
            self.open = Open::Root;
        }
        Ok(())
    }

    fn person(&mut self, person: &Person) -> io::Result<()> {
        self.raw("    <person>\n")?;
        if let Some(birth) = person.birth {
            self.element("      ", "birthdate", &birth.to_string())?;
        }
        if person.age_days.is_some() || person.age_years.is_some() {
            self.raw("      <age>\n")?;
            for (name, number) in [("days", person.age_days), ("years", person.age_years)] {
                if let Some(number) = number {
                    self.element("        ", name, &number.to_string())?;
                }
            }
            self.raw("      </age>\n")?;
        }
        let mut grouped = false; // whether `demographics` is open
        let sex = (!person.sex.is_empty()).then_some(("gender", person.sex.as_str()));
        let details = person.details.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        for (key, value) in sex.into_iter().chain(details) {
            let name = element_name(key);
            let demographic = name != "payerplan";
            if demographic != grouped {
                self.raw(if grouped {
                    "      </demographics>\n"
                } else {
                    "      <demographics>\n"
                })?;
                grouped = demographic;
            }
            self.element(if grouped { "        " } else { "      " }, &name, value)?;
        }
        if grouped {
            self.raw("      </demographics>\n")?;
        }
        self.raw("    </person>\n")
    }

    fn list(&mut self, all: &str, one: &str, items: &[Attributes<'_>]) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.raw("    <")?;
        self.raw(all)?;
        self.raw(">\n")?;
        for attributes in items {
            self.raw("      <")?;
            self.raw(one)?;
            self.attributes(attributes, &[])?;
            self.raw("/>\n")?;
        }
        self.raw("    </")?;
        self.raw(all)?;
        self.raw(">\n")
    }

    fn element(&mut self, indent: &str, name: &str, text: &str) -> io::Result<()> {
        self.raw(indent)?;
        self.raw("<")?;
        self.raw(name)?;
        self.raw(">")?;
        self.text(text)?;
        self.raw("</")?;
        self.raw(name)?;
        self.raw(">\n")
    }

    fn raw(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Writes attributes but for those of the reserved names that have been written; a name that is there already
    /// gets a number, for XML allows each only once.
    fn attributes(&mut self, all: Attributes<'_>, reserved: &[&str]) -> io::Result<()> {
        for (i, &(name, value)) in all.iter().enumerate() {
            if name == "timestamp" && reserved.contains(&name) {
                continue; // the entry has it
            }
            let mut times = all[..i].iter().filter(|(n, _)| *n == name).count();
            times += usize::from(reserved.contains(&name));
            if times == 0 && is_name(name) {
                self.attribute(name, value)?;
            } else {
                let number = if times == 0 {
                    String::new()
                } else {
                    format!(".{}", times + 1)
                };
                self.attribute(&format!("{}{number}", valid_name(name)), value)?;
            }
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) -> io::Result<()> {
        self.raw(" ")?;
        self.raw(name)?;
        self.raw("=\"")?;
        self.replaced += escape(&mut self.out, value, Place::Attribute)?;
        self.raw("\"")
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.replaced += escape(&mut self.out, text, Place::Text)?;
        Ok(())
    }
}

/// Where a string stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Between tags.
    Text,
    /// In an attribute between double quotes, where readers turn line breaks and tabs into blanks.
    Attribute,
}

/// Writes a string with XML's escapes; gives how many characters XML forbids were replaced by U+FFFD.
pub(crate) fn escape(out: &mut impl Write, text: &str, place: Place) -> io::Result<u64> {
    let bytes = text.as_bytes();
    let mut replaced = 0;
    let mut done = 0;
    for (i, &b) in bytes.iter().enumerate() {
        // All that needs care is ASCII, but for U+FFFE and U+FFFF (EF BF BE, EF BF BF).
        let (instead, len): (&str, usize) = match b {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'\r' => ("&#13;", 1),
            b'"' if place == Place::Attribute => ("&quot;", 1),
            b'\n' if place == Place::Attribute => ("&#10;", 1),
            b'\t' if place == Place::Attribute => ("&#9;", 1),
            b'\n' | b'\t' => continue,
            0..0x20 => ("\u{fffd}", 1),
            0xef if matches!(bytes.get(i + 1..i + 3), Some([0xbf, 0xbe | 0xbf])) => ("\u{fffd}", 3),
            _ => continue,
        };
        replaced += u64::from(instead == "\u{fffd}");
        out.write_all(&bytes[done..i])?;
        out.write_all(instead.as_bytes())?;
        done = i + len;
    }
    out.write_all(&bytes[done..])?;
    Ok(replaced)
}

/// Whether a string can be an attribute's or element's name; ASCII is enough for the field's files.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// A string with `_` in place of what a name cannot hold.
fn valid_name(text: &str) -> String {
    let mut name: String = text
        .trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') {
                c
            } else {
                '_'
            }
        })
        .collect();
    if !is_name(&name) {
        name.insert(0, '_');
    }
    name
}

/// A detail's key as an element: the visit/day shape's `Payer plan` is LUMIA's `payerplan`.
fn element_name(key: &str) -> String {
    match key {
        "Race" | "Ethnicity" => key.to_ascii_lowercase(),
        "Payer plan" | "Payer Plan" | "PayerPlan" | "Payerplan" => "payerplan".to_owned(),
        _ => valid_name(key),
    }
}

/// Writes a whole record as that of a patient (the visit/day shape does not state one). Gives what was changed.
///
/// Reading what this writes gives an equal record again, if the record is LUMIA's. An encounter whose title is no
/// visit's name, as the visit/day shape has them, gets a visit event that bears it.
///
/// # Errors
/// When the underlying writer fails.
pub fn write_record(record: &Record, person_id: &str, out: impl Write) -> io::Result<Changed> {
    write_all(record, person_id, out, &mut |_, _| true)
}

/// The same as the patient whom the record states, asking before each piece whether it is wanted, with the byte at which it would begin.
///
/// # Errors
/// When the underlying writer fails.
pub fn write_pieces(
    record: &Record,
    out: impl Write,
    wanted: &mut dyn FnMut(Piece<'_>, usize) -> bool,
) -> io::Result<u64> {
    Ok(write_all(record, record.person_id(), out, wanted)?.replaced)
}

fn write_all(
    record: &Record,
    person_id: &str,
    out: impl Write,
    wanted: &mut dyn FnMut(Piece<'_>, usize) -> bool,
) -> io::Result<Changed> {
    wanted(Piece::Patient, 0);
    let mut visits = 0;
    let mut writer = LumiaWriter::new(Counting::new(out), person_id)?;
    for encounter in record.encounters() {
        if !wanted(Piece::Encounter(encounter), writer.out.at()) {
            continue;
        }
        let range = encounter.events.start as usize..encounter.events.end as usize;
        let events = &record.events()[range];
        let times = || events.iter().filter_map(|e| e.time);
        let places = Places::of(encounter);
        let sites: Vec<Vec<(&str, &str)>> = places.sites.iter().map(pairs).collect();
        let providers: Vec<Vec<(&str, &str)>> = places.providers.iter().map(pairs).collect();
        let sites: Vec<Attributes<'_>> = sites.iter().map(Vec::as_slice).collect();
        let providers: Vec<Attributes<'_>> = providers.iter().map(Vec::as_slice).collect();
        let attributes = pairs(&places.attributes);
        let new = NewEncounter {
            // What the events say themselves need not be stated.
            start: encounter
                .start
                .filter(|start| times().min() != Some(*start)),
            end: encounter.end.filter(|end| times().max() != Some(*end)),
            attributes: &attributes,
            care_sites: &sites,
            providers: &providers,
        };
        writer.encounter(&new, &encounter.person)?;
        let title = record.string(encounter.title);
        let named = events
            .iter()
            .find(|e| e.kind == Kind::Visit)
            .map(|e| record.name(e));
        if !title.is_empty() && named != Some(title) {
            let time = encounter.start;
            let visit = NewEvent {
                time,
                type_name: "visit",
                name: title,
                value: "start",
                ..NewEvent::default()
            };
            writer.event(&visit, &[])?;
            visits += 1;
        }
        for id in encounter.events.clone().map(EventId) {
            if !wanted(Piece::Event(id), writer.out.at()) {
                continue;
            }
            let event = record.event(id);
            let attributes: Vec<(&str, &str)> = record.attributes(event).collect();
            let new = NewEvent {
                time: event.time,
                type_name: record.type_name(event),
                code: record.code(event),
                name: record.name(event),
                unit: record.unit(event),
                value: record.value(event),
                offset: 0,
            };
            writer.event(&new, &attributes)?;
        }
    }
    let replaced = writer.finish()?.1;
    Ok(Changed { replaced, visits })
}

type Owned = Vec<(String, String)>;

fn pairs(owned: &Owned) -> Vec<(&str, &str)> {
    owned
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect()
}

/// An encounter's readable lines about places, as elements and attributes again.
#[derive(Default)]
struct Places {
    attributes: Owned,
    sites: Vec<Owned>,
    providers: Vec<Owned>,
}

impl Places {
    fn of(encounter: &Encounter) -> Self {
        let mut places = Places::default();
        for line in &encounter.places {
            if let Some(rest) = line.strip_prefix("care site") {
                places.sites.push(site(rest));
            } else if let Some(rest) = line.strip_prefix("provider") {
                places.providers.push(provider(rest));
            } else if let Some((key, value)) = line.split_once(": ") {
                places.attributes.push((key.to_owned(), value.to_owned()));
            } else {
                places.attributes.push(("place".to_owned(), line.clone()));
            }
        }
        places
    }
}

/// ` ED (7)` as a care site's attributes; what does not have that form is all name, which reads the same.
fn site(line: &str) -> Owned {
    let own = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let line = line.trim_start();
    let id = line
        .strip_suffix(')')
        .and_then(|l| l.rsplit_once('('))
        .filter(|(name, id)| {
            !id.is_empty() && !id.contains(')') && (name.is_empty() || name.ends_with(' '))
        });
    match id {
        Some((name, id)) if name.trim().is_empty() => vec![own("care_site_id", id)],
        Some((name, id)) => vec![
            own("care_site_id", id),
            own("care_site_name", name.trim_end()),
        ],
        None if line.is_empty() => Vec::new(),
        None => vec![own("care_site_name", line)],
    }
}

/// ` 9, Neurology, at ED (7), gender: F` as a provider's attributes.
fn provider(line: &str) -> Owned {
    let own = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let (id, rest) = line.split_once(", ").unwrap_or((line, ""));
    let mut all = Vec::new();
    if !id.trim().is_empty() {
        all.push(own("provider_id", id.trim()));
    }
    if rest.is_empty() {
        return all;
    }
    // The further attributes come last, in any number; what stands before them is speciality and place.
    let parts: Vec<&str> = rest.split(", ").collect();
    let further = |part: &&str| {
        ["gender: ", "year of birth: "]
            .iter()
            .any(|k| part.starts_with(k))
    };
    let known = parts.iter().take_while(|p| !further(p)).count();
    let (before, after) = parts.split_at(known);
    if !after.iter().all(further) {
        all.push(own("speciality", rest));
        return all;
    }
    let before = before.join(", ");
    let (speciality, place) = match before.strip_prefix("at ") {
        Some(place) => ("", place),
        None => before.split_once(", at ").unwrap_or((&before, "")),
    };
    if !speciality.is_empty() {
        all.push(own("speciality", speciality));
    }
    all.extend(site(place));
    for part in after {
        if let Some((key, value)) = part.split_once(": ") {
            all.push((key.replace(' ', "_"), value.to_owned()));
        }
    }
    all
}

#[cfg(test)]
mod tests;
