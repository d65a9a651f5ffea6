//! One patient's record: encounters that hold events in time order.
//!
//! In: what a reader pushes into a [`Builder`], in file order. Out: a [`Record`] with encounters and the events of
//! each sorted by time (stable, so file order among equals). All text lives once, in one buffer; names and codes
//! are interned. Original text is kept byte for byte; making it safe to show is `text`'s work.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::notice::Notice;

use super::time::Time;

mod builder;

pub(crate) use builder::EventTag;
pub(crate) use builder::{Builder, NewEvent};

/// An event's place in [`Record::events`]: its rank in display order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u32);

/// An encounter's place in [`Record::encounters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncounterId(pub u32);

/// The attributes that say who, where and in which file, and nothing of what was found or done. All others are details.
const REFERENCES: [&str; 6] = [
    "visit_id",
    "visit_detail_id",
    "provider_id",
    "care_site_id",
    "note_id",
    // Of an event without a readable time; it stands where the time does.
    "timestamp",
];

/// An interned string of one record; [`Sym::EMPTY`] is the empty string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(u32);

impl Sym {
    /// The empty string, which also stands for an absent attribute.
    pub const EMPTY: Sym = Sym(0);

    /// Whether this is the empty string.
    pub fn is_empty(self) -> bool {
        self == Sym::EMPTY
    }

    /// Its place among the record's strings, from 0 to [`Record::string_count`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What an event is about: the OMOP domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A contact with care: `visit`, `visit_occurrence`.
    Visit,
    /// A part of a visit: `visit_detail`.
    VisitDetail,
    /// `condition`, `condition_occurrence`.
    Condition,
    /// `drug_exposure`.
    Drug,
    /// `measurement`.
    Measurement,
    /// `observation`.
    Observation,
    /// `procedure`, `procedure_occurrence`.
    Procedure,
    /// `device_exposure`.
    Device,
    /// Free text: `note`.
    Note,
    /// `image`, `image_occurrence`.
    Image,
    /// `death`.
    Death,
    /// Who the patient is: `person`, and the facts of the person blocks (see `patient`).
    Person,
    /// Any other type; `Record::type_name` has it as written.
    Other,
}

impl Kind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: [Kind; 13] = [
        Kind::Visit,
        Kind::VisitDetail,
        Kind::Condition,
        Kind::Drug,
        Kind::Measurement,
        Kind::Observation,
        Kind::Procedure,
        Kind::Device,
        Kind::Note,
        Kind::Image,
        Kind::Death,
        Kind::Person,
        Kind::Other,
    ];

    /// The kind of a `type` attribute or OMOP table name.
    pub fn from_type(name: &str) -> Kind {
        match name {
            "visit" | "visit_occurrence" => Kind::Visit,
            "visit_detail" => Kind::VisitDetail,
            "condition" | "condition_occurrence" => Kind::Condition,
            "drug_exposure" | "drug" => Kind::Drug,
            "measurement" => Kind::Measurement,
            "observation" => Kind::Observation,
            "procedure" | "procedure_occurrence" => Kind::Procedure,
            "device_exposure" | "device" => Kind::Device,
            "note" => Kind::Note,
            "image" | "image_occurrence" => Kind::Image,
            "death" => Kind::Death,
            "person" => Kind::Person,
            _ => Kind::Other,
        }
    }

    /// The name used in filters, queries and files: `visit`, `visit_detail`, `condition`, `drug` …
    pub fn name(self) -> &'static str {
        match self {
            Kind::Visit => "visit",
            Kind::VisitDetail => "visit_detail",
            Kind::Condition => "condition",
            Kind::Drug => "drug",
            Kind::Measurement => "measurement",
            Kind::Observation => "observation",
            Kind::Procedure => "procedure",
            Kind::Device => "device",
            Kind::Note => "note",
            Kind::Image => "image",
            Kind::Death => "death",
            Kind::Person => "person",
            Kind::Other => "other",
        }
    }
}

/// A stretch of the record's text buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// One timestamped fact. Its strings are in the record: ask [`Record::name`], [`Record::value`] …
#[derive(Clone, Debug)]
pub struct Event {
    /// When; `None` where the file's time stamp is missing or unreadable (see the attribute `timestamp`).
    pub time: Option<Time>,
    /// The OMOP domain.
    pub kind: Kind,
    /// The encounter it belongs to.
    pub encounter: EncounterId,
    /// Byte offset of the event's tag in the (decoded) file.
    pub offset: u64,
    type_name: Sym,
    code: Sym,
    name: Sym,
    unit: Sym,
    value: Span,
    /// Its details, then its references.
    attributes: Span,
    /// How many of the attributes are details.
    details: u32,
}

/// Who the patient was at an encounter; demographics may change between encounters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The birth date, where it is readable; with its time of day where the file has one.
    pub birth: Option<Time>,
    /// Age in whole days as the file states it.
    pub age_days: Option<i64>,
    /// Age in whole years as the file states it.
    pub age_years: Option<i64>,
    /// Sex as the file states it (`FEMALE`), empty when absent.
    pub sex: String,
    /// Everything else about the person as (key, value) in file order: race, ethnicity, payer plan …
    pub details: Vec<(String, String)>,
}

/// One contact with care.
#[derive(Clone, Debug)]
pub struct Encounter {
    /// The first event's time, or what the file states.
    pub start: Option<Time>,
    /// The last event's time, or what the file states.
    pub end: Option<Time>,
    /// What kind of contact: the name of its visit event, or the type that the file states.
    pub title: Sym,
    /// The patient at this encounter.
    pub person: Person,
    /// Care sites and providers as readable lines, in file order.
    pub places: Vec<String>,
    /// Its events, as places in [`Record::events`].
    pub events: Range<u32>,
    /// Byte offset of the encounter's tag in the (decoded) file.
    pub offset: u64,
}

