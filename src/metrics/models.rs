//! The metrics that need a language model, and where their models lie.
//!
//! In: the folder that the user names, which has a folder for each model. Out: the metrics that a model gives. Without the feature
//! `neural` their names are known all the same, and whoever asks for one is told how to get it.

use std::path::{Path, PathBuf};

use super::Metric;
use crate::error::{Error, Result};

/// A model, and what is measured with it.
#[derive(Debug)]
pub(crate) struct Model {
    /// Its name, which is that of its folder.
    pub name: &'static str,
    /// The metrics that it gives.
    pub metrics: &'static [&'static str],
    /// Whether they read the record, too.
    pub source: bool,
}

/// The models, in the order of reports.
pub(crate) static MODELS: [Model; 4] = [
    Model {
        name: "bertscore",
        metrics: &["bertscore"],
        source: false,
    },
    Model {
        name: "comet",
        metrics: &["comet"],
        source: true,
    },
    Model {
        name: "bleurt",
        metrics: &["bleurt"],
        source: false,
    },
    Model {
        name: "unieval",
        metrics: &[
            "unieval_coherence",
            "unieval_consistency",
            "unieval_fluency",
            "unieval_relevance",
            "unieval_overall",
        ],
        source: true,
    },
];

/// How much of a record is the source of a metric that reads one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Snippets {
    pub number: usize,
    /// Words of each.
    pub words: usize,
}

impl Snippets {
    /// As signatures have it.
    #[cfg(feature = "neural")]
    pub(crate) fn signature(self) -> String {
        format!(
            "src:bm25okapi,snippets={},words={}",
            self.number, self.words
        )
    }
}

/// How the metrics of models are made.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ModelOptions {
    /// The folder with the models of BERTScore, COMET, BLEURT and UniEval; `medalign help models` says what goes where
    #[arg(long, value_name = "FOLDER", help_heading = "Language models")]
    pub weights: Option<PathBuf>,
    /// BERTScore: compare the tokens as this layer has them (default: the one that its Python package takes for the model)
    #[arg(long, value_name = "N", help_heading = "Language models")]
    pub bertscore_layer: Option<usize>,
    /// BERTScore: rare tokens weigh more, by how many gold responses have them
    #[arg(long, help_heading = "Language models")]
    pub bertscore_idf: bool,
    /// BERTScore: take the model's baseline off, which is in `rescale_baseline.tsv` beside it
    #[arg(long, help_heading = "Language models")]
    pub bertscore_rescale: bool,
    /// COMET and UniEval: so many snippets of the record are the source, those most like the instruction by BM25
    #[arg(
        long,
        value_name = "N",
        default_value_t = 3,
        help_heading = "Language models"
    )]
    pub snippets: usize,
    /// COMET and UniEval: so many words of the record are one snippet
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        help_heading = "Language models"
    )]
    pub snippet_words: usize,
}

impl ModelOptions {
    /// The folder of a model.
    fn folder(&self, model: &Model) -> Result<PathBuf> {
        let weights = self.weights.as_deref().ok_or_else(|| {
            Error::usage(format!("{} needs a language model", model.name)).hint(
                "name the folder with it: --weights FOLDER (`medalign help models` says what goes where)",
            )
        })?;
        Ok(weights.join(model.name))
    }

    /// What of a record is the source.
    pub(crate) fn source(&self) -> Snippets {
        Snippets {
            number: self.snippets,
            words: self.snippet_words,
        }
    }

    /// The models that the user's folder has.
    pub(crate) fn there(&self) -> impl Iterator<Item = &'static Model> {
        let has = |model: &&Model| {
            let weights = self.weights.as_deref();
            weights.is_some_and(|weights| weights.join(model.name).is_dir())
        };
        MODELS.iter().filter(has)
    }

    /// The metrics of a model. `references` are all gold responses, each once.
    ///
    /// # Errors
    /// When the model is not there, is damaged, or this program was built without models.
    pub(crate) fn open(&self, model: &Model, references: &[&str]) -> Result<Vec<Box<dyn Metric>>> {
        open(self, model, &self.folder(model)?, references)
    }
}

#[cfg(feature = "neural")]
fn open(
    options: &ModelOptions,
    model: &Model,
    folder: &Path,
    references: &[&str],
) -> Result<Vec<Box<dyn Metric>>> {
    if !folder.is_dir() {
        let what = "there is no such folder with a model";
        return Err(Error::unreadable(folder, what)
            .hint("`medalign help models` says which files of which model go where"));
    }
    match model.name {
        "bertscore" => {
            let chosen = super::bertscore::Options {
                layer: options.bertscore_layer,
                idf: options.bertscore_idf,
                rescale: options.bertscore_rescale,
            };
            let metric = super::bertscore::BertScore::open(folder, chosen, references)?;
            Ok(vec![Box::new(metric)])
        }
        "comet" => {
            let metric = super::comet::Comet::open(folder, options.source())?;
            Ok(vec![Box::new(metric)])
        }
        "bleurt" => Ok(vec![Box::new(super::bleurt::Bleurt::open(folder)?)]),
        "unieval" => {
            let metrics = super::unieval::UniEval::open(folder, options.source())?;
            let boxed = |metric| Box::new(metric) as Box<dyn Metric>;
            Ok(metrics.into_iter().map(boxed).collect())
        }
        other => Err(Error::bug(format!("there is no model {other}"))),
    }
}

#[cfg(not(feature = "neural"))]
fn open(_: &ModelOptions, model: &Model, _: &Path, _: &[&str]) -> Result<Vec<Box<dyn Metric>>> {
    let what = format!(
        "this medalign was built without language models, which {} needs",
        model.name
    );
    Err(Error::usage(what).hint(
        "build it with them, in the folder of its source: cargo install --path . --features neural",
    ))
}
