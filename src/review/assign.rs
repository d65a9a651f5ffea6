//! Cases shared among reviewers: nobody's own, of their specialty where that can be, and the same load for all.
//!
//! In: reviewers, cases with who must not read them, how many are read by several, a seed. Out: who reads which case, in which order,
//! and what could not be met. The same input gives the same plan. Never: a reviewer on a case of their own.
//!
//! # The method
//! Each reading wanted is one unit of flow from a case to a reviewer. The plan is the flow of least cost (successive shortest
//! paths; Ahuja, Magnanti, Orlin, *Network Flows*, 1993, ch. 9), where a reviewer's n-th case costs n times more than any choice
//! of specialties can save, and a case read by another specialty costs 1. So loads differ by no more than who may read what
//! forces, and under these loads as many cases as possible stay within their specialty.

use std::collections::BTreeMap;

use super::blind;
use super::pass::Pass;
use super::plan::{Plan, PlanRow};
use crate::dataset::CaseKey;

/// How many of something: a number, or a share in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// So many.
    Count(usize),
    /// So many of a hundred; from 0 to 100.
    Percent(f64),
}

impl Share {
    /// Reads `50` or `10%`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Share, String> {
        let wrong = || format!("`{text}` is neither a number nor a share such as 10%");
        match text.trim().strip_suffix('%') {
            None => text.trim().parse().map(Share::Count).map_err(|_| wrong()),
            Some(number) => {
                let share: f64 = number.trim().parse().map_err(|_| wrong())?;
                let fits = (0.0..=100.0).contains(&share);
                fits.then_some(Share::Percent(share)).ok_or_else(wrong)
            }
        }
    }

    /// How many of `all`; never more than all.
    pub fn of(self, all: usize) -> usize {
        match self {
            Share::Count(n) => n.min(all),
            Share::Percent(share) => ((share / 100.0 * all as f64).round() as usize).min(all),
        }
    }
}

/// A reviewer to share cases among.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reader {
    /// The name as review files carry it.
    pub name: String,
    /// Specialties, or none where they are not known.
    pub specialties: Vec<String>,
    /// What the dataset's tables call the reviewer besides: `Annotator_3`, an id.
    pub aliases: Vec<String>,
}

impl Reader {
    /// Whether a table means this reviewer.
    pub(crate) fn is(&self, name: &str) -> bool {
        let mut names = std::iter::once(&self.name).chain(&self.aliases);
        names.any(|n| n.trim().eq_ignore_ascii_case(name.trim()))
    }

    /// Whether the reviewer is of a specialty; `None` where one of the two is not known.
    pub(crate) fn knows(&self, specialty: &str) -> Option<bool> {
        if specialty.is_empty() || self.specialties.is_empty() {
            return None;
        }
        let mut all = self.specialties.iter();
        Some(all.any(|s| s.eq_ignore_ascii_case(specialty)))
    }
}

/// A case to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The case.
    pub key: CaseKey,
    /// The specialty of the clinician who asked, or empty.
    pub specialty: String,
    /// Which reviewers must not read it: they asked, or wrote a gold response.
    pub barred: Vec<bool>,
    /// Which reviewers have begun it; it stays with them.
    pub begun: Vec<bool>,
}

/// How cases are to be shared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wishes {
    /// How many cases are read by several.
    pub overlap: Share,
    /// By how many each of them.
    pub readers: usize,
    /// How many of their own cases reviewers read again, each.
    pub again: Share,
    /// Whether specialties count.
    pub by_specialty: bool,
    /// Seed of all that is drawn.
    pub seed: u64,
}

/// Who reads which case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sharing {
    /// The readers of each case, by their places, in the order of `cases`.
    pub readers: Vec<Vec<usize>>,
    /// How many readers each case was to have.
    pub wanted: Vec<usize>,
    /// The queue of each reviewer, as places of cases; first readings.
    pub queues: Vec<Vec<usize>>,
    /// What each reviewer reads again, in order.
    pub again: Vec<Vec<usize>>,
}

