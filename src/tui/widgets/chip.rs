//! A sign on a colour, for what must be seen at once.

use ratatui::style::Style;

use crate::tui::paint::Paint;

/// A sign with a blank on each side; returns the column behind them. Words beside it say the same.
pub(crate) fn chip(paint: &mut Paint<'_>, x: u16, y: u16, sign: &str, style: Style) -> u16 {
    paint.put(x, y, &format!(" {sign} "), style)
}
