//! How each number of a report was made.
//!
//! In: nothing. Out: one description a method: what it is, where the formula comes from, how ties and missing values
//! count. Reports name them by id beside each number and list them at the end.

/// A method of a report's number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Method {
    /// A short name, unique among methods.
    pub id: &'static str,
    /// What is computed.
    pub what: &'static str,
    /// Where the formula comes from.
    pub source: &'static str,
    /// How ties count.
    pub ties: &'static str,
    /// How missing values count.
    pub missing: &'static str,
}

/// Share of what there is that is done.
pub(crate) const PROGRESS: Method = Method {
    id: "progress",
    what: "Share of what there is that is done.",
    source: "plain share",
    ties: "do not matter",
    missing: "counts as not done",
};

/// How many there are.
pub(crate) const COUNT: Method = Method {
    id: "count",
    what: "How many there are.",
    source: "plain count",
    ties: "do not matter",
    missing: "counted apart",
};
