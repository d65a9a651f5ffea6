//! The number that a value is, and whether it lies outside of the range that its event states.
//!
//! In: a value as written, or an event. Out: a number with what stands before it. Never: a number out of the middle of words.

use std::cmp::Ordering;

use crate::record::{Event, Record};

/// What stands before a number, `=` left out, and the number.
pub(crate) fn number(value: &str) -> Option<(&str, f64)> {
    let value = value.trim();
    let digits = value.trim_start_matches(['<', '>', '=', '~', '≤', '≥']);
    let bound = &value[..value.len() - digits.len()];
    let number = digits.trim().parse().ok().filter(|v: &f64| v.is_finite())?;
    Some((if bound == "=" { "" } else { bound }, number))
}

/// Whether a value lies above or below the range that its event states; a bound lies nowhere.
pub(crate) fn outside(record: &Record, event: &Event) -> Option<Ordering> {
    let ("", number) = number(record.value(event))? else {
        return None;
    };
    let bound = |key: &str| {
        record
            .attribute(event, key)
            .and_then(|v| v.trim().parse::<f64>().ok())
    };
    if bound("range_high").is_some_and(|high| number > high) {
        return Some(Ordering::Greater);
    }
    bound("range_low")
        .is_some_and(|low| number < low)
        .then_some(Ordering::Less)
}
