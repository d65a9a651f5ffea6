//! The tables on models by kind of instruction, record and response.
//!
//! In: observations of first readings that know what they are about. Out: one table a cut, where there are at least two
//! kinds. Judgements are taken as independent of each other in these tables.

use std::collections::{BTreeMap, BTreeSet};

use super::about::About;
use super::models::share_correct;
use super::observations::Observation;
use super::sheet::Sheet;
use super::table::{Chart, Form, Number, Part, Table, TableRow};
use super::tables::columns;
use crate::infer::evidence::Held;
use crate::stats::battles;
use crate::stats::battles::TieRule;
use crate::stats::interval;
use crate::stats::interval::{bounded_mean, mean, quantile, wilson};
use crate::text::thousands;

/// A kind: its place among the table's rows, and its name.
type Kind = (usize, String);
/// Kinds, in the order of the table's rows, with their observations.
type Kinds<'a> = BTreeMap<Kind, Vec<&'a Observation>>;

/// What a cut is called, and whether it takes cases whole, so that models still meet within a kind.
struct Cut {
    id: &'static str,
    key: &'static str,
    title: &'static str,
    about: &'static str,
    whole_cases: bool,
}

/// The tables; `models` gives their order.
pub(super) fn tables(observations: &[&Observation], models: &[String]) -> Vec<Table> {
    let cut = |cut: Cut, kinds: Kinds<'_>| table(&cut, &kinds, models);
    let text = |of: fn(&About) -> String| by_text(observations, of);
    let by_length = |of, unit| by_quarter(observations, of, unit);
    let tables = [
        cut(
            Cut {
                id: "by_category",
                key: "category",
                title: "By category",
                about: "by the instruction's category",
                whole_cases: true,
            },
            text(|a| a.category.clone()),
        ),
        cut(
            Cut {
                id: "by_subcategory",
                key: "subcategory",
                title: "By subcategory",
                about: "by the instruction's subcategory",
                whole_cases: true,
            },
            text(subcategory),
        ),
        cut(
            Cut {
                id: "by_specialty",
                key: "specialty",
                title: "By specialty",
                about: "by the specialty of the clinician who asked",
                whole_cases: true,
            },
            text(|a| a.specialty.clone()),
        ),
        cut(
            Cut {
                id: "by_record_length",
                key: "record length",
                title: "By length of the record",
                about: "by quarters of the records' length in tokens, estimated from their plain text",
                whole_cases: true,
            },
            by_length(|a| a.record_tokens, "tokens"),
        ),
        cut(
            Cut {
                id: "by_context_length",
                key: "context",
                title: "By context length of the model",
                about: "by the model's context, as the responses' table or the model's name states it",
                whole_cases: false,
            },
            by_context(observations),
        ),
        cut(
            Cut {
                id: "by_evidence_seen",
                key: "evidence",
                title: "By whether the model saw the evidence",
                about: "by how much of the evidence (what the dataset's gold responses quote, and what reviewers pinned) stands in what the model saw, or as the responses' table states it",
                whole_cases: false,
            },
            by_evidence(observations),
        ),
        cut(
            Cut {
                id: "by_answer_length",
                key: "response length",
                title: "By length of the response",
                about: "by quarters of the responses' length in words",
                whole_cases: false,
            },
            by_length(|a| a.words, "words"),
        ),
    ];
    let crossed = contexts_by_records(observations);
    tables.into_iter().flatten().chain(crossed).collect()
}

fn subcategory(about: &About) -> String {
    match (about.category.as_str(), about.subcategory.as_str()) {
        (_, "") => String::new(),
        ("", name) => name.to_owned(),
        (category, name) => format!("{category}: {name}"),
    }
}

fn by_text<'a>(observations: &[&'a Observation], of: fn(&About) -> String) -> Kinds<'a> {
    let mut kinds = Kinds::new();
    for o in observations {
        let name = of(&o.about);
        let kind = if name.is_empty() {
            (1, "(none stated)".to_owned())
        } else {
            (0, name)
        };
        kinds.entry(kind).or_default().push(o);
    }
    kinds
}

