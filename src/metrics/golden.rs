//! The lexical metrics beside the values of their reference implementations, where `MEDALIGN_SHARED` says where these are.

use serde_json::Value;

use super::bleu::Bleu;
use super::chrf::Chrf;
use super::gleu::GoogleBleu;
use super::meteor::{Meteor, pieces};
use super::rouge::{Kind, Rouge, Tokenizer};
use super::{LEXICAL, Metric, Reading, punkt, treebank, words};

/// A pair of the reference file: a response, its references, and what was computed of them.
struct Pair {
    response: String,
    references: Vec<String>,
    golden: Value,
}

impl Pair {
    fn with_reading<T>(&self, references: usize, of: impl FnOnce(&Reading) -> T) -> T {
        let all: Vec<&str> = self.references.iter().map(String::as_str).collect();
        of(&Reading {
            response: &self.response,
            references: &all[..references.min(all.len())],
            source: "",
        })
    }

    fn close(&self, what: &str, got: f64, path: &str) {
        let want = self.golden["values"].pointer(path).and_then(Value::as_f64);
        let want = want.unwrap_or_else(|| panic!("a value at {path}"));
        let id = &self.golden["id"];
        assert!((got - want).abs() < 1e-9, "{id} {what}: {got} for {want}");
    }

    /// A metric with all references equals the value at `path`.
    fn scores(&self, metric: &dyn Metric, path: &str) {
        let got = self.with_reading(usize::MAX, |reading| one(metric, reading));
        self.close(metric.name(), got, path);
    }
}

/// The score of one response.
fn one(metric: &dyn Metric, reading: &Reading) -> f64 {
    let scores = metric.score_all(std::slice::from_ref(reading));
    scores.expect("a metric of words takes any text")[0]
}

fn strings(value: &Value) -> Vec<String> {
    let texts = value.as_array().expect("a list").iter();
    texts
        .map(|t| t.as_str().expect("text").to_owned())
        .collect()
}

fn pairs() -> Vec<Pair> {
    let Some(shared) = crate::shared::shared() else {
        return Vec::new();
    };
    let path = shared.join("golden/metrics.jsonl");
    let text = std::fs::read_to_string(path).expect("reference values");
    let pairs: Vec<Pair> = text
        .lines()
        .map(|line| {
            let golden: Value = serde_json::from_str(line).expect("JSON");
            Pair {
                response: golden["hyp"].as_str().expect("text").to_owned(),
                references: strings(&golden["refs"]),
                golden,
            }
        })
        .collect();
    assert!(pairs.len() > 60);
    pairs
}

