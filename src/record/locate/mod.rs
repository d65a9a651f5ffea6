//! Where a passage stands in a record.
//!
//! In: a record, and passages as somebody copied them out of it. Out: every place that holds one: letter by letter, or with
//! other white space, or else the place most like it, with a score. A passage lies within one event: in its text, or in its
//! name, value and unit with blanks between. Never: a place that was chosen among equals without the others being named.

use std::cell::OnceCell;
use std::ops::Range;

use memchr::memmem;
use rustc_hash::FxHashMap;

use super::model::{EventId, Record};

/// At most this many places of one passage are named.
pub(crate) const MAX_PLACES: usize = 100;
/// The least score of a place that is called like the passage.
pub(crate) const LEAST_SCORE: f32 = 0.6;
/// The least number of words that are compared with what is not the same.
const LEAST_WORDS: usize = 4;
/// Of a longer passage only so many words are compared.
const MOST_WORDS: usize = 400;

/// How a passage was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    /// Letter by letter.
    Exactly,
    /// With other white space.
    Spaced,
    /// A place like it. The score is 2 m / (a + b) of a and b words of which m are the same in the same order, in
    /// [`LEAST_SCORE`]..1.
    Like(f32),
    /// Nowhere.
    Nowhere,
}

/// One place of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The event.
    pub event: EventId,
    /// Bytes of the event's text; `None` where the passage reaches into its name or unit.
    pub range: Option<Range<usize>>,
}

/// How and where a passage was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Located {
    /// How.
    pub how: How,
    /// Where: all places that are as good, in the record's order.
    pub places: Vec<Place>,
}

impl Located {
    const NOWHERE: Located = Located {
        how: How::Nowhere,
        places: Vec::new(),
    };
}

/// A record to look for passages in.
pub(crate) struct Passages<'a> {
    record: &'a Record,
    /// The first byte of each event's text in the record's text, in the order of the text.
    starts: OnceCell<Vec<(usize, EventId)>>,
    /// Names, texts and units with one blank for all white space, made when a passage is not found exactly.
    spaced: OnceCell<Spaced>,
}

struct Spaced {
    text: String,
    /// The first byte of each event, in the order of the events.
    starts: Vec<usize>,
}

impl<'a> Passages<'a> {
    /// Makes nothing yet.
    pub(crate) fn of(record: &'a Record) -> Self {
        Passages {
            record,
            starts: OnceCell::new(),
            spaced: OnceCell::new(),
        }
    }

