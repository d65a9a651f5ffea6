//! `medalign merge`: several review files made one.
//!
//! In: review files, of one reviewer or of several, copies of each other or not, in any order. Out: a new file with each act
//! once, the same bytes whatever the order; what was there twice, what contradicts and what cannot be read is told. The
//! files named are only read, and no text of theirs is printed.

use std::io::Write;
use std::path::PathBuf;

use super::output::{Guard, There};
use crate::error::{Error, Result};
use crate::review::line::Reading;
use crate::review::merge::{LinePlace, Merged};

/// Make one review file of several, with each act once
///
/// Copies of one review, reviews of several people, in any order: the result is the same. Two different acts with one id
/// contradict; one is kept, both are named. Lines that cannot be read are named and left out. The exit code is then 1, and
/// the file is written all the same. Where no file holds an act, none is written.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The review files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The file to write, or `-` for standard output; it must not exist
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Merges and says what was found.
///
/// # Errors
/// When a file cannot be read or written; and, after all is written, when acts contradict or lines cannot be read.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let guard = Guard::default().reads(&args.files);
    let to = guard.to(Some(&args.out), There::Stays)?;
    let mut sources = Vec::new();
    for file in &args.files {
        let bytes =
            std::fs::read(file).map_err(|e| Error::io(file, "reading the review file", e))?;
        sources.push(bytes);
    }
    let readings: Vec<Reading> = sources.iter().map(|b| Reading::of(b)).collect();
    let merged = Merged::of(&readings);
    if merged.lines.is_empty() {
        let bad: usize = readings.iter().map(|r| r.bad.len()).sum();
        return Err(Error::problems(format!(
            "nothing is written: no act is in these files; lines that cannot be read: {bad}"
        ))
        .hint("name review files, as they lie in the dataset's folder under reviews/"));
    }
    to.write(&merged.text(&readings, &sources), out)?;

    let mut text = Vec::new();
    let place = |at: LinePlace| {
        let file = args.files[at.source].display();
        format!("{file}:{}", at.line(&readings).number)
    };
    for (at, (file, reading)) in args.files.iter().zip(&readings).enumerate() {
        let file = file.display();
        let taken = merged.lines.iter().filter(|p| p.source == at).count();
        let repeated = merged
            .repeated
            .iter()
            .filter(|(_, p)| p.source == at)
            .count();
        text.push(format!(
            "{file}: {} acts, {taken} taken, {repeated} there already, {} bad lines",
            reading.entries.len(),
            reading.bad.len()
        ));
        for bad in &reading.bad {
            text.push(format!(
                "{file}:{}: bad line, left out: {}",
                bad.line, bad.why
            ));
        }
        text.extend(reading.bad.rest().map(|rest| format!("{file}: {rest}")));
    }
    for (kept, other) in &merged.conflicts {
        text.push(format!(
            "{}: another act with the id of {}, left out",
            place(*other),
            place(*kept)
        ));
    }
    text.push(format!(
        "{}: {} acts written",
        args.out.display(),
        merged.lines.len()
    ));
    let text = text.join("\n") + "\n";
    to.tell(&text, out)?;
    let bad: usize = readings.iter().map(|r| r.bad.len()).sum();
    if bad + merged.conflicts.len() > 0 {
        return Err(Error::problems(format!(
            "lines that cannot be read: {bad}, acts that contradict: {}",
            merged.conflicts.len()
        ))
        .hint("look at the lines named above; all else is in the merged file"));
    }
    Ok(())
}
