//! The dataset's lint: everything that is off in tables and records, in one list.
//!
//! In: an opened dataset; every record is read. Out: notices with file, line and column, each saying what to do, and
//! counts of what was looked at. Never: a record kept in memory after its turn, or text of one in a notice.

mod answers;
mod lines;
mod record;

use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::instruction::is_missing;
use super::{Case, Dataset, RecordFile};
use crate::notice::{Notice, Severity};
use crate::record::Passages;
use crate::record::locate::How;
use crate::text;

use lines::Finding;
use record::{FilePlace, Seen};

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckReport {
    /// All that was off, by file, line and column.
    pub notices: Vec<Notice>,
    /// What was looked at.
    pub counts: Counts,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Cases with an instruction.
    pub cases: usize,
    /// Models' responses.
    pub responses: usize,
    /// Gold responses.
    pub golds: usize,
    /// Passages of evidence that were looked for.
    pub passages: usize,
    /// Records that could be read.
    pub records: usize,
    /// Their events.
    pub events: usize,
    /// Their notes.
    pub notes: usize,
}

impl CheckReport {
    /// How many notices are of a severity.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.notices
            .iter()
            .filter(|n| n.severity == severity)
            .count()
    }

    /// Adds notices, and puts all in order again.
    pub(crate) fn add(&mut self, notices: impl IntoIterator<Item = Notice>) {
        self.notices.extend(notices);
        self.notices
            .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    }
}

/// Checks a dataset, its records on all processors. Times after `today` are doubted.
pub(crate) fn check(dataset: &Dataset, today: Date) -> CheckReport {
    let mut by_person: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (i, case) in dataset.cases().iter().enumerate() {
        by_person.entry(&case.person_id).or_default().push(i);
    }
    // The largest first, so that no processor is left alone with one at the end.
    let mut files: Vec<&RecordFile> = dataset.record_files().iter().collect();
    files.sort_by_key(|f| std::cmp::Reverse(f.bytes));
    let seen: Vec<Seen> = files
        .into_par_iter()
        .map(|file| {
            let cases = by_person
                .get(file.person_id.as_str())
                .map_or(&[][..], Vec::as_slice);
            record::look(dataset, file, cases, today)
        })
        .collect();

    let mut report = CheckReport::default();
    let mut notices = dataset.notices().to_vec();
    notices.extend(tables(dataset));
    notices.extend(extra_records(dataset, &by_person));
    notices.extend(shared_ids(&seen));
    let known: FxHashMap<&str, &str> = seen
        .iter()
        .filter(|one| one.readable)
        .map(|one| (one.person.as_str(), one.fingerprint.as_str()))
        .collect();
    notices.extend(answers::look(dataset, &known));
    notices.extend(across_records(&seen));
    for one in seen {
        report.counts.records += usize::from(one.readable);
        report.counts.events += one.events;
        report.counts.notes += one.notes;
        report.counts.passages += one.passages;
        notices.extend(one.notices);
    }
    let cases = || dataset.cases().iter();
    report.counts.cases = cases().filter(|c| !c.instruction_id.is_empty()).count();
    report.counts.responses = cases().map(|c| c.responses.len()).sum();
    report.counts.golds = cases().map(|c| c.golds.len()).sum();
    report.add(notices);
    report
}

/// What is empty in the tables.
fn tables(dataset: &Dataset) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (i, case) in dataset.cases().iter().enumerate() {
        if case.instruction_id.is_empty() {
            continue;
        }
        if case.question.trim().is_empty()
            && let Some((file, line)) = dataset.origin(i)
        {
            let what = format!(
                "instruction {} has no text; add its question",
                case.instruction_id
            );
            notices.push(Notice::line(Severity::Warning, file, line, what));
        }
        for response in &case.responses {
            if let Some(file) = dataset.file_of(case, response) {
                let (severity, what) = if response.text.trim().is_empty() {
                    (
                        Severity::Warning,
                        "the response is empty; it is shown and judged as such. Remove the row if the model was \
                         never asked",
                    )
                } else if is_missing(&response.text) {
                    (
                        Severity::Info,
                        "the whole response is a word that some programs write for nothing; it counts as the model's \
                         answer. Remove the row if the model was never asked",
                    )
                } else {
                    continue;
                };
                notices.push(Notice::line(severity, &file, response.line, what));
            }
        }
        if let Some(file) = dataset.golds_file(i) {
            for gold in case.golds.iter().filter(|g| g.text.trim().is_empty()) {
                let what = "the gold response is empty; there is nothing to compare with";
                notices.push(Notice::line(Severity::Info, file, gold.line, what));
            }
        }
    }
    notices
}

/// Records that no case and no relevance label is about.
fn extra_records(dataset: &Dataset, by_person: &FxHashMap<&str, Vec<usize>>) -> Option<Notice> {
    let labelled: rustc_hash::FxHashSet<&str> = dataset
        .relevance()
        .iter()
        .map(|r| r.person_id.as_str())
        .collect();
    let extra: Vec<&RecordFile> = dataset
        .record_files()
        .iter()
        .filter(|f| {
            let person = f.person_id.as_str();
            !by_person.contains_key(person) && !labelled.contains(person)
        })
        .collect();
    let first = extra.first()?;
    let what = format!(
        "records that no case is about: {}, the first is this; nothing is asked of them",
        extra.len()
    );
    Some(Notice::file(Severity::Info, &first.path, what))
}

