//! Whether the instruction applies to the patient, whether the record says enough to answer it, and why not.

use ratatui::layout::{Position, Rect};

use super::{LIST, Next, Overlay, TEXT, move_in};
use crate::review::Act;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::editor::Editor;
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::said;
use crate::tui::typing::{Content, What};
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};

/// The row of the reason, below those that are chosen.
const REASON: usize = 4;

/// The menu.
pub(crate) struct Applicability {
    applicable: Option<bool>,
    sufficient: Option<bool>,
    /// Why not.
    reason: Editor,
    /// Whether keys go into the reason.
    typing: bool,
    list: List,
}

/// Opens the menu with what was said, unless the case is submitted.
pub(crate) fn open(app: &mut App) {
    if app.review().submitted.is_some() {
        let reopen = app.desk.key_of(Action::Reopen);
        let why = format!("This case is submitted: {reopen} reopens it");
        return app.say(Tone::Alert, why);
    }
    let (applicable, sufficient, reason) = match &app.review().gold {
        Some(g) => (g.applicable, g.sufficient, g.reason.clone()),
        None => (None, None, String::new()),
    };
    let menu = Applicability {
        applicable,
        sufficient,
        reason: Editor::new(&reason, true),
        typing: false,
        list: List::new(REASON + 1, 0, REASON + 1),
    };
    app.begin(app.here(What::Applicability), menu);
}

impl Overlay for Applicability {
    fn layers(&self) -> &'static [Layer] {
        if self.typing { TEXT } else { LIST }
    }

    fn area(&self, frame: &Frame) -> Rect {
        // Whether an instruction applies is read in the record.
        frame.over(if frame.answers.is_empty() {
            frame.middle
        } else {
            frame.answers
        })
    }

    fn fit(&mut self, app: &mut App) {
        self.list.resize(app.screen.frame.rows());
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match action {
            Action::Accept | Action::Enter if self.typing => self.typing = false,
            _ if self.typing => {}
            Action::Choose if self.list.cursor < REASON => {
                self.save(app);
                return None;
            }
            Action::Choose | Action::Toggle => {
                self.choose();
                app.touch_typing();
            }
            _ => move_in(&mut self.list, app, action),
        }
        Some(self)
    }

    fn close(mut self: Box<Self>, app: &mut App) -> Next {
        if self.typing {
            // Only the line is left; the menu is still open.
            self.typing = false;
            return Some(self);
        }
        app.cancel_typing(self.content());
        None
    }

    fn editor(&mut self) -> Option<&mut Editor> {
        self.typing.then_some(&mut self.reason)
    }

    fn content(&self) -> Option<(What, Content)> {
        let reason = self.reason.text();
        let content = Content::Applicability(self.applicable, self.sufficient, reason);
        Some((What::Applicability, content))
    }

    fn put_back(&mut self, content: &Content) {
        if let Content::Applicability(applicable, sufficient, reason) = content {
            (self.applicable, self.sufficient) = (*applicable, *sufficient);
            self.reason = Editor::new(reason, true);
        }
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, list, typing) = (app.desk.theme, self.list, self.typing);
        let keys = app.saves_and_cancels(Action::Choose);
        heading(theme, paint, "Does the instruction apply?", &keys);
        let rows = [
            (self.applicable == Some(true), "it applies to this patient"),
            (
                self.applicable == Some(false),
                "it does not apply to this patient",
            ),
            (
                self.sufficient == Some(true),
                "the record says enough to answer it",
            ),
            (
                self.sufficient == Some(false),
                "the record does not say enough",
            ),
        ];
        for (i, (on, label)) in rows.into_iter().enumerate() {
            let y = 1 + i as u16;
            let style = if on { theme.accent() } else { theme.text() };
            paint.put(2, y, if on { "(x)" } else { "( )" }, style);
            paint.put(6, y, label, theme.text());
            select(theme, paint, y, i == list.cursor && !typing);
        }
        let y = 1 + REASON as u16;
        let x = paint.put(2, y, "Why: ", theme.bold());
        let area = paint.area();
        let line = Rect::new(area.x + x, area.y + y, area.width.saturating_sub(x + 1), 1);
        let mut caret = None;
        if self.reason.is_empty() && !typing {
            let key = app.desk.key_of(Action::Choose);
            let how = format!("{key} on this row writes the reason");
            paint.put(x, y, &how, theme.text());
        } else {
            paint.with(line, |area, buf| caret = self.reason.draw(area, buf));
        }
        select(theme, paint, y, list.cursor == REASON && !typing);
        caret.filter(|_| typing)
    }

    fn hints(&self) -> &'static [Action] {
        if self.typing {
            &[Action::Enter, Action::Cancel]
        } else {
            &[Action::Toggle, Action::Choose, Action::Back]
        }
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        super::saves_or_cancels(action)
    }
}

impl Applicability {
    /// Sets or clears what the selected row says, or begins to type the reason.
    fn choose(&mut self) {
        let toggle = |of: &mut Option<bool>, to: bool| {
            *of = (*of != Some(to)).then_some(to);
        };
        match self.list.cursor {
            0 => toggle(&mut self.applicable, true),
            1 => toggle(&mut self.applicable, false),
            2 => toggle(&mut self.sufficient, true),
            3 => toggle(&mut self.sufficient, false),
            _ => self.typing = true,
        }
    }

    /// Writes what the menu says, where it differs.
    fn save(self, app: &mut App) {
        app.keep_typing_of(self.content());
        let (applicable, sufficient) = (self.applicable, self.sufficient);
        let reason = self.reason.text().trim().to_owned();
        let before = app.review().gold.clone();
        let same = match &before {
            Some(g) => (g.applicable, g.sufficient, &g.reason) == (applicable, sufficient, &reason),
            None => applicable.is_none() && sufficient.is_none() && reason.is_empty(),
        };
        if same {
            return app.typing_is_saved();
        }
        // A draft must outlive the act, which replaces the gold response and so ends the draft.
        app.save_draft();
        let draft = app.review().gold_draft.clone();
        let text = before.map(|g| g.text).unwrap_or_default();
        let act = Act::Gold {
            text,
            applicable,
            sufficient,
            reason,
        };
        let saved = app.act(Some(&app.key()), act);
        if let Some(text) = draft {
            app.act(Some(&app.key()), Act::GoldDraft { text });
        }
        app.gold_is_kept();
        if saved {
            app.typing_is_saved();
            let said = said::applicability(applicable, sufficient);
            app.done(&format!("Saved: {said}"));
        }
    }
}
