//! A run: all cases with answers, judged over all rounds by several workers at once.
//!
//! In: a dataset, a judge, its client, its replies so far and its review file. Out: a line a reply, and of each judgement its acts. A case is
//! counted when both are on the disk. Never: a request sent that was answered before, an outcome that is dropped.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::ask::{Asked, Judge, once_more, plan};
use super::log::{Came, Replied, Replies, now};
use super::{marks, reply};
use crate::dataset::{Case, Dataset, Outcome};
use crate::error::{Error, Result};
use crate::infer::client::{Client, Halt, Request};
use crate::infer::ready;
use crate::infer::run::End;
use crate::review::Log;

/// What was counted so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    came: [AtomicU64; Came::ALL.len()],
    /// Requests whose outcome was there before.
    pub before: AtomicU64,
    /// Replies that could not be read, and were asked for once more.
    pub again: AtomicU64,
    /// Requests about records that cannot be read.
    pub unread: AtomicU64,
}

impl Tally {
    /// Requests with this outcome in this run.
    pub(crate) fn of(&self, came: Came) -> u64 {
        self.came[came as usize].load(Ordering::Relaxed)
    }

    /// Requests that are done.
    pub(crate) fn done(&self) -> u64 {
        let new: u64 = Came::ALL.iter().map(|c| self.of(*c)).sum();
        new + self.before.load(Ordering::Relaxed) + self.unread.load(Ordering::Relaxed)
    }
}

/// The two files of a judge, written together.
#[derive(Debug)]
pub(crate) struct Files {
    pub replies: Replies,
    pub review: Log,
}

impl Files {
    /// Writes the acts of judgements that are not in the review file: those of a run that was killed between the two.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn catch_up(&mut self, judge: &str) -> Result<()> {
        let judged = self.replies.judged().iter();
        let mut entries: Vec<_> = judged.flat_map(|r| marks::entries(judge, r)).collect();
        entries.retain(|entry| self.review.ledger().entry(&entry.id).is_none());
        if entries.is_empty() {
            return Ok(());
        }
        self.review.append_all(entries).map(|_| ())
    }
}

/// A run that is going on.
pub(crate) struct Judging<'a> {
    pub judge: &'a Judge,
    pub client: &'a Client,
    pub files: Mutex<Files>,
    pub tally: &'a Tally,
    /// Set when someone wants it to end.
    pub ended: &'a AtomicBool,
    pub rounds: u32,
    /// How often a request is made while its reply cannot be read.
    pub tries: u32,
}

