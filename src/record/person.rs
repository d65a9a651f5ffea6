//! Person blocks, care sites and providers: what the two shapes say about people and places.
//!
//! In: keys and values as a file has them. Out: fields of a [`Person`], and readable lines. Never: a lost value: what
//! has no field, or is unreadable, stands in [`Person::details`] as it is written.

use super::findings::Findings;
use super::model::Person;
use super::patient::born_at;
use super::tag::Attribute;
use super::time::Time;
use crate::notice::Severity;

/// Adds what a person block says under `key`. Empty and `NULL` say nothing; of several ages the first counts.
pub(super) fn fact(
    person: &mut Person,
    key: &str,
    value: &str,
    offset: usize,
    findings: &mut Findings,
) {
    if is_null(value) {
        findings.nulls += nulls(value);
        return;
    }
    let mut unread = || {
        let what = "a birth date or age of the patient is unreadable; it is kept as it is written";
        findings.add(Severity::Warning, offset, what);
    };
    match key.to_ascii_lowercase().as_str() {
        "birthdate" | "birth" | "birth date" | "date of birth" => {
            let birth = Time::parse_iso(value).or_else(|| Time::parse_us(value));
            match birth.map(born_at) {
                Some(birth) if person.birth.is_none_or(|known| known == birth) => {
                    person.birth = Some(birth);
                }
                known => {
                    if known.is_none() {
                        unread();
                    }
                    detail(person, key, value);
                }
            }
        }
        age @ ("days" | "years" | "age in days" | "age in years") => {
            let field = if age.ends_with("days") {
                &mut person.age_days
            } else {
                &mut person.age_years
            };
            if let Some(n) = value.parse().ok().filter(|n: &i64| *n >= 0) {
                field.get_or_insert(n);
            } else {
                unread();
                detail(person, key, value);
            }
        }
        "gender" | "sex" if person.sex.is_empty() || person.sex == value => {
            value.clone_into(&mut person.sex);
        }
        _ => detail(person, key, value),
    }
}

/// Adds a (key, value) pair that has no field, once.
pub(super) fn detail(person: &mut Person, key: &str, value: &str) {
    if !person.details.iter().any(|(k, v)| k == key && v == value) {
        person.details.push((key.to_owned(), value.to_owned()));
    }
}

/// Whether a value stands for none.
pub(super) fn is_null(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.eq_ignore_ascii_case("null")
}

/// How many nothings are written out: 1 for `NULL`, 0 for what is empty or says something.
pub(super) fn nulls(text: &str) -> u64 {
    u64::from(!text.trim().is_empty() && is_null(text))
}

/// A care site or provider as a line: `care site ED (7)`, `provider 9, Neurology, at ED (7)`.
pub(super) fn place(element: &str, attributes: &[Attribute<'_>]) -> String {
    let mut line = String::new();
    let parts: &[(&str, &str, &str)] = if element == "caresite" {
        line.push_str("care site");
        &[("care_site_name", " ", ""), ("care_site_id", " (", ")")]
    } else {
        line.push_str("provider");
        &[
            ("provider_id", " ", ""),
            ("speciality", ", ", ""),
            ("specialty", ", ", ""),
            ("care_site_name", ", at ", ""),
            ("care_site_id", " (", ")"),
        ]
    };
    let told = |a: &&Attribute<'_>| !is_null(&a.value);
    for (key, before, after) in parts {
        for a in attributes.iter().filter(told).filter(|a| a.key == *key) {
            line.extend([before, a.value.trim(), after]);
        }
    }
    for a in attributes.iter().filter(told) {
        if !parts.iter().any(|(key, ..)| *key == a.key) {
            line.extend([", ", &a.key.replace('_', " "), ": ", a.value.trim()]);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::path::Path;

    #[test]
    fn facts_find_their_fields_and_the_rest_is_kept() {
        let mut person = Person::default();
        let mut findings = Findings::default();
        for (key, value) in [
            ("Birth", "7/19/1966"),
            ("Age in Days", "19074"),
            ("years", "52"),
            ("Gender", "FEMALE"),
            ("race", "White"),
            ("race", "White"),
            ("payerplan", "NULL"),
        ] {
            fact(&mut person, key, value, 0, &mut findings);
        }
        assert_eq!(person.birth.map(Time::date), Some(date(1966, 7, 19)));
        assert_eq!((person.age_days, person.age_years), (Some(19074), Some(52)));
        assert_eq!(person.sex, "FEMALE");
        assert_eq!(person.details, [("race".to_owned(), "White".to_owned())]);
        fact(&mut person, "birthdate", "31/01/50", 0, &mut findings);
        fact(&mut person, "days", "-1", 0, &mut findings);
        assert_eq!(person.details.len(), 3);
        assert_eq!(findings.into_notices(Path::new("f"), "").len(), 2);
    }

    #[test]
    fn places_are_readable_lines() {
        let attribute = |key, value: &'static str| Attribute {
            key,
            value: value.into(),
        };
        let site = [
            attribute("care_site_id", "7"),
            attribute("care_site_name", "ED"),
        ];
        assert_eq!(place("caresite", &site), "care site ED (7)");
        let provider = [
            attribute("provider_id", "9"),
            attribute("gender", "NULL"),
            attribute("speciality", "Neurology"),
            attribute("year_of_birth", "1960"),
            attribute("care_site_name", "ED"),
        ];
        assert_eq!(
            place("provider", &provider),
            "provider 9, Neurology, at ED, year of birth: 1960"
        );
    }
}
