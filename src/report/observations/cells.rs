//! What the cells of a table of judgements say, and which of them say nothing that can be read.

use std::path::Path;

use super::super::about::About;
use super::Observation;
use crate::dataset::instruction::flag;
use crate::dataset::said::{self, Said, Used};
use crate::notice::{Bounded, Notice, Severity};
use crate::review::{ErrorKind, Harm, Pass, Reason, Verdict};

/// Cells that say something unreadable, by line.
pub(super) struct Doubts<'a> {
    file: &'a Path,
    models: usize,
    correct: Vec<u64>,
    rank: Vec<u64>,
    used: Vec<u64>,
    pass: Vec<u64>,
}

impl<'a> Doubts<'a> {
    /// None yet, in a table about so many models.
    pub(super) fn new(file: &'a Path, models: usize) -> Self {
        Doubts {
            file,
            models,
            correct: Vec::new(),
            rank: Vec::new(),
            used: Vec::new(),
            pass: Vec::new(),
        }
    }

    /// The reading that a row is part of, the first where nothing is said; `None` where it cannot be told: the row is left out.
    pub(super) fn pass(&mut self, cell: &str, line: u64) -> Option<Pass> {
        if cell.is_empty() {
            return Some(Pass::First);
        }
        let found = Pass::from_code(cell);
        if found.is_none() {
            self.pass.push(line);
        }
        found
    }

    /// Whether `is_used_eval` does not call a row used.
    pub(super) fn unused(&mut self, usage: Used, cell: &str, line: u64) -> bool {
        if usage.says(cell) == Said::Unclear {
            self.used.push(line);
        }
        usage.not_used(cell)
    }

    /// What a row says, by its cells; who and what it is about stays empty.
    pub(super) fn row<'c>(&mut self, cell: impl Fn(&str) -> &'c str, line: u64) -> Observation {
        let either = |a: &str, b: &str| Some(cell(a)).filter(|c| !c.is_empty()).unwrap_or(cell(b));
        let count = |name: &str| cell(name).parse::<u32>().ok();
        let named = |kind: &&ErrorKind, name: &str| kind.name() == name.trim();
        let kinds = |name: &str| {
            ErrorKind::ALL
                .iter()
                .find(|kind| named(kind, name))
                .copied()
        };
        let (harm, reason) = (cell("harm"), cell("decided_by"));
        Observation {
            reviewer: either("reviewer", "annotator_num").to_owned(),
            verdict: self.verdict(cell("binary_correct"), cell("verdict"), line),
            label: said::label(cell("binary_correct")),
            rank: self.rank(cell("model_rank"), line),
            reading: match Pass::from_code(cell("pass")) {
                Some(Pass::Again(n)) => n - 1,
                _ => 0,
            },
            position: count("shown_position"),
            at: cell("judged_at").parse().ok(),
            seconds: cell("seconds").parse().ok(),
            errors: cell("errors").split(';').filter_map(kinds).collect(),
            harm: Harm::ALL.into_iter().find(|h| h.name() == harm),
            decided_by: Reason::ALL.into_iter().find(|r| r.name() == reason),
            decided_at: cell("submitted_at").parse().ok(),
            saw_others: flag(cell("saw_others")) == Some(true),
            about: About {
                category: cell("category").to_owned(),
                subcategory: cell("subcategory").to_owned(),
                ..About::default()
            },
            ..Observation::default()
        }
    }

    /// What `binary_correct` says, or else that `verdict` says unsure.
    fn verdict(&mut self, correct: &str, verdict: &str, line: u64) -> Option<Verdict> {
        let found = said::correct(correct);
        if found == Said::Unclear {
            self.correct.push(line);
        }
        let unsure = verdict.eq_ignore_ascii_case(Verdict::Unsure.name());
        (found.clear().map(Verdict::of)).or(unsure.then_some(Verdict::Unsure))
    }

    fn rank(&mut self, cell: &str, line: u64) -> Option<f64> {
        let found = said::rank(cell, self.models);
        if found == Said::Unclear {
            self.rank.push(line);
        }
        found.clear()
    }

    pub(super) fn into_notices(self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (severity, lines, what, rest) in [
            (
                Severity::Warning,
                self.correct,
                said::UNCLEAR_CORRECT.to_owned(),
                "judgements count as missing",
            ),
            (
                Severity::Warning,
                self.rank,
                said::unclear_rank(self.models),
                "ranks count as missing",
            ),
            (
                Severity::Error,
                self.pass,
                "pass is neither a number from 1 on nor `adjudication`; the row is left out"
                    .to_owned(),
                "rows are left out since their pass cannot be told",
            ),
            // They are in the numbers like all others.
            (
                Severity::Info,
                self.used,
                said::UNCLEAR_USED.to_owned(),
                "rows are counted all the same",
            ),
        ] {
            let mut sort = Bounded::default();
            for line in lines {
                let one = || Notice::line(severity, self.file, line, what.clone());
                sort.add(rest, severity, one);
            }
            notices.extend(sort.into_notices(self.file, |rest, n| format!("{n} more {rest}")));
        }
        notices
    }
}
