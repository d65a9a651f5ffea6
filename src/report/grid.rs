//! A table as people read it: grids of cells, with n said where it changes.
//!
//! In: a table. Out: one grid, or one for each column where models stand across, or down beside what a chart lays end to end. n is
//! said once where all cells have the same, else by column or by row, and in a cell only where it differs from that; where most cells
//! of a matrix have an n of their own, it has a grid of its own. Never: a row or a table that is left out untold.

use super::table::{Chart, Number, Part, Report, Table};

/// A cell.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    /// There is none, such as a model's meeting with itself.
    Empty,
    /// A number, how many values say its decimals, and its n where it says one itself.
    Number(&'a Number, usize, Option<String>),
    /// An n.
    N(String),
}

#[derive(Debug)]
pub(super) struct GridRow<'a> {
    pub(super) keys: Vec<&'a str>,
    pub(super) cells: Vec<Cell<'a>>,
    /// The n of its cells that say none, where n goes by row.
    pub(super) n: Option<String>,
}

#[derive(Debug)]
pub(super) struct Grid<'a> {
    /// What its cells are, where the table has several grids.
    title: Option<String>,
    /// The n of all cells that say none, and whether some do.
    throughout: Option<(String, bool)>,
    /// The names of the key columns.
    pub(super) keys: Vec<&'a str>,
    /// The heads of the other ones.
    pub(super) heads: Vec<&'a str>,
    /// The n of each column's cells that say none, where n goes by column; empty where it does not.
    pub(super) n: Vec<Option<String>>,
    pub(super) rows: Vec<GridRow<'a>>,
    /// The rows that are folded away, since they rest on one case.
    pub(super) folded: Vec<&'a str>,
    /// Whether models stand across.
    pub(super) matrix: bool,
    /// Whether models stand down and across.
    pub(super) square: bool,
    /// Whether it shows what the table is about first.
    pub(super) main: bool,
}

impl Grid<'_> {
    /// Whether n goes by row.
    pub(super) fn n_by_row(&self) -> bool {
        self.rows.iter().any(|r| r.n.is_some())
    }

    /// What stands above it: what its cells are, and their n.
    pub(super) fn heading(&self) -> Option<String> {
        let n = self.throughout.as_ref().map(|(n, but)| {
            let but = if *but {
                " where a cell does not say another"
            } else {
                ""
            };
            format!("n={n}{but}")
        });
        match (&self.title, n) {
            (Some(title), Some(n)) => Some(format!("{title} ({n})")),
            (Some(title), None) => Some(title.clone()),
            (None, Some(n)) => Some(format!("In all cells {n}.")),
            (None, None) => None,
        }
    }

    /// One line on the rows that are folded away.
    pub(super) fn told(&self) -> Option<String> {
        let names = self.folded.join(", ");
        (!names.is_empty()).then(|| format!("Folded away, n=1: {names}. --all shows them."))
    }
}

/// The grids of a table; `all`: rows that rest on one case, too.
pub(super) fn grids(table: &Table, all: bool) -> Vec<Grid<'_>> {
    let (turned, shown) = match table.chart {
        Some(Chart::Matrix { column }) => (false, Some(column)),
        Some(Chart::Across) => (false, None),
        // The models stand down, in the order of the chart's bars.
        Some(Chart::Stacked { .. }) => (true, None),
        _ => return vec![plain(table)],
    };
    let matrix = table.matrix();
    let folded: Vec<&str> = (matrix.down.iter().copied())
        .filter(|down| !all && table.rests_on_one(|keys| keys.first().is_some_and(|k| k == down)))
        .collect();
    let mut all = Vec::new();
    for (column, about) in table.columns.iter().enumerate() {
        let down = matrix.down.iter().filter(|d| !folded.contains(d));
        let down: Vec<&str> = down.copied().collect();
        let (down, across, key) = if turned {
            (&matrix.across, &down, table.keys.last())
        } else {
            (&down, &matrix.across, table.keys.first())
        };
        let numbers = down.iter().map(|&d| {
            let cell = |&a: &&'_ str| {
                let (first, last) = if turned { (a, d) } else { (d, a) };
                matrix.cell(first, last, column)
            };
            (vec![d], across.iter().map(cell).collect())
        });
        let carries = table.carries(column);
        let mut grid = Grid::of(&numbers.collect::<Vec<_>>(), |_| carries);
        grid.title = Some(about.title.to_owned());
        grid.keys = key.copied().into_iter().collect();
        grid.heads.clone_from(across);
        grid.folded.clone_from(&folded);
        grid.matrix = true;
        grid.square = shown.is_some();
        grid.main = shown.is_none_or(|shown| shown == column);
        let apart = grid.apart();
        all.push(grid);
        all.extend(apart);
    }
    all
}

