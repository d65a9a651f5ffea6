//! One patient's rows put together to a record.
//!
//! In: all rows of a patient, in any order. Out: the record, written event by event, and what became of each row. The
//! order of events depends on the rows alone: by time; at one time visits open first and close last; then by table,
//! id and line.

use std::borrow::Cow;
use std::io::{self, Write};

use super::cell::id;
use super::encounters::{self, Moment, Visit};
use super::event;
use super::lookup::Lookup;
use super::moment::{self, Stamps};
use super::person::{Demographics, Plan};
use super::report::{Reason, TableLine, Tallies};
use super::slots::{Interval, Slot};
use super::spill::{Packed, unpack};
use super::tables::Table;
use crate::error::{Error, Result};
use crate::record::lumia_writer::{LumiaWriter, NewEncounter};
use crate::record::model::NewEvent;

/// Makes other rows of a person's rows, which start at the places in a piece: gives a piece.
pub(crate) type Reshape = fn(i64, &[u8], &[usize], &Lookup, &mut Tallies) -> Result<Vec<u8>>;

/// What all patients share.
pub(crate) struct Setting<'a> {
    pub(crate) lookup: &'a Lookup,
    pub(crate) stamps: Stamps,
    /// The gap that ends an encounter without a visit, in seconds.
    pub(crate) gap: i64,
    /// Whether there is a person table, which then must know every patient.
    pub(crate) has_persons: bool,
    /// Whether there is a visit table, which then should know every visit.
    pub(crate) has_visits: bool,
    /// What is done with a patient's rows before they are read.
    pub(crate) reshape: Option<Reshape>,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    pub(crate) encounters: u64,
    pub(crate) events: u64,
}

/// A row that makes one event or two.
struct Item {
    table: Table,
    line: TableLine,
    id: i64,
    at: usize,
    start: Moment,
    end: Option<Moment>,
    visit: Option<i64>,
}

/// Which end of an interval an event stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Whole,
    Start,
    End,
}

/// An event's place among a patient's: compared field by field, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EventOrder {
    second: i64,
    /// Visits open before all else of their second and close after it.
    rank: u8,
    table: Table,
    id: i64,
    line: TableLine,
    side: Side,
    /// The place of its row in [`Patient::items`].
    item: usize,
}

/// A patient's rows, read.
pub(crate) struct Patient {
    demographics: Demographics,
    plans: Vec<Plan>,
    items: Vec<Item>,
    visits: Vec<Visit>,
}

impl Patient {
    /// Reads the rows that start at `rows` in `piece`, all of one patient, by table and line. `None` when the person
    /// table does not know the patient.
    pub(crate) fn read(
        piece: &[u8],
        rows: &[usize],
        setting: &Setting<'_>,
        tallies: &mut Tallies,
    ) -> Result<Option<Self>> {
        let mut patient = Patient {
            demographics: Demographics::default(),
            plans: Vec::new(),
            items: Vec::new(),
            visits: Vec::new(),
        };
        let mut known = !setting.has_persons;
        for (n, at) in rows.iter().enumerate() {
            let row = unpack(piece, *at)?;
            let tally = tallies.of(row.table);
            match row.table {
                Table::Person if n > 0 => tally.count(Reason::Duplicate, row.line),
                Table::Person => {
                    known = true;
                    let (demographics, doubt) = Demographics::read(&row, setting.lookup);
                    patient.demographics = demographics;
                    tally.used += 1;
                    if let Some(doubt) = doubt {
                        tally.count(doubt, row.line);
                    }
                }
                _ if !known => tally.count(Reason::UnknownPerson, row.line),
                Table::PayerPlanPeriod => match Plan::read(&row, setting.lookup) {
                    Ok(plan) => patient.plans.push(plan),
                    Err(reason) => tally.count(reason, row.line),
                },
                _ => patient.item(&row, *at, setting, tallies),
            }
        }
        if !known {
            return Ok(None);
        }
        patient.plans.sort();
        if setting.has_visits {
            let mut ids: Vec<i64> = patient.visits.iter().map(|v| v.id).collect();
            ids.sort_unstable();
            for item in &mut patient.items {
                // A visit of number 0 is how some extracts write "none".
                if let Some(id) = item.visit
                    && ids.binary_search(&id).is_err()
                {
                    if id == 0 {
                        item.visit = None;
                    } else {
                        tallies
                            .of(item.table)
                            .count(Reason::UnknownVisit, item.line);
                    }
                }
            }
        }
        Ok(Some(patient))
    }

