//! The scores of a dataset's responses.
//!
//! In: cases with responses and gold responses. Out: for each metric a row a response, in the dataset's order, as the table
//! that other programs read. A case without a gold response has nothing to be measured against: its responses are counted,
//! never scored. Never: text of a question, a response or a record.

use std::io;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Metric, Reading};
use crate::dataset::Case;
use crate::dataset::table::{Table, Writer};
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

/// Scores that were made before, by what they are of: the hash of the texts and the signature.
pub(crate) type Before = FxHashMap<(String, String), f64>;

/// The scores of a table that [`Answers::table`] wrote; `None` where the file is no such table.
pub(crate) fn before(table: &Table) -> Option<Before> {
    let columns = COLUMNS.map(|name| table.column(name));
    let [_, _, _, Some(score), _, Some(signature), Some(content)] = columns else {
        return None;
    };
    if columns.iter().any(Option::is_none) || table.header().len() != COLUMNS.len() {
        return None;
    }
    let rows = table.rows().iter().filter_map(|row| {
        let value = row.get(score).parse().ok()?;
        Some((
            (row.get(content).to_owned(), row.get(signature).to_owned()),
            value,
        ))
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

    /// Each response's score, those made before as they are; `done` is told of each one.
    pub(crate) fn score(
        &self,
        metric: &dyn Metric,
        before: &Before,
        done: &(dyn Fn() + Sync),
    ) -> Vec<f64> {
        self.scored
            .par_iter()
            .map(|answer| {
                let references: Vec<&str> = golds(answer.case).collect();
                let kept = before.get(&(answer.content(), metric.signature(references.len())));
                let score = kept.copied().unwrap_or_else(|| {
                    metric.score(&Reading {
                        response: answer.text,
                        references: &references,
                    })
                });
                done();
                score
            })
            .collect()
    }

    /// How many of the scores were made before.
    pub(crate) fn kept(&self, metric: &dyn Metric, before: &Before) -> usize {
        let is_kept = |answer: &&ScoredResponse| {
            let references = golds(answer.case).count();
            before.contains_key(&(answer.content(), metric.signature(references)))
        };
        self.scored.iter().filter(is_kept).count()
    }

    /// The table of these scores, which are in the order of [`scored`](Self::scored).
    ///
    /// # Errors
    /// Never, in memory.
    pub(crate) fn table(&self, metric: &dyn Metric, scores: &[f64]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut table = Writer::tabs(&mut bytes);
        table.row(COLUMNS)?;
        for (answer, score) in self.scored.iter().zip(scores) {
            let references = golds(answer.case).count();
            table.row([
                answer.case.instruction_id.as_str(),
                &answer.case.person_id,
                answer.model,
                &score.to_string(),
                &references.to_string(),
                &metric.signature(references),
                &answer.content(),
            ])?;
        }
        Ok(bytes)
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
        let scores = answers.score(bleu, &Before::default(), &|| {});
        assert!(
            (scores[0] - 100.0).abs() < 1e-9,
            "the better reference counts"
        );
        assert!(scores[1].abs() < 1e-9);
        let table = answers.table(bleu, &scores).expect("memory");
        let table = String::from_utf8(table).expect("text");
        let last = table.lines().last().expect("a row");
        let signature = bleu.signature(2);
        let content = hex(content(&cases[0], "").expect("gold responses"));
        assert_eq!(last, format!("1\t7\ttwo\t0\t2\t{signature}\t{content}"));
        assert_eq!(table.lines().count(), 3);

        let table = Table::parse(std::path::Path::new("bleu.tsv"), table.as_bytes());
        let mut made = before(&table.expect("a table")).expect("our columns");
        assert_eq!(answers.kept(bleu, &made), 2);
        for score in made.values_mut() {
            *score = 12.0;
        }
        assert_eq!(answers.score(bleu, &made, &|| {}), [12.0, 12.0]);
        assert_eq!(answers.kept(LEXICAL[1], &made), 0, "of another metric");
    }
}
