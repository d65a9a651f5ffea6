//! Answers from elsewhere: runs that people have already, as answers beside a dataset's tables.
//!
//! In: the files of a run, in the form of the program that made it (one file of this folder a form). Out: each answer as it was
//! [`Found`], [`join`]ed to a case by its ids or by question and gold response, and kept by [`keep`] as `medalign infer` keeps its own.
//! Never: an answer given to a case that the run does not say it is of, an answer that is there written over unasked, or text of
//! a prompt kept, printed or in an error.

mod constants;
pub(crate) mod gather;
mod helm;
pub(crate) mod inspect;
mod inspect_zip;
pub(crate) mod join;
pub(crate) mod keep;
mod lines;
mod lm_eval;
mod openai_batch;
mod promptfoo;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use self::constants::is_constant;
use super::client::fault::{self, Fault};
use super::client::reply::{Ending, Meaning, Told, ending};
use crate::dataset::{Outcome, Usage, Window};
use crate::error::{Error, Result};
use crate::notice::Notice;

pub(crate) use lines::Field;

/// The program that made a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// HELM: the folder of a run
    Helm,
    /// Inspect: a log, `.eval` or `.json`
    Inspect,
    /// lm-evaluation-harness: `samples_*.jsonl`, or the folder it is in
    LmEval,
    /// promptfoo: the JSON that `--output` or `export` writes
    Promptfoo,
    /// Batches of OpenAI or Anthropic: the output, or a folder with output, errors and requests
    OpenaiBatch,
    /// JSON Lines, or a table (CSV, TSV), with the columns that --map names
    #[value(alias = "table")]
    Jsonl,
}

impl Form {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Form::Helm => "helm",
            Form::Inspect => "inspect",
            Form::LmEval => "lm-eval",
            Form::Promptfoo => "promptfoo",
            Form::OpenaiBatch => "openai-batch",
            Form::Jsonl => "jsonl",
        }
    }
}

/// A run, and how it is read.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// What made it.
    pub form: Form,
    /// Its file or folder.
    pub path: PathBuf,
    /// The filter whose answers are taken (lm-evaluation-harness).
    pub filter: Option<String>,
    /// Columns as fields (JSON Lines and tables).
    pub maps: Vec<(String, Field)>,
}

/// One answer, as a run has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    /// Where in the run it is, without any text of it.
    pub place: String,
    /// Which of the run's systems gave it.
    pub system: String,
    /// Which of several answers to the same, from 1.
    pub trial: u32,
    /// Whether the question was changed before it was asked.
    pub perturbed: bool,
    /// The instruction's id, where the run states it.
    pub instruction: Option<String>,
    /// The patient's id, where the run states it.
    pub person: Option<String>,
    /// An id of the run's own: it may name the case, or only number the rows.
    pub hint: Option<String>,
    /// The question, where it stands by itself.
    pub question: Option<String>,
    /// What was asked: the question alone, or with the record.
    pub prompt: String,
    /// The gold responses that the run states.
    pub golds: Vec<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// The answer, and what is known of it.
    pub told: Told,
    /// How long it took.
    pub seconds: f64,
    /// What was shown of the record, where the run keeps such.
    pub window: Option<Window>,
    /// What of it cannot be read, although its answer can.
    pub odd: Vec<&'static str>,
    /// Scores that the run has of it, by metric.
    pub scores: Vec<(String, f64)>,
}

