//! Cases that add the same to a sum, each sum once.
//!
//! In: by case, what it says. Out: the different things said, and how often each was drawn in a sample of cases. Thousands
//! of cases have few different ones, and a sample needs no more than the counts.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// What cases add, by what they say.
pub(super) struct Groups<T> {
    /// By case, the place of what it adds.
    of: Vec<u32>,
    sums: Vec<T>,
}

impl<T> Groups<T> {
    /// Of what each case says; `sums` makes what the case at a place adds.
    pub(super) fn of<K: Hash + Eq>(
        said: impl Iterator<Item = K>,
        sums: impl Fn(usize) -> T,
    ) -> Self {
        let mut places = FxHashMap::default();
        let mut groups = Groups {
            of: Vec::new(),
            sums: Vec::new(),
        };
        for (case, said) in said.enumerate() {
            let place = *places.entry(said).or_insert_with(|| {
                groups.sums.push(sums(case));
                groups.sums.len() - 1
            });
            groups.of.push(place as u32);
        }
        groups
    }

    /// What was drawn, and how often.
    pub(super) fn drawn(&self, times: &[u32]) -> impl Iterator<Item = (&T, f64)> {
        let mut counts = vec![0_u32; self.sums.len()];
        for (&place, &times) in self.of.iter().zip(times) {
            counts[place as usize] += times;
        }
        let drawn = self.sums.iter().zip(counts).filter(|(_, n)| *n > 0);
        drawn.map(|(sums, n)| (sums, f64::from(n)))
    }
}

/// Adds `times` copies of sums and counts.
pub(super) fn add_times(sums: &mut [(f64, f64)], more: &[(f64, f64)], times: f64) {
    for (sum, part) in sums.iter_mut().zip(more) {
        sum.0 += times * part.0;
        sum.1 += times * part.1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_cases_say_is_there_once_and_counted() {
        let said = ["b", "a", "b", "c"];
        let groups = Groups::of(said.iter(), |case| said[case]);
        assert_eq!(groups.sums, ["b", "a", "c"]);
        let drawn: Vec<_> = groups.drawn(&[1, 0, 2, 1]).collect();
        assert_eq!(drawn, [(&"b", 3.0), (&"c", 1.0)]);
    }
}
