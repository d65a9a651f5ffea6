//! `medalign help`: topics that need more than a line, and the commands' own help.

use std::io::Write;

use clap::{Command, CommandFactory};

use crate::cli::Cli;
use crate::commands::output_failed;
use crate::error::{Error, Result};
use crate::text::within;

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
        "judge",
        "a model as one more reviewer",
        include_str!("../../assets/judge.md"),
    ),
    (
        "lists",
        "by which rules the reviewer lists drugs, problems and labs",
        include_str!("../../assets/lists.md"),
    ),
    (
        "models",
        "language models for `medalign score`, and where their files go",
        include_str!("../../assets/models.md"),
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
    /// A topic (review-file, datasets, export, several, judge, lists, models, keys) or a command
    pub topic: Vec<String>,
}

/// Prints a topic.
///
/// # Errors
/// When there is no such topic.
pub(crate) fn run(args: &Args, out: &mut dyn Write) -> Result<()> {
    let mut cli = Cli::command();
    // Only then a command's usage names the program, too.
    cli.build();
    let text = match &args.topic[..] {
        [] => {
            let mut text = cli.render_long_help().to_string();
            text.push_str("\nTopics for `medalign help TOPIC`:\n");
            let topics = TOPICS
                .iter()
                .map(|(name, about, _)| format!("  {name:<12} {about}\n"));
            text.extend(topics);
            text
        }
        [topic] if let Some((_, _, text)) = TOPICS.iter().find(|(name, ..)| name == topic) => {
            (*text).to_owned()
        }
        path => {
            let mut command = cli;
            for name in path {
                let Some(found) = command.find_subcommand(name) else {
                    return Err(unknown(&command, name));
                };
                command = found.clone();
            }
            command.render_long_help().to_string()
        }
    };
    out.write_all(text.as_bytes()).map_err(output_failed)
}

/// What there is in place of a name that is neither a topic nor a command.
fn unknown(command: &Command, asked: &str) -> Error {
    let topics = TOPICS.iter().map(|(name, ..)| *name);
    let commands = command.get_subcommands().map(Command::get_name);
    let mut near: Vec<(usize, &str)> = topics
        .clone()
        .chain(commands)
        .filter_map(|name| Some((distance(asked, name)?, name)))
        .collect();
    near.sort_unstable();
    near.dedup();
    let known: Vec<&str> = topics.collect();
    let topics = format!("topics are {}", known.join(", "));
    let hint = match &near[..] {
        [] => topics,
        near => {
            let near: Vec<String> = near.iter().take(3).map(|(_, n)| format!("`{n}`")).collect();
            format!("did you mean {}? {topics}", near.join(" or "))
        }
    };
    Error::usage(format!("there is no topic and no command `{asked}`")).hint(hint)
}

/// How far a name is from what was typed; nothing where they are not alike.
fn distance(asked: &str, name: &str) -> Option<usize> {
    let asked = asked.to_lowercase().replace('_', "-");
    let most = if asked.chars().count() < 5 { 1 } else { 2 };
    let near = (1..=most).find(|most| within(&asked, name, *most));
    let begins = asked.len() > 1 && (name.starts_with(&asked) || asked.starts_with(name));
    near.or(begins.then_some(most + 1))
}
