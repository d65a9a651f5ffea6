//! Adjudication: what reviewers said of the case, in no order and without names, and taking one side over.
//!
//! In: actions. Out: an act of the adjudication in the adjudicator's own review file, a place shown in the timeline. No side is ever
//! changed.

use ratatui::layout::Position;

use super::evidence::line_of_pin;
use super::whole::Whole;
use super::{Next, Overlay, move_in};
use crate::review::CaseReview;
use crate::review::adjudicate::Side;
use crate::review::anchor::Anchor;
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::adjudication::SideRow;
use crate::tui::app::{App, Tone};
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;
use crate::tui::said::{applicability, rank_of, verdict_word, words_of};
use crate::tui::widgets::list::List;
use crate::tui::widgets::narrow::{Narrow, Narrowed};
use crate::tui::widgets::passages::{self, PassageLine};

/// The list of sides.
pub(crate) struct Sides {
    of: Narrowed,
}

/// Opens the list, or asks first where the case is still to be read.
pub(crate) fn open(app: &mut App) {
    if !app.adjudicates() {
        return app.say(
            Tone::Calm,
            "What others marked is hidden here; `medalign adjudicate` shows it to whoever decides",
        );
    }
    if app.is_covered() {
        return app.ask_others();
    }
    let rows = app.side_rows().len();
    if rows == 0 {
        return app.say(Tone::Calm, "Nobody has marked or ranked this case yet");
    }
    app.open(Sides {
        of: Narrowed::new(rows, 1),
    });
}

impl Overlay for Sides {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Sides, Layer::List, Layer::Global]
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
        let rows = app.side_rows().into_iter();
        self.of.fill(rows.map(|row| line_of(app, row).words()));
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match action {
            Action::Choose => return self.choose(app),
            Action::Adopt => {
                let row = self.selected(app);
                if row.is_some_and(|row| adopt(app, row)) {
                    return None;
                }
            }
            _ => move_in(&mut self.of.list, app, action),
        }
        Some(self)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let rows = app.side_rows();
        let n = app.sides().len();
        let title = format!("{n} reviewers of this case, in no order");
        let key = app.desk.key_of(Action::Choose);
        passages::draw(app.desk.theme, paint, &self.of, (&title, &key), |i| {
            rows.get(i).map(|row| line_of(app, *row))
        })
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Down,
            Action::Adopt,
            Action::Choose,
            Action::Find,
            Action::Back,
        ]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Choose => Some("read, go to"),
            Action::Find => Some("type to filter"),
            _ => None,
        }
    }
}

impl Sides {
    fn selected(&self, app: &App) -> Option<SideRow> {
        app.side_rows().get(self.of.row()?).copied()
    }

    /// Goes to the selected pin in the record, or shows the whole of another row.
    fn choose(self: Box<Self>, app: &mut App) -> Next {
        let row = self.selected(app)?;
        let SideRow::Pin(side, n) = row else {
            let key = app.desk.key_in(Layer::Sides, Action::Adopt);
            let number = row.side() + 1;
            app.say(
                Tone::Calm,
                format!(
                    "In the list {key} takes over what reviewer {number} marked, and the order"
                ),
            );
            let text = whole(app, row);
            return Some(Box::new(Whole::over(
                self,
                &format!("Reviewer {number}"),
                &text,
            )));
        };
        let id = app.sides()[side].review.pins[n].id.clone();
        let place = app.in_view.record.pins.anchor(&id).and_then(Anchor::place);
        match place.map(|(event, range)| (event, range.start)) {
            Some((event, start)) if app.go_to_place(event, start) => return None,
            Some(_) => {}
            None => app.say(Tone::Alert, "This passage is not in the record"),
        }
        Some(self)
    }
}

/// Takes over what a side marked, and its order; says whether it is done.
fn adopt(app: &mut App, row: SideRow) -> bool {
    if app.review().submitted.is_some() {
        let reopen = app.desk.key_of(Action::Reopen);
        app.say(
            Tone::Alert,
            format!("This case is submitted: {reopen} reopens it"),
        );
        return false;
    }
    let side = &app.sides()[row.side()];
    let act = side.adoption(app.case(), app.shown_view(), &app.models());
    if !app.act(Some(&app.key()), act) {
        return false;
    }
    if !app.in_view.answers.is_empty() {
        app.focus_on(Focus::Answers);
    }
    let (submit, undo) = (
        app.desk.key_of(Action::Submit),
        app.desk.key_of(Action::Undo),
    );
    let number = row.side() + 1;
    app.say(
        Tone::Calm,
        format!("Taken over from reviewer {number}; {submit} submits, {undo} takes it back"),
    );
    true
}

