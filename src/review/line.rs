//! Lines of the review file: entries to bytes and back, and whole files read by bytes.
//!
//! In: bytes, however damaged. Out: entries in file order, and each line that is none, with its number and why. Never:
//! text of a line in a message, or a line changed.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use jiff::Timestamp;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::entry::{Act, Entry, VERSION};
use super::pass::Pass;
use super::shown::Shown;
use crate::dataset::CaseKey;
use crate::error::{Error, Result};
use crate::notice::{Notice, Severity};
use crate::text::thousands;

/// What begins every line that this program writes; an unfinished line is cut off where the next one begins.
const START: &[u8] = b"{\"v\":";

/// The fields of every line.
pub(crate) const COMMON: [&str; 9] = [
    "v",
    "id",
    "time",
    "reviewer",
    "instruction",
    "person",
    "pass",
    "shown",
    "kind",
];

/// A line that is no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, counted from 1.
    pub line: u64,
    /// Why, without any text of it.
    pub why: String,
}

/// The lines that are no entries: the first [`LISTED`](BadLines::LISTED), and how many there are. A file of something else
/// has a bad line for every two bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BadLines {
    listed: Vec<BadLine>,
    count: usize,
}

impl BadLines {
    /// So many are named.
    pub const LISTED: usize = 1_000;

    fn push(&mut self, bad: BadLine) {
        self.count += 1;
        if self.listed.len() < Self::LISTED {
            self.listed.push(bad);
        }
    }

    /// How many there are, named or not.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Those that are named.
    pub fn iter(&self) -> std::slice::Iter<'_, BadLine> {
        self.listed.iter()
    }

    /// What is told of those that are not.
    pub fn rest(&self) -> Option<String> {
        let rest = self.count - self.listed.len();
        (rest > 0).then(|| format!("{} more bad lines are not named", thousands(rest as u64)))
    }

    /// All of it as notices of the file at `path`.
    pub fn notices(&self, path: &Path, told: impl Fn(&BadLine) -> String) -> Vec<Notice> {
        let named = |bad: &BadLine| Notice::line(Severity::Error, path, bad.line, told(bad));
        let mut notices: Vec<Notice> = self.iter().map(named).collect();
        let rest = self.rest();
        notices.extend(rest.map(|what| Notice::file(Severity::Error, path, what)));
        notices
    }
}

impl<'a> IntoIterator for &'a BadLines {
    type Item = &'a BadLine;
    type IntoIter = std::slice::Iter<'a, BadLine>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A line that is an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number, counted from 1.
    pub number: u64,
    /// Its bytes within the file, without the line feed.
    pub at: Range<usize>,
    /// What it says.
    pub entry: Entry,
}

/// What a review file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The lines that are entries, in file order; duplicates included.
    pub entries: Vec<Line>,
    /// The lines that are none.
    pub bad: BadLines,
    /// Whether the last line lacks its end.
    pub torn: bool,
    /// Entries whose kind this version does not know.
    pub unknown_kinds: usize,
    /// Fields that this version does not know, over all entries.
    pub unknown_fields: usize,
    /// Lines there are, empty ones left out.
    pub lines: u64,
}

impl Entry {
    /// The entry as one line, without the line feed; JSON escapes every line feed within.
    ///
    /// # Errors
    /// Never for values that can be built; a defect of the program otherwise.
    pub fn to_line(&self) -> Result<String> {
        let mut map = Map::new();
        map.insert("v".to_owned(), self.v.into());
        map.insert("id".to_owned(), self.id.as_str().into());
        map.insert("time".to_owned(), format!("{:.3}", self.time).into());
        map.insert("reviewer".to_owned(), self.reviewer.as_str().into());
        if let Some(case) = &self.case {
            map.insert("instruction".to_owned(), case.instruction.as_str().into());
            map.insert("person".to_owned(), case.person.as_str().into());
        }
        if self.pass != Pass::First {
            let pass = serde_json::to_value(self.pass).map_err(bug)?;
            map.insert("pass".to_owned(), pass);
        }
        if let Some(shown) = &self.shown {
            let shown = serde_json::to_value(shown).map_err(bug)?;
            map.insert("shown".to_owned(), shown);
        }
        map.insert("kind".to_owned(), self.act.kind().into());
        if let Act::Other { fields, .. } = &self.act {
            map.extend(fields.clone());
        } else if let Value::Object(fields) = serde_json::to_value(&self.act).map_err(bug)? {
            map.extend(fields);
        }
        for (name, value) in &self.extra {
            map.entry(name.as_str()).or_insert_with(|| value.clone());
        }
        serde_json::to_string(&map).map_err(bug)
    }

