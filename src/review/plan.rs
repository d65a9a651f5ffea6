//! The plan: who reads which cases, in which order, and which of them again.
//!
//! In: `plan.tsv` of a dataset's folder, one line a reading. Out: each reviewer's queue, and a notice for each line that says
//! none. Never: a plan that keeps a reviewer from working; without one that can be read, all cases are everybody's.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashSet;

use super::pass::Pass;
use crate::dataset::table::{Table, Writer};
use crate::dataset::{Case, CaseKey};
use crate::error::{Error, Result};
use crate::notice::{Bounded, Notice, Severity};

/// The plan's name in the dataset's folder.
pub(crate) const FILE: &str = "plan.tsv";

/// The columns; the first five are read, the others are for people.
const COLUMNS: [&str; 8] = [
    "reviewer",
    "place",
    "pass",
    "instruction_id",
    "person_id",
    "specialty",
    "same_specialty",
    "readers",
];

/// One reading: a line of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRow {
    /// Who reads.
    pub reviewer: String,
    /// The place in the reviewer's queue, from 1.
    pub place: u32,
    /// Which reading of the case.
    pub pass: Pass,
    /// The case.
    pub case: CaseKey,
    /// The specialty of the clinician who asked, or empty.
    pub specialty: String,
    /// Whether the reviewer is of that specialty; `None` where one of the two is not known.
    pub same_specialty: Option<bool>,
    /// How many reviewers read the case.
    pub readers: usize,
}

/// The readings that a plan asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queues(FxHashSet<(String, Pass, CaseKey)>);

impl Queues {
    /// Who has a queue.
    pub fn reviewers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(reviewer, ..)| reviewer.as_str())
    }

    /// The readings that the plan of a dataset's folder asks for, if there is one, and what is off in it.
    pub fn of_folder(folder: &Path) -> (Option<Self>, Vec<Notice>) {
        let path = folder.join(FILE);
        if !path.is_file() {
            return (None, Vec::new());
        }
        match Plan::read(&path) {
            Ok((plan, notices)) => (Some(plan.queues()), notices),
            Err(error) => (
                None,
                vec![unusable(
                    &path,
                    &error,
                    "no reading is known to be outside of it",
                )],
            ),
        }
    }

    /// Whether the plan asks a reviewer for a reading; an adjudication is in no plan.
    pub fn ask_for(&self, reviewer: &str, pass: Pass, case: &CaseKey) -> Option<bool> {
        let key = (reviewer.to_owned(), pass, case.clone());
        (pass != Pass::Adjudication).then(|| self.0.contains(&key))
    }
}

/// What is told of a plan that cannot be read.
fn unusable(path: &Path, error: &Error, so: &str) -> Notice {
    let prefix = format!("{}: ", path.display());
    let message = error.to_string();
    let what = message.strip_prefix(&prefix).unwrap_or(&message);
    let what = format!("the plan is not used, and {so}: {what}");
    Notice::file(Severity::Error, path, what)
}

/// One step of a reviewer's queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The case, by its place in the dataset.
    pub case: usize,
    /// Which reading of it.
    pub pass: Pass,
}

/// What a plan gives a reviewer, and others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    /// The reviewer's queue.
    pub steps: Vec<Step>,
    /// By the case's place in the dataset, how many others read it.
    pub others: Vec<usize>,
}

/// Who reads which cases in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The readings, in the file's order.
    pub rows: Vec<PlanRow>,
}

