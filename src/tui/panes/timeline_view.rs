//! How the timeline looks.
//!
//! In: the pane, the record, what was found in it. Out: cells for the visible lines only.

use std::ops::Range;

use ratatui::style::Style;

use crate::record::number::outside;
use crate::record::{Encounter, EncounterId, Event, EventId, Kind, Precision, Record, Time};
use crate::search::find::{Field, Hits};
use crate::text;
use crate::tui::paint::Paint;
use crate::tui::panes::sections;
use crate::tui::panes::timeline::{NOTE_INDENT, Timeline, TimelineLine};
use crate::tui::pins::Pins;
use crate::tui::record_view::RecordView;
use crate::tui::selection::Selection;
use crate::tui::theme::Theme;
use crate::tui::widgets::map::is_inpatient;

/// Byte ranges to mark in a text, with their style.
pub(crate) type Marks = Vec<(Range<usize>, Style)>;

/// Everything the drawing needs.
pub(crate) struct TimelineView<'a> {
    pub pane: &'a Timeline,
    pub view: &'a RecordView,
    /// Signs and styles.
    pub theme: Theme,
    /// Whether keys go to this pane.
    pub focused: bool,
    /// What was found.
    pub hits: &'a Hits,
    /// The place found that the search stands at.
    pub hit: Option<usize>,
    /// What is pinned.
    pub pins: &'a Pins,
    /// The passage that is being selected.
    pub selection: Option<&'a Selection>,
}

/// Columns of the unit.
const UNIT: u16 = 8;
/// Column at which an event's name begins.
const NAME: u16 = 10;

