//! `medalign import instructions`: the answers of a web form in, a table of instructions without near-duplicates out.
//!
//! In: a CSV or TSV form, optionally a taxonomy. Out: the table, beside it what was dropped because of what and the pairs
//! that were close, so that a person can disagree. Never: an instruction that is neither kept nor listed as dropped.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use unicode_segmentation::UnicodeSegmentation;

use super::collected;
use super::decisions::Decisions;
use super::format::Format;
use super::instructions_summary::{self, Label};
use super::output::{Guard, OutputFile, There};
use crate::config::Config;
use crate::dataset::Subcategory;
use crate::dataset::collect::{self, Field, Form, Mapping};
use crate::dataset::table::Table;
use crate::error::{Error, Result};
use crate::metrics::near::{Close, Found, Measure, Text};
use crate::metrics::rouge::Tokenizer;
#[cfg(feature = "tui")]
use crate::tui::{terminal::Options, theme::Theme};

/// How far below the threshold a pair still is borderline.
const MARGIN: f64 = 0.1;

/// Collect instructions from a web form's answers, without near-duplicates.
///
/// FORM is the form's export: a header with the form's questions, one answer a row. Columns are recognised by their
/// names; --map says it explicitly. Columns that are not recognised are passed through.
///
/// An instruction is dropped when its ROUGE-L with an earlier, kept one is above the threshold (`rouge_score`'s
/// tokens, F-measure). FILE gets what is kept, FILE.dropped.tsv what was dropped because of what and with which score,
/// FILE.borderline.tsv the pairs that reach the threshold less 0.1 and not more.
///
/// With --review a screen shows these pairs side by side: `s` says that two ask the same, `d` that they differ. What is
/// decided is kept in FILE.decisions.jsonl and stands above the score, now and whenever the form is imported again.
///
/// Where the form has no ids, an instruction's id is 1,000,000,000 plus the 64-bit FNV-1a hash of its words (joined by
/// single blanks) modulo 9,000,000,000. The exit code is 1 when categories are not in the taxonomy or ids are unusable.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The form's answers (CSV or TSV).
    pub form: PathBuf,
    /// The table to write (tab separated).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Take a column (by its header, or `#3` by number) as a field: `instruction_id`, `question`, `category`, `subcategory`,
    /// `submitter_specialty`, `patient_characteristics`, `clinical_context`, `submitted_at`, `source`, or `drop`.
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = parse_map)]
    pub maps: Vec<(String, Field)>,
    /// Check categories against this taxonomy (columns category and subcategory).
    #[arg(long, value_name = "FILE")]
    pub taxonomy: Option<PathBuf>,
    /// Drop instructions above this ROUGE-L, 0 to 1; 1 keeps all.
    #[arg(long, value_name = "THRESHOLD", default_value_t = 0.7, value_parser = parse_threshold)]
    pub dedupe: f64,
    /// Which number of ROUGE-L counts.
    #[arg(long, value_enum, default_value_t = ScoreArg::F)]
    pub score: ScoreArg,
    /// Compare Porter stems instead of words.
    #[arg(long)]
    pub stem: bool,
    /// How instructions become words.
    #[arg(long, value_enum, default_value_t = TokensArg::Rouge, conflicts_with = "stem")]
    pub tokens: TokensArg,
    /// Replace the files if they are there already.
    #[arg(long)]
    pub overwrite: bool,
    /// Look at the pairs that are close, and decide them on a screen.
    #[cfg(feature = "tui")]
    #[arg(long)]
    pub review: bool,
    /// Who decides, with --review; the login name unless said.
    #[cfg(feature = "tui")]
    #[arg(long = "as", value_name = "NAME", requires = "review")]
    pub reviewer: Option<String>,
    /// How to print what was done.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Which number of ROUGE-L counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScoreArg {
    /// The F-measure.
    F,
    /// Precision: the share of the later instruction that is in the earlier one.
    P,
    /// Recall: the share of the earlier instruction that is in the later one.
    R,
}

