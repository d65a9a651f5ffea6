//! Reading a large file on as many threads as there are.
//!
//! In: a file's path, or the text of a LUMIA file. Out: its bytes, or its encounters as one reading gives them. Never:
//! another outcome than on one thread.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use rayon::prelude::*;

use super::root::Root;
use crate::record::findings::Findings;
use crate::record::lumia::{Lumia, Outcome};
use crate::record::model::{Builder, Shape};
use crate::record::walk::Walker;

/// A part of a file that is read by a thread of its own has at least so many bytes.
const PART: usize = if cfg!(test) { 1 << 14 } else { 1 << 20 };

/// The bytes of a file of `len` bytes; a large one is read on as many threads as there are.
pub(super) fn file_bytes(path: &Path, len: usize) -> std::io::Result<Vec<u8>> {
    let share = len / rayon::current_num_threads() + 1;
    if share < PART || share > len {
        return std::fs::read(path);
    }
    let mut bytes = vec![0; len];
    bytes
        .par_chunks_mut(share)
        .enumerate()
        .try_for_each(|(i, part)| {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start((i * share) as u64))?;
            file.read_exact(part)
        })?;
    Ok(bytes)
}

/// Reads a LUMIA file, its encounters on as many threads as there are.
///
/// The file is cut where `<encounter` stands. Whether an encounter really begins there shows when the part before it
/// is read: it must end between two encounters. If not (the words stood in a comment, or the file is damaged), the
/// whole is read again in one go.
pub(super) fn read_lumia(
    path: &Path,
    text: &str,
    root: &Root<'_>,
    builder: Builder,
    controls: bool,
) -> Outcome {
    let starts = starts_of_parts(text, root.behind);
    if starts.len() > 1 {
        let ends = starts[1..].iter().copied().chain([text.len()]);
        let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
        let parts: Vec<Outcome> = ranges
            .into_par_iter()
            .map(|(start, end)| {
                let last = end == text.len();
                let walker = Walker::new(&text[..end], start, root.name, !last);
                let own = Builder::new(path, Shape::Lumia, 0);
                Lumia::new(walker, own, controls).read()
            })
            .collect();
        if parts.iter().all(|part| part.sound) {
            let mut whole = Outcome {
                builder,
                findings: Findings::default(),
                sound: true,
            };
            for part in parts {
                whole.builder.append(part.builder);
                whole.findings.append(part.findings);
            }
            return whole;
        }
    }
    let walker = Walker::new(text, root.behind, root.name, false);
    Lumia::new(walker, builder, controls).read()
}

/// Where to start reading, one place a thread.
fn starts_of_parts(text: &str, behind: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let count = rayon::current_num_threads().min((bytes.len() - behind) / PART);
    let mut starts = vec![behind];
    for i in 1..count {
        let from = behind + (bytes.len() - behind) / count * i;
        let Some(at) = memchr::memmem::find(&bytes[from..], b"<encounter") else {
            break;
        };
        if starts.last().is_some_and(|last| from + at > *last) {
            starts.push(from + at);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::PART;
    use crate::record::read::tests::{all, bytes, shown};

    /// A record with enough encounters to be read in parts; every tenth is `odd`.
    fn large(odd: &str) -> String {
        let mut text = String::from("<eventstream person_id=\"1\">\n");
        for i in 0..600 {
            let odd = if i % 10 == 0 { odd } else { "" };
            let encounter = format!(
                "<encounter>{odd}<events><entry timestamp=\"2020-01-01 10:{:02}\"><event type=\"note\" note_id=\"{}\">text {i}</event></entry></events></encounter>\n",
                i % 60,
                i % 7,
            );
            text.push_str(&encounter);
        }
        text + "</eventstream>"
    }

    #[test]
    fn parts_read_side_by_side_are_what_one_reading_gives() {
        let threads = |n| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(n)
                .build()
                .expect("threads")
        };
        for odd in [
            "",
            "<!-- <encounter> -->",
            "<note>&eacute;</note>",
            "<![CDATA[<encounter><encounter>]]>",
            "</encounter><encounter>",
            "<encounter>",
        ] {
            let text = large(odd);
            assert!(text.len() > 3 * PART);
            let one = threads(1)
                .install(|| bytes(text.as_str()))
                .expect("a record");
            let many = threads(3)
                .install(|| bytes(text.as_str()))
                .expect("a record");
            assert_eq!(all(&one), all(&many), "{odd}");
            assert_eq!(shown(&one), shown(&many), "{odd}");
        }
        assert_eq!(bytes(large("")).expect("a record").events().len(), 600);
    }
}
