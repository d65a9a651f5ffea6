//! Reviews: what reviewers say of the answers, in one append-only file each.
//!
//! In: acts of a reviewer (a verdict, a rank, an undo …). Out: lines in `<reviewer>.jsonl`, and the state that follows
//! from them. Never: a line that is changed or removed once written, or a state that is not a fold of the lines.
//!
//! [`entry`] is one act and [`line`](mod@line) its form in the file; [`log`] appends and knows what is saved; [`ledger`] folds
//! entries into what holds now, [`case`] by case; [`rank`] is a weak order of responses; [`place`] says where the file is. [`pass`] tells readings of a case apart, [`seen`] what was seen before a mark,
//! [`shown`] the texts that it is about; [`earlier`] keeps apart what is of other texts, [`counted`] says which readings count.
//! [`assign`] shares cases among reviewers, [`plan`] is the file that says how. [`blind`] orders responses, [`naming`] finds those
//! that name their model. [`exchange`] writes what others read and brings back what
//! they say. [`anchor`] makes pins and finds them again.

pub mod adjudicate;
pub(crate) mod anchor;
pub(crate) mod assign;
pub mod blind;
pub(crate) mod case;
pub(crate) mod counted;
pub(crate) mod diff;
pub(crate) mod earlier;
pub(crate) mod entry;
pub(crate) mod exchange;
pub(crate) mod id;
pub(crate) mod ledger;
pub(crate) mod line;
pub(crate) mod log;
pub(crate) mod merge;
pub(crate) mod naming;
pub(crate) mod pass;
pub(crate) mod place;
pub(crate) mod plan;
pub(crate) mod rank;
pub(crate) mod schema;
pub(crate) mod seen;
pub(crate) mod shown;
pub(crate) mod summary;

#[cfg(test)]
pub(crate) mod sample;

pub use case::CaseReview;
pub(crate) use case::ResponseReview;
pub(crate) use entry::View;
pub use entry::{Act, Entry, ErrorKind, Harm, Reason, Scope, Verdict};
pub use ledger::{Ledger, Turn};
pub use log::{Log, Session};
pub(crate) use log::{Opened, Saved};
pub use pass::Pass;
pub use place::Reviewer;
pub(crate) use rank::WeakOrder;
pub use shown::Texts;
