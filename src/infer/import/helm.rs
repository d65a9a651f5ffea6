//! HELM: the folder of a run, `runs/<suite>/<run>/`.
//!
//! In: `scenario_state.json`, which holds all prompts and is streamed, or `instances.json` with `display_predictions.json`; settings of
//! `run_spec.json`, tokens of `per_instance_stats.json`. Out: answers with the question and the gold response they are of (HELM
//! keeps no ids of the dataset), and the juries' marks as scores.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::stream::{self, Wanted, at};
use super::{About, Found, id, metric, number, ordinal, shown, text, with_further};
use crate::dataset::Usage;
use crate::error::{Error, Result};

const STATE: &str = "scenario_state.json";
const INSTANCES: &str = "instances.json";
const PREDICTIONS: &str = "display_predictions.json";
const STATS: &str = "per_instance_stats.json";

/// The array that a file is.
const LIST: Wanted<'_> = Wanted {
    way: &[],
    beside: &[],
    skip: &[],
};

pub(super) fn read(path: &Path, take: &mut dyn FnMut(Found)) -> Result<About> {
    let folder = if path.is_dir() {
        path
    } else {
        crate::files::private::parent(path)
    };
    let mut about = About::default();
    let spec = folder.join("run_spec.json");
    if spec.is_file() {
        settings(&mut about, &stream::whole(&spec)?["adapter_spec"]);
    }
    if folder.join(STATE).is_file() {
        let counted = counted(folder)?;
        state(folder, &counted, &mut about, take)?;
    } else if folder.join(INSTANCES).is_file() && folder.join(PREDICTIONS).is_file() {
        predictions(folder, &about, take)?;
    } else {
        let what = format!("neither {STATE} nor {INSTANCES} with {PREDICTIONS} is here");
        return Err(Error::unreadable(folder, what)
            .hint("name the folder of one run: benchmark_output/runs/SUITE/RUN"));
    }
    Ok(about)
}

fn settings(about: &mut About, spec: &Value) {
    if let Some(model) = id(&spec["model"]) {
        about.model = model;
    }
    for name in [
        "model_deployment",
        "temperature",
        "max_tokens",
        "stop_sequences",
        "method",
        "instructions",
    ] {
        about.set(name, &spec[name]);
    }
}

/// Tokens of prompt and answer, by instance and trial.
type Counted = FxHashMap<(String, u64), Usage>;

fn counted(folder: &Path) -> Result<Counted> {
    let path = folder.join(STATS);
    let mut counted = Counted::default();
    if !path.is_file() {
        return Ok(counted);
    }
    stream::each(&path, stream::open(&path)?, &LIST, &mut |_, of| {
        if !at(&of, "perturbation").is_null() {
            return;
        }
        let stats = at(&of, "stats").as_array();
        let value = |name: &str| {
            let stat = stats?.iter().find(|s| s["name"]["name"] == name)?;
            let mean = stat["mean"].as_f64().or_else(|| stat["sum"].as_f64())?;
            Some(mean as u64)
        };
        let instance = id(at(&of, "instance_id"));
        if let (Some(instance), Some(prompt)) = (instance, value("num_prompt_tokens")) {
            let trial = at(&of, "train_trial_index").as_u64().unwrap_or(0);
            let completion = value("num_completion_tokens")
                .or_else(|| value("num_output_tokens"))
                .unwrap_or(0);
            counted.insert((instance, trial), Usage { prompt, completion });
        }
    })?;
    Ok(counted)
}

fn state(
    folder: &Path,
    counted: &Counted,
    about: &mut About,
    take: &mut dyn FnMut(Found),
) -> Result<()> {
    let path = folder.join(STATE);
    let wanted = Wanted {
        way: &["request_states"],
        beside: &["adapter_spec"],
        skip: &["output_mapping"],
    };
    let mut model = String::new();
    let beside = stream::each(&path, stream::open(&path)?, &wanted, &mut |n, state| {
        let instance = at(&state, "instance");
        let request = at(&state, "request");
        let mut found = Found::new(String::new());
        instance_of(
            &mut found,
            &format!("{STATE}: request_states[{n}]"),
            instance,
        );
        let trial = at(&state, "train_trial_index").as_u64().unwrap_or(0);
        found.trial = ordinal(trial.saturating_add(1));
        if let Some(of) = id(&request["model"]) {
            found.system.clone_from(&of);
            found.told.model.clone_from(&of);
            model = of;
        }
        let result = at(&state, "result");
        let mut further = Vec::new();
        let completions = result["completions"].as_array();
        if result["success"] == false {
            found.fail(None, result["error"].as_str().unwrap_or_default());
        } else {
            let rest = completions.into_iter().flatten().skip(1);
            further.extend(rest.map(|completion| {
                let mut further = found.clone();
                complete(&mut further, completion, result);
                further
            }));
            complete(&mut found, &result["completions"][0], result);
        }
        let key = (id(&instance["id"]).unwrap_or_default(), trial);
        found.told.usage = counted.get(&key).copied();
        jury(&mut found, at(&state, "annotations"));
        with_further(found, further).for_each(&mut *take);
    })?;
    if about.model.is_empty() {
        settings(about, at(&beside, "adapter_spec"));
    }
    if about.model.is_empty() {
        about.model = model;
    }
    Ok(())
}

