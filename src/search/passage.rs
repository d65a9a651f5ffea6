//! What is shown of an event that fits: when, what, and the piece of its text that matched.
//!
//! In: a record, an event of it, the query. Out: plain text as the record has it, with what matched as byte ranges. Never: a
//! text that is safe to show; whoever shows it makes it so.

use std::ops::Range;

use super::snippet::Marker;
use crate::record::{EncounterId, Event, EventId, Record, Time};

/// Stands between the parts of an event on one line.
const BETWEEN: &str = " | ";

/// What is shown of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passage {
    /// Its time as the program prints it; empty where it has none.
    pub time: String,
    /// Its code, or empty.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What matched in the name, as bytes of it.
    pub name_marks: Vec<Range<usize>>,
    /// Its unit, or empty.
    pub unit: String,
    /// Its details, as `key: value` with ` | ` between; or empty.
    pub details: String,
    /// What matched in them, as bytes of `details`.
    pub detail_marks: Vec<Range<usize>>,
    /// The piece of its value or text.
    pub text: String,
    /// What matched in it, as bytes of `text`.
    pub marks: Vec<Range<usize>>,
    /// Whether text before or behind it was left out.
    pub cut: (bool, bool),
    /// The byte of the whole value at which the first match stands, or the piece begins.
    pub at: usize,
    /// The encounter it belongs to.
    pub encounter: EncounterLine,
}

/// An encounter as it is shown over its events.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EncounterLine {
    /// Its number in the record, from 1; 0 is what is known of the patient.
    pub number: usize,
    /// When it began.
    pub start: String,
    /// When it ended.
    pub end: String,
    /// What kind of contact it was.
    pub title: String,
}

impl EncounterLine {
    /// `encounter 12  2018-10-08 20:00 to 2018-10-11  Inpatient visit`.
    pub(crate) fn line(&self) -> String {
        let to = if self.end.is_empty() || self.end == self.start {
            String::new()
        } else {
            format!(" to {}", self.end)
        };
        if self.number == 0 {
            return self.title.clone();
        }
        let line = format!(
            "encounter {}  {}{to}  {}",
            self.number, self.start, self.title
        );
        line.trim_end().to_owned()
    }
}

impl Passage {
    /// The passage of an event, its text cut to about `length` bytes; `None` when the record has no such event.
    pub(crate) fn of(
        record: &Record,
        event: EventId,
        marker: &mut Marker,
        length: usize,
    ) -> Option<Passage> {
        let event = record.events().get(event.0 as usize)?;
        let value = record.value(event);
        let snippet = marker.snippet(value, length);
        let start = snippet.range.start;
        let encounter = record.encounter(event.encounter);
        let shown = |time: Option<Time>| time.map(|t| t.to_string()).unwrap_or_default();
        let EncounterId(number) = event.encounter;
        let name = record.name(event);
        let (details, detail_marks) = details(record, event, marker);
        Some(Passage {
            time: shown(event.time),
            code: record.code(event).to_owned(),
            name: name.to_owned(),
            name_marks: marker.marks(name),
            unit: record.unit(event).to_owned(),
            details,
            detail_marks,
            text: value[snippet.range.clone()].to_owned(),
            marks: snippet
                .marks
                .iter()
                .map(|m| m.start - start..m.end - start)
                .collect(),
            cut: (start > 0, snippet.range.end < value.len()),
            at: snippet.marks.first().map_or(start, |m| m.start),
            encounter: EncounterLine {
                // Of the patient's own facts it is the last number there is.
                number: number.wrapping_add(1) as usize,
                start: shown(encounter.start),
                end: shown(encounter.end),
                title: record.string(encounter.title).to_owned(),
            },
        })
    }

    /// The text as one line: each run of white space is a single blank, `…` stands where something was cut off, the unit
    /// and the details follow. With what matched as bytes of the line.
    pub(crate) fn line(&self) -> (String, Vec<Range<usize>>) {
        let (mut line, mut marks) = self.text_line();
        if !self.details.is_empty() {
            if !line.is_empty() {
                line.push_str(BETWEEN);
            }
            let at = line.len();
            line.push_str(&self.details);
            let moved = self.detail_marks.iter();
            marks.extend(moved.map(|m| at + m.start..at + m.end));
        }
        (line, marks)
    }

    fn text_line(&self) -> (String, Vec<Range<usize>>) {
        let mut line = String::with_capacity(self.text.len() + 8);
        let mut marks: Vec<Range<usize>> = Vec::with_capacity(self.marks.len());
        if self.cut.0 {
            line.push('…');
        }
        let mut next = self.marks.iter().peekable();
        let mut open = None;
        for (i, c) in self.text.char_indices() {
            if next.peek().is_some_and(|m| m.end <= i) {
                next.next();
                marks.extend(open.take().map(|from| from..line.len()));
            }
            if open.is_none() && next.peek().is_some_and(|m| m.start <= i) {
                open = Some(line.len());
            }
            if !c.is_whitespace() {
                line.push(c);
            } else if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        }
        marks.extend(open.map(|from| from..line.len()));
        line.truncate(line.trim_end().len());
        if self.cut.1 {
            line.push('…');
        }
        if !self.unit.is_empty() {
            line.push(' ');
            line.push_str(&self.unit);
        }
        (line, marks)
    }
}

/// An event's details on one line, and what is marked in them.
fn details(record: &Record, event: &Event, marker: &mut Marker) -> (String, Vec<Range<usize>>) {
    let mut line = String::new();
    let mut marks = Vec::new();
    for (key, value) in record.details(event) {
        if !line.is_empty() {
            line.push_str(BETWEEN);
        }
        line.extend([key, ": "]);
        let at = line.len();
        // White space of one byte each, so that marks keep their places.
        line.push_str(&value.replace(['\n', '\r', '\t'], " "));
        let own = marker.marks(value).into_iter();
        marks.extend(own.map(|m| at + m.start..at + m.end));
    }
    (line, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_follow_with_their_marks() {
        let passage = Passage {
            text: "start".to_owned(),
            details: "sig: at night | route: PO".to_owned(),
            detail_marks: vec![8..13, 23..25],
            ..Passage::default()
        };
        let (line, marks) = passage.line();
        assert_eq!(line, "start | sig: at night | route: PO");
        assert_eq!(
            [&line[marks[0].clone()], &line[marks[1].clone()]],
            ["night", "PO"]
        );
    }

    #[test]
    fn a_line_keeps_its_marks() {
        let passage = Passage {
            text: "no\n\n left\tbasal  ganglia infarct ".to_owned(),
            marks: vec![5..9, 10..24],
            cut: (true, true),
            unit: "mm".to_owned(),
            ..Passage::default()
        };
        let (line, marks) = passage.line();
        assert_eq!(line, "…no left basal ganglia infarct… mm");
        let marked: Vec<&str> = marks.into_iter().map(|r| &line[r]).collect();
        assert_eq!(marked, ["left", "basal ganglia"]);
    }
}
