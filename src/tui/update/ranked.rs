//! Ranked search: asking as it is typed, opening what was found, making the index.
//!
//! In: keys, the search thread's messages. Out: requests, and the event that was chosen, in the case that has its record.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::record::{AsOf, EventId, Kind, Record};
use crate::search::find::{Field, Hit, Hits};
use crate::search::worker::Message;
use crate::search::{Hidden, Marker, State};
use crate::tui::action::Action;
use crate::tui::app::{App, Effect, RecordState, Tone};
use crate::tui::cutter::Cut;
use crate::tui::editor::Editor;
use crate::tui::layout::Focus;
use crate::tui::overlay::Overlay;
use crate::tui::panes::timeline::Filter;
use crate::tui::ranked::Slot;
use crate::tui::visit::{Jump, Visit};

impl App {
    /// Opens ranked search as it was left.
    pub(in crate::tui) fn open_search(&mut self) {
        self.overlay = Some(Overlay::Search(Editor::new(&self.ranked.text, true)));
        self.effects.push(Effect::LookAtIndex);
        let hidden = self.hidden_in_search();
        if self.ranked.hide(hidden.as_ref()) || self.ranked.patient != self.searched_patient() {
            self.ask_ranked();
        }
    }

    /// What search must not find: what is later than the instruction of the case in view, while that is hidden.
    fn hidden_in_search(&self) -> Option<Hidden> {
        let case = self.case();
        let as_of = case.as_of.filter(|_| self.hides_later)?;
        Some(Hidden {
            patient: case.person_id.clone(),
            from: AsOf::new(as_of).end(),
        })
    }

    /// The patient that is searched; `None`: all.
    fn searched_patient(&self) -> Option<String> {
        (!self.ranked.whole).then(|| self.person().to_owned())
    }

    /// Asks for what is typed; what was found before stays until the answer is there.
    pub(super) fn ask_ranked(&mut self) {
        if self.ranked.text.trim().is_empty() {
            self.ranked.clear();
            return;
        }
        let patient = self.searched_patient();
        let hidden = self.hidden_in_search();
        let request = self.ranked.request(patient, hidden);
        self.effects.push(Effect::Search(request));
    }

    pub(super) fn search_action(&mut self, action: Action) {
        let page = (self.ranked.height as isize / 4).max(1);
        match action {
            Action::Down => self.ranked.go(1),
            Action::Up => self.ranked.go(-1),
            Action::PageDown => self.ranked.go(page),
            Action::PageUp => self.ranked.go(-page),
            Action::Choose => self.open_hit(),
            Action::SearchWhere => {
                self.ranked.whole = !self.ranked.whole;
                self.ask_ranked();
            }
            Action::Explain => {
                self.ranked.explain = !self.ranked.explain;
                // Weights are worked out only where they are wanted.
                if self.ranked.explain {
                    self.ask_ranked();
                }
                self.ranked.arrange();
            }
            Action::Group => {
                self.ranked.grouped = !self.ranked.grouped;
                self.ranked.arrange();
            }
            Action::BuildIndex => self.build_index(),
            Action::StopIndex => self.stop_index(),
            other => self.text_action(other),
        }
    }

    pub(super) fn build_index(&mut self) {
        if self.ranked.building.is_some() {
            let stop = self.key_of_index(Action::StopIndex);
            let said = format!("The index is being made already; {stop} stops");
            return self.say(Tone::Calm, said);
        }
        if self.ranked.state.as_ref().is_some_and(State::is_current) {
            // The files may have changed since they were looked at; a build that finds nothing to do is short.
            self.say(
                Tone::Calm,
                "The index was up to date; the records are looked at again",
            );
        }
        self.ranked.building = Some(crate::search::Progress::default());
        self.ranked.ended = None;
        self.effects.push(Effect::BuildIndex);
    }

