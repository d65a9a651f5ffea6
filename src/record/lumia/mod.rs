//! The reader of LUMIA XML: `eventstream > encounter > events > entry > event`.
//!
//! In: decoded text from behind the root's start tag on. Out: encounters and events in a [`Builder`], and findings.
//! Never: an event that is dropped in silence. Known elements are read wherever they stand, with a finding where that
//! is not their place; text of unknown ones is kept as events of kind `Other`.

mod plain;

use rustc_hash::FxHashMap;

use self::plain::described;
use crate::notice::Severity;
use crate::record::findings::Findings;
use crate::record::model::{Builder, EventTag, NewEvent, Person};
use crate::record::person;
use crate::record::tag::{self, Attribute};
use crate::record::time::Time;
use crate::record::walk::{WalkStep, Walker};

/// What an open element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LumiaElement<'a> {
    Root,
    Encounter,
    Person,
    /// An element inside a person block.
    Fact(&'a str),
    /// `caresites` or `providers`.
    Places,
    /// `caresite` or `provider`.
    Place,
    Events,
    Entry,
    Event,
    /// An unknown element that is kept as an event.
    Unknown,
    /// An unknown element inside an event's or another unknown element's text.
    Markup,
}

/// What the events of an entry share.
#[derive(Debug, Default)]
struct Entry {
    time: Option<Time>,
    /// An unreadable time stamp, and whatever else the entry states.
    further: Vec<(String, String)>,
}

/// An event whose end tag is still to come.
#[derive(Debug)]
struct Pending<'a> {
    element: &'a str,
    attributes: Vec<Attribute<'a>>,
    /// Attributes of markup in its text.
    markup: Vec<(String, String)>,
    value: String,
    offset: usize,
    /// Whether markup in it has been reported.
    reported: bool,
    /// Its start tag interned, where that says all but its text.
    tag: Option<EventTag>,
}

/// Reads encounters into a builder.
#[derive(Debug)]
pub(super) struct Lumia<'a> {
    walker: Walker<'a>,
    builder: Builder,
    frames: Vec<LumiaElement<'a>>,
    entries: Vec<Entry>,
    pending: Vec<Pending<'a>>,
    person: Person,
    /// Text of the fact, or text that stands where none belongs.
    text: String,
    text_at: usize,
    /// Start tags of events as written, read before; a value that follows is read apart.
    tags: FxHashMap<&'a str, EventTag>,
    /// Whether the encounter opened last is none of the file's, but holds what stands outside of any.
    loose: bool,
    /// Whether text must be looked through for control characters.
    controls: bool,
    attributes: Vec<Attribute<'a>>,
}

/// What a reader leaves.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) builder: Builder,
    pub(super) findings: Findings,
    /// Whether the structure was whole; see [`Walker::sound`].
    pub(super) sound: bool,
}

impl<'a> Lumia<'a> {
    /// A reader that goes on with `walker` and adds to `builder`.
    pub(super) fn new(walker: Walker<'a>, builder: Builder, controls: bool) -> Self {
        Lumia {
            walker,
            builder,
            frames: vec![LumiaElement::Root],
            entries: Vec::new(),
            pending: Vec::new(),
            person: Person::default(),
            text: String::new(),
            text_at: 0,
            tags: FxHashMap::default(),
            loose: false,
            controls,
            attributes: Vec::new(),
        }
    }

    /// Reads to the end.
    pub(super) fn read(mut self) -> Outcome {
        loop {
            if self.frames.last() == Some(&LumiaElement::Entry) {
                while self.plain_event() {}
            }
            match self.walker.next() {
                WalkStep::Open { name, raw, offset } => self.open(name, raw, offset),
                WalkStep::Close => self.close(),
                WalkStep::Text { raw, offset } => self.add_text(raw, offset, false),
                WalkStep::Cdata { raw, offset } => self.add_text(raw, offset, true),
                WalkStep::End => break,
            }
        }
        Outcome {
            sound: self.walker.sound(),
            builder: self.builder,
            findings: self.walker.findings,
        }
    }

