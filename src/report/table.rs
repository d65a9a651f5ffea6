//! A report as data: tables of numbers that know how they were made.
//!
//! In: what [`super::tables`] computes. Out: one shape that every renderer prints, so that no number exists in one
//! format only.

use rustc_hash::{FxHashMap, FxHashSet};

use super::head::Head;
use crate::notice::Notice;
use crate::stats::interval::Interval;
use crate::stats::method::Method;
use crate::text::thousands;

/// How a number is written for people. Machines always get all its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A whole number.
    Count,
    /// A share between 0 and 1, written in percent: whole below 100 values, from there on with one decimal.
    Share,
    /// One decimal below 10 values, two below 1,000, from there on three.
    Decimal,
    /// One decimal.
    Tenth,
    /// A p value: three decimals, or `<0.001`.
    P,
    /// A p value whose reference implementations have no digits below [`TAIL`]: there it is said to be below it.
    TailP,
}

/// Below this a p of [`Form::TailP`] is a bound.
pub(crate) const TAIL: f64 = 1e-10;

/// A number with its origin.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Number {
    /// The value; `None` where it is undefined.
    pub value: Option<f64>,
    /// Its 95% interval, where one is given.
    pub interval: Option<Interval>,
    /// What it rests on: judgements, ranks, battles, cases or pairs, as the table's caption says.
    pub n: usize,
    /// How many of these are missing.
    pub missing: usize,
    /// How it is written.
    pub form: Form,
    /// How it was made.
    pub method: &'static Method,
}

impl Number {
    pub(crate) fn count(value: usize, method: &'static Method) -> Self {
        Number {
            value: Some(value as f64),
            interval: None,
            n: value,
            missing: 0,
            form: Form::Count,
            method,
        }
    }

    /// Whether the value is below what its digits can be relied on for: machines get [`TAIL`], and that it is below.
    pub(crate) fn below_tail(&self) -> bool {
        self.form == Form::TailP && self.value.is_some_and(|v| v < TAIL)
    }

    /// The value for people, with the decimals that so many values carry: `–` where it is undefined.
    pub(crate) fn shown(&self, carries: usize) -> String {
        self.value
            .map_or_else(|| "–".to_owned(), |v| self.form.show(v, carries))
    }

    /// Whether its n is said beside it: a count is itself one, progress stands beside its counts, and what nothing speaks of has none.
    pub(crate) fn says_n(&self) -> bool {
        let nothing = self.value.is_none() && self.n + self.missing == 0;
        !nothing && !matches!(self.method.id, "count" | "progress")
    }

    /// The interval for people, without brackets: `59.5 to 70.2`.
    pub(crate) fn shown_interval(&self, carries: usize) -> Option<String> {
        let Interval { low, high } = self.interval?;
        Some(format!(
            "{} to {}",
            self.form.show(low, carries),
            self.form.show(high, carries)
        ))
    }
}

impl Form {
    /// A value for people that rests on so many others: with the decimals that these can carry, which are those of the study's own
    /// tables (65.0% and 2.80 of 303, 0.658 of some 1,500 battles).
    pub(crate) fn show(self, value: f64, n: usize) -> String {
        let decimals = match n {
            0..10 => 1,
            10..1_000 => 2,
            _ => 3,
        };
        // Adding 0 keeps "-0.000" away.
        let shown = |decimals: usize, v: f64| {
            let text = format!("{v:.decimals$}");
            if text.trim_start_matches(['-', '0', '.']).is_empty() {
                text.trim_start_matches('-').to_owned()
            } else {
                text
            }
        };
        match self {
            Form::Count if value >= 1_000.0 => thousands(value.round() as u64),
            Form::Count => shown(0, value),
            Form::Tenth => shown(1, value),
            Form::Share => format!("{}%", shown(usize::from(n >= 100), 100.0 * value)),
            Form::TailP if value < TAIL => "<1e-10".to_owned(),
            Form::P | Form::TailP if value < 0.001 => "<0.001".to_owned(),
            Form::P | Form::TailP => shown(3, value),
            Form::Decimal => shown(decimals, value),
        }
    }

