//! Verdicts as edits of the scores in an Inspect log.
//!
//! In: what reviewers said of one model's responses, and a log. Out: a copy of the log, with an edit for each verdict, its author and its time,
//! the way Inspect keeps edits: the later stands, an adjudication above all; earlier ones are its history. Never: an edit made twice, or a
//! verdict on a response with another text than the sample's; the log itself is only read.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::account::{Account, Item, Why};
use super::picked::{Reviewed, pick};
use super::{Options, Source};
use crate::dataset::CaseKey;
use crate::error::Result;
use crate::infer::import::Found;
use crate::infer::import::inspect::edit as edit_log;
use crate::infer::import::join::Join;
use crate::notice::{Bounded, Notice, Severity};
use crate::review::entry::{ErrorKind, Harm};
use crate::stats::hash::fnv1a;

/// The name of the score, where none of the log's own is edited.
pub(crate) const SCORE: &str = "medalign";
const SAME: &str = "UNCHANGED";

/// A log, and where its copy with the edits goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copy<'a> {
    pub log: &'a Path,
    pub out: &'a Path,
    /// Whether the copy may take the place of a file.
    pub over: bool,
    /// The score that is edited.
    pub score: &'a str,
}

/// What came of a copy.
#[derive(Debug)]
pub(crate) struct Wrote {
    pub account: Account,
    /// Samples with an edit.
    pub samples: usize,
    pub verdicts: usize,
    /// Samples that could not be used, and why.
    pub bad: usize,
    pub notices: Bounded<&'static str>,
}

impl Copy<'_> {
    /// Writes the copy with the verdicts on what the model `label` answered.
    ///
    /// # Errors
    /// When the log cannot be read, or the copy not be written.
    pub(crate) fn write(
        &self,
        source: &Source<'_>,
        options: Options,
        label: &str,
    ) -> Result<Wrote> {
        let marked = marked(source, options, label);
        let join = Join::new(source.cases);
        let mut samples: BTreeMap<_, usize> = BTreeMap::new();
        let mut notices = Bounded::default();
        let (mut bad, mut verdicts) = (0, 0);
        let edited = edit_log(self.log, self.out, self.over, &mut |found, sample| {
            let put = join
                .case(found)
                .map_err(|why| ("of no case", why.told()))
                .and_then(|case| {
                    let Some(marks) = marked.get(&case.key()) else {
                        return Ok(false);
                    };
                    let Some(put) = marks.put_in(found, sample, self.score)? else {
                        return Ok(false);
                    };
                    *samples.entry(case.key()).or_default() += 1;
                    verdicts += if put { marks.edits.len() } else { 0 };
                    Ok(put)
                });
            put.unwrap_or_else(|(kind, what)| {
                bad += 1;
                notices.add(kind, Severity::Error, || {
                    let place = &found.place;
                    Notice::file(Severity::Error, self.log, format!("{place}: {what}"))
                });
                false
            })
        })?;
        Ok(Wrote {
            account: account(source, options, label, &samples),
            samples: edited,
            verdicts,
            bad,
            notices,
        })
    }
}

/// What was said of one model's response to a case.
#[derive(Clone, Debug)]
struct Marked<'a> {
    /// The response's text, which the marks are of.
    text: &'a str,
    edits: Vec<(Timestamp, Value)>,
}

/// What was said of the responses of a model, by case.
fn marked<'a>(source: &Source<'a>, options: Options, model: &str) -> BTreeMap<CaseKey, Marked<'a>> {
    let (selection, _) = pick(source, options);
    let mut all = BTreeMap::new();
    for picked in &selection.cases {
        let response = picked.case.responses.iter().find(|r| r.model == model);
        let Some(response) = response else {
            continue;
        };
        let mut reviews: Vec<&Reviewed<'_>> = picked.reviews.iter().collect();
        let at = |r: &Reviewed<'_>| r.review.judgement(model).map(|j| j.at);
        reviews.sort_by_key(|r| (r.pass == crate::review::Pass::Adjudication, at(r)));
        let edits: Vec<(Timestamp, Value)> = reviews
            .into_iter()
            .filter_map(|said| edit(said, model, options.text))
            .collect();
        let marked = Marked {
            text: &response.text,
            edits,
        };
        all.insert(picked.case.key(), marked);
    }
    all
}

