//! The sheet: observations laid out as rows of a case and a reviewer, with one column a model.
//!
//! In: observations in any order. Out: rows in first-seen order; models with the best win rate first. An observation
//! that repeats a case, reviewer and model is left out and counted.

use rustc_hash::FxHashMap;

use super::observations::Observation;
use crate::stats::battles::{Battles, TieRule};
use crate::stats::rank::{Ties, rank};
use crate::stats::ratio::Ratio;

/// What one reviewer said of one case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SheetRow {
    /// The case, counted from 0.
    pub case: usize,
    /// The reviewer, by the place in [`Sheet::reviewers`].
    pub reviewer: usize,
    /// Whether there is an observation of a model at all.
    pub answered: Vec<bool>,
    /// Judgements by model.
    pub correct: Vec<Option<bool>>,
    /// By model, whether the reviewer said that they cannot say; there is no judgement then.
    pub unsure: Vec<bool>,
    /// Ranks by model, as given.
    pub ranks: Vec<Option<f64>>,
}

impl SheetRow {
    /// The ranks numbered anew among the models ranked, equals sharing the mean of their places.
    pub(crate) fn reranked(&self) -> Vec<Option<f64>> {
        rank(&self.ranks, Ties::Average)
    }
}

/// Observations by case, reviewer and model.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    /// The models, best win rate (ties left out) first, then by name.
    pub models: Vec<String>,
    /// The reviewers, in the order of their names.
    pub reviewers: Vec<String>,
    /// How many cases there are.
    pub cases: usize,
    /// One row a case and reviewer.
    pub rows: Vec<SheetRow>,
    /// Observations left out because the same reviewer had already spoken on that response.
    pub repeated: usize,
    /// How many judgements nobody made: what is no answer, counted as incorrect.
    pub no_answers: usize,
    /// The cases by instruction and patient.
    places: FxHashMap<(String, String), usize>,
}

impl Sheet {
    /// Lays observations out.
    pub(crate) fn of<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> Self {
        let observations: Vec<&Observation> = observations.into_iter().collect();
        let names = |of: fn(&Observation) -> &String| {
            let mut names: Vec<&String> = observations.iter().map(|o| of(o)).collect();
            names.sort_unstable();
            names.dedup();
            names.into_iter().cloned().collect::<Vec<String>>()
        };
        let (models, reviewers) = (names(|o| &o.model), names(|o| &o.reviewer));
        let place = |names: &[String], name: &String| names.binary_search(name).unwrap_or(0);
        let mut cases = FxHashMap::default();
        let mut places = FxHashMap::default();
        let mut sheet = Sheet::default();
        for o in observations {
            let next = cases.len();
            let case = *cases.entry((&o.instruction, &o.person)).or_insert(next);
            let reviewer = place(&reviewers, &o.reviewer);
            let row = *places.entry((case, reviewer)).or_insert_with(|| {
                sheet.rows.push(SheetRow {
                    case,
                    reviewer,
                    answered: vec![false; models.len()],
                    correct: vec![None; models.len()],
                    unsure: vec![false; models.len()],
                    ranks: vec![None; models.len()],
                });
                sheet.rows.len() - 1
            });
            let (row, model) = (&mut sheet.rows[row], place(&models, &o.model));
            if row.answered[model] {
                sheet.repeated += 1;
                continue;
            }
            row.answered[model] = true;
            sheet.no_answers += usize::from(o.no_answer);
            row.correct[model] = o.correct();
            row.unsure[model] = o.is_unsure();
            row.ranks[model] = o.rank;
        }
        sheet.cases = cases.len();
        let owned = |((i, p), case): ((&String, &String), usize)| ((i.clone(), p.clone()), case);
        sheet.places = cases.into_iter().map(owned).collect();
        (sheet.models, sheet.reviewers) = (models, reviewers);
        sheet.order_models();
        sheet
    }

    fn order_models(&mut self) {
        let battles = self.battles();
        // Rates are sums of fractions: what differs by rounding only is equal, and stands by name.
        let rate = |m: usize| {
            let rate = battles.win_rate(m, TieRule::LeftOut);
            rate.map_or(-1.0, |r| (r * 1e12).round())
        };
        let mut order: Vec<usize> = (0..self.models.len()).collect();
        order.sort_by(|&a, &b| rate(b).total_cmp(&rate(a)));
        self.models = order.iter().map(|&m| self.models[m].clone()).collect();
        for row in &mut self.rows {
            row.answered = order.iter().map(|&m| row.answered[m]).collect();
            row.correct = order.iter().map(|&m| row.correct[m]).collect();
            row.unsure = order.iter().map(|&m| row.unsure[m]).collect();
            row.ranks = order.iter().map(|&m| row.ranks[m]).collect();
        }
    }

