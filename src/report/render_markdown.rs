//! A report to read and to paste into a manuscript.
//!
//! In: a report. Out: Markdown with pipe tables. Names cannot break out of their cells.

use std::fmt::Write as _;

use super::grid::{Cell, Grid, grids};
use super::head::Head;
use super::table::{Report, Table};
use crate::text::safe;

/// Writes the report as Markdown; `all`: what rests on one case, too.
pub(crate) fn render(report: &Report, all: bool) -> String {
    let mut out = format!("# Report: {}\n\n", plain(&report.dataset));
    for (what, is) in report.head.iter().flat_map(Head::lines) {
        let _ = writeln!(out, "- {what}: {}", plain(&is));
    }
    for line in report.explained(all) {
        let _ = write!(out, "\n{line}\n");
    }
    for (part, tables) in report.shown(all) {
        let _ = write!(out, "\n## {}\n", part.title());
        for table in tables {
            let _ = write!(out, "\n### {}\n\n{}\n\n", table.title, table.caption);
            let grids = grids(table, all);
            for grid in grids.iter().filter(|g| g.main) {
                write_grid(&mut out, grid);
            }
            if let Some(told) = grids.first().and_then(Grid::told) {
                let _ = write!(out, "{}\n\n", plain(&told));
            }
            let _ = writeln!(out, "Methods: {}.", method_ids(table));
        }
    }
    if !report.notices.is_empty() {
        out.push_str("\n## Notices\n\n");
        for notice in &report.notices {
            let _ = writeln!(out, "- {}", plain(&notice.to_string()));
        }
    }
    out.push_str("\n## Methods\n\n");
    for method in report.methods() {
        let _ = writeln!(
            out,
            "- `{}`: {} Source: {}. Ties: {}. Missing values: {}.",
            method.id, method.what, method.source, method.ties, method.missing
        );
    }
    out
}

/// A pipe table, below what is to be said of it.
fn write_grid(out: &mut String, grid: &Grid<'_>) {
    if let Some(heading) = grid.heading() {
        let _ = write!(out, "{}\n\n", plain(&heading));
    }
    let by_row = grid.n_by_row();
    let keys = || grid.keys.iter().map(|k| plain(k));
    let n = |n: &Option<String>| by_row.then(|| n.clone().unwrap_or_default());
    let heads = grid.heads.iter().map(|h| plain(h));
    line(out, keys().chain(n(&Some("n".to_owned()))).chain(heads));
    let rules = keys().map(|_| "---".to_owned());
    let numbers = (0..grid.heads.len() + usize::from(by_row)).map(|_| "---:".to_owned());
    line(out, rules.chain(numbers));
    if !grid.n.is_empty() {
        let keys = (0..grid.keys.len()).map(|i| if i == 0 { "n" } else { "" }.to_owned());
        let ns = grid.n.iter().map(|n| n.clone().unwrap_or_default());
        line(out, keys.chain(ns));
    }
    for row in &grid.rows {
        let keys = row.keys.iter().map(|k| plain(k));
        line(out, keys.chain(n(&row.n)).chain(row.cells.iter().map(cell)));
    }
    out.push('\n');
}

/// The methods of a table's columns.
fn method_ids(table: &Table) -> String {
    let ids: Vec<String> = table
        .methods()
        .iter()
        .map(|m| format!("`{}`", m.id))
        .collect();
    ids.join(", ")
}

/// A number with its interval, and n where it says it.
fn cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::N(n) => n.clone(),
        Cell::Number(number, carries, n) => {
            let interval = number.shown_interval(*carries);
            let interval = interval.map_or_else(String::new, |i| format!(" ({i})"));
            let n = n.as_ref().map_or_else(String::new, |n| format!(" n={n}"));
            // A p below a bound begins with a sign that HTML reads.
            format!(
                "{}{interval}{n}",
                number.shown(*carries).replace('<', "&lt;")
            )
        }
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for cell in cells {
        let _ = write!(out, "| {cell} ");
    }
    out.push_str("|\n");
}

/// Text that stays text in Markdown, in HTML made of it, and in a terminal.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in safe(text).chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_cells() {
        assert_eq!(plain("a|b<i>_x_"), "a\\|b&lt;i>\\_x\\_");
        assert!(!plain("a\n\u{1b}[2J\u{202e}").contains(['\n', '\u{1b}', '\u{202e}']));
    }
}
