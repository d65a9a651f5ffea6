//! Writes a whole record that was read, in whichever shape, as LUMIA XML.
//!
//! In: a record. Out: an equal record when it is read again, if it was LUMIA's. Never: a title of a visit lost that has no element.

use std::io::{self, Write};

use super::super::as_of::AsOf;
use super::super::model::{Encounter, EventId, Kind, NewEvent, Record};
use super::super::piece::{Counting, Piece};
use super::{Attributes, Changed, LumiaWriter, NewEncounter};

/// Writes a whole record as that of a patient (the visit/day shape does not state one). Gives what was changed.
///
/// Reading what this writes gives an equal record again, if the record is LUMIA's. An encounter whose title is no
/// visit's name, as the visit/day shape has them, gets a visit event that bears it.
///
/// # Errors
/// When the underlying writer fails.
pub(crate) fn write_record(
    record: &Record,
    person_id: &str,
    out: impl Write,
) -> io::Result<Changed> {
    write_all(record, person_id, None, out, &mut |_, _| true)
}

/// The same as the patient whom the record states, asking before each piece whether it is wanted, with the byte at which it would begin.
/// Ends that are later than now are not told.
///
/// # Errors
/// When the underlying writer fails.
pub(crate) fn write_pieces(
    record: &Record,
    now: Option<AsOf>,
    out: impl Write,
    wanted: &mut dyn FnMut(Piece<'_>, usize) -> bool,
) -> io::Result<u64> {
    Ok(write_all(record, record.person_id(), now, out, wanted)?.replaced)
}

fn write_all(
    record: &Record,
    person_id: &str,
    now: Option<AsOf>,
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
            end: AsOf::known_end(now, encounter).filter(|end| times().max() != Some(*end)),
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
            let known = |(_, value): &(&str, &str)| now.is_none_or(|now| !now.is_told_later(value));
            let attributes: Vec<(&str, &str)> = record.attributes(event).filter(known).collect();
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
