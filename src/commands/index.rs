//! `medalign index`: the index of ranked search: make it, bring it up to date, look at it, delete it.
//!
//! In: a dataset. Out: an index in the cache folder, private to the user. The dataset's own files are only read. It can be
//! stopped at any time: the index stays as its last commit left it.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::commands::output_failed;
use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::notice::Notice;
use crate::search::build::{Built, Progress, State, build, delete, left_out, state};
use crate::search::{Engine, IndexFolder};
use crate::work::Cancel;
use crate::work::progress::{Progress as Bar, Unit};

/// Make the index for ranked search, or bring it up to date
///
/// Only records that are new or changed are read. `search` does the same by itself. The index lies in the cache folder, is
/// readable by you alone, and can be deleted at any time.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A dataset folder, a folder of records, or one record file; to delete, also one that is gone, or the index's own folder
    #[arg(value_name = "DIR", required_unless_present = "list")]
    pub dataset: Option<PathBuf>,
    /// Forget the index and make it anew
    #[arg(long, group = "what")]
    pub rebuild: bool,
    /// Delete the index
    #[arg(long, group = "what")]
    pub delete: bool,
    /// List all indexes in the cache folder, also those of datasets that are gone
    #[arg(long, group = "what", conflicts_with = "dataset")]
    pub list: bool,
    /// Say what is there, and change nothing; all files are checked
    #[arg(long, group = "what")]
    pub status: bool,
}

/// Does as asked.
///
/// # Errors
/// When the index cannot be written, another program is building it, records are left out, or, with `--status`, the
/// index is missing, damaged, or out of date.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let cache = &config.folders.cache;
    let Some(path) = &args.dataset else {
        return list(cache, out);
    };
    if args.delete {
        let place = to_delete(path, cache)?;
        let word = if delete(&place)? {
            "deleted"
        } else {
            "there is none"
        };
        return writeln!(out, "{}: {word}", place.folder().display()).map_err(output_failed);
    }
    let dataset = Dataset::open(path)?;
    let place = IndexFolder::of(&dataset, cache);
    if args.status {
        return status(&dataset, &place, out);
    }
    let built = update(&dataset, &place, args.rebuild)?;
    if let Some(why) = &built.anew {
        writeln!(out, "made anew: {why}").map_err(output_failed)?;
    }
    writeln!(
        out,
        "{}: {} records indexed ({} events), {} unchanged, {} removed; {:.1} MB",
        place.folder().display(),
        built.indexed,
        built.events,
        built.kept,
        built.removed,
        place.bytes() as f64 / 1e6
    )
    .map_err(output_failed)?;
    let unread = super::tell_unread(&dataset);
    super::left_out(built.notices.len() + unread, "in the index")
}

/// The index of a dataset that is there, or was there, or the one in this folder itself.
fn to_delete(path: &Path, cache: &Path) -> Result<IndexFolder> {
    let absolute = path.canonicalize().or_else(|_| std::path::absolute(path));
    let absolute = absolute.unwrap_or_else(|_| path.to_owned());
    let kept = IndexFolder::all(cache).into_iter().find(|place| {
        place.dataset() == Some(&absolute)
            || place.folder().canonicalize().ok().as_ref() == Some(&absolute)
    });
    if let Some(place) = kept {
        return Ok(place);
    }
    let dataset = Dataset::open(path).map_err(|e| {
        e.hint("`medalign index --list` names all indexes; --delete takes their folders, too")
    })?;
    Ok(IndexFolder::of(&dataset, cache))
}

/// All indexes, and whose they are.
fn list(cache: &Path, out: &mut dyn Write) -> Result<()> {
    let all = IndexFolder::all(cache);
    if all.is_empty() {
        return writeln!(out, "{}: no index", cache.display()).map_err(output_failed);
    }
    for place in all {
        let of = match place.dataset() {
            Some(dataset) if place.is_orphan() => {
                format!("of {}, which is GONE", dataset.display())
            }
            Some(dataset) => format!("of {}", dataset.display()),
            None => "of a dataset that an earlier version did not note".to_owned(),
        };
        writeln!(
            out,
            "{}: {:.1} MB, {of}",
            place.folder().display(),
            place.bytes() as f64 / 1e6
        )
        .map_err(output_failed)?;
    }
    Ok(())
}

fn status(dataset: &Dataset, place: &IndexFolder, out: &mut dyn Write) -> Result<()> {
    let found = state(dataset, place, true);
    let (line, hint) = match &found {
        State::Missing => (
            "there is no index".to_owned(),
            "make it with `medalign index DIR`",
        ),
        State::Damaged(why) => (
            format!("the index cannot be used: {why}"),
            "make it anew with --rebuild",
        ),
        State::Ready {
            records,
            events,
            stale,
            gone,
        } => {
            // Opening a reader shows that it can be searched.
            Engine::open(place)?;
            let line = format!(
                "{records} records, {events} events, {:.1} MB; {stale} records are new or changed, {gone} are gone",
                place.bytes() as f64 / 1e6
            );
            (line, "bring it up to date with `medalign index DIR`")
        }
    };
    writeln!(out, "{}: {line}", place.folder().display()).map_err(output_failed)?;
    if found.is_current() {
        let notices = left_out(dataset, place);
        tell(&notices);
        let unread = super::tell_unread(dataset);
        super::left_out(notices.len() + unread, "in the index")
    } else {
        Err(Error::problems("the index is not up to date").hint(hint))
    }
}

/// Brings the index up to date, with progress and notices on standard error.
///
/// # Errors
/// As [`build`].
pub(crate) fn update(dataset: &Dataset, place: &IndexFolder, anew: bool) -> Result<Built> {
    let mut bar = None;
    let mut progress = |now: Progress| {
        let bar = bar.get_or_insert_with(|| Bar::begin("indexing", now.of_bytes, Unit::Bytes));
        bar.note(format!("{} of {} records", now.records, now.of_records));
        bar.set(now.bytes);
    };
    let built = build(dataset, place, anew, &mut progress, &Cancel::default());
    drop(bar);
    let built = built?;
    tell(&built.notices);
    Ok(built)
}

/// Names the records that are left out.
pub(super) fn tell(notices: &[Notice]) {
    let mut err = crate::sink::stderr();
    for notice in notices {
        // A closed standard error is nobody's error.
        let _ = writeln!(err, "{notice}");
    }
}
