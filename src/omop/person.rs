//! The patient at an encounter: demographics, age, payer plan.
//!
//! In: the patient's row of the person table, the periods of payer plans. Out: what the record says of the patient on a
//! given day. A birth date that is known by its year alone counts as the first of January (a missing day as the first
//! of the month), and the record says how much of it is known.

use jiff::Unit;
use jiff::civil::Date;

use super::cell::id;
use super::encounters::Moment;
use super::lookup::Lookup;
use super::moment;
use super::report::{Reason, TableLine};
use super::slots::Slot;
use super::spill::Packed;
use crate::record::model::Person;
use crate::record::{Precision, Time, born_at};

/// What the person table says of a patient.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Demographics {
    /// With its time of day, where the table has one that is not midnight sharp.
    pub(crate) birth: Option<Time>,
    /// `year` or `month` when the rest of the birth date is not known.
    pub(crate) birth_precision: Option<&'static str>,
    pub(crate) gender: String,
    pub(crate) race: String,
    pub(crate) ethnicity: String,
    /// Further facts: what is said, and its value.
    pub(crate) facts: Vec<(String, String)>,
}

/// A payer plan and when it was in force.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plan {
    first: Date,
    last: Option<Date>,
    name: String,
    /// The line of its row.
    pub(crate) line: TableLine,
}

impl Demographics {
    /// Reads a row of the person table; the reason is a doubt.
    pub(crate) fn read(row: &Packed<'_>, lookup: &Lookup) -> (Self, Option<Reason>) {
        let named = |concept: Slot, source: Slot, text: Slot| {
            let concepts = &lookup.concepts;
            concepts
                .name(id(row.get(concept)))
                .or_else(|| concepts.name(id(row.get(source))))
                .unwrap_or(row.get(text))
                .to_owned()
        };
        let (birth, birth_precision, doubt) = birth(row);
        let demographics = Demographics {
            birth,
            birth_precision,
            gender: named(
                Slot::GenderConcept,
                Slot::GenderSourceConcept,
                Slot::GenderSource,
            ),
            race: named(Slot::RaceConcept, Slot::RaceSourceConcept, Slot::RaceSource),
            ethnicity: named(
                Slot::EthnicityConcept,
                Slot::EthnicitySourceConcept,
                Slot::EthnicitySource,
            ),
            facts: row
                .get(Slot::Facts)
                .lines()
                .filter_map(|line| line.split_once('\t'))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        };
        (demographics, doubt)
    }

    /// The patient on a day.
    pub(crate) fn on(&self, day: Date, plans: &[Plan]) -> Person {
        let age = self.age(day);
        let details = [
            ("ethnicity", self.ethnicity.clone()),
            ("race", self.race.clone()),
            (
                "birthdate_precision",
                self.birth_precision.unwrap_or("").to_owned(),
            ),
            ("payerplan", plans_on(plans, day)),
        ];
        Person {
            birth: self.birth,
            age_days: age.map(|a| a.0),
            age_years: age.map(|a| a.1),
            sex: self.gender.clone(),
            details: details
                .into_iter()
                .map(|(key, text)| (key.to_owned(), text))
                .chain(self.facts.iter().cloned())
                .filter(|(_, text)| !text.is_empty())
                .collect(),
        }
    }

    /// The age on a day, in whole days and whole years.
    fn age(&self, day: Date) -> Option<(i64, i64)> {
        let birth = self.birth?.date();
        let days = birth.until((Unit::Day, day)).ok()?.get_days();
        let years = birth.until((Unit::Year, day)).ok()?.get_years();
        Some((i64::from(days), i64::from(years)))
    }
}

