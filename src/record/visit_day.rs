//! The reader of the visit/day shape: `record > visit > day > person | measurement | note | …`.
//!
//! In: decoded text from behind the root's start tag on. Out: one encounter a visit, one event a `<code>` line and one
//! a note, in a [`Builder`]; and findings. Never: an event that is dropped in silence. A visit's patient is the one of
//! its first day; what a later day adds is added, its age is not.

use std::borrow::Cow;

use super::code_line;
use super::lumia::Outcome;
use super::model::{Builder, NewEvent, Person};
use super::person;
use super::tag::{self, Attribute};
use super::time::Time;
use super::walk::{WalkStep, Walker};
use crate::notice::Severity;

/// What an open element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VisitElement {
    Root,
    Visit,
    Day,
    Person,
    /// An element that holds codes, such as `measurement`; any name is one.
    Group,
    Code,
    Note,
    /// An element inside the text of one of the above.
    Markup,
}

/// An element that holds codes or text, still open.
#[derive(Debug)]
struct Open<'a> {
    element: &'a str,
    time: Option<Time>,
    /// Attributes that its events carry on: an unreadable time stamp, and what is not known.
    further: Vec<(String, String)>,
    /// The `type` of a note.
    name: String,
    text: String,
    offset: usize,
    /// Whether markup in its text has been reported.
    reported: bool,
    /// Whether it held a code.
    coded: bool,
}

/// Reads visits into a builder.
#[derive(Debug)]
pub(super) struct VisitDay<'a> {
    walker: Walker<'a>,
    builder: Builder,
    frames: Vec<VisitElement>,
    open: Vec<Open<'a>>,
    loose: bool,
    controls: bool,
    attributes: Vec<Attribute<'a>>,
}

impl<'a> VisitDay<'a> {
    /// A reader that goes on with `walker` and adds to `builder`.
    pub(super) fn new(walker: Walker<'a>, builder: Builder, controls: bool) -> Self {
        VisitDay {
            walker,
            builder,
            frames: vec![VisitElement::Root],
            open: Vec::new(),
            loose: false,
            controls,
            attributes: Vec::new(),
        }
    }

    /// Reads to the end.
    pub(super) fn read(mut self) -> Outcome {
        loop {
            match self.walker.next() {
                WalkStep::Open { name, raw, offset } => self.open(name, raw, offset),
                WalkStep::Close => self.close(),
                WalkStep::Text { raw, offset } => self.text(raw, offset, false),
                WalkStep::Cdata { raw, offset } => self.text(raw, offset, true),
                WalkStep::End => break,
            }
        }
        Outcome {
            sound: self.walker.sound(),
            builder: self.builder,
            findings: self.walker.findings,
        }
    }

    fn find(&mut self, severity: Severity, offset: usize, what: impl Into<Cow<'static, str>>) {
        self.walker.findings.add(severity, offset, what);
    }

    fn open(&mut self, name: &'a str, raw: &'a str, offset: usize) {
        let mut attributes = std::mem::take(&mut self.attributes);
        tag::attributes(raw, offset, &mut self.walker.findings, &mut attributes);
        let parent = self.frames.last().copied().unwrap_or(VisitElement::Root);
        let frame = match (name, parent) {
            ("code", VisitElement::Group) => {
                let time = self.open.last().and_then(|o| o.time);
                if let Some(group) = self.open.last_mut() {
                    group.coded = true;
                }
                let further = attributes.iter().map(Self::pair).collect();
                self.hold(name, time, further, String::new(), offset);
                VisitElement::Code
            }
            (
                _,
                VisitElement::Person
                | VisitElement::Group
                | VisitElement::Code
                | VisitElement::Note
                | VisitElement::Markup,
            ) => {
                self.open_markup(name, &attributes, offset);
                VisitElement::Markup
            }
            ("visit", _) => {
                self.misplaced(name, parent == VisitElement::Root, offset);
                self.open_visit(&attributes, offset);
                VisitElement::Visit
            }
            ("day", _) => {
                self.misplaced(name, parent == VisitElement::Visit, offset);
                self.open_day(&attributes, offset);
                VisitElement::Day
            }
            ("person", _) => {
                self.misplaced(name, parent == VisitElement::Day, offset);
                self.loose_visit(parent, offset);
                let further = attributes.iter().map(Self::pair).collect();
                self.hold(name, None, further, String::new(), offset);
                VisitElement::Person
            }
            _ => {
                self.misplaced(name, parent == VisitElement::Day, offset);
                self.loose_visit(parent, offset);
                self.open_group(name, &attributes, offset);
                if name == "note" {
                    VisitElement::Note
                } else {
                    VisitElement::Group
                }
            }
        };
        self.frames.push(frame);
        self.attributes = attributes;
    }