impl TimelineView<'_> {
    /// Draws the visible lines.
    pub(crate) fn draw(&self, paint: &mut Paint<'_>) {
        let area = paint.area();
        let lines = self.pane.lines();
        if lines.is_empty() {
            let text = if self.pane.filter().is_empty() {
                "This record holds no encounters."
            } else {
                "The filter leaves nothing to show."
            };
            paint.put(1, 0, text, self.theme.text());
            return;
        }
        if self.theme.plain {
            return self.draw_in_words(paint);
        }
        for y in 0..area.height {
            let i = self.pane.top() + usize::from(y);
            let Some(line) = lines.get(i) else { break };
            match *line {
                TimelineLine::Encounter(e) => self.encounter(paint, y, e),
                TimelineLine::Day(e) => self.day(paint, y, e),
                TimelineLine::Event(e) => self.event(paint, y, e),
                TimelineLine::Text(e, row) => self.text(paint, y, e, row),
                TimelineLine::AsOf(within) => self.as_of(paint, y, within.is_some()),
            }
            let unseen = self.pane.is_unseen(self.record(), *line);
            if unseen || self.pane.is_later(self.record(), *line) {
                paint.style(1, y, area.width, self.theme.dim());
            }
            if !unseen {
                self.seen_sign(paint, y, *line);
            }
            if i == self.pane.cursor() {
                paint.put(0, y, self.theme.cursor(), self.theme.text());
                if self.focused {
                    paint.focus(0, y);
                }
                // A row in reverse would hide which part of it is selected.
                if self.focused && self.selection.is_none() {
                    paint.reverse(y);
                }
            }
        }
    }

    fn record(&self) -> &Record {
        &self.view.record
    }

    /// The line of the moment that the instruction was asked at.
    fn as_of(&self, paint: &mut Paint<'_>, y: u16, within: bool) {
        let Some(as_of) = self.pane.as_of() else {
            return;
        };
        let later = self.pane.later();
        let what = match (later, self.pane.hides_later()) {
            (0, _) => "nothing later".to_owned(),
            (_, true) if within => "more HIDDEN".to_owned(),
            (_, false) if within => "later below".to_owned(),
            (n, true) => format!("{} later HIDDEN", text::thousands(n as u64)),
            (n, false) => format!("{} later in all", text::thousands(n as u64)),
        };
        paint.line(y, self.theme.line(), self.theme.text());
        let dot = self.theme.dot();
        let text = format!(" as of {} {dot} {what} ", as_of.moment());
        let room = paint.area().width.saturating_sub(2);
        paint.put_in(2, y, room, &text, self.theme.bold());
    }

    /// The sign before what a model saw: in which chunk, where there were several.
    fn seen_sign(&self, paint: &mut Paint<'_>, y: u16, line: TimelineLine) {
        let (Some(saw), TimelineLine::Day(e) | TimelineLine::Event(e) | TimelineLine::Text(e, _)) =
            (self.pane.saw(), line)
        else {
            return;
        };
        let cut = saw.part(e.0).is_some_and(|part| part.start > 0)
            && matches!(line, TimelineLine::Event(_));
        let sign = match self.pane.chunk_of(line) {
            Some((first, _)) => &(first % 10).to_string(),
            None if cut => self.theme.saw_end(),
            None => self.theme.saw(),
        };
        paint.put(1, y, sign, self.theme.text());
    }

    fn encounter(&self, paint: &mut Paint<'_>, y: u16, id: EncounterId) {
        let record = self.record();
        let encounter = record.encounter(id);
        if id == EncounterId::PATIENT {
            return self.patient(paint, y);
        }
        let theme = self.theme;
        let sign = if self.pane.is_open(id) {
            theme.unfolded()
        } else {
            theme.folded()
        };
        let x = paint.put(1, y, sign, theme.text());
        let when = encounter
            .start
            .map_or_else(|| "no date".to_owned(), |t| t.to_string());
        let title = record.string(encounter.title);
        // A stay in hospital is what one looks for among years of visits.
        let style = if is_inpatient(title) {
            theme.bold()
        } else {
            theme.text()
        };
        let x = paint.put(x + 1, y, text::clip(&when, 16).as_str(), style);
        let x = x + 16u16.saturating_sub(text::width(&when) as u16) + 2;
        let (shown, total) = self.pane.shown_in(id);
        let events = &encounter.events;
        let saw = self.pane.saw().filter(|_| !self.pane.hides_unseen());
        let seen = saw.map(|saw| saw.between(events.start, events.end));
        let all = events.end - events.start;
        let count = match seen {
            Some(0) => format!("none of {all} seen"),
            Some(seen) if seen < all => format!("{seen} of {all} seen"),
            Some(_) | None if shown == total => format!("{shown} ev"),
            Some(_) | None => format!("{shown} of {total} ev"),
        };
        let hits = self.hits_in(encounter);
        let pinned = !self.pins.between(events.start, events.end).is_empty();
        let right = paint.area().width.saturating_sub(2 + u16::from(pinned));
        let end = paint.put_right(right, y, &count, theme.text());
        if hits > 0 {
            paint.put_right(paint.area().width, y, theme.hit(), theme.text());
        }
        if pinned {
            self.pin_sign(paint, y);
        }
        let title = if title.is_empty() {
            "Encounter without a visit type"
        } else {
            title
        };
        let room = end.saturating_sub(x + 1);
        let x = paint.put_in(x, y, room, title, style);
        // How long it took is known later only.
        let over = encounter.end.is_none_or(|end| {
            let hidden = self.pane.hidden_from();
            hidden.is_none_or(|a| !a.is_past(end.seconds()))
        });
        if let Some(stay) = stay(encounter).filter(|_| over) {
            paint.put_in(x + 2, y, end.saturating_sub(x + 3), &stay, theme.text());
        }
    }

    /// The heading over what is known of the patient; folded, it says all of it that there is room for.
    fn patient(&self, paint: &mut Paint<'_>, y: u16) {
        let (record, theme) = (self.record(), self.theme);
        let Some(patient) = record.patient() else {
            return;
        };
        let open = self.pane.is_open(EncounterId::PATIENT);
        let sign = if open {
            theme.unfolded()
        } else {
            theme.folded()
        };
        let x = paint.put(1, y, sign, theme.text());
        let x = paint.put(x + 1, y, record.string(patient.title), theme.text());
        if self.hits_in(patient) > 0 {
            paint.put_right(paint.area().width, y, theme.hit(), theme.text());
        }
        let events = &patient.events;
        let pinned = !self.pins.between(events.start, events.end).is_empty();
        if pinned {
            self.pin_sign(paint, y);
        }
        if open {
            return;
        }
        let room = paint.area().width.saturating_sub(2 + u16::from(pinned));
        let mut words = String::new();
        for id in record.facts() {
            let event = record.event(id);
            if !self.pane.shows(record, id) {
                continue;
            }
            if !words.is_empty() {
                words.extend([" ", theme.dot(), " "]);
            }
            words.extend([record.name(event), " ", record.value(event)]);
            if words.len() > usize::from(room) * 4 {
                break;
            }
        }
        paint.put_in(x + 2, y, room.saturating_sub(x + 2), &words, theme.text());
    }

    pub(super) fn hits_in(&self, encounter: &Encounter) -> usize {
        let hits = &self.hits.all;
        let from = hits.partition_point(|h| h.event.0 < encounter.events.start);
        let to = hits.partition_point(|h| h.event.0 < encounter.events.end);
        to - from
    }

    fn day(&self, paint: &mut Paint<'_>, y: u16, id: EventId) {
        if let Some(time) = self.record().event(id).time {
            let date = time.date();
            let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                [usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
            paint.put(3, y, &format!("{date} {weekday}"), self.theme.text());
        }
    }

    fn event(&self, paint: &mut Paint<'_>, y: u16, id: EventId) {
        let record = self.record();
        let event = record.event(id);
        let theme = self.theme;
        let width = paint.area().width;
        let on_day = self.hits.of(id).iter().any(|h| h.field == Field::Time);
        // A fact about the patient holds whenever it is.
        if event.encounter != EncounterId::PATIENT {
            let style = if on_day { theme.found() } else { theme.text() };
            paint.put(2, y, &clock(event.time), style);
        }
        paint.put(8, y, theme.kind(event.kind), theme.text());
        let edge = width.saturating_sub(2);
        if !self.hits.of(id).is_empty() {
            paint.put_right(width, y, theme.hit(), theme.text());
        }
        if !self.pins.of(id).is_empty() {
            self.pin_sign(paint, y);
        }
        let (name, field) = name_of(record, event);
        let marks = self.marks(id, field);
        if event.kind == Kind::Note {
            let open = self.pane.is_note_open(id);
            let sign = if open {
                theme.unfolded()
            } else {
                theme.folded()
            };
            let x = paint.put_marked_in(
                NAME,
                y,
                edge.saturating_sub(NAME),
                name,
                theme.accent(),
                &marks,
            );
            let x = paint.put_in(x + 1, y, edge.saturating_sub(x + 1), sign, theme.text());
            if !open && x + 4 < edge {
                let preview: String = preview(record.value(event), usize::from(edge - x - 1));
                paint.put_in(x + 1, y, edge - x - 1, &preview, theme.dim());
            }
            return;
        }
        let end = self.value(paint, y, id, event, edge);
        paint.put_name(
            NAME,
            y,
            end.saturating_sub(NAME + 1),
            name,
            theme.text(),
            &marks,
        );
    }

    /// Draws value, unit and sign at the right; returns the column where they begin.
    fn value(&self, paint: &mut Paint<'_>, y: u16, id: EventId, event: &Event, edge: u16) -> u16 {
        let record = self.record();
        let (value, unit) = (record.value(event).trim(), record.unit(event));
        let theme = self.theme;
        if value.is_empty() && unit.is_empty() {
            return edge;
        }
        let wide = edge > 56;
        let unit_width = text::width(unit) as u16;
        // Drugs have no units: their names need the room.
        let unitless = event.kind == Kind::Drug || text::width(value) > 10;
        let unit_room = if unit.is_empty() && unitless {
            0
        } else {
            unit_width.max(UNIT).min(edge / 4)
        };
        let unit_at = edge.saturating_sub(unit_room);
        paint.put_in(unit_at, y, unit_room, unit, theme.text());
        let right = if unit_room == 0 {
            edge
        } else {
            unit_at.saturating_sub(1)
        };
        let room = if wide { right / 2 } else { right / 3 + 2 };
        let shown = text::clip(value, usize::from(room.max(4)));
        let sign = self.sign(event, unit);
        let width = text::width(&shown) as u16;
        let at = right.saturating_sub(width);
        let style = if sign.is_empty() {
            theme.text()
        } else {
            theme.warn()
        };
        let marks = self.marks(id, Field::Value);
        // Marks are offsets of the untrimmed value.
        let base = record.value(event).len() - record.value(event).trim_start().len();
        if shown.len() == value.len() && !marks.is_empty() {
            paint.put_marked(at, y, width, value, base, style, &marks);
        } else {
            paint.put_in(
                at,
                y,
                width,
                &shown,
                if marks.is_empty() {
                    style
                } else {
                    theme.found()
                },
            );
        }
        let sign_at = at.saturating_sub(2);
        paint.put_in(sign_at, y, 1, sign, theme.warn());
        if sign.is_empty() { at } else { sign_at }
    }

    /// The sign of a value out of the range that the record states, or in another unit than usual for its code.
    fn sign(&self, event: &Event, unit: &str) -> &'static str {
        let record = self.record();
        if let Some(outside) = outside(record, event) {
            return self.theme.outside(outside);
        }
        let usual = self.view.usual_units.get(&record.code_sym(event));
        if event.kind == Kind::Measurement && !unit.is_empty() && usual.is_some_and(|u| u != unit) {
            return if self.theme.ascii { "U" } else { "≠" };
        }
        ""
    }

    fn text(&self, paint: &mut Paint<'_>, y: u16, id: EventId, row: u32) {
        let record = self.record();
        let note = record.value(record.event(id));
        let Some(row) = self.pane.note_rows(id).get(row as usize) else {
            return;
        };
        paint.put(NOTE_INDENT - 2, y, self.theme.rule(), self.theme.dim());
        let (start, end) = (row.start as usize, row.end as usize);
        let in_row = |r: &Range<usize>| r.start < end && start < r.end;
        if self.pins.of(id).iter().any(|(_, r)| in_row(r)) {
            self.pin_sign(paint, y);
        }
        let mut marks = self.text_marks(id);
        let title = sections::heading(note, start..end);
        marks.splice(0..0, title.map(|range| (range, self.theme.bold())));
        let width = paint.area().width.saturating_sub(NOTE_INDENT + 2);
        paint.put_marked(
            NOTE_INDENT,
            y,
            width,
            &note[start..end],
            start,
            self.theme.text(),
            &marks,
        );
        let hits = self.marks(id, Field::Value);
        if hits.iter().any(|(r, _)| in_row(r)) {
            paint.put_right(paint.area().width, y, self.theme.hit(), self.theme.text());
        }
    }

    /// What is marked in a note's text: what of it the model did not see, what is pinned, found and selected.
    pub(crate) fn text_marks(&self, id: EventId) -> Marks {
        let part = self.pane.saw().and_then(|saw| saw.part(id.0));
        let unseen = part.map(|part| [0..part.start, part.end..usize::MAX]);
        let unseen = unseen.into_iter().flatten();
        let mut marks: Marks = unseen.map(|range| (range, self.theme.dim())).collect();
        let pins = self.pins.of(id);
        marks.extend(pins.iter().map(|(_, r)| (r.clone(), self.theme.pinned())));
        marks.extend(self.marks(id, Field::Value));
        if let Some(passage) = self.selection.filter(|p| p.event == id) {
            marks.push((passage.selected(), self.theme.selected(true)));
        }
        marks
    }

    /// The gutter of pins is the column before that of hits.
    fn pin_sign(&self, paint: &mut Paint<'_>, y: u16) {
        let column = paint.area().width.saturating_sub(1);
        paint.put_right(column, y, self.theme.pin(), self.theme.text());
    }

    fn marks(&self, id: EventId, field: Field) -> Marks {
        hit_marks(self.hits, self.hit, id, field, self.theme)
    }
}

