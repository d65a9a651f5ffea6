use super::*;
use crate::report::table::{Form, NumberColumn, TableRow};
use crate::stats::{interval, method};

/// A table of rows of n and missing; its keys are letters, or all pairs of them.
fn table(ns: &[&[(usize, usize)]], chart: Option<Chart>) -> Table {
    const LETTERS: [&str; 4] = ["a", "b", "c", "d"];
    let number = |(n, missing): (usize, usize)| Number {
        value: Some(0.5),
        interval: None,
        n,
        missing,
        form: Form::Share,
        method: &interval::WILSON,
    };
    let across = chart.is_some();
    let rows = ns.iter().zip(LETTERS).flat_map(|(ns, down)| {
        let numbers = ns.iter().map(|n| number(*n));
        if across {
            let each = numbers.zip(LETTERS);
            each.map(|(number, a)| TableRow {
                keys: vec![down.to_owned(), a.to_owned()],
                numbers: vec![number],
            })
            .collect::<Vec<_>>()
        } else {
            vec![TableRow {
                keys: vec![down.to_owned()],
                numbers: numbers.collect(),
            }]
        }
    });
    let columns = if across { 1 } else { ns[0].len() };
    Table {
        id: "t",
        part: Part::Models,
        title: "T",
        caption: String::new(),
        keys: if across {
            vec!["down", "across"]
        } else {
            vec!["down"]
        },
        columns: (0..columns)
            .map(|_| NumberColumn {
                id: "c",
                title: "share",
            })
            .collect(),
        rows: rows.collect(),
        chart,
    }
}

/// What the cells say of n.
fn own(grid: &Grid<'_>) -> Vec<Vec<String>> {
    let said = |cell: &Cell<'_>| match cell {
        Cell::Number(_, _, n) => n.clone().unwrap_or_default(),
        Cell::N(n) => format!("n {n}"),
        Cell::Empty => "none".to_owned(),
    };
    let rows = grid.rows.iter();
    rows.map(|r| r.cells.iter().map(said).collect()).collect()
}

#[test]
fn n_is_said_once_where_it_is_the_same() {
    let same = table(&[&[(5, 1), (5, 1)], &[(5, 1), (5, 1)]], None);
    let grid = &grids(&same, false)[0];
    assert_eq!(grid.heading().as_deref(), Some("In all cells n=5/6."));
    assert_eq!(own(grid), [["", ""], ["", ""]]);

    let by_column = table(
        &[&[(5, 0), (9, 0)], &[(5, 0), (9, 0)], &[(5, 0), (8, 1)]],
        None,
    );
    let grid = &grids(&by_column, false)[0];
    assert_eq!((grid.heading(), grid.n_by_row()), (None, false));
    assert_eq!(grid.n, [Some("5".to_owned()), Some("9".to_owned())]);
    assert_eq!(own(grid), [["", ""], ["", ""], ["", "8/9"]]);

    let by_row = table(
        &[&[(2, 0), (2, 0)], &[(3, 0), (3, 0)], &[(4, 0), (4, 0)]],
        Some(Chart::Across),
    );
    let all = grids(&by_row, false);
    assert_eq!(
        (all.len(), all[0].n_by_row(), all[0].heading().as_deref()),
        (1, true, Some("share"))
    );
    assert_eq!(all[0].rows[1].n.as_deref(), Some("3"));
    assert_eq!(own(&all[0]), [["", ""], ["", ""], ["", ""]]);
}

#[test]
fn a_matrix_whose_cells_all_differ_has_its_n_below() {
    let each = table(
        &[&[(2, 0), (3, 0)], &[(4, 0), (5, 0)]],
        Some(Chart::Matrix { column: 0 }),
    );
    let all = grids(&each, false);
    let headings: Vec<_> = all.iter().filter_map(Grid::heading).collect();
    assert_eq!(headings, ["share", "share: n"]);
    assert_eq!(own(&all[0]), [["", ""], ["", ""]]);
    assert_eq!(own(&all[1]), [["n 2", "n 3"], ["n 4", "n 5"]]);
}

#[test]
fn what_is_laid_end_to_end_has_its_models_down() {
    let levels = table(
        &[&[(5, 0), (5, 0), (5, 0)], &[(5, 0), (5, 0), (5, 0)]],
        Some(Chart::Stacked { column: 0 }),
    );
    let grid = &grids(&levels, false)[0];
    assert_eq!(
        (grid.keys.as_slice(), grid.heads.as_slice()),
        (&["across"][..], &["a", "b"][..])
    );
    let down: Vec<&str> = grid.rows.iter().map(|r| r.keys[0]).collect();
    assert_eq!(down, ["a", "b", "c"]);
}

#[test]
fn what_rests_on_one_case_is_folded_and_named() {
    let cut = table(&[&[(2, 0), (1, 0)], &[(1, 0), (0, 1)]], Some(Chart::Across));
    let grid = &grids(&cut, false)[0];
    assert_eq!(grid.rows.len(), 1);
    assert_eq!(
        grid.told().as_deref(),
        Some("Folded away, n=1: b. --all shows them.")
    );
    assert_eq!(
        (grids(&cut, true)[0].rows.len(), grids(&cut, true)[0].told()),
        (2, None)
    );

    let ones = Table {
        title: "Ones",
        ..table(&[&[(1, 0)], &[(1, 0)]], None)
    };
    let mut counts = table(&[&[(1, 0)]], None);
    counts.rows[0].numbers[0].method = &method::COUNT;
    let mut report = Report {
        dataset: "d".to_owned(),
        seed: 1,
        samples: 0,
        head: None,
        folding: true,
        tables: vec![cut, ones, counts],
        notices: Vec::new(),
    };
    let shown: Vec<usize> = report.shown(false).iter().map(|p| p.1.len()).collect();
    assert_eq!((shown, report.shown(true)[0].1.len()), (vec![2], 3));
    let told = report.explained(false).pop().expect("a line");
    assert!(told.contains("of one case: Ones. --all"), "{told}");
    // Of one case in all nothing is folded: there would be no report left.
    report.folding = false;
    assert_eq!(report.shown(false)[0].1.len(), 3);
}
