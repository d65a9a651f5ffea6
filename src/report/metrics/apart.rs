//! The cases in which a metric and the clinicians part.
//!
//! In: ranks and scores by case. Out: the cases by how far the metric's order is from the reviewers', worst first, with both
//! orders as text. Never: a question or a response.

use super::super::observations::Observation;
use super::super::sheet::Sheet;
use super::Joined;
use crate::metrics::score_tables::Scores;

/// A case in which a metric's order is not the reviewers'.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Apart {
    /// The instruction's id.
    pub instruction: String,
    /// The patient's id.
    pub person: String,
    /// Kendall's tau-b of the metric's scores and the ranks, mean over the case's reviewers.
    pub tau: f64,
    /// The metric's order, best first: `b > a = c`, with the scores.
    pub by_metric: String,
    /// The reviewers' orders, each after the reviewer's name where there are several.
    pub by_reviewers: Vec<String>,
}

/// The cases with a tau below 1, the lowest first, then in the order of the cases.
pub(crate) fn disagreements(rows: &[&Observation], scores: &Scores) -> Vec<Apart> {
    let sheet = Sheet::of(rows.iter().copied());
    let joined = Joined::of(&sheet, std::slice::from_ref(scores));
    let Some(metric) = joined.metrics.first() else {
        return Vec::new();
    };
    let names = sheet.case_names();
    let mut apart: Vec<Apart> = joined
        .taus(metric)
        .into_iter()
        .enumerate()
        .filter_map(|(case, tau)| {
            let tau = tau.filter(|t| *t < 1.0 - 1e-12)?;
            let scores = &metric.scores[case];
            let (instruction, person) = names[case];
            let rows = &joined.cases[case];
            let said = rows.iter().map(|row| {
                // Only what the metric has scored can be compared with its order.
                let ranks = row
                    .ranks
                    .iter()
                    .zip(scores)
                    .map(|(rank, s)| rank.filter(|_| s.is_some()));
                let order = order(&sheet.models, &ranks.collect::<Vec<_>>(), |_| String::new());
                match rows.len() {
                    1 => order,
                    _ => format!("{}: {order}", sheet.reviewers[row.reviewer]),
                }
            });
            let falling: Vec<Option<f64>> = scores.iter().map(|s| s.map(|s| -s)).collect();
            Some(Apart {
                instruction: instruction.to_owned(),
                person: person.to_owned(),
                tau,
                by_metric: order(&sheet.models, &falling, |v| format!(" {:.3}", -v)),
                by_reviewers: said.collect(),
            })
        })
        .collect();
    apart.sort_by(|a, b| a.tau.total_cmp(&b.tau));
    apart
}

/// Names by falling worth, `b > a = c`; those without a value are not in it.
fn order(names: &[String], values: &[Option<f64>], with: impl Fn(f64) -> String) -> String {
    let mut there: Vec<(f64, &String)> = values
        .iter()
        .zip(names)
        .filter_map(|(v, name)| Some(((*v)? + 0.0, name)))
        .collect();
    there.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
    let mut text = String::new();
    for (i, (value, name)) in there.iter().enumerate() {
        if i > 0 {
            let tied = there[i - 1].0.total_cmp(value).is_eq();
            text += if tied { " = " } else { " > " };
        }
        text += name;
        text += &with(*value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(case: &str, reviewer: &str, model: &str, rank: f64) -> Observation {
        Observation {
            instruction: case.to_owned(),
            person: "7".to_owned(),
            reviewer: reviewer.to_owned(),
            model: model.to_owned(),
            rank: Some(rank),
            ..Observation::default()
        }
    }

    #[test]
    fn the_worst_case_comes_first_with_both_orders() {
        let all = [
            said("1", "r", "a", 1.0),
            said("1", "r", "b", 2.0),
            said("2", "r", "a", 1.0),
            said("2", "r", "b", 2.0),
            said("2", "q", "a", 1.0),
            said("2", "q", "b", 1.0),
            said("3", "r", "a", 1.0),
            said("3", "r", "b", 2.0),
        ];
        let rows: Vec<&Observation> = all.iter().collect();
        let score =
            |case: &str, model: &str, v| ((case.to_owned(), "7".to_owned(), model.to_owned()), v);
        let scores = Scores::new(
            "m",
            [
                score("1", "a", 0.9),
                score("1", "b", 0.1),
                score("2", "a", 0.1),
                score("2", "b", 0.9),
                score("3", "a", 0.5),
            ],
        );
        let found = disagreements(&rows, &scores);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].instruction.as_str(), found[0].tau), ("2", -1.0));
        assert_eq!(found[0].by_metric, "b 0.900 > a 0.100");
        assert_eq!(found[0].by_reviewers, ["r: a > b", "q: a = b"]);
    }
}
