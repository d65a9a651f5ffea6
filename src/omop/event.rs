//! What a row says: code, name, value, unit, attributes.
//!
//! In: a row and the look-up tables. Out: the parts of an event. The code is the standard concept's; where that is 0,
//! missing or not in the concept table, the source concept's; else `SOURCE/` and the source value. What the code does
//! not tell of the row's concepts (an unknown concept's id, another source code) becomes an attribute.

use std::borrow::Cow;

use super::cell::id;
use super::concepts::{Concept, DEATH};
use super::lookup::Lookup;
use super::report::Reason;
use super::slots::Slot;
use super::spill::Packed;
use super::tables::Table;

/// The parts of an event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) code: Cow<'a, str>,
    pub(crate) name: Cow<'a, str>,
    pub(crate) unit: &'a str,
    pub(crate) text: Cow<'a, str>,
    /// Who, where and in which visit: what an interval's second event repeats.
    pub(crate) references: Vec<(&'a str, &'a str)>,
    /// Everything else.
    pub(crate) attributes: Vec<(&'a str, Cow<'a, str>)>,
    pub(crate) doubt: Option<Reason>,
}

/// Reads a row of an event table.
pub(crate) fn read<'a>(row: &Packed<'a>, lookup: &'a Lookup) -> Parts<'a> {
    let mut parts = Parts {
        references: references(row),
        ..Parts::default()
    };
    match row.table {
        Table::Death => death(row, lookup, &mut parts),
        Table::Note => note(row, lookup, &mut parts),
        Table::Meds => meds(row, lookup, &mut parts),
        Table::VisitOccurrence | Table::VisitDetail if !row.get(Slot::Code).is_empty() => {
            with_own_code(row, lookup, &mut parts);
            parts.unit = row.get(Slot::UnitSource);
            further_values(row, "", &mut parts);
        }
        _ => {
            coded(row, lookup, &mut parts);
            value(row, lookup, &mut parts);
        }
    }
    for attribute in row.table.spec().attributes {
        if attribute.name == "operator" && is_compared(&parts.text) {
            continue;
        }
        let concept = attribute.concept.map(|slot| row.get(slot));
        let text = attribute.text.map_or("", |slot| row.get(slot));
        let shown = concept_or(lookup, concept.unwrap_or_default(), text);
        if !shown.is_empty() {
            parts.attributes.push((attribute.name, shown));
        }
    }
    parts
}

fn references<'a>(row: &Packed<'a>) -> Vec<(&'a str, &'a str)> {
    let (visit, detail) = match row.table {
        Table::VisitOccurrence => (row.get(Slot::Id), ""),
        Table::VisitDetail => (row.get(Slot::Visit), row.get(Slot::Id)),
        _ => (row.get(Slot::Visit), row.get(Slot::VisitDetail)),
    };
    [
        ("visit_id", visit),
        ("visit_detail_id", detail),
        ("provider_id", row.get(Slot::Provider)),
        ("care_site_id", row.get(Slot::CareSite)),
        (
            "note_id",
            if matches!(row.table, Table::Note | Table::Meds) {
                row.get(Slot::Id)
            } else {
                ""
            },
        ),
    ]
    .into_iter()
    .filter(|(_, text)| !matches!(*text, "" | "0"))
    .collect()
}

/// A concept's name, else the source text, else the number of the concept that is not known.
fn concept_or<'a>(lookup: &'a Lookup, concept: &'a str, text: &'a str) -> Cow<'a, str> {
    let id = id(concept);
    match lookup.concepts.name(id) {
        Some(name) => Cow::Borrowed(name),
        None if !text.is_empty() => Cow::Borrowed(text),
        None => match id {
            Some(id) if id != 0 => Cow::Owned(format!("OMOP/{id}")),
            _ => Cow::Borrowed(""),
        },
    }
}

/// The first concept that has a code.
fn with_code<'a>(lookup: &'a Lookup, ids: &[Option<i64>]) -> Option<&'a Concept> {
    ids.iter()
        .find_map(|id| lookup.concepts.get(*id).filter(|c| !c.code.is_empty()))
}

