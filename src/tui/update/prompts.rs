//! Prompts: find, dates, the rank line, the palette.
//!
//! In: what is typed. Out: what it asks for, or one line that says what is wrong with it.

use std::sync::Arc;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::record::Time;
use crate::review::WeakOrder;
use crate::search::claim;
use crate::search::find::{Field, Finder};
use crate::tui::action::{self, Action, Layer, TABLE};
use crate::tui::app::{App, RecordState, Tone, texts_of};
use crate::tui::editor::Editor;
use crate::tui::layout::Focus;
use crate::tui::overlay::{Ask, Overlay};
use crate::tui::panes::timeline::Filter;
use crate::tui::resume::Place;
use crate::tui::terminal::{Code, Key};
use crate::tui::typing::{Subject, What};
use crate::tui::widgets::list::List;

impl App {
    pub(super) fn open_rank_line(&mut self) {
        if self.may_judge() {
            let line = self.rank().to_line(&self.models());
            self.open_prompt(Ask::Rank, &line);
        }
    }

    pub(super) fn open_goto_date(&mut self) {
        if self.has_record() {
            self.open_prompt(Ask::Date, "");
        }
    }

    pub(super) fn open_date_range(&mut self) {
        if self.has_record() {
            self.open_prompt(Ask::DateRange, &self.date_range());
        }
    }

    pub(super) fn open_save_elsewhere(&mut self) {
        if self.log.unsaved() == 0 {
            return self.say(Tone::Calm, "Everything is saved");
        }
        self.open_prompt(Ask::SaveElsewhere, &elsewhere());
    }

    /// Whether there is a record to look in; says that there is none.
    fn has_record(&mut self) -> bool {
        let there = self.view().is_some();
        if !there {
            self.say(Tone::Alert, "There is no record to look in");
        }
        there
    }

    fn open_prompt(&mut self, ask: Ask, text: &str) {
        let overlay = Overlay::Prompt {
            ask,
            editor: Editor::new(text, true),
            problem: None,
        };
        match super::typing::asked(ask) {
            Some(What::Rank) => self.begin(self.here(What::Rank), overlay),
            Some(what) => self.begin(Subject { case: None, what }, overlay),
            None => {
                self.typing.open = None;
                self.overlay = Some(overlay);
            }
        }
    }

    fn date_range(&self) -> String {
        let filter = self.timeline.filter();
        let date = |t: Option<Time>| t.map(|t| t.date().to_string()).unwrap_or_default();
        if filter.after.is_none() && filter.before.is_none() {
            String::new()
        } else {
            format!("{} to {}", date(filter.after), date(filter.before))
                .trim()
                .to_owned()
        }
    }

    pub(super) fn open_find(&mut self) {
        let editor = Editor::new("", true);
        self.find.origin = Some((Place::of(self), self.timeline.filter().clone()));
        let overlay = Overlay::Prompt {
            ask: Ask::Find,
            editor,
            problem: None,
        };
        let what = What::Find;
        self.begin(Subject { case: None, what }, overlay);
    }

    /// Puts the timeline back to where it was when find was opened.
    pub(super) fn back_to_origin(&mut self) {
        if let (Some((place, filter)), RecordState::Ready(view)) = (&self.find.origin, &self.record)
        {
            self.timeline.set_filter(&view.record, filter.clone());
            place.restore(&mut self.timeline, &view.record);
        }
    }

    pub(super) fn open_palette(&mut self) {
        let height = usize::from(self.frame.middle.height.saturating_sub(1)).max(1);
        let found = palette_rows("");
        let list = List::new(found.len(), 0, height);
        self.overlay = Some(Overlay::Palette {
            editor: Editor::new("", true),
            found,
            list,
        });
    }

    pub(super) fn type_key(&mut self, key: Key) {
        if let Some(Overlay::Palette { list, .. }) = &mut self.overlay {
            match key.code {
                Code::Up => return list.go(-1),
                Code::Down => return list.go(1),
                _ => {}
            }
        }
        if let Some(editor) = self.overlay.as_mut().and_then(Overlay::editor) {
            if editor.key(key) {
                self.typed();
            }
        } else if self.is_writing() && self.gold.editor.key(key) {
            self.gold.touched();
        }
    }

    /// The text of the open editor changed.
    pub(super) fn typed(&mut self) {
        self.touch_typing();
        match &mut self.overlay {
            Some(Overlay::Palette {
                editor,
                found,
                list,
            }) => {
                *found = palette_rows(&editor.text());
                *list = List::new(found.len(), 0, list.height);
            }
            Some(Overlay::Prompt {
                ask: Ask::Find,
                editor,
                ..
            }) => {
                let text = editor.text();
                self.find_as_typed(&text, self.find.regex);
            }
            Some(Overlay::Prompt { problem, .. }) => *problem = None,
            Some(Overlay::Search(editor)) => {
                self.ranked.text = editor.text();
                self.ranked.ended = None;
                self.ask_ranked();
            }
            _ => {}
        }
    }

