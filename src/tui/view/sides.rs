//! How the sides of a disputed case look: a row below each answer for each side, the list of all they said, what decided.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::review::adjudicate::Side;
use crate::review::{CaseReview, Reason, View};
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::adjudication::SideRow;
use crate::tui::app::App;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;
use crate::tui::view::evidence::{self, Line};
use crate::tui::view::{answers, gold, lists};
use crate::tui::widgets::list::List;

/// What each side said of an answer, a row each from the top of `area` on.
pub(super) fn below_answer(app: &App, paint: &mut Paint<'_>, area: Rect, model: &str) {
    let theme = app.theme;
    let sides = app.sides();
    let differ = app
        .adjudication
        .as_ref()
        .is_some_and(|a| a.differ(app.case, model));
    for (y, side) in (0..area.height).zip(sides.iter().enumerate()) {
        let (i, side) = side;
        let y = area.y + y;
        let end = area.x + area.width;
        // The last row says that there are more sides than rows.
        if y + 1 == area.bottom() && i + 1 < sides.len() {
            let more = format!("{} more: {}", sides.len() - i, app.key_of(Action::Sides));
            paint.put_in(area.x + 1, y, area.width - 1, &more, theme.warn());
            return;
        }
        let (sign, style) = theme.mark(&side.review, model);
        let x = paint.put(area.x + 1, y, &format!("R{}", i + 1), theme.dim());
        let style = if differ {
            style.add_modifier(Modifier::BOLD)
        } else {
            style
        };
        let x = paint.put(x + 1, y, sign, style);
        let mut parts = vec![rank_of(&side.review, model)];
        parts.extend(words_of(&side.review, model, theme));
        let judged = side.review.judgement(model).and_then(|j| j.view);
        if judged == Some(View::AsOf) {
            parts.push("later hidden".to_owned());
        }
        parts.retain(|p| !p.is_empty());
        let words = parts.join(&format!(" {} ", theme.dot()));
        paint.put_in(x + 1, y, end.saturating_sub(x + 2), &words, theme.dim());
    }
}

/// What a side said of an answer, or of an earlier text of it.
fn words_of(review: &CaseReview, model: &str, theme: Theme) -> Option<String> {
    let now = || answers::said(review.responses.get(model)?, theme);
    answers::earlier(review, model, theme).or_else(now)
}

fn rank_of(review: &CaseReview, model: &str) -> String {
    let rank = review.rank.level(model);
    rank.map_or_else(String::new, |n| format!("rank {n}"))
}

/// The list of sides.
pub(super) fn list(app: &App, paint: &mut Paint<'_>, list: List) {
    let rows = app.side_rows();
    let n = app.sides().len();
    let title = format!("{n} reviewers of this case, in no order");
    evidence::draw(app, paint, list, &title, |i| {
        rows.get(i).map(|row| line(app, *row))
    });
}

fn line(app: &App, row: SideRow) -> Line {
    let theme = app.theme;
    let side = &app.sides()[row.side()];
    let review = &side.review;
    match row {
        SideRow::Head(i) => {
            let dot = theme.dot();
            Line {
                to: format!("reviewer {}", i + 1),
                when: state(review).to_owned(),
                text: format!("{} {dot} {}", verdicts(app, side), order(app, side)),
                about: in_words(app, side),
                ..Line::default()
            }
        }
        SideRow::Answer(_, answer) => {
            let model = app.model(answer).unwrap_or_default();
            let said = words_of(review, model, theme);
            Line {
                to: format!(" {}: {}", app.letter(answer), verdict_word(review, model)),
                when: rank_of(review, model),
                text: said.unwrap_or_default(),
                ..Line::default()
            }
        }
        SideRow::Comment(_) => Line {
            to: " the case".to_owned(),
            when: "comment".to_owned(),
            text: review.comment(None).unwrap_or_default().to_owned(),
            ..Line::default()
        },
        SideRow::Gold(_) => review.gold.as_ref().map_or_else(Line::default, |written| {
            let mut about = vec![gold::applicability(written.applicable, written.sufficient)];
            about.push(written.reason.clone());
            about.retain(|part| !part.is_empty());
            Line {
                to: " gold".to_owned(),
                when: format!("{} words", written.text.split_whitespace().count()),
                text: written.text.clone(),
                about: about.join(&format!(" {} ", theme.dot())),
                ..Line::default()
            }
        }),
        SideRow::Pin(_, n) => {
            let line = Line::of_pinned(app, &review.pins[n], |model| verdict_word(review, model));
            Line {
                to: format!(" {}", line.to),
                ..line
            }
        }
    }
}

