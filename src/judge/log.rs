//! A judge's replies: `judges/<name>/replies.jsonl`, and `judge.toml` beside it.
//!
//! In: what came of each request. Out: lines, each on the disk before it counts, and what is known of a request when a run goes on. The file is
//! only ever added to; a torn or strange line is told of and passed over. A malformed reply is kept as it came.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::dataset::{CaseKey, Dataset, Outcome, Usage};
use crate::error::{Error, Result};
use crate::files::FileKind;
use crate::files::append::Lines;
use crate::files::private::private_folder;
use crate::files::replace::replace;
use crate::infer::answers::known;
use crate::infer::system::System;
use crate::notice::Notice;
use crate::review::shown::Shown;

/// The folder of all judges in a dataset's folder.
const FOLDER: &str = "judges";
/// The form of a line.
const VERSION: u32 = 1;
const KIND: FileKind = FileKind {
    name: "file of a judge's replies",
    option: "--out",
};

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// Marks for all answers.
    Judged,
    /// A whole reply that is not what was asked for.
    Malformed,
    /// A reply that ends at the limit of its length, before the marks do.
    Cut,
    /// The prompt or the reply was held back by a filter.
    Filtered,
    /// It did not fit into the model's context.
    TooLong,
    /// A reply without text.
    Empty,
    /// The server dropped a part of the prompt.
    TruncatedByServer,
    /// Anything else.
    Failed,
}

impl Came {
    pub(crate) const ALL: [Came; 8] = [
        Came::Judged,
        Came::Malformed,
        Came::Cut,
        Came::Filtered,
        Came::TooLong,
        Came::Empty,
        Came::TruncatedByServer,
        Came::Failed,
    ];

    /// The name in files and on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Came::Judged => "judged",
            Came::Malformed => "malformed",
            Came::Cut => Outcome::Cut.name(),
            Came::Filtered => Outcome::Filtered.name(),
            Came::TooLong => Outcome::TooLong.name(),
            Came::Empty => Outcome::Empty.name(),
            Came::TruncatedByServer => Outcome::TruncatedByServer.name(),
            Came::Failed => Outcome::Failed.name(),
        }
    }

    /// Whether another try may do better: the model said something, and not what it was asked for.
    pub(crate) fn may_pass(self) -> bool {
        matches!(self, Came::Malformed | Came::Cut | Came::Empty)
    }

    /// Of an outcome whose text could be read as marks, or not.
    pub(crate) fn of(outcome: Outcome, read: bool) -> Self {
        match outcome {
            Outcome::Answered | Outcome::Cut if read => Came::Judged,
            Outcome::Answered => Came::Malformed,
            Outcome::Cut => Came::Cut,
            Outcome::Filtered => Came::Filtered,
            Outcome::TooLong => Came::TooLong,
            Outcome::Empty => Came::Empty,
            Outcome::TruncatedByServer => Came::TruncatedByServer,
            Outcome::Failed => Came::Failed,
        }
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Replied {
    pub v: u32,
    /// UTC, in the whole milliseconds of a review file.
    pub time: String,
    pub instruction: String,
    pub person: String,
    /// From 1.
    pub round: u32,
    /// Which try at this request, from 1.
    pub attempt: u32,
    pub came: Came,
    /// The models whose answers stood under A, B …
    pub order: Vec<String>,
    /// The texts that were judged.
    pub shown: Shown,
    /// The reply, or what there is of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Why it is no judgement, without a word of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Tokens of the prompt as they were counted here.
    pub prompt_tokens: u64,
    pub seconds: f64,
    /// How often it was sent.
    pub tries: u32,
    /// The hash of the request, without what was said of tries before.
    pub request: String,
    /// The model as the server names it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
}

impl Replied {
    /// A line about a request, to be filled in.
    pub(crate) fn blank(case: &CaseKey, round: u32, order: Vec<String>, shown: Shown) -> Self {
        Replied {
            v: VERSION,
            time: now(),
            instruction: case.instruction.clone(),
            person: case.person.clone(),
            round,
            attempt: 1,
            came: Came::Failed,
            order,
            shown,
            text: String::new(),
            message: String::new(),
            finish_reason: None,
            categories: Vec::new(),
            status: None,
            usage: None,
            prompt_tokens: 0,
            seconds: 0.0,
            tries: 0,
            request: String::new(),
            model: String::new(),
        }
    }
}

/// The clock.
pub(crate) fn now() -> String {
    format!("{:.3}", crate::clock::now())
}

/// What is beside the replies: all it takes to ask again.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    medalign: String,
    started: String,
    dataset: String,
    fingerprint: String,
    /// The host that records were agreed to go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agreed: Option<String>,
    judge: String,
    seed: u64,
    gold: bool,
    prompt: String,
    system: System,
}

/// How a judge is set up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// The judge's name as a reviewer.
    pub judge: String,
    pub system: System,
    /// The words of the prompt.
    pub prompt: String,
    /// Seed of the orders.
    pub seed: u64,
    /// Whether the clinicians' answers are shown.
    pub gold: bool,
}

