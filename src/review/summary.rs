//! An act in a few words, for lists.
//!
//! In: an entry and the ledger that it is in. Out: one line. Never: the text of a remark, a gold response or a passage; a
//! model's name, unless asked for.

use super::blind;
use super::entry::{Act, Entry, ErrorKind, Harm, Relevant, Verdict};
use super::ledger::Ledger;
use super::pass::Pass;

/// The act in a few words. Without `names`, a response is called by the letter under which it was judged.
pub(crate) fn summary(entry: &Entry, ledger: &Ledger, names: bool) -> String {
    let told = told(entry, ledger, names);
    match entry.pass {
        Pass::First => told,
        pass => format!("{told} ({pass})"),
    }
}

fn told(entry: &Entry, ledger: &Ledger, names: bool) -> String {
    let response = |model: &str, position: Option<u32>| {
        if names {
            return model.to_owned();
        }
        let known = || {
            let review = ledger.reading(entry.pass, entry.case.as_ref()?);
            review.judgement(model)?.shown_position
        };
        let letter = position.or_else(known).map(blind::letter);
        letter.unwrap_or_else(|| "a response".to_owned())
    };
    let target = |id: &str| {
        let act = ledger.entry(id).map(|e| e.act.kind().to_owned());
        act.unwrap_or_else(|| "an act that is not here".to_owned())
    };
    let size = |text: &str| format!("{} characters", text.chars().count());
    match &entry.act {
        Act::Session {
            version,
            dataset,
            seed,
            host,
            ..
        } => {
            format!("session: {dataset}, version {version}, seed {seed}, on {host}")
        }
        Act::Judge {
            model,
            verdict,
            shown_position,
            ..
        } => {
            let verdict = verdict.map_or("verdict taken back", Verdict::name);
            format!("judge: {} {verdict}", response(model, *shown_position))
        }
        Act::Tag {
            model,
            errors,
            harm,
        } => tag(&response(model, None), errors, *harm),
        Act::Rank { order } => {
            let levels = order.iter().filter(|l| !l.is_empty());
            let levels: Vec<String> = levels
                .map(|level| {
                    let all = level.iter().map(|m| response(m, None));
                    all.collect::<Vec<_>>().join(" = ")
                })
                .collect();
            format!("rank: {}", levels.join(" > "))
        }
        Act::Comment { model, text } => {
            let on = model
                .as_ref()
                .map_or_else(|| "the case".to_owned(), |m| response(m, None));
            format!("comment on {on}: {}", size(text))
        }
        Act::Category {
            category,
            subcategory,
        } => format!("category: {category} / {subcategory}"),
        Act::Flag { on } => format!("flag: {}", if *on { "on" } else { "off" }),
        Act::Evidence { pin, .. } => {
            format!("evidence: {} of patient {}", size(&pin.quote), pin.person)
        }
        Act::Unpin { target: id } => format!("unpin: {}", target(id)),
        Act::GoldDraft { text } => format!("gold draft: {}", size(text)),
        Act::Gold { text, .. } => format!("gold: {}", size(text)),
        Act::SeeGold {} => "see gold: the dataset's gold responses were shown".to_owned(),
        Act::SeeOthers {} => "see others: what other reviewers marked was shown".to_owned(),
        Act::SeeContext {} => "see context: what a model saw of the record was shown".to_owned(),
        Act::OutsidePlan {} => "outside plan: the plan does not give this reading".to_owned(),
        Act::Relevance {
            candidate, label, ..
        } => {
            let label = label.map_or("label taken back", Relevant::name);
            format!("relevance: patient {candidate} {label}")
        }
        Act::Pair {
            later,
            earlier,
            same,
        } => pair(later, earlier, *same),
        Act::Submit {
            overruled,
            seconds,
            reason,
        } => {
            let why = reason.map_or_else(String::new, |r| format!(", decided by {}", r.name()));
            let n = overruled.len();
            format!("submit: {seconds} s, {n} warnings overruled{why}")
        }
        Act::Adopt { from, marks, .. } => format!("adopt: {} marks of {from}", marks.len()),
        Act::Reopen {} => "reopen".to_owned(),
        Act::Undo { target: id } => format!("undo: {}", target(id)),
        Act::Redo { target: id } => format!("redo: {}", target(id)),
        Act::Unblind { scope } => format!("unblind: {}", scope.name()),
        Act::Other { kind, .. } => format!("{kind}: a kind that this version does not know"),
    }
}

/// What was said to be wrong with a response.
fn tag(response: &str, errors: &[ErrorKind], harm: Option<Harm>) -> String {
    let errors: Vec<&str> = errors.iter().map(|e| e.name()).collect();
    let harm = harm.map_or("not said", Harm::name);
    format!("tag: {response} [{}], harm {harm}", errors.join(", "))
}

/// What was said of two instructions.
fn pair(later: &str, earlier: &str, same: Option<bool>) -> String {
    let said = match same {
        Some(true) => "the same as",
        Some(false) => "not the same as",
        None => "taken back:",
    };
    format!("pair: {later} {said} {earlier}")
}
