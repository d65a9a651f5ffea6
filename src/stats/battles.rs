//! Head-to-head: which model is ranked better how often, and what strength explains it.
//!
//! In: rows of ranks (1 is best), one rank a model or none. Out: counts, win rates under both conventions for ties,
//! and Bradley–Terry strengths. A pair counts where both models are ranked.

use std::cmp::Ordering;

use super::correlation::ratio;
use super::method::Method;

/// Win rate: the plain mean over the other models of the share of decided battles won.
pub(crate) const WIN_LEFT_OUT: Method = Method {
    id: "win-rate-ties-left-out",
    what: "Win rate: the plain mean over the other models of the share of decided battles won, with the 95% percentile interval of a bootstrap over cases.",
    source: "the MedAlign study (its table 3 follows from its figure 2); Efron 1979",
    ties: "left out",
    missing: "a battle needs both ranks",
};

/// Win rate: the plain mean over the other models of the share of all battles won.
pub(crate) const WIN_HALF: Method = Method {
    id: "win-rate-ties-half",
    what: "Win rate: the plain mean over the other models of the share of all battles won, with the 95% percentile interval of a bootstrap over cases.",
    source: "as above with the common convention for ties; Efron 1979",
    ties: "half a win for either side",
    missing: "a battle needs both ranks",
};

/// Share of decided battles in which the row's model is ranked better.
pub(crate) const HEAD_LEFT_OUT: Method = Method {
    id: "head-to-head-ties-left-out",
    what: "Share of decided battles in which the row's model is ranked better.",
    source: "the MedAlign study's figure 2",
    ties: "left out",
    missing: "a battle needs both ranks",
};

/// Share of all battles in which the row's model is ranked better.
pub(crate) const HEAD_HALF: Method = Method {
    id: "head-to-head-ties-half",
    what: "Share of all battles in which the row's model is ranked better.",
    source: "common convention",
    ties: "half a win for either side",
    missing: "a battle needs both ranks",
};

/// Bradley-Terry log strength.
pub(crate) const STRENGTH: Method = Method {
    id: "bradley-terry",
    what: "Bradley-Terry log strength, summing to 0 over the models, by the MM iteration, with the 95% percentile interval of a bootstrap over cases (samples without finite strengths are left out).",
    source: "Bradley & Terry 1952; Hunter 2004; Efron 1979",
    ties: "half a win for either side",
    missing: "a battle needs both ranks; undefined unless chains of wins join all models both ways",
};

/// Win rate among the cases of this kind: the plain mean over the other models of the share of decided battles won.
pub(crate) const WIN_IN_KIND: Method = Method {
    id: "win-rate-within",
    what: "Win rate among the cases of this kind: the plain mean over the other models of the share of decided battles won.",
    source: "the MedAlign study",
    ties: "left out",
    missing: "a battle needs both ranks",
};

/// Wins and ties between models, from the row's model against the column's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Battles {
    models: usize,
    wins: Vec<f64>,
    ties: Vec<f64>,
}

/// What a tie counts in a win rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TieRule {
    /// Nothing: only decided battles count, as in the `MedAlign` study.
    LeftOut,
    /// Half a win for either side.
    Half,
}

impl Battles {
    /// No battle yet.
    pub(crate) fn new(models: usize) -> Self {
        Battles {
            models,
            wins: vec![0.0; models * models],
            ties: vec![0.0; models * models],
        }
    }

    /// Counts from tables of wins and ties; entries beyond the first row's width are left out.
    #[cfg(test)]
    pub(crate) fn from_tables(wins: &[Vec<f64>], ties: &[Vec<f64>]) -> Self {
        let models = wins.len();
        let flat = |rows: &[Vec<f64>]| -> Vec<f64> {
            let cell = |i: usize| {
                rows.get(i / models)
                    .and_then(|r| r.get(i % models))
                    .copied()
            };
            (0..models * models)
                .map(|i| cell(i).unwrap_or(0.0))
                .collect()
        };
        Battles {
            models,
            wins: flat(wins),
            ties: flat(ties),
        }
    }

