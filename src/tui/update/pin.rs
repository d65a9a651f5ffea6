//! Pinning evidence, and where pins and the dataset's passages stand in the record.
//!
//! In: what is selected or under the cursor. Out: pins in the review file, places shown in the timeline. Each refusal says what to do instead.

use std::ops::Range;
use std::sync::Arc;

use crate::record::{EventId, Record};
use crate::review::Act;
use crate::review::anchor::{self, Anchor};
use crate::review::entry::Support;
use crate::tui::action::Action;
use crate::tui::app::{App, Effect, Tone};
use crate::tui::layout::Focus;
use crate::tui::pins::{Places, Wanted};
use crate::tui::selection;

/// An event is pinned whole up to this many bytes of text; of a longer one a passage is selected.
const MOST_WHOLE: usize = 2000;

impl App {
    /// What is to be found in the record of the case in view.
    pub(crate) fn wanted_places(&self) -> Wanted {
        Wanted {
            pins: self
                .review()
                .pins
                .iter()
                .chain(self.pins_of_sides())
                .map(|p| (p.id.clone(), p.pin.clone()))
                .collect(),
            passages: self
                .case()
                .golds
                .iter()
                .map(|g| g.evidence.clone())
                .collect(),
        }
    }

    /// Takes where pins and passages stand, if it is still the case in view; what is not where it was is said.
    pub(crate) fn take_places(&mut self, case: usize, places: Places) {
        if case != self.in_view.case || self.in_view.visit.is_some() {
            return;
        }
        self.in_view.record.pins.take(places);
        self.refresh_pins();
        let pins = &self.review().pins;
        let count = |wanted: fn(&Anchor) -> bool| {
            pins.iter()
                .filter(|p| self.in_view.record.pins.anchor(&p.id).is_some_and(wanted))
                .count()
        };
        let around = count(|a| matches!(a, Anchor::Around(..)));
        let moved = count(|a| matches!(a, Anchor::Moved(..)));
        let gone = count(|a| matches!(a, Anchor::Lost));
        if around + moved + gone > 0 {
            let mut parts = Vec::new();
            let mut part = |n: usize, what: &str| {
                if n > 0 {
                    parts.push(format!("{n} {what}"));
                }
            };
            part(gone, "lost");
            part(moved, "found again elsewhere");
            part(around, "in a text that changed around it");
            let list = self.desk.key_of(Action::Evidence);
            let what = parts.join(", ");
            self.say(
                Tone::Alert,
                format!("The record changed since you pinned: {what}; {list} lists the pins"),
            );
        }
    }

    /// Brings gutter, map and list in line with the pins that hold.
    pub(in crate::tui) fn refresh_pins(&mut self) {
        if self.in_view.visit.is_some() {
            return;
        }
        let case = self.desk.dataset.cases()[self.in_view.case].key();
        let own = &self
            .desk
            .log
            .ledger()
            .reading(self.in_view.pass, &case)
            .pins;
        let theirs = self.in_view.sides.iter().flat_map(|s| &s.review.pins);
        let unknown = self.in_view.record.pins.refresh(own.iter().chain(theirs));
        if let Some(view) = self.view().map(Arc::clone) {
            self.in_view
                .record
                .pins
                .mark_map(&view.record, &self.in_view.record.map);
            if unknown {
                self.desk.effects.push(Effect::Places {
                    case: self.in_view.case,
                });
            }
        }
    }

    /// What is to be pinned: the selection, or else what the cursor is on; or why not.
    fn to_pin(&self, record: &Record) -> Result<(EventId, Range<usize>), String> {
        if let Some(passage) = &self.in_view.record.selection {
            return Ok((passage.event, passage.selected()));
        }
        let select = self.desk.key_of(Action::Select);
        let Some((event, at)) = self.reading() else {
            let first = match self.screen.focus {
                Focus::Answers => {
                    let pane = self.desk.key_of(Action::NextPane);
                    format!("{pane} goes to the record: ")
                }
                _ => String::new(),
            };
            return Err(format!("{first}go to an event or into a note to pin it"));
        };
        if let Some(at) = at {
            let text = record.value(record.event(event));
            let found = self.find_in(record, event, at);
            let blanks = text[at..].len() - text[at..].trim_start().len();
            let at = found.map_or(at + blanks, |hit| hit.start);
            let sentence = selection::without_blanks(text, selection::sentence_at(text, at));
            return Ok((event, sentence));
        }
        let len = record.value(record.event(event)).len();
        if len > MOST_WHOLE {
            return Err(format!(
                "This is a long text: {select} selects the passage to pin"
            ));
        }
        Ok((event, 0..len))
    }

