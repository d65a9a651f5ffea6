//! Times of OMOP rows: from two columns to one moment, and from a moment to a time stamp.
//!
//! In: the text of a date and a date-time column. Out: a moment, or why there is none. A text that is no date is never
//! guessed into one.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::encounters::Moment;
use super::report::Reason;
use crate::record::time::{Precision, Time};

/// What a time of midnight sharp, or a mere date, is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Midnight {
    /// As it is: `00:00`.
    #[default]
    Keep,
    /// The last minute of the day, `23:59`, as in the extract that the study used.
    EndOfDay,
}

/// How time stamps are written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stamps {
    pub(crate) midnight: Midnight,
    pub(crate) seconds: bool,
}

impl Stamps {
    /// The second under which a moment is sorted and written.
    pub(crate) fn second(self, moment: Moment) -> i64 {
        match self.midnight {
            Midnight::EndOfDay if moment.day_only => moment.seconds + 86_340,
            Midnight::Keep | Midnight::EndOfDay => moment.seconds,
        }
    }

    /// The time that is written: `2013-10-10 19:08`, or with seconds.
    pub(crate) fn time(self, second: i64) -> Time {
        let precision = if self.seconds {
            Precision::Second
        } else {
            Precision::Minute
        };
        Time::new(datetime(second), precision)
    }

    /// Whether two seconds are written alike.
    pub(crate) fn same(self, a: i64, b: i64) -> bool {
        a == b || (!self.seconds && a.div_euclid(60) == b.div_euclid(60))
    }
}

/// The civil time of a second since 1970.
pub(crate) fn datetime(second: i64) -> DateTime {
    const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    EPOCH
        .checked_add(SignedDuration::from_secs(second))
        .unwrap_or(EPOCH)
}

/// The moment that a date and a date-time column state. `Ok(None)` when both are missing. The reason beside the moment
/// is a doubt: the time was unreadable and the date was taken, or the two name different days (a default such as
/// 1970-01-01, a shift to UTC) and the date was taken.
pub(crate) fn read(
    date: &str,
    date_time: &str,
    time: &str,
) -> Result<Option<(Moment, Option<Reason>)>, Reason> {
    let (date, date_time) = (present(date), present(date_time));
    let exact = date_time.map(parse);
    let day = date.map(parse);
    let day_of = |m: Moment| m.seconds.div_euclid(DAY);
    match (day, exact) {
        (None, None) => Ok(None),
        (None, Some(exact)) => exact.map(Some),
        (Some(Ok((day, doubt))), Some(Ok((exact, other)))) => {
            Ok(Some(if day_of(day) == day_of(exact) {
                (exact, other)
            } else {
                (day, doubt.or(Some(Reason::DatesDiffer)))
            }))
        }
        (Some(Err(_)), Some(Ok(exact))) => Ok(Some(exact)),
        (Some(day), Some(Err(_))) => day.map(|(day, _)| Some((day, Some(Reason::BadTime)))),
        (Some(day), None) => {
            let (mut moment, doubt) = day?;
            if moment.day_only
                && let Some(seconds) = clock(time)
            {
                moment = Moment {
                    seconds: moment.seconds + seconds,
                    day_only: seconds == 0,
                };
            }
            Ok(Some((moment, doubt)))
        }
    }
}

const DAY: i64 = 86_400;

/// Words that stand for a missing date.
fn present(text: &str) -> Option<&str> {
    let missing = text.is_empty()
        || ["nan", "nat", "na", "none"]
            .iter()
            .any(|m| text.eq_ignore_ascii_case(m));
    (!missing).then_some(text)
}

