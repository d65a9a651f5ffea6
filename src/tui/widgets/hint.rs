//! A key and what it does, on a line of hints.

use crate::text;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;

/// Writes a key and what it does, where there is room for both; returns the column behind them.
pub(crate) fn hint(theme: Theme, paint: &mut Paint<'_>, x: u16, key: &str, what: &str) -> u16 {
    let needs = text::width(key) + text::width(what) + 2;
    if usize::from(x) + needs > usize::from(paint.area().width) {
        return x;
    }
    let x = paint.put(x, 0, key, theme.bold());
    paint.put(x + 1, 0, what, theme.text()) + 2
}
