//! A report for the terminal: tables and charts as lines of text.
//!
//! In: a report and how wide a line may be. Out: lines, each with what it is, for `--format text` and for the reviewer's
//! screen. Tables that are too wide go on below, their first columns again. Control characters of names do not get out.

use super::grid::{Cell, Grid, grids};
use super::head::Head;
use super::scatter::Scatter;
use super::table::{Chart, Number, Report, Table};
use crate::text::{self, Layout, safe};

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// The title of the report or of a part.
    Part,
    /// The title of a table.
    Title,
    /// The head of columns.
    Head,
    /// A row of a table or a chart.
    Text,
    /// What explains.
    Dim,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextLine {
    /// What it is.
    pub tone: Tone,
    /// Its text, safe for a terminal.
    pub text: String,
    /// In a title, whether it is that of a table that rests on one case.
    pub slight: bool,
}

/// How lines may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns of a line, at least 30.
    pub width: usize,
    /// Whether only ASCII may be used.
    pub ascii: bool,
    /// Whether what rests on one case is written, too.
    pub all: bool,
}

/// Between two columns.
const GAP: usize = 2;

/// Writes the report as text.
pub(crate) fn render(report: &Report, look: Look) -> String {
    let mut out = String::new();
    for line in lines(report, look) {
        out.push_str(line.text.trim_end());
        out.push('\n');
    }
    out
}

pub(crate) fn lines(report: &Report, look: Look) -> Vec<TextLine> {
    let mut page = Page {
        look: Look {
            width: look.width.max(30),
            ..look
        },
        lines: Vec::new(),
    };
    page.put(Tone::Part, &format!("Report: {}", report.dataset));
    for (what, is) in report.head.iter().flat_map(Head::lines) {
        page.wrapped(&format!("{what}: {is}"));
    }
    for line in report.explained(look.all) {
        page.wrapped(&line);
    }
    for (part, tables) in report.shown(look.all) {
        page.gap();
        page.put(Tone::Part, part.title());
        for table in tables {
            page.table(table, report.folds(table), look.all);
        }
    }
    if !report.notices.is_empty() {
        page.gap();
        page.put(Tone::Part, "Notices");
        for notice in &report.notices {
            page.wrapped(&notice.to_string());
        }
    }
    page.gap();
    page.put(Tone::Part, "Methods");
    for method in report.methods() {
        page.wrapped(&format!(
            "{}: {} Source: {}. Ties: {}. Missing values: {}.",
            method.id, method.what, method.source, method.ties, method.missing
        ));
    }
    page.lines
}

/// Lines being written.
struct Page {
    look: Look,
    lines: Vec<TextLine>,
}

impl Page {
    fn put(&mut self, tone: Tone, text: &str) {
        let mut text = safe(text).into_owned();
        if self.look.ascii {
            text = text
                .replace(['–', '—'], "-")
                .replace('…', "~")
                .replace('±', "+-");
        }
        self.lines.push(TextLine {
            tone,
            text,
            slight: false,
        });
    }

    fn gap(&mut self) {
        self.put(Tone::Text, "");
    }

    fn wrapped(&mut self, text: &str) {
        let text = safe(text).into_owned();
        for row in text::wrap(&text, self.look.width, Layout::Lines) {
            self.put(Tone::Dim, &text[row.start as usize..row.end as usize]);
        }
    }

    fn table(&mut self, table: &Table, slight: bool, all: bool) {
        self.gap();
        self.put(Tone::Title, table.title);
        if let Some(title) = self.lines.last_mut() {
            title.slight = slight;
        }
        self.wrapped(&table.caption);
        match table.chart {
            Some(Chart::Bars { column, top }) => self.bars(table, column, (0.0, top)),
            Some(Chart::Points { column }) => self.bars(table, column, extent(table, column)),
            Some(Chart::Stacked { column }) => self.stacked(table, column),
            Some(Chart::Scatter { x, y, diagonal }) => {
                self.scatter(&Scatter::of(table, x, y, diagonal));
            }
            Some(Chart::Across | Chart::Matrix { .. }) | None => {}
        }
        let grids = grids(table, all || slight);
        let mut numbered = false;
        for grid in grids.iter().filter(|g| g.main) {
            let long = grid.matrix && grid.heads.iter().any(|n| text::width(n) > 12);
            if long && !grid.square && !numbered {
                let heads = grid.heads.iter().enumerate();
                let legend: Vec<String> = heads.map(|(i, n)| format!("{} {n}", i + 1)).collect();
                self.wrapped(&format!("Across: {}", legend.join(", ")));
                numbered = true;
            }
            self.laid_out(grid, long);
        }
        if let Some(told) = grids.first().and_then(Grid::told) {
            self.wrapped(&told);
        }
    }

