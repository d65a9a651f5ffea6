//! Numbers in place of reviewers' names.
//!
//! In: what a report is made of, and the report. Out: the same with `reviewer 1`, `reviewer 2` … wherever a name stood: in rows, tallies,
//! notices and paths. The numbers follow from what the reviewers said, so that the same data give the same numbers, and who has the
//! report and a list of names cannot tell whose is which by their order. Never: a name in what a report shows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::head::fingerprint_of;
use super::observations::{Observation, Observations, decider, named};
use super::table::Report;
use super::tables::Sources;
use crate::dataset::Fingerprint;
use crate::files::name::stem;

/// What names are replaced by.
#[derive(Debug)]
pub(crate) struct Numbered {
    by_name: BTreeMap<String, String>,
    /// The files of reviews, whose names may say whose they are in any way.
    files: Vec<(PathBuf, String)>,
}

impl Numbered {
    /// Numbers all who are named: in rows, in tallies, and besides.
    pub(crate) fn of<'a>(sources: &'a Sources, besides: impl IntoIterator<Item = &'a str>) -> Self {
        let all = || std::iter::once(&sources.main).chain(&sources.reviews);
        let rows = || all().flat_map(|o| o.rows.iter().chain(&o.decided));
        let mut said: Vec<String> = rows().map(told).collect();
        said.sort_unstable();
        said.dedup();
        let salt = said.concat();
        let place = |name: &str| {
            let mut fingerprint = Fingerprint::new();
            fingerprint.add(salt.as_bytes());
            fingerprint.add(name.as_bytes());
            fingerprint.to_string()
        };
        let mut names: Vec<&str> = rows().map(|o| named(&o.reviewer)).collect();
        names.extend(all().flat_map(|o| o.tally.reviewers()));
        names.extend(sources.people.iter().map(String::as_str));
        names.extend(besides);
        let machines = &sources.machines.are;
        names.retain(|name| !name.is_empty() && !machines.contains_key(*name));
        names.sort_by_cached_key(|name| (place(name), (*name).to_owned()));
        names.dedup();
        let width = names.len().to_string().len();
        let numbered = (1..).zip(names).map(|(n, name)| {
            // Numbers of one width stand in their order.
            (name.to_owned(), format!("reviewer {n:0width$}"))
        });
        // A model that judges is nobody whose name is kept back.
        let machines = machines.keys().map(|name| (name.clone(), name.clone()));
        Numbered {
            by_name: numbered.chain(machines).collect(),
            files: number_files(&sources.files),
        }
    }

    /// The files of reviews with what they are called.
    pub(crate) fn files(&self) -> &[(PathBuf, String)] {
        &self.files
    }

    /// Puts what files of reviews are called in place of their names.
    pub(crate) fn call_files(&self, report: &mut Report) {
        for notice in &mut report.notices {
            for (file, called) in &self.files {
                if notice.file == *file {
                    notice.file = PathBuf::from(called);
                }
                let path = file.display().to_string();
                notice.what = notice.what.replace(&path, called);
            }
        }
    }

    fn number(&self, name: &str) -> String {
        self.by_name.get(name).cloned().unwrap_or_default()
    }

    /// Numbers the reviewers of all rows, tallies and notices.
    pub(crate) fn number_all(&self, sources: &mut Sources) {
        let number = |said: &mut Observations| {
            for o in said.rows.iter_mut().chain(&mut said.decided) {
                let name = named(&o.reviewer);
                let number = self.number(name);
                o.reviewer = if name.len() < o.reviewer.len() {
                    decider(&number)
                } else {
                    number
                };
            }
            said.tally.rename(|name| self.number(name));
        };
        number(&mut sources.main);
        sources.reviews.iter_mut().for_each(number);
    }

    /// Takes names out of what a report says beside its rows.
    pub(crate) fn clean(&self, report: &mut Report) {
        report.dataset = self.text(&report.dataset);
        for notice in &mut report.notices {
            notice.what = self.text(&notice.what);
            notice.file = PathBuf::from(self.text(&notice.file.to_string_lossy()));
        }
        for file in report.head.iter_mut().flat_map(|h| &mut h.files) {
            *file = self.text(file);
        }
    }

    /// A text with numbers in place of names and of their form in file names, whatever the case of their letters.
    pub(crate) fn text(&self, text: &str) -> String {
        let forms = self
            .by_name
            .iter()
            .flat_map(|(name, number)| [(name.clone(), number), (stem(name), number)]);
        // A number is nobody's name, and stands in many a sentence.
        let mut forms: Vec<(Vec<char>, &String)> = forms
            .filter(|(name, _)| name.chars().any(char::is_alphabetic))
            .map(|(name, number)| (name.chars().collect(), number))
            .collect();
        forms.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let chars: Vec<char> = text.chars().collect();
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        while let Some(&c) = chars.get(at) {
            let is_here = |name: &[char]| {
                let end = at + name.len();
                let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
                let same = |(a, b): (&char, &char)| a.to_lowercase().eq(b.to_lowercase());
                chars
                    .get(at..end)
                    .is_some_and(|here| here.iter().zip(name).all(same))
                    && !(word(at.checked_sub(1).and_then(|i| chars.get(i))) && word(name.first()))
                    && !(word(chars.get(end)) && word(name.last()))
            };
            if let Some((name, number)) = forms.iter().find(|(name, _)| is_here(name)) {
                out.push_str(number);
                at += name.len();
            } else {
                out.push(c);
                at += 1;
            }
        }
        out
    }
}

