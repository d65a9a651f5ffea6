//! How many requests are under way at once, and when none may begin.
//!
//! In: how requests went. Out: leave to begin, and what is waited for, in words. All workers of a client share one pace: when the server says slow down, all pause, and
//! fewer begin again; each run of successes lets one more begin, up to what was asked for. Where a context that requests share is full,
//! there are fewer from then on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::wordings::Cause;

/// The longest pause that is made without being asked for.
const LONGEST: Duration = Duration::from_secs(8);
/// How often those who wait look whether the run was ended.
const LOOK: Duration = Duration::from_millis(50);
/// A server that answers sooner than this needs no word.
const SOON: Duration = Duration::from_secs(10);

/// The pace of one client.
#[derive(Debug)]
pub(crate) struct Pace {
    now: Mutex<Now>,
    changed: Condvar,
    ended: AtomicBool,
}

#[derive(Debug)]
struct Now {
    /// How many may ever be under way.
    most: usize,
    /// How many may be under way.
    limit: usize,
    /// Those that are, and since when.
    under_way: BTreeMap<u64, Instant>,
    /// How many began so far.
    begun: u64,
    until: Option<Instant>,
    /// Successes since the limit changed.
    in_a_row: usize,
    /// Successes in all.
    passed: u64,
    /// Why the last that failed is tried again, until one goes through.
    why: Option<Cause>,
    /// How often requests were tried again, and why.
    causes: BTreeMap<Cause, u64>,
}

impl Now {
    /// How long nobody may begin.
    fn pause(&self) -> Duration {
        self.until.map_or(Duration::ZERO, |t| {
            t.saturating_duration_since(Instant::now())
        })
    }
}

impl Now {
    /// How many requests are under way and for how long, where that is worth a word.
    fn busy(&self) -> Option<String> {
        let oldest = self.under_way.values().min()?.elapsed();
        let requests = match self.under_way.len() {
            1 => "1 request is".to_owned(),
            n => format!("{n} requests are"),
        };
        (oldest >= SOON).then(|| {
            format!(
                "{requests} under way, for up to {} s; nothing came yet",
                oldest.as_secs()
            )
        })
    }
}

/// Leave to send one request; given back when dropped.
#[derive(Debug)]
pub(crate) struct Leave<'a> {
    pace: &'a Pace,
    n: u64,
    /// Whether nothing else was under way when it began.
    first: bool,
}

impl Leave<'_> {
    /// Whether nothing else was under way since it began.
    pub(crate) fn alone(&self) -> bool {
        self.first && self.pace.now().begun == self.n
    }
}

impl Pace {
    /// At most so many at once.
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Pace {
            now: Mutex::new(Now {
                most,
                limit: most,
                under_way: BTreeMap::new(),
                begun: 0,
                until: None,
                in_a_row: 0,
                passed: 0,
                why: None,
                causes: BTreeMap::new(),
            }),
            changed: Condvar::new(),
            ended: AtomicBool::new(false),
        }
    }

    fn now(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets nobody begin any more.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.changed.notify_all();
    }

    /// Whether it was ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Waits until a request may begin; `None` when the run is over.
    pub(crate) fn begin(&self) -> Option<Leave<'_>> {
        let mut now = self.now();
        loop {
            if self.has_ended() {
                return None;
            }
            let pause = now.pause();
            if pause.is_zero() && now.under_way.len() < now.limit {
                now.begun += 1;
                let (n, first) = (now.begun, now.under_way.is_empty());
                now.under_way.insert(n, Instant::now());
                return Some(Leave {
                    pace: self,
                    n,
                    first,
                });
            }
            let wait = if pause.is_zero() {
                LOOK
            } else {
                pause.min(LOOK)
            };
            now = self
                .changed
                .wait_timeout(now, wait)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// A request went through. Once as many did as may be under way, one more may be.
    pub(crate) fn passed(&self) {
        let mut now = self.now();
        now.passed += 1;
        now.in_a_row += 1;
        now.why = None;
        if now.in_a_row >= now.limit && now.limit < now.most {
            now.limit += 1;
            now.in_a_row = 0;
        }
    }

    /// The server says slow down: half as many, after a pause of all.
    pub(crate) fn slow_down(&self, pause: Duration) {
        Self::slower(&mut self.now(), pause);
    }

    /// There is no room for so many at once: half as many from now on, after a pause of all.
    pub(crate) fn crowded(&self, pause: Duration) {
        let mut now = self.now();
        Self::slower(&mut now, pause);
        now.most = now.limit;
    }

    fn slower(now: &mut Now, pause: Duration) {
        // Of several that were refused together only the first counts.
        let paused = now.until.is_some_and(|until| until > Instant::now());
        if !paused {
            now.limit = (now.limit / 2).max(1);
            now.in_a_row = 0;
        }
        let until = Instant::now() + pause;
        now.until = Some(now.until.map_or(until, |before| before.max(until)));
    }

    /// A request is tried again; why.
    pub(crate) fn because(&self, cause: Cause) {
        let mut now = self.now();
        *now.causes.entry(cause.clone()).or_default() += 1;
        now.why = Some(cause);
    }

    /// What is waited for; `None` where there is nothing to say.
    pub(crate) fn waiting(&self) -> Option<String> {
        let now = self.now();
        if let Some(why) = &now.why {
            let pause = now.pause();
            let again = match (pause.as_secs(), now.busy()) {
                (0, Some(busy)) => format!("; since then {busy}"),
                (0, None) => String::new(),
                (seconds, _) => format!("; again in {seconds} s"),
            };
            return Some(format!("waiting: {why}{again}"));
        }
        now.busy()
    }

    /// How often requests were tried again and why, in a line each.
    pub(crate) fn account(&self) -> Vec<String> {
        let now = self.now();
        now.causes
            .iter()
            .map(|(cause, n)| match n {
                1 => format!("tried again once: {cause}"),
                n => format!("tried again {n} times: {cause}"),
            })
            .collect()
    }

    /// Waits, unless the run is over.
    pub(crate) fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut now = self.now();
        while !self.has_ended() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            now = self
                .changed
                .wait_timeout(now, left.min(LOOK))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// How many went through so far.
    pub(crate) fn count(&self) -> u64 {
        self.now().passed
    }

    /// How many may be under way now.
    #[cfg(test)]
    pub(crate) fn limit(&self) -> usize {
        self.now().limit
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.pace.now().under_way.remove(&self.n);
        self.pace.changed.notify_one();
    }
}