impl Event {
    /// A fact about the patient.
    pub(super) fn of_patient(
        time: Option<Time>,
        type_name: Sym,
        name: Sym,
        value: Span,
        offset: u64,
    ) -> Self {
        Event {
            time,
            kind: Kind::Person,
            encounter: EncounterId::PATIENT,
            offset,
            type_name,
            code: Sym::EMPTY,
            name,
            unit: Sym::EMPTY,
            value,
            attributes: Span::default(),
            details: 0,
        }
    }
}

impl Encounter {
    /// The encounter of the facts about a patient, still empty.
    fn of_patient() -> Self {
        Encounter {
            start: None,
            end: None,
            title: Sym::EMPTY,
            person: Person::default(),
            places: Vec::new(),
            events: 0..0,
            offset: 0,
        }
    }
}

/// Which shape a record file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `eventstream > encounter > events > entry > event`.
    Lumia,
    /// `record > visit > day > …` lines of codes.
    VisitDay,
}

/// One patient's longitudinal record.
#[derive(Debug)]
pub struct Record {
    person_id: String,
    path: PathBuf,
    shape: Shape,
    file_bytes: u64,
    pub(super) text: String,
    strings: Vec<Box<str>>,
    attributes: Vec<(Sym, Sym)>,
    pub(super) events: Vec<Event>,
    pub(super) encounters: Vec<Encounter>,
    pub(super) patient: Encounter,
    notices: Vec<Notice>,
    nulls: u64,
}

impl Record {
    /// The id that the file's root states, trimmed; empty where the shape has none (visit/day).
    pub fn person_id(&self) -> &str {
        &self.person_id
    }

    /// The file it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The shape of the file.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The size of the file in bytes.
    pub fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// All events, an [`EventId`] each: what is known of the patient (see [`Record::facts`]), then encounter after encounter,
    /// by time within each.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// All encounters by start time.
    pub fn encounters(&self) -> &[Encounter] {
        &self.encounters
    }

    /// What was off in the file.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// How many attributes and elements about the patient, places and encounters said `NULL`: they are read as nothing.
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// The event at a place.
    ///
    /// # Panics
    /// When `id` is not of this record.
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.0 as usize]
    }

    /// The encounter at a place.
    ///
    /// # Panics
    /// When `id` is not of this record.
    pub fn encounter(&self, id: EncounterId) -> &Encounter {
        if id == EncounterId::PATIENT {
            &self.patient
        } else {
            &self.encounters[id.0 as usize]
        }
    }

    /// The string of an interned name.
    pub fn string(&self, sym: Sym) -> &str {
        &self.strings[sym.0 as usize]
    }

    /// How many interned strings there are.
    pub fn string_count(&self) -> usize {
        self.strings.len()
    }

    /// The event's name as an interned string, for grouping.
    pub fn name_sym(&self, event: &Event) -> Sym {
        event.name
    }

    /// The event's `type` as written.
    pub fn type_name(&self, event: &Event) -> &str {
        self.string(event.type_name)
    }

    /// The event's code, `VOCABULARY/CODE`, or empty.
    pub fn code(&self, event: &Event) -> &str {
        self.string(event.code)
    }

    /// The event's code as an interned string, for grouping.
    pub fn code_sym(&self, event: &Event) -> Sym {
        event.code
    }

    /// The event's name, or empty.
    pub fn name(&self, event: &Event) -> &str {
        self.string(event.name)
    }

    /// The unit of the value, or empty.
    pub fn unit(&self, event: &Event) -> &str {
        self.string(event.unit)
    }

    /// The event's text: a value, `start`, or a note's free text, as written.
    pub fn value(&self, event: &Event) -> &str {
        let Span { start, len } = event.value;
        &self.text[start as usize..(start + len) as usize]
    }

    /// Where the event's text stands in [`Record::text`], as a byte range.
    pub fn value_range(&self, event: &Event) -> Range<usize> {
        event.value.start as usize..(event.value.start + event.value.len) as usize
    }

    /// The whole text buffer: every event's text in file order, one NUL byte after each.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every attribute beside type, code, name and unit, as (key, value): the details, then the references.
    pub fn attributes<'a>(
        &'a self,
        event: &Event,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let Span { start, len } = event.attributes;
        self.attributes[start as usize..(start + len) as usize]
            .iter()
            .map(|(k, v)| (self.string(*k), self.string(*v)))
    }

    /// What is said of the event beside its type, code, name, value and unit, as (key, value): `end`, `sig`, `route` … The one
    /// list of what a reader of the record must be told, whether that is a person, a model or a search.
    pub fn details<'a>(
        &'a self,
        event: &Event,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.attributes(event).take(event.details as usize)
    }

    /// The values of the details as interned strings, in the same order.
    pub fn detail_syms(&self, event: &Event) -> impl Iterator<Item = Sym> + '_ {
        let start = event.attributes.start as usize;
        let own = &self.attributes[start..start + event.details as usize];
        own.iter().map(|(_, value)| *value)
    }

    /// One attribute's value.
    pub fn attribute<'a>(&'a self, event: &Event, key: &str) -> Option<&'a str> {
        self.attributes(event)
            .find(|(k, _)| *k == key)
            .map(|(_, v)| v)
    }

    /// The first and the last time of any event.
    pub fn span(&self) -> Option<(Time, Time)> {
        let times = || self.happened().iter().filter_map(|e| e.time);
        let (first, last) = (times().min()?, times().max()?);
        Some((first, last))
    }

    /// How many events are notes.
    pub fn note_count(&self) -> usize {
        self.events.iter().filter(|e| e.kind == Kind::Note).count()
    }
}