impl Plan {
    /// Reads a plan; what is off in it is noticed, and the rest is used.
    ///
    /// # Errors
    /// When the file cannot be read or lacks a column.
    pub fn read(path: &Path) -> Result<(Plan, Vec<Notice>)> {
        let table = Table::read(path)?;
        let mut columns = [0; 5];
        for (at, name) in columns.iter_mut().zip(COLUMNS) {
            *at = table.column(name).ok_or_else(|| {
                Error::unreadable(path, format_args!("line 1: the column {name} is missing"))
                    .hint("`medalign plan` writes a new plan")
            })?;
        }
        let [reviewer, place, pass, instruction, person] = columns;
        let mut notices = Bounded::default();
        let off = table.notices().iter();
        for notice in off.filter(|n| n.severity == Severity::Error) {
            notices.push(notice.clone());
        }
        let mut doubt = |line, why: &str| {
            let severity = Severity::Error;
            notices.add((), severity, || {
                let what = format!("the line is left out of the plan: {why}");
                Notice::line(severity, path, line, what)
            });
        };
        let mut rows: Vec<PlanRow> = Vec::new();
        let mut seen: BTreeMap<(String, CaseKey, Pass), u64> = BTreeMap::new();
        for row in table.rows() {
            let text = |column: usize| row.get(column).trim();
            let number = |column: usize| text(column).parse::<u32>().ok();
            let (Some(at), Some(reading)) = (
                number(place).filter(|n| *n > 0),
                Pass::from_code(text(pass)).filter(|p| *p != Pass::Adjudication),
            ) else {
                doubt(row.line(), "place and pass must be numbers from 1 on");
                continue;
            };
            let case = CaseKey {
                instruction: text(instruction).to_owned(),
                person: text(person).to_owned(),
            };
            if text(reviewer).is_empty() {
                doubt(row.line(), "it names no reviewer");
                continue;
            }
            let key = (text(reviewer).to_owned(), case.clone(), reading);
            if let Some(first) = seen.insert(key, row.line()) {
                let what = format!("the same reviewer, case and pass as line {first}");
                doubt(row.line(), &what);
                continue;
            }
            rows.push(PlanRow {
                reviewer: text(reviewer).to_owned(),
                place: at,
                pass: reading,
                case,
                specialty: String::new(),
                same_specialty: None,
                readers: 0,
            });
        }
        let rest = |(), n| format!("{n} more lines are left out of the plan");
        Ok((Plan { rows }, notices.into_notices(path, rest)))
    }

    /// The reviewers, by name.
    pub fn reviewers(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.rows.iter().map(|r| r.reviewer.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A reviewer's queue among a dataset's cases, and how many of its readings are of cases that the dataset does not have.
    pub fn queue(&self, reviewer: &str, cases: &[Case]) -> (Vec<Step>, usize) {
        let places: BTreeMap<CaseKey, usize> =
            (0..).zip(cases).map(|(i, c)| (c.key(), i)).collect();
        let mut rows: Vec<&PlanRow> = self
            .rows
            .iter()
            .filter(|r| r.reviewer == reviewer)
            .collect();
        rows.sort_by_key(|r| r.place);
        let steps: Vec<Step> = rows
            .iter()
            .filter_map(|row| {
                Some(Step {
                    case: *places.get(&row.case)?,
                    pass: row.pass,
                })
            })
            .collect();
        let missing = rows.len() - steps.len();
        (steps, missing)
    }

    /// How many people but this one read each of a dataset's cases.
    fn others(&self, reviewer: &str, cases: &[Case]) -> Vec<usize> {
        let others = self.rows.iter().filter(|r| r.reviewer != reviewer);
        let pairs: FxHashSet<(&CaseKey, &str)> =
            others.map(|r| (&r.case, r.reviewer.as_str())).collect();
        let mut counts: BTreeMap<&CaseKey, usize> = BTreeMap::new();
        for (case, _) in pairs {
            *counts.entry(case).or_default() += 1;
        }
        let of = |case: &Case| counts.get(&case.key()).copied().unwrap_or_default();
        cases.iter().map(of).collect()
    }

    /// The cases that could be judged, and that nobody is to read: those with responses, or all where none has any.
    pub fn nobodys<'a>(&self, cases: &'a [Case]) -> Vec<&'a Case> {
        let taken: FxHashSet<&CaseKey> = self.rows.iter().map(|r| &r.case).collect();
        let to_judge = cases.iter().any(|c| !c.responses.is_empty());
        cases
            .iter()
            .filter(|c| !c.instruction_id.is_empty() && (!to_judge || !c.responses.is_empty()))
            .filter(|c| !taken.contains(&c.key()))
            .collect()
    }

    /// What is told of cases in nobody's queue, where there are any.
    pub fn left_over(&self, path: &Path, cases: &[Case]) -> Option<Notice> {
        let left = self.nobodys(cases);
        let first = left.first()?;
        let what = format!(
            "{} cases are in nobody's queue, the first is {}; `medalign plan DIR --status` lists them",
            left.len(),
            first.key()
        );
        Some(Notice::file(Severity::Warning, path, what))
    }

    /// All its readings, to look up.
    pub fn queues(&self) -> Queues {
        let rows = self.rows.iter();
        let key = |r: &PlanRow| (r.reviewer.clone(), r.pass, r.case.clone());
        Queues(rows.map(key).collect())
    }

    /// The plan as a table.
    ///
    /// # Errors
    /// Never, in memory.
    pub fn to_table(&self) -> std::io::Result<Vec<u8>> {
        let mut table = Writer::tabs(Vec::new());
        table.row(COLUMNS)?;
        for row in &self.rows {
            let same = match row.same_specialty {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            };
            let cells = [
                row.reviewer.clone(),
                row.place.to_string(),
                row.pass.code(),
                row.case.instruction.clone(),
                row.case.person.clone(),
                row.specialty.clone(),
                same.to_owned(),
                row.readers.to_string(),
            ];
            table.row(cells)?;
        }
        table.finish()
    }
}