/// Shares cases among reviewers.
pub(crate) fn share(reviewers: &[Reader], cases: &[Wanted], wishes: &Wishes) -> Sharing {
    let mut flow = Flow::new(reviewers, cases, wishes);
    let wanted = wanted(reviewers.len(), cases, wishes);
    for (case, c) in cases.iter().enumerate() {
        let begun = (0..reviewers.len()).filter(|&r| c.begun[r] && !c.barred[r]);
        for reviewer in begun.collect::<Vec<_>>() {
            flow.give(case, reviewer);
        }
    }
    // Those that several read come first: they are harder to place.
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_cached_key(|&i| (wanted[i] == 1, draw(wishes.seed, "order", "", &cases[i])));
    for case in order {
        while flow.readers(case).len() < wanted[case] && flow.push(case) {}
    }
    let readers: Vec<Vec<usize>> = (0..cases.len()).map(|c| flow.readers(c)).collect();
    let mut queues = Vec::new();
    let mut again = Vec::new();
    for (r, reviewer) in reviewers.iter().enumerate() {
        let mut queue: Vec<usize> = (0..cases.len()).filter(|&c| flow.has[c][r]).collect();
        queue.sort_by_cached_key(|&c| {
            let drawn = draw(wishes.seed, "queue", &reviewer.name, &cases[c]);
            (!cases[c].begun[r], drawn)
        });
        let n = wishes.again.of(queue.len());
        // Out of the first half, so that much lies between the two readings.
        let mut chosen: Vec<usize> = (0..n.max(queue.len().div_ceil(2))).collect();
        chosen
            .sort_by_cached_key(|&i| draw(wishes.seed, "again", &reviewer.name, &cases[queue[i]]));
        chosen.truncate(n);
        chosen.sort_unstable();
        again.push(chosen.into_iter().map(|i| queue[i]).collect());
        queues.push(queue);
    }
    Sharing {
        readers,
        wanted,
        queues,
        again,
    }
}

impl Sharing {
    /// The plan's lines: each reviewer's queue, and then what is read again.
    pub(crate) fn plan(&self, reviewers: &[Reader], cases: &[Wanted]) -> Plan {
        let mut rows = Vec::new();
        for (r, reviewer) in reviewers.iter().enumerate() {
            let first = self.queues[r].iter().map(|&c| (c, Pass::First));
            let second = self.again[r].iter().map(|&c| (c, Pass::Again(2)));
            rows.extend(
                (1..)
                    .zip(first.chain(second))
                    .map(|(place, (c, pass))| PlanRow {
                        reviewer: reviewer.name.clone(),
                        place,
                        pass,
                        case: cases[c].key.clone(),
                        specialty: cases[c].specialty.clone(),
                        same_specialty: reviewer.knows(&cases[c].specialty),
                        readers: self.readers[c].len(),
                    }),
            );
        }
        Plan { rows }
    }
}

/// A number drawn for a case: the hash of the blind order, so that another program can draw it too.
fn draw(seed: u64, what: &str, reviewer: &str, case: &Wanted) -> u64 {
    blind::key(seed, what, &case.key.to_string(), reviewer)
}

/// How many readers each case is to have. Those that several read are drawn from all specialties in proportion, among the
/// cases that so many may read; where these are too few, among those that at least two may read.
fn wanted(reviewers: usize, cases: &[Wanted], wishes: &Wishes) -> Vec<usize> {
    let mut strata: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, case) in cases.iter().enumerate() {
        strata
            .entry(case.specialty.to_lowercase())
            .or_default()
            .push(i);
    }
    let mut drawn: Vec<(bool, f64, u64, usize)> = Vec::new();
    for mut stratum in strata.into_values() {
        let may = |i: usize| reviewers - cases[i].barred.iter().filter(|b| **b).count();
        stratum.retain(|&i| may(i) >= 2);
        let number = |i: usize| draw(wishes.seed, "overlap", "", &cases[i]);
        stratum.sort_by_cached_key(|&i| (may(i) < wishes.readers, number(i)));
        let n = stratum.len() as f64;
        let places = (0..).zip(&stratum);
        drawn.extend(places.map(|(place, &i)| {
            let share = (f64::from(place) + 0.5) / n;
            (may(i) < wishes.readers, share, number(i), i)
        }));
    }
    drawn.sort_by(|a, b| {
        let share = a.1.total_cmp(&b.1);
        a.0.cmp(&b.0).then(share).then((a.2, a.3).cmp(&(b.2, b.3)))
    });
    let mut wanted = vec![1; cases.len()];
    for (.., i) in drawn.into_iter().take(wishes.overlap.of(cases.len())) {
        wanted[i] = wishes.readers;
    }
    wanted
}

