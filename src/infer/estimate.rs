//! What a run would send and cost, without a connection.
//!
//! In: a dataset, systems that are ready. Out: for each system its requests, tokens, how much of the records is kept, and the cost.

use rayon::prelude::*;

use super::ready::{Plan, Ready, plan_all};
use crate::dataset::{Case, Dataset};
use crate::error::{Error, Result};

/// What one case would come to.
#[derive(Clone, Copy, Debug, Default)]
struct EstimateRow {
    requests: u64,
    /// Tokens of all its prompts, and of the largest.
    prompt: u64,
    largest: u64,
    /// Tokens of the record that are sent, and of all of it.
    kept: u64,
    record: u64,
    too_long: bool,
}

/// What one system would come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Estimate {
    /// Cases that would be asked.
    pub cases: usize,
    /// Cases that do not fit and are not asked.
    pub too_long: usize,
    pub requests: u64,
    /// Tokens of a case's largest prompt: least, median, most.
    pub prompt: [u64; 3],
    /// Tokens of all prompts.
    pub prompts: u64,
    /// Tokens of all replies, if each is as long as may be.
    pub replies: u64,
    /// Cases of which the record is cut.
    pub cut: usize,
    /// Of the records that are cut the mean share that is kept.
    pub kept: Option<f64>,
    /// What it would cost at most, where prices are named.
    pub cost: Option<f64>,
}

/// Estimates all systems; gives also what could not be read.
///
/// # Errors
/// When nothing of a record fits, or a tokenizer fails.
pub(crate) fn estimate(
    dataset: &Dataset,
    groups: &[(&str, Vec<&Case>)],
    systems: &[Ready],
    done: &(dyn Fn() + Sync),
) -> Result<(Vec<Estimate>, Vec<Error>)> {
    let each = groups.par_iter().map(|(person, cases)| {
        let mut rows: Vec<(usize, EstimateRow)> = Vec::new();
        let record = match dataset.load_patient(person) {
            Ok(record) => record,
            Err(error) => return Ok(Err(error)),
        };
        plan_all(&record, cases, systems, 0, |at, _, plan, record| {
            rows.push((
                at,
                row(&plan, record as u64, systems[at].system.reply as u64),
            ));
            Ok(())
        })?;
        done();
        Ok(Ok(rows))
    });
    let each: Vec<Result<Vec<(usize, EstimateRow)>>> = each.collect::<Result<_>>()?;
    let (mut by_system, mut unread) = (vec![Vec::new(); systems.len()], Vec::new());
    for rows in each {
        match rows {
            Ok(rows) => rows
                .into_iter()
                .for_each(|(at, row)| by_system[at].push(row)),
            Err(error) => unread.push(error),
        }
    }
    let all = by_system
        .iter()
        .zip(systems)
        .map(|(rows, ready)| sum(rows, ready));
    Ok((all.collect(), unread))
}

fn row(plan: &Plan, record: u64, reply: u64) -> EstimateRow {
    match plan {
        Plan::One(single) => EstimateRow {
            requests: 1,
            prompt: single.request.prompt_tokens as u64,
            largest: single.request.prompt_tokens as u64,
            kept: single.kept as u64,
            record,
            too_long: false,
        },
        Plan::Parts(parts) => {
            // From the second on the answer so far is sent, too.
            let tokens = parts.tokens.iter().zip(0_u64..);
            let tokens: Vec<u64> = tokens
                .map(|(t, n)| *t as u64 + if n > 0 { reply } else { 0 })
                .collect();
            EstimateRow {
                requests: tokens.len() as u64,
                prompt: tokens.iter().sum(),
                largest: tokens.iter().copied().max().unwrap_or(0),
                kept: record,
                record,
                too_long: false,
            }
        }
        Plan::TooLong(_) => EstimateRow {
            record,
            too_long: true,
            ..EstimateRow::default()
        },
    }
}

fn sum(rows: &[EstimateRow], ready: &Ready) -> Estimate {
    let asked: Vec<&EstimateRow> = rows.iter().filter(|row| !row.too_long).collect();
    let mut largest: Vec<u64> = asked.iter().map(|row| row.largest).collect();
    largest.sort_unstable();
    let at = |place: usize| largest.get(place).copied().unwrap_or(0);
    let cut: Vec<&&EstimateRow> = asked.iter().filter(|row| row.kept < row.record).collect();
    let share: f64 = cut
        .iter()
        .map(|row| row.kept as f64 / row.record as f64)
        .sum();
    let requests: u64 = asked.iter().map(|row| row.requests).sum();
    let prompts: u64 = asked.iter().map(|row| row.prompt).sum();
    let replies = requests * ready.system.reply as u64;
    Estimate {
        cases: asked.len(),
        too_long: rows.len() - asked.len(),
        requests,
        prompt: [
            at(0),
            at(largest.len().saturating_sub(1) / 2),
            at(largest.len().saturating_sub(1)),
        ],
        prompts,
        replies,
        cut: cut.len(),
        kept: (!cut.is_empty()).then(|| share / cut.len() as f64),
        cost: ready
            .system
            .price
            .map(|price| (prompts as f64 * price.prompt + replies as f64 * price.reply) / 1e6),
    }
}