    /// Reads one line, without its line feed.
    ///
    /// # Errors
    /// Why it is no entry, without any text of it.
    pub fn from_line(bytes: &[u8]) -> Result<Entry, String> {
        Entry::from_plain_line(bytes).map_or_else(|| Entry::from_any_line(bytes), Ok)
    }

    /// Reads a line in which nothing is amiss or new; for all others, `None`. Twice as fast as the reader of all lines.
    fn from_plain_line(bytes: &[u8]) -> Option<Entry> {
        let head: Head<'_> = serde_json::from_slice(bytes).ok()?;
        let names = OnlyKnown(Act::fields(&head.kind)?);
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let act: Act = serde_json::from_slice(bytes).ok()?;
        let case = match (head.instruction, head.person) {
            (Some(instruction), Some(person)) => Some(CaseKey {
                instruction: instruction.into_owned(),
                person: person.into_owned(),
            }),
            (None, None) if !act.needs_case() => None,
            _ => return None,
        };
        let case_fields = names.deserialize(&mut json).ok()?;
        (case_fields == usize::from(case.is_some()) * 2 && head.v > 0).then_some(())?;
        Some(Entry {
            v: head.v,
            id: Some(head.id).filter(|id| !id.is_empty())?.into_owned(),
            time: head.time.parse().ok()?,
            reviewer: Some(head.reviewer).filter(|r| !r.is_empty())?.into_owned(),
            case,
            pass: head.pass.unwrap_or_default(),
            shown: head.shown,
            act,
            extra: Map::new(),
        })
    }

    /// Reads any line, and says what is amiss.
    fn from_any_line(bytes: &[u8]) -> Result<Entry, String> {
        let mut map: Map<String, Value> = serde_json::from_slice(bytes).map_err(|e| {
            if e.is_eof() {
                format!("it ends too soon, after {} bytes", bytes.len())
            } else {
                format!("no JSON object from byte {} on", e.column())
            }
        })?;
        let v = match map.shift_remove("v").as_ref().and_then(Value::as_u64) {
            Some(v) if v > 0 => u32::try_from(v).map_err(|_| wrong("v"))?,
            _ => return Err(wrong("v")),
        };
        let id = text(&mut map, "id")?;
        let time: Timestamp = text(&mut map, "time")?.parse().map_err(|_| wrong("time"))?;
        let reviewer = text(&mut map, "reviewer")?;
        if id.is_empty() || reviewer.is_empty() {
            return Err("an empty field `id` or `reviewer`".to_owned());
        }
        let case = match (map.contains_key("instruction"), map.contains_key("person")) {
            (false, false) => None,
            _ => Some(CaseKey {
                instruction: text(&mut map, "instruction")?,
                person: text(&mut map, "person")?,
            }),
        };
        let pass = known(&mut map, "pass");
        let shown = known(&mut map, "shown");
        let kind = text(&mut map, "kind")?;
        let fits = pass.as_ref().map(|_| ()).and(shown.as_ref().map(|_| ()));
        if let Err(what) = fits {
            // A newer version may know more readings, and other ways to name a text; what is said there must not count for another.
            if v <= VERSION {
                return Err(what.clone());
            }
            let fields = map;
            return Ok(Entry {
                v,
                id,
                time,
                reviewer,
                case,
                pass: pass.ok().flatten().unwrap_or_default(),
                shown: shown.ok().flatten(),
                act: Act::Other { kind, fields },
                extra: Map::new(),
            });
        }
        let (act, extra) = act(v, &kind, map)?;
        if act.needs_case() && case.is_none() {
            return Err(format!(
                "the kind `{}` without `instruction` and `person`",
                act.kind()
            ));
        }
        Ok(Entry {
            v,
            id,
            time,
            reviewer,
            case,
            pass: pass.ok().flatten().unwrap_or_default(),
            shown: shown.ok().flatten(),
            act,
            extra,
        })
    }
}

/// The fields of every line, borrowed from it where they hold no escapes.
#[derive(Deserialize)]
struct Head<'a> {
    v: u32,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    reviewer: Cow<'a, str>,
    #[serde(borrow)]
    instruction: Option<Cow<'a, str>>,
    #[serde(borrow)]
    person: Option<Cow<'a, str>>,
    pass: Option<Pass>,
    shown: Option<Shown>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
}

