//! What the panes' headings and the row of marks say in plain mode: all of it in words, for screen readers and braille lines.
//!
//! In: the state. Out: two or three rows of words. Never: a sign, a box, or a state that is told by a place or a colour alone.

use crate::dataset::Outcome;
use crate::review::CaseReview;
use crate::review::blind::letter;
use crate::text;
use crate::tui::app::App;
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;
use crate::tui::said::{rank_of, verdict_word};

/// Draws where one is: the pane, the line or the answer, and what is said of it.
pub(super) fn place(app: &App, paint: &mut Paint<'_>) {
    let mut paint = paint.part(app.screen.frame.tabs);
    let mut parts = match app.screen.focus {
        Focus::Timeline => {
            let timeline = &app.in_view.record.timeline;
            let (line, all) = (timeline.cursor() + 1, timeline.lines().len());
            vec![format!("Timeline, line {line} of {all}")]
        }
        Focus::Answers => answer(app),
        Focus::Gold => vec![super::gold::in_words(app)],
    };
    if app.in_view.visit.is_none() && app.review().flagged {
        parts.push("case flagged".to_owned());
    }
    let room = usize::from(paint.area().width.saturating_sub(1));
    if let Some(selected) = selected(app) {
        let before = text::width(&parts.join(", "));
        let selected = shortened(&selected, room.saturating_sub(before + 16));
        parts.push(format!("selected: {selected}"));
    }
    paint.put(1, 0, &parts.join(", "), app.desk.theme.text());
}

fn answer(app: &App) -> Vec<String> {
    let answers = &app.in_view.answers;
    let i = answers.focus();
    if answers.is_empty() {
        return vec!["Answers: none".to_owned()];
    }
    let last = letter(answers.len() as u32 - 1);
    let mut parts = vec![format!("Answer {} of A to {last}", app.letter(i))];
    let Some(model) = app.model(i) else {
        parts.push(super::answers::NO_ANSWER.to_owned());
        return parts;
    };
    parts.push(verdict(app.review(), model));
    parts.push(rank_of(app.review(), model));
    parts.retain(|part| !part.is_empty());
    if app.in_view.naming.get(i) == Some(&true) {
        parts.push("names a model".to_owned());
    }
    if app.outcome(i).is_some_and(|o| o.outcome == Outcome::Cut) {
        parts.push("cut off".to_owned());
    }
    parts.extend(claim(app, i));
    parts
}

/// A verdict in words; one on an earlier text is told apart.
fn verdict(review: &CaseReview, model: &str) -> String {
    match review.earlier_verdict(model) {
        Some(earlier) => format!("{} of an earlier text", earlier.name()),
        None => verdict_word(review, model).to_owned(),
    }
}

/// Whether the claim that the cursor is on occurs in the record, while that is shown.
fn claim(app: &App, answer: usize) -> Option<String> {
    let claims = app.in_view.record.grounded.get(answer)?;
    let text = *app.texts().get(answer)?;
    let word = app.in_view.answers.word(text)?;
    let mut here = claims
        .iter()
        .filter(|(r, _)| app.screen.grounding && r.start < word.end && word.start < r.end);
    let (range, occurs) = here.next()?;
    let where_ = if *occurs { "in" } else { "not in" };
    let claim = text::clip(text.get(range.clone())?, 30);
    Some(format!("{claim} {where_} the record"))
}

/// What is selected in a note.
fn selected(app: &App) -> Option<String> {
    let passage = app.in_view.record.selection.as_ref()?;
    let record = &app.view()?.record;
    let text = record.value(record.event(passage.event));
    let words = text.get(passage.selected())?.split_whitespace();
    Some(words.collect::<Vec<_>>().join(" "))
}

/// The beginning and the end of a text, where it is too long.
fn shortened(text: &str, room: usize) -> String {
    if text::width(text) <= room {
        return text.to_owned();
    }
    let half = room.saturating_sub(5) / 2;
    let glyphs: Vec<_> = text::glyphs(text).collect();
    let part = |glyphs: &[text::Glyph<'_>]| -> String {
        glyphs.iter().map(|g| g.shown.as_ref()).collect()
    };
    let end = &glyphs[glyphs.len().saturating_sub(half)..];
    format!(
        "{} ... {}",
        part(&glyphs[..half.min(glyphs.len())]),
        part(end)
    )
}

/// Draws what is said of the answers, a row of verdicts and one of ranks.
pub(super) fn marks(app: &App, paint: &mut Paint<'_>) {
    let style = app.desk.theme.text();
    let review = app.review();
    let models = app.models();
    let of = models.iter().enumerate();
    let judged = |model: &str| app.verdict_of(model).is_some();
    let said: Vec<String> = of
        .clone()
        .filter(|(_, m)| judged(m) || review.earlier_verdict(m).is_some())
        .map(|(i, m)| format!("{} {}", letter(i as u32), verdict(review, m)))
        .collect();
    let count = models.iter().filter(|m| judged(m)).count();
    let mut words = format!("{count} of {} judged", models.len());
    if !said.is_empty() {
        words = format!("{words}: {}", said.join(", "));
    }
    let open: Vec<String> = of
        .filter(|(_, m)| !judged(m))
        .map(|(i, _)| letter(i as u32))
        .collect();
    if !open.is_empty() && !said.is_empty() {
        words = format!("{words}; no mark: {}", open.join(" "));
    }
    paint.put(1, 0, &words, style);
    let line = app.rank().to_line(&models);
    let words = if line.is_empty() {
        "No ranks yet".to_owned()
    } else {
        format!("Rank: {line}")
    };
    paint.put(1, 1, &words, style);
}