    /// A grid; `long`: with its heads numbered, since they are long.
    fn laid_out(&mut self, grid: &Grid<'_>, long: bool) {
        if let Some(heading) = grid.heading() {
            self.put(Tone::Head, &heading);
        }
        let by_row = grid.n_by_row();
        let keys = grid.keys.iter().map(|k| (*k).to_owned());
        let heads = (1..).zip(&grid.heads).map(|(i, head): (usize, _)| {
            if long {
                i.to_string()
            } else {
                (*head).to_owned()
            }
        });
        let head = keys.chain(by_row.then(|| "n".to_owned())).chain(heads);
        let number = |name: &str| {
            let place = grid
                .heads
                .iter()
                .position(|n| long && grid.square && *n == name);
            place.map_or_else(|| name.to_owned(), |i| format!("{} {name}", i + 1))
        };
        let mut rows = Vec::new();
        if !grid.n.is_empty() {
            let keys = (0..grid.keys.len()).map(|i| if i == 0 { "n" } else { "" }.to_owned());
            let ns = grid.n.iter().map(|n| n.clone().unwrap_or_default());
            rows.push(keys.chain(ns).collect());
        }
        rows.extend(grid.rows.iter().map(|row| {
            let keys = row.keys.iter().map(|k| number(k));
            let n = by_row.then(|| row.n.clone().unwrap_or_default());
            let cells = row.cells.iter().map(|c| cell(c, !grid.matrix));
            keys.chain(n).chain(cells).collect()
        }));
        self.grid(head.collect(), rows, grid.keys.len(), usize::from(by_row));
    }