fn by_context<'a>(observations: &[&'a Observation]) -> Kinds<'a> {
    let mut kinds = Kinds::new();
    for o in observations {
        kinds.entry(context(&o.about)).or_default().push(o);
    }
    kinds
}

fn context(about: &About) -> Kind {
    match about.context {
        Some(tokens) => (tokens as usize, format!("{} tokens", thousands(tokens))),
        None => (usize::MAX, "(not known)".to_owned()),
    }
}

fn by_evidence<'a>(observations: &[&'a Observation]) -> Kinds<'a> {
    let mut kinds = Kinds::new();
    for o in observations {
        let kind = match o.about.evidence {
            Some(Held::All) => (0, "had it"),
            Some(Held::Part) => (1, "had a part of it"),
            Some(Held::None) => (2, "never had it"),
            None => (3, "(not known)"),
        };
        let kind = (kind.0, kind.1.to_owned());
        kinds.entry(kind).or_default().push(o);
    }
    kinds
}

/// Quarters of the responses by a length.
fn by_quarter<'a>(
    observations: &[&'a Observation],
    of: fn(&About) -> Option<u64>,
    unit: &str,
) -> Kinds<'a> {
    let quarter = quarters(observations, of, unit);
    let mut kinds = Kinds::new();
    for o in observations {
        kinds.entry(quarter(&o.about)).or_default().push(o);
    }
    kinds
}

/// Says which quarter a response is in by a length; equal lengths are in the same quarter, so quarters may differ in size.
fn quarters(
    observations: &[&Observation],
    of: fn(&About) -> Option<u64>,
    unit: &str,
) -> impl Fn(&About) -> Kind {
    let once: BTreeSet<(&str, &str, &str, u64)> = observations
        .iter()
        .filter_map(|o| {
            let length = of(&o.about)?;
            Some((
                o.instruction.as_str(),
                o.person.as_str(),
                o.model.as_str(),
                length,
            ))
        })
        .collect();
    let mut lengths: Vec<f64> = once.iter().map(|o| o.3 as f64).collect();
    lengths.sort_by(f64::total_cmp);
    let ends: Vec<f64> = [0.25, 0.5, 0.75]
        .iter()
        .filter_map(|p| quantile(&lengths, *p))
        .collect();
    let quarter = |length: u64| ends.iter().filter(|end| length as f64 > **end).count();
    let mut spans: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
    for length in once.iter().map(|o| o.3) {
        let span = spans.entry(quarter(length)).or_insert((length, length));
        *span = (span.0.min(length), span.1.max(length));
    }
    move |about: &About| match of(about) {
        Some(length) => {
            let quarter = ends.iter().filter(|end| length as f64 > **end).count();
            let (low, high) = spans.get(&quarter).copied().unwrap_or((length, length));
            let name = format!(
                "quarter {}: {} to {} {unit}",
                quarter + 1,
                thousands(low),
                thousands(high)
            );
            (quarter, name)
        }
        None => (4, "(not known)".to_owned()),
    }
}

