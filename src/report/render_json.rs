//! A report for machines: every number with all its digits, its n, what is missing and its method.
//!
//! In: a report. Out: JSON whose bytes are the same for the same report.

use serde_json::{Map, Value, json};

use super::head::PROGRAM;
use super::table::{Number, Report, TAIL, Table};

/// Writes the report as JSON, with a line break at its end.
pub(crate) fn render(report: &Report) -> String {
    let mut tables = Map::new();
    for table in &report.tables {
        tables.insert(table.id.to_owned(), of_table(table));
    }
    let mut methods = Map::new();
    for method in report.methods() {
        methods.insert(
            method.id.to_owned(),
            json!({"what": method.what, "source": method.source, "ties": method.ties, "missing": method.missing}),
        );
    }
    let notices: Vec<String> = report.notices.iter().map(ToString::to_string).collect();
    let mut about = json!({
        "schema": 1,
        "program": PROGRAM,
        "dataset": report.dataset,
        "bootstrap": {"samples": report.samples, "seed": report.seed},
    });
    if let Some(head) = &report.head {
        about["date"] = json!(head.date);
        about["fingerprint"] = json!(head.fingerprint);
        about["files"] = json!(head.files);
        about["options"] = json!(head.options);
    }
    let value = json!({
        "report": about,
        "tables": tables,
        "methods": methods,
        "notices": notices,
    });
    format!("{value:#}\n")
}

fn of_table(table: &Table) -> Value {
    let rows: Vec<Value> = table
        .rows
        .iter()
        .map(|row| {
            let mut cells = Map::new();
            for (key, text) in table.keys.iter().zip(&row.keys) {
                cells.insert((*key).to_owned(), json!(text));
            }
            for (column, number) in table.columns.iter().zip(&row.numbers) {
                cells.insert(column.id.to_owned(), of_number(number));
            }
            Value::Object(cells)
        })
        .collect();
    json!({"part": table.part.id(), "title": table.title, "caption": table.caption, "rows": rows})
}

fn of_number(number: &Number) -> Value {
    let mut cell = json!({
        "value": number.value,
        "low": number.interval.map(|i| i.low),
        "high": number.interval.map(|i| i.high),
        "n": number.n,
        "missing": number.missing,
        "method": number.method.id,
    });
    if number.below_tail() {
        cell["value"] = json!(TAIL);
        cell["below"] = json!(true);
    }
    cell
}