fn plain(table: &Table) -> Grid<'_> {
    let rows = table.rows.iter().map(|row| {
        let keys = row.keys.iter().map(String::as_str).collect();
        (keys, row.numbers.iter().map(Some).collect())
    });
    Grid {
        keys: table.keys.clone(),
        heads: table.columns.iter().map(|c| c.title).collect(),
        ..Grid::of(&rows.collect::<Vec<_>>(), |column| table.carries(column))
    }
}

/// A row's keys and numbers.
type Given<'a> = (Vec<&'a str>, Vec<Option<&'a Number>>);

impl<'a> Grid<'a> {
    /// Lays out numbers, and says n with as few words as it takes.
    fn of(rows: &[Given<'a>], carries: impl Fn(usize) -> usize) -> Self {
        let ns: Vec<Vec<Option<N>>> = (rows.iter())
            .map(|(_, numbers)| numbers.iter().map(|n| n.and_then(N::of)).collect())
            .collect();
        let columns = ns.iter().map(Vec::len).max().unwrap_or(0);
        let column = |c: usize| ns.iter().filter_map(move |row| *row.get(c)?);
        let every = usual(ns.iter().flatten().flatten().copied());
        let by_column: Vec<Option<N>> = (0..columns).map(|c| usual(column(c))).collect();
        let by_row: Vec<Option<N>> = ns
            .iter()
            .map(|r| usual(r.iter().flatten().copied()))
            .collect();
        let others = |of: &dyn Fn(usize, usize) -> Option<N>| {
            let cells = ns.iter().enumerate();
            let cells = cells.flat_map(|(r, row)| (0..).zip(row).map(move |(c, n)| (r, c, n)));
            cells
                .filter(|(r, c, n)| n.is_some() && **n != of(*r, *c))
                .count()
        };
        let ways: [&dyn Fn(usize, usize) -> Option<N>; 3] =
            [&|_, _| every, &|_, c| by_column[c], &|r, _| by_row[r]];
        let costs = ways.map(others);
        let way = (0..3).min_by_key(|way| costs[*way]).unwrap_or(0);
        let own = |r: usize, c: usize| ns[r][c].filter(|n| ways[way](r, c) != Some(*n));
        let carries: Vec<usize> = (0..columns).map(carries).collect();
        let laid = rows.iter().enumerate().map(|(r, (keys, numbers))| {
            let cell = |(c, number): (usize, Option<&'a Number>)| match number {
                Some(number) => Cell::Number(number, carries[c], own(r, c).map(N::shown)),
                None => Cell::Empty,
            };
            GridRow {
                keys: keys.clone(),
                cells: numbers.iter().copied().enumerate().map(cell).collect(),
                n: by_row[r].filter(|_| way == 2).map(N::shown),
            }
        });
        Grid {
            title: None,
            throughout: every
                .filter(|_| way == 0)
                .map(|n| (n.shown(), costs[0] > 0)),
            keys: Vec::new(),
            heads: Vec::new(),
            n: if way == 1 {
                by_column.iter().map(|n| n.map(N::shown)).collect()
            } else {
                Vec::new()
            },
            rows: laid.collect(),
            folded: Vec::new(),
            matrix: false,
            square: false,
            main: true,
        }
    }

    /// Takes n out of the cells into a grid of its own, where more than a quarter of them say one.
    fn apart(&mut self) -> Option<Self> {
        let mut cells = self.rows.iter_mut().flat_map(|r| &mut r.cells);
        let (mut own, mut all) = (0, 0);
        cells.by_ref().for_each(|cell| {
            all += 1;
            own += usize::from(matches!(cell, Cell::Number(_, _, Some(_))));
        });
        if 4 * own <= all {
            return None;
        }
        self.throughout = None;
        self.n.clear();
        let rows = self.rows.iter_mut().map(|row| {
            row.n = None;
            let cells = row.cells.iter_mut().map(|cell| match cell {
                Cell::Number(number, _, own) => {
                    *own = None;
                    N::of(number).map_or(Cell::Empty, |n| Cell::N(n.shown()))
                }
                Cell::Empty | Cell::N(_) => Cell::Empty,
            });
            GridRow {
                keys: row.keys.clone(),
                cells: cells.collect(),
                n: None,
            }
        });
        Some(Grid {
            rows: rows.collect(),
            title: self.title.as_ref().map(|title| format!("{title}: n")),
            throughout: None,
            keys: self.keys.clone(),
            heads: self.heads.clone(),
            n: Vec::new(),
            folded: Vec::new(),
            ..*self
        })
    }
}

/// How many values a number rests on, and how many are missing.
#[derive(Clone, Copy, PartialEq, Eq)]
struct N(usize, usize);

impl N {
    /// None of what is itself a count, or is written beside one.
    fn of(number: &Number) -> Option<N> {
        number.says_n().then_some(N(number.n, number.missing))
    }

