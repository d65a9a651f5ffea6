//! Who the patient was at a time: age and sex as they stand on the screen.
//!
//! In: a record's person blocks. Out: short texts (`55`, `7 mo`, `12 d`, `30 h`, `F`). Never: an age before birth, or one
//! that no person block supports.

use jiff::civil::Date;

use super::model::{Encounter, Person, Record};
use super::time::{Precision, Time};

/// Below so many years of age months are counted, and below one month days.
const MONTHS_BELOW_YEARS: i64 = 2;
/// Below so many hours of age hours are counted, where the time of birth is known.
const HOURS: i64 = 48;

impl Record {
    /// The patient's age at `time`: whole years (`55`), below two years months (`7 mo`), below one month days
    /// (`12 d`), and of a newborn whose time of birth is known hours (`30 h`).
    ///
    /// From the birth date that the encounter in view states, else any encounter's; without a birth date, from the age
    /// that the nearest encounter states. `None` before birth and where nothing is stated.
    pub fn age_at(&self, time: Time) -> Option<String> {
        let date = time.date();
        let nearest = self.nearest(time);
        let birth = nearest
            .and_then(|e| e.person.birth)
            .or_else(|| self.encounters().iter().find_map(|e| e.person.birth));
        if let Some(birth) = birth {
            return since(birth, time);
        }
        let stated = |p: &Person| p.age_days.is_some() || p.age_years.is_some();
        let encounter = nearest
            .filter(|e| stated(&e.person))
            .or_else(|| self.encounters().iter().find(|e| stated(&e.person)))?;
        let then = encounter.start.map_or(date, Time::date);
        let person = &encounter.person;
        if let Some(days) = person.age_days {
            let birth = then
                .checked_sub(jiff::Span::new().try_days(days).ok()?)
                .ok()?;
            let birth = Time::new(
                birth.to_datetime(jiff::civil::Time::midnight()),
                Precision::Day,
            );
            return since(birth, time);
        }
        // Only years are known, so a birthday in between may be missed: as exact as the file is.
        let years = person
            .age_years?
            .checked_add(i64::from(whole_years(then, date)))?;
        (0..200).contains(&years).then(|| years.to_string())
    }

    /// The patient's sex as the latest encounter states it: `F`, `M`, or as written; empty where none does.
    pub fn sex(&self) -> &str {
        let sex = self
            .encounters()
            .iter()
            .rev()
            .map(|e| e.person.sex.as_str())
            .find(|s| !s.is_empty())
            .unwrap_or_default();
        match sex.to_ascii_lowercase().as_str() {
            "f" | "female" => "F",
            "m" | "male" => "M",
            _ => sex,
        }
    }

    /// The last encounter that begins at or before `time`, else the first.
    fn nearest(&self, time: Time) -> Option<&Encounter> {
        let encounters = self.encounters();
        encounters
            .iter()
            .rev()
            .find(|e| {
                e.start
                    .is_some_and(|start| start.seconds() <= time.seconds())
            })
            .or_else(|| encounters.first())
    }
}

fn since(birth: Time, time: Time) -> Option<String> {
    let timed = birth.precision() != Precision::Day && time.precision() != Precision::Day;
    let hours = (time.seconds() - birth.seconds()).div_euclid(3_600);
    let (birth, date) = (birth.date(), time.date());
    if date < birth || timed && hours < 0 {
        return None;
    }
    if timed && hours < HOURS {
        return Some(format!("{hours} h"));
    }
    let span = birth.until((jiff::Unit::Year, date)).ok()?;
    let years = i64::from(span.get_years());
    let months = years * 12 + i64::from(span.get_months());
    Some(if years >= MONTHS_BELOW_YEARS {
        years.to_string()
    } else if months > 0 {
        format!("{months} mo")
    } else {
        format!("{} d", span.get_days())
    })
}

