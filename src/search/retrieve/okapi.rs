//! BM25 over whole records, as the study's matching used it and as tantivy computes it.
//!
//! In: how often each word of the queries occurs in each record, and counts over all of them. Out: one score a record, and
//! the best records. [`Formula::OKAPI`] is `BM25Okapi` of `rank_bm25` 0.2.2 to the last bit but the order of one sum:
//!
//! - idf = ln(N − n + 0.5) − ln(n + 0.5); where that is negative, epsilon × the mean raw idf of *all* distinct words;
//! - score = Σ idf × f (k1 + 1) / (f + k1 (1 − b + b × length / mean length)); a word that the query repeats counts again;
//! - k1 = 1.5, b = 0.75, epsilon = 0.25;
//! - the best of equal scores: the later record first (`get_top_n` turns numpy's ascending order round).
//!
//! [`Formula::TANTIVY`] has idf = ln(1 + (N − n + 0.5) / (n + 0.5)), k1 = 1.2, b = 0.75 and lengths rounded down to the
//! one-byte table of tantivy 0.27, in double precision where tantivy uses single.

/// How a score is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Formula {
    /// How fast further occurrences lose weight.
    pub k1: f64,
    /// How much a record's length counts.
    pub b: f64,
    /// What a negative idf becomes, in units of the mean idf; `None` takes Lucene's idf, which is never negative, and
    /// tantivy's rounded lengths.
    pub epsilon: Option<f64>,
}

impl Formula {
    /// `BM25Okapi` of `rank_bm25` with its defaults.
    pub const OKAPI: Formula = Formula {
        k1: 1.5,
        b: 0.75,
        epsilon: Some(0.25),
    };
    /// tantivy's.
    pub const TANTIVY: Formula = Formula {
        k1: 1.2,
        b: 0.75,
        epsilon: None,
    };
}

/// Counts over all records.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Records.
    pub records: u64,
    /// Words, repeated ones included.
    pub tokens: u64,
    /// Distinct words.
    pub distinct: u64,
    /// Sum of the raw idf of all distinct words.
    pub idf_sum: f64,
}

impl Statistics {
    /// From how many distinct words occur in 1, 2, 3 … records: `histogram[n]` words occur in `n` records.
    pub fn new(records: u64, tokens: u64, histogram: &[u64]) -> Self {
        let words = |(n, count): (usize, &u64)| *count as f64 * raw_idf(records, n as u64);
        Statistics {
            records,
            tokens,
            distinct: histogram.iter().skip(1).sum(),
            idf_sum: histogram.iter().enumerate().skip(1).map(words).sum(),
        }
    }

    /// Mean raw idf of all distinct words.
    pub fn average_idf(&self) -> f64 {
        self.idf_sum / self.distinct as f64
    }

    /// Mean length of a record in words.
    pub fn average_length(&self) -> f64 {
        self.tokens as f64 / self.records as f64
    }

    /// The idf of a word that occurs in `n` records.
    pub fn idf(&self, n: u64, formula: Formula) -> f64 {
        let Some(epsilon) = formula.epsilon else {
            let (all, n) = (self.records as f64, n as f64);
            return (1.0 + (all - n + 0.5) / (n + 0.5)).ln();
        };
        let raw = raw_idf(self.records, n);
        if raw < 0.0 {
            epsilon * self.average_idf()
        } else {
            raw
        }
    }
}

fn raw_idf(records: u64, n: u64) -> f64 {
    (records as f64 - n as f64 + 0.5).ln() - (n as f64 + 0.5).ln()
}

/// In which records a word occurs, and how often: (record, occurrences), by record.
pub(crate) type Postings = [(u32, u32)];

/// The scores of all records for a query, given the postings of its words in the query's order, repeats repeated.
pub(crate) fn scores<'a>(
    query: impl Iterator<Item = &'a Postings>,
    lengths: &[u64],
    statistics: &Statistics,
    formula: Formula,
) -> Vec<f64> {
    let mut scores = vec![0.0; lengths.len()];
    for postings in query.filter(|p| !p.is_empty()) {
        let idf = statistics.idf(postings.len() as u64, formula);
        for &posting in postings {
            scores[posting.0 as usize] += part(idf, posting, lengths, statistics, formula);
        }
    }
    scores
}

/// What a word adds to the score of one record, given the word's postings; 0 where the record has it not.
pub(crate) fn weight(
    postings: &Postings,
    record: u32,
    lengths: &[u64],
    statistics: &Statistics,
    formula: Formula,
) -> f64 {
    let Ok(at) = postings.binary_search_by_key(&record, |(r, _)| *r) else {
        return 0.0;
    };
    let idf = statistics.idf(postings.len() as u64, formula);
    part(idf, postings[at], lengths, statistics, formula)
}

/// What one posting of a word with this idf adds.
fn part(
    idf: f64,
    (record, occurrences): (u32, u32),
    lengths: &[u64],
    statistics: &Statistics,
    Formula { k1, b, epsilon }: Formula,
) -> f64 {
    let length = lengths[record as usize];
    let length = if epsilon.is_none() {
        rounded(length)
    } else {
        length
    } as f64;
    let f = f64::from(occurrences);
    idf * (f * (k1 + 1.0) / (f + k1 * (1.0 - b + b * length / statistics.average_length())))
}

/// The best `n` records with their scores, best first; of equal scores the later record first.
pub(crate) fn top(scores: &[f64], n: usize) -> Vec<(u32, f64)> {
    let mut all: Vec<(u32, f64)> = scores
        .iter()
        .enumerate()
        .map(|(i, s)| (i as u32, *s))
        .collect();
    let better = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0));
    if n < all.len() {
        all.select_nth_unstable_by(n, better);
        all.truncate(n);
    }
    all.sort_unstable_by(better);
    all
}

/// A length as tantivy keeps it in one byte: exact to 40, then 8 steps for each doubling of the step.
fn rounded(length: u64) -> u64 {
    if length <= 40 {
        return length;
    }
    let (mut value, mut step) = (40_u64, 2_u64);
    loop {
        for _ in 0..8 {
            if value + step > length {
                return value;
            }
            value += step;
        }
        step = step.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_rounded_down() {
        assert_eq!(
            [40, 41, 42, 43, 56, 57, 59, 60].map(rounded),
            [40, 40, 42, 42, 56, 56, 56, 60]
        );
    }

    #[test]
    fn of_equal_scores_the_later_comes_first() {
        assert_eq!(
            top(&[1.0, 2.0, 1.0, 0.0], 3),
            [(1, 2.0), (2, 1.0), (0, 1.0)]
        );
        assert_eq!(top(&[0.0, 0.0], 5), [(1, 0.0), (0, 0.0)]);
        assert_eq!(top(&[0.0], 0), []);
    }

    #[test]
    fn nothing_to_score() {
        let statistics = Statistics::new(0, 0, &[]);
        assert!(scores(std::iter::empty(), &[], &statistics, Formula::OKAPI).is_empty());
    }
}