    /// The record.
    pub(crate) fn record(&self) -> &'a Record {
        self.record
    }

    /// Where a passage stands, exactly or with other white space.
    pub(crate) fn find(&self, passage: &str) -> Located {
        let passage = trimmed(passage);
        if passage.is_empty() {
            return Located::NOWHERE;
        }
        let places = self.exactly(passage);
        if !places.is_empty() {
            return Located {
                how: How::Exactly,
                places,
            };
        }
        let places = self.with_other_space(passage);
        let how = if places.is_empty() {
            How::Nowhere
        } else {
            How::Spaced
        };
        Located { how, places }
    }

    /// As [`find`](Self::find), or else the place that is most like the passage.
    pub(crate) fn locate(&self, passage: &str) -> Located {
        let found = self.find(passage);
        if found.how == How::Nowhere {
            let events = (0..self.record.events().len() as u32).map(EventId);
            self.like(passage, events)
        } else {
            found
        }
    }

    /// As [`locate`](Self::locate) for all passages of one answer. Where one stands at several places, a place in an event
    /// that holds another passage comes first, then those nearest in time to passages that stand at one place alone.
    pub(crate) fn locate_together(&self, passages: &[String]) -> Vec<Located> {
        let mut all: Vec<Located> = passages.iter().map(|p| self.locate(p)).collect();
        let time = |event: EventId| {
            let event = self.record.event(event);
            let start = self.record.encounter(event.encounter).start;
            event.time.or(start).map(super::Time::seconds)
        };
        let sure: Vec<(usize, EventId)> = all
            .iter()
            .enumerate()
            .filter(|(_, l)| l.places.len() == 1)
            .map(|(i, l)| (i, l.places[0].event))
            .collect();
        let held: Vec<Vec<EventId>> = all
            .iter()
            .map(|l| l.places.iter().map(|p| p.event).collect())
            .collect();
        for (i, located) in all.iter_mut().enumerate() {
            if located.places.len() < 2 {
                continue;
            }
            located.places.sort_by_key(|place| {
                let others = held.iter().enumerate().filter(|(j, _)| *j != i);
                let with = others.filter(|(_, h)| h.contains(&place.event)).count();
                let near = sure
                    .iter()
                    .filter_map(|(_, e)| Some((time(*e)? - time(place.event)?).abs()))
                    .min();
                (std::cmp::Reverse(with), near.unwrap_or(i64::MAX))
            });
        }
        all
    }

    /// The places within one event's text, exactly or with other white space, or else the one most like it.
    pub(crate) fn within(&self, passage: &str, event: EventId) -> Located {
        let value = self.record.value(self.record.event(event));
        let place = |range| Place {
            event,
            range: Some(range),
        };
        let exact: Vec<Place> = memmem::find_iter(value.as_bytes(), passage.as_bytes())
            .take(MAX_PLACES)
            .map(|at| place(at..at + passage.len()))
            .collect();
        if !passage.is_empty() && !exact.is_empty() {
            return Located {
                how: How::Exactly,
                places: exact,
            };
        }
        let (wanted, mut spaced) = (spaced_out(passage), String::new());
        push_spaced(&mut spaced, value);
        let spaced: Vec<Place> = memmem::find_iter(spaced.as_bytes(), wanted.as_bytes())
            .take(if wanted.is_empty() { 0 } else { MAX_PLACES })
            .map(|at| place(unspaced(value, at..at + wanted.len())))
            .collect();
        if !spaced.is_empty() {
            return Located {
                how: How::Spaced,
                places: spaced,
            };
        }
        self.like(passage, std::iter::once(event))
    }

    fn exactly(&self, passage: &str) -> Vec<Place> {
        let text = self.record.text().as_bytes();
        memmem::find_iter(text, passage.as_bytes())
            .take(MAX_PLACES)
            .filter_map(|at| {
                let (start, event) = self.event_of(at)?;
                Some(Place {
                    event,
                    range: Some(at - start..at - start + passage.len()),
                })
            })
            .collect::<Vec<_>>()
            .sorted()
    }

    /// The event whose text holds a byte of the record's text, and where that text starts.
    fn event_of(&self, at: usize) -> Option<(usize, EventId)> {
        let starts = self.starts.get_or_init(|| {
            let events = self.record.events().iter().enumerate();
            let mut all: Vec<(usize, EventId)> = events
                .map(|(i, e)| (self.record.value_range(e).start, EventId(i as u32)))
                .filter(|(_, e)| !self.record.value(self.record.event(*e)).is_empty())
                .collect();
            all.sort_unstable();
            all
        });
        starts
            .partition_point(|(start, _)| *start <= at)
            .checked_sub(1)
            .map(|i| starts[i])
    }

    fn with_other_space(&self, passage: &str) -> Vec<Place> {
        let spaced = self.spaced.get_or_init(|| Spaced::of(self.record));
        let wanted = spaced_out(passage);
        memmem::find_iter(spaced.text.as_bytes(), wanted.as_bytes())
            .take(MAX_PLACES)
            .map(|at| {
                let i = spaced.starts.partition_point(|start| *start <= at) - 1;
                let event = EventId(i as u32);
                let of = self.record.event(event);
                // The text stands behind the name and a blank.
                let name = spaced_out(self.record.name(of));
                let before = spaced.starts[i] + name.len() + usize::from(!name.is_empty());
                let value = self.record.value(of);
                let end = before + spaced_out(value).len();
                let within = at >= before && at + wanted.len() <= end;
                Place {
                    event,
                    range: within.then(|| unspaced(value, at - before..at - before + wanted.len())),
                }
            })
            .collect()
    }

    /// The place most like a passage in the texts of some events.
    fn like(&self, passage: &str, events: impl Iterator<Item = EventId>) -> Located {
        let wanted: Vec<(Range<usize>, String)> = words(passage).take(MOST_WORDS).collect();
        if wanted.len() < LEAST_WORDS {
            return Located::NOWHERE;
        }
        let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
        let wanted: Vec<usize> = wanted
            .iter()
            .map(|(_, word)| {
                let next = numbers.len();
                *numbers.entry(word.as_str()).or_insert(next)
            })
            .collect();
        let mut need = vec![0i32; numbers.len()];
        for word in &wanted {
            need[*word] += 1;
        }
        let n = wanted.len();
        let mut best: Option<(f32, Place)> = None;
        for event in events {
            let value = self.record.value(self.record.event(event));
            // Fewer letters than words cannot hold enough of them.
            if value.len() < n {
                continue;
            }
            let there: Vec<(Range<usize>, Option<usize>)> = words(value)
                .map(|(range, word)| (range, numbers.get(word.as_str()).copied()))
                .collect();
            for window in likely(&there, &need, n) {
                let ids: Vec<Option<usize>> = there[window.clone()].iter().map(|w| w.1).collect();
                let same = common(&wanted, &ids);
                let score = 2.0 * same as f32 / (n + ids.len()) as f32;
                if score >= LEAST_SCORE && best.as_ref().is_none_or(|(s, _)| score > *s) {
                    let range = there[window.start].0.start..there[window.end - 1].0.end;
                    let range = Some(range);
                    best = Some((score, Place { event, range }));
                }
            }
        }
        best.map_or(Located::NOWHERE, |(score, place)| Located {
            // What is the same word by word differs in signs or case: it is like the passage, not the passage.
            how: How::Like(score.min(0.999)),
            places: vec![place],
        })
    }
}