    /// All battles of `rows`.
    #[cfg(test)]
    pub(crate) fn of(rows: &[Vec<Option<f64>>], models: usize) -> Self {
        let mut battles = Battles::new(models);
        for row in rows {
            battles.add(row);
        }
        battles
    }

    /// Adds one reviewer's ranks of one case.
    pub(crate) fn add(&mut self, row: &[Option<f64>]) {
        for (i, a) in row.iter().enumerate().take(self.models) {
            for (j, b) in row.iter().enumerate().take(self.models) {
                if let (true, Some(a), Some(b)) = (i != j, a, b) {
                    let slot = i * self.models + j;
                    match a.partial_cmp(b) {
                        Some(Ordering::Less) => self.wins[slot] += 1.0,
                        Some(Ordering::Equal) => self.ties[slot] += 1.0,
                        Some(Ordering::Greater) | None => {}
                    }
                }
            }
        }
    }

    /// Adds `times` copies of other battles between the same models.
    pub(crate) fn add_times(&mut self, other: &Battles, times: f64) {
        for (mine, theirs) in self.wins.iter_mut().zip(&other.wins) {
            *mine += times * theirs;
        }
        for (mine, theirs) in self.ties.iter_mut().zip(&other.ties) {
            *mine += times * theirs;
        }
    }

    /// The battles between some of the models, by their places.
    #[must_use]
    pub(crate) fn among(&self, models: &[usize]) -> Battles {
        let pairs = models
            .iter()
            .flat_map(|a| models.iter().map(move |b| (*a, *b)));
        let (wins, ties) = pairs
            .map(|(a, b)| (self.wins(a, b), self.ties(a, b)))
            .unzip();
        Battles {
            models: models.len(),
            wins,
            ties,
        }
    }

    /// How often `a` was ranked better than `b`.
    pub(crate) fn wins(&self, a: usize, b: usize) -> f64 {
        self.wins[a * self.models + b]
    }

    /// How often they were tied.
    pub(crate) fn ties(&self, a: usize, b: usize) -> f64 {
        self.ties[a * self.models + b]
    }

    /// Battles that count under `rule`.
    pub(crate) fn fought(&self, a: usize, b: usize, rule: TieRule) -> f64 {
        let decided = self.wins(a, b) + self.wins(b, a);
        match rule {
            TieRule::LeftOut => decided,
            TieRule::Half => decided + self.ties(a, b),
        }
    }

    /// The share of battles that `a` wins against `b`; `None` without one that counts, and against itself.
    pub(crate) fn rate(&self, a: usize, b: usize, rule: TieRule) -> Option<f64> {
        let half = if rule == TieRule::Half {
            self.ties(a, b) / 2.0
        } else {
            0.0
        };
        ratio(self.wins(a, b) + half, self.fought(a, b, rule))
    }

    /// The win rate: the plain mean of a model's rates against each other model, as the `MedAlign` study has it;
    /// undefined rates are left out.
    pub(crate) fn win_rate(&self, a: usize, rule: TieRule) -> Option<f64> {
        let rates: Vec<f64> = (0..self.models)
            .filter(|&b| b != a)
            .filter_map(|b| self.rate(a, b, rule))
            .collect();
        ratio(rates.iter().sum(), rates.len() as f64)
    }

    /// Bradley–Terry log strengths that sum to 0, ties as half a win for either side (Bradley & Terry 1952), by the
    /// MM iteration (Hunter 2004). `None` where no finite strengths exist: unless every model has beaten every other
    /// one through some chain of wins (Ford 1957).
    pub(crate) fn bradley_terry(&self) -> Option<Vec<f64>> {
        let k = self.models;
        let won = |a: usize, b: usize| self.wins(a, b) + self.ties(a, b) / 2.0;
        if k < 2 || !self.connected() {
            return None;
        }
        let totals: Vec<f64> = (0..k).map(|a| (0..k).map(|b| won(a, b)).sum()).collect();
        let met: Vec<Vec<f64>> = (0..k)
            .map(|a| (0..a).map(|b| won(a, b) + won(b, a)).collect())
            .collect();
        let mut strength = vec![1.0_f64; k];
        for _ in 0..50_000 {
            let mut sums = vec![0.0; k];
            for (a, met) in met.iter().enumerate() {
                let mut sum = 0.0;
                for (b, &met) in met.iter().enumerate() {
                    let part = met / (strength[a] + strength[b]);
                    sum += part;
                    sums[b] += part;
                }
                sums[a] += sum;
            }
            let mut next: Vec<f64> = totals
                .iter()
                .zip(sums)
                .map(|(won, sum)| won / sum)
                .collect();
            let centre = next.iter().map(|s| s.ln()).sum::<f64>() / k as f64;
            let mut moved = 0.0_f64;
            for (new, old) in next.iter_mut().zip(&strength) {
                *new /= centre.exp();
                moved = moved.max((*new / old - 1.0).abs());
            }
            strength = next;
            if moved < 1e-13 {
                break;
            }
        }
        Some(strength.into_iter().map(f64::ln).collect())
    }

