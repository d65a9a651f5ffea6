//! Adjusting p values for having made several tests.
//!
//! In: p values of one family of tests, undefined ones among them. Out: adjusted p values in the same places, at
//! most 1. An undefined p is no test: it stays undefined and does not count.

/// Holm's step-down (1979): the family-wise error stays below α, whatever the tests' dependence.
pub(crate) fn holm(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> = p
        .iter()
        .enumerate()
        .filter_map(|(i, p)| p.map(|p| (p, i)))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let m = order.len() as f64;
    let mut adjusted = vec![None; p.len()];
    let mut bound = 0.0_f64;
    for (step, (p, i)) in order.into_iter().enumerate() {
        bound = bound.max(p * (m - step as f64)).min(1.0);
        adjusted[i] = Some(bound);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_tests_do_not_count() {
        let p = [Some(0.04), None, Some(0.01)];
        assert_eq!(holm(&p), [Some(0.04), None, Some(0.02)]);
    }
}
