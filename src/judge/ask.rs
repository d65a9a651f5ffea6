//! What a judge is asked: the instruction, the clinicians' answers, what fits of the record, the answers under letters.
//!
//! In: a record, the cases about it, which round. Out: a request for each case and round, or why it does not fit. Nothing is sent here.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::json;

use super::log::Setup;
use super::order::order;
use crate::dataset::{Case, CaseKey};
use crate::error::Result;
use crate::infer::client::Request;
use crate::infer::context::{self, Ask, Choice, Strategy};
use crate::infer::laid::Laid;
use crate::infer::prompt::{Fill, Template};
use crate::infer::tokens::Counter;
use crate::record::{AsOf, Record, Time};
use crate::review::blind::letter;
use crate::review::shown::Shown;

/// A judge that can ask.
pub(crate) struct Judge {
    pub setup: Setup,
    pub template: Template,
    pub counter: Arc<dyn Counter>,
    pub strategy: &'static dyn Strategy,
}

/// One request, or why there is none.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub case: CaseKey,
    /// From 1.
    pub round: u32,
    /// The models whose answers stand under A, B …
    pub order: Vec<String>,
    pub shown: Shown,
    pub request: std::result::Result<Request, String>,
}

/// The requests of all rounds for the cases about one record that have answers.
///
/// # Errors
/// When the tokenizer cannot take a text.
pub(crate) fn plan(
    judge: &Judge,
    record: &Record,
    cases: &[&Case],
    rounds: u32,
    mut take: impl FnMut(Asked),
) -> Result<()> {
    let mut seen: Vec<(Option<Time>, Laid, Vec<u32>)> = Vec::new();
    for case in cases {
        let at = if let Some(at) = seen.iter().position(|(now, ..)| *now == case.as_of) {
            at
        } else {
            let form = judge.setup.system.record;
            let laid = Laid::of(record, form, case.as_of.map(AsOf::new))?;
            let starts = laid.tokenised(&*judge.counter)?;
            seen.push((case.as_of, laid, starts));
            seen.len() - 1
        };
        let (_, laid, starts) = &seen[at];
        for round in 1..=rounds {
            let order = order(judge.setup.seed, &judge.setup.judge, case, round);
            let request = request(judge, (laid, starts), case, &order)?;
            take(Asked {
                case: case.key(),
                round,
                order,
                shown: Shown::of(case),
                request,
            });
        }
    }
    Ok(())
}

fn request(
    judge: &Judge,
    (laid, starts): (&Laid, &[u32]),
    case: &Case,
    order: &[String],
) -> Result<std::result::Result<Request, String>> {
    let system = &judge.setup.system;
    let question = case.question.trim();
    let gold = if judge.setup.gold {
        golds(case)
    } else {
        String::new()
    };
    let answers = answers(case, order);
    let mut fill = Fill {
        question,
        gold: &gold,
        answers: &answers,
        ..Fill::default()
    };
    let bare = judge.counter.count(&judge.template.fill(&fill))?;
    let budget = match context::budget(system.context, system.reply, bare, 0, system.margin) {
        Ok(budget) => budget,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let ask = Ask {
        laid,
        starts,
        counter: &*judge.counter,
        question,
        seed: context::seed(judge.setup.seed, &case.instruction_id, &case.person_id),
        budget,
    };
    let kept = match context::choose(judge.strategy, &ask)? {
        Choice::Kept(kept) => kept,
        Choice::TooLong(tokens) => {
            return Ok(Err(format!(
                "the record takes {tokens} tokens and {budget} fit (strategy {})",
                judge.strategy.name()
            )));
        }
        Choice::Nothing => {
            return Ok(Err(format!(
                "no whole event fits into {budget} tokens (strategy {})",
                judge.strategy.name()
            )));
        }
    };
    let text = kept.text(laid);
    fill.record = &text;
    Ok(Ok(Request {
        path: system.path(),
        body: system.body(&judge.template.fill(&fill)),
        stream: system.stream,
        prompt_tokens: bare + kept.tokens,
    }))
}

/// The clinicians' answers, one below the other.
fn golds(case: &Case) -> String {
    let golds = case.golds.iter().map(|g| g.text.trim());
    let golds: Vec<&str> = golds.filter(|text| !text.is_empty()).collect();
    golds.join("\n\n")
}

/// The answers under their letters; nothing says whose they are.
fn answers(case: &Case, order: &[String]) -> String {
    let mut all = String::new();
    for (place, model) in (0..).zip(order) {
        let response = case.responses.iter().find(|r| r.model == *model);
        let text = response.map_or("", |r| r.text.trim());
        let break_ = if place == 0 { "" } else { "\n\n" };
        // Writing to a string does not fail.
        let _ = write!(
            all,
            "{break_}Answer {}:\n\"\"\"\n{text}\n\"\"\"",
            letter(place)
        );
    }
    all
}

/// The request once more, after a reply that could not be read.
pub(crate) fn once_more(request: &Request, reply: &str, why: &str) -> Request {
    let mut request = request.clone();
    let said = format!(
        "That reply cannot be read: {why}. Reply with the JSON object alone, as it was asked for."
    );
    if let Some(messages) = request.body["messages"].as_array_mut() {
        if !reply.trim().is_empty() {
            messages.push(json!({"role": "assistant", "content": reply}));
        }
        messages.push(json!({"role": "user", "content": said}));
    }
    request
}
