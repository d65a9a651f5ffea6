//! The tables on judgements with labels of the table's own, such as partly correct.
//!
//! In: observations of first readings. Out: how often each label was given to each model, and how far reviewers agree on
//! the labels. Without a label that is neither correct nor incorrect, or with more than [`MOST`] of them, no table.

use std::collections::{BTreeMap, BTreeSet};

use super::observations::Observation;
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::stats::agreement::{Agreement, Labels};
use crate::stats::interval::{Bootstrap, wilson};
use crate::stats::method::{self, Method};

/// More labels than these are rather texts.
const MOST: usize = 12;

const SHARE: Method = Method {
    id: "label-share",
    what: "Share of a model's labels that are this one, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses without a label are left out",
};

/// How the coefficients are made, in the order of the table.
const MEASURES: [(&str, Method); 5] = [
    (
        "raw agreement",
        of_labels("raw-agreement-labels", "plain share; Efron 1979"),
    ),
    (
        "Fleiss' kappa",
        of_labels(
            "fleiss-kappa-labels",
            "Fleiss 1971, unequal numbers of reviewers as in fleiss-kappa; Efron 1979",
        ),
    ),
    (
        "Fleiss' kappa, each response the same",
        of_labels(
            "fleiss-kappa-labels-by-response",
            "Gwet 2014, as irrCAC computes it; Efron 1979",
        ),
    ),
    (
        "Krippendorff's alpha, nominal",
        of_labels("krippendorff-alpha-labels", "Krippendorff 2011; Efron 1979"),
    ),
    (
        "Gwet's AC1",
        of_labels("gwet-ac1-labels", "Gwet 2008; Efron 1979"),
    ),
];

const fn of_labels(id: &'static str, source: &'static str) -> Method {
    Method {
        id,
        what: "Agreement of reviewers on the labels as the table names them, all equally far from each other, with the 95% percentile interval of a bootstrap over cases.",
        source,
        ties: "do not matter",
        missing: "unsure is a label; responses with fewer than two labels are left out of what is observed",
    }
}

/// A case's labels by model, one a reviewer.
type Responses<'a> = BTreeMap<&'a str, Vec<Option<&'a str>>>;

/// What a row says, as a label.
fn label(o: &Observation) -> Option<&str> {
    match o.correct() {
        Some(true) => Some("correct"),
        Some(false) => Some("incorrect"),
        None => o.label.as_deref().or(o.is_unsure().then_some("unsure")),
    }
}

/// The labels that occur, if some are the table's own and they are few.
fn levels<'a>(rows: &[&'a Observation]) -> Option<BTreeSet<&'a str>> {
    rows.iter().find(|o| o.label.is_some())?;
    let levels: BTreeSet<&str> = rows.iter().filter_map(|o| label(o)).collect();
    (levels.len() <= MOST).then_some(levels)
}

/// How often each label was given to each model.
pub(super) fn table(rows: &[&Observation], models: &[String]) -> Option<Table> {
    let levels = levels(rows)?;
    let cell = |level: &str, model: &str| {
        let of_model = || rows.iter().filter(|o| o.model == model);
        let n = of_model().filter(|o| label(o).is_some()).count();
        let times = of_model().filter(|o| label(o) == Some(level)).count();
        let missing = of_model().count() - n;
        let share = Number {
            value: (n > 0).then(|| times as f64 / n as f64),
            interval: wilson(times, n),
            n,
            missing,
            form: Form::Share,
            method: &SHARE,
        };
        let count = Number {
            n,
            missing,
            ..Number::count(times, &method::COUNT)
        };
        vec![share, count]
    };
    let each = levels.iter().flat_map(|level| {
        models.iter().map(|model| TableRow {
            keys: vec![(*level).to_owned(), model.clone()],
            numbers: cell(level, model),
        })
    });
    Some(Table {
        id: "labels",
        part: Part::Models,
        title: "Labels given",
        caption: "Judgements with the labels that the table has: those that are neither correct nor incorrect are missing in all other tables on correctness. n counts labels."
            .to_owned(),
        keys: vec!["label", "model"],
        columns: columns(&[("share", "share"), ("count", "count")]),
        rows: each.collect(),
        chart: Some(Chart::Stacked { column: 0 }),
    })
}

