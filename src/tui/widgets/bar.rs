//! A bar that shows how far something is.

use crate::tui::paint::Paint;
use crate::tui::theme::Theme;

/// Columns of the bar.
const BAR: u16 = 20;

/// A bar of so many percent; returns the column behind it.
pub(crate) fn bar(theme: Theme, paint: &mut Paint<'_>, x: u16, y: u16, percent: u64) -> u16 {
    let (full, empty) = theme.progress();
    let done = (u64::from(BAR) * percent / 100) as u16;
    for i in 0..BAR {
        let (sign, style) = if i < done {
            (full, theme.text())
        } else {
            (empty, theme.dim())
        };
        paint.put(x + i, y, sign, style);
    }
    x + BAR
}
