//! The scores of a dataset's responses.
//!
//! In: cases with responses and gold responses. Out: for each metric a row a response, in the dataset's order, as the table
//! that other programs read. A case without a gold response has nothing to be measured against: its responses are counted,
//! never scored. Never: text of a question, a response or a record.

use std::io;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Metric, Reading};
use crate::dataset::table::{Table, Writer};
use crate::dataset::{Case, CaseKey};
use crate::error::{Error, Result};
use crate::stats::hash::fnv1a;

/// The columns of a table of scores.
pub(crate) const COLUMNS: [&str; 7] = [
    "instruction_id",
    "person_id",
    "model_name",
    "score",
    "references",
    "signature",
    "content",
];

/// A hash of what a score is of: a response of a case and the gold responses that say something. `None` without any.
pub(crate) fn content(case: &Case, response: &str) -> Option<u64> {
    let mut bytes = response.as_bytes().to_vec();
    let before = bytes.len();
    for gold in golds(case) {
        // No text of UTF-8 has this byte.
        bytes.push(0xff);
        bytes.extend(gold.as_bytes());
    }
    (bytes.len() > before).then(|| fnv1a(&bytes))
}

/// How tables write such a hash.
pub(crate) fn hex(content: u64) -> String {
    format!("{content:016x}")
}

/// The column that tables of metrics with a source have besides: a hash of the source.
const SOURCE: &str = "source";

/// Scores that were made before, by what they are of: the hash of the texts, the signature, and the hash of the source.
pub(crate) type Before = FxHashMap<(String, String, String), f64>;

/// The scores of a table that [`Answers::table`] wrote; `None` where the file is no such table.
pub(crate) fn before(table: &Table) -> Option<Before> {
    let columns = COLUMNS.map(|name| table.column(name));
    let [_, _, _, Some(score), _, Some(signature), Some(content)] = columns else {
        return None;
    };
    let source = table.column(SOURCE);
    let width = COLUMNS.len() + usize::from(source.is_some());
    if columns.iter().any(Option::is_none) || table.header().len() != width {
        return None;
    }
    let rows = table.rows().iter().filter_map(|row| {
        let value = row.get(score).parse().ok()?;
        let source = source.map_or("", |source| row.get(source));
        let of = [row.get(content), row.get(signature), source].map(str::to_owned);
        Some((of.into(), value))
    });
    Some(rows.collect())
}

/// A response that can be scored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScoredResponse<'d> {
    case: &'d Case,
    /// Whose it is.
    pub model: &'d str,
    text: &'d str,
}

impl ScoredResponse<'_> {
    /// The hash of what its score is of.
    fn content(&self) -> String {
        content(self.case, self.text).map(hex).unwrap_or_default()
    }
}

/// What of a dataset can be scored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers<'d> {
    /// Responses of cases with gold responses, in the dataset's order.
    pub scored: Vec<ScoredResponse<'d>>,
    /// Responses of cases without.
    pub without_gold: usize,
    /// The snippets of the record, by case, for metrics that read a source; a case whose record cannot be read has none.
    sources: FxHashMap<CaseKey, String>,
}

impl<'d> Answers<'d> {
    /// The responses of these cases.
    pub(crate) fn of(cases: &'d [Case]) -> Self {
        let mut answers = Answers::default();
        for case in cases {
            if golds(case).next().is_none() {
                answers.without_gold += case.responses.len();
                continue;
            }
            let responses = case.responses.iter();
            answers
                .scored
                .extend(responses.map(|response| ScoredResponse {
                    case,
                    model: &response.model,
                    text: &response.text,
                }));
        }
        answers
    }

