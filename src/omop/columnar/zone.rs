//! The time zones that a Parquet file states for its columns of times.
//!
//! In: the pairs of key and value at the file's end: `ARROW:schema` (an Arrow schema as a flatbuffer in base64) and `pandas` (JSON).
//! Out: by column, whose wall clock shows its times. Never: a panic on a damaged schema; it states nothing then.

use jiff::tz::{Offset, TimeZone};
use parquet::file::metadata::KeyValue;
use rustc_hash::FxHashMap;

/// Whose clock shows the moments of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wall {
    /// They are stored as the clock on the wall showed them.
    Stored,
    /// They are stored as UTC, and no other zone is known.
    Utc,
    /// They are stored as UTC, and were written by the clocks of this zone.
    Zone(TimeZone),
}

/// What a file states of its columns: the name of the zone, empty for times of no zone.
#[derive(Debug, Default)]
pub(super) struct Zones(FxHashMap<String, String>);

impl Zones {
    /// Of the pairs at a file's end.
    pub(super) fn of(pairs: Option<&Vec<KeyValue>>) -> Self {
        let value = |key: &str| {
            let pair = pairs.into_iter().flatten().find(|pair| pair.key == key);
            pair.and_then(|pair| pair.value.as_deref())
        };
        let mut zones = FxHashMap::default();
        if let Some(text) = value("pandas") {
            of_pandas(text, &mut zones);
        }
        // The schema has the last word: every writer of Arrow keeps it true.
        if let Some(message) = value("ARROW:schema").and_then(base64) {
            let _ = of_arrow(&message, &mut zones);
        }
        Zones(zones)
    }

    /// Whose clock shows the moments of a column that is stored as UTC.
    pub(super) fn wall(&self, column: &str) -> Wall {
        match self.0.get(column).map(String::as_str) {
            Some("") => Wall::Stored,
            Some(name) => known(name).map_or(Wall::Utc, Wall::Zone),
            None => Wall::Utc,
        }
    }
}

/// A zone by its name or its offset; UTC is none that a patient lives by.
fn known(name: &str) -> Option<TimeZone> {
    let utc = ["UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z", "+00:00", "-00:00"];
    if utc.iter().any(|utc| name.eq_ignore_ascii_case(utc)) {
        return None;
    }
    offset(name).or_else(|| TimeZone::get(name).ok())
}

/// A zone written as `+05:30`.
fn offset(name: &str) -> Option<TimeZone> {
    let sign = match name.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = name.get(1..)?.split_once(':')?;
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Some(TimeZone::fixed(Offset::from_seconds(sign * seconds).ok()?))
}

/// What pandas notes beside its columns.
fn of_pandas(text: &str, zones: &mut FxHashMap<String, String>) {
    let Ok(all) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    for column in all["columns"].as_array().into_iter().flatten() {
        let name = column["field_name"].as_str().or(column["name"].as_str());
        let zone = match column["pandas_type"].as_str() {
            Some("datetimetz") => column["metadata"]["timezone"].as_str(),
            Some("datetime") => Some(""),
            _ => None,
        };
        if let (Some(name), Some(zone)) = (name, zone) {
            zones.insert(name.to_owned(), zone.to_owned());
        }
    }
}

/// What an Arrow schema says of its columns: a message of the stream format, with or without its mark of four bytes in front.
fn of_arrow(message: &[u8], zones: &mut FxHashMap<String, String>) -> Option<()> {
    const SCHEMA: u8 = 1;
    const TIMESTAMP: u8 = 10;
    let at = if message.starts_with(&[0xff; 4]) {
        8
    } else {
        4
    };
    let flat = Flat(message.get(at..)?);
    let message = flat.follow(0)?;
    if flat.0.get(flat.field(message, 1)?) != Some(&SCHEMA) {
        return None;
    }
    let schema = flat.follow(flat.field(message, 2)?)?;
    let columns = flat.follow(flat.field(schema, 1)?)?;
    for i in 0..flat.number(columns)? {
        let column = flat.follow(columns + 4 + 4 * i)?;
        let kind = flat.field(column, 2).and_then(|at| flat.0.get(at));
        if kind == Some(&TIMESTAMP) {
            let name = flat.text(flat.field(column, 0)?)?;
            let moment = flat.follow(flat.field(column, 3)?)?;
            let zone = flat.field(moment, 1).and_then(|at| flat.text(at));
            zones.insert(name.to_owned(), zone.unwrap_or_default().to_owned());
        }
    }
    Some(())
}

