//! A system made ready to ask: its tokenizer, its prompts, and what of each record it is sent.
//!
//! In: a system, a record, the cases about it. Out: for each case what would be asked. Nothing is sent here. A record is laid out and
//! tokenised once for all its instructions, and for all systems that write and count it in the same way.

use std::ops::Range;
use std::sync::Arc;

use super::client::Request;
use super::context::chunks::chunks;
use super::context::{self, Ask, Choice, Kept, Strategy};
use super::laid::{Form, Laid};
use super::prompt::{Fill, Kind, Template};
use super::system::System;
use super::tokens::Counter;
use super::window;
use crate::dataset::{Case, Fingerprint, Window};
use crate::error::Result;
use crate::record::{AsOf, Record, Time};

/// A system that can ask.
pub(crate) struct Ready {
    /// Its settings.
    pub system: System,
    counter: Arc<dyn Counter>,
    strategy: &'static dyn Strategy,
    plain: Template,
    /// The prompts for the first and the later parts.
    steps: Option<[Template; 2]>,
    /// Tokens of the prompt without record, instruction and answer, what is told before it among them.
    bare: usize,
}

/// What would be asked for one case.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// One request.
    One(Box<Single>),
    /// One for each part of the record.
    Parts(Parts),
    /// Nothing: what has to be sent does not fit, and why.
    TooLong(String),
}

/// One request and what it shows.
#[derive(Clone, Debug)]
pub(crate) struct Single {
    pub request: Request,
    /// What is shown of the record.
    pub window: Window,
    /// Tokens of the record that are sent.
    pub kept: usize,
}

/// The parts of a record, in the order in which they are shown.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub texts: Vec<String>,
    /// Tokens of each prompt without the answer so far.
    pub tokens: Vec<usize>,
    /// Events that each shows.
    pub windows: Vec<Window>,
}

impl Ready {
    /// Opens the prompts; the tokenizer was opened before.
    ///
    /// # Errors
    /// When a prompt cannot be used.
    pub(crate) fn new(system: System, counter: Arc<dyn Counter>) -> Result<Self> {
        let plain = Template::open(&system.prompt, Kind::Plain)?;
        let steps = if system.refine.on {
            let name =
                |set: &Option<String>, own: &str| set.clone().unwrap_or_else(|| own.to_owned());
            let first = name(&system.refine.first_prompt, "refine-first");
            let next = name(&system.refine.next_prompt, "refine-next");
            Some([
                Template::open(&first, Kind::First)?,
                Template::open(&next, Kind::Next)?,
            ])
        } else {
            None
        };
        let before = system
            .system
            .as_deref()
            .map_or(Ok(0), |text| counter.count(text))?;
        let bare = match &steps {
            None => counter.count(&plain.bare())?,
            // The larger of the two leaves room for either.
            Some([first, next]) => counter
                .count(&first.bare())?
                .max(counter.count(&next.bare())?),
        };
        let bare = bare + before;
        // What leaves no room for any instruction is wrong before the first.
        let taken = taken(&system);
        context::budget(system.context, taken, bare, 0, system.margin)?;
        Ok(Ready {
            strategy: context::named(&system.strategy)?,
            bare,
            system,
            counter,
            plain,
            steps,
        })
    }

    /// The words of its prompts, for `system.toml`.
    pub(crate) fn prompts(&self) -> Vec<String> {
        match &self.steps {
            None => vec![self.plain.words()],
            Some(steps) => steps.iter().map(Template::words).collect(),
        }
    }

    /// Tokens that a prompt may have, the answer so far left aside.
    pub(crate) fn room(&self) -> usize {
        let free = taken(&self.system) + self.system.margin;
        self.system.context.saturating_sub(free)
    }

    /// What counts its tokens.
    pub(crate) fn counter(&self) -> &dyn Counter {
        &*self.counter
    }

    /// The request for a part of the record, given the answer so far; parts count from 0.
    ///
    /// # Errors
    /// When the tokenizer cannot take the answer.
    pub(crate) fn step(
        &self,
        parts: &Parts,
        n: usize,
        question: &str,
        answer: &str,
    ) -> Result<Request> {
        let fill = Fill {
            question,
            record: &parts.texts[n],
            answer,
            n: n + 1,
            of: parts.texts.len(),
            ..Fill::default()
        };
        let template = self.steps.as_ref().map_or(
            &self.plain,
            |[first, next]| if n == 0 { first } else { next },
        );
        let tokens = parts.tokens[n] + self.counter.count(answer)?;
        Ok(self.request(&template.fill(&fill), tokens))
    }

    fn request(&self, prompt: &str, prompt_tokens: usize) -> Request {
        Request {
            path: self.system.path(),
            body: self.system.body(prompt),
            stream: self.system.stream,
            prompt_tokens,
        }
    }