    fn item(&mut self, row: &Packed<'_>, at: usize, setting: &Setting<'_>, tallies: &mut Tallies) {
        let tally = tallies.of(row.table);
        let number = id(row.get(Slot::Id));
        let visit = if row.table == Table::VisitOccurrence {
            if number.is_none() {
                return tally.count(Reason::BadId, row.line);
            }
            number
        } else {
            let text = row.get(Slot::Visit);
            let visit = id(text);
            if visit.is_none() && !text.is_empty() {
                tally.count(Reason::BadVisit, row.line);
            }
            visit
        };
        let start = moment::read(
            row.get(Slot::StartDate),
            row.get(Slot::StartDateTime),
            row.get(Slot::StartTime),
        );
        let start = match start {
            Ok(Some((start, doubt))) => {
                if let Some(doubt) = doubt {
                    tally.count(doubt, row.line);
                }
                start
            }
            Ok(None) => return tally.count(Reason::NoDate, row.line),
            Err(reason) => return tally.count(reason, row.line),
        };
        let mut end = None;
        if row.table.spec().interval != Interval::None {
            match moment::read(row.get(Slot::EndDate), row.get(Slot::EndDateTime), "") {
                Ok(Some((moment, doubt))) => {
                    end = Some(moment);
                    if let Some(doubt) = doubt {
                        tally.count(doubt, row.line);
                    }
                }
                Ok(None) => {}
                Err(_) => tally.count(Reason::BadEnd, row.line),
            }
        }
        if let Some(e) = end
            && setting.stamps.second(e) < setting.stamps.second(start)
        {
            // A mere day as the end of something that began during that day does not end before it.
            if e.day_only && start.seconds.div_euclid(86_400) == e.seconds.div_euclid(86_400) {
                end = Some(start);
            } else {
                tally.count(Reason::EndBeforeStart, row.line);
            }
        }
        if row.table == Table::VisitOccurrence
            && let Some(id) = number
        {
            self.visits.push(Visit { id, start, end });
        }
        self.items.push(Item {
            table: row.table,
            line: row.line,
            id: number.unwrap_or(0),
            at,
            start,
            end,
            visit,
        });
    }

    /// Writes the record.
    pub(crate) fn write<W: Write>(
        &self,
        piece: &[u8],
        person: i64,
        setting: &Setting<'_>,
        tallies: &mut Tallies,
        out: W,
    ) -> Result<(W, Written)> {
        let write = |e: io::Error| {
            Error::new(
                crate::error::Kind::Unreadable,
                format!("writing a record: {e}"),
            )
        };
        let mut writer = LumiaWriter::new(out, &person.to_string()).map_err(write)?;
        let mut written = Written::default();
        let mut planned = vec![false; self.plans.len()];
        for encounter in self.encounters(setting) {
            let Some(first) = encounter.first() else {
                continue;
            };
            let day = moment::datetime(first.second).date();
            for (plan, used) in self.plans.iter().zip(&mut planned) {
                *used |= plan.covers(day);
            }
            let mut rows: Vec<&Item> = encounter.iter().map(|p| &self.items[p.item]).collect();
            rows.dedup_by_key(|i| i.at);
            self.head(&mut writer, piece, &rows, day, setting)?
                .map_err(write)?;
            written.encounters += 1;
            for place in &encounter {
                let item = &self.items[place.item];
                let row = unpack(piece, item.at)?;
                let before = writer.replaced();
                let doubt = Self::event(&mut writer, item, &row, *place, setting).map_err(write)?;
                let tally = tallies.of(item.table);
                tally.events += 1;
                written.events += 1;
                if place.side == Side::End {
                    continue;
                }
                tally.used += 1;
                if let Some(doubt) = doubt {
                    tally.count(doubt, item.line);
                }
                if writer.replaced() > before {
                    tally.count(Reason::NotXml, item.line);
                }
            }
        }
        let tally = tallies.of(Table::PayerPlanPeriod);
        for (plan, used) in self.plans.iter().zip(planned) {
            if used {
                tally.used += 1;
            } else {
                tally.count(Reason::NoEncounter, plan.line);
            }
        }
        let (out, _) = writer.finish().map_err(write)?;
        Ok((out, written))
    }

    /// The places of all events, encounter by encounter, both in the order in which they stand.
    fn encounters(&self, setting: &Setting<'_>) -> Vec<Vec<EventOrder>> {
        let stamps = setting.stamps;
        let named: Vec<(Moment, Option<i64>)> =
            self.items.iter().map(|i| (i.start, i.visit)).collect();
        let (places, count) = encounters::assign(&self.visits, &named, setting.gap);
        let mut encounters: Vec<Vec<EventOrder>> = vec![Vec::new(); count];
        for (n, (item, encounter)) in self.items.iter().zip(places).enumerate() {
            let start = stamps.second(item.start);
            let place = |second, rank, side| EventOrder {
                second,
                rank,
                table: item.table,
                id: item.id,
                line: item.line,
                side,
                item: n,
            };
            let (opens, closes) = match item.table {
                Table::VisitOccurrence => (0, 5),
                Table::VisitDetail => (1, 4),
                _ => (2, 3),
            };
            let events = &mut encounters[encounter as usize];
            match (item.table.spec().interval, item.end) {
                (Interval::Event(_), Some(end)) if !stamps.same(start, stamps.second(end)) => {
                    events.push(place(start, opens, Side::Start));
                    events.push(place(stamps.second(end), closes, Side::End));
                }
                (Interval::Event(_), None) => events.push(place(start, opens, Side::Start)),
                _ => events.push(place(start, opens, Side::Whole)),
            }
        }
        for events in &mut encounters {
            events.sort_unstable();
        }
        // The same order as that of the encounters' first events, once ends before starts and midnights are settled.
        encounters.sort_by_key(|events| events.first().map(|p| p.second));
        encounters
    }

