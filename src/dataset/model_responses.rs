//! The answers that `medalign infer` wrote beside a dataset's tables: `model-responses/<label>/answers.jsonl`.
//!
//! In: the folders, the cases that the tables name. Out: responses of the cases, named by the label, with the system's context length and
//! the answer's confidence where they are known; what came of each case, and the steps that led there. An
//! outcome that is no answer never becomes a response. What the folder is called is the model's name here, whatever its lines say. Where a table has a response of the same model, the table's is used, with a notice;
//! no notice names a model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::answered::{Answered, asked};
use super::assemble::{Assembly, Origin};
use super::case::{Case, CaseKey, Response};
use super::fingerprint::Fingerprint;
use super::instruction::{Instruction, Relevance};
use crate::notice::{Notice, Severity};

/// The folder, in the dataset's.
pub(crate) const FOLDER: &str = "model-responses";

/// The file of the answers of a label.
pub(super) fn file(root: &Path, label: &str) -> PathBuf {
    root.join(FOLDER).join(label).join("answers.jsonl")
}

/// All files of answers, label after label.
pub(super) fn files(root: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(root.join(FOLDER)) else {
        return Vec::new();
    };
    let mut files: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let label = entry.ok()?.file_name().into_string().ok()?;
            let path = file(root, &label);
            path.is_file().then_some((label, path))
        })
        .collect();
    files.sort();
    files
}

/// Adds all answers, label after label.
pub(super) fn add(root: &Path, assembly: &mut Assembly, fingerprint: &mut Fingerprint) {
    for (label, path) in files(root) {
        match std::fs::read(&path) {
            Ok(bytes) => {
                fingerprint.add(&bytes);
                add_file(&label, &path, &bytes, assembly);
            }
            Err(e) => {
                let what = format!("the answers cannot be read ({e}) and are left out");
                assembly
                    .notices
                    .push(Notice::file(Severity::Error, &path, what));
            }
        }
    }
}

fn add_file(label: &str, path: &Path, bytes: &[u8], assembly: &mut Assembly) {
    let mut last: FxHashMap<CaseKey, (u64, Answered)> = FxHashMap::default();
    // Those of a question that was worded anew since are other steps.
    let mut steps: FxHashMap<(CaseKey, String), BTreeMap<u32, Answered>> = FxHashMap::default();
    let context = context_length(path);
    let mut note = |line, what: String| {
        let notice = Notice::line(Severity::Warning, path, line, what);
        assembly.notices.push(notice);
    };
    for (at, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let Ok(mut answered) = serde_json::from_slice::<Answered>(line) else {
            note(
                at,
                "no outcome stands here; the line is left out".to_owned(),
            );
            continue;
        };
        label.clone_into(&mut answered.label);
        let key = CaseKey {
            instruction: answered.instruction.clone(),
            person: answered.person.clone(),
        };
        if answered.is_step() {
            answered.text.clear();
            // What was asked again with less is no step: what came of that is.
            if let Some(step) = answered.step.filter(|_| answered.outcome.is_answer()) {
                let of = (key, answered.asked.clone());
                steps.entry(of).or_default().insert(step.n, answered);
            }
            continue;
        }
        last.insert(key, (at, answered));
    }
    let mut last: Vec<(CaseKey, (u64, Answered))> = last.into_iter().collect();
    last.sort_by_key(|(_, (at, _))| *at);
    let (mut strange, mut clashes) = (Vec::new(), Vec::new());
    for (key, (line, mut answered)) in last {
        let place = match assembly.places.get(&key) {
            Some(&place) => place,
            // A case without any response in the tables becomes one by its first answer.
            None if is_asked(assembly, &key) => new_case(assembly, key.clone(), path, line),
            None => {
                strange.push(line);
                continue;
            }
        };
        let case = &mut assembly.cases[place];
        if case.responses.iter().any(|r| r.model == answered.label) {
            clashes.push(line);
            continue;
        }
        if let Some(before) = steps.remove(&(key, answered.asked.clone())) {
            let n = answered.step.map_or(0, |step| step.n);
            let before = before.into_values();
            case.steps
                .extend(before.filter(|s| s.step.is_some_and(|step| step.n < n)));
        }
        if answered.outcome.is_answer() {
            if !assembly.models.contains(&answered.label) {
                assembly.models.push(answered.label.clone());
            }
            case.responses.push(Response {
                model: answered.label.clone(),
                text: std::mem::take(&mut answered.text),
                line,
                columns: columns(&answered, context),
                ..Response::default()
            });
        }
        case.outcomes.push(answered);
    }
    let mut told = |lines: &[u64], what: &str| {
        if let Some(first) = lines.first() {
            let what = format!("{what} ({} lines)", lines.len());
            assembly
                .notices
                .push(Notice::line(Severity::Warning, path, *first, what));
        }
    };
    told(
        &strange,
        "these are of cases that no table names; they are left out",
    );
    told(
        &clashes,
        "a table has a response of the same model to the same instruction, which is used",
    );
}

