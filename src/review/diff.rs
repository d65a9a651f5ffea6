//! How two reviews of one case differ.
//!
//! In: what two reviewers, or two copies of one review, say of a case. Out: the differences, one a thing that can be said.
//! What both leave open is no difference. Texts come apart from the rest, so that they can be left out.

use std::collections::BTreeSet;

use super::case::CaseReview;
use super::entry::{Harm, Verdict};

/// One thing that is said in two ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// What it is about: a verdict, the rank …
    pub about: &'static str,
    /// The model, where it is about one response.
    pub model: Option<String>,
    /// What the first says; `–` for nothing.
    pub first: String,
    /// What the second says.
    pub second: String,
    /// Both texts, where it is about texts; what stands above then says only whether there is one.
    pub texts: Option<[String; 2]>,
}

/// The differences of two reviews of a case. `name` is what a model is called in an order.
pub(crate) fn differences(
    a: &CaseReview,
    b: &CaseReview,
    name: impl Fn(&str) -> String,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut plain = |about, model: Option<&str>, first: String, second: String| {
        if first != second {
            found.push(Difference {
                about,
                model: model.map(str::to_owned),
                first,
                second,
                texts: None,
            });
        }
    };
    let both = [a, b];
    let models: BTreeSet<&str> = both
        .iter()
        .flat_map(|r| r.responses.keys().map(String::as_str))
        .collect();
    for model in &models {
        let verdict = |r: &CaseReview| r.verdict(model).map_or("–", Verdict::name).to_owned();
        plain("verdict", Some(model), verdict(a), verdict(b));
        let errors = |r: &CaseReview| {
            let names: BTreeSet<&str> = r.errors(model).iter().map(|e| e.name()).collect();
            or_nothing(names.into_iter().collect::<Vec<_>>().join(", "))
        };
        plain("errors", Some(model), errors(a), errors(b));
        let harm = |r: &CaseReview| r.harm(model).map_or("–", Harm::name).to_owned();
        plain("harm", Some(model), harm(a), harm(b));
    }
    let rank = |r: &CaseReview| {
        let levels = r.rank.levels().iter().filter(|l| !l.is_empty());
        let levels = levels.map(|level| {
            let mut names: Vec<String> = level.iter().map(|m| name(m)).collect();
            names.sort();
            names.join(" = ")
        });
        or_nothing(levels.collect::<Vec<_>>().join(" > "))
    };
    plain("rank", None, rank(a), rank(b));
    let category = |r: &CaseReview| {
        let pair = r.category.as_ref();
        pair.map_or("–".to_owned(), |(c, s)| format!("{c} / {s}"))
    };
    plain("category", None, category(a), category(b));
    let yes = |on: bool| (if on { "yes" } else { "–" }).to_owned();
    plain("flag", None, yes(a.flagged), yes(b.flagged));
    let done = |r: &CaseReview| yes(r.submitted.is_some());
    plain("submitted", None, done(a), done(b));
    let candidates: BTreeSet<&String> = both.iter().flat_map(|r| r.relevance.keys()).collect();
    for candidate in candidates {
        let label = |r: &CaseReview| {
            let label = r.relevance.get(candidate).map(|l| l.label.name());
            format!("patient {candidate} {}", label.unwrap_or("–"))
        };
        plain("relevance", None, label(a), label(b));
    }
    let applies = |r: &CaseReview| {
        let word = |b: Option<bool>| b.map_or("–", |b| if b { "yes" } else { "no" });
        r.gold.as_ref().map_or("–".to_owned(), |g| {
            format!(
                "applicable {}, sufficient {}",
                word(g.applicable),
                word(g.sufficient)
            )
        })
    };
    plain("gold", None, applies(a), applies(b));
    // Pins are the same when they support the same thing by the same passage, whoever pinned them when.
    let pins = |r: &CaseReview| -> BTreeSet<(String, u64, u64, u64, Option<String>)> {
        let key = |p: &super::case::Pinned| {
            let (pin, place) = (&p.pin, &p.pin.event);
            (
                pin.person.clone(),
                place.offset,
                pin.start,
                pin.end,
                p.model.clone(),
            )
        };
        r.pins.iter().map(key).collect()
    };
    let (of_a, of_b) = (pins(a), pins(b));
    let count = |own: &BTreeSet<_>, other: &BTreeSet<_>| {
        format!(
            "{}, {} of its own",
            own.len(),
            own.difference(other).count()
        )
    };
    if of_a != of_b {
        plain("pins", None, count(&of_a, &of_b), count(&of_b, &of_a));
    }
    for model in models.iter().map(|m| Some(*m)).chain([None]) {
        let text = |r: &CaseReview| r.comment(model).unwrap_or_default().to_owned();
        texts(&mut found, "comment", model, [text(a), text(b)]);
    }
    let gold = |r: &CaseReview| r.gold.as_ref().map_or(String::new(), |g| g.text.clone());
    texts(&mut found, "gold response", None, [gold(a), gold(b)]);
    found
}

