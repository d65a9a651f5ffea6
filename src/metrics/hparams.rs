//! `hparams.yaml` of a COMET checkpoint.
//!
//! In: the file, of which the lines `name: value` and lists of numbers count. Out: the settings of the regression metric. Never: a
//! setting that is there and not understood, passed over: it is an error that names it.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::error::{Error, Result};
use crate::neural::{Activation, read_text};

/// Which layers' states count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Mix,
    One(usize),
}

/// How the mix's weights are made of the checkpoint's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mix {
    Softmax,
    Sparsemax,
}

/// How a text's rows become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    Mean,
    Max,
    First,
}

/// The settings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hparams {
    pub path: PathBuf,
    /// The file as it is.
    pub text: String,
    /// The encoder's own name.
    pub name: String,
    pub layer: Layer,
    pub mix: Mix,
    pub layer_norm: bool,
    pub pool: Pool,
    pub hidden_sizes: Vec<usize>,
    pub activation: Activation,
    pub final_activation: Activation,
}

impl Hparams {
    pub(super) fn read(path: &Path) -> Result<Self> {
        Hparams::of(path, read_text(path)?)
    }

    pub(super) fn of(path: &Path, text: String) -> Result<Self> {
        let fields = fields(&text);
        let wrong = |name: &str, what: &str| {
            Error::unreadable(path, format_args!("{name}: {what}"))
                .hint("take hparams.yaml from the checkpoint's own folder")
        };
        let field = |name: &str| {
            let value = fields.get(name)?.first().map(String::as_str)?;
            (!matches!(value, "" | "null" | "~" | "None")).then_some(value)
        };
        let choice = |name: &str, usual: &str| field(name).unwrap_or(usual).to_owned();
        let unknown = |name: &str| wrong(name, "this value is not known here");
        match field("class_identifier") {
            Some("regression_metric") | None => {}
            Some(_) => {
                return Err(wrong(
                    "class_identifier",
                    "only regression_metric is known here",
                ));
            }
        }
        let activation = |name: &str, value: &str| match value {
            "Tanh" => Ok(Activation::Tanh),
            "ReLU" => Ok(Activation::Relu),
            "LeakyReLU" => Ok(Activation::LeakyRelu),
            "GELU" => Ok(Activation::Gelu),
            "Sigmoid" => Ok(Activation::Sigmoid),
            "none" => Ok(Activation::None),
            _ => Err(unknown(name)),
        };
        let sizes = fields.get("hidden_sizes").map_or(&[][..], Vec::as_slice);
        let size = |size: &String| {
            size.parse::<usize>()
                .ok()
                .filter(|n| (1..=1 << 20).contains(n))
        };
        let hidden_sizes = sizes.iter().map(size).collect::<Option<Vec<_>>>();
        let hidden_sizes = hidden_sizes.filter(|sizes| !sizes.is_empty());
        Ok(Hparams {
            name: choice("pretrained_model", "xlm-roberta-large"),
            layer: match choice("layer", "mix").as_str() {
                "mix" => Layer::Mix,
                number => Layer::One(number.parse().map_err(|_| unknown("layer"))?),
            },
            mix: match choice("layer_transformation", "softmax").as_str() {
                // The library's own name for what went wrong once and stays so.
                "softmax" | "sparsemax_patch" => Mix::Softmax,
                "sparsemax" => Mix::Sparsemax,
                _ => return Err(unknown("layer_transformation")),
            },
            layer_norm: match choice("layer_norm", "true").as_str() {
                "true" | "True" => true,
                "false" | "False" => false,
                _ => return Err(unknown("layer_norm")),
            },
            pool: match choice("pool", "avg").as_str() {
                "avg" => Pool::Mean,
                "max" => Pool::Max,
                "cls" | "default" => Pool::First,
                _ => return Err(unknown("pool")),
            },
            hidden_sizes: hidden_sizes
                .ok_or_else(|| wrong("hidden_sizes", "they are missing or no numbers"))?,
            activation: activation("activations", &choice("activations", "Tanh"))?,
            final_activation: activation("final_activation", &choice("final_activation", "none"))?,
            path: path.to_owned(),
            text,
        })
    }
}

/// The values of each name at the left edge: one, or those of a list.
fn fields(text: &str) -> FxHashMap<&str, Vec<String>> {
    let plain = |value: &str| value.trim().trim_matches(['"', '\'']).to_owned();
    let mut fields: FxHashMap<&str, Vec<String>> = FxHashMap::default();
    let mut open = None;
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            if let Some(values) = open.and_then(|name| fields.get_mut(name)) {
                values.push(plain(item));
            }
        } else if !line.starts_with([' ', '#'])
            && let Some((name, value)) = line.split_once(':')
        {
            let value = value.trim();
            let list = value.strip_prefix('[').and_then(|v| v.strip_suffix(']'));
            let values = match list {
                Some(list) => list.split(',').map(plain).collect(),
                None if value.is_empty() => Vec::new(),
                None => vec![plain(value)],
            };
            fields.insert(name, values);
            open = Some(name);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Hparams> {
        Hparams::of(Path::new("hparams.yaml"), text.to_owned())
    }

    #[test]
    fn both_ways_to_write_a_list_and_the_class_s_own_settings() {
        let old = read("hidden_sizes: [3072, 1024]\npool: \"avg\"\n").expect("settings");
        assert_eq!(old.hidden_sizes, [3072, 1024]);
        assert!(old.layer_norm);
        assert_eq!((old.mix, old.layer), (Mix::Softmax, Layer::Mix));
        let new = "class_identifier: regression_metric\nlayer: 3 # of 24\nlayer_norm: false\n\
            hidden_sizes:\n  - 48\n  - 24\nfinal_activation: Sigmoid\nloss: mse\ntrain_data:\n- a.csv\n";
        let new = read(new).expect("settings");
        assert_eq!(new.hidden_sizes, [48, 24]);
        assert_eq!((new.layer, new.layer_norm), (Layer::One(3), false));
        assert_eq!(new.final_activation, Activation::Sigmoid);
    }

    #[test]
    fn what_is_not_known_is_named() {
        for (text, field) in [
            (
                "hidden_sizes: [4]\nclass_identifier: unified_metric\n",
                "class_identifier",
            ),
            (
                "hidden_sizes: [4]\nlayer_transformation: entmax\n",
                "layer_transformation",
            ),
            ("hidden_sizes: [4]\nactivations: Swish\n", "activations"),
            ("hidden_sizes: [-4]\n", "hidden_sizes"),
            ("pool: avg\n", "hidden_sizes"),
            ("hidden_sizes: [4]\nlayer: -1\n", "layer"),
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(
                error.contains(&format!("hparams.yaml: {field}: ")),
                "{error}"
            );
        }
    }
}
