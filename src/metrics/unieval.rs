//! UniEval: a T5 is asked whether an answer is coherent, consistent, fluent, relevant; the score is how much likelier Yes is than No.
//!
//! In: a response, its references, and the record's snippets as the document. Out: each of the four, and their mean. Consistency and fluency are means over the
//! response's sentences; relevance is that to the best of several references. Never: two passes over the same question.
//!
//! Sources: M. Zhong et al., "Towards a Unified Multi-Dimensional Evaluator" (EMNLP 2022), and its code, `metric/evaluator.py`
//! (`SumEvaluator`), `metric/scorer.py`, `utils.py`. Sentences are NLTK's (Punkt English), as there.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::models::Snippets;
use super::punkt;
use super::{Metric, Reading};
use crate::error::Result;
use crate::neural::{Sequence, T5, Tokens, Weights, each};
use crate::stats::hash::{Fnv1a, fnv1a};

/// The most tokens of a question.
const LONGEST: usize = 1024;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    Coherence,
    Consistency,
    Fluency,
    Relevance,
    /// The mean of the others.
    Overall,
}

impl Dimension {
    /// All of them, with the names of their metrics.
    pub(crate) const ALL: [(Dimension, &'static str); 5] = [
        (Dimension::Coherence, "unieval_coherence"),
        (Dimension::Consistency, "unieval_consistency"),
        (Dimension::Fluency, "unieval_fluency"),
        (Dimension::Relevance, "unieval_relevance"),
        (Dimension::Overall, "unieval_overall"),
    ];

    /// The questions about a response, all of the same weight: a list for each reference, of which the best counts.
    pub(super) fn questions(self, reading: &Reading<'_>, sentences: &[String]) -> Vec<Vec<String>> {
        let Reading {
            response, source, ..
        } = reading;
        match self {
            Dimension::Coherence => vec![vec![format!(
                "question: Is this a coherent summary to the document? </s> summary: {response} </s> document: {source}"
            )]],
            Dimension::Consistency => vec![
                sentences
                    .iter()
                    .map(|claim| {
                        format!(
                            "question: Is this claim consistent with the document? </s> claim: {claim} </s> document: {source}"
                        )
                    })
                    .collect(),
            ],
            Dimension::Fluency => vec![
                sentences
                    .iter()
                    .map(|sentence| {
                        format!("question: Is this a fluent paragraph? </s> paragraph: {sentence}")
                    })
                    .collect(),
            ],
            Dimension::Relevance => reading
                .references
                .iter()
                .map(|reference| {
                    vec![format!(
                        "question: Is this summary relevant to the reference? </s> summary: {response} </s> reference: {reference}"
                    )]
                })
                .collect(),
            Dimension::Overall => Vec::new(),
        }
    }
}

/// A model that is asked.
pub(super) struct Asked {
    model: T5,
    tokens: Tokens,
    name: String,
    snippets: Snippets,
    /// What was answered, by a hash of the question: the mean asks what the others asked.
    answered: Mutex<FxHashMap<u64, f64>>,
}

impl Asked {
    fn open(folder: &Path, snippets: Snippets) -> Result<Self> {
        let weights = Weights::find(folder, &["model.safetensors", "pytorch_model.bin"])?;
        let tokens = Tokens::read(&folder.join("tokenizer.json"))?;
        let first = |word: &str| {
            Ok(tokens
                .of(word, LONGEST)?
                .first()
                .copied()
                .unwrap_or_default())
        };
        let answers = [first("Yes")?, first("No")?];
        let model = T5::read(&weights, &folder.join("config.json"), &answers)?;
        let hash = Fnv1a::of(&weights.fingerprint().to_le_bytes())
            .and(&tokens.fingerprint().to_le_bytes())
            .value();
        Ok(Asked {
            model,
            tokens,
            name: format!("unieval-sum|{}|weights:{hash:016x}", snippets.signature()),
            snippets,
            answered: Mutex::default(),
        })
    }

