//! The study's tables, computed from observations.
//!
//! In: the dataset's own judgements and ranks, and those of several reviewers where there are any. Out: a
//! [`Report`]. Tables that would be empty are left out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::about::Measured;
use super::judge::{self, Machines};
use super::observations::{Asked, Observation, Observations, is_decider};
use super::outcomes::Came;
use super::sheet::{Sheet, SheetRow};
use super::table::{Number, NumberColumn, Part, Report, Table, TableRow};
use super::{
    bias, comparison, confidence, cuts, decisions, error_kinds, evidence, independent, labels,
    metrics, models, outcomes, reviewer_pairs, reviewers,
};
use crate::dataset::{Case, Dataset, TableKind};
use crate::error::Result;
use crate::metrics::score_tables::{self, Scores};
use crate::notice::Severity;
use crate::stats::interval::Bootstrap;
use crate::stats::method;

/// What a report is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// The dataset's name.
    pub dataset: String,
    /// The judgements and ranks that the tables about models are made of.
    pub main: Observations,
    /// Judgements and ranks of several reviewers, for the tables on agreement; the main ones where there are none.
    pub reviews: Option<Observations>,
    /// Automatic metrics' scores of the responses.
    pub scores: Vec<Scores>,
    /// What is no answer, as observations; made where the others are described.
    pub missing: Vec<Observation>,
    /// What came of asking the models.
    pub came: Vec<Came>,
    /// What models that judge say; no part of the others.
    pub machines: Machines,
    /// Whether what is no answer counts as incorrect.
    pub count_missing: bool,
    /// The files of reviews that were read.
    pub files: Vec<PathBuf>,
    /// Who has a review file, whether or not anything in it counts.
    pub people: BTreeSet<String>,
}

impl Sources {
    /// The judgements and ranks that came with a dataset, and those of its table of single reviewers.
    ///
    /// # Errors
    /// When the table of single reviewers cannot be read.
    pub(crate) fn of_dataset(dataset: &Dataset, asked: Asked<'_>) -> Result<Self> {
        let of_kind = |kind| {
            let mut tables = dataset.tables().iter();
            tables.find(|t| t.kind == kind).map(|t| t.path.as_path())
        };
        let responses = of_kind(TableKind::Responses).unwrap_or(dataset.root());
        let reviews = of_kind(TableKind::Reviews)
            .map(|path| {
                let table = dataset.table(path)?;
                Observations::from_reviews(&table, dataset.cases(), asked)
            })
            .transpose()?;
        Ok(Sources {
            dataset: dataset.name().to_owned(),
            main: Observations::from_cases(dataset.cases(), responses, asked),
            reviews,
            came: outcomes::of(dataset.cases()),
            ..Sources::default()
        })
    }

    /// Whether there is any judgement or rank.
    pub(crate) fn say_something(&self) -> bool {
        let rows = |o: &Observations| {
            let mut rows = o.rows.iter();
            rows.any(|o| o.correct().is_some() || o.rank.is_some() || o.label.is_some())
        };
        rows(&self.main) || self.reviews.as_ref().is_some_and(rows)
    }

    /// Adds what the dataset says of instructions and responses, and what was measured of the records.
    pub(crate) fn describe(&mut self, cases: &[Case], measured: &Measured) {
        let mut missing = Observations {
            rows: self.main.missing(&self.came),
            ..Observations::default()
        };
        for said in [
            Some(&mut self.main),
            self.reviews.as_mut(),
            Some(&mut missing),
        ]
        .into_iter()
        .flatten()
        {
            said.describe(cases, measured);
        }
        self.missing = missing.rows;
    }
}

