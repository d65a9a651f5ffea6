//! `medalign keys`: the keys as they are in force, or a check of a keymap file.

use std::io::Write;
use std::path::PathBuf;

use crate::commands::output_failed;
use crate::config::Config;
use crate::error::Result;
use crate::tui::action::{TABLE, of};
use crate::tui::keymap::Keymap;

/// Print the keys, or check a keymap file
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Check this file as a delta over the default map, and print nothing else
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
pub fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    if let Some(path) = &args.check {
        Keymap::load("default", None)?.with_file(path)?;
        return writeln!(out, "{}: no mistake found", path.display()).map_err(output_failed);
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
