//! What was kept of a record, as events.
//!
//! In: byte ranges of a laid-out record. Out: its [`Window`]. Where a range begins or ends within an event, the place is carried over
//! into the event's own text by counting the characters that are no blanks, which no form of the text adds, drops or moves.

use std::ops::Range;

use super::laid::{BlockKind, Form, Laid};
pub(crate) use crate::dataset::record_fingerprint as fingerprint;
use crate::dataset::{Cut, End, Window};
use crate::record::{EventId, Record, linear};

/// The events that these ranges hold, of the record that was laid out. Ranges ascend; the first may begin and the last may end within
/// an event.
pub(crate) fn of(record: &Record, laid: &Laid, ranges: &[Range<usize>]) -> Window {
    let mut window = Window {
        record: laid.fingerprint().to_owned(),
        of: laid.events() as u32,
        ..Window::default()
    };
    for fact in laid.facts_in(ranges) {
        window.push(fact.0);
        window.facts += 1;
    }
    for range in ranges {
        let mut block = laid.block_at(range.start);
        if let BlockKind::Event(id) = laid.blocks()[block].kind
            && laid.start(block) < range.start
            && let Some(from) = from(record, id, laid, range.start..laid.start(block + 1))
        {
            window.cut = Some(Cut { event: id.0, from });
        }
        while block < laid.blocks().len() && laid.start(block) < range.end {
            if let BlockKind::Event(id) = laid.blocks()[block].kind {
                window.push(id.0);
            }
            block += 1;
        }
        let Some(last) = block.checked_sub(1) else {
            continue;
        };
        if let BlockKind::Event(id) = laid.blocks()[last].kind
            && range.end < laid.start(last + 1)
        {
            // Where the rest has the text whole, nothing of it was kept.
            let to = from(record, id, laid, range.end..laid.start(last + 1)).unwrap_or(0);
            let whole = to as usize >= record.value(record.event(id)).len();
            window.end = (!whole).then_some(End { event: id.0, to });
        }
    }
    window
}

/// The byte of an event's text at which the end of its block begins; `None` where the text is there whole.
fn from(record: &Record, id: EventId, laid: &Laid, tail: Range<usize>) -> Option<u32> {
    let tail = String::from_utf8_lossy(&laid.text().as_bytes()[tail]);
    let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let kept = match laid.form() {
        Form::Text => {
            let rest = linear::behind_value(record, record.event(id), laid.now());
            solid(&tail).saturating_sub(solid(&rest))
        }
        // What follows the text is markup; the text itself holds no `<`.
        Form::Lumia => solid(&unescaped(
            tail.split("</event>").next().unwrap_or_default(),
        )),
    };
    let value = record.value(record.event(id));
    let all = solid(value);
    let mut behind = all.checked_sub(kept).filter(|n| *n > 0)?;
    for (at, c) in value.char_indices() {
        if behind == 0 && !c.is_whitespace() {
            return Some(at as u32);
        }
        behind -= usize::from(!c.is_whitespace());
    }
    Some(value.len() as u32)
}

/// The end of an escaped text, each reference as one character. One that was cut stays as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(';').map_or(at, |end| at + end);
        // A carriage return is the one blank that is written as a reference.
        let blank = rest[at..end] == *"&#13";
        out.push(if blank { ' ' } else { '&' });
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    out + rest
}
