//! What is off in the files of models' answers.
//!
//! In: a dataset, and what its records are known by. Out: a notice a file and sort of fault, at the first line that has it. Lines that are no
//! outcomes, answers of cases that no table names, and clashes with the tables are told when the dataset is opened.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::dataset::{Dataset, model_responses};
use crate::notice::{Notice, Severity};
use crate::text;

/// What is looked at of a line.
#[derive(Deserialize)]
struct AnswerLine {
    person: String,
    label: String,
    #[serde(default)]
    window: Option<Shown>,
}

#[derive(Deserialize)]
struct Shown {
    record: String,
}

/// The first line of a sort, and how many there are.
#[derive(Default)]
struct Sort {
    first: u64,
    count: u64,
}

impl Sort {
    fn add(&mut self, line: u64) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }
}

/// Looks at all files; `records` are the fingerprints of the records by patient.
pub(super) fn look(dataset: &Dataset, records: &FxHashMap<&str, &str>) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (label, path) in model_responses::files(dataset.root()) {
        let (mut changed, mut elsewhere) = (Sort::default(), Sort::default());
        let bytes = std::fs::read(&path).unwrap_or_default();
        for (at, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
            let Ok(line) = serde_json::from_slice::<AnswerLine>(line) else {
                continue;
            };
            if line.label != label {
                elsewhere.add(at);
            }
            let record = records.get(line.person.as_str());
            if let (Some(record), Some(shown)) = (record, line.window)
                && **record != *shown.record
            {
                changed.add(at);
            }
        }
        let mut tell = |sort: &Sort, severity, what: &str| {
            if sort.count > 0 {
                let what = format!("{what}: {}, the first is here", text::thousands(sort.count));
                notices.push(Notice::line(severity, &path, sort.first, what));
            }
        };
        tell(
            &changed,
            Severity::Warning,
            "answers of which the record has changed since, so that what the model saw of it cannot be shown; ask again, or bring the record back",
        );
        tell(
            &elsewhere,
            Severity::Info,
            "answers that name another model than their folder, whose name counts",
        );
    }
    notices
}
