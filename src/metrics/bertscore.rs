//! BERTScore: each token of one text is paired with the most alike token of the other, as a language model sees both.
//!
//! In: a response and its references. Out: the harmonic mean of precision and recall, of several references the best. Never: a
//! number that depends on what else is scored, unless idf weights are asked for: the reference implementation fills up texts
//! with zeros to the length of those beside them, and a token that is like none counts 0 there; here as in batches of one.
//!
//! Sources: T. Zhang et al., "BERTScore" (ICLR 2020); `bert_score` 0.3.13, `scorer.py` and `utils.py`.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::words::is_space;
use super::{Metric, Reading};
use crate::error::{Error, Result};
use crate::neural::{
    Encoder, EncoderConfig, FIRST_TENSOR, Family, Rows, Sequence, Tokens, Weights, dot, each, json,
    normalise, read_text,
};
use crate::stats::hash::Fnv1a;

/// What can be chosen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// The layer whose numbers are compared; the reference implementation's choice for the model where none is named.
    pub layer: Option<usize>,
    /// Whether rare tokens weigh more.
    pub idf: bool,
    /// Whether the model's baseline is taken off.
    pub rescale: bool,
}

/// BERTScore with a model.
pub(crate) struct BertScore {
    encoder: Encoder,
    tokens: Tokens,
    /// The most tokens of a text.
    longest: usize,
    /// RoBERTa's tokens are those of the text with a space before it.
    space_before: bool,
    /// The model's own tokens around every text.
    around: Vec<u32>,
    idf: Option<Idf>,
    /// Precision, recall and F of unrelated texts.
    baseline: Option<[f32; 3]>,
    name: String,
}

/// Precision, recall and their harmonic mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parts {
    pub precision: f32,
    pub recall: f32,
    pub f: f32,
}

/// A text as the model sees it: its tokens, and a row of length 1 for each.
struct Seen {
    ids: Vec<u32>,
    rows: Rows,
}

/// How rare each token is among the references.
struct Idf {
    of: FxHashMap<u32, f32>,
    /// Of a token that none of them has.
    unseen: f32,
}

impl BertScore {
    /// Opens a model's folder. `references` are all that the responses are measured against, each once: idf counts these.
    ///
    /// # Errors
    /// When a file is missing, damaged or of another model.
    pub(crate) fn open(folder: &Path, options: Options, references: &[&str]) -> Result<Self> {
        let config = EncoderConfig::read(&folder.join("config.json"))?;
        let weights = Weights::find(folder, &["model.safetensors", "pytorch_model.bin"])?;
        let prefix = weights.before(FIRST_TENSOR)?;
        let tokens = Tokens::read(&folder.join("tokenizer.json"))?;
        let layer = options.layer.unwrap_or_else(|| usual_layer(&config));
        if layer > config.layers {
            let what = format!("there is no layer {layer}: the model has {}", config.layers);
            return Err(Error::usage(what));
        }
        let longest = longest(folder, &config)?;
        let model = match &config.name {
            Some(name) => name.clone(),
            None => folder_name(folder),
        };
        let family = config.family;
        let encoder = Encoder::read(&weights, &prefix, config, layer)?;
        let around = tokens.of("", longest)?;
        let hash = Fnv1a::of(&weights.fingerprint().to_le_bytes())
            .and(&tokens.fingerprint().to_le_bytes())
            .value();
        let mut metric = BertScore {
            encoder,
            tokens,
            longest,
            space_before: family == Family::Roberta,
            around,
            idf: None,
            baseline: None,
            name: String::new(),
        };
        let mut idf_name = "no-idf".to_owned();
        if options.idf {
            let (idf, hash) = metric.count(references)?;
            metric.idf = Some(idf);
            idf_name = format!("idf({} references, {hash:016x})", references.len());
        }
        let mut rescaled = String::new();
        if options.rescale {
            let baseline = baseline(&folder.join("rescale_baseline.tsv"), layer)?;
            metric.baseline = Some(baseline);
            rescaled = format!("-rescaled({},{},{})", baseline[0], baseline[1], baseline[2]);
        }
        metric.name =
            format!("{model}_L{layer}_{idf_name}_version=0.3.12{rescaled}|f1|weights:{hash:016x}");
        Ok(metric)
    }