    /// The cases whose responses are scored.
    pub(crate) fn cases(&self) -> Vec<&'d Case> {
        let mut cases: Vec<&Case> = self.scored.iter().map(|answer| answer.case).collect();
        cases.dedup_by(|a, b| std::ptr::eq(*a, *b));
        cases
    }

    /// Takes the cases' snippets in, in the order of [`cases`](Self::cases).
    pub(crate) fn read_sources(&mut self, sources: Vec<Option<String>>) {
        let cases = self.cases().into_iter().map(Case::key);
        let read = cases.zip(sources);
        self.sources = read
            .filter_map(|(case, source)| Some((case, source?)))
            .collect();
    }

    fn source(&self, answer: &ScoredResponse<'_>) -> Option<&str> {
        let source = self.sources.get(&answer.case.key())?;
        Some(source)
    }

    /// Whether a metric has all that it reads of a response.
    fn can_be_scored(&self, metric: &dyn Metric, at: usize) -> bool {
        metric.source().is_none() || self.source(&self.scored[at]).is_some()
    }

    /// All gold responses that something is measured by, each once.
    pub(crate) fn references(&self) -> Vec<&'d str> {
        let mut known = FxHashSet::default();
        let golds = self.scored.iter().flat_map(|answer| golds(answer.case));
        golds.filter(|gold| known.insert(*gold)).collect()
    }

    /// A metric's column, with the scores that were made before.
    pub(crate) fn column<'m>(&self, metric: &'m dyn Metric, before: &Before) -> Column<'m> {
        let kept = |answer: &ScoredResponse| {
            let references = golds(answer.case).count();
            let source = match metric.source() {
                Some(_) => hex(fnv1a(self.source(answer)?.as_bytes())),
                None => String::new(),
            };
            let of = (answer.content(), metric.signature(references), source);
            before.get(&of).copied()
        };
        Column {
            metric,
            scores: self.scored.iter().map(kept).collect(),
        }
    }

    /// Makes the scores that are missing, some responses at a time; `made` sees the columns as they grow, with how many scores are new.
    ///
    /// # Errors
    /// When a metric or `made` fails; what was scored before that is in the columns.
    pub(crate) fn fill(
        &self,
        columns: &mut [Column<'_>],
        made: &mut dyn FnMut(&[Column<'_>], usize) -> Result<()>,
    ) -> Result<()> {
        let mut start = 0;
        while start < self.scored.len() {
            let together = columns.iter().map(|column| column.metric.together()).min();
            let end = self.end_of_case(start + together.unwrap_or(usize::MAX - start));
            for at in 0..columns.len() {
                let column = &mut columns[at];
                let missing = |at: &usize| {
                    column.scores[*at].is_none() && self.can_be_scored(column.metric, *at)
                };
                let missing: Vec<usize> = (start..end).filter(missing).collect();
                for (at, score) in missing.iter().zip(self.score(column.metric, &missing)?) {
                    column.scores[*at] = Some(score);
                }
                made(columns, missing.len())?;
            }
            start = end;
        }
        Ok(())
    }

    /// The end of the case in which a response is, so that what its responses share is seen once.
    fn end_of_case(&self, at: usize) -> usize {
        let Some(last) = self.scored[..at.min(self.scored.len())].last() else {
            return self.scored.len();
        };
        let rest = self.scored[at.min(self.scored.len())..].iter();
        at.min(self.scored.len()) + rest.take_while(|a| std::ptr::eq(a.case, last.case)).count()
    }

    fn score(&self, metric: &dyn Metric, which: &[usize]) -> Result<Vec<f64>> {
        if which.is_empty() {
            return Ok(Vec::new());
        }
        let answers = which.iter().map(|at| &self.scored[*at]);
        let references: Vec<Vec<&str>> = answers.clone().map(|a| golds(a.case).collect()).collect();
        let readings: Vec<Reading<'_>> = answers
            .zip(&references)
            .map(|(answer, references)| Reading {
                response: answer.text,
                references,
                source: self.source(answer).unwrap_or_default(),
            })
            .collect();
        let scores = metric.score_all(&readings)?;
        match scores.iter().position(|score| !score.is_finite()) {
            None => Ok(scores),
            Some(at) => {
                let case = self.scored[which[at]].case;
                let what = format!(
                    "{} gives no number for a response to instruction {}",
                    metric.name(),
                    case.instruction_id
                );
                Err(Error::bug(what))
            }
        }
    }

    /// The table of a metric's scores, as far as they are made.
    ///
    /// # Errors
    /// Never, in memory.
    pub(crate) fn table(&self, column: &Column<'_>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut table = Writer::tabs(&mut bytes);
        let with_source = column.metric.source().is_some();
        let more = with_source.then_some(SOURCE);
        table.row(COLUMNS.into_iter().chain(more))?;
        for (answer, score) in self.scored.iter().zip(&column.scores) {
            let Some(score) = score else { continue };
            let references = golds(answer.case).count();
            let source = self.source(answer).unwrap_or_default().as_bytes();
            let source = with_source.then(|| hex(fnv1a(source)));
            let fields = [
                answer.case.instruction_id.as_str(),
                &answer.case.person_id,
                answer.model,
                &score.to_string(),
                &references.to_string(),
                &column.metric.signature(references),
                &answer.content(),
            ];
            table.row(fields.into_iter().chain(source.as_deref()))?;
        }
        Ok(bytes)
    }
}

/// A metric's scores.
pub(crate) struct Column<'m> {
    pub metric: &'m dyn Metric,
    /// A score a response, in the responses' order, where it is made.
    pub scores: Vec<Option<f64>>,
}

impl Column<'_> {
    /// How many scores it has.
    pub(crate) fn made(&self) -> usize {
        self.scores.iter().flatten().count()
    }
}

