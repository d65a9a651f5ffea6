//! `medalign doctor`: what the program finds on this machine, for when something looks wrong.
//!
//! In: the environment, the folders, optionally a dataset. Out: facts, each with what to do where it is not as it should
//! be. It changes nothing and prints no text of a record.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::doctor_servers;
use crate::commands::output_failed;
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::files::lock::{self, Lock};
use crate::review::line::Reading;
use crate::review::place::{Reviewer, Seat, review_file};
use crate::search::place::IndexFolder;

/// Say what the program finds
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Look at this dataset too: its review files, and the servers that models were asked at
    #[arg(value_name = "DIR")]
    pub dataset: Option<PathBuf>,
    /// Whose review file
    #[arg(long = "as", value_name = "NAME")]
    pub reviewer: Option<String>,
}

/// Prints what was found.
///
/// # Errors
/// `Problems` when something is not as it should be.
pub(crate) fn run(
    args: &Args,
    config: &Config,
    broken: Option<&Error>,
    out: &mut dyn Write,
) -> Result<()> {
    let mut report = DoctorReport { out, problems: 0 };
    report.line("medalign", env!("CARGO_PKG_VERSION"))?;
    #[cfg(feature = "tui")]
    terminal(&mut report, config)?;
    let folders = &config.folders;
    for (name, path) in [
        ("config folder", &folders.config),
        ("data folder", &folders.data),
        ("cache folder", &folders.cache),
    ] {
        let (state, fine) = folder_state(path);
        report.checked(name, &format!("{} ({state})", path.display()), fine)?;
    }
    indexes(&mut report, &folders.cache)?;
    settings(&mut report, config, broken)?;
    let var = |name: &str| std::env::var(name).ok();
    doctor_servers::network(&mut report, var)?;
    #[cfg(feature = "tui")]
    keymap(&mut report, config)?;
    if let Some(dataset) = &args.dataset {
        reviews(&mut report, dataset, args.reviewer.as_deref(), config)?;
        doctor_servers::servers(&mut report, dataset, var)?;
    }
    match report.problems {
        0 => Ok(()),
        n => Err(Error::problems(format!(
            "{n} things are not as they should be; each line with ! says what to do"
        ))),
    }
}

/// How many search indexes there are, and those of datasets that are gone: terms of their notes lie in them.
fn indexes(report: &mut DoctorReport<'_>, cache: &Path) -> Result<()> {
    let all = IndexFolder::all(cache);
    let gone: Vec<&IndexFolder> = all.iter().filter(|place| place.is_orphan()).collect();
    report.line("search indexes", &all.len().to_string())?;
    for place in gone {
        let what = format!(
            "{} is of a dataset that is gone; `medalign index --delete {0}` deletes it",
            place.folder().display()
        );
        report.checked("search index", &what, false)?;
    }
    Ok(())
}

pub(super) struct DoctorReport<'a> {
    out: &'a mut dyn Write,
    problems: usize,
}

impl DoctorReport<'_> {
    pub(super) fn line(&mut self, name: &str, what: &str) -> Result<()> {
        self.checked(name, what, true)
    }

    pub(super) fn checked(&mut self, name: &str, what: &str, fine: bool) -> Result<()> {
        self.problems += usize::from(!fine);
        let sign = if fine { ' ' } else { '!' };
        writeln!(self.out, "{sign} {name:<16} {what}").map_err(output_failed)
    }
}

#[cfg(feature = "tui")]
fn terminal(report: &mut DoctorReport<'_>, config: &Config) -> Result<()> {
    use crate::tui::terminal::{Clipboard, Facts};
    let facts = Facts::read(|name| std::env::var(name).ok());
    for (name, what) in facts.lines() {
        report.line(name, &what)?;
    }
    let settings = &config.settings;
    let signs = if facts.ascii(settings.ascii) {
        "ASCII"
    } else {
        "Unicode"
    };
    report.line("signs", signs)?;
    let clipboard = Clipboard::new(&facts, settings.clipboard, settings.clipboard_max_bytes);
    report.line("clipboard", &clipboard.describe())
}

