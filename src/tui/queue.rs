//! Which cases are listed, and what that is called.
//!
//! In: nothing. Out: the filters. What they let through is [`crate::tui::app`]'s to say.

/// Which cases are listed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) enum CaseFilter {
    /// All of them.
    #[default]
    All,
    /// Those that the plan gives the reviewer.
    Queue,
    /// Those that are not submitted.
    Unfinished,
    /// Those that the reviewer has marks in.
    Mine,
    /// Those that are flagged.
    Flagged,
    /// Those of the category with this name.
    Category(String),
}

impl CaseFilter {
    /// Its name in the list's heading.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            CaseFilter::All => "all",
            CaseFilter::Queue => "your queue",
            CaseFilter::Unfinished => "unfinished",
            CaseFilter::Mine => "mine",
            CaseFilter::Flagged => "flagged",
            CaseFilter::Category(_) => "of one category",
        }
    }
}
