//! How the list of evidence looks: pins and the dataset's passages, a line each, the selected one whole below.

use crate::record::locate::How;
use crate::review::anchor::Anchor;
use crate::review::case::Pinned;
use crate::review::entry::Support;
use crate::text;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::paint::Paint;
use crate::tui::update::evidence::{EvidenceRow, how_words};
use crate::tui::view::lists;
use crate::tui::widgets::list::List;

/// Rows of the list and rows below it for the selected one's whole text.
pub(in crate::tui) fn rows(height: usize) -> (usize, usize) {
    let below = (height / 3).clamp(3, 12).min(height.saturating_sub(2));
    (height.saturating_sub(below + 1).max(1), below)
}

/// Draws the list.
pub(super) fn list(app: &App, paint: &mut Paint<'_>, list: List) {
    let rows_of = app.evidence_rows();
    let pins = app.review().pins.len();
    let title = format!(
        "Evidence: {pins} {}",
        if pins == 1 { "pin" } else { "pins" }
    );
    draw(app, paint, list, &title, |i| {
        rows_of.get(i).map(|row| Line::of(app, *row))
    });
}

/// Draws a list of which the selected row stands whole below; `line_of` is asked for the visible rows only.
pub(super) fn draw(
    app: &App,
    paint: &mut Paint<'_>,
    list: List,
    title: &str,
    line_of: impl Fn(usize) -> Option<Line>,
) {
    let theme = app.theme;
    let right = format!("{} of {}", list.cursor + 1, list.len);
    lists::heading(app, paint, title, &right);
    let (above, below) = rows(usize::from(paint.area().height.saturating_sub(1)));
    let width = paint.area().width;
    for (y, i) in (list.top..list.len).take(above).enumerate() {
        let y = 1 + y as u16;
        let Some(line) = line_of(i) else { break };
        let style = if line.off { theme.warn() } else { theme.text() };
        paint.put(2, y, line.sign, theme.accent());
        let x = paint.put_in(4, y, 13, &line.to, theme.bold()).max(17);
        let x = paint.put_in(x + 1, y, 16, &line.when, theme.dim()).max(34);
        let x = if line.state.is_empty() {
            x
        } else {
            paint.put_in(x + 1, y, 18, &line.state, theme.warn())
        };
        paint.put_in(
            x + 1,
            y,
            width.saturating_sub(x + 2),
            &one_line(&line.text),
            style,
        );
        lists::select(app, paint, y, i == list.cursor);
    }
    let Some(line) = line_of(list.cursor) else {
        return;
    };
    let y = 1 + above as u16;
    paint.line(y, theme.line(), theme.dim());
    let columns = usize::from(width.saturating_sub(2)).max(1);
    let mut y = y + 1;
    for (whole, about) in [(&line.about, true), (&line.text, false)] {
        // No more of a long text is wrapped than there is room for.
        let most = columns * (below + 2) * 4;
        let end = (0..=most.min(whole.len()))
            .rev()
            .find(|i| whole.is_char_boundary(*i));
        let whole = &whole[..end.unwrap_or(0)];
        for row in text::wrap(whole, columns, text::Layout::Flattened) {
            if usize::from(y) > above + below + 1 {
                let more = format!("{} all of it", app.key_of(Action::Choose));
                let right = paint.area().width.saturating_sub(1);
                paint.put_right(right, y - 1, &format!(" {more}"), theme.warn());
                return;
            }
            let part = &whole[row.start as usize..row.end as usize];
            let style = if about { theme.dim() } else { theme.text() };
            paint.put(1, y, part, style);
            y += 1;
        }
    }
}

/// The first part of a text on one line; a whole note is not copied for it.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().take(60);
    words.collect::<Vec<_>>().join(" ")
}

/// One row in words.
#[derive(Default)]
pub(super) struct Line {
    /// A sign before it.
    pub sign: &'static str,
    /// What it belongs to.
    pub to: String,
    /// When, or how much.
    pub when: String,
    /// What is off with it.
    pub state: String,
    /// What it says.
    pub text: String,
    /// What to know of it, above its whole text.
    pub about: String,
    /// Whether something is off with it.
    pub off: bool,
}

impl Line {
    fn of(app: &App, row: EvidenceRow) -> Line {
        match row {
            EvidenceRow::Pin(i) => {
                Line::of_pinned(app, &app.review().pins[i], |m| app.verdict_word(m))
            }
            EvidenceRow::Covered => Line::covered(app),
            EvidenceRow::Gold(i) => Line::of_gold(app, i),
            EvidenceRow::Passage(gold, n) => Line::of_passage(app, gold, n),
        }
    }

    /// A pin; `verdict` is the mark, as a word, of the answer that it supports the judgement of.
    pub(super) fn of_pinned<'a>(
        app: &App,
        pinned: &Pinned,
        verdict: impl Fn(&str) -> &'a str,
    ) -> Line {
        let to = match (&pinned.target, &pinned.model) {
            (Support::Judgement, Some(model)) => {
                let answer = app.models().iter().position(|m| m == model);
                let letter = answer.map_or_else(|| "an answer".to_owned(), |i| app.letter(i));
                format!("{letter}: {}", verdict(model))
            }
            _ => "gold".to_owned(),
        };
        let (state, about) = match app.pins.anchor(&pinned.id) {
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
            let place = app.pins.anchor(&pinned.id).and_then(Anchor::place);
            let as_of = app.timeline.hidden_from();
            let event = place.map(|(event, _)| view.record.event(event));
            as_of
                .zip(event)
                .is_some_and(|(a, e)| a.is_later(&view.record, e))
        });
        if hidden {
            return Line {
                sign: app.theme.pin(),
                to,
                text: "later than the instruction, hidden".to_owned(),
                off: true,
                ..Line::default()
            };
        }
        let off = !state.is_empty();
        let place = app.view().and_then(|view| {
            let (event, _) = app.pins.anchor(&pinned.id)?.place()?;
            let (name, _) =
                crate::tui::panes::timeline_view::name_of(&view.record, view.record.event(event));
            Some(text::safe(name).into_owned())
        });
        let name = place.unwrap_or_else(|| pinned.pin.event.type_name.clone());
        let (text, about) = if pinned.pin.quote.is_empty() {
            (name, about)
        } else {
            let dot = app.theme.dot();
            let about = match about.as_str() {
                "" => name,
                about => format!("{name} {dot} {about}"),
            };
            (pinned.pin.quote.clone(), about)
        };
        Line {
            sign: app.theme.pin(),
            to,
            when: pinned.pin.event.time.clone().unwrap_or_default(),
            state,
            text,
            about,
            off,
        }
    }

    fn covered(app: &App) -> Line {
        let golds = &app.case().golds;
        let passages: usize = golds.iter().map(|g| g.evidence.len()).sum();
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let key = app.key_of(crate::tui::action::Action::Confirm);
        Line {
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

    fn of_gold(app: &App, i: usize) -> Line {
        let gold = &app.case().golds[i];
        let by = text::clip(&gold.annotator, 24);
        Line {
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

    fn of_passage(app: &App, gold: usize, n: usize) -> Line {
        let passage = app.case().golds[gold].evidence[n].clone();
        let located = app.pins.passages.get(gold).and_then(|g| g.get(n));
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
            about = format!(
                "{about} It stands at {n} places, and nothing tells which of them was meant."
            );
        }
        Line {
            sign: " ",
            to: "dataset".to_owned(),
            when: when.unwrap_or_default(),
            off: !matches!(located.map(|l| l.how), Some(How::Exactly)),
            state,
            text: passage,
            about,
        }
    }
}
