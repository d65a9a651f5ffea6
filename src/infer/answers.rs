//! The answers of one system: `model-responses/<label>/answers.jsonl`, and `system.toml` beside it.
//!
//! In: outcomes. Out: lines, each on the disk before it counts; and what was asked before, so that it is not asked again. The file is only
//! ever added to; a torn or strange line is counted and passed over.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::import::keep::is_import;
use super::ready::Ready;
use super::system::System;
use crate::dataset::model_responses::FOLDER;
use crate::dataset::{Answered, Case, Dataset, Outcome};
use crate::error::{Error, Result};
use crate::files::FileKind;
use crate::files::append::Lines;
use crate::files::private::private_folder;
use crate::files::replace::replace;
use crate::notice::{Notice, Severity};

/// The form of a line.
pub(crate) const VERSION: u32 = 1;

pub(super) const KIND: FileKind = FileKind {
    name: "file of answers",
    option: "--out",
};

/// What names a request: the case and the hash.
type Name = (String, String, String);

/// The answers of one system, open to be added to.
#[derive(Debug)]
pub(crate) struct Answers {
    path: PathBuf,
    lines: Lines,
    done: FxHashMap<Name, Answered>,
    /// The request whose outcome stands for a case: that of the last line which is no step.
    last: FxHashMap<(String, String), String>,
    again: Vec<Outcome>,
}

/// What is beside the answers: all it takes to ask again.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    medalign: String,
    started: String,
    dataset: String,
    fingerprint: String,
    /// The host that records were agreed to go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agreed: Option<String>,
    /// What counted the tokens.
    counted_by: String,
    /// The models that the server said it has.
    #[serde(default)]
    models: Vec<String>,
    prompts: Vec<String>,
    system: System,
}

/// The folder of a system.
pub(crate) fn folder(dataset: &Dataset, out: Option<&Path>, label: &str) -> PathBuf {
    let all = out.map_or_else(|| dataset.root().join(FOLDER), Path::to_owned);
    all.join(label)
}

/// The host that records of these answers were agreed to go to.
pub(crate) fn agreed(folder: &Path) -> Option<String> {
    about(folder).ok().flatten()?.agreed
}

/// What systems answered beside a dataset, those left out whose answers were imported, and the host that records were agreed to go to; or why that cannot be told.
pub(crate) fn systems(root: &Path) -> Vec<Result<(System, Option<String>)>> {
    let folders = std::fs::read_dir(root.join(FOLDER)).into_iter().flatten();
    let mut folders: Vec<PathBuf> = folders.filter_map(|e| Some(e.ok()?.path())).collect();
    folders.sort();
    let all = folders
        .iter()
        .filter(|folder| !is_import(folder))
        .filter_map(|folder| about(folder).transpose());
    all.map(|about| about.map(|about| (about.system, about.agreed)))
        .collect()
}

fn about(folder: &Path) -> Result<Option<About>> {
    let path = folder.join("system.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io(&path, "reading the system", e)),
    };
    let about = toml::from_str(&text).map_err(|_| {
        Error::unreadable(&path, "this is not what a run wrote")
            .hint("take another label, or move the folder away")
    })?;
    Ok(Some(about))
}

/// What stands in a file that is only ever added to, line by line, and notices of lines that are none of it; `what` is the word for one.
pub(crate) fn known<T: DeserializeOwned>(
    path: &Path,
    bytes: &[u8],
    what: &str,
) -> (Vec<T>, Vec<Notice>) {
    let (mut known, mut notices) = (Vec::new(), Vec::new());
    for (at, line) in (1..).zip(bytes.split(|b| *b == b'\n')) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice(line) {
            Ok(one) => known.push(one),
            Err(_) => notices.push(Notice::line(
                Severity::Warning,
                path,
                at,
                format!("no {what} stands here; it was cut off or is of another version, and what lacks is asked again"),
            )),
        }
    }
    (known, notices)
}