/// How instructions become words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TokensArg {
    /// As `rouge_score` does: lower case, ASCII letters and digits.
    Rouge,
    /// At white space, case and punctuation kept.
    Split,
    /// Words of any script, in lower case; use this for other alphabets than Latin.
    Words,
}

fn parse_map(text: &str) -> std::result::Result<(String, Field), String> {
    let (column, name) = text
        .rsplit_once('=')
        .ok_or("write COLUMN=FIELD, for example 'Your request=question'")?;
    let field = Field::ALL.into_iter().find(|f| f.name() == name.trim());
    match field {
        Some(field) => Ok((column.trim().to_owned(), field)),
        None => Err(format!(
            "no field {name}; there are {}",
            Field::ALL.map(Field::name).join(", ")
        )),
    }
}

fn parse_threshold(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(n) if (0.0..=1.0).contains(&n) => Ok(n),
        _ => Err("a number from 0 to 1".to_owned()),
    }
}

/// Imports a form and prints what was done; gives back the exit code.
///
/// # Errors
/// When a file cannot be read or written or the form's columns are not understood; and, after all is written, when
/// labels are not in the taxonomy, ids are unusable, or decisions are.
pub(crate) fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<u8> {
    let beside = |ending: &str| {
        let mut name = args.out.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let paths = [
        args.out.clone(),
        beside(".dropped.tsv"),
        beside(".borderline.tsv"),
    ];
    let decisions_path = beside(".decisions.jsonl");
    if args.out == Path::new("-") {
        return Err(Error::usage("there are several files to write").hint("name a file with --out"));
    }
    let guard = Guard::default().reads(std::iter::once(&args.form).chain(&args.taxonomy));
    let place = |path: &PathBuf| guard.file(path, There::Option("--overwrite", args.overwrite));
    let places = paths
        .iter()
        .map(place)
        .collect::<Result<Vec<OutputFile>>>()?;
    guard.review_file(&decisions_path)?;
    let table = Table::read(&args.form)?;
    let mapping = Mapping::new(&table, &args.maps)?;
    let mut form = Form::read(&table, &mapping);
    let unknown = match &args.taxonomy {
        Some(path) => collect::apply_taxonomy(&mut form.submissions, &read_taxonomy(path)?),
        None => Vec::new(),
    };
    let mut close = close(args, &form);
    let write = |found: &Found| {
        collected::write(&places[0], &collected::kept(&table, &mapping, &form, found))?;
        collected::write(&places[1], &collected::dropped(&form, found))?;
        collected::write(&places[2], &collected::borderline(&form, found))
    };
    let mut decide = || -> Result<(Decisions, Found)> {
        let decisions = Decisions::read(&decisions_path, &form)?;
        let found = close.found(&decisions.decided);
        write(&found)?;
        Ok((decisions, found))
    };
    let outcome = decide()?;
    #[cfg(feature = "tui")]
    let (outcome, code) = if args.review {
        let code = review(args, config, &decisions_path, &form)?;
        (decide()?, code)
    } else {
        (outcome, 0)
    };
    #[cfg(not(feature = "tui"))]
    let (code, _) = (0, config);
    let (decisions, found) = outcome;

    let mut summary = instructions_summary::summary(args, &table, &mapping, &form, &found);
    summary.unknown_labels = unknown.iter().map(Label::of).collect();
    summary.files = paths.iter().map(|p| p.display().to_string()).collect();
    summary.stale_decisions = decisions.stale;
    summary.bad_decision_lines = decisions.bad;
    let text = match args.format {
        Format::Text => summary.to_text(),
        Format::Json => {
            serde_json::to_string_pretty(&summary)
                .map_err(|e| Error::bug(format!("writing the summary: {e}")))?
                + "\n"
        }
    };
    out.write_all(text.as_bytes())
        .map_err(super::output_failed)?;
    let problems =
        summary.unknown_labels.len() + summary.repeated_ids.len() + summary.spoilt_ids.len();
    if problems > 0 {
        return Err(
            Error::problems(format!("{problems} problems in the form: see the summary"))
                .hint("correct the rows named there and import again with --overwrite"),
        );
    }
    if decisions.bad > 0 {
        return Err(Error::problems(format!(
            "{}: {} lines cannot be read",
            decisions_path.display(),
            decisions.bad
        ))
        .hint("`medalign review-file verify` names them"));
    }
    Ok(code)
}

/// The instructions, to be compared.
fn close(args: &Args, form: &Form) -> Close {
    let measure = match args.score {
        ScoreArg::F => Measure::F,
        ScoreArg::P => Measure::Precision,
        ScoreArg::R => Measure::Recall,
    };
    let all = form.submissions.iter().map(|s| Text {
        whole: s.question.clone(),
        tokens: tokens(args, &s.question),
        partial: is_partial(args, &s.question),
    });
    let all: Vec<Text> = all.collect();
    Close::of(&all, measure, args.dedupe, MARGIN)
}

fn tokens(args: &Args, question: &str) -> Vec<String> {
    match args.tokens {
        TokensArg::Rouge => Tokenizer::Rouge { stem: args.stem }.tokens(question),
        TokensArg::Split => Tokenizer::Split.tokens(question),
        TokensArg::Words => {
            let lower = question.to_lowercase();
            lower.unicode_words().map(str::to_owned).collect()
        }
    }
}

/// Whether an instruction has letters that its tokens leave out.
pub(super) fn is_partial(args: &Args, question: &str) -> bool {
    args.tokens == TokensArg::Rouge && question.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
}

/// Shows the close pairs on a screen; gives back its exit code.
#[cfg(feature = "tui")]
fn review(args: &Args, config: &Config, path: &Path, form: &Form) -> Result<u8> {
    use crate::review::{Log, Reviewer, Session};
    use crate::tui::pairs::{self, Start};

    let name = args
        .reviewer
        .clone()
        .or_else(super::review::login)
        .ok_or_else(|| {
            Error::usage("your login name is not known").hint("say who decides: --as NAME")
        })?;
    let dataset = args.form.file_name().unwrap_or_default();
    let session = Session {
        reviewer: Reviewer::new(&name)?,
        dataset: dataset.to_string_lossy().into_owned(),
        fingerprint: String::new(),
        seed: 0,
        texts: std::sync::Arc::default(),
    };
    let (facts, keymap) = super::review::outlook(config, None)?;
    let opened = Log::open(path, &session)?;
    // Decisions of before the file was locked may have been added to by another session.
    let decisions = Decisions::read(path, form)?;
    pairs::run(
        Start {
            form: dataset.to_string_lossy().into_owned(),
            submissions: form.submissions.clone(),
            close: close(args, form),
            threshold: args.dedupe,
            decided: decisions.decided,
            log: opened.log,
            notices: opened.notices,
            reviewer: name,
            keymap,
            theme: Theme {
                ascii: facts.ascii(config.settings.ascii || config.settings.plain),
                plain: config.settings.plain,
            },
            utc_offset_minutes: super::review::utc_offset_minutes(),
        },
        Options {
            mouse: false,
            colours: facts.colours > 0 && !facts.no_color,
            fast: facts.local,
        },
    )
}

fn read_taxonomy(path: &Path) -> Result<Vec<Subcategory>> {
    let table = Table::read(path)?.whole()?;
    let column = |name: &str| {
        table.column(name).ok_or_else(|| {
            Error::unreadable(
                path,
                format_args!(
                    "line 1: the column {name} is missing; {}",
                    table.header_for_message()
                ),
            )
            .hint("a taxonomy has the columns category and subcategory")
        })
    };
    let (category, name) = (column("category")?, column("subcategory")?);
    Ok(table
        .rows()
        .iter()
        .map(|row| Subcategory {
            category: row.get(category).trim().to_owned(),
            name: row.get(name).trim().to_owned(),
            description: String::new(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_name_a_known_field() {
        assert_eq!(
            parse_map("A = b=question"),
            Ok(("A = b".to_owned(), Field::Question))
        );
        assert!(parse_map("A=b").is_err_and(|e| e.contains("submitter_specialty")));
        assert!(parse_map("A").is_err());
        assert!(parse_threshold("1.1").is_err() && parse_threshold("0.7").is_ok());
    }
}