    fn find(
        &mut self,
        severity: Severity,
        offset: usize,
        what: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.walker.findings.add(severity, offset, what);
    }

    /// The innermost open element that is not unknown.
    fn context(&self) -> LumiaElement<'a> {
        let known =
            |f: &&LumiaElement<'_>| !matches!(f, LumiaElement::Unknown | LumiaElement::Markup);
        self.frames
            .iter()
            .rev()
            .find(known)
            .copied()
            .unwrap_or(LumiaElement::Root)
    }

    fn open(&mut self, name: &'a str, raw: &'a str, offset: usize) {
        self.flush_text();
        let mut attributes = std::mem::take(&mut self.attributes);
        tag::attributes(raw, offset, &mut self.walker.findings, &mut attributes);
        let context = self.context();
        let frame = match (name, context) {
            ("encounter", LumiaElement::Root | LumiaElement::Encounter | LumiaElement::Events) => {
                if context != LumiaElement::Root {
                    self.misplaced(name, offset);
                }
                self.open_encounter(&attributes, offset);
                LumiaElement::Encounter
            }
            (_, LumiaElement::Person | LumiaElement::Fact(_)) => {
                let further = attributes
                    .iter()
                    .map(|a| (format!("{name}.{}", a.key), a.value.to_string()));
                self.person.details.extend(further);
                LumiaElement::Fact(name)
            }
            ("person", LumiaElement::Encounter) => {
                let further = attributes
                    .iter()
                    .map(|a| (a.key.to_owned(), a.value.to_string()));
                self.person.details.extend(further);
                LumiaElement::Person
            }
            ("caresites" | "providers", LumiaElement::Encounter) => {
                self.unused(name, &attributes, offset);
                LumiaElement::Places
            }
            ("caresite" | "provider", LumiaElement::Places | LumiaElement::Encounter) => {
                let line = person::place(name, &attributes);
                let nulls = attributes.iter().map(|a| person::nulls(&a.value));
                self.walker.findings.nulls += nulls.sum::<u64>();
                if let Some(encounter) = self.builder.current() {
                    encounter.places.push(line);
                }
                LumiaElement::Place
            }
            ("events", LumiaElement::Encounter) => {
                self.unused(name, &attributes, offset);
                LumiaElement::Events
            }
            (
                "entry",
                LumiaElement::Root
                | LumiaElement::Encounter
                | LumiaElement::Events
                | LumiaElement::Entry,
            ) => {
                if self.frames.last() != Some(&LumiaElement::Events) {
                    self.misplaced(name, offset);
                }
                self.loose_encounter(context, offset);
                self.open_entry(&attributes, offset);
                LumiaElement::Entry
            }
            (
                "event",
                LumiaElement::Root
                | LumiaElement::Encounter
                | LumiaElement::Events
                | LumiaElement::Entry
                | LumiaElement::Event,
            ) => {
                if self.frames.last() != Some(&LumiaElement::Entry) {
                    self.misplaced(name, offset);
                }
                self.loose_encounter(context, offset);
                if !attributes.iter().any(|a| a.key == "type") {
                    self.find(Severity::Warning, offset, "an event without a type");
                }
                // With control characters in the file each tag is looked at anew, and so reported.
                let plain = self.frames.last() == Some(&LumiaElement::Entry)
                    && self.entries.last().is_some_and(|e| e.further.is_empty());
                let tag = if plain && !self.controls {
                    self.remember(raw, &attributes)
                } else {
                    None
                };
                self.hold(name, std::mem::take(&mut attributes), offset, tag);
                LumiaElement::Event
            }
            _ => self.open_unknown(name, &mut attributes, offset),
        };
        self.frames.push(frame);
        self.attributes = attributes;
    }

    fn misplaced(&mut self, name: &str, offset: usize) {
        let what = format!("<{name}> stands where none belongs; it is read all the same");
        self.find(Severity::Warning, offset, what);
    }

    fn unused(&mut self, name: &str, attributes: &[Attribute<'_>], offset: usize) {
        if !attributes.is_empty() {
            let what = format!("attributes of <{name}> are not used");
            self.find(Severity::Warning, offset, what);
        }
    }

    /// Opens an encounter for what stands outside of any.
    fn loose_encounter(&mut self, context: LumiaElement<'_>, offset: usize) {
        if context == LumiaElement::Root && !self.loose {
            self.builder.encounter("", Person::default(), offset as u64);
            self.loose = true;
        }
    }

    fn open_encounter(&mut self, attributes: &[Attribute<'_>], offset: usize) {
        self.loose = false;
        self.builder.encounter("", Person::default(), offset as u64);
        for Attribute { key, value } in attributes {
            let time = match *key {
                "start_timestamp" | "end_timestamp" => self.time(value, offset),
                _ => None,
            };
            let unread = value.trim();
            let Some(encounter) = self.builder.current() else {
                continue;
            };
            match (*key, time) {
                ("start_timestamp", Some(_)) => encounter.start = time,
                ("end_timestamp", Some(_)) => encounter.end = time,
                ("start_timestamp" | "end_timestamp", None) if person::is_null(unread) => {
                    self.walker.findings.nulls += person::nulls(unread);
                }
                _ => {
                    encounter.places.push(format!("{key}: {unread}"));
                    if key.ends_with("_timestamp") {
                        let what =
                            "an encounter's time stamp is unreadable; it stands with the places";
                        self.find(Severity::Warning, offset, what);
                    }
                }
            }
        }
    }

    /// Reads a time stamp; a US one is reported.
    fn time(&mut self, text: &str, offset: usize) -> Option<Time> {
        Time::parse_iso(text).or_else(|| {
            let time = Time::parse_us(text)?;
            let what = "a time stamp in US order (month/day/year)";
            self.find(Severity::Info, offset, what);
            Some(time)
        })
    }

    fn open_entry(&mut self, attributes: &[Attribute<'_>], offset: usize) {
        let mut entry = Entry::default();
        let mut stamped = false;
        for Attribute { key, value } in attributes {
            if *key == "timestamp" && !stamped {
                stamped = true;
                entry.time = self.time(value, offset);
                if entry.time.is_none() {
                    let what = "an unreadable time stamp; its events keep their place in the file";
                    self.find(Severity::Warning, offset, what);
                    entry
                        .further
                        .push((String::from("timestamp"), value.to_string()));
                }
            } else {
                entry
                    .further
                    .push((format!("entry.{key}"), value.to_string()));
            }
        }
        if !stamped {
            let what = "an entry without a time stamp; its events keep their place in the file";
            self.find(Severity::Warning, offset, what);
        }
        self.entries.push(entry);
    }

    fn hold(
        &mut self,
        element: &'a str,
        attributes: Vec<Attribute<'a>>,
        offset: usize,
        tag: Option<EventTag>,
    ) {
        self.pending.push(Pending {
            element,
            attributes,
            markup: Vec::new(),
            value: String::new(),
            offset,
            reported: false,
            tag,
        });
    }

    fn open_unknown(
        &mut self,
        name: &'a str,
        attributes: &mut Vec<Attribute<'a>>,
        offset: usize,
    ) -> LumiaElement<'a> {
        let inside = matches!(
            self.frames.last(),
            Some(LumiaElement::Event | LumiaElement::Unknown | LumiaElement::Markup)
        );
        let Some(holder) = self.pending.last_mut().filter(|_| inside) else {
            let what = format!(
                "unknown element <{}>; what it holds is kept as an event",
                tag::speakable(name)
            );
            self.find(Severity::Warning, offset, what);
            self.hold(name, std::mem::take(attributes), offset, None);
            return LumiaElement::Unknown;
        };
        let further = attributes
            .iter()
            .map(|a| (format!("{name}.{}", a.key), a.value.to_string()));
        holder.markup.extend(further);
        if !holder.reported && holder.element == "event" {
            holder.reported = true;
            let what = "elements inside an event's text; the text is kept without the tags";
            self.find(Severity::Warning, offset, what);
        }
        LumiaElement::Markup
    }

    fn add_text(&mut self, raw: &'a str, offset: usize, literal: bool) {
        let out = match self.frames.last() {
            Some(LumiaElement::Event | LumiaElement::Unknown | LumiaElement::Markup) => {
                self.pending.last_mut().map(|p| &mut p.value)
            }
            _ => None,
        };
        let out = match out {
            Some(out) => out,
            // White space between elements.
            None if self.text.is_empty() && raw.trim_ascii().is_empty() => return,
            None => {
                if self.text.is_empty() {
                    self.text_at = offset + (raw.len() - raw.trim_ascii_start().len());
                }
                &mut self.text
            }
        };
        if self.controls {
            tag::report_controls(raw, offset, &mut self.walker.findings);
        }
        if literal {
            tag::literal_text(raw, out);
        } else {
            tag::resolve_text(raw, offset, &mut self.walker.findings, out);
        }
    }

    /// Puts away text that stands between elements.
    fn flush_text(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let value = text.trim();
        if value.is_empty() {
            return;
        }
        match self.frames.last() {
            Some(LumiaElement::Fact(name)) => {
                let findings = &mut self.walker.findings;
                person::fact(&mut self.person, name, value, self.text_at, findings);
            }
            Some(LumiaElement::Person) => {
                self.person.details.push((String::new(), value.to_owned()));
            }
            _ => {
                let what = "text between elements; it is kept as an event";
                self.find(Severity::Warning, self.text_at, what);
                self.loose_encounter(self.context(), self.text_at);
                let new = NewEvent {
                    type_name: "text",
                    value,
                    offset: self.text_at as u64,
                    time: self.entries.last().and_then(|e| e.time),
                    ..NewEvent::default()
                };
                self.builder.event(new, &[]);
            }
        }
    }

    fn close(&mut self) {
        self.flush_text();
        match self.frames.pop() {
            Some(LumiaElement::Entry) => {
                self.entries.pop();
            }
            Some(LumiaElement::Event) => self.close_event(false),
            Some(LumiaElement::Unknown) => self.close_event(true),
            Some(LumiaElement::Person) => {
                let person = std::mem::take(&mut self.person);
                if let Some(encounter) = self.builder.current() {
                    encounter.person = person;
                }
            }
            _ => {}
        }
    }

    /// Adds the event opened last; an unknown element counts only if it holds something.
    fn close_event(&mut self, unknown: bool) {
        let Some(event) = self.pending.pop() else {
            return;
        };
        if let (Some(tag), Some(entry), true) =
            (event.tag, self.entries.last(), event.markup.is_empty())
        {
            let offset = event.offset as u64;
            self.builder.tagged(tag, entry.time, &event.value, offset);
            return;
        }
        let value = if unknown {
            event.value.trim()
        } else {
            &event.value
        };
        if unknown && value.is_empty() && event.attributes.is_empty() && event.markup.is_empty() {
            return;
        }
        self.loose_encounter(self.context(), event.offset);
        let mut new = NewEvent {
            type_name: if unknown { event.element } else { "" },
            value,
            offset: event.offset as u64,
            ..NewEvent::default()
        };
        let mut further = described(&mut new, &event.attributes, unknown);
        if let Some(entry) = self.entries.last() {
            new.time = entry.time;
            further.extend(entry.further.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        }
        further.extend(event.markup.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        self.builder.event(new, &further);
    }
}
