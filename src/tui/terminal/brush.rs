//! Writes the bytes that turn one grid into another, knowing where the cursor stands and which pen is in it.
//!
//! In: two grids. Out: cursor moves, SGR, text, erasures; the shortest of those that all terminals understand alike.
//! It never writes into a terminal itself.

use super::grid::{BLANK, Face, Grid, GridSlot};
use super::pen::Pen;

/// `ESC [ K`: erases to the end of the row.
const ERASE_LINE: &[u8] = b"\x1b[K";
/// Rows with fewer changes than this are not worth a second try.
const WORTH_A_TRY: usize = 16;

/// A run of bytes in the making, and the terminal's state after them.
#[derive(Clone, Debug)]
pub(super) struct Brush {
    pub(super) bytes: Vec<u8>,
    /// Columns of the screen.
    width: usize,
    /// Where the cursor stands; `x == width` after the last column was written: there terminals differ in what
    /// relative moves do. `None` when it is not known.
    pub(super) cursor: Option<(usize, usize)>,
    pen: Pen,
}

impl Brush {
    /// A brush with the plain pen.
    pub(super) fn new(width: usize, cursor: Option<(usize, usize)>) -> Self {
        Brush {
            bytes: Vec::new(),
            width,
            cursor,
            pen: Pen::PLAIN,
        }
    }

    /// Changes the pen, if it must be.
    pub(super) fn take(&mut self, pen: Pen) {
        self.pen.switch(pen, &mut self.bytes);
        self.pen = pen;
    }

    /// Clears the screen.
    pub(super) fn clear(&mut self) {
        self.take(Pen::PLAIN);
        self.bytes.extend_from_slice(b"\x1b[H\x1b[2J");
        self.cursor = Some((0, 0));
    }

    /// Moves the rows `top..bottom` of a screen of `height` rows up by `by`, or down when negative.
    ///
    /// Deleting and inserting lines inside a scroll region is what every terminal since the VT102 can do; scrolling
    /// by `SU` and `SD` is not known to the Linux console.
    pub(super) fn scroll(&mut self, top: usize, bottom: usize, by: isize, height: usize) {
        self.take(Pen::PLAIN);
        let region = bottom < height;
        if region {
            self.csi(&[top + 1, bottom], b'r');
            // To the first row of the screen on most terminals, of the region on some.
            self.cursor = None;
        }
        self.go(0, top);
        let n = by.unsigned_abs();
        self.repeated(n, if by > 0 { b'M' } else { b'L' });
        if region {
            self.bytes.extend_from_slice(b"\x1b[r");
            self.cursor = Some((0, 0));
        }
    }

    /// Draws all that differs between `from` and `to`, grids of the same size.
    pub(super) fn paint(&mut self, from: &Grid, to: &Grid) {
        for y in 0..to.height {
            let (old, new) = (from.row(y), to.row(y));
            if old == new {
                continue;
            }
            let changed = (0..self.width).filter(|&x| old[x] != new[x]).count();
            let first = (0..self.width)
                .find(|&x| old[x] != new[x])
                .unwrap_or_default();
            let blanks = new[first..].iter().filter(|slot| **slot == BLANK).count();
            if changed < WORTH_A_TRY || blanks < WORTH_A_TRY {
                self.paint_row(old, new, y, self.width);
                continue;
            }
            // Erasing first costs three bytes and saves writing blanks over old text.
            let before = (self.bytes.len(), self.cursor, self.pen);
            self.paint_row(old, new, y, self.width);
            let tail = self.bytes.split_off(before.0);
            let after = (self.cursor, self.pen);
            (self.cursor, self.pen) = (before.1, before.2);
            self.go(first, y);
            self.erase();
            self.paint_row(old, new, y, first);
            if tail.len() <= self.bytes.len() - before.0 {
                self.bytes.truncate(before.0);
                self.bytes.extend_from_slice(&tail);
                (self.cursor, self.pen) = after;
            }
        }
    }

    /// Draws one row; from column `erased` on the terminal shows blanks, before it `old`.
    fn paint_row(&mut self, old: &[GridSlot], new: &[GridSlot], y: usize, erased: usize) {
        let same = |x: usize| new[x] == *if x < erased { &old[x] } else { &BLANK };
        let text_end = new.iter().rposition(|s| *s != BLANK).map_or(0, |x| x + 1);
        let Some(last) = (0..self.width).rposition(|x| !same(x)) else {
            return;
        };
        for x in 0..=last {
            if same(x) || new[x].face == Face::Tail {
                continue;
            }
            self.reach(x, y, new);
            if x >= text_end && last - x >= 3 {
                self.erase();
                return;
            }
            if let Face::Loose(_, columns) = new[x].face {
                self.write_loose(&new[x], columns, x, y);
                continue;
            }
            self.write(&new[x]);
            if new.get(x + 1).is_some_and(|s| s.face == Face::Tail) {
                self.write(&new[x + 1]);
            }
        }
    }