impl Report {
    /// What one reviewer said, beside the judgements that came with the dataset: the tables on models are the reviewer's,
    /// those on agreement compare the two. Records are not read, so nothing is cut by their length.
    pub(crate) fn of_reviewer(dataset: &Dataset, own: Observations, bootstrap: Bootstrap) -> Self {
        let mut theirs = Sources::of_dataset(dataset, Asked::default()).ok();
        theirs = theirs.filter(Sources::say_something);
        let reviews = theirs.map(|theirs| {
            let mut all = theirs.reviews.unwrap_or(theirs.main);
            all.rows
                .retain(|o| o.correct().is_some() || o.rank.is_some());
            all.rows.extend(own.rows.iter().cloned());
            all
        });
        // What cannot be read of them, `medalign report` tells of.
        let scores = score_tables::read(&score_tables::folder(dataset.root()), dataset.cases());
        let mut sources = Sources {
            dataset: dataset.name().to_owned(),
            main: own,
            reviews,
            scores: scores.map(|(scores, _)| scores).unwrap_or_default(),
            came: outcomes::of(dataset.cases()),
            ..Sources::default()
        };
        sources.describe(dataset.cases(), &Measured::default());
        Report::of(sources, bootstrap)
    }

    /// Computes all tables. Second readings of a case count for reviewers' agreement with themselves only.
    pub(crate) fn of(mut sources: Sources, bootstrap: Bootstrap) -> Self {
        // The same judgements give the same intervals, whichever file they come from.
        for said in [Some(&mut sources.main), sources.reviews.as_mut()]
            .into_iter()
            .flatten()
        {
            said.once();
            said.rows.sort_by(|a, b| place(a).cmp(&place(b)));
        }
        let first = |o: &&Observation| o.reading == 0;
        let rows: Vec<&Observation> = sources.main.rows.iter().filter(first).collect();
        // What is no answer counts in the tables on models where that is wanted; in no other.
        let missing: Vec<&Observation> = sources.missing.iter().collect();
        let mut counted = rows.clone();
        counted.extend(missing.iter().filter(|_| sources.count_missing));
        let judged = Sheet::of(rows.iter().copied());
        let main = Sheet::of(counted.iter().copied());
        let said = sources.reviews.as_ref().unwrap_or(&sources.main);
        let said: Vec<&Observation> = said.rows.iter().collect();
        let first_said: Vec<&Observation> = said.iter().copied().filter(first).collect();
        let reviews = sources
            .reviews
            .is_some()
            .then(|| Sheet::of(first_said.iter().copied()));
        let mut tables = vec![overview(&judged, reviews.as_ref())];
        tables.extend(outcomes::table(&sources.came, &rows, &missing));
        tables.extend(models::tables(&main, bootstrap));
        tables.extend(labels::table(&rows, &main.models));
        tables.extend(cuts::tables(&counted, &main.models));
        tables.extend(evidence::tables(&rows, &main.models));
        tables.extend(error_kinds::tables(&rows, &main.models));
        tables.extend(comparison::tables(&main));
        let (independent, aside) = independent::rows(&first_said);
        let sheet = Sheet::of(independent.iter().copied());
        tables.extend(reviewers::table(&sheet, &independent, bootstrap));
        tables.extend(labels::agreement(&independent, bootstrap));
        tables.extend(reviewer_pairs::table(&sheet, bootstrap));
        tables.extend(decisions::tables(&rows));
        tables.extend(bias::tables(&said, bootstrap));
        tables.extend(metrics::tables(
            &judged,
            &rows,
            &sheet,
            &sources.scores,
            bootstrap,
        ));
        tables.extend(confidence::tables(&rows, &main.models, bootstrap));
        tables.extend(judge::tables(&sources.machines, &independent, bootstrap));
        let lost = outcomes::notice(&missing, sources.count_missing);
        // What is off in what machines said; that they are left out of the rest is told there.
        let off = sources.machines.said.tally.notices().into_iter();
        let off = off.filter(|n| n.severity > Severity::Info);
        let all = std::iter::once(sources.main).chain(sources.reviews);
        let told = |said: Observations| said.notices.into_iter().chain(said.tally.notices());
        let notices = all.flat_map(told).chain(aside).chain(lost).chain(off);
        let notices = notices.collect();
        Report {
            dataset: sources.dataset,
            seed: bootstrap.seed,
            samples: bootstrap.samples,
            head: None,
            folding: judged.cases > 1,
            tables,
            notices,
        }
    }
}

