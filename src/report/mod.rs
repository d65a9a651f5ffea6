//! Reports: statistics on judgements and ranks, and the tables made of them.
//!
//! In: observations (who judged and ranked which model's response to which instruction). Out: tables whose every
//! number carries its method, its n and what was missing, as text, Markdown, JSON, TSV or HTML. The statistics are in
//! [`crate::stats`]. Never: text of a record, an instruction or a response.

pub mod about;
mod bias;
mod comparison;
pub mod confidence;
mod cuts;
mod decisions;
mod error_kinds;
mod evidence;
mod groups;
mod independent;
mod labels;
pub mod metrics;
mod models;
pub mod observations;
pub mod outcomes;
mod power;
pub mod progress;
pub mod render_html;
pub mod render_json;
pub mod render_markdown;
pub mod render_text;
pub mod render_tsv;
mod reviewer_pairs;
mod reviewers;
mod scatter;
pub mod sheet;
mod svg;
pub mod table;
pub mod tables;
