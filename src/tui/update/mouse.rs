//! The mouse, where it was asked for: a click goes where it points, folds, or chooses in a list; the wheel scrolls what is under it.
//!
//! In: cells of the frame that was drawn last. Out: another focus, cursor or place; in a list what its key for choosing does. Never: a
//! mark, a rank, a submit, an answer to a question, or a letter of a text.

use ratatui::layout::{Position, Rect};

use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::layout::Focus;
use crate::tui::panes::timeline::TimelineLine;
use crate::tui::update::moves::Go;

/// Columns of the sign that folds, with the cursor's before it and the blank behind it.
const FOLDS: u16 = 3;

impl App {
    /// Takes a click.
    pub(crate) fn click(&mut self, x: u16, y: u16) {
        // A question is answered by a key, and what cannot be seen is not clicked on.
        if self.screen.frame.too_small || self.asks() {
            return;
        }
        self.keys.pending.clear();
        if self.screen.overlay.is_some() {
            self.click_over(Position::new(x, y));
        } else {
            self.click_pane(Position::new(x, y));
        }
        self.fit();
    }

    /// Selects a row of the list that lies over the panes; a click on the selected one chooses it.
    fn click_over(&mut self, at: Position) {
        let Some(overlay) = &self.screen.overlay else {
            return;
        };
        let (area, chooses) = (overlay.area(&self.screen.frame), overlay.chooses_by_click());
        if area.contains(at) && self.point_over(at.y - area.y) == Some(true) && chooses {
            self.act_over(Action::Choose);
        }
    }

    fn click_pane(&mut self, at: Position) {
        let frame = self.screen.frame;
        let (timeline, answers) = (frame.timeline, with_heading(frame.answers, frame.wide));
        if timeline.contains(at) {
            self.focus_on(Focus::Timeline);
            self.click_timeline(at.x - timeline.x, at.y - timeline.y);
        } else if answers.contains(at) && !self.in_view.answers.is_empty() {
            self.focus_on(Focus::Answers);
            let column = (at.x - answers.x) / (self.in_view.answers.column_width() + 1);
            let shown = self.in_view.answers.visible();
            let answer = shown.start + usize::from(column);
            if shown.contains(&answer) {
                self.in_view.answers.focus_on(answer);
            }
        } else if frame.gold.contains(at) {
            self.focus_on(Focus::Gold);
        }
    }

    /// Puts the cursor on a line of the timeline; its sign for folding folds or opens it.
    fn click_timeline(&mut self, x: u16, y: u16) {
        // The cursor is an end of the passage then, and does not jump.
        if self.is_selecting() {
            return;
        }
        let Some(view) = self.view().cloned() else {
            return;
        };
        let timeline = &mut self.in_view.record.timeline;
        let line = timeline.top() + usize::from(y);
        let Some(clicked) = timeline.lines().get(line).copied() else {
            return;
        };
        timeline.go_to_line(line);
        if x < FOLDS && matches!(clicked, TimelineLine::Encounter(_)) {
            timeline.toggle(&view.record);
        }
    }

    /// Scrolls what is under the pointer; the focus stays where it is.
    pub(crate) fn wheel(&mut self, x: u16, y: u16, lines: isize) {
        if self.screen.frame.too_small || self.asks() {
            return;
        }
        let at = Position::new(x, y);
        let frame = self.screen.frame;
        let over = self.screen.overlay.as_ref();
        let is_over = over.is_some_and(|overlay| overlay.area(&frame).contains(at));
        let pane = [
            (frame.timeline, Focus::Timeline),
            (with_heading(frame.answers, frame.wide), Focus::Answers),
            (frame.gold, Focus::Gold),
        ];
        let under = pane.into_iter().find(|(area, _)| area.contains(at));
        let (action, go) = if lines > 0 {
            (Action::Down, Go::Down)
        } else {
            (Action::Up, Go::Up)
        };
        for _ in 0..lines.unsigned_abs() {
            if is_over {
                self.act_over(action);
            } else if let Some((_, focus)) = under {
                let before = std::mem::replace(&mut self.screen.focus, focus);
                self.go_in_pane(go);
                self.screen.focus = before;
            }
        }
        self.fit();
    }
}

/// A pane with the row of its heading, which stands above it where panes are side by side.
fn with_heading(pane: Rect, wide: bool) -> Rect {
    let above = u16::from(wide && !pane.is_empty());
    Rect {
        y: pane.y.saturating_sub(above),
        height: pane.height + above,
        ..pane
    }
}
