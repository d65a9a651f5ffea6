//! Days in the notations of notes, answers and queries.
//!
//! In: text, or a day. Out: the days that a text writes; a day's notations, as a pattern for texts and as terms for the index.
//! Where the order of day and month is not told by the notation, the month is first, as in the files of the field. Never: a
//! day without its year.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

static DATES: LazyLock<Regex> = LazyLock::new(|| {
    let month = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?";
    let between = r"(?:\s+|-)";
    let nth = "(?:st|nd|rd|th)?";
    Regex::new(&format!(
        r"(?i)\b(?:(?P<y>\d{{4}})[-/](?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}})|(?P<um>\d{{1,2}})/(?P<ud>\d{{1,2}})/(?P<uy>\d{{4}}|\d{{2}})|(?P<pd>\d{{1,2}})\.(?P<pm>\d{{1,2}})\.(?P<py>\d{{4}})|(?P<n1>{month}){between}(?P<d1>\d{{1,2}}){nth}(?:,?\s+|-)(?P<y1>\d{{4}})|(?P<d2>\d{{1,2}}){nth}{between}(?P<n2>{month}),?{between}(?P<y2>\d{{4}}))\b"
    ))
    .expect("a pattern that is fixed at compile time")
});

/// The days of a text and where they stand, in order.
pub(super) fn days(text: &str) -> impl Iterator<Item = (Range<usize>, Date)> {
    DATES
        .captures_iter(text)
        .filter_map(|found| Some((found.get(0)?.range(), day(&found)?)))
}

/// The day that a text begins with, and how many bytes it takes; white space or nothing stands behind it.
pub(super) fn leading(text: &str) -> Option<(usize, Date)> {
    // No notation is longer than `September 30th, 2020`, but for white space between.
    let end = text.floor_char_boundary(40);
    let found = DATES.captures(&text[..end])?;
    let whole = found.get(0)?;
    let ends = text[whole.end()..]
        .chars()
        .next()
        .is_none_or(char::is_whitespace);
    (whole.start() == 0 && ends).then_some(())?;
    Some((whole.end(), day(&found)?))
}

/// The day that is all of a text.
pub(crate) fn whole(text: &str) -> Option<Date> {
    let text = text.trim();
    leading(text)
        .filter(|(end, _)| *end == text.len())
        .map(|(_, day)| day)
}

/// The month that is all of a text, by its first day: `Oct 2018`, `October, 2018`, `10/2018`.
pub(crate) fn month(text: &str) -> Option<Date> {
    let text = text.trim().to_lowercase();
    let (name, year) = text.rsplit_once([' ', '/', ','])?;
    let name = name.trim_end_matches([' ', ',', '.']);
    let number = name.parse::<i8>().ok().filter(|_| text.contains('/'));
    let named = || {
        let full = |m: &&str| m.starts_with(name) || name == "sept" && *m == "september";
        let at = MONTHS.iter().position(|m| name.len() > 2 && full(m))?;
        Some(at as i8 + 1)
    };
    let year = year.parse::<i16>().ok().filter(|_| year.len() == 4)?;
    Date::new(year, number.or_else(named)?, 1).ok()
}

/// The other day that a notation could mean: that of `3/4/2018` with the day first.
pub(crate) fn other_order(written: &str, day: Date) -> Option<Date> {
    let slashes = written.matches('/').count() == 2 && written.find('/').is_some_and(|i| i < 3);
    let other = Date::new(day.year(), day.day(), day.month()).ok()?;
    (slashes && other != day).then_some(other)
}

fn day(found: &Captures<'_>) -> Option<Date> {
    let number = |name: &str| found.name(name)?.as_str().parse::<i16>().ok();
    let month = |name: &str| {
        let word = found.name(name)?.as_str().to_lowercase();
        let at = MONTHS.iter().position(|m| word.get(..3) == m.get(..3))?;
        Some(at as i16 + 1)
    };
    let parts = [
        (number("y"), number("m"), number("d")),
        (number("uy").map(full_year), number("um"), number("ud")),
        (number("py"), number("pm"), number("pd")),
        (number("y1"), month("n1"), number("d1")),
        (number("y2"), month("n2"), number("d2")),
    ];
    parts
        .into_iter()
        .find_map(|(y, m, d)| Date::new(y?, m? as i8, d? as i8).ok())
}

