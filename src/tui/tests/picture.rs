//! A frame as text with its styles, for snapshots.

use std::fmt::Write as _;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::contrast;
use super::desk::Desk;

impl Desk {
    /// Some rows of the frame, and below them which of their columns have a style; rows that are alike have one line.
    pub(crate) fn picture(&self, of: Range<u16>) -> String {
        let (buffer, caret) = self.frame();
        contrast::check(&buffer);
        let (width, height) = self.app.screen.size;
        let mut all = format!("{width}x{height}\n");
        let rows = rows(&buffer);
        let rows = &rows[usize::from(of.start)..usize::from(of.end)];
        for alike in rows.chunk_by(|a, b| a == b) {
            let (row, n) = (&alike[0], alike.len());
            let (count, times) = if n > 2 {
                (format!("{n}x"), 1)
            } else {
                (String::new(), n)
            };
            for _ in 0..times {
                let _ = writeln!(all, "{count}|{row}");
            }
        }
        if let Some(caret) = caret {
            let _ = writeln!(all, "caret r{} c{}", caret.y, caret.x);
        }
        // The widest screen has the styles of the one before it, so its text says enough.
        if width < 200 {
            let legends: Vec<(u16, String)> = of.map(|y| (y, legend(&buffer, y))).collect();
            for alike in legends.chunk_by(|a, b| a.1 == b.1) {
                let [(first, legend), .., (last, _)] = alike else {
                    let (y, legend) = &alike[0];
                    if !legend.is_empty() {
                        let _ = writeln!(all, "r{y} {legend}");
                    }
                    continue;
                };
                if !legend.is_empty() {
                    let _ = writeln!(all, "r{first}-{last} {legend}");
                }
            }
        }
        self.masked(&all)
    }
}

/// The rows of a buffer as text, blanks at their ends left out.
pub(crate) fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (0..area.height)
        .map(|y| {
            let mut row = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                x += (symbol.width() as u16).max(1);
            }
            row.trim_end().to_owned()
        })
        .collect()
}

/// The runs of a row that are not in the default style: `c10-15 bold,cyan`.
fn legend(buffer: &Buffer, y: u16) -> String {
    let mut runs: Vec<(u16, u16, String)> = Vec::new();
    let mut open = false;
    for x in 0..buffer.area.width {
        let cell = &buffer[(x, y)];
        let style = cell.style();
        // The style of a blank shows only where it is reversed, underlined or coloured behind.
        let seen = cell.symbol() != " "
            || style
                .add_modifier
                .intersects(Modifier::REVERSED | Modifier::UNDERLINED)
            || !matches!(style.bg, None | Some(Color::Reset));
        if !seen {
            continue;
        }
        let words = words(style);
        match runs.last_mut() {
            Some((_, end, last)) if open && *last == words => *end = x,
            _ if words.is_empty() => {}
            _ => runs.push((x, x, words.clone())),
        }
        open = !words.is_empty();
    }
    runs.iter()
        .map(|(from, to, words)| {
            if from == to {
                format!("c{from} {words}")
            } else {
                format!("c{from}-{to} {words}")
            }
        })
        .collect::<Vec<_>>()
        .join(" · ")
}

/// A style in words; empty for the default one.
fn words(style: Style) -> String {
    let mut all = Vec::new();
    for (modifier, word) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::ITALIC, "italic"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ] {
        if style.add_modifier.contains(modifier) {
            all.push(word.to_owned());
        }
    }
    for (colour, before) in [(style.fg, ""), (style.bg, "on ")] {
        if let Some(colour) = colour.filter(|c| *c != Color::Reset) {
            all.push(format!("{before}{colour:?}").to_lowercase());
        }
    }
    all.join(",")
}
