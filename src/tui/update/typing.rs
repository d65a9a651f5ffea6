//! What is typed or chosen over the panes: kept while it is open, cancelled, brought back once.
//!
//! In: what is opened, changed, saved, cancelled. Out: the content in the overlay, and what is to be kept on the disk. Cancelling
//! saves nothing and loses nothing: the same key brings it back once.

use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::overlays::Overlay;
use crate::tui::typing::{Content, Open, Subject, What};

impl App {
    /// What is said in the reading in view.
    pub(in crate::tui) fn here(&self, what: What) -> Subject {
        Subject {
            case: Some((self.key(), self.in_view.pass)),
            what,
        }
    }

    /// Opens what is typed or chosen in; what was not saved of it comes back.
    pub(in crate::tui) fn begin(&mut self, subject: Subject, mut overlay: impl Overlay) {
        let Some((_, saved)) = overlay.content() else {
            return self.open(overlay);
        };
        let back = self.typing.of_subject(&subject).cloned();
        if let Some(back) = &back {
            overlay.put_back(back);
            if let (Some(editor), None) = (overlay.editor(), &subject.case) {
                // What is typed takes its place.
                editor.select_all();
            }
            overlay.typed(self);
            self.typing.keep(subject.clone(), back.clone(), false);
            if subject.case.is_some() {
                self.say(Tone::Calm, "This is what was not saved before");
            }
        }
        self.typing.open = Some(Open {
            subject,
            saved,
            back,
        });
        self.typing.unwritten.clear();
        self.open(overlay);
    }

    /// Keeps what is open as it stands; it is written before anything else happens.
    pub(in crate::tui) fn keep_typing(&mut self) {
        let content = self.screen.overlay.as_ref().and_then(|over| over.content());
        self.keep_typing_of(content);
    }

    /// The same, where an overlay with this content acts.
    pub(in crate::tui) fn keep_typing_of(&mut self, content: Option<(What, Content)>) {
        self.typing.unwritten.clear();
        let Some(open) = &self.typing.open else {
            return;
        };
        let Some(now) = of_subject(content, &open.subject) else {
            return;
        };
        let subject = open.subject.clone();
        if now == open.saved {
            self.typing.forget(&subject);
        } else {
            self.typing.keep(subject, now, false);
        }
        self.write_typing();
    }

    /// What is open was saved.
    pub(in crate::tui) fn typing_is_saved(&mut self) {
        if let Some(open) = self.typing.open.take() {
            self.typing.forget(&open.subject);
            self.typing.unwritten.clear();
            self.write_typing();
        }
    }

    /// What is open is cancelled: it comes back once, unless it is what came back already.
    pub(in crate::tui) fn cancel_typing(&mut self, content: Option<(What, Content)>) {
        let Some(open) = self.typing.open.take() else {
            return;
        };
        self.typing.unwritten.clear();
        let Some(now) = of_subject(content, &open.subject) else {
            return;
        };
        if now == open.saved || Some(&now) == open.back.as_ref() {
            self.typing.forget(&open.subject);
        } else {
            if open.subject.case.is_some() {
                let key = self.desk.key_of(action_of(&open.subject.what));
                self.say(Tone::Calm, format!("Not saved; {key} brings it back once"));
            }
            self.typing.keep(open.subject, now, true);
        }
        self.write_typing();
    }

    /// Something that was typed or chosen changed.
    pub(in crate::tui) fn touch_typing(&mut self) {
        if self.typing.open.is_some() {
            self.typing.unwritten.touch();
        }
    }

    /// The program is about to end: what was cancelled and not opened again is given up.
    pub(in crate::tui) fn forget_cancelled(&mut self) {
        self.typing.forget_cancelled();
        self.write_typing();
    }

    pub(super) fn write_typing(&mut self) {
        if !self.desk.effects.contains(&Effect::KeepTyping) {
            self.desk.effects.push(Effect::KeepTyping);
        }
    }

    /// Says what was typed and not saved when the program ended.
    pub(in crate::tui) fn say_what_was_typed(&mut self) {
        if let Some(text) = self.what_was_typed(false) {
            self.say(Tone::Alert, format!("Not saved yet: {text}"));
        }
    }

    /// What of the reading in view was typed and not saved, or else in which case something was; `cancelled`: on purpose.
    pub(super) fn what_was_typed(&self, cancelled: bool) -> Option<String> {
        let here = (self.key(), self.in_view.pass);
        let all = self.typing.kept().iter();
        let all = all.filter(|k| k.cancelled == cancelled && k.subject.case.is_some());
        let kept: Vec<_> = all.collect();
        let said: Vec<String> = kept
            .iter()
            .filter(|k| k.subject.case.as_ref() == Some(&here))
            .map(|k| {
                let what = match &k.subject.what {
                    What::Comment(Some(model)) => format!("a comment on {}", self.called(model)),
                    What::Comment(None) => "a comment on the case".to_owned(),
                    What::Tags(model) => format!("tags of {}", self.called(model)),
                    What::Rank => "a ranking".to_owned(),
                    What::Label => "why a record has its label".to_owned(),
                    _ => "whether it applies".to_owned(),
                };
                let key = self.desk.key_of(action_of(&k.subject.what));
                format!("{what} ({key} brings it back)")
            })
            .collect();
        if !said.is_empty() {
            return Some(said.join(", "));
        }
        let cases = self.desk.dataset.cases();
        kept.first().map(|k| {
            let key = k.subject.case.as_ref().map(|(key, _)| key);
            match cases.iter().position(|c| Some(&c.key()) == key) {
                Some(case) => format!("text in case {}", case + 1),
                None => "why a proposed record has its label".to_owned(),
            }
        })
    }

    /// The keys that save and cancel what is typed, for its heading.
    pub(in crate::tui) fn saves_and_cancels(&self, saves: Action) -> String {
        let (layer, cancel) = match saves {
            Action::Choose => (Layer::List, Action::Back),
            _ => (Layer::Text, Action::Cancel),
        };
        let (save, cancel) = (
            self.desk.key_in(layer, saves),
            self.desk.key_in(layer, cancel),
        );
        format!("{save} saves, {cancel} cancels")
    }
}

/// The content of an overlay, where it is what is typed or chosen in for this.
fn of_subject(content: Option<(What, Content)>, subject: &Subject) -> Option<Content> {
    content
        .filter(|(what, _)| *what == subject.what)
        .map(|(_, content)| content)
}

/// The action that opens what is typed.
fn action_of(what: &What) -> Action {
    match what {
        What::Comment(Some(_)) => Action::Comment,
        What::Comment(None) => Action::CaseComment,
        What::Tags(_) => Action::Tags,
        What::Rank => Action::RankLine,
        What::Applicability => Action::Applicability,
        What::Label => Action::LabelComment,
        What::Find => Action::Find,
        What::InText => Action::FindInText,
        What::Date => Action::GotoDate,
        What::DateRange => Action::DateRange,
    }
}
