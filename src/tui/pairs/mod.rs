//! The screen of pairs: two instructions side by side, and whether they ask the same.
//!
//! In: a form's instructions, their close pairs, a file of decisions. Out: one act in that file for each decision, on the
//! disk before the screen says so. What a decision makes of other pairs shows at once. Never: a pair that moves away
//! from under the cursor because it was decided.

mod compare;
mod run;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use run::run;

use std::ops::Range;

use crate::dataset::collect::Submission;
use crate::error::Result;
use crate::metrics::near::{Close, Decided, Pair};
use crate::notice::Notice;
use crate::review::{Act, Log, Saved, Turn};
use crate::text::{self, Layout, ScreenRow};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{Tone, wall_clock};
use crate::tui::keymap::{Keymap, Lookup, print_sequence};
use crate::tui::terminal::{Code, Key};
use crate::tui::theme::Theme;
use crate::tui::widgets::list::{List, Scroll};

/// Where keys are read.
const LAYERS: [Layer; 2] = [Layer::Pairs, Layer::Global];

/// What the screen begins with.
#[derive(Debug)]
pub(crate) struct Start {
    /// The form's file name.
    pub form: String,
    /// Its instructions, the earliest first.
    pub submissions: Vec<Submission>,
    /// The pairs that are close.
    pub close: Close,
    /// The score above which an instruction is dropped.
    pub threshold: f64,
    /// What is decided already, by (later, earlier).
    pub decided: Decided,
    /// The file of decisions.
    pub log: Log,
    /// What was off when it was opened.
    pub notices: Vec<Notice>,
    /// Who decides.
    pub reviewer: String,
    /// The keys.
    pub keymap: Keymap,
    /// The signs.
    pub theme: Theme,
    /// Minutes that the clock on the wall is ahead of UTC.
    pub utc_offset_minutes: i64,
}

/// One row of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Listed {
    pair: Pair,
    /// Whether the later instruction is left out because of this pair.
    dropped: bool,
}

impl Listed {
    fn key(self) -> (usize, usize) {
        (self.pair.later, self.pair.earlier)
    }
}

/// One of the two instructions, as it is drawn.
#[derive(Clone, Debug, Default)]
struct Side {
    place: usize,
    /// What is known of it beside its words.
    facts: String,
    facts_rows: Vec<ScreenRow>,
    rows: Vec<ScreenRow>,
    /// Words that the other one has not.
    own: Vec<Range<usize>>,
}

/// The state of the screen.
#[derive(Debug)]
pub(crate) struct Pairs {
    start: Start,
    size: (u16, u16),
    /// All pairs, the most doubtful first.
    all: Vec<Listed>,
    /// The listed ones, by their place among all.
    shown: Vec<usize>,
    only_undecided: bool,
    list: List,
    /// The earlier and the later instruction of the selected pair.
    sides: [Side; 2],
    scroll: Scroll,
    help: bool,
    pending: Vec<Key>,
    message: Option<(Tone, String)>,
    saved_at: Option<String>,
    leave: Option<Leave>,
    /// Whether to leave was asked by the key before, since something is not saved.
    asked_to_leave: bool,
}

/// What the loop is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    Quit,
    Suspend,
    Repaint,
}

impl Pairs {
    /// The screen at its start, on the first pair that nobody has decided.
    pub(crate) fn new(start: Start, size: (u16, u16)) -> Self {
        let message = start
            .notices
            .first()
            .map(|notice| (Tone::Alert, notice.to_string()));
        let mut pairs = Pairs {
            start,
            size,
            all: Vec::new(),
            shown: Vec::new(),
            only_undecided: false,
            list: List::default(),
            sides: [Side::default(), Side::default()],
            scroll: Scroll::default(),
            help: false,
            pending: Vec::new(),
            message,
            saved_at: None,
            leave: None,
            asked_to_leave: false,
        };
        pairs.collect();
        let first = pairs
            .shown
            .iter()
            .position(|i| pairs.all[*i].pair.same.is_none());
        pairs.list = List::new(pairs.shown.len(), first.unwrap_or(0), 1);
        pairs.fit();
        pairs
    }

