//! Pictures of a report's tables, as SVG within its HTML.
//!
//! In: a table that has a chart. Out: bars, points, heat maps and stacked bars, each with a title and a description for
//! those who do not see it. Colours come from the page's style, so that they follow light, dark and print.

use std::fmt::Write as _;

use super::render_html::escape;
use super::scatter::Scatter;
use super::table::{Chart, Table};

/// Draws a table's picture, if it has one.
pub(super) fn draw(out: &mut String, table: &Table) {
    match table.chart {
        Some(Chart::Bars { column, top }) => bars(out, table, column, (0.0, top), true),
        Some(Chart::Points { column }) => bars(out, table, column, extent(table, column), false),
        Some(Chart::Matrix { column }) => heat_map(out, table, column),
        Some(Chart::Stacked { column }) => stacked(out, table, column),
        Some(Chart::Scatter { x, y, diagonal }) => {
            scatter(out, table, &Scatter::of(table, x, y, diagonal));
        }
        Some(Chart::Across) | None => {}
    }
}

/// Panels of points, three in a row.
fn scatter(out: &mut String, table: &Table, scatter: &Scatter) {
    const PANEL: f64 = 270.0;
    const SIDE: f64 = 200.0;
    let rows = scatter.panels.len().div_ceil(3) as f64;
    let across = scatter.panels.len().min(3) as f64;
    let what = format!(
        "Each point is a row of the table: {} across, {} upwards.",
        escape(scatter.titles[0]),
        escape(scatter.titles[1])
    );
    begin_svg(out, table, &what, PANEL * across, PANEL * rows);
    for (i, panel) in scatter.panels.iter().enumerate() {
        let (left, top) = (PANEL * (i % 3) as f64 + 44.0, PANEL * (i / 3) as f64 + 24.0);
        let bottom = top + SIDE;
        let _ = writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{:.1}\">{}</text>\
             <path class=\"grid\" fill=\"none\" d=\"M{left:.1} {top:.1}V{bottom:.1}H{:.1}\"/>",
            top - 8.0,
            escape(&shortened(&panel.name, 30)),
            left + SIDE
        );
        for (share, label) in [(0.0, &panel.labels[0].0), (1.0, &panel.labels[0].1)] {
            let anchor = if share > 0.0 { "end" } else { "start" };
            let _ = writeln!(
                out,
                "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                left + share * SIDE,
                bottom + 15.0,
                escape(label)
            );
        }
        for (share, label) in [(0.0, &panel.labels[1].0), (1.0, &panel.labels[1].1)] {
            let _ = writeln!(
                out,
                "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 6.0,
                bottom - share * SIDE + 4.0,
                escape(label)
            );
        }
        if scatter.diagonal {
            let _ = writeln!(
                out,
                "<path class=\"zero\" d=\"M{left:.1} {bottom:.1}L{:.1} {top:.1}\"/>",
                left + SIDE
            );
        }
        for point in &panel.points {
            let (x, y) = (left + point.x * SIDE, bottom - point.y * SIDE);
            let _ = writeln!(
                out,
                "<circle class=\"bar\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>{}</title></circle>",
                escape(&point.name)
            );
        }
    }
    out.push_str("</svg>\n");
}

/// The range of an axis around 0 that holds all values and intervals, in steps of a fifth.
fn extent(table: &Table, column: usize) -> (f64, f64) {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for number in table.rows.iter().filter_map(|r| r.numbers.get(column)) {
        let interval = number.interval.map(|i| [i.low, i.high]);
        for value in interval.into_iter().flatten().chain(number.value) {
            low = low.min(value);
            high = high.max(value);
        }
    }
    ((low * 5.0).floor() / 5.0, (high * 5.0).ceil() / 5.0)
}

/// Width of the names, of the full bar, and of the values beside it, in SVG units of about a pixel.
const NAMES: f64 = 300.0;
const FULL: f64 = 360.0;
const VALUES: f64 = 190.0;
const BAR: f64 = 28.0;
/// What stacked bars take of the values' width; the rest is for the last label.
const WIDE: f64 = VALUES - 20.0;

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

