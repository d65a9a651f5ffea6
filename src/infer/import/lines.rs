//! JSON Lines, or a table, with the columns that the user names.
//!
//! In: an object a line, or a row. Out: an answer each. Columns that go by the dataset's own names are known; `--map column=field`
//! names any other, a dotted path in JSON (`response.text=answer`).

use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::{Map, Value};

use super::constants::{Quoted, constant, is_constant};
use super::{About, Found, ends, files, id, name, stated, stream, text, texts};
use crate::dataset::Usage;
use crate::dataset::instruction::share;
use crate::dataset::table::{Row, Table};
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};

/// What a column can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The instruction's id.
    Instruction,
    /// The patient's id.
    Person,
    Question,
    /// The gold response.
    Gold,
    Answer,
    Model,
    /// Why the model ended.
    FinishReason,
    PromptTokens,
    /// Tokens of the answer.
    CompletionTokens,
    /// How long it took.
    Seconds,
    /// How sure the model was.
    Confidence,
    /// What it thought.
    Reasoning,
    /// Why there is no answer.
    Error,
    /// What was shown of the record.
    Window,
}

impl Field {
    const ALL: [(Field, &'static [&'static str]); 14] = [
        (Field::Instruction, &["instruction_id"]),
        (Field::Person, &["person_id", "patient_id"]),
        (Field::Question, &["question", "instruction"]),
        (Field::Gold, &["clinician_response", "gold"]),
        (
            Field::Answer,
            &["answer", "model_response", "model_output", "response"],
        ),
        (Field::Model, &["model", "model_name"]),
        (Field::FinishReason, &["finish_reason"]),
        (Field::PromptTokens, &["prompt_tokens"]),
        (Field::CompletionTokens, &["completion_tokens"]),
        (Field::Seconds, &["seconds"]),
        (Field::Confidence, &["confidence"]),
        (Field::Reasoning, &["reasoning"]),
        (Field::Error, &["error"]),
        (Field::Window, &["window"]),
    ];

    /// The field of a name.
    ///
    /// # Errors
    /// When there is none; it names those there are.
    pub fn named(name: &str) -> std::result::Result<Field, String> {
        let found = Field::ALL.iter().find(|(_, names)| names.contains(&name));
        found.map(|(field, _)| *field).ok_or_else(|| {
            let names: Vec<&str> = Field::ALL.iter().map(|(_, names)| names[0]).collect();
            format!("no field {name}; there are {}", names.join(", "))
        })
    }

    fn names(self) -> &'static [&'static str] {
        let found = Field::ALL.iter().find(|(field, _)| *field == self);
        found.map_or(&[], |(_, names)| names)
    }
}

pub(super) fn read(
    path: &Path,
    maps: &[(String, Field)],
    take: &mut dyn FnMut(Found),
) -> Result<About> {
    let mut about = About::default();
    let mut used = vec![false; maps.len()];
    let (mut answered, mut unanswered) = (false, Vec::new());
    let mut one = |place: String, row: &Map<String, Value>| {
        for (used, (column, _)) in used.iter_mut().zip(maps) {
            *used |= get(row, column).is_some();
        }
        if of(row, maps, Field::Answer)
            .or(of(row, maps, Field::Error))
            .is_none()
        {
            return unanswered.push(place);
        }
        answered = true;
        let mut found = of_row(row, maps);
        found.place = place;
        if about.model.is_empty() {
            about.model.clone_from(&found.told.model);
        }
        take(found);
    };
    let (mut broken, mut doubted) = (Vec::new(), Vec::new());
    for file in files(path, "", &["jsonl", "csv", "tsv"])? {
        if ["csv", "tsv", "txt"].iter().any(|e| ends(&file, e)) {
            let table = Table::read(&file)?;
            doubted.extend(doubts(&table));
            each_row(&table, &mut broken, &mut |line, row| {
                one(format!("{}:{line}", name(&file)), &row);
            });
        } else {
            each_line(&file, &mut broken, &mut |line, row| {
                one(format!("{}:{line}", name(&file)), &row);
            })?;
        }
    }
    if let Some(at) = used.iter().position(|u| !u) {
        return Err(
            Error::usage(format!("no row has the column {}", maps[at].0))
                .hint("--map COLUMN=FIELD: a column's name, or a path with dots in JSON"),
        );
    }
    if !answered && !unanswered.is_empty() {
        return Err(
            Error::unreadable(path, "no column of this run is the answer")
                .hint("--map COLUMN=answer names the column that is"),
        );
    }
    let what = "the row has no answer and says no error";
    broken.extend(unanswered.into_iter().map(|place| (place, what.to_owned())));
    about.broken = broken;
    about.notices = doubted;
    Ok(about)
}

