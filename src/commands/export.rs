//! `medalign export`: the reviews of a dataset as a table.
//!
//! In: a dataset and its review files, all reviewers'. Out: a table in the layout of the released judgements, and counts
//! that add up. The review files are only read.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::review::export::{Counts, write_table};
use crate::review::line::Reading;
use crate::review::place::Seat;
use crate::review::{Ledger, merge, private};

/// Write the reviews of a dataset as a table in the layout of the released judgements
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The dataset's folder
    pub dir: PathBuf,
    /// The table to write (default: standard output, with the counts on standard error)
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// A review file to read instead of those of the dataset; may be given more than once
    #[arg(long, value_name = "PATH")]
    pub review_file: Vec<PathBuf>,
    /// Leave out all free text: questions, responses, evidence, remarks
    #[arg(long)]
    pub no_text: bool,
}

/// Writes the table and says what is in it.
///
/// # Errors
/// When the dataset or a review file cannot be read, or the table cannot be written; and, after the table was written, when review
/// files have bad lines or judgements that the dataset has no response for.
pub fn run(args: &Args, config: &Config, out: &mut dyn Write) -> Result<()> {
    let dataset = Dataset::open(&args.dir)?;
    let files = if args.review_file.is_empty() {
        let seat = Seat {
            dataset: dataset.root(),
            name: dataset.name(),
            data: &config.folders.data,
            asked: None,
        };
        seat.all_files()?
    } else {
        args.review_file.clone()
    };
    if files.is_empty() {
        return Err(
            Error::unreadable(&args.dir, "nobody has reviewed this dataset yet")
                .hint("name a review file with --review-file if it is kept elsewhere"),
        );
    }
    if let Some(path) = &args.out {
        refuse_input(path, &dataset, &files)?;
    }
    let mut readings = Vec::new();
    for file in &files {
        std::fs::metadata(file).map_err(|e| Error::io(file, "reading the review file", e))?;
        readings.push(Reading::of_file(file)?);
    }
    let mut report = String::new();
    let bad = bad_lines(&files, &readings, &mut report);
    let merged = merge::merge(readings);
    let ledgers = Ledger::by_reviewer(merged.into_iter().map(|(_, line)| line.entry));
    let counts = if let Some(path) = &args.out {
        let mut bytes = Vec::new();
        let counts = write_table(dataset.cases(), &ledgers, !args.no_text, &mut bytes)
            .map_err(|e| Error::io(path, "writing the table", e))?;
        private::replace(path, &bytes)?;
        counts
    } else {
        write_table(dataset.cases(), &ledgers, !args.no_text, out)
            .map_err(|e| Error::io(Path::new("standard output"), "writing the table", e))?
    };
    tell(&counts, files.len(), ledgers.len(), &mut report);
    let told = if args.out.is_some() {
        out.write_all(report.as_bytes())
    } else {
        std::io::stderr().write_all(report.as_bytes())
    };
    told.map_err(|e| Error::io(Path::new("standard output"), "writing the counts", e))?;
    match (bad, counts.elsewhere.len()) {
        (0, 0) => Ok(()),
        (bad, elsewhere) => Err(Error::problems(format!(
            "the table is written, but not all is in it; bad lines: {bad}, cases with judgements of what the dataset does not have: {elsewhere}"
        ))
        .hint("`medalign review-file verify` names the lines of each review file")),
    }
}

/// Refuses to write over what is read.
fn refuse_input(path: &Path, dataset: &Dataset, files: &[PathBuf]) -> Result<()> {
    let Ok(there) = path.canonicalize() else {
        return Ok(());
    };
    let tables = dataset.tables().iter().map(|t| &t.path);
    let records = dataset.record_files().iter().map(|r| &r.path);
    let is_input = tables
        .chain(records)
        .chain(files)
        .any(|input| input.canonicalize().is_ok_and(|input| input == there));
    if is_input {
        return Err(Error::usage(format!(
            "{} is read here and is never written over",
            path.display()
        ))
        .hint("name another file with --out"));
    }
    Ok(())
}

/// Lists bad lines, and counts them.
fn bad_lines(files: &[PathBuf], readings: &[Reading], report: &mut String) -> usize {
    let all = files.iter().zip(readings);
    for (file, bad) in all.flat_map(|(file, r)| r.bad.iter().map(move |bad| (file, bad))) {
        // Writing to a string does not fail.
        let _ = writeln!(report, "{}:{}: {}", file.display(), bad.line, bad.why);
    }
    readings.iter().map(|r| r.bad.len()).sum()
}

