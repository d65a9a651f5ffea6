//! A record laid out as the text that models are shown, in blocks.
//!
//! In: a record, the form, and the moment that counts as now. Out: the text, where each block of it begins (the patient's line, an
//! encounter's heading, an event), and its tokens. Events later than that moment are not in it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::tokens::{Counter, begins_line};
use super::window;
use crate::error::{Error, Result};
use crate::record::{AsOf, EncounterId, Event, EventId, Kind, Piece, Record, linear, lumia_writer};

/// How a record is written for a model.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// LUMIA XML, as the study's models were shown
    Lumia,
    /// One line an event, notes below theirs: about half as many tokens
    #[default]
    Text,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// The lines about the patient.
    Patient,
    /// The heading of an encounter.
    Heading,
    /// An event.
    Event(EventId),
}

/// A stretch of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its first byte; it ends where the next begins.
    pub start: u32,
}

/// A record as text.
#[derive(Debug)]
pub(crate) struct Laid {
    text: String,
    form: Form,
    blocks: Vec<Block>,
    /// The events that are notes, ascending.
    notes: Vec<EventId>,
    /// The facts about the patient, each with a block that states it.
    facts: Vec<(usize, EventId)>,
    /// Events of the record, those that are later than now among them.
    events: usize,
    fingerprint: String,
    now: Option<AsOf>,
    pub(super) ranked: [OnceLock<super::context::Ranked>; 3],
}

impl Laid {
    /// Lays a record out.
    ///
    /// # Errors
    /// When the text is larger than 4 GiB.
    pub(crate) fn of(record: &Record, form: Form, now: Option<AsOf>) -> Result<Self> {
        let later = |event: &Event| now.is_some_and(|now| now.is_later(record, event));
        let mut blocks = Vec::with_capacity(record.events().len() + 2 * record.encounters().len());
        let mut text = Vec::with_capacity(record.text().len() * 2);
        let mut facts = Vec::new();
        let mut piece = |piece: Piece<'_>, at: usize| {
            let kind = match piece {
                Piece::Patient => BlockKind::Patient,
                Piece::Encounter(encounter) => {
                    let own = encounter.events.start as usize..encounter.events.end as usize;
                    let begins_later = now.is_some_and(|now| now.begins_later(encounter));
                    if begins_later && record.events()[own].iter().all(later) {
                        return false;
                    }
                    if form == Form::Lumia {
                        let stated = record.facts_of(encounter).into_iter();
                        facts.extend(stated.map(|fact| (blocks.len(), fact)));
                    }
                    BlockKind::Heading
                }
                Piece::Event(id) if later(record.event(id)) => return false,
                // Part of what is said of the patient.
                Piece::Event(id) if record.event(id).encounter == EncounterId::PATIENT => {
                    facts.push((blocks.len() - 1, id));
                    return true;
                }
                Piece::Event(id) => BlockKind::Event(id),
            };
            let start = at as u32;
            blocks.push(Block { kind, start });
            true
        };
        let written = match form {
            Form::Text => linear::write_pieces(record, now, &mut text, &mut piece),
            Form::Lumia => lumia_writer::write_pieces(record, now, &mut text, &mut piece),
        };
        written.map_err(|_| Error::bug("writing a record into memory"))?;
        if u32::try_from(text.len()).is_err() {
            return Err(Error::unreadable(
                record.path(),
                "the record is larger than 4 GiB",
            ));
        }
        let text =
            String::from_utf8(text).map_err(|_| Error::bug("a record's text is not UTF-8"))?;
        Ok(Laid {
            events: record.happened().len(),
            facts,
            notes: (0..record.events().len() as u32)
                .map(EventId)
                .filter(|id| record.event(*id).kind == Kind::Note)
                .collect(),
            fingerprint: window::fingerprint(record),
            text,
            form,
            blocks,
            now,
            ranked: Default::default(),
        })
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The moment up to which it is laid out.
    pub(crate) fn now(&self) -> Option<AsOf> {
        self.now
    }

    /// Its form.
    pub(crate) fn form(&self) -> Form {
        self.form
    }

    /// Its blocks: together they are the text.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// How many events the record has.
    pub(crate) fn events(&self) -> usize {
        self.events
    }

    /// Whether an event is a note.
    pub(crate) fn is_note(&self, event: EventId) -> bool {
        self.notes.binary_search(&event).is_ok()
    }

    /// The facts about the patient that these ranges state, each once and ascending; a block counts from its first byte on.
    pub(crate) fn facts_in(&self, ranges: &[Range<usize>]) -> BTreeSet<EventId> {
        let whole = |block: usize| {
            let at = self.start(block);
            ranges.iter().any(|range| range.contains(&at))
        };
        let stated = self.facts.iter().filter(|(block, _)| whole(*block));
        stated.map(|(_, fact)| *fact).collect()
    }

    /// What tells this record from a changed one.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The first byte of a block, or the text's length for the one behind the last.
    pub(crate) fn start(&self, block: usize) -> usize {
        self.blocks
            .get(block)
            .map_or(self.text.len(), |b| b.start as usize)
    }

    /// The text of a block.
    pub(crate) fn block(&self, block: usize) -> &str {
        self.between(block, block + 1)
    }

    /// The text from one block up to, not including, another.
    pub(crate) fn between(&self, from: usize, to: usize) -> &str {
        &self.text[self.start(from)..self.start(to)]
    }

    /// The block that holds a byte.
    pub(crate) fn block_at(&self, byte: usize) -> usize {
        let after = self.blocks.partition_point(|b| b.start as usize <= byte);
        after.saturating_sub(1)
    }

    /// The heading of the encounter that an event's block stands in; no other block has one.
    pub(crate) fn heading_of(&self, block: usize) -> Option<usize> {
        if !matches!(self.blocks[block].kind, BlockKind::Event(_)) {
            return None;
        }
        let mut before = self.blocks[..block].iter();
        before.rposition(|b| b.kind == BlockKind::Heading)
    }

    /// The first byte of each token.
    ///
    /// # Errors
    /// When the tokenizer cannot take the text.
    pub(crate) fn tokenised(&self, counter: &dyn Counter) -> Result<Vec<u32>> {
        /// A part that is worth a thread's while.
        const PART: usize = 1 << 18;
        if !counter.cuts_at_lines() || self.text.len() < 2 * PART {
            return counter.starts(&self.text);
        }
        let mut cuts = vec![0];
        for block in &self.blocks {
            let at = block.start as usize;
            if at >= cuts[cuts.len() - 1] + PART && begins_line(&self.text, at) {
                cuts.push(at);
            }
        }
        cuts.push(self.text.len());
        let parts: Vec<Vec<u32>> = cuts
            .par_windows(2)
            .map(|cut| {
                let mut starts = counter.starts(&self.text[cut[0]..cut[1]])?;
                for start in &mut starts {
                    *start += cut[0] as u32;
                }
                Ok(starts)
            })
            .collect::<Result<_>>()?;
        Ok(parts.concat())
    }
}

#[cfg(test)]
impl Laid {
    /// A text with its blocks as they are.
    pub(super) fn golden(text: &str, blocks: Vec<Block>) -> Self {
        Laid {
            text: text.to_owned(),
            form: Form::Text,
            blocks,
            notes: Vec::new(),
            events: 0,
            facts: Vec::new(),
            fingerprint: String::new(),
            now: None,
            ranked: Default::default(),
        }
    }
}
