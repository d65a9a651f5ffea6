//! Fitting to the screen: the layout, the panes and the overlay, before any pane moves.
//!
//! In: the size, the focus, the case. Out: rectangles, wrapped texts.

use super::{App, RecordState, texts_of};
use crate::text;
use crate::text::Layout;
use crate::tui::layout::{Frame, Needs};
use crate::tui::widgets::map::Map;

impl App {
    /// Takes a new size of the screen.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.fit();
    }

    /// Fits the layout, the panes and the overlay to the size, the focus and the case. Called before any pane moves.
    pub fn fit(&mut self) {
        let (width, height) = self.size;
        if self.instruction.1 != self.size {
            let wrap = |width: u16| {
                let width = usize::from(width.max(1));
                text::wrap(self.question(), width, Layout::Lines)
            };
            let mut rows = wrap(width.saturating_sub(2));
            if rows.len() > usize::from(Frame::most_of_instruction(height)) {
                // It scrolls: the place in it and the key stand at its right.
                rows = wrap(width.saturating_sub(14));
            }
            self.instruction = (rows, self.size);
        }
        let overlay = self.overlay.as_ref();
        let editor = overlay.map_or(0, |over| over.rows_below_answers(height));
        self.frame = Frame::of(Needs {
            size: self.size,
            instruction: self.instruction.0.len() as u16,
            answers: self.order.len() as u16,
            focus: self.focus,
            zoom: self.zoom,
            gold: self.gold_beside && self.visit.is_none(),
            editor,
        });
        let visible = usize::from(self.frame.instruction.height);
        self.instruction_top = self
            .instruction_top
            .min(self.instruction.0.len().saturating_sub(visible));
        if let RecordState::Ready(view) = &self.record {
            let area = self.frame.timeline;
            if !area.is_empty() {
                self.timeline.resize(&view.record, area.width, area.height);
            }
            let map_width = self.frame.map.width.saturating_sub(2);
            if self.map_width != map_width {
                self.map = Map::of(&view.record, map_width);
                self.map_width = map_width;
                self.find.mark_map(&view.record, &self.map);
                self.pins.mark_map(&view.record, &self.map);
            }
        }
        let area = self.frame.answers;
        if !area.is_empty() {
            let heading = u16::from(!self.frame.wide);
            let notes = 1 + self.rows_of_sides();
            self.answers
                .resize(area.width, area.height.saturating_sub(heading + notes));
            let texts = texts_of(&self.dataset.cases()[self.case], &self.order);
            self.answers.wrap(&texts);
        }
        self.fit_overlay();
    }
}
