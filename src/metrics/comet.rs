//! COMET's regression metric: a score learnt from people's judgements, made of the sentence embeddings of source, answer and reference.
//!
//! In: a response, its references, and the record's snippets as the source. Out: the model's number, of several references the best.
//! Never: a setting guessed: `hparams.yaml` beside the checkpoint is obeyed, and what it leaves out is as the class has it.
//!
//! Sources: R. Rei et al., "COMET" (EMNLP 2020); `unbabel-comet` 2.2.7, `models/regression/regression_metric.py`,
//! `modules/layerwise_attention.py`, `modules/feedforward.py`.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::hparams::{Hparams, Layer, Mix, Pool};
use super::models::Snippets;
use super::{Metric, Reading};
use crate::error::{Error, Result};
use crate::neural::{
    Activation, Dense, Encoder, EncoderConfig, FIRST_TENSOR, Family, Rows, Sequence, States,
    Tokens, Weights, each,
};
use crate::stats::hash::Fnv1a;

/// COMET with a model.
pub(crate) struct Comet {
    encoder: Encoder,
    tokens: Tokens,
    longest: usize,
    layers: Layers,
    pool: Pool,
    estimator: Vec<Dense>,
    inner: Activation,
    last: Activation,
    name: String,
    snippets: Snippets,
}

/// How the states of the layers become one.
enum Layers {
    One(usize),
    Mixed {
        weights: Vec<f32>,
        gamma: f32,
        norm: bool,
    },
}

impl Comet {
    /// Opens a model's folder.
    ///
    /// # Errors
    /// When a file is missing, damaged or of another model.
    pub(crate) fn open(folder: &Path, snippets: Snippets) -> Result<Self> {
        let hparams = Hparams::read(&folder.join("hparams.yaml"))?;
        let weights = Weights::find(folder, &["model.safetensors", "checkpoints/model.ckpt"])?;
        Comet::with(folder, &hparams, &weights, snippets)
    }

    pub(super) fn with(
        folder: &Path,
        hparams: &Hparams,
        weights: &Weights,
        snippets: Snippets,
    ) -> Result<Self> {
        let config_path = folder.join("encoder/config.json");
        let config = EncoderConfig::read(&config_path)?;
        if config.family != Family::XlmRoberta {
            return Err(Error::unreadable(
                &config_path,
                "model_type: COMET is known here with XLM-RoBERTa only",
            ));
        }
        let tokens = Tokens::read(&folder.join("encoder/tokenizer.json"))?;
        let prefix = weights.before(FIRST_TENSOR)?;
        let (depth, width) = (config.layers, config.width);
        // The model's positions less the two that its padding takes and two for its own tokens.
        let longest = config
            .positions
            .saturating_sub(4)
            .clamp(2, config.longest());
        let layers = layers(hparams, weights, depth)?;
        let mut estimator = Vec::new();
        let mut from = 6 * width;
        let to = hparams.hidden_sizes.iter().copied().chain([1]);
        for (at, to) in to.enumerate() {
            let name = format!("estimator.ff.{}", 3 * at);
            estimator.push(Dense::read(weights, &name, from, to)?);
            from = to;
        }
        let needed = match layers {
            Layers::One(layer) => layer,
            Layers::Mixed { .. } => depth,
        };
        let encoder = Encoder::read(weights, &prefix, config, needed)?;
        let hash = Fnv1a::of(&weights.fingerprint().to_le_bytes())
            .and(&tokens.fingerprint().to_le_bytes())
            .and(hparams.text.as_bytes())
            .value();
        Ok(Comet {
            encoder,
            tokens,
            longest,
            layers,
            pool: hparams.pool,
            estimator,
            inner: hparams.activation,
            last: hparams.final_activation,
            name: format!(
                "comet:{}|version:2.2.7|{}|weights:{hash:016x}",
                hparams.name,
                snippets.signature()
            ),
            snippets,
        })
    }

    /// Tokens of a text.
    pub(super) fn ids(&self, text: &str) -> Result<Vec<u32>> {
        self.tokens.of(text, self.longest)
    }

    /// Each text once, as one row.
    fn embed<'t>(
        &self,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<FxHashMap<&'t str, Vec<f32>>> {
        let distinct: FxHashSet<&str> = texts.collect();
        let distinct: Vec<&str> = distinct.into_iter().collect();
        let sequences = distinct
            .iter()
            .map(|text| Ok(Sequence::one(self.ids(text)?)))
            .collect::<Result<Vec<_>>>()?;
        let rows = each(&sequences, |batch| {
            let mut made: Vec<Rows> = Vec::new();
            self.encoder.each_state(batch, &mut |layer, states| {
                self.take(layer, states, &mut made);
            })?;
            Ok(made.iter().map(|rows| pooled(rows, self.pool)).collect())
        })?;
        Ok(distinct.into_iter().zip(rows).collect())
    }

    /// Takes a layer's states into what is kept of each text.
    fn take(&self, layer: usize, states: &States<'_>, made: &mut Vec<Rows>) {
        let width = states.rows.width;
        match &self.layers {
            Layers::One(wanted) if *wanted == layer => {
                made.extend(states.texts().map(|text| Rows::new(text.to_vec(), width)));
            }
            Layers::One(_) => {}
            Layers::Mixed {
                weights,
                gamma,
                norm,
            } => {
                if layer == 0 {
                    let zeros = |text: &[f32]| Rows::new(vec![0.0; text.len()], width);
                    made.extend(states.texts().map(zeros));
                }
                for (rows, text) in made.iter_mut().zip(states.texts()) {
                    // Over all tokens and numbers of the text together.
                    let (mean, scale) = if *norm { moments(text) } else { (0.0, 1.0) };
                    let weight = weights[layer] * gamma;
                    for (sum, x) in rows.data.iter_mut().zip(text) {
                        *sum += weight * ((x - mean) * scale);
                    }
                }
            }
        }
    }

    /// The model's number of one row each.
    fn estimate(&self, rows: Rows) -> Result<Vec<f32>> {
        let mut rows = rows;
        let last = self.estimator.len() - 1;
        for (at, layer) in self.estimator.iter().enumerate() {
            let activation = if at == last { self.last } else { self.inner };
            rows = layer.apply(&rows, activation)?;
        }
        Ok(rows.data)
    }
}

