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
pub enum Midnight {
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
/// is a doubt: the time was unreadable and the date was taken.
pub(crate) fn read(
    date: &str,
    date_time: &str,
    time: &str,
) -> Result<Option<(Moment, Option<Reason>)>, Reason> {
    let (date, date_time) = (present(date), present(date_time));
    let mut doubt = None;
    if let Some(text) = date_time {
        if let Some(moment) = parse(text) {
            return Ok(Some((moment, None)));
        }
        doubt = Some(Reason::BadTime);
    }
    let Some(text) = date else {
        return if doubt.is_some() {
            Err(Reason::BadDate)
        } else {
            Ok(None)
        };
    };
    let mut moment = parse(text).ok_or(Reason::BadDate)?;
    if doubt.is_none()
        && moment.day_only
        && let Some(seconds) = clock(time)
    {
        moment = Moment {
            seconds: moment.seconds + seconds,
            day_only: seconds == 0,
        };
    }
    Ok(Some((moment, doubt)))
}

/// Words that stand for a missing date.
fn present(text: &str) -> Option<&str> {
    let missing = text.is_empty()
        || ["nan", "nat", "na", "none"]
            .iter()
            .any(|m| text.eq_ignore_ascii_case(m));
    (!missing).then_some(text)
}

fn parse(text: &str) -> Option<Moment> {
    let time = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let (year, rest) = text.split_at(4);
        let (month, day) = rest.split_at(2);
        Time::parse_iso(&format!("{year}-{month}-{day}"))
    } else {
        Time::parse_iso(text)
    }?;
    let seconds = time.seconds();
    Some(Moment {
        seconds,
        day_only: time.precision() == Precision::Day || seconds.rem_euclid(86_400) == 0,
    })
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
            Ok(Some((m, None))) => Ok(stamps.time(m.seconds).to_string()),
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
        assert_eq!(shown("10/10/2013", "", ""), Err(Some(Reason::BadDate)));
        assert_eq!(
            shown("", "2013-02-30 10:00", ""),
            Err(Some(Reason::BadDate))
        );
    }

    #[test]
    fn midnight_may_mean_the_end_of_the_day() {
        let stamps = Stamps {
            midnight: Midnight::EndOfDay,
            seconds: true,
        };
        let (m, _) = read("2013-10-10", "", "").expect("fine").expect("there");
        assert_eq!(
            stamps.time(stamps.second(m)).to_string(),
            "2013-10-10 23:59:00"
        );
        let (m, _) = read("", "2013-10-10 00:01:02", "")
            .expect("fine")
            .expect("there");
        assert_eq!(
            stamps.time(stamps.second(m)).to_string(),
            "2013-10-10 00:01:02"
        );
    }
}
