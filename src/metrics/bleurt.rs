//! BLEURT: a score learnt from people's judgements, of the reference and the response read together.
//!
//! In: a response and its references. Out: the model's number, of several references the best. Never: a pair cut otherwise than
//! the model was trained with: the longer of both loses its last token until both fit; of equally long ones the response does.
//!
//! Sources: T. Sellam et al., "BLEURT" (ACL 2020), and its code, `bleurt/encoding.py`; `bleurt-pytorch` 0.0.1 for the names of the
//! tensors. The checkpoints of the BERT kind (`bleurt-base-512` …) and of BLEURT-20 are known, converted for PyTorch.

use std::path::Path;

use super::{Metric, Reading};
use crate::error::{Error, Result};
use crate::neural::{
    Activation, Dense, Encoder, EncoderConfig, FIRST_TENSOR, Rows, Sequence, Tokens, Weights, each,
    json,
};
use crate::stats::hash::Fnv1a;

/// BLEURT with a model.
pub(crate) struct Bleurt {
    encoder: Encoder,
    tokens: Tokens,
    /// The most tokens of a pair.
    longest: usize,
    /// What stands at the beginning and after each text.
    begin: u32,
    end: u32,
    pooler: Dense,
    number: Dense,
    depth: usize,
    name: String,
}

impl Bleurt {
    /// Opens a model's folder.
    ///
    /// # Errors
    /// When a file is missing, damaged or of another model.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        Bleurt::with(folder, &folder.join("tokenizer.json"))
    }

    pub(super) fn with(folder: &Path, tokenizer: &Path) -> Result<Self> {
        let config = EncoderConfig::read(&folder.join("config.json"))?;
        let weights = Weights::find(folder, &["model.safetensors", "pytorch_model.bin"])?;
        let tokens = Tokens::read(tokenizer)?;
        let prefix = weights.before(FIRST_TENSOR)?;
        let (width, depth) = (config.width, config.layers);
        let longest = longest(folder, &config)?;
        let pooler = Dense::read(&weights, &format!("{prefix}pooler.dense"), width, width)?;
        let number = Dense::read(&weights, "classifier", width, 1)?;
        let model = config.name.clone().unwrap_or_else(|| "bleurt".to_owned());
        let encoder = Encoder::read(&weights, &prefix, config, depth)?;
        let hash = Fnv1a::of(&weights.fingerprint().to_le_bytes())
            .and(&tokens.fingerprint().to_le_bytes())
            .value();
        Ok(Bleurt {
            encoder,
            longest,
            begin: tokens.named("[CLS]")?,
            end: tokens.named("[SEP]")?,
            tokens,
            pooler,
            number,
            depth,
            name: format!("{model}|tokens:{longest}|weights:{hash:016x}"),
        })
    }

    /// The tokens of a pair.
    pub(super) fn pair(&self, reference: &str, response: &str) -> Result<Sequence> {
        let mut reference = self.tokens.bare(reference)?;
        let mut response = self.tokens.bare(response)?;
        let room = self.longest.saturating_sub(3);
        let (first, second) = cut(reference.len(), response.len(), room);
        reference.truncate(first);
        response.truncate(second);
        let mut ids = vec![self.begin];
        ids.extend(reference);
        ids.push(self.end);
        let first = ids.len();
        ids.extend(response);
        ids.push(self.end);
        Ok(Sequence { ids, first })
    }
}

/// What is left of a reference and a response of so many tokens, when both together have room for `room`.
fn cut(reference: usize, response: usize, room: usize) -> (usize, usize) {
    if reference + response <= room {
        (reference, response)
    } else if reference.min(response) <= room / 2 {
        // The shorter stays whole.
        if reference < response {
            (reference, room - reference)
        } else {
            (room - response, response)
        }
    } else {
        (room - room / 2, room / 2)
    }
}

/// The most tokens of a pair: as `bleurt_config.json` of the original checkpoint says, or as many as the model has positions.
fn longest(folder: &Path, config: &EncoderConfig) -> Result<usize> {
    let path = folder.join("bleurt_config.json");
    if !path.is_file() {
        return Ok(config.longest());
    }
    let most = json(&path)?["max_seq_length"].as_u64();
    let most = most.filter(|most| (4..=config.longest() as u64).contains(most));
    most.map(|most| most as usize).ok_or_else(|| {
        Error::unreadable(
            &path,
            "max_seq_length: it is missing, or more than config.json allows",
        )
    })
}

impl Metric for Bleurt {
    fn name(&self) -> &'static str {
        "bleurt"
    }

    fn signature(&self, references: usize) -> String {
        format!("{}|nrefs:{references}", self.name)
    }

    fn together(&self) -> usize {
        super::FEW
    }

    fn score_all(&self, readings: &[Reading<'_>]) -> Result<Vec<f64>> {
        let pairs = readings.iter().flat_map(|r| {
            let references = r.references.iter();
            references.map(|reference| self.pair(reference, r.response))
        });
        let pairs = pairs.collect::<Result<Vec<_>>>()?;
        let numbers = each(&pairs, |batch| {
            let mut first = Rows::default();
            self.encoder.each_state(batch, &mut |layer, states| {
                if layer == self.depth {
                    let width = states.rows.width;
                    let firsts = states.texts().flat_map(|text| &text[..width]);
                    first = Rows::new(firsts.copied().collect(), width);
                }
            })?;
            let pooled = self.pooler.apply(&first, Activation::Tanh)?;
            Ok(self.number.apply(&pooled, Activation::None)?.data)
        })?;
        let mut numbers = numbers.into_iter();
        let best = |reading: &Reading<'_>| {
            let of_each = numbers.by_ref().take(reading.references.len());
            f64::from(of_each.fold(f32::NEG_INFINITY, f32::max))
        };
        Ok(readings.iter().map(best).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    /// As it is told: one token after the other.
    fn slowly(mut reference: usize, mut response: usize, room: usize) -> (usize, usize) {
        while reference + response > room {
            if reference > response {
                reference -= 1;
            } else {
                response -= 1;
            }
        }
        (reference, response)
    }

    #[test]
    fn the_longer_text_loses_its_end() {
        for reference in 0..12 {
            for response in 0..12 {
                for room in 0..12 {
                    let got = cut(reference, response, room);
                    let want = slowly(reference, response, room);
                    assert_eq!(got, want, "{reference} {response} {room}");
                }
            }
        }
    }
}
