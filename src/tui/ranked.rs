//! Ranked search as the screen holds it: what is asked, what was found, how the index is doing.
//!
//! In: the query as it is typed, the worker's messages, passages. Out: rows of which only the visible ones are drawn. What
//! was found before stays until something newer is there; a reply to an older question is dropped. Never: a model's name.

use std::fmt::Write as _;

use crate::dataset::RecordFile;
use crate::record::{EventId, Kind};
use crate::search::worker::{Outcome, Reply, Request};
use crate::search::{Found, Hidden, Passage, Progress, Query, State, Weight};
use crate::text::thousands;

/// An index of records of at most so many bytes makes itself when search is opened: it takes some seconds.
const SMALL: u64 = 50_000_000;
/// At most so many events are listed.
pub(crate) const MOST: usize = 50;

/// What the passages of hits are cut for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The reply that the hits are from.
    pub generation: u64,
    /// Marks the passages.
    pub query: Query,
    /// Patient and event of each hit, the best first.
    pub events: Vec<(String, EventId)>,
    /// About so many bytes of each text.
    pub length: usize,
}

/// One row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HitRow {
    /// The encounter of the hits below it, by one of them.
    Encounter(usize),
    /// A hit's heading.
    Hit(usize),
    /// The passage of a note.
    Text(usize),
    /// What a word adds to a hit's score.
    Weight(usize, usize),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum PassageSlot {
    /// It is being cut.
    #[default]
    Coming,
    /// The passage, and its text as one line with what matched.
    Here(Box<Passage>, String, Vec<std::ops::Range<usize>>),
    /// The record cannot be read, or is not as it was indexed; why.
    Gone(String),
}

/// Whether a small index makes itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ByItself {
    /// Once search is opened again.
    #[default]
    Later,
    /// Where it is due: search was opened.
    Now,
    /// Never: a build was stopped.
    Never,
}

/// The state of ranked search; it outlives its overlay.
#[derive(Debug, Default)]
pub(crate) struct Ranked {
    /// The query as typed last.
    pub text: String,
    /// Whether all records are searched, not only the one in view.
    pub whole: bool,
    /// Whether the words and weights of the selected hit are shown.
    pub explain: bool,
    /// Whether hits stand under their encounters.
    pub grouped: bool,
    /// What was found last.
    pub found: Found,
    /// What each word adds to each hit's score, where it was asked.
    pub weights: Vec<Vec<Weight>>,
    /// The passages of the hits.
    pub slots: Vec<PassageSlot>,
    /// The query as understood, which found them.
    pub query: Query,
    /// The patient that was searched; `None`: all.
    pub patient: Option<String>,
    /// Why nothing could be searched.
    pub problem: Option<String>,
    /// What is at the index's place, once it was looked at.
    pub state: Option<State>,
    /// How far a build is.
    pub building: Option<Progress>,
    /// Whether the index makes itself.
    pub by_itself: ByItself,
    /// How the last build ended, until something is typed, and whether that needs attention.
    pub ended: Option<(String, bool)>,
    pub rows: Vec<HitRow>,
    /// The first visible row.
    pub top: usize,
    /// How many rows are visible.
    pub height: usize,
    /// The selected hit.
    pub at: usize,
    /// Hits in the order in which they stand on the screen.
    order: Vec<usize>,
    asked: u64,
    replied: u64,
    asked_patient: Option<String>,
    /// What was hidden from the newest request.
    hidden: Option<Hidden>,
    length: usize,
}

impl Ranked {
    /// Whether an answer is still awaited.
    pub(crate) fn is_waiting(&self) -> bool {
        self.asked != self.replied
    }

    /// Whether there is an index to search, be it an old one.
    pub(crate) fn can_search(&self) -> bool {
        matches!(self.state, Some(State::Ready { .. }))
    }

    /// Whether the index is to make itself now.
    pub(crate) fn makes_itself(&self, files: &[RecordFile]) -> bool {
        let due = self.state.as_ref().is_some_and(|s| !s.is_current());
        due && self.by_itself == ByItself::Now
            && self.building.is_none()
            && files.iter().map(|f| f.bytes).sum::<u64>() <= SMALL
    }

    /// The next request, for what is typed now.
    pub(crate) fn request(&mut self, patient: Option<String>, hidden: Option<Hidden>) -> Request {
        self.hide(hidden.as_ref());
        self.asked += 1;
        self.asked_patient.clone_from(&patient);
        Request {
            generation: self.asked,
            query: self.text.clone(),
            patient,
            hidden,
            limit: MOST,
            explain: self.explain,
        }
    }

    /// Forgets what was found where something else is hidden now; says whether it is.
    pub(crate) fn hide(&mut self, hidden: Option<&Hidden>) -> bool {
        let other = self.hidden.as_ref() != hidden;
        if other {
            self.hidden = hidden.cloned();
            self.clear();
        }
        other
    }

