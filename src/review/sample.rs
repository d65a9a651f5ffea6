//! Acts for tests: one of each kind, and random ones.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Map;

use super::entry::{
    Act, Entry, ErrorKind, EventPlace, Harm, Machine, Mark, Pin, Reason, Relevant, Scope, Support,
    VERSION, Verdict, View,
};
use super::log::Session;
use super::pass::Pass;
use super::place::Reviewer;
use crate::dataset::CaseKey;

pub(super) fn session(reviewer: &str) -> Session {
    Session {
        reviewer: Reviewer::new(reviewer).expect("a fine name"),
        dataset: "clinic".to_owned(),
        fingerprint: "f1".to_owned(),
        seed: 7,
        texts: std::sync::Arc::default(),
    }
}

pub(crate) fn case(n: u32) -> CaseKey {
    CaseKey {
        instruction: n.to_string(),
        person: "126158386".to_owned(),
    }
}

pub(crate) fn judge(model: &str, verdict: Verdict) -> Act {
    Act::Judge {
        model: model.to_owned(),
        verdict: Some(verdict),
        shown_position: Some(1),
        view: None,
    }
}

/// One of the readings of a case.
pub(super) fn a_pass(n: u32) -> Pass {
    [Pass::First, Pass::Again(2), Pass::Adjudication][n as usize % 3]
}

/// An entry whose id and time follow from `n`.
pub(crate) fn entry(n: u32, case: Option<CaseKey>, act: Act) -> Entry {
    Entry {
        v: VERSION,
        id: format!("{n:026}"),
        time: Timestamp::from_millisecond(1_700_000_000_123 + i64::from(n)).expect("in range"),
        reviewer: "jchen".to_owned(),
        case,
        pass: Pass::First,
        shown: None,
        act,
        extra: Map::new(),
    }
}

pub(super) fn pin(quote: &str) -> Pin {
    Pin {
        person: "126158386".to_owned(),
        note_id: Some("123".to_owned()),
        event: EventPlace {
            offset: 4096,
            time: Some("2022-04-27 10:05".to_owned()),
            type_name: "note".to_owned(),
            code: "LOINC/34117-2".to_owned(),
        },
        start: 10,
        end: 10 + quote.len() as u64,
        quote: quote.to_owned(),
        hash: "cbf29ce484222325".to_owned(),
    }
}

fn pair(same: Option<bool>) -> Act {
    Act::Pair {
        later: "12".to_owned(),
        earlier: "7".to_owned(),
        same,
    }
}

fn submit(overruled: &[&str], reason: Option<Reason>) -> Act {
    Act::Submit {
        overruled: overruled.iter().map(|&line| line.to_owned()).collect(),
        seconds: 312,
        reason,
    }
}

fn adopt() -> Act {
    let own = str::to_owned;
    Act::Adopt {
        from: own("mlee"),
        marks: BTreeMap::from([
            (own("a"), Mark::default()),
            (
                own("b"),
                Mark {
                    verdict: Some(Verdict::Incorrect),
                    errors: vec![ErrorKind::Outdated],
                    harm: Some(Harm::Mild),
                    shown_position: Some(2),
                },
            ),
        ]),
        order: vec![vec![own("a")], vec![own("b")]],
        view: Some(View::AsOf),
    }
}

/// At least one act of each kind, with optional fields present and absent.
pub(super) fn acts() -> Vec<Act> {
    let text = |t: &str| t.to_owned();
    vec![
        Act::Session {
            version: text("0.1.0"),
            dataset: text("clinic"),
            fingerprint: text("f1"),
            seed: u64::MAX,
            host: text("ward-7"),
            machine: Some(Machine {
                model: text("m-70b"),
                prompt: text("judge"),
            }),
        },
        judge("gpt4-32k", Verdict::Correct),
        Act::Judge {
            model: text("vicuna_7B"),
            verdict: None,
            shown_position: None,
            view: Some(View::AsOf),
        },
        Act::Tag {
            model: text("a"),
            errors: ErrorKind::ALL.to_vec(),
            harm: Some(Harm::Moderate),
        },
        Act::Tag {
            model: text("a"),
            errors: Vec::new(),
            harm: None,
        },
        Act::Rank {
            order: vec![
                vec![text("b")],
                Vec::new(),
                vec![text("a"), text("vicuña \"7\"\n")],
            ],
        },
        Act::Comment {
            model: Some(text("a")),
            text: text("two\nlines, \u{1b}[31m and “quotes”"),
        },
        Act::Comment {
            model: None,
            text: String::new(),
        },
        Act::Flag { on: true },
        Act::Category {
            category: text("Retrieve & Summarize"),
            subcategory: text("Medications"),
        },
        Act::Evidence {
            target: Support::Judgement,
            model: Some(text("a")),
            pin: pin("on apixaban"),
        },
        Act::Evidence {
            target: Support::Gold,
            model: None,
            pin: Pin {
                note_id: None,
                ..pin("x")
            },
        },
        Act::Unpin {
            target: text("00000000000000000000000009"),
        },
        Act::GoldDraft {
            text: text("Yes. On"),
        },
        Act::Gold {
            text: text("Yes."),
            applicable: Some(true),
            sufficient: None,
            reason: text("no notes"),
        },
        Act::SeeGold {},
        Act::SeeOthers {},
        Act::SeeContext {},
        Act::OutsidePlan {},
        Act::Relevance {
            candidate: text("77"),
            label: Some(Relevant::Partly),
            comment: text("same disease"),
        },
        Act::Relevance {
            candidate: text("77"),
            label: None,
            comment: String::new(),
        },
        pair(Some(true)),
        pair(None),
        submit(&["C is not ranked"], None),
        submit(&[], Some(Reason::Missed)),
        adopt(),
        Act::Reopen {},
        Act::Undo { target: text("x") },
        Act::Redo { target: text("x") },
        Act::Unblind { scope: Scope::Case },
        Act::Unblind { scope: Scope::All },
    ]
}

/// A random act out of those above, with a random model, verdict and text.
pub(super) fn any_act() -> impl Strategy<Value = Act> {
    let model = prop_oneof![Just("a"), Just("b"), Just("c")].prop_map(str::to_owned);
    let verdict = prop_oneof![
        Just(None),
        Just(Some(Verdict::Correct)),
        Just(Some(Verdict::Incorrect)),
        Just(Some(Verdict::Unsure)),
    ];
    (0..acts().len() + 6, model, verdict, ".{0,12}").prop_map(|(which, some, said, words)| {
        let mut all = acts();
        if which >= all.len() {
            return Act::Judge {
                model: some,
                verdict: said,
                shown_position: Some(0),
                view: None,
            };
        }
        let mut act = all.swap_remove(which);
        match &mut act {
            Act::Judge { model, .. } | Act::Tag { model, .. } => *model = some,
            Act::Comment { text, .. } | Act::GoldDraft { text } | Act::Gold { text, .. } => {
                *text = words;
            }
            _ => {}
        }
        act
    })
}
