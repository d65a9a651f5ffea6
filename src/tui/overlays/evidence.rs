//! The evidence of the case: the reviewer's pins, and the passages that came with the dataset, hidden until somebody asks for them.
//!
//! In: actions. Out: a place shown in the timeline, a pin taken away, a word in the review file that the dataset's evidence was seen.

use ratatui::layout::Position;

use super::whole::Whole;
use super::{Next, Overlay, move_in};
use crate::record::locate::How;
use crate::review::anchor::Anchor;
use crate::review::case::Pinned;
use crate::review::entry::Support;
use crate::review::{Act, Turn};
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::paint::Paint;
use crate::tui::panes::timeline_view::name_of;
use crate::tui::said::{how_words, verdict_word};
use crate::tui::widgets::list::List;
use crate::tui::widgets::narrow::{Narrow, Narrowed};
use crate::tui::widgets::passages::{self, PassageLine};

/// The list of evidence.
pub(crate) struct Evidence {
    of: Narrowed,
}

/// One row of the list of evidence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EvidenceRow {
    /// A pin, by its place among those that hold.
    Pin(usize),
    /// The dataset's gold responses and evidence, not looked at yet.
    Covered,
    /// A gold response of the dataset.
    Gold(usize),
    /// A passage of evidence that came with it.
    Passage(usize, usize),
}

/// Opens the list, unless there is nothing to list.
pub(crate) fn open(app: &mut App) {
    let rows = rows(app);
    if rows.is_empty() {
        let pin = app.desk.key_of(Action::Pin);
        let said = format!("There is no evidence yet: {pin} on an event or a passage pins it");
        return app.say(Tone::Calm, said);
    }
    app.open(Evidence {
        of: Narrowed::new(rows.len(), 10),
    });
}

fn rows(app: &App) -> Vec<EvidenceRow> {
    let pins = 0..app.review().pins.len();
    let mut rows: Vec<EvidenceRow> = pins.map(EvidenceRow::Pin).collect();
    let golds = &app.case().golds;
    if golds.is_empty() {
        return rows;
    }
    if app.review().gold_seen.is_none() {
        rows.push(EvidenceRow::Covered);
        return rows;
    }
    for (i, gold) in golds.iter().enumerate() {
        rows.push(EvidenceRow::Gold(i));
        rows.extend((0..gold.evidence.len()).map(|n| EvidenceRow::Passage(i, n)));
    }
    rows
}

/// Whether the list shows what an act did.
pub(super) fn is_of_evidence(act: &Act) -> bool {
    matches!(act, Act::Evidence { .. } | Act::Unpin { .. })
}

