//! Language models' encoders on the CPU, for the metrics that need them.
//!
//! In: a folder with a model as it is published (`config.json`, `tokenizer.json`, `model.safetensors` or `pytorch_model.bin`),
//! and texts. Out: what the model makes of each text, equal to what PyTorch makes of it one text at a time, however many are
//! asked for at once. Never: anything from a network, code out of a checkpoint, or a text in an error. A model's folder is not
//! trusted: what is damaged or of another form is an error that names the file and the field.
//!
//! This module is the one home of the crate that multiplies matrices.

mod attention;
mod batch;
mod config;
mod dense;
mod encoder;
mod files;
mod math;
mod pickle;
mod safetensors;
mod t5;
mod tokenizer;
mod torch;
mod weights;

pub(crate) use batch::each;
pub(crate) use config::{EncoderConfig, Family};
pub(crate) use dense::{Activation, Dense, Rows};
pub(crate) use encoder::{Encoder, FIRST_TENSOR, Sequence, States};
pub(crate) use files::{json, read_text};
pub(crate) use math::{dot, normalise};
pub(crate) use t5::T5;
pub(crate) use tokenizer::Tokens;
pub(crate) use weights::Weights;
