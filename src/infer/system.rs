//! Systems: what answers, and how it is asked; and the run file that declares several side by side.
//!
//! In: TOML, or options of the command line. Out: settings that are whole and make sense together. A key that is not known is an error with
//! its file and line. What is written into `system.toml` beside the answers is all it takes to ask again; no key is in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::Reach;
use super::client::place::{Endpoint, Key, KeyPlace, authorities};
use super::context::{self, chunks::CutAt};
use super::laid::Form;
use crate::error::{Error, Result};
use crate::files::name;

/// The six systems of the study, as a run file.
pub(crate) const EXAMPLE: &str = include_str!("../../assets/prompts/systems.toml");

/// Which of the two ways to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `/chat/completions`
    #[default]
    Chat,
    /// `/completions`
    Completions,
}

/// How a record is read in several steps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Refine {
    /// Whether it is.
    pub on: bool,
    /// The newest part first, instead of the oldest.
    pub newest_first: bool,
    /// How many tokens neighbours share.
    pub overlap: usize,
    /// Where the record may be cut.
    pub cut: CutAt,
    /// After so many parts that change nothing the rest is not asked; 0 asks all.
    pub stop_after: u32,
    /// The prompt for the first part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_prompt: Option<String>,
    /// The prompt for the later parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_prompt: Option<String>,
}

/// What a million tokens cost, in any currency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Price {
    /// Of a prompt.
    pub prompt: f64,
    /// Of an answer.
    pub reply: f64,
}

/// One system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct System {
    /// Its name among the answers.
    pub label: String,
    /// The server, as `http://127.0.0.1:8080/v1`.
    pub endpoint: String,
    /// The model as the server calls it.
    pub model: String,
    /// Which way to ask.
    pub api: Api,
    /// Tokens of prompt and reply together.
    pub context: usize,
    /// Tokens of the reply.
    pub reply: usize,
    /// Tokens that stay free: parts that are joined and chat templates take a few.
    pub margin: usize,
    /// What of the record is kept.
    pub strategy: String,
    /// How the record is written.
    pub record: Form,
    /// The prompt: the program's own by name, or a file.
    pub prompt: String,
    /// What is told to the model as a system before the prompt; only for `chat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// What counts tokens: `cl100k_base`, `o200k_base`, `server`, or a `tokenizer.json`.
    pub tokenizer: String,
    /// How random the answer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The server's seed, and the one that `random` draws from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Texts that end an answer.
    pub stop: Vec<String>,
    /// Ask for log-probabilities: their mean is kept as the answer's confidence.
    pub logprobs: bool,
    /// Receive the answer as it is made: for proxies that cut idle connections.
    pub stream: bool,
    /// Further fields of the body.
    pub extra: Map<String, Value>,
    /// Requests at once.
    pub jobs: usize,
    /// How often a request is sent at most.
    pub tries: u32,
    /// Seconds for connecting.
    pub connect_seconds: u64,
    /// Seconds until the reply begins.
    pub first_byte_seconds: u64,
    /// Seconds for all of it.
    pub all_seconds: u64,
    /// The environment variable that holds the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_env: Option<String>,
    /// The file that holds the key; only its owner may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// The header for the key.
    pub key_header: String,
    /// The file with the certificates of the authorities that vouch for the server, where browsers do not know them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Use the proxy that the environment names.
    pub proxy: bool,
    /// What a million tokens cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Reading in several steps.
    pub refine: Refine,
}

