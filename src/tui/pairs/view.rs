//! How the screen of pairs looks: the list, the two instructions below, beside each other where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{LAYERS, Listed, Pairs, Side};
use crate::text;
use crate::tui::action::{self, Action, Layer, TABLE};
use crate::tui::app::Tone;
use crate::tui::paint::Paint;
use crate::tui::widgets::hint::hint;
use crate::tui::widgets::list::select;

/// Below this size nothing sensible can be shown.
const MIN_SIZE: (u16, u16) = (40, 12);
/// From this width on the two instructions stand beside each other.
const BESIDE: u16 = 100;

/// Where things are.
pub(super) struct PairsFrame {
    pub list: Rect,
    pub text: Rect,
    /// Columns of an instruction.
    pub text_width: u16,
    pub beside: bool,
}

/// Divides a screen: a status line, the list, a rule, the texts, a message, the hints.
pub(super) fn frame((width, height): (u16, u16)) -> PairsFrame {
    let room = height.saturating_sub(4);
    let list = (room * 2 / 5).max(3).min(room);
    let beside = width >= BESIDE;
    PairsFrame {
        list: Rect::new(0, 1, width, list),
        text: Rect::new(0, list + 2, width, room - list),
        text_width: if beside {
            width / 2 - 3
        } else {
            width.saturating_sub(3)
        },
        beside,
    }
}

/// Draws the screen.
pub(super) fn draw(pairs: &Pairs, buf: &mut Buffer) {
    let area = buf.area;
    let mut paint = Paint::new(buf, area);
    let theme = pairs.start.theme;
    let (width, height) = (area.width, area.height);
    if width < MIN_SIZE.0 || height < MIN_SIZE.1 {
        let text = format!(
            "medalign needs {}x{}, this is {width}x{height}",
            MIN_SIZE.0, MIN_SIZE.1
        );
        paint.put(0, 0, &text, theme.alert());
        return;
    }
    status(pairs, &mut paint);
    let frame = frame((width, height));
    if pairs.help {
        help(pairs, &mut paint.part(Rect::new(0, 1, width, height - 3)));
    } else {
        list(pairs, &mut paint.part(frame.list));
        let rule = frame.list.bottom();
        paint
            .part(Rect::new(0, rule, width, 1))
            .line(0, theme.line(), theme.dim());
        if let Some(row) = pairs.selected() {
            let text = format!(" {} ", verdict(pairs, row));
            paint.put(1, rule, &text, theme.accent());
        }
        texts(pairs, &frame, &mut paint);
    }
    if let Some((tone, text)) = &pairs.message {
        let style = match tone {
            Tone::Calm => theme.bold(),
            Tone::Alert => theme.alert(),
        };
        paint.put(1, height - 2, text, style);
    }
    hints(pairs, &mut paint.part(Rect::new(0, height - 1, width, 1)));
}

fn status(pairs: &Pairs, paint: &mut Paint<'_>) {
    let theme = pairs.start.theme;
    let width = paint.area().width;
    let unsaved = pairs.start.log.unsaved();
    let saved = match (unsaved, pairs.saved_at.as_deref()) {
        (0, Some(at)) => format!("{}   saved {at}", pairs.start.reviewer),
        (0, None) => pairs.start.reviewer.clone(),
        (n, _) => format!("{n} NOT SAVED"),
    };
    let style = if unsaved > 0 {
        theme.reversed()
    } else {
        theme.text()
    };
    let right = paint.put_right(width - 1, 0, &saved, style);
    let open = pairs.all.iter().filter(|r| r.pair.same.is_none()).count();
    let dropped: std::collections::BTreeSet<usize> = pairs
        .all
        .iter()
        .filter(|r| r.dropped)
        .map(|r| r.pair.later)
        .collect();
    let kept = pairs.start.submissions.len() - dropped.len();
    let dot = theme.dot();
    let text = format!(
        "{open} of {} pairs open {dot} {kept} of {} instructions kept {dot} {}",
        pairs.all.len(),
        pairs.start.submissions.len(),
        text::safe(&pairs.start.form),
    );
    paint.put_in(1, 0, right.saturating_sub(3), &text, theme.bold());
}

/// What is said of a pair, and what follows.
fn verdict(pairs: &Pairs, row: Listed) -> String {
    let said = match (row.pair.same, row.dropped) {
        (Some(true), _) => "the same: the later one is left out",
        (Some(false), _) => "different: this pair drops nothing",
        (None, true) => "above the threshold: the later one is left out",
        (None, false) => "close, not above the threshold: both are kept",
    };
    format!(
        "ROUGE-L {:.3}, threshold {} {} {said}",
        row.pair.score,
        pairs.start.threshold,
        pairs.start.theme.dot()
    )
}