/// All that a row of the list says.
pub(in crate::tui) fn whole(app: &App, row: SideRow) -> String {
    let line = line(app, row);
    // The title says whose it is.
    let (to, when) = match row {
        SideRow::Head(_) => ("", ""),
        _ => (line.to.trim(), line.when.as_str()),
    };
    let parts = [to, when, line.about.as_str(), line.text.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join("\n")
}

fn verdict_word(review: &CaseReview, model: &str) -> &'static str {
    review
        .verdict(model)
        .map_or("no mark", crate::review::Verdict::name)
}

/// `A✓ B✗ C–`, in the letters of the one who decides.
fn verdicts(app: &App, side: &Side) -> String {
    let models = app.models();
    let signs = models.iter().enumerate().map(|(i, m)| {
        let (sign, _) = app.theme.mark(&side.review, m);
        format!("{}{sign}", crate::review::blind::letter(i as u32))
    });
    signs.collect::<Vec<_>>().join(" ")
}

fn order(app: &App, side: &Side) -> String {
    let order = side.review.rank.to_line(&app.models());
    if order.is_empty() {
        return "nothing ranked".to_owned();
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
    let here = |response: &usize| app.order.iter().position(|i| i == response);
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

/// What decided: the menu before an adjudication is submitted, with what is still open below it.
pub(super) fn reason(app: &App, paint: &mut Paint<'_>, lines: &[String], chosen: bool, list: List) {
    let theme = app.theme;
    let key = |action| app.key_in(Layer::List, action);
    let right = format!(
        "{} {} choose, {} submits",
        key(Action::Down),
        key(Action::Up),
        app.key_of(Action::Confirm)
    );
    let height = usize::from(paint.area().height.saturating_sub(1));
    let from = list.height.min(Reason::ALL.len()) + 2;
    let room = (height + 1).saturating_sub(from);
    let title = match (lines.len(), room) {
        (0, _) | (_, 1..) => "What decided?".to_owned(),
        (n, 0) => format!("What decided? {n} open"),
    };
    lists::heading(app, paint, &title, &right);
    let reasons = Reason::ALL.iter().enumerate();
    for (y, (i, reason)) in (1..).zip(reasons.skip(list.top).take(list.height)) {
        paint.put(3, y, reason.label(), Style::new());
        lists::select(app, paint, y, chosen && i == list.cursor);
    }
    // The reasons are never pushed off the screen by what is still open.
    let width = usize::from(paint.area().width.saturating_sub(4)).max(1);
    let rows = lines.iter().flat_map(|line| {
        let rows = text::wrap(line, width, text::Layout::Lines);
        rows.into_iter()
            .map(move |row| &line[row.start as usize..row.end as usize])
    });
    let rows: Vec<&str> = rows.collect();
    for (y, row) in (from..).zip(rows.iter().take(room)) {
        paint.put(2, y as u16, row, theme.warn());
    }
    let cut = rows.len().saturating_sub(room);
    if cut > 0 && room > 0 {
        let more = format!(" {cut} more lines on what is open");
        let right = paint.area().width.saturating_sub(1);
        paint.put_right(right, height as u16, &more, theme.warn());
    }
}
