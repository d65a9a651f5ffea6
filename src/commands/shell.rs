//! `medalign completions` and `medalign man`: what a shell and its manual know of the program.
//!
//! In: the command line's own description. Out: a completion script, or manual pages. Never: anything that is not in `--help`.

use std::io::Write;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use super::output::{Guard, There};
use super::output_failed;
use crate::cli::Cli;
use crate::error::Result;
use crate::files::private::private_folder;

/// Print a script that completes commands and options in your shell
///
/// For bash: medalign completions bash > ~/.local/share/bash-completion/completions/medalign
///
/// For zsh, into a folder of $fpath: medalign completions zsh > ~/.zfunc/_medalign
///
/// For fish: medalign completions fish > ~/.config/fish/completions/medalign.fish
#[derive(Clone, Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> Result<()> {
    // The generator panics where it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "medalign", &mut script);
    out.write_all(&script).map_err(output_failed)
}

/// Print the manual page, or write one for each command
#[derive(Clone, Debug, clap::Args)]
pub struct ManArgs {
    /// Write the pages of all commands into this folder: medalign.1, medalign-review.1 and so on; they must not exist
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

/// Prints the page, or writes all of them.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn man(args: &ManArgs, out: &mut dyn Write) -> Result<()> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.out else {
        return out.write_all(&page(&command)?).map_err(output_failed);
    };
    private_folder(folder)?;
    let mut pages = vec![("medalign.1".to_owned(), page(&command)?)];
    for of_command in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        // What a page is called, its name line and its synopsis agree.
        let name = format!("medalign-{}", of_command.get_name());
        pages.push((format!("{name}.1"), page(of_command)?));
    }
    let guard = Guard::default();
    let places = pages
        .iter()
        .map(|(name, _)| guard.file(&folder.join(name), There::Stays))
        .collect::<Result<Vec<_>>>()?;
    for (place, (_, page)) in places.iter().zip(&pages) {
        place.write(page)?;
    }
    let written = format!("{} pages written to {}\n", pages.len(), folder.display());
    out.write_all(written.as_bytes()).map_err(output_failed)
}

fn page(command: &clap::Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(command.clone());
    man.render(&mut page).map_err(output_failed)?;
    Ok(page)
}
