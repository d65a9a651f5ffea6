//! How the timeline reads in words, for screen readers and braille lines: a line each, and nothing told by a column or a colour.
//!
//! In: the pane, the record, what was found in it. Out: cells for the visible lines only.

use std::ops::Range;

use crate::record::number::outside;
use crate::record::{EncounterId, EventId, Kind};
use crate::search::find::Field;
use crate::text;
use crate::tui::paint::Paint;
use crate::tui::panes::timeline::{NOTE_INDENT, TimelineLine};
use crate::tui::panes::timeline_view::{TimelineView, clock, name_of, preview, stay};

/// Columns at the right that say what is marked in a row of text.
pub(crate) const MARGIN: u16 = 22;

impl TimelineView<'_> {
    /// Draws the visible lines in words.
    pub(super) fn draw_in_words(&self, paint: &mut Paint<'_>) {
        let area = paint.area();
        for y in 0..area.height {
            let i = self.pane.top() + usize::from(y);
            let Some(line) = self.pane.lines().get(i) else {
                break;
            };
            match *line {
                TimelineLine::Text(e, row) => self.text_in_words(paint, y, e, row),
                TimelineLine::Event(e) => self.event_in_words(paint, y, e, *line),
                TimelineLine::Encounter(e) => {
                    let words = self.encounter_in_words(e, *line);
                    paint.put(2, y, &words, self.theme.text());
                }
                TimelineLine::Day(e) => {
                    if let Some(time) = self.view.record.event(e).time {
                        paint.put(2, y, &format!("{}:", time.date()), self.theme.text());
                    }
                }
                TimelineLine::AsOf(_) => {
                    let moment = self.pane.as_of().map(|a| a.moment().to_string());
                    let hidden = if self.pane.hides_later() {
                        "hidden"
                    } else {
                        "below"
                    };
                    let words = format!(
                        "The instruction was asked at {}; {} later, {hidden}",
                        moment.unwrap_or_default(),
                        text::thousands(self.pane.later() as u64)
                    );
                    paint.put(2, y, &words, self.theme.text());
                }
            }
            if i == self.pane.cursor() {
                paint.put(0, y, self.theme.cursor(), self.theme.text());
                if self.focused {
                    paint.focus(0, y);
                }
            }
        }
    }

    fn encounter_in_words(&self, id: EncounterId, line: TimelineLine) -> String {
        let record = &self.view.record;
        let encounter = record.encounter(id);
        let mut parts = Vec::new();
        if id != EncounterId::PATIENT {
            let start = encounter.start.map(|t| t.to_string());
            parts.push(start.unwrap_or_else(|| "no date".to_owned()));
        }
        let title = record.string(encounter.title);
        parts.push(if title.is_empty() {
            "Encounter without a visit type".to_owned()
        } else {
            title.to_owned()
        });
        parts.push(
            if self.pane.is_open(id) {
                "open"
            } else {
                "folded"
            }
            .to_owned(),
        );
        let (shown, total) = self.pane.shown_in(id);
        parts.push(if shown == total {
            format!("{shown} events")
        } else {
            format!("{shown} of {total} events")
        });
        let events = &encounter.events;
        let saw = self.pane.saw().filter(|_| !self.pane.hides_unseen());
        parts.extend(saw.map(|saw| format!("{} seen", saw.between(events.start, events.end))));
        match self.hits_in(encounter) {
            0 => {}
            n => parts.push(format!("{n} found")),
        }
        if !self.pins.between(events.start, events.end).is_empty() {
            parts.push("pinned".to_owned());
        }
        if self.pane.is_later(record, line) {
            parts.push("later".to_owned());
        }
        let over = encounter.end.is_none_or(|end| {
            let hidden = self.pane.hidden_from();
            hidden.is_none_or(|a| !a.is_past(end.seconds()))
        });
        parts.extend(stay(encounter).filter(|_| over));
        parts.join(", ")
    }

    /// What it is and what is marked comes before its name, and the value is kept, so that neither is what is cut.
    fn event_in_words(&self, paint: &mut Paint<'_>, y: u16, id: EventId, line: TimelineLine) {
        let record = &self.view.record;
        let event = record.event(id);
        let mut before = Vec::new();
        if event.encounter != EncounterId::PATIENT {
            before.push(clock(event.time).trim().to_owned());
        }
        before.push(event.kind.name().replace('_', " "));
        if event.kind == Kind::Note {
            let open = self.pane.is_note_open(id);
            before.push(if open { "open" } else { "folded" }.to_owned());
        }
        let marked = [
            (!self.pins.of(id).is_empty(), "pinned"),
            (!self.hits.of(id).is_empty(), "found"),
            (self.pane.is_unseen(record, line), "not seen"),
            (self.pane.is_later(record, line), "later"),
        ];
        before.extend(marked.iter().filter(|m| m.0).map(|m| m.1.to_owned()));
        let (value, unit) = (record.value(event).trim(), record.unit(event));
        let mut behind = String::new();
        if event.kind != Kind::Note && !(value.is_empty() && unit.is_empty()) {
            behind.push_str(format!(": {value} {unit}").trim_end());
            match outside(record, event) {
                Some(std::cmp::Ordering::Greater) => behind.push_str(", high"),
                Some(std::cmp::Ordering::Less) => behind.push_str(", low"),
                _ => {
                    let usual = self.view.usual_units.get(&record.code_sym(event));
                    if !unit.is_empty() && usual.is_some_and(|u| u != unit) {
                        behind.push_str(", another unit than usual");
                    }
                }
            }
        }
        let width = paint.area().width;
        let x = paint.put(3, y, &format!("{}: ", before.join(", ")), self.theme.text());
        let room = width.saturating_sub(x);
        let behind = text::clip(&behind, usize::from(room / 2));
        let name_room = room.saturating_sub(text::width(&behind) as u16);
        let (name, _) = name_of(record, event);
        let x = paint.put_name(x, y, name_room, name, self.theme.text(), &[]);
        let x = paint.put(x, y, &behind, self.theme.text());
        if event.kind == Kind::Note && !self.pane.is_note_open(id) && x + 6 < width {
            let preview = preview(record.value(event), usize::from(width - x));
            paint.put(x, y, &format!(": {preview}"), self.theme.text());
        }
    }

    fn text_in_words(&self, paint: &mut Paint<'_>, y: u16, id: EventId, row: u32) {
        let note = self.view.record.value(self.view.record.event(id));
        let Some(row) = self.pane.note_rows(id).get(row as usize) else {
            return;
        };
        let (start, end) = (row.start as usize, row.end as usize);
        let (marks, style) = (self.text_marks(id), self.theme.text());
        let width = paint.area().width.saturating_sub(NOTE_INDENT + MARGIN);
        let part = &note[start..end];
        paint.put_marked(NOTE_INDENT, y, width, part, start, style, &marks);
        let right = paint.area().width;
        paint.put_right(right, y, &self.row_in_words(id, &(start..end)), style);
    }

    /// What is marked in a row of an event's text, in words that fit the margin.
    pub(crate) fn row_in_words(&self, id: EventId, row: &Range<usize>) -> String {
        let in_row = |r: &Range<usize>| r.start < row.end && row.start < r.end;
        let pinned = self.pins.of(id).iter().any(|(_, r)| in_row(r));
        let mut hits = self.hits.of(id).iter();
        let found = hits.any(|hit| {
            let place = hit.start as usize..hit.end as usize;
            hit.field == Field::Value && in_row(&place)
        });
        let part = self.pane.saw().map(|saw| saw.part(id.0));
        let unseen = part.is_some_and(|part| part.is_none_or(|part| !in_row(&part)));
        let words = [(pinned, "pinned"), (found, "found"), (unseen, "not seen")];
        let words: Vec<&str> = words.iter().filter(|w| w.0).map(|w| w.1).collect();
        words.join(" ")
    }
}
