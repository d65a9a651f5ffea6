//! A report to look at and to print: one HTML file that needs nothing else.
//!
//! In: a report. Out: HTML with inline style and SVG; no script, no font, no address is fetched. Light or dark as
//! the reader's system says, black on white on paper. What a picture shows also stands in a table.

use std::fmt::Write as _;

use super::svg;
use super::table::{Chart, Form, Number, Report, Table};
use crate::text::safe;

const STYLE: &str = include_str!("report.css");

/// Writes the report as HTML.
pub(crate) fn render(report: &Report) -> String {
    let name = escape(&report.dataset);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Report: {name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Report: {name}</h1>\n<p class=\"caption\">{} Within a row n is said where it changes.</p>\n",
        report.resampling()
    );
    contents(&mut out, report);
    for part in report.parts() {
        let _ = writeln!(
            out,
            "<section class=\"part\" id=\"part-{}\">\n<h2>{}</h2>",
            part.id(),
            part.title()
        );
        for table in report.tables.iter().filter(|t| t.part == part) {
            section(&mut out, table);
        }
        out.push_str("</section>\n");
    }
    notices(&mut out, report);
    methods(&mut out, report);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn contents(out: &mut String, report: &Report) {
    out.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
    for part in report.parts() {
        let _ = write!(
            out,
            "<li><a href=\"#part-{}\">{}</a><ul>",
            part.id(),
            part.title()
        );
        for table in report.tables.iter().filter(|t| t.part == part) {
            let title = escape(table.title);
            let _ = write!(out, "<li><a href=\"#{}\">{title}</a></li>", table.id);
        }
        out.push_str("</ul></li>\n");
    }
    out.push_str("<li><a href=\"#methods\">Methods</a></li>\n</ul>\n</nav>\n");
}

fn section(out: &mut String, table: &Table) {
    let _ = writeln!(
        out,
        "<section id=\"{}\">\n<h3>{}</h3>\n<p class=\"caption\">{}</p>",
        table.id,
        escape(table.title),
        escape(&table.caption)
    );
    svg::draw(out, table);
    match table.chart {
        Some(Chart::Across | Chart::Stacked { .. }) => {
            for column in 0..table.columns.len() {
                across(out, table, column);
            }
        }
        _ => rows(out, table),
    }
    method_links(out, table);
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

fn rows(out: &mut String, table: &Table) {
    begin(out, table.title);
    out.push_str("<thead><tr>\n");
    for key in &table.keys {
        let _ = writeln!(out, "<th scope=\"col\">{}</th>", escape(key));
    }
    for column in &table.columns {
        let title = escape(column.title);
        let _ = writeln!(out, "<th scope=\"col\" class=\"number\">{title}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for key in &row.keys {
            let _ = write!(out, "<th scope=\"row\">{}</th>", escape(key));
        }
        let mut before = None;
        for number in &row.numbers {
            let n = (number.n, number.missing);
            out.push_str(&cell(number, before != Some(n), false));
            before = Some(n);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// One column's numbers, with the models across.
fn across(out: &mut String, table: &Table, column: usize) {
    let title = table.columns.get(column).map_or("", |c| c.title);
    begin(out, &format!("{}: {title}", table.title));
    let _ = writeln!(
        out,
        "<caption>{}</caption>\n<thead><tr>\n<th scope=\"col\">{}</th>",
        escape(title),
        escape(table.keys.first().copied().unwrap_or_default())
    );
    let matrix = table.matrix();
    let names = &matrix.across;
    for name in names {
        let _ = writeln!(
            out,
            "<th scope=\"col\" class=\"number\">{}</th>",
            escape(name)
        );
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for &row in &matrix.down {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(row));
        for name in names {
            match matrix.cell(row, name, column) {
                Some(number) => out.push_str(&cell(number, true, true)),
                None => out.push_str("<td></td>"),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// A number's cell, with its n where it is said; `tinted` shares have a background as strong as they are high.
fn cell(number: &Number, with_n: bool, tinted: bool) -> String {
    let tint = match number.value {
        Some(value) if tinted && number.form == Form::Share => {
            // A light tint leaves the text readable on either background.
            format!(" style=\"--tint:{:.0}%\"", 45.0 * value.clamp(0.0, 1.0))
        }
        _ => String::new(),
    };
    let class = if tint.is_empty() {
        "number"
    } else {
        "number tint"
    };
    let shown = escape(&number.shown());
    if number.method.id == "count" {
        return format!("<td class=\"{class}\"{tint}>{shown}</td>");
    }
    let mut details: Vec<String> = number.shown_interval().into_iter().collect();
    if with_n && number.missing > 0 {
        details.push(format!("n={}, {} missing", number.n, number.missing));
    } else if with_n {
        details.push(format!("n={}", number.n));
    }
    let details: Vec<String> = details
        .iter()
        .map(|d| format!(" <small>{}</small>", escape(d)))
        .collect();
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
