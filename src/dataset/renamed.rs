//! Columns that have other names in a dataset's tables than here.
//!
//! In: pairs of a column and the field that it is, from the command line, `medalign.toml` in the dataset's folder, `config.toml`; of two for
//! one field the first of these counts. Out: tables whose columns have the names that readers look for. Never: two columns
//! under one name, or a pair that nobody reads passed over in silence.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;

use super::columns::Column;
use super::table::Table;
use crate::error::{Error, Result};

/// The file in a dataset's folder that says what its columns are.
pub(crate) const FILE: &str = "medalign.toml";

/// Fields beside [`Column`]'s, which the report reads in a table of what reviewers said.
const OF_REVIEWS: [&str; 11] = [
    "verdict",
    "shown_position",
    "judged_at",
    "seconds",
    "errors",
    "harm",
    "submitted",
    "blind",
    "in_plan",
    "saw_others",
    "confidence",
];

/// A column as its table calls it, and the field that it is.
pub(crate) type Pair = (String, &'static str);

/// What columns are.
#[derive(Debug, Default)]
pub struct Renamed {
    pairs: Vec<Pair>,
    /// Of the first pairs, those of the command line, whether a table has such a column.
    used: Vec<AtomicBool>,
}

/// What [`FILE`] may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    columns: BTreeMap<String, String>,
}

/// The field of a name.
fn field(name: &str) -> std::result::Result<&'static str, String> {
    let name = name.trim();
    let mut known = Column::all_names().chain(OF_REVIEWS);
    known.find(|k| *k == name).ok_or_else(|| {
        let first: Vec<&str> = Column::first_names().chain(OF_REVIEWS).collect();
        format!("there is no field {name}; fields are {}", first.join(", "))
    })
}

/// Reads `column=field`.
///
/// # Errors
/// When it is no such pair, or the field is not known.
pub(crate) fn pair(text: &str) -> std::result::Result<Pair, String> {
    let (column, name) = text
        .rsplit_once('=')
        .filter(|(column, _)| !column.trim().is_empty())
        .ok_or("write COLUMN=FIELD, for example answer=model_response")?;
    Ok((column.trim().to_owned(), field(name)?))
}

impl Renamed {
    /// The pairs of the command line, and behind them those of `config.toml`.
    ///
    /// # Errors
    /// When a field of the configuration is not known.
    pub fn of(said: &[Pair], config: &BTreeMap<String, String>) -> Result<Self> {
        let mut pairs = said.to_vec();
        for (column, name) in config {
            let field = field(name).map_err(|e| {
                Error::usage(format!("config.toml: [columns]: {e}"))
                    .hint("correct the name, as in: answer = \"model_response\"")
            })?;
            pairs.push((column.clone(), field));
        }
        Ok(Renamed {
            used: said.iter().map(|_| AtomicBool::new(false)).collect(),
            pairs,
        })
    }

    /// The same with what a dataset's folder says, behind the command line's.
    ///
    /// # Errors
    /// When [`FILE`] is there and cannot be read, is no such file, or names a field that is not known.
    pub(super) fn with_folder(mut self, root: &Path) -> Result<Self> {
        let at = self.used.len();
        self.pairs.splice(at..at, of_folder(&root.join(FILE))?);
        Ok(self)
    }

    /// Gives the columns of a table their names.
    pub(super) fn apply(&self, table: &mut Table) {
        let mut given = Vec::new();
        let before = table.header().to_vec();
        for (at, (column, field)) in self.pairs.iter().enumerate() {
            let Some(place) = before.iter().position(|h| h == column) else {
                continue;
            };
            if let Some(used) = self.used.get(at) {
                used.store(true, Ordering::Relaxed);
            }
            if !given.contains(field) {
                given.push(field);
                table.call(place, field);
            }
        }
    }

    /// Refuses columns of the command line that no table has.
    ///
    /// # Errors
    /// When there is one.
    pub fn check(&self) -> Result<()> {
        let unused = self.used.iter().position(|u| !u.load(Ordering::Relaxed));
        match unused {
            None => Ok(()),
            Some(at) => Err(Error::usage(format!(
                "no table has the column {}, which is to be {}",
                self.pairs[at].0, self.pairs[at].1
            ))
            .hint("name the column as the table's first line has it, with capitals and blanks")),
        }
    }
}

fn of_folder(path: &Path) -> Result<Vec<Pair>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e)
            if matches!(
                e.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(e) => return Err(Error::io(path, "reading what columns are", e)),
    };
    let wrong = |line: usize, what: &str| {
        Error::usage(format!("{}:{line}: {what}", path.display())).hint(
            "it says what columns are: [columns], then lines as in answer = \"model_response\"",
        )
    };
    let file: File = toml::from_str(&text).map_err(|e| {
        let start = e.span().map_or(0, |s| s.start.min(text.len()));
        wrong(1 + text[..start].matches('\n').count(), e.message())
    })?;
    file.columns
        .into_iter()
        .map(|(column, name)| {
            let line = text
                .lines()
                .position(|l| l.contains(&name))
                .map_or(1, |l| l + 1);
            let field = field(&name).map_err(|e| wrong(line, &e))?;
            Ok((column, field))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let text = "Answer text\tanswer\tmodel_response\n1\t2\t3\n";
        Table::parse(Path::new("t.tsv"), text.as_bytes()).expect("a table")
    }

    #[test]
    fn a_column_gets_the_name_and_one_that_had_it_another() {
        let said = pair("Answer text=model_response").expect("a pair");
        let config = BTreeMap::from([("answer".to_owned(), "model_response".to_owned())]);
        let renamed = Renamed::of(&[said], &config).expect("known fields");
        let mut table = table();
        renamed.apply(&mut table);
        assert_eq!(
            table.header(),
            ["model_response", "answer", "model_response.1"]
        );
        assert_eq!(table.column("model_response"), Some(0));
        assert!(renamed.check().is_ok());
    }

    #[test]
    fn what_is_not_there_or_not_known_is_named() {
        let renamed = Renamed::of(
            &[pair("b=model=model_rank").expect("a pair")],
            &BTreeMap::new(),
        );
        let renamed = renamed.expect("a known field");
        renamed.apply(&mut table());
        let error = renamed.check().expect_err("no such column").to_string();
        assert_eq!(
            error,
            "no table has the column b=model, which is to be model_rank"
        );
        assert!(pair("a=answer").is_err_and(|e| e.contains("model_response")));
        assert!(pair("=question").is_err() && pair("question").is_err());
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(FILE);
        std::fs::write(&file, "[columns]\na = \"question\"\nb = \"questoin\"\n").expect("written");
        let error = of_folder(&file).expect_err("a slip").to_string();
        assert!(
            error.contains("medalign.toml:3: there is no field questoin"),
            "{error}"
        );
        std::fs::write(&file, "[column]\n").expect("written");
        assert!(
            of_folder(&file)
                .expect_err("a slip")
                .to_string()
                .contains("medalign.toml:1")
        );
    }
}
