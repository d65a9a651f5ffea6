//! When the answers of a form were given, as survey programs and their users' languages write it.
//!
//! In: the times of all rows. Out: moments to order them by, where each can be read and all of them in one way: days before months are told
//! from the column as a whole (`13/03/2023` anywhere in it). Never: an order from times that contradict each other.

use crate::record::Time;

/// The moments, or `None` where one cannot be read or two contradict.
pub(super) fn all(texts: &[&str]) -> Option<Vec<Time>> {
    let dates = || texts.iter().filter_map(|t| numbers(t.trim()));
    let day_first = dates().any(|d| d.dots || d.first > 12);
    let month_first = dates().any(|d| d.second > 12);
    if day_first && month_first {
        return None;
    }
    texts.iter().map(|t| one(t.trim(), day_first)).collect()
}

/// A date of two small numbers and a year, and what stands behind it.
struct Numbers<'a> {
    first: u32,
    second: u32,
    year: &'a str,
    rest: &'a str,
    /// Dots stand between the day, the month and the year, and nowhere between the month and the day.
    dots: bool,
}

fn numbers(text: &str) -> Option<Numbers<'_>> {
    let end = text.find([' ', ',']).unwrap_or(text.len());
    let (date, rest) = text.split_at(end);
    let sign = date.chars().find(|c| matches!(c, '/' | '.' | '-'))?;
    let [first, second, year] = date.split(sign).collect::<Vec<_>>()[..] else {
        return None;
    };
    let small = |s: &str| s.parse::<u32>().ok().filter(|_| s.len() <= 2);
    Some(Numbers {
        first: small(first)?,
        second: small(second)?,
        year: Some(year).filter(|y| y.bytes().all(|b| b.is_ascii_digit()))?,
        rest: rest.trim_start_matches(',').trim(),
        dots: sign == '.',
    })
}

/// ISO, or numbers with slashes, dots or hyphens, or as Google writes it with a zone (`2023/03/14 2:04:01 PM GMT+1`), in UTC then.
fn one(text: &str, day_first: bool) -> Option<Time> {
    if let Some(date) = numbers(text) {
        let (month, day) = if day_first {
            (date.second, date.first)
        } else {
            (date.first, date.second)
        };
        // `14.04.01` is a time of day in some languages.
        let clock = date.rest.replace('.', ":");
        return Time::parse_us(format!("{month}/{day}/{} {clock}", date.year).trim());
    }
    if let Some(time) = Time::parse_iso(text) {
        return Some(time);
    }
    let (local, zone) = text.split_once(" GMT").unwrap_or((text, ""));
    let (date, clock) = local.split_once(' ')?;
    let [year, month, day] = date.split('/').collect::<Vec<_>>()[..] else {
        return None;
    };
    if year.len() != 4 {
        return None;
    }
    let time = Time::parse_us(&format!("{month}/{day}/{year} {clock}"))?;
    let (sign, hours) = match zone.split_at_checked(1) {
        Some(("+", hours)) => (-1, hours),
        Some(("-", hours)) => (1, hours),
        Some(_) => return None,
        None => return Some(time),
    };
    let (hours, minutes) = hours.split_once(':').unwrap_or((hours, "0"));
    let offset = sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?);
    let utc = time
        .datetime()
        .checked_add(jiff::SignedDuration::from_mins(offset))
        .ok()?;
    Some(Time::new(utc, time.precision()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Option<Vec<String>> {
        Some(all(texts)?.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn which_is_the_day_is_told_from_all_rows() {
        let mixed = [
            "3/1/2023 9:04:01",
            "13/03/2023 14:04:01",
            "2023/03/14 2:04:01 PM GMT+1",
        ];
        let told = read(&mixed).expect("one way fits all");
        assert!(
            told[0].starts_with("2023-01-03") && told[1].starts_with("2023-03-13"),
            "{told:?}"
        );
        let us = read(&["3/1/2023 9:04:01", "3/13/2023 2:04 PM"]).expect("US");
        assert!(us[0].starts_with("2023-03-01"), "{us:?}");
        assert_eq!(
            read(&["13/03/2023 14:04", "3/13/2023 14:04"]),
            None,
            "they contradict"
        );
        let german = read(&["01.03.2023 14:04:01", "2.3.2023, 14.04.01"]).expect("dots");
        assert!(
            german[0].starts_with("2023-03-01") && german[1].starts_with("2023-03-02"),
            "{german:?}"
        );
        assert_eq!(read(&["yesterday"]), None);
    }
}