/// Refuses an object with a field that is neither common nor one of these; yields how many of the case's two fields it has.
struct OnlyKnown(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for OnlyKnown {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OnlyKnown {
    type Value = usize;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
        let mut case = 0;
        while let Some(name) = map.next_key::<&str>()? {
            if !COMMON.contains(&name) && !self.0.contains(&name) {
                return Err(serde::de::Error::custom("a field that is not known"));
            }
            case += usize::from(matches!(name, "instruction" | "person"));
            map.next_value::<IgnoredAny>()?;
        }
        Ok(case)
    }
}

/// The act of a line and the fields that are not known.
///
/// A known kind of a newer version that does not fit is an unknown kind; of this version, a bad line.
fn act(
    v: u32,
    kind: &str,
    mut map: Map<String, Value>,
) -> Result<(Act, Map<String, Value>), String> {
    let other = |fields| {
        let kind = kind.to_owned();
        (Act::Other { kind, fields }, Map::new())
    };
    let Some(known) = Act::fields(kind) else {
        return Ok(other(map));
    };
    let original = (v > VERSION).then(|| map.clone());
    let mut own = Map::new();
    own.insert("kind".to_owned(), kind.into());
    for name in known {
        // `shift_remove` keeps the order of what remains.
        if let Some(value) = map.shift_remove(*name) {
            own.insert((*name).to_owned(), value);
        }
    }
    match (serde_json::from_value(Value::Object(own)), original) {
        (Ok(act), _) => Ok((act, map)),
        (Err(_), Some(fields)) => Ok(other(fields)),
        (Err(_), None) => Err(format!("the fields of the kind `{kind}` do not fit")),
    }
}

/// A field that may be missing. One that does not fit stays where it is.
fn known<T: serde::de::DeserializeOwned>(
    map: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, String> {
    let Some(value) = map.get(name) else {
        return Ok(None);
    };
    let read = serde_json::from_value(value.clone()).map_err(|_| wrong(name))?;
    map.shift_remove(name);
    Ok(read)
}

fn text(map: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    match map.shift_remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(wrong(name)),
    }
}

fn wrong(name: &str) -> String {
    format!("the field `{name}` is missing or of the wrong type")
}

fn bug(error: serde_json::Error) -> Error {
    Error::bug("a review entry could not be written as JSON").caused_by(error)
}

impl Reading {
    /// Reads a whole file's bytes.
    ///
    /// Empty lines and a byte order mark are passed over. Where an unfinished line runs into the next (a writer that
    /// did not seal it), the unfinished one is bad and the next is read.
    pub fn of(bytes: &[u8]) -> Reading {
        let mut reading = Reading {
            torn: bytes.last().is_some_and(|b| *b != b'\n'),
            ..Reading::default()
        };
        let mut from = if bytes.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        for number in 1.. {
            let Some(rest) = bytes.get(from..).filter(|r| !r.is_empty()) else {
                break;
            };
            let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest[..len].trim_ascii_end();
            let blanks = line.len() - line.trim_ascii_start().len();
            if blanks < line.len() {
                reading.lines += 1;
                reading.line(number, bytes, from + blanks..from + line.len());
            }
            from += len + 1;
        }
        reading
    }

    /// Reads a file; one that is not there is an empty one.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn of_file(path: &Path) -> Result<Reading> {
        Ok(Reading::of(&bytes_of(path)?))
    }

    fn line(&mut self, number: u64, bytes: &[u8], at: Range<usize>) {
        let line = &bytes[at.clone()];
        let error = match Entry::from_line(line) {
            Ok(entry) => return self.push(number, at, entry),
            Err(why) => why,
        };
        let inner: Vec<usize> = memchr::memmem::find_iter(line, START)
            .filter(|start| *start > 0)
            .map(|start| at.start + start)
            .collect();
        if inner.is_empty() {
            let line = number;
            return self.bad.push(BadLine { line, why: error });
        }
        let mut from = at.start;
        for to in inner.into_iter().chain([at.end]) {
            match Entry::from_line(&bytes[from..to]) {
                Ok(entry) => self.push(number, from..to, entry),
                Err(why) => self.bad.push(BadLine { line: number, why }),
            }
            from = to;
        }
    }

    fn push(&mut self, number: u64, at: Range<usize>, entry: Entry) {
        self.unknown_kinds += usize::from(matches!(entry.act, Act::Other { .. }));
        self.unknown_fields += entry.extra.len();
        self.entries.push(Line { number, at, entry });
    }
}

/// The bytes of a file; none when it is not there.
///
/// # Errors
/// When the file is there and cannot be read.
fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)) {
        Ok(_) => Ok(bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Error::io(path, "reading the review file", e)),
    }
}

#[cfg(test)]
mod tests;
