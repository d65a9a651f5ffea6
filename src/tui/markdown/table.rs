//! Tables in columns, or cell below cell where the columns have no room.
//!
//! In: the lines of tables. Out: rows. A cell wraps within its column; a table of which one does has a line between its rows.

use std::ops::Range;

use super::signs::TableLine;
use super::{Ink, Piece, Row, Setter};
use crate::text::{self, Layout};

/// Blank columns between two of a table.
const GAP: usize = 2;
/// No word of a table needs more columns than this; a longer one is broken.
const LONGEST_WORD: usize = 14;

/// How a table is set.
pub(super) enum Plan {
    /// The columns' widths, which of them are aligned to the right, and whether a cell wraps.
    Columns {
        widths: Vec<usize>,
        right: Vec<bool>,
        wraps: bool,
    },
    /// A cell below the other.
    Stacked,
}

impl Plan {
    /// The columns of the whole table.
    fn width(&self) -> Option<usize> {
        match self {
            Plan::Columns { widths, .. } => {
                Some(widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1))
            }
            Plan::Stacked => None,
        }
    }
}

/// How each table of a text is set.
pub(super) fn plans(setter: &Setter<'_>) -> Vec<Plan> {
    let tables = &setter.signs.tables;
    let mut needs: Vec<Vec<(usize, usize)>> = vec![Vec::new(); tables.len()];
    for line in &setter.signs.lines {
        let needs = &mut needs[line.table];
        for (i, cell) in line.cells.iter().enumerate() {
            let cell = setter.visible(cell.clone());
            let words = cell.text.split([' ', '\t']).map(text::width);
            let longest = words.max().unwrap_or(0).min(LONGEST_WORD);
            if needs.len() <= i {
                needs.resize(i + 1, (1, 1));
            }
            let (least, most) = &mut needs[i];
            *least = longest.max(*least);
            *most = text::width(&cell.text).max(*most);
        }
    }
    let plan = |(needs, right): (&Vec<(usize, usize)>, &Vec<bool>)| {
        let room = setter
            .width
            .checked_sub(GAP * needs.len().saturating_sub(1));
        let widths_at = |cap: usize| -> Vec<usize> {
            needs
                .iter()
                .map(|(least, most)| (*most).min(cap).max(*least))
                .collect()
        };
        let fits =
            |cap: &usize| room.is_some_and(|room| widths_at(*cap).iter().sum::<usize>() <= room);
        match (1..=setter.width).rev().find(fits) {
            Some(cap) => {
                let widths = widths_at(cap);
                let wraps = widths.iter().zip(needs).any(|(w, (_, most))| w < most);
                let right = right.clone();
                Plan::Columns {
                    widths,
                    right,
                    wraps,
                }
            }
            None => Plan::Stacked,
        }
    };
    needs.iter().zip(tables).map(plan).collect()
}

impl Setter<'_> {
    /// Sets a line of a table.
    pub(super) fn table_line(&mut self, line: &TableLine, plan: &Plan) {
        let start = line.start as u32;
        let rule = |width: usize| Row {
            start,
            pieces: vec![Piece {
                at: 0,
                width: width as u16,
                start,
                end: start,
                ink: Ink::Line,
            }],
        };
        let apart = !line.head && !self.is_below_rule();
        match plan {
            _ if line.cells.is_empty() => {
                let width = plan.width().unwrap_or(self.width);
                self.rows.push(rule(width));
            }
            Plan::Stacked => {
                if apart {
                    self.rows.push(rule(self.width));
                }
                for (i, cell) in line.cells.iter().enumerate() {
                    let at = if i == 0 { 0 } else { GAP.min(self.width - 1) };
                    let rows = self.cell(cell, self.width - at, at, false);
                    let rows = rows.into_iter().map(|pieces| Row { start, pieces });
                    self.rows.extend(rows);
                }
            }
            Plan::Columns {
                widths,
                right,
                wraps,
            } => {
                if apart && *wraps {
                    self.rows.push(rule(plan.width().unwrap_or(self.width)));
                }
                let mut all: Vec<Vec<Piece>> = vec![Vec::new()];
                let mut at = 0;
                for (i, (cell, width)) in line.cells.iter().zip(widths).enumerate() {
                    let right = right.get(i).copied().unwrap_or(false);
                    for (n, pieces) in self.cell(cell, *width, at, right).into_iter().enumerate() {
                        if all.len() <= n {
                            all.push(Vec::new());
                        }
                        all[n].extend(pieces);
                    }
                    at += width + GAP;
                }
                self.rows
                    .extend(all.into_iter().map(|pieces| Row { start, pieces }));
            }
        }
    }

    fn is_below_rule(&self) -> bool {
        let above = self.rows.last().and_then(|row| row.pieces.first());
        above.is_none_or(|piece| piece.ink == Ink::Line)
    }

    /// The rows of a cell in its column.
    fn cell(&self, cell: &Range<usize>, width: usize, at: usize, right: bool) -> Vec<Vec<Piece>> {
        let visible = self.visible(cell.clone());
        let rows = text::wrap(&visible.text, width, Layout::Lines).into_iter();
        let row = |row: text::ScreenRow| {
            let used = text::width(&visible.text[row.start as usize..row.end as usize]);
            let pad = if right { width.saturating_sub(used) } else { 0 };
            self.pieces(&visible, Some(row), at + pad)
        };
        rows.map(row).collect()
    }
}
