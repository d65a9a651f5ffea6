//! What was said of an answer, of a case's instruction, or of how a passage was found, in a few words.
//!
//! In: reviews. Out: words for lines of the screen; what was said of an earlier text of an answer is told apart.

use crate::record::locate::How;
use crate::review::{CaseReview, ResponseReview, Verdict};
use crate::tui::action::Action;
use crate::tui::theme::Theme;

/// What was said of an answer, or of an earlier text of it.
pub(crate) fn words_of(review: &CaseReview, model: &str, theme: Theme) -> Option<String> {
    let now = || said(review.responses.get(model)?, theme);
    earlier(review, model, theme).or_else(now)
}

/// The same in lines of their own, each with the action that shows all of it.
pub(crate) fn lines_of(review: &CaseReview, model: &str, theme: Theme) -> Vec<(String, Action)> {
    if let Some(words) = earlier(review, model, theme) {
        return vec![(words, Action::Comment)];
    }
    let Some(of) = review.responses.get(model) else {
        return Vec::new();
    };
    let tags = tags(of, theme).map(|words| (words, Action::Tags));
    let comment = comment(of).map(|words| (words, Action::Comment));
    tags.into_iter().chain(comment).collect()
}

/// What was said of an earlier text of an answer, and not said anew.
fn earlier(review: &CaseReview, model: &str, theme: Theme) -> Option<String> {
    let of = review.earlier_of(model)?;
    let mut parts: Vec<String> = vec!["of an earlier text".to_owned()];
    parts.extend(review.earlier_verdict(model).map(|v| v.name().to_owned()));
    parts.extend(said(of, theme));
    let now = review.responses.get(model).and_then(|r| said(r, theme));
    parts.extend(now.map(|words| format!("now: {words}")));
    Some(parts.join(&format!(" {} ", theme.dot())))
}

/// Tags, harm and comment in a line.
fn said(review: &ResponseReview, theme: Theme) -> Option<String> {
    let parts: Vec<String> = tags(review, theme)
        .into_iter()
        .chain(comment(review))
        .collect();
    (!parts.is_empty()).then(|| parts.join(&format!(" {} ", theme.dot())))
}

/// Error kinds and harm.
fn tags(review: &ResponseReview, theme: Theme) -> Option<String> {
    let mut parts: Vec<String> = review.errors.iter().map(|e| e.label().to_owned()).collect();
    parts.extend(review.harm.map(|harm| format!("harm {}", harm.name())));
    (!parts.is_empty()).then(|| parts.join(&format!(" {} ", theme.dot())))
}

fn comment(review: &ResponseReview) -> Option<String> {
    let comment = review.comment.as_ref().filter(|c| !c.is_empty())?;
    let words: Vec<&str> = comment.split_whitespace().collect();
    Some(format!("\u{201c}{}\u{201d}", words.join(" ")))
}

/// The rank of an answer as a word.
pub(crate) fn rank_of(review: &CaseReview, model: &str) -> String {
    let rank = review.rank.rank(model);
    rank.map_or_else(String::new, |n| format!("rank {n}"))
}

/// The verdict on an answer as a word.
pub(crate) fn verdict_word(review: &CaseReview, model: &str) -> &'static str {
    review.verdict(model).map_or("no mark", Verdict::name)
}

/// Whether the instruction applies and the record suffices, in words.
pub(crate) fn applicability(applicable: Option<bool>, sufficient: Option<bool>) -> String {
    let applies = match applicable {
        Some(true) => Some("applies"),
        Some(false) => Some("does not apply"),
        None => None,
    };
    let suffices = match sufficient {
        Some(true) => Some("the record suffices"),
        Some(false) => Some("the record does not suffice"),
        None => None,
    };
    let parts: Vec<&str> = applies.into_iter().chain(suffices).collect();
    if parts.is_empty() {
        "nothing is said of whether it applies".to_owned()
    } else {
        parts.join(", ")
    }
}

/// How a passage was found, in words that follow "found".
pub(crate) fn how_words(how: How) -> String {
    match how {
        How::Exactly => "letter by letter".to_owned(),
        How::Spaced => "with other white space".to_owned(),
        How::Like(score) => format!("as the closest text, {:.0} % the same", score * 100.0),
        How::Nowhere => "nowhere".to_owned(),
    }
}