/// The pause before try `n` (the first is 1): half a second, doubled each time, at most eight, and of that a part by chance so that
/// those who were refused together do not come back together.
pub(crate) fn pause(n: u32, chance: u64) -> Duration {
    let whole = Duration::from_millis(500 << n.saturating_sub(1).min(10)).min(LONGEST);
    let part = (chance % 512) as u32;
    whole / 2 + whole / 2 * part / 512
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_after_a_refusal_and_more_after_successes() {
        let pace = Pace::new(4);
        pace.slow_down(Duration::from_secs(1));
        // The others that were refused with it.
        pace.slow_down(Duration::from_secs(1));
        assert_eq!(pace.limit(), 2);
        for _ in 0..2 {
            pace.passed();
        }
        assert_eq!(pace.limit(), 3);
        for _ in 0..20 {
            pace.passed();
        }
        assert_eq!((pace.limit(), pace.count()), (4, 22));
    }

    #[test]
    fn a_context_that_is_full_lets_fewer_begin_for_good() {
        let pace = Pace::new(4);
        pace.crowded(Duration::ZERO);
        for _ in 0..20 {
            pace.passed();
        }
        assert_eq!(pace.limit(), 2);
        let first = pace.begin().expect("leave");
        assert!(first.alone());
        let second = pace.begin().expect("leave");
        drop(second);
        // That it is gone again does not undo that it was there.
        assert!(!first.alone());
        drop(first);
        pace.crowded(Duration::ZERO);
        assert!(pace.begin().expect("leave").alone());
    }

    #[test]
    fn what_is_waited_for_is_said_until_one_goes_through() {
        let pace = Pace::new(4);
        assert_eq!(pace.waiting(), None);
        let cause = Cause {
            what: "the server says slow down (429)".to_owned(),
            change: "fewer --jobs",
        };
        pace.because(cause.clone());
        pace.slow_down(Duration::from_hours(1));
        let said = pace.waiting().expect("words");
        assert!(
            said.starts_with(
                "waiting: the server says slow down (429) (fewer --jobs); again in 35"
            ),
            "{said}"
        );
        pace.because(cause);
        pace.passed();
        assert_eq!(pace.waiting(), None);
        assert_eq!(
            pace.account(),
            ["tried again 2 times: the server says slow down (429) (fewer --jobs)"]
        );
    }

    #[test]
    fn leave_is_given_back_and_ends_with_the_run() {
        let pace = Pace::new(1);
        let leave = pace.begin().expect("leave");
        drop(leave);
        let _leave = pace.begin().expect("leave again");
        pace.end();
        assert!(pace.begin().is_none());
        pace.rest(Duration::from_hours(1));
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        let longest: Vec<u128> = (1..8).map(|n| pause(n, 511).as_millis()).collect();
        assert!(
            longest.is_sorted() && longest[6] <= 8000 && longest[0] < 500,
            "{longest:?}"
        );
        assert_eq!(pause(1, 0), Duration::from_millis(250));
        assert_eq!(pause(60, 0), LONGEST / 2);
    }
}
