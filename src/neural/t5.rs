//! T5, as far as the first word of an answer: an encoder, and one step of the decoder.
//!
//! In: texts as tokens. Out: what the model gives for each of some words as the first of its answer. Both kinds are known: v1.0, whose
//! words are also its output, divided by the root of their width, and v1.1 with gated layers and an output of its own.

use std::path::Path;

use super::attention::Attention;
use super::config::Fields;
use super::dense::{Activation, Dense, Rows, failed, matrix};
use super::encoder::{Sequence, add, nothing};
use super::math::{dot, rms_norm};
use super::weights::Weights;
use crate::error::{Error, Result};

/// The measures of a T5.
#[derive(Clone, Debug)]
struct Config {
    width: usize,
    head: usize,
    heads: usize,
    inner: usize,
    layers: usize,
    decoder_layers: usize,
    buckets: usize,
    distance: usize,
    epsilon: f32,
    activation: Activation,
    gated: bool,
    tied: bool,
    vocabulary: usize,
    start: usize,
}

impl Config {
    fn read(path: &Path) -> Result<Self> {
        let fields = Fields::read(path)?;
        if fields.text("model_type")? != "t5" {
            return Err(fields.wrong("model_type", "only t5 is known here"));
        }
        let kind = fields.text_or("feed_forward_proj", "relu")?;
        let (gated, activation) = match kind {
            "relu" => (false, Activation::Relu),
            "gated-gelu" => (true, Activation::GeluTanh),
            other => {
                let what = format!("{other} is not known here");
                return Err(fields.wrong("feed_forward_proj", what));
            }
        };
        let layers = fields.size("num_layers")?;
        let buckets = fields.size("relative_attention_num_buckets")?;
        let distance = match fields.value("relative_attention_max_distance") {
            Some(_) => fields.size("relative_attention_max_distance")?,
            None => 128,
        };
        if buckets < 4 || distance <= buckets / 4 {
            let what = "so few buckets tell no distances";
            return Err(fields.wrong("relative_attention_num_buckets", what));
        }
        Ok(Config {
            width: fields.size("d_model")?,
            head: fields.size("d_kv")?,
            heads: fields.size("num_heads")?,
            inner: fields.size("d_ff")?,
            layers,
            decoder_layers: match fields.value("num_decoder_layers") {
                Some(_) => fields.size("num_decoder_layers")?,
                None => layers,
            },
            buckets,
            distance,
            epsilon: fields.number("layer_norm_epsilon")?,
            activation,
            gated,
            // What the first ones leave out of their files.
            tied: fields
                .value("tie_word_embeddings")
                .is_none_or(|v| v != false),
            vocabulary: fields.size("vocab_size")?,
            start: match fields.value("decoder_start_token_id") {
                Some(_) => fields.size_or_none("decoder_start_token_id")?,
                None => 0,
            },
        })
    }
}

/// A T5 with its weights.
pub(crate) struct T5 {
    config: Config,
    words: Rows,
    /// For each bucket of distances a number a head.
    bias: Vec<f32>,
    encoder: Vec<Block>,
    encoder_norm: Vec<f32>,
    decoder: Vec<(Block, Cross)>,
    decoder_norm: Vec<f32>,
    /// The rows of the output for the words that are asked for.
    answers: Vec<Vec<f32>>,
}

/// Attention of a text to itself, and what follows.
struct Block {
    norm: Vec<f32>,
    qkv: Dense,
    out: Dense,
    inner_norm: Vec<f32>,
    inner: Dense,
    gate: Option<Dense>,
    inner_out: Dense,
}

/// Attention of the answer to the text.
struct Cross {
    norm: Vec<f32>,
    query: Dense,
    keys_values: Dense,
    out: Dense,
}