fn list(pairs: &Pairs, paint: &mut Paint<'_>) {
    let theme = pairs.start.theme;
    if pairs.shown.is_empty() {
        let text = if pairs.all.is_empty() {
            "No two instructions are close."
        } else {
            "Every pair is decided."
        };
        paint.put(2, 0, text, theme.bold());
    }
    let width = paint.area().width;
    for (y, i) in (pairs.list.top..pairs.shown.len())
        .take(pairs.list.height)
        .enumerate()
    {
        let y = y as u16;
        let row = pairs.all[pairs.shown[i]];
        let said = match (row.pair.same, row.dropped) {
            (Some(true), _) => "same",
            (Some(false), _) => "different",
            (None, true) => "dropped?",
            (None, false) => "kept?",
        };
        let open = row.pair.same.is_none();
        let style = if open { theme.bold() } else { theme.text() };
        paint.put(2, y, &format!("{:.3}", row.pair.score), theme.text());
        paint.put(8, y, said, style);
        let question = &pairs.start.submissions[row.pair.later].question;
        // A line of the list shows this much at most, however long the instruction is.
        let line: Vec<&str> = question
            .split_whitespace()
            .take(usize::from(width))
            .collect();
        paint.put(18, y, &line.join(" "), theme.text());
        select(theme, paint, y, i == pairs.list.cursor);
    }
}

fn texts(pairs: &Pairs, frame: &PairsFrame, paint: &mut Paint<'_>) {
    if pairs.selected().is_none() {
        return;
    }
    let theme = pairs.start.theme;
    let mut paint = paint.part(frame.text);
    let titles = ["Earlier", "Later"];
    let mut first = 0;
    for (i, side) in pairs.sides.iter().enumerate() {
        let x = if frame.beside && i == 1 {
            frame.text.width / 2 + 1
        } else {
            1
        };
        let id = &pairs.start.submissions[side.place].id;
        let title = format!("{} {} {}", titles[i], theme.dot(), text::safe(id));
        let mut row = if frame.beside { 0 } else { first };
        let at = |row: usize| -> Option<u16> {
            let y = row.checked_sub(pairs.scroll.top)?;
            (y < pairs.scroll.height).then_some(y as u16)
        };
        if let Some(y) = at(row) {
            paint.put_in(x, y, frame.text_width, &title, theme.accent());
        }
        row += 1;
        row = side_rows(
            side,
            &pairs.start.submissions[side.place].question,
            row,
            &mut |row, text, base, style, marks| {
                if let Some(y) = at(row) {
                    paint.put_marked(x, y, frame.text_width, text, base, style, marks);
                }
            },
            theme,
        );
        first = row + 1;
    }
    if frame.beside {
        for y in 0..frame.text.height {
            paint.put(frame.text.width / 2 - 1, y, theme.rule(), theme.dim());
        }
    }
}

type Put<'a> = dyn FnMut(usize, &str, usize, Style, &[(std::ops::Range<usize>, Style)]) + 'a;

/// Puts one instruction's words and facts from a row on; gives back the row behind them.
fn side_rows(
    side: &Side,
    question: &str,
    mut row: usize,
    put: &mut Put<'_>,
    theme: crate::tui::theme::Theme,
) -> usize {
    let mark = theme.found();
    let marks: Vec<_> = side.own.iter().map(|r| (r.clone(), mark)).collect();
    for r in &side.rows {
        let (from, to) = (r.start as usize, r.end as usize);
        put(row, &question[from..to], from, theme.text(), &marks);
        row += 1;
    }
    for r in &side.facts_rows {
        let (from, to) = (r.start as usize, r.end as usize);
        put(row, &side.facts[from..to], from, theme.text(), &[]);
        row += 1;
    }
    row
}

fn help(pairs: &Pairs, paint: &mut Paint<'_>) {
    let theme = pairs.start.theme;
    let lines = [
        "Each pair are two instructions that are worded alike. Say whether they ask the same.",
        "Words that only one of the two has are underlined. Every decision is saved at once.",
    ];
    let mut y = 1;
    for line in lines {
        paint.put(2, y, line, theme.text());
        y += 1;
    }
    y += 1;
    let general = [
        Action::Undo,
        Action::Redo,
        Action::RetrySave,
        Action::Repaint,
        Action::Suspend,
        Action::Back,
    ];
    let rows = TABLE
        .iter()
        .filter(|e| e.layers.contains(&Layer::Pairs) || general.contains(&e.action));
    for entry in rows {
        let keys: Vec<String> = LAYERS
            .iter()
            .flat_map(|l| pairs.start.keymap.keys(*l, entry.action))
            .collect();
        if keys.is_empty() {
            continue;
        }
        paint.put_in(2, y, 18, &keys.join("  "), theme.bold());
        let doc = match entry.action {
            Action::Clear => "Take back what you said of the pair",
            Action::Back => "Leave; the tables are then written anew",
            Action::PageDown => "Scroll long instructions down",
            Action::PageUp => "Scroll long instructions up",
            _ => entry.doc,
        };
        paint.put(21, y, doc, theme.text());
        y += 1;
    }
}

fn hints(pairs: &Pairs, paint: &mut Paint<'_>) {
    let theme = pairs.start.theme;
    let mut x = 1;
    let actions: &[Action] = if pairs.help {
        &[Action::Back]
    } else {
        &[
            Action::Same,
            Action::Different,
            Action::NextUndecided,
            Action::OnlyUndecided,
            Action::Undo,
            Action::Help,
            Action::Back,
        ]
    };
    for action in actions {
        let Some(key) = pairs.start.keymap.key(&LAYERS, *action) else {
            continue;
        };
        let what = action::of(*action).hint;
        let next = hint(theme, paint, x, &key, what);
        if next == x {
            break;
        }
        x = next;
    }
}
