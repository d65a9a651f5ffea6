//! The state of the reviewer: the case in view, its panes, what lies over them.
//!
//! In: a dataset, an opened review file, the settings. Out: plain state that `update` changes and `view` draws. Judgements
//! go through [`App::act`], which is on disk when it returns; nothing else here does I/O.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::dataset::{Case, CaseKey, Dataset};
use crate::record::{AsOf, EventId};
use crate::review::plan::Step;
use crate::review::{Act, CaseReview, Log, Pass, WeakOrder, blind, naming};
use crate::search::claim::{Ground, claims};
use crate::search::counts::Tokens;
use crate::search::find::Hits;
use crate::search::worker::Request;
use crate::text::{self, Layout, Row};
use crate::tui::action::{Action, Layer};
use crate::tui::adjudication::Adjudication;
use crate::tui::find::Find;
use crate::tui::gold::Gold;
use crate::tui::keymap::Keymap;
use crate::tui::layout::{Focus, Frame, Needs};
use crate::tui::matches::Matches;
use crate::tui::overlay::{CaseFilter, Overlay};
use crate::tui::panes::answers::Answers;
use crate::tui::panes::timeline::Timeline;
use crate::tui::pins::Pins;
use crate::tui::ranked::{Ranked, Wanted};
use crate::tui::record_view::RecordView;
use crate::tui::resume::Place;
use crate::tui::selection::Selection;
use crate::tui::terminal::Key;
use crate::tui::theme::Theme;
use crate::tui::visit::{Jump, Visit};
use crate::tui::widgets::map::Map;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It went well, or is worth knowing.
    Calm,
    /// It was refused, or needs attention.
    Alert,
}

/// What the runner does for the state, after it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read the record of a case, and then that of the next one ahead of need.
    Load {
        /// The case in view.
        case: usize,
        /// The case that is likely next.
        next: Option<usize>,
    },
    /// Let another program's editor have the text that is being written.
    Edit,
    /// Send text to the terminal's clipboard.
    Copy {
        /// The text.
        text: String,
        /// What it is, for the message.
        what: &'static str,
    },
    /// Find the pins and the dataset's evidence in the record in view.
    Places {
        /// The case in view.
        case: usize,
    },
    /// Look which claims of the answers occur in the record in view.
    Ground {
        /// The case in view.
        case: usize,
    },
    /// Search the index.
    Search(Request),
    /// Cut passages for what was found.
    Passages(Wanted),
    /// Look at the index and the record files again.
    LookAtIndex,
    /// Make the index, or bring it up to date.
    BuildIndex,
    /// Stop making the index.
    StopIndex,
    /// Read a record to look at beside the case.
    Visit {
        /// The patient.
        person: String,
        /// The instruction to find passages for.
        ask: Option<String>,
    },
    /// Compute the report of what the reviewer said.
    Report,
    /// Propose records for the instructions.
    Match {
        /// How texts are cut into words.
        tokens: Tokens,
    },
    /// Stop proposing.
    StopMatch,
    /// Remember where everything is.
    SavePlace,
    /// Draw the whole screen anew.
    Repaint,
    /// Go back to the shell until `fg`.
    Suspend,
    /// Leave.
    Quit,
}

/// The record of the case in view.
#[derive(Clone, Debug)]
pub enum RecordState {
    /// It is being read.
    Reading,
    /// It can be shown.
    Ready(Arc<RecordView>),
    /// It cannot be shown; why.
    Failed(String),
}

