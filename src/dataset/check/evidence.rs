//! Whether passages of evidence are in a record.
//!
//! In: a record, a passage. Out: exactly, with other white space, or nowhere. A passage lies within one event: in its
//! text, or in its name, value and unit with blanks between.

use std::cell::OnceCell;

use memchr::memmem;

use crate::record::Record;

/// How a passage was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Exactly,
    Spaced,
    Nowhere,
}

/// A record to look for passages in.
pub(super) struct Passages<'a> {
    record: &'a Record,
    /// Names, texts and units with one blank for all white space, made when a passage is not found exactly.
    spaced: OnceCell<String>,
}

impl<'a> Passages<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        Passages {
            record,
            spaced: OnceCell::new(),
        }
    }

    pub(super) fn find(&self, passage: &str) -> Found {
        // A passage that ends or starts with a bar (a table in a note) leaves it to its neighbour where cells are split.
        let passage = passage.trim_matches(|c: char| c == '|' || c.is_whitespace());
        if memmem::find(self.record.text().as_bytes(), passage.as_bytes()).is_some() {
            return Found::Exactly;
        }
        let spaced = self.spaced.get_or_init(|| spaced(self.record));
        let mut wanted = String::new();
        push_spaced(&mut wanted, passage);
        if memmem::find(spaced.as_bytes(), wanted.as_bytes()).is_some() {
            Found::Spaced
        } else {
            Found::Nowhere
        }
    }
}

fn spaced(record: &Record) -> String {
    let mut all = String::with_capacity(record.text().len());
    for event in record.events() {
        for part in [record.name(event), record.value(event), record.unit(event)] {
            push_spaced(&mut all, part);
            if !part.is_empty() {
                all.push(' ');
            }
        }
        all.push('\0');
    }
    all
}

fn push_spaced(all: &mut String, text: &str) {
    for (i, word) in text.split_whitespace().enumerate() {
        if i > 0 {
            all.push(' ');
        }
        all.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::record::{
        Shape,
        model::{Builder, NewEvent},
    };

    #[test]
    fn passages_are_found_within_one_event() {
        let mut builder = Builder::new(Path::new("1.xml"), Shape::Lumia, 0);
        let note = "No chest pain.  Plan:\nrest";
        builder.event(
            NewEvent {
                type_name: "note",
                name: "Note",
                value: note,
                ..NewEvent::default()
            },
            &[],
        );
        let value = NewEvent {
            name: "Systolic pressure",
            value: "128",
            unit: "mmHg",
            ..NewEvent::default()
        };
        builder.event(value, &[]);
        let record = builder.finish();
        let passages = Passages::of(&record);
        assert_eq!(passages.find(" No chest pain. "), Found::Exactly);
        assert_eq!(passages.find("| chest pain."), Found::Exactly);
        assert_eq!(passages.find("No\tchest pain. Plan: rest"), Found::Spaced);
        assert_eq!(passages.find("Systolic pressure 128 mmHg"), Found::Spaced);
        assert_eq!(passages.find("rest Systolic"), Found::Nowhere);
        assert_eq!(passages.find("no chest pain"), Found::Nowhere);
    }
}