    /// Tokens of a text.
    pub(super) fn ids(&self, text: &str) -> Result<Vec<u32>> {
        let text = text.trim_matches(is_space);
        if text.is_empty() {
            return Ok(self.around.clone());
        }
        if self.space_before {
            self.tokens.of(&format!(" {text}"), self.longest)
        } else {
            self.tokens.of(text, self.longest)
        }
    }

    fn count(&self, references: &[&str]) -> Result<(Idf, u64)> {
        let mut of: FxHashMap<u32, f32> = FxHashMap::default();
        let mut hash = Fnv1a::of(b"");
        for reference in references {
            let ids = self.ids(reference)?;
            let distinct: FxHashSet<u32> = ids.into_iter().collect();
            for id in distinct {
                *of.entry(id).or_default() += 1.0;
            }
            hash = hash.and(reference.as_bytes()).and(&[0xff]);
        }
        let all = references.len() as f32 + 1.0;
        for n in of.values_mut() {
            *n = (all / (*n + 1.0)).ln();
        }
        let idf = Idf {
            of,
            unseen: all.ln(),
        };
        Ok((idf, hash.value()))
    }

    /// Each text once, as the model sees it.
    fn see<'t>(&self, texts: &[&'t str]) -> Result<FxHashMap<&'t str, Seen>> {
        let distinct: FxHashSet<&str> = texts.iter().copied().collect();
        let distinct: Vec<&str> = distinct.into_iter().collect();
        let sequences = distinct
            .iter()
            .map(|text| Ok(Sequence::one(self.ids(text)?)))
            .collect::<Result<Vec<_>>>()?;
        let rows = each(&sequences, |batch| {
            let mut made = Vec::new();
            self.encoder.each_state(batch, &mut |_, states| {
                let width = states.rows.width;
                made.clear();
                made.extend(states.texts().map(|text| Rows::new(text.to_vec(), width)));
            })?;
            for rows in &mut made {
                rows.data.chunks_exact_mut(rows.width).for_each(normalise);
            }
            Ok(made)
        })?;
        let seen = sequences.into_iter().zip(rows);
        let seen = seen.map(|(sequence, rows)| Seen {
            ids: sequence.ids,
            rows,
        });
        Ok(distinct.into_iter().zip(seen).collect())
    }

    /// How alike a response is to one reference.
    fn compare(&self, response: &Seen, reference: &Seen) -> Parts {
        let empty = |seen: &Seen| seen.ids.len() == self.around.len();
        let (precision, recall) = if empty(response) || empty(reference) {
            (0.0, 0.0)
        } else {
            let mut best_response = vec![f32::NEG_INFINITY; response.ids.len()];
            let mut best_reference = vec![f32::NEG_INFINITY; reference.ids.len()];
            for (row, best_row) in response.rows.iter().zip(&mut best_response) {
                for (column, best_column) in reference.rows.iter().zip(&mut best_reference) {
                    let alike = dot(row, column);
                    *best_row = best_row.max(alike);
                    *best_column = best_column.max(alike);
                }
            }
            (
                self.mean(&response.ids, &best_response),
                self.mean(&reference.ids, &best_reference),
            )
        };
        let f = 2.0 * precision * recall / (precision + recall);
        let f = if f.is_nan() { 0.0 } else { f };
        let Some([p, r, base_f]) = self.baseline else {
            return Parts {
                precision,
                recall,
                f,
            };
        };
        let rescaled = |x: f32, base: f32| (x - base) / (1.0 - base);
        Parts {
            precision: rescaled(precision, p),
            recall: rescaled(recall, r),
            f: rescaled(f, base_f),
        }
    }

    /// The mean over the text's tokens, by their weights; the model's own tokens weigh nothing.
    fn mean(&self, ids: &[u32], best: &[f32]) -> f32 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (id, best) in ids.iter().zip(best) {
            let weight = if self.around.contains(id) {
                0.0
            } else {
                self.idf
                    .as_ref()
                    .map_or(1.0, |idf| idf.of.get(id).copied().unwrap_or(idf.unseen))
            };
            sum += weight * best;
            weights += weight;
        }
        sum / weights
    }

    /// Precision, recall and F of each response: of several references the best of each.
    pub(super) fn parts(&self, readings: &[Reading<'_>]) -> Result<Vec<Parts>> {
        let texts = readings.iter().flat_map(|r| {
            let references = r.references.iter().copied();
            std::iter::once(r.response).chain(references)
        });
        let seen = self.see(&texts.collect::<Vec<_>>())?;
        let best = |reading: &Reading<'_>| {
            let response = &seen[reading.response];
            let each = reading
                .references
                .iter()
                .map(|r| self.compare(response, &seen[r]));
            each.reduce(|a, b| Parts {
                precision: a.precision.max(b.precision),
                recall: a.recall.max(b.recall),
                f: a.f.max(b.f),
            })
        };
        let parts = readings.iter().map(|r| best(r).ok_or_else(no_reference));
        parts.collect()
    }
}