impl Default for System {
    fn default() -> Self {
        System {
            label: String::new(),
            endpoint: String::new(),
            model: String::new(),
            api: Api::Chat,
            context: 8192,
            reply: 256,
            margin: 8,
            strategy: "recent".to_owned(),
            record: Form::Text,
            prompt: "study".to_owned(),
            system: None,
            tokenizer: "cl100k_base".to_owned(),
            temperature: None,
            seed: None,
            stop: Vec::new(),
            logprobs: false,
            stream: false,
            extra: Map::new(),
            jobs: 4,
            tries: 8,
            connect_seconds: 10,
            first_byte_seconds: 600,
            all_seconds: 900,
            key_env: None,
            key_file: None,
            key_header: "authorization".to_owned(),
            ca_file: None,
            proxy: false,
            price: None,
            refine: Refine::default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunFile {
    #[serde(default)]
    system: Vec<System>,
}

/// Reads a run file.
///
/// # Errors
/// When it cannot be read, holds what is not known, or declares no system.
pub(crate) fn read(path: &Path) -> Result<Vec<System>> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Error::io(path, "reading the run file", e))?;
    let systems = parse(path, &text)?;
    check(&systems)?;
    Ok(systems)
}

fn parse(path: &Path, text: &str) -> Result<Vec<System>> {
    let file: RunFile = toml::from_str(text).map_err(|e| at_line(path, text, &e))?;
    if file.system.is_empty() {
        return Err(
            Error::usage(format!("{}: no [[system]] is declared", path.display()))
                .hint("`medalign infer --example` prints a run file"),
        );
    }
    Ok(file.system)
}

fn at_line(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = 1 + text.get(..start).unwrap_or_default().matches('\n').count();
    Error::usage(format!("{}:{line}: {}", path.display(), error.message()))
        .hint("`medalign infer --example` prints a run file with what there is")
}

/// Makes sure that systems make sense, each and together.
///
/// # Errors
/// When one does not.
pub(crate) fn check(systems: &[System]) -> Result<()> {
    /// Fields of the body that have settings.
    const OWN: [&str; 8] = [
        "model",
        "messages",
        "prompt",
        "stream",
        "max_tokens",
        "temperature",
        "seed",
        "stop",
    ];
    let mut labels = BTreeSet::new();
    for system in systems {
        let label = &system.label;
        let wrong = |what: &str| Err(Error::usage(format!("system {label}: {what}")));
        if label.is_empty() || system.model.is_empty() || system.endpoint.is_empty() {
            return wrong("label, model and endpoint are needed");
        }
        name::of_record(label, "d").map_err(|_| {
            Error::usage(format!("the label {label} cannot be the name of a folder"))
                .hint("take letters, digits, dots and hyphens")
        })?;
        if !labels.insert(label.to_lowercase()) {
            return wrong("the label is there twice");
        }
        if system.key_env.is_some() && system.key_file.is_some() {
            return wrong("key_env and key_file are both there");
        }
        if system.jobs == 0 || system.tries == 0 || system.reply == 0 {
            return wrong("jobs, tries and reply are at least 1");
        }
        if system.system.is_some() && system.api == Api::Completions {
            return wrong("`system` is told only by api = \"chat\"");
        }
        if system.refine.on && (system.prompt != "study" || system.strategy != "recent") {
            return wrong(
                "refine reads the whole record with prompts of its own: take strategy and prompt out, or say refine.first_prompt and refine.next_prompt",
            );
        }
        if let Some(name) = OWN.iter().find(|name| system.extra.contains_key(**name)) {
            return wrong(&format!("extra.{name} has a setting of its own"));
        }
        context::named(&system.strategy)?;
        Endpoint::parse(&system.endpoint)?;
    }
    Ok(())
}

impl System {
    /// How its server is reached; `var` looks up an environment variable.
    ///
    /// # Errors
    /// When the key is not there, or others may read it.
    pub(crate) fn reach(&self, var: impl Fn(&str) -> Option<String>) -> Result<Reach> {
        let place = match (&self.key_env, &self.key_file) {
            (Some(name), _) => Some(KeyPlace::Env(name.clone())),
            (None, Some(path)) => Some(KeyPlace::File(path.clone())),
            (None, None) => None,
        };
        Ok(Reach {
            endpoint: Endpoint::parse(&self.endpoint)?,
            key: place.map(|place| Key::read(&place, var)).transpose()?,
            key_header: self.key_header.clone(),
            jobs: self.jobs,
            tries: self.tries,
            connect: Duration::from_secs(self.connect_seconds),
            first_byte: Duration::from_secs(self.first_byte_seconds),
            all: Duration::from_secs(self.all_seconds),
            proxy: self.proxy,
            authorities: self.ca_file.as_deref().map(authorities).transpose()?,
        })
    }

    /// The path below the endpoint.
    pub(crate) fn path(&self) -> &'static str {
        match self.api {
            Api::Chat => "/chat/completions",
            Api::Completions => "/completions",
        }
    }