impl Found {
    fn new(place: String) -> Self {
        Found {
            place,
            system: String::new(),
            trial: 1,
            perturbed: false,
            instruction: None,
            person: None,
            hint: None,
            question: None,
            prompt: String::new(),
            golds: Vec::new(),
            outcome: Outcome::Failed,
            told: Told::default(),
            seconds: 0.0,
            window: None,
            odd: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// Takes what a program keeps of the dataset's row: ids, question, gold response, window.
    fn know(&mut self, row: &Map<String, Value>) {
        let set = |to: &mut Option<String>, names: &[&str], of: fn(&Value) -> Option<String>| {
            if to.is_none() {
                *to = names.iter().find_map(|name| row.get(*name).and_then(of));
            }
        };
        set(&mut self.instruction, &["instruction_id"], stated);
        set(&mut self.person, &["person_id", "patient_id"], stated);
        set(&mut self.question, &["question", "instruction"], id);
        for name in ["clinician_response", "gold"] {
            self.golds
                .extend(row.get(name).map(texts).unwrap_or_default());
        }
        if let Some(window) = row.get("window") {
            self.show(window);
        }
    }

    /// Takes what was shown of the record.
    fn show(&mut self, window: &Value) {
        let read = match window {
            Value::String(json) if json.trim().is_empty() || is_constant(json) => return,
            Value::Null => return,
            Value::String(json) => serde_json::from_str(json),
            value => serde_json::from_value(value.clone()),
        };
        if read.is_err() {
            self.doubt("windows that cannot be read; their answers are taken");
        }
        self.window = read.ok();
    }

    /// Says once that something of it cannot be read.
    fn doubt(&mut self, what: &'static str) {
        if !self.odd.contains(&what) {
            self.odd.push(what);
        }
    }

    /// Names what an answer is, by its text and why the model ended.
    fn settle(&mut self) {
        let reason = self.told.finish_reason.as_deref();
        self.outcome = match reason.map_or(Ending::Whole, ending) {
            Ending::Filtered => Outcome::Filtered,
            _ if self.told.text.trim().is_empty() => Outcome::Empty,
            Ending::Cut => Outcome::Cut,
            Ending::Whole => Outcome::Answered,
            Ending::Other => {
                self.doubt("reasons to end that are not known here; their answers are taken");
                Outcome::Answered
            }
        };
    }

    /// Names what an error is that a program kept in place of an answer.
    fn fail(&mut self, status: Option<u16>, message: &str) {
        let fault = Fault {
            message: message.to_owned(),
            filtered: ["content_filter", "content management policy"]
                .iter()
                .any(|words| message.contains(words)),
            ..Fault::default()
        };
        let meaning = fault::meaning(status.unwrap_or(400), &fault, None);
        self.mean(meaning, &fault);
        self.told.status = status;
    }

    /// Takes what a reply means; what would be asked again, or with another setting, has failed here.
    fn mean(&mut self, meaning: Meaning, fault: &Fault) {
        match meaning {
            Meaning::Done(outcome, told) => {
                self.outcome = outcome;
                self.told = *told;
            }
            Meaning::Again(fault) => {
                self.told.status = fault.status;
                self.told.message = fault::said(&fault);
            }
            Meaning::OtherLimit => self.told.message = fault::said(fault),
            Meaning::Stop(what) => self.told.message = what,
        }
    }
}

/// What a run says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct About {
    /// The model, as the run names it.
    pub model: String,
    /// Its settings.
    pub settings: Map<String, Value>,
    /// Rows that are no answers to be taken, by what they are.
    pub aside: BTreeMap<&'static str, usize>,
    /// What could not be read, each with its place.
    pub broken: Vec<(String, String)>,
    /// What was doubted of what is taken, and what the whole run lacks.
    pub notices: Vec<Notice>,
}

impl About {
    fn set(&mut self, name: &str, value: &Value) {
        if !(value.is_null() || value.as_str().is_some_and(is_constant)) {
            self.settings.insert(name.to_owned(), value.clone());
        }
    }
}

/// Reads a run; each answer is given to `take`, and gone from memory then.
///
/// # Errors
/// When its files cannot be read or are of another form.
pub(crate) fn read(run: &Run, take: &mut dyn FnMut(Found)) -> Result<About> {
    match run.form {
        Form::Helm => helm::read(&run.path, take),
        Form::Inspect => inspect::read(&run.path, take),
        Form::LmEval => lm_eval::read(&run.path, run.filter.as_deref(), take),
        Form::Promptfoo => promptfoo::read(&run.path, take),
        Form::OpenaiBatch => openai_batch::read(&run.path, take),
        Form::Jsonl => lines::read(&run.path, &run.maps, take),
    }
}

/// Ids are not longer.
const LONGEST: usize = 64;
/// Whole numbers below this are told apart as floats, too.
const WHOLE: f64 = 9e15;

/// An id or a text: a string that is not blank, or a number. Programs that know floats only write 20 as 20.0.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() || is_constant(text) => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(n) if number.is_f64() && n.fract() == 0.0 && n.abs() < WHOLE => {
                (n as i64).to_string()
            }
            _ => number.to_string(),
        }),
        _ => None,
    }
}

/// An id that a run states in a field for it: whatever is there is never taken for nothing, so that it is no other case's.
fn stated(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(b) => Some(b.to_string()),
        Value::Array(_) => Some("[…]".to_owned()),
        Value::Object(_) => Some("{…}".to_owned()),
        value => id(value),
    }
}

