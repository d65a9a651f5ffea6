//! The metrics of language models beside the values of their reference implementations, where `MEDALIGN_SHARED` says where these
//! are, and with a real model where `MEDALIGN_WEIGHTS` names the folder with it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::bertscore::{BertScore, Options, Parts};
use super::bleurt::Bleurt;
use super::comet::{Comet, sparsemax};
use super::hparams::Hparams;
use super::models::Snippets;
use super::unieval::{Dimension, UniEval};
use super::{Metric, Reading};
use crate::neural::Weights;

/// Scores may differ by so much: sums run in another order.
const CLOSE: f64 = 1e-4;

fn golden(name: &str) -> Option<PathBuf> {
    Some(crate::shared::shared()?.join("golden").join(name))
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("reference values");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn text_of<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().expect("text")
}

fn ids(value: &Value) -> Vec<u32> {
    let ids = value.as_array().expect("tokens").iter();
    ids.map(|id| id.as_u64().expect("a token") as u32).collect()
}

fn close(what: &str, got: f64, want: &Value) {
    let want = want.as_f64().expect("a number");
    assert!((got - want).abs() < CLOSE, "{what}: {got} for {want}");
}

fn parts_close(what: &str, got: Parts, want: &Value) {
    close(&format!("{what} precision"), got.precision.into(), &want[0]);
    close(&format!("{what} recall"), got.recall.into(), &want[1]);
    close(&format!("{what} f"), got.f.into(), &want[2]);
}

/// A folder with links to files, each under a name.
fn folder_of(files: &[(&str, &Path)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, from) in files {
        std::fs::copy(from, folder.path().join(name)).expect("copied");
    }
    folder
}

/// The pairs of a file of BERTScore values, against a model of so many layers; `alone` is the column with the values of texts that were
/// scored one pair at a time.
fn bertscore_equals(model: &Path, file: &Path, layers: [usize; 2]) {
    let rows = lines(file);
    assert!(rows.len() > 60);
    let golds: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| {
            let refs = row["refs"].as_array().expect("references").iter();
            refs.map(|r| r.as_str().expect("text")).collect()
        })
        .collect();
    let first: Vec<&str> = golds.iter().map(|golds| golds[0]).collect();
    let baseline: Value = serde_json::from_str(
        &std::fs::read_to_string(file.with_file_name("bertscore.meta.json")).expect("JSON"),
    )
    .expect("JSON");
    let baseline = baseline["baseline_tsv"].as_str().expect("a table");
    let with_baseline = folder_of(&[]);
    for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
        let _ = std::fs::copy(model.join(name), with_baseline.path().join(name));
    }
    let weights = with_baseline.path().join("model.safetensors");
    std::os::unix::fs::symlink(model.join("model.safetensors"), weights).expect("a link");
    std::fs::write(with_baseline.path().join("rescale_baseline.tsv"), baseline).expect("written");

    for (layer, idf, rescale, all, column) in [
        (layers[0], false, false, false, "batch1"),
        (layers[0], false, false, true, "multiref"),
        (layers[0], false, true, false, "rescaled"),
        (layers[0], true, false, false, "idf"),
        (layers[1], false, false, false, ""),
        (layers[1], true, false, false, "idf"),
    ] {
        let options = Options {
            layer: Some(layer),
            idf,
            rescale,
        };
        let metric = BertScore::open(with_baseline.path(), options, &first).expect("a model");
        let readings: Vec<Reading<'_>> = rows
            .iter()
            .zip(&golds)
            .map(|(row, golds)| Reading {
                response: text_of(row, "hyp"),
                references: if all { golds } else { &golds[..1] },
                source: "",
            })
            .collect();
        let parts = metric.parts(&readings).expect("scores");
        let joint = if column.is_empty() { "" } else { "_" };
        let column = format!("L{layer}{joint}{column}");
        for (row, got) in rows.iter().zip(parts) {
            let id = text_of(row, "id");
            let mut want = &row["prf"][&column];
            // Python's slow tokenizer breaks a tie of two cuts of `www` another way; its fast one does not.
            let other = format!("L{layer}_fast_tokenizer");
            let tie = metric.ids(text_of(row, "hyp")).expect("tokens") != ids(&row["hyp_ids"])
                || metric.ids(golds_of(row)).expect("tokens") != ids(&row["ref0_ids"]);
            if tie {
                assert_eq!(id, "p36", "its tokens");
                if column != format!("L{layer}_batch1") {
                    continue;
                }
                want = &row["prf"][&other];
            }
            // In a batch the reference implementation lets the padding join the maximum: a token that is like none counts 0.
            let alone = &row["prf"][format!("L{}_batch1", layers[0])];
            let padded = &row["prf"][format!("L{}", layers[0])];
            if !tie && alone != padded && beyond(alone, padded) && !column.ends_with("batch1") {
                continue;
            }
            parts_close(&format!("{id} {column}"), got, want);
        }
    }
}

fn golds_of(row: &Value) -> &str {
    row["refs"][0].as_str().expect("text")
}