    /// Forgets what was found; an answer that is under way is for nobody.
    pub(crate) fn clear(&mut self) {
        self.asked += 1;
        self.replied = self.asked;
        self.found = Found::default();
        self.query = Query::default();
        self.weights.clear();
        self.slots.clear();
        self.at = 0;
        self.arrange();
    }

    /// Takes a reply, if it is to the newest request; says whether it was.
    pub(crate) fn take(&mut self, reply: Reply) -> bool {
        if reply.generation != self.asked {
            return false;
        }
        self.replied = reply.generation;
        self.problem = None;
        let keys = |found: &Found| -> Vec<(String, EventId)> {
            found
                .hits
                .iter()
                .map(|h| (h.person.clone(), h.event))
                .collect()
        };
        let before = keys(&self.found);
        let selected = before.get(self.at).cloned();
        let same = self.query == reply.query && self.patient == self.asked_patient;
        self.query = reply.query;
        self.patient.clone_from(&self.asked_patient);
        match reply.outcome {
            Outcome::Found(found, weights) => {
                self.found = found;
                self.weights = weights;
            }
            Outcome::NoIndex => {
                self.found = Found::default();
                self.weights.clear();
            }
            Outcome::Failed(why) => {
                self.found = Found::default();
                self.weights.clear();
                self.problem = Some(why);
            }
        }
        // Asked again, the same hit stays selected; another query begins with the best.
        let again = |(person, event): &(String, EventId)| {
            let mut hits = self.found.hits.iter();
            hits.position(|h| h.person == *person && h.event == *event)
        };
        self.at = selected
            .as_ref()
            .filter(|_| same)
            .and_then(again)
            .unwrap_or(0);
        let cut = same && before == keys(&self.found) && !self.slots.contains(&PassageSlot::Coming);
        if !cut {
            self.slots = vec![PassageSlot::Coming; self.found.hits.len()];
            // Passages are cut for the screen's width once the list is on it.
            self.length = 0;
        }
        self.arrange();
        true
    }

    /// Which passages to cut for what was found.
    pub(crate) fn wanted(&mut self, length: usize) -> Wanted {
        self.length = length;
        let events = self.found.hits.iter();
        Wanted {
            generation: self.replied,
            query: self.query.clone(),
            events: events.map(|h| (h.person.clone(), h.event)).collect(),
            length,
        }
    }

    /// Whether passages have to be cut anew for another width.
    pub(crate) fn wants_length(&self, length: usize) -> bool {
        !self.found.hits.is_empty() && self.length != length
    }

    /// Takes the passage of a hit.
    pub(crate) fn take_passage(
        &mut self,
        generation: u64,
        hit: usize,
        passage: Result<Passage, String>,
    ) {
        if generation != self.replied {
            return;
        }
        let Some(slot) = self.slots.get_mut(hit) else {
            return;
        };
        *slot = match passage {
            Ok(passage) => {
                let (line, marks) = passage.line();
                PassageSlot::Here(Box::new(passage), line, marks)
            }
            Err(why) => PassageSlot::Gone(why),
        };
        if self.grouped {
            self.arrange();
        }
    }

    /// Moves the selection by hits.
    pub(crate) fn go(&mut self, by: isize) {
        let place = self.order.iter().position(|&i| i == self.at).unwrap_or(0);
        let last = self.order.len().saturating_sub(1);
        let place = place.saturating_add_signed(by).min(last);
        self.at = self.order.get(place).copied().unwrap_or(0);
        // The weights stand under the selected hit.
        self.arrange();
    }

    /// Selects a hit.
    pub(crate) fn select(&mut self, hit: usize) {
        self.at = hit;
        self.arrange();
    }

    /// Fits the list to a height.
    pub(crate) fn resize(&mut self, height: usize) {
        self.height = height.max(1);
        self.follow();
    }

    /// Makes the rows anew.
    pub(crate) fn arrange(&mut self) {
        let n = self.found.hits.len();
        self.order = (0..n).collect();
        if self.grouped {
            // The encounter with the best hit comes first; a hit whose record is not read yet stands by itself.
            let mut first: Vec<usize> = Vec::with_capacity(n);
            for i in 0..n {
                let found = (0..i).find(|&j| {
                    self.encounter(i).is_some() && self.encounter(j) == self.encounter(i)
                });
                first.push(found.unwrap_or(i));
            }
            self.order.sort_by_key(|&i| (first[i], i));
        }
        let mut rows = Vec::with_capacity(n * 2);
        let mut last = None;
        for &i in &self.order {
            if self.grouped {
                let here = self.encounter(i);
                if here.is_some() && here != last {
                    rows.push(HitRow::Encounter(i));
                }
                last = here;
            }
            rows.push(HitRow::Hit(i));
            if self.found.hits[i].kind == Kind::Note {
                rows.push(HitRow::Text(i));
            }
            if self.explain && i == self.at {
                let weights = self.weights.get(i).map_or(0, Vec::len);
                rows.extend((0..weights).map(|w| HitRow::Weight(i, w)));
            }
        }
        self.rows = rows;
        self.follow();
    }