fn tell(counts: &Counts, files: usize, reviewers: usize, report: &mut String) {
    let missed: usize = counts.elsewhere.iter().map(|e| e.judgements).sum();
    for elsewhere in &counts.elsewhere {
        let what = if elsewhere.case_is_known {
            "of models that the case does not have"
        } else {
            "of a case that is not in the dataset"
        };
        let _ = writeln!(
            report,
            "not in the table: {} judgements by {} {what}: {}",
            elsewhere.judgements,
            crate::text::safe(&elsewhere.reviewer),
            crate::text::safe(&elsewhere.case.to_string()),
        );
    }
    let Counts {
        rows,
        judged,
        unjudged,
        unsure,
        judgements,
        ..
    } = counts;
    let _ = writeln!(report, "review files  {files}, of {reviewers} reviewers");
    let _ = writeln!(
        report,
        "rows          {rows} = {judged} judged + {unjudged} not judged"
    );
    let _ = writeln!(
        report,
        "judgements    {judgements} = {judged} in the table + {missed} not in the dataset; {unsure} unsure, with an empty binary_correct"
    );
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{Folders, Settings};
    use crate::dataset::CaseKey;
    use crate::error::Kind;
    use crate::review::{Act, Log, Reviewer, Session, Verdict};

    const TABLE: &str = "clinician-reviewed-model-responses.tsv";

    /// A dataset with one case, two responses, and a judgement of the first by each reviewer.
    fn reviewed(root: &Path, reviewers: &[&str]) -> PathBuf {
        let dir = root.join("clinic");
        fs::create_dir_all(dir.join("ehrs")).expect("made");
        let rows = "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\n\
                    1\tOn apixaban?\t77\t77.xml\tgpt4\tYes.\n\
                    1\tOn apixaban?\t77\t77.xml\tvicuna\tNo.\n";
        fs::write(dir.join(TABLE), rows).expect("writable");
        let record = "<eventstream person_id=\"77\"></eventstream>";
        fs::write(dir.join("ehrs/77.xml"), record).expect("writable");
        for reviewer in reviewers {
            judge(&dir, reviewer, "1");
        }
        dir
    }

    fn judge(dir: &Path, reviewer: &str, instruction: &str) {
        let session = Session {
            reviewer: Reviewer::new(reviewer).expect("fine"),
            dataset: "clinic".to_owned(),
            fingerprint: "f1".to_owned(),
            seed: 7,
        };
        let path = dir.join(format!("reviews/{reviewer}.jsonl"));
        let mut log = Log::open(&path, &session).expect("opens").log;
        let case = CaseKey {
            instruction: instruction.to_owned(),
            person: "77".to_owned(),
        };
        let act = Act::Judge {
            model: "gpt4".to_owned(),
            verdict: Some(Verdict::Correct),
            shown_position: Some(1),
            view: None,
        };
        log.append(Some(&case), act).expect("saved");
    }

    fn export(dir: &Path, to: &Path) -> (Result<()>, String) {
        let folder = dir.join("data");
        let config = Config {
            folders: Folders {
                config: folder.clone(),
                data: folder.clone(),
                cache: folder,
            },
            settings: Settings::default(),
        };
        let args = Args {
            dir: dir.to_owned(),
            out: Some(to.to_owned()),
            review_file: Vec::new(),
            no_text: false,
        };
        let mut out = Vec::new();
        let result = run(&args, &config, &mut out);
        (result, String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn reviews_of_all_become_a_table_that_opens_as_a_dataset() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let dir = reviewed(root.path(), &["jchen", "okafor"]);
        let again = root.path().join("again");
        fs::create_dir(&again).expect("made");
        let to = again.join(TABLE);
        let (result, text) = export(&dir, &to);
        result.expect("nothing is amiss");
        assert!(text.contains("4 = 2 judged + 2 not judged"), "{text}");
        assert!(
            text.contains("2 = 2 in the table + 0 not in the dataset"),
            "{text}"
        );
        let table = fs::read_to_string(&to).expect("written");
        assert_eq!(table.lines().count(), 5);
        assert!(table.contains("\tgpt4\tYes.\t\t1\t"), "{table}");
        let dataset = Dataset::open(&again).expect("a dataset");
        assert_eq!(dataset.models(), ["gpt4", "vicuna"]);
    }

    #[test]
    fn what_is_amiss_is_listed_after_the_table_is_written() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let dir = reviewed(root.path(), &["jchen"]);
        judge(&dir, "jchen", "999");
        let path = dir.join("reviews/jchen.jsonl");
        let mut bytes = fs::read(&path).expect("there");
        bytes.extend_from_slice(b"{\"v\":1,\"id");
        fs::write(&path, bytes).expect("writable");
        let to = root.path().join("out.tsv");
        let (result, text) = export(&dir, &to);
        assert_eq!(result.expect_err("amiss").kind(), Kind::Problems);
        assert!(to.is_file());
        assert!(text.contains("jchen.jsonl:5: it ends too soon"), "{text}");
        assert!(
            text.contains("of a case that is not in the dataset: 999/77"),
            "{text}"
        );
    }

    #[test]
    fn inputs_are_never_written_over() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let dir = reviewed(root.path(), &["jchen"]);
        for input in [TABLE, "ehrs/77.xml", "reviews/jchen.jsonl"] {
            let (result, _) = export(&dir, &dir.join("reviews/..").join(input));
            assert_eq!(result.expect_err(input).kind(), Kind::Usage);
        }
        let unreviewed = reviewed(&root.path().join("other"), &[]);
        export(&unreviewed, &root.path().join("x"))
            .0
            .expect_err("nobody reviewed it");
    }
}