/// The flow of readings from cases to reviewers.
struct Flow<'a> {
    cases: &'a [Wanted],
    seed: u64,
    /// The cost of each case with each reviewer.
    cost: Vec<Vec<i64>>,
    /// Who has which case.
    has: Vec<Vec<bool>>,
    load: Vec<usize>,
    names: Vec<&'a str>,
}

impl<'a> Flow<'a> {
    fn new(reviewers: &'a [Reader], cases: &'a [Wanted], wishes: &Wishes) -> Self {
        let cost = |case: &Wanted, r: &Reader| {
            i64::from(wishes.by_specialty && r.knows(&case.specialty) == Some(false))
        };
        Flow {
            cases,
            seed: wishes.seed,
            cost: cases
                .iter()
                .map(|c| reviewers.iter().map(|r| cost(c, r)).collect())
                .collect(),
            has: vec![vec![false; reviewers.len()]; cases.len()],
            load: vec![0; reviewers.len()],
            names: reviewers.iter().map(|r| r.name.as_str()).collect(),
        }
    }

    fn readers(&self, case: usize) -> Vec<usize> {
        let all = self.has[case].iter().enumerate();
        all.filter(|(_, has)| **has).map(|(r, _)| r).collect()
    }

    fn give(&mut self, case: usize, reviewer: usize) {
        self.has[case][reviewer] = true;
        self.load[reviewer] += 1;
    }

    fn may(&self, case: usize, reviewer: usize) -> bool {
        !self.cases[case].barred[reviewer] && !self.has[case][reviewer]
    }

    /// The case that costs least to move from one reviewer to another, and that cost.
    fn cheapest(&self, from: usize, to: usize, but: usize) -> Option<(i64, usize)> {
        let movable = |&c: &usize| {
            c != but && self.has[c][from] && !self.cases[c].begun[from] && self.may(c, to)
        };
        let moves = (0..self.cases.len()).filter(movable);
        moves
            .map(|c| (self.cost[c][to] - self.cost[c][from], c))
            .min()
    }

    /// Gives the case one more reader, moving others where that is cheaper; says whether anyone could take it.
    fn push(&mut self, case: usize) -> bool {
        let n = self.load.len();
        // Who comes first among equals is drawn anew for each reading.
        let mut order: Vec<usize> = (0..n).collect();
        let turn = self.readers(case).len().to_string();
        let key = |r: usize| {
            blind::key(
                self.seed,
                &turn,
                &self.cases[case].key.to_string(),
                self.names[r],
            )
        };
        order.sort_by_cached_key(|&r| key(r));
        let mut cost: Vec<Option<i64>> = (0..n)
            .map(|r| self.may(case, r).then(|| self.cost[case][r]))
            .collect();
        let cheapest: Vec<Vec<Option<(i64, usize)>>> = (0..n)
            .map(|a| {
                (0..n)
                    .map(|b| {
                        if a == b {
                            None
                        } else {
                            self.cheapest(a, b, case)
                        }
                    })
                    .collect()
            })
            .collect();
        let mut from: Vec<Option<(usize, usize)>> = vec![None; n];
        // Bellman and Ford: costs may be below zero, a round trip never is.
        for _ in 0..n {
            let mut changed = false;
            for &a in &order {
                for &b in &order {
                    let (Some(at), Some((step, moved))) = (cost[a], cheapest[a][b]) else {
                        continue;
                    };
                    if cost[b].is_none_or(|known| at + step < known) {
                        cost[b] = Some(at + step);
                        from[b] = Some((a, moved));
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        let reached = order
            .iter()
            .filter_map(|&r| Some((self.load[r], cost[r]?, r)));
        let Some((_, _, end)) = reached.min_by_key(|(load, cost, _)| (*load, *cost)) else {
            return false;
        };
        self.load[end] += 1;
        let mut at = end;
        while let Some((before, moved)) = from[at] {
            self.has[moved][before] = false;
            self.has[moved][at] = true;
            at = before;
        }
        self.has[case][at] = true;
        true
    }
}

#[cfg(test)]
mod tests;
