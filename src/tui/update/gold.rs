//! Writing the gold response: its pane, drafts, saving, another program's editor, and whether the instruction applies.
//!
//! In: actions and keys. Out: `gold_draft` and `gold` acts. A draft is on the disk before anything can take the screen away from
//! it; a gold response is what the reviewer saved as one.

use crate::review::Act;
use crate::tui::action::Action;
use crate::tui::app::{App, Effect, Tone};
use crate::tui::editor::Editor;
use crate::tui::layout::Focus;
use crate::tui::overlays::comment::Comment;
use crate::tui::overlays::confirm::Question;

/// What another program made of a text: the new text, or what went wrong, a line each.
pub(crate) type Edited = Result<String, Vec<String>>;

impl App {
    /// Whether keys go into the gold response.
    pub(crate) fn is_writing(&self) -> bool {
        self.screen.overlay.is_none()
            && self.screen.focus == Focus::Gold
            && self.in_view.visit.is_none()
            && self.review().submitted.is_none()
    }

    /// Moves the focus; a draft that is left is saved.
    pub(in crate::tui) fn focus_on(&mut self, focus: Focus) {
        if self.screen.focus == Focus::Gold && focus != Focus::Gold {
            self.in_view.gold.editor.end_selection();
            self.save_draft();
        }
        match focus {
            Focus::Gold => self.in_view.gold_beside = true,
            Focus::Answers => self.in_view.gold_beside = false,
            Focus::Timeline => {}
        }
        if focus != self.screen.focus {
            self.screen.before = self.screen.focus;
        }
        self.screen.focus = focus;
    }

    pub(super) fn open_gold(&mut self) {
        if self.case().question.is_empty() {
            let what = "A record without an instruction has nothing to answer";
            return self.say(
                Tone::Alert,
                format!("{what}: open a dataset to write a gold response"),
            );
        }
        self.focus_on(Focus::Gold);
        if self.review().submitted.is_some() {
            let reopen = self.desk.key_of(Action::Reopen);
            self.say(
                Tone::Calm,
                format!("This case is submitted: {reopen} reopens it for writing"),
            );
        }
    }

    /// As everywhere, what was begun last is left first.
    pub(super) fn end_or_leave_gold(&mut self) {
        if !self.in_view.gold.editor.end_selection() {
            self.leave_gold();
        }
    }

    /// Writes on in another program.
    pub(super) fn edit_outside(&mut self) {
        if self.screen.overlay.is_none() {
            self.save_draft();
        } else if self.over::<Comment>().is_some() {
            self.keep_typing();
        } else {
            let why = "Only comments and gold responses go to your editor";
            return self.say(Tone::Calm, why);
        }
        self.desk.effects.push(Effect::Edit);
    }

    /// Changes the text that is being written: over the panes, or else the gold response. `change` says whether it did.
    pub(super) fn write(&mut self, change: impl FnOnce(&mut Editor) -> bool) {
        if self.screen.overlay.is_some() {
            self.write_over(|overlay| overlay.editor().is_some_and(change));
        } else if change(&mut self.in_view.gold.editor) {
            self.in_view.gold.touched();
        }
    }

    pub(super) fn move_by_word(&mut self, forward: bool) {
        self.write(|editor| {
            editor.word(forward);
            false
        });
    }

    /// Begins or ends a selection in what is being written.
    pub(super) fn mark_text(&mut self) {
        self.write(|editor| {
            editor.mark();
            false
        });
        self.say_marking();
    }

    /// Says whether moving the caret selects now.
    fn say_marking(&mut self) {
        let editor = match &mut self.screen.overlay {
            Some(overlay) => overlay.editor(),
            None => Some(&mut self.in_view.gold.editor),
        };
        let marking = editor.is_some_and(|e| e.is_marking());
        let (mark, delete) = (
            self.desk.key_of(Action::Mark),
            self.desk.key_of(Action::DeleteWord),
        );
        let said = if marking {
            format!(
                "Selecting: moving takes text in, {delete} deletes it, {mark} ends the selection"
            )
        } else {
            "The selection is ended".to_owned()
        };
        self.say(Tone::Calm, said);
    }

    /// Goes back to the pane that one came from.
    pub(super) fn leave_gold(&mut self) {
        let back = match self.screen.before {
            Focus::Answers if !self.in_view.answers.is_empty() => Focus::Answers,
            _ => Focus::Timeline,
        };
        // Beside the record the response stays in view.
        let beside = self.screen.frame.wide;
        self.focus_on(back);
        self.screen.before = back;
        self.in_view.gold_beside = beside && back == Focus::Timeline;
    }

