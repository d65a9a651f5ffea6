//! The tables on automatic metrics: whether they rank answers as clinicians do.
//!
//! In: clinicians' ranks and judgements as a sheet, and tables of scores. Out: the study's table of mean rank correlations
//! and what surrounds it: pairs and their ties, models as wholes, differences between metrics, and whether their order holds
//! in parts of the data. Never: a score of a response that nobody ranked or judged.

mod apart;
mod correlation;
mod differences;
mod kinds;
mod pairs;
#[cfg(test)]
mod tests;

pub(crate) use apart::disagreements;

use super::observations::Observation;
use super::sheet::{Sheet, SheetRow};
use super::table::Table;
use crate::metrics::score_tables::Scores;
use crate::stats::correlation::{Tau, TauP, kendall};
use crate::stats::interval::{Bootstrap, mean};

/// A metric's scores, laid out as the sheet is.
struct Scored<'s> {
    name: &'s str,
    signature: &'s str,
    /// By case, then by model.
    scores: Vec<Vec<Option<f64>>>,
}

/// Clinicians' ranks and the metrics' scores of the same responses.
struct Joined<'s> {
    sheet: &'s Sheet,
    /// The rows of each case.
    cases: Vec<Vec<&'s SheetRow>>,
    metrics: Vec<Scored<'s>>,
}

impl<'s> Joined<'s> {
    /// Metrics in the order of their names; those without a score of any case here are left out.
    fn of(sheet: &'s Sheet, scores: &'s [Scores]) -> Self {
        let places = sheet.case_names();
        let metrics = scores.iter().filter_map(|table| {
            let of_case = |(instruction, person): &(&str, &str)| {
                let models = sheet.models.iter();
                models.map(|m| table.of(instruction, person, m)).collect()
            };
            let laid_out = Scored {
                name: &table.metric,
                signature: &table.signature,
                scores: places.iter().map(of_case).collect(),
            };
            let any = laid_out.scores.iter().flatten().any(Option::is_some);
            any.then_some(laid_out)
        });
        Joined {
            sheet,
            cases: sheet.by_case(),
            metrics: metrics.collect(),
        }
    }

    /// Of each case the mean over its reviewers of a coefficient between their ranks, better ones higher, and the scores.
    fn by_case(
        &self,
        metric: &Scored<'_>,
        coefficient: impl Fn(&[Option<f64>], &[Option<f64>]) -> Option<f64>,
    ) -> Vec<Option<f64>> {
        let of_case = |(rows, scores): (&Vec<&SheetRow>, &Vec<Option<f64>>)| {
            let found: Vec<Option<f64>> = rows
                .iter()
                .map(|row| coefficient(&better(&row.ranks), scores))
                .collect();
            mean(&found).0
        };
        self.cases.iter().zip(&metric.scores).map(of_case).collect()
    }

    /// Kendall's tau-b by case.
    fn taus(&self, metric: &Scored<'_>) -> Vec<Option<f64>> {
        self.by_case(metric, tau_b)
    }

    /// Whether a case has two or more responses with a rank and a score, so that there is something to order.
    fn comparable(&self, metric: &Scored<'_>) -> Vec<bool> {
        let two = |ranks: &[Option<f64>], scores: &[Option<f64>]| {
            let both = ranks.iter().zip(scores);
            both.filter(|(r, s)| r.is_some() && s.is_some()).count() >= 2
        };
        self.cases
            .iter()
            .zip(&metric.scores)
            .map(|(rows, scores)| rows.iter().any(|row| two(&row.ranks, scores)))
            .collect()
    }
}

/// Ranks with better ones higher.
fn better(ranks: &[Option<f64>]) -> Vec<Option<f64>> {
    ranks.iter().map(|rank| rank.map(|r| -r)).collect()
}

fn tau_b(x: &[Option<f64>], y: &[Option<f64>]) -> Option<f64> {
    kendall(x, y, Tau::B, TauP::Asymptotic).value
}

/// The tables; none without scores. `independent` holds the readings that agreement rests on.
pub(super) fn tables(
    sheet: &Sheet,
    rows: &[&Observation],
    independent: &Sheet,
    scores: &[Scores],
    bootstrap: Bootstrap,
) -> Vec<Table> {
    let joined = Joined::of(sheet, scores);
    if joined.metrics.is_empty() {
        return Vec::new();
    }
    let mut tables = vec![
        correlation::table(&joined, independent, bootstrap),
        pairs::table(&joined, bootstrap),
        pairs::systems(&joined),
        pairs::means(&joined),
    ];
    // One case says nothing of a difference, and has no parts.
    if joined.cases.len() > 1 {
        tables.extend(differences::table(&joined, bootstrap));
        tables.extend(kinds::tables(&joined, rows, bootstrap.seed));
    }
    tables
}
