//! Records as files have them, whole or damaged, and what all tests of reading ask of a record.

mod damage;
mod facts;

use std::path::Path;

use super::{Unconfirmed, read_bytes};
use crate::error::Result;
use crate::notice::{Notice, Severity};
use crate::record::{Event, Record};

pub(super) const HEAD: &str = "<eventstream person_id=\"07\"><encounter><person><birthdate>1950-01-31</birthdate>\
    <gender>FEMALE</gender></person><events>\n<entry timestamp=\"2020-03-01 10:00\">\n";
pub(super) const TAIL: &str = "</entry></events></encounter></eventstream>";

pub(super) fn bytes(text: impl Into<Vec<u8>>) -> Result<Record> {
    read_bytes(Path::new("r.xml"), text.into()).map(Unconfirmed::look_inside)
}

pub(super) fn lumia(events: &str) -> Record {
    bytes(format!("{HEAD}{events}{TAIL}")).expect("a record")
}

pub(super) fn shown(record: &Record) -> Vec<String> {
    record.notices().iter().map(ToString::to_string).collect()
}

pub(super) fn errors(record: &Record) -> Vec<&Notice> {
    let all = record.notices().iter();
    all.filter(|n| n.severity == Severity::Error).collect()
}

pub(super) fn values(record: &Record) -> Vec<&str> {
    record.happened().iter().map(|e| record.value(e)).collect()
}

/// All that a record tells of its events.
pub(super) fn all(record: &Record) -> Vec<String> {
    let one = |e: &Event| {
        let attributes: Vec<_> = record.attributes(e).collect();
        format!(
            "{:?} {} {} {:?} {}",
            e.time,
            e.encounter.0,
            e.offset,
            attributes,
            record.value(e)
        )
    };
    record.happened().iter().map(one).collect()
}
