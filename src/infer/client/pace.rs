//! How many requests are under way at once, and when none may begin.
//!
//! In: how requests went. Out: leave to begin. All workers of a client share one pace: when the server says slow down, all pause, and
//! fewer begin again; each run of successes lets one more begin, up to what was asked for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest pause that is made without being asked for.
const LONGEST: Duration = Duration::from_secs(8);
/// How often those who wait look whether the run was ended.
const LOOK: Duration = Duration::from_millis(50);

/// The pace of one client.
#[derive(Debug)]
pub(crate) struct Pace {
    most: usize,
    now: Mutex<Now>,
    changed: Condvar,
    ended: AtomicBool,
}

#[derive(Debug)]
struct Now {
    /// How many may be under way.
    limit: usize,
    under_way: usize,
    until: Option<Instant>,
    /// Successes since the limit changed.
    in_a_row: usize,
    /// Successes in all.
    passed: u64,
}

/// Leave to send one request; given back when dropped.
#[derive(Debug)]
pub(crate) struct Leave<'a>(&'a Pace);

impl Pace {
    /// At most so many at once.
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Pace {
            most,
            now: Mutex::new(Now {
                limit: most,
                under_way: 0,
                until: None,
                in_a_row: 0,
                passed: 0,
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
            let pause = now.until.map_or(Duration::ZERO, |t| {
                t.saturating_duration_since(Instant::now())
            });
            if pause.is_zero() && now.under_way < now.limit {
                now.under_way += 1;
                return Some(Leave(self));
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
        if now.in_a_row >= now.limit && now.limit < self.most {
            now.limit += 1;
            now.in_a_row = 0;
        }
    }

    /// The server says slow down: half as many, after a pause of all.
    pub(crate) fn slow_down(&self, pause: Duration) {
        let mut now = self.now();
        // Of several that were refused together only the first counts.
        let paused = now.until.is_some_and(|until| until > Instant::now());
        if !paused {
            now.limit = (now.limit / 2).max(1);
            now.in_a_row = 0;
        }
        let until = Instant::now() + pause;
        now.until = Some(now.until.map_or(until, |before| before.max(until)));
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
        self.0.now().under_way -= 1;
        self.0.changed.notify_one();
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
