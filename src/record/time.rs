//! Points in a record's time: zone-less civil times with the precision they were written in.
//!
//! In: the time stamps of the field's files. Out: ordered values that print as `2018-10-08 20:00`. A string that
//! is no time gives `None`; it is never guessed into one.

use std::fmt;

use jiff::civil::{Date, DateTime};

/// How exactly a time was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// A date without a time of day.
    Day,
    /// Hours and minutes.
    Minute,
    /// Seconds, possibly with a fraction that is dropped.
    Second,
}

/// A civil time without a zone, in whole seconds since 1970-01-01 00:00, years -9999 to 9999.
///
/// Ordered by the instant first, so that a day sorts before the minutes within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    precision: Precision,
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Time {
    /// The time of a civil date and time of day.
    pub fn new(at: DateTime, precision: Precision) -> Self {
        let seconds = at.duration_since(EPOCH).as_secs();
        Time { seconds, precision }
    }

    /// Reads the LUMIA forms: `2013-10-10 19:08`, with seconds, with a `T`, a fraction or a zone (dropped: record
    /// times are local), or a date alone. Anything else is `None`.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let text = text.trim();
        let b = text.as_bytes();
        if !text.is_ascii() || b.len() > 40 || b.len() < 10 {
            return None;
        }
        let number = |from: usize, len: usize| -> Option<i16> {
            let digits = b.get(from..from + len)?;
            digits
                .iter()
                .all(u8::is_ascii_digit)
                .then(|| digits.iter().fold(0, |n, d| n * 10 + i16::from(d - b'0')))
        };
        if b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        let date = Date::new(number(0, 4)?, number(5, 2)? as i8, number(8, 2)? as i8).ok()?;
        if date.year() == 0 {
            return None;
        }
        if b.len() == 10 {
            return Some(Time::new(date.at(0, 0, 0, 0), Precision::Day));
        }
        if !matches!(b[10], b' ' | b'T') || b.get(13) != Some(&b':') {
            return None;
        }
        let (hour, minute) = (number(11, 2)?, number(14, 2)?);
        let mut at = 16;
        let mut second = 0;
        let mut precision = Precision::Minute;
        if b.get(at) == Some(&b':') {
            second = number(17, 2)?;
            precision = Precision::Second;
            at = 19;
            if b.get(at) == Some(&b'.') {
                at += 1;
                let digits = b[at..].iter().take_while(|c| c.is_ascii_digit()).count();
                if digits == 0 {
                    return None;
                }
                at += digits;
            }
        }
        if hour > 23 || minute > 59 || second > 59 || !is_zone(&b[at..]) {
            return None;
        }
        Some(Time::new(
            date.at(hour as i8, minute as i8, second as i8, 0),
            precision,
        ))
    }

    /// Reads the US forms of the visit/day shape: `10/08/2018 20:00`, `10/8/18 9:00 PM`, `7/19/1966`.
    ///
    /// Two-digit years: 00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999 (POSIX `strptime`).
    pub fn parse_us(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() || text.len() > 40 {
            return None;
        }
        let mut words = text.split_ascii_whitespace();
        let date = us_date(words.next()?)?;
        let Some(clock) = words.next() else {
            return Some(Time::new(date.at(0, 0, 0, 0), Precision::Day));
        };
        // `9:00PM` is written too.
        let (clock, glued) = match clock.find(|c: char| c.is_ascii_alphabetic()) {
            Some(i) => clock.split_at(i),
            None => (clock, ""),
        };
        let half = if glued.is_empty() {
            words.next()
        } else {
            Some(glued)
        };
        if words.next().is_some() {
            return None;
        }
        let mut parts = clock.split(':');
        let (mut hour, minute) = (small(parts.next()?)?, small(parts.next()?)?);
        let (second, precision) = match parts.next() {
            Some(s) => (small(s)?, Precision::Second),
            None => (0, Precision::Minute),
        };
        if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        match half.map(str::to_ascii_lowercase).as_deref() {
            None => {}
            Some("am") if (1..=12).contains(&hour) => hour %= 12,
            Some("pm") if (1..=12).contains(&hour) => hour = hour % 12 + 12,
            Some(_) => return None,
        }
        Some(Time::new(date.at(hour, minute, second, 0), precision))
    }

    /// Seconds since 1970-01-01 00:00, civil.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// How exactly the time was written.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The civil date and time of day.
    pub fn datetime(self) -> DateTime {
        EPOCH
            .checked_add(jiff::SignedDuration::from_secs(self.seconds))
            .unwrap_or(EPOCH)
    }

    /// As records, tables and review files have it, which [`Time::parse_iso`] reads back: `2018-10-08 20:00`, as exact as it was written.
    /// Pins are found again by it: it never changes.
    pub fn to_file(self) -> String {
        let at = self.datetime();
        let (date, hour, minute) = (at.date(), at.hour(), at.minute());
        match self.precision {
            Precision::Day => date.to_string(),
            Precision::Minute => format!("{date} {hour:02}:{minute:02}"),
            Precision::Second => format!("{date} {hour:02}:{minute:02}:{:02}", at.second()),
        }
    }

    /// The civil date.
    pub fn date(self) -> Date {
        self.datetime().date()
    }
}