fn line_of(app: &App, row: SideRow) -> PassageLine {
    let theme = app.desk.theme;
    let side = &app.sides()[row.side()];
    let review = &side.review;
    match row {
        SideRow::Head(i) => {
            let dot = theme.dot();
            PassageLine {
                to: format!("reviewer {}", i + 1),
                when: state(review).to_owned(),
                text: format!("{} {dot} {}", verdicts(app, side), order(app, side)),
                about: in_words(app, side),
                ..PassageLine::default()
            }
        }
        SideRow::Answer(_, answer) => {
            let model = app.model(answer).unwrap_or_default();
            let said = words_of(review, model, theme);
            PassageLine {
                to: format!(" {}: {}", app.letter(answer), verdict_word(review, model)),
                when: rank_of(review, model),
                text: said.unwrap_or_default(),
                ..PassageLine::default()
            }
        }
        SideRow::Comment(_) => PassageLine {
            to: " the case".to_owned(),
            when: "comment".to_owned(),
            text: review.comment(None).unwrap_or_default().to_owned(),
            ..PassageLine::default()
        },
        SideRow::Gold(_) => review
            .gold
            .as_ref()
            .map_or_else(PassageLine::default, |written| {
                let mut about = vec![applicability(written.applicable, written.sufficient)];
                about.push(written.reason.clone());
                about.retain(|part| !part.is_empty());
                PassageLine {
                    to: " gold".to_owned(),
                    when: format!("{} words", text::word_count(&written.text)),
                    text: written.text.clone(),
                    about: about.join(&format!(" {} ", theme.dot())),
                    ..PassageLine::default()
                }
            }),
        SideRow::Pin(_, n) => {
            let line = line_of_pin(app, &review.pins[n], |model| verdict_word(review, model));
            PassageLine {
                to: format!(" {}", line.to),
                ..line
            }
        }
    }
}

/// All that a row of the list says.
fn whole(app: &App, row: SideRow) -> String {
    let line = line_of(app, row);
    // The title says whose it is.
    let (to, when) = match row {
        SideRow::Head(_) => ("", ""),
        _ => (line.to.trim(), line.when.as_str()),
    };
    let parts = [to, when, line.about.as_str(), line.text.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join("\n")
}

/// `A✓ B✗ C–`, in the letters of the one who decides.
fn verdicts(app: &App, side: &Side) -> String {
    let models = app.models();
    let signs = models.iter().enumerate().map(|(i, m)| {
        let (sign, _) = app.desk.theme.mark(&side.review, m);
        format!("{}{sign}", crate::review::blind::letter(i as u32))
    });
    signs.collect::<Vec<_>>().join(" ")
}

fn order(app: &App, side: &Side) -> String {
    let order = side.review.rank.to_line(&app.models());
    if order.is_empty() {
        return "no ranks".to_owned();
    }
    order
}

/// A side's marks in words, and whether it is finished.
fn in_words(app: &App, side: &Side) -> String {
    let models = app.models();
    let marks = models.iter().enumerate().map(|(i, m)| {
        let letter = crate::review::blind::letter(i as u32);
        format!("{letter} {}", verdict_word(&side.review, m))
    });
    let marks = marks.collect::<Vec<_>>().join(", ");
    format!(
        "{marks}. The case is {}. {}",
        state(&side.review),
        letters(app, side)
    )
}

/// Which letters this reviewer saw the answers under: their own words name answers by those.
fn letters(app: &App, side: &Side) -> String {
    let Some(saw) = &side.saw else {
        return "Letters in their words are their own.".to_owned();
    };
    let letter = |i: usize| crate::review::blind::letter(i as u32);
    let here = |response: &usize| app.in_view.order.iter().position(|i| i == response);
    let theirs: Vec<String> = (0..saw.len()).map(letter).collect();
    let here: Vec<String> = saw.iter().filter_map(here).map(letter).collect();
    format!(
        "What they call {} is here {}.",
        theirs.join(" "),
        here.join(" ")
    )
}

fn state(review: &CaseReview) -> &'static str {
    match (&review.submitted, review.changed_since) {
        (None, _) => "not submitted",
        (Some(_), false) => "submitted",
        (Some(_), true) => "changed since",
    }
}
