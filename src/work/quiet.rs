//! Code that may panic on what stands in a file.
//!
//! In: what to run. Out: what it gives, or nothing when it panicked. Never: the words of such a panic on the terminal, for they
//! may quote what the file holds.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs something; `None` when it panics. What it was at work on is not to be used again.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    QUIET.set(true);
    let done = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    done.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing_and_goes_no_further() {
        assert_eq!(caught(|| "\u{e9}x"[2..].len()), Some(1));
        assert_eq!(caught(|| "\u{e9}x"[1..].len()), None);
        assert!(!QUIET.get());
    }
}
