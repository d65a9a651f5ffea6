//! Who the patient is, as facts of the record that are searched, cited and pinned like any other.
//!
//! In: what the person blocks of the encounters state. Out: one event for each fact (birth date, sex, race …) at the head of
//! the record, in an encounter of their own. A fact that a later encounter brings has that encounter's time, so that it is
//! not shown before it was known. Never: a fact that no person block states, or one that is written out again: files have
//! these facts in their person blocks.

use rustc_hash::FxHashSet;

use super::model::{Builder, Encounter, EncounterId, Event, EventId, Kind, Person, Record, Span};
use super::time::Time;

/// The `type` of these events.
const TYPE: &str = "person";
/// Ages are true of their encounter only; they are said where it stands.
const BIRTH: &str = "Birth date";

/// One fact about the patient.
struct Fact {
    name: String,
    value: String,
    time: Option<Time>,
    offset: u64,
}

impl Record {
    /// The encounter that holds what is known of the patient, where anything is.
    pub fn patient(&self) -> Option<&Encounter> {
        Some(&self.patient).filter(|p| !p.events.is_empty())
    }

    /// What is known of the patient: the first of [`Record::events`].
    pub fn facts(&self) -> impl Iterator<Item = EventId> + use<> {
        self.patient.events.clone().map(EventId)
    }

    /// Which of the facts about the patient an encounter's person block states.
    pub fn facts_of(&self, encounter: &Encounter) -> Vec<EventId> {
        let stated = facts(std::slice::from_ref(encounter));
        let is_stated = |id: &EventId| {
            let (name, value) = (self.name(self.event(*id)), self.value(self.event(*id)));
            stated.iter().any(|f| f.name == name && f.value == value)
        };
        self.facts().filter(is_stated).collect()
    }

    /// The events of encounters: all but the facts about the patient.
    pub fn happened(&self) -> &[Event] {
        &self.events[self.patient.events.end as usize..]
    }

    /// The birth date that the first encounter with one states, as much of it as is known: of a year alone, or of a month,
    /// the rest was filled in and is left out.
    pub fn born(&self) -> Option<String> {
        let known = |e: &&Encounter| e.person.birth.is_some();
        let person = &self.encounters.iter().find(known)?.person;
        Some(as_known(person, person.birth?))
    }

    /// When the patient died, as the last `death` event with a time says.
    pub fn death(&self) -> Option<&Event> {
        self.happened()
            .iter()
            .rfind(|e| e.kind == Kind::Death && e.time.is_some())
    }
}

/// A birth date, as much of it as is known.
fn as_known(person: &Person, birth: Time) -> String {
    let mut text = birth.to_string();
    let precision = person
        .details
        .iter()
        .find(|(key, _)| key == "birthdate_precision");
    match precision.map(|(_, value)| value.as_str()) {
        Some("year") => text.truncate(4),
        Some("month") => text.truncate(7),
        _ => {}
    }
    text
}

/// The facts that the person blocks state, each once, in a steady order.
fn facts(encounters: &[Encounter]) -> Vec<Fact> {
    let mut seen: FxHashSet<(&str, &str)> = FxHashSet::default();
    let mut births: Vec<Time> = Vec::new();
    let (mut born, mut sexes, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (i, encounter) in encounters.iter().enumerate() {
        let person = &encounter.person;
        let fact = |name: &str, value: String| Fact {
            name: name.to_owned(),
            value,
            time: encounter.start.filter(|_| i > 0),
            offset: encounter.offset,
        };
        if let Some(birth) = person.birth.filter(|b| !births.contains(b)) {
            births.push(birth);
            born.push(fact(BIRTH, as_known(person, birth)));
        }
        if !person.sex.is_empty() && seen.insert(("", &person.sex)) {
            sexes.push(fact("Sex", person.sex.clone()));
        }
        for (key, value) in &person.details {
            if !value.trim().is_empty() && seen.insert((key, value)) {
                others.push(fact(&spoken(key), value.trim().to_owned()));
            }
        }
    }
    if born.is_empty() {
        born.extend(stated_age(encounters));
    }
    born.into_iter().chain(sexes).chain(others).collect()
}

/// The first age that is stated, for a patient without a birth date.
fn stated_age(encounters: &[Encounter]) -> Option<Fact> {
    let stated = |p: &Person| match (p.age_years, p.age_days) {
        (Some(years), _) => Some(format!("{years} years")),
        (None, Some(days)) => Some(format!("{days} days")),
        (None, None) => None,
    };
    let (encounter, value) = encounters
        .iter()
        .find_map(|e| Some((e, stated(&e.person)?)))?;
    let name = encounter
        .start
        .map_or_else(|| "Age".to_owned(), |t| format!("Age on {}", t.date()));
    Some(Fact {
        name,
        value,
        time: None,
        offset: encounter.offset,
    })
}

/// A key as a name: `payer_plan` is `Payer plan`; a line that no key stands before is `Person`.
fn spoken(key: &str) -> String {
    let key = if key.eq_ignore_ascii_case("payerplan") {
        "payer plan".to_owned()
    } else {
        key.replace('_', " ")
    };
    let mut letters = key.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Person".to_owned(),
    }
}

