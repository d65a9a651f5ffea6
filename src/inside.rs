//! Windows into the house for those who stand outside: the benches, which measure single stages, and the tests in `tests/`,
//! which write and read review files beside the program.
//!
//! In and out: what the rooms have. Never: anything that the program itself needs, or a promise to anybody else.

/// Datasets and their tables.
pub mod dataset {
    pub use crate::dataset::{Case, CaseKey, Dataset};

    /// One table.
    pub mod table {
        pub use crate::dataset::table::{Table, Writer};
    }
}

/// Records.
pub mod record {
    pub use crate::record::{Kind, Unconfirmed, read, read_bytes};
}

/// Review files.
pub mod review {
    pub use crate::review::{
        Act, CaseReview, Entry, ErrorKind, Harm, Ledger, Log, Pass, Reason, Reviewer, Scope,
        Session, Texts, Turn, Verdict, adjudicate, blind,
    };

    /// What an entry says.
    pub mod entry {
        pub use crate::review::entry::{Act, EventPlace, Pin, Relevant, Support};
    }

    /// One line.
    pub mod line {
        pub use crate::review::line::Reading;
    }

    /// Who reads what.
    pub mod plan {
        pub use crate::review::plan::{Plan, PlanRow, Step};
    }
}

/// Search, matching and the index.
pub mod search {
    pub use crate::search::{Engine, IndexFolder, Marker, Query, build};

    /// Find in one record.
    pub mod find {
        pub use crate::search::find::Finder;
    }

    /// Ranking.
    pub mod retrieve {
        pub use crate::search::retrieve::propose;

        /// Instructions that ask.
        pub mod asks {
            pub use crate::search::retrieve::asks::{QueryText, asks};
        }

        /// Words of the records.
        pub mod counts {
            pub use crate::search::retrieve::counts::Counts;
        }

        /// Scores.
        pub mod okapi {
            pub use crate::search::retrieve::okapi::Formula;
        }

        /// Cutting texts.
        pub mod tokens {
            pub use crate::search::retrieve::tokens::Tokens;
        }

        /// Words that rank.
        pub mod words {
            pub use crate::search::retrieve::words::{Words, vocabulary};
        }
    }
}

/// What takes a while.
pub mod work {
    pub use crate::work::Cancel;
}

/// The screen.
#[cfg(feature = "tui")]
pub mod tui {
    pub use crate::tui::bench::Desk;

    /// The terminal.
    pub mod terminal {
        pub use crate::tui::terminal::{
            Clipboard, Code, Event, Facts, Key, Options, Terminal, run,
        };
    }
}

/// Statistics.
pub mod stats {
    /// Numbers that look drawn.
    pub mod random {
        pub use crate::stats::random::SplitMix64;
    }
}