    fn erase(&mut self) {
        if !self.pen.erases_cleanly() {
            self.take(Pen::PLAIN);
        }
        self.bytes.extend_from_slice(ERASE_LINE);
    }

    /// Writes one slot where the cursor is.
    fn write(&mut self, slot: &GridSlot) {
        if !self.can_write(slot) {
            self.take(slot.pen);
        }
        slot.write(&mut self.bytes);
        if let Some((x, _)) = &mut self.cursor {
            *x += 1;
        }
    }

    /// Writes letters that terminals draw in one column or in several, over blanks in all of these columns.
    fn write_loose(&mut self, slot: &GridSlot, columns: usize, x: usize, y: usize) {
        self.take(slot.pen);
        self.bytes.extend(std::iter::repeat_n(b' ', columns));
        self.cursor = None;
        self.go(x, y);
        slot.write(&mut self.bytes);
        self.cursor = None;
    }

    fn can_write(&self, slot: &GridSlot) -> bool {
        self.pen == slot.pen || (slot.is_blank() && self.pen.blanks_like(slot.pen))
    }

    /// Gets to column `x` of row `y`, over unchanged cells by writing them again where that is shorter than a move.
    fn reach(&mut self, x: usize, y: usize, row: &[GridSlot]) {
        if let Some((now, at)) = self.cursor
            && at == y
            && now < x
        {
            let gap = &row[now..x];
            let most = if gap.len() == 1 { 3 } else { 4 };
            // A text cursor may have been left in the middle of a wide glyph.
            if gap.len() <= most
                && gap[0].face != Face::Tail
                && !gap.iter().any(|slot| matches!(slot.face, Face::Loose(..)))
                && gap.iter().map(GridSlot::bytes).sum::<usize>() <= most
                && gap.iter().all(|slot| self.can_write(slot))
            {
                for slot in gap {
                    self.write(slot);
                }
                return;
            }
        }
        self.go(x, y);
    }

    /// Moves the cursor by the shortest sequence.
    pub(super) fn go(&mut self, x: usize, y: usize) {
        if self.cursor == Some((x, y)) && x < self.width {
            return;
        }
        let start = self.bytes.len();
        match (x, y) {
            (0, 0) => self.csi(&[], b'H'),
            (0, y) => self.csi(&[y + 1], b'H'),
            // An empty first parameter means the first row.
            (x, 0) => {
                self.bytes.extend_from_slice(b"\x1b[;");
                self.number(x + 1);
                self.bytes.push(b'H');
            }
            (x, y) => self.csi(&[y + 1, x + 1], b'H'),
        }
        if let Some(now) = self.cursor {
            let mut relative = Brush::new(self.width, None);
            if relative.step(now, (x, y)) && relative.bytes.len() < self.bytes.len() - start {
                self.bytes.truncate(start);
                self.bytes.extend_from_slice(&relative.bytes);
            }
        }
        self.cursor = Some((x, y));
    }

    /// Writes the shortest move from `now` that is relative, if there is one worth trying.
    fn step(&mut self, now: (usize, usize), to: (usize, usize)) -> bool {
        let pending = now.0 >= self.width;
        let (mut x, down) = (now.0, to.1.checked_sub(now.1));
        match down {
            Some(0) => {}
            Some(n) if n <= 3 => {
                if pending || to.0 < x {
                    self.bytes.push(b'\r');
                    x = 0;
                }
                self.bytes.extend(std::iter::repeat_n(b'\n', n));
            }
            None if !pending && x == to.0 => {
                let n = now.1 - to.1;
                self.repeated(n, b'A');
                return true;
            }
            _ => return false,
        }
        if to.0 == 0 && x != 0 {
            self.bytes.push(b'\r');
        } else if to.0 > x {
            let n = to.0 - x;
            self.repeated(n, b'C');
        } else if to.0 < x {
            let n = x - to.0;
            if pending {
                self.csi(&[to.0 + 1], b'G');
            } else if n <= 3 {
                self.bytes.extend(std::iter::repeat_n(8, n));
            } else {
                self.csi(&[n], b'D');
            }
        }
        true
    }

    /// A sequence that does something `n` times; once needs no number.
    fn repeated(&mut self, n: usize, end: u8) {
        let number = [n];
        self.csi(if n == 1 { &[] } else { &number }, end);
    }

    fn csi(&mut self, numbers: &[usize], end: u8) {
        self.bytes.extend_from_slice(b"\x1b[");
        for (n, number) in numbers.iter().enumerate() {
            if n > 0 {
                self.bytes.push(b';');
            }
            self.number(*number);
        }
        self.bytes.push(end);
    }

    fn number(&mut self, number: usize) {
        self.bytes.extend_from_slice(number.to_string().as_bytes());
    }
}