/// The marks of what was found in one field of an event.
fn hit_marks(hits: &Hits, here: Option<usize>, id: EventId, field: Field, theme: Theme) -> Marks {
    let first = hits.all.partition_point(|h| h.event < id);
    hits.of(id)
        .iter()
        .enumerate()
        .filter(|(_, h)| h.field == field)
        .map(|(i, h)| {
            let style = if here == Some(first + i) {
                theme.found_here()
            } else {
                theme.found()
            };
            (h.start as usize..h.end as usize, style)
        })
        .collect()
}

/// The name of an event, or its code where it has none, or what kind it is.
pub(crate) fn name_of<'a>(record: &'a Record, event: &Event) -> (&'a str, Field) {
    let (name, code) = (record.name(event), record.code(event));
    if !name.trim().is_empty() {
        (name, Field::Name)
    } else if !code.is_empty() {
        (code, Field::Code)
    } else {
        (record.type_name(event), Field::Name)
    }
}

/// The time of day, or that there is none.
pub(super) fn clock(time: Option<Time>) -> String {
    match time {
        None => "--:--".to_owned(),
        Some(t) if t.precision() == Precision::Day => "  day".to_owned(),
        Some(t) => format!("{:02}:{:02}", t.datetime().hour(), t.datetime().minute()),
    }
}

/// How long an encounter took, where it took more than a day.
pub(super) fn stay(encounter: &Encounter) -> Option<String> {
    let days = (encounter.end?.seconds() - encounter.start?.seconds()) / 86_400;
    (days >= 1).then(|| format!("{days} d"))
}

/// The beginning of a note on one line, blanks run together.
pub(super) fn preview(note: &str, columns: usize) -> String {
    let mut all = String::new();
    for word in note.split_whitespace() {
        if all.len() > columns {
            break;
        }
        if !all.is_empty() {
            all.push(' ');
        }
        // One endless word must not be copied whole.
        all.extend(word.chars().take(columns + 1));
    }
    all
}
