use super::*;
use crate::omop::concepts::Concepts;
use crate::omop::report::TableLine;
use crate::omop::slots::SLOTS;

fn lookup() -> Lookup {
    let mut concepts = Concepts::standard();
    concepts.add(10, "LOINC", "8480-6", "Systolic blood pressure");
    concepts.add(11, "ICD9CM", "787.91", "Diarrhea");
    concepts.add(12, "SNOMED", "62315008", "Diarrhea");
    concepts.add(13, "SNOMED", "10828004", "Positive");
    concepts.add(14, "UCUM", "mm[Hg]", "millimeter mercury column");
    Lookup {
        concepts,
        ..Lookup::default()
    }
}

fn row<'a>(table: Table, fields: &[(Slot, &'a str)]) -> Packed<'a> {
    let mut all = [""; SLOTS];
    for (slot, text) in fields {
        all[*slot as usize] = text;
    }
    Packed {
        table,
        line: TableLine::new(0, 2),
        fields: all,
    }
}

fn attributes<'p>(parts: &'p Parts<'_>) -> Vec<(&'p str, &'p str)> {
    parts.attributes.iter().map(|(k, v)| (*k, &**v)).collect()
}

#[test]
fn a_measurement_keeps_value_unit_operator_and_range() {
    let lookup = lookup();
    let parts = read(
        &row(
            Table::Measurement,
            &[
                (Slot::Concept, "10"),
                (Slot::SourceConcept, "10"),
                (Slot::SourceValue, "8480-6"),
                (Slot::Number, "48.10"),
                (Slot::ValueSource, "48.1"),
                (Slot::ValueConcept, "13"),
                (Slot::UnitConcept, "14"),
                (Slot::UnitSource, "mmHg"),
                (Slot::OperatorConcept, "4171756"),
                (Slot::RangeLow, "90"),
                (Slot::RangeHigh, "140"),
                (Slot::Visit, "-5"),
                (Slot::Provider, "0"),
            ],
        ),
        &lookup,
    );
    assert_eq!(
        (&*parts.code, &*parts.name),
        ("LOINC/8480-6", "Systolic blood pressure")
    );
    assert_eq!((&*parts.text, parts.unit), ("<48.10", "mm[Hg]"));
    assert_eq!(parts.references, [("visit_id", "-5")]);
    assert_eq!(
        attributes(&parts),
        [
            ("value_code", "SNOMED/10828004"),
            ("value_name", "Positive"),
            ("range_low", "90"),
            ("range_high", "140")
        ]
    );
}

#[test]
fn codes_fall_back_to_the_source() {
    let lookup = lookup();
    let condition = |standard, source, value| {
        let row = row(
            Table::ConditionOccurrence,
            &[
                (Slot::Concept, standard),
                (Slot::SourceConcept, source),
                (Slot::SourceValue, value),
            ],
        );
        let parts = read(&row, &lookup);
        let attributes: Vec<String> = parts
            .attributes
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        (
            parts.code.into_owned(),
            parts.name.into_owned(),
            attributes.join(" "),
            parts.doubt,
        )
    };
    let own = |a: &str, b: &str, c: &str, d| (a.to_owned(), b.to_owned(), c.to_owned(), d);
    let unknown = Some(Reason::UnknownConcept);
    assert_eq!(
        condition("12", "11", "78791"),
        own(
            "SNOMED/62315008",
            "Diarrhea",
            "source_code=ICD9CM/787.91",
            None
        )
    );
    assert_eq!(
        condition("12", "0", "78791"),
        own("SNOMED/62315008", "Diarrhea", "source_value=78791", None)
    );
    assert_eq!(
        condition("0", "11", "787.91"),
        own("ICD9CM/787.91", "Diarrhea", "", None)
    );
    assert_eq!(
        condition("99", "11", "787.91"),
        own("ICD9CM/787.91", "Diarrhea", "concept_id=99", None)
    );
    assert_eq!(
        condition("0", "", "78791"),
        own("SOURCE/78791", "78791", "", None)
    );
    assert_eq!(
        condition("99", "", "78791"),
        own("SOURCE/78791", "78791", "concept_id=99", unknown)
    );
    assert_eq!(
        condition("99", "", ""),
        own("OMOP/99", "", "concept_id=99", unknown)
    );
    assert_eq!(condition("0", "0", ""), own("", "", "", None));
}

#[test]
fn notes_have_title_class_type_and_text() {
    let lookup = lookup();
    let parts = read(
        &row(
            Table::Note,
            &[
                (Slot::Id, "123"),
                (Slot::Concept, "10"),
                (Slot::NoteTypeConcept, "13"),
                (Slot::Title, "ED Provider Notes"),
                (Slot::Text, " line\nline "),
            ],
        ),
        &lookup,
    );
    assert_eq!(
        (&*parts.code, &*parts.name),
        ("LOINC/8480-6", "ED Provider Notes")
    );
    assert_eq!(&*parts.text, " line\nline ");
    assert_eq!(parts.references, [("note_id", "123")]);
    assert_eq!(
        attributes(&parts),
        [
            ("note_class", "Systolic blood pressure"),
            ("note_type", "Positive")
        ]
    );
}

#[test]
fn a_death_names_its_cause() {
    let lookup = lookup();
    let parts = read(&row(Table::Death, &[(Slot::Concept, "12")]), &lookup);
    assert_eq!(
        (&*parts.code, &*parts.name, &*parts.text),
        ("SNOMED/419620001", "Death", "Diarrhea")
    );
    assert_eq!(attributes(&parts), [("cause_code", "SNOMED/62315008")]);
}