fn texts(
    found: &mut Vec<Difference>,
    about: &'static str,
    model: Option<&str>,
    texts: [String; 2],
) {
    if texts[0] == texts[1] {
        return;
    }
    let [first, second] = texts.each_ref().map(|t| match t.chars().count() {
        0 => "–".to_owned(),
        n => format!("{n} characters"),
    });
    found.push(Difference {
        about,
        model: model.map(str::to_owned),
        first,
        second,
        texts: Some(texts),
    });
}

fn or_nothing(text: String) -> String {
    if text.is_empty() {
        "–".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::Act;
    use crate::review::entry::ErrorKind;
    use crate::review::sample::{case, entry, judge};
    use crate::review::seen::Seen;

    fn review(acts: Vec<Act>) -> CaseReview {
        let mut review = CaseReview::default();
        for (act, n) in acts.into_iter().zip(1..) {
            review.apply(&entry(n, Some(case(1)), act), Seen::default());
        }
        review
    }

    fn order(levels: &[&[&str]]) -> Act {
        let levels = levels
            .iter()
            .map(|l| l.iter().map(|m| (*m).to_owned()).collect());
        Act::Rank {
            order: levels.collect(),
        }
    }

    fn comment(text: &str) -> Act {
        Act::Comment {
            model: Some("a".to_owned()),
            text: text.to_owned(),
        }
    }

    #[test]
    fn what_is_said_in_two_ways_is_told() {
        let tag = Act::Tag {
            model: "b".to_owned(),
            errors: vec![ErrorKind::Omission],
            harm: Some(Harm::Mild),
        };
        let a = review(vec![
            judge("a", Verdict::Correct),
            judge("b", Verdict::Incorrect),
            order(&[&["a"], &["b"]]),
            comment("one"),
        ]);
        let b = review(vec![
            judge("a", Verdict::Correct),
            judge("b", Verdict::Unsure),
            tag,
            order(&[&["b", "a"]]),
            comment("another"),
            Act::Flag { on: true },
        ]);
        let told: Vec<String> = differences(&a, &b, str::to_uppercase)
            .into_iter()
            .map(|d| format!("{} {:?} {} | {}", d.about, d.model, d.first, d.second))
            .collect();
        assert_eq!(
            told,
            [
                "verdict Some(\"b\") incorrect | unsure",
                "errors Some(\"b\") – | omission",
                "harm Some(\"b\") – | mild",
                "rank None A > B | A = B",
                "flag None – | yes",
                "comment Some(\"a\") 3 characters | 7 characters",
            ]
        );
    }

    #[test]
    fn the_same_said_at_other_times_is_no_difference() {
        let acts = || {
            vec![
                order(&[&["b", "a"], &[]]),
                judge("a", Verdict::Correct),
                comment("x"),
            ]
        };
        let mut later = acts();
        later.insert(0, comment("y"));
        later.insert(0, order(&[&["a"]]));
        let (a, b) = (review(acts()), review(later));
        assert_eq!(differences(&a, &b, str::to_owned), []);
        assert_eq!(differences(&a, &a, str::to_owned), []);
    }
}