    /// The body of a request with this prompt.
    pub(crate) fn body(&self, prompt: &str) -> Value {
        let mut body = Map::new();
        let mut set = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        set("model", Value::from(self.model.as_str()));
        match self.api {
            Api::Chat => {
                let message = |role: &str, content: &str| serde_json::json!({"role": role, "content": content});
                let before = self
                    .system
                    .as_deref()
                    .map(|system| message("system", system));
                set(
                    "messages",
                    before
                        .into_iter()
                        .chain([message("user", prompt)])
                        .collect(),
                );
            }
            Api::Completions => set("prompt", Value::from(prompt)),
        }
        set("max_tokens", Value::from(self.reply));
        set("stream", Value::from(self.stream));
        if self.stream {
            set("stream_options", serde_json::json!({"include_usage": true}));
        }
        if let Some(temperature) = self.temperature {
            set("temperature", Value::from(temperature));
        }
        if let Some(seed) = self.seed {
            set("seed", Value::from(seed));
        }
        if !self.stop.is_empty() {
            set("stop", Value::from(self.stop.clone()));
        }
        if self.logprobs {
            set(
                "logprobs",
                if self.api == Api::Chat {
                    Value::from(true)
                } else {
                    Value::from(0)
                },
            );
        }
        body.extend(self.extra.clone());
        Value::Object(body)
    }

    /// What decides about the requests, and not about how they are sent: two systems that agree in it ask the same.
    #[must_use]
    pub(crate) fn essence(&self) -> System {
        System {
            endpoint: String::new(),
            jobs: 0,
            tries: 0,
            connect_seconds: 0,
            first_byte_seconds: 0,
            all_seconds: 0,
            key_env: None,
            key_file: None,
            key_header: String::new(),
            ca_file: None,
            proxy: false,
            price: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<System>> {
        let systems = parse(Path::new("run.toml"), text)?;
        check(&systems)?;
        Ok(systems)
    }

    #[test]
    fn the_example_is_the_studys_six() {
        let systems = parsed(EXAMPLE).expect("a run file");
        let settings: Vec<(&str, usize, bool)> = systems
            .iter()
            .map(|s| (s.label.as_str(), s.context, s.refine.on))
            .collect();
        assert_eq!(
            settings,
            [
                ("gpt4-32k-mr", 32768, true),
                ("gpt4-32k", 32768, false),
                ("gpt4-2k", 2048, false),
                ("vicuna-13b", 2048, false),
                ("vicuna-7b", 2048, false),
                ("mpt-7b-instruct", 2048, false)
            ]
        );
        assert!(
            systems
                .iter()
                .all(|s| s.reply == 256 && s.strategy == "recent" && s.record == Form::Lumia)
        );
    }

    #[test]
    fn what_is_not_known_is_named_with_its_line() {
        let error = parsed("[[system]]\nlabel = \"a\"\ncontxt = 5\n").expect_err("a slip");
        assert!(
            error
                .to_string()
                .starts_with("run.toml:3: unknown field `contxt`"),
            "{error}"
        );
        let error = parsed("[[system]]\nlabel = \"a\"\n[system.refine]\non = true\noverlapp = 1\n");
        assert!(
            error
                .expect_err("a slip")
                .to_string()
                .starts_with("run.toml:5:")
        );
        assert!(parsed("").is_err());
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let base = "model = \"m\"\nendpoint = \"http://127.0.0.1:1/v1\"\n";
        for (more, what) in [
            ("label = \"../x\"", "folder"),
            ("label = \"\"", "needed"),
            ("label = \"a\"\nstrategy = \"newest\"", "no strategy newest"),
            ("label = \"a\"\njobs = 0", "at least 1"),
            ("label = \"a\"\nextra = { seed = 1 }", "extra.seed"),
            (
                "label = \"a\"\nstrategy = \"bm25\"\nrefine = { on = true }",
                "whole record",
            ),
            ("label = \"a\"\nkey_env = \"K\"\nkey_file = \"k\"", "both"),
        ] {
            let error = parsed(&format!("[[system]]\n{base}{more}\n")).expect_err(more);
            assert!(error.to_string().contains(what), "{error}");
        }
        let twice = format!("[[system]]\n{base}label = \"a\"\n[[system]]\n{base}label = \"A\"\n");
        assert!(
            parsed(&twice)
                .expect_err("twice")
                .to_string()
                .contains("twice")
        );
    }

    #[test]
    fn a_system_that_was_written_is_read_again() {
        let systems = parsed(EXAMPLE).expect("a run file");
        for system in systems {
            let text = toml::to_string(&system).expect("TOML");
            assert_eq!(toml::from_str::<System>(&text).expect("TOML"), system);
        }
    }
}