fn no_reference() -> Error {
    Error::bug("a response without a reference was to be scored")
}

impl Metric for BertScore {
    fn name(&self) -> &'static str {
        "bertscore"
    }

    fn signature(&self, references: usize) -> String {
        format!("{}|nrefs:{references}", self.name)
    }

    fn together(&self) -> usize {
        super::FEW
    }

    fn score_all(&self, readings: &[Reading<'_>]) -> Result<Vec<f64>> {
        let parts = self.parts(readings)?.into_iter();
        Ok(parts.map(|parts| f64::from(parts.f)).collect())
    }
}

/// The layer that the reference implementation takes for the usual models of this size; of any other model the last one.
fn usual_layer(config: &EncoderConfig) -> usize {
    match (config.family, config.layers) {
        (Family::DistilBert | Family::Roberta, 6) => 5,
        (Family::Bert | Family::XlmRoberta, 12) => 9,
        (Family::Roberta, 12) => 10,
        (Family::Bert, 24) => 18,
        (Family::Roberta | Family::XlmRoberta, 24) => 17,
        (_, layers) => layers,
    }
}

/// The most tokens of a text: what the tokenizer's settings say, and never more than the model has positions.
fn longest(folder: &Path, config: &EncoderConfig) -> Result<usize> {
    let path = folder.join("tokenizer_config.json");
    let mut longest = config.longest();
    if path.is_file()
        && let Some(most) = json(&path)?["model_max_length"].as_f64()
    {
        // "No limit" is written as 10^30.
        longest = longest.min(most.clamp(2.0, 1e6) as usize);
    }
    Ok(longest)
}

fn folder_name(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// The row of a layer in a table with the columns LAYER, P, R, F, as the reference implementation has one for each model.
fn baseline(path: &Path, layer: usize) -> Result<[f32; 3]> {
    let text = read_text(path)?;
    let row = text.lines().skip(1).find_map(|line| {
        let mut fields = line.split([',', '\t']).map(str::trim);
        let is_layer = fields.next()?.parse() == Ok(layer);
        let mut number = || fields.next()?.parse::<f32>().ok();
        is_layer.then(|| Some([number()?, number()?, number()?]))
    });
    let row = row.flatten().filter(|row| row.iter().all(|x| *x < 1.0));
    row.ok_or_else(|| {
        Error::unreadable(
            path,
            format_args!("there is no row LAYER,P,R,F of layer {layer}"),
        )
        .hint("take the table of this model from bert_score's rescale_baseline/en")
    })
}
