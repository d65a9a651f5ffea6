//! What can be off with a row of a table, and what that means for it.
//!
//! In: nothing. Out: the reasons with their words, in a fixed order: those that leave a row out come first.

use serde::Serialize;

/// What was off with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub(crate) enum Reason {
    /// No readable person id.
    BadPerson,
    /// Fewer fields than the header.
    FieldCount,
    /// More fields than the header, and more than blank ones.
    SurplusFields,
    /// The next line is no row: a line break stands in this row's text without quotes, which would cut it.
    CutText,
    /// A date that may be day first or month first.
    SlashedDate,
    /// A year of two digits.
    ShortYear,
    /// A spreadsheet's number of a day.
    SerialDate,
    /// No readable id, where the table needs one.
    BadId,
    /// Neither a date nor a date with time.
    NoDate,
    /// The date is no date.
    BadDate,
    /// The person is not in the person table.
    UnknownPerson,
    /// A second row for one id in a table that has one row an id.
    Duplicate,
    /// The person was not chosen.
    NotChosen,
    /// A payer plan period in which the patient has no encounter.
    NoEncounter,
    /// A concept, care site or provider that nothing imported refers to.
    NotUsed,
    /// A concept that an earlier row gave already.
    Repeated,
    /// No readable year of birth: the ages are missing.
    BadBirth,
    /// The end is no date: the event has a start only.
    BadEnd,
    /// The end is before the start; both are kept as they are.
    EndBeforeStart,
    /// The time is unreadable and the date is not: the date was taken.
    BadTime,
    /// The visit id is no number: the event was placed by its time.
    BadVisit,
    /// No such visit in the visit table; the events of this id are still one encounter.
    UnknownVisit,
    /// The concept table has neither the concept nor its source concept: the source value stands for them.
    UnknownConcept,
    /// The date and the time stamp name two days; the date was taken.
    DatesDiffer,
    /// A count of seconds since 1970.
    EpochSeconds,
    /// Time stamps of one table have several offsets from UTC; all are taken as local.
    OffsetsDiffer,
    /// The subject has rows in an earlier file, too.
    SeveralFiles,
    /// A moment of UTC, of a column that says no other zone.
    StoredAsUtc,
    /// No column of values is known, and columns that are not known are there.
    ValuesNotRead,
    /// No column of values, in a table that is about values.
    NoValues,
    /// Backslashes that may stand for line breaks, tabs or one another.
    Backslashes,
    /// More fields than the header, all blank from where two versions of the CDM part.
    SurplusBlank,
    /// A concept, provider or place whose id is unreadable or was rounded.
    BadReference,
    /// A comma as decimal point.
    DecimalComma,
    /// Bytes that are not UTF-8 were read as Windows-1252.
    Latin1,
    /// Bytes that are not UTF-8 became U+FFFD.
    NotUtf8,
    /// Characters that XML cannot hold became U+FFFD.
    NotXml,
}

const REASONS: usize = Reason::NotXml as usize + 1;

impl Reason {
    pub(super) const ALL: [Reason; REASONS] = [
        Reason::BadPerson,
        Reason::FieldCount,
        Reason::SurplusFields,
        Reason::CutText,
        Reason::SlashedDate,
        Reason::ShortYear,
        Reason::SerialDate,
        Reason::BadId,
        Reason::NoDate,
        Reason::BadDate,
        Reason::UnknownPerson,
        Reason::Duplicate,
        Reason::NotChosen,
        Reason::NoEncounter,
        Reason::NotUsed,
        Reason::Repeated,
        Reason::BadBirth,
        Reason::BadEnd,
        Reason::EndBeforeStart,
        Reason::BadTime,
        Reason::BadVisit,
        Reason::UnknownVisit,
        Reason::UnknownConcept,
        Reason::DatesDiffer,
        Reason::EpochSeconds,
        Reason::OffsetsDiffer,
        Reason::SeveralFiles,
        Reason::StoredAsUtc,
        Reason::ValuesNotRead,
        Reason::NoValues,
        Reason::Backslashes,
        Reason::SurplusBlank,
        Reason::BadReference,
        Reason::DecimalComma,
        Reason::Latin1,
        Reason::NotUtf8,
        Reason::NotXml,
    ];

    /// Whether the row was left out.
    pub(crate) fn leaves_out(self) -> bool {
        self <= Reason::Repeated
    }

    /// Whether something is missing that the tables meant to say.
    pub(crate) fn is_defect(self) -> bool {
        self <= Reason::Duplicate
            || matches!(
                self,
                Reason::BadBirth
                    | Reason::BadEnd
                    | Reason::BadTime
                    | Reason::BadReference
                    | Reason::ValuesNotRead
            )
    }

    /// The reason in words.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Reason::BadPerson => "no readable person_id",
            Reason::FieldCount => {
                "fewer fields than the header: is a line break in a text without quotes?"
            }
            Reason::SurplusFields => {
                "more fields than the header: a delimiter or quote is not escaped, or the rows are of a newer CDM than the header"
            }
            Reason::CutText => {
                "the next line is no row: a line break in the text has no quotes, and the text would be cut"
            }
            Reason::SlashedDate => {
                "a date such as 01/02/2020: whether day or month comes first is not said"
            }
            Reason::ShortYear => "a date with a year of two digits, such as 02-JAN-20",
            Reason::SerialDate => "a spreadsheet's number of a day, such as 43832",
            Reason::BadId => "no readable id",
            Reason::NoDate => "no date",
            Reason::BadDate => "unreadable date",
            Reason::UnknownPerson => "the person is not in the person table",
            Reason::Duplicate => "a second row for one id",
            Reason::BadBirth => "no readable birth date; ages may be missing",
            Reason::NotChosen => "the person was not chosen",
            Reason::NoEncounter => "no encounter in its period",
            Reason::NotUsed => "nothing imported refers to it",
            Reason::Repeated => "an earlier row gave this concept already",
            Reason::BadEnd => "unreadable end; the event has a start only",
            Reason::EndBeforeStart => "the end is before the start; both kept",
            Reason::BadTime => "unreadable time; the date was taken",
            Reason::BadVisit => "unreadable visit id; placed by time",
            Reason::UnknownVisit => "no such visit in visit_occurrence; grouped by its id",
            Reason::UnknownConcept => "not in the concept table; the source value was taken",
            Reason::DatesDiffer => "the date and the time stamp name two days; the date was taken",
            Reason::EpochSeconds => "seconds since 1970 were read as UTC",
            Reason::OffsetsDiffer => {
                "another offset from UTC than most time stamps of the table; taken as local time"
            }
            Reason::SeveralFiles => {
                "the subject has rows in another file, too; put together: is it there twice?"
            }
            Reason::StoredAsUtc => {
                "times are stored as UTC and no time zone is stated; taken as they are, hours and even the day may be others"
            }
            Reason::ValuesNotRead => {
                "no column of values has a name that is known here, and columns with other names are not read"
            }
            Reason::NoValues => "the table has no column of values",
            Reason::Backslashes => {
                "a backslash stands before n, r, t, a quote or another one, and nothing in the file says whether it means more than itself; kept as it is"
            }
            Reason::SurplusBlank => "more fields than the header, all of them blank; passed over",
            Reason::BadReference => {
                "an unreadable or rounded id of a concept, provider or place; left away"
            }
            Reason::DecimalComma => "a decimal comma was read as a point",
            Reason::Latin1 => "not UTF-8; read as Windows-1252 (Latin-1)",
            Reason::NotUtf8 => "bytes that are not UTF-8 became U+FFFD",
            Reason::NotXml => "characters that XML cannot hold became U+FFFD",
        }
    }
}