impl Overlay for Evidence {
    fn layers(&self) -> &'static [Layer] {
        // What asks for a yes stands among its rows.
        &[Layer::Evidence, Layer::Question, Layer::List, Layer::Global]
    }

    fn fit(&mut self, app: &mut App) {
        let rows = app.screen.frame.rows().saturating_sub(self.of.above());
        self.of.list.resize(passages::rows(rows).0);
    }

    fn narrow(&mut self) -> Option<&mut Narrow> {
        Some(&mut self.of.narrow)
    }

    fn is_narrowing(&self) -> bool {
        self.of.narrow.is_typing()
    }

    fn list(&mut self) -> Option<&mut List> {
        Some(&mut self.of.list)
    }

    fn row_at(&self, y: u16) -> Option<usize> {
        self.of.row_at(y)
    }

    fn typed(&mut self, app: &mut App) {
        self.list_anew(app);
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        let row = self.of.row().and_then(|i| rows(app).get(i).copied());
        match (action, row) {
            (Action::Choose | Action::Toggle, _) => return self.choose(app, row),
            (Action::Confirm, Some(EvidenceRow::Covered)) => {
                if app.act(Some(&app.key()), Act::SeeGold {}) {
                    self.list_anew(app);
                    app.say(
                        Tone::Calm,
                        "The dataset's gold response is shown; the review file notes it",
                    );
                }
            }
            (Action::Confirm, _) => app.close_first(),
            (Action::Unpin, Some(EvidenceRow::Pin(i))) => {
                if !unpin(app, i) {
                    return Some(self);
                }
                self.list_anew(app);
            }
            (Action::Unpin, _) => app.say(Tone::Alert, "Only your own pins can be removed"),
            (Action::Undo, _) => {
                app.change_last(Turn::Undo, is_of_evidence);
                self.list_anew(app);
            }
            (Action::Redo, _) => {
                app.change_last(Turn::Redo, is_of_evidence);
                self.list_anew(app);
            }
            _ => move_in(&mut self.of.list, app, action),
        }
        // Without anything to list it is closed.
        (!rows(app).is_empty()).then_some(self as Box<dyn Overlay>)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let rows = rows(app);
        let pins = app.review().pins.len();
        let s = if pins == 1 { "pin" } else { "pins" };
        let title = format!("Evidence: {pins} {s}");
        let key = app.desk.key_of(Action::Choose);
        passages::draw(app.desk.theme, paint, &self.of, (&title, &key), |i| {
            rows.get(i).map(|row| line_of(app, *row))
        })
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Down,
            Action::Choose,
            Action::Unpin,
            Action::Undo,
            Action::Find,
            Action::Back,
        ]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        (action == Action::Find).then_some("type to filter")
    }
}

impl Evidence {
    /// Goes to what the selected row is about.
    fn choose(self: Box<Self>, app: &mut App, row: Option<EvidenceRow>) -> Next {
        let shown = match row? {
            EvidenceRow::Pin(i) => go_to_pin(app, i),
            EvidenceRow::Passage(gold, n) => go_to_passage(app, gold, n),
            EvidenceRow::Covered => {
                let yes = app.desk.key_of(Action::Confirm);
                let said = format!("{yes} shows them; the review file notes it");
                app.say(Tone::Calm, said);
                false
            }
            EvidenceRow::Gold(i) => {
                let text = app.case().golds[i].text.clone();
                return Some(Box::new(Whole::over(
                    self,
                    "The dataset's gold response",
                    &text,
                )));
            }
        };
        (!shown).then_some(self as Box<dyn Overlay>)
    }

    /// Lists the evidence as it is now.
    fn list_anew(&mut self, app: &App) {
        let rows = rows(app).into_iter();
        self.of.fill(rows.map(|row| line_of(app, row).words()));
    }
}

/// Takes a pin away; false where it may not be.
fn unpin(app: &mut App, i: usize) -> bool {
    if app.review().submitted.is_some() {
        let reopen = app.desk.key_of(Action::Reopen);
        let why = format!("This case is submitted: {reopen} reopens it");
        app.say(Tone::Alert, why);
        return false;
    }
    let target = app.review().pins[i].id.clone();
    if app.act(Some(&app.key()), Act::Unpin { target }) {
        let undo = app.desk.key_of(Action::Undo);
        app.say(
            Tone::Calm,
            format!("The pin is removed; {undo} brings it back"),
        );
    }
    app.refresh_pins();
    true
}

/// Shows where a pin stands; says whether it does.
fn go_to_pin(app: &mut App, i: usize) -> bool {
    let Some(pinned) = app.review().pins.get(i).cloned() else {
        return false;
    };
    let anchor = match app.in_view.record.pins.anchor(&pinned.id).cloned() {
        None => {
            app.say(Tone::Calm, "The record is still being read");
            return false;
        }
        Some(Anchor::Lost) => {
            let remove = app.desk.key_of(Action::Unpin);
            let why = format!("This passage is no longer in the record; {remove} removes the pin");
            app.say(Tone::Alert, why);
            return false;
        }
        Some(anchor) => anchor,
    };
    let place = anchor.place();
    let shown = place.is_some_and(|(event, range)| app.go_to_place(event, range.start));
    match anchor {
        Anchor::Moved(_, _, how) => {
            let how = how_words(how);
            app.say(
                Tone::Alert,
                format!("The record changed: this is where the passage is found now, {how}"),
            );
        }
        Anchor::Around(..) => app.say(
            Tone::Alert,
            "The text around this passage changed since it was pinned",
        ),
        Anchor::Kept(..) | Anchor::Lost => {}
    }
    shown
}