/// A verdict as an edit; there is none where nobody can say.
fn edit(said: &Reviewed<'_>, model: &str, text: bool) -> Option<(Timestamp, Value)> {
    let judgement = said.review.judgement(model)?;
    let correct = judgement.verdict.correct()?;
    let comment = said.review.comment(Some(model)).filter(|_| text);
    let errors = said.review.errors(model).iter();
    let errors: Vec<&str> = errors.map(|e: &ErrorKind| e.name()).collect();
    let ranks = said.review.rank.ranks_dense();
    let rank = ranks.into_iter().find(|(m, _)| *m == model).map(|(_, r)| r);
    let edit = json!({
        "value": if correct { "C" } else { "I" },
        "answer": SAME,
        "explanation": comment.unwrap_or(SAME),
        "reason": SAME,
        "metadata": SAME,
        "provenance": {
            "timestamp": judgement.at.to_string(),
            "author": said.reviewer,
            "reason": "reviewed in medalign",
            "metadata": {
                "pass": said.pass.code(),
                "errors": errors,
                "harm": said.review.harm(model).map(Harm::name),
                "rank": rank,
            },
        },
    });
    Some((judgement.at, edit))
}

impl Marked<'_> {
    /// Makes the edits in a sample; none, where it is a trial that was not imported. Gives back whether any lacked.
    fn put_in(
        &self,
        found: &Found,
        sample: &mut Map<String, Value>,
        score: &str,
    ) -> Result<Option<bool>, (&'static str, String)> {
        if found.told.text != self.text {
            // Of several epochs one was imported.
            return if found.trial == 1 {
                let what = "the answer has another text than the response that was judged";
                Err(("with another text", what.to_owned()))
            } else {
                Ok(None)
            };
        }
        let put = self.put(sample, score);
        put.map(Some)
            .map_err(|what| ("of another form than Inspect's", what.to_owned()))
    }

    /// Makes the edits in a sample that lack there; gives back whether there were any.
    ///
    /// # Errors
    /// What in the sample is of another form than Inspect's; the sample is as it was then.
    fn put(&self, sample: &mut Map<String, Value>, score: &str) -> Result<bool, &'static str> {
        let mut edited = the_score(sample, score)?;
        if sample
            .get("events")
            .is_some_and(|e| !(e.is_null() || e.is_array()))
        {
            return Err("its events are no list");
        }
        let known = |edit: &Value| {
            let history = edited.get("history").and_then(Value::as_array);
            let of = |e: &Value, name: &str| e["provenance"][name].clone();
            let same = |e: &Value, name| of(e, name) == of(edit, name);
            history.is_some_and(|h| {
                h.iter().any(|e| {
                    same(e, "author")
                        && same_time(&of(e, "timestamp"), &of(edit, "timestamp"))
                        && e["value"] == edit["value"]
                })
            })
        };
        let edits: Vec<&(Timestamp, Value)> =
            self.edits.iter().filter(|(_, e)| !known(e)).collect();
        if edits.is_empty() {
            return Ok(false);
        }
        for (_, edit) in &edits {
            apply(&mut edited, edit);
        }
        // What is no object was refused above.
        let scores = sample.entry("scores").or_insert(Value::Null);
        if scores.is_null() {
            *scores = json!({});
        }
        scores[score] = Value::Object(edited);
        if let Some(events) = sample.get_mut("events").and_then(Value::as_array_mut) {
            for (at, edit) in &edits {
                insert(events, *at, score, edit);
            }
        }
        Ok(true)
    }
}

/// The score that is edited, empty where there is none.
fn the_score(sample: &Map<String, Value>, score: &str) -> Result<Map<String, Value>, &'static str> {
    let scores = match sample.get("scores") {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(scores)) => scores,
        Some(_) => return Err("its scores are no table"),
    };
    let score = match scores.get(score) {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(score)) => score,
        Some(_) => return Err("the score to be edited is no table"),
    };
    match score.get("history") {
        None | Some(Value::Null | Value::Array(_)) => Ok(score.clone()),
        Some(_) => Err("the history of the score to be edited is no list"),
    }
}

/// Whether two times are the same moment, however they are written.
fn same_time(a: &Value, b: &Value) -> bool {
    let read = |t: &Value| t.as_str()?.parse::<Timestamp>().ok();
    // Inspect keeps microseconds.
    read(a).map(Timestamp::as_microsecond) == read(b).map(Timestamp::as_microsecond)
}

/// Puts an edit into a score, which is new where it is empty.
fn apply(score: &mut Map<String, Value>, edit: &Value) {
    let mut history = match score.remove("history") {
        Some(Value::Array(history)) => history,
        _ => Vec::new(),
    };
    if history.is_empty() && !score.is_empty() {
        let of = |name| score.get(name).filter(|v| !v.is_null()).cloned();
        let mut before = json!({ "value": of("value"), "metadata": {} });
        for name in ["answer", "explanation", "reason", "metadata"] {
            if let Some(value) = of(name) {
                before[name] = value;
            }
        }
        history.push(before);
    }
    history.push(edit.clone());
    score.insert("value".to_owned(), edit["value"].clone());
    score.insert("history".to_owned(), Value::Array(history));
    if let Some(explanation) = edit["explanation"].as_str().filter(|e| *e != SAME) {
        score.insert("explanation".to_owned(), explanation.into());
    }
}

