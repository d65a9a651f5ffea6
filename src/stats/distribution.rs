//! Tail probabilities of the distributions that the tests refer to.
//!
//! In: a statistic and its degrees of freedom. Out: a probability between 0 and 1. Normal, chi-square and t come
//! from `statrs`; the studentized range and the fair binomial are computed here.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal, StudentsT};

/// The standard normal quantile of 0.975, which spans a two-sided 95% interval.
pub(crate) const Z_95: f64 = 1.959_963_984_540_054;

/// `P(Z <= z)` for a standard normal.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// The `z` with `P(Z <= z) = p`; `p` between 0 and 1, both excluded.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// `P(|Z| >= |z|)` for a standard normal.
pub(crate) fn normal_two_sided(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

/// `P(X >= x)` for a chi-square with `df` degrees of freedom; `None` without degrees of freedom.
pub(crate) fn chi_square_upper(x: f64, df: usize) -> Option<f64> {
    Some(ChiSquared::new(df as f64).ok()?.sf(x.max(0.0)))
}

/// `P(|T| >= |t|)` for Student's t with `df` degrees of freedom; `None` without degrees of freedom.
pub(crate) fn t_two_sided(t: f64, df: usize) -> Option<f64> {
    if t.is_infinite() && df > 0 {
        return Some(0.0);
    }
    let t_df = StudentsT::new(0.0, 1.0, df as f64).ok()?;
    Some((2.0 * t_df.sf(t.abs())).min(1.0))
}

/// `P(X <= successes)` for `trials` throws of a fair coin, by summing in logarithms.
pub(crate) fn fair_binomial_cdf(successes: usize, trials: usize) -> f64 {
    let mut log_term = -(trials as f64) * std::f64::consts::LN_2;
    let mut sum = log_term.exp();
    for k in 0..successes.min(trials) {
        log_term += ((trials - k) as f64 / (k + 1) as f64).ln();
        sum += log_term.exp();
    }
    sum.min(1.0)
}

/// The `t` with [`t_two_sided`]`(t, df) = 0.05`, by bisection; `None` for 0 degrees of freedom.
pub(crate) fn t_95(df: usize) -> Option<f64> {
    let (mut low, mut high) = (0.0, 20.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if t_two_sided(middle, df)? > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

/// `P(Q <= q)` for the range of `groups` standard normals (the studentized range with infinite df).
///
/// `groups * ∫ φ(z) (Φ(z) - Φ(z - q))^(groups - 1) dz` (Tukey 1949; Lund & Lund 1983, AS 190). The integrand is
/// smooth and dies off like φ, so the trapezoid rule with step 1/32 over ±9 is exact to about 1e-14.
pub(crate) fn studentized_range_cdf(q: f64, groups: usize) -> f64 {
    const STEPS_PER_UNIT: i32 = 32;
    const REACH: i32 = 9;
    if q <= 0.0 || groups < 2 {
        return 0.0;
    }
    let power = groups as i32 - 1;
    let sum: f64 = (-REACH * STEPS_PER_UNIT..=REACH * STEPS_PER_UNIT)
        .map(|i| {
            let z = f64::from(i) / f64::from(STEPS_PER_UNIT);
            let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
            density * (normal_cdf(z) - normal_cdf(z - q)).powi(power)
        })
        .sum();
    (groups as f64 * sum / f64::from(STEPS_PER_UNIT)).clamp(0.0, 1.0)
}

/// `P(Q > q)`, see [`studentized_range_cdf`], without taking a number close to 1 from 1: far tails keep their digits.
pub(crate) fn studentized_range_upper(q: f64, groups: usize) -> f64 {
    const STEPS_PER_UNIT: i32 = 32;
    const REACH: i32 = 9;
    if q <= 0.0 || groups < 2 {
        return 1.0;
    }
    // The largest lies at z: the others are below it, but not all within q.
    let reach = REACH + q as i32;
    let sum: f64 = (-REACH * STEPS_PER_UNIT..=reach * STEPS_PER_UNIT)
        .map(|i| {
            let z = f64::from(i) / f64::from(STEPS_PER_UNIT);
            let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
            let (below, far) = (normal_cdf(z), normal_cdf(z - q));
            // below^m - (below - far)^m, without taking one from the other where they are close.
            let m = groups as i32 - 1;
            let lost = (f64::from(m) * (-far / below).ln_1p()).exp_m1();
            -density * below.powi(m) * lost
        })
        .sum();
    (groups as f64 * sum / f64::from(STEPS_PER_UNIT)).clamp(0.0, 1.0)
}

/// The `q` with [`studentized_range_cdf`]`(q, groups) = p`, by bisection; `p` between 0 and 1, both excluded.
pub(crate) fn studentized_range_quantile(p: f64, groups: usize) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if studentized_range_cdf(middle, groups) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_match_tables() {
        assert!((normal_two_sided(Z_95) - 0.05).abs() < 1e-10);
        assert!((normal_quantile(0.975) - Z_95).abs() < 1e-9);
        // 3.841 and 2.228 are the tabulated 5% points.
        assert!((chi_square_upper(3.841_458_820_694_124, 1).expect("df 1") - 0.05).abs() < 1e-10);
        assert!((t_two_sided(2.228_138_851_964_939, 10).expect("df 10") - 0.05).abs() < 1e-10);
        assert_eq!(chi_square_upper(1.0, 0), None);
        assert_eq!(t_two_sided(1.0, 0), None);
    }

    #[test]
    fn both_tails_of_the_range_add_up() {
        for groups in [2, 3, 6, 12, 200] {
            for q in [0.5, 2.0, 3.5, 6.0] {
                let sum = studentized_range_upper(q, groups) + studentized_range_cdf(q, groups);
                assert!((sum - 1.0).abs() < 1e-10, "{groups} {q}: {sum}");
            }
        }
        // Of two groups the range is √2 times a half normal: P(|Z| > 20 / √2).
        let far = studentized_range_upper(20.0, 2) / normal_two_sided(20.0 / 2.0_f64.sqrt());
        assert!((far - 1.0).abs() < 1e-9, "{far}");
        // R 4.3: qt(0.975, 3) and qt(0.975, 1).
        assert!((t_95(3).expect("df") - 3.182_446_305).abs() < 1e-8);
        assert!((t_95(1).expect("df") - 12.706_204_736).abs() < 1e-8);
        assert_eq!(t_95(0), None);
    }

    #[test]
    fn fair_coin() {
        assert!((fair_binomial_cdf(1, 4) - 5.0 / 16.0).abs() < 1e-15);
        assert!((fair_binomial_cdf(4, 4) - 1.0).abs() < 1e-15);
        // Far beyond what 2^-n holds as a plain number.
        assert!((fair_binomial_cdf(2000, 4001) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn studentized_range_matches_the_table_of_demsar() {
        // Demšar 2006, table 5: q_0.05 / sqrt 2 for infinite df, from tables of q with two or three digits.
        for (groups, tabulated) in [(2, 1.960), (3, 2.343), (6, 2.850), (10, 3.164)] {
            let q = studentized_range_quantile(0.95, groups) / std::f64::consts::SQRT_2;
            assert!((q - tabulated).abs() < 1e-3, "{groups}: {q}");
        }
    }
}