/// Where a row stands among the others, so that their order says nothing of where they come from.
fn place(o: &Observation) -> (&str, &str, &str, u32) {
    (&o.instruction, &o.person, &o.reviewer, o.reading)
}

/// How many values there are and how many are missing.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) n: usize,
    pub(super) missing: usize,
}

impl Counts {
    pub(super) fn of<'a>(
        rows: impl IntoIterator<Item = &'a SheetRow>,
        model: usize,
        there: fn(&SheetRow, usize) -> bool,
    ) -> Self {
        let mut counts = Counts::default();
        for row in rows.into_iter().filter(|r| r.answered[model]) {
            let slot = if there(row, model) {
                &mut counts.n
            } else {
                &mut counts.missing
            };
            *slot += 1;
        }
        counts
    }
}

pub(super) fn judged(row: &SheetRow, model: usize) -> bool {
    row.correct[model].is_some()
}

pub(super) fn ranked(row: &SheetRow, model: usize) -> bool {
    row.ranks[model].is_some()
}

fn overview(main: &Sheet, reviews: Option<&Sheet>) -> Table {
    let mut rows = Vec::new();
    for (what, sheet) in [("models", Some(main)), ("agreement", reviews)] {
        let Some(sheet) = sheet else { continue };
        let all: Vec<Counts> = (0..sheet.models.len())
            .map(|m| Counts::of(&sheet.rows, m, judged))
            .collect();
        let ranks: Vec<Counts> = (0..sheet.models.len())
            .map(|m| Counts::of(&sheet.rows, m, ranked))
            .collect();
        let sum = |counts: &[Counts], of: fn(&Counts) -> usize| counts.iter().map(of).sum();
        let numbers = [
            sheet.cases,
            sheet.models.len(),
            sheet.reviewers.iter().filter(|r| !is_decider(r)).count(),
            sum(&all, |c| c.n),
            sum(&all, |c| c.missing),
            sum(&ranks, |c| c.n),
            sum(&ranks, |c| c.missing),
            sheet.repeated,
        ];
        rows.push(TableRow {
            keys: vec![what.to_owned()],
            numbers: numbers
                .into_iter()
                .map(|n| Number::count(n, &method::COUNT))
                .collect(),
        });
    }
    Table {
        id: "data",
        part: Part::Data,
        title: "What there is",
        caption: "What the tables about models, and those on agreement, rest on.".to_owned(),
        keys: vec!["tables"],
        columns: columns(&[
            ("cases", "cases"),
            ("models", "models"),
            ("reviewers", "reviewers"),
            ("judgements", "judgements"),
            ("judgements_missing", "judgements missing"),
            ("ranks", "ranks"),
            ("ranks_missing", "ranks missing"),
            ("repeated", "repeated, left out"),
        ]),
        rows,
        chart: None,
    }
}

