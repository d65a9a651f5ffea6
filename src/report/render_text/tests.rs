use super::super::table::{Form, NumberColumn, Part, TableRow};
use super::*;
use crate::stats::interval;
use crate::stats::interval::Interval;

fn number(value: f64, n: usize) -> Number {
    Number {
        value: Some(value),
        interval: Some(Interval {
            low: value - 0.1,
            high: value + 0.1,
        }),
        n,
        missing: 2,
        form: Form::Share,
        method: &interval::WILSON,
    }
}

fn report() -> Report {
    let row = |name: &str, value| TableRow {
        keys: vec![name.to_owned()],
        numbers: vec![number(value, 28), number(value, 28), number(1.0 - value, 9)],
    };
    let column = |title| NumberColumn { id: "c", title };
    let table = Table {
        id: "t",
        part: Part::Models,
        title: "Correctness",
        caption: "Shares.".to_owned(),
        keys: vec!["model"],
        columns: vec![column("correct"), column("again"), column("other")],
        rows: vec![row("one\u{1b}[2J", 0.5), row("two", 0.25)],
        chart: Some(Chart::Bars {
            column: 0,
            top: 1.0,
        }),
    };
    Report {
        dataset: "d".to_owned(),
        seed: 1,
        samples: 10,
        head: None,
        folding: true,
        tables: vec![table],
        notices: Vec::new(),
    }
}

fn at(width: usize, ascii: bool) -> Vec<String> {
    let lines = lines(
        &report(),
        Look {
            width,
            ascii,
            all: false,
        },
    );
    lines.into_iter().map(|l| l.text).collect()
}

#[test]
fn bars_hold_their_interval_and_tables_go_on_below() {
    let wide = at(120, false);
    let bar = wide.iter().find(|l| l.starts_with("two")).expect("a bar");
    assert!(
        bar.contains(&"█".repeat(9)) && bar.contains("━━━━━━──────·"),
        "{bar}"
    );
    let row = "25% (15% to 35%)  25% (15% to 35%)  75% (65% to 85%)";
    let found = wide.iter().filter(|l| l.starts_with("two")).nth(1);
    assert_eq!(found.and_then(|l| l.strip_prefix("two      ")), Some(row));
    let n = wide
        .iter()
        .find(|l| l.starts_with("n  "))
        .expect("a row of n");
    assert_eq!(
        n.split_whitespace().collect::<Vec<_>>(),
        ["n", "28/30", "28/30", "9/11"]
    );
    let narrow = at(30, false);
    let heads = narrow.iter().filter(|l| l.starts_with("model")).count();
    assert_eq!(heads, 3, "{narrow:#?}");
    for width in [30, 44, 80, 120] {
        for line in at(width, true) {
            assert!(text::width(&line) <= width, "{line}");
            // The sign for what was a control character is a part of the name.
            assert!(line.replace('␛', "").is_ascii(), "{line}");
        }
    }
}
