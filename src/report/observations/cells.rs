//! What the cells of a table of judgements say, and which of them say nothing that can be read.

use std::path::Path;

use super::Observation;
use crate::notice::{Notice, Severity};
use crate::review::{ErrorKind, Harm, Pass, Reason, Verdict};

/// At most so many cells of one sort are noticed one by one; the rest are counted.
const LISTED: usize = 20;

/// Cells that say something unreadable.
pub(super) struct Doubts<'a> {
    file: &'a Path,
    correct: Vec<u64>,
    rank: Vec<u64>,
}

impl<'a> Doubts<'a> {
    pub(super) fn new(file: &'a Path) -> Self {
        Doubts {
            file,
            correct: Vec::new(),
            rank: Vec::new(),
        }
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
            correct: self.correct(cell("binary_correct"), line),
            rank: self.rank(cell("model_rank"), line),
            unsure: cell("verdict").eq_ignore_ascii_case(Verdict::Unsure.name()),
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
            ..Observation::default()
        }
    }

    fn correct(&mut self, cell: &str, line: u64) -> Option<bool> {
        if is_blank(cell) {
            return None;
        }
        let found = read_correct(cell);
        if found.is_none() {
            self.correct.push(line);
        }
        found
    }

    fn rank(&mut self, cell: &str, line: u64) -> Option<f64> {
        if is_blank(cell) {
            return None;
        }
        let found = cell
            .parse::<f64>()
            .ok()
            .filter(|r| r.is_finite() && *r > 0.0);
        if found.is_none() {
            self.rank.push(line);
        }
        found
    }

    pub(super) fn into_notices(self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (lines, what, rest) in [
            (
                self.correct,
                "binary_correct is none of 1, 0, true, false, yes, no",
                "judgements",
            ),
            (self.rank, "model_rank is no positive number", "ranks"),
        ] {
            for &line in lines.iter().take(LISTED) {
                let what = format!("{what}; it counts as missing");
                notices.push(Notice::line(Severity::Warning, self.file, line, what));
            }
            if lines.len() > LISTED {
                let what = format!("{} more {rest} count as missing", lines.len() - LISTED);
                notices.push(Notice::file(Severity::Warning, self.file, what));
            }
        }
        notices
    }
}

/// What tables write for "no value".
fn is_blank(cell: &str) -> bool {
    cell.is_empty()
        || ["nan", "na", "n/a", "null", "none"]
            .iter()
            .any(|b| cell.eq_ignore_ascii_case(b))
}

fn read_correct(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|w| cell.eq_ignore_ascii_case(w));
    if is(&["1", "1.0", "true", "yes"]) {
        Some(true)
    } else if is(&["0", "0.0", "false", "no"]) {
        Some(false)
    } else {
        None
    }
}
