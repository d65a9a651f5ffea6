//! `medalign review-file`: look after review files without the screen.
//!
//! In: a review file and its backups. Out: counts, a merged copy, a list of acts. The files named are only read; `recover`
//! writes a new one. Texts of remarks, gold responses and pins are never printed, and model names only when asked for.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::output::{Guard, There};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::files::backup;
use crate::review::line::Reading;
use crate::review::merge::merge;
use crate::review::schema::{FORMAT, SCHEMA};
use crate::review::summary::summary;
use crate::review::{Entry, Ledger};
use crate::text::safe;

/// Check, recover, list or explain review files
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with a review file.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Action {
    /// Count what a file holds, name bad lines and ids that come twice, compare it with its backups
    Verify {
        /// The review file
        path: PathBuf,
    },
    /// Write a new file with every good line of a file, its backups and further copies, each id once
    Recover {
        /// The review file; it may be missing when it has backups
        path: PathBuf,
        /// The file to write; it must not exist
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
        /// A further copy to take lines from; may be given more than once
        #[arg(long, value_name = "PATH")]
        also: Vec<PathBuf>,
    },
    /// List the acts, without their texts
    History {
        /// The review file
        path: PathBuf,
        /// Print model names instead of the letters under which responses were shown
        #[arg(long)]
        names: bool,
    },
    /// Print a JSON Schema of a line
    Schema,
    /// Print the format in words
    Format,
}

/// Does it.
///
/// # Errors
/// When a file cannot be read or written, or `verify` finds problems.
pub(crate) fn run(args: &Args, _config: &Config, out: &mut dyn Write) -> Result<()> {
    match &args.action {
        Action::Verify { path } => verify(path, out),
        Action::Recover {
            path,
            out: to,
            also,
        } => recover(path, to, also, out),
        Action::History { path, names } => history(path, *names, out),
        Action::Schema => print(out, SCHEMA),
        Action::Format => print(out, FORMAT),
    }
}

fn print(out: &mut dyn Write, text: &str) -> Result<()> {
    let wrote = out.write_all(text.as_bytes());
    wrote.map_err(|e| Error::io(Path::new("standard output"), "writing", e))
}

fn print_lines(out: &mut dyn Write, lines: &[String]) -> Result<()> {
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    print(out, &text)
}

/// The bytes of a file that must be there, and what they say.
fn read(path: &Path) -> Result<(Vec<u8>, Reading)> {
    let bytes = std::fs::read(path).map_err(|e| Error::io(path, "reading the review file", e))?;
    let reading = Reading::of(&bytes);
    Ok((bytes, reading))
}

fn verify(path: &Path, out: &mut dyn Write) -> Result<()> {
    let (bytes, reading) = read(path)?;
    let mut first: BTreeMap<&str, (u64, &Entry)> = BTreeMap::new();
    let (mut repeated, mut conflicts) = (Vec::new(), Vec::new());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut reviewers: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &reading.entries {
        *kinds.entry(line.entry.act.kind()).or_default() += 1;
        *reviewers.entry(&line.entry.reviewer).or_default() += 1;
        match first.get(line.entry.id.as_str()) {
            Some((number, entry)) if **entry == line.entry => repeated.push((line.number, *number)),
            Some((number, _)) => conflicts.push((line.number, *number)),
            None => {
                first.insert(&line.entry.id, (line.number, &line.entry));
            }
        }
    }
    let shown = path.display();
    let mut text = Vec::new();
    for bad in &reading.bad {
        text.push(format!("{shown}:{}: bad line: {}", bad.line, bad.why));
    }
    let rest = reading.bad.rest();
    text.extend(rest.map(|rest| format!("{shown}: {rest}")));
    for (line, number) in &repeated {
        text.push(format!(
            "{shown}:{line}: repeats line {number}; without effect"
        ));
    }
    for (line, number) in &conflicts {
        text.push(format!(
            "{shown}:{line}: another act with the id of line {number}; without effect"
        ));
    }
    let listed = |counts: &BTreeMap<&str, usize>| {
        let items = counts.iter().map(|(name, n)| format!("{} {n}", safe(name)));
        items.collect::<Vec<_>>().join(", ")
    };
    let bad = reading.bad.len();
    let entries = reading.entries.len();
    text.push(format!("bytes           {}", bytes.len()));
    text.push(format!("lines           {}; {bad} bad", reading.lines));
    text.push(format!("entries         {entries} ({})", listed(&kinds)));
    text.push(format!("reviewers       {}", listed(&reviewers)));
    text.push(format!(
        "ids twice       {}",
        repeated.len() + conflicts.len()
    ));
    text.push(format!("unknown kinds   {}, kept", reading.unknown_kinds));
    text.push(format!("unknown fields  {}, kept", reading.unknown_fields));
    if reading.torn {
        text.push("last line       has no end; the next act begins a new line".to_owned());
    }
    let mut lost = 0;
    for copy in backup::copies(path)? {
        let (_, there) = read(&copy)?;
        let lacking = there.entries.iter();
        let lacking = lacking.filter(|l| !first.contains_key(l.entry.id.as_str()));
        let lacking = lacking.count();
        lost += lacking;
        let (copy, entries) = (copy.display(), there.entries.len());
        text.push(format!(
            "backup          {copy}: {entries} entries, {lacking} of them not in the file"
        ));
    }
    print_lines(out, &text)?;
    if bad + conflicts.len() + lost > 0 {
        return Err(Error::problems(format!(
            "{shown}: bad lines: {bad}, ids used for two acts: {}, entries that only backups have: {lost}",
            conflicts.len()
        ))
        .hint("`medalign review-file recover` writes a new file with every good line of the file and its backups"));
    }
    Ok(())
}

