//! Inspect: a log, `.json` or `.eval`.
//!
//! In: the log; of a `.json` one sample after the other is read, of an `.eval` one entry. Out: an answer an epoch, with the ids that the
//! sample's metadata keeps, and its scores. [`edit`] writes a copy of a log with scores edited. Never: events in memory together,
//! a sample passed over in silence.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::constants::{Quoted, restored};
use super::inspect_zip::Archive;
use super::stream::{self, Wanted, at};
use super::{
    About, Found, asked, ends, files, id, metric, name, ordinal, shown, text, texts, with_further,
};
use crate::error::{Error, Result};
use crate::files::replace::put;
use crate::notice::{Notice, Severity};

const HEADER: &str = "header.json";
/// What a log has in place of a header until it is finished.
const START: &str = "_journal/start.json";
const SUMMARIES: &str = "summaries.json";

const SAMPLES: Wanted<'_> = Wanted {
    way: &["samples"],
    beside: &["eval", "status"],
    skip: &["events", "events_data", "store", "messages"],
};

/// Whether a log is an archive.
fn is_eval(path: &Path) -> bool {
    ends(path, "eval")
}

/// The log that was named, or the one of a folder.
fn log(path: &Path) -> Result<PathBuf> {
    let mut logs = files(path, "", &["eval", "json"])?;
    match logs.len() {
        1 => Ok(logs.remove(0)),
        n => Err(
            Error::unreadable(path, format!("{n} logs are in this folder"))
                .hint("name one log, .eval or .json"),
        ),
    }
}

pub(super) fn read(path: &Path, take: &mut dyn FnMut(Found)) -> Result<About> {
    let path = log(path)?;
    let mut about = About::default();
    let mut count = 0;
    if !is_eval(&path) {
        let beside = stream::each(&path, stream::open(&path)?, &SAMPLES, &mut |n, sample| {
            let mut found = of_sample(&sample);
            found.place = format!("samples[{n}] {}", found.place);
            let further = further(&sample, &found);
            with_further(found, further).for_each(&mut *take);
            count += 1;
        })?;
        settings(&mut about, &beside);
        ended(&mut about, &path, &beside, count);
        return Ok(about);
    }
    let mut archive = Archive::open(&path)?;
    let head = [HEADER, START].into_iter().find(|n| archive.has(n));
    let mut header = Map::new();
    if let Some(head) = head {
        let bytes = archive.entry(head)?;
        header = object(&path, Quoted::new(&*bytes))?;
        if head == START {
            header.insert("status".to_owned(), "unfinished".into());
        }
        settings(&mut about, &header);
    }
    for (n, entry) in samples(archive.names()).into_iter().enumerate() {
        let place = name(Path::new(entry.trim_end_matches("/sample.json")));
        let place = if shown(&place) == place {
            place
        } else {
            format!("samples[{n}]")
        };
        match sample_of(&path, &mut archive, &entry) {
            Ok(sample) => {
                let mut found = of_sample(&sample);
                found.place = place;
                let further = further(&sample, &found);
                with_further(found, further).for_each(&mut *take);
                count += 1;
            }
            Err(error) => about.broken.push((place, error.about(&path))),
        }
    }
    ended(&mut about, &path, &header, count);
    Ok(about)
}

/// The entries that are samples, or the small part of one that is kept in chunks.
fn samples(names: &[String]) -> Vec<String> {
    let sample = |name: &&String| match name.strip_prefix("samples/") {
        Some(inner) => match inner.split_once('/') {
            Some((_, rest)) => rest == "sample.json",
            None => ends(Path::new(inner), "json"),
        },
        None => false,
    };
    names.iter().filter(sample).cloned().collect()
}

fn object(path: &Path, json: Quoted<impl std::io::Read>) -> Result<Map<String, Value>> {
    let json = std::io::BufReader::with_capacity(1 << 16, json);
    serde_json::from_reader(json).map_err(|e| stream::broken(path, &e))
}

/// A sample, with what is kept beside it where it is in chunks.
fn sample_of(path: &Path, archive: &mut Archive, entry: &str) -> Result<Map<String, Value>> {
    let bytes = archive.entry(entry)?;
    let mut sample = stream::one(path, Quoted::new(bytes.as_slice()), SAMPLES.skip)?;
    let Some(folder) = entry.strip_suffix("/sample.json") else {
        return Ok(sample);
    };
    let metadata = format!("{folder}/metadata.json");
    if archive.has(&metadata) {
        let metadata = object(path, Quoted::new(&*archive.entry(&metadata)?))?;
        sample.insert("metadata".to_owned(), Value::Object(metadata));
    }
    // What is long stands in chunks, each named by the number of its first text.
    let within = format!("{folder}/attachments/");
    let chunks: Vec<String> = archive
        .names()
        .iter()
        .filter(|n| n.starts_with(&within))
        .cloned()
        .collect();
    let mut attachments = Map::new();
    for chunk in chunks {
        let first = chunk[within.len()..]
            .trim_end_matches(".json")
            .parse::<u32>();
        let texts: Vec<Value> = serde_json::from_slice(&archive.entry(&chunk)?)
            .map_err(|e| stream::broken(path, &e))?;
        for (n, text) in (u64::from(first.unwrap_or(0))..).zip(texts) {
            attachments.insert(n.to_string(), text);
        }
    }
    sample.insert("attachments".to_owned(), Value::Object(attachments));
    Ok(sample)
}