fn coded<'a>(row: &Packed<'a>, lookup: &'a Lookup, parts: &mut Parts<'a>) {
    let standard = id(row.get(Slot::Concept)).filter(|id| *id != 0);
    let source = id(row.get(Slot::SourceConcept)).filter(|id| *id != 0);
    let value = row.get(Slot::SourceValue);
    let is_stay = matches!(row.table, Table::VisitOccurrence | Table::VisitDetail);
    let Some(main) = with_code(lookup, &[standard, source]) else {
        if standard.or(source).is_some() {
            parts.doubt = Some(Reason::UnknownConcept);
        }
        if let Some(id) = standard.or(source) {
            parts
                .attributes
                .push(("concept_id", Cow::Owned(id.to_string())));
        }
        match (value, standard.or(source)) {
            ("", Some(id)) => parts.code = Cow::Owned(format!("OMOP/{id}")),
            ("", None) => {}
            (value, _) => {
                parts.code = Cow::Owned(format!("SOURCE/{value}"));
                // The source value of a visit is its number, not a name.
                if !is_stay {
                    parts.name = Cow::Borrowed(value);
                }
            }
        }
        return;
    };
    parts.code = Cow::Borrowed(&main.code);
    parts.name = Cow::Borrowed(&main.name);
    if let Some(id) = standard
        && lookup.concepts.get(standard).is_none()
    {
        parts
            .attributes
            .push(("concept_id", Cow::Owned(id.to_string())));
    }
    match with_code(lookup, &[source]) {
        Some(other) if other.code != main.code => parts
            .attributes
            .push(("source_code", Cow::Borrowed(&other.code))),
        None if !is_stay
            && !value.is_empty()
            && value != main.bare_code()
            && value != &*main.name =>
        {
            parts
                .attributes
                .push(("source_value", Cow::Borrowed(value)));
        }
        Some(_) | None => {}
    }
}

/// The value as written: the number, else the text, else the concept's name, else the source value.
fn value<'a>(row: &Packed<'a>, lookup: &'a Lookup, parts: &mut Parts<'a>) {
    let unit = id(row.get(Slot::UnitConcept));
    parts.unit = match lookup.concepts.get(unit).map(Concept::bare_code) {
        Some(code) if !code.is_empty() => code,
        _ => row.get(Slot::UnitSource),
    };
    let concept = id(row.get(Slot::ValueConcept)).filter(|id| *id != 0);
    let known = lookup.concepts.get(concept);
    let name = known.map_or("", |c| &*c.name);
    let (number, text, source) = (
        row.get(Slot::Number),
        row.get(Slot::Text),
        row.get(Slot::ValueSource),
    );
    let shown = [number, text, name, source]
        .into_iter()
        .find(|t| !t.is_empty())
        .unwrap_or("");
    parts.text = Cow::Borrowed(shown);
    // `60` of `>60` is another finding: the operator is a part of the value.
    let operator = lookup.concepts.name(id(row.get(Slot::OperatorConcept)));
    if let Some(operator) = operator.filter(|o| is_compared(o))
        && !number.is_empty()
        && !is_compared(number)
    {
        parts.text = Cow::Owned(format!("{operator}{number}"));
    }
    let shown = &*parts.text.clone();
    if !text.is_empty() && !alike(text, shown) {
        parts.attributes.push(("value_text", Cow::Borrowed(text)));
    }
    match (known, concept) {
        (Some(c), _) => {
            if !c.code.is_empty() {
                parts
                    .attributes
                    .push(("value_code", Cow::Borrowed(&c.code)));
            }
            if name != shown {
                parts.attributes.push(("value_name", Cow::Borrowed(name)));
            }
        }
        (None, Some(id)) => parts
            .attributes
            .push(("value_code", Cow::Owned(format!("OMOP/{id}")))),
        (None, None) => {}
    }
    if !source.is_empty() && !alike(source, shown) && !alike(source, number) && source != name {
        parts
            .attributes
            .push(("value_source", Cow::Borrowed(source)));
    }
}

/// Whether a value says that it is above or below a number.
fn is_compared(value: &str) -> bool {
    value.starts_with(['<', '>', '\u{2264}', '\u{2265}'])
}

/// Whether two values are the same text or the same number.
fn alike(a: &str, b: &str) -> bool {
    a == b
        || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if a.to_bits() == b.to_bits())
}