/// Columns from pairs of id and title.
pub(super) fn columns(names: &[(&'static str, &'static str)]) -> Vec<NumberColumn> {
    names
        .iter()
        .map(|&(id, title)| NumberColumn { id, title })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::about::About;
    use super::super::observations::Observation;
    use super::super::{render_html, render_json, render_markdown, render_tsv};
    use super::*;
    use crate::review::Verdict;

    /// Two reviewers, three models, thirty cases; in every tenth case the second reviewer sees it the other way.
    fn observations(reviewers: usize) -> Observations {
        let mut rows = Vec::new();
        for case in 0..30_usize {
            for reviewer in 0..reviewers {
                for model in 0..3 {
                    let rank = 1 + (model + case * case) % 3 / (1 + case % 2);
                    let odd = reviewer == 1 && case % 10 == 0;
                    rows.push(Observation {
                        instruction: case.to_string(),
                        person: "1".to_owned(),
                        model: format!("m{model}"),
                        reviewer: format!("r{reviewer}"),
                        verdict: (case != 7).then_some(Verdict::of((rank == 1) != odd)),
                        rank: (case != 9).then_some(if odd {
                            4.0 - rank as f64
                        } else {
                            rank as f64
                        }),
                        about: About {
                            category: ["a", "b"][case % 2].to_owned(),
                            ..About::default()
                        },
                        ..Observation::default()
                    });
                }
            }
        }
        Observations {
            rows,
            ..Observations::default()
        }
    }

    fn report(reviewers: usize) -> Report {
        let sources = Sources {
            dataset: "d".to_owned(),
            main: observations(reviewers),
            ..Sources::default()
        };
        Report::of(
            sources,
            Bootstrap {
                samples: 50,
                seed: 2,
            },
        )
    }

    fn table<'a>(report: &'a Report, id: &str) -> Option<&'a Table> {
        report.tables.iter().find(|t| t.id == id)
    }

    #[test]
    fn one_reviewer_gives_wilson_and_no_agreement() {
        let report = report(1);
        let number = &table(&report, "correctness").expect("a table").rows[0].numbers[0];
        assert_eq!(
            (number.method.id, number.n, number.missing),
            ("wilson", 29, 1)
        );
        assert_eq!(table(&report, "agreement"), None);
        assert_eq!(
            table(&report, "by_category")
                .expect("two categories")
                .rows
                .len(),
            6
        );
    }

    #[test]
    fn several_reviewers_are_resampled_with_their_cases() {
        let report = report(2);
        let number = &table(&report, "correctness").expect("a table").rows[0].numbers[0];
        assert_eq!(
            (number.method.id, number.n, number.missing),
            ("share-bootstrap", 58, 2)
        );
        let agreement = table(&report, "agreement").expect("two reviewers");
        let raw = &agreement.rows[0].numbers[0];
        // Three of the 29 judged cases are seen the other way.
        assert!((raw.value.expect("pairs") - 26.0 / 29.0).abs() < 1e-12);
        assert_eq!((raw.n, raw.missing), (87, 3));
        // A split is no majority: 26 cases are left for the tests.
        assert_eq!(
            table(&report, "tests").expect("a table").rows[0].numbers[0].n,
            26
        );
        assert_eq!(
            table(&report, "reviewer_pairs").expect("a pair").rows.len(),
            1
        );
    }

    #[test]
    fn all_formats_hold_every_table() {
        let report = report(2);
        let (json, tsv) = (render_json::render(&report), render_tsv::render(&report));
        let (markdown, html) = (
            render_markdown::render(&report, true),
            render_html::render(&report, true),
        );
        for table in &report.tables {
            assert!(
                json.contains(&format!("\"{}\": {{", table.id)),
                "{}",
                table.id
            );
            assert!(tsv.contains(&format!("\n{}\t", table.id)), "{}", table.id);
            assert!(
                markdown.contains(&format!("### {}\n", table.title)),
                "{}",
                table.id
            );
            assert!(
                html.contains(&format!("<section id=\"{}\">", table.id)),
                "{}",
                table.id
            );
        }
        assert_eq!(html.matches("<svg").count(), html.matches("<desc").count());
    }

    #[test]
    fn nothing_observed_is_no_panic() {
        let sources = Sources {
            dataset: String::new(),
            main: Observations::default(),
            reviews: Some(Observations::default()),
            ..Sources::default()
        };
        let report = Report::of(
            sources,
            Bootstrap {
                samples: 5,
                seed: 1,
            },
        );
        assert_eq!(report.tables.len(), 1);
        assert!(render_html::render(&report, true).contains("</html>"));
    }
}
