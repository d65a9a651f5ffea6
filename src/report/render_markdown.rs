//! A report to read and to paste into a manuscript.
//!
//! In: a report. Out: Markdown with pipe tables. Names cannot break out of their cells.

use std::fmt::Write as _;

use super::table::{Chart, Number, Report, Table};
use crate::text::safe;

/// Writes the report as Markdown.
pub(crate) fn render(report: &Report) -> String {
    let mut out = format!(
        "# Report: {}\n\n{}\n",
        plain(&report.dataset),
        report.resampling()
    );
    for part in report.parts() {
        let _ = write!(out, "\n## {}\n", part.title());
        for table in report.tables.iter().filter(|t| t.part == part) {
            let _ = write!(out, "\n### {}\n\n{}\n\n", table.title, table.caption);
            match table.chart {
                Some(Chart::Matrix { column }) => matrix(&mut out, table, column),
                Some(Chart::Across | Chart::Stacked { .. }) => {
                    for (column, about) in table.columns.iter().enumerate() {
                        let _ = write!(
                            out,
                            "{}{}:\n\n",
                            if column > 0 { "\n" } else { "" },
                            plain(about.title)
                        );
                        matrix(&mut out, table, column);
                    }
                }
                _ => rows(&mut out, table),
            }
            let _ = writeln!(out, "\nMethods: {}.", method_ids(table));
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

fn rows(out: &mut String, table: &Table) {
    line(
        out,
        table
            .keys
            .iter()
            .map(|k| plain(k))
            .chain(table.columns.iter().map(|c| plain(c.title))),
    );
    line(
        out,
        table
            .keys
            .iter()
            .map(|_| "---".to_owned())
            .chain(table.columns.iter().map(|_| "---:".to_owned())),
    );
    for row in &table.rows {
        line(
            out,
            row.keys
                .iter()
                .map(|k| plain(k))
                .chain(row.numbers.iter().map(cell)),
        );
    }
}

fn matrix(out: &mut String, table: &Table, column: usize) {
    let matrix = table.matrix();
    let names = &matrix.across;
    line(
        out,
        std::iter::once(String::new()).chain(names.iter().map(|n| plain(n))),
    );
    line(
        out,
        std::iter::once("---".to_owned()).chain(names.iter().map(|_| "---:".to_owned())),
    );
    for &row in &matrix.down {
        let cells = names.iter().map(|other| {
            matrix
                .cell(row, other, column)
                .map_or_else(String::new, cell)
        });
        line(out, std::iter::once(plain(row)).chain(cells));
    }
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

/// A number with its interval, n and what is missing.
fn cell(number: &Number) -> String {
    let mut text = number.shown();
    if let Some(interval) = number.shown_interval() {
        let _ = write!(text, " ({interval})");
    }
    if number.method.id != "count" {
        let _ = write!(text, " n={}", number.n);
        if number.missing > 0 {
            let _ = write!(text, ", {} missing", number.missing);
        }
    }
    text
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