/// What the reader of a table doubted of what it read.
fn doubts(table: &Table) -> impl Iterator<Item = Notice> {
    let doubts = table.doubts().iter();
    doubts.filter(|n| n.severity >= Severity::Warning).cloned()
}

/// Gives each row of a table that is whole with its line; others are told of. One that is too short may be the end of the row before it,
/// which a line break in a cell without quotes cut.
fn each_row(
    table: &Table,
    broken: &mut Vec<(String, String)>,
    take: &mut dyn FnMut(u64, Map<String, Value>),
) {
    let place = |line| format!("{}:{line}", name(table.path()));
    let header = table.header();
    let lost = table.lost().iter();
    broken.extend(lost.map(|(line, why)| (place(*line), why.told().to_owned())));
    let rows = table.rows();
    for (at, row) in rows.iter().enumerate() {
        let short = |row: &Row| row.len() < header.len();
        let why = if short(row) {
            "the row has fewer cells than the header"
        } else if rows.get(at + 1).is_some_and(short) && !table.ends_in_quotes(row) {
            "the row behind it has fewer cells than the header, and may be the rest of this one: put each cell that holds a line break in quotes"
        } else {
            let cells = header.iter().zip(0..);
            let cells = cells.map(|(name, i)| (name.clone(), cell(row.get(i))));
            take(row.line(), cells.collect());
            continue;
        };
        broken.push((place(row.line()), why.to_owned()));
    }
}

/// A cell as a value: what programs write for nothing is nothing.
fn cell(text: &str) -> Value {
    match text.trim() {
        "NULL" | "null" | "NaN" | "nan" | "None" | "<NA>" => constant(text.trim()),
        _ => text.into(),
    }
}

/// What a row has of a field.
fn of<'a>(
    row: &'a Map<String, Value>,
    maps: &[(String, Field)],
    field: Field,
) -> Option<&'a Value> {
    let mapped = maps.iter().filter(|(_, f)| *f == field);
    let mut values = mapped.filter_map(|(column, _)| get(row, column));
    values.next().or_else(|| {
        // A column that is mapped to something else is not what it is called.
        let free = |name: &&&str| !maps.iter().any(|(column, _)| column == **name);
        let mut names = field.names().iter().filter(free);
        names.find_map(|name| row.get(*name))
    })
}

/// A value by the name of its column, or by a path with dots.
fn get<'a>(row: &'a Map<String, Value>, column: &str) -> Option<&'a Value> {
    if let Some(value) = row.get(column) {
        return Some(value);
    }
    let (first, rest) = column.split_once('.')?;
    let mut value = row.get(first)?;
    for part in rest.split('.') {
        value = match part.parse::<usize>() {
            Ok(n) if value.is_array() => value.get(n)?,
            _ => value.get(part)?,
        };
    }
    Some(value)
}