    /// Takes a key.
    pub(crate) fn press(&mut self, key: Key) {
        self.pending.push(key);
        let question = [Layer::Question, Layer::Pairs, Layer::Global];
        let layers: &[Layer] = if self.asked_to_leave {
            &question
        } else {
            &LAYERS
        };
        match self.start.keymap.lookup(layers, &self.pending) {
            Lookup::Action(Action::Confirm) => self.leave = Some(Leave::Quit),
            Lookup::Action(action) => {
                self.pending.clear();
                self.message = None;
                self.asked_to_leave = false;
                self.run(action);
            }
            Lookup::Prefix(_) => {}
            Lookup::None => {
                self.asked_to_leave = false;
                let typed = print_sequence(&std::mem::take(&mut self.pending));
                let help = self.key_of(Action::Help);
                self.say(
                    Tone::Alert,
                    format!("{typed} does nothing here; {help} shows the keys"),
                );
            }
        }
        self.fit();
    }

    /// Takes a key that came at once with `ESC`: with Alt where that is bound, as Esc and the key elsewhere.
    fn press_after_esc(&mut self, key: Key) {
        let with_alt = Key { alt: true, ..key };
        let keys = [self.pending.as_slice(), &[with_alt]].concat();
        if self.start.keymap.lookup(&LAYERS, &keys) == Lookup::None {
            self.press(Key::plain(Code::Esc));
            self.press(key);
        } else {
            self.press(with_alt);
        }
    }

