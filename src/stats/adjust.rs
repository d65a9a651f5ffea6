//! Adjusting p values for having made several tests.
//!
//! In: p values of one family of tests, undefined ones among them. Out: adjusted p values in the same places, at
//! most 1. An undefined p is no test: it stays undefined and does not count.

/// How to adjust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Each p times the number of tests.
    Bonferroni,
    /// Step-down (Holm 1979): the family-wise error stays below α, whatever the tests' dependence.
    Holm,
    /// Step-up (Benjamini & Hochberg 1995): the false discovery rate.
    BenjaminiHochberg,
}

/// Adjusts a family of p values.
pub fn adjust(p: &[Option<f64>], method: Adjustment) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> = p
        .iter()
        .enumerate()
        .filter_map(|(i, p)| p.map(|p| (p, i)))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let m = order.len() as f64;
    let mut adjusted = vec![None; p.len()];
    let mut bound = 0.0_f64;
    match method {
        Adjustment::Bonferroni => {
            for (p, i) in order {
                adjusted[i] = Some((p * m).min(1.0));
            }
        }
        Adjustment::Holm => {
            for (step, (p, i)) in order.into_iter().enumerate() {
                bound = bound.max(p * (m - step as f64)).min(1.0);
                adjusted[i] = Some(bound);
            }
        }
        Adjustment::BenjaminiHochberg => {
            bound = 1.0;
            for (step, (p, i)) in order.into_iter().enumerate().rev() {
                bound = bound.min(p * m / (step + 1) as f64);
                adjusted[i] = Some(bound);
            }
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_tests_do_not_count() {
        let p = [Some(0.04), None, Some(0.01)];
        assert_eq!(adjust(&p, Adjustment::Holm), [Some(0.04), None, Some(0.02)]);
        assert_eq!(
            adjust(&p, Adjustment::Bonferroni),
            [Some(0.08), None, Some(0.02)]
        );
        assert_eq!(
            adjust(&p, Adjustment::BenjaminiHochberg),
            [Some(0.04), None, Some(0.02)]
        );
    }
}
