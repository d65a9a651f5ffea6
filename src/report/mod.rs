//! Reports: statistics on judgements and ranks, and the tables made of them.
//!
//! In: observations (who judged and ranked which model's response to which instruction). Out: tables whose every
//! number carries its method, its n and what was missing, as text, Markdown, JSON, TSV or HTML. The statistics are pure
//! functions; what is undefined is `None`, never 0 or NaN. Never: text of a record, an instruction or a response.

pub mod about;
pub mod adjust;
pub mod agreement;
pub mod battles;
mod bias;
pub mod blocks;
mod comparison;
pub mod correlation;
mod cuts;
mod decisions;
pub mod distribution;
mod error_kinds;
pub mod interval;
pub mod method;
mod models;
pub mod observations;
pub mod paired;
mod power;
pub mod preferences;
pub mod progress;
pub mod random;
pub mod rank;
pub mod render_html;
pub mod render_json;
pub mod render_markdown;
pub mod render_text;
pub mod render_tsv;
mod reviewers;
pub mod sheet;
mod svg;
pub mod table;
pub mod tables;

#[cfg(test)]
mod golden;
