//! Acts of a review file made of a judge's reply.
//!
//! In: a reply that can be read. Out: entries, each with an id that follows from what it says, so that a reply whose acts are in the file
//! already adds nothing: a run that was killed between the two files goes on with both whole. A round is a reading of the case.

use jiff::Timestamp;

use crate::dataset::CaseKey;
use crate::review::entry::VERSION;
use crate::review::{Act, Entry, Pass, id};

use super::log::Replied;
use super::reply::{self, Marked};

/// The entries of a judge for one of its replies; none where it is not one that can be read.
pub(crate) fn entries(judge: &str, replied: &Replied) -> Vec<Entry> {
    let Ok(marks) = reply::read(&replied.text, replied.order.len()) else {
        return Vec::new();
    };
    let case = CaseKey {
        instruction: replied.instruction.clone(),
        person: replied.person.clone(),
    };
    let pass = Pass::numbered(replied.round).unwrap_or_default();
    let time: Timestamp = replied.time.parse().unwrap_or_default();
    let entry = |act: Act| {
        let said = serde_json::to_string(&act).unwrap_or_default();
        let of = [
            judge,
            &case.instruction,
            &case.person,
            &pass.code(),
            &replied.request,
            &said,
        ];
        Entry {
            v: VERSION,
            id: id::derived(time.as_millisecond(), &of.join("\0")),
            time,
            reviewer: judge.to_owned(),
            shown: replied.shown.of_act(&act),
            case: Some(case.clone()),
            pass,
            act,
            extra: serde_json::Map::new(),
        }
    };
    acts(&marks, replied).into_iter().map(entry).collect()
}

fn acts(marks: &[Marked], replied: &Replied) -> Vec<Act> {
    let mut acts = Vec::new();
    for (place, (marked, model)) in (0..).zip(marks.iter().zip(&replied.order)) {
        acts.push(Act::Judge {
            model: model.clone(),
            verdict: Some(marked.verdict),
            shown_position: Some(place),
            view: None,
        });
        if !marked.errors.is_empty() || marked.harm.is_some() {
            acts.push(Act::Tag {
                model: model.clone(),
                errors: marked.errors.clone(),
                harm: marked.harm,
            });
        }
        if !marked.reason.is_empty() {
            acts.push(Act::Comment {
                model: Some(model.clone()),
                text: marked.reason.clone(),
            });
        }
    }
    let mut ranked: Vec<(u32, &String)> =
        marks.iter().map(|m| m.rank).zip(&replied.order).collect();
    ranked.sort_unstable();
    let order = ranked
        .chunk_by(|a, b| a.0 == b.0)
        .map(|level| level.iter().map(|(_, model)| (*model).clone()).collect());
    acts.push(Act::Rank {
        order: order.collect(),
    });
    acts.push(Act::Submit {
        overruled: Vec::new(),
        seconds: replied.seconds.round() as u64,
        reason: None,
    });
    acts
}
