//! A dataset's fingerprint: the same for the same tables and records, whatever the path or the day.
//!
//! In: the tables' bytes, the records' names and sizes. Out: 32 hex digits. It tells a changed dataset from an
//! unchanged one; it is no proof against someone who wants two datasets to look alike.

use std::fmt;

/// FNV-1a with 128 bits (Fowler, Noll, Vo; draft-eastlake-fnv).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fingerprint(u128);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Fingerprint(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Adds one part; its length goes first, so that parts cannot run into each other.
    pub(crate) fn add(&mut self, part: &[u8]) {
        self.bytes(&(part.len() as u64).to_le_bytes());
        self.bytes(part);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        self.0 = bytes.iter().fold(self.0, |hash, b| {
            (hash ^ u128::from(*b)).wrapping_mul(PRIME)
        });
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_vectors() {
        let plain = |text: &str| {
            let mut f = Fingerprint::new();
            f.bytes(text.as_bytes());
            f.to_string()
        };
        assert_eq!(plain(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(plain("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(plain("foobar"), "343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let both = |a: &str, b: &str| {
            let mut f = Fingerprint::new();
            f.add(a.as_bytes());
            f.add(b.as_bytes());
            f.to_string()
        };
        assert_ne!(both("ab", "c"), both("a", "bc"));
    }
}
