//! Which review files a command reads, and what holds in them.
//!
//! In: a dataset and the data folder, or files that were named. Out: one ledger a reviewer, and a notice for each line that
//! cannot be read. Never: a line that is passed over without being told.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::report::judge::Machines;
use crate::report::observations::Observations;
use crate::review::counted::Rules;
use crate::review::line::{BadLine, Reading};
use crate::review::place::Seat;
use crate::review::{Act, Entry, Ledger, Texts, earlier, merge};

/// What holds in review files.
#[derive(Debug, Default)]
pub(super) struct Reviews {
    /// By reviewer.
    pub ledgers: BTreeMap<String, Ledger>,
    /// The lines that cannot be read, and what else is to be told.
    pub bad: Vec<Notice>,
}

/// Every reviewer's file of a dataset, in its folder and in the data folder.
///
/// # Errors
/// When a folder cannot be listed.
pub(super) fn files(dataset: &Dataset, config: &Config) -> Result<Vec<PathBuf>> {
    let seat = Seat {
        dataset: dataset.root(),
        name: dataset.name(),
        data: &config.folders.data,
        asked: None,
    };
    seat.all_files()
}

/// The review files in the dataset's folder, or in the data folder.
pub(super) fn own_files(dataset: &Dataset, config: &Config) -> Result<Vec<PathBuf>> {
    let files = files(dataset, config)?;
    if files.is_empty() {
        let error = Error::unreadable(dataset.root(), "nobody has reviewed this dataset yet");
        return Err(error.hint("name a review file with --reviews if it is kept elsewhere"));
    }
    Ok(files)
}

/// Those of the files that a model which judges began.
pub(super) fn of_machines(files: Vec<PathBuf>) -> Vec<PathBuf> {
    let begun_by_one = |path: &PathBuf| -> std::io::Result<bool> {
        let mut line = Vec::new();
        BufReader::new(File::open(path)?).read_until(b'\n', &mut line)?;
        let entry = Entry::from_line(line.trim_ascii_end()).ok();
        Ok(entry.is_some_and(|entry| match entry.act {
            Act::Session { machine, .. } => machine.is_some(),
            _ => false,
        }))
    };
    // One that cannot be read is told of where it is read.
    let mut files = files;
    files.retain(|path| begun_by_one(path).unwrap_or(false));
    files
}

impl Reviews {
    /// Reads files, copies and backups of one file among them in any order.
    ///
    /// # Errors
    /// When a file is not there or cannot be read.
    pub(super) fn read(files: &[PathBuf], dataset: &Dataset) -> Result<Reviews> {
        let mut bad = Vec::new();
        let mut readings = Vec::new();
        for file in files {
            std::fs::metadata(file).map_err(|e| Error::io(file, "reading the review file", e))?;
            let reading = Reading::of_file(file)?;
            let told = |bad: &BadLine| format!("the line is left out: {}", bad.why);
            bad.extend(reading.bad.notices(file, told));
            readings.push(reading);
        }
        for (kept, other) in merge::Merged::of(&readings).conflicts {
            let [kept, other] = [kept, other].map(|p| (p.source, p.line(&readings).number));
            let what = format!(
                "another act with the id of {}:{}, left out; `medalign merge` names all of them",
                files[kept.0].display(),
                kept.1
            );
            bad.push(Notice::line(
                Severity::Error,
                &files[other.0],
                other.1,
                what,
            ));
        }
        let merged = merge::merge(readings);
        let mut ledgers = Ledger::by_reviewer(merged.into_iter().map(|(_, line)| line.entry));
        let texts = Arc::new(Texts::of(dataset.cases()));
        for ledger in ledgers.values_mut() {
            ledger.hold_against(texts.clone());
        }
        Ok(Reviews { ledgers, bad })
    }

    /// Without the models that judge.
    pub(super) fn of_people(mut self) -> Self {
        self.ledgers.retain(|_, ledger| ledger.machine().is_none());
        self
    }

    /// What models that judge say in all their rounds, and which they are. They are counted here by the same rules as people.
    pub(super) fn machines(&self, dataset: &Dataset, rules: Rules) -> Machines {
        let ledgers = self.ledgers.iter();
        let theirs = ledgers.filter_map(|(name, ledger)| Some((name, ledger, ledger.machine()?)));
        let theirs: Vec<_> = theirs.collect();
        let ledgers = theirs.iter();
        let ledgers = ledgers.map(|(name, ledger, _)| ((*name).clone(), (*ledger).clone()));
        let rules = Rules {
            machines: true,
            ..rules
        };
        Machines {
            said: Observations::from_ledgers(dataset.cases(), rules.count(ledgers.collect(), None)),
            are: theirs
                .into_iter()
                .map(|(name, _, machine)| (name.clone(), machine.clone()))
                .collect(),
        }
    }

    /// What is to be known of the texts that each reviewer's marks are of; `root` is the dataset's folder.
    pub(super) fn of_texts(&self, root: &Path) -> Vec<Notice> {
        let each = self.ledgers.values().flat_map(|ledger| {
            let [left_out, trusted] = earlier::told(ledger);
            let left_out = left_out.map(|what| (Severity::Warning, what));
            left_out
                .into_iter()
                .chain(trusted.map(|what| (Severity::Info, what)))
        });
        each.map(|(severity, what)| Notice::file(severity, root, what))
            .collect()
    }

    /// Prints what cannot be read.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn tell(&self, to: &mut dyn Write) -> Result<()> {
        for notice in &self.bad {
            writeln!(to, "{notice}").map_err(super::output_failed)?;
        }
        Ok(())
    }
}