/// Says that a run did not come to its end, so that samples lack, or were cut off.
fn ended(about: &mut About, path: &Path, header: &Map<String, Value>, count: usize) {
    let status = id(at(header, "status")).unwrap_or_default();
    if status.is_empty() || status == "success" {
        return;
    }
    let eval = at(header, "eval");
    let asked = eval["dataset"]["sample_ids"].as_array().map(Vec::len);
    let asked = asked.map(|n| n as u64 * eval["config"]["epochs"].as_u64().unwrap_or(1));
    let of = asked.map_or_else(String::new, |asked| format!(" of {asked}"));
    let what = format!(
        "the run did not come to its end (status {}): {count}{of} samples are here",
        shown(&status)
    );
    about
        .notices
        .push(Notice::file(Severity::Error, path, what));
}

fn settings(about: &mut About, header: &Map<String, Value>) {
    let eval = at(header, "eval");
    about.model = id(&eval["model"]).unwrap_or_default();
    for name in ["task", "created", "run_id", "eval_id", "model_args"] {
        about.set(name, &eval[name]);
    }
    for (name, value) in eval["model_generate_config"]
        .as_object()
        .into_iter()
        .flatten()
    {
        about.set(name, value);
    }
    about.set("status", at(header, "status"));
}

fn of_sample(sample: &Map<String, Value>) -> Found {
    let named = id(at(sample, "id")).unwrap_or_default();
    let epoch = at(sample, "epoch").as_u64().unwrap_or(1);
    let mut found = Found::new(format!("({}, epoch {epoch})", shown(&named)));
    found.hint = Some(named);
    found.trial = ordinal(epoch);
    if let Some(metadata) = at(sample, "metadata").as_object() {
        found.know(metadata);
    }
    let attached = |text| attached(sample, text);
    found.prompt = attached(asked(at(sample, "input")));
    let targets = texts(at(sample, "target")).into_iter().map(attached);
    found.golds.extend(targets.filter(|t| !t.trim().is_empty()));

    let output = at(sample, "output");
    chosen(&mut found, sample, &output["choices"][0]);
    let whole = text(&output["completion"]);
    if !whole.is_empty() {
        found.told.text = attached(whole);
    }
    found.told.model = id(&output["model"]).unwrap_or_default();
    let of = &output["usage"];
    found.told.usage = super::usage(of, "input_tokens", "output_tokens").map(|mut usage| {
        let cached = ["input_tokens_cache_read", "input_tokens_cache_write"];
        let cached = cached.iter().filter_map(|n| of[*n].as_u64());
        usage.prompt = cached.fold(usage.prompt, u64::saturating_add);
        usage
    });
    found.seconds = output["time"].as_f64().unwrap_or(0.0);
    found.settle();
    if !found.outcome.is_answer() {
        let error = text_of_error(at(sample, "error"), &output["error"]);
        if let Some(error) = error {
            found.fail(None, &error);
        }
    }
    for (name, score) in at(sample, "scores").as_object().into_iter().flatten() {
        score_of(&mut found.scores, &["inspect", name], &score["value"]);
    }
    found
}

/// The answers of a sample beside its first.
fn further(sample: &Map<String, Value>, first: &Found) -> Vec<Found> {
    let choices = at(sample, "output")["choices"].as_array();
    let rest = choices.into_iter().flatten().skip(1);
    rest.map(|choice| {
        let mut found = first.clone();
        chosen(&mut found, sample, choice);
        found.settle();
        found
    })
    .collect()
}

/// A text of a sample; a long one stands beside it.
fn attached(sample: &Map<String, Value>, text: String) -> String {
    match text.strip_prefix("attachment://") {
        Some(name) => at(sample, "attachments")[name]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        None => text,
    }
}

