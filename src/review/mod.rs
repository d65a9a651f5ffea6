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
pub mod anchor;
pub mod assign;
pub mod blind;
pub mod case;
pub mod counted;
pub mod diff;
pub mod earlier;
pub mod entry;
pub mod exchange;
pub mod id;
pub mod ledger;
pub mod line;
pub mod log;
pub mod merge;
pub mod naming;
pub mod pass;
pub mod place;
pub mod plan;
pub mod rank;
pub mod schema;
pub mod seen;
pub mod shown;
pub mod summary;

#[cfg(test)]
pub(crate) mod sample;

pub use case::{CaseReview, ResponseReview};
pub use entry::{Act, Entry, ErrorKind, Harm, Reason, Scope, Verdict, View};
pub use ledger::{Ledger, Turn};
pub use log::{Log, Opened, Saved, Session};
pub use pass::Pass;
pub use place::Reviewer;
pub use rank::WeakOrder;
pub use shown::Texts;
