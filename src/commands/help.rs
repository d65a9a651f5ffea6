//! `medalign help`: topics that need more than a line, and the commands' own help.

use std::io::Write;

use clap::CommandFactory;

use crate::cli::Cli;
use crate::commands::output_failed;
use crate::error::{Error, Result};

/// Topics: their names, what they are about, their text.
const TOPICS: &[(&str, &str, &str)] = &[
    (
        "review-file",
        "the file that keeps your judgements",
        include_str!("../../assets/review-file.md"),
    ),
    (
        "datasets",
        "the folders and tables that can be reviewed",
        include_str!("../../assets/datasets.md"),
    ),
    (
        "export",
        "the files that others can read, format by format",
        include_str!("../../assets/export.md"),
    ),
    (
        "several",
        "several reviewers on one dataset",
        include_str!("../../assets/several-reviewers.md"),
    ),
    (
        "keys",
        "writing a keymap of your own",
        include_str!("../../keymaps/default.toml"),
    ),
];

/// Explain a topic, or a command
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// A topic (review-file, datasets, export, several, keys) or a command
    pub topic: Option<String>,
}

/// Prints a topic.
///
/// # Errors
/// When there is no such topic.
pub fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let mut cli = Cli::command();
    let text = match args.topic.as_deref() {
        None => {
            let mut text = cli.render_long_help().to_string();
            text.push_str("\nTopics for `medalign help TOPIC`:\n");
            let topics = TOPICS
                .iter()
                .map(|(name, about, _)| format!("  {name:<12} {about}\n"));
            text.extend(topics);
            text
        }
        Some(topic) => {
            if let Some((_, _, text)) = TOPICS.iter().find(|(name, ..)| *name == topic) {
                (*text).to_owned()
            } else {
                let Some(command) = cli.find_subcommand_mut(topic) else {
                    let known: Vec<&str> = TOPICS.iter().map(|(name, ..)| *name).collect();
                    let what = format!("there is no topic and no command `{topic}`");
                    return Err(Error::usage(what).hint(format!("topics are {}", known.join(", "))));
                };
                command.render_long_help().to_string()
            }
        }
    };
    out.write_all(text.as_bytes()).map_err(output_failed)
}