    pub(super) fn stop_index(&mut self) {
        if self.ranked.building.is_some() {
            self.say(Tone::Calm, "Stopping …");
            self.effects.push(Effect::StopIndex);
        } else {
            self.say(Tone::Calm, "No index is being made");
        }
    }

    /// The key of an action about the index where keys are typed now.
    pub fn key_of_index(&self, action: Action) -> String {
        let layers = self.layers();
        self.keymap
            .key(&layers, action)
            .unwrap_or_else(|| self.key_of(action))
    }

    /// Takes what the search thread says.
    pub fn take_search(&mut self, message: Message) {
        match message {
            Message::State(state) => {
                let before = self.ranked.state.replace(state);
                let changed = before.is_none() || before != self.ranked.state;
                if changed && self.ranked.can_search() {
                    self.ask_ranked();
                }
            }
            Message::Reply(reply) => {
                self.ranked.take(reply);
            }
            Message::Progress(now) => {
                if self.ranked.building.is_some() {
                    self.ranked.building = Some(now);
                }
            }
            Message::Built(Ok(built)) => {
                let n = crate::tui::view::thousands;
                let mut said = if built.cancelled {
                    "Stopped: the index is as its last save left it".to_owned()
                } else if built.indexed + built.removed == 0 {
                    "The index is up to date".to_owned()
                } else {
                    format!(
                        "The index is ready: {} events of {} records were read",
                        n(built.events as usize),
                        n(built.indexed)
                    )
                };
                if let Some(why) = built.anew {
                    let _ = write!(said, " (made anew: {why})");
                }
                let left_out = built.notices.len();
                if left_out > 0 {
                    let _ = write!(said, "; {left_out} could not be read, see the notices");
                }
                self.notices.extend(built.notices);
                self.index_ended(Tone::Calm, said);
            }
            Message::Built(Err(why)) => self.index_ended(Tone::Alert, why),
            Message::WorkerGone(what) => {
                self.ranked.problem = Some(what.to_owned());
                self.index_ended(Tone::Alert, what.to_owned());
            }
        }
    }

    fn index_ended(&mut self, tone: Tone, said: String) {
        self.ranked.building = None;
        if matches!(self.overlay, Some(Overlay::Search(_))) {
            self.ranked.ended = Some((said, tone == Tone::Alert));
        } else {
            self.say(tone, said);
        }
    }

    /// Takes a passage.
    pub fn take_passage(&mut self, cut: Cut) {
        self.ranked
            .take_passage(cut.generation, cut.hit, cut.passage);
    }

    /// The lines between the query and what was found: how the index is doing, what was left out of the query.
    pub fn search_lines(&self) -> Vec<(String, bool)> {
        let mut lines = Vec::new();
        let (build, stop) = (
            self.key_of_index(Action::BuildIndex),
            self.key_of_index(Action::StopIndex),
        );
        let files = self.dataset.record_files();
        lines.extend(self.ranked.about_index(files, &build, &stop));
        if let Some(problem) = &self.ranked.problem {
            lines.push((problem.clone(), true));
        }
        let messages = &self.ranked.query.messages;
        if self.ranked.text.trim().is_empty() {
            lines.push(("\"a phrase\"  begin*  fuzzy~  -not  kind:note  code:LOINC/8480-6  after:2018-01  before:2019  patient:123".to_owned(), false));
        } else if !messages.is_empty() {
            lines.push((messages.join("; "), false));
        }
        lines
    }

    /// Fits the list to the screen, and has passages cut for its width.
    pub(in crate::tui) fn fit_search(&mut self) {
        let area = self.frame.middle;
        let above = 1 + self.search_lines().len();
        self.ranked
            .resize(usize::from(area.height).saturating_sub(above));
        let length = usize::from(area.width.saturating_sub(8)).clamp(20, 300);
        if self.ranked.wants_length(length) {
            let wanted = self.ranked.wanted(length);
            self.effects.push(Effect::Passages(wanted));
        }
    }