/// What the program is started with.
pub struct Start {
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// The opened review file.
    pub log: Log,
    /// The reviewer's name.
    pub reviewer: String,
    /// Seed of the blind order.
    pub seed: u64,
    /// Whether the models' names are shown.
    pub unblinded: bool,
    /// Whether what is later than an instruction is hidden.
    pub hides_later: bool,
    /// Keys.
    pub keymap: Keymap,
    /// Signs and styles.
    pub theme: Theme,
    /// Notices of opening: a lock taken over, bad lines …
    pub notices: Vec<crate::notice::Notice>,
    /// Minutes that the clock on the wall is ahead of UTC.
    pub utc_offset_minutes: i64,
    /// Where things were when the program was left.
    pub places: HashMap<String, Place>,
    /// The case to begin with.
    pub case: usize,
    /// Which reading of it.
    pub pass: Pass,
    /// What the plan gives the reviewer to read, in order; empty without a plan. In an adjudication the disputed cases.
    pub queue: Vec<Step>,
    /// What reviewers said, where somebody decides between them.
    pub adjudication: Option<Adjudication>,
}

/// The state of the reviewer.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that have nothing to do with each other"
)]
pub struct App {
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// The review file and what it says.
    pub log: Log,
    /// The reviewer's name.
    pub reviewer: String,
    /// Keys.
    pub keymap: Keymap,
    /// Signs and styles.
    pub theme: Theme,
    /// Notices of opening.
    pub notices: Vec<crate::notice::Notice>,
    /// Whether the models' names are shown.
    pub unblinded: bool,
    /// Whether what is later than an instruction is hidden, in cases that say when they were asked.
    pub hides_later: bool,
    /// The case in view.
    pub case: usize,
    /// Which reading of it.
    pub pass: Pass,
    /// What the plan gives the reviewer to read, in order; empty without a plan. In an adjudication the disputed cases.
    pub queue: Vec<Step>,
    /// What reviewers said, where somebody decides between them.
    pub adjudication: Option<Adjudication>,
    /// Its answers in blind order, as places in the case's responses.
    pub order: Vec<usize>,
    /// Which of them name their own model or vendor.
    pub self_naming: Vec<bool>,
    /// Its record.
    pub record: RecordState,
    /// The timeline pane.
    pub timeline: Timeline,
    /// The answers pane.
    pub answers: Answers,
    /// The wrapped instruction and the size of the screen it is wrapped for.
    pub instruction: (Vec<Row>, (u16, u16)),
    /// The first visible row of the instruction.
    pub instruction_top: usize,
    /// The pane in focus.
    pub focus: Focus,
    /// The pane that was in focus before it.
    pub(in crate::tui) before: Focus,
    /// The gold response that is being written.
    pub gold: Gold,
    /// Whether it stands beside the record, where there is room.
    pub gold_beside: bool,
    /// What was looked for in it last.
    pub(in crate::tui) looked_for: String,
    /// Whether it has the whole width.
    pub zoom: bool,
    /// What lies over the panes.
    pub overlay: Option<Overlay>,
    /// The record's map.
    pub map: Map,
    /// What was found.
    pub find: Find,
    /// Ranked search.
    pub ranked: Ranked,
    /// The record that is looked at beside the case.
    pub visit: Option<Visit>,
    /// The records proposed for the instructions.
    pub matches: Matches,
    /// Where to go once the record is there.
    pub jump: Option<Jump>,
    /// The evidence of the case in view.
    pub pins: Pins,
    /// The passage that is being selected.
    pub selection: Option<Selection>,
    /// Whether claims that occur in the record are marked.
    pub grounding: bool,
    /// The claims of each answer in blind order, and whether each occurs in the record.
    pub grounded: Vec<Vec<(Range<usize>, bool)>>,
    /// Keys of a sequence that is not complete.
    pub pending: Vec<Key>,
    /// The message in view.
    pub message: Option<(Tone, String)>,
    /// When the last act was saved, as a time on the wall.
    pub saved_at: Option<String>,
    /// The screen's size.
    pub size: (u16, u16),
    /// Where everything is on the screen.
    pub frame: Frame,
    /// Which cases the list shows.
    pub case_filter: CaseFilter,
    /// What the runner still has to do.
    pub effects: Vec<Effect>,
    seed: u64,
    utc_offset_minutes: i64,
    places: HashMap<String, Place>,
    map_width: u16,
    opened: Instant,
    spent: HashMap<Step, Duration>,
}

