//! What a row of a table says of a response, cell by cell: the one rule by which tables are checked, reported and exported.
//!
//! In: cells as written. Out: what they say; or that nothing is there, or nothing that can be read, and what that comes to.

use super::instruction::flag;

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Said<T> {
    /// Nothing.
    Missing,
    /// Something that can be read.
    Clear(T),
    /// Something else.
    Unclear,
}

impl<T> Said<T> {
    /// What can be read, if anything.
    pub(crate) fn clear(self) -> Option<T> {
        match self {
            Said::Clear(value) => Some(value),
            Said::Missing | Said::Unclear => None,
        }
    }
}

/// What `binary_correct` says.
pub(crate) fn correct(cell: &str) -> Said<bool> {
    if is_blank(cell) {
        return Said::Missing;
    }
    flag(cell).map_or(Said::Unclear, Said::Clear)
}

/// At most so many characters and words has a label; more are a text.
const LABEL: (usize, usize) = (24, 3);

/// The label of its own that an unclear `binary_correct` is, in small letters: a few letters and what joins them. Anything
/// else may be somebody's text, which no report may show.
pub(crate) fn label(cell: &str) -> Option<String> {
    let label = cell.trim().to_lowercase();
    let joins = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/');
    let short = label.chars().count() <= LABEL.0
        && label.split_whitespace().count() <= LABEL.1
        && label.chars().all(joins);
    (correct(cell) == Said::Unclear && short).then_some(label)
}

/// What an unclear `binary_correct` comes to.
pub(crate) const UNCLEAR_CORRECT: &str = "binary_correct is neither 1 nor 0; it counts as missing";

/// What `model_rank` says among so many models: a number from 1 to theirs. Of one model alone no place can be out of
/// range, since there is no order: it is a rating then, from 1 up.
pub(crate) fn rank(cell: &str, models: usize) -> Said<f64> {
    if is_blank(cell) {
        return Said::Missing;
    }
    let rank = cell.trim().parse::<f64>().ok();
    let most = if models < 2 { f64::MAX } else { models as f64 };
    let rank = rank.filter(|rank| *rank >= 1.0 && *rank <= most);
    rank.map_or(Said::Unclear, Said::Clear)
}

/// What an unclear `model_rank` comes to.
pub(crate) fn unclear_rank(models: usize) -> String {
    format!(
        "model_rank is no number from 1 to {models}, the number of models; it counts as missing"
    )
}

/// How a table uses `is_used_eval`: a column that is empty throughout says nothing. Whatever it says, the row is counted, and reports
/// tell how many such rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    stated: bool,
}

impl Used {
    /// By the cells of the column.
    pub(crate) fn of<'a>(mut cells: impl Iterator<Item = &'a str>) -> Self {
        Used {
            stated: cells.any(|cell| !is_blank(cell)),
        }
    }

    /// Whether a row is called used; a cell that is empty where others are not is unclear.
    pub(crate) fn says(self, cell: &str) -> Said<bool> {
        if !self.stated {
            return Said::Missing;
        }
        flag(cell).map_or(Said::Unclear, Said::Clear)
    }

    /// Whether a row is not called used, where the table says of rows whether they are.
    pub(crate) fn not_used(self, cell: &str) -> bool {
        matches!(self.says(cell), Said::Clear(false) | Said::Unclear)
    }
}

/// What an unclear `is_used_eval` comes to.
pub(crate) const UNCLEAR_USED: &str =
    "is_used_eval is neither yes nor no; reports count the row, as they count rows that say no";

/// What tables write for "no value".
fn is_blank(cell: &str) -> bool {
    let cell = cell.trim();
    let words = ["nan", "na", "n/a", "null", "none", "<na>"];
    cell.is_empty() || words.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_go_from_one_to_the_number_of_models() {
        for (cell, said) in [
            ("1", Said::Clear(1.0)),
            (" 2.0 ", Said::Clear(2.0)),
            ("1.5", Said::Clear(1.5)),
            ("3", Said::Unclear),
            ("0", Said::Unclear),
            ("0.5", Said::Unclear),
            ("inf", Said::Unclear),
            ("best", Said::Unclear),
            ("NaN", Said::Missing),
            ("<NA>", Said::Missing),
            ("", Said::Missing),
        ] {
            assert_eq!(rank(cell, 2), said, "{cell:?}");
        }
        // Krippendorff's published table rates one thing a row, from 1 to 5.
        assert_eq!(rank("5", 1), Said::Clear(5.0));
        assert_eq!(rank("0", 1), Said::Unclear);
        assert_eq!(rank("inf", 1), Said::Unclear);
    }

    #[test]
    fn a_column_that_is_empty_throughout_says_nothing() {
        let all = |cells: &[&str]| {
            let used = Used::of(cells.iter().copied());
            let cells = cells.iter();
            cells.map(|c| used.not_used(c)).collect::<Vec<_>>()
        };
        assert_eq!(all(&["", "", "nan"]), [false, false, false]);
        assert_eq!(all(&["yes", "no", "", "?"]), [false, true, true, true]);
        assert_eq!(all(&["1", "0.0", "T"]), [false, true, false]);
    }
}
