//! What was looked for, and where it was found: in the record, the instruction and the answers.
//!
//! In: a pattern as it is typed. Out: places, and which of them the search stands at. It never moves a pane.

use std::ops::Range;

use crate::record::{AsOf, EventId, Record};
use crate::search::find::{Finder, Hits};
use crate::tui::panes::timeline::Filter;
use crate::tui::resume::CasePlace;
use crate::tui::widgets::map::Map;

/// The state of find.
#[derive(Debug, Default)]
pub(crate) struct Find {
    /// What was typed.
    pub pattern: String,
    /// Whether it is a regular expression.
    pub regex: bool,
    /// Why it is none, in one line.
    pub problem: Option<String>,
    /// Places in the record.
    pub record: Hits,
    /// Places in the instruction.
    pub instruction: Vec<Range<usize>>,
    /// Places in each answer, in blind order.
    pub answers: Vec<Vec<Range<usize>>>,
    /// The place in the record that the search stands at.
    pub at: Option<usize>,
    /// Which columns of the record's map hold a place.
    pub on_map: Vec<bool>,
    /// Where the timeline was, and what it showed, when find was opened.
    pub origin: Option<(CasePlace, Filter)>,
    finder: Option<Finder>,
}

impl Find {
    /// Takes a new pattern; an empty one finds nothing.
    pub(crate) fn set(&mut self, pattern: &str, regex: bool) {
        pattern.clone_into(&mut self.pattern);
        self.regex = regex;
        self.problem = None;
        self.finder = None;
        if !pattern.is_empty() {
            match Finder::new(pattern, regex) {
                Ok(finder) => self.finder = Some(finder),
                Err(problem) => self.problem = Some(problem),
            }
        }
    }

    /// Takes a claim's finder; `words` is how the answer puts it.
    pub(crate) fn set_finder(&mut self, words: &str, finder: Finder) {
        self.set("", false);
        words.clone_into(&mut self.pattern);
        self.finder = Some(finder);
    }

    /// Takes places in the record that something else found, for this record only.
    pub(crate) fn set_places(&mut self, words: &str, places: Hits) {
        self.set("", false);
        self.forget_places();
        words.clone_into(&mut self.pattern);
        self.record = places;
    }

    /// Which place the search stands at, of how many in the record.
    pub(crate) fn place(&self) -> String {
        let n = self.record.all.len();
        let more = if self.record.more { "+" } else { "" };
        match self.at {
            Some(i) => format!("{} of {n}{more}", i + 1),
            None => format!("{n}{more} found"),
        }
    }

    /// Whether there is something to look for.
    pub(crate) fn is_active(&self) -> bool {
        self.has_finder() || !self.record.all.is_empty()
    }

    /// Whether there is a pattern or a claim to look for.
    pub(crate) fn has_finder(&self) -> bool {
        self.finder.is_some()
    }

    /// Looks everywhere, in the record up to a moment where one is given.
    pub(crate) fn search(
        &mut self,
        record: Option<(&Record, Option<AsOf>)>,
        instruction: &str,
        answers: &[&str],
    ) {
        self.forget_places();
        let Some(finder) = &self.finder else { return };
        if let Some((record, as_of)) = record {
            self.record = finder.in_record(record);
            if let Some(as_of) = as_of {
                // Not even how many there are: that a word comes later is hidden, too.
                let all = &mut self.record.all;
                all.retain(|h| !as_of.is_later(record, record.event(h.event)));
            }
        }
        self.instruction = finder.in_text(instruction).collect();
        self.answers = answers
            .iter()
            .map(|a| finder.in_text(a).collect())
            .collect();
    }

    /// Marks the columns of a map that hold a place.
    pub(crate) fn mark_map(&mut self, record: &Record, map: &Map) {
        self.on_map = vec![false; map.columns.len()];
        let mut last = None;
        for hit in &self.record.all {
            if last == Some(hit.event) {
                continue;
            }
            last = Some(hit.event);
            let column = record
                .event(hit.event)
                .time
                .and_then(|t| map.column_of(t.seconds()));
            if let Some(mark) = column.and_then(|c| self.on_map.get_mut(c)) {
                *mark = true;
            }
        }
    }

    /// Forgets the places and keeps the pattern, for another case.
    pub(crate) fn forget_places(&mut self) {
        self.record = Hits::default();
        self.instruction.clear();
        self.answers.clear();
        self.at = None;
        self.on_map.clear();
    }

    /// The first place at or behind an event; the first of all when there is none.
    pub(crate) fn first_from(&self, event: Option<EventId>) -> Option<usize> {
        if self.record.all.is_empty() {
            return None;
        }
        let from = event.unwrap_or(EventId(0));
        let i = self.record.all.partition_point(|h| h.event < from);
        Some(if i == self.record.all.len() { 0 } else { i })
    }

    /// The next or previous place, around the ends.
    pub(crate) fn step(&self, forward: bool, from: Option<EventId>) -> Option<usize> {
        let n = self.record.all.len();
        if n == 0 {
            return None;
        }
        match (self.at, forward) {
            (Some(i), true) => Some((i + 1) % n),
            (Some(i), false) => Some((i + n - 1) % n),
            (None, true) => self.first_from(from),
            (None, false) => self.first_from(from).map(|i| (i + n - 1) % n),
        }
    }

    /// `7 of 132 in the record · 3 in the answers`.
    pub(crate) fn summary(&self, dot: &str) -> String {
        let n = self.record.all.len();
        let more = if self.record.more { "+" } else { "" };
        let mut parts = vec![match self.at {
            Some(_) => self.place(),
            None if n == 0 => "none in the record".to_owned(),
            None => format!("{n}{more} in the record"),
        }];
        let answers: usize = self.answers.iter().map(Vec::len).sum();
        if answers > 0 {
            parts.push(format!("{answers} in the answers"));
        }
        if !self.instruction.is_empty() {
            parts.push(format!("{} in the instruction", self.instruction.len()));
        }
        parts.join(&format!(" {dot} "))
    }
}
