//! What a metric that reads the source is given of a record: the snippets that are most like the instruction.
//!
//! In: a dataset's records and its cases. Out: for each case the best snippets by Okapi's BM25 over runs of letters and digits in lower
//! case, in the record's order, one a line. A snippet is so many words of the record as text, up to the case's moment; snippets follow
//! each other without a gap. How large they are, and how many, is said in the metric's signature. A case whose record cannot be read
//! has none, and is told of.

use std::ops::Range;

use super::models::Snippets;
use crate::dataset::{Case, Dataset};
use crate::error::Result;
use crate::infer::context::Ranked;
use crate::infer::laid::{Form, Laid};
use crate::notice::{Notice, Severity};
use crate::record::{AsOf, Record, Time};

/// The snippets of each case, in the cases' order, and what could not be read; `done` is told of each one. A record is read and
/// counted once for all cases that follow each other with it.
pub(crate) fn of_cases(
    dataset: &Dataset,
    cases: &[&Case],
    snippets: Snippets,
    done: &dyn Fn(),
) -> (Vec<Option<String>>, Vec<Notice>) {
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_key(|at| (&cases[*at].person_id, cases[*at].as_of));
    let mut found = vec![None; cases.len()];
    let mut notices = Vec::new();
    let mut open: Option<(&str, Option<Time>, Result<Cut>)> = None;
    for at in order {
        let case = cases[at];
        if open
            .as_ref()
            .is_none_or(|(id, now, _)| *id != case.person_id || *now != case.as_of)
        {
            let cut = dataset
                .load_record(case)
                .and_then(|record| Cut::of(&record, case.as_of, snippets.words));
            open = Some((case.person_id.as_str(), case.as_of, cut));
        }
        match &open {
            Some((.., Ok(cut))) => found[at] = Some(cut.best(&case.question, snippets.number)),
            Some((.., Err(error))) => {
                let what = format!(
                    "instruction {} has no source, so metrics that read one leave it out: {}",
                    case.instruction_id,
                    error.about(dataset.root())
                );
                notices.push(Notice::file(Severity::Error, dataset.root(), what));
            }
            None => {}
        }
        done();
    }
    (found, notices)
}

/// A record cut into snippets.
struct Cut {
    text: String,
    ranked: Ranked,
}

impl Cut {
    fn of(record: &Record, now: Option<Time>, words: usize) -> Result<Self> {
        let laid = Laid::of(record, Form::Text, now.map(AsOf::new))?;
        Ok(Cut::of_text(laid.text(), words))
    }

    fn of_text(text: &str, words: usize) -> Self {
        let pieces = pieces(text, words);
        let ranked = Ranked::of_pieces(pieces, |piece| &text[piece.clone()]);
        Cut {
            text: text.to_owned(),
            ranked,
        }
    }

    fn best(&self, question: &str, number: usize) -> String {
        let best = self.ranked.best_first(question).into_iter().take(number);
        let mut best: Vec<usize> = best.map(|(piece, _)| piece).collect();
        best.sort_unstable();
        let texts = best
            .into_iter()
            .map(|piece| &self.text[self.ranked.piece(piece)]);
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// Runs of so many words, without the white space around them.
fn pieces(text: &str, words: usize) -> Vec<Range<usize>> {
    let base = text.as_ptr().addr();
    let places: Vec<Range<usize>> = text
        .split_whitespace()
        .map(|word| {
            let start = word.as_ptr().addr() - base;
            start..start + word.len()
        })
        .collect();
    let run = |run: &[Range<usize>]| run[0].start..run[run.len() - 1].end;
    places.chunks(words.max(1)).map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_snippets_stand_in_the_records_order() {
        let text = "Aspirin was  stopped\nin 2014.\tShe had a stroke.  No fever. Apixaban since the stroke of 2015. Cough.";
        let cut = Cut::of_text(text, 4);
        assert_eq!(
            pieces(text, 4)
                .into_iter()
                .map(|p| &text[p])
                .collect::<Vec<_>>(),
            [
                "Aspirin was  stopped\nin",
                "2014.\tShe had a",
                "stroke.  No fever. Apixaban",
                "since the stroke of",
                "2015. Cough.",
            ]
        );
        assert_eq!(
            cut.best("Which year had the STROKE, 2015?", 2),
            "since the stroke of\n2015. Cough."
        );
        assert_eq!(
            cut.best("stroke", 9).lines().count(),
            6,
            "all of it, one line break is its own"
        );
        assert_eq!(cut.best("stroke", 0), "");
        assert_eq!(Cut::of_text(" \n", 4).best("stroke", 3), "");
    }
}
