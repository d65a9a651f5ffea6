//! Passes over the index for one query: the best events, the first events, how many there are.
//!
//! In: a query as the index understands it. Out: documents with scores, and counts that stop at [`MOST_COUNTED`].

use tantivy::collector::{Count, TopDocs};
use tantivy::postings::Postings;
use tantivy::query::{BooleanQuery, EnableScoring, Query};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, Term};

use super::engine::{Found, MOST_COUNTED};

/// The best events, and how many there are. Where tantivy can skip, counting is a pass of its own that ends early; elsewhere
/// one pass does both.
pub(super) fn best(
    searcher: &Searcher,
    query: &BooleanQuery,
    limit: usize,
    prunes: bool,
    found: &mut Found,
) -> tantivy::Result<Vec<(f32, DocAddress)>> {
    let most = TopDocs::with_limit(limit).order_by_score();
    let (top, n) = if prunes {
        let top = searcher.search(query, &most)?;
        let n = match top.len() {
            n if n < limit => n,
            _ => walk(searcher, query, 0)?.0,
        };
        (top, n)
    } else {
        searcher.search(query, &(most, Count))?
    };
    found.more = n > MOST_COUNTED;
    found.count = n.min(MOST_COUNTED);
    Ok(top)
}

/// The first events that fit, where there is no word to rank them by.
pub(super) fn first(
    searcher: &Searcher,
    query: &BooleanQuery,
    limit: usize,
    found: &mut Found,
) -> tantivy::Result<Vec<(f32, DocAddress)>> {
    let (n, addresses) = walk(searcher, query, limit)?;
    found.more = n > MOST_COUNTED;
    found.count = n.min(MOST_COUNTED);
    Ok(addresses.into_iter().map(|a| (0.0, a)).collect())
}

/// How many events fit, up to one more than [`MOST_COUNTED`], and the first `keep` of them in the index's order.
fn walk(
    searcher: &Searcher,
    query: &dyn Query,
    keep: usize,
) -> tantivy::Result<(usize, Vec<DocAddress>)> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let (mut n, mut kept) = (0, Vec::new());
    for (segment_ord, segment) in searcher.segment_readers().iter().enumerate() {
        let mut scorer = weight.scorer(segment, 1.0)?;
        let alive = segment.alive_bitset();
        let mut doc = scorer.doc();
        while doc != TERMINATED {
            if alive.is_none_or(|a| a.is_alive(doc)) {
                n += 1;
                if kept.len() < keep {
                    kept.push(DocAddress::new(segment_ord as u32, doc));
                }
                if n > MOST_COUNTED && kept.len() == keep {
                    return Ok((n, kept));
                }
            }
            doc = scorer.advance();
        }
    }
    Ok((n, kept))
}

/// What a query adds to an event's score; nothing where it does not fit.
pub(super) fn score(
    searcher: &Searcher,
    query: &dyn Query,
    address: DocAddress,
) -> tantivy::Result<Option<f32>> {
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let segment = searcher.segment_reader(address.segment_ord);
    // Asked as the search did: what explains a score may not go backwards in the alternatives of a word.
    let mut scorer = weight.scorer(segment, 1.0)?;
    let fits = scorer.doc() <= address.doc_id && scorer.seek(address.doc_id) == address.doc_id;
    Ok(fits.then(|| scorer.score()))
}

/// How often a term occurs in an event.
pub(super) fn frequency(
    searcher: &Searcher,
    term: &Term,
    address: DocAddress,
) -> tantivy::Result<Option<u32>> {
    let index = searcher
        .segment_reader(address.segment_ord)
        .inverted_index(term.field())?;
    let Some(mut postings) = index.read_postings(term, IndexRecordOption::WithFreqs)? else {
        return Ok(None);
    };
    let at = postings.seek(address.doc_id);
    Ok((at == address.doc_id).then(|| postings.term_freq()))
}
