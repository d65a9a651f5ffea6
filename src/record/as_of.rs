//! What of a record lies after the moment that an instruction was asked at.
//!
//! In: that moment. Out: whether an event or an encounter is later. The record itself is never cut.

use crate::record::{Encounter, Event, Precision, Record, Time};

/// The moment that counts as now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AsOf(Time);

impl AsOf {
    /// The last moment that is not later: of a day the whole day, of a minute the whole minute.
    pub(crate) fn new(moment: Time) -> Self {
        AsOf(moment)
    }

    /// The moment as it was written.
    pub(crate) fn moment(self) -> Time {
        self.0
    }

    /// The first second that is later.
    pub(crate) fn end(self) -> i64 {
        let unit = match self.0.precision() {
            Precision::Day => 86_400,
            Precision::Minute => 60,
            Precision::Second => 1,
        };
        self.0.seconds() + unit
    }

    /// Whether a time in seconds (see [`Time::seconds`]) is later.
    pub(crate) fn is_past(self, seconds: i64) -> bool {
        seconds >= self.end()
    }

    /// Whether an event is later. A day without a time of day counts as its beginning; an event without any time is
    /// as late as its encounter's beginning, and without that it is not later: nothing says so.
    pub(crate) fn is_later(self, record: &Record, event: &Event) -> bool {
        let start = || record.encounter(event.encounter).start;
        let time = event.time.or_else(start);
        time.is_some_and(|t| self.is_past(t.seconds()))
    }

    /// Whether a text is a time that is later, such as an end that nobody knew of yet.
    pub(crate) fn is_told_later(self, text: &str) -> bool {
        Time::parse_iso(text.trim()).is_some_and(|t| self.is_past(t.seconds()))
    }

    /// When an encounter ended, as far as it had.
    pub(crate) fn known_end(now: Option<AsOf>, encounter: &Encounter) -> Option<Time> {
        let known = |end: &Time| now.is_none_or(|now| !now.is_past(end.seconds()));
        encounter.end.filter(known)
    }

    /// Whether an encounter begins later.
    pub(crate) fn begins_later(self, encounter: &Encounter) -> bool {
        encounter.start.is_some_and(|t| self.is_past(t.seconds()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::read_bytes;

    /// Which of the events of a small record are later than a moment.
    fn later(moment: &str) -> Vec<bool> {
        let xml = "<eventstream person_id=\"1\">\
            <encounter><events>\
            <entry timestamp=\"2020-01-02 08:00\"><event type=\"m\" code=\"a\">1</event></entry>\
            <entry timestamp=\"2020-01-02 08:00:59\"><event type=\"m\" code=\"a\">2</event></entry>\
            <entry timestamp=\"2020-01-02 08:01\"><event type=\"m\" code=\"a\">3</event></entry>\
            <entry timestamp=\"2020-01-03\"><event type=\"m\" code=\"a\">4</event></entry>\
            <entry><event type=\"m\" code=\"a\">5</event></entry>\
            </events></encounter></eventstream>";
        let record = read_bytes(Path::new("1.xml"), xml.as_bytes().to_vec())
            .expect("a record")
            .look_inside();
        let as_of = AsOf::new(Time::parse_iso(moment).expect("a time"));
        let events = record.events().iter();
        events.map(|e| as_of.is_later(&record, e)).collect()
    }

    #[test]
    fn a_moment_holds_the_whole_of_the_unit_it_is_written_in() {
        assert_eq!(later("2020-01-02 08:00"), [false, false, true, true, false]);
        assert_eq!(
            later("2020-01-02 08:00:00"),
            [false, true, true, true, false]
        );
        assert_eq!(later("2020-01-02"), [false, false, false, true, false]);
        assert_eq!(later("2020-01-03"), [false; 5]);
    }

    #[test]
    fn an_event_without_a_time_is_as_late_as_its_encounter() {
        assert_eq!(later("2020-01-01"), [true; 5]);
    }
}
