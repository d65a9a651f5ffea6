//! What is read of a MEDS dataset: its events, and what their codes mean.
//!
//! In: nothing. Out: a [`Spec`] for each.

use super::{Interval, PERSON, Slot, Spec};

pub(super) const EVENTS: Spec = Spec {
    event: "",
    columns: &[
        (Slot::Person, "subject_id patient_id"),
        (Slot::StartDateTime, "time"),
        (Slot::EndDateTime, "end end_time"),
        (Slot::Code, "code"),
        (Slot::Number, "numeric_value"),
        (Slot::Text, "text_value"),
        (Slot::ValueSource, "value"),
        (Slot::UnitSource, "unit"),
        (
            Slot::Visit,
            "visit_id visit_occurrence_id hadm_id encounter_id",
        ),
        (Slot::Provider, "provider_id"),
        (Slot::CareSite, "care_site_id"),
        (Slot::Id, "note_id"),
        (Slot::Kind, "table omop_table"),
    ],
    required: &[PERSON, &[Slot::StartDateTime], &[Slot::Code]],
    interval: Interval::Attribute,
    attributes: &[],
};

pub(super) const CODES: Spec = Spec {
    event: "",
    columns: &[(Slot::Code, "code"), (Slot::Title, "description")],
    required: &[&[Slot::Code], &[Slot::Title]],
    interval: Interval::None,
    attributes: &[],
};