    /// What stands at an axis, which rests on nothing.
    pub(crate) fn tick(self, value: f64) -> String {
        self.show(value, if self == Form::Share { 1 } else { 10 })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NumberColumn {
    /// Its name for machines.
    pub id: &'static str,
    /// Its head for people.
    pub title: &'static str,
}

/// A row: its keys, then its numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableRow {
    /// One text a key column.
    pub keys: Vec<String>,
    /// One number a column.
    pub numbers: Vec<Number>,
}

/// How a table looks to people, beside or instead of its rows. Places are those of columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Chart {
    /// Bars with intervals from 0 to `top`, one a row.
    Bars {
        /// The column's place.
        column: usize,
        /// The value at the bars' full length.
        top: f64,
    },
    /// Points with intervals around 0, one a row.
    Points {
        /// The column's place.
        column: usize,
    },
    /// The first two keys are row and column of a matrix of shares.
    Matrix {
        /// The column's place.
        column: usize,
    },
    /// The first key is a row, the last one a model across; one matrix a column.
    Across,
    /// As [`Chart::Across`], drawn as bars of a model's shares laid end to end.
    Stacked {
        /// The column's place.
        column: usize,
    },
    /// A point a row, across and up by two columns; with two keys a panel for each first key.
    Scatter {
        /// The place of the column across.
        x: usize,
        /// The place of the column upwards.
        y: usize,
        /// Whether both have the same scale from 0 to 1, with a line where they are equal.
        diagonal: bool,
    },
}

/// The part of a report that a table belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// How far a reviewer is.
    Progress,
    /// What the report rests on.
    Data,
    /// How good the models' responses are.
    Models,
    /// The same by kinds of instructions, records and responses.
    Cuts,
    /// What is wrong with responses.
    Errors,
    /// Whether the models differ, and how many cases would show it.
    Tests,
    /// How far reviewers agree.
    Agreement,
    /// What besides the responses may have moved reviewers.
    Bias,
    /// Whether automatic metrics rank as clinicians do.
    Metrics,
    /// Whether models' confidence can be believed.
    Confidence,
    /// What models that judge say, and how far they agree with people.
    Judges,
}

impl Part {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Part::Progress => "Progress",
            Part::Data => "Data",
            Part::Models => "Models",
            Part::Cuts => "Models by kind of case and response",
            Part::Errors => "What is wrong with responses",
            Part::Tests => "Tests and power",
            Part::Agreement => "Agreement of reviewers",
            Part::Bias => "Reviewer bias and time",
            Part::Metrics => "Automatic metrics",
            Part::Confidence => "Confidence",
            Part::Judges => "Models that judge",
        }
    }

    /// Its name for machines.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Part::Progress => "progress",
            Part::Data => "data",
            Part::Models => "models",
            Part::Cuts => "cuts",
            Part::Errors => "errors",
            Part::Tests => "tests",
            Part::Agreement => "agreement",
            Part::Bias => "bias",
            Part::Metrics => "metrics",
            Part::Confidence => "confidence",
            Part::Judges => "judges",
        }
    }
}

/// A table of a report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    /// Its name for machines.
    pub id: &'static str,
    /// The part of the report that it belongs to.
    pub part: Part,
    pub title: &'static str,
    /// What it shows, and what n counts in it.
    pub caption: String,
    /// The names of the key columns.
    pub keys: Vec<&'static str>,
    pub columns: Vec<NumberColumn>,
    pub rows: Vec<TableRow>,
    /// The picture, if there is one.
    pub chart: Option<Chart>,
}

/// A whole report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    /// The dataset's name.
    pub dataset: String,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// How many samples the bootstrap drew.
    pub samples: usize,
    /// When, with what and of what it was made; the screen's own reports have none.
    pub head: Option<Head>,
    /// Whether what rests on one case is folded away.
    pub folding: bool,
    pub tables: Vec<Table>,
    /// What was off in the input.
    pub notices: Vec<Notice>,
}

