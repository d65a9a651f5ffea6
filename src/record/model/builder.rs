//! Collects a record in file order.
//!
//! In: what a reader knows of each encounter and event. Out: a [`Record`], its events and encounters sorted by time. Never: a
//! string twice.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::{
    Encounter, EncounterId, Event, Kind, Notice, Person, REFERENCES, Record, Shape, Span, Sym, Time,
};

/// What a reader knows of one event.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NewEvent<'a> {
    /// When, if readable.
    pub time: Option<Time>,
    /// The `type` attribute or element name.
    pub type_name: &'a str,
    /// `VOCABULARY/CODE` or empty.
    pub code: &'a str,
    /// The name or empty.
    pub name: &'a str,
    /// The unit or empty.
    pub unit: &'a str,
    /// The text as written.
    pub value: &'a str,
    /// Byte offset of its tag.
    pub offset: u64,
}

/// An event's start tag, interned: all of an event but its time, place and text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventTag {
    kind: Kind,
    type_name: Sym,
    code: Sym,
    name: Sym,
    unit: Sym,
    attributes: Span,
    details: u32,
}

/// Collects a record in file order.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(in crate::record) record: Record,
    interned: FxHashMap<Box<str>, Sym>,
}

impl Builder {
    /// An empty record of `path`.
    pub(crate) fn new(path: &Path, shape: Shape, file_bytes: u64) -> Self {
        let mut builder = Builder {
            record: Record {
                person_id: String::new(),
                path: path.to_owned(),
                shape,
                file_bytes,
                text: String::new(),
                strings: Vec::new(),
                attributes: Vec::new(),
                events: Vec::new(),
                encounters: Vec::new(),
                patient: Encounter::of_patient(),
                notices: Vec::new(),
                nulls: 0,
            },
            interned: FxHashMap::default(),
        };
        builder.intern("");
        builder
    }

    /// Sets the id that the root states.
    pub(crate) fn person_id(&mut self, id: &str) {
        id.trim().clone_into(&mut self.record.person_id);
    }

    /// Adds a notice.
    pub(crate) fn notice(&mut self, notice: Notice) {
        self.record.notices.push(notice);
    }

    /// Notes how much in the file said `NULL`.
    pub(in crate::record) fn nulls(&mut self, nulls: u64) {
        self.record.nulls = nulls;
    }

    /// The interned form of a string.
    pub(crate) fn intern(&mut self, text: &str) -> Sym {
        if let Some(&sym) = self.interned.get(text) {
            return sym;
        }
        let sym = Sym(self.record.strings.len() as u32);
        self.record.strings.push(text.into());
        self.interned.insert(text.into(), sym);
        sym
    }

    /// Opens an encounter; the events that follow belong to it.
    pub(crate) fn encounter(&mut self, title: &str, person: Person, offset: u64) {
        let title = self.intern(title);
        let at = self.record.events.len() as u32;
        self.record.encounters.push(Encounter {
            start: None,
            end: None,
            title,
            person,
            places: Vec::new(),
            events: at..at,
            offset,
        });
    }

    /// The encounter opened last.
    pub(crate) fn current(&mut self) -> Option<&mut Encounter> {
        self.record.encounters.last_mut()
    }

    /// Adds an event to the encounter opened last (one is opened when there is none), with its other attributes.
    pub(crate) fn event(&mut self, new: NewEvent<'_>, attributes: &[(&str, &str)]) {
        if self.record.encounters.is_empty() {
            self.encounter("", Person::default(), new.offset);
        }
        let tag = self.tag(&new, attributes);
        self.tagged(tag, new.time, new.value, new.offset);
    }

    /// Interns what `new` says beside time, text and offset. Events with equal tags may share one.
    pub(crate) fn tag(&mut self, new: &NewEvent<'_>, attributes: &[(&str, &str)]) -> EventTag {
        let first = self.record.attributes.len() as u32;
        let is_reference = |(key, _): &(&str, &str)| REFERENCES.contains(key);
        let mut details = 0;
        for references in [false, true] {
            let own = attributes.iter().filter(|a| is_reference(a) == references);
            for (key, text) in own {
                let pair = (self.intern(key), self.intern(text));
                self.record.attributes.push(pair);
                details += u32::from(!references);
            }
        }
        EventTag {
            kind: Kind::from_type(new.type_name),
            type_name: self.intern(new.type_name),
            code: self.intern(new.code),
            name: self.intern(new.name),
            unit: self.intern(new.unit),
            attributes: Span {
                start: first,
                len: attributes.len() as u32,
            },
            details,
        }
    }

