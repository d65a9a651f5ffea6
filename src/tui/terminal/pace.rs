//! When a frame is drawn while a key is held down, so that a slow line is not behind when it is let go.
//!
//! In: keys as they come, bytes as they go. Out: whether a frame may be drawn, else when. A single key waits for nothing. What waits between
//! here and the screen can't be seen: a pseudoterminal reports an empty queue, and takes twenty kilobytes before a write
//! would wait. So it is reckoned with the slowest line that people use. Frames between are not drawn, so nothing
//! has to be taken back.

use std::time::{Duration, Instant};

use super::key::Key;

/// A key that is held down comes again within this time.
const AGAIN: Duration = Duration::from_millis(110);
/// While one is held, a frame is drawn this often at most.
const FRAME: Duration = Duration::from_millis(100);
/// Bytes that the slowest line takes in a second.
const SLOWEST: u64 = 2_000;

/// What was typed and drawn last.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Whether the line is known to be fast: then only the number of frames is bounded.
    fast: bool,
    key: Option<(Key, Instant)>,
    /// How often the key came again in time.
    again: u32,
    drawn: Option<Instant>,
    /// When the slowest line has taken all that was drawn.
    taken: Option<Instant>,
}

impl Pace {
    /// The pace of a line.
    pub(crate) fn new(fast: bool) -> Self {
        Pace {
            fast,
            key: None,
            again: 0,
            drawn: None,
            taken: None,
        }
    }

    /// A key came.
    pub(crate) fn key(&mut self, key: Key, now: Instant) {
        let again = self
            .key
            .is_some_and(|(last, at)| last == key && now.saturating_duration_since(at) < AGAIN);
        self.again = if again {
            self.again.saturating_add(1)
        } else {
            0
        };
        self.key = Some((key, now));
    }

    /// Something else came: no key is held.
    pub(crate) fn other(&mut self) {
        self.key = None;
        self.again = 0;
    }

    /// Whether a key is held down.
    pub(crate) fn is_held(&self) -> bool {
        self.again > 1
    }

    /// How long the next frame waits; `None` when it may be drawn.
    pub(crate) fn wait(&self, now: Instant) -> Option<Duration> {
        let (_, pressed) = self.key.filter(|_| self.again > 0)?;
        let let_go = pressed + AGAIN;
        let frame = self.drawn.map(|at| at + FRAME);
        let taken = self.taken.filter(|_| !self.fast);
        let due = frame.max(taken)?.min(let_go);
        (due > now).then(|| due - now)
    }

    /// A frame of so many bytes was drawn.
    pub(crate) fn drew(&mut self, bytes: u64, now: Instant) {
        let from = self.taken.map_or(now, |taken| taken.max(now));
        self.taken = Some(from + Duration::from_micros(bytes * 1_000_000 / SLOWEST));
        self.drawn = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn single_keys_and_what_is_typed_wait_for_nothing() {
        let start = Instant::now();
        let mut pace = Pace::new(false);
        for (at, c) in [(0, 'j'), (200, 'j'), (400, 'j'), (450, 'k'), (480, 'l')] {
            let now = start + ms(at);
            pace.key(Key::char(c), now);
            assert_eq!(pace.wait(now), None, "{at}");
            pace.drew(9_000, now);
        }
    }

    #[test]
    fn while_a_key_is_held_no_frame_waits_in_the_line() {
        let start = Instant::now();
        let mut pace = Pace::new(false);
        let (mut sent, mut frames) = (0, 0);
        for n in 0..90 {
            let now = start + ms(33 * n);
            pace.key(Key::char('j'), now);
            if pace.wait(now).is_none() {
                pace.drew(600, now);
                sent += 600;
                frames += 1;
            }
        }
        assert!(
            sent <= 600 + 600 + 2_000 * 3,
            "{sent} bytes in {frames} frames"
        );
        // Let go, the last frame is drawn at once.
        let now = start + ms(33 * 89);
        let wait = pace.wait(now).unwrap_or_default();
        assert!(wait <= AGAIN, "{wait:?}");
        assert_eq!(pace.wait(now + AGAIN), None);
    }

    #[test]
    fn a_fast_line_gets_ten_frames_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(true);
        let mut frames = 0;
        for n in 0..90 {
            let now = start + ms(33 * n);
            pace.key(Key::char('j'), now);
            if pace.wait(now).is_none() {
                pace.drew(6_000, now);
                frames += 1;
            }
        }
        assert!((22..=31).contains(&frames), "{frames}");
    }
}
