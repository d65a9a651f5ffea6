//! Reports: statistics on judgements and ranks, and the tables made of them.
//!
//! In: observations (who judged and ranked which model's response to which instruction). Out: tables whose every
//! number carries its method, its n and what was missing, as text, Markdown, JSON, TSV or HTML. The statistics are in
//! [`crate::stats`]. Never: text of a record, an instruction or a response.

pub(crate) mod about;
pub(crate) mod anonymous;
mod bias;
mod comparison;
pub(crate) mod confidence;
mod cuts;
mod decisions;
mod error_kinds;
mod evidence;
mod grid;
mod groups;
pub(crate) mod head;
mod independent;
pub(crate) mod judge;
mod labels;
pub(crate) mod metrics;
mod models;
pub(crate) mod observations;
pub(crate) mod outcomes;
mod power;
pub(crate) mod progress;
pub(crate) mod render_html;
pub(crate) mod render_json;
pub(crate) mod render_markdown;
pub(crate) mod render_text;
pub(crate) mod render_tsv;
mod reviewer_pairs;
mod reviewers;
mod scatter;
pub(crate) mod sheet;
mod svg;
pub(crate) mod table;
pub(crate) mod tables;
