//! The heading of what lies over the panes: a line with a title, and at its right what is said elsewhere too.

use crate::text;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;

/// Clears the area and writes its heading; rows begin on the second row.
pub(crate) fn heading(theme: Theme, paint: &mut Paint<'_>, title: &str, right: &str) {
    paint.blank();
    paint.line(0, theme.line(), theme.dim());
    let x = paint.put(1, 0, &format!(" {title} "), theme.accent());
    let right = format!(" {right} ");
    let width = usize::from(paint.area().width.saturating_sub(1));
    // What stands at the right is said elsewhere too; the title is not.
    if right.len() > 2 && usize::from(x) + text::width(&right) <= width {
        paint.put_right(width as u16, 0, &right, theme.dim());
    }
}