/// Records whose roots state the same patient.
fn shared_ids(seen: &[Seen]) -> Vec<Notice> {
    let mut by_root: FxHashMap<&str, Vec<&PathBuf>> = FxHashMap::default();
    for one in seen.iter().filter(|s| !s.root_id.is_empty()) {
        by_root.entry(&one.root_id).or_default().push(&one.path);
    }
    let mut notices = Vec::new();
    for (id, mut paths) in by_root {
        paths.sort();
        for later in &paths[1..] {
            let id = text::clip(id, 40);
            let what = format!(
                "states the same patient {id} as {}; find out whose record it is",
                paths[0].display()
            );
            notices.push(Notice::line(Severity::Error, later, 1, what));
        }
    }
    notices
}

/// So many notices of a sort are listed; the rest are counted.
const LISTED: usize = 20;

/// Types that are not known, and codes that come in several units, over all records. Which they are is not said: a
/// damaged file has anything there, also a piece of a note.
fn across_records(seen: &[Seen]) -> Vec<Notice> {
    let mut types: FxHashMap<&str, (u64, FilePlace)> = FxHashMap::default();
    let mut units: FxHashMap<&str, FxHashMap<&str, (u64, FilePlace)>> = FxHashMap::default();
    for (file, one) in seen.iter().enumerate() {
        for (name, count, offset) in &one.types {
            let place = FilePlace {
                file,
                offset: *offset,
            };
            types.entry(name).or_insert((0, place)).0 += count;
        }
        for (code, unit, count, offset) in &one.units {
            let place = FilePlace {
                file,
                offset: *offset,
            };
            let of_code = units.entry(code).or_default();
            of_code.entry(unit).or_insert((0, place)).0 += count;
        }
    }
    let unknown = types.into_iter().map(|(name, (count, place))| {
        let length = name.chars().count();
        let what = format!(
            "events of an unknown type of {length} letters: {count}, the first is here; they are shown as other events"
        );
        (place, what)
    });
    let mixed = units.into_values().filter(|of| of.len() > 1).map(|of_code| {
        let units = of_code.len();
        let mut counts: Vec<(u64, FilePlace)> = of_code.into_values().collect();
        counts.sort_by_key(|(count, place)| (std::cmp::Reverse(*count), *place));
        counts.truncate(5);
        let times: Vec<String> = counts.iter().map(|(n, _)| text::thousands(*n)).collect();
        let what = format!(
            "a code comes in {units} units (events of each: {}); a trend over them misleads. The rarest of these is here",
            times.join(", ")
        );
        (counts[counts.len() - 1].1, what)
    });
    let mut found = listed(unknown, "unknown types of events");
    found.extend(listed(mixed, "codes that come in several units"));
    found.sort_by_key(|(place, _)| *place);
    let mut notices = Vec::new();
    for group in found.chunk_by(|a, b| a.0.file == b.0.file) {
        let of_file = group.iter().map(|(place, what)| Finding {
            severity: Severity::Warning,
            offset: place.offset,
            what: what.clone(),
        });
        let path = &seen[group[0].0.file].path;
        notices.extend(lines::notices(path, of_file.collect()));
    }
    notices
}

/// The first of what was found of a sort, the last of them with a count of the rest.
fn listed(
    found: impl Iterator<Item = (FilePlace, String)>,
    sort: &str,
) -> Vec<(FilePlace, String)> {
    let mut found: Vec<(FilePlace, String)> = found.collect();
    found.sort();
    let rest = found.len().saturating_sub(LISTED);
    found.truncate(LISTED);
    if let Some((place, _)) = found.last()
        && rest > 0
    {
        let what = format!(
            "{} more {sort} come after this one",
            text::thousands(rest as u64)
        );
        found.push((*place, what));
    }
    found
}

/// The passages of a case's gold responses that are not in its record.
fn evidence_notices(
    dataset: &Dataset,
    place: usize,
    passages: &Passages<'_>,
) -> (usize, Vec<Notice>) {
    let case: &Case = &dataset.cases()[place];
    let Some(file) = dataset.golds_file(place) else {
        return (0, Vec::new());
    };
    let mut notices = Vec::new();
    let mut looked = 0;
    for gold in &case.golds {
        for (n, passage) in gold.evidence.iter().enumerate() {
            looked += 1;
            let which = if gold.evidence.len() == 1 {
                "the evidence".to_owned()
            } else {
                format!(
                    "passage {} of {} of the evidence",
                    n + 1,
                    gold.evidence.len()
                )
            };
            let (severity, what) = match passages.find(passage).how {
                How::Exactly => continue,
                How::Spaced => (
                    Severity::Info,
                    format!(
                        "{which} is in the record of patient {} with other white space only",
                        case.person_id
                    ),
                ),
                How::Like(_) | How::Nowhere => (
                    Severity::Warning,
                    format!(
                        "{which} is not in the record of patient {}; correct it, or check that the record is the right one",
                        case.person_id
                    ),
                ),
            };
            notices.push(Notice::line(severity, file, gold.line, what));
        }
    }
    (looked, notices)
}

#[cfg(test)]
mod tests;
