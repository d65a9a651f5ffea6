//! What is later than the instruction: hidden or shown below a line, and what gives way to show a place.
//!
//! In: the toggle, and what the timeline says gave way. Out: changed panes, and one line that says what is in view now.
//! Judgements note which of the two was in view; see [`View`].

use std::sync::Arc;

use crate::review::View;
use crate::text::thousands;
use crate::tui::action::Action;
use crate::tui::app::{App, Effect, Tone};
use crate::tui::overlays::prompt::Prompt;

impl App {
    /// What of the record is in view, where there is one and the instruction says when it was asked, or what a model saw is marked.
    pub(in crate::tui) fn shown_view(&self) -> Option<View> {
        self.view()?;
        if self.in_view.record.timeline.saw().is_some() {
            return Some(View::Context);
        }
        self.case().as_of?;
        Some(if self.screen.hides_later {
            View::AsOf
        } else {
            View::Whole
        })
    }

    pub(super) fn toggle_later(&mut self) {
        if self.case().as_of.is_none() {
            return self.say(
                Tone::Calm,
                "The dataset does not say when this was asked: nothing counts as later",
            );
        }
        let Some(view) = self.view().map(Arc::clone) else {
            return self.say(Tone::Alert, "There is no record to look in");
        };
        self.screen.hides_later = !self.screen.hides_later;
        self.in_view
            .record
            .timeline
            .set_hides_later(&view.record, self.screen.hides_later);
        self.look_again();
        let later = thousands(self.in_view.record.timeline.later() as u64);
        let key = self.desk.key_of(Action::HideLater);
        let text = match (
            self.in_view.record.timeline.later(),
            self.screen.hides_later,
        ) {
            (0, _) => "Nothing in this record is later than the instruction".to_owned(),
            (_, true) => {
                format!("{later} later events are hidden, and verdicts note that; {key} shows them")
            }
            (_, false) => format!("{later} later events stand below the line; {key} hides them"),
        };
        self.say(Tone::Calm, text);
        self.desk.effects.push(Effect::SavePlace);
    }

    /// Looks anew for what was looked for in the record: more of it, or less, is in view.
    fn look_again(&mut self) {
        if self.looking.find.has_finder() {
            self.search_again();
        }
        self.in_view.record.grounded.clear();
        self.want_ground();
    }

    /// Says what was taken away so that a place could be shown.
    pub(in crate::tui) fn say_what_gave_way(&mut self) {
        // A prompt is answered first: what is typed next may change it.
        if self.over::<Prompt>().is_some() {
            return;
        }
        let way = self.in_view.record.timeline.take_gave_way();
        let mut said = Vec::new();
        if way.later {
            self.screen.hides_later = false;
            self.look_again();
            let key = self.desk.key_of(Action::HideLater);
            said.push(format!(
                "This place is later than the instruction: what is later is shown, {key} hides it"
            ));
        }
        if way.unseen {
            let letter = self.letter(self.in_view.answers.focus());
            let key = self.desk.key_of(Action::Context);
            said.push(format!(
                "{letter} did not see this place: all is shown again, {key} goes on"
            ));
        }
        match (way.filter, said.is_empty()) {
            (true, true) => said.push("The filter was taken away to show this place".to_owned()),
            (true, false) => said.push("the filter was taken away, too".to_owned()),
            (false, true) => return,
            (false, false) => {}
        }
        self.say(Tone::Alert, said.join("; "));
    }
}