    fn shown(self) -> String {
        match self {
            N(n, 0) => n.to_string(),
            N(n, missing) => format!("{n}/{}", n + missing),
        }
    }
}

/// The n of more than half of the cells.
fn usual(ns: impl Iterator<Item = N>) -> Option<N> {
    let ns: Vec<N> = ns.collect();
    let times = |n: &N| ns.iter().filter(|other| *other == n).count();
    ns.iter().copied().find(|n| 2 * times(n) > ns.len())
}

impl Table {
    /// Whether the rows whose keys are asked for rest on one case at most, by the first column that says an n.
    fn rests_on_one(&self, asked: impl Fn(&[String]) -> bool) -> bool {
        let says = |column: usize| {
            self.rows
                .iter()
                .any(|r| r.numbers.get(column).is_some_and(Number::says_n))
        };
        let Some(column) = (0..self.columns.len()).find(|c| says(*c)) else {
            return false;
        };
        let rows = self.rows.iter().filter(|r| asked(&r.keys));
        let mut numbers = rows.filter_map(|r| r.numbers.get(column));
        numbers.all(|number| number.n <= 1)
    }
}

impl Report {
    /// The parts with their tables, in the tables' order; `all`: those that are folded away, too.
    pub(super) fn shown(&self, all: bool) -> Vec<(Part, Vec<&Table>)> {
        let mut parts: Vec<(Part, Vec<&Table>)> = Vec::new();
        for table in self.tables.iter().filter(|t| all || !self.folds(t)) {
            match parts.last_mut() {
                Some((part, tables)) if *part == table.part => tables.push(table),
                _ => parts.push((table.part, vec![table])),
            }
        }
        parts
    }

    /// How its numbers are to be read, and what is folded away.
    pub(super) fn explained(&self, all: bool) -> Vec<String> {
        const READ: &str = "n=28/30 means that 28 of 30 values are there and 2 are missing. n is said once where it is the same for a table, a row or a column, and in a cell where it differs.";
        const DIGITS: &str = "Decimals follow the n that most numbers of a column have: shares below n=100 are in whole percent; other numbers have one decimal below n=10, two below n=1,000, else three. JSON and TSV have all digits.";

        let mut lines = Vec::new();
        if self.samples > 0 {
            lines.push(self.resampling());
        }
        if self
            .tables
            .iter()
            .flat_map(Table::numbers)
            .any(Number::says_n)
        {
            lines.push(READ.to_owned());
        }
        if self.head.is_some() {
            lines.push(DIGITS.to_owned());
        }
        lines.extend(self.folded().filter(|_| !all));
        lines
    }

    /// Whether a table is folded away: where there are several cases, one whose numbers rest on one each.
    pub(super) fn folds(&self, table: &Table) -> bool {
        self.folding && table.rests_on_one(|_| true)
    }

    /// One line on the tables that are folded away.
    fn folded(&self) -> Option<String> {
        let folded = self.tables.iter().filter(|t| self.folds(t));
        let titles: Vec<&str> = folded.map(|t| t.title).collect();
        (!titles.is_empty()).then(|| {
            format!(
                "Folded away, since each of their numbers is of one case: {}. --all shows them; the JSON and TSV forms hold them.",
                titles.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests;