    /// Tokens of a question.
    pub(super) fn ids(&self, question: &str) -> Result<Vec<u32>> {
        self.tokens.of(question, LONGEST)
    }

    /// How much likelier Yes is than No, for each question.
    pub(super) fn ask(&self, questions: &[String]) -> Result<Vec<f64>> {
        let hashes: Vec<u64> = questions.iter().map(|q| fnv1a(q.as_bytes())).collect();
        let answered = || self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new: FxHashMap<u64, &str> = FxHashMap::default();
        for (hash, question) in hashes.iter().zip(questions) {
            if !answered().contains_key(hash) {
                new.insert(*hash, question);
            }
        }
        let new: Vec<(u64, &str)> = new.into_iter().collect();
        let sequences = new.iter().map(|(_, q)| Ok(Sequence::one(self.ids(q)?)));
        let sequences = sequences.collect::<Result<Vec<_>>>()?;
        let answers = each(&sequences, |batch| self.model.first_words(batch))?;
        for ((hash, _), numbers) in new.iter().zip(answers) {
            let [yes, no] = [0, 1].map(|at| f64::from(numbers[at]));
            answered().insert(*hash, 1.0 / (1.0 + (no - yes).exp()));
        }
        Ok(hashes.iter().map(|hash| answered()[hash]).collect())
    }

    /// A dimension of each response.
    pub(super) fn dimension(
        &self,
        dimension: Dimension,
        readings: &[Reading<'_>],
    ) -> Result<Vec<f64>> {
        if dimension == Dimension::Overall {
            let mut means = vec![0.0; readings.len()];
            for (part, _) in &Dimension::ALL[..4] {
                let scores = self.dimension(*part, readings)?;
                means
                    .iter_mut()
                    .zip(scores)
                    .for_each(|(mean, x)| *mean += x / 4.0);
            }
            return Ok(means);
        }
        let of_each: Vec<Vec<Vec<String>>> = readings
            .iter()
            .map(|reading| {
                let mut sentences = punkt::sentences(reading.response);
                if sentences.is_empty() {
                    // An answer that says nothing is judged as it is.
                    sentences.push(String::new());
                }
                dimension.questions(reading, &sentences)
            })
            .collect();
        let flat: Vec<String> = of_each.iter().flatten().flatten().cloned().collect();
        let mut answers = self.ask(&flat)?.into_iter();
        let mut mean = |questions: &Vec<String>| {
            let sum: f64 = answers.by_ref().take(questions.len()).sum();
            sum / questions.len() as f64
        };
        let best = |lists: &Vec<Vec<String>>| {
            lists
                .iter()
                .map(&mut mean)
                .fold(f64::NEG_INFINITY, f64::max)
        };
        Ok(of_each.iter().map(best).collect())
    }
}

/// One dimension of UniEval.
pub(crate) struct UniEval {
    asked: Arc<Asked>,
    dimension: Dimension,
    name: &'static str,
}

impl UniEval {
    /// Opens a model's folder: one model, and a metric a dimension.
    ///
    /// # Errors
    /// When a file is missing, damaged or of another model.
    pub(crate) fn open(folder: &Path, snippets: Snippets) -> Result<Vec<Self>> {
        let asked = Arc::new(Asked::open(folder, snippets)?);
        let metric = |(dimension, name)| UniEval {
            asked: Arc::clone(&asked),
            dimension,
            name,
        };
        Ok(Dimension::ALL.map(metric).into())
    }

    #[cfg(test)]
    pub(super) fn asked(&self) -> &Asked {
        &self.asked
    }
}

impl Metric for UniEval {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self, references: usize) -> String {
        format!("{}|nrefs:{references}", self.asked.name)
    }

    fn together(&self) -> usize {
        super::FEW
    }

    fn source(&self) -> Option<Snippets> {
        Some(self.asked.snippets)
    }

    fn score_all(&self, readings: &[Reading<'_>]) -> Result<Vec<f64>> {
        self.asked.dimension(self.dimension, readings)
    }
}