impl T5 {
    /// Reads a model that will be asked for these words.
    ///
    /// # Errors
    /// When a tensor is missing or has other measures than the configuration says.
    pub(crate) fn read(weights: &Weights, config: &Path, answers: &[u32]) -> Result<Self> {
        let config = Config::read(config)?;
        let width = config.width;
        let table = [config.vocabulary, width];
        let words = Rows::new(weights.tensor("shared.weight", &table)?, width);
        let output = if config.tied {
            // The reference implementation divides what the decoder gives.
            let scale = 1.0 / (width as f32).sqrt();
            let scaled = words.data.iter().map(|x| x * scale).collect();
            Rows::new(scaled, width)
        } else {
            Rows::new(weights.tensor("lm_head.weight", &table)?, width)
        };
        let answers = answers.iter().map(|id| {
            let at = *id as usize;
            let known = at < config.vocabulary && config.start < config.vocabulary;
            known.then(|| output.row(at).to_vec()).ok_or_else(beyond)
        });
        let answers = answers.collect::<Result<_>>()?;
        let bias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
        let norm =
            |name: &str| weights.tensor(&format!("{name}.final_layer_norm.weight"), &[width]);
        Ok(T5 {
            bias: weights.tensor(bias, &[config.buckets, config.heads])?,
            encoder: (0..config.layers)
                .map(|at| Block::read(weights, &format!("encoder.block.{at}.layer"), 1, &config))
                .collect::<Result<_>>()?,
            encoder_norm: norm("encoder")?,
            decoder: (0..config.decoder_layers)
                .map(|at| {
                    let name = format!("decoder.block.{at}.layer");
                    let block = Block::read(weights, &name, 2, &config)?;
                    Ok((block, Cross::read(weights, &name, &config)?))
                })
                .collect::<Result<_>>()?,
            decoder_norm: norm("decoder")?,
            words,
            answers,
            config,
        })
    }

    /// For each text a number for each of the words: the larger, the likelier the word begins the answer.
    ///
    /// # Errors
    /// When a token is unknown to the model.
    pub(crate) fn first_words(&self, texts: &[&Sequence]) -> Result<Vec<Vec<f32>>> {
        let (states, ends) = self.encoded(texts)?;
        let mut all = Vec::new();
        let mut start = 0;
        for end in ends {
            let width = states.width;
            let text = Rows::new(states.data[start * width..end * width].to_vec(), width);
            let answer = self.decoded(&text)?;
            let numbers = self.answers.iter().map(|word| dot(word, &answer));
            all.push(numbers.collect());
            start = end;
        }
        Ok(all)
    }

    fn encoded(&self, texts: &[&Sequence]) -> Result<(Rows, Vec<usize>)> {
        let mut rows = Rows::new(Vec::new(), self.config.width);
        let mut ends = Vec::new();
        for text in texts {
            for id in &text.ids {
                let id = *id as usize;
                if id >= self.words.len() {
                    return Err(beyond());
                }
                rows.data.extend_from_slice(self.words.row(id));
            }
            if text.ids.is_empty() {
                return Err(nothing());
            }
            ends.push(rows.len());
        }
        let bias = |n: usize| self.biases(n);
        let attention = Attention {
            heads: self.config.heads,
            scale: 1.0,
            bias: Some(&bias),
        };
        for block in &self.encoder {
            let qkv = block
                .qkv
                .apply(&self.normed(&rows, &block.norm), Activation::None)?;
            let seen = attention.of_itself(qkv, &ends)?;
            add(
                &mut rows.data,
                &block.out.apply(&seen, Activation::None)?.data,
            );
            self.inner(block, &mut rows)?;
        }
        Ok((self.normed(&rows, &self.encoder_norm), ends))
    }

    /// The decoder's row for the first word of an answer to a text.
    fn decoded(&self, text: &Rows) -> Result<Vec<f32>> {
        let Config {
            heads, head, width, ..
        } = self.config;
        let mut row = Rows::new(self.words.row(self.config.start).to_vec(), width);
        let attention = Attention {
            heads,
            scale: 1.0,
            bias: None,
        };
        for (block, cross) in &self.decoder {
            // One word sees itself alone: what it sees is its own value.
            let qkv = block
                .qkv
                .apply(&self.normed(&row, &block.norm), Activation::None)?;
            let value = Rows::new(qkv.data[2 * heads * head..].to_vec(), heads * head);
            add(
                &mut row.data,
                &block.out.apply(&value, Activation::None)?.data,
            );

            let query = cross
                .query
                .apply(&self.normed(&row, &cross.norm), Activation::None)?;
            let pairs = cross.keys_values.apply(text, Activation::None)?;
            let query = matrix(query.data, &[heads, 1, head])?;
            let pairs = matrix(pairs.data, &[text.len(), 2, heads, head])?;
            let part = |which| pairs.get_on_dim(1, which)?.transpose(0, 1);
            let parts = (|| Ok([part(0)?.t()?, part(1)?]))();
            let [keys, values] = parts.map_err(failed)?;
            let mut seen = vec![0.0; heads * head];
            attention.weighed(&query, &keys, &values, &mut seen)?;
            let seen = Rows::new(seen, heads * head);
            add(
                &mut row.data,
                &cross.out.apply(&seen, Activation::None)?.data,
            );
            self.inner(block, &mut row)?;
        }
        Ok(self.normed(&row, &self.decoder_norm).data)
    }

