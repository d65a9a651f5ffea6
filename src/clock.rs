//! The time now.
//!
//! In: the computer's clock. Out: a time stamp, or the day that a file states. Never: a panic over a clock that is set past the year 9999 or before any calendar:
//! the last and the first moment that can be written stand for these.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::error::{Error, Result};

pub(crate) fn now() -> Timestamp {
    stamp(SystemTime::now())
}

/// The day in UTC that a file may state as that of its making: `SOURCE_DATE_EPOCH`'s where that is set, so that the same input gives the
/// same bytes on any day.
///
/// # Errors
/// When that is no number of seconds.
pub(crate) fn day(env: impl Fn(&str) -> Option<String>) -> Result<Date> {
    const KEY: &str = "SOURCE_DATE_EPOCH";
    let time = match env(KEY).filter(|text| !text.is_empty()) {
        None => now(),
        Some(text) => (text.trim().parse().ok())
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or_else(|| {
                Error::usage(format!("{KEY} is no number of seconds since 1970"))
                    .hint(format!("unset {KEY}, or set it to what `date +%s` prints"))
            })?,
    };
    Ok(Offset::UTC.to_datetime(time).date())
}

fn stamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(if time < UNIX_EPOCH {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_day_is_the_one_that_is_asked_for() {
        let on = |text: &'static str| day(move |_| Some(text.to_owned()));
        assert_eq!(on("1700000000").expect("a day").to_string(), "2023-11-14");
        assert_eq!(day(|_| None).expect("a day"), on("").expect("a day"));
        for bad in ["soon", "1e9", "99999999999999999999"] {
            assert!(on(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_clock_that_is_far_off_gives_the_last_moment() {
        let seconds = Duration::from_secs;
        assert_eq!(stamp(UNIX_EPOCH + seconds(60)).as_second(), 60);
        assert_eq!(stamp(UNIX_EPOCH + seconds(400_000_000_000)), Timestamp::MAX);
        assert_eq!(stamp(UNIX_EPOCH - seconds(400_000_000_000)), Timestamp::MIN);
        // What is done with it holds there, too.
        let day = jiff::tz::Offset::constant(14).to_datetime(Timestamp::MAX);
        assert_eq!(day.year(), 9999);
    }
}