/// The gold responses that say something.
fn golds(case: &Case) -> impl Iterator<Item = &str> {
    let texts = case.golds.iter().map(|gold| gold.text.as_str());
    texts.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Gold, Response};
    use crate::metrics::LEXICAL;

    fn case(id: &str, golds: &[&str]) -> Case {
        let response = |model: &str, text: &str| Response {
            model: model.to_owned(),
            text: text.to_owned(),
            ..Response::default()
        };
        let gold = |text: &&str| Gold {
            text: (*text).to_owned(),
            ..Gold::default()
        };
        Case {
            instruction_id: id.to_owned(),
            person_id: "7".to_owned(),
            responses: vec![response("one", "She takes apixaban."), response("two", "")],
            golds: golds.iter().map(gold).collect(),
            ..Case::default()
        }
    }

    #[test]
    fn what_has_no_gold_response_is_counted_and_not_scored() {
        let cases = [
            case("1", &["She takes apixaban.", " ", "No."]),
            case("2", &[" "]),
        ];
        let answers = Answers::of(&cases);
        assert_eq!((answers.scored.len(), answers.without_gold), (2, 2));
        let bleu = LEXICAL[0];
        let score = |before: &Before| {
            let mut columns = [answers.column(bleu, before)];
            let made_before = columns[0].made();
            let mut calls = 0;
            let done = answers.fill(&mut columns, &mut |columns, new| {
                calls += new;
                assert_eq!(columns[0].made(), made_before + new);
                Ok(())
            });
            done.expect("scores");
            assert_eq!(calls + made_before, 2);
            columns
        };
        let columns = score(&Before::default());
        let scores: Vec<f64> = columns[0].scores.iter().map(|s| s.expect("made")).collect();
        assert!(
            (scores[0] - 100.0).abs() < 1e-9,
            "the better reference counts"
        );
        assert!(scores[1].abs() < 1e-9);
        let table = answers.table(&columns[0]).expect("memory");
        let table = String::from_utf8(table).expect("text");
        let last = table.lines().last().expect("a row");
        let signature = bleu.signature(2);
        let content = hex(content(&cases[0], "").expect("gold responses"));
        assert_eq!(last, format!("1\t7\ttwo\t0\t2\t{signature}\t{content}"));
        assert_eq!(table.lines().count(), 3);

        let table = Table::parse(std::path::Path::new("bleu.tsv"), table.as_bytes());
        let mut made = before(&table.expect("a table")).expect("our columns");
        for score in made.values_mut() {
            *score = 12.0;
        }
        assert_eq!(score(&made)[0].scores, [Some(12.0), Some(12.0)]);
        let other = answers.column(LEXICAL[1], &made);
        assert_eq!(other.made(), 0, "of another metric");
    }

    /// Counts how often it is asked for how many; the third time it fails.
    struct Fails(std::sync::Mutex<Vec<usize>>);

    impl Metric for Fails {
        fn name(&self) -> &'static str {
            "fails"
        }
        fn signature(&self, _: usize) -> String {
            "s".to_owned()
        }
        fn together(&self) -> usize {
            3
        }
        fn score_all(&self, readings: &[Reading<'_>]) -> Result<Vec<f64>> {
            let mut calls = self.0.lock().expect("a list");
            calls.push(readings.len());
            if calls.len() == 3 {
                return Err(Error::bug("it fails"));
            }
            Ok(vec![0.5; readings.len()])
        }
    }

    #[test]
    fn what_was_scored_before_a_failure_is_kept_and_not_made_again() {
        let cases: Vec<Case> = (0..5).map(|id| case(&id.to_string(), &["Gold."])).collect();
        let answers = Answers::of(&cases);
        let metric = Fails(std::sync::Mutex::default());
        let mut columns = [answers.column(&metric, &Before::default())];
        let ended = answers.fill(&mut columns, &mut |_, _| Ok(()));
        assert!(ended.is_err());
        assert_eq!(columns[0].made(), 8, "two times two whole cases");
        let table = answers.table(&columns[0]).expect("memory");
        let table = Table::parse(std::path::Path::new("fails.tsv"), &table).expect("a table");
        assert_eq!(table.rows().len(), 8);
        let made = before(&table).expect("our columns");
        // The two responses of each case are the same in every case here: all of them are known by what they say.
        let columns = [answers.column(&metric, &made)];
        assert_eq!(columns[0].made(), 10);
        assert_eq!(*metric.0.lock().expect("a list"), [4, 4, 2]);
    }
}
