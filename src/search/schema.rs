//! What the index holds of an event.
//!
//! In: a record. Out: one document for each of its events. Texts are indexed and not kept: the record's file has them.
//!
//! | field | what | how |
//! | --- | --- | --- |
//! | `person` | the patient's id | exact; fast |
//! | `event` | the event's place in the record | fast |
//! | `kind` | place in [`Kind::ALL`] | exact; fast |
//! | `code` | `VOCABULARY/CODE` | exact: whole, vocabulary, code |
//! | `name` | the event's name | words |
//! | `text` | name, text and unit, and each detail | words with positions and length, for BM25 and phrases |
//! | `time` | seconds of the event's time | fast; absent where the file has none |
//! | `start` | seconds at which its encounter begins, where it has no time itself | fast |
//! | `note` | `note_id` | exact |

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Index, TantivyDocument};

use super::analysis::{ChartTokenizer, CodeTokenizer};
use crate::record::{Event, EventId, Kind, Record};

/// Grows with every change to the fields, their analysis, or the order of [`Kind::ALL`].
pub(crate) const SCHEMA_VERSION: u32 = 5;

/// The fields of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub(super) person: Field,
    pub(super) event: Field,
    pub(super) kind: Field,
    pub(super) code: Field,
    pub(super) name: Field,
    pub(super) text: Field,
    pub(super) time: Field,
    pub(super) start: Field,
    pub(super) note: Field,
}

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let indexing = |tokenizer: &str, option, norms| {
        TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_index_option(option)
            .set_fieldnorms(norms)
    };
    let exact = |tokenizer: &str| {
        TextOptions::default().set_indexing_options(indexing(
            tokenizer,
            IndexRecordOption::Basic,
            false,
        ))
    };
    let mut builder = Schema::builder();
    let person = builder.add_text_field("person", exact("raw").set_fast("raw"));
    let event = builder.add_u64_field("event", FAST);
    let kind = builder.add_u64_field("kind", FAST | INDEXED);
    let code = builder.add_text_field("code", exact("code"));
    let name = builder.add_text_field("name", exact("chart"));
    let positions = indexing("chart", IndexRecordOption::WithFreqsAndPositions, true);
    let text = builder.add_text_field(
        "text",
        TextOptions::default().set_indexing_options(positions),
    );
    let time = builder.add_i64_field("time", FAST);
    let start = builder.add_i64_field("start", FAST);
    let note = builder.add_text_field("note", exact("raw"));
    (
        builder.build(),
        Fields {
            person,
            event,
            kind,
            code,
            name,
            text,
            time,
            start,
            note,
        },
    )
}

/// Gives an index the analyses that the schema names; needed each time one is opened.
pub(super) fn register(index: &Index) {
    let manager: &TokenizerManager = index.tokenizers();
    manager.register("chart", ChartTokenizer::default());
    manager.register("code", CodeTokenizer::default());
}

/// A kind as the index has it.
pub(super) fn kind_number(kind: Kind) -> u64 {
    Kind::ALL
        .iter()
        .position(|k| *k == kind)
        .unwrap_or(Kind::ALL.len() - 1) as u64
}

/// The kind of a number of the index.
pub(super) fn kind_of(number: u64) -> Kind {
    Kind::ALL
        .get(number as usize)
        .copied()
        .unwrap_or(Kind::Other)
}

/// The document of an event.
pub(super) fn document(
    fields: &Fields,
    person: &str,
    record: &Record,
    id: EventId,
    event: &Event,
) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.person, person);
    document.add_u64(fields.event, u64::from(id.0));
    document.add_u64(fields.kind, kind_number(event.kind));
    let add = |document: &mut TantivyDocument, field: Field, text: &str| {
        if !text.is_empty() {
            document.add_text(field, text);
        }
    };
    add(&mut document, fields.code, record.code(event));
    let name = record.name(event);
    add(&mut document, fields.name, name);
    add(&mut document, fields.text, name);
    match (record.value(event), record.unit(event)) {
        (value, "") => add(&mut document, fields.text, value),
        // One text, so that `"128 mmHg"` is found as a phrase.
        (value, unit) => add(&mut document, fields.text, &format!("{value} {unit}")),
    }
    for (_, detail) in record.details(event) {
        add(&mut document, fields.text, detail);
    }
    if let Some(time) = event.time {
        document.add_i64(fields.time, time.seconds());
    } else if let Some(start) = record.encounter(event.encounter).start {
        document.add_i64(fields.start, start.seconds());
    }
    if event.kind == Kind::Note
        && let Some(note) = record.attribute(event, "note_id")
    {
        add(&mut document, fields.note, note);
    }
    document
}
