//! Reviews: what reviewers say of the answers, in one append-only file each.
//!
//! In: acts of a reviewer (a verdict, a rank, an undo …). Out: lines in `<reviewer>.jsonl`, and the state that follows
//! from them. Never: a line that is changed or removed once written, or a state that is not a fold of the lines.
//!
//! [`entry`] is one act and [`line`](mod@line) its form in the file; [`log`] appends and knows what is saved; [`ledger`] folds
//! entries into what holds now, [`case`] by case; [`rank`] is a weak order of responses; [`place`] says where the file is, [`lock`] that
//! only one session writes it, [`backup`] keeps copies.

pub mod backup;
pub mod blind;
pub mod case;
pub mod entry;
pub mod id;
pub mod ledger;
pub mod line;
pub mod lock;
pub mod log;
pub mod naming;
pub mod place;
pub mod rank;

#[cfg(test)]
mod sample;

pub use case::{CaseReview, Judgement};
pub use entry::{Act, Entry, ErrorKind, Harm, Verdict};
pub use ledger::{Ledger, Progress};
pub use log::{Log, Opened, Saved, Session};
pub use place::Reviewer;
pub use rank::WeakOrder;