    /// Adds an event with an interned tag, as [`Builder::event`] does.
    pub(crate) fn tagged(&mut self, tag: EventTag, time: Option<Time>, value: &str, offset: u64) {
        if self.record.encounters.is_empty() {
            self.encounter("", Person::default(), offset);
        }
        let record = &mut self.record;
        let span = Span {
            start: record.text.len() as u32,
            len: value.len() as u32,
        };
        record.text.push_str(value);
        record.text.push('\0');
        record.events.push(Event {
            time,
            kind: tag.kind,
            encounter: EncounterId(record.encounters.len() as u32 - 1),
            offset,
            type_name: tag.type_name,
            code: tag.code,
            name: tag.name,
            unit: tag.unit,
            value: span,
            attributes: tag.attributes,
            details: tag.details,
        });
        if let Some(encounter) = record.encounters.last_mut() {
            encounter.events.end = record.events.len() as u32;
        }
    }

    /// Appends what was collected from a later part of the same file.
    pub(crate) fn append(&mut self, later: Builder) {
        let later = later.record;
        let syms: Vec<Sym> = later.strings.iter().map(|s| self.intern(s)).collect();
        let sym = |s: Sym| syms[s.0 as usize];
        let record = &mut self.record;
        let first_event = record.events.len() as u32;
        let first_encounter = record.encounters.len() as u32;
        let first_attribute = record.attributes.len() as u32;
        let first_byte = record.text.len() as u32;
        record.text.push_str(&later.text);
        let pairs = later.attributes.iter();
        record
            .attributes
            .extend(pairs.map(|&(key, value)| (sym(key), sym(value))));
        record
            .events
            .extend(later.events.into_iter().map(|e| Event {
                encounter: EncounterId(e.encounter.0 + first_encounter),
                type_name: sym(e.type_name),
                code: sym(e.code),
                name: sym(e.name),
                unit: sym(e.unit),
                value: Span {
                    start: e.value.start + first_byte,
                    ..e.value
                },
                attributes: Span {
                    start: e.attributes.start + first_attribute,
                    ..e.attributes
                },
                ..e
            }));
        let encounters = later.encounters.into_iter();
        record.encounters.extend(encounters.map(|e| Encounter {
            title: sym(e.title),
            events: e.events.start + first_event..e.events.end + first_event,
            ..e
        }));
        record.notices.extend(later.notices);
    }

    /// Sorts by time and closes the record.
    ///
    /// An event without a time stays behind the event that precedes it in the file. Encounters sort by their
    /// earliest event; one without any time stays behind the one that precedes it.
    pub(crate) fn finish(mut self) -> Record {
        let record = &mut self.record;
        let mut encounters = std::mem::take(&mut record.encounters);
        let events = std::mem::take(&mut record.events);
        let mut keys: Vec<(i64, usize)> = Vec::with_capacity(encounters.len());
        let mut inherited = i64::MIN;
        for (i, encounter) in encounters.iter_mut().enumerate() {
            let own = &events[encounter.events.start as usize..encounter.events.end as usize];
            let times = || own.iter().filter_map(|e| e.time);
            encounter.start = encounter.start.or(times().min());
            encounter.end = encounter.end.or(times().max());
            if encounter.title.is_empty()
                && let Some(visit) = own.iter().find(|e| e.kind == Kind::Visit)
            {
                encounter.title = visit.name;
            }
            if let Some(start) = encounter.start.map(Time::seconds) {
                inherited = start;
            }
            keys.push((inherited, i));
        }
        // Most files are in order already.
        let ordered = keys.is_sorted()
            && encounters.iter().all(|e| {
                let own = &events[e.events.start as usize..e.events.end as usize];
                own.is_sorted_by_key(|e| e.time.map_or(i64::MAX, Time::seconds))
                    && own.last().is_none_or(|e| e.time.is_some())
            });
        if ordered {
            record.encounters = encounters;
            record.events = events;
            return self.close();
        }
        keys.sort_unstable();
        let mut slots: Vec<Option<Encounter>> = encounters.into_iter().map(Some).collect();
        record.events.reserve_exact(events.len());
        for (_, old) in keys {
            let Some(mut encounter) = slots[old].take() else {
                continue;
            };
            let own = &events[encounter.events.start as usize..encounter.events.end as usize];
            let mut last = i64::MIN;
            let mut order: Vec<(i64, u32)> = Vec::with_capacity(own.len());
            for (i, event) in own.iter().enumerate() {
                if let Some(time) = event.time {
                    last = time.seconds();
                }
                order.push((last, i as u32));
            }
            order.sort_unstable();
            let id = EncounterId(record.encounters.len() as u32);
            let start = record.events.len() as u32;
            record.events.extend(order.iter().map(|&(_, i)| Event {
                encounter: id,
                ..own[i as usize].clone()
            }));
            encounter.events = start..record.events.len() as u32;
            record.encounters.push(encounter);
        }
        self.close()
    }

    fn close(mut self) -> Record {
        self.put_patient();
        let mut record = self.record;
        record.text.shrink_to_fit();
        record.attributes.shrink_to_fit();
        record.events.shrink_to_fit();
        record
    }
}