/// How far reviewers agree on the labels; `None` where no response has two.
pub(super) fn agreement(rows: &[&Observation], bootstrap: Bootstrap) -> Option<Table> {
    let empty = Labels::new(levels(rows)?);
    let mut cases: BTreeMap<(&str, &str), Responses<'_>> = BTreeMap::new();
    for o in rows {
        let case = cases.entry((&o.instruction, &o.person)).or_default();
        case.entry(&o.model).or_default().push(label(o));
    }
    let parts: Vec<Labels> = cases
        .values()
        .map(|responses| {
            let mut part = empty.clone();
            for unit in responses.values() {
                part.add(unit);
            }
            part
        })
        .collect();
    let sum = |times: &[u32]| -> [Agreement; MEASURES.len()] {
        let mut sum = empty.clone();
        for (part, &times) in parts.iter().zip(times).filter(|(_, t)| **t > 0) {
            sum.add_times(part, f64::from(times));
        }
        [
            sum.raw(),
            sum.fleiss(),
            sum.fleiss_by_unit(),
            sum.alpha(),
            sum.gwet_ac1(),
        ]
    };
    let found = sum(&vec![1; parts.len()]);
    if found[0].units == 0 {
        return None;
    }
    let intervals = bootstrap.intervals(parts.len(), found.len(), |times| {
        sum(times).map(|a| a.value).to_vec()
    });
    let responses: usize = cases.values().map(BTreeMap::len).sum();
    let measures = MEASURES.iter().zip(found).zip(intervals);
    Some(Table {
        id: "label_agreement",
        part: Part::Agreement,
        title: "Agreement on the labels",
        caption: format!(
            "Agreement of all reviewers on {} labels: {}. n counts responses with at least two of them.",
            empty.levels().len(),
            empty.levels().join(", ")
        ),
        keys: vec!["measure"],
        columns: columns(&[("value", "value")]),
        rows: measures
            .map(|(((name, method), found), resampled)| TableRow {
                keys: vec![(*name).to_owned()],
                numbers: vec![Number {
                    value: found.value,
                    interval: resampled.interval,
                    n: found.units,
                    missing: responses - found.units,
                    form: Form::Decimal,
                    method,
                }],
            })
            .collect(),
        chart: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::table::Table as Sheet;
    use crate::dataset::{Case, Response};
    use crate::report::observations::{Asked, Observations};

    fn read(text: &str) -> Observations {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("said.tsv");
        std::fs::write(&path, text).expect("a file");
        let case = |id: &str| Case {
            instruction_id: id.to_owned(),
            person_id: "7".to_owned(),
            responses: vec![Response {
                model: "m".to_owned(),
                ..Response::default()
            }],
            ..Case::default()
        };
        let cases = ["1", "2", "3"].map(case);
        let table = Sheet::read(&path).expect("a table");
        Observations::from_reviews(&table, &cases, Asked::default()).expect("reviews")
    }

    const HEAD: &str = "instruction_id\tperson_id\tmodel_name\treviewer\tbinary_correct\n";

    #[test]
    fn labels_of_a_table_s_own_are_named_and_counted() {
        let said = read(&format!(
            "{HEAD}1\t7\tm\ta\tpartly\n1\t7\tm\tb\tPartly \n2\t7\tm\ta\t1\n2\t7\tm\tb\tpartly\n3\t7\tm\ta\t0\n3\t7\tm\tb\t0\n"
        ));
        let rows: Vec<&Observation> = said.rows.iter().collect();
        assert_eq!(rows.len(), 6, "no row is dropped");
        let found = table(&rows, &["m".to_owned()]).expect("a table");
        let counts: Vec<(&str, Option<f64>)> = found
            .rows
            .iter()
            .map(|r| (r.keys[0].as_str(), r.numbers[1].value))
            .collect();
        let expected = [
            ("correct", Some(1.0)),
            ("incorrect", Some(2.0)),
            ("partly", Some(3.0)),
        ];
        assert_eq!(counts, expected);
        let few = Bootstrap {
            samples: 20,
            seed: 1,
        };
        let found = agreement(&rows, few).expect("two reviewers");
        let value = |i: usize| found.rows[i].numbers[0].value.expect("defined");
        // Two of three agree; by chance (1 + 4 + 9) / 36.
        assert!((value(0) - 2.0 / 3.0).abs() < 1e-12);
        assert!((value(1) - (2.0 / 3.0 - 14.0 / 36.0) / (22.0 / 36.0)).abs() < 1e-12);
        assert!(found.caption.contains("correct, incorrect, partly"));
    }

    #[test]
    fn without_labels_of_its_own_there_is_no_table_and_a_text_is_no_label() {
        for cell in [
            "1",
            "",
            "NaN",
            "Mr. Smith was seen on 3 May",
            "a text that is longer than any label",
        ] {
            let said = read(&format!("{HEAD}1\t7\tm\ta\t{cell}\n2\t7\tm\ta\t0\n"));
            let rows: Vec<&Observation> = said.rows.iter().collect();
            assert!(table(&rows, &["m".to_owned()]).is_none(), "{cell}");
            let few = Bootstrap {
                samples: 2,
                seed: 1,
            };
            assert!(agreement(&rows, few).is_none(), "{cell}");
        }
    }
}