/// A date, with or without a time of day, in a notation that can mean one thing only; else the reason names the notation.
/// The reason beside the moment is a doubt.
fn parse(text: &str) -> Result<(Moment, Option<Reason>), Reason> {
    let text = text.trim();
    let moment = |time: Time| {
        let seconds = time.seconds();
        let day_only = time.precision() == Precision::Day || seconds.rem_euclid(DAY) == 0;
        (Moment { seconds, day_only }, None)
    };
    if let Some(time) = Time::parse_iso(text) {
        return Ok(moment(time));
    }
    if text.len() > 60 || !text.is_ascii() {
        return Err(Reason::BadDate);
    }
    // `2020-01-02 10:11:00 UTC`, `… +00:00`
    let (local, _) = zone(text);
    // `20200102.0`
    let digits = match local.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => local,
    };
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return number(digits).map(|time| match time {
            Counted::Day(time) => moment(time),
            Counted::Since1970(time) => (moment(time).0, Some(Reason::EpochSeconds)),
        });
    }
    let (date, clock) = match local.find([' ', 'T']) {
        Some(at) if local[..at].contains(['-', '/', '.']) => (&local[..at], local[at + 1..].trim()),
        _ => (local, ""),
    };
    if let Some(date) = year_first(date) {
        // `9:05` is written for `09:05`.
        let zero = if clock.find(':') == Some(1) { "0" } else { "" };
        let whole = if clock.is_empty() {
            date
        } else {
            format!("{date} {zero}{clock}")
        };
        return Time::parse_iso(&whole).map(moment).ok_or(Reason::BadDate);
    }
    if let Some(named) = with_month_name(local) {
        return named.map(moment);
    }
    let parts: Vec<&str> = date.split(['/', '-', '.']).collect();
    let is_numbers = parts
        .iter()
        .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    Err(match parts[..] {
        [_, _, year] if is_numbers && year.len() == 4 => Reason::SlashedDate,
        [_, _, year] if is_numbers && year.len() == 2 => Reason::ShortYear,
        _ => Reason::BadDate,
    })
}

/// What a number alone may mean.
enum Counted {
    Day(Time),
    Since1970(Time),
}

/// `20200102`, `20200102101100`, seconds or thousandths since 1970.
fn number(digits: &str) -> Result<Counted, Reason> {
    let iso = |text: String| Time::parse_iso(&text).ok_or(Reason::BadDate);
    let since = |seconds: i64| Counted::Since1970(Time::new(datetime(seconds), Precision::Second));
    match digits.len() {
        8 => iso(format!(
            "{}-{}-{}",
            &digits[..4],
            &digits[4..6],
            &digits[6..]
        ))
        .map(Counted::Day),
        14 => iso(format!(
            "{}-{}-{} {}:{}:{}",
            &digits[..4],
            &digits[4..6],
            &digits[6..8],
            &digits[8..10],
            &digits[10..12],
            &digits[12..]
        ))
        .map(Counted::Day),
        9 | 10 => digits.parse().map(since).map_err(|_| Reason::BadDate),
        12 | 13 => digits
            .parse()
            .map(|n: i64| since(n / 1000))
            .map_err(|_| Reason::BadDate),
        4..=6 => Err(Reason::SerialDate),
        _ => Err(Reason::BadDate),
    }
}

