//! Plain events, read in one step.
//!
//! In: text that begins with an event's start tag. Out: the event, when its tag and text hold nothing that needs a
//! second look. Never: a finding, or another event than the long way gives; what is in doubt is left to that.

use super::Lumia;
use crate::record::model::{EventTag, NewEvent};
use crate::record::tag::{self, Attribute};

/// So many start tags of events are remembered. Tags repeat within an encounter, hardly between distant ones.
const REMEMBERED: usize = 1024;

impl<'a> Lumia<'a> {
    /// Reads one event whose tag and text are plain; `false` where the next thing is something else. The long way gives
    /// the same, only later: nearly all events go here.
    pub(super) fn plain_event(&mut self) -> bool {
        let time = match self.entries.last() {
            Some(entry) if entry.further.is_empty() => entry.time,
            _ => return false,
        };
        let rest = self.walker.scanner.rest();
        let space = rest.len() - rest.trim_ascii_start().len();
        let at = &rest[space..];
        if !at.starts_with("<event ") {
            return false;
        }
        let Some(end) = memchr::memchr(b'>', at.as_bytes()) else {
            return false;
        };
        // Only whole tags are known, so one that is cut at a `>` inside quotes is not found.
        let raw = &at[1..end];
        let known = self.tags.get(raw).copied();
        let Some(tag) = known.or_else(|| self.plain_tag(raw)) else {
            return false;
        };
        let mut len = end + 1;
        let mut value = "";
        if !tag::is_empty(raw) {
            let inside = &at[len..];
            let Some(end) = memchr::memchr3(b'<', b'&', b'\r', inside.as_bytes()) else {
                return false;
            };
            if !inside[end..].starts_with("</event>") {
                return false;
            }
            value = &inside[..end];
            len += end + "</event>".len();
        }
        let offset = self.walker.scanner.at() + space;
        self.builder.tagged(tag, time, value, offset as u64);
        self.walker.scanner.skip(space + len);
        true
    }

    /// Interns and remembers the start tag of an event, if nothing about it is doubtful.
    fn plain_tag(&mut self, raw: &'a str) -> Option<EventTag> {
        let mut attributes = std::mem::take(&mut self.attributes);
        let plain = !self.controls && tag::plain_attributes(raw, &mut attributes);
        let tag = plain.then(|| self.remember(raw, &attributes)).flatten();
        self.attributes = attributes;
        tag
    }

    /// Interns the start tag of an event and remembers it; `None` if it lacks a type.
    pub(super) fn remember(
        &mut self,
        raw: &'a str,
        attributes: &[Attribute<'a>],
    ) -> Option<EventTag> {
        if !attributes.iter().any(|a| a.key == "type") {
            return None;
        }
        if self.tags.len() >= REMEMBERED {
            self.tags.clear();
        }
        let mut new = NewEvent::default();
        let further = described(&mut new, attributes, false);
        let tag = self.builder.tag(&new, &further);
        self.tags.insert(raw, tag);
        Some(tag)
    }
}

/// Sets what `attributes` say of an event, and gives those that have no field. Of two equal names the first counts.
pub(super) fn described<'e>(
    new: &mut NewEvent<'e>,
    attributes: &'e [Attribute<'_>],
    unknown: bool,
) -> Vec<(&'e str, &'e str)> {
    let mut further = Vec::with_capacity(attributes.len());
    let mut seen = [false; 4];
    for Attribute { key, value } in attributes {
        let (i, field) = match *key {
            "type" if !unknown => (0, &mut new.type_name),
            "code" => (1, &mut new.code),
            "name" => (2, &mut new.name),
            "unit" => (3, &mut new.unit),
            _ => {
                further.push((*key, value.as_ref()));
                continue;
            }
        };
        if seen[i] {
            further.push((*key, value.as_ref()));
        } else {
            seen[i] = true;
            *field = value.as_ref();
        }
    }
    further
}