fn birth(row: &Packed<'_>) -> (Option<Time>, Option<&'static str>, Option<Reason>) {
    let exact = row.get(Slot::BirthDateTime);
    let mut doubt = None;
    let mut differing = None;
    if let Ok(Some((Moment { seconds, .. }, _))) = moment::read("", exact, "") {
        let time = born_at(Time::new(moment::datetime(seconds), Precision::Minute));
        let date = time.date();
        let says = [
            (Slot::YearOfBirth, i64::from(date.year())),
            (Slot::MonthOfBirth, i64::from(date.month())),
            (Slot::DayOfBirth, i64::from(date.day())),
        ];
        // A time stamp that is a default (1970-01-01), or shifted to UTC, gives way to the columns of the day.
        if says
            .iter()
            .all(|(slot, n)| id(row.get(*slot)).is_none_or(|m| m == *n))
        {
            return (Some(time), None, None);
        }
        doubt = Some(Reason::DatesDiffer);
        differing = Some(time);
    } else if !exact.is_empty() {
        doubt = Some(Reason::BadBirth);
    }
    let [year, month, day] =
        [Slot::YearOfBirth, Slot::MonthOfBirth, Slot::DayOfBirth].map(|s| row.get(s));
    let number = |text: &str, doubt: &mut Option<Reason>| {
        let n = id(text).and_then(|n| i16::try_from(n).ok());
        if n.is_none() && !text.is_empty() {
            *doubt = Some(Reason::BadBirth);
        }
        n
    };
    // Nobody in a record was born in the year 60.
    let year = number(year, &mut doubt).filter(|y| (1000..=9999).contains(y));
    let month = number(month, &mut doubt);
    let day = number(day, &mut doubt);
    let Some(year) = year else {
        return (differing, None, Some(Reason::BadBirth));
    };
    let date = |month: Option<i16>, day: Option<i16>| {
        Date::new(
            year,
            i8::try_from(month.unwrap_or(1)).ok()?,
            i8::try_from(day.unwrap_or(1)).ok()?,
        )
        .ok()
        .map(Time::from)
    };
    match (month, day) {
        (Some(_), Some(_)) if date(month, day).is_some() => (date(month, day), None, doubt),
        (Some(_), None) if date(month, None).is_some() => (date(month, None), Some("month"), doubt),
        (None, _) => (date(None, None), Some("year"), doubt),
        // A day that is none, such as 29 February 2001, gives way to the time stamp.
        _ => match differing.filter(|time| time.date().year() == year) {
            Some(time) => (Some(time), None, Some(Reason::BadBirth)),
            None => (date(None, None), Some("year"), Some(Reason::BadBirth)),
        },
    }
}

impl Plan {
    /// Reads a row of the payer plan table.
    pub(crate) fn read(row: &Packed<'_>, lookup: &Lookup) -> Result<Self, Reason> {
        let day = |slot| match moment::read(row.get(slot), "", "") {
            Ok(Some((m, _))) => Ok(Some(moment::datetime(m.seconds).date())),
            Ok(None) => Ok(None),
            Err(reason) => Err(reason),
        };
        let first = day(Slot::StartDate)?.ok_or(Reason::NoDate)?;
        let last = day(Slot::EndDate)?;
        let named = |concept, source, text| {
            let concepts = &lookup.concepts;
            concepts
                .name(id(row.get(concept)))
                .or_else(|| concepts.name(id(row.get(source))))
                .unwrap_or(row.get(text))
        };
        let payer = named(Slot::Concept, Slot::SourceConcept, Slot::SourceValue);
        let plan = named(Slot::PlanConcept, Slot::PlanConcept, Slot::PlanSource);
        let name = match (payer, plan) {
            (payer, "") => payer.to_owned(),
            ("", plan) => plan.to_owned(),
            (payer, plan) if payer == plan => payer.to_owned(),
            (payer, plan) => format!("{payer} / {plan}"),
        };
        Ok(Plan {
            first,
            last,
            name,
            line: row.line,
        })
    }