/// Correctness by context length and by the record's length, over all models with that context; none where one of the two is the
/// same for all, or not known.
fn contexts_by_records(observations: &[&Observation]) -> Option<Table> {
    let known: Vec<&Observation> = observations
        .iter()
        .copied()
        .filter(|o| o.about.context.is_some() && o.about.record_tokens.is_some())
        .collect();
    let quarter = quarters(&known, |a| a.record_tokens, "tokens");
    let mut cells: BTreeMap<(Kind, Kind), Vec<&Observation>> = BTreeMap::new();
    for &o in &known {
        let at = (context(&o.about), quarter(&o.about));
        cells.entry(at).or_default().push(o);
    }
    let contexts: BTreeSet<&Kind> = cells.keys().map(|(context, _)| context).collect();
    let lengths: BTreeSet<&Kind> = cells.keys().map(|(_, length)| length).collect();
    if contexts.len() < 2 || lengths.len() < 2 {
        return None;
    }
    let lost = observations.iter().any(|o| o.no_answer);
    let all = contexts
        .iter()
        .flat_map(|c| lengths.iter().map(move |l| (*c, *l)));
    let row = |(context, length): (&Kind, &Kind)| {
        let at = (context.clone(), length.clone());
        let here = cells.get(&at).map_or(&[][..], Vec::as_slice);
        let judged: Vec<bool> = here.iter().filter_map(|o| o.correct()).collect();
        let right = judged.iter().filter(|c| **c).count();
        let share = Number {
            value: (!judged.is_empty()).then(|| right as f64 / judged.len() as f64),
            interval: wilson(right, judged.len()),
            n: judged.len(),
            missing: here.len() - judged.len(),
            form: Form::Share,
            method: &interval::WILSON,
        };
        TableRow {
            keys: vec![context.1.clone(), length.1.clone()],
            numbers: vec![share],
        }
    };
    Some(Table {
        id: "by_context_and_record_length",
        part: Part::Cuts,
        title: "By context length and length of the record",
        caption: format!(
            "Share correct of all models with that context, by quarters of the records' length in tokens, estimated from their plain text; n counts judgements{}.",
            if lost {
                ", and outcomes that are no answer as incorrect"
            } else {
                ""
            }
        ),
        keys: vec!["context", "record length"],
        columns: columns(&[("correct_rate", "correct")]),
        rows: all.map(row).collect(),
        chart: Some(Chart::Across),
    })
}

