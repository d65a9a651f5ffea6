//! A report for spreadsheets and scripts: one number a line.
//!
//! In: a report. Out: a tab-separated table; keys are joined by ` / `, what is undefined is empty. Its first rows, of the table `head`,
//! have no numbers: they say in the column `column` when, with what and of what the report was made.

use std::fmt::Write as _;

use super::head::Head;
use super::table::Report;
use crate::text::safe;

/// Writes the report as one long table.
pub(crate) fn render(report: &Report) -> String {
    let mut out = "table\trow\tcolumn\tvalue\tlow\thigh\tn\tmissing\tmethod\n".to_owned();
    let shown = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
    for (what, is) in report.head.iter().flat_map(Head::lines) {
        let is = is.replace(['\t', '\n', '\r'], " ");
        let _ = writeln!(out, "head\t{what}\t{}\t\t\t\t\t\t", safe(&is));
    }
    for table in &report.tables {
        for row in &table.rows {
            let keys = row.keys.join(" / ").replace(['\t', '\n', '\r'], " ");
            let keys = safe(&keys);
            for (column, number) in table.columns.iter().zip(&row.numbers) {
                let (low, high) = (
                    number.interval.map(|i| i.low),
                    number.interval.map(|i| i.high),
                );
                let _ = writeln!(
                    out,
                    "{}\t{keys}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    table.id,
                    column.id,
                    if number.below_tail() {
                        number.shown(number.n)
                    } else {
                        shown(number.value)
                    },
                    shown(low),
                    shown(high),
                    number.n,
                    number.missing,
                    number.method.id
                );
            }
        }
    }
    out
}
