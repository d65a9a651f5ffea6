//! Findings: what a reader doubts, kept by byte offset until the lines are counted once.
//!
//! In: a severity, a byte offset of the decoded file, what was found. Out: [`Notice`]s with lines. Never: more than a
//! bounded number of them (what goes beyond is counted and said), or text of the record.

use std::borrow::Cow;
use std::path::Path;

use rustc_hash::FxHashMap;

use crate::notice::{Notice, Severity};

/// So many findings of the same words are listed one by one.
const SAME: u32 = 100;
/// So many findings are listed one by one in all.
const ALL: usize = 5_000;

#[derive(Debug)]
struct Finding {
    severity: Severity,
    offset: usize,
    what: Cow<'static, str>,
}

/// What was found in one file, or in one part of it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    listed: Vec<Finding>,
    counts: FxHashMap<Cow<'static, str>, u32>,
    more: Vec<Finding>,
    uncounted: u64,
    /// What is said to be `NULL`: read as nothing, and told only by its number.
    pub(super) nulls: u64,
}

impl Findings {
    /// Adds a finding at a byte offset of the decoded file.
    pub(super) fn add(
        &mut self,
        severity: Severity,
        offset: usize,
        what: impl Into<Cow<'static, str>>,
    ) {
        self.push(Finding {
            severity,
            offset,
            what: what.into(),
        });
    }

    fn push(&mut self, finding: Finding) {
        if self.counts.len() >= ALL && !self.counts.contains_key(&finding.what) {
            self.uncounted += 1;
            return;
        }
        let count = self.counts.entry(finding.what.clone()).or_insert(0);
        *count += 1;
        if *count <= SAME && self.listed.len() < ALL {
            self.listed.push(finding);
        } else if *count == SAME + 1 || self.more.is_empty() {
            self.more.push(finding);
        }
    }

    /// Adds the findings of a later part of the same file.
    pub(super) fn append(&mut self, later: Findings) {
        let mut counts = later.counts;
        for finding in later.listed.into_iter().chain(later.more) {
            if let Some(count) = counts.get_mut(&finding.what) {
                *count = count.saturating_sub(1);
            }
            self.push(finding);
        }
        for (what, count) in counts {
            if count > 0 {
                *self.counts.entry(what).or_insert(0) += count;
            }
        }
        self.uncounted += later.uncounted;
        self.nulls += later.nulls;
    }

    /// The findings as notices of `path`, in the order of the file.
    pub(super) fn into_notices(self, path: &Path, text: &str) -> Vec<Notice> {
        let mut all = self.listed;
        let mut shown: FxHashMap<Cow<'static, str>, u32> = FxHashMap::default();
        for finding in &all {
            *shown.entry(finding.what.clone()).or_insert(0) += 1;
        }
        for mut finding in self.more {
            let listed = shown.get(&finding.what).copied().unwrap_or(0);
            let more = self.counts.get(&finding.what).map_or(0, |n| n - listed);
            finding.what = format!("from here on {more} more times: {}", finding.what).into();
            all.push(finding);
        }
        all.sort_by_key(|f| f.offset);
        let mut lines = Lines::new(text);
        let mut notices: Vec<Notice> = all
            .into_iter()
            .map(|f| {
                let (line, column) = lines.of(f.offset);
                Notice::line(f.severity, path, line, f.what).at_column(column)
            })
            .collect();
        if self.uncounted > 0 {
            let what = format!("{} further findings are not listed", self.uncounted);
            notices.push(Notice::file(Severity::Error, path, what));
        }
        notices
    }
}

/// Counts lines and columns at rising offsets, each byte once.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    column: u64,
}

impl<'a> Lines<'a> {
    /// From the start of `text` on.
    pub(crate) fn new(text: &'a str) -> Self {
        Lines {
            text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// The line of a byte offset, and its column in characters, both counted from 1. No offset may be before an earlier one.
    pub(crate) fn of(&mut self, offset: usize) -> (u64, u64) {
        let offset = offset.clamp(self.at, self.text.len());
        let between = &self.text.as_bytes()[self.at..offset];
        self.line += memchr::memchr_iter(b'\n', between).count() as u64;
        let last = match memchr::memrchr(b'\n', between) {
            Some(end) => {
                self.column = 1;
                &between[end + 1..]
            }
            None => between,
        };
        // A character has one byte that does not go on with another.
        self.column += last.iter().filter(|b| **b & 0xc0 != 0x80).count() as u64;
        self.at = offset;
        (self.line, self.column)
    }
}

/// The line of a byte offset, counted from 1.
pub(super) fn line_of(text: &str, offset: usize) -> u64 {
    Lines::new(text).of(offset).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one_in_file_order() {
        let mut findings = Findings::default();
        findings.add(Severity::Warning, 4, "second");
        findings.add(Severity::Error, 0, "first");
        let notices = findings.into_notices(Path::new("r.xml"), "a\nb\nc\n");
        let shown: Vec<String> = notices.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            ["r.xml:1:1: error: first", "r.xml:3:1: warning: second"]
        );
    }

    #[test]
    fn columns_count_characters_in_the_line() {
        let text = "né\nüber alles";
        let mut lines = Lines::new(text);
        let at = |what| text.find(what).expect("in the text");
        let found = ["é", "über", "ber", "alles"].map(|what| lines.of(at(what)));
        assert_eq!(found, [(1, 2), (2, 1), (2, 2), (2, 6)]);
    }

    #[test]
    fn repeats_are_counted_instead_of_listed() {
        let mut findings = Findings::default();
        let mut later = Findings::default();
        for i in 0..1_000 {
            findings.add(Severity::Warning, i, "same");
            later.add(Severity::Warning, 1_000 + i, "same");
        }
        findings.append(later);
        let notices = findings.into_notices(Path::new("r.xml"), &"\n".repeat(3_000));
        assert_eq!(notices.len(), SAME as usize + 1);
        let last = &notices[SAME as usize];
        assert_eq!(last.what, "from here on 1900 more times: same");
        assert_eq!(last.line, Some(u64::from(SAME) + 1));
    }

    #[test]
    fn endless_different_findings_are_bounded() {
        let mut findings = Findings::default();
        for i in 0..20_000 {
            findings.add(Severity::Warning, i, format!("finding {i}"));
        }
        let notices = findings.into_notices(Path::new("r.xml"), "");
        assert_eq!(notices.len(), ALL + 1);
        assert!(notices[ALL].what.contains("15000"));
    }
}
