//! Reproducible random numbers for resampling.
//!
//! In: a seed and a stream number. Out: the same numbers on every machine, forever. Not for anything secret.
//! The generator is xoshiro256++ 1.0 (Blackman & Vigna 2019), its state filled by `SplitMix64` (Steele et al. 2014),
//! as its authors advise.

use super::hash::{STEP, mix};

/// A xoshiro256++ generator.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: [u64; 4],
}

/// `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// Evenly from 0 to `n - 1`; `n` must not be 0.
    pub fn below(&mut self, n: u64) -> u64 {
        let odd = u64::MAX - u64::MAX % n;
        loop {
            let x = self.bits();
            if x < odd {
                return x % n;
            }
        }
    }
}

impl Random {
    /// Stream number `stream` of `seed`. Streams let samples be drawn in any order, on any number of threads.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut seeder = SplitMix64(SplitMix64(seed).bits() ^ stream);
        let state = std::array::from_fn(|_| seeder.bits());
        Random { state }
    }

    /// The next 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number from 0 to `bound - 1`, by the high half of a product (Lemire 2019 without its rejection step, whose
    /// bias is below `bound / 2^64`). `bound` must not be 0; with 0 the answer is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_its_published_numbers() {
        let mut random = SplitMix64(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.bits()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn xoshiro_gives_its_published_numbers() {
        let mut random = Random {
            state: [1, 2, 3, 4],
        };
        assert_eq!(random.bits(), 41_943_041);
        assert_eq!(random.bits(), 58_720_359);
        assert_eq!(random.bits(), 3_588_806_011_781_223);
    }

    #[test]
    fn streams_differ_and_repeat() {
        let draw = |seed, stream| Random::new(seed, stream).bits();
        assert_eq!(draw(7, 0), draw(7, 0));
        assert_ne!(draw(7, 0), draw(7, 1));
        assert_ne!(draw(7, 1), draw(8, 1));
        let mut random = Random::new(1, 1);
        let mut counts = [0; 3];
        for _ in 0..30_000 {
            counts[random.below(3)] += 1;
        }
        assert!(
            counts.iter().all(|c| (9_600..10_400).contains(c)),
            "{counts:?}"
        );
    }
}