fn beyond(a: &Value, b: &Value) -> bool {
    (0..3).any(|at| {
        let [a, b] = [a, b].map(|v| v[at].as_f64().expect("a number"));
        (a - b).abs() > CLOSE / 2.0
    })
}

#[test]
fn bertscore_of_a_tiny_xlm_roberta_equals_the_packages() {
    let Some(comet) = golden("comet_tiny") else {
        return;
    };
    let model = folder_of(&[
        ("config.json", &comet.join("encoder/config.json")),
        ("tokenizer.json", &comet.join("encoder/tokenizer.json")),
        (
            "tokenizer_config.json",
            &comet.join("encoder/tokenizer_config.json"),
        ),
        ("model.safetensors", &comet.join("model.safetensors")),
    ]);
    let file = comet.with_file_name("bertscore_tiny_xlmr.jsonl");
    bertscore_equals(model.path(), &file, [3, 2]);
}

#[test]
fn bertscore_of_minilm_equals_the_packages() {
    let Some(file) = golden("bertscore_minilm.jsonl") else {
        return;
    };
    let Some(weights) = std::env::var_os("MEDALIGN_WEIGHTS") else {
        println!("skipped: MEDALIGN_WEIGHTS is not set");
        return;
    };
    bertscore_equals(&Path::new(&weights).join("bertscore"), &file, [6, 3]);
}

#[test]
fn bertscore_of_the_other_layouts_equals_the_packages() {
    for name in ["bert", "distilbert", "roberta"] {
        let Some(folder) = golden(&format!("bertscore_tiny/{name}")) else {
            return;
        };
        let rows = lines(&folder.join("expected.jsonl"));
        for layer in [3, 1] {
            let options = Options {
                layer: Some(layer),
                ..Options::default()
            };
            let metric = BertScore::open(&folder, options, &[]).expect("a model");
            for row in &rows {
                let (response, reference) = (text_of(row, "hyp"), text_of(row, "ref"));
                for (side, text) in [("hyp", response), ("ref", reference)] {
                    let got = metric.ids(text).expect("tokens");
                    assert_eq!(got, ids(&row["ids"]["slow"][side]), "{name} {side}");
                }
                let reading = Reading {
                    response,
                    references: &[reference],
                    source: "",
                };
                let parts = metric.parts(&[reading]).expect("scores")[0];
                let want = &row["prf"][format!("L{layer}_slow")];
                parts_close(
                    &format!("{name} {} {layer}", text_of(row, "id")),
                    parts,
                    want,
                );
            }
            assert!(metric.signature(2).starts_with(&format!(
                "{name}_L{layer}_no-idf_version=0.3.12|f1|weights:"
            )));
        }
    }
}

#[test]
fn comet_equals_the_package_with_every_option() {
    let Some(folder) = golden("comet_tiny") else {
        return;
    };
    let cases = lines(&folder.join("cases.jsonl"));
    let expected = std::fs::read_to_string(folder.join("expected.json")).expect("values");
    let expected: Value = serde_json::from_str(&expected).expect("JSON");
    let snippets = Snippets {
        number: 2,
        words: 9,
    };
    let published = std::fs::read_to_string(folder.join("hparams.yaml")).expect("settings");
    for (name, options) in expected["variants"].as_object().expect("variants") {
        // What a variant sets stands in place of what the file says.
        let options = options.as_object().expect("options");
        let keeps = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default();
            !options.contains_key(name)
        };
        let kept = published.lines().filter(keeps).map(str::to_owned);
        let set = options.iter().map(|(name, value)| {
            let value = value.as_str().map_or(value.to_string(), str::to_owned);
            format!("{name}: {value}")
        });
        let text = kept.chain(set).collect::<Vec<_>>().join("\n");
        let hparams = Hparams::of(&folder.join("hparams.yaml"), text).expect("settings");
        for file in ["model.safetensors", "checkpoints/model.ckpt"] {
            let weights = Weights::open(&folder.join(file)).expect("weights");
            let metric = Comet::with(&folder, &hparams, &weights, snippets).expect("a model");
            let references: Vec<[&str; 1]> = cases.iter().map(|c| [text_of(c, "ref")]).collect();
            let readings: Vec<Reading<'_>> = cases
                .iter()
                .zip(&references)
                .map(|(case, references)| Reading {
                    response: text_of(case, "mt"),
                    references,
                    source: text_of(case, "src"),
                })
                .collect();
            let scores = metric.score_all(&readings).expect("scores");
            for (case, score) in cases.iter().zip(scores) {
                let what = format!("{name} {file} {}", case["id"]);
                close(&what, score, &case["scores"][name]);
            }
        }
    }
    let metric = Comet::open(&folder, snippets).expect("a model");
    for case in &cases {
        for side in ["src", "mt", "ref"] {
            let got = metric.ids(text_of(case, side)).expect("tokens");
            let want = ids(&case[format!("{side}_ids")]);
            assert_eq!(got, want, "{} {side}", case["id"]);
        }
    }
    let signature = metric.signature(1);
    assert!(
        signature
            .starts_with("comet:encoder|version:2.2.7|src:bm25okapi,snippets=2,words=9|weights:"),
        "{signature}"
    );
    for example in expected["mix"]["sparsemax_examples"]
        .as_array()
        .expect("examples")
    {
        let numbers = |value: &Value| -> Vec<f32> {
            let list = value.as_array().expect("numbers").iter();
            list.map(|x| x.as_f64().expect("a number") as f32).collect()
        };
        for (got, want) in sparsemax(&numbers(&example["in"]))
            .iter()
            .zip(numbers(&example["out"]))
        {
            assert!((got - want).abs() < 1e-6);
        }
    }
}