    /// Finds a text in the gold response, from the caret on, around its end.
    pub(in crate::tui) fn find_in_gold(&mut self, text: &str) {
        let again = text == self.looking.in_text;
        text.clone_into(&mut self.looking.in_text);
        self.in_view.gold.editor.look_for(text);
        if text.is_empty() {
            return;
        }
        if self.in_view.gold.editor.find_next(!again) {
            let find = self.desk.key_of(Action::FindInText);
            let next = self.desk.key_of(Action::Enter);
            self.say(Tone::Calm, format!("{find} {next} goes to the next place"));
        } else {
            self.say(Tone::Alert, "This is not in your gold response");
        }
    }

    /// Saves the draft when it is due; says whether the screen changed.
    pub(in crate::tui) fn tick(&mut self) -> bool {
        if self.typing.unwritten.is_due() {
            self.keep_typing();
        }
        let due = self.in_view.gold.is_due();
        if due {
            self.save_draft();
        }
        due | self.watch_file()
    }

    /// Writes the text as it stands, where the review file has another.
    pub(in crate::tui) fn save_draft(&mut self) {
        if !self.in_view.gold.is_changed() || self.in_view.visit.is_some() {
            return;
        }
        let text = self.in_view.gold.editor.text();
        let gold = self.review().gold.as_ref();
        // A draft that is the gold response itself is none.
        let text = if gold.is_some_and(|g| g.text == text) {
            String::new()
        } else {
            text
        };
        self.act(Some(&self.key()), Act::GoldDraft { text });
        self.gold_is_kept();
    }

    pub(in crate::tui) fn gold_is_kept(&mut self) {
        let key = self.key();
        self.in_view
            .gold
            .is_kept(self.desk.log.ledger().reading(self.in_view.pass, &key));
    }

    /// The review changed: the pane follows.
    pub(super) fn follow_gold(&mut self) {
        if self.in_view.visit.is_none() {
            let key = self.key();
            self.in_view
                .gold
                .follow(self.desk.log.ledger().reading(self.in_view.pass, &key));
        }
    }

    pub(super) fn save_gold(&mut self) {
        let text = self.in_view.gold.editor.text().trim_end().to_owned();
        let before = self.review().gold.clone();
        let applicable = self.desk.key_of(Action::Applicability);
        let said_why = before
            .as_ref()
            .is_some_and(|g| g.applicable == Some(false) || g.sufficient == Some(false));
        if text.is_empty() && !said_why {
            let why = format!(
                "There is no text to save; leave the text and {applicable} says why none can be written"
            );
            return self.say(Tone::Alert, why);
        }
        if before.as_ref().is_some_and(|g| g.text == text) && !self.in_view.gold.is_changed() {
            return self.say(Tone::Calm, "This is your gold response already");
        }
        // The draft comes first, so that taking the gold response back leaves its text.
        self.save_draft();
        let (applicable, sufficient, reason) = match before {
            Some(g) => (g.applicable, g.sufficient, g.reason),
            None => (None, None, String::new()),
        };
        let act = Act::Gold {
            text: text.clone(),
            applicable,
            sufficient,
            reason,
        };
        let saved = self.act(Some(&self.key()), act);
        if text != self.in_view.gold.editor.text() {
            self.in_view.gold.editor.replace(&text);
        }
        self.gold_is_kept();
        if saved {
            let pins = self.review().pins.iter();
            let n = pins
                .filter(|p| p.target == crate::review::entry::Support::Gold)
                .count();
            let count =
                |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
            self.say(
                Tone::Calm,
                format!(
                    "Saved as your gold response: {}, {}",
                    count(self.in_view.gold.size.0, "word"),
                    count(n, "pin")
                ),
            );
        }
    }

    /// The text that goes to another program's editor; `None` where there is none worth it.
    pub(crate) fn text_to_edit(&self) -> Option<String> {
        match self.over::<Comment>() {
            Some(comment) => Some(comment.editor.text()),
            None => self.is_writing().then(|| self.in_view.gold.editor.text()),
        }
    }

    /// Takes what another program made of the text.
    pub(crate) fn take_edited(&mut self, edited: Edited) {
        match edited {
            Err(lines) => self.ask(Question::EditorFailed, lines),
            Ok(text) => {
                let changed = if let Some(comment) = self.over_mut::<Comment>() {
                    let changed = comment.editor.replace(&text);
                    // The other program's file is gone: until it is saved this is the only copy.
                    self.keep_typing();
                    changed
                } else {
                    let changed = self.in_view.gold.editor.replace(&text);
                    self.in_view.gold.touched();
                    self.save_draft();
                    changed
                };
                let undo = self.desk.key_of(Action::TextUndo);
                let said = if changed {
                    format!("The editor's text is taken over; {undo} brings back the one before")
                } else {
                    "The editor left the text as it was".to_owned()
                };
                self.say(Tone::Calm, said);
                self.say_taken_out();
            }
        }
        self.fit();
    }
}
