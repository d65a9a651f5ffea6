//! The heading of what lies over the panes: a line with a title, and at its right how much there is.
//!
//! In: words, and whether keys go there. Out: cells; what lies over the panes has its title reversed as a pane has its own.

use ratatui::style::Style;

use crate::text;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;

/// Clears the area and writes its heading; rows begin on the second row.
pub(crate) fn heading(theme: Theme, paint: &mut Paint<'_>, title: &str, right: &str) {
    titled(theme, paint, (title, theme.heading(true)), right);
}

/// The same for what is shown and takes no keys.
pub(crate) fn aside(theme: Theme, paint: &mut Paint<'_>, title: &str) {
    titled(theme, paint, (title, theme.bold()), "");
}

fn titled(theme: Theme, paint: &mut Paint<'_>, (title, style): (&str, Style), right: &str) {
    paint.blank();
    paint.line(0, theme.line(), theme.dim());
    let title = match title {
        "" => String::new(),
        title => format!(" {title} "),
    };
    let x = paint.put(1, 0, &title, style);
    let right = format!(" {right} ");
    let width = usize::from(paint.area().width.saturating_sub(1));
    // What stands at the right is said elsewhere too; the title is not.
    if right.len() > 2 && usize::from(x) + text::width(&right) <= width {
        paint.put_right(width as u16, 0, &right, theme.text());
    }
}
