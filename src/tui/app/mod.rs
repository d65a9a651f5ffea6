//! The state of the reviewer: the case in view, its panes, what lies over them.
//!
//! In: a dataset, an opened review file, the settings. Out: plain state that `update` changes and `view` draws. Judgements
//! go through [`App::act`], which is on disk when it returns; nothing else here does I/O.

mod cases;
mod fit;
mod record;
mod start;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::dataset::{Case, CaseKey, Dataset};
use crate::review::naming::Names;
use crate::review::plan::Step;
use crate::review::{Act, CaseReview, Log, Pass, WeakOrder, blind};
use crate::search::find::Hits;
use crate::text::Row;
use crate::tui::action::{Action, Layer};
use crate::tui::adjudication::Adjudication;
use crate::tui::find::Find;
use crate::tui::gold::Gold;
use crate::tui::keymap::Keymap;
use crate::tui::layout::{Focus, Frame};
use crate::tui::matches::Matches;
use crate::tui::overlays::Overlay;
use crate::tui::panes::answers::Answers;
use crate::tui::panes::timeline::{Filter, Timeline};
use crate::tui::pins::Pins;
use crate::tui::queue::CaseFilter;
use crate::tui::ranked::Ranked;
use crate::tui::record_view::RecordView;
use crate::tui::resume::Place;
use crate::tui::selection::Selection;
use crate::tui::terminal::Key;
use crate::tui::theme::Theme;
use crate::tui::typing::Typing;
use crate::tui::visit::{Jump, Visit};
use crate::tui::widgets::map::Map;

pub use start::{Effect, RecordState, Start, Tone};

/// The texts of a case's responses in an order; borrows nothing of the state but these.
pub(in crate::tui) fn texts_of<'a>(case: &'a Case, order: &[usize]) -> Vec<&'a str> {
    let text = |&i: &usize| case.responses[i].text.as_str();
    order.iter().map(text).collect()
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
    /// Whether the models' names are shown in every case that is opened; see [`App::is_unblinded`].
    pub(in crate::tui) unblinds: bool,
    /// Whether what is later than an instruction is hidden, in cases that say when they were asked.
    pub hides_later: bool,
    /// The case in view.
    pub case: usize,
    /// Which reading of it.
    pub pass: Pass,
    /// What the plan gives the reviewer to read, in order; empty without a plan. In an adjudication the disputed cases.
    pub queue: Vec<Step>,
    /// What the plan gives the reviewer to read, also in an adjudication; `None` where there is no plan.
    pub(in crate::tui) plan: Option<Vec<Step>>,
    /// What reviewers said, where somebody decides between them.
    pub adjudication: Option<Adjudication>,
    /// Its answers in blind order, as places in the case's responses.
    pub order: Vec<usize>,
    /// Which of them name a model or a maker, their own or another.
    pub naming: Vec<bool>,
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
    pub overlay: Option<Box<dyn Overlay>>,
    /// What is typed or chosen in it and not saved.
    pub typing: Typing,
    /// The record's map.
    pub map: Map,
    /// What was found.
    pub find: Find,
    /// Ranked search.
    pub ranked: Ranked,
    /// The record that is looked at beside the case.
    pub visit: Option<Visit>,
    /// What the timeline showed before a record was looked at beside the case.
    pub(in crate::tui) filter_after_visit: Option<Filter>,
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
    /// The key pressed last was told that it leaves when it comes again.
    pub(in crate::tui) said_how_to_leave: bool,
    /// When the review file was looked at last.
    looked: std::time::Instant,
    /// The key before it was, so that this one leaves where it is the same.
    pub(in crate::tui) leaves_again: bool,
    /// The last key, and the layers that it was pressed in first of several times in a row.
    pub(in crate::tui) repeated: Option<(Key, Vec<Layer>)>,
    /// Whether the message in view says what an act did.
    pub(in crate::tui) said_of_act: bool,
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
    /// The names to look for in answers.
    names: Names,
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

/// How often the review file is looked at while nothing is written.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(3);

impl App {
    /// The state at the start, with the first case open.
    pub fn new(start: Start, size: (u16, u16)) -> Self {
        let names = Names::of_dataset(&start.dataset);
        let mut app = App {
            dataset: start.dataset,
            log: start.log,
            reviewer: start.reviewer,
            keymap: start.keymap,
            theme: start.theme,
            notices: start.notices,
            unblinds: start.unblinded,
            hides_later: start.hides_later,
            case: 0,
            pass: start.pass,
            order: Vec::new(),
            naming: Vec::new(),
            names,
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
            typing: start.typing,
            map: Map::default(),
            find: Find::default(),
            ranked: Ranked::default(),
            visit: None,
            filter_after_visit: None,
            matches: Matches::default(),
            jump: None,
            pins: Pins::default(),
            selection: None,
            grounding: false,
            grounded: Vec::new(),
            pending: Vec::new(),
            said_how_to_leave: false,
            looked: std::time::Instant::now(),
            leaves_again: false,
            repeated: None,
            said_of_act: false,
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
            plan: start.plan,
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
        texts_of(self.case(), &self.order)
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
            Some(model) if self.is_unblinded() => format!("{letter} {model}"),
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
        self.overlay.as_ref().is_some_and(|o| o.takes_text())
    }

    /// The layers that read keys, the first before the others.
    pub fn layers(&self) -> Vec<Layer> {
        match &self.overlay {
            Some(overlay) if overlay.takes_text() => overlay.layers().to_vec(),
            // A passage is selected in the timeline or in a reader; marks could be hit by mistake there.
            _ if self.selection.is_some() => vec![Layer::Passage],
            // Most keep the keys of the global layer that make sense over them.
            Some(overlay) => overlay.layers().to_vec(),
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

    /// Looks every few seconds whether another program changed the review file, and says so; true where there was something.
    pub(in crate::tui) fn watch_file(&mut self) -> bool {
        if self.looked.elapsed() > LOOK_EVERY {
            self.looked = std::time::Instant::now();
            if let Err(error) = self.log.look(false) {
                self.say(
                    Tone::Alert,
                    format!("The review file cannot be used: {error}"),
                );
                return true;
            }
        }
        self.tell_of_file()
    }

    /// Says what was found of the review file; true where there was something.
    pub(in crate::tui) fn tell_of_file(&mut self) -> bool {
        let notices = self.log.take_notices();
        let Some(last) = notices.last() else {
            return false;
        };
        let text = format!("REVIEW FILE CHANGED: {}", last.what);
        self.say(Tone::Alert, text);
        self.notices.extend(notices);
        true
    }

    /// Says something on the message line.
    pub fn say(&mut self, tone: Tone, message: impl Into<String>) {
        self.message = Some((tone, message.into()));
        self.said_of_act = false;
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
        self.note_outside(pass, case, &act);
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
}
