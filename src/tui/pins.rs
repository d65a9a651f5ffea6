//! The evidence of the case in view: the reviewer's pins and the dataset's passages, and where each stands in the record.
//!
//! In: a review, a record, the dataset's gold responses. Out: places, for the gutter, the map and the list. Finding a place can
//! take long in a large record, so [`find`] runs on the thread that reads records; drawing only looks things up.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::record::locate::Located;
use crate::record::{EventId, Passages, Record};
use crate::review::anchor::{self, Anchor};
use crate::review::case::Pinned;
use crate::review::entry::Pin;
use crate::tui::widgets::map::Map;

/// What is to be found in a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Pins by the id of their entry.
    pub pins: Vec<(String, Pin)>,
    /// The dataset's passages, those of one gold response together.
    pub passages: Vec<Vec<String>>,
}

/// What was found in a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub pins: Vec<(String, Anchor)>,
    pub passages: Vec<Vec<Located>>,
}

/// Finds pins and passages.
pub(crate) fn find(record: &Record, wanted: &Wanted) -> Places {
    let passages = Passages::of(record);
    Places {
        pins: wanted
            .pins
            .iter()
            .map(|(id, pin)| (id.clone(), anchor::find(&passages, pin)))
            .collect(),
        passages: wanted
            .passages
            .iter()
            .map(|of| passages.locate_together(of))
            .collect(),
    }
}

/// Pins and passages with their places.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    /// Places by the id of the pin's entry.
    anchors: FxHashMap<String, Anchor>,
    /// The dataset's passages, those of one gold response together; empty until they were looked for.
    pub passages: Vec<Vec<Located>>,
    /// The events and bytes of pins that stand somewhere, in the record's order.
    placed: Vec<(EventId, Range<usize>)>,
    /// Which columns of the record's map hold a pin.
    pub on_map: Vec<bool>,
    /// Which place of a passage (gold response, passage) is shown next.
    pub next: FxHashMap<(usize, usize), usize>,
}

impl Pins {
    /// Takes what was found.
    pub(crate) fn take(&mut self, places: Places) {
        self.anchors.extend(places.pins);
        self.passages = places.passages;
    }

    /// Takes the place of a new pin.
    pub(crate) fn put(&mut self, id: &str, event: EventId, range: Range<usize>) {
        self.anchors
            .insert(id.to_owned(), Anchor::Kept(event, range));
    }

    /// Where a pin stands; `None` as long as it was not looked for.
    pub(crate) fn anchor(&self, id: &str) -> Option<&Anchor> {
        self.anchors.get(id)
    }

    /// Takes the pins that hold; says whether one has not been looked for.
    pub(crate) fn refresh<'a>(&mut self, pins: impl Iterator<Item = &'a Pinned>) -> bool {
        let pins: Vec<&Pinned> = pins.collect();
        self.placed = pins
            .iter()
            .filter_map(|p| self.anchors.get(&p.id)?.place())
            .map(|(event, range)| (event, range.clone()))
            .collect();
        self.placed
            .sort_unstable_by_key(|(event, range)| (*event, range.start));
        pins.iter().any(|p| !self.anchors.contains_key(&p.id))
    }

    /// Marks the columns of a map that hold a pin.
    pub(crate) fn mark_map(&mut self, record: &Record, map: &Map) {
        self.on_map = vec![false; map.columns.len()];
        for (event, _) in &self.placed {
            let time = record.event(*event).time;
            let column = time.and_then(|t| map.column_of(t.seconds()));
            if let Some(mark) = column.and_then(|c| self.on_map.get_mut(c)) {
                *mark = true;
            }
        }
    }

    /// The pinned bytes of one event's text; an event without text has an empty range.
    pub(crate) fn of(&self, event: EventId) -> &[(EventId, Range<usize>)] {
        self.between(event.0, event.0 + 1)
    }

    /// The pins of the events from one to before another.
    pub(crate) fn between(&self, from: u32, to: u32) -> &[(EventId, Range<usize>)] {
        let start = self.placed.partition_point(|(e, _)| e.0 < from);
        let end = self.placed.partition_point(|(e, _)| e.0 < to);
        &self.placed[start..end]
    }
}