/// Shows where a passage of the dataset stands, at the next place with each time; says whether it does.
fn go_to_passage(app: &mut App, gold: usize, n: usize) -> bool {
    let Some(located) = app
        .in_view
        .record
        .pins
        .passages
        .get(gold)
        .and_then(|g| g.get(n))
    else {
        app.say(Tone::Calm, "The record is still being read");
        return false;
    };
    let (count, how) = (located.places.len(), located.how);
    let next = app
        .in_view
        .record
        .pins
        .next
        .get(&(gold, n))
        .copied()
        .unwrap_or(0);
    let Some(place) = located.places.get(next % count.max(1)).cloned() else {
        app.say(Tone::Alert, "This passage is not in the record");
        return false;
    };
    let at = next % count;
    app.in_view.record.pins.next.insert((gold, n), at + 1);
    let shown = app.go_to_place(place.event, place.range.map_or(0, |r| r.start));
    let mut said = format!("Found {}", how_words(how));
    if count > 1 {
        let list = app.desk.key_of(Action::Evidence);
        said = format!(
            "{said}, place {} of {count}: {list} again goes to the next",
            at + 1
        );
    }
    app.say(Tone::Calm, said);
    shown
}

fn line_of(app: &App, row: EvidenceRow) -> PassageLine {
    match row {
        EvidenceRow::Pin(i) => line_of_pin(app, &app.review().pins[i], |model| {
            verdict_word(app.review(), model)
        }),
        EvidenceRow::Covered => line_of_covered(app),
        EvidenceRow::Gold(i) => line_of_gold(app, i),
        EvidenceRow::Passage(gold, n) => line_of_passage(app, gold, n),
    }
}

/// A pin; `verdict` is the mark, as a word, of the answer that it supports the judgement of.
pub(super) fn line_of_pin<'a>(
    app: &App,
    pinned: &Pinned,
    verdict: impl Fn(&str) -> &'a str,
) -> PassageLine {
    let to = match (&pinned.target, &pinned.model) {
        (Support::Judgement, Some(model)) => {
            let answer = app.models().iter().position(|m| m == model);
            let letter = answer.map_or_else(|| "an answer".to_owned(), |i| app.letter(i));
            format!("{letter}: {}", verdict(model))
        }
        _ => "gold".to_owned(),
    };
    let (state, about) = match app.in_view.record.pins.anchor(&pinned.id) {
        None => ("…".to_owned(), "The record is still being read.".to_owned()),
        Some(Anchor::Kept(..)) => (String::new(), String::new()),
        Some(Anchor::Around(..)) => (
            "changed around".to_owned(),
            "The text around this passage changed since it was pinned.".to_owned(),
        ),
        Some(Anchor::Moved(_, _, how)) => (
            "moved".to_owned(),
            format!(
                "The record changed since this was pinned: found {}, at another place.",
                how_words(*how)
            ),
        ),
        Some(Anchor::Lost) => (
            "LOST".to_owned(),
            "The record changed since this was pinned, and the passage is no longer in it."
                .to_owned(),
        ),
    };
    let hidden = app.view().is_some_and(|view| {
        let place = app
            .in_view
            .record
            .pins
            .anchor(&pinned.id)
            .and_then(Anchor::place);
        let as_of = app.in_view.record.timeline.hidden_from();
        let event = place.map(|(event, _)| view.record.event(event));
        as_of
            .zip(event)
            .is_some_and(|(a, e)| a.is_later(&view.record, e))
    });
    if hidden {
        return PassageLine {
            sign: app.desk.theme.pin(),
            to,
            text: "later than the instruction, hidden".to_owned(),
            off: true,
            ..PassageLine::default()
        };
    }
    let off = !state.is_empty();
    let place = app.view().and_then(|view| {
        let (event, _) = app.in_view.record.pins.anchor(&pinned.id)?.place()?;
        let (name, _) = name_of(&view.record, view.record.event(event));
        Some(text::safe(name).into_owned())
    });
    let name = place.unwrap_or_else(|| pinned.pin.event.type_name.clone());
    let (text, about) = if pinned.pin.quote.is_empty() {
        (name, about)
    } else {
        let dot = app.desk.theme.dot();
        let about = match about.as_str() {
            "" => name,
            about => format!("{name} {dot} {about}"),
        };
        (pinned.pin.quote.clone(), about)
    };
    PassageLine {
        sign: app.desk.theme.pin(),
        to,
        when: pinned.pin.event.time.clone().unwrap_or_default(),
        state,
        text,
        about,
        off,
    }
}