/// Puts the event of an edit before the end of the scorers' span, or at the end.
fn insert(events: &mut Vec<Value>, at: Timestamp, score: &str, edit: &Value) {
    let begun = events
        .iter()
        .rev()
        .find(|e| e["event"] == "span_begin" && e["type"] == "scorers" && e["name"] == "scorers");
    let span = begun.map_or(Value::Null, |e| e["id"].clone());
    let named = format!("{score} {} {}", edit["provenance"]["author"], at);
    let mut event = json!({
        "uuid": format!("medalign{:016x}", fnv1a(named.as_bytes())),
        "timestamp": at.to_string(),
        "working_start": 0.0,
        "event": "score_edit",
        "score_name": score,
        "edit": edit,
    });
    if !span.is_null() {
        event["span_id"] = span.clone();
    }
    let end = events
        .iter()
        .rposition(|e| e["event"] == "span_end" && !span.is_null() && e["id"] == span);
    events.insert(end.unwrap_or(events.len()), event);
}

/// The account of what went into a log: verdicts, tags and remarks on the model's responses that have a sample.
fn account(
    source: &Source<'_>,
    options: Options,
    model: &str,
    samples: &BTreeMap<CaseKey, usize>,
) -> Account {
    let (selection, mut account) = pick(source, options);
    for picked in &selection.cases {
        let there = samples.contains_key(&picked.case.key());
        let has = picked.has(model);
        account.left(Item::Reference, Why::NoPlace, picked.case.golds.len());
        let responses = picked.case.responses.len();
        let written = usize::from(there && has);
        account.wrote(Item::Response, written);
        account.left(Item::Response, Why::NoPlace, responses - written);
        account.wrote(Item::Case, usize::from(there));
        account.left(Item::Case, Why::NoPlace, usize::from(!there));
        for Reviewed { review, .. } in &picked.reviews {
            let edited = there && review.verdict(model).is_some_and(|v| v.correct().is_some());
            super::account::marks(review, |item, of, n| {
                let of_it = of == Some(model);
                match item {
                    _ if of.is_some_and(|m| !picked.has(m)) => {}
                    Item::Comment if !options.text => account.left(item, Why::NoText, n),
                    Item::Judgement | Item::Tag | Item::Comment | Item::Rank if edited && of_it => {
                        account.wrote(item, n);
                    }
                    _ => account.left(item, Why::NoPlace, n),
                }
            });
        }
        for aside in &picked.aside {
            super::account::marks_alone(aside.review, |item, _, n| {
                account.left(item, Why::NoPlace, n);
            });
        }
    }
    account.left(Item::GivenLabel, Why::NoPlace, selection.relevance.len());
    account.rows = samples.len();
    account
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutations::odd_ones;

    fn marked() -> Marked<'static> {
        let at: Timestamp = "2026-03-01T10:00:00Z".parse().expect("a time");
        let edit = json!({"value": "C", "explanation": SAME, "provenance": {"author": "jchen", "timestamp": at.to_string()}});
        Marked {
            text: "x",
            edits: vec![(at, edit)],
        }
    }

    #[test]
    fn a_sample_of_any_other_form_is_refused_or_edited_and_never_half() {
        let sound = json!({"id": 1, "scores": {"medalign": {"value": "I", "history": [{"value": "I", "provenance": {"author": "a"}}]}},
            "events": [{"event": "span_begin", "type": "scorers", "name": "scorers", "id": "s"}, {"event": "span_end", "id": "s"}]});
        let (mut refused, mut edited) = (0, 0);
        for sample in odd_ones("edited samples", &sound) {
            let Value::Object(before) = sample else {
                continue;
            };
            let mut sample = before.clone();
            match marked().put(&mut sample, SCORE) {
                Err(_) => {
                    refused += 1;
                    assert_eq!(sample, before);
                }
                Ok(put) => {
                    assert!(put);
                    edited += 1;
                    assert_eq!(sample["scores"][SCORE]["value"], "C");
                    assert_eq!(marked().put(&mut sample, SCORE), Ok(false), "{sample:?}");
                }
            }
        }
        assert!(refused > 5 && edited > 50, "{refused} {edited}");
    }
}
