//! A report to look at and to print: one HTML file that needs nothing else.
//!
//! In: a report. Out: HTML with inline style and SVG; no script, no font, no address is fetched. Light or dark as
//! the reader's system says, black on white on paper. What a picture shows also stands in a table.

use std::fmt::Write as _;

use super::table::{Chart, Number, Report, Table};
use crate::text::safe;

const STYLE: &str = include_str!("report.css");

/// Writes the report as HTML.
pub fn render(report: &Report) -> String {
    let name = escape(&report.dataset);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Report: {name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Report: {name}</h1>\n<p>{}</p>\n",
        report.resampling()
    );
    out.push_str("<nav aria-label=\"Tables\">\n<ul>\n");
    for table in &report.tables {
        let _ = writeln!(
            out,
            "<li><a href=\"#{}\">{}</a></li>",
            table.id,
            escape(table.title)
        );
    }
    out.push_str("</ul>\n</nav>\n");
    for table in &report.tables {
        let _ = writeln!(
            out,
            "<section id=\"{}\">\n<h2>{}</h2>",
            table.id,
            escape(table.title)
        );
        match table.chart {
            Some(Chart::Bars { column, top }) => bars(&mut out, table, column, top),
            Some(Chart::Matrix { column }) => heat_map(&mut out, table, column),
            None => {}
        }
        rows(&mut out, table);
        out.push_str("</section>\n");
    }
    notices(&mut out, report);
    methods(&mut out, report);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn rows(out: &mut String, table: &Table) {
    let _ = writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-label=\"{}\" tabindex=\"0\">\n<table>\n<caption>{}</caption>\n<thead><tr>",
        escape(table.title),
        escape(&table.caption)
    );
    for key in &table.keys {
        let _ = writeln!(out, "<th scope=\"col\">{}</th>", escape(key));
    }
    for column in &table.columns {
        let _ = writeln!(
            out,
            "<th scope=\"col\" class=\"number\">{}</th>",
            escape(column.title)
        );
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for key in &row.keys {
            let _ = write!(out, "<th scope=\"row\">{}</th>", escape(key));
        }
        for number in &row.numbers {
            out.push_str(&cell(number));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn cell(number: &Number) -> String {
    if number.method.id == "count" {
        return format!("<td class=\"number\">{}</td>", escape(&number.shown()));
    }
    let mut details = number
        .shown_interval()
        .map_or_else(String::new, |i| format!("({i}) "));
    let _ = write!(details, "n={}", number.n);
    if number.missing > 0 {
        let _ = write!(details, ", {} missing", number.missing);
    }
    format!(
        "<td class=\"number\">{} <small>{} <a href=\"#method-{id}\">{id}</a></small></td>",
        escape(&number.shown()),
        escape(&details),
        id = number.method.id
    )
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

/// Width of the names, of the full bar, and of the values beside it, in SVG units of about a pixel.
const NAMES: f64 = 250.0;
const FULL: f64 = 360.0;
const VALUES: f64 = 190.0;
const BAR: f64 = 28.0;

/// Begins a picture with its name and its description for those who do not see it.
fn begin_svg(out: &mut String, table: &Table, what: &str, width: f64, height: f64) {
    let _ = writeln!(
        out,
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{} {what} \
         The table below has all values.</desc>",
        escape(table.title),
        escape(&table.caption),
        id = table.id
    );
}

fn bars(out: &mut String, table: &Table, column: usize, top: f64) {
    let height = BAR * table.rows.len() as f64 + 24.0;
    let title = table.columns.get(column).map_or("", |c| c.title);
    let what = format!(
        "Bars show: {}; thin lines show 95% intervals.",
        escape(title)
    );
    begin_svg(out, table, &what, NAMES + FULL + VALUES, height);
    let place = |value: f64| NAMES + (value / top).clamp(0.0, 1.0) * FULL;
    let bottom = BAR * table.rows.len() as f64;
    for tick in 0..=4 {
        let value = top * f64::from(tick) / 4.0;
        let x = place(value);
        let label = table
            .rows
            .first()
            .and_then(|r| r.numbers.get(column))
            .map_or_else(String::new, |n| n.form.show(value));
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"0\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\
             <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 16.0,
            escape(&label)
        );
    }
    for (i, row) in table.rows.iter().enumerate() {
        let Some(number) = row.numbers.get(column) else {
            continue;
        };
        let (y, middle) = (BAR * i as f64, BAR * (i as f64 + 0.5));
        let name = row.keys.last().map_or("", String::as_str);
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            NAMES - 8.0,
            middle + 5.0,
            escape(&shortened(name, 34))
        );
        if let Some(value) = number.value {
            let _ = writeln!(
                out,
                "<rect class=\"bar\" x=\"{NAMES}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                y + 5.0,
                place(value) - NAMES,
                BAR - 10.0
            );
        }
        if let Some(interval) = number.interval {
            let (low, high) = (place(interval.low), place(interval.high));
            let (above, below) = (middle - 5.0, middle + 5.0);
            let _ = writeln!(
                out,
                "<path class=\"interval\" d=\"M{low:.1} {middle}H{high:.1}M{low:.1} {above}V{below}M{high:.1} {above}V{below}\"/>"
            );
        }
        let interval = number
            .shown_interval()
            .map_or_else(String::new, |i| format!(" ({i})"));
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            NAMES + FULL + 10.0,
            middle + 5.0,
            escape(&format!("{}{interval}", number.shown()))
        );
    }
    out.push_str("</svg>\n");
}

fn heat_map(out: &mut String, table: &Table, column: usize) {
    const CELL: f64 = 62.0;
    let names = table.matrix_names();
    let side = CELL * names.len() as f64;
    begin_svg(
        out,
        table,
        "Rows beat columns; columns are numbered like rows; the stronger the colour, the higher the share.",
        NAMES + side + 8.0,
        side + 28.0,
    );
    for (i, row) in names.iter().enumerate() {
        let middle = 24.0 + CELL * (i as f64 + 0.5) + 5.0;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{middle:.1}\" text-anchor=\"end\">{}</text>\
             <text x=\"{:.1}\" y=\"16\" text-anchor=\"middle\">{}</text>",
            NAMES - 8.0,
            escape(&format!("{} {}", shortened(row, 30), i + 1)),
            NAMES + CELL * (i as f64 + 0.5),
            i + 1
        );
        for (j, other) in names.iter().enumerate() {
            let (x, y) = (NAMES + CELL * j as f64, 24.0 + CELL * i as f64);
            let number = table.matrix_cell(row, other, column);
            let value = number.and_then(|n| n.value);
            // A light tint leaves the text readable on either background.
            let opacity = value.map_or(0.0, |v| 0.06 + 0.5 * v);
            let _ = writeln!(
                out,
                "<rect class=\"heat\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL}\" height=\"{CELL}\" fill-opacity=\"{opacity:.3}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                x + CELL / 2.0,
                y + CELL / 2.0 + 5.0,
                value.map_or_else(
                    || if i == j {
                        String::new()
                    } else {
                        "–".to_owned()
                    },
                    |v| format!("{v:.2}")
                )
            );
        }
    }
    out.push_str("</svg>\n");
}

/// A name that fits beside its bar.
fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most - 1).chain(['…']).collect()
}

/// Text that stays text in HTML, attributes included.
fn escape(text: &str) -> String {
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
        assert_eq!(shortened("abcdef", 4), "abc…");
    }
}