fn line_of_covered(app: &App) -> PassageLine {
    let golds = &app.case().golds;
    let passages: usize = golds.iter().map(|g| g.evidence.len()).sum();
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let key = app.desk.key_of(Action::Confirm);
    PassageLine {
        sign: " ",
        to: "dataset".to_owned(),
        when: "hidden".to_owned(),
        state: String::new(),
        text: format!(
            "{} and {}: {key} shows them",
            count(golds.len(), "gold response"),
            count(passages, "passage")
        ),
        about: "They are hidden so that what you write is your own; the review file notes when they were shown."
            .to_owned(),
        off: false,
    }
}

fn line_of_gold(app: &App, i: usize) -> PassageLine {
    let gold = &app.case().golds[i];
    let by = text::clip(&gold.annotator, 24);
    PassageLine {
        sign: " ",
        to: "dataset".to_owned(),
        when: "gold response".to_owned(),
        state: String::new(),
        text: gold.text.clone(),
        about: if by.is_empty() {
            "The dataset's gold response:".to_owned()
        } else {
            format!("The dataset's gold response, by {by}:")
        },
        off: false,
    }
}

fn line_of_passage(app: &App, gold: usize, n: usize) -> PassageLine {
    let passage = app.case().golds[gold].evidence[n].clone();
    let located = app
        .in_view
        .record
        .pins
        .passages
        .get(gold)
        .and_then(|g| g.get(n));
    let place = located.and_then(|l| l.places.first());
    let when = app.view().zip(place).and_then(|(view, place)| {
        let time = view.record.event(place.event).time?;
        Some(time.to_string())
    });
    let (state, mut about) = match located.map(|l| l.how) {
        None => ("…".to_owned(), "The record is still being read.".to_owned()),
        Some(How::Exactly) => (String::new(), "Found letter by letter.".to_owned()),
        Some(How::Nowhere) => (
            "ABSENT".to_owned(),
            "Not in this record, and nothing like it.".to_owned(),
        ),
        Some(how @ How::Spaced) => (
            "spaces differ".to_owned(),
            format!("Found {}.", how_words(how)),
        ),
        Some(how @ How::Like(score)) => (
            format!("{:.0} % the same", score * 100.0),
            format!(
                "Not in this record as it is written. Found {}.",
                how_words(how)
            ),
        ),
    };
    if let Some(located) = located.filter(|l| l.places.len() > 1) {
        let n = located.places.len();
        about =
            format!("{about} It stands at {n} places, and nothing tells which of them was meant.");
    }
    PassageLine {
        sign: " ",
        to: "dataset".to_owned(),
        when: when.unwrap_or_default(),
        off: !matches!(located.map(|l| l.how), Some(How::Exactly)),
        state,
        text: passage,
        about,
    }
}