    /// Pins what is selected, or what the cursor is on, to the gold response or to the judgement of the answer in focus.
    pub(super) fn pin(&mut self, to_answer: bool) {
        let Some(view) = self.view().map(Arc::clone) else {
            return self.say(Tone::Alert, "There is no record to pin in");
        };
        if self.review().submitted.is_some() {
            let reopen = self.desk.key_of(Action::Reopen);
            let why = format!("This case is submitted: {reopen} reopens it");
            return self.say(Tone::Alert, why);
        }
        let answer = self.in_view.answers.focus();
        let model = self.model(answer).map(str::to_owned);
        if to_answer && self.unanswered(answer).is_some() {
            return self.say_no_answer();
        }
        if to_answer && model.is_none() {
            return self.say(Tone::Alert, "This case has no answers to judge");
        }
        let (event, range) = match self.to_pin(&view.record) {
            Ok(place) => place,
            Err(why) => return self.say(Tone::Alert, why),
        };
        let model = model.filter(|_| to_answer);
        let target = if to_answer {
            Support::Judgement
        } else {
            Support::Gold
        };
        let to = match &model {
            Some(_) => format!("your judgement of {}", self.letter(answer)),
            None => "your gold response".to_owned(),
        };
        let list = self.desk.key_of(Action::Evidence);
        let same = self.review().pins.iter().any(|p| {
            (p.target, &p.model) == (target, &model)
                && self
                    .in_view
                    .record
                    .pins
                    .anchor(&p.id)
                    .and_then(Anchor::place)
                    == Some((event, &range))
        });
        if same {
            self.in_view.record.selection = None;
            let said = format!("This is pinned to {to} already; {list} lists the pins");
            return self.say(Tone::Calm, said);
        }
        let pin = anchor::pin(&view.record, &self.key().person, event, range.clone());
        let quote = crate::text::clip(
            &pin.quote.split_whitespace().collect::<Vec<_>>().join(" "),
            40,
        );
        let whole = self.in_view.record.selection.is_none() && pin.quote.contains('\n');
        let saved = self.act(
            Some(&self.key()),
            Act::Evidence {
                target,
                model: model.clone(),
                pin,
            },
        );
        self.in_view.record.selection = None;
        if let Some(id) = self
            .desk
            .log
            .ledger()
            .entries()
            .last()
            .map(|e| e.id.clone())
        {
            self.in_view.record.pins.put(&id, event, range);
        }
        self.refresh_pins();
        if saved {
            let pins = self.review().pins.iter();
            let n = pins
                .filter(|p| (p.target, &p.model) == (target, &model))
                .count();
            let quote = if quote.is_empty() {
                "the event".to_owned()
            } else {
                format!("\u{201c}{quote}\u{201d}")
            };
            let pins = if n == 1 { "pin" } else { "pins" };
            let what = if whole {
                "The whole note is pinned"
            } else {
                "Pinned"
            };
            let undo = self.desk.key_of(Action::Undo);
            self.say(
                Tone::Calm,
                format!("{what} to {to} ({n} {pins}), {undo} takes it back: {quote}"),
            );
        }
    }

    /// Shows a place of the record in the timeline; false where there is no record.
    pub(in crate::tui) fn go_to_place(&mut self, event: EventId, offset: usize) -> bool {
        let Some(view) = self.view().map(Arc::clone) else {
            return false;
        };
        self.screen.focus = Focus::Timeline;
        self.in_view
            .record
            .timeline
            .show_text(&view.record, event, offset);
        true
    }
}