/// Bars from 0, or points, with their intervals, one a row.
fn bars(out: &mut String, table: &Table, column: usize, (start, top): (f64, f64), filled: bool) {
    let carries = table.carries(column);
    let height = BAR * table.rows.len() as f64 + 24.0;
    let title = table.columns.get(column).map_or("", |c| c.title);
    let what = format!(
        "{} show: {}; thin lines show 95% intervals.",
        if filled { "Bars" } else { "Points" },
        escape(title)
    );
    begin_svg(out, table, &what, NAMES + FULL + VALUES, height);
    let place = |value: f64| NAMES + ((value - start) / (top - start)).clamp(0.0, 1.0) * FULL;
    let bottom = BAR * table.rows.len() as f64;
    for tick in 0..=4 {
        let value = start + (top - start) * f64::from(tick) / 4.0;
        let x = place(value);
        let label = table
            .rows
            .first()
            .and_then(|r| r.numbers.get(column))
            .map_or_else(String::new, |n| n.form.tick(value));
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{x:.1}\" y1=\"0\" x2=\"{x:.1}\" y2=\"{bottom}\"/>\
             <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 16.0,
            escape(&label)
        );
    }
    if start < 0.0 {
        let x = place(0.0);
        let _ = writeln!(
            out,
            "<line class=\"zero\" x1=\"{x:.1}\" y1=\"0\" x2=\"{x:.1}\" y2=\"{bottom}\"/>"
        );
    }
    for (i, row) in table.rows.iter().enumerate() {
        let Some(number) = row.numbers.get(column) else {
            continue;
        };
        let (y, middle) = (BAR * i as f64, BAR * (i as f64 + 0.5));
        let name = row.keys.join(": ");
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            NAMES - 8.0,
            middle + 5.0,
            escape(&shortened(&name, 44))
        );
        if let Some(value) = number.value.filter(|_| filled) {
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
        if let Some(value) = number.value.filter(|_| !filled) {
            let x = place(value);
            let _ = writeln!(
                out,
                "<circle class=\"bar\" cx=\"{x:.1}\" cy=\"{middle:.1}\" r=\"5\"/>"
            );
        }
        let interval = number
            .shown_interval(carries)
            .map_or_else(String::new, |i| format!(" ({i})"));
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            NAMES + FULL + 10.0,
            middle + 5.0,
            escape(&format!("{}{interval}", number.shown(carries)))
        );
    }
    out.push_str("</svg>\n");
}

fn heat_map(out: &mut String, table: &Table, column: usize) {
    const CELL: f64 = 62.0;
    let matrix = table.matrix();
    let carries = table.carries(column);
    let names = &matrix.down;
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
            let number = matrix.cell(row, other, column);
            let value = number.and_then(|n| n.value);
            // A light tint leaves the text readable on either background.
            let opacity = value.map_or(0.0, |v| 0.06 + 0.5 * v.clamp(0.0, 1.0));
            let _ = writeln!(
                out,
                "<rect class=\"heat\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{CELL}\" height=\"{CELL}\" fill-opacity=\"{opacity:.3}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                x + CELL / 2.0,
                y + CELL / 2.0 + 5.0,
                match number {
                    Some(number) => escape(&number.shown(carries)),
                    None if i == j => String::new(),
                    None => "–".to_owned(),
                }
            );
        }
    }
    out.push_str("</svg>\n");
}

/// A model's shares laid end to end: the first key's levels from left to right, the first one strongest.
fn stacked(out: &mut String, table: &Table, column: usize) {
    let matrix = table.matrix();
    let (levels, names) = (&matrix.down, &matrix.across);
    let bottom = BAR * names.len() as f64;
    begin_svg(
        out,
        table,
        "Each bar is a model's whole; its parts are the rows of the table from left to right, the first one darkest.",
        NAMES + FULL + VALUES,
        bottom + 24.0,
    );
    let step = 0.85 / levels.len().max(1) as f64;
    for (i, name) in names.iter().enumerate() {
        let (y, middle) = (BAR * i as f64, BAR * (i as f64 + 0.5));
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            NAMES - 8.0,
            middle + 5.0,
            escape(&shortened(name, 44))
        );
        let mut x = NAMES;
        for (j, level) in levels.iter().enumerate() {
            let share = matrix.cell(level, name, column).and_then(|n| n.value);
            let width = (FULL + WIDE) * share.unwrap_or(0.0).clamp(0.0, 1.0);
            if width <= 0.0 {
                continue;
            }
            let opacity = 0.9 - step * j as f64;
            let _ = writeln!(
                out,
                "<rect class=\"heat\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill-opacity=\"{opacity:.3}\"/>",
                y + 3.0,
                BAR - 6.0
            );
            let label = level.rsplit(' ').next().unwrap_or_default();
            if width > 9.0 * label.chars().count() as f64 + 6.0 {
                let class = if opacity > 0.55 { "on-bar" } else { "in-bar" };
                let _ = writeln!(
                    out,
                    "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                    x + width / 2.0,
                    middle + 4.5,
                    escape(label)
                );
            }
            x += width;
        }
    }
    for tick in 0..=4 {
        let share = f64::from(tick) / 4.0;
        let _ = writeln!(
            out,
            "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0}%</text>",
            NAMES + share * (FULL + WIDE),
            bottom + 16.0,
            100.0 * share
        );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened() {
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(shortened("abcd", 4), "abcd");
    }
}