/// `2020/1/2` as `2020-01-02`.
fn year_first(date: &str) -> Option<String> {
    let mut parts = date.split(['/', '-', '.']);
    let [year, month, day] = [parts.next()?, parts.next()?, parts.next()?];
    let fits = |text: &str, len: usize| {
        (1..=len).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if parts.next().is_some()
        || year.len() != 4
        || !fits(year, 4)
        || !fits(month, 2)
        || !fits(day, 2)
    {
        return None;
    }
    Some(format!("{year}-{month:0>2}-{day:0>2}"))
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// `02-JAN-2020`, `Jan  2 2020 12:00AM`, `02JAN2020:10:11:00`; `None` when it names no month.
fn with_month_name(text: &str) -> Option<Result<Time, Reason>> {
    let start = text.find(|c: char| c.is_ascii_alphabetic())?;
    let rest = &text[start..];
    let end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let name = rest[..end].to_ascii_lowercase();
    let month = 1 + MONTHS.iter().position(|m| {
        name.starts_with(m) && (name.len() == 3 || "january february march april may june july august september october november december".split(' ').any(|n| n == name))
    })?;
    let numbers = |t: &str| -> Vec<String> {
        t.split(|c: char| !c.is_ascii_digit())
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let is_break = |c: char| matches!(c, ' ' | '-' | ',' | '/' | '.');
    let before = numbers(&text[..start]);
    let after = rest[end..].trim_start_matches(is_break);
    let word = |t: &str| t.find(|c: char| !c.is_ascii_digit()).unwrap_or(t.len());
    let (day, after) = match before.first() {
        Some(day) if before.len() == 1 => (day.clone(), after),
        Some(_) => return Some(Err(Reason::BadDate)),
        None => {
            let (day, rest) = after.split_at(word(after));
            (day.to_owned(), rest.trim_start_matches(is_break))
        }
    };
    let (year, clock) = after.split_at(word(after));
    let clock = clock.trim_start_matches([' ', ':', 'T', ',']);
    Some(match year.len() {
        4 => Time::parse_us(format!("{month}/{day}/{year} {clock}").trim()).ok_or(Reason::BadDate),
        2 => Err(Reason::ShortYear),
        _ => Err(Reason::BadDate),
    })
}

/// The text without its offset from UTC, and the offset in minutes where it states one.
fn zone(text: &str) -> (&str, Option<i32>) {
    let text = text.trim();
    for name in ["UTC", "GMT", "Z"] {
        if let Some(rest) = text.strip_suffix(name) {
            return (rest.trim_end(), Some(0));
        }
    }
    let Some(clock) = text.find(':') else {
        return (text, None);
    };
    let Some(at) = text[clock..].find(['+', '-']).map(|i| clock + i) else {
        return (text, None);
    };
    let sign = if text.as_bytes()[at] == b'-' { -1 } else { 1 };
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    let minutes = match (digits.len(), digits.parse::<i32>()) {
        (2, Ok(hours)) => hours * 60,
        (4, Ok(both)) => both / 100 * 60 + both % 100,
        _ => return (text, None),
    };
    (text[..at].trim_end(), Some(sign * minutes))
}

/// What a time stamp says of its offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Offset {
    Unsaid,
    Minutes(i32),
}

/// The offset from UTC of a time stamp; `None` when it has no time of day.
pub(crate) fn offset(text: &str) -> Option<Offset> {
    text.contains(':')
        .then(|| zone(text).1.map_or(Offset::Unsaid, Offset::Minutes))
}

/// Seconds since midnight of `08:15` or `08:15:30`.
fn clock(text: &str) -> Option<i64> {
    if !matches!(text.len(), 5 | 8) {
        return None;
    }
    Some(Time::parse_iso(&format!("1970-01-01 {text}"))?.seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(date: &str, date_time: &str, time: &str) -> Result<String, Option<Reason>> {
        let stamps = Stamps::default();
        match read(date, date_time, time) {
            Ok(Some((m, None))) => Ok(stamps.time(m.seconds).to_file()),
            Ok(Some((_, doubt))) => Err(doubt),
            Ok(None) => Err(None),
            Err(reason) => Err(Some(reason)),
        }
    }

    #[test]
    fn the_date_time_counts_before_the_date() {
        assert_eq!(
            shown("2013-10-10", "2013-10-10 19:08:59", "").as_deref(),
            Ok("2013-10-10 19:08")
        );
        assert_eq!(
            shown("20131010", "", "08:15:30").as_deref(),
            Ok("2013-10-10 08:15")
        );
        assert_eq!(
            shown("2013-05-17", "", "2013-05-17").as_deref(),
            Ok("2013-05-17 00:00")
        );
        assert_eq!(
            shown("", "1890-01-02T03:04", "").as_deref(),
            Ok("1890-01-02 03:04")
        );
        assert_eq!(shown("", "NaT", ""), Err(None));
        assert_eq!(shown("2013-10-10", "10:00", ""), Err(Some(Reason::BadTime)));
        assert_eq!(shown("10/10/2013", "", ""), Err(Some(Reason::SlashedDate)));
        assert_eq!(
            shown("", "2013-02-30 10:00", ""),
            Err(Some(Reason::BadDate))
        );
    }

    #[test]
    fn zones_and_fractions_are_passed_over() {
        for text in [
            "2020-01-01 10:11:00 UTC",
            "2020-01-01 10:11:00.123456 UTC",
            "2020-01-01 10:11:00.0000000 +00:00",
            "2020-01-01 10:11:00+00",
            "2020-01-01T10:11:00.000Z",
            "2020-01-01 10:11:00 -0500",
            "2020-1-1 10:11",
            "20200101101100",
            "01JAN2020:10:11:00",
            "Jan  1 2020 10:11AM",
        ] {
            assert_eq!(
                shown("2020-01-01", text, "").as_deref(),
                Ok("2020-01-01 10:11"),
                "{text}"
            );
        }
        assert_eq!(
            offset("2020-01-01 10:11:00 -0530"),
            Some(Offset::Minutes(-330))
        );
        assert_eq!(offset("2020-01-01T10:11:00.000Z"), Some(Offset::Minutes(0)));
        assert_eq!(offset("2020-01-01 10:11"), Some(Offset::Unsaid));
        assert_eq!(offset("2020-01-01"), None);
    }

    #[test]
    fn notations_that_mean_one_day_are_read_and_others_named() {
        for text in [
            "2020/01/02",
            "20200102.0",
            "2020-1-2",
            "2020-01-02T",
            "2020-01-02 00:00:00 UTC",
            "02-JAN-2020",
            "2 January 2020",
            "January 2, 2020",
            "Jan  2 2020 12:00AM",
        ] {
            assert_eq!(
                shown(text, "", "").as_deref(),
                Ok("2020-01-02 00:00"),
                "{text}"
            );
        }
        for (text, reason) in [
            ("1577836800", Reason::EpochSeconds),
            ("1577836800.0", Reason::EpochSeconds),
            ("1577836800000", Reason::EpochSeconds),
            ("01/02/2020", Reason::SlashedDate),
            ("13.02.2020", Reason::SlashedDate),
            ("1/2/20", Reason::ShortYear),
            ("02-JAN-20", Reason::ShortYear),
            ("43832", Reason::SerialDate),
            ("2020-01-02 24:00:00", Reason::BadDate),
            ("marshmallow", Reason::BadDate),
            ("2020-13-01", Reason::BadDate),
        ] {
            assert_eq!(shown(text, "", ""), Err(Some(reason)), "{text}");
        }
    }

    #[test]
    fn of_two_days_the_date_counts() {
        let (m, doubt) = read("2020-05-01", "1970-01-01 00:00:00", "")
            .expect("fine")
            .expect("there");
        assert_eq!(datetime(m.seconds).to_string(), "2020-05-01T00:00:00");
        assert_eq!((m.day_only, doubt), (true, Some(Reason::DatesDiffer)));
        // A shift to UTC.
        let (m, doubt) = read("2020-05-01", "2020-05-02 03:00:00 UTC", "")
            .expect("fine")
            .expect("there");
        assert_eq!(datetime(m.seconds).to_string(), "2020-05-01T00:00:00");
        assert_eq!(doubt, Some(Reason::DatesDiffer));
    }

    #[test]
    fn midnight_may_mean_the_end_of_the_day() {
        let stamps = Stamps {
            midnight: Midnight::EndOfDay,
            seconds: true,
        };
        let (m, _) = read("2013-10-10", "", "").expect("fine").expect("there");
        assert_eq!(
            stamps.time(stamps.second(m)).to_file(),
            "2013-10-10 23:59:00"
        );
        let (m, _) = read("", "2013-10-10 00:01:02", "")
            .expect("fine")
            .expect("there");
        assert_eq!(
            stamps.time(stamps.second(m)).to_file(),
            "2013-10-10 00:01:02"
        );
    }
}