    fn inner(&self, block: &Block, rows: &mut Rows) -> Result<()> {
        let normed = self.normed(rows, &block.inner_norm);
        let mut inner = block.inner.apply(&normed, self.config.activation)?;
        if let Some(gate) = &block.gate {
            let gate = gate.apply(&normed, Activation::None)?;
            inner
                .data
                .iter_mut()
                .zip(gate.data)
                .for_each(|(x, g)| *x *= g);
        }
        add(
            &mut rows.data,
            &block.inner_out.apply(&inner, Activation::None)?.data,
        );
        Ok(())
    }

    fn normed(&self, rows: &Rows, scale: &[f32]) -> Rows {
        let mut rows = rows.clone();
        for row in rows.data.chunks_exact_mut(scale.len()) {
            rms_norm(row, scale, self.config.epsilon);
        }
        rows
    }

    /// What a text of `n` tokens adds to its products, by head, token and token.
    fn biases(&self, n: usize) -> Vec<f32> {
        let Config {
            heads,
            buckets,
            distance,
            ..
        } = self.config;
        let mut all = Vec::with_capacity(heads * n * n);
        for head in 0..heads {
            for from in 0..n {
                let bias = |to| self.bias[bucket(from, to, buckets, distance) * heads + head];
                all.extend((0..n).map(bias));
            }
        }
        all
    }
}

/// The bucket of the distance of two tokens: each near distance has its own, farther ones share.
fn bucket(from: usize, to: usize, buckets: usize, most: usize) -> usize {
    let half = buckets / 2;
    let side = if to > from { half } else { 0 };
    let distance = from.abs_diff(to);
    let exact = half / 2;
    if distance < exact {
        return side + distance;
    }
    let far = (distance as f32 / exact as f32).ln() / (most as f32 / exact as f32).ln();
    let far = exact + (far * (half - exact) as f32) as usize;
    side + far.min(half - 1)
}

impl Block {
    /// The part of a decoder's block that is for the inner layer is its third, an encoder's second.
    fn read(weights: &Weights, name: &str, inner: usize, config: &Config) -> Result<Self> {
        let Config {
            width,
            inner: hidden,
            ..
        } = *config;
        let wide = config.heads * config.head;
        let attention = ["q", "k", "v"].map(|part| format!("{name}.0.SelfAttention.{part}"));
        let attention = attention.each_ref().map(String::as_str);
        let of = format!("{name}.{inner}.DenseReluDense");
        let norm = |at: usize| weights.tensor(&format!("{name}.{at}.layer_norm.weight"), &[width]);
        let dense = |part: &str, from, to| Dense::read_unbiased(weights, &[part], from, to);
        let first = if config.gated { "wi_0" } else { "wi" };
        Ok(Block {
            norm: norm(0)?,
            qkv: Dense::read_unbiased(weights, &attention, width, wide)?,
            out: dense(&format!("{name}.0.SelfAttention.o"), wide, width)?,
            inner_norm: norm(inner)?,
            inner: dense(&format!("{of}.{first}"), width, hidden)?,
            gate: config
                .gated
                .then(|| dense(&format!("{of}.wi_1"), width, hidden))
                .transpose()?,
            inner_out: dense(&format!("{of}.wo"), hidden, width)?,
        })
    }
}

impl Cross {
    fn read(weights: &Weights, name: &str, config: &Config) -> Result<Self> {
        let (width, wide) = (config.width, config.heads * config.head);
        let part = |part: &str| format!("{name}.1.EncDecAttention.{part}");
        let pairs = [part("k"), part("v")];
        let pairs = pairs.each_ref().map(String::as_str);
        Ok(Cross {
            norm: weights.tensor(&format!("{name}.1.layer_norm.weight"), &[width])?,
            query: Dense::read_unbiased(weights, &[&part("q")], width, wide)?,
            keys_values: Dense::read_unbiased(weights, &pairs, width, wide)?,
            out: Dense::read_unbiased(weights, &[&part("o")], wide, width)?,
        })
    }
}

fn beyond() -> Error {
    Error::usage("tokenizer.json has tokens beyond those of config.json (vocab_size)")
        .hint("take both files from the same model")
}
