//! A run: all cases of a dataset, asked of one system by several workers at once.
//!
//! In: a dataset, a system that is ready, its client, its answers so far. Out: a line an outcome. A case is counted when its line is on the
//! disk. Never: a request sent that was answered before, an outcome that is dropped, a record held longer than its cases need.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use super::answers::{Answers, VERSION};
use super::client::fault::Overrun;
use super::client::{Came, Client, Halt, Request, reply};
use super::ready::{self, Plan, Ready, plan_all};
use super::refine;
use super::scale::Scale;
use crate::dataset::{Answered, AskStep, Case, Dataset, Outcome, Window, asked};
use crate::error::{Error, Result};

/// What was counted so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    outcomes: [AtomicU64; Outcome::ALL.len()],
    /// Of those there before, by outcome.
    known: [AtomicU64; Outcome::ALL.len()],
    /// Cases of this run whose record was shortened by the server's numbers.
    pub shortened: AtomicU64,
    /// Cases whose outcome was there before.
    pub before: AtomicU64,
    /// Tokens of prompts.
    pub prompt: AtomicU64,
    /// Tokens of answers.
    pub completion: AtomicU64,
    /// Cases whose record cannot be read.
    pub unread: AtomicU64,
}

impl Tally {
    /// Cases with this outcome in this run.
    pub(crate) fn of(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize].load(Ordering::Relaxed)
    }

    /// Cases that had this outcome before.
    pub(crate) fn known(&self, outcome: Outcome) -> u64 {
        self.known[outcome as usize].load(Ordering::Relaxed)
    }

    fn knew(&self, outcome: Outcome) {
        self.before.fetch_add(1, Ordering::Relaxed);
        self.known[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Cases that are done.
    pub(crate) fn done(&self) -> u64 {
        let new: u64 = Outcome::ALL.iter().map(|o| self.of(*o)).sum();
        new + self.before.load(Ordering::Relaxed) + self.unread.load(Ordering::Relaxed)
    }
}

/// A request that is about to be made.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) hash: String,
    pub(super) window: Window,
    pub(super) attempt: Attempt,
}

/// Which of several attempts at one case.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempt {
    /// How often the record was shortened by the server's numbers.
    times: u32,
    /// How many tokens of the record less these are than there is room for.
    shortened: Option<u64>,
}

impl Attempt {
    /// Texts differ in how densely they are written: the numbers of one prompt are not quite those of a shorter one.
    const MOST: u32 = 3;

    /// The next one, with so many tokens less.
    fn next(self, less: u64) -> Self {
        Attempt {
            times: self.times + 1,
            shortened: Some(less),
        }
    }
}

/// A run that is going on.
pub(crate) struct Running<'a> {
    /// The system.
    pub ready: &'a Ready,
    pub client: &'a Client,
    pub answers: Mutex<Answers>,
    /// What was counted.
    pub tally: &'a Tally,
    /// Set when someone wants it to end.
    pub ended: &'a AtomicBool,
    /// What the server's tokens are to those that are counted here.
    pub scale: Scale,
}

/// A case with what is asked for it.
struct Job<'c> {
    case: &'c Case,
    plan: Plan,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum End {
    /// All cases have an outcome.
    All,
    /// Someone ended it.
    Ended,
    /// It cannot go on; why.
    Stopped(String),
}