fn note<'a>(row: &Packed<'a>, lookup: &'a Lookup, parts: &mut Parts<'a>) {
    let class = lookup.concepts.get(id(row.get(Slot::Concept)));
    let kind = lookup.concepts.get(id(row.get(Slot::NoteTypeConcept)));
    let (title, source) = (row.get(Slot::Title), row.get(Slot::SourceValue));
    let class_name = class.map_or("", |c| &*c.name);
    let local = if source.is_empty() { title } else { source };
    parts.name = Cow::Borrowed(
        [title, class_name, source, kind.map_or("", |c| &*c.name)]
            .into_iter()
            .find(|t| !t.is_empty())
            .unwrap_or(""),
    );
    parts.code = match [class, kind]
        .into_iter()
        .flatten()
        .find(|c| !c.code.is_empty())
    {
        Some(concept) => Cow::Borrowed(&concept.code),
        None if !local.is_empty() => Cow::Owned(format!("SOURCE/{local}")),
        None => Cow::Borrowed(""),
    };
    if class.is_none()
        && let Some(id) = id(row.get(Slot::Concept)).filter(|id| *id != 0)
    {
        parts.doubt = Some(Reason::UnknownConcept);
        parts
            .attributes
            .push(("concept_id", Cow::Owned(id.to_string())));
    }
    if !class_name.is_empty() && class_name != parts.name {
        parts
            .attributes
            .push(("note_class", Cow::Borrowed(class_name)));
    }
    if !source.is_empty() && source != parts.name {
        parts
            .attributes
            .push(("source_value", Cow::Borrowed(source)));
    }
    parts.text = Cow::Borrowed(row.get(Slot::Text));
}

/// A row of MEDS has its code as it is; a number and a text may stand side by side.
fn meds<'a>(row: &Packed<'a>, lookup: &'a Lookup, parts: &mut Parts<'a>) {
    with_own_code(row, lookup, parts);
    parts.unit = row.get(Slot::UnitSource);
    let values = [Slot::Number, Slot::Text, Slot::ValueSource].map(|slot| row.get(slot));
    let shown = values.into_iter().find(|t| !t.is_empty()).unwrap_or("");
    parts.text = Cow::Borrowed(shown);
    further_values(row, shown, parts);
}

/// The values of a row beside the one that is shown, each under its own name.
fn further_values<'a>(row: &Packed<'a>, shown: &str, parts: &mut Parts<'a>) {
    for (slot, name) in [
        (Slot::Number, "value_number"),
        (Slot::Text, "value_text"),
        (Slot::ValueSource, "value_source"),
    ] {
        let text = row.get(slot);
        if !text.is_empty() && text != shown {
            parts.attributes.push((name, Cow::Borrowed(text)));
        }
    }
}

/// The code that the row itself holds, and what it means: as the list of codes says, else in its own words.
fn with_own_code<'a>(row: &Packed<'a>, lookup: &'a Lookup, parts: &mut Parts<'a>) {
    let code = row.get(Slot::Code);
    parts.code = Cow::Borrowed(code);
    parts.name = match (lookup.descriptions.get(code), row.get(Slot::Title)) {
        (Some(description), _) => Cow::Borrowed(description),
        (None, title) => Cow::Borrowed(title),
    };
}

fn death<'a>(row: &Packed<'a>, lookup: &'a Lookup, parts: &mut Parts<'a>) {
    parts.code = Cow::Borrowed(DEATH.0);
    parts.name = Cow::Borrowed(DEATH.1);
    let ids = [Slot::Concept, Slot::SourceConcept].map(|s| id(row.get(s)));
    let source = row.get(Slot::SourceValue);
    if let Some(cause) = with_code(lookup, &ids) {
        parts.text = Cow::Borrowed(&cause.name);
        parts
            .attributes
            .push(("cause_code", Cow::Borrowed(&cause.code)));
    } else if !source.is_empty() {
        parts.text = Cow::Borrowed(source);
        parts
            .attributes
            .push(("cause_code", Cow::Owned(format!("SOURCE/{source}"))));
    } else if let Some(id) = ids.into_iter().flatten().find(|id| *id != 0) {
        parts
            .attributes
            .push(("cause_code", Cow::Owned(format!("OMOP/{id}"))));
    }
}

#[cfg(test)]
mod tests;