impl Report {
    /// The methods that occur, in the order of their first use.
    pub(crate) fn methods(&self) -> Vec<&'static Method> {
        once(self.tables.iter().flat_map(Table::numbers))
    }

    /// One sentence on how the intervals were made.
    pub(crate) fn resampling(&self) -> String {
        format!(
            "Bootstrap intervals rest on {} samples of cases drawn with seed {}.",
            self.samples, self.seed
        )
    }
}

/// The methods of numbers, each once.
fn once<'a>(numbers: impl Iterator<Item = &'a Number>) -> Vec<&'static Method> {
    let mut methods: Vec<&'static Method> = Vec::new();
    for number in numbers {
        if methods.iter().all(|m| m.id != number.method.id) {
            methods.push(number.method);
        }
    }
    methods
}

impl Table {
    /// All its numbers, row by row.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &Number> {
        self.rows.iter().flat_map(|r| &r.numbers)
    }

    /// How many values most numbers of a column rest on (the middle one of those there are), which says what decimals all of them have.
    pub(crate) fn carries(&self, column: usize) -> usize {
        let numbers = self.rows.iter().filter_map(|r| r.numbers.get(column));
        let mut ns: Vec<usize> = numbers.filter(|n| n.value.is_some()).map(|n| n.n).collect();
        ns.sort_unstable();
        ns.get(ns.len() / 2).copied().unwrap_or_default()
    }

    /// The methods of its numbers, in the order of their first use.
    pub(crate) fn methods(&self) -> Vec<&'static Method> {
        once(self.numbers())
    }

    /// The table as a matrix: the first keys down, the last ones across.
    pub(crate) fn matrix(&self) -> Matrix<'_> {
        let mut matrix = Matrix {
            down: Vec::new(),
            across: Vec::new(),
            rows: FxHashMap::default(),
        };
        let (mut down, mut across) = (FxHashSet::default(), FxHashSet::default());
        for row in &self.rows {
            if let (Some(first), Some(last)) = (row.keys.first(), row.keys.last()) {
                if down.insert(first.as_str()) {
                    matrix.down.push(first);
                }
                if across.insert(last.as_str()) {
                    matrix.across.push(last);
                }
                matrix.rows.entry((first, last)).or_insert(row);
            }
        }
        if down == across {
            matrix.across.clone_from(&matrix.down);
        }
        matrix
    }
}

/// A table's rows by their first and last key.
#[derive(Debug)]
pub(crate) struct Matrix<'a> {
    /// The first keys, each once, in their first order.
    pub down: Vec<&'a str>,
    /// The last keys, each once, in their first order; where they are the first ones', in that order.
    pub across: Vec<&'a str>,
    rows: FxHashMap<(&'a str, &'a str), &'a TableRow>,
}

impl<'a> Matrix<'a> {
    /// A number, by its row's and column's name.
    pub(crate) fn cell(&self, down: &str, across: &str, place: usize) -> Option<&'a Number> {
        self.rows.get(&(down, across))?.numbers.get(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_for_people() {
        assert_eq!(Form::Share.show(0.650_16, 303), "65.0%");
        assert_eq!(Form::Share.show(0.650_16, 99), "65%");
        assert_eq!(Form::P.show(0.000_4, 5), "<0.001");
        assert_eq!(Form::P.show(0.05, 5), "0.050");
        assert_eq!(Form::TailP.show(3e-17, 5), "<1e-10");
        assert_eq!(Form::TailP.show(3e-7, 5), "<0.001");
        assert_eq!(Form::Decimal.show(-0.000_01, 1_000), "0.000");
        assert_eq!(Form::Decimal.show(2.804, 303), "2.80");
        assert_eq!(Form::Decimal.show(-1.5, 9), "-1.5");
        assert_eq!(Form::Count.show(303.0, 1), "303");
        assert_eq!(Form::Count.show(12_345.0, 1), "12,345");
        assert_eq!(Form::Tenth.show(4.25, 1), "4.2");
        assert_eq!(
            (Form::Share.tick(0.25), Form::Decimal.tick(0.25)),
            ("25%".to_owned(), "0.25".to_owned())
        );
    }
}