impl Running<'_> {
    /// Asks for all cases; gives what could not be read, case by case.
    ///
    /// # Errors
    /// When an outcome cannot be written.
    pub(crate) fn all(
        &self,
        dataset: &Dataset,
        groups: &[(&str, Vec<&Case>)],
    ) -> Result<(End, Vec<Error>)> {
        let halted: Mutex<Option<Halt>> = Mutex::new(None);
        let failed: Mutex<Option<Error>> = Mutex::new(None);
        let jobs = self.ready.system.jobs;
        let (sender, receiver) = sync_channel::<Job<'_>>(jobs);
        let receiver = Mutex::new(receiver);
        let unread = std::thread::scope(|scope| {
            for _ in 0..jobs {
                let (receiver, halted) = (&receiver, &halted);
                scope.spawn(move || self.work(dataset, receiver, halted));
            }
            let unread = self.produce(dataset, groups, &sender);
            drop(sender);
            match unread {
                Ok(unread) => unread,
                Err(error) => {
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    self.client.pace().end();
                    Vec::new()
                }
            }
        });
        if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let end = match halted.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(Halt::Stop(why)) => End::Stopped(why),
            Some(Halt::Ended) => End::Ended,
            None if self.over() => End::Ended,
            None => End::All,
        };
        Ok((end, unread))
    }

    fn over(&self) -> bool {
        self.ended.load(Ordering::SeqCst) || self.client.pace().has_ended()
    }

    /// Reads record after record, and hands on what is to be asked.
    fn produce<'c>(
        &self,
        dataset: &Dataset,
        groups: &[(&str, Vec<&'c Case>)],
        to: &SyncSender<Job<'c>>,
    ) -> Result<Vec<Error>> {
        let mut unread = Vec::new();
        for (person, cases) in groups {
            if self.over() {
                break;
            }
            let record = match dataset.load_patient(person) {
                Ok(record) => record,
                Err(error) => {
                    self.tally
                        .unread
                        .fetch_add(cases.len() as u64, Ordering::Relaxed);
                    unread.push(error);
                    continue;
                }
            };
            plan_all(
                &record,
                cases,
                std::slice::from_ref(self.ready),
                0,
                |_, case, plan, _| {
                    // Workers that are gone say that the run is over.
                    let _ = to.send(Job { case, plan });
                    Ok(())
                },
            )?;
        }
        Ok(unread)
    }

    fn work(
        &self,
        dataset: &Dataset,
        jobs: &Mutex<Receiver<Job<'_>>>,
        halted: &Mutex<Option<Halt>>,
    ) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else {
                return;
            };
            if self.over() {
                // What waits is taken and left, so that nobody waits to hand it on.
                continue;
            }
            if let Err(halt) = self.ask(dataset, job) {
                let mut first = halted.lock().unwrap_or_else(PoisonError::into_inner);
                if !matches!(*first, Some(Halt::Stop(_))) {
                    *first = Some(halt);
                }
                self.client.pace().end();
            }
        }
    }

    fn ask(&self, dataset: &Dataset, job: Job<'_>) -> Result<(), Halt> {
        let Job { case, plan } = job;
        let mut attempt = Attempt::default();
        let mut next = self.follow(case, plan, attempt)?;
        while let Some(less) = next {
            if attempt.times == Attempt::MOST {
                let message = "the server's numbers do not say how much fits".to_owned();
                return self.too_long(case, message, attempt.shortened);
            }
            attempt = attempt.next(less);
            let plan = self.shorter(dataset, case, less as usize)?;
            next = self.follow(case, plan, attempt)?;
        }
        Ok(())
    }

    /// A plan with so many tokens less of the record. That is rare enough to read the record once more.
    fn shorter(&self, dataset: &Dataset, case: &Case, less: usize) -> Result<Plan, Halt> {
        let mut shorter = None;
        let planned = dataset.load_patient(&case.person_id).and_then(|record| {
            let systems = std::slice::from_ref(self.ready);
            plan_all(&record, &[case], systems, less, |_, _, plan, _| {
                shorter = Some(plan);
                Ok(())
            })
        });
        planned.map_err(|e| Halt::Stop(e.to_string()))?;
        shorter.ok_or_else(|| Halt::Stop("a case was not planned".to_owned()))
    }

    /// Does what a plan says; gives how many tokens of the record less the server wants, where it refused what is planned.
    fn follow(&self, case: &Case, plan: Plan, attempt: Attempt) -> Result<Option<u64>, Halt> {
        match plan {
            Plan::One(single) => {
                let hash = ready::hash(&single.request);
                let asked = Asked {
                    request: &single.request,
                    hash,
                    window: single.window,
                    attempt,
                };
                let answered = self.once(case, asked, &|_| None)?;
                Ok(answered.again_with_less)
            }
            Plan::Parts(parts) => refine::ask(self, self.ready, case, &parts, attempt),
            Plan::TooLong(message) => self
                .too_long(case, message, attempt.shortened)
                .map(|()| None),
        }
    }

    /// Makes one request, unless it was made before, and keeps what came of it. `step` says which step an answer with this text is.
    pub(super) fn once(
        &self,
        case: &Case,
        what: Asked<'_>,
        step: &dyn Fn(&str) -> Option<AskStep>,
    ) -> Result<Answered, Halt> {
        let answers = || self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let before = answers().before(case, &what.hash).cloned();
        if let Some(before) = before {
            if !before.is_step() {
                self.tally.knew(before.outcome);
                let stands = answers().stand(&before);
                stands.map_err(|e| Halt::Stop(e.to_string()))?;
            }
            return Ok(before);
        }
        let mut reply = self.client.ask(what.request)?;
        if reply.outcome == Outcome::TruncatedByServer {
            let scale = self
                .scale
                .of(self.client, self.ready, what.request, &reply)?;
            reply.outcome = reply::outcome(&mut reply.told, what.request, scale);
        }
        let step = step(&reply.told.text);
        let answered = self.line(case, what, reply, step);
        self.keep(answered)
    }

    fn too_long(&self, case: &Case, message: String, shortened: Option<u64>) -> Result<(), Halt> {
        // Nothing was asked: what names it is the reason.
        let hash = format!("not sent: {message}");
        let known = self
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .before(case, &hash)
            .is_some();
        if known {
            self.tally.knew(Outcome::TooLong);
            return Ok(());
        }
        let answered = Answered {
            outcome: Outcome::TooLong,
            request: hash,
            message,
            shortened,
            ..self.blank(case)
        };
        self.keep(answered).map(|_| ())
    }

    fn keep(&self, answered: Answered) -> Result<Answered, Halt> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .add(answered.clone())
            .map_err(|e| Halt::Stop(e.to_string()))?;
        drop(answers);
        let usage = answered.usage.unwrap_or_default();
        self.tally.prompt.fetch_add(usage.prompt, Ordering::Relaxed);
        self.tally
            .completion
            .fetch_add(usage.completion, Ordering::Relaxed);
        if !answered.is_step() {
            self.tally.outcomes[answered.outcome as usize].fetch_add(1, Ordering::Relaxed);
            let shortened = u64::from(answered.shortened.is_some());
            self.tally.shortened.fetch_add(shortened, Ordering::Relaxed);
        }
        Ok(answered)
    }

    fn blank(&self, case: &Case) -> Answered {
        Answered {
            v: VERSION,
            time: crate::clock::now().to_string(),
            instruction: case.instruction_id.clone(),
            person: case.person_id.clone(),
            label: self.ready.system.label.clone(),
            outcome: Outcome::Failed,
            text: String::new(),
            finish_reason: None,
            usage: None,
            prompt_tokens: 0,
            seconds: 0.0,
            tries: 0,
            request: String::new(),
            asked: asked(&case.question, case.as_of),
            model: String::new(),
            window: None,
            step: None,
            again_with_less: None,
            shortened: None,
            confidence: None,
            reasoning: String::new(),
            partial: String::new(),
            categories: Vec::new(),
            status: None,
            message: String::new(),
        }
    }

    fn line(&self, case: &Case, what: Asked<'_>, reply: Came, step: Option<AskStep>) -> Answered {
        let Came {
            outcome,
            told,
            tries,
            took,
        } = reply;
        let again_with_less = match told.overrun {
            Some(overrun) if outcome == Outcome::TooLong && what.attempt.times < Attempt::MOST => {
                less(what.request, overrun, self.ready)
            }
            _ => None,
        };
        let (text, partial) = if outcome.is_answer() {
            (told.text, String::new())
        } else {
            (String::new(), told.text)
        };
        Answered {
            outcome,
            text,
            partial,
            finish_reason: told.finish_reason,
            usage: told.usage,
            prompt_tokens: what.request.prompt_tokens as u64,
            seconds: (took.as_secs_f64() * 1000.0).round() / 1000.0,
            tries,
            request: what.hash,
            model: told.model,
            window: Some(what.window),
            step,
            again_with_less,
            shortened: what.attempt.shortened,
            confidence: told.confidence,
            reasoning: told.reasoning,
            categories: told.categories,
            status: told.status,
            message: told.message,
            ..self.blank(case)
        }
    }
}

/// How many tokens less than there is room for would fit, as counted here, where the server counts in its own.
fn less(request: &Request, overrun: Overrun, ready: &Ready) -> Option<u64> {
    /// Texts differ in how densely they are written, so that a part may take more of the server's tokens than its share.
    const SHARE: f64 = 0.97;
    let reply = ready.system.reply as u64;
    let room = overrun.limit.checked_sub(reply).filter(|n| *n > 0)?;
    let sent = request.prompt_tokens as f64;
    let fits = SHARE * sent * (room as f64 / overrun.prompt.max(1) as f64).min(1.0);
    let unused = ready.room().saturating_sub(request.prompt_tokens) as u64;
    Some(unused + (sent - fits).ceil() as u64)
}

/// The cases by the patient they are about, in their order.
pub(crate) fn by_person(cases: &[Case]) -> Vec<(&str, Vec<&Case>)> {
    let mut groups: Vec<(&str, Vec<&Case>)> = Vec::new();
    let mut places = rustc_hash::FxHashMap::default();
    for case in cases {
        let place = *places.entry(case.person_id.as_str()).or_insert_with(|| {
            groups.push((case.person_id.as_str(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(case);
    }
    groups
}
