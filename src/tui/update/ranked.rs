//! Ranked search: asking as it is typed, opening what was found, making the index.
//!
//! In: keys, the search thread's messages. Out: requests, and the event that was chosen, in the case that has its record.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::record::{AsOf, EventId, Kind, Record};
use crate::search::find::{Field, Hit, Hits};
use crate::search::worker::Message;
use crate::search::{Hidden, Marker, State};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Effect, RecordState, Tone};
use crate::tui::cutter::Cut;
use crate::tui::layout::Focus;
use crate::tui::overlays::search::Search;
use crate::tui::panes::timeline::Filter;
use crate::tui::ranked::ByItself;
use crate::tui::visit::{Jump, Visit};

impl App {
    /// What search must not find: what is later than the instruction of the case in view, while that is hidden.
    pub(in crate::tui) fn hidden_in_search(&self) -> Option<Hidden> {
        let case = self.case();
        let as_of = case.as_of.filter(|_| self.screen.hides_later)?;
        Some(Hidden {
            patient: case.person_id.clone(),
            from: AsOf::new(as_of).end(),
        })
    }

    /// The patient that is searched; `None`: all.
    pub(in crate::tui) fn searched_patient(&self) -> Option<String> {
        (!self.looking.ranked.whole).then(|| self.person().to_owned())
    }

    /// Asks for what is typed; what was found before stays until the answer is there.
    pub(in crate::tui) fn ask_ranked(&mut self) {
        if self.looking.ranked.text.trim().is_empty() {
            self.looking.ranked.clear();
            return;
        }
        let patient = self.searched_patient();
        let hidden = self.hidden_in_search();
        let request = self.looking.ranked.request(patient, hidden);
        self.desk.effects.push(Effect::Search(request));
    }

    pub(super) fn build_index(&mut self) {
        if self.looking.ranked.building.is_some() {
            let stop = self.index_key(&self.layers(), Action::StopIndex);
            let said = format!("The index is being made already; {stop} stops");
            return self.say(Tone::Calm, said);
        }
        if self
            .looking
            .ranked
            .state
            .as_ref()
            .is_some_and(State::is_current)
        {
            // The files may have changed since they were looked at; a build that finds nothing to do is short.
            self.say(
                Tone::Calm,
                "The index was up to date; the records are looked at again",
            );
        }
        self.looking.ranked.building = Some(crate::search::Progress::default());
        self.looking.ranked.ended = None;
        self.desk.effects.push(Effect::BuildIndex);
    }

    pub(super) fn stop_index(&mut self) {
        if self.looking.ranked.building.is_some() {
            self.looking.ranked.by_itself = ByItself::Never;
            self.say(Tone::Calm, "Stopping …");
            self.desk.effects.push(Effect::StopIndex);
        } else {
            self.say(Tone::Calm, "No index is being made");
        }
    }

    /// The key of an action about the index where keys are read in these layers.
    pub(in crate::tui) fn index_key(&self, layers: &[Layer], action: Action) -> String {
        let key = self.desk.keymap.key(layers, action);
        key.unwrap_or_else(|| self.desk.key_of(action))
    }

    /// Takes what the search thread says.
    pub(crate) fn take_search(&mut self, message: Message) {
        match message {
            Message::State(state) => {
                let before = self.looking.ranked.state.replace(state);
                let changed = before.is_none() || before != self.looking.ranked.state;
                if changed && self.looking.ranked.can_search() {
                    self.ask_ranked();
                }
                let files = self.desk.dataset.record_files();
                if self.over::<Search>().is_some() && self.looking.ranked.makes_itself(files) {
                    self.looking.ranked.by_itself = ByItself::Later;
                    self.build_index();
                }
            }
            Message::Reply(reply) => {
                self.looking.ranked.take(reply);
            }
            Message::Progress(now) => {
                if self.looking.ranked.building.is_some() {
                    self.looking.ranked.building = Some(now);
                }
            }
            Message::Built(Ok(built)) => {
                let n = crate::text::thousands;
                let mut said = if built.cancelled {
                    "Stopped: the index is as its last save left it".to_owned()
                } else if built.indexed + built.removed == 0 {
                    "The index is up to date".to_owned()
                } else {
                    format!(
                        "The index is ready: {} events of {} records were read",
                        n(built.events),
                        n(built.indexed as u64)
                    )
                };
                if let Some(why) = built.anew {
                    let _ = write!(said, " (made anew: {why})");
                }
                let left_out = built.notices.len();
                if left_out > 0 {
                    let _ = write!(said, "; {left_out} could not be read, see the notices");
                }
                self.desk.notices.extend(built.notices);
                self.index_ended(Tone::Calm, said);
            }
            Message::Built(Err(why)) => self.index_ended(Tone::Alert, why),
            Message::WorkerGone(what) => {
                self.looking.ranked.problem = Some(what.to_owned());
                self.index_ended(Tone::Alert, what.to_owned());
            }
        }
    }

    fn index_ended(&mut self, tone: Tone, said: String) {
        self.looking.ranked.building = None;
        if self.over::<Search>().is_some() {
            self.looking.ranked.ended = Some((said, tone == Tone::Alert));
        } else {
            self.say(tone, said);
        }
    }

    /// Takes a passage.
    pub(crate) fn take_passage(&mut self, cut: Cut) {
        self.looking
            .ranked
            .take_passage(cut.generation, cut.hit, cut.passage);
    }

    /// Goes to an event of any record, and away from what lies over the panes.
    pub(in crate::tui) fn jump_to(&mut self, jump: Jump) {
        let person = jump.person.clone();
        self.looking.jump = Some(jump);
        if person == self.person() {
            return self.carry_jump();
        }
        let cases = self.desk.dataset.cases();
        let mut with = (0..cases.len()).filter(|&i| cases[i].person_id == person);
        let own = (self.case().person_id == person).then_some(self.in_view.case);
        let Some(case) = own.or_else(|| with.next()) else {
            let case = self.in_view.case + 1;
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
                self.desk.dataset.cases().len()
            ),
        );
    }

    /// Goes where a hit said, once its record is in view.
    pub(in crate::tui) fn carry_jump(&mut self) {
        let RecordState::Ready(view) = &self.in_view.record.state else {
            return;
        };
        let Some(jump) = self
            .looking
            .jump
            .take()
            .filter(|j| j.person == self.person())
        else {
            return;
        };
        let view = Arc::clone(view);
        let record = &view.record;
        let as_indexed = record.events().get(jump.event.0 as usize).filter(|e| {
            e.kind == jump.kind && e.time.map(crate::record::Time::seconds) == jump.time
        });
        let Some(event) = as_indexed else {
            let build = self.desk.key_of(Action::BuildIndex);
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
        self.looking.find.set_places(&jump.text, places);
        self.looking.find.mark_map(record, &self.in_view.record.map);
        match first {
            Some(i) => self.go_to_hit(i),
            None if event.kind == Kind::Note => self
                .in_view
                .record
                .timeline
                .show_text(record, jump.event, 0),
            None => self.in_view.record.timeline.show(record, jump.event),
        }
        self.screen.focus = Focus::Timeline;
    }
}

/// What a marker marks in an event's name, value and details.
pub(super) fn places_in(record: &Record, event: EventId, marker: &mut Marker) -> Hits {
    let mut places = Hits::default();
    let of = record.event(event);
    let details = (0..).map(Field::Detail).zip(record.details(of));
    let texts = [
        (Field::Name, record.name(of)),
        (Field::Value, record.value(of)),
    ];
    for (field, text) in texts
        .into_iter()
        .chain(details.map(|(field, (_, text))| (field, text)))
    {
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
