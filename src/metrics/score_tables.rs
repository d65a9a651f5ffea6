//! Tables of scores, as `medalign score` or any other program wrote them.
//!
//! In: a folder with a table a metric, and the dataset's cases. Out: each metric's scores by response. A row that is of no
//! response of the dataset, says no number, or says another number of the same response is left out and counted, with the line
//! of the first one. Never: a score of a text that has changed since, where the table says which text it was.

use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::scores;
use crate::dataset::Case;
use crate::dataset::table::{Row, Table};
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};

/// One metric's scores.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scores {
    /// The metric's name: that of the file.
    pub metric: String,
    /// How the scores were made, as the table's first row has it; empty where it does not say.
    pub signature: String,
    by_response: FxHashMap<(String, String, String), f64>,
}

impl Scores {
    /// The scores of a metric, from (instruction, patient, model) and value.
    #[cfg(test)]
    pub(crate) fn new(
        metric: &str,
        scores: impl IntoIterator<Item = ((String, String, String), f64)>,
    ) -> Self {
        Scores {
            metric: metric.to_owned(),
            signature: String::new(),
            by_response: scores.into_iter().collect(),
        }
    }

    /// The score of a model's response to an instruction about a patient.
    pub(crate) fn of(&self, instruction: &str, person: &str, model: &str) -> Option<f64> {
        let key = (instruction.to_owned(), person.to_owned(), model.to_owned());
        self.by_response.get(&key).copied()
    }

    /// Whether no response has a score.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_response.is_empty()
    }
}

/// The folder in which a dataset's scores lie.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("scores")
}

/// The tables of a folder in the order of their names; none where it is not there.
///
/// # Errors
/// When the folder is there and cannot be read.
pub(crate) fn read(folder: &Path, cases: &[Case]) -> Result<(Vec<Scores>, Vec<Notice>)> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Default::default()),
        Err(error) => return Err(Error::io(folder, "reading the scores", error)),
    };
    let is_table = |path: &PathBuf| {
        path.is_file() && path.extension().is_some_and(|e| e == "tsv" || e == "csv")
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_table)
        .collect();
    files.sort();
    let known = texts(cases);
    let (mut all, mut notices) = (Vec::new(), Vec::new());
    for file in files {
        match Table::read(&file).and_then(|table| of_table(&table, &known)) {
            Ok((scores, told)) => {
                notices.extend(told);
                if !scores.is_empty() {
                    all.push(scores);
                }
            }
            Err(error) => {
                let what = format!("its scores are left out: {}", error.about(&file));
                notices.push(Notice::file(Severity::Error, &file, what));
            }
        }
    }
    Ok((all, notices))
}

/// What the responses and their references are now, by response: their hash, or `None` without a reference.
type Known<'d> = FxHashMap<(&'d str, &'d str, &'d str), Option<u64>>;

fn texts(cases: &[Case]) -> Known<'_> {
    let mut known = Known::default();
    for case in cases {
        for response in &case.responses {
            let key = (
                case.instruction_id.as_str(),
                case.person_id.as_str(),
                response.model.as_str(),
            );
            known.insert(key, scores::content(case, &response.text));
        }
    }
    known
}

/// Why a row is left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Off {
    NoResponse,
    NoNumber,
    Twice,
    Changed,
}

impl Off {
    fn what(self) -> &'static str {
        match self {
            Off::NoResponse => "of no response of this dataset",
            Off::NoNumber => "without a number as score",
            Off::Twice => "with another score of the same response",
            Off::Changed => {
                "of a response or gold response that has changed since (`medalign score` makes them anew)"
            }
        }
    }
}

