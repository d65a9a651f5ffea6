//! Which encounter an event belongs to.
//!
//! In: a patient's visits, and for each event its time and the visit id that it names. Out: for each event the place
//! of its encounter; encounters stand in time order. The rules, in this order:
//!
//! 1. An event that names a visit is in the encounter of that visit, whether or not the visit table has it.
//! 2. Any other event is in the visit during which it happened: an event with a time of day when the time is within
//!    the visit, an event of a day when the day touches the visit. Of several visits it is the shortest, then the one
//!    that started first, then the one with the lowest id. A visit without an end lasts until the end of its first day.
//! 3. What is left, in time order, is one encounter as long as no more than the gap (24 hours) passes between one
//!    event and the next.

use rustc_hash::FxHashMap;

/// When something happened, in seconds since 1970-01-01 00:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(crate) seconds: i64,
    /// Only the day is known: no time of day, or midnight sharp, which is how most extracts write a mere date.
    pub(crate) day_only: bool,
}

const DAY: i64 = 86_400;

impl Moment {
    /// The last second that it may mean.
    fn last(self) -> i64 {
        if self.day_only {
            self.seconds + DAY - 1
        } else {
            self.seconds
        }
    }
}

/// A visit's id and time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) id: i64,
    pub(crate) start: Moment,
    pub(crate) end: Option<Moment>,
}

/// Gives each event (its moment and the visit it names) an encounter, numbered from 0 in time order, and says how many
/// encounters there are. `gap` is in seconds.
pub(crate) fn assign(
    visits: &[Visit],
    events: &[(Moment, Option<i64>)],
    gap: i64,
) -> (Vec<u32>, usize) {
    // Groups: those of visit ids first, then those of the gap rule.
    let mut of_visit: FxHashMap<i64, usize> = FxHashMap::default();
    let mut groups: Vec<(i64, u8, i64)> = Vec::new();
    let mut join = |groups: &mut Vec<(i64, u8, i64)>, id: i64, seconds: i64| {
        let group = *of_visit.entry(id).or_insert_with(|| {
            groups.push((i64::MAX, 0, id));
            groups.len() - 1
        });
        groups[group].0 = groups[group].0.min(seconds);
        group
    };
    let during = During::new(visits);
    let mut place = vec![usize::MAX; events.len()];
    let mut alone: Vec<(i64, usize)> = Vec::new();
    for (i, (moment, visit)) in events.iter().enumerate() {
        match visit.or_else(|| during.find(*moment)) {
            Some(id) => place[i] = join(&mut groups, id, moment.seconds),
            None => alone.push((moment.seconds, i)),
        }
    }
    alone.sort_unstable();
    let mut last = None;
    for (seconds, i) in alone {
        if last.is_none_or(|l| seconds - l > gap) {
            groups.push((seconds, 1, groups.len() as i64));
        }
        last = Some(seconds);
        place[i] = groups.len() - 1;
    }
    // Number them by their first event; visits come before what has none, then by id.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_unstable_by_key(|g| groups[*g]);
    let mut rank = vec![0; groups.len()];
    for (n, g) in order.into_iter().enumerate() {
        rank[g] = n as u32;
    }
    (place.into_iter().map(|g| rank[g]).collect(), groups.len())
}

/// Finds visits by time.
struct During {
    /// (first second, last second, id), by first second.
    spans: Vec<(i64, i64, i64)>,
    /// The latest last second of this span and all before it.
    reach: Vec<i64>,
}

impl During {
    fn new(visits: &[Visit]) -> Self {
        let mut spans: Vec<_> = visits
            .iter()
            .map(|v| {
                let first = v.start.seconds;
                let last = v.end.map_or_else(
                    || (first.div_euclid(DAY) + 1) * DAY - 1,
                    |end| end.last().max(first),
                );
                (first, last, v.id)
            })
            .collect();
        spans.sort_unstable();
        let reach = spans
            .iter()
            .scan(i64::MIN, |reach, span| {
                *reach = span.1.max(*reach);
                Some(*reach)
            })
            .collect();
        During { spans, reach }
    }

    fn find(&self, moment: Moment) -> Option<i64> {
        let (first, last) = (moment.seconds, moment.last());
        let end = self.spans.partition_point(|s| s.0 <= last);
        (0..end)
            .rev()
            .take_while(|i| self.reach[*i] >= first)
            .map(|i| self.spans[i])
            .filter(|s| s.1 >= first)
            .min_by_key(|s| (s.1 - s.0, s.0, s.2))
            .map(|s| s.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const H: i64 = 3600;

    fn at(hours: i64) -> Moment {
        Moment {
            seconds: hours * H + 60,
            day_only: false,
        }
    }

    fn day(n: i64) -> Moment {
        Moment {
            seconds: n * DAY,
            day_only: true,
        }
    }

    fn visit(id: i64, start: Moment, end: Option<Moment>) -> Visit {
        Visit { id, start, end }
    }

    #[test]
    fn a_named_visit_counts_before_time() {
        let visits = [visit(7, at(10), Some(at(20))), visit(8, at(100), None)];
        let events = [
            (at(12), Some(8)),
            (at(101), None),
            (at(12), None),
            (at(500), Some(9)),
        ];
        let (places, count) = assign(&visits, &events, 24 * H);
        assert_eq!(count, 3);
        assert_eq!(places, [1, 1, 0, 2], "{places:?}");
    }

    #[test]
    fn of_nested_visits_the_shortest_holds_the_event() {
        let visits = [
            visit(1, at(0), Some(at(100))),
            visit(2, at(10), Some(at(20))),
            visit(3, at(10), Some(at(20))),
        ];
        let events = [
            (at(15), None),
            (at(15), Some(2)),
            (at(50), None),
            (at(50), Some(1)),
        ];
        let (places, count) = assign(&visits, &events, 24 * H);
        assert_eq!(count, 2);
        assert_eq!(places[0], places[1]);
        assert_eq!(places[2], places[3]);
    }

    #[test]
    fn a_mere_day_belongs_to_a_visit_that_touches_it() {
        let visits = [
            visit(1, at(34), Some(at(40))),
            visit(2, day(5), Some(day(6))),
        ];
        let events = [
            (day(1), None),
            (at(5 * 24 + 30), None),
            (day(3), None),
            (at(33), None),
        ];
        let (places, _) = assign(&visits, &events, H);
        let named = assign(
            &visits,
            &[
                (day(1), Some(1)),
                (at(5 * 24 + 30), Some(2)),
                (day(3), None),
                (at(33), None),
            ],
            H,
        )
        .0;
        assert_eq!(places, named);
    }

    #[test]
    fn the_gap_splits_what_has_no_visit() {
        let events = [
            (at(0), None),
            (at(24), None),
            (at(49), None),
            (at(50), None),
        ];
        let (places, count) = assign(&[], &events, 24 * H);
        assert_eq!((places, count), (vec![0, 0, 1, 1], 2));
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(assign(&[], &[], 1), (vec![], 0));
    }
}