/// The mean of all numbers, and what makes their variance 1.
fn moments(numbers: &[f32]) -> (f32, f32) {
    let n = numbers.len() as f64;
    let mean = numbers.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let squares = numbers.iter().map(|x| (f64::from(*x) - mean).powi(2));
    let variance = squares.sum::<f64>() / n;
    (mean as f32, (1.0 / (variance + 1e-12).sqrt()) as f32)
}

/// One row of a text's rows.
fn pooled(rows: &Rows, pool: Pool) -> Vec<f32> {
    let mut rows_left = rows.iter();
    let mut one = rows_left.next().unwrap_or_default().to_vec();
    match pool {
        Pool::First => {}
        Pool::Max => {
            for row in rows_left {
                one.iter_mut().zip(row).for_each(|(x, y)| *x = x.max(*y));
            }
        }
        Pool::Mean => {
            for row in rows_left {
                one.iter_mut().zip(row).for_each(|(x, y)| *x += y);
            }
            let n = rows.len() as f32;
            for x in &mut one {
                *x /= n;
            }
        }
    }
    one
}

fn layers(hparams: &Hparams, weights: &Weights, depth: usize) -> Result<Layers> {
    let (mix, norm) = match hparams.layer {
        Layer::One(layer) if layer <= depth => return Ok(Layers::One(layer)),
        Layer::One(layer) => {
            let what = format!("layer: there is no layer {layer}: the encoder has {depth}");
            return Err(Error::unreadable(&hparams.path, what));
        }
        Layer::Mix => (hparams.mix, hparams.layer_norm),
    };
    let scalars = (0..=depth)
        .map(|at| {
            let name = format!("layerwise_attention.scalar_parameters.{at}");
            Ok(weights.tensor(&name, &[1])?[0])
        })
        .collect::<Result<Vec<f32>>>()?;
    Ok(Layers::Mixed {
        weights: match mix {
            Mix::Softmax => softmax(&scalars),
            Mix::Sparsemax => sparsemax(&scalars),
        },
        gamma: weights.tensor("layerwise_attention.gamma", &[1])?[0],
        norm,
    })
}

fn softmax(scalars: &[f32]) -> Vec<f32> {
    let max = scalars.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = scalars.iter().map(|x| (x - max).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|x| x / sum).collect()
}

/// The nearest point whose numbers are not negative and sum to 1 (Martins and Astudillo 2016).
pub(super) fn sparsemax(scalars: &[f32]) -> Vec<f32> {
    let mut sorted = scalars.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut threshold) = (0.0, 0.0);
    for (k, x) in (1_u8..).map(f32::from).zip(sorted) {
        sum += x;
        if 1.0 + k * x > sum {
            threshold = (sum - 1.0) / k;
        }
    }
    scalars.iter().map(|x| (x - threshold).max(0.0)).collect()
}

impl Metric for Comet {
    fn name(&self) -> &'static str {
        "comet"
    }

    fn signature(&self, references: usize) -> String {
        format!("{}|nrefs:{references}", self.name)
    }

    fn together(&self) -> usize {
        super::FEW
    }

    fn source(&self) -> Option<Snippets> {
        Some(self.snippets)
    }

    fn score_all(&self, readings: &[Reading<'_>]) -> Result<Vec<f64>> {
        let texts = readings.iter().flat_map(|r| {
            let references = r.references.iter().copied();
            [r.response, r.source].into_iter().chain(references)
        });
        let seen = self.embed(texts)?;
        let mut rows = Rows::default();
        for reading in readings {
            let (mt, src) = (&seen[reading.response], &seen[reading.source]);
            for reference in reading.references {
                let reference = &seen[reference];
                rows.width = 6 * mt.len();
                rows.data.extend(mt);
                rows.data.extend(reference);
                for other in [reference, src] {
                    let pairs = || mt.iter().zip(other);
                    rows.data.extend(pairs().map(|(x, y)| x * y));
                    rows.data.extend(pairs().map(|(x, y)| (x - y).abs()));
                }
            }
        }
        let mut numbers = self.estimate(rows)?.into_iter();
        let best = |reading: &Reading<'_>| {
            let of_each = numbers.by_ref().take(reading.references.len());
            f64::from(of_each.fold(f32::NEG_INFINITY, f32::max))
        };
        Ok(readings.iter().map(best).collect())
    }
}
