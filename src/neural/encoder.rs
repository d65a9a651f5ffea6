//! The encoder of BERT, DistilBERT, RoBERTa, XLM-RoBERTa and BLEURT.
//!
//! In: texts as tokens. Out: after the embeddings and after each layer a row of numbers a token. Texts run together, one after
//! the other and without padding, so none changes another's numbers.

use super::attention::Attention;
use super::config::{EncoderConfig, Family};
use super::dense::{Activation, Dense, Rows};
use super::math::layer_norm;
use super::weights::Weights;
use crate::error::{Error, Result};

/// A text, or two of them, as tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Sequence {
    pub ids: Vec<u32>,
    /// How many of them belong to the first segment.
    pub first: usize,
}

impl Sequence {
    /// One text.
    pub(crate) fn one(ids: Vec<u32>) -> Self {
        let first = ids.len();
        Sequence { ids, first }
    }
}

/// What the encoder holds of some texts at one depth.
pub(crate) struct States<'a> {
    pub rows: &'a Rows,
    ends: &'a [usize],
}

impl States<'_> {
    /// The rows of each text, in their order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &[f32]> {
        let width = self.rows.width;
        let begins = std::iter::once(&0).chain(self.ends);
        begins
            .zip(self.ends)
            .map(move |(from, to)| &self.rows.data[from * width..to * width])
    }
}

/// An encoder with its weights.
pub(crate) struct Encoder {
    config: EncoderConfig,
    words: Rows,
    positions: Rows,
    segments: Option<Rows>,
    norm: Norm,
    projection: Option<Dense>,
    layers: Vec<Layer>,
}

struct Layer {
    attention: Dense,
    attention_out: Dense,
    attention_norm: Norm,
    inner: Dense,
    out: Dense,
    norm: Norm,
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    epsilon: f32,
}

impl Norm {
    fn read(weights: &Weights, name: &str, width: usize, epsilon: f32) -> Result<Self> {
        // Files of the first BERT have names of their own here.
        let old = format!("{name}.gamma");
        let (scale, shift) = if weights.has(&old) {
            (old, format!("{name}.beta"))
        } else {
            (format!("{name}.weight"), format!("{name}.bias"))
        };
        Ok(Norm {
            scale: weights.tensor(&scale, &[width])?,
            shift: weights.tensor(&shift, &[width])?,
            epsilon,
        })
    }

    fn apply(&self, rows: &mut Rows) {
        for row in rows.data.chunks_exact_mut(self.scale.len()) {
            layer_norm(row, &self.scale, &self.shift, self.epsilon);
        }
    }
}

/// How a family names the parts of a layer.
struct Names {
    layer: &'static str,
    attention: [&'static str; 3],
    attention_out: &'static str,
    attention_norm: &'static str,
    inner: &'static str,
    out: &'static str,
    norm: &'static str,
}

const BERT: Names = Names {
    layer: "encoder.layer",
    attention: [
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
    ],
    attention_out: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    inner: "intermediate.dense",
    out: "output.dense",
    norm: "output.LayerNorm",
};

const DISTIL: Names = Names {
    layer: "transformer.layer",
    attention: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
    attention_out: "attention.out_lin",
    attention_norm: "sa_layer_norm",
    inner: "ffn.lin1",
    out: "ffn.lin2",
    norm: "output_layer_norm",
};

/// The tensor that every encoder begins with.
pub(crate) const FIRST_TENSOR: &str = "embeddings.word_embeddings.weight";

impl Encoder {
    /// Reads the embeddings and the first `layers` layers; the tensors' names begin with `prefix`.
    ///
    /// # Errors
    /// When a tensor is missing or has other measures than the configuration says.
    pub(crate) fn read(
        weights: &Weights,
        prefix: &str,
        config: EncoderConfig,
        layers: usize,
    ) -> Result<Self> {
        let (width, narrow) = (config.width, config.embedding_width);
        let table = |name: &str, rows: usize| {
            let name = format!("{prefix}embeddings.{name}.weight");
            Ok(Rows::new(weights.tensor(&name, &[rows, narrow])?, narrow))
        };
        let norm = format!("{prefix}embeddings.LayerNorm");
        let projection = format!("{prefix}encoder.embedding_projection");
        let has_projection = weights.has(&format!("{projection}.weight"));
        if !has_projection && width != narrow {
            weights.shape(&format!("{projection}.weight"))?;
        }
        Ok(Encoder {
            words: table("word_embeddings", config.vocabulary)?,
            positions: table("position_embeddings", config.positions)?,
            segments: (config.segments > 0)
                .then(|| table("token_type_embeddings", config.segments))
                .transpose()?,
            norm: Norm::read(weights, &norm, narrow, config.epsilon)?,
            projection: has_projection
                .then(|| Dense::read(weights, &projection, narrow, width))
                .transpose()?,
            layers: (0..layers)
                .map(|at| Layer::read(weights, prefix, &config, at))
                .collect::<Result<_>>()?,
            config,
        })
    }