    /// Writes a grid whose first `keys` columns are texts, in as many blocks as it takes, these columns and `beside` more again in each.
    fn grid(&mut self, head: Vec<String>, rows: Vec<Vec<String>>, keys: usize, beside: usize) {
        let width = self.look.width;
        let most = (width / 2 / keys.max(1)).max(8);
        let keys = keys + beside;
        let columns = head.len();
        let mut all: Vec<Vec<String>> = std::iter::once(head)
            .chain(rows)
            .map(|row| {
                let cells = row.into_iter().enumerate();
                cells
                    .map(|(i, c)| text::clip(&safe(&c), if i < keys { most } else { width }))
                    .collect()
            })
            .collect();
        let mut widths: Vec<usize> = (0..columns)
            .map(|i| {
                all.iter()
                    .map(|r| r.get(i).map_or(0, |c| text::width(c)))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let keys_width: usize = widths[..keys].iter().map(|w| w + GAP).sum();
        // A cell that is wider than what the keys leave is cut off.
        let room = width.saturating_sub(keys_width).max(1);
        for (column, wide) in widths.iter_mut().enumerate().skip(keys) {
            for row in &mut all {
                if let Some(cell) = row.get_mut(column).filter(|c| text::width(c) > room) {
                    *cell = text::clip(cell, room);
                }
            }
            *wide = room.min(*wide);
        }
        let mut from = keys;
        while from < columns {
            let mut to = from + 1;
            let mut used = keys_width + widths[from];
            while to < columns && used + GAP + widths[to] <= width {
                used += GAP + widths[to];
                to += 1;
            }
            for (i, row) in all.iter().enumerate() {
                let mut line = String::new();
                for (cell, width) in row.iter().zip(&widths).take(keys) {
                    line.push_str(cell);
                    line.push_str(&" ".repeat(width + GAP - text::width(cell)));
                }
                for (column, width) in widths.iter().enumerate().take(to).skip(from) {
                    let cell = row.get(column).map_or("", String::as_str);
                    let gap = if column > from { GAP } else { 0 };
                    line.push_str(&" ".repeat(width - text::width(cell) + gap));
                    line.push_str(cell);
                }
                self.put(if i == 0 { Tone::Head } else { Tone::Text }, &line);
            }
            from = to;
            if from < columns {
                self.gap();
            }
        }
    }

    /// A bar for each row, with its interval drawn into it.
    fn bars(&mut self, table: &Table, column: usize, (start, top): (f64, f64)) {
        let labels: Vec<String> = table
            .rows
            .iter()
            .map(|r| text::clip(&safe(&r.keys.join(": ")), self.look.width / 3))
            .collect();
        let names = labels.iter().map(|l| text::width(l)).max().unwrap_or(0);
        let carries = table.carries(column);
        let shown = |n: &Number| n.shown(carries);
        let values = table
            .rows
            .iter()
            .filter_map(|r| r.numbers.get(column))
            .map(|n| text::width(&shown(n)))
            .max()
            .unwrap_or(0);
        let Some(room) = self
            .look
            .width
            .checked_sub(names + values + 2 * GAP)
            .filter(|room| *room >= 8)
        else {
            return;
        };
        let room = room.min(60);
        for (row, label) in table.rows.iter().zip(&labels) {
            let Some(number) = row.numbers.get(column) else {
                continue;
            };
            let bar = self.bar(number, room, (start, top));
            let line = format!(
                "{label}{}{bar}{}{}",
                " ".repeat(names - text::width(label) + GAP),
                " ".repeat(GAP + values - text::width(&shown(number))),
                shown(number)
            );
            self.put(Tone::Text, &line);
        }
        self.gap();
    }

    fn bar(&self, number: &Number, room: usize, (start, top): (f64, f64)) -> String {
        let [full, over, under, empty] = if self.look.ascii {
            ['#', '=', '-', '.']
        } else {
            ['█', '━', '─', '·']
        };
        let at = |i: usize| start + (top - start) * (i as f64 + 0.5) / room as f64;
        (0..room)
            .map(|i| {
                let x = at(i);
                let reached = number.value.is_some_and(|v| x <= v);
                let within = number.interval.is_some_and(|r| r.low <= x && x <= r.high);
                match (within, reached) {
                    (true, true) => over,
                    (true, false) => under,
                    (false, true) => full,
                    (false, false) => empty,
                }
            })
            .collect()
    }

    /// Panels of points, as many beside each other as there is room for.
    fn scatter(&mut self, scatter: &Scatter) {
        const WIDE: usize = 34;
        let beside = (self.look.width / (WIDE + GAP)).clamp(1, 3);
        let signs = if self.look.ascii {
            ['o', '.', '|', '-', '+']
        } else {
            ['●', '·', '│', '─', '└']
        };
        for panels in scatter.panels.chunks(beside) {
            let drawn: Vec<Vec<String>> = panels
                .iter()
                .map(|p| p.lines(scatter.diagonal, WIDE, signs))
                .collect();
            for i in 0..drawn.iter().map(Vec::len).max().unwrap_or(0) {
                let mut line = String::new();
                for panel in &drawn {
                    let text = panel.get(i).map_or("", String::as_str);
                    line.push_str(text);
                    line.push_str(&" ".repeat((WIDE + GAP).saturating_sub(text::width(text))));
                }
                self.put(Tone::Text, line.trim_end());
            }
            self.gap();
        }
    }

    /// A model's shares laid end to end, each part written with the last sign of its level.
    fn stacked(&mut self, table: &Table, column: usize) {
        let matrix = table.matrix();
        let names = &matrix.across;
        let clipped: Vec<String> = names
            .iter()
            .map(|n| text::clip(&safe(n), self.look.width / 3))
            .collect();
        let width = clipped.iter().map(|n| text::width(n)).max().unwrap_or(0);
        let Some(room) = self
            .look
            .width
            .checked_sub(width + GAP)
            .filter(|room| *room >= 8)
        else {
            return;
        };
        let room = room.min(60);
        for (name, label) in names.iter().zip(&clipped) {
            let mut line = format!("{label}{}", " ".repeat(width - text::width(label) + GAP));
            let (mut sum, mut drawn) = (0.0, 0);
            for &level in &matrix.down {
                let share = matrix.cell(level, name, column).and_then(|n| n.value);
                sum += share.unwrap_or(0.0);
                let end = (sum * room as f64).round() as usize;
                let sign = level.chars().last().unwrap_or(' ');
                line.extend(std::iter::repeat_n(sign, end.saturating_sub(drawn)));
                drawn = end.max(drawn);
            }
            self.put(Tone::Text, &line);
        }
        self.gap();
    }
}

/// A cell, with its interval where that is wanted.
fn cell(cell: &Cell<'_>, intervals: bool) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::N(n) => n.clone(),
        Cell::Number(number, carries, n) => {
            let interval = number.shown_interval(*carries).filter(|_| intervals);
            let interval = interval.map_or_else(String::new, |i| format!(" ({i})"));
            let n = n.as_ref().map_or_else(String::new, |n| format!(" n={n}"));
            format!("{}{interval}{n}", number.shown(*carries))
        }
    }
}

/// From the lowest value or 0 to the highest or 1.
fn extent(table: &Table, column: usize) -> (f64, f64) {
    let numbers = table.rows.iter().filter_map(|r| r.numbers.get(column));
    let values = numbers.filter_map(|n| n.value);
    values.fold((0.0, 1.0), |(low, high), v| (v.min(low), v.max(high)))
}

#[cfg(test)]
mod tests;