fn of_table(table: &Table, known: &Known<'_>) -> Result<(Scores, Vec<Notice>)> {
    let column = |name: &str| {
        table.column(name).ok_or_else(|| {
            let what = format!("line 1: the column {name} is missing");
            Error::unreadable(table.path(), what)
                .hint("a table of scores has instruction_id, person_id, model_name and score")
        })
    };
    let keys = [
        column("instruction_id")?,
        column("person_id")?,
        column("model_name")?,
    ];
    let score = column("score")?;
    let content = table.column("content");
    let signature = table.column("signature");
    let stem = table.path().file_stem().unwrap_or_default();
    let mut scores = Scores {
        metric: stem.to_string_lossy().into_owned(),
        ..Scores::default()
    };
    let mut off: std::collections::BTreeMap<Off, (usize, u64)> = std::collections::BTreeMap::new();
    for row in table.rows() {
        let taken = take(&mut scores, row, (keys, score, content), known);
        if let Err(cause) = taken {
            off.entry(cause).or_insert((0, row.line())).0 += 1;
        } else if let Some(column) = signature.filter(|_| scores.signature.is_empty()) {
            row.get(column).clone_into(&mut scores.signature);
        }
    }
    let mut notices: Vec<Notice> = table.notices().to_vec();
    notices.extend(off.into_iter().map(|(cause, (count, line))| {
        let what = format!(
            "scores {} are left out: {count}, the first one here",
            cause.what()
        );
        Notice::line(Severity::Warning, table.path(), line, what)
    }));
    Ok((scores, notices))
}

/// Takes a row's score; columns are those of the keys, the score and the hash of what was scored.
fn take(
    scores: &mut Scores,
    row: &Row,
    (keys, score, content): ([usize; 3], usize, Option<usize>),
    known: &Known<'_>,
) -> std::result::Result<(), Off> {
    let [instruction, person, model] = keys.map(|c| row.get(c).trim());
    let now = known.get(&(instruction, person, model));
    let now = now.ok_or(Off::NoResponse)?;
    let value = row.get(score).trim().parse::<f64>();
    let value = value.ok().filter(|v| v.is_finite()).ok_or(Off::NoNumber)?;
    let was = content.map(|c| row.get(c).trim()).filter(|c| !c.is_empty());
    if was.is_some_and(|was| now.is_some_and(|now| was != scores::hex(now))) {
        return Err(Off::Changed);
    }
    let key = (instruction.to_owned(), person.to_owned(), model.to_owned());
    match scores.by_response.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(value);
            Ok(())
        }
        Entry::Occupied(entry) if entry.get().total_cmp(&value).is_eq() => Ok(()),
        Entry::Occupied(_) => Err(Off::Twice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Gold, Response};

    fn case() -> Case {
        let response = |model: &str| Response {
            model: model.to_owned(),
            text: format!("{model} says yes"),
            ..Response::default()
        };
        Case {
            instruction_id: "1".to_owned(),
            person_id: "7".to_owned(),
            responses: vec![response("a"), response("b")],
            golds: vec![Gold {
                text: "Yes.".to_owned(),
                ..Gold::default()
            }],
            ..Case::default()
        }
    }

    fn read_text(text: &str) -> (Scores, Vec<String>) {
        let cases = [case()];
        let table = Table::parse(Path::new("comet.tsv"), text.as_bytes()).expect("a table");
        let (scores, notices) = of_table(&table, &texts(&cases)).expect("its columns");
        (scores, notices.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_table_of_another_program_is_read() {
        let (scores, notices) = read_text(
            "model_name\tscore\tinstruction_id\tperson_id\na\t0.5\t1\t7\nb\tNaN\t1\t7\nb\t0.1\t2\t7\na\t0.6\t1\t7\n",
        );
        assert_eq!(
            (scores.metric.as_str(), scores.by_response.len()),
            ("comet", 1)
        );
        assert_eq!(scores.of("1", "7", "a"), Some(0.5));
        assert_eq!(scores.of("1", "7", "b"), None);
        assert_eq!(notices.len(), 3, "{notices:?}");
        assert!(notices[0].contains(":4"), "{notices:?}");
    }

    #[test]
    fn a_score_of_an_earlier_text_does_not_count() {
        let now = scores::hex(scores::content(&case(), "a says yes").expect("a reference"));
        let head = "instruction_id\tperson_id\tmodel_name\tscore\tsignature\tcontent\n";
        let (scores, notices) = read_text(&format!(
            "{head}1\t7\ta\t0.5\tX\t{now}\n1\t7\tb\t0.5\tX\t0123456789abcdef\n"
        ));
        assert_eq!(
            (scores.by_response.len(), scores.signature.as_str()),
            (1, "X")
        );
        assert_eq!(notices.len(), 1);
        assert!(notices[0].contains("has changed since"), "{notices:?}");
    }

    #[test]
    fn without_a_folder_there_are_no_scores() {
        let folder = tempfile::tempdir().expect("a folder");
        let found = read(&folder.path().join("scores"), &[case()]).expect("nothing");
        assert_eq!(found, (Vec::new(), Vec::new()));
    }
}
