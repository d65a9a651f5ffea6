//! `medalign keys`: the keys as they are in force, or a check of a keymap file.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::commands::output_failed;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::tui::action::{TABLE, of};
use crate::tui::keymap::{Keymap, Mistake};

/// Print the keys, or check a keymap file
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Check this file as a delta over each of the maps, or over that of `--keymap`; name every mistake
    #[arg(long, value_name = "FILE")]
    pub check: Option<PathBuf>,
    /// Keys: default, vim, emacs, or a keymap file
    #[arg(long, value_name = "KEYMAP")]
    pub keymap: Option<String>,
    /// Print every action that a keymap file can name
    #[arg(long)]
    pub actions: bool,
}

/// Prints or checks.
///
/// # Errors
/// When a keymap is wrong, naming file and line.
pub(crate) fn run(
    args: &Args,
    config: impl FnOnce() -> Result<Config>,
    out: &mut dyn Write,
) -> Result<()> {
    if let Some(path) = &args.check {
        return check(path, args.keymap.as_deref(), out);
    }
    if args.actions {
        for entry in TABLE {
            let layers: Vec<&str> = entry.layers.iter().map(|l| l.name()).collect();
            writeln!(
                out,
                "{:<20} {:<42} {}",
                entry.name,
                layers.join(" "),
                entry.doc
            )
            .map_err(output_failed)?;
        }
        return Ok(());
    }
    let config = config()?;
    let user = config.folders.user_keymap();
    let name = args.keymap.as_deref().unwrap_or(&config.settings.keymap);
    let map = Keymap::load(name, Some(&user))?;
    let mut last = None;
    for (layer, keys, action) in map.all() {
        if last != Some(layer) {
            writeln!(
                out,
                "{}[{}]  {}",
                if last.is_some() { "\n" } else { "" },
                layer.name(),
                layer.title()
            )
            .map_err(output_failed)?;
            last = Some(layer);
        }
        let entry = of(action);
        writeln!(out, "  {keys:<10} {:<20} {}", entry.name, entry.doc).map_err(output_failed)?;
    }
    Ok(())
}

/// Names every mistake of a file, and over which maps it is one.
fn check(path: &Path, base: Option<&str>, out: &mut dyn Write) -> Result<()> {
    // A file that is not there is laid over nothing.
    std::fs::metadata(path).map_err(|e| Error::io(path, "reading the keymap", e))?;
    let bases = base.map_or(["default", "vim", "emacs"].to_vec(), |base| vec![base]);
    let mut found: Vec<(Mistake, Vec<&str>)> = Vec::new();
    for base in &bases {
        for mistake in Keymap::with_mistakes(base, Some(path))?.1 {
            match found.iter_mut().find(|(m, _)| *m == mistake) {
                Some((_, over)) => over.push(base),
                None => found.push((mistake, vec![base])),
            }
        }
    }
    for (mistake, over) in &found {
        let over = if over.len() == bases.len() {
            String::new()
        } else {
            format!(" (over {})", over.join(" and "))
        };
        writeln!(out, "{mistake}{over}\n  to try: {}", mistake.hint).map_err(output_failed)?;
    }
    let name = path.display();
    let what = match found.len() {
        0 => {
            let over = bases.join(", ");
            return writeln!(out, "{name}: no mistake found over {over}").map_err(output_failed);
        }
        1 => format!("{name}: 1 mistake"),
        n => format!("{name}: {n} mistakes"),
    };
    let error = Error::usage(what);
    Err(if found.iter().all(|(_, over)| over.len() < bases.len()) {
        error.hint("`--keymap` beside `--check` names the map that the file is meant for")
    } else {
        error
    })
}
