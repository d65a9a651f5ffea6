//! How the gold response looks: the text, and below it how much there is and what of it is saved.

use ratatui::layout::{Position, Rect};

use crate::review::entry::Support;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;
use crate::tui::said::applicability;

/// Draws the pane; gives back where the caret is, when keys go into it.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>) -> Option<Position> {
    let area = app.screen.frame.gold;
    if area.is_empty() {
        return None;
    }
    let mut paint = paint.part(area);
    let text = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(1),
        height: area.height.saturating_sub(1),
        ..area
    };
    let mut caret = None;
    paint.with(text, |area, buf| {
        caret = app.in_view.gold.editor.draw(area, buf);
    });
    if app.in_view.gold.editor.is_empty() {
        let words = if app.screen.focus == Focus::Gold {
            "Write what a correct answer says.".to_owned()
        } else {
            format!(
                "{} writes your gold response here.",
                app.desk.key_of(Action::Gold)
            )
        };
        paint.put(1, 0, &words, app.desk.theme.text());
    }
    status(app, &mut paint);
    caret.filter(|_| app.is_writing())
}

/// The row below the text.
fn status(app: &App, paint: &mut Paint<'_>) {
    let theme = app.desk.theme;
    let Some(y) = paint.area().height.checked_sub(1) else {
        return;
    };
    let width = paint.area().width;
    let (words, tokens) = app.in_view.gold.size;
    let dot = theme.dot();
    let review = app.review();
    let gold = review.gold.as_ref();
    let (state, style) = if app.in_view.gold.is_changed() {
        ("not saved yet".to_owned(), theme.warn())
    } else if review.gold_draft.is_some() {
        let save = app.desk.key_of(Action::SaveGold);
        (format!("draft saved, {save} finishes it"), theme.warn())
    } else if gold.is_some() {
        (format!("{} saved", theme.submitted()), theme.text())
    } else {
        (String::new(), theme.dim())
    };
    let right = paint.put_right(width.saturating_sub(1), y, &state, style);
    let s = if words == 1 { "" } else { "s" };
    let mut left = format!("{words} word{s} {dot} about {tokens} tokens");
    if let Some(gold) = gold.filter(|g| g.applicable.is_some() || g.sufficient.is_some()) {
        let said = applicability(gold.applicable, gold.sufficient);
        left = format!("{left} {dot} {said}");
    }
    paint.put_in(1, y, right.saturating_sub(3), &left, theme.text());
}

/// The pane's name with its pins and its state, for headings and tabs.
pub(super) fn name(app: &App) -> String {
    let review = app.review();
    let pins = review.pins.iter();
    let pins = pins.filter(|p| p.target == Support::Gold).count();
    let sign = if review.gold_draft.is_some() || app.in_view.gold.is_changed() {
        app.desk.theme.begun()
    } else if review.gold.is_some() {
        app.desk.theme.submitted()
    } else {
        ""
    };
    let pins = match pins {
        0 => String::new(),
        n => format!("{}{n}", app.desk.theme.pin()),
    };
    let words = ["Gold", sign, &pins];
    let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// The pane's name and its state in words.
pub(super) fn in_words(app: &App) -> String {
    let review = app.review();
    let pins = review.pins.iter();
    let pins = pins.filter(|p| p.target == Support::Gold).count();
    let state = if app.in_view.gold.is_changed() {
        "not saved yet"
    } else if review.gold_draft.is_some() {
        "a draft is saved"
    } else if review.gold.is_some() {
        "saved"
    } else {
        "not written"
    };
    format!("Your gold response, {state}, pins: {pins}")
}

/// Draws the pane's heading where panes stand side by side.
pub(super) fn heading(app: &App, paint: &mut Paint<'_>) {
    let style = app.desk.theme.heading(app.has_keys(Focus::Gold));
    paint.put(app.screen.frame.gold.x + 1, 0, &name(app), style);
}
