//! A long JSON file read element by element.
//!
//! In: a reader, and the way to an array. Out: its elements one after the other, and what stands beside the way. Never: more of the
//! file in memory than one element, and none of the parts that nobody wants; text of the file in an error.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::constants::Quoted;
use crate::error::{Error, Result};

/// What is wanted of a file.
pub(super) struct Wanted<'a> {
    /// The keys that lead to the array; none where the file is one.
    pub(super) way: &'a [&'a str],
    /// Keys beside the first of the way that are wanted, too.
    pub(super) beside: &'a [&'a str],
    /// Keys of an element that are passed over.
    pub(super) skip: &'a [&'a str],
}

/// Gives each element of the array that is an object, with its number from 0; and what was wanted beside it.
///
/// # Errors
/// When the file is no JSON, or ends too early; elements before that were given.
pub(super) fn each(
    path: &Path,
    reader: impl Read,
    wanted: &Wanted<'_>,
    take: &mut dyn FnMut(usize, Map<String, Value>),
) -> Result<Map<String, Value>> {
    let mut beside = Map::new();
    let mut json =
        serde_json::Deserializer::from_reader(std::io::BufReader::with_capacity(1 << 16, reader));
    let on_way = OnWay {
        left: wanted.way,
        wanted,
        first: true,
        beside: &mut beside,
        take,
    };
    on_way
        .deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(|e| broken(path, &e))?;
    Ok(beside)
}

/// A whole JSON file, where it is small.
///
/// # Errors
/// When it cannot be read or is no JSON.
pub(super) fn whole(path: &Path) -> Result<Value> {
    serde_json::from_reader(open(path)?).map_err(|e| broken(path, &e))
}

/// One object, without what is passed over.
///
/// # Errors
/// When it is no JSON object.
pub(super) fn one(path: &Path, reader: impl Read, skip: &[&str]) -> Result<Map<String, Value>> {
    let reader = std::io::BufReader::with_capacity(1 << 16, reader);
    let mut json = serde_json::Deserializer::from_reader(reader);
    Element(skip)
        .deserialize(&mut json)
        .map_err(|e| broken(path, &e))
}

/// A file that is open to be read as JSON.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn open(path: &Path) -> Result<Quoted<File>> {
    Ok(Quoted::new(file(path)?))
}

/// A file of the run.
///
/// # Errors
/// When it cannot be opened.
pub(super) fn file(path: &Path) -> Result<File> {
    File::open(path).map_err(|e| Error::io(path, "reading the run", e))
}

/// What is wrong with JSON: the place and the kind, since the parser's own words quote the file.
pub(super) fn broken(path: &Path, error: &serde_json::Error) -> Error {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Io => "the file cannot be read to its end",
        Category::Syntax => "this is not JSON",
        Category::Data => "something else is expected here",
        Category::Eof => "the file ends too early",
    };
    let at = format!("line {}, column {}: {what}", error.line(), error.column());
    Error::unreadable(path, at)
        .hint("check that the file is whole, and of the form that --from says")
}

/// A value on the way to the array.
struct OnWay<'a, 'b> {
    left: &'a [&'a str],
    wanted: &'a Wanted<'a>,
    first: bool,
    beside: &'b mut Map<String, Value>,
    take: &'b mut dyn FnMut(usize, Map<String, Value>),
}

impl<'de> DeserializeSeed<'de> for OnWay<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.left.is_empty() {
            from.deserialize_seq(self)
        } else {
            from.deserialize_map(self)
        }
    }
}

impl<'de> Visitor<'de> for OnWay<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parts of a run")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if self.left.first() == Some(&key.as_str()) {
                map.next_value_seed(OnWay {
                    left: &self.left[1..],
                    wanted: self.wanted,
                    first: false,
                    beside: &mut *self.beside,
                    take: &mut *self.take,
                })?;
            } else if self.first && self.wanted.beside.contains(&key.as_str()) {
                let value = map.next_value()?;
                self.beside.insert(key, value);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<(), S::Error> {
        let mut at = 0;
        while let Some(element) = seq.next_element_seed(Element(self.wanted.skip))? {
            (self.take)(at, element);
            at += 1;
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// An element of the array, without what is passed over.
struct Element<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer of a run")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut element = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if self.0.contains(&key.as_str()) {
                map.next_value::<IgnoredAny>()?;
            } else {
                element.insert(key, map.next_value()?);
            }
        }
        Ok(element)
    }
}

/// A value of an object that may not be there.
pub(super) fn at<'a>(of: &'a Map<String, Value>, key: &str) -> &'a Value {
    of.get(key).unwrap_or(&Value::Null)
}