    /// Goes to the selected hit: in the record in view, in the case that has its record, or in the record alone.
    fn open_hit(&mut self) {
        let Some(hit) = self.ranked.found.hits.get(self.ranked.at) else {
            let what = if self.ranked.can_search() {
                "Nothing is found to go to".to_owned()
            } else {
                let build = self.key_of_index(Action::BuildIndex);
                format!("There is no index to search yet: {build} makes it")
            };
            return self.say(Tone::Calm, what);
        };
        if let Some(Slot::Gone(why)) = self.ranked.slots.get(self.ranked.at) {
            let why = format!("This cannot be opened: {why}");
            return self.say(Tone::Alert, why);
        }
        let jump = Jump {
            person: hit.person.clone(),
            event: hit.event,
            kind: hit.kind,
            time: hit.time,
            query: self.ranked.query.clone(),
            text: self.ranked.text.trim().to_owned(),
        };
        self.jump_to(jump);
    }

    fn jump_to(&mut self, jump: Jump) {
        let person = jump.person.clone();
        self.jump = Some(jump);
        if person == self.person() {
            self.overlay = None;
            return self.carry_jump();
        }
        let cases = self.dataset.cases();
        let mut with = (0..cases.len()).filter(|&i| cases[i].person_id == person);
        let own = (self.case().person_id == person).then_some(self.case);
        let Some(case) = own.or_else(|| with.next()) else {
            let case = self.case + 1;
            return self.start_visit(Visit {
                text: format!("The record of patient {person}, found by ranked search. It is NOT the record of case {case}, and no case has it: it can be read, and nothing can be judged here."),
                person,
                stranger: true,
                filter: Filter::default(),
                looked: None,
            });
        };
        let others = with.count();
        self.open_case(case);
        let more = match others {
            0 => String::new(),
            n => format!("; {n} more cases have this record"),
        };
        self.say(
            Tone::Calm,
            format!(
                "Case {} of {}, patient {person}{more}",
                case + 1,
                self.dataset.cases().len()
            ),
        );
    }

    /// Goes where a hit said, once its record is in view.
    pub(in crate::tui) fn carry_jump(&mut self) {
        let RecordState::Ready(view) = &self.record else {
            return;
        };
        let Some(jump) = self.jump.take().filter(|j| j.person == self.person()) else {
            return;
        };
        let view = Arc::clone(view);
        let record = &view.record;
        let as_indexed = record.events().get(jump.event.0 as usize).filter(|e| {
            e.kind == jump.kind && e.time.map(crate::record::Time::seconds) == jump.time
        });
        let Some(event) = as_indexed else {
            let build = self.key_of(Action::BuildIndex);
            return self.say(
                Tone::Alert,
                format!(
                    "This record is not as it was indexed: {build} brings the index up to date"
                ),
            );
        };
        let mut marker = Marker::new(&jump.query);
        let places = places_in(record, jump.event, &mut marker);
        let first = places.all.iter().position(|h| h.field == Field::Value);
        self.find.set_places(&jump.text, places);
        self.find.mark_map(record, &self.map);
        match first {
            Some(i) => self.go_to_hit(i),
            None if event.kind == Kind::Note => self.timeline.show_text(record, jump.event, 0),
            None => self.timeline.show(record, jump.event),
        }
        self.focus = Focus::Timeline;
    }
}

/// What a marker marks in an event's name and value.
pub(super) fn places_in(record: &Record, event: EventId, marker: &mut Marker) -> Hits {
    let mut places = Hits::default();
    for (field, text) in [
        (Field::Name, record.name(record.event(event))),
        (Field::Value, record.value(record.event(event))),
    ] {
        let marks = marker.marks(text).into_iter();
        places.all.extend(marks.map(|m| Hit {
            event,
            field,
            start: m.start as u32,
            end: m.end as u32,
        }));
    }
    places
}
