//! What is read of each table: which columns, and what they become.
//!
//! In: nothing; this is the mapping itself. Out: a [`Spec`] for each table. A column that is not here is not imported:
//! ids of rows other than visits and notes, type concepts other than a note's, and links between events.

use super::slots::{Attribute, Interval, Slot, Spec};

const fn text(name: &'static str, slot: Slot) -> Attribute {
    Attribute {
        name,
        concept: None,
        text: Some(slot),
    }
}

const fn named(name: &'static str, concept: Slot, source: Option<Slot>) -> Attribute {
    Attribute {
        name,
        concept: Some(concept),
        text: source,
    }
}

const PERSON: &[Slot] = &[Slot::Person];
const ID: &[Slot] = &[Slot::Id];
const START: &[Slot] = &[Slot::StartDate, Slot::StartDateTime];
const CODE: &[Slot] = &[Slot::Concept, Slot::SourceConcept, Slot::SourceValue];

/// In the order of [`Table`].
pub(super) static SPECS: [Spec; 17] = [
    Spec {
        event: "",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::YearOfBirth, "year_of_birth"),
            (Slot::MonthOfBirth, "month_of_birth"),
            (Slot::DayOfBirth, "day_of_birth"),
            (Slot::BirthDateTime, "birth_datetime"),
            (Slot::GenderConcept, "gender_concept_id"),
            (Slot::GenderSourceConcept, "gender_source_concept_id"),
            (Slot::GenderSource, "gender_source_value"),
            (Slot::RaceConcept, "race_concept_id"),
            (Slot::RaceSourceConcept, "race_source_concept_id"),
            (Slot::RaceSource, "race_source_value"),
            (Slot::EthnicityConcept, "ethnicity_concept_id"),
            (Slot::EthnicitySourceConcept, "ethnicity_source_concept_id"),
            (Slot::EthnicitySource, "ethnicity_source_value"),
        ],
        required: &[PERSON],
        interval: Interval::None,
        attributes: &[],
    },
    Spec {
        event: "",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "payer_plan_period_id"),
            (Slot::StartDate, "payer_plan_period_start_date"),
            (Slot::EndDate, "payer_plan_period_end_date"),
            (Slot::Concept, "payer_concept_id"),
            (Slot::SourceConcept, "payer_source_concept_id"),
            (Slot::SourceValue, "payer_source_value"),
            (Slot::PlanConcept, "plan_concept_id"),
            (Slot::PlanSource, "plan_source_value"),
        ],
        required: &[PERSON, START],
        interval: Interval::None,
        attributes: &[],
    },
    Spec {
        event: "visit",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "visit_occurrence_id"),
            (Slot::Concept, "visit_concept_id"),
            (Slot::SourceConcept, "visit_source_concept_id"),
            (Slot::SourceValue, "visit_source_value"),
            (Slot::StartDate, "visit_start_date"),
            (Slot::StartDateTime, "visit_start_datetime"),
            (Slot::EndDate, "visit_end_date"),
            (Slot::EndDateTime, "visit_end_datetime"),
            (Slot::Provider, "provider_id"),
            (Slot::CareSite, "care_site_id"),
            (
                Slot::AdmittedFromConcept,
                "admitted_from_concept_id admitting_source_concept_id",
            ),
            (
                Slot::AdmittedFromSource,
                "admitted_from_source_value admitting_source_value",
            ),
            (
                Slot::DischargedToConcept,
                "discharged_to_concept_id discharge_to_concept_id",
            ),
            (
                Slot::DischargedToSource,
                "discharged_to_source_value discharge_to_source_value",
            ),
        ],
        required: &[PERSON, ID, START],
        interval: Interval::Event("end"),
        attributes: &[
            named(
                "admitted_from",
                Slot::AdmittedFromConcept,
                Some(Slot::AdmittedFromSource),
            ),
            named(
                "discharged_to",
                Slot::DischargedToConcept,
                Some(Slot::DischargedToSource),
            ),
        ],
    },
    Spec {
        event: "visit_detail",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "visit_detail_id"),
            (Slot::Concept, "visit_detail_concept_id"),
            (Slot::SourceConcept, "visit_detail_source_concept_id"),
            (Slot::SourceValue, "visit_detail_source_value"),
            (Slot::StartDate, "visit_detail_start_date"),
            (Slot::StartDateTime, "visit_detail_start_datetime"),
            (Slot::EndDate, "visit_detail_end_date"),
            (Slot::EndDateTime, "visit_detail_end_datetime"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::Provider, "provider_id"),
            (Slot::CareSite, "care_site_id"),
            (
                Slot::AdmittedFromConcept,
                "admitted_from_concept_id admitting_source_concept_id",
            ),
            (
                Slot::AdmittedFromSource,
                "admitted_from_source_value admitting_source_value",
            ),
            (
                Slot::DischargedToConcept,
                "discharged_to_concept_id discharge_to_concept_id",
            ),
            (
                Slot::DischargedToSource,
                "discharged_to_source_value discharge_to_source_value",
            ),
        ],
        required: &[PERSON, START],
        interval: Interval::Event("end"),
        attributes: &[
            named(
                "admitted_from",
                Slot::AdmittedFromConcept,
                Some(Slot::AdmittedFromSource),
            ),
            named(
                "discharged_to",
                Slot::DischargedToConcept,
                Some(Slot::DischargedToSource),
            ),
        ],
    },
    Spec {
        event: "condition",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "condition_occurrence_id"),
            (Slot::Concept, "condition_concept_id"),
            (Slot::SourceConcept, "condition_source_concept_id"),
            (Slot::SourceValue, "condition_source_value"),
            (Slot::StartDate, "condition_start_date"),
            (Slot::StartDateTime, "condition_start_datetime"),
            (Slot::EndDate, "condition_end_date"),
            (Slot::EndDateTime, "condition_end_datetime"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::VisitDetail, "visit_detail_id"),
            (Slot::Provider, "provider_id"),
            (Slot::StatusConcept, "condition_status_concept_id"),
            (Slot::StatusSource, "condition_status_source_value"),
            (Slot::StopReason, "stop_reason"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::Attribute,
        attributes: &[
            named("status", Slot::StatusConcept, Some(Slot::StatusSource)),
            text("stop_reason", Slot::StopReason),
        ],
    },
    Spec {
        event: "drug_exposure",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "drug_exposure_id"),
            (Slot::Concept, "drug_concept_id"),
            (Slot::SourceConcept, "drug_source_concept_id"),
            (Slot::SourceValue, "drug_source_value"),
            (Slot::StartDate, "drug_exposure_start_date"),
            (Slot::StartDateTime, "drug_exposure_start_datetime"),
            (Slot::EndDate, "drug_exposure_end_date"),
            (Slot::EndDateTime, "drug_exposure_end_datetime"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::VisitDetail, "visit_detail_id"),
            (Slot::Provider, "provider_id"),
            (Slot::RouteConcept, "route_concept_id"),
            (Slot::RouteSource, "route_source_value"),
            (Slot::Quantity, "quantity"),
            (Slot::DoseUnit, "dose_unit_source_value"),
            (Slot::DaysSupply, "days_supply"),
            (Slot::Refills, "refills"),
            (Slot::Sig, "sig"),
            (Slot::StopReason, "stop_reason"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::Event("stop"),
        attributes: &[
            text("quantity", Slot::Quantity),
            text("dose_unit", Slot::DoseUnit),
            named("route", Slot::RouteConcept, Some(Slot::RouteSource)),
            text("days_supply", Slot::DaysSupply),
            text("refills", Slot::Refills),
            text("sig", Slot::Sig),
            text("stop_reason", Slot::StopReason),
        ],
    },
    Spec {
        event: "measurement",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "measurement_id"),
            (Slot::Concept, "measurement_concept_id"),
            (Slot::SourceConcept, "measurement_source_concept_id"),
            (Slot::SourceValue, "measurement_source_value"),
            (Slot::StartDate, "measurement_date"),
            (Slot::StartDateTime, "measurement_datetime"),
            (Slot::StartTime, "measurement_time"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::VisitDetail, "visit_detail_id"),
            (Slot::Provider, "provider_id"),
            (Slot::Number, "value_as_number"),
            (Slot::ValueConcept, "value_as_concept_id"),
            (Slot::ValueSource, "value_source_value"),
            (Slot::UnitConcept, "unit_concept_id"),
            (Slot::UnitSource, "unit_source_value"),
            (Slot::OperatorConcept, "operator_concept_id"),
            (Slot::RangeLow, "range_low"),
            (Slot::RangeHigh, "range_high"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::None,
        attributes: &[
            named("operator", Slot::OperatorConcept, None),
            text("range_low", Slot::RangeLow),
            text("range_high", Slot::RangeHigh),
        ],
    },
    Spec {
        event: "observation",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "observation_id"),
            (Slot::Concept, "observation_concept_id"),
            (Slot::SourceConcept, "observation_source_concept_id"),
            (Slot::SourceValue, "observation_source_value"),
            (Slot::StartDate, "observation_date"),
            (Slot::StartDateTime, "observation_datetime"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::VisitDetail, "visit_detail_id"),
            (Slot::Provider, "provider_id"),
            (Slot::Number, "value_as_number"),
            (Slot::Text, "value_as_string"),
            (Slot::ValueConcept, "value_as_concept_id"),
            (Slot::ValueSource, "value_source_value"),
            (Slot::UnitConcept, "unit_concept_id"),
            (Slot::UnitSource, "unit_source_value"),
            (Slot::QualifierConcept, "qualifier_concept_id"),
            (Slot::QualifierSource, "qualifier_source_value"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::None,
        attributes: &[named(
            "qualifier",
            Slot::QualifierConcept,
            Some(Slot::QualifierSource),
        )],
    },
    Spec {
        event: "procedure",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "procedure_occurrence_id"),
            (Slot::Concept, "procedure_concept_id"),
            (Slot::SourceConcept, "procedure_source_concept_id"),
            (Slot::SourceValue, "procedure_source_value"),
            (Slot::StartDate, "procedure_date"),
            (Slot::StartDateTime, "procedure_datetime"),
            (Slot::EndDate, "procedure_end_date"),
            (Slot::EndDateTime, "procedure_end_datetime"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::VisitDetail, "visit_detail_id"),
            (Slot::Provider, "provider_id"),
            (Slot::ModifierConcept, "modifier_concept_id"),
            (Slot::ModifierSource, "modifier_source_value"),
            (Slot::Quantity, "quantity"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::Attribute,
        attributes: &[
            named(
                "modifier",
                Slot::ModifierConcept,
                Some(Slot::ModifierSource),
            ),
            text("quantity", Slot::Quantity),
        ],
    },
    Spec {
        event: "device_exposure",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "device_exposure_id"),
            (Slot::Concept, "device_concept_id"),
            (Slot::SourceConcept, "device_source_concept_id"),
            (Slot::SourceValue, "device_source_value"),
            (Slot::StartDate, "device_exposure_start_date"),
            (Slot::StartDateTime, "device_exposure_start_datetime"),
            (Slot::EndDate, "device_exposure_end_date"),
            (Slot::EndDateTime, "device_exposure_end_datetime"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::VisitDetail, "visit_detail_id"),
            (Slot::Provider, "provider_id"),
            (Slot::UnitConcept, "unit_concept_id"),
            (Slot::UnitSource, "unit_source_value"),
            (Slot::UniqueDevice, "unique_device_id"),
            (Slot::Quantity, "quantity"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::Attribute,
        attributes: &[
            text("unique_device_id", Slot::UniqueDevice),
            text("quantity", Slot::Quantity),
        ],
    },
    Spec {
        event: "specimen",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "specimen_id"),
            (Slot::Concept, "specimen_concept_id"),
            (Slot::SourceValue, "specimen_source_value"),
            (Slot::StartDate, "specimen_date"),
            (Slot::StartDateTime, "specimen_datetime"),
            (Slot::Number, "quantity"),
            (Slot::UnitConcept, "unit_concept_id"),
            (Slot::UnitSource, "unit_source_value"),
            (Slot::AnatomicSiteConcept, "anatomic_site_concept_id"),
            (Slot::AnatomicSiteSource, "anatomic_site_source_value"),
            (Slot::DiseaseStatusConcept, "disease_status_concept_id"),
            (Slot::DiseaseStatusSource, "disease_status_source_value"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::None,
        attributes: &[
            named(
                "anatomic_site",
                Slot::AnatomicSiteConcept,
                Some(Slot::AnatomicSiteSource),
            ),
            named(
                "disease_status",
                Slot::DiseaseStatusConcept,
                Some(Slot::DiseaseStatusSource),
            ),
        ],
    },
    Spec {
        event: "image",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "image_occurrence_id"),
            (Slot::Concept, "modality_concept_id"),
            (Slot::SourceValue, "modality_source_value"),
            (Slot::StartDate, "image_occurrence_date procedure_date"),
            (
                Slot::StartDateTime,
                "image_occurrence_datetime procedure_datetime",
            ),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::AnatomicSiteSource, "anatomic_site_source_value"),
            (Slot::AnatomicSiteConcept, "anatomic_site_concept_id"),
            (Slot::Accession, "accession_id"),
        ],
        required: &[PERSON, START, CODE],
        interval: Interval::None,
        attributes: &[
            text("modality_source_value", Slot::SourceValue),
            named(
                "anatomic_site_source_value",
                Slot::AnatomicSiteConcept,
                Some(Slot::AnatomicSiteSource),
            ),
            text("accession_id", Slot::Accession),
        ],
    },
    Spec {
        event: "note",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Id, "note_id"),
            (Slot::Concept, "note_class_concept_id"),
            (Slot::NoteTypeConcept, "note_type_concept_id"),
            (Slot::SourceValue, "note_source_value"),
            (Slot::StartDate, "note_date"),
            (Slot::StartDateTime, "note_datetime"),
            (Slot::Visit, "visit_occurrence_id"),
            (Slot::VisitDetail, "visit_detail_id"),
            (Slot::Provider, "provider_id"),
            (Slot::Title, "note_title"),
            (Slot::Text, "note_text"),
        ],
        required: &[PERSON, START, &[Slot::Text]],
        interval: Interval::None,
        attributes: &[named("note_type", Slot::NoteTypeConcept, None)],
    },
    Spec {
        event: "death",
        columns: &[
            (Slot::Person, "person_id"),
            (Slot::Concept, "cause_concept_id"),
            (Slot::SourceConcept, "cause_source_concept_id"),
            (Slot::SourceValue, "cause_source_value"),
            (Slot::StartDate, "death_date"),
            (Slot::StartDateTime, "death_datetime"),
        ],
        required: &[PERSON, START],
        interval: Interval::None,
        attributes: &[],
    },
    Spec {
        event: "",
        columns: &[
            (Slot::Id, "care_site_id"),
            (Slot::Title, "care_site_name"),
            (Slot::SourceValue, "care_site_source_value"),
        ],
        required: &[ID],
        interval: Interval::None,
        attributes: &[],
    },
    Spec {
        event: "",
        columns: &[
            (Slot::Id, "provider_id"),
            (Slot::Concept, "specialty_concept_id"),
            (Slot::SourceConcept, "specialty_source_concept_id"),
            (Slot::SourceValue, "specialty_source_value"),
            (Slot::GenderConcept, "gender_concept_id"),
            (Slot::GenderSource, "gender_source_value"),
            (Slot::YearOfBirth, "year_of_birth"),
            (Slot::CareSite, "care_site_id"),
        ],
        required: &[ID],
        interval: Interval::None,
        attributes: &[],
    },
    Spec {
        event: "",
        columns: &[
            (Slot::Id, "concept_id"),
            (Slot::Title, "concept_name"),
            (Slot::Vocabulary, "vocabulary_id"),
            (Slot::Code, "concept_code"),
        ],
        required: &[ID, &[Slot::Title], &[Slot::Vocabulary], &[Slot::Code]],
        interval: Interval::None,
        attributes: &[],
    },
];

#[cfg(test)]
mod tests {
    use crate::omop::tables::Table;

    #[test]
    fn specs_stand_in_the_tables_order() {
        for (i, table) in Table::ALL.iter().enumerate() {
            assert_eq!(*table as usize, i);
            assert_eq!(Table::from_index(i as u8), Some(*table));
            let spec = table.spec();
            let prefix = table.name().split('_').next().expect("a name");
            assert!(
                spec.columns
                    .iter()
                    .any(|(_, names)| names.split(' ').any(|n| n.starts_with(prefix))),
                "{}",
                table.name()
            );
            for group in spec.required {
                assert!(group.iter().any(|s| spec.column(*s) != "?"));
            }
            for attribute in spec.attributes {
                for slot in [attribute.concept, attribute.text].into_iter().flatten() {
                    assert!(spec.columns.iter().any(|(s, _)| *s == slot));
                }
            }
        }
    }

    #[test]
    fn a_table_has_one_slot_for_a_column() {
        for table in Table::ALL {
            let mut slots: Vec<_> = table.spec().columns.iter().map(|(s, _)| s).collect();
            slots.sort();
            slots.dedup();
            assert_eq!(slots.len(), table.spec().columns.len(), "{}", table.name());
        }
    }
}
