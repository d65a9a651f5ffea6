//! The words in which the mapping of tables is written: slots, attributes, intervals.
//!
//! In: nothing. Out: the types of the mapping in `specs`. A row of any table is a handful of slots; what a slot holds
//! (an id, a number, a day, words) says which texts in it stand for "nothing".

/// What a column means. Tables that say the same share a slot; what only one says has a slot of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Slot {
    Person,
    Id,
    Concept,
    SourceConcept,
    SourceValue,
    StartDate,
    StartDateTime,
    StartTime,
    EndDate,
    EndDateTime,
    Visit,
    VisitDetail,
    Provider,
    CareSite,
    Number,
    Text,
    ValueConcept,
    ValueSource,
    UnitConcept,
    UnitSource,
    Title,
    // Of an event; each becomes an attribute.
    NoteTypeConcept,
    AdmittedFromConcept,
    AdmittedFromSource,
    DischargedToConcept,
    DischargedToSource,
    StatusConcept,
    StatusSource,
    StopReason,
    RouteConcept,
    RouteSource,
    Quantity,
    DoseUnit,
    DaysSupply,
    Refills,
    Sig,
    OperatorConcept,
    RangeLow,
    RangeHigh,
    QualifierConcept,
    QualifierSource,
    ModifierConcept,
    ModifierSource,
    UniqueDevice,
    AnatomicSiteConcept,
    AnatomicSiteSource,
    DiseaseStatusConcept,
    DiseaseStatusSource,
    Accession,
    // Of a person, a plan, a provider, a concept.
    BirthDateTime,
    YearOfBirth,
    MonthOfBirth,
    DayOfBirth,
    GenderConcept,
    GenderSourceConcept,
    GenderSource,
    RaceConcept,
    RaceSourceConcept,
    RaceSource,
    EthnicityConcept,
    EthnicitySourceConcept,
    EthnicitySource,
    PlanConcept,
    PlanSource,
    Vocabulary,
    Code,
}

/// How many slots there are.
pub(crate) const SLOTS: usize = Slot::Code as usize + 1;

impl Slot {
    /// Whether it holds a concept's id.
    pub(crate) fn is_concept(self) -> bool {
        matches!(
            self,
            Slot::Concept
                | Slot::SourceConcept
                | Slot::ValueConcept
                | Slot::UnitConcept
                | Slot::NoteTypeConcept
                | Slot::AdmittedFromConcept
                | Slot::DischargedToConcept
                | Slot::StatusConcept
                | Slot::RouteConcept
                | Slot::OperatorConcept
                | Slot::QualifierConcept
                | Slot::ModifierConcept
                | Slot::AnatomicSiteConcept
                | Slot::DiseaseStatusConcept
                | Slot::GenderConcept
                | Slot::GenderSourceConcept
                | Slot::RaceConcept
                | Slot::RaceSourceConcept
                | Slot::EthnicityConcept
                | Slot::EthnicitySourceConcept
                | Slot::PlanConcept
        )
    }
}

/// What the end of an interval becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interval {
    /// The table has none.
    None,
    /// A second event, with this text.
    Event(&'static str),
    /// The attribute `end`.
    Attribute,
}

/// An attribute of an event that only some tables have.
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    /// The concept whose name it holds.
    pub(crate) concept: Option<Slot>,
    /// The text it holds when there is no concept, or it is unknown.
    pub(crate) text: Option<Slot>,
}

/// What is read of a table.
pub(crate) struct Spec {
    /// The `type` of its events; empty for tables that make none.
    pub(crate) event: &'static str,
    /// The columns, each with the names it has in CDM 5.4 and 5.3, separated by a blank.
    pub(crate) columns: &'static [(Slot, &'static str)],
    /// A table without one of these cannot be read. One of the slots of a group is enough.
    pub(crate) required: &'static [&'static [Slot]],
    pub(crate) interval: Interval,
    pub(crate) attributes: &'static [Attribute],
}

impl Spec {
    /// The first name of a slot's column.
    pub(crate) fn column(&self, slot: Slot) -> &'static str {
        self.columns
            .iter()
            .find(|(s, _)| *s == slot)
            .and_then(|(_, names)| names.split(' ').next())
            .unwrap_or("?")
    }
}
