//! What rows refer to: concepts, care sites, providers.
//!
//! In: the look-up tables. Out: maps by id. Concepts are kept only where something refers to them; care sites and
//! providers are few and all kept.

use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use super::cell::id;
use super::concepts::Concepts;
use super::intake::{Fields, Meter, Source, each_row};
use super::report::{Reason, TableLine, Tally};
use super::slots::Slot;
use crate::error::Result;

/// A provider as the record shows it.
#[derive(Debug, Default)]
pub(crate) struct Provider {
    pub(crate) specialty: [Option<i64>; 2],
    pub(crate) specialty_source: Box<str>,
    pub(crate) gender: Option<i64>,
    pub(crate) gender_source: Box<str>,
    pub(crate) year_of_birth: Box<str>,
    pub(crate) care_site: Option<i64>,
}

/// All that rows refer to.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    pub(crate) concepts: Concepts,
    pub(crate) care_sites: FxHashMap<i64, Box<str>>,
    pub(crate) providers: FxHashMap<i64, Provider>,
    /// What codes mean that stand in the rows themselves.
    pub(crate) descriptions: FxHashMap<Box<str>, Box<str>>,
}

fn field<'a>(fields: &'a Fields<'_>, slot: Slot) -> &'a str {
    fields
        .iter()
        .find(|(s, _)| *s == slot)
        .map_or("", |(_, text)| text)
}

impl Lookup {
    /// Reads the care sites.
    pub(crate) fn read_care_sites(&mut self, file: Source<'_>, meter: &Meter) -> Result<Tally> {
        let mut tally = Tally::default();
        each_row(file, meter, &mut tally, &mut |tally, line, fields| {
            let Some(id) = id(field(fields, Slot::Id)) else {
                tally.count(Reason::BadId, line);
                return Ok(());
            };
            let name = match field(fields, Slot::Title) {
                "" => field(fields, Slot::SourceValue),
                name => name,
            };
            keep(&mut self.care_sites, id, name.into(), tally, line);
            Ok(())
        })?;
        Ok(tally)
    }

    /// Reads the providers; adds the concepts that they use.
    pub(crate) fn read_providers(
        &mut self,
        file: Source<'_>,
        used: &mut FxHashSet<i64>,
        meter: &Meter,
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        each_row(file, meter, &mut tally, &mut |tally, line, fields| {
            let Some(key) = id(field(fields, Slot::Id)) else {
                tally.count(Reason::BadId, line);
                return Ok(());
            };
            let provider = Provider {
                specialty: [
                    id(field(fields, Slot::Concept)),
                    id(field(fields, Slot::SourceConcept)),
                ],
                specialty_source: field(fields, Slot::SourceValue).into(),
                gender: id(field(fields, Slot::GenderConcept)),
                gender_source: field(fields, Slot::GenderSource).into(),
                year_of_birth: field(fields, Slot::YearOfBirth).into(),
                care_site: id(field(fields, Slot::CareSite)),
            };
            used.extend(
                provider
                    .specialty
                    .iter()
                    .chain([&provider.gender])
                    .flatten(),
            );
            keep(&mut self.providers, key, provider, tally, line);
            Ok(())
        })?;
        Ok(tally)
    }

    /// Reads the concepts that are used.
    pub(crate) fn read_concepts(
        &mut self,
        files: &[Source<'_>],
        used: &FxHashSet<i64>,
        meter: &Meter,
    ) -> Result<Tally> {
        self.concepts = Concepts::standard();
        let mut tally = Tally::default();
        let mut seen = FxHashSet::default();
        for file in files {
            each_row(*file, meter, &mut tally, &mut |tally, line, fields| {
                match id(field(fields, Slot::Id)) {
                    None => tally.count(Reason::BadId, line),
                    Some(id) if !used.contains(&id) => tally.count(Reason::NotUsed, line),
                    Some(id) if !seen.insert(id) => tally.count(Reason::Repeated, line),
                    Some(id) => {
                        let [vocabulary, code, name] =
                            [Slot::Vocabulary, Slot::Code, Slot::Title].map(|s| field(fields, s));
                        self.concepts.add(id, vocabulary, code, name);
                        tally.used += 1;
                    }
                }
                Ok(())
            })?;
        }
        Ok(tally)
    }
}

impl Lookup {
    /// Reads what codes mean.
    pub(crate) fn read_descriptions(&mut self, file: Source<'_>, meter: &Meter) -> Result<Tally> {
        let mut tally = Tally::default();
        each_row(file, meter, &mut tally, &mut |tally, line, fields| {
            let [code, description] = [Slot::Code, Slot::Title].map(|s| field(fields, s));
            if code.is_empty() || description.is_empty() {
                tally.count(Reason::NotUsed, line);
            } else if let Entry::Vacant(place) = self.descriptions.entry(code.into()) {
                place.insert(description.into());
                tally.used += 1;
            } else {
                tally.count(Reason::Repeated, line);
            }
            Ok(())
        })?;
        Ok(tally)
    }
}

/// Keeps the first of several rows for one id.
fn keep<T>(map: &mut FxHashMap<i64, T>, id: i64, value: T, tally: &mut Tally, line: TableLine) {
    if let Entry::Vacant(place) = map.entry(id) {
        place.insert(value);
        tally.used += 1;
    } else {
        tally.count(Reason::Duplicate, line);
    }
}