    fn find_as_typed(&mut self, text: &str, regex: bool) {
        // Each letter is looked for from where find began, so that what an earlier one opened does not stay open.
        self.back_to_origin();
        self.find.set(text, regex);
        self.search_again();
        let from = self.timeline.selected_event();
        if let Some(i) = self.find.from_event(from) {
            self.go_to_hit(i);
        }
        if let Some(Overlay::Prompt { problem, .. }) = &mut self.overlay {
            problem.clone_from(&self.find.problem);
        }
    }

    /// Goes to a place found in the record; the pane in focus keeps it.
    pub(super) fn go_to_hit(&mut self, i: usize) {
        let (Some(hit), RecordState::Ready(view)) =
            (self.find.record.all.get(i).copied(), &self.record)
        else {
            return;
        };
        let view = Arc::clone(view);
        self.find.at = Some(i);
        if hit.field == Field::Value {
            self.timeline
                .show_text(&view.record, hit.event, hit.start as usize);
        } else {
            self.timeline.show(&view.record, hit.event);
        }
    }

    pub(super) fn find_step(&mut self, forward: bool) {
        if !self.find.is_active() {
            self.say(
                Tone::Calm,
                format!(
                    "Nothing is being looked for: {} starts",
                    self.key_of(Action::Find)
                ),
            );
            return;
        }
        match self.find.step(forward, self.timeline.selected_event()) {
            Some(i) => {
                self.go_to_hit(i);
                if self.frame.hints.y == self.frame.message.y {
                    // A low screen has no row that always says where the search stands.
                    self.say(Tone::Calm, self.find.summary(self.theme.dot()));
                }
                let hidden = self.frame.timeline.is_empty();
                if hidden && !self.frame.wide {
                    self.focus = Focus::Timeline;
                }
            }
            None => self.say(Tone::Calm, self.find.summary(self.theme.dot())),
        }
    }

    /// Begins a selection of words of the answer in focus, or ends it.
    pub(super) fn select_words(&mut self) {
        let texts = texts_of(&self.dataset.cases()[self.case], &self.order);
        let Some(text) = texts.get(self.answers.focus()) else {
            return;
        };
        let open = self.answers.toggle_selection(text);
        let (word, find) = (self.key_of(Action::NextWord), self.key_of(Action::FindWord));
        let said = if open {
            format!("Selecting: {word} takes in the next word, {find} finds the selection")
        } else {
            "The selection is ended".to_owned()
        };
        self.say(Tone::Calm, said);
    }

    /// Goes to the next word of the answer in focus, or to the one before.
    pub(super) fn step_word_of_answer(&mut self, forward: bool) {
        let texts = texts_of(&self.dataset.cases()[self.case], &self.order);
        if let Some(text) = texts.get(self.answers.focus()) {
            self.answers.step_word(text, forward);
        }
    }

    /// Finds the claim in focus of an answer in the record, in any notation, while the answer stays in view.
    pub(super) fn find_word(&mut self) {
        let texts = self.texts();
        let Some(text) = texts.get(self.answers.focus()).copied() else {
            return;
        };
        let Some(range) = self.answers.word(text) else {
            let word = self.key_of(Action::NextWord);
            self.say(
                Tone::Calm,
                format!("{word} puts the cursor on a word of the answer; then this finds it in the record"),
            );
            return;
        };
        let selected = self.answers.is_selecting();
        let claim = claim::claim_at(text, range.start).filter(|_| !selected);
        let (words, finder) = match claim {
            Some((range, claim)) => (text[range].to_owned(), claim.finder()),
            None => (
                text[range.clone()].to_owned(),
                Finder::new(&text[range].to_lowercase(), false),
            ),
        };
        let Ok(finder) = finder else { return };
        self.find.set_finder(&words, finder);
        self.search_again();
        match self.find.from_event(None) {
            Some(i) => {
                self.go_to_hit(i);
                self.say(Tone::Calm, self.find.summary(self.theme.dot()));
            }
            None => self.say(
                Tone::Alert,
                format!(
                    "\u{201c}{}\u{201d} is not in the record, in any notation",
                    crate::text::safe(&words)
                ),
            ),
        }
    }