trait Sorted {
    fn sorted(self) -> Self;
}

impl Sorted for Vec<Place> {
    /// In the record's order, which is not that of its text.
    fn sorted(mut self) -> Self {
        self.sort_by_key(|p| (p.event, p.range.as_ref().map(|r| r.start)));
        self
    }
}

impl Spaced {
    fn of(record: &Record) -> Self {
        let mut text = String::with_capacity(record.text().len());
        let mut starts = Vec::with_capacity(record.events().len());
        for event in record.events() {
            starts.push(text.len());
            for part in [record.name(event), record.value(event), record.unit(event)] {
                let before = text.len();
                push_spaced(&mut text, part);
                if text.len() > before {
                    text.push(' ');
                }
            }
            text.push('\0');
        }
        Spaced { text, starts }
    }
}

/// A passage without what splitting and copying leave at its ends: white space, and the bar of a table's cell.
fn trimmed(passage: &str) -> &str {
    passage.trim_matches(|c: char| c == '|' || c.is_whitespace())
}

fn push_spaced(all: &mut String, text: &str) {
    for (i, word) in text.split_whitespace().enumerate() {
        if i > 0 {
            all.push(' ');
        }
        all.push_str(word);
    }
}

fn spaced_out(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    push_spaced(&mut all, text);
    all
}

/// The bytes of a text that stand for bytes of its form with single blanks.
fn unspaced(text: &str, range: Range<usize>) -> Range<usize> {
    let mut at = 0;
    let (mut start, mut end) = (None, text.len());
    for word in text.split_whitespace() {
        let here = word.as_ptr() as usize - text.as_ptr() as usize;
        let next = at + word.len();
        if start.is_none() && range.start <= next {
            start = Some(here + range.start.saturating_sub(at).min(word.len()));
        }
        if range.end <= next {
            end = here + range.end.saturating_sub(at);
            break;
        }
        at = next + 1;
    }
    start.unwrap_or(0)..end
}

/// The words of a text in lower case, with their bytes.
fn words(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let inside = |c: char| c.is_alphanumeric();
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(inside)?;
        let len = text[start..].find(|c| !inside(c));
        let end = len.map_or(text.len(), |l| start + l);
        from = end;
        Some((start..end, text[start..end].to_lowercase()))
    })
}

/// The stretches of `n` words that hold the most of the words needed, trimmed to those: at most the first few of them.
fn likely(there: &[(Range<usize>, Option<usize>)], need: &[i32], n: usize) -> Vec<Range<usize>> {
    let mut left = need.to_vec();
    let (mut held, mut most) = (0usize, (n * 6).div_ceil(10).max(1));
    let mut found: Vec<Range<usize>> = Vec::new();
    for end in 0..there.len() {
        if let Some(word) = there[end].1 {
            left[word] -= 1;
            held += usize::from(left[word] >= 0);
        }
        if end >= n
            && let Some(word) = there[end - n].1
        {
            left[word] += 1;
            held -= usize::from(left[word] > 0);
        }
        if held < most {
            continue;
        }
        if held > most {
            most = held;
            found.clear();
        }
        if found.len() < 4 {
            let window = (end + 1).saturating_sub(n)..end + 1;
            let known = |i: &usize| there[*i].1.is_some();
            let first = window.clone().find(known).unwrap_or(window.start);
            let last = window.clone().rev().find(known).unwrap_or(end);
            found.push(first..last + 1);
        }
    }
    found
}

/// How many words two lists share in the same order.
fn common(a: &[usize], b: &[Option<usize>]) -> usize {
    let mut row = vec![0usize; b.len() + 1];
    for x in a {
        let mut before = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if *y == Some(*x) {
                before + 1
            } else {
                above.max(row[j])
            };
            before = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests;
