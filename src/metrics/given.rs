//! Scores that other programs gave, as tables that the report reads.
//!
//! In: answers with their cases and scores. Out: `scores/<metric>.tsv`, a row an answer; rows of other labels that are in the table stay. Never: a
//! table replaced that is not of this form.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::scores::{COLUMNS, content, hex};
use crate::dataset::Case;
use crate::dataset::table::{Table, Writer};
use crate::error::{Error, Result};
use crate::files::private::private_folder;
use crate::files::replace::replace;

/// An answer that has scores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    pub case: &'a Case,
    pub text: &'a str,
    /// Its scores, by metric.
    pub scores: &'a [(String, f64)],
}

/// Writes the tables; gives back each with how many of these scores it has.
///
/// # Errors
/// When a table of the same name is of another form, or one cannot be written.
pub(crate) fn write(
    folder: &Path,
    label: &str,
    from: &str,
    answers: &[Given<'_>],
) -> Result<Vec<(PathBuf, usize)>> {
    let mut by_metric: BTreeMap<&str, Vec<[String; 7]>> = BTreeMap::new();
    for Given { case, text, scores } in answers {
        for (metric, score) in *scores {
            let content = content(case, text).map(hex);
            by_metric.entry(metric).or_default().push([
                case.instruction_id.clone(),
                case.person_id.clone(),
                label.to_owned(),
                score.to_string(),
                case.golds.len().to_string(),
                format!("imported from {from}"),
                content.unwrap_or_default(),
            ]);
        }
    }
    let mut written = Vec::new();
    for (metric, rows) in by_metric {
        let path = folder.join(format!("{metric}.tsv"));
        let mut all = others(&path, label)?;
        let n = rows.len();
        all.extend(rows);
        let mut bytes = Vec::new();
        let mut table = Writer::tabs(&mut bytes);
        let mut rows = std::iter::once(COLUMNS.map(str::to_owned)).chain(all);
        rows.try_for_each(|row| table.row(row))
            .map_err(|e| Error::io(&path, "writing the scores", e))?;
        private_folder(folder)?;
        replace(&path, &bytes)?;
        written.push((path, n));
    }
    Ok(written)
}

/// The rows of other labels that a table has.
fn others(path: &Path, label: &str) -> Result<Vec<[String; 7]>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let table = Table::read(path)?.whole()?;
    let columns = COLUMNS.map(|name| table.column(name));
    if columns.iter().any(Option::is_none) || table.header().len() != COLUMNS.len() {
        return Err(Error::unreadable(
            path,
            "a table of another program has the name of this metric",
        )
        .hint("move it away, or import with --no-scores"));
    }
    let rows = table.rows().iter();
    let rows = rows.map(|row| columns.map(|c| c.map_or("", |c| row.get(c)).to_owned()));
    Ok(rows.filter(|row| row[2] != label).collect())
}