    /// Calls `take` with what the encoder holds of the texts: after the embeddings with 0, after each layer with its number.
    ///
    /// # Errors
    /// When a token is unknown to the model, or a text is longer than it has positions.
    pub(crate) fn each_state(
        &self,
        texts: &[&Sequence],
        take: &mut dyn FnMut(usize, &States<'_>),
    ) -> Result<()> {
        let (mut rows, ends) = self.embedded(texts)?;
        if let Some(projection) = &self.projection {
            rows = projection.apply(&rows, Activation::None)?;
        }
        let mut state = |at, rows: &Rows| take(at, &States { rows, ends: &ends });
        state(0, &rows);
        for (at, layer) in (1..).zip(&self.layers) {
            rows = layer.apply(&rows, &ends, &self.config)?;
            state(at, &rows);
        }
        Ok(())
    }

    fn embedded(&self, texts: &[&Sequence]) -> Result<(Rows, Vec<usize>)> {
        let mut data = Vec::new();
        let mut ends = Vec::new();
        let mut tokens = 0;
        for text in texts {
            if text.ids.is_empty() {
                return Err(nothing());
            }
            if text.ids.len() > self.config.longest() {
                return Err(Error::bug("a text is longer than its model"));
            }
            for (at, id) in text.ids.iter().enumerate() {
                let id = *id as usize;
                if id >= self.words.len() {
                    let what = format!(
                        "tokenizer.json has tokens beyond the {} of config.json (vocab_size)",
                        self.words.len()
                    );
                    return Err(Error::usage(what).hint("take both files from the same model"));
                }
                let from = data.len();
                data.extend_from_slice(self.words.row(id));
                let row = &mut data[from..];
                add(row, self.positions.row(at + self.config.first_position));
                if let Some(segments) = &self.segments {
                    // Models of one text know one segment only.
                    let segment = usize::from(at >= text.first).min(segments.len() - 1);
                    add(row, segments.row(segment));
                }
            }
            tokens += text.ids.len();
            ends.push(tokens);
        }
        let mut rows = Rows::new(data, self.config.embedding_width);
        self.norm.apply(&mut rows);
        Ok((rows, ends))
    }
}

impl Layer {
    fn read(weights: &Weights, prefix: &str, config: &EncoderConfig, at: usize) -> Result<Self> {
        let names = match config.family {
            Family::DistilBert => DISTIL,
            _ => BERT,
        };
        let EncoderConfig { width, inner, .. } = *config;
        let name = |part: &str| format!("{prefix}{}.{at}.{part}", names.layer);
        let attention = names.attention.map(name);
        let attention = attention.each_ref().map(String::as_str);
        let dense = |part, from, to| Dense::read(weights, &name(part), from, to);
        let norm = |part| Norm::read(weights, &name(part), width, config.epsilon);
        Ok(Layer {
            attention: Dense::read_several(weights, &attention, width, width)?,
            attention_out: dense(names.attention_out, width, width)?,
            attention_norm: norm(names.attention_norm)?,
            inner: dense(names.inner, width, inner)?,
            out: dense(names.out, inner, width)?,
            norm: norm(names.norm)?,
        })
    }

    fn apply(&self, rows: &Rows, ends: &[usize], config: &EncoderConfig) -> Result<Rows> {
        let qkv = self.attention.apply(rows, Activation::None)?;
        let head = config.width / config.heads;
        let attention = Attention {
            heads: config.heads,
            scale: 1.0 / (head as f32).sqrt(),
            bias: None,
        };
        let seen = attention.of_itself(qkv, ends)?;
        let mut middle = self.attention_out.apply(&seen, Activation::None)?;
        add(&mut middle.data, &rows.data);
        self.attention_norm.apply(&mut middle);
        let inner = self.inner.apply(&middle, config.activation)?;
        let mut out = self.out.apply(&inner, Activation::None)?;
        add(&mut out.data, &middle.data);
        self.norm.apply(&mut out);
        Ok(out)
    }
}

/// A text of no token has no row that could be asked for.
pub(super) fn nothing() -> Error {
    Error::usage("tokenizer.json puts no token around a text")
        .hint("take the tokenizer.json that the model came with")
}

/// Adds numbers to others.
pub(super) fn add(to: &mut [f32], numbers: &[f32]) {
    to.iter_mut().zip(numbers).for_each(|(x, y)| *x += y);
}