impl Judging<'_> {
    /// Judges all cases; gives what could not be read, record by record.
    ///
    /// # Errors
    /// When an outcome cannot be written.
    pub(crate) fn all(
        &self,
        dataset: &Dataset,
        groups: &[(&str, Vec<&Case>)],
    ) -> Result<(End, Vec<Error>)> {
        let halted: Mutex<Option<Halt>> = Mutex::new(None);
        let jobs = self.judge.setup.system.jobs;
        let (sender, receiver) = sync_channel::<Asked>(jobs);
        let receiver = Mutex::new(receiver);
        let unread = std::thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| self.work(&receiver, &halted));
            }
            let unread = self.produce(dataset, groups, &sender);
            drop(sender);
            if unread.is_err() {
                self.client.pace().end();
            }
            unread
        })?;
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

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads record after record, and hands on what is to be asked.
    fn produce(
        &self,
        dataset: &Dataset,
        groups: &[(&str, Vec<&Case>)],
        to: &SyncSender<Asked>,
    ) -> Result<Vec<Error>> {
        let mut unread = Vec::new();
        for (person, cases) in groups {
            if self.over() {
                break;
            }
            match dataset.load_patient(person) {
                Ok(record) => plan(self.judge, &record, cases, self.rounds, |asked| {
                    // Workers that are gone say that the run is over.
                    let _ = to.send(asked);
                })?,
                Err(error) => {
                    let requests = cases.len() as u64 * u64::from(self.rounds);
                    self.tally.unread.fetch_add(requests, Ordering::Relaxed);
                    unread.push(error);
                }
            }
        }
        Ok(unread)
    }

    fn work(&self, jobs: &Mutex<Receiver<Asked>>, halted: &Mutex<Option<Halt>>) {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(asked) = job else {
                return;
            };
            if self.over() {
                // What waits is taken and left, so that nobody waits to hand it on.
                continue;
            }
            if let Err(halt) = self.ask(&asked) {
                let mut first = halted.lock().unwrap_or_else(PoisonError::into_inner);
                if !matches!(*first, Some(Halt::Stop(_))) {
                    *first = Some(halt);
                }
                self.client.pace().end();
            }
        }
    }

    /// Asks until there are marks, or as often as may be.
    fn ask(&self, asked: &Asked) -> Result<(), Halt> {
        let request = match &asked.request {
            Ok(request) => request,
            Err(message) => return self.too_long(asked, message),
        };
        let hash = ready::hash(request);
        let before = self.files().replies.before(&asked.case, asked.round, &hash);
        let mut attempt = 1;
        if let Some((came, times)) = before {
            if !came.may_pass() || times >= self.tries {
                self.tally.before.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            attempt = times + 1;
        }
        let mut next = request.clone();
        loop {
            let replied = self.once(asked, &next, attempt, &hash)?;
            let (came, text, why) = (replied.came, replied.text.clone(), replied.message.clone());
            let again = came.may_pass() && attempt < self.tries;
            self.keep(replied, !again)?;
            if !again {
                return Ok(());
            }
            self.tally.again.fetch_add(1, Ordering::Relaxed);
            // A reply that was cut off is not sent back: it would leave less room for the next.
            let text = if came == Came::Malformed { &*text } else { "" };
            next = once_more(request, text, &why);
            attempt += 1;
        }
    }

    fn once(
        &self,
        asked: &Asked,
        request: &Request,
        attempt: u32,
        hash: &str,
    ) -> Result<Replied, Halt> {
        let answer = self.client.ask(request)?;
        let read = reply::read(&answer.told.text, asked.order.len());
        let came = Came::of(answer.outcome, read.is_ok());
        let message = match (came, read) {
            (Came::Malformed, Err(why)) => why,
            (Came::Cut, _) => format!(
                "it ends at the limit of its length, {} tokens (--reply)",
                self.judge.setup.system.reply
            ),
            (Came::Empty, _) if answer.told.message.is_empty() => "it is empty".to_owned(),
            _ => answer.told.message,
        };
        Ok(Replied {
            attempt,
            came,
            text: answer.told.text,
            message,
            finish_reason: answer.told.finish_reason,
            categories: answer.told.categories,
            status: answer.told.status,
            usage: answer.told.usage,
            prompt_tokens: request.prompt_tokens as u64,
            seconds: (answer.took.as_secs_f64() * 1000.0).round() / 1000.0,
            tries: answer.tries,
            request: hash.to_owned(),
            model: answer.told.model,
            time: now(),
            ..blank(asked)
        })
    }

    fn too_long(&self, asked: &Asked, message: &str) -> Result<(), Halt> {
        // Nothing was asked: what names it is the reason.
        let request = format!("not sent: {message}");
        let before = (self.files().replies).before(&asked.case, asked.round, &request);
        if before.is_some() {
            self.tally.before.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let replied = Replied {
            came: Came::of(Outcome::TooLong, false),
            message: message.to_owned(),
            request,
            ..blank(asked)
        };
        self.keep(replied, true)
    }

    /// Keeps a reply, and the marks that can be read of it; `last`: nothing more is asked for this.
    fn keep(&self, replied: Replied, last: bool) -> Result<(), Halt> {
        let stop = |e: Error| Halt::Stop(e.to_string());
        let came = replied.came;
        let entries = match came {
            Came::Judged => marks::entries(&self.judge.setup.judge, &replied),
            _ => Vec::new(),
        };
        let mut files = self.files();
        files.replies.add(replied).map_err(stop)?;
        if !entries.is_empty() {
            files.review.append_all(entries).map_err(stop)?;
        }
        drop(files);
        if last {
            self.tally.came[came as usize].fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn blank(asked: &Asked) -> Replied {
    Replied::blank(
        &asked.case,
        asked.round,
        asked.order.clone(),
        asked.shown.clone(),
    )
}