/// What is counted where judgements are.
fn judgements(kinds: &Kinds<'_>) -> &'static str {
    Sheet::of(kinds.values().flatten().copied()).judgements()
}

/// The numbers of a model that has no response of a kind: all undefined.
fn nothing(cut: &Cut) -> Vec<Number> {
    let shapes = [
        (Form::Share, &interval::WILSON),
        (Form::Decimal, &interval::RANK_IN_KIND),
        (Form::Decimal, &battles::WIN_IN_KIND),
    ];
    let numbers = shapes.into_iter().map(|(form, method)| Number {
        value: None,
        interval: None,
        n: 0,
        missing: 0,
        form,
        method,
    });
    numbers.take(if cut.whole_cases { 3 } else { 2 }).collect()
}

fn table(cut: &Cut, kinds: &Kinds<'_>, models: &[String]) -> Option<Table> {
    if kinds.len() < 2 {
        return None;
    }
    let ranked = kinds.values().flatten().filter(|o| o.rank.is_some());
    let worst = ranked.map(|o| &o.model).collect::<BTreeSet<_>>().len();
    let mut rows = Vec::new();
    for ((_, kind), observations) in kinds {
        let sheet = Sheet::of(observations.iter().copied());
        let battles = sheet.battles();
        for model in models {
            let keys = vec![kind.clone(), model.clone()];
            let Some(m) = sheet.models.iter().position(|known| known == model) else {
                let numbers = nothing(cut);
                rows.push(TableRow { keys, numbers });
                continue;
            };
            let ranks: Vec<Option<f64>> = sheet
                .rows
                .iter()
                .filter(|r| r.answered[m])
                .map(|r| r.ranks[m])
                .collect();
            let (value, n) = mean(&ranks);
            let rank = Number {
                value,
                interval: bounded_mean(&ranks, 1.0, worst as f64),
                n,
                missing: ranks.len() - n,
                form: Form::Decimal,
                method: &interval::RANK_IN_KIND,
            };
            let mut numbers = vec![share_correct(&sheet.rows, m), rank];
            if cut.whole_cases {
                let others = (0..sheet.models.len()).filter(|o| *o != m);
                let fought: f64 = others.map(|o| battles.fought(m, o, TieRule::LeftOut)).sum();
                numbers.push(Number {
                    value: battles.win_rate(m, TieRule::LeftOut),
                    interval: None,
                    n: fought as usize,
                    missing: 0,
                    form: Form::Decimal,
                    method: &battles::WIN_IN_KIND,
                });
            }
            rows.push(TableRow { keys, numbers });
        }
    }
    let all = [
        ("correct_rate", "correct"),
        ("mean_rank", "mean rank"),
        ("win_rate_ties_left_out", "win rate, ties left out"),
    ];
    Some(Table {
        id: cut.id,
        part: Part::Cuts,
        title: cut.title,
        caption: format!(
            "Share correct, mean rank as given{} {}; n counts {}, ranks{}.",
            if cut.whole_cases { " and win rate" } else { "" },
            cut.about,
            judgements(kinds),
            if cut.whole_cases { " and battles" } else { "" }
        ),
        keys: vec![cut.key, "model"],
        columns: columns(if cut.whole_cases { &all } else { &all[..2] }),
        rows,
        chart: Some(Chart::Across),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::Verdict;

    fn said(case: usize, model: &str, about: About) -> Observation {
        Observation {
            instruction: case.to_string(),
            model: model.to_owned(),
            verdict: Some(Verdict::of(case.is_multiple_of(2))),
            rank: Some(if model == "a" { 1.0 } else { 2.0 }),
            about,
            ..Observation::default()
        }
    }

    #[test]
    fn quarters_hold_equal_lengths_together() {
        let lengths = [5, 5, 5, 5, 5, 9, 20, 30];
        let rows: Vec<Observation> = lengths
            .iter()
            .enumerate()
            .map(|(case, &words)| {
                said(
                    case,
                    "a",
                    About {
                        words: Some(words),
                        ..About::default()
                    },
                )
            })
            .chain([said(99, "a", About::default())])
            .collect();
        let rows: Vec<&Observation> = rows.iter().collect();
        let found = by_quarter(&rows, |a| a.words, "words");
        let sizes: Vec<(&str, usize)> =
            found.iter().map(|(k, v)| (k.1.as_str(), v.len())).collect();
        assert_eq!(
            sizes,
            [
                ("quarter 1: 5 to 5 words", 5),
                ("quarter 3: 9 to 9 words", 1),
                ("quarter 4: 20 to 30 words", 2),
                ("(not known)", 1)
            ]
        );
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(999), "999");
    }

    #[test]
    fn a_cut_counts_within_each_kind() {
        let rows: Vec<Observation> = (0..6)
            .flat_map(|case| {
                let about = |context| About {
                    category: if case < 4 { "Retrieve" } else { "" }.to_owned(),
                    context: Some(context),
                    ..About::default()
                };
                [
                    said(case, "a", about(2_048)),
                    said(case, "b", about(32_768)),
                ]
            })
            .collect();
        let rows: Vec<&Observation> = rows.iter().collect();
        let found = tables(&rows, &["a".to_owned(), "b".to_owned()]);
        let ids: Vec<&str> = found.iter().map(|t| t.id).collect();
        assert_eq!(ids, ["by_category", "by_context_length"]);
        let first = &found[0].rows[0];
        assert_eq!(first.keys, ["Retrieve", "a"]);
        let numbers: Vec<_> = first.numbers.iter().map(|n| (n.value, n.n)).collect();
        assert_eq!(numbers, [(Some(0.5), 4), (Some(1.0), 4), (Some(1.0), 4)]);
        assert_eq!(found[0].rows[2].keys, ["(none stated)", "a"]);
        // A model is in one kind only, where the kind is about the model.
        let context: Vec<_> = found[1].rows.iter().map(|r| r.numbers[0].n).collect();
        assert_eq!(found[1].rows[0].keys, ["2,048 tokens", "a"]);
        assert_eq!(context, [6, 0, 0, 6]);
    }
}
