//! The time now.
//!
//! In: the computer's clock. Out: a time stamp. Never: a panic over a clock that is set past the year 9999 or before any calendar:
//! the last and the first moment that can be written stand for these.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

pub(crate) fn now() -> Timestamp {
    stamp(SystemTime::now())
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