impl Answers {
    /// Opens the answers of a system, or makes their folder. Gives notices of lines that are none.
    ///
    /// # Errors
    /// When another run has them open, they are another system's, or cannot be written.
    pub(crate) fn open(
        folder: &Path,
        ready: &Ready,
        dataset: &Dataset,
        models: &[String],
        again: Vec<Outcome>,
    ) -> Result<(Self, Vec<Notice>)> {
        private_folder(folder)?;
        let path = folder.join("answers.jsonl");
        let (lines, bytes) = Lines::open(&path, KIND)?;
        let before = about(folder)?;
        if let Some(before) = &before
            && (before.system.essence() != ready.system.essence()
                || before.prompts != ready.prompts())
        {
            return Err(Error::usage(format!(
                "{}: the answers here are of other settings",
                folder.display()
            ))
            .hint("take another --label, or the settings of its system.toml"));
        }
        let host = ready.system.reach(|_| Some("-".to_owned())).ok();
        let now = About {
            medalign: env!("CARGO_PKG_VERSION").to_owned(),
            started: before
                .as_ref()
                .map_or_else(|| crate::clock::now().to_string(), |b| b.started.clone()),
            dataset: dataset.name().to_owned(),
            fingerprint: dataset.fingerprint().to_owned(),
            agreed: host
                .map(|reach| reach.endpoint)
                .filter(|endpoint| !endpoint.is_here())
                .map(|endpoint| endpoint.host().to_owned()),
            counted_by: ready.counter().name().to_owned(),
            models: models.to_vec(),
            prompts: ready.prompts(),
            system: ready.system.clone(),
        };
        let text =
            toml::to_string(&now).map_err(|_| Error::bug("a system could not be written"))?;
        replace(&folder.join("system.toml"), text.as_bytes())?;
        let mut answers = Answers {
            path,
            lines,
            done: FxHashMap::default(),
            last: FxHashMap::default(),
            again,
        };
        let (known, notices) = known(&answers.path, &bytes, "outcome");
        for answered in known {
            answers.know(answered);
        }
        Ok((answers, notices))
    }

    /// What came of a request before, unless that is to be asked again.
    pub(crate) fn before(&self, case: &Case, request: &str) -> Option<&Answered> {
        let name = (
            case.instruction_id.clone(),
            case.person_id.clone(),
            request.to_owned(),
        );
        let answered = self.done.get(&name)?;
        (!self.again.contains(&answered.outcome)).then_some(answered)
    }

    /// Adds an outcome and waits until it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written, or the file lost its name to another.
    pub(crate) fn add(&mut self, answered: Answered) -> Result<()> {
        let line = serde_json::to_string(&answered)
            .map_err(|e| Error::bug("an outcome could not be written").caused_by(e))?;
        let appended = self.lines.append(&[line]);
        appended.outcome?;
        if appended.renamed {
            return Err(Error::unreadable(
                &self.path,
                "another program replaced the file while it was written",
            )
            .hint("run again: what is lacking is asked again"));
        }
        self.know(answered);
        Ok(())
    }

    /// Sees to it that a known outcome is the one that stands for its case: a question may have been worded anew and is as it was again.
    ///
    /// # Errors
    /// As [`Answers::add`].
    pub(crate) fn stand(&mut self, answered: &Answered) -> Result<()> {
        let (instruction, person, request) = name(answered);
        if self.last.get(&(instruction, person)) == Some(&request) {
            return Ok(());
        }
        self.add(answered.clone())
    }

    fn know(&mut self, answered: Answered) {
        let name = name(&answered);
        if !answered.is_step() {
            let (instruction, person, request) = name.clone();
            self.last.insert((instruction, person), request);
        }
        self.done.insert(name, answered);
    }
}

fn name(answered: &Answered) -> Name {
    (
        answered.instruction.clone(),
        answered.person.clone(),
        answered.request.clone(),
    )
}
