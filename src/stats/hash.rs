//! Hashes that are the same on every machine and in every later version.
//!
//! In: bytes or a number. Out: 64 bits. Not for anything secret.

/// FNV-1a, 64 bit.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    Fnv1a::of(bytes).value()
}

/// FNV-1a of all bytes so far, with their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fnv1a {
    hash: u64,
    bytes: u64,
}

impl Fnv1a {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let nothing = Fnv1a {
            hash: 0xcbf2_9ce4_8422_2325,
            bytes: 0,
        };
        nothing.and(bytes)
    }

    /// The hash.
    pub(crate) fn value(self) -> u64 {
        self.hash
    }

    /// With more bytes after those so far.
    #[must_use]
    pub(crate) fn and(self, bytes: &[u8]) -> Self {
        let one = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Fnv1a {
            hash: bytes.iter().fold(self.hash, one),
            bytes: self.bytes + bytes.len() as u64,
        }
    }
}

/// What `SplitMix64` adds to its state at each step.
pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014; constants of Vigna's `splitmix64.c`).
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        // FNV-1a: the test vectors of draft-eastlake-fnv.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
        assert_eq!(Fnv1a::of(b"foo").and(b"bar"), Fnv1a::of(b"foobar"));
        // SplitMix64: the first output of the generator with seed 0 is the finaliser of its increment.
        assert_eq!(mix(STEP), 0xe220_a839_7b1d_cdaf);
    }
}
