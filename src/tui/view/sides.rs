//! How the sides of a disputed case look below each answer: a row for each side.

use ratatui::layout::Rect;

use crate::review::View;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::paint::Paint;
use crate::tui::said::{rank_of, words_of};

/// What each side said of an answer, a row each from the top of `area` on.
pub(super) fn below_answer(app: &App, paint: &mut Paint<'_>, area: Rect, model: &str) {
    let theme = app.desk.theme;
    let sides = app.sides();
    let differ = app
        .desk
        .adjudication
        .as_ref()
        .is_some_and(|a| a.differ(app.in_view.case, model));
    for (y, side) in (0..area.height).zip(sides.iter().enumerate()) {
        let (i, side) = side;
        let y = area.y + y;
        let end = area.x + area.width;
        // The last row says that there are more sides than rows.
        if y + 1 == area.bottom() && i + 1 < sides.len() {
            let more = format!(
                "{} more: {}",
                sides.len() - i,
                app.desk.key_of(Action::Sides)
            );
            paint.put_in(area.x + 1, y, area.width - 1, &more, theme.warn());
            return;
        }
        let (sign, style) = theme.mark(&side.review, model);
        let who = if differ { theme.bold() } else { theme.text() };
        let x = paint.put(area.x + 1, y, &format!("R{}", i + 1), who);
        let x = paint.put(x + 1, y, sign, style);
        let mut parts = vec![rank_of(&side.review, model)];
        parts.extend(words_of(&side.review, model, theme));
        let judged = side.review.judgement(model).and_then(|j| j.view);
        if judged == Some(View::AsOf) {
            parts.push("later hidden".to_owned());
        }
        parts.retain(|p| !p.is_empty());
        let words = parts.join(&format!(" {} ", theme.dot()));
        paint.put_in(x + 1, y, end.saturating_sub(x + 2), &words, theme.text());
    }
}
