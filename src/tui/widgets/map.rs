//! The record's map: one row that shows the whole record, how dense it is, and where one stands.
//!
//! In: the times of a record's events and a width. Out: columns, each a stretch of time with its count of events. Made
//! once a record and width; drawing reads only the columns.

use jiff::civil::Date;

use crate::record::{EncounterId, Record, Time};

/// One column of the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MapColumn {
    /// A character of a label.
    Label(char),
    /// A stretch of time from `from` (inclusive) to `to` (exclusive), in civil seconds.
    Bar {
        /// First second.
        from: i64,
        /// One past the last second.
        to: i64,
        events: u32,
        /// Whether an inpatient stay reaches into it.
        inpatient: bool,
    },
}

/// The map at one width.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Map {
    /// Left to right.
    pub columns: Vec<MapColumn>,
    /// The largest count of a column.
    pub most: u32,
    /// Where bars begin in time, and their columns, for finding one by bisection.
    bars: Vec<(i64, usize)>,
}

/// How long one labelled stretch is.
#[derive(Clone, Copy)]
enum MapStep {
    Days(i64),
    Months(i64),
    Years(i64),
}

impl Map {
    /// The map of a record, `width` columns wide.
    pub(crate) fn of(record: &Record, width: u16) -> Map {
        let Some((first, last)) = record.span() else {
            return Map::default();
        };
        let width = usize::from(width);
        let mut map = Map::default();
        for (label, from, to) in stretches(first, last, width) {
            map.columns.extend(label.chars().map(MapColumn::Label));
            map.columns.push(MapColumn::Label(' '));
            let bars = (width / stretches_len(first, last, width))
                .saturating_sub(label.len() + 2)
                .max(1) as i64;
            for i in 0..bars {
                let at = |i: i64| from + (to - from) * i / bars;
                map.columns.push(MapColumn::Bar {
                    from: at(i),
                    to: at(i + 1),
                    events: 0,
                    inpatient: false,
                });
            }
            map.columns.push(MapColumn::Label(' '));
        }
        map.columns.truncate(width);
        map.count(record);
        map
    }

    fn count(&mut self, record: &Record) {
        self.bars = self
            .columns
            .iter()
            .enumerate()
            .filter_map(|(i, c)| match c {
                MapColumn::Bar { from, .. } => Some((*from, i)),
                MapColumn::Label(_) => None,
            })
            .collect();
        let bars = self.bars.clone();
        let find = |seconds: i64| {
            bars.partition_point(|(from, _)| *from <= seconds)
                .checked_sub(1)
        };
        for event in record.happened() {
            let Some(at) = event.time.and_then(|t| find(t.seconds())) else {
                continue;
            };
            if let MapColumn::Bar { events, .. } = &mut self.columns[bars[at].1] {
                *events += 1;
                self.most = self.most.max(*events);
            }
        }
        for i in 0..record.encounters().len() {
            let id = EncounterId(i as u32);
            let encounter = record.encounter(id);
            let (Some(start), Some(end)) = (encounter.start, encounter.end) else {
                continue;
            };
            if !is_inpatient(record.string(encounter.title)) {
                continue;
            }
            let (Some(a), Some(b)) = (find(start.seconds()), find(end.seconds())) else {
                continue;
            };
            for &(_, column) in &bars[a..=b] {
                if let MapColumn::Bar { inpatient, .. } = &mut self.columns[column] {
                    *inpatient = true;
                }
            }
        }
    }

    /// The column of a time.
    pub(crate) fn column_of(&self, seconds: i64) -> Option<usize> {
        let behind = self.bars.partition_point(|(from, _)| *from <= seconds);
        behind.checked_sub(1).map(|i| self.bars[i].1)
    }

    /// The next column to the left or right of `column` that holds events.
    pub(crate) fn next_busy(&self, column: usize, right: bool) -> Option<usize> {
        let busy =
            |i: &usize| matches!(self.columns[*i], MapColumn::Bar { events, .. } if events > 0);
        if right {
            (column + 1..self.columns.len()).find(busy)
        } else {
            (0..column.min(self.columns.len())).rev().find(busy)
        }
    }

    /// The first second of a bar.
    pub(crate) fn start_of(&self, column: usize) -> Option<i64> {
        match self.columns.get(column)? {
            MapColumn::Bar { from, .. } => Some(*from),
            MapColumn::Label(_) => None,
        }
    }
}

/// Whether an encounter of that title is a stay in hospital.
pub(crate) fn is_inpatient(title: &str) -> bool {
    let title = title.to_ascii_lowercase();
    title.contains("inpatient") || title.contains("hospital") || title.contains("intensive care")
}

