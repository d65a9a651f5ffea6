//! What a model's `config.json` says of its encoder.
//!
//! In: the file. Out: the encoder's measures. Never: a guess for a measure that is missing; what an architecture leaves out of its
//! file because it never differs is taken as that architecture has it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::dense::Activation;
use super::files::json;
use crate::error::{Error, Result};

/// No model is larger in any measure.
const LARGEST: usize = 10_000_000;

/// How an encoder is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// BERT, and BLEURT's encoders.
    Bert,
    DistilBert,
    Roberta,
    XlmRoberta,
}

/// The measures of an encoder.
#[derive(Clone, Debug)]
pub(crate) struct EncoderConfig {
    pub family: Family,
    /// The model's own name, where the file says it.
    pub name: Option<String>,
    pub width: usize,
    /// Of the embeddings, where that is another.
    pub embedding_width: usize,
    pub layers: usize,
    pub heads: usize,
    pub inner: usize,
    pub activation: Activation,
    pub epsilon: f32,
    pub vocabulary: usize,
    pub positions: usize,
    /// Kinds of segments; none in DistilBERT.
    pub segments: usize,
    /// The position of the first token.
    pub first_position: usize,
}

impl EncoderConfig {
    /// Reads it.
    ///
    /// # Errors
    /// When a measure is missing or impossible, or the architecture is none that is known here.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let fields = Fields::read(path)?;
        let family = match fields.text("model_type")? {
            "bert" | "bleurt" => Family::Bert,
            "distilbert" => Family::DistilBert,
            "roberta" => Family::Roberta,
            "xlm-roberta" => Family::XlmRoberta,
            other => {
                return Err(fields
                    .wrong("model_type", format_args!("{other} is not known here"))
                    .hint("BERT, DistilBERT, RoBERTa and XLM-RoBERTa are"));
            }
        };
        if let Some(kind) = fields.value("position_embedding_type")
            && kind != "absolute"
        {
            return Err(fields.wrong(
                "position_embedding_type",
                "only absolute positions are known here",
            ));
        }
        let distil = family == Family::DistilBert;
        let width = fields.size(if distil { "dim" } else { "hidden_size" })?;
        let heads = fields.size(if distil {
            "n_heads"
        } else {
            "num_attention_heads"
        })?;
        if !width.is_multiple_of(heads) {
            let name = if distil {
                "n_heads"
            } else {
                "num_attention_heads"
            };
            return Err(fields.wrong(name, format_args!("{heads} do not share {width} numbers")));
        }
        let embedding_width = match fields.value("embedding_size") {
            Some(_) => fields.size("embedding_size")?,
            None => width,
        };
        let first_position = match family {
            Family::Roberta | Family::XlmRoberta => fields.size_or_none("pad_token_id")? + 1,
            Family::Bert | Family::DistilBert => 0,
        };
        let positions = fields.size("max_position_embeddings")?;
        if positions < first_position + 2 {
            return Err(fields.wrong("max_position_embeddings", "no text fits"));
        }
        Ok(EncoderConfig {
            family,
            name: match fields.value("_name_or_path") {
                Some(Value::String(name)) if !name.is_empty() => Some(name.clone()),
                _ => None,
            },
            width,
            embedding_width,
            layers: fields.size(if distil {
                "n_layers"
            } else {
                "num_hidden_layers"
            })?,
            heads,
            inner: fields.size(if distil {
                "hidden_dim"
            } else {
                "intermediate_size"
            })?,
            activation: fields.activation(if distil { "activation" } else { "hidden_act" })?,
            epsilon: if distil {
                1e-12
            } else {
                fields.number("layer_norm_eps")?
            },
            vocabulary: fields.size("vocab_size")?,
            positions,
            segments: if distil {
                0
            } else {
                fields.size("type_vocab_size")?
            },
            first_position,
        })
    }

    /// The most tokens that have a position.
    pub(crate) fn longest(&self) -> usize {
        self.positions - self.first_position
    }
}

/// The fields of a `config.json`.
pub(super) struct Fields {
    path: PathBuf,
    value: Value,
}

impl Fields {
    pub(super) fn read(path: &Path) -> Result<Self> {
        Ok(Fields {
            path: path.to_owned(),
            value: json(path)?,
        })
    }

    /// A field that says something.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.value.get(name).filter(|value| !value.is_null())
    }

    /// An error about a field.
    pub(super) fn wrong(&self, name: &str, what: impl std::fmt::Display) -> Error {
        Error::unreadable(&self.path, format_args!("{name}: {what}"))
    }

    fn needed(&self, name: &str) -> Result<&Value> {
        self.value(name)
            .ok_or_else(|| self.wrong(name, "it is missing"))
    }

    pub(super) fn text(&self, name: &str) -> Result<&str> {
        let text = self.needed(name)?.as_str();
        text.ok_or_else(|| self.wrong(name, "it is no text"))
    }

    /// A field's text, or another where there is none.
    pub(super) fn text_or<'f>(&'f self, name: &str, usual: &'f str) -> Result<&'f str> {
        match self.value(name) {
            Some(_) => self.text(name),
            None => Ok(usual),
        }
    }

    /// A whole number, 0 among them.
    pub(super) fn size_or_none(&self, name: &str) -> Result<usize> {
        let number = self.needed(name)?.as_u64();
        let size = number.and_then(|n| usize::try_from(n).ok());
        size.filter(|size| *size <= LARGEST)
            .ok_or_else(|| self.wrong(name, "it is no number that fits"))
    }

    /// A whole number, at least 1.
    pub(super) fn size(&self, name: &str) -> Result<usize> {
        match self.size_or_none(name)? {
            0 => Err(self.wrong(name, "it is 0")),
            size => Ok(size),
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<f32> {
        let number = self.needed(name)?.as_f64();
        let number = number.ok_or_else(|| self.wrong(name, "it is no number"))?;
        Ok(number as f32)
    }

    fn activation(&self, name: &str) -> Result<Activation> {
        match self.text(name)? {
            "gelu" => Ok(Activation::Gelu),
            "gelu_new" | "gelu_pytorch_tanh" => Ok(Activation::GeluTanh),
            "relu" => Ok(Activation::Relu),
            other => Err(self.wrong(name, format_args!("{other} is not known here"))),
        }
    }
}