    /// Fits the screen to a size.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.fit();
    }

    fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.message = Some((tone, text.into()));
    }

    fn key_of(&self, action: Action) -> String {
        let layers = [Layer::Pairs, Layer::Global, Layer::Question];
        let key = self.start.keymap.key(&layers, action);
        key.unwrap_or_else(|| crate::tui::action::of(action).name.to_owned())
    }

    fn run(&mut self, action: Action) {
        let page = (self.scroll.height / 2).max(1) as isize;
        match action {
            Action::Back | Action::Cancel if self.help => self.help = false,
            Action::Cancel => {
                let leave = self.key_of(Action::Back);
                self.say(Tone::Calm, format!("Nothing is open here; {leave} leaves"));
            }
            Action::Help => self.help = !self.help,
            Action::Back | Action::Quit => self.quit(),
            Action::Down => self.list.go(1),
            Action::Up => self.list.go(-1),
            Action::Top => self.list.go(isize::MIN / 2),
            Action::Bottom => self.list.go(isize::MAX / 2),
            Action::PageDown => self.scroll.go(page),
            Action::PageUp => self.scroll.go(-page),
            Action::Same => self.decide(Some(true)),
            Action::Different => self.decide(Some(false)),
            Action::Clear => self.decide(None),
            Action::Undo => self.turn(Turn::Undo),
            Action::Redo => self.turn(Turn::Redo),
            Action::RetrySave => {
                let outcome = self.start.log.retry();
                self.after(outcome, "Saved");
            }
            Action::NextUndecided => self.next_undecided(),
            Action::OnlyUndecided => {
                self.only_undecided = !self.only_undecided;
                let here = self.selected().map(Listed::key);
                self.filter(here);
            }
            Action::Suspend => self.leave = Some(Leave::Suspend),
            Action::Repaint => self.leave = Some(Leave::Repaint),
            other => {
                let help = self.key_of(Action::Help);
                let name = crate::tui::action::of(other).name;
                self.say(
                    Tone::Alert,
                    format!("`{name}` does nothing here; {help} shows the keys"),
                );
            }
        }
    }

    fn quit(&mut self) {
        // What fails here makes decisions unsaved, which is asked about below.
        let _ = self.start.log.look(true);
        if let Some(notice) = self.start.log.take_notices().pop() {
            return self.say(Tone::Alert, format!("FILE CHANGED: {}", notice.what));
        }
        let unsaved = self.start.log.unsaved();
        if unsaved > 0 && self.start.log.retry().is_err() {
            self.asked_to_leave = true;
            let (again, yes) = (self.key_of(Action::RetrySave), self.key_of(Action::Confirm));
            self.say(Tone::Alert, format!("{unsaved} decisions are only in memory: {again} tries again, {yes} leaves and loses them"));
        } else {
            self.leave = Some(Leave::Quit);
        }
    }

    fn selected(&self) -> Option<Listed> {
        let place = self.shown.get(self.list.cursor)?;
        self.all.get(*place).copied()
    }

    /// Collects the pairs anew, as decisions make others close or take them away.
    fn collect(&mut self) {
        let found = self.start.close.found(&self.start.decided);
        let row = |dropped| move |pair| Listed { pair, dropped };
        self.all = found.dropped.into_iter().map(row(true)).collect();
        self.all
            .extend(found.borderline.into_iter().map(row(false)));
        self.all.extend(found.apart.into_iter().map(row(false)));
        // Those that only just escaped first, then those that were only just caught; no decision changes the order.
        let threshold = self.start.threshold;
        let order = |row: &Listed| {
            (
                row.pair.score > threshold,
                (row.pair.score - threshold).abs(),
            )
        };
        self.all.sort_by(|a, b| {
            let ((above_a, far_a), (above_b, far_b)) = (order(a), order(b));
            let by_doubt = above_a.cmp(&above_b).then(far_a.total_cmp(&far_b));
            by_doubt.then(a.key().cmp(&b.key()))
        });
        self.filter(None);
    }

    /// Lists what is to be listed; the pair `here` stays under the cursor, listed or not.
    fn filter(&mut self, here: Option<(usize, usize)>) {
        let all = self.all.iter().enumerate();
        self.shown = all
            .filter(|(_, row)| {
                !self.only_undecided || row.pair.same.is_none() || Some(row.key()) == here
            })
            .map(|(i, _)| i)
            .collect();
        let cursor = self
            .shown
            .iter()
            .position(|i| Some(self.all[*i].key()) == here);
        let cursor = cursor.unwrap_or(self.list.cursor);
        self.list = List::new(self.shown.len(), cursor, self.list.height);
    }

    fn decide(&mut self, same: Option<bool>) {
        let Some(row) = self.selected() else {
            self.say(Tone::Alert, "No pair is selected");
            return;
        };
        let id = |place: usize| self.start.submissions[place].id.clone();
        let (later, earlier) = (id(row.pair.later), id(row.pair.earlier));
        let twice = |id: &str| {
            self.start
                .submissions
                .iter()
                .filter(|s| s.id == *id)
                .count()
                > 1
        };
        if twice(&later) || twice(&earlier) {
            self.say(Tone::Alert, "The form gives this id to several instructions, so nothing can be said of it: correct the form and import it again");
            return;
        }
        let words = match same {
            Some(true) => "The same: the later one is left out",
            Some(false) => "Different: this pair drops nothing",
            None => "Taken back",
        };
        let outcome = self.start.log.append(
            None,
            Act::Pair {
                later,
                earlier,
                same,
            },
        );
        self.after(outcome, words);
    }

    fn turn(&mut self, turn: Turn) {
        let (nothing, said) = match turn {
            Turn::Undo => ("Nothing to undo", "Undone"),
            Turn::Redo => ("Nothing to redo", "Done again"),
        };
        match self.start.log.turn(turn) {
            Ok(None) => self.say(Tone::Calm, nothing),
            Ok(Some(saved)) => self.after(Ok(saved), said),
            Err(error) => self.after(Err(error), ""),
        }
    }

    /// Takes what the log holds now into the list, and says how saving went.
    fn after(&mut self, outcome: Result<Saved>, words: &str) {
        let before = std::mem::take(&mut self.start.decided);
        let mut places = std::collections::HashMap::new();
        for (i, submission) in self.start.submissions.iter().enumerate() {
            places.insert(submission.id.as_str(), i);
        }
        let mut decided = before;
        // What this reviewer says stands above what others said; what was taken back is nobody's.
        for entry in self.start.log.ledger().entries() {
            if let Act::Pair { later, earlier, .. } = &entry.act
                && let (Some(a), Some(b)) =
                    (places.get(later.as_str()), places.get(earlier.as_str()))
            {
                decided.remove(&(*a.max(b), *a.min(b)));
            }
        }
        for (later, earlier, same, _) in self.start.log.ledger().pairs() {
            if let (Some(a), Some(b)) = (places.get(later), places.get(earlier)) {
                decided.insert((*a.max(b), *a.min(b)), same);
            }
        }
        self.start.decided = decided;
        let here = self.selected().map(Listed::key);
        self.collect();
        self.filter(here);
        match outcome {
            Ok(saved) => {
                let minutes = self.start.utc_offset_minutes;
                self.saved_at = Some(wall_clock(saved.time, minutes));
                self.say(Tone::Calm, words);
            }
            Err(error) => self.say(Tone::Alert, format!("NOT SAVED: {error}")),
        }
    }

    fn next_undecided(&mut self) {
        let from = self.list.cursor + 1;
        let places = (from..self.shown.len()).chain(0..from.min(self.shown.len()));
        let next = { places }.find(|i| self.all[self.shown[*i]].pair.same.is_none());
        match next {
            Some(place) => self.list.go(place as isize - self.list.cursor as isize),
            None => self.say(Tone::Calm, "Every pair is decided"),
        }
    }

    /// Wraps the selected pair for the size.
    fn fit(&mut self) {
        let frame = view::frame(self.size);
        self.list.resize(usize::from(frame.list.height).max(1));
        let places = self.selected().map(|r| [r.pair.earlier, r.pair.later]);
        let Some(places) = places else {
            self.sides = [Side::default(), Side::default()];
            return;
        };
        let texts = places.map(|p| self.start.submissions[p].question.as_str());
        let own = compare::differing(texts[0], texts[1]);
        let width = usize::from(frame.text_width).max(1);
        let mut own = own.into_iter();
        let sides = places.map(|place| {
            let submission = &self.start.submissions[place];
            let facts = facts(submission, self.start.theme.dot());
            Side {
                place,
                facts_rows: text::wrap(&facts, width, Layout::Lines),
                facts,
                rows: text::wrap(&submission.question, width, Layout::Lines),
                own: own.next().unwrap_or_default(),
            }
        });
        let moved = sides
            .iter()
            .zip(&self.sides)
            .any(|(a, b)| a.place != b.place);
        self.sides = sides;
        if moved {
            self.scroll.top = 0;
        }
        let heights = self
            .sides
            .each_ref()
            .map(|s| 2 + s.facts_rows.len() + s.rows.len());
        self.scroll.len = if frame.beside {
            heights[0].max(heights[1])
        } else {
            heights[0] + heights[1]
        };
        self.scroll.height = usize::from(frame.text.height);
        self.scroll.go(0);
    }
}

/// What is known of an instruction beside its words, without what is empty.
fn facts(submission: &Submission, dot: &str) -> String {
    let line = format!("line {}", submission.line);
    let facts = [
        line.as_str(),
        &submission.submitted_at,
        &submission.specialty,
        &submission.category,
        &submission.subcategory,
        &submission.characteristics,
        &submission.context,
    ];
    let facts: Vec<String> = facts
        .into_iter()
        .filter(|f| !f.is_empty())
        .map(|f| f.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    facts.join(&format!(" {dot} "))
}
