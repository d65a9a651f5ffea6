//! A list of passages, a line each, the selected one whole below.
//!
//! In: a list, and the lines of its visible rows. Out: cells; a text that has no room is cut off, and the key that shows it is named.

use ratatui::layout::Position;

use crate::text;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::select;
use crate::tui::widgets::narrow::Narrowed;

/// One row in words.
#[derive(Default)]
pub(crate) struct PassageLine {
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

/// Rows of the list and rows below it for the selected one's whole text.
pub(crate) fn rows(height: usize) -> (usize, usize) {
    let below = (height / 3).clamp(3, 12).min(height.saturating_sub(2));
    (height.saturating_sub(below + 1).max(1), below)
}

/// Draws the list; `line_of` is asked for the visible rows only, `whole_key` shows all of a text that is cut off. Gives back where the
/// caret is.
pub(crate) fn draw(
    theme: Theme,
    paint: &mut Paint<'_>,
    of: &Narrowed,
    (title, whole_key): (&str, &str),
    line_of: impl Fn(usize) -> Option<PassageLine>,
) -> Option<Position> {
    let list = of.list;
    let right = format!("{} of {}", (list.cursor + 1).min(list.len), list.len);
    heading(theme, paint, title, &right);
    let (caret, first) = of.draw(theme, paint);
    let (above, below) = rows(usize::from(paint.area().height.saturating_sub(first)));
    let width = paint.area().width;
    for (y, i) in (list.top..list.len).take(above).enumerate() {
        let y = first + y as u16;
        let Some(line) = of.at(i).and_then(&line_of) else {
            break;
        };
        let style = if line.off { theme.warn() } else { theme.text() };
        paint.put(2, y, line.sign, theme.accent());
        let x = paint.put_in(4, y, 13, &line.to, theme.bold()).max(17);
        let x = paint.put_in(x + 1, y, 16, &line.when, theme.text()).max(34);
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
        select(theme, paint, y, i == list.cursor);
    }
    let Some(line) = of.row().and_then(&line_of) else {
        return caret;
    };
    let y = first + above as u16;
    paint.line(y, theme.line(), theme.dim());
    let columns = usize::from(width.saturating_sub(2)).max(1);
    let mut y = y + 1;
    for whole in [&line.about, &line.text] {
        // No more of a long text is wrapped than there is room for.
        let most = columns * (below + 2) * 4;
        let end = (0..=most.min(whole.len()))
            .rev()
            .find(|i| whole.is_char_boundary(*i));
        let whole = &whole[..end.unwrap_or(0)];
        for row in text::wrap(whole, columns, text::Layout::Flattened) {
            if usize::from(y) > usize::from(first) + above + below {
                let more = format!("{whole_key} all of it");
                let right = paint.area().width.saturating_sub(1);
                paint.put_right(right, y - 1, &format!(" {more}"), theme.warn());
                return caret;
            }
            let part = &whole[row.start as usize..row.end as usize];
            paint.put(1, y, part, theme.text());
            y += 1;
        }
    }
    caret
}

impl PassageLine {
    /// What typing narrows the list by.
    pub(crate) fn words(&self) -> String {
        [&self.to, &self.when, &self.state, &self.text, &self.about]
            .map(String::as_str)
            .join(" ")
    }
}

/// The first part of a text on one line; a whole note is not copied for it.
fn one_line(text: &str) -> String {
    let words = text.split_whitespace().take(60);
    words.collect::<Vec<_>>().join(" ")
}
