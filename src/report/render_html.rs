//! A report to look at and to print: one HTML file that needs nothing else.
//!
//! In: a report. Out: HTML with inline style and SVG; no script, no font, no address is fetched. Light or dark as
//! the reader's system says, black on white on paper. What a picture shows also stands in a table.

use std::fmt::Write as _;

use super::grid::{Cell, Grid, grids};
use super::head::Head;
use super::svg;
use super::table::{Form, Report, Table};
use crate::text::safe;

const STYLE: &str = include_str!("report.css");

/// Writes the report as HTML; `all`: with all tables unfolded.
pub(crate) fn render(report: &Report, all: bool) -> String {
    let name = escape(&report.dataset);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Report: {name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Report: {name}</h1>\n"
    );
    head(&mut out, report, all);
    contents(&mut out, report);
    for (part, tables) in report.shown(true) {
        let _ = writeln!(
            out,
            "<section class=\"part\" id=\"part-{}\">\n<h2>{}</h2>",
            part.id(),
            part.title()
        );
        for table in tables {
            section(&mut out, table, report.folds(table).then_some(all), all);
        }
        out.push_str("</section>\n");
    }
    notices(&mut out, report);
    methods(&mut out, report);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// When, with what and of what it was made, and how it is to be read.
fn head(out: &mut String, report: &Report, all: bool) {
    out.push_str("<dl class=\"head\">\n");
    for (what, is) in report.head.iter().flat_map(Head::lines) {
        let _ = writeln!(out, "<dt>{what}</dt><dd>{}</dd>", escape(&is));
    }
    out.push_str("</dl>\n");
    for line in report.explained(all) {
        let _ = writeln!(out, "<p class=\"caption\">{}</p>", escape(&line));
    }
}

fn contents(out: &mut String, report: &Report) {
    out.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
    for (part, tables) in report.shown(true) {
        let _ = write!(
            out,
            "<li><a href=\"#part-{}\">{}</a><ul>",
            part.id(),
            part.title()
        );
        for table in tables {
            let title = escape(table.title);
            let _ = write!(out, "<li><a href=\"#{}\">{title}</a></li>", table.id);
        }
        out.push_str("</ul></li>\n");
    }
    out.push_str("<li><a href=\"#methods\">Methods</a></li>\n</ul>\n</nav>\n");
}

/// A table with its picture; `folds`: in what opens with a click, which may be open.
fn section(out: &mut String, table: &Table, folds: Option<bool>, all: bool) {
    let title = escape(table.title);
    let _ = writeln!(out, "<section id=\"{}\">\n<h3>{title}</h3>", table.id);
    if let Some(open) = folds {
        let open = if open { " open" } else { "" };
        let _ = writeln!(
            out,
            "<details{open}>\n<summary>Each of its numbers is of one case.</summary>"
        );
    }
    let _ = writeln!(out, "<p class=\"caption\">{}</p>", escape(&table.caption));
    svg::draw(out, table);
    let grids = grids(table, all || folds.is_some());
    for grid in &grids {
        write_grid(out, table, grid);
    }
    if let Some(told) = grids.first().and_then(Grid::told) {
        let _ = writeln!(out, "<p class=\"caption\">{}</p>", escape(&told));
    }
    method_links(out, table);
    if folds.is_some() {
        out.push_str("</details>\n");
    }
    out.push_str("</section>\n");
}

/// Begins a table that scrolls sideways where it must.
fn begin(out: &mut String, label: &str) {
    let _ = writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">\n<table>",
        escape(label)
    );
}

