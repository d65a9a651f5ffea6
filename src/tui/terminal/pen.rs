//! How one cell looks, and the shortest SGR sequence from one look to another.
//!
//! In: a ratatui cell's colours and modifiers. Out: a [`Pen`] of the 16 ANSI colours and six attributes. Blinking and
//! hidden text, and colours beyond the 16, never reach the terminal.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Attributes that show even where there is no text.
const SEEN_ON_BLANKS: u8 = UNDERLINED | REVERSED | CROSSED_OUT;

const BOLD: u8 = 1;
const DIM: u8 = 1 << 1;
const ITALIC: u8 = 1 << 2;
const UNDERLINED: u8 = 1 << 3;
const REVERSED: u8 = 1 << 4;
const CROSSED_OUT: u8 = 1 << 5;

/// What sets each attribute, and what clears it. Bold and dim are cleared together.
const CODES: [(u8, u8, u8); 6] = [
    (BOLD, 1, 22),
    (DIM, 2, 22),
    (ITALIC, 3, 23),
    (UNDERLINED, 4, 24),
    (REVERSED, 7, 27),
    (CROSSED_OUT, 9, 29),
];

/// Colours and attributes of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pen {
    /// The SGR code of the text's colour: 30–37, 90–97, or 0 for the terminal's own.
    foreground: u8,
    /// The SGR code of the background: 40–47, 100–107, or 0 for the terminal's own.
    background: u8,
    attributes: u8,
}

impl Pen {
    /// The terminal's own look.
    pub(super) const PLAIN: Pen = Pen {
        foreground: 0,
        background: 0,
        attributes: 0,
    };

    /// The look of `cell`; without `colours` only the attributes stay.
    pub(super) fn of(cell: &Cell, colours: bool) -> Self {
        let mut attributes = 0;
        for (modifier, attribute) in [
            (Modifier::BOLD, BOLD),
            (Modifier::DIM, DIM),
            (Modifier::ITALIC, ITALIC),
            (Modifier::UNDERLINED, UNDERLINED),
            (Modifier::REVERSED, REVERSED),
            (Modifier::CROSSED_OUT, CROSSED_OUT),
        ] {
            if cell.modifier.contains(modifier) {
                attributes |= attribute;
            }
        }
        // To some terminals these are two ends of one scale: only the louder one is sent.
        if attributes & BOLD != 0 {
            attributes &= !DIM;
        }
        let code = |colour| if colours { foreground(colour) } else { 0 };
        Pen {
            foreground: code(cell.fg),
            background: match code(cell.bg) {
                0 => 0,
                code => code + 10,
            },
            attributes,
        }
    }

    /// The same look for a cell without text: what cannot be seen there is dropped, so that it is never drawn.
    pub(super) fn on_blank(self) -> Self {
        let attributes = self.attributes & SEEN_ON_BLANKS;
        Pen {
            foreground: if attributes == 0 { 0 } else { self.foreground },
            background: self.background,
            attributes,
        }
    }

    /// Whether a blank drawn with this pen looks like a blank of `look`.
    pub(super) fn blanks_like(self, look: Pen) -> bool {
        self.on_blank() == look.on_blank()
    }

    /// Whether erased cells look the same on all terminals: those that fill with the background and those that do not.
    pub(super) fn erases_cleanly(self) -> bool {
        self.on_blank() == Pen::PLAIN
    }

    /// Writes the shorter of: what changed, or a reset and all of `to`.
    pub(super) fn switch(self, to: Pen, out: &mut Vec<u8>) {
        if self == to {
            return;
        }
        let anew = to.reset_codes();
        let change = self.change(to);
        let codes = if anew.len <= change.len { anew } else { change };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(codes.bytes());
        out.push(b'm');
    }

    fn reset_codes(self) -> Codes {
        let mut codes = Codes::new();
        if self != Pen::PLAIN {
            codes.push_reset();
            Pen::PLAIN.add(self, &mut codes);
        }
        codes
    }

    fn change(self, to: Pen) -> Codes {
        let mut codes = Codes::new();
        let mut now = self;
        for (attribute, _, off) in CODES {
            if now.attributes & attribute != 0 && to.attributes & attribute == 0 {
                codes.push(off);
                now.attributes &= if off == 22 { !(BOLD | DIM) } else { !attribute };
            }
        }
        now.add(to, &mut codes);
        codes
    }