    fn pair(attribute: &Attribute<'_>) -> (String, String) {
        (attribute.key.to_owned(), attribute.value.to_string())
    }

    fn hold(
        &mut self,
        element: &'a str,
        time: Option<Time>,
        further: Vec<(String, String)>,
        name: String,
        offset: usize,
    ) {
        self.open.push(Open {
            element,
            time,
            further,
            name,
            text: String::new(),
            offset,
            reported: false,
            coded: false,
        });
    }

    fn misplaced(&mut self, name: &str, placed: bool, offset: usize) {
        if !placed {
            let what = format!(
                "<{}> stands where none belongs; it is read all the same",
                tag::speakable(name)
            );
            self.find(Severity::Warning, offset, what);
        }
    }

    /// Opens an encounter for what stands outside of any visit.
    fn loose_visit(&mut self, parent: VisitElement, offset: usize) {
        if parent == VisitElement::Root && !self.loose {
            self.builder.encounter("", Person::default(), offset as u64);
            self.loose = true;
        }
    }

    fn open_visit(&mut self, attributes: &[Attribute<'_>], offset: usize) {
        let mut title = Cow::Borrowed("");
        let mut start = None;
        let mut stamped = false;
        let mut places = Vec::new();
        for Attribute { key, value } in attributes {
            match *key {
                "type" => title = type_name(value).into(),
                "start" => {
                    stamped = true;
                    start = self.time(value, offset);
                    if start.is_none() {
                        places.push(format!("start: {}", value.trim()));
                    }
                }
                "end" => {}
                _ => places.push(format!("{key}: {}", value.trim())),
            }
        }
        if !stamped {
            let what = "a <visit> without a start";
            self.find(Severity::Warning, offset, what);
        }
        let end = attributes.iter().find(|a| a.key == "end");
        let end = end.and_then(|a| self.time(&a.value, offset));
        self.builder
            .encounter(&title, Person::default(), offset as u64);
        self.loose = false;
        if let Some(encounter) = self.builder.current() {
            encounter.start = start;
            encounter.end = end;
            encounter.places = places;
        }
    }

    fn open_day(&mut self, attributes: &[Attribute<'_>], offset: usize) {
        // The day repeats what its events state; only what is off in it is of interest.
        for Attribute { key, value } in attributes {
            if *key == "start" {
                self.time(value, offset);
            } else {
                let what = "attributes of <day> are not used";
                self.find(Severity::Warning, offset, what);
            }
        }
    }

    fn open_group(&mut self, element: &'a str, attributes: &[Attribute<'_>], offset: usize) {
        let mut time = None;
        let mut stamped = false;
        let mut name = String::new();
        let mut further = Vec::new();
        for attribute in attributes {
            match attribute.key {
                "start" if !stamped => {
                    stamped = true;
                    time = self.time(&attribute.value, offset);
                    if time.is_none() {
                        further.push((String::from("timestamp"), attribute.value.to_string()));
                    }
                }
                "type" if name.is_empty() => type_name(&attribute.value).clone_into(&mut name),
                _ => further.push(Self::pair(attribute)),
            }
        }
        if !stamped {
            let what = "an element without a start; its events keep their place in the file";
            self.find(Severity::Warning, offset, what);
        }
        self.hold(element, time, further, name, offset);
    }

    /// Reads a start; reports one that is unreadable.
    fn time(&mut self, text: &str, offset: usize) -> Option<Time> {
        let time = Time::parse_us(text).or_else(|| Time::parse_iso(text));
        if time.is_none() {
            let what = "an unreadable start; what it is about keeps its place in the file";
            self.find(Severity::Warning, offset, what);
        }
        time
    }

    fn open_markup(&mut self, name: &str, attributes: &[Attribute<'_>], offset: usize) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let pairs = attributes.iter();
        open.further
            .extend(pairs.map(|a| (format!("{name}.{}", a.key), a.value.to_string())));
        if !open.reported {
            open.reported = true;
            let what = "elements inside a text; the text is kept without the tags";
            self.find(Severity::Warning, offset, what);
        }
    }

    fn text(&mut self, raw: &'a str, offset: usize, literal: bool) {
        if self.controls {
            tag::report_controls(raw, offset, &mut self.walker.findings);
        }
        if let Some(open) = self.open.last_mut() {
            if literal {
                tag::literal_text(raw, &mut open.text);
            } else {
                tag::resolve_text(raw, offset, &mut self.walker.findings, &mut open.text);
            }
        } else if !raw.trim_ascii().is_empty() {
            let what = "text between elements; it is kept as an event";
            self.find(Severity::Warning, offset, what);
            self.loose_visit(
                self.frames.last().copied().unwrap_or(VisitElement::Root),
                offset,
            );
            let mut text = String::new();
            tag::resolve_text(raw, offset, &mut self.walker.findings, &mut text);
            let new = NewEvent {
                type_name: "text",
                value: text.trim(),
                offset: offset as u64,
                ..NewEvent::default()
            };
            self.builder.event(new, &[]);
        }
    }

    fn close(&mut self) {
        let frame = self.frames.pop();
        if !matches!(
            frame,
            Some(
                VisitElement::Person
                    | VisitElement::Group
                    | VisitElement::Code
                    | VisitElement::Note
            )
        ) {
            return;
        }
        let Some(open) = self.open.pop() else {
            return;
        };
        match frame {
            Some(VisitElement::Person) => self.close_person(&open),
            Some(VisitElement::Code) => self.close_code(open),
            Some(VisitElement::Note) => {
                let new = NewEvent {
                    type_name: open.element,
                    name: &open.name,
                    value: open.text.trim(),
                    time: open.time,
                    offset: open.offset as u64,
                    ..NewEvent::default()
                };
                self.event(new, &open.further);
            }
            _ => self.close_group(&open),
        }
    }

    fn event(&mut self, new: NewEvent<'_>, further: &[(String, String)]) {
        let further: Vec<(&str, &str)> = further
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        self.builder.event(new, &further);
    }

    /// Text of a group beside its codes, or a group that holds neither.
    fn close_group(&mut self, open: &Open<'_>) {
        let value = open.text.trim();
        let empty = value.is_empty() && !open.coded;
        if value.is_empty() && !(empty && (open.time.is_some() || !open.further.is_empty())) {
            return;
        }
        let what = if empty {
            "an element without codes; it is kept as an event"
        } else {
            "text beside codes; it is kept as an event"
        };
        self.find(Severity::Warning, open.offset, what);
        let new = NewEvent {
            type_name: open.element,
            name: &open.name,
            value,
            time: open.time,
            offset: open.offset as u64,
            ..NewEvent::default()
        };
        self.event(new, &open.further);
    }

    fn close_code(&mut self, code: Open<'_>) {
        let Some(group) = self.open.last() else {
            return;
        };
        let element = group.element;
        let mut further = code.further;
        if !group.name.is_empty() {
            further.push((String::from("type"), group.name.clone()));
        }
        further.extend(group.further.iter().cloned());
        let said = code_line::read(&code.text, measures(element));
        let new = NewEvent {
            time: code.time,
            type_name: element,
            code: said.code,
            name: said.name,
            unit: said.unit,
            value: said.value,
            offset: code.offset as u64,
        };
        self.event(new, &further);
    }

    fn close_person(&mut self, open: &Open<'_>) {
        let mut person = self
            .builder
            .current()
            .map(|e| std::mem::take(&mut e.person))
            .unwrap_or_default();
        let findings = &mut self.walker.findings;
        for line in open.text.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let (key, value) = line.split_once(':').unwrap_or(("", line));
            person::fact(&mut person, key.trim(), value.trim(), open.offset, findings);
        }
        for (key, value) in &open.further {
            person::detail(&mut person, key, value);
        }
        if let Some(encounter) = self.builder.current() {
            encounter.person = person;
        }
    }
}

/// A `type` attribute; `NULL` is none.
pub(super) fn type_name(value: &str) -> &str {
    let value = value.trim();
    if value == "NULL" { "" } else { value }
}

/// Whether the words of an element's codes may end in a value.
pub(super) fn measures(element: &str) -> bool {
    matches!(element, "measurement" | "observation")
}