/// Whether a file that begins like this is a plan.
pub(crate) fn is_plan(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.starts_with(COLUMNS[..5].join("\t").as_bytes())
        || bytes.starts_with(COLUMNS[..5].join(",").as_bytes())
}

/// The queue of a reviewer as the screen takes it: what the plan of a dataset's folder says, and what is off in it. `None` where there is
/// no plan that can be used; an empty one where the plan has nothing for the reviewer.
pub(crate) fn queue_of(
    path: &Path,
    asked: bool,
    reviewer: &str,
    cases: &[Case],
) -> (Option<Share>, Vec<Notice>) {
    if !asked && !path.exists() {
        return (None, Vec::new());
    }
    let (plan, mut notices) = match Plan::read(path) {
        Ok(read) => read,
        Err(error) => {
            let notice = unusable(path, &error, "all cases are listed");
            return (None, vec![notice]);
        }
    };
    let (queue, missing) = plan.queue(reviewer, cases);
    if missing > 0 {
        let what =
            format!("{missing} readings of the plan are of cases that the dataset does not have");
        notices.push(Notice::file(Severity::Error, path, what));
    }
    notices.extend(plan.left_over(path, cases));
    if queue.is_empty() && missing == 0 {
        let names = plan.reviewers().join(", ");
        let what = format!(
            "the plan has no case for {reviewer}, and all cases are listed; it names {names}"
        );
        notices.push(Notice::file(Severity::Warning, path, what));
    }
    let share = Share {
        others: plan.others(reviewer, cases),
        steps: queue,
    };
    (Some(share), notices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(n: u32) -> Vec<Case> {
        (1..=n)
            .map(|i| Case {
                instruction_id: i.to_string(),
                person_id: "7".to_owned(),
                ..Case::default()
            })
            .collect()
    }

    fn row(reviewer: &str, place: u32, pass: u32, case: u32) -> PlanRow {
        PlanRow {
            reviewer: reviewer.to_owned(),
            place,
            pass: Pass::numbered(pass).expect("from 1 on"),
            case: CaseKey {
                instruction: case.to_string(),
                person: "7".to_owned(),
            },
            specialty: "Neurology".to_owned(),
            same_specialty: Some(true),
            readers: 1,
        }
    }

    #[test]
    fn a_plan_comes_back() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join(FILE);
        let plan = Plan {
            rows: vec![
                row("b", 2, 1, 1),
                row("b", 1, 1, 3),
                row("b", 3, 2, 3),
                row("a", 1, 1, 9),
            ],
        };
        let table = plan.to_table().expect("memory");
        assert!(is_plan(&table) && !is_plan(b"instruction_id\tperson_id\n"));
        std::fs::write(&path, table).expect("written");
        let (read, notices) = Plan::read(&path).expect("readable");
        assert_eq!(notices, []);
        let step = |case, pass| Step { case, pass };
        let (queue, missing) = read.queue("b", &cases(3));
        assert_eq!(
            queue,
            [
                step(2, Pass::First),
                step(0, Pass::First),
                step(2, Pass::Again(2))
            ]
        );
        assert_eq!((missing, read.queue("a", &cases(3)).1), (0, 1));
    }

    #[test]
    fn a_broken_plan_is_a_notice() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join(FILE);
        let queue = |asked| queue_of(&path, asked, "a", &cases(2));
        assert_eq!(queue(false), (None, Vec::new()), "no plan is no fault");
        assert_eq!(queue(true).1.len(), 1, "one that was asked for is missing");
        let head = "reviewer\tplace\tpass\tinstruction_id\tperson_id\n";
        let broken = [
            ("reviewer\tplace\n", 0, 1),
            ("\u{0}\u{1}", 0, 1),
            ("", 0, 1),
            (
                &format!(
                    "{head}a\t1\t1\t1\t7\na\tx\t1\t2\t7\na\t2\t0\t2\t7\n\t1\t1\t1\t7\na\t3\t1\t1\t7\na\t4\t1\t99\t7\n"
                ),
                1,
                6,
            ),
            (&format!("{head}b\t1\t1\t1\t7\n"), 0, 2),
        ];
        for (text, steps, told) in broken {
            std::fs::write(&path, text).expect("writable");
            let (queue, notices) = queue(false);
            assert_eq!(
                (queue.map_or(0, |q| q.steps.len()), notices.len()),
                (steps, told),
                "{text:?} {notices:?}"
            );
        }
    }
}