/// A flatbuffer; every place in it is looked at with care.
struct Flat<'a>(&'a [u8]);

impl<'a> Flat<'a> {
    fn bytes<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn number(&self, at: usize) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.bytes(at)?)).ok()
    }

    /// Where what is referred to at a place begins.
    fn follow(&self, at: usize) -> Option<usize> {
        at.checked_add(self.number(at)?)
    }

    /// Where a field of a table is, if it is there.
    fn field(&self, table: usize, number: usize) -> Option<usize> {
        let back = i64::from(i32::from_le_bytes(self.bytes(table)?));
        let fields = usize::try_from(i64::try_from(table).ok()? - back).ok()?;
        let short = |at: usize| self.bytes(at).map(|b| usize::from(u16::from_le_bytes(b)));
        let place = 4 + 2 * number;
        let offset = (place + 2 <= short(fields)?).then(|| short(fields + place))??;
        (offset > 0).then(|| table + offset)
    }

    fn text(&self, at: usize) -> Option<&'a str> {
        let at = self.follow(at)?;
        let start = at.checked_add(4)?;
        let end = start.checked_add(self.number(at)?)?;
        std::str::from_utf8(self.0.get(start..end)?).ok()
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = DIGITS.iter().position(|d| *d == digit)?;
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema that pyarrow writes for `pa.schema([("t", pa.timestamp("us", "America/Los_Angeles")), ("n", pa.timestamp("us"))])`.
    const SCHEMA: &str = "/////8AAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAIAAABEAAAABAAAANT///8AAAEKEAAAABgAAAAEAAAAAAAAAAEAAABuAAYACAAGAAYAAAAAAAIAEAAUAAgABgAHAAwAAAAQABAAAAAAAAEKEAAAABwAAAAEAAAAAAAAAAEAAAB0AAAACAAMAAYACAAIAAAAAAACAAQAAAATAAAAQW1lcmljYS9Mb3NfQW5nZWxlcwA=";

    fn zones(pairs: &[(&str, &str)]) -> Zones {
        let pair = |(key, value): &(&str, &str)| KeyValue {
            key: (*key).to_owned(),
            value: Some((*value).to_owned()),
        };
        Zones::of(Some(&pairs.iter().map(pair).collect()))
    }

    #[test]
    fn both_notes_say_the_zone() {
        let los_angeles = Wall::Zone(TimeZone::get("America/Los_Angeles").expect("known"));
        let arrow = zones(&[("ARROW:schema", SCHEMA)]);
        assert_eq!(arrow.wall("t"), los_angeles);
        assert_eq!(arrow.wall("n"), Wall::Stored);
        assert_eq!(arrow.wall("other"), Wall::Utc);
        let pandas = zones(&[(
            "pandas",
            r#"{"columns":[{"name":"t","field_name":"t","pandas_type":"datetimetz","metadata":{"timezone":"America/Los_Angeles"}},
                {"name":"u","field_name":"u","pandas_type":"datetimetz","metadata":{"timezone":"UTC"}},{"name":"x","pandas_type":"int64","metadata":null}]}"#,
        )]);
        assert_eq!(pandas.wall("t"), los_angeles);
        assert_eq!(pandas.wall("u"), Wall::Utc);
        let Some(Wall::Zone(zone)) = known("+05:30").map(Wall::Zone) else {
            panic!("no zone");
        };
        let moment = jiff::Timestamp::from_second(0).expect("1970");
        assert_eq!(zone.to_datetime(moment).to_string(), "1970-01-01T05:30:00");
        assert_eq!(known("Nowhere/Else"), None);
    }

    #[test]
    fn a_damaged_schema_states_nothing_and_breaks_nothing() {
        let whole = base64(SCHEMA).expect("base64");
        for at in 0..whole.len() {
            for bit in [0x01, 0x80] {
                let mut damaged = whole.clone();
                damaged[at] ^= bit;
                let _ = of_arrow(&damaged, &mut FxHashMap::default());
            }
            let _ = of_arrow(&whole[..at], &mut FxHashMap::default());
        }
        assert_eq!(
            zones(&[("ARROW:schema", "?"), ("pandas", "[")]).wall("t"),
            Wall::Utc
        );
    }
}