fn recover(path: &Path, to: &Path, also: &[PathBuf], out: &mut dyn Write) -> Result<()> {
    let mut files: Vec<PathBuf> = Vec::new();
    if path.exists() {
        files.push(path.to_owned());
    }
    files.extend(backup::copies(path)?);
    files.extend(also.iter().cloned());
    if files.is_empty() {
        return Err(Error::unreadable(
            path,
            "neither the file nor a backup of it is there",
        ));
    }
    let guard = Guard::default().reads(&files);
    let place = guard.to(Some(to), There::Stays)?;
    let mut sources = Vec::new();
    let mut readings = Vec::new();
    for file in &files {
        let (bytes, reading) = read(file)?;
        sources.push(bytes);
        readings.push(reading);
    }
    let found: Vec<(usize, usize)> = readings
        .iter()
        .map(|r| (r.entries.len(), r.bad.len()))
        .collect();
    let merged = merge(readings);
    let mut bytes = Vec::new();
    let mut taken = vec![0usize; files.len()];
    for (source, line) in &merged {
        // The line as it was written, with what this version may not know.
        bytes.extend_from_slice(&sources[*source][line.at.clone()]);
        bytes.push(b'\n');
        taken[*source] += 1;
    }
    place.write(&bytes, out)?;
    let mut text = Vec::new();
    for ((file, (entries, bad)), taken) in files.iter().zip(&found).zip(&taken) {
        let file = file.display();
        text.push(format!(
            "{file}: {entries} entries, {bad} bad lines; {taken} entries taken"
        ));
    }
    text.push(format!(
        "{}: {} entries written",
        to.display(),
        merged.len()
    ));
    place.tell(&(text.join("\n") + "\n"), out)
}