/// Numbers files by what is in them, which says nothing of the order of their names.
fn number_files(files: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let mut all: Vec<(String, &PathBuf)> = files
        .iter()
        .map(|file| (fingerprint_of(file).unwrap_or_default(), file))
        .collect();
    all.sort();
    let width = all.len().to_string().len();
    let called = (1..).zip(all);
    let called = called.map(|(n, (_, file))| (file.clone(), format!("review file {n:0width$}")));
    called.collect()
}

/// What a row says, for the order of the numbers.
fn told(o: &Observation) -> String {
    format!(
        "{:?}",
        (
            &o.instruction,
            &o.person,
            &o.model,
            &o.reviewer,
            o.reading,
            o.verdict,
            o.rank,
            &o.label
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(names: &[&str]) -> Sources {
        let row = |(i, name): (usize, &&str)| Observation {
            instruction: i.to_string(),
            reviewer: (*name).to_owned(),
            rank: Some(1.0),
            ..Observation::default()
        };
        Sources {
            main: Observations {
                rows: names.iter().enumerate().map(row).collect(),
                ..Observations::default()
            },
            ..Sources::default()
        }
    }

    #[test]
    fn numbers_stand_for_names_in_rows_and_texts() {
        let mut sources = sources(&["jchen", "Dr. Okafor", "Dr. Okafor (adjudication)", "7"]);
        let numbered = Numbered::of(&sources, ["never.there"]);
        numbered.number_all(&mut sources);
        let rows: Vec<&str> = sources
            .main
            .rows
            .iter()
            .map(|o| o.reviewer.as_str())
            .collect();
        assert!(rows.iter().all(|r| r.starts_with("reviewer ")), "{rows:?}");
        assert_eq!(rows[2], format!("{} (adjudication)", rows[1]));
        let text = numbered
            .text("reviews/JChen.jsonl:7: dr. okafor 2, Dr.%20Okafor.jsonl, jchens, never.there");
        let four = numbered.text("never.there");
        assert_eq!(
            text,
            format!(
                "reviews/{}.jsonl:7: {1} 2, {1}.jsonl, jchens, {four}",
                rows[0], rows[1]
            )
        );
        assert_eq!(numbered.text("Jchen's"), format!("{}'s", rows[0]));
    }

    #[test]
    fn the_order_of_the_numbers_is_not_that_of_the_names() {
        let names: Vec<String> = ('a'..='l').map(|c| format!("{c}{c}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let of = |names: &[&str]| {
            let numbered = Numbered::of(&sources(names), []);
            names.iter().map(|n| numbered.number(n)).collect::<Vec<_>>()
        };
        let numbers = of(&names);
        assert!(!numbers.is_sorted(), "{numbers:?}");
        assert!(numbers.contains(&"reviewer 01".to_owned()), "{numbers:?}");
        assert_eq!(of(&names), numbers);
    }
}
