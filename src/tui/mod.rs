//! The interactive reviewer: read a record, judge and rank the answers about it.
//!
//! In: a dataset and a review file. Out: acts in the review file. State ([`app`]) is changed by [`update`] and drawn by
//! [`view`]; [`run`] ties both to the [`terminal`] and the thread that reads records.

pub mod action;
pub mod adjudication;
pub mod app;
pub mod bench;
pub mod cutter;
pub mod editor;
pub mod external;
pub mod find;
pub mod gold;
pub(crate) mod guide;
pub mod keymap;
pub mod layout;
pub mod loader;
pub mod matcher;
pub mod matches;
pub mod overlays;
pub mod paint;
pub mod pairs;
pub mod panes;
pub mod pins;
pub mod queue;
pub mod ranked;
pub mod record_view;
pub mod resume;
pub mod run;
pub mod said;
pub mod saw;
pub mod searcher;
pub mod selection;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod typing;
pub mod update;
pub mod view;
pub mod visit;
pub mod widgets;
