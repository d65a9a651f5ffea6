//! The bytes of frames, checked against a terminal: what vt100 shows after them is what the buffer holds.

use std::num::NonZeroU16;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier, Style};

use super::super::grid::{Face, Grid, GridSlot};
use super::Screen;
use crate::text;
use crate::tui::paint::Paint;

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a terminal with cells")
}

/// A screen and the terminal that it writes to.
struct Pair {
    screen: Screen<Vec<u8>>,
    terminal: vt100::Parser,
}

impl Pair {
    fn new(width: u16, height: u16, colours: bool) -> Self {
        let mut terminal = vt100::Parser::new(cells(height), cells(width), 0);
        terminal.process(b"\x1b[?25l");
        Pair {
            screen: Screen::new(Vec::new(), Size::new(width, height), colours),
            terminal,
        }
    }

    /// Draws, checks what the terminal shows, and returns the bytes that were sent.
    fn draw(&mut self, frame: &Buffer, cursor: Option<(u16, u16)>) -> Vec<u8> {
        self.screen
            .draw(|buffer| {
                buffer.clone_from(frame);
                cursor.map(|(x, y)| Position::new(x, y))
            })
            .expect("a vector takes all bytes");
        let bytes = std::mem::take(self.screen.output());
        self.terminal.process(&bytes);
        self.check(frame);
        let terminal = self.terminal.screen();
        assert_eq!(terminal.hide_cursor(), cursor.is_none());
        if let Some((x, y)) = cursor {
            assert_eq!(terminal.cursor_position(), (y, x));
        }
        bytes
    }

    fn check(&self, frame: &Buffer) {
        let mut grid = Grid::blank(0, 0);
        grid.fill(frame, self.screen.colours);
        for y in 0..grid.height {
            for (x, slot) in grid.row(y).iter().enumerate() {
                let cell = self
                    .terminal
                    .screen()
                    .cell(y as u16, x as u16)
                    .expect("inside");
                let shown = match cell.contents() {
                    "" => " ",
                    text => text,
                };
                match &slot.face {
                    // One sign or several, but every letter, and nothing else in these columns.
                    Face::Loose(text, columns) => {
                        let row = self.terminal.screen();
                        let all: String = (x..x + columns)
                            .filter_map(|x| Some(row.cell(y as u16, x as u16)?.contents()))
                            .collect();
                        assert_eq!(all.trim_end(), &**text, "{x},{y}");
                    }
                    Face::Tail if is_loose(grid.row(y), x) => {}
                    // Two narrow cells to a terminal, one glyph to another: only the columns count.
                    Face::Tail if grid.row(y)[x - 1].face == Face::Cluster("ｶ\u{ff9e}".into()) => {
                    }
                    Face::Cluster(text) if **text == *"ｶ\u{ff9e}" => {}
                    Face::Tail => assert!(cell.is_wide_continuation(), "{x},{y}"),
                    Face::Char(c) => assert_eq!(shown, c.to_string(), "{x},{y}"),
                    Face::Cluster(text) => assert_eq!(shown, &**text, "{x},{y}"),
                }
                if slot.face != Face::Tail {
                    let look = Look::of_cell(cell);
                    let wanted = Look::of_buffer(frame, x as u16, y as u16, self.screen.colours);
                    assert_eq!(look.seen(shown), wanted.seen(shown), "{x},{y} {shown:?}");
                }
            }
        }
    }
}

/// Whether this tail belongs to letters of a loose width.
fn is_loose(row: &[GridSlot], tail: usize) -> bool {
    let head = row[..tail].iter().rfind(|slot| slot.face != Face::Tail);
    head.is_some_and(|slot| matches!(slot.face, Face::Loose(..)))
}

/// How a cell looks.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    foreground: vt100::Color,
    background: vt100::Color,
    /// Bold, dim, italic, underlined, reversed.
    attributes: [bool; 5],
}

