//! Counting runs of tokens.
//!
//! In: token ids or letters. Out: how many runs of one length two texts have, and have in common. Never: a hash that
//! could collide; a run is packed into one number, whole.

use rustc_hash::FxHashMap;

/// The longest run of tokens that is counted.
pub(super) const LONGEST: usize = 4;

/// Numbers for tokens: equal tokens have equal numbers, from 1 on.
#[derive(Debug, Default)]
pub(super) struct Ids<'t> {
    ids: FxHashMap<&'t str, u32>,
}

impl<'t> Ids<'t> {
    /// The numbers of words as they come.
    pub(super) fn of_words(&mut self, words: impl IntoIterator<Item = &'t str>) -> Vec<u32> {
        words
            .into_iter()
            .map(|word| {
                let next = self.ids.len() as u32 + 1;
                *self.ids.entry(word).or_insert(next)
            })
            .collect()
    }
}

/// How often each run of `n` items occurs, the runs packed with `bits` bits an item.
pub(super) type Counts = FxHashMap<u128, u32>;

/// The runs of `n` items in a sequence, counted. `n * bits` must not be over 128.
pub(super) fn count(items: &[u32], n: usize, bits: u32) -> Counts {
    debug_assert!(n as u32 * bits <= 128, "a run fits into 128 bits");
    let mut counts = Counts::default();
    counts.reserve(items.len().saturating_sub(n - 1));
    for run in packed(items, n, bits) {
        *counts.entry(run).or_default() += 1;
    }
    counts
}

/// The runs of `n` items, each packed into one number, in order.
pub(super) fn packed(items: &[u32], n: usize, bits: u32) -> impl Iterator<Item = u128> + '_ {
    let mask = u128::MAX >> (128 - n as u32 * bits);
    let mut run = 0_u128;
    items.iter().enumerate().filter_map(move |(at, item)| {
        run = ((run << bits) | u128::from(*item)) & mask;
        (at + 1 >= n).then_some(run)
    })
}

/// How many runs two counts have in common, each as often as it is in both.
pub(super) fn common(a: &Counts, b: &Counts) -> u64 {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter()
        .filter_map(|(run, count)| many.get(run).map(|other| u64::from(*count.min(other))))
        .sum()
}

/// How many runs of `n` items a sequence of this length has.
pub(super) fn total(len: usize, n: usize) -> u64 {
    (len + 1).saturating_sub(n) as u64
}
