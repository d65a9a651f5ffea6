//! Fitting to the screen: the layout, the panes and the overlay, before any pane moves.
//!
//! In: the size, the focus, the case. Out: rectangles, wrapped texts.

use super::{App, RecordState};
use crate::text;
use crate::text::Layout;
use crate::tui::layout::{Frame, Needs};
use crate::tui::panes::timeline_words::MARGIN;
use crate::tui::widgets::map::Map;

impl App {
    /// Takes a new size of the screen.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.screen.size = size;
        self.fit();
    }

    /// Fits the layout, the panes and the overlay to the size, the focus and the case. Called before any pane moves.
    pub(crate) fn fit(&mut self) {
        self.follow_context();
        let (width, height) = self.screen.size;
        if self.in_view.instruction.wrapped.1 != self.screen.size {
            let wrap = |width: u16| {
                let width = usize::from(width.max(1));
                text::wrap(self.question(), width, Layout::Lines)
            };
            let mut rows = wrap(width.saturating_sub(2));
            if rows.len() > usize::from(Frame::most_of_instruction(height)) {
                // It scrolls: the place in it and the key stand at its right.
                rows = wrap(width.saturating_sub(14));
            }
            self.in_view.instruction.wrapped = (rows, self.screen.size);
        }
        let overlay = self.screen.overlay.as_ref();
        let editor = overlay.map_or(0, |over| over.rows_below_answers(height));
        let guide = self.screen.guide.lines(self);
        let guide = guide.map_or(0, |(_, lines)| lines.len() as u16 + 1);
        self.screen.frame = Frame::of(Needs {
            size: self.screen.size,
            instruction: self.in_view.instruction.wrapped.0.len() as u16,
            answers: self.in_view.answers.len() as u16,
            focus: self.screen.focus,
            zoom: self.screen.zoom,
            gold: self.in_view.gold_beside && self.in_view.visit.is_none(),
            editor,
            guide,
            plain: self.desk.theme.plain,
        });
        let visible = usize::from(self.screen.frame.instruction.height);
        self.in_view.instruction.top = self.in_view.instruction.top.min(
            self.in_view
                .instruction
                .wrapped
                .0
                .len()
                .saturating_sub(visible),
        );
        if let RecordState::Ready(view) = &self.in_view.record.state {
            let area = self.screen.frame.timeline;
            // What is marked in a row of a note stands in words at its right.
            let margin = if self.desk.theme.plain { MARGIN - 2 } else { 0 };
            if !area.is_empty() {
                self.in_view.record.timeline.resize(
                    &view.record,
                    area.width.saturating_sub(margin),
                    area.height,
                );
            }
            let map_width = self.screen.frame.map.width.saturating_sub(2);
            if self.in_view.record.map_width != map_width {
                self.in_view.record.map = Map::of(&view.record, map_width);
                self.in_view.record.map_width = map_width;
                self.looking
                    .find
                    .mark_map(&view.record, &self.in_view.record.map);
                self.in_view
                    .record
                    .pins
                    .mark_map(&view.record, &self.in_view.record.map);
                if let Some(context) = &mut self.in_view.record.context {
                    context.mark_map(&view.record, &self.in_view.record.map);
                }
            }
        }
        let area = self.screen.frame.answers;
        if !area.is_empty() {
            let (as_written, plain) = (self.screen.as_written, self.desk.theme.plain);
            self.in_view.answers.show_as(as_written, plain);
            // Which answers are visible hangs on the width, and the rows under them on which these are.
            self.in_view.answers.resize(area.width, area.height);
            let width = self.in_view.answers.column_width().saturating_sub(2);
            let most = usize::from(area.height / 3).clamp(1, 6);
            let visible = self.in_view.answers.visible();
            let notes: Vec<_> = visible
                .map(|i| (i, self.notes_of(i, width, most)))
                .collect();
            let below = notes.iter().map(|(_, rows)| rows.len() as u16).max();
            let heading = u16::from(!self.screen.frame.wide && !plain);
            let below = below.unwrap_or(0) + 1 + self.rows_of_sides();
            let height = area.height.saturating_sub(heading + below);
            self.in_view.answers.resize(area.width, height);
            self.in_view.answers.take_notes(notes);
            let texts = self
                .in_view
                .texts(&self.desk.dataset.cases()[self.in_view.case]);
            self.in_view.answers.wrap(&texts);
        }
        self.fit_overlay();
    }
}