    /// Whether chains of wins lead from every model to every other one: from model 0 forwards and backwards.
    fn connected(&self) -> bool {
        let reaches_all = |forwards: bool| {
            let mut seen = vec![false; self.models];
            let mut open = vec![0];
            seen[0] = true;
            while let Some(a) = open.pop() {
                for (b, seen) in seen.iter_mut().enumerate() {
                    let (winner, loser) = if forwards { (a, b) } else { (b, a) };
                    if !*seen && self.wins(winner, loser) + self.ties(winner, loser) > 0.0 {
                        *seen = true;
                        open.push(b);
                    }
                }
            }
            seen.into_iter().all(|s| s)
        };
        reaches_all(true) && reaches_all(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_under_each_rule() {
        let row = |ranks: [f64; 2]| ranks.map(Some).to_vec();
        let battles = Battles::of(
            &[row([1.0, 2.0]), row([1.0, 1.0]), vec![Some(1.0), None]],
            2,
        );
        assert_eq!(battles.rate(0, 1, TieRule::LeftOut), Some(1.0));
        assert_eq!(battles.rate(0, 1, TieRule::Half), Some(0.75));
        assert_eq!(Some(battles.fought(0, 1, TieRule::Half)), Some(2.0));
        assert_eq!(battles.rate(0, 0, TieRule::Half), None);
    }

    #[test]
    fn two_models_have_the_log_odds() {
        let battles = Battles::from_tables(&[vec![0.0, 3.0], vec![1.0, 0.0]], &[]);
        let found = battles.bradley_terry().expect("both won");
        assert!((found[0] - found[1] - 3.0_f64.ln()).abs() < 1e-10);
    }

    #[test]
    fn a_model_that_never_lost_has_no_finite_strength() {
        let battles = Battles::from_tables(&[vec![0.0, 3.0], vec![0.0, 0.0]], &[]);
        assert_eq!(battles.bradley_terry(), None);
        assert_eq!(Battles::new(1).bradley_terry(), None);
        assert_eq!(Battles::new(2).win_rate(0, TieRule::LeftOut), None);
    }

    #[test]
    fn the_study_s_win_rates_follow_from_its_head_to_head_figure() {
        // MedAlign (Fleming et al. 2024), figure 2 and table 3; both are printed to two or three digits.
        let figure = [
            [0.00, 0.48, 0.56, 0.73, 0.71, 0.80],
            [0.52, 0.00, 0.58, 0.72, 0.74, 0.81],
            [0.44, 0.42, 0.00, 0.67, 0.70, 0.76],
            [0.27, 0.28, 0.33, 0.00, 0.50, 0.63],
            [0.29, 0.26, 0.30, 0.50, 0.00, 0.64],
            [0.18, 0.19, 0.24, 0.37, 0.36, 0.00],
        ];
        let battles = Battles::from_tables(&figure.map(|r| r.to_vec()), &[]);
        for (model, published) in [0.658, 0.676, 0.598, 0.401, 0.398, 0.269]
            .into_iter()
            .enumerate()
        {
            let found = battles.win_rate(model, TieRule::LeftOut).expect("battles");
            assert!(
                (found - published).abs() < 0.004,
                "{model}: {found} is not {published}"
            );
        }
    }
}