/// Whole years from one date to another, negative backwards.
fn whole_years(from: Date, to: Date) -> i16 {
    from.until((jiff::Unit::Year, to))
        .map_or(0, |span| span.get_years())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::{Builder, Shape};

    fn record(persons: &[(&str, Person)]) -> Record {
        let mut builder = Builder::new(Path::new("r.xml"), Shape::Lumia, 0);
        for (start, person) in persons {
            builder.encounter("", person.clone(), 0);
            if let Some(encounter) = builder.current() {
                encounter.start = Time::parse_iso(start);
            }
        }
        builder.finish()
    }

    fn born(date: &str) -> Person {
        Person {
            birth: Time::parse_iso(date),
            ..Person::default()
        }
    }

    fn age(record: &Record, at: &str) -> Option<String> {
        record.age_at(Time::parse_iso(at).expect("a time"))
    }

    #[test]
    fn years_months_and_days_from_the_birth_date() {
        let record = record(&[("2000-03-01", born("2000-02-29"))]);
        for (at, expected) in [
            ("2000-02-28 23:59", None),
            ("2000-02-29", Some("0 d")),
            ("2000-03-12", Some("12 d")),
            ("2000-03-29", Some("1 mo")),
            ("2002-02-27", Some("23 mo")),
            ("2002-03-01", Some("2")),
            ("2055-03-01", Some("55")),
        ] {
            assert_eq!(age(&record, at).as_deref(), expected, "{at}");
        }
    }

    #[test]
    fn a_newborn_is_hours_old_where_the_time_of_birth_is_known() {
        let record = record(&[("2020-03-01 09:00", born("2020-03-01 08:30"))]);
        for (at, expected) in [
            ("2020-03-01 08:00", None),
            ("2020-03-01 09:00", Some("0 h")),
            ("2020-03-02 14:45", Some("30 h")),
            ("2020-03-02", Some("1 d")),
            ("2020-03-03 09:00", Some("2 d")),
        ] {
            assert_eq!(age(&record, at).as_deref(), expected, "{at}");
        }
    }

    #[test]
    fn stated_ages_count_from_their_encounter() {
        let days = Person {
            age_days: Some(400),
            ..Person::default()
        };
        let years = Person {
            age_years: Some(52),
            ..Person::default()
        };
        let record_of_days = record(&[("2020-01-01", days)]);
        assert_eq!(age(&record_of_days, "2020-01-01").as_deref(), Some("13 mo"));
        assert_eq!(age(&record_of_days, "2022-01-01").as_deref(), Some("3"));
        let record_of_years = record(&[("2020-01-01", years)]);
        assert_eq!(age(&record_of_years, "2021-06-01").as_deref(), Some("53"));
        assert_eq!(age(&record(&[]), "2021-06-01"), None);
        let huge = Person {
            age_days: Some(i64::MAX),
            age_years: Some(i64::MAX),
            ..Person::default()
        };
        assert_eq!(age(&record(&[("2020-01-01", huge)]), "2021-06-01"), None);
    }

    #[test]
    fn the_encounter_in_view_says_when_birth_was() {
        let record = record(&[
            ("2010-01-01", born("1950-01-01")),
            ("2020-01-01", born("1960-01-01")),
        ]);
        assert_eq!(age(&record, "2015-01-01").as_deref(), Some("65"));
        assert_eq!(age(&record, "2025-01-01").as_deref(), Some("65"));
    }

    #[test]
    fn the_latest_sex_counts() {
        let of = |sex: &str| Person {
            sex: sex.to_owned(),
            ..Person::default()
        };
        let record_of = |sexes: [&str; 2]| {
            record(&[("2010-01-01", of(sexes[0])), ("2020-01-01", of(sexes[1]))])
        };
        assert_eq!(record_of(["FEMALE", "MALE"]).sex(), "M");
        assert_eq!(record_of(["Female", ""]).sex(), "F");
        assert_eq!(record_of(["F", "UNKNOWN"]).sex(), "UNKNOWN");
        assert_eq!(record(&[]).sex(), "");
    }
}