impl Builder {
    /// Puts the facts about the patient before the events, once those are in order.
    pub(super) fn put_patient(&mut self) {
        let facts = facts(&self.record.encounters);
        let n = facts.len() as u32;
        let (title, type_name) = (self.intern("Patient"), self.intern(TYPE));
        let mut events = Vec::with_capacity(facts.len());
        for fact in facts {
            let name = self.intern(&fact.name);
            let text = &mut self.record.text;
            let value = Span {
                start: text.len() as u32,
                len: fact.value.len() as u32,
            };
            text.push_str(&fact.value);
            text.push('\0');
            events.push(Event::of_patient(
                fact.time,
                type_name,
                name,
                value,
                fact.offset,
            ));
        }
        let record = &mut self.record;
        record.events.splice(0..0, events);
        for encounter in &mut record.encounters {
            encounter.events = encounter.events.start + n..encounter.events.end + n;
        }
        record.patient.title = title;
        record.patient.events = 0..n;
        record.patient.offset = record.encounters.first().map_or(0, |e| e.offset);
    }
}

/// A birth at midnight sharp is a date that was given a time of day by an export.
pub(crate) fn born_at(time: Time) -> Time {
    if time.seconds().rem_euclid(86_400) == 0 {
        Time::from(time.date())
    } else {
        time
    }
}

impl EncounterId {
    /// The encounter that holds what is known of the patient: no contact with care, and none of [`Record::encounters`].
    pub const PATIENT: EncounterId = EncounterId(u32::MAX);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::{AsOf, read_bytes};

    const TWO: &str = "<eventstream person_id=\"7\">\
        <encounter><person><birthdate>1948-03-17</birthdate><age><days>26000</days><years>71</years></age>\
        <demographics><gender>FEMALE</gender><race>White</race><ethnicity>Not Hispanic</ethnicity></demographics>\
        </person><events><entry timestamp=\"2019-06-01\"><event type=\"m\" code=\"a\">1</event></entry></events></encounter>\
        <encounter><person><birthdate>1948-03-17</birthdate><demographics><gender>FEMALE</gender><race>White</race>\
        </demographics><payerplan>Medicare</payerplan></person>\
        <events><entry timestamp=\"2021-06-01\"><event type=\"death\">x</event></entry></events></encounter>\
        </eventstream>";

    fn record(xml: &str) -> Record {
        let read = read_bytes(Path::new("7.xml"), xml.as_bytes().to_vec());
        read.expect("a record").look_inside()
    }

    fn told(record: &Record) -> Vec<String> {
        let tell = |id| {
            let event = record.event(id);
            format!("{}: {}", record.name(event), record.value(event))
        };
        record.facts().map(tell).collect()
    }

    #[test]
    fn each_fact_about_the_patient_is_an_event_once() {
        let record = record(TWO);
        let all = [
            "Birth date: 1948-03-17",
            "Sex: FEMALE",
            "Race: White",
            "Ethnicity: Not Hispanic",
            "Payer plan: Medicare",
        ];
        assert_eq!(told(&record), all);
        assert_eq!(record.happened().len(), 2);
        assert_eq!(record.events().len(), 7);
        let patient = record.patient().expect("facts");
        assert_eq!(record.string(patient.title), "Patient");
        for (i, encounter) in record.encounters().iter().enumerate() {
            let event = &record.events()[encounter.events.start as usize];
            assert_eq!(event.encounter, EncounterId(i as u32));
        }
        assert_eq!(
            record
                .death()
                .and_then(|e| e.time)
                .map(|t| t.to_string())
                .as_deref(),
            Some("2021-06-01")
        );
    }

    #[test]
    fn what_a_later_encounter_brings_is_later() {
        let record = record(TWO);
        let asked = AsOf::new(Time::parse_iso("2020-01-01").expect("a time"));
        let later = |id: &EventId| asked.is_later(&record, record.event(*id));
        let later: Vec<EventId> = record.facts().filter(later).collect();
        assert_eq!(later, [EventId(4)]);
        let (first, _) = record.span().expect("times");
        assert_eq!(
            first.to_string(),
            "2019-06-01",
            "facts are no part of the span"
        );
    }

    #[test]
    fn a_year_of_birth_is_no_day_of_birth_and_an_age_stands_in_for_none() {
        let year = TWO.replace(
            "<race>White",
            "<birthdate_precision>year</birthdate_precision><race>White",
        );
        assert_eq!(record(&year).born().as_deref(), Some("1948"));
        assert_eq!(told(&record(&year))[0], "Birth date: 1948");
        assert_eq!(record(TWO).born().as_deref(), Some("1948-03-17"));
        let none = TWO.replace("<birthdate>1948-03-17</birthdate>", "");
        assert_eq!(told(&record(&none))[0], "Age on 2019-06-01: 71 years");
        let nobody = "<eventstream person_id=\"7\"><encounter><events><entry timestamp=\"2019-06-01\">\
            <event type=\"m\" code=\"a\">1</event></entry></events></encounter></eventstream>";
        assert!(record(nobody).patient().is_none());
    }
}