/// Two digits: 00 to 68 are 2000 to 2068, as the records' reader has it.
fn full_year(year: i16) -> i16 {
    match year {
        0..=68 => 2000 + year,
        69..=99 => 1900 + year,
        _ => year,
    }
}

/// A pattern of all notations of a day, for a regular expression without regard to case.
pub(super) fn pattern(date: Date) -> String {
    let (y, m, d) = (date.year(), date.month(), date.day());
    let short = y.rem_euclid(100);
    let month = format!("{}[a-z]*\\.?", &name(date)[..3]);
    let day = format!("0?{d}(?:st|nd|rd|th)?");
    format!(
        r"\b(?:{y:04}[-/]0?{m}[-/]0?{d}|0?{m}/0?{d}/(?:{y:04}|{short:02})|0?{d}\.0?{m}\.{y:04}|{month}(?:\s+|-){day}(?:,?\s+|-){y:04}|{day}(?:\s+|-){month},?(?:\s+|-){y:04})\b"
    )
}

/// All notations of a day, each once, to be cut into terms.
pub(super) fn notations(date: Date) -> Vec<String> {
    let (y, m, d) = (date.year(), date.month(), date.day());
    let short = y.rem_euclid(100);
    let mut days = vec![format!("{d:02}"), d.to_string()];
    let mut months = vec![format!("{m:02}"), m.to_string()];
    days.dedup();
    months.dedup();
    let mut all = vec![format!("{y:04}{m:02}{d:02}")];
    for day in &days {
        for month in &months {
            all.push(format!("{y:04}-{month}-{day}"));
            all.push(format!("{y:04}/{month}/{day}"));
            all.push(format!("{month}/{day}/{y:04}"));
            all.push(format!("{month}/{day}/{short:02}"));
            all.push(format!("{day}.{month}.{y:04}"));
        }
    }
    let name = name(date);
    let mut names = vec![name, &name[..3]];
    names.dedup();
    if m == 9 {
        names.push("sept");
    }
    let nth = match d {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    days.push(format!("{d}{nth}"));
    for name in names {
        for day in &days {
            all.push(format!("{name} {day} {y:04}"));
            all.push(format!("{day} {name} {y:04}"));
        }
    }
    all
}

fn name(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_read_and_found() {
        for date in [Date::constant(2020, 2, 3), Date::constant(1999, 9, 30)] {
            let pattern = Regex::new(&format!("(?i){}", pattern(date))).expect("a pattern");
            for written in notations(date) {
                // Eight digits alone may be any number; only the index is asked for them.
                if written.len() > 8 || written.contains('/') {
                    assert_eq!(whole(&written), Some(date), "{written}");
                    assert_eq!(
                        pattern.find(&written).map(|m| m.range()),
                        Some(0..written.len()),
                        "{written}"
                    );
                }
            }
        }
        for written in ["Feb. 3, 2020", "3-Feb-2020", "Feb-3-2020", " 2020-02-03 "] {
            assert_eq!(
                whole(written),
                Some(Date::constant(2020, 2, 3)),
                "{written}"
            );
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in ["2020-13-01", "165/90", "1.2.3", "2020-02-03-1", "May 2020"] {
            assert_eq!(whole(text), None, "{text}");
        }
        assert_eq!(leading("2020-02-03x"), None);
        assert_eq!(leading("x 2020-02-03"), None);
    }

    #[test]
    fn only_slashes_leave_the_order_open() {
        let day = Date::constant(2020, 2, 3);
        assert_eq!(
            other_order("02/03/2020", day),
            Some(Date::constant(2020, 3, 2))
        );
        for told in ["2020-02-03", "2020/02/03", "03.02.2020", "3 Feb 2020"] {
            assert_eq!(other_order(told, day), None, "{told}");
        }
        assert_eq!(other_order("2/13/2020", Date::constant(2020, 2, 13)), None);
    }
}
