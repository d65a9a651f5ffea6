//! Who the patient was at a time: age and sex as they stand on the screen.
//!
//! In: a record's person blocks. Out: short texts (`55`, `7 mo`, `12 d`, `F`). Never: an age before birth, or one
//! that no person block supports.

use jiff::civil::Date;

use super::model::{Encounter, Person, Record};
use super::time::Time;

/// Below so many years of age months are counted, and below one month days.
const MONTHS_BELOW_YEARS: i64 = 2;

impl Record {
    /// The patient's age at `time`: whole years (`55`), below two years months (`7 mo`), below one month days (`12 d`).
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
            return since(birth, date);
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
            return since(birth, date);
        }
        // Only years are known, so a birthday in between may be missed: as exact as the file is.
        let years = person.age_years? + i64::from(whole_years(then, date));
        (years >= 0).then(|| years.to_string())
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

fn since(birth: Date, date: Date) -> Option<String> {
    if date < birth {
        return None;
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