/// The folder of a judge; `stem` is the name of the review file.
pub(crate) fn folder(dataset: &Dataset, out: Option<&Path>, stem: &str) -> PathBuf {
    let all = out.map_or_else(|| dataset.root().join(FOLDER), Path::to_owned);
    all.join(stem)
}

/// The host that records of this judge were agreed to go to.
pub(crate) fn agreed(folder: &Path) -> Option<String> {
    about(folder).ok().flatten()?.agreed
}

fn about(folder: &Path) -> Result<Option<About>> {
    let path = folder.join("judge.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io(&path, "reading the judge", e)),
    };
    let about = toml::from_str(&text).map_err(|_| {
        Error::unreadable(&path, "this is not what a judge wrote")
            .hint("take another name with --as, or move the folder away")
    })?;
    Ok(Some(about))
}

type Name = (CaseKey, u32, String);

/// A judge's replies, open to be added to.
#[derive(Debug)]
pub(crate) struct Replies {
    path: PathBuf,
    lines: Lines,
    /// The last line about each request, and how many there are.
    done: FxHashMap<Name, (Replied, u32)>,
    /// Those that count, in the order of the file.
    judged: Vec<Replied>,
    again: Vec<Came>,
}

impl Replies {
    /// Opens the replies of a judge, or makes their folder. Gives notices of lines that are none.
    ///
    /// # Errors
    /// When another run has them open, they are of other settings, or cannot be written.
    pub(crate) fn open(
        folder: &Path,
        setup: &Setup,
        dataset: &Dataset,
        again: Vec<Came>,
    ) -> Result<(Self, Vec<Notice>)> {
        private_folder(folder)?;
        let path = folder.join("replies.jsonl");
        let (lines, bytes) = Lines::open(&path, KIND)?;
        let before = about(folder)?;
        let now = About {
            medalign: env!("CARGO_PKG_VERSION").to_owned(),
            started: before
                .as_ref()
                .map_or_else(|| crate::clock::now().to_string(), |b| b.started.clone()),
            dataset: dataset.name().to_owned(),
            fingerprint: dataset.fingerprint().to_owned(),
            agreed: (setup.system.reach(|_| Some("-".to_owned())).ok())
                .map(|reach| reach.endpoint)
                .filter(|endpoint| !endpoint.is_here())
                .map(|endpoint| endpoint.host().to_owned()),
            judge: setup.judge.clone(),
            seed: setup.seed,
            gold: setup.gold,
            prompt: setup.prompt.clone(),
            system: setup.system.clone(),
        };
        if let Some(before) = &before
            && (before.system.essence() != now.system.essence()
                || before.prompt != now.prompt
                || (before.seed, before.gold) != (now.seed, now.gold))
        {
            return Err(Error::usage(format!(
                "{}: the replies here are of other settings",
                folder.display()
            ))
            .hint("take another name with --as, or the settings of its judge.toml"));
        }
        let text = toml::to_string(&now).map_err(|_| Error::bug("a judge could not be written"))?;
        replace(&folder.join("judge.toml"), text.as_bytes())?;
        let mut replies = Replies {
            path,
            lines,
            done: FxHashMap::default(),
            judged: Vec::new(),
            again,
        };
        let (known, notices) = known(&replies.path, &bytes, "reply");
        for replied in known {
            replies.note(replied);
        }
        Ok((replies, notices))
    }

    fn note(&mut self, replied: Replied) {
        if replied.came == Came::Judged {
            self.judged.push(replied.clone());
        }
        let known = self.done.entry(name(&replied));
        let known = known.or_insert_with(|| (replied.clone(), 0));
        *known = (replied, known.1 + 1);
    }

    /// The replies that are judgements, in the order in which they came.
    pub(crate) fn judged(&self) -> &[Replied] {
        &self.judged
    }

    /// What came of a request before, and how often it was tried; nothing where it is to be asked again.
    pub(crate) fn before(&self, case: &CaseKey, round: u32, request: &str) -> Option<(Came, u32)> {
        let name = (case.clone(), round, request.to_owned());
        let (last, times) = self.done.get(&name)?;
        (!self.again.contains(&last.came)).then_some((last.came, *times))
    }

    /// Adds a reply and waits until it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written, or the file lost its name to another.
    pub(crate) fn add(&mut self, replied: Replied) -> Result<()> {
        let line = serde_json::to_string(&replied)
            .map_err(|e| Error::bug("a reply could not be written").caused_by(e))?;
        let appended = self.lines.append(&[line]);
        appended.outcome?;
        if appended.renamed {
            return Err(Error::unreadable(
                &self.path,
                "another program replaced the file while it was written",
            )
            .hint("run again: what is lacking is asked again"));
        }
        self.note(replied);
        Ok(())
    }
}

fn name(replied: &Replied) -> Name {
    let case = CaseKey {
        instruction: replied.instruction.clone(),
        person: replied.person.clone(),
    };
    (case, replied.round, replied.request.clone())
}