    /// Patient and number of a hit's encounter, where its record was read.
    fn encounter(&self, hit: usize) -> Option<(&str, usize)> {
        match self.slots.get(hit)? {
            PassageSlot::Here(passage, ..) => {
                Some((&self.found.hits[hit].person, passage.encounter.number))
            }
            PassageSlot::Coming | PassageSlot::Gone(_) => None,
        }
    }

    /// Brings the selected hit into view, with what stands under it and the heading over it.
    fn follow(&mut self) {
        let of = |row: &HitRow| match row {
            HitRow::Hit(i) | HitRow::Text(i) | HitRow::Weight(i, _) => Some(*i),
            HitRow::Encounter(_) => None,
        };
        let Some(first) = self.rows.iter().position(|r| of(r) == Some(self.at)) else {
            self.top = 0;
            return;
        };
        let last = self
            .rows
            .iter()
            .rposition(|r| of(r) == Some(self.at))
            .unwrap_or(first);
        let heading = first
            .checked_sub(1)
            .filter(|&i| matches!(self.rows[i], HitRow::Encounter(_)));
        let first = heading.unwrap_or(first);
        let height = self.height.max(1);
        if last >= self.top + height {
            self.top = (last + 1 - height + height / 2).min(first);
        }
        if first < self.top {
            self.top = first.saturating_sub(height / 3);
        }
        self.top = self
            .top
            .min(self.rows.len().saturating_sub(height))
            .min(first);
    }

    /// `12 events fit; 3 with some of the words follow`.
    pub(crate) fn summary(&self) -> String {
        let some = self.found.hits.iter().filter(|h| !h.all_words).count();
        let more = if self.found.more { "more than " } else { "" };
        let n = thousands(self.found.count as u64);
        let mut line = match self.found.count {
            0 if some == 0 => return "no event fits".to_owned(),
            0 => "no event has all words".to_owned(),
            1 => "1 event fits".to_owned(),
            _ => format!("{more}{n} events fit"),
        };
        if some > 0 {
            let _ = write!(line, "; {some} with some of the words");
        } else if self.found.count > self.found.hits.len() {
            let _ = write!(line, "; the best {}", self.found.hits.len());
        }
        line
    }

    /// How the index is doing, where that is worth a line: what it says and whether something is to be done about it.
    pub(crate) fn about_index(
        &self,
        files: &[RecordFile],
        build: &str,
        stop: &str,
    ) -> Option<(String, bool)> {
        if let Some(now) = &self.building {
            let percent = percent(now);
            let line = if now.of_records == 0 {
                format!("The index is being made; {stop} stops")
            } else {
                let all = thousands(now.of_records as u64);
                let done = thousands(now.records as u64);
                format!(
                    "The index is being made: {percent} %, {done} of {all} records; {stop} stops"
                )
            };
            return Some((line, false));
        }
        let line = match self.state.as_ref()? {
            State::Missing => {
                let bytes: u64 = files.iter().map(|f| f.bytes).sum();
                let records = thousands(files.len() as u64);
                let size = match bytes / 1_000_000 {
                    0 => "under 1 MB".to_owned(),
                    mb => format!("{} MB", thousands(mb)),
                };
                format!(
                    "There is no index of these {records} records ({size}) yet: {build} makes it"
                )
            }
            State::Damaged(why) => format!("The index is damaged ({why}): {build} makes it anew"),
            State::Ready {
                stale: 0, gone: 0, ..
            } => return self.ended.clone(),
            State::Ready { stale, gone, .. } => {
                let records = |n: usize| format!("{n} record{}", if n == 1 { "" } else { "s" });
                let parts = [(*stale, "new or changed"), (*gone, "gone")];
                let parts = parts.iter().filter(|(n, _)| *n > 0);
                let parts: Vec<String> = parts
                    .map(|(n, what)| format!("{} {what}", records(*n)))
                    .collect();
                format!(
                    "The index is not up to date ({}): {build} does that",
                    parts.join(", ")
                )
            }
        };
        // That a build failed matters more than what there is to do about it.
        match &self.ended {
            Some((ended, true)) => Some((format!("{ended}. {line}"), true)),
            _ => Some((line, true)),
        }
    }
}

/// How far a build is, in whole percent of the bytes.
pub(crate) fn percent(now: &Progress) -> u64 {
    (now.bytes * 100)
        .checked_div(now.of_bytes)
        .unwrap_or(0)
        .min(100)
}