    /// Turns the grounding view on or off.
    pub(super) fn toggle_grounding(&mut self) {
        if self.grounding {
            self.grounding = false;
            self.say(Tone::Calm, "Grounding is off");
            return;
        }
        if self.view().is_none() || self.order.is_empty() {
            self.say(Tone::Alert, "Grounding needs a record and answers");
            return;
        }
        self.grounding = true;
        self.want_ground();
        let (yes, no) = self.theme.grounded();
        self.say(
            Tone::Calm,
            format!("{yes} underlined: it occurs in the record; {no} reversed: it does not. This is no verdict"),
        );
    }

    pub(super) fn text_action(&mut self, action: Action) {
        match action {
            Action::Accept => self.accept(),
            Action::Enter | Action::NewLine => match &mut self.overlay {
                Some(Overlay::Comment { editor, .. }) => {
                    editor.new_line();
                    self.typed();
                }
                _ if action == Action::Enter => self.accept(),
                _ => {}
            },
            Action::ToggleRegex => {
                if let Some(Overlay::Prompt {
                    ask: Ask::Find,
                    editor,
                    ..
                }) = &self.overlay
                {
                    let text = editor.text();
                    let regex = !self.find.regex;
                    self.find_as_typed(&text, regex);
                }
            }
            // What changes any text that is being written.
            action if action::of(action).layers.contains(&Layer::Text) => self.carry_out(action),
            _ => {}
        }
    }

    fn accept(&mut self) {
        match &mut self.overlay {
            Some(Overlay::Comment { .. }) => self.save_comment(),
            Some(Overlay::Applicability { .. }) => self.end_reason(),
            Some(Overlay::Palette { found, list, .. }) => {
                let action = found.get(list.cursor).map(|&i| TABLE[i].action);
                self.overlay = None;
                if let Some(action) = action {
                    self.fit();
                    self.run(action);
                }
            }
            Some(Overlay::Prompt { ask, editor, .. }) => {
                let (ask, text) = (*ask, editor.text());
                if ask == Ask::InText {
                    self.typing_is_saved();
                    self.overlay = None;
                    return self.find_in_gold(&text);
                }
                match self.answer(ask, text.trim()) {
                    Ok(()) => {
                        self.typing_is_saved();
                        self.overlay = None;
                        if ask == Ask::LabelComment {
                            self.end_label_comment();
                        }
                    }
                    Err(why) => {
                        if let Some(Overlay::Prompt { problem, .. }) = &mut self.overlay {
                            *problem = Some(why);
                        }
                    }
                }
            }
            _ => self.overlay = None,
        }
    }

    /// Does what a prompt asked for, or says in one line why it cannot.
    fn answer(&mut self, ask: Ask, text: &str) -> Result<(), String> {
        match ask {
            Ask::Find => {
                if let Some(problem) = &self.find.problem {
                    return Err(problem.clone());
                }
                if self.find.is_active() {
                    self.say(Tone::Calm, self.find.summary(self.theme.dot()));
                }
                Ok(())
            }
            Ask::LabelComment => {
                self.save_label_comment(text);
                Ok(())
            }
            Ask::InText => Ok(()),
            Ask::SaveElsewhere => {
                let path = std::path::Path::new(text);
                if !path.is_absolute() {
                    return Err("write the whole path, from / on".to_owned());
                }
                self.log.save_elsewhere(path).map_err(|e| e.to_string())?;
                let n = self.log.unsaved();
                self.say(
                    Tone::Calm,
                    format!("A copy of {n} unsaved acts is in {text}; `medalign review-file recover` takes it in"),
                );
                Ok(())
            }
            Ask::Rank => {
                let order = WeakOrder::parse(text, &self.models()).map_err(|e| e.to_string())?;
                if order.closed() != self.rank().closed() {
                    let line = order.to_line(&self.models());
                    self.set_rank(&order, &format!("Ranking {line}"));
                }
                Ok(())
            }
            Ask::Date => {
                let (from, _) =
                    day_range(text).ok_or("write a date as 2018, 2018-10 or 2018-10-08")?;
                let RecordState::Ready(view) = &self.record else {
                    return Ok(());
                };
                let view = Arc::clone(view);
                self.timeline.go_to_time(&view.record, from.seconds());
                let hidden = self.timeline.hidden_from();
                if hidden.is_some_and(|a| a.is_past(from.seconds())) {
                    let key = self.key_of(Action::HideLater);
                    self.say(
                        Tone::Alert,
                        format!(
                            "That day is later than the instruction and hidden; {key} shows it"
                        ),
                    );
                }
                if !self.frame.wide {
                    self.focus = Focus::Timeline;
                }
                Ok(())
            }
            Ask::DateRange => {
                let (after, before) = date_range(text)?;
                let RecordState::Ready(view) = &self.record else {
                    return Ok(());
                };
                let view = Arc::clone(view);
                let filter = Filter {
                    after,
                    before,
                    ..self.timeline.filter().clone()
                };
                self.timeline.set_filter(&view.record, filter);
                let hidden = crate::tui::view::thousands(self.timeline.hidden());
                self.say(Tone::Calm, format!("{hidden} events are left out now"));
                Ok(())
            }
        }
    }
}

