//! Ids of entries: 26 characters that are unique over machines and sort by time as text.
//!
//! In: the clock. Out: ids in the ULID layout: 48 bits of Unix time in milliseconds, then 80 bits of chance, in
//! Crockford's base 32 (digits and capitals without I, L, O, U). Within one source of ids each is greater than the one before,
//! even when the clock steps back.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use crate::stats::hash::{fnv1a, mix};

/// Crockford's base 32.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHANCE: u128 = (1 << 80) - 1;

/// A source of ids for one sitting.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    last: u128,
}

impl Ids {
    /// A source whose ids come after `id`, if that is one of these ids.
    pub(crate) fn after(id: &str) -> Self {
        Ids {
            last: decode(id).map_or(0, |n| n | CHANCE),
        }
    }

    /// The id of something that happens at `millis` since 1970 (UTC).
    ///
    /// In a millisecond that has an id already, the next is one more. Where the clock stands before the last id, the
    /// millisecond after it is taken with fresh chance, so two machines that go on from one file do not meet.
    pub(crate) fn next(&mut self, millis: i64) -> String {
        let now = (millis.max(0) as u128) & ((1 << 48) - 1);
        let last = self.last >> 80;
        let saturated = self.last & CHANCE == CHANCE;
        self.last = if now > last {
            (now << 80) | chance()
        } else if saturated {
            ((last + 1) << 80) | chance()
        } else {
            self.last + 1
        };
        encode(self.last)
    }
}

/// 80 bits of the operating system's chance with the top bit clear, which leaves room to count up.
fn chance() -> u128 {
    // The standard library seeds its hash maps' keys from the operating system; ids must be unique, not secret.
    let half = |salt: u8| u128::from(RandomState::new().hash_one((salt, std::process::id())));
    ((half(0) << 64) | half(1)) & (CHANCE >> 1)
}

/// The id of something that happened at `millis` since 1970 (UTC) and that `text` says all of: the same wherever it is made.
///
/// In place of chance it has 80 bits of two FNV-1a hashes of the text, each mixed by the finaliser of the blind order.
pub(crate) fn derived(millis: i64, text: &str) -> String {
    let now = (millis.max(0) as u128) & ((1 << 48) - 1);
    let half = |salt: u8| u128::from(mix(fnv1a(&[&[salt], text.as_bytes()].concat())));
    encode((now << 80) | (((half(0) << 64) | half(1)) & CHANCE))
}

fn encode(n: u128) -> String {
    (0..26)
        .rev()
        .map(|i| char::from(DIGITS[(n >> (5 * i)) as usize & 31]))
        .collect()
}

fn decode(id: &str) -> Option<u128> {
    if id.len() != 26 {
        return None;
    }
    id.bytes().try_fold(0u128, |n, b| {
        let digit = DIGITS.iter().position(|d| *d == b)?;
        Some((n << 5) | digit as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_even_when_the_clock_falls() {
        let mut ids = Ids::default();
        let made: Vec<String> = [5_000, 5_000, 4_000, 6_000, 1]
            .into_iter()
            .map(|ms| ids.next(ms))
            .collect();
        assert!(made.is_sorted() && made.iter().all(|id| id.len() == 26));
        let mut later = Ids::after(&made[4]);
        assert!(later.next(0) > made[4]);
    }

    #[test]
    fn two_machines_that_go_on_from_one_file_do_not_meet() {
        let base = Ids::default().next(9_999_999_999_999);
        let mut here = Ids::after(&base);
        let mut there = Ids::after(&base);
        let a: Vec<String> = (0..100).map(|_| here.next(0)).collect();
        assert!((0..100).all(|_| !a.contains(&there.next(0))));
    }

    #[test]
    fn derived_ids_follow_from_time_and_text() {
        let id = derived(1_469_918_176_385, "a");
        assert_eq!(id, derived(1_469_918_176_385, "a"));
        assert!(id.starts_with("01ARYZ6S41") && id.len() == 26);
        assert_ne!(id[10..], derived(1_469_918_176_385, "b")[10..]);
        assert!(Ids::after(&id).next(0) > id);
    }

    #[test]
    fn layout_is_that_of_a_ulid() {
        // The time part of the ULID specification's example, 1469918176385.
        assert!(
            Ids::default()
                .next(1_469_918_176_385)
                .starts_with("01ARYZ6S41")
        );
        assert_eq!(decode(&encode(123_456_789)), Some(123_456_789));
    }
}
