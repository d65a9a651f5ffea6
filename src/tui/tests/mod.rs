//! The reviewer without a terminal: what it shows, what its keys do, and that nothing brings it down.
//!
//! Keys go through the real key parser and the default keymap; frames go into a buffer.

mod adjudication;
mod answer_text;
mod asked;
mod blinding;
mod context;
mod contrast;
mod cursor;
mod desk;
mod earlier;
mod emacs;
mod endurance;
mod filters;
mod folded;
mod gold;
mod gold_pane;
mod guide;
mod later;
mod lists;
mod matches;
mod mouse;
mod narrowing;
mod outcomes;
mod patient;
mod picture;
mod plain;
mod queue;
mod reader;
mod screens;
mod searched;
mod slips;
mod states;
mod stepping;
mod stories;
mod threads;
mod typed;
mod written;