/// What is asked, and the gold responses to it.
fn instance_of(found: &mut Found, place: &str, instance: &Value) {
    let named = id(&instance["id"]).unwrap_or_default();
    found.place = format!("{place} ({})", shown(&named));
    found.prompt = text(&instance["input"]);
    let references = instance["references"].as_array().into_iter().flatten();
    let golds = references.map(|r| text(&r["output"]));
    found.golds = golds.filter(|g| !g.trim().is_empty()).collect();
    found.perturbed = !instance["perturbation"].is_null();
    if let Some(data) = instance["extra_data"].as_object() {
        found.know(data);
    }
}

/// Takes one of the completions that a request has.
fn complete(found: &mut Found, completion: &Value, result: &Value) {
    found.told.text = text(&completion["text"]);
    found.told.reasoning = text(&completion["thinking"]);
    let reason = &completion["finish_reason"];
    let reason = id(&reason["reason"]).or_else(|| id(reason));
    found.told.finish_reason = reason.filter(|r| r != "unknown");
    found.told.confidence = confidence(&completion["tokens"]);
    found.seconds = result["request_time"].as_f64().unwrap_or(0.0);
    found.settle();
}

/// The mean log-probability; models that tell none have 0 for each token.
fn confidence(tokens: &Value) -> Option<f64> {
    let each: Vec<f64> = tokens
        .as_array()?
        .iter()
        .filter_map(|t| t["logprob"].as_f64())
        .collect();
    let told = each.iter().any(|p| *p != 0.0);
    told.then(|| each.iter().sum::<f64>() / each.len() as f64)
}

/// Marks of the judges, each by its criteria.
fn jury(found: &mut Found, annotations: &Value) {
    let annotators = annotations.as_object().into_iter().flatten();
    for (annotator, judges) in annotators {
        for (judge, criteria) in judges.as_object().into_iter().flatten() {
            for (criterion, of) in criteria.as_object().into_iter().flatten() {
                if let Some(score) = number(&of["score"]) {
                    let name = metric(&["helm", annotator, judge, criterion]);
                    found.scores.push((name, score));
                }
            }
        }
    }
}

fn predictions(folder: &Path, about: &About, take: &mut dyn FnMut(Found)) -> Result<()> {
    let path = folder.join(INSTANCES);
    let mut instances: FxHashMap<String, Map<String, Value>> = FxHashMap::default();
    stream::each(&path, stream::open(&path)?, &LIST, &mut |_, instance| {
        if let (Some(named), true) = (
            id(at(&instance, "id")),
            at(&instance, "perturbation").is_null(),
        ) {
            instances.insert(named, instance);
        }
    })?;
    let path = folder.join(PREDICTIONS);
    stream::each(&path, stream::open(&path)?, &LIST, &mut |n, said| {
        let mut found = Found::new(String::new());
        let named = id(at(&said, "instance_id")).unwrap_or_default();
        let instance = instances.get(&named).cloned().unwrap_or_default();
        let place = format!("{PREDICTIONS}[{n}]");
        instance_of(&mut found, &place, &Value::Object(instance));
        found.place = format!("{place} ({})", shown(&named));
        found.perturbed = !at(&said, "perturbation").is_null();
        let trial = at(&said, "train_trial_index").as_u64().unwrap_or(0);
        found.trial = ordinal(trial.saturating_add(1));
        found.told.model.clone_from(&about.model);
        found.told.text = text(at(&said, "predicted_text"));
        found.told.reasoning = text(at(&said, "thinking_text"));
        found.settle();
        let stats = at(&said, "stats");
        found.told.usage = super::usage(stats, "num_prompt_tokens", "num_completion_tokens");
        jury(&mut found, at(&said, "annotations"));
        take(found);
    })?;
    Ok(())
}
