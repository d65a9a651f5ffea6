//! The interactive reviewer: read a record, judge and rank the answers about it.
//!
//! In: a dataset and a review file. Out: acts in the review file. State ([`app`]) is changed by [`update`] and drawn by
//! [`view`]; [`run`] ties both to the [`terminal`] and the thread that reads records.

pub(crate) mod action;
pub(crate) mod adjudication;
pub(crate) mod app;
pub(crate) mod bench;
pub(crate) mod cutter;
pub(crate) mod editor;
pub(crate) mod external;
pub(crate) mod find;
pub(crate) mod gold;
pub(crate) mod guide;
pub(crate) mod keymap;
pub(crate) mod layout;
pub(crate) mod loader;
pub(crate) mod markdown;
pub(crate) mod matcher;
pub(crate) mod matches;
pub(crate) mod overlays;
pub(crate) mod paint;
pub(crate) mod pairs;
pub(crate) mod panes;
pub(crate) mod pins;
pub(crate) mod queue;
pub(crate) mod ranked;
pub(crate) mod record_view;
pub(crate) mod resume;
pub(crate) mod run;
pub(crate) mod said;
pub(crate) mod saw;
pub(crate) mod searcher;
pub(crate) mod selection;
pub(crate) mod terminal;
#[cfg(test)]
mod tests;
pub(crate) mod theme;
pub(crate) mod typing;
pub(crate) mod update;
pub(crate) mod view;
pub(crate) mod visit;
pub(crate) mod widgets;
