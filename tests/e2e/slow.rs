//! A key held down over a slow line: the screen is not behind when it is let go.
//!
//! The line is reckoned: each byte that comes waits until the line has taken those before it. So nothing here hangs on how fast
//! the machine is; a run in which the test itself was held up says nothing, and is done again.

use std::thread;
use std::time::{Duration, Instant};

use crate::desk::{Desk, wait_for_record};
use crate::pty::Pty;

/// Bytes that the line takes in a second.
const LINE: u32 = 2_000;
/// A key that is held down comes again after this.
const AGAIN: Duration = Duration::from_millis(33);
/// Longer between two keys, and they are not of one that is held.
const HELD_UP: Duration = Duration::from_millis(80);

/// Holds a key down for three seconds; gives back how far the line is behind then, and how many times something was drawn.
/// `None` where the test was held up.
fn hold(pty: &mut Pty, key: &str) -> Option<(Duration, usize)> {
    // What was drawn before has to be through the line.
    while taken(&pty.arrivals()).is_some_and(|at| at > Instant::now()) {
        thread::sleep(AGAIN);
    }
    let before = pty.arrivals().len();
    let begun = Instant::now();
    let mut last = begun;
    let mut held_up = false;
    while begun.elapsed() < Duration::from_secs(3) {
        pty.keys(key);
        thread::sleep(AGAIN);
        held_up |= last.elapsed() > HELD_UP;
        last = Instant::now();
    }
    let let_go = Instant::now();
    pty.settle();
    // What `settle` made it draw is not of the key; it came last.
    let mut arrivals = pty.arrivals().split_off(before);
    arrivals.pop();
    let taken = taken(&arrivals).unwrap_or(begun);
    let behind = taken.saturating_duration_since(let_go);
    (!held_up).then_some((behind, arrivals.len()))
}

/// When the line has taken all that came.
fn taken(arrivals: &[(Instant, usize)]) -> Option<Instant> {
    arrivals.iter().fold(None, |taken, (at, bytes)| {
        let from = taken.map_or(*at, |taken: Instant| taken.max(*at));
        Some(from + Duration::from_secs(1) * (*bytes as u32) / LINE)
    })
}

fn behind(size: (u16, u16)) -> (Duration, usize) {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).size(size.0, size.1).start();
    wait_for_record(&pty);
    pty.press("g o");
    for _ in 0..20 {
        pty.press("g g");
        if let Some(found) = hold(&mut pty, "j") {
            return found;
        }
    }
    panic!("this machine has no three seconds for a test");
}

#[test]
fn a_held_key_leaves_a_slow_line_less_than_a_second_behind() {
    for (size, most) in [((80, 24), 1_000), ((120, 40), 1_200)] {
        let (behind, drawn) = behind(size);
        assert!(behind < Duration::from_millis(most), "{size:?}: {behind:?}");
        // It is seen to move all the same.
        assert!(drawn >= 4, "{size:?}: {drawn} times");
    }
}