fn stretches_len(first: Time, last: Time, width: usize) -> usize {
    stretches(first, last, width).len().max(1)
}

/// Labelled stretches that cover the record, as (label, from, to), at least 12 columns wide each where possible.
fn stretches(first: Time, last: Time, width: usize) -> Vec<(String, i64, i64)> {
    let room = (width / 12).max(1) as i64;
    let days = (last.seconds() - first.seconds()) / 86_400 + 1;
    let (a, b) = (first.date(), last.date());
    let months = (i64::from(b.year()) - i64::from(a.year())) * 12 + i64::from(b.month())
        - i64::from(a.month())
        + 1;
    let years = i64::from(b.year()) - i64::from(a.year()) + 1;
    let per = |n: i64| (n + room - 1) / room;
    let step = if days <= 2 * room.min(31) {
        MapStep::Days(per(days))
    } else if months <= 24.min(2 * room) {
        MapStep::Months(per(months))
    } else {
        MapStep::Years(per(years))
    };
    let mut all = Vec::new();
    let mut at = match step {
        MapStep::Days(_) => a,
        MapStep::Months(_) => a.first_of_month(),
        MapStep::Years(_) => Date::new(a.year(), 1, 1).unwrap_or(a),
    };
    while at <= b && all.len() < width {
        let next = match step {
            MapStep::Days(n) => at.checked_add(jiff::Span::new().days(n)),
            MapStep::Months(n) => at.checked_add(jiff::Span::new().months(n)),
            MapStep::Years(n) => at.checked_add(jiff::Span::new().years(n)),
        };
        let label = match step {
            MapStep::Days(_) => format!("{:02}-{:02}", at.month(), at.day()),
            MapStep::Months(_) => format!("{}-{:02}", at.year(), at.month()),
            MapStep::Years(_) => at.year().to_string(),
        };
        let from = seconds(at);
        let Ok(next) = next else {
            all.push((label, from, last.seconds() + 1));
            break;
        };
        all.push((label, from, seconds(next)));
        at = next;
    }
    all
}

fn seconds(date: Date) -> i64 {
    Time::new(date.at(0, 0, 0, 0), crate::record::Precision::Day).seconds()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::Shape;
    use crate::record::model::{Builder, NewEvent};

    fn record(times: &[&str]) -> Record {
        let mut b = Builder::new(Path::new("x.xml"), Shape::Lumia, 0);
        for time in times {
            let time = Time::parse_iso(time);
            b.event(
                NewEvent {
                    type_name: "measurement",
                    time,
                    ..NewEvent::default()
                },
                &[],
            );
        }
        b.finish()
    }

    fn labels(map: &Map) -> String {
        let sign = |c: &MapColumn| match c {
            MapColumn::Label(c) => *c,
            MapColumn::Bar { events, .. } => char::from_digit((*events).min(9), 10).unwrap_or('?'),
        };
        map.columns
            .iter()
            .map(sign)
            .collect::<String>()
            .trim_end()
            .to_owned()
    }

    #[test]
    fn every_event_is_counted_once() {
        let times = [
            "2001-01-01 00:00",
            "2008-06-01 10:00",
            "2008-06-01 10:00",
            "2020-12-31 23:59",
        ];
        for width in [1u16, 10, 40, 78, 118, 400] {
            let map = Map::of(&record(&times), width);
            let total: u32 = map
                .columns
                .iter()
                .map(|c| {
                    if let MapColumn::Bar { events, .. } = c {
                        *events
                    } else {
                        0
                    }
                })
                .sum();
            assert!(map.columns.len() <= usize::from(width));
            if width >= 40 {
                assert_eq!(total, 4, "{width}: {}", labels(&map));
            }
        }
    }

    #[test]
    fn steps_follow_the_span() {
        assert!(
            labels(&Map::of(
                &record(&["2020-03-01 10:00", "2020-03-02 10:00"]),
                60
            ))
            .starts_with("03-01 ")
        );
        assert!(
            labels(&Map::of(
                &record(&["2020-03-01 10:00", "2020-08-02 10:00"]),
                60
            ))
            .starts_with("2020-03 ")
        );
        assert!(
            labels(&Map::of(
                &record(&["2000-03-01 10:00", "2020-08-02 10:00"]),
                60
            ))
            .starts_with("2000 ")
        );
        assert_eq!(Map::of(&record(&["NULL"]), 60), Map::default());
    }
}