    /// The codes that set what `to` has and this pen lacks; attributes of this pen must all be in `to`.
    fn add(self, to: Pen, codes: &mut Codes) {
        for (attribute, on, _) in CODES {
            if to.attributes & attribute != 0 && self.attributes & attribute == 0 {
                codes.push(on);
            }
        }
        if self.foreground != to.foreground {
            codes.push(if to.foreground == 0 {
                39
            } else {
                to.foreground
            });
        }
        if self.background != to.background {
            codes.push(if to.background == 0 {
                49
            } else {
                to.background
            });
        }
    }
}

/// The parameters of one SGR sequence: at most 14 codes of three digits.
struct Codes {
    text: [u8; 64],
    len: usize,
}

impl Codes {
    fn new() -> Self {
        Codes {
            text: [0; 64],
            len: 0,
        }
    }

    fn push(&mut self, code: u8) {
        if self.len > 0 {
            self.push_byte(b';');
        }
        for (place, digit) in [(100, code / 100), (10, code / 10 % 10), (1, code % 10)] {
            if code >= place || place == 1 {
                self.push_byte(b'0' + digit);
            }
        }
    }

    /// An empty parameter means 0 and saves a byte.
    fn push_reset(&mut self) {
        self.push_byte(b';');
    }

    fn push_byte(&mut self, byte: u8) {
        // After a reset the separator is there already.
        if byte == b';' && self.len > 0 && self.text[self.len - 1] == b';' {
            return;
        }
        self.text[self.len] = byte;
        self.len += 1;
    }

    fn bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

/// The SGR code of a text colour; 0 for the terminal's own and for all that is not one of the 16.
fn foreground(colour: Color) -> u8 {
    match colour {
        Color::Black | Color::Indexed(0) => 30,
        Color::Red | Color::Indexed(1) => 31,
        Color::Green | Color::Indexed(2) => 32,
        Color::Yellow | Color::Indexed(3) => 33,
        Color::Blue | Color::Indexed(4) => 34,
        Color::Magenta | Color::Indexed(5) => 35,
        Color::Cyan | Color::Indexed(6) => 36,
        Color::Gray | Color::Indexed(7) => 37,
        Color::DarkGray | Color::Indexed(8) => 90,
        Color::LightRed | Color::Indexed(9) => 91,
        Color::LightGreen | Color::Indexed(10) => 92,
        Color::LightYellow | Color::Indexed(11) => 93,
        Color::LightBlue | Color::Indexed(12) => 94,
        Color::LightMagenta | Color::Indexed(13) => 95,
        Color::LightCyan | Color::Indexed(14) => 96,
        Color::White | Color::Indexed(15) => 97,
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn pen(style: Style) -> Pen {
        let mut cell = Cell::default();
        cell.set_style(style);
        Pen::of(&cell, true)
    }

    fn switched(from: Style, to: Style) -> String {
        let mut out = Vec::new();
        pen(from).switch(pen(to), &mut out);
        String::from_utf8(out).expect("SGR is ASCII")
    }

    #[test]
    fn the_shorter_way_is_taken() {
        let plain = Style::new();
        assert_eq!(switched(plain, plain), "");
        assert_eq!(switched(plain, plain.reversed()), "\x1b[7m");
        assert_eq!(switched(plain.reversed().bold(), plain), "\x1b[m");
        assert_eq!(switched(plain.red(), plain.blue()), "\x1b[34m");
        assert_eq!(switched(plain.red().bold(), plain.red()), "\x1b[22m");
        assert_eq!(switched(plain.bold(), plain.dim()), "\x1b[;2m");
        assert_eq!(
            switched(plain.bold().italic().underlined(), plain.light_red()),
            "\x1b[;91m"
        );
        assert_eq!(
            switched(plain.bold().on_red(), plain.dim().on_red()),
            "\x1b[22;2m"
        );
        assert_eq!(switched(plain.bold(), plain.bold().dim()), "");
    }

    #[test]
    fn what_a_terminal_may_lack_is_not_sent() {
        let plain = Style::new();
        assert_eq!(
            pen(plain
                .fg(Color::Rgb(1, 2, 3))
                .bg(Color::Indexed(99))
                .slow_blink()),
            Pen::PLAIN
        );
        let mut cell = Cell::default();
        cell.set_style(plain.red().on_blue().bold());
        assert_eq!(Pen::of(&cell, false), pen(plain.bold()));
    }

    #[test]
    fn blanks_forget_what_cannot_be_seen() {
        let plain = Style::new();
        assert_eq!(pen(plain.red().bold()).on_blank(), Pen::PLAIN);
        assert_eq!(
            pen(plain.red().bold().reversed()).on_blank(),
            pen(plain.red().reversed())
        );
    }
}