/// Takes one of the choices that an output has.
fn chosen(found: &mut Found, sample: &Map<String, Value>, choice: &Value) {
    let content = &choice["message"]["content"];
    found.told.text = attached(sample, text(content));
    let parts = content.as_array().into_iter().flatten();
    found.told.reasoning = parts.filter_map(|p| p["reasoning"].as_str()).collect();
    found.told.finish_reason = id(&choice["stop_reason"]).filter(|r| r != "unknown");
}

fn text_of_error(sample: &Value, output: &Value) -> Option<String> {
    id(&sample["message"])
        .or_else(|| id(sample))
        .or_else(|| id(output))
}

/// A value as a number: C and I are right and wrong, P is half, N none.
fn score_of(scores: &mut Vec<(String, f64)>, name: &[&str], value: &Value) {
    let number = match value {
        Value::Number(n) => n.as_f64(),
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::String(s) => match s.as_str() {
            "C" => Some(1.0),
            "P" => Some(0.5),
            "I" | "N" => Some(0.0),
            _ => None,
        },
        Value::Object(parts) => {
            for (part, value) in parts {
                score_of(scores, &[name, &[part]].concat(), value);
            }
            None
        }
        _ => None,
    };
    scores.extend(number.map(|n| (metric(name), n)));
}

/// Writes a copy of a log in which samples are edited: `edit` is given each as it was found and as it stands, and says whether it changed
/// the latter. Gives back how many it changed.
///
/// # Errors
/// When the log cannot be read or the copy not be written.
pub(crate) fn edit(
    log: &Path,
    to: &Path,
    replace: bool,
    edit: &mut dyn FnMut(&Found, &mut Map<String, Value>) -> bool,
) -> Result<usize> {
    if is_eval(log) {
        edit_archive(log, to, replace, edit)
    } else {
        edit_json(log, to, replace, edit)
    }
}

type Edit<'a> = &'a mut dyn FnMut(&Found, &mut Map<String, Value>) -> bool;

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    let bytes = serde_json::to_vec(value);
    bytes
        .map(restored)
        .map_err(|_| Error::bug("a sample could not be written"))
}

fn edit_json(log: &Path, to: &Path, replace: bool, edit: Edit<'_>) -> Result<usize> {
    let mut whole = object(log, stream::open(log)?)?;
    let other = |what: &str| {
        Error::unreadable(log, what).hint("name a log of Inspect that holds its samples")
    };
    let Some(Value::Array(samples)) = whole.get_mut("samples") else {
        return Err(other("there are no samples in this log"));
    };
    let mut changed = 0;
    for (n, sample) in samples.iter_mut().enumerate() {
        let sample = sample
            .as_object_mut()
            .ok_or_else(|| other(&format!("samples[{n}] is no sample")))?;
        let mut found = of_sample(sample);
        found.place = format!("samples[{n}] {}", found.place);
        changed += usize::from(edit(&found, sample));
    }
    let bytes = json(&whole)?;
    put(to, replace, |file| std::io::Write::write_all(file, &bytes))?;
    Ok(changed)
}

fn edit_archive(log: &Path, to: &Path, replace: bool, edit: Edit<'_>) -> Result<usize> {
    let mut archive = Archive::open(log)?;
    let mut changed: FxHashMap<String, Vec<u8>> = FxHashMap::default();
    let mut scores: Vec<(Value, Value, Value)> = Vec::new();
    for entry in samples(archive.names()) {
        let found = of_sample(&sample_of(log, &mut archive, &entry)?);
        let mut sample = object(log, Quoted::new(&*archive.entry(&entry)?))?;
        if edit(&found, &mut sample) {
            changed.insert(entry, json(&sample)?);
            let of = |name| at(&sample, name).clone();
            scores.push((of("id"), of("epoch"), of("scores")));
        }
    }
    let n = changed.len();
    if archive.has(SUMMARIES) && n > 0 {
        let bytes = archive.entry(SUMMARIES)?;
        let read: serde_json::Result<Value> =
            serde_json::from_reader(Quoted::new(bytes.as_slice()));
        let mut all = read.map_err(|e| stream::broken(log, &e))?;
        for summary in all.as_array_mut().into_iter().flatten() {
            let of = scores
                .iter()
                .find(|(id, epoch, _)| *id == summary["id"] && *epoch == summary["epoch"]);
            if let (Some((.., edited)), Value::Object(summary)) = (of, &mut *summary) {
                let mut edited = edited.clone();
                for (_, score) in edited.as_object_mut().into_iter().flatten() {
                    if let Value::Object(score) = score {
                        score.insert("history".to_owned(), Value::Array(Vec::new()));
                    }
                }
                summary.insert("scores".to_owned(), edited);
            }
        }
        changed.insert(SUMMARIES.to_owned(), json(&all)?);
    }
    put(to, replace, |file| archive.copy(file, &changed))?;
    Ok(n)
}
