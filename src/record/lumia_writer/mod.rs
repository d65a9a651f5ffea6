//! Writes records as LUMIA XML, event by event.
//!
//! In: the same values that readers push into a [`Builder`](super::model::Builder): encounters, then their events in
//! time order. Out: XML 1.0 in UTF-8 that strict parsers (expat, `ElementTree`) read. Events of one time share an
//! `entry`. Nothing is held back: memory does not grow with the record. Characters that XML forbids, and nothing
//! else, are replaced by U+FFFD and counted.

use std::io::{self, Write};

use super::model::{NewEvent, Person};
use super::time::Time;

mod whole;

pub(crate) use whole::{write_pieces, write_record};

/// An element's attributes as (name, value).
pub(crate) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// What is known of an encounter before its events.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NewEncounter<'a> {
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
pub(crate) struct Changed {
    /// Characters that XML forbids, replaced by U+FFFD.
    pub replaced: u64,
    /// Visit events that were added, each to bear the title of its encounter.
    pub visits: u64,
}

/// Writes one record.
#[derive(Debug)]
pub(crate) struct LumiaWriter<W: Write> {
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
    pub(crate) fn new(out: W, person_id: &str) -> io::Result<Self> {
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
    pub(crate) fn encounter(&mut self, new: &NewEncounter<'_>, person: &Person) -> io::Result<()> {
        self.close_to(Open::Root)?;
        self.raw("  <encounter")?;
        for (name, time) in [("start_timestamp", new.start), ("end_timestamp", new.end)] {
            if let Some(time) = time {
                self.attribute(name, &time.to_file())?;
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
    pub(crate) fn event(
        &mut self,
        new: &NewEvent<'_>,
        attributes: Attributes<'_>,
    ) -> io::Result<()> {
        if self.open == Open::Root {
            self.encounter(&NewEncounter::default(), &Person::default())?;
        }
        let written = || {
            let found = attributes.iter().find(|(name, _)| *name == "timestamp");
            found.map(|(_, value)| (*value).to_owned())
        };
        let stamp = new.time.map(Time::to_file).or_else(written);
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
    pub(crate) fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Closes the record. Gives the underlying writer back, flushed, and how many characters were replaced.
    ///
    /// # Errors
    /// When the underlying writer fails.
    pub(crate) fn finish(mut self) -> io::Result<(W, u64)> {
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
        self.replaced += escape(&mut self.out, value, TextPlace::Attribute)?;
        self.raw("\"")
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.replaced += escape(&mut self.out, text, TextPlace::Text)?;
        Ok(())
    }
}

/// Where a string stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextPlace {
    /// Between tags.
    Text,
    /// In an attribute between double quotes, where readers turn line breaks and tabs into blanks.
    Attribute,
}

/// Writes a string with XML's escapes; gives how many characters XML forbids were replaced by U+FFFD.
pub(crate) fn escape(out: &mut impl Write, text: &str, place: TextPlace) -> io::Result<u64> {
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
            b'"' if place == TextPlace::Attribute => ("&quot;", 1),
            b'\n' if place == TextPlace::Attribute => ("&#10;", 1),
            b'\t' if place == TextPlace::Attribute => ("&#9;", 1),
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

#[cfg(test)]
mod tests;