    /// What is counted where judgements are.
    pub(crate) fn judgements(&self) -> &'static str {
        if self.no_answers > 0 {
            "judgements, and outcomes that are no answer as incorrect"
        } else {
            "judgements"
        }
    }

    /// All battles of all reviewers.
    pub(crate) fn battles(&self) -> Battles {
        let mut battles = Battles::new(self.models.len());
        for row in &self.rows {
            battles.add(&row.ranks);
        }
        battles
    }

    /// The case that an observation is about.
    pub(crate) fn case_of(&self, o: &Observation) -> Option<usize> {
        self.places
            .get(&(o.instruction.clone(), o.person.clone()))
            .copied()
    }

    /// The instruction and the patient of each case.
    pub(crate) fn case_names(&self) -> Vec<(&str, &str)> {
        let mut names = vec![("", ""); self.cases];
        for ((instruction, person), &case) in &self.places {
            names[case] = (instruction, person);
        }
        names
    }

    /// Whether some case has more than one reviewer.
    pub(crate) fn several_reviewers(&self) -> bool {
        self.rows.len() > self.cases
    }

    /// The rows of each case.
    pub(crate) fn by_case(&self) -> Vec<Vec<&SheetRow>> {
        let mut cases = vec![Vec::new(); self.cases];
        for row in &self.rows {
            cases[row.case].push(row);
        }
        cases
    }

    /// The models with a judgement, by their places; the others take part in no test of judgements.
    pub(crate) fn judged_models(&self) -> Vec<usize> {
        let judged = |m: &usize| self.rows.iter().any(|r| r.correct[*m].is_some());
        (0..self.models.len()).filter(judged).collect()
    }

    /// The models with a rank, by their places; the others take part in no test of ranks.
    pub(crate) fn ranked_models(&self) -> Vec<usize> {
        let ranked = |m: &usize| self.rows.iter().any(|r| r.ranks[*m].is_some());
        (0..self.models.len()).filter(ranked).collect()
    }

    /// One judgement a case and model: what most of its reviewers say; `None` when they are split.
    pub(crate) fn majority(&self) -> Vec<Vec<Option<bool>>> {
        let vote = |rows: &[&SheetRow], model: usize| {
            let votes = rows.iter().filter_map(|r| r.correct[model]);
            let balance: i64 = votes.map(|c| if c { 1 } else { -1 }).sum();
            (balance != 0).then_some(balance > 0)
        };
        let case = |rows: &Vec<&SheetRow>| (0..self.models.len()).map(|m| vote(rows, m)).collect();
        self.by_case().iter().map(case).collect()
    }

    /// One rank a case and model: the mean of its reviewers' ranks after numbering anew.
    pub(crate) fn mean_ranks(&self) -> Vec<Vec<Option<Ratio>>> {
        let case = |rows: &Vec<&SheetRow>| {
            let reranked: Vec<_> = rows.iter().map(|r| r.reranked()).collect();
            let mean = |m: usize| {
                // Ranks numbered anew are whole or half numbers.
                let twice = reranked
                    .iter()
                    .filter_map(|r| r[m])
                    .map(|r| (2.0 * r) as i64);
                let (sum, n) = twice.fold((0, 0), |(sum, n), r| (sum + r, n + 1));
                Ratio::new(sum, 2 * n)
            };
            (0..self.models.len()).map(mean).collect()
        };
        self.by_case().iter().map(case).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::Verdict;

    fn said(case: &str, reviewer: &str, model: &str, correct: bool, rank: f64) -> Observation {
        Observation {
            instruction: case.to_owned(),
            reviewer: reviewer.to_owned(),
            model: model.to_owned(),
            verdict: Some(Verdict::of(correct)),
            rank: Some(rank),
            ..Observation::default()
        }
    }

    #[test]
    fn rows_are_cases_by_reviewer() {
        let sheet = Sheet::of(&[
            said("1", "r", "a", true, 2.0),
            said("1", "r", "b", true, 1.0),
            said("1", "q", "b", false, 1.0),
            said("2", "r", "a", false, 1.0),
            said("1", "r", "a", false, 9.0),
        ]);
        assert_eq!(sheet.models, ["b", "a"]);
        assert_eq!(sheet.reviewers, ["q", "r"]);
        assert_eq!((sheet.cases, sheet.rows.len(), sheet.repeated), (2, 3, 1));
        assert!(sheet.several_reviewers());
        assert_eq!(sheet.majority(), [[None, Some(true)], [None, Some(false)]]);
        assert_eq!(
            sheet.mean_ranks(),
            [
                [Ratio::new(1, 1), Ratio::new(2, 1)],
                [None, Ratio::new(1, 1)]
            ]
        );
    }
}