#[test]
fn texts_are_cut_as_the_implementations_cut_them() {
    for pair in pairs() {
        let tokens = &pair.golden["tokens"];
        let sides = |kind: &str| {
            (
                strings(&tokens[kind]["hyp"]),
                strings(&tokens[kind]["refs"][0]),
            )
        };
        let both =
            |cut: &dyn Fn(&str) -> Vec<String>| (cut(&pair.response), cut(&pair.references[0]));
        assert_eq!(
            both(&|text| words::split(&words::international_13a(text))
                .map(str::to_owned)
                .collect()),
            sides("13a")
        );
        assert_eq!(both(&punkt::sentences), sides("nltk_sents"));
        assert_eq!(both(&treebank::words), sides("nltk_words"));
        let chrf = |text: &str| {
            words::chrf_words(text)
                .into_iter()
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(both(&chrf), sides("chrf_words"));
    }
}

#[test]
fn bleu_equals_sacrebleus() {
    let plain = Bleu::DEFAULT;
    for pair in pairs() {
        for (name, bleu) in [
            ("default", plain),
            (
                "lc",
                Bleu {
                    lower_case: true,
                    ..plain
                },
            ),
            (
                "noeff",
                Bleu {
                    effective_order: false,
                    ..plain
                },
            ),
        ] {
            let parts = pair.with_reading(usize::MAX, |r| bleu.parts(r.response, r.references));
            let at = |key: &str| format!("/bleu/{name}/{key}");
            pair.close(name, parts.score, &at("score"));
            pair.close(name, parts.brevity_penalty, &at("bp"));
            pair.close(name, parts.response_len as f64, &at("sys_len"));
            pair.close(name, parts.reference_len as f64, &at("ref_len"));
            for (n, precision) in parts.precisions.iter().enumerate() {
                pair.close(name, *precision, &at(&format!("precisions/{n}")));
            }
        }
    }
}

#[test]
fn chrf_equals_sacrebleus() {
    let (plain, words) = (Chrf::CHRF, Chrf::PLUS_PLUS);
    for pair in pairs() {
        for (name, chrf) in [
            ("chrf", plain),
            ("chrf++", words),
            (
                "chrf++_lc",
                Chrf {
                    lower_case: true,
                    ..words
                },
            ),
            (
                "chrf++_space",
                Chrf {
                    white_space: true,
                    ..words
                },
            ),
            (
                "chrf++_eps",
                Chrf {
                    epsilon: true,
                    ..words
                },
            ),
            ("chrf_b3", Chrf { beta: 3.0, ..plain }),
        ] {
            pair.scores(&chrf, &format!("/chrf/{name}"));
        }
    }
}

#[test]
fn rouge_equals_its_packages() {
    for pair in pairs() {
        for (profile, tokenizer) in [
            ("plain", Tokenizer::Rouge { stem: false }),
            ("stem", Tokenizer::Rouge { stem: true }),
            ("ws", Tokenizer::Split),
        ] {
            for (name, kind) in [
                ("rouge1", Kind::N(1)),
                ("rouge2", Kind::N(2)),
                ("rouge3", Kind::N(3)),
                ("rougeL", Kind::L),
                ("rougeLsum", Kind::LSum),
            ] {
                if pair.golden["values"]["rouge"][profile][name].is_null() {
                    continue;
                }
                let rouge = Rouge::new("rouge", kind, tokenizer);
                let score = pair.with_reading(usize::MAX, |reading| rouge.measure(reading));
                for (part, got) in [("p", score.precision), ("r", score.recall), ("f", score.f)] {
                    pair.close(name, got, &format!("/rouge/{profile}/{name}/{part}"));
                }
            }
        }
    }
}

#[test]
fn google_bleu_equals_nltks() {
    for pair in pairs() {
        pair.scores(&GoogleBleu, "/google_bleu/hf");
    }
}

#[test]
fn meteor_equals_nltks() {
    for pair in pairs() {
        pair.scores(&Meteor::DEFAULT, "/meteor/hf");
        for (profile, meteor) in [
            ("wordnet", Meteor::DEFAULT),
            (
                "exact_stem",
                Meteor {
                    without_synonyms: true,
                },
            ),
        ] {
            let response = treebank::words(&pair.response);
            for (at, reference) in pair.references.iter().enumerate() {
                let want = &pair.golden["values"]["meteor"]["per_ref"][at][profile];
                let aligned = meteor.align(&response, &treebank::words(reference));
                let shown = serde_json::json!(aligned);
                assert_eq!(shown, want["matches"], "{} {profile}", pair.golden["id"]);
                if !aligned.is_empty() {
                    assert_eq!(Some(pieces(&aligned) as u64), want["chunks"].as_u64());
                }
            }
        }
    }
}

#[test]
fn the_laboratorys_profile_is_among_the_metrics() {
    for pair in pairs() {
        for (name, key) in [
            ("chrf++", "chrf++"),
            ("google_bleu", "google_bleu"),
            ("rougeL_words", "rougeL_ws"),
            ("meteor", "meteor"),
        ] {
            let metric = LEXICAL.iter().find(|m| m.name() == name).expect("a metric");
            let got = pair.with_reading(1, |reading| one(*metric, reading));
            pair.close(name, got, &format!("/medalign_profile/{key}"));
        }
    }
}

#[test]
fn signatures_equal_sacrebleus() {
    assert_eq!(
        Bleu::DEFAULT.signature(1),
        "nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp|version:2.6.0"
    );
    assert_eq!(
        Chrf::PLUS_PLUS.signature(2),
        "nrefs:2|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0"
    );
}