impl Look {
    fn of_cell(cell: &vt100::Cell) -> Self {
        Look {
            foreground: cell.fgcolor(),
            background: cell.bgcolor(),
            attributes: [
                cell.bold(),
                cell.dim(),
                cell.italic(),
                cell.underline(),
                cell.inverse(),
            ],
        }
    }

    fn of_buffer(buffer: &Buffer, x: u16, y: u16, colours: bool) -> Self {
        let cell = &buffer[(x, y)];
        let colour = |colour| match colour {
            Color::Indexed(n) if colours => vt100::Color::Idx(n),
            _ => vt100::Color::Default,
        };
        let has = |modifier| cell.modifier.contains(modifier);
        Look {
            foreground: colour(cell.fg),
            background: colour(cell.bg),
            attributes: [
                has(Modifier::BOLD),
                has(Modifier::DIM) && !has(Modifier::BOLD),
                has(Modifier::ITALIC),
                has(Modifier::UNDERLINED),
                has(Modifier::REVERSED),
            ],
        }
    }

    /// Without what cannot be seen on a blank.
    fn seen(mut self, shown: &str) -> Self {
        if shown == " " {
            let [_, _, _, underlined, reversed] = self.attributes;
            self.attributes = [false, false, false, underlined, reversed];
            if !underlined && !reversed {
                self.foreground = vt100::Color::Default;
            }
        }
        self
    }
}

const WORDS: [&str; 16] = [
    "apixaban 5 MG",
    "患者",
    "x",
    " ",
    "        ",
    "e\u{301}",
    "ｶ\u{ff9e}",
    "❤\u{fe0f}",
    "👩\u{200d}⚕\u{fe0f}",
    "├─",
    "1 284 ev",
    "한",
    "क्षत्रिय",
    "ខ្មែរ",
    "ผู้ป่วยกำ",
    "می\u{200c}خواهم",
];

fn style() -> impl Strategy<Value = Style> {
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::ITALIC | Modifier::BOLD,
        Modifier::UNDERLINED,
        Modifier::REVERSED,
        Modifier::REVERSED | Modifier::UNDERLINED | Modifier::DIM,
    ]);
    (
        prop::option::of(0u8..16),
        prop::option::of(0u8..16),
        modifier,
    )
        .prop_map(|(fg, bg, modifier)| {
            let mut style = Style::new().add_modifier(modifier);
            style.fg = fg.map(Color::Indexed);
            style.bg = bg.map(Color::Indexed);
            style
        })
}

/// What happens between two frames.
#[derive(Clone, Debug)]
enum Change {
    Write(u16, u16, usize, Style),
    Paint(u16, u16, u16, u16, Style),
    Scroll(u16, u16, i16),
    Empty,
    Refill(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (0u16..40, 0u16..12, 0..WORDS.len(), style()).prop_map(|(x, y, w, s)| Change::Write(x, y, w, s)),
        2 => (0u16..40, 0u16..12, 1u16..40, 1u16..4, style())
            .prop_map(|(x, y, w, h, s)| Change::Paint(x, y, w, h, s)),
        3 => (0u16..12, 0u16..12, -4i16..5).prop_map(|(a, b, n)| Change::Scroll(a.min(b), a.max(b), n)),
        1 => Just(Change::Empty),
        1 => (0..WORDS.len()).prop_map(Change::Refill),
    ]
}

