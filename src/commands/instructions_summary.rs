//! What an import of instructions did, as the command prints it.
//!
//! In: the form, its columns, which instructions resemble which. Out: a summary, as text or JSON. Never: the text of an
//! answer; labels alone are shown.

use serde::Serialize;

use super::import_instructions::{Args, ScoreArg, TokensArg, is_partial};
use crate::dataset::collect::{self, Form, Mapping};
use crate::dataset::table::Table;
use crate::metrics::near::Found;
use crate::notice::Severity;

/// What was done.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) rows: usize,
    pub(super) empty_rows: Vec<u64>,
    pub(super) set_aside: Vec<SetAside>,
    pub(super) instructions: usize,
    pub(super) kept: usize,
    pub(super) dropped: usize,
    pub(super) borderline: usize,
    pub(super) decided_same: usize,
    pub(super) decided_different: usize,
    pub(super) stale_decisions: usize,
    pub(super) bad_decision_lines: usize,
    pub(super) earliest_by: String,
    pub(super) method: String,
    pub(super) columns: Vec<SummaryColumn>,
    pub(super) unknown_labels: Vec<Label>,
    pub(super) repeated_ids: Vec<Repeated>,
    pub(super) spoilt_ids: Vec<u64>,
    pub(super) other_alphabets: usize,
    pub(super) unlisted: usize,
    pub(super) notices: Vec<String>,
    pub(super) files: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct SummaryColumn {
    number: usize,
    field: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Label {
    category_letters: usize,
    subcategory_letters: usize,
    instructions: usize,
    first_line: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct SetAside {
    line: u64,
    because: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Repeated {
    line: u64,
    earlier_line: u64,
}

pub(super) fn summary(
    args: &Args,
    table: &Table,
    mapping: &Mapping,
    form: &Form,
    found: &Found,
) -> Summary {
    Summary {
        rows: table.rows().len(),
        empty_rows: form.empty_rows.clone(),
        set_aside: form
            .aside
            .iter()
            .map(|(line, aside)| SetAside {
                line: *line,
                because: aside.to_string(),
            })
            .collect(),
        instructions: form.submissions.len(),
        kept: form.submissions.len() - found.dropped.len(),
        dropped: found.dropped.len(),
        borderline: found.borderline.len(),
        decided_same: found.dropped.iter().filter(|p| p.same.is_some()).count(),
        decided_different: found.apart.len(),
        stale_decisions: 0,
        bad_decision_lines: 0,
        earliest_by: form.order.to_string(),
        method: method(args),
        columns: mapping
            .fields
            .iter()
            .enumerate()
            .filter_map(|(i, field)| {
                Some(SummaryColumn {
                    number: i + 1,
                    field: (*field)?.name().to_owned(),
                })
            })
            .collect(),
        unknown_labels: Vec::new(),
        repeated_ids: form
            .repeated_ids
            .iter()
            .map(|(line, earlier_line)| Repeated {
                line: *line,
                earlier_line: *earlier_line,
            })
            .collect(),
        spoilt_ids: form.spoilt_ids.clone(),
        other_alphabets: form
            .submissions
            .iter()
            .filter(|s| is_partial(args, &s.question))
            .count(),
        unlisted: found.unlisted,
        // Repeated column names are what forms have; all of them are read.
        notices: table
            .notices()
            .iter()
            .filter(|n| n.severity > Severity::Info && !n.what.contains("has the same name"))
            .map(ToString::to_string)
            .collect(),
        files: Vec::new(),
    }
}

impl Label {
    pub(super) fn of(label: &collect::UnknownLabel) -> Self {
        Label {
            category_letters: label.category.chars().count(),
            subcategory_letters: label.subcategory.chars().count(),
            instructions: label.count,
            first_line: label.first_line,
        }
    }
}

fn method(args: &Args) -> String {
    let score = match args.score {
        ScoreArg::F => "F-measure",
        ScoreArg::P => "precision",
        ScoreArg::R => "recall",
    };
    let tokens = match args.tokens {
        TokensArg::Rouge if args.stem => "rouge_score tokens, Porter stems",
        TokensArg::Rouge => "rouge_score tokens, no stems",
        TokensArg::Split => "words between white space",
        TokensArg::Words => "words of any script",
    };
    format!(
        "ROUGE-L {score} above {} with an earlier, kept instruction ({tokens})",
        args.dedupe
    )
}

impl Summary {
    pub(super) fn to_text(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        let columns: Vec<String> = self
            .columns
            .iter()
            .map(|c| format!("{} is {}", c.number, c.field))
            .collect();
        let _ = writeln!(text, "columns: {}", columns.join(", "));
        let _ = writeln!(
            text,
            "{} rows, {} instructions ({} rows without one); the earliest by {}",
            self.rows,
            self.instructions,
            self.empty_rows.len(),
            self.earliest_by
        );
        let _ = writeln!(text, "dropped: {}", self.method);
        let _ = writeln!(
            text,
            "{} kept, {} dropped, {} pairs borderline",
            self.kept, self.dropped, self.borderline
        );
        if self.decided_same + self.decided_different + self.stale_decisions > 0 {
            let _ = writeln!(
                text,
                "decisions: {} pairs ask the same, {} differ, {} are on instructions that the form has not",
                self.decided_same, self.decided_different, self.stale_decisions
            );
        }
        if self.unlisted > 0 {
            let _ = writeln!(
                text,
                "{} more borderline pairs are not listed: of one instruction the 64 closest are",
                self.unlisted
            );
        }
        if self.other_alphabets > 0 {
            let _ = writeln!(
                text,
                "{} instructions have letters that ROUGE's tokens ignore: dropped only where equal; --tokens words counts them",
                self.other_alphabets
            );
        }
        for label in &self.unknown_labels {
            let _ = writeln!(
                text,
                "not in the taxonomy: a category of {} letters with a subcategory of {} ({} instructions, first on line {})",
                label.category_letters,
                label.subcategory_letters,
                label.instructions,
                label.first_line
            );
        }
        for row in &self.set_aside {
            let _ = writeln!(text, "line {}: set aside: {}", row.line, row.because);
        }
        for id in &self.repeated_ids {
            let _ = writeln!(
                text,
                "line {}: the same instruction_id as on line {}",
                id.line, id.earlier_line
            );
        }
        for line in &self.spoilt_ids {
            let _ = writeln!(
                text,
                "line {line}: a spreadsheet has rounded the instruction_id; export the form again"
            );
        }
        for notice in &self.notices {
            let _ = writeln!(text, "{notice}");
        }
        for file in &self.files {
            let _ = writeln!(text, "wrote {file}");
        }
        text
    }
}