fn write_grid(out: &mut String, table: &Table, grid: &Grid<'_>) {
    let heading = grid.heading();
    begin(
        out,
        &heading.as_ref().map_or_else(
            || table.title.to_owned(),
            |h| format!("{}: {h}", table.title),
        ),
    );
    if let Some(heading) = heading {
        let _ = writeln!(out, "<caption>{}</caption>", escape(&heading));
    }
    out.push_str("<thead><tr>\n");
    for key in &grid.keys {
        let _ = writeln!(out, "<th scope=\"col\">{}</th>", escape(key));
    }
    let by_row = grid.n_by_row();
    let heads = by_row
        .then_some("n")
        .into_iter()
        .chain(grid.heads.iter().copied());
    for head in heads {
        let _ = writeln!(
            out,
            "<th scope=\"col\" class=\"number\">{}</th>",
            escape(head)
        );
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    if !grid.n.is_empty() {
        let span = grid.keys.len();
        let _ = write!(
            out,
            "<tr class=\"n\"><th scope=\"row\" colspan=\"{span}\">n</th>"
        );
        for n in &grid.n {
            let _ = write!(
                out,
                "<td class=\"number\">{}</td>",
                n.as_deref().unwrap_or_default()
            );
        }
        out.push_str("</tr>\n");
    }
    for row in &grid.rows {
        out.push_str("<tr>");
        for key in &row.keys {
            let _ = write!(out, "<th scope=\"row\">{}</th>", escape(key));
        }
        if by_row {
            let n = row.n.as_deref().unwrap_or_default();
            let _ = write!(out, "<td class=\"number\">{n}</td>");
        }
        for of in &row.cells {
            out.push_str(&cell(of, grid.matrix));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// A cell; `tinted` shares have a background as strong as they are high.
fn cell(cell: &Cell<'_>, tinted: bool) -> String {
    let (number, carries, n) = match cell {
        Cell::Empty => return "<td></td>".to_owned(),
        Cell::N(n) => return format!("<td class=\"number\">{n}</td>"),
        Cell::Number(number, carries, n) => (number, *carries, n),
    };
    let (class, tint) = match number.value {
        Some(value) if tinted && number.form == Form::Share => {
            // A light tint leaves the text readable on either background.
            let tint = format!(" style=\"--tint:{:.0}%\"", 45.0 * value.clamp(0.0, 1.0));
            ("number tint", tint)
        }
        _ => ("number", String::new()),
    };
    let n = n.as_ref().map(|n| format!("n={n}"));
    let details = number.shown_interval(carries).into_iter().chain(n);
    let details: Vec<String> = details
        .map(|d| format!(" <small>{}</small>", escape(&d)))
        .collect();
    let shown = escape(&number.shown(carries));
    format!(
        "<td class=\"{class}\"{tint}>{shown}{}</td>",
        details.concat()
    )
}

fn method_links(out: &mut String, table: &Table) {
    out.push_str("<p class=\"methods\">Methods: ");
    for (i, method) in table.methods().iter().enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        let _ = write!(
            out,
            "{comma}<a href=\"#method-{id}\">{id}</a>",
            id = method.id
        );
    }
    out.push_str(".</p>\n");
}

fn notices(out: &mut String, report: &Report) {
    if report.notices.is_empty() {
        return;
    }
    out.push_str("<section id=\"notices\">\n<h2>Notices</h2>\n<ul>\n");
    for notice in &report.notices {
        let _ = writeln!(out, "<li>{}</li>", escape(&notice.to_string()));
    }
    out.push_str("</ul>\n</section>\n");
}

fn methods(out: &mut String, report: &Report) {
    out.push_str("<section id=\"methods\">\n<h2>Methods</h2>\n<dl>\n");
    for method in report.methods() {
        let _ = writeln!(
            out,
            "<dt id=\"method-{id}\">{id}</dt>\n<dd>{} Source: {}. Ties: {}. Missing values: {}.</dd>",
            escape(method.what),
            escape(method.source),
            escape(method.ties),
            escape(method.missing),
            id = method.id
        );
    }
    out.push_str("</dl>\n</section>\n");
}

/// Text that stays text in HTML, attributes included.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in safe(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        assert_eq!(escape("<b a='1'>&"), "&lt;b a=&#39;1&#39;&gt;&amp;");
        assert!(!escape("\u{1b}\u{202e}").contains(['\u{1b}', '\u{202e}']));
    }
}