fn of_row(row: &Map<String, Value>, maps: &[(String, Field)]) -> Found {
    let of = |field: Field| of(row, maps, field);
    let words = |field| of(field).and_then(id);
    let number = |field| of(field).and_then(super::number);
    let ids = |field| of(field).and_then(stated).map(|t| t.trim().to_owned());
    let mut found = Found::new(String::new());
    found.instruction = ids(Field::Instruction);
    found.person = ids(Field::Person);
    found.question = words(Field::Question);
    found.golds = of(Field::Gold).map(texts).unwrap_or_default();
    found.told.text = of(Field::Answer).map(text).unwrap_or_default();
    found.told.model = words(Field::Model).unwrap_or_default();
    found.system.clone_from(&found.told.model);
    found.told.finish_reason = words(Field::FinishReason);
    found.told.reasoning = words(Field::Reasoning).unwrap_or_default();
    if let Some(stated) = of(Field::Confidence).and_then(id) {
        found.told.confidence = share(&stated).map(log_of);
        if found.told.confidence.is_none() {
            found
                .odd
                .push("confidences that are no share between 0 and 1; their answers are taken");
        }
    }
    found.told.usage = number(Field::PromptTokens).map(|prompt| Usage {
        prompt: prompt as u64,
        completion: number(Field::CompletionTokens).unwrap_or(0.0) as u64,
    });
    found.seconds = number(Field::Seconds).unwrap_or(0.0);
    let nothing = |value: &Value| value.as_str().is_some_and(is_constant);
    if of(Field::Answer).is_some_and(nothing) {
        found.doubt("answers that say NULL, NaN or None, which is nothing; they count as empty");
    }
    if let Some(window) = of(Field::Window) {
        found.show(window);
    }
    found.settle();
    if let Some(error) = of(Field::Error).map(text).filter(|e| !e.trim().is_empty())
        && !found.outcome.is_answer()
    {
        let model = std::mem::take(&mut found.told.model);
        found.fail(None, &error);
        found.told.model = model;
    }
    found
}

/// A share as the log-probability that answers keep; of 0, which has none that JSON could write, one that comes back as 0.
fn log_of(share: f64) -> f64 {
    share.ln().max(-1000.0)
}

/// Gives each line that is a JSON object with its number from 1; others are told of.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn each_line(
    path: &Path,
    broken: &mut Vec<(String, String)>,
    take: &mut dyn FnMut(u64, Map<String, Value>),
) -> Result<()> {
    let mut reader = BufReader::with_capacity(1 << 16, stream::file(path)?);
    let mut line = Vec::new();
    for at in 1.. {
        line.clear();
        let n = reader
            .read_until(b'\n', &mut line)
            .map_err(|e| Error::io(path, "reading the run", e))?;
        if n == 0 {
            break;
        }
        let start = if at == 1 {
            line.strip_prefix(b"\xef\xbb\xbf")
        } else {
            None
        };
        let bytes = start.unwrap_or(&line);
        if at == 1 {
            refuse_other_forms(path, bytes)?;
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let read =
            serde_json::from_slice(bytes).or_else(|_| serde_json::from_reader(Quoted::new(bytes)));
        match read {
            Ok(row) => take(at, row),
            Err(_) => broken.push((
                format!("{}:{at}", name(path)),
                "the line is no JSON object".to_owned(),
            )),
        }
    }
    Ok(())
}

/// Refuses what is no JSON Lines, by its first line.
fn refuse_other_forms(path: &Path, first: &[u8]) -> Result<()> {
    let object = |v: &Value| v.is_object();
    let list = |line: &[u8]| match serde_json::from_slice::<Value>(line) {
        Ok(Value::Array(all)) => all.iter().any(object),
        _ => true,
    };
    let (what, hint) = match first.trim_ascii() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [_, 0, _, 0, ..] | [0, _, 0, _, ..] => {
            ("this is UTF-16", "save it as UTF-8")
        }
        line @ [b'[', ..] if list(line) => (
            "this is one list in JSON, not an object on each line",
            "write each of the list on a line of its own: jq -c '.[]' FILE",
        ),
        b"{" => (
            "this is JSON over several lines, not an object on each line",
            "write each object on one line: jq -c . FILE",
        ),
        _ => return Ok(()),
    };
    Err(Error::unreadable(path, what).hint(hint))
}