/// Leaves out what answers another question than the one that is shown: it was worded anew since, or is asked as of another moment.
pub(super) fn leave_out_others(root: &Path, assembly: &mut Assembly) {
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for case in &mut assembly.cases {
        let now = asked(&case.question, case.as_of);
        let is_other = |o: &Answered| !o.asked.is_empty() && o.asked != now;
        for outcome in case.outcomes.iter().filter(|o| is_other(o)) {
            case.responses.retain(|r| r.model != outcome.label);
            case.steps.retain(|step| step.label != outcome.label);
            *others.entry(outcome.label.clone()).or_default() += 1;
        }
        case.outcomes.retain(|o| !is_other(o));
    }
    for (label, n) in others {
        let what = format!(
            "{n} outcomes are of another wording of the question, or of another moment (as of), and are left out; `medalign infer` asks anew"
        );
        let notice = Notice::file(Severity::Warning, &file(root, &label), what);
        assembly.notices.push(notice);
    }
}

/// Tokens that the system's context holds, as `system.toml` beside its answers states it.
fn context_length(answers: &Path) -> Option<i64> {
    let text = std::fs::read_to_string(answers.with_file_name("system.toml")).ok()?;
    let about: toml::Table = text.parse().ok()?;
    about.get("system")?.get("context")?.as_integer()
}

/// What is known of an answer, under the names that tables of responses have for it.
fn columns(answered: &Answered, context: Option<i64>) -> Vec<(String, String)> {
    let context = context.map(|tokens| ("context_length".to_owned(), tokens.to_string()));
    // The mean of the tokens' log-probabilities, as a probability.
    let confidence = answered.confidence.map(f64::exp);
    let confidence = confidence.map(|share| ("confidence".to_owned(), share.to_string()));
    context.into_iter().chain(confidence).collect()
}

/// Whether a table asks the instruction of the patient's record.
fn is_asked(assembly: &Assembly, key: &CaseKey) -> bool {
    let listed = |i: &Instruction| i.instruction_id == key.instruction && i.person_id == key.person;
    let selected = |r: &Relevance| {
        r.label == Some(true) && r.instruction_id == key.instruction && r.person_id == key.person
    };
    assembly.instructions.iter().any(listed) || assembly.relevance.iter().any(selected)
}

/// A case that had no row of its own; the instruction tables fill what they know of it later.
fn new_case(assembly: &mut Assembly, key: CaseKey, path: &Path, line: u64) -> usize {
    let of = |r: &&Relevance| r.instruction_id == key.instruction && !r.question.trim().is_empty();
    let question = assembly
        .relevance
        .iter()
        .find(of)
        .map(|r| r.question.clone());
    let origin = Origin {
        file: path.to_owned(),
        line,
    };
    let place = assembly.case(key, origin);
    assembly.cases[place].question = question.unwrap_or_default();
    place
}

/// The cases that models can be asked: those of the tables, and the instructions whose record is named and has no response yet.
pub(super) fn askable(
    cases: &[Case],
    instructions: &[Instruction],
    relevance: &[Relevance],
) -> Vec<Case> {
    let mut all: Vec<Case> = cases.to_vec();
    let mut known: FxHashSet<CaseKey> = all.iter().map(Case::key).collect();
    let of = |instruction: &str, person: &str, question: &str| Case {
        instruction_id: instruction.to_owned(),
        person_id: person.to_owned(),
        question: question.to_owned(),
        ..Case::default()
    };
    let listed = instructions.iter().map(|i| Case {
        as_of: i.as_of,
        ..of(&i.instruction_id, &i.person_id, &i.question)
    });
    let selected = relevance.iter().filter(|r| r.label == Some(true));
    let selected = selected.map(|r| of(&r.instruction_id, &r.person_id, &r.question));
    for case in listed.chain(selected) {
        if !case.person_id.is_empty() && known.insert(case.key()) {
            all.push(case);
        }
    }
    all.retain(|case| !case.instruction_id.is_empty() && !case.question.trim().is_empty());
    all
}