fn apply(buffer: &mut Buffer, change: &Change) {
    let area = buffer.area;
    match *change {
        Change::Write(x, y, word, style) => {
            if x < area.width && y < area.height {
                Paint::new(buffer, area).put(x, y, WORDS[word], style);
                // What is left of a wide glyph that was cut.
                if let Some(head) = (0..x).rfind(|x| buffer[(*x, y)].symbol() != " ")
                    && usize::from(x - head) < text::columns(buffer[(head, y)].symbol())
                {
                    buffer[(head, y)].set_symbol(" ");
                }
            }
        }
        Change::Paint(x, y, w, h, style) => buffer.set_style(Rect::new(x, y, w, h), style),
        Change::Scroll(top, bottom, by) => {
            let before = buffer.clone();
            for y in top..bottom.min(area.height) {
                let from = i32::from(y) + i32::from(by);
                for x in 0..area.width {
                    let cell =
                        if from >= i32::from(top) && from < i32::from(bottom.min(area.height)) {
                            before[(x, from as u16)].clone()
                        } else {
                            ratatui::buffer::Cell::default()
                        };
                    buffer[(x, y)] = cell;
                }
            }
        }
        Change::Empty => buffer.reset(),
        Change::Refill(word) => {
            for y in 0..area.height {
                let line = format!("{y} {}", WORDS[word].repeat(9));
                Paint::new(buffer, area).put(0, y, &line, Style::new());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_terminal_shows_the_buffer(
        width in 1u16..40,
        height in 1u16..12,
        colours in any::<bool>(),
        frames in prop::collection::vec(
            (prop::collection::vec(change(), 0..8), prop::option::of((0u16..40, 0u16..12))), 1..10),
    ) {
        let mut pair = Pair::new(width, height, colours);
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for (changes, cursor) in &frames {
            for change in changes {
                apply(&mut buffer, change);
            }
            let cursor = cursor.map(|(x, y)| (x.min(width - 1), y.min(height - 1)));
            let sent = pair.draw(&buffer, cursor).len();
            let whole = Pair::new(width, height, colours).draw(&buffer, cursor).len();
            prop_assert!(sent <= 256 || sent * 10 <= whole * 13, "{} bytes, a repaint takes {}", sent, whole);
        }
    }
}

/// A list of 1,000 rows on a screen, with a header and a status line, as a pane would draw it.
fn list(width: u16, height: u16, first: usize, selected: usize) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let wide = usize::from(width);
    buffer.set_stringn(
        0,
        0,
        "case 12 of 40  patient 126158386  F 55",
        wide,
        Style::new().bold(),
    );
    for y in 1..height - 1 {
        let n = first + usize::from(y) - 1;
        let line = format!(
            "{}-{:02}-{:02} {:02}:{:02} M Systolic blood pressure {:>40} {} mmHg  note {n}",
            2000 + n % 20,
            n % 12 + 1,
            n * 7 % 28 + 1,
            n * 5 % 24,
            n * 11 % 60,
            "LOINC/8480-6",
            90 + n * 13 % 80,
        );
        let style = if n == selected {
            Style::new().reversed()
        } else {
            Style::new()
        };
        buffer.set_stringn(0, y, format!("{line:wide$}"), wide, style);
        buffer.set_stringn(17, y, "M", 1, Style::new().fg(Color::Indexed(6)));
    }
    buffer.set_stringn(
        0,
        height - 1,
        format!("{selected} of 1000  saved 14:02:11"),
        wide,
        Style::new(),
    );
    buffer
}

/// Average bytes of moving the selection down `steps` lines, after the first frame.
fn walk(width: u16, height: u16, page: usize, steps: usize) -> u64 {
    let rows = usize::from(height) - 2;
    let mut pair = Pair::new(width, height, true);
    let mut first = 0;
    pair.draw(&list(width, height, 0, 0), None);
    let start = pair.screen.bytes_sent();
    for selected in 1..=steps {
        if selected >= first + rows {
            first += page;
        }
        let frame = list(width, height, first, selected);
        pair.screen
            .draw(|buffer| {
                buffer.clone_from(&frame);
                None
            })
            .expect("a vector takes all bytes");
        let bytes = std::mem::take(pair.screen.output());
        pair.terminal.process(&bytes);
        if selected % 97 == 0 {
            pair.check(&frame);
        }
    }
    (pair.screen.bytes_sent() - start) / steps as u64
}

#[test]
fn a_walk_through_a_list_costs_little() {
    let by_pages = walk(200, 50, 47, 200);
    let by_lines = walk(200, 50, 1, 100);
    let whole = Pair::new(200, 50, true)
        .draw(&list(200, 50, 0, 0), None)
        .len();
    let figures =
        format!("a step: {by_pages} bytes by pages, {by_lines} by lines; a repaint {whole}");
    assert!(by_pages <= 1000 && by_lines <= 1000, "{figures}");
}

#[test]
fn a_text_cursor_in_a_wide_glyph_does_not_mislead() {
    let mut pair = Pair::new(15, 3, true);
    let mut frame = Buffer::empty(Rect::new(0, 0, 15, 3));
    frame.set_string(0, 2, "2 患者患者患者", Style::new());
    pair.draw(&frame, Some((9, 2)));
    frame.set_string(10, 2, "apixa", Style::new());
    pair.draw(&frame, None);
}

#[test]
fn a_judgement_costs_little() {
    let mut pair = Pair::new(200, 50, true);
    let mut frame = list(200, 50, 0, 7);
    pair.draw(&frame, None);
    frame.set_string(120, 1, "─ A ──── ✓ 1 ──", Style::new().bold());
    frame.set_string(
        0,
        48,
        "─ rank  A > B     verdicts  A ✓  B ✗  C – ",
        Style::new(),
    );
    frame.set_string(0, 49, "1 of 1000  saved 14:02:12", Style::new());
    let bytes = pair.draw(&frame, None).len();
    assert!(bytes <= 600, "{bytes}");
}

#[test]
fn an_equal_frame_costs_nothing() {
    let mut pair = Pair::new(200, 50, true);
    pair.draw(&list(200, 50, 0, 0), Some((3, 4)));
    assert_eq!(pair.draw(&list(200, 50, 0, 0), Some((3, 4))), b"");
    assert_eq!(pair.draw(&list(200, 50, 0, 0), Some((4, 4))), b"\x1b[C");
    assert_eq!(pair.draw(&list(200, 50, 0, 0), None), b"\x1b[?25l");
}

#[test]
fn without_colours_only_attributes_are_sent() {
    let mut pair = Pair::new(80, 24, false);
    let bytes = pair.draw(&list(80, 24, 0, 3), None);
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert!(text.contains("\x1b[7m") && text.contains("\x1b[1m"));
    assert!(!text.contains("36"), "cyan was sent");
}

#[test]
fn after_a_clear_or_another_size_all_is_drawn() {
    let mut pair = Pair::new(80, 24, true);
    let whole = pair.draw(&list(80, 24, 0, 3), None);
    pair.terminal
        .process(b"\x1b[Hgarbage\x1b[5;5Hfrom elsewhere");
    pair.screen.clear();
    assert_eq!(pair.draw(&list(80, 24, 0, 3), None), whole);
    for (width, height) in [(40, 12), (1, 1), (200, 50)] {
        pair.terminal
            .screen_mut()
            .set_size(cells(height), cells(width));
        pair.screen.resize(Size::new(width, height));
        let mut frame = Buffer::empty(Rect::new(0, 0, width, height));
        frame.set_string(0, 0, "患", Style::new());
        pair.draw(&frame, None);
    }
    pair.screen.resize(Size::new(0, 0));
    pair.screen.draw(|_| None).expect("nothing to draw");
}

#[test]
fn a_failed_write_makes_the_next_frame_whole() {
    struct Full(bool, Vec<u8>);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0 {
                return Err(std::io::Error::other("full"));
            }
            self.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut screen = Screen::new(Full(true, Vec::new()), Size::new(9, 2), true);
    let frame = |buffer: &mut Buffer| {
        buffer.set_string(0, 0, "a", Style::new());
        None
    };
    assert!(screen.draw(frame).is_err());
    screen.output().0 = false;
    screen.draw(frame).expect("written");
    assert_eq!(screen.output().1, b"\x1b[H\x1b[2Ja");
}