#[test]
fn bleurt_equals_its_port_in_both_layouts() {
    let Some(folder) = golden("bleurt_tiny") else {
        return;
    };
    let tokenizer = folder
        .with_file_name("bertscore_tiny")
        .join("bert/tokenizer.json");
    for layout in ["base", "wide"] {
        let metric = Bleurt::with(&folder.join(layout), &tokenizer).expect("a model");
        let mut cut = 0;
        for case in lines(&folder.join(layout).join("cases.jsonl")) {
            let response = text_of(&case, "cand");
            let references = case["refs"].as_array().expect("references");
            for row in references {
                let pair = metric.pair(text_of(row, "ref"), response).expect("tokens");
                let what = format!("{layout} {}", case["id"]);
                assert_eq!(row["n"], pair.ids.len(), "{what}");
                assert_eq!(row["first_segment"], pair.first, "{what}");
                let head = ids(&row["ids_head"]);
                assert_eq!(pair.ids[..head.len()], head, "{what}");
                assert!(pair.ids.ends_with(&ids(&row["ids_tail"])), "{what}");
                let whole = row["n_ref"].as_u64().expect("a number")
                    + row["n_cand"].as_u64().expect("a number");
                cut += u32::from(whole > 125);
            }
            let texts: Vec<&str> = references.iter().map(|row| text_of(row, "ref")).collect();
            let reading = Reading {
                response,
                references: &texts,
                source: "",
            };
            let score = metric.score_all(&[reading]).expect("a score")[0];
            close(&format!("{layout} {}", case["id"]), score, &case["best"]);
        }
        assert!(cut > 2, "pairs that had to be cut");
    }
}

#[test]
fn unieval_equals_the_reference_in_both_layouts() {
    for layout in ["v1_0", "v1_1"] {
        let Some(folder) = golden(&format!("unieval_tiny/{layout}")) else {
            return;
        };
        let snippets = Snippets {
            number: 1,
            words: 1,
        };
        let metrics = UniEval::open(&folder, snippets).expect("a model");
        let asked = metrics[0].asked();
        for case in lines(&folder.join("cases.jsonl")) {
            let references = [text_of(&case, "reference")];
            let reading = Reading {
                response: text_of(&case, "system_output"),
                references: &references,
                source: text_of(&case, "source"),
            };
            let sentences = case["sentences"].as_array().expect("sentences").iter();
            let sentences: Vec<String> = sentences
                .map(|s| s.as_str().expect("text").to_owned())
                .collect();
            let mut overall = 0.0;
            for (dimension, name) in &Dimension::ALL[..4] {
                let want = &case["dims"][name.trim_start_matches("unieval_")];
                let what = format!("{layout} {} {name}", case["id"]);
                let questions = dimension.questions(&reading, &sentences).concat();
                let scores = asked.ask(&questions).expect("answers");
                let parts = want["parts"].as_array().expect("parts");
                assert_eq!(parts.len(), questions.len(), "{what}");
                for ((part, question), score) in parts.iter().zip(&questions).zip(&scores) {
                    close(&what, *score, &part["score"]);
                    if let Some(want) = part["ids"].as_array() {
                        let got = asked.ids(question).expect("tokens");
                        let (head, tail) = match want.iter().position(|id| id == -1) {
                            Some(gap) => (&want[..gap], &want[gap + 1..]),
                            None => (&want[..], &want[..0]),
                        };
                        assert_eq!(got[..head.len()], ids(&head.into()), "{what}");
                        assert!(got.ends_with(&ids(&tail.into())), "{what}");
                        assert!(!tail.is_empty() || got.len() == head.len(), "{what}");
                    }
                }
                let mean = scores.iter().sum::<f64>() / scores.len() as f64;
                close(&what, mean, &want["value"]);
                overall += mean / 4.0;
            }
            close(layout, overall, &case["overall"]);
            // Sentences are NLTK's here; where there is one only, nothing depends on them.
            if sentences.len() == 1
                && crate::metrics::punkt::sentences(reading.response).len() == 1
                && !reading.response.contains("  ")
            {
                for (metric, (_, name)) in metrics.iter().zip(Dimension::ALL) {
                    let field = name.trim_start_matches("unieval_");
                    let want = match field {
                        "overall" => &case["overall"],
                        field => &case["dims"][field]["value"],
                    };
                    assert_eq!(metric.name(), name);
                    let got = metric.score_all(&[reading]).expect("a score")[0];
                    close(&format!("{layout} {} {name}", case["id"]), got, want);
                }
            }
        }
    }
}