/// Where a copy of what could not be saved goes, unless another place is typed.
fn elsewhere() -> String {
    let folder = std::env::var_os("HOME").map_or_else(std::env::temp_dir, Into::into);
    let now = jiff::Timestamp::now().as_second();
    let path = folder.join(format!("medalign-unsaved-{now}.jsonl"));
    path.display().to_string()
}

/// The rows of the table of actions that match what was typed, best first.
fn palette_rows(typed: &str) -> Vec<usize> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::new(
        typed,
        CaseMatching::Ignore,
        Normalization::Smart,
        AtomKind::Fuzzy,
    );
    let mut buf = Vec::new();
    let mut found: Vec<(u32, usize)> = TABLE
        .iter()
        .enumerate()
        .filter(|(_, e)| {
            let typing = |l: &Layer| matches!(l, Layer::Text | Layer::Gold | Layer::Pairs);
            !e.layers.iter().all(typing)
        })
        .filter_map(|(i, e)| {
            let words = format!("{} {}", e.name, e.doc);
            Some((
                pattern.score(Utf32Str::new(&words, &mut buf), &mut matcher)?,
                i,
            ))
        })
        .collect();
    found.sort_by_key(|(score, i)| (std::cmp::Reverse(*score), *i));
    found.into_iter().map(|(_, i)| i).collect()
}

/// A year, a month or a day as its first moment and the first moment behind it.
fn day_range(text: &str) -> Option<(Time, Time)> {
    let text = text.trim();
    let parts: Vec<&str> = text.split('-').collect();
    let number = |s: &str, len: usize| {
        (s.len() <= len && !s.is_empty())
            .then(|| s.parse::<i16>().ok())
            .flatten()
    };
    let year = number(parts.first()?, 4).filter(|y| *y > 999)?;
    let month = parts.get(1).map_or(Some(1), |m| number(m, 2))?;
    let day = parts.get(2).map_or(Some(1), |d| number(d, 2))?;
    let from =
        jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let span = match parts.len() {
        1 => jiff::Span::new().years(1),
        2 => jiff::Span::new().months(1),
        3 => jiff::Span::new().days(1),
        _ => return None,
    };
    let to = from.checked_add(span).ok()?;
    let at = |d: jiff::civil::Date| Time::new(d.at(0, 0, 0, 0), crate::record::Precision::Day);
    Some((at(from), at(to)))
}

/// Two ends of a range; an empty text is the whole record.
type Ends = (Option<Time>, Option<Time>);

fn date_range(text: &str) -> Result<Ends, String> {
    let how =
        "write 2018 to 2019-03, 2018 to, to 2019, one year or month, or nothing for all".to_owned();
    if text.is_empty() {
        return Ok((None, None));
    }
    let (a, b) = match text.split_once("to") {
        Some((a, b)) => (a.trim(), b.trim()),
        None => (text, text),
    };
    let one = |s: &str| {
        if s.is_empty() {
            Some(None)
        } else {
            day_range(s).map(Some)
        }
    };
    match (one(a), one(b)) {
        (Some(a), Some(b)) => {
            let (after, before) = (a.map(|r| r.0), b.map(|r| r.1));
            if matches!((after, before), (Some(a), Some(b)) if a >= b) {
                return Err("the first date must be before the second".to_owned());
            }
            Ok((after, before))
        }
        _ => Err(how),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_their_last_day() {
        let show = |text: &str| {
            let (a, b) = date_range(text).expect(text);
            format!(
                "{} {}",
                a.map_or("-".into(), |t| t.to_string()),
                b.map_or("-".into(), |t| t.to_string())
            )
        };
        assert_eq!(show("2018 to 2019-03"), "2018-01-01 2019-04-01");
        assert_eq!(show("2018-10-08"), "2018-10-08 2018-10-09");
        assert_eq!(show("to 2019"), "- 2020-01-01");
        assert_eq!(show(""), "- -");
        for bad in ["soon", "2019 to 2018", "2018-13", "2018-02-30", "18"] {
            assert!(date_range(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_palette_finds_by_words() {
        let first = |typed: &str| palette_rows(typed).first().map(|&i| TABLE[i].name);
        assert_eq!(first("undo"), Some("undo"));
        assert_eq!(first("submit"), Some("submit"));
        assert!(palette_rows("zzzzqq").is_empty());
    }
}