impl From<Date> for Time {
    /// A day, without a time of day.
    fn from(date: Date) -> Self {
        Time::new(
            date.to_datetime(jiff::civil::Time::midnight()),
            Precision::Day,
        )
    }
}

impl fmt::Display for Time {
    /// As people read it, on the screen and in messages: `2018-10-08`, `2018-10-08 20:00` or `2018-10-08 20:00:12`, as exact as it was
    /// written. What goes into a file is [`Time::to_file`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.datetime();
        let date = t.date();
        match self.precision {
            Precision::Day => f.pad(&format!("{date}")),
            Precision::Minute => f.pad(&format!("{date} {:02}:{:02}", t.hour(), t.minute())),
            Precision::Second => f.pad(&format!(
                "{date} {:02}:{:02}:{:02}",
                t.hour(),
                t.minute(),
                t.second()
            )),
        }
    }
}

fn is_zone(b: &[u8]) -> bool {
    match b {
        [] | [b'Z'] => true,
        [b'+' | b'-', rest @ ..] => {
            matches!(rest.len(), 2 | 4 | 5) && rest.iter().all(|c| c.is_ascii_digit() || *c == b':')
        }
        _ => false,
    }
}

fn us_date(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let (month, day, year) = (small(parts.next()?)?, small(parts.next()?)?, parts.next()?);
    if parts.next().is_some() || !year.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let year: i16 = match (year.len(), year.parse().ok()?) {
        (2, y @ 0..=68) => 2000 + y,
        (2, y) => 1900 + y,
        (4, y) if y > 0 => y,
        _ => return None,
    };
    Date::new(year, month, day).ok()
}

/// One or two digits.
fn small(text: &str) -> Option<i8> {
    (matches!(text.len(), 1 | 2) && text.bytes().all(|c| c.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Option<String> {
        let time = Time::parse_iso(text)?;
        // What files have is read back as it is.
        assert_eq!(Time::parse_iso(&time.to_file()), Some(time), "{text}");
        Some(time.to_file())
    }

    fn us(text: &str) -> Option<String> {
        Time::parse_us(text).map(|t| t.to_string())
    }

    #[test]
    fn lumia_forms_keep_their_precision() {
        assert_eq!(iso("2013-10-10 19:08").as_deref(), Some("2013-10-10 19:08"));
        assert_eq!(
            iso("2013-10-10T19:08:05.25Z").as_deref(),
            Some("2013-10-10 19:08:05")
        );
        assert_eq!(
            iso("2013-10-10 19:08:05+02:00").as_deref(),
            Some("2013-10-10 19:08:05")
        );
        assert_eq!(iso("2013-10-10").as_deref(), Some("2013-10-10"));
        assert_eq!(iso("0091-02-03 04:05").as_deref(), Some("0091-02-03 04:05"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for bad in [
            "",
            "NULL",
            "2021-02-30 10:00",
            "2021-13-01 10:00",
            "2021-01-01 24:00",
            "2021-01-01 10:60",
        ] {
            assert_eq!(iso(bad), None, "{bad}");
        }
        for bad in [
            "0000-00-00 00:00",
            "12021-01-01 10:00",
            "1583058000",
            "٢٠٢٠-٠٣-٠١ ١٠:٠٠",
            "2020-03-01 10:0000000",
        ] {
            assert_eq!(iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn us_forms() {
        assert_eq!(us("10/08/2018 20:00").as_deref(), Some("2018-10-08 20:00"));
        assert_eq!(
            us("10/08/2018 08:00 PM").as_deref(),
            Some("2018-10-08 20:00")
        );
        assert_eq!(us("10/8/18 9:00PM").as_deref(), Some("2018-10-08 21:00"));
        assert_eq!(us("10/8/18 12:05 am").as_deref(), Some("2018-10-08 00:05"));
        assert_eq!(us("7/19/1966").as_deref(), Some("1966-07-19"));
        for bad in [
            "13/1/2018",
            "10/08/2018 24:00",
            "10/08/2018 13:00 PM",
            "10/08/2018 0:00 AM",
            "2018-10-08",
        ] {
            assert_eq!(us(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_day_sorts_before_its_minutes() {
        assert!(Time::parse_iso("2020-01-01") < Time::parse_iso("2020-01-01 00:00"));
    }
}