    /// Opens an encounter; the outer error is one of reading rows, the inner one of writing.
    fn head<W: Write>(
        &self,
        writer: &mut LumiaWriter<W>,
        piece: &[u8],
        items: &[&Item],
        day: jiff::civil::Date,
        setting: &Setting<'_>,
    ) -> Result<io::Result<()>> {
        let (mut sites, mut providers) = (Vec::new(), Vec::new());
        for item in items {
            let row = unpack(piece, item.at)?;
            let some = |text: &str| id(text).filter(|n| *n != 0);
            sites.extend(some(row.get(Slot::CareSite)));
            providers.extend(some(row.get(Slot::Provider)));
        }
        sites.sort_unstable();
        sites.dedup();
        providers.sort_unstable();
        providers.dedup();
        let sites: Vec<Vec<(&str, String)>> = sites
            .into_iter()
            .map(|n| {
                vec![
                    ("care_site_id", n.to_string()),
                    ("care_site_name", site_name(setting.lookup, Some(n))),
                ]
            })
            .collect();
        let providers: Vec<Vec<(&str, String)>> = providers
            .into_iter()
            .map(|n| provider(setting.lookup, n))
            .collect();
        let sites: Vec<Vec<(&str, &str)>> = sites.iter().map(as_strs).collect();
        let providers: Vec<Vec<(&str, &str)>> = providers.iter().map(as_strs).collect();
        let sites: Vec<&[(&str, &str)]> = sites.iter().map(Vec::as_slice).collect();
        let providers: Vec<&[(&str, &str)]> = providers.iter().map(Vec::as_slice).collect();
        Ok(writer.encounter(
            &NewEncounter {
                care_sites: &sites,
                providers: &providers,
                ..NewEncounter::default()
            },
            &self.demographics.on(day, &self.plans),
        ))
    }

    fn event<W: Write>(
        writer: &mut LumiaWriter<W>,
        item: &Item,
        row: &Packed<'_>,
        place: EventOrder,
        setting: &Setting<'_>,
    ) -> io::Result<Option<Reason>> {
        let parts = event::read(row, setting.lookup);
        let spec = item.table.spec();
        let mut attributes: Vec<(&str, &str)> = parts.references.clone();
        let end_stamp = match (spec.interval, item.end) {
            (Interval::Attribute, Some(end)) => {
                Some(setting.stamps.time(setting.stamps.second(end)).to_file())
            }
            _ => None,
        };
        let mut text = Cow::Borrowed(&*parts.text);
        if let Interval::Event(closing) = spec.interval {
            text = Cow::Borrowed(match place.side {
                Side::Start => "start",
                Side::End => closing,
                Side::Whole => "start|end",
            });
        }
        if place.side != Side::End {
            attributes.extend(parts.attributes.iter().map(|(k, v)| (*k, &**v)));
            attributes.extend(end_stamp.as_deref().map(|s| ("end", s)));
        }
        writer.event(
            &NewEvent {
                time: Some(setting.stamps.time(place.second)),
                type_name: match row.get(Slot::Kind) {
                    "" => spec.event,
                    kind => kind,
                },
                code: &parts.code,
                name: &parts.name,
                unit: parts.unit,
                value: &text,
                offset: 0,
            },
            &attributes,
        )?;
        Ok(parts.doubt)
    }
}

fn as_strs<'a>(list: &'a Vec<(&'static str, String)>) -> Vec<(&'a str, &'a str)> {
    list.iter().map(|(k, v)| (*k, v.as_str())).collect()
}

/// `NULL` stands for what is not known, as in the released records.
fn or_null(text: &str) -> String {
    if text.is_empty() { "NULL" } else { text }.to_owned()
}

fn site_name(lookup: &Lookup, site: Option<i64>) -> String {
    let name = site.and_then(|n| lookup.care_sites.get(&n));
    or_null(name.map_or("", |n| n))
}

fn provider(lookup: &Lookup, number: i64) -> Vec<(&'static str, String)> {
    let concepts = &lookup.concepts;
    let known = lookup.providers.get(&number);
    let specialty = known.map_or("", |p| {
        p.specialty
            .iter()
            .find_map(|c| concepts.name(*c))
            .unwrap_or(&p.specialty_source)
    });
    let gender = known.map_or("", |p| concepts.name(p.gender).unwrap_or(&p.gender_source));
    let site = known.and_then(|p| p.care_site);
    let mut attributes = vec![
        ("provider_id", number.to_string()),
        ("gender", or_null(gender)),
        ("speciality", or_null(specialty)),
        (
            "year_of_birth",
            or_null(known.map_or("", |p| &p.year_of_birth)),
        ),
    ];
    if let Some(site) = site {
        attributes.push(("care_site_id", site.to_string()));
    }
    attributes.push(("care_site_name", site_name(lookup, site)));
    attributes
}