/// The time of day, so many minutes ahead of UTC.
pub fn wall_clock(time: jiff::Timestamp, utc_offset_minutes: i64) -> String {
    let seconds = (time.as_second() + utc_offset_minutes * 60).rem_euclid(86_400);
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

impl App {
    /// The state at the start, with the first case open.
    pub fn new(start: Start, size: (u16, u16)) -> Self {
        let mut app = App {
            dataset: start.dataset,
            log: start.log,
            reviewer: start.reviewer,
            keymap: start.keymap,
            theme: start.theme,
            notices: start.notices,
            unblinded: start.unblinded,
            hides_later: start.hides_later,
            case: 0,
            pass: start.pass,
            order: Vec::new(),
            self_naming: Vec::new(),
            record: RecordState::Reading,
            timeline: Timeline::default(),
            answers: Answers::default(),
            instruction: (Vec::new(), (0, 0)),
            instruction_top: 0,
            focus: Focus::Timeline,
            before: Focus::Timeline,
            gold: Gold::default(),
            gold_beside: false,
            looked_for: String::new(),
            zoom: false,
            overlay: None,
            map: Map::default(),
            find: Find::default(),
            ranked: Ranked::default(),
            visit: None,
            matches: Matches::default(),
            jump: None,
            pins: Pins::default(),
            selection: None,
            grounding: false,
            grounded: Vec::new(),
            pending: Vec::new(),
            message: None,
            saved_at: None,
            size,
            frame: Frame::default(),
            case_filter: if start.queue.is_empty() {
                CaseFilter::All
            } else {
                CaseFilter::Queue
            },
            queue: start.queue,
            adjudication: start.adjudication,
            effects: Vec::new(),
            seed: start.seed,
            utc_offset_minutes: start.utc_offset_minutes,
            places: start.places,
            map_width: 0,
            opened: Instant::now(),
            spent: HashMap::new(),
        };
        let case = start.case.min(app.dataset.cases().len().saturating_sub(1));
        let pass = start.pass;
        app.enter(Step { case, pass });
        let place = app.places.get(&app.place_name());
        if place.is_some_and(|p| p.focus == Focus::Gold) && !app.gold.editor.is_empty() {
            // Keys go into a text only once that was asked for.
            let key = app.key_of(Action::Gold);
            app.say(
                Tone::Calm,
                format!("Your gold response is as you left it; {key} goes on writing"),
            );
        }
        app
    }

    /// The case in view; a dataset always holds one.
    pub fn case(&self) -> &Case {
        &self.dataset.cases()[self.case]
    }

    /// The name of the case in view.
    pub fn key(&self) -> CaseKey {
        self.case().key()
    }

    /// The patient whose record is in view: the case's, or the one that is looked at beside it.
    pub fn person(&self) -> &str {
        match &self.visit {
            Some(visit) => &visit.person,
            None => &self.case().person_id,
        }
    }

    /// What stands where the instruction does.
    pub fn question(&self) -> &str {
        match &self.visit {
            Some(visit) => &visit.text,
            None => &self.case().question,
        }
    }

    /// What the reviewer said of the case in view, in this reading of it.
    pub fn review(&self) -> &CaseReview {
        self.log.ledger().reading(self.pass, &self.key())
    }

    /// The ranking of the case in view.
    pub fn rank(&self) -> &WeakOrder {
        &self.review().rank
    }

    /// The models of the answers in blind order.
    pub fn models(&self) -> Vec<&str> {
        self.order
            .iter()
            .map(|&i| self.case().responses[i].model.as_str())
            .collect()
    }

    /// The texts of the answers in blind order.
    pub fn texts(&self) -> Vec<&str> {
        self.order
            .iter()
            .map(|&i| self.case().responses[i].text.as_str())
            .collect()
    }

    /// The model of an answer in blind order.
    pub fn model(&self, answer: usize) -> Option<&str> {
        self.order
            .get(answer)
            .map(|&i| self.case().responses[i].model.as_str())
    }

    /// What an answer is called on the screen: a letter, and the model's name once unblinded.
    pub fn letter(&self, answer: usize) -> String {
        let letter = blind::letter(answer as u32);
        match self.model(answer) {
            Some(model) if self.unblinded => format!("{letter} {model}"),
            _ => letter,
        }
    }

    /// The record, where it can be shown.
    pub fn view(&self) -> Option<&Arc<RecordView>> {
        match &self.record {
            RecordState::Ready(view) => Some(view),
            RecordState::Reading | RecordState::Failed(_) => None,
        }
    }

    /// What was found in the record.
    pub fn hits(&self) -> &Hits {
        &self.find.record
    }

    /// Whether keys are text: in an overlay that takes it, or in the gold response.
    pub fn takes_text(&self) -> bool {
        if self.is_writing() {
            return true;
        }
        self.overlay
            .as_ref()
            .is_some_and(|o| matches!(o.layer(), Layer::Text | Layer::Search))
    }

    /// The layers that read keys, the first before the others.
    pub fn layers(&self) -> Vec<Layer> {
        match &self.overlay {
            Some(overlay) if overlay.layer() == Layer::Text => vec![Layer::Text],
            Some(Overlay::Search(_)) => vec![Layer::Search, Layer::Text],
            // A passage is selected in the timeline or in a reader; marks could be hit by mistake there.
            _ if self.selection.is_some() => vec![Layer::Passage],
            // Lists and readers keep the keys of the global layer that make sense over them; `update` says which.
            Some(overlay @ (Overlay::Cases { .. } | Overlay::Evidence(_) | Overlay::Sides(_))) => {
                vec![overlay.layer(), Layer::List, Layer::Global]
            }
            Some(overlay) => vec![overlay.layer(), Layer::Global],
            None if self.visit.as_ref().is_some_and(|v| v.looked.is_some()) => {
                vec![Layer::Candidate, Layer::Timeline, Layer::Global]
            }
            None => match self.focus {
                Focus::Timeline => vec![Layer::Timeline, Layer::Global],
                Focus::Answers => vec![Layer::Answers, Layer::Global],
                Focus::Gold if self.is_writing() => vec![Layer::Gold],
                Focus::Gold => vec![Layer::Global],
            },
        }
    }

    /// Says something on the message line.
    pub fn say(&mut self, tone: Tone, message: impl Into<String>) {
        self.message = Some((tone, message.into()));
    }

    /// Writes an act to the review file; it is on disk when this returns true. A failure is said and stays in view. What
    /// is about the case in view belongs to the reading in view.
    pub fn act(&mut self, case: Option<&CaseKey>, act: Act) -> bool {
        let here = case.is_some_and(|c| *c == self.key());
        // What is said of the instruction or of a record says nothing of the answers, and is said once.
        let apart = !matches!(act, Act::Category { .. } | Act::Relevance { .. });
        let pass = if here && apart {
            self.pass
        } else {
            Pass::First
        };
        self.act_in(pass, case, act)
    }

    /// The same, in any reading.
    pub(in crate::tui) fn act_in(&mut self, pass: Pass, case: Option<&CaseKey>, act: Act) -> bool {
        match self.log.append_in(pass, case, act) {
            Ok(saved) => {
                self.saved_at = Some(self.wall_clock(saved.time));
                true
            }
            Err(error) => {
                // What to do comes first: on a narrow screen the reason is cut off.
                let again = self.key_of(Action::RetrySave);
                let text = format!("NOT SAVED, only in memory; {again} tries again: {error}");
                self.say(Tone::Alert, text);
                false
            }
        }
    }

    /// The time of day on the wall.
    pub fn wall_clock(&self, time: jiff::Timestamp) -> String {
        wall_clock(time, self.utc_offset_minutes)
    }

    /// Opens a case, remembering where things were in the one before.
    pub fn open_case(&mut self, case: usize) {
        let pass = self.usual_pass();
        self.open_step(Step { case, pass });
    }

    /// The same for any reading of a case.
    pub fn open_step(&mut self, step: Step) {
        let here = step == self.step() && self.visit.is_none();
        if !here && step.case < self.dataset.cases().len() {
            self.change_to(step);
        }
    }

    /// Opens a case, be it the one that is open.
    pub(in crate::tui) fn change_to(&mut self, step: Step) {
        self.save_draft();
        self.remember_place();
        let spent = self.spent.entry(self.step()).or_default();
        *spent += self.opened.elapsed();
        self.enter(step);
        self.effects.push(Effect::SavePlace);
    }

    fn enter(&mut self, step: Step) {
        let Step { case, pass } = step;
        self.case = case;
        self.pass = pass;
        if let Some(adjudication) = &mut self.adjudication {
            adjudication.enter(&self.dataset.cases()[case]);
        }
        self.opened = Instant::now();
        self.visit = None;
        self.clear_record();
        let models: Vec<&str> = self
            .case()
            .responses
            .iter()
            .map(|r| r.model.as_str())
            .collect();
        self.order = blind::order(
            pass.seed(self.seed),
            &self.reviewer,
            &self.case().instruction_id,
            &models,
        );
        let names_itself = |&i: &usize| {
            let response = &self.case().responses[i];
            naming::names_itself(&response.text, &response.model).is_some()
        };
        self.self_naming = self.order.iter().map(names_itself).collect();
        self.answers = Answers::of(self.order.len(), 0, 0);
        self.read_gold();
        self.gold_beside = false;
        if let Some(place) = self.places.get(&self.place_name()) {
            self.zoom = place.zoom;
            self.gold_beside = place.focus == Focus::Gold;
            // A key on the way through the cases must not get into a text.
            self.focus = match place.focus {
                Focus::Gold => Focus::Timeline,
                focus => focus,
            };
        }
        if self.order.is_empty() {
            self.focus = Focus::Timeline;
        }
        self.fit();
        if let Some(place) = self.places.get(&self.place_name()).cloned() {
            let texts: Vec<String> = self.texts().iter().map(|t| (*t).to_owned()).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            self.answers.restore(place.answer, &place.scrolls, &texts);
        }
        let next = self.neighbour(true).map(|s| s.case);
        self.effects.push(Effect::Load { case, next });
    }

    /// Forgets the record in view and what hangs on it.
    pub(in crate::tui) fn clear_record(&mut self) {
        self.overlay = None;
        self.pending.clear();
        self.find.forget_places();
        self.grounded.clear();
        self.pins = Pins::default();
        self.selection = None;
        self.instruction = (Vec::new(), (0, 0));
        self.instruction_top = 0;
        self.record = RecordState::Reading;
        self.timeline = Timeline::default();
        self.map = Map::default();
    }

    /// Takes a record that was read, if it is still the one wanted.
    pub fn take_record(&mut self, case: usize, result: Result<Arc<RecordView>, String>) {
        if case == self.case && self.visit.is_none() {
            self.show_record(result);
        }
    }

    /// Takes the record to look at beside the case, if it is still the one wanted.
    pub fn take_visit(
        &mut self,
        person: &str,
        result: Result<Arc<RecordView>, String>,
        best: Vec<EventId>,
    ) {
        let Some(visit) = self.visit.as_mut().filter(|v| v.person == person) else {
            return;
        };
        let looked = visit.looked.is_some();
        if let Some(looked) = &mut visit.looked {
            looked.passages = best;
        }
        self.show_record(result);
        if looked {
            self.step_passage(0);
        }
    }

    fn show_record(&mut self, result: Result<Arc<RecordView>, String>) {
        if matches!(self.record, RecordState::Ready(_)) {
            return;
        }
        let view = match result {
            Ok(view) => view,
            Err(message) => {
                self.record = RecordState::Failed(message);
                return;
            }
        };
        let area = self.frame.timeline;
        let visiting = self.visit.is_some();
        let as_of = self.case().as_of.filter(|_| !visiting).map(AsOf::new);
        let size = (area.width, area.height);
        self.timeline = Timeline::of(&view.record, as_of, self.hides_later, size);
        self.map_width = self.frame.map.width.saturating_sub(2);
        self.map = Map::of(&view.record, self.map_width);
        if let Some(place) = self.places.get(&self.place_name())
            && !visiting
        {
            place.restore(&mut self.timeline, &view.record);
        }
        self.record = RecordState::Ready(view);
        self.search_again();
        self.want_ground();
        if !visiting {
            self.effects.push(Effect::Places { case: self.case });
        }
        self.carry_jump();
    }

    /// Asks for the grounding of the case in view, where it is wanted and not there.
    pub fn want_ground(&mut self) {
        let there = self.view().is_some() && self.visit.is_none();
        if self.grounding && self.grounded.is_empty() && there {
            self.effects.push(Effect::Ground { case: self.case });
        }
    }

    /// Takes what the record's words, numbers and days are, if it is still the record in view.
    pub fn take_ground(&mut self, case: usize, ground: &Ground) {
        if case == self.case && self.visit.is_none() {
            let claims = |text: &&str| {
                let all = claims(text).into_iter();
                all.map(|(range, claim)| (range, ground.holds(&claim)))
                    .collect()
            };
            self.grounded = self.texts().iter().map(claims).collect();
        }
    }

    /// Looks for the pattern again in the case that is now in view.
    pub fn search_again(&mut self) {
        let case = &self.dataset.cases()[self.case];
        let texts: Vec<&str> = self
            .order
            .iter()
            .map(|&i| case.responses[i].text.as_str())
            .collect();
        let as_of = self.timeline.hidden_from();
        let record = match &self.record {
            RecordState::Ready(view) => Some((&view.record, as_of)),
            RecordState::Reading | RecordState::Failed(_) => None,
        };
        let question = match &self.visit {
            Some(visit) => &visit.text,
            None => &case.question,
        };
        self.find.search(record, question, &texts);
        if let Some((record, _)) = record {
            self.find.mark_map(record, &self.map);
        }
    }

    /// Remembers where things are in the case in view.
    pub fn remember_place(&mut self) {
        // A case whose record has not come keeps what was remembered before, if anything was.
        if self.view().is_none() || self.visit.is_some() {
            return;
        }
        let place = Place::of(self);
        self.places.insert(self.place_name(), place);
    }

    /// What the place of the reading in view is remembered under.
    fn place_name(&self) -> String {
        match self.pass {
            Pass::First => self.key().to_string(),
            pass => format!("{} ({pass})", self.key()),
        }
    }

    /// Where things are in every case that was visited.
    pub fn places(&self) -> &HashMap<String, Place> {
        &self.places
    }

    /// Time spent on the case in view in this session.
    pub fn seconds_spent(&self) -> u64 {
        let before = self.spent.get(&self.step()).copied().unwrap_or_default();
        (before + self.opened.elapsed()).as_secs()
    }

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
        let editor = match &self.overlay {
            Some(Overlay::Comment { .. }) => (height / 4).clamp(3, 10),
            _ => 0,
        };
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
            let case = &self.dataset.cases()[self.case];
            let texts: Vec<&str> = self
                .order
                .iter()
                .map(|&i| case.responses[i].text.as_str())
                .collect();
            self.answers.wrap(&texts);
        }
        self.fit_overlay();
    }
}
