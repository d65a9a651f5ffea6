//! A coded value over time, as points with their units and dates.
//!
//! In: a record and an event of it. Out: the numeric values of the same code in time order, their range, and which point
//! is selected. Values that are no numbers, or without a time, are counted, not drawn; a unit that differs is kept apart.

use crate::record::number::number;
use crate::record::{AsOf, EventId, Record, Time};

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// When.
    pub time: Time,
    /// How much, in the trend's unit.
    pub value: f64,
    /// What stands before the number, where it is a bound and no value: `<` of `<0.01`.
    pub bound: String,
    pub event: EventId,
}

/// The values of one code in one unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trend {
    /// The event's name.
    pub name: String,
    pub code: String,
    /// The unit; empty when there is none.
    pub unit: String,
    /// By time.
    pub points: Vec<Point>,
    /// The point selected.
    pub cursor: usize,
    /// Values of the code that are not drawn: no number or no time.
    pub left_out: usize,
    /// Values of the code in another unit.
    pub other_unit: usize,
    /// Values of the code that are later than that moment.
    pub later: usize,
    /// The reference range that the selected event states.
    pub range: (Option<f64>, Option<f64>),
}

impl Trend {
    /// The trend of an event's code in its unit, up to a moment where one is given; `None` when the event has no code.
    pub(crate) fn of(record: &Record, id: EventId, as_of: Option<AsOf>) -> Option<Trend> {
        let event = record.event(id);
        let code = record.code_sym(event);
        if code.is_empty() {
            return None;
        }
        let unit = record.unit(event);
        let mut trend = Trend {
            name: record.name(event).to_owned(),
            code: record.code(event).to_owned(),
            unit: unit.to_owned(),
            points: Vec::new(),
            cursor: 0,
            left_out: 0,
            other_unit: 0,
            later: 0,
            range: (None, None),
        };
        for (i, other) in record
            .events()
            .iter()
            .enumerate()
            .filter(|(_, e)| record.code_sym(e) == code)
        {
            if as_of.is_some_and(|a| a.is_later(record, other)) {
                trend.later += 1;
                continue;
            }
            let number = number(record.value(other));
            match (number, other.time) {
                (Some(_), Some(_)) if record.unit(other) != unit => trend.other_unit += 1,
                (Some((bound, value)), Some(time)) => trend.points.push(Point {
                    time,
                    value,
                    bound: bound.to_owned(),
                    event: EventId(i as u32),
                }),
                _ => trend.left_out += 1,
            }
        }
        trend.points.sort_by_key(|p| (p.time, p.event));
        trend.cursor = trend
            .points
            .iter()
            .position(|p| p.event == id)
            .unwrap_or(trend.points.len().saturating_sub(1));
        let bound = |key: &str| record.attribute(event, key).and_then(number).map(|n| n.1);
        trend.range = (bound("range_low"), bound("range_high"));
        Some(trend)
    }

    /// The least and the largest value.
    pub(crate) fn extent(&self) -> Option<(f64, f64)> {
        let min = self
            .points
            .iter()
            .map(|p| p.value)
            .fold(f64::INFINITY, f64::min);
        let max = self
            .points
            .iter()
            .map(|p| p.value)
            .fold(f64::NEG_INFINITY, f64::max);
        (min <= max).then_some((min, max))
    }

    /// Moves the selection by points.
    pub(crate) fn go(&mut self, by: isize) {
        self.cursor = self
            .cursor
            .saturating_add_signed(by)
            .min(self.points.len().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::Shape;
    use crate::record::model::{Builder, NewEvent};

    #[test]
    fn numbers_of_the_same_code_and_unit() {
        let mut b = Builder::new(Path::new("x.xml"), Shape::Lumia, 0);
        let rows = [
            ("2020-01-02", "1.4", "mg/dL"),
            ("2020-01-01", "1.2", "mg/dL"),
            ("2020-01-03", "<0.5", "mg/dL"),
            ("2020-01-04", "106", "umol/L"),
            ("2020-01-05", "hemolyzed", "mg/dL"),
            ("", "9", "mg/dL"),
        ];
        for (time, value, unit) in rows {
            let time = Time::parse_iso(time);
            let event = NewEvent {
                time,
                type_name: "measurement",
                code: "LOINC/2160-0",
                value,
                unit,
                ..NewEvent::default()
            };
            b.event(event, &[]);
        }
        let record = b.finish();
        let trend = Trend::of(&record, EventId(1), None).expect("a code");
        let values: Vec<f64> = trend.points.iter().map(|p| p.value).collect();
        assert_eq!(values, [1.2, 1.4, 0.5]);
        let bounds: Vec<&str> = trend.points.iter().map(|p| p.bound.as_str()).collect();
        assert_eq!(bounds, ["", "", "<"], "a bound is no value");
        assert_eq!(
            (trend.other_unit, trend.left_out, trend.extent()),
            (1, 2, Some((0.5, 1.4)))
        );
    }
}