/// An id as messages show it. What is no id may be a text of the run, which they never show.
fn shown(id: &str) -> &str {
    let like_an_id = |c: char| !(c.is_whitespace() || c.is_control());
    if id.len() <= LONGEST && id.chars().all(like_an_id) {
        id
    } else {
        "[…]"
    }
}

/// A whole number that a program wrote as a fraction: 20 of 20.0.
fn whole(id: &str) -> &str {
    match id.strip_suffix(".0") {
        Some(n) if !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) => n,
        _ => id,
    }
}

/// A number, or a text that is one.
fn number(value: &Value) -> Option<f64> {
    let number = value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|n| n.is_finite())
}

/// Which of several, from 1, where that number may be of any size.
fn ordinal(from_1: u64) -> u32 {
    u32::try_from(from_1).unwrap_or(u32::MAX)
}

/// The answer, and the further ones that its model gave at once: each is a trial, those of the next round behind them.
fn with_further(mut first: Found, further: Vec<Found>) -> impl Iterator<Item = Found> {
    let of = ordinal(further.len() as u64 + 1);
    let round = first.trial.saturating_sub(1).saturating_mul(of);
    first.trial = round.saturating_add(1);
    let further = further.into_iter().zip(2..).map(move |(mut found, n)| {
        found.trial = round.saturating_add(n);
        // Scores and tokens are those of the first, or of all together.
        found.scores.clear();
        found.told.usage = None;
        found
    });
    std::iter::once(first).chain(further)
}

/// A text, or each of a list that is not blank.
fn texts(value: &Value) -> Vec<String> {
    let all = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    let each = all.iter().map(|one| id(one).unwrap_or_else(|| text(one)));
    each.filter(|text| !text.trim().is_empty()).collect()
}

/// A text, or a list of parts or messages; a number, and an object of another kind, as JSON writes it, so that an answer
/// that is none of these is still an answer.
fn text(value: &Value) -> String {
    match value {
        Value::Object(object) if part(object).is_none() && !object.is_empty() => value.to_string(),
        Value::Array(all) if !all.is_empty() && all.iter().all(Value::is_string) => {
            let each: Vec<String> = all.iter().map(text).collect();
            each.join("\n")
        }
        // Of parts and messages, only those with text: a picture or a call of a tool is none.
        Value::Array(all) if all.iter().any(Value::is_object) => {
            let parts = all
                .iter()
                .filter(|v| v.as_object().is_none_or(|o| part(o).is_some()));
            parts.map(text).collect()
        }
        Value::Array(all) if all.iter().any(|v| !v.is_null()) => value.to_string(),
        Value::Null | Value::Array(_) => String::new(),
        Value::Object(object) => part(object).map(text).unwrap_or_default(),
        Value::String(text) if is_constant(text) => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The text of a part, or of a message.
fn part(object: &Map<String, Value>) -> Option<&Value> {
    ["text", "content"]
        .iter()
        .find_map(|name| object.get(*name))
}

/// What was asked, of a list of messages: the last of the user's.
fn asked(messages: &Value) -> String {
    let Value::Array(all) = messages else {
        return text(messages);
    };
    let user = all.iter().rev().find(|m| m["role"] == "user");
    user.map(|m| text(&m["content"])).unwrap_or_default()
}

/// Tokens, where both numbers or the prompt's is there.
fn usage(of: &Value, prompt: &str, completion: &str) -> Option<Usage> {
    let count = |name: &str| of[name].as_f64().map(|n| n as u64);
    Some(Usage {
        prompt: count(prompt)?,
        completion: count(completion).unwrap_or(0),
    })
}

/// The name of a metric, which names a file: letters, digits, dots, hyphens and underscores.
fn metric(parts: &[&str]) -> String {
    let joined = parts.join("-");
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || c == '.' || c == '_' => c,
        _ => '-',
    };
    joined.chars().map(plain).collect()
}

/// The files of a folder that begin with a word and have one of these endings, sorted; or the one that was named.
fn files(path: &Path, begins: &str, endings: &[&str]) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let reading = |e| Error::io(path, "listing the run", e);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(reading)? {
        let file = entry.map_err(reading)?.path();
        let begins = name(&file).starts_with(begins);
        if begins && endings.iter().any(|e| ends(&file, e)) && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file's name has this ending.
fn ends(path: &Path, ending: &str) -> bool {
    path.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// The name of a file, for a place.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    crate::text::safe(&name).into_owned()
}