/// Whether `config.toml` is in force; where it is broken, nothing but this command starts.
fn settings(report: &mut DoctorReport<'_>, config: &Config, broken: Option<&Error>) -> Result<()> {
    let file = config.folders.settings();
    match broken {
        Some(error) => {
            let hint = error.hint_text().unwrap_or("move it away");
            let what = format!("NOT in force, the reviewer does not start: {error}; {hint}");
            report.checked("settings", &what, false)
        }
        None if file.exists() => report.line("settings", &format!("{} (in force)", file.display())),
        None => {
            let what = format!(
                "{} (not there; the settings stay as they come)",
                file.display()
            );
            report.line("settings", &what)
        }
    }
}

/// Whether the keys that the settings name can be used with the user's own over them; every mistake is named.
#[cfg(feature = "tui")]
fn keymap(report: &mut DoctorReport<'_>, config: &Config) -> Result<()> {
    use crate::tui::keymap::Keymap;
    let user = config.folders.user_keymap();
    let name = &config.settings.keymap;
    let (mistakes, unread) = match Keymap::with_mistakes(name, Some(&user)) {
        Ok((_, mistakes)) => (mistakes, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let fine = mistakes.is_empty() && unread.is_none();
    let found = match (user.exists(), fine) {
        (false, true) => "not there; the keymap stays as it comes".to_owned(),
        (true, true) => format!("in force over `{name}`"),
        (_, false) => format!("with `{name}` NOT in force, the reviewer does not start"),
    };
    let what = format!("{} ({found})", user.display());
    report.checked("your keymap", &what, fine)?;
    if let Some(error) = unread {
        let hint = error.hint_text().unwrap_or("check the path");
        report.line("", &format!("{error}; {hint}"))?;
    }
    for mistake in mistakes {
        report.line("", &format!("{mistake}; {}", mistake.hint))?;
    }
    Ok(())
}

/// What a folder is like, and whether that is as it should be.
fn folder_state(path: &Path) -> (String, bool) {
    let Ok(meta) = std::fs::metadata(path) else {
        return ("not there yet; made when needed".to_owned(), true);
    };
    if !meta.is_dir() {
        return ("this is no folder: move it away".to_owned(), false);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = meta.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return (
                format!("mode {mode:03o}: others can look into it; chmod 700 it"),
                false,
            );
        }
    }
    if !crate::files::private::is_writable(path) {
        return (
            "cannot be written: judgements cannot be saved here".to_owned(),
            false,
        );
    }
    ("private, writable".to_owned(), true)
}

fn reviews(
    report: &mut DoctorReport<'_>,
    root: &Path,
    reviewer: Option<&str>,
    config: &Config,
) -> Result<()> {
    let dataset = Dataset::open(root)?;
    report.line(
        "dataset",
        &format!(
            "{}: {} cases; {} notices on its tables and folders; records are not looked into here, `medalign check {}` does that",
            dataset.name(),
            dataset.cases().len(),
            dataset.notices().len(),
            root.display()
        ),
    )?;
    let seat = Seat {
        dataset: dataset.root(),
        name: dataset.name(),
        data: &config.folders.data,
        asked: None,
    };
    let files = match reviewer {
        Some(name) => vec![review_file(&seat, &Reviewer::new(name)?).0],
        None => seat.all_files()?,
    };
    if files.is_empty() {
        report.line("review files", "none yet")?;
    }
    for file in files {
        if !file.exists() {
            report.line("review file", &format!("{}: not there yet", file.display()))?;
            continue;
        }
        let bytes =
            std::fs::read(&file).map_err(|e| Error::io(&file, "reading the review file", e))?;
        let reading = Reading::of(&bytes);
        let last = reading
            .entries
            .iter()
            .map(|l| &l.entry)
            .filter(|e| e.act.kind() == "judge")
            .map(|e| e.time)
            .max();
        let last = last.map_or_else(
            || "no judgement yet".to_owned(),
            |t| format!("last judgement saved {t}"),
        );
        let what = format!(
            "{}: {} lines, {} bad; {last}",
            file.display(),
            reading.entries.len(),
            reading.bad.len()
        );
        report.checked("review file", &what, reading.bad.is_empty())?;
        if let Some(owner) = lock::holder(&Lock::path_for(&file)) {
            report.line("  in use by", &owner)?;
        }
    }
    Ok(())
}
