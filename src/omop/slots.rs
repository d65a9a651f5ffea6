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
    /// The type of an event whose table does not say it.
    Kind,
    /// Facts of a person beyond those that have columns: a name, a tab and a value a line.
    Facts,
    Code,
}

/// How many slots there are.
pub(crate) const SLOTS: usize = Slot::Code as usize + 1;

/// What a column holds, which says what means "nothing" in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Id,
    Concept,
    Number,
    Date,
    /// A few words: a name, a code.
    Word,
    /// Free text.
    Text,
}

impl Slot {
    pub(crate) fn holds(self) -> Holds {
        match self {
            Slot::Person
            | Slot::Id
            | Slot::Visit
            | Slot::VisitDetail
            | Slot::Provider
            | Slot::CareSite => Holds::Id,
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
            | Slot::PlanConcept => Holds::Concept,
            Slot::Number
            | Slot::Quantity
            | Slot::DaysSupply
            | Slot::Refills
            | Slot::RangeLow
            | Slot::RangeHigh
            | Slot::YearOfBirth
            | Slot::MonthOfBirth
            | Slot::DayOfBirth => Holds::Number,
            Slot::StartDate
            | Slot::StartDateTime
            | Slot::StartTime
            | Slot::EndDate
            | Slot::EndDateTime
            | Slot::BirthDateTime => Holds::Date,
            Slot::Text | Slot::Facts => Holds::Text,
            Slot::SourceValue
            | Slot::ValueSource
            | Slot::UnitSource
            | Slot::Title
            | Slot::AdmittedFromSource
            | Slot::DischargedToSource
            | Slot::StatusSource
            | Slot::StopReason
            | Slot::RouteSource
            | Slot::DoseUnit
            | Slot::Sig
            | Slot::QualifierSource
            | Slot::ModifierSource
            | Slot::UniqueDevice
            | Slot::AnatomicSiteSource
            | Slot::DiseaseStatusSource
            | Slot::Accession
            | Slot::GenderSource
            | Slot::RaceSource
            | Slot::EthnicitySource
            | Slot::PlanSource
            | Slot::Vocabulary
            | Slot::Kind
            | Slot::Code => Holds::Word,
        }
    }

    /// Whether it holds a concept's id.
    pub(crate) fn is_concept(self) -> bool {
        self.holds() == Holds::Concept
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