    /// Whether it was in force on a day.
    pub(crate) fn covers(&self, day: Date) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

/// The names of the plans in force on a day, in the order of their start, each once.
fn plans_on(plans: &[Plan], day: Date) -> String {
    let mut names: Vec<&str> = Vec::new();
    for plan in plans.iter().filter(|p| p.covers(day)) {
        if !plan.name.is_empty() && !names.contains(&plan.name.as_str()) {
            names.push(&plan.name);
        }
    }
    names.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::omop::slots::SLOTS;
    use crate::omop::tables::Table;

    fn row<'a>(fields: &[(Slot, &'a str)]) -> Packed<'a> {
        let mut all = [""; SLOTS];
        for (slot, text) in fields {
            all[*slot as usize] = text;
        }
        Packed {
            table: Table::Person,
            line: TableLine::new(0, 2),
            fields: all,
        }
    }

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn age_is_in_whole_days_and_years() {
        let of = Demographics {
            birth: Some(Time::from(date("2000-02-29"))),
            ..Demographics::default()
        };
        assert_eq!(of.age(date("2001-02-28")), Some((365, 0)));
        assert_eq!(of.age(date("2001-03-01")), Some((366, 1)));
        assert_eq!(of.age(date("2000-02-28")), Some((-1, 0)));
        assert_eq!(Demographics::default().age(date("2000-02-28")), None);
    }

    #[test]
    fn a_birth_date_says_how_exact_it_is() {
        let read = |fields: &[(Slot, &'static str)]| birth(&row(fields));
        assert_eq!(
            read(&[(Slot::YearOfBirth, "2095")]),
            (Some(Time::from(date("2095-01-01"))), Some("year"), None)
        );
        assert_eq!(
            read(&[(Slot::YearOfBirth, "1966.0"), (Slot::MonthOfBirth, "7")]),
            (Some(Time::from(date("1966-07-01"))), Some("month"), None)
        );
        assert_eq!(
            read(&[
                (Slot::YearOfBirth, "1966"),
                (Slot::MonthOfBirth, "2"),
                (Slot::DayOfBirth, "30")
            ]),
            (
                Some(Time::from(date("1966-01-01"))),
                Some("year"),
                Some(Reason::BadBirth)
            )
        );
        assert_eq!(
            read(&[
                (Slot::BirthDateTime, "2001-02-28 00:00:00"),
                (Slot::YearOfBirth, "2001"),
                (Slot::MonthOfBirth, "2"),
                (Slot::DayOfBirth, "29")
            ]),
            (
                Some(Time::from(date("2001-02-28"))),
                None,
                Some(Reason::BadBirth)
            )
        );
        assert_eq!(
            read(&[(Slot::YearOfBirth, "60"), (Slot::MonthOfBirth, "5")]),
            (None, None, Some(Reason::BadBirth))
        );
        assert_eq!(
            read(&[
                (Slot::BirthDateTime, "1966-07-19 00:00:00"),
                (Slot::YearOfBirth, "x")
            ]),
            (Some(Time::from(date("1966-07-19"))), None, None)
        );
        assert_eq!(read(&[]), (None, None, Some(Reason::BadBirth)));
    }

    #[test]
    fn names_come_from_the_concept_then_from_the_source() {
        let lookup = Lookup {
            concepts: super::super::concepts::Concepts::standard(),
            ..Lookup::default()
        };
        let (of, _) = Demographics::read(
            &row(&[
                (Slot::GenderConcept, "8507"),
                (Slot::GenderSource, "M"),
                (Slot::RaceConcept, "0"),
                (Slot::RaceSource, "white"),
                (Slot::YearOfBirth, "1950"),
            ]),
            &lookup,
        );
        assert_eq!(
            (&*of.gender, &*of.race, &*of.ethnicity),
            ("MALE", "white", "")
        );
    }

    #[test]
    fn plans_in_force_are_named_once() {
        let lookup = Lookup::default();
        let plan = |from, to, payer| {
            Plan::read(
                &row(&[
                    (Slot::StartDate, from),
                    (Slot::EndDate, to),
                    (Slot::SourceValue, payer),
                ]),
                &lookup,
            )
            .expect("readable")
        };
        let plans = [
            plan("2010-01-01", "2010-12-31", "Medicare"),
            plan("2010-06-01", "", "Aetna"),
            plan("2010-07-01", "", "Medicare"),
        ];
        assert_eq!(plans_on(&plans, date("2010-12-31")), "Medicare; Aetna");
        assert_eq!(plans_on(&plans, date("2009-12-31")), "");
    }
}
