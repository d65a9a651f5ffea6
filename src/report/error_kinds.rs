//! The tables on what is wrong with responses, and what harm may follow.
//!
//! In: observations of first readings. Out: a table of error kinds and one of harm, both by model; none where nobody said
//! anything of the kind.

use super::observations::Observation;
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::review::{ErrorKind, Harm};
use crate::stats::interval::wilson;
use crate::stats::method;
use crate::stats::method::Method;

/// Share of judged responses in which a reviewer saw the error, with Wilson's 95% score interval.
const ERROR_SHARE: Method = Method {
    id: "error-share",
    what: "Share of judged responses in which a reviewer saw the error, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses without a verdict are left out; no mark counts as no error",
};

/// Share of judged responses for which a reviewer stated the harm, with Wilson's 95% score interval.
const HARM_SHARE: Method = Method {
    id: "harm-share",
    what: "Share of judged responses for which a reviewer stated the harm, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses without a verdict are left out; no statement is no harm level",
};

/// Share of these responses that were judged incorrect, with Wilson's 95% score interval.
const WRONG_SHARE: Method = Method {
    id: "incorrect-share",
    what: "Share of these responses that were judged incorrect, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses on which the reviewer is unsure are left out",
};

/// The tables; `models` gives their order.
pub(super) fn tables(observations: &[&Observation], models: &[String]) -> Vec<Table> {
    let mut tables = Vec::new();
    if observations.iter().any(|o| !o.errors.is_empty()) {
        let kinds: Vec<_> = ErrorKind::ALL
            .iter()
            .map(|kind| (kind.label(), move |o: &Observation| o.errors.contains(kind)))
            .collect();
        tables.push(table(
            ["error_kinds", "error"],
            "Kinds of error",
            "Share of judged responses that have the error, and how many of these were judged incorrect; a response may have several; n counts judged responses, for the last column those with the error.",
            &kinds,
            (observations, models),
            &ERROR_SHARE,
        ));
    }
    if observations.iter().any(|o| o.harm.is_some()) {
        let kinds: Vec<_> = Harm::ALL
            .iter()
            .map(|harm| (harm.name(), move |o: &Observation| o.harm == Some(*harm)))
            .collect();
        tables.push(table(
            ["harm", "harm"],
            "Possible harm",
            "Share of judged responses that may do the harm, and how many of these were judged incorrect; responses without a statement on harm are in no row; n counts judged responses, for the last column those with the harm.",
            &kinds,
            (observations, models),
            &HARM_SHARE,
        ));
    }
    tables
}

fn table<F: Fn(&Observation) -> bool>(
    [id, key]: [&'static str; 2],
    title: &'static str,
    caption: &str,
    kinds: &[(&str, F)],
    (observations, models): (&[&Observation], &[String]),
    method: &'static Method,
) -> Table {
    let mut rows = Vec::new();
    for (kind, has) in kinds {
        for model in models {
            let all: Vec<&&Observation> =
                observations.iter().filter(|o| o.model == *model).collect();
            let judged = |o: &&&&Observation| o.verdict.is_some();
            let n = all.iter().filter(judged).count();
            let with: Vec<_> = all.iter().filter(judged).filter(|o| has(o)).collect();
            let wrong = with.iter().filter(|o| o.correct() == Some(false)).count();
            let known = with.iter().filter(|o| o.correct().is_some()).count();
            let share = |part: usize, n: usize, missing, method| Number {
                value: (n > 0).then(|| part as f64 / n as f64),
                interval: wilson(part, n),
                n,
                missing,
                form: Form::Share,
                method,
            };
            let count = Number {
                n,
                missing: all.len() - n,
                ..Number::count(with.len(), &method::COUNT)
            };
            rows.push(TableRow {
                keys: vec![(*kind).to_owned(), model.clone()],
                numbers: vec![
                    share(with.len(), n, all.len() - n, method),
                    count,
                    share(wrong, known, with.len() - known, &WRONG_SHARE),
                ],
            });
        }
    }
    Table {
        id,
        part: Part::Errors,
        title,
        caption: caption.to_owned(),
        keys: vec![key, "model"],
        columns: columns(&[
            ("share", "share of responses"),
            ("count", "responses"),
            ("incorrect_rate", "of these incorrect"),
        ]),
        rows,
        chart: Some(Chart::Across),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::Verdict;

    #[test]
    fn shares_are_of_judged_responses() {
        let said = |correct, errors: &[ErrorKind], harm| Observation {
            model: "m".to_owned(),
            verdict: Option::map(correct, Verdict::of),
            errors: errors.to_vec(),
            harm,
            ..Observation::default()
        };
        let rows = [
            said(
                Some(false),
                &[ErrorKind::Omission, ErrorKind::Outdated],
                Some(Harm::Mild),
            ),
            said(Some(true), &[ErrorKind::Omission], None),
            said(Some(true), &[], None),
            said(None, &[], None),
        ];
        let rows: Vec<&Observation> = rows.iter().collect();
        let found = tables(&rows, &["m".to_owned()]);
        let omission = &found[0].rows[2];
        assert_eq!(omission.keys, ["omits something important", "m"]);
        let numbers: Vec<_> = omission
            .numbers
            .iter()
            .map(|n| (n.value, n.n, n.missing))
            .collect();
        assert_eq!(
            numbers,
            [
                (Some(2.0 / 3.0), 3, 1),
                (Some(2.0), 3, 1),
                (Some(0.5), 2, 0)
            ]
        );
        let mild = &found[1].rows[1];
        assert_eq!(
            (mild.keys[0].as_str(), mild.numbers[1].value),
            ("mild", Some(1.0))
        );
        assert!(tables(&rows[2..], &["m".to_owned()]).is_empty());
    }
}