fn history(path: &Path, names: bool, out: &mut dyn Write) -> Result<()> {
    let (_, reading) = read(path)?;
    let ledgers = Ledger::by_reviewer(reading.entries.iter().map(|l| l.entry.clone()));
    let mut text = Vec::new();
    for line in &reading.entries {
        let entry = &line.entry;
        let Some(ledger) = ledgers.get(&entry.reviewer) else {
            continue;
        };
        let held = if ledger.holds(&entry.id) {
            ""
        } else {
            "  (undone)"
        };
        let case = entry
            .case
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let told = format!(
            "{:.0}  {}  {case}  {}{held}",
            entry.time,
            entry.reviewer,
            summary(entry, ledger, names)
        );
        text.push(safe(&told).into_owned());
    }
    for bad in &reading.bad {
        text.push(format!("line {}: bad: {}", bad.line, bad.why));
    }
    text.extend(reading.bad.rest());
    print_lines(out, &text)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{Folders, Settings};
    use crate::dataset::CaseKey;
    use crate::review::{Act, Log, Reviewer, Session, Turn, Verdict};

    fn config(folder: &Path) -> Config {
        let folders = Folders {
            config: folder.to_owned(),
            data: folder.to_owned(),
            cache: folder.to_owned(),
        };
        let settings = Settings::default();
        Config { folders, settings }
    }

    fn done(action: Action, folder: &Path) -> (Result<()>, String) {
        let mut out = Vec::new();
        let result = run(&Args { action }, &config(folder), &mut out);
        (result, String::from_utf8(out).expect("UTF-8"))
    }

    /// Three sittings with a remark; the copies of the first two are in `.backup`.
    fn written(folder: &Path) -> PathBuf {
        let path = folder.join("jchen.jsonl");
        let session = Session {
            reviewer: Reviewer::new("jchen").expect("fine"),
            dataset: "clinic".to_owned(),
            fingerprint: "f1".to_owned(),
            seed: 7,
            texts: std::sync::Arc::default(),
        };
        let case = CaseKey {
            instruction: "1".to_owned(),
            person: "2".to_owned(),
        };
        for sitting in 0..3 {
            let mut log = Log::open(&path, &session).expect("opens").log;
            let judge = Act::Judge {
                model: format!("model{sitting}"),
                verdict: Some(Verdict::Correct),
                shown_position: Some(sitting),
                view: None,
            };
            let comment = Act::Comment {
                model: Some(format!("model{sitting}")),
                text: "on apixaban".to_owned(),
            };
            log.append(Some(&case), judge).expect("saved");
            log.append(Some(&case), comment).expect("saved");
            if sitting == 1 {
                log.turn(Turn::Undo).expect("saved");
            }
        }
        path
    }

    #[test]
    fn a_sound_file_is_verified() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = written(dir.path());
        let (result, text) = done(Action::Verify { path }, dir.path());
        result.expect("sound");
        assert!(text.contains("lines           10; 0 bad"), "{text}");
        assert!(text.contains("judge 3") && text.contains("reviewers       jchen 10"));
        assert_eq!(
            text.matches(", 0 of them not in the file").count(),
            2,
            "{text}"
        );
    }

    #[test]
    fn damage_is_named_and_recovered() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = written(dir.path());
        let whole = fs::read_to_string(&path).expect("readable");
        let mut lines: Vec<&str> = whole.lines().collect();
        // A line of the first sitting is damaged, one repeated; the backups have the whole.
        lines[1] = &lines[1][..20];
        lines.push(lines[9]);
        fs::write(&path, lines.join("\n") + "\n").expect("writable");
        let (result, text) = done(Action::Verify { path: path.clone() }, dir.path());
        let error = result.expect_err("damaged").to_string();
        assert!(error.contains("bad lines: 1"), "{error}");
        assert!(
            text.contains("jchen.jsonl:2: bad line: it ends too soon"),
            "{text}"
        );
        assert!(text.contains("jchen.jsonl:11: repeats line 10"), "{text}");
        let to = dir.path().join("recovered.jsonl");
        let recover = || Action::Recover {
            path: path.clone(),
            out: to.clone(),
            also: Vec::new(),
        };
        let (result, text) = done(recover(), dir.path());
        result.expect("recovered");
        assert!(text.contains("10 entries written"), "{text}");
        assert_eq!(fs::read_to_string(&to).expect("readable"), whole);
        done(recover(), dir.path()).0.expect_err("it exists now");
        fs::remove_file(&path).expect("there");
        fs::remove_file(&to).expect("there");
        let (result, _) = done(recover(), dir.path());
        result.expect("from the backups alone");
    }

    #[test]
    fn history_has_no_texts_and_no_names_unless_asked() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = written(dir.path());
        let history = |names| {
            done(
                Action::History {
                    path: path.clone(),
                    names,
                },
                dir.path(),
            )
            .1
        };
        let blind = history(false);
        assert!(
            !blind.contains("model") && !blind.contains("apixaban"),
            "{blind}"
        );
        assert!(blind.contains("1/2  judge: B correct"), "{blind}");
        assert!(
            blind.contains("comment on B: 11 characters  (undone)"),
            "{blind}"
        );
        assert!(history(true).contains("judge: model1 correct"));
    }

    #[test]
    fn the_format_is_printed() {
        let here = Path::new("");
        assert!(done(Action::Schema, here).1.starts_with('{'));
        assert!(
            done(Action::Format, here)
                .1
                .starts_with("# The review file")
        );
    }
}