    fn plan(&self, record: &Record, seen: &Seen<'_>, case: &Case, less: usize) -> Result<Plan> {
        let question = case.question.trim();
        let question_tokens = self.counter.count(question)?;
        let system = &self.system;
        let budget = context::budget(
            system.context,
            taken(system),
            self.bare,
            question_tokens,
            system.margin + less,
        );
        let budget = match budget {
            Ok(budget) => budget,
            Err(error) => return Ok(Plan::TooLong(error.to_string())),
        };
        let ask = Ask {
            laid: &seen.laid,
            starts: &seen.starts,
            counter: &*self.counter,
            question,
            seed: context::seed(
                system.seed.unwrap_or(0),
                &case.instruction_id,
                &case.person_id,
            ),
            budget,
        };
        if self.steps.is_some() {
            return self.parts(record, &ask, question_tokens);
        }
        let kept = match context::choose(self.strategy, &ask)? {
            Choice::Kept(kept) => kept,
            Choice::TooLong(tokens) => {
                return Ok(Plan::TooLong(format!(
                    "the record takes {tokens} tokens and {budget} fit (strategy {})",
                    self.strategy.name()
                )));
            }
            Choice::Nothing => {
                return Ok(Plan::TooLong(format!(
                    "no whole event fits into {budget} tokens (strategy {})",
                    self.strategy.name()
                )));
            }
        };
        let fill = Fill {
            question,
            record: &kept.text(&seen.laid),
            ..Fill::default()
        };
        let tokens = self.bare + question_tokens + kept.tokens;
        Ok(Plan::One(Box::new(Single {
            request: self.request(&self.plain.fill(&fill), tokens),
            window: window::of(record, &seen.laid, &kept.ranges),
            kept: kept.tokens,
        })))
    }

    fn parts(&self, record: &Record, ask: &Ask<'_>, question_tokens: usize) -> Result<Plan> {
        let refine = &self.system.refine;
        let mut ranges: Vec<Range<usize>> = chunks(ask, refine.cut, refine.overlap)?;
        if refine.newest_first {
            ranges.reverse();
        }
        let mut parts = Parts {
            texts: Vec::new(),
            tokens: Vec::new(),
            windows: Vec::new(),
        };
        for range in ranges {
            let tokens = ask.tokens_in(&range);
            parts
                .windows
                .push(window::of(record, ask.laid, std::slice::from_ref(&range)));
            let kept = Kept {
                ranges: std::iter::once(range).collect(),
                tokens,
            };
            parts.texts.push(kept.text(ask.laid));
            parts.tokens.push(self.bare + question_tokens + tokens);
        }
        Ok(Plan::Parts(parts))
    }
}

/// Tokens that are kept free for the reply, and as many for what was answered so far.
fn taken(system: &System) -> usize {
    system.reply * if system.refine.on { 2 } else { 1 }
}

/// A record as one of the systems sees it.
struct Seen<'a> {
    form: Form,
    now: Option<Time>,
    counter: &'a str,
    laid: Arc<Laid>,
    starts: Vec<u32>,
}

/// Plans all cases about one record for all systems: calls `take` with the system's place, the case, its plan, and the tokens of the
/// whole record. Of the record `less` tokens less are kept than fit.
///
/// # Errors
/// When a tokenizer cannot take the record.
pub(crate) fn plan_all<'c>(
    record: &Record,
    cases: &[&'c Case],
    systems: &[Ready],
    less: usize,
    mut take: impl FnMut(usize, &'c Case, Plan, usize) -> Result<()>,
) -> Result<()> {
    let mut all: Vec<Seen<'_>> = Vec::new();
    for case in cases {
        for (at, ready) in systems.iter().enumerate() {
            let (form, name) = (ready.system.record, ready.counter.name());
            let same = |seen: &Seen<'_>| seen.form == form && seen.now == case.as_of;
            let place = all
                .iter()
                .position(|seen| same(seen) && seen.counter == name);
            let place = if let Some(place) = place {
                place
            } else {
                let laid = if let Some(seen) = all.iter().find(|seen| same(seen)) {
                    seen.laid.clone()
                } else {
                    Arc::new(Laid::of(record, form, case.as_of.map(AsOf::new))?)
                };
                let starts = laid.tokenised(&*ready.counter)?;
                all.push(Seen {
                    form,
                    now: case.as_of,
                    counter: name,
                    laid,
                    starts,
                });
                all.len() - 1
            };
            let seen = &all[place];
            take(
                at,
                case,
                ready.plan(record, seen, case, less)?,
                seen.starts.len(),
            )?;
        }
    }
    Ok(())
}

/// The hash of a request: the same for the same body sent to the same kind of endpoint, wherever that is.
pub(crate) fn hash(request: &Request) -> String {
    let mut hash = Fingerprint::new();
    hash.add(request.path.as_bytes());
    hash.add(request.body.to_string().as_bytes());
    hash.to_string()
}
