//! Where a dataset's index is, and what it says it holds.
//!
//! In: a dataset and the cache folder. Out: a folder of its own, private to the user, and the manifest of what was indexed.
//! The manifest travels in the index's own commit, so the two cannot disagree: either both are there or neither is.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::schema::SCHEMA_VERSION;
use crate::dataset::{Dataset, Fingerprint, RecordFile};
use crate::error::Result;
use crate::files::private::own_folder;
use crate::files::replace::replace;
use crate::notice::{Notice, Severity};

/// A file changed so shortly before it was read may have changed again without a new time: the clocks of file systems step
/// by milliseconds, or, where a time has no fraction, by up to two seconds.
const RACY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// The folder of one dataset's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFolder {
    folder: PathBuf,
    /// The dataset's absolute path, where it is known.
    dataset: Option<PathBuf>,
}

/// The file in an index's folder that says which dataset it is of.
const DATASET: &str = "dataset";

impl IndexFolder {
    /// The place of a dataset's index in the cache folder: named by the dataset, its absolute path, the schema's version
    /// and tantivy's, whose format changes between releases.
    pub fn of(dataset: &Dataset, cache: &Path) -> Self {
        let root = dataset.root();
        let path = root
            .canonicalize()
            .unwrap_or_else(|_| std::path::absolute(root).unwrap_or_else(|_| root.to_owned()));
        let mut mark = Fingerprint::new();
        mark.add(path.as_os_str().as_encoded_bytes());
        let name: String = dataset
            .name()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .take(40)
            .collect();
        let folder = format!(
            "{name}-{:.16}-v{SCHEMA_VERSION}-tantivy0.27",
            mark.to_string()
        );
        IndexFolder {
            folder: cache.join("index").join(folder),
            dataset: Some(path),
        }
    }

    /// All places in the cache folder at which there is an index, by name, also those of datasets that are gone.
    pub fn all(cache: &Path) -> Vec<Self> {
        let entries = fs::read_dir(cache.join("index")).into_iter().flatten();
        let folders = entries.filter_map(|e| Some(e.ok()?.path()));
        let mut all: Vec<IndexFolder> = folders
            .filter(|f| f.is_dir() && !f.is_symlink())
            .map(|folder| IndexFolder {
                dataset: fs::read(folder.join(DATASET))
                    .ok()
                    .map(|bytes| PathBuf::from(OsString::from_vec(bytes))),
                folder,
            })
            .collect();
        all.sort_by(|a, b| a.folder.cmp(&b.folder));
        all
    }

    /// The path of the dataset that the index is of; `None` where an earlier version made it, which did not say.
    pub fn dataset(&self) -> Option<&Path> {
        self.dataset.as_deref()
    }

    /// Whether the dataset is known to be gone, or moved.
    pub fn is_orphan(&self) -> bool {
        self.dataset.as_ref().is_some_and(|path| !path.exists())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of tantivy's files.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The file that a building program locks.
    pub(super) fn lock(&self) -> PathBuf {
        self.folder.join("build.lock")
    }

    /// The file with the counts that matching keeps, for one way to cut texts.
    pub(super) fn counts(&self, tokens: &str) -> PathBuf {
        self.folder.join(format!("counts-{tokens}.bin"))
    }

    /// Makes the folder, private to the user.
    pub(super) fn make(&self) -> Result<()> {
        for folder in [
            self.folder.parent().unwrap_or(&self.folder),
            &self.folder,
            &self.data(),
        ] {
            own_folder(folder)?;
        }
        let Some(dataset) = &self.dataset else {
            return Ok(());
        };
        let (file, path) = (self.folder.join(DATASET), dataset.as_os_str().as_bytes());
        if fs::read(&file).is_ok_and(|said| said == path) {
            return Ok(());
        }
        replace(&file, path)
    }

    /// Bytes of all files in it.
    pub fn bytes(&self) -> u64 {
        files(&self.folder)
            .chain(files(&self.data()))
            .filter_map(|p| p.metadata().ok())
            .map(|m| m.len())
            .sum()
    }
}

/// The regular files of a folder.
pub(super) fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|f| f.path())
        .filter(|p| p.is_file())
}

/// What tells a changed record file from an unchanged one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// The file's name.
    pub(super) file: String,
    /// Its size.
    pub(super) bytes: u64,
    /// Nanoseconds since 1970 of its last change; `None` where that is not known or too fresh to be trusted.
    pub(super) modified: Option<u64>,
    /// A hash of its content, where it was too fresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) content: Option<String>,
}

impl Stamp {
    /// The stamp of a file that is about to be read at `now`.
    pub(super) fn of(file: &RecordFile, now: SystemTime) -> Self {
        let nanos = |at: SystemTime| at.duration_since(UNIX_EPOCH).ok();
        let settled = |at: &SystemTime| {
            let whole = nanos(*at).is_none_or(|d| d.subsec_nanos() == 0);
            let racy = if whole { RACY.1 } else { RACY.0 };
            now.duration_since(*at).is_ok_and(|age| age > racy)
        };
        let nanos = |at: SystemTime| nanos(at).map(|d| d.as_nanos() as u64);
        let modified = file.modified.filter(settled).and_then(nanos);
        Stamp {
            content: match modified {
                Some(_) => None,
                None => content(&file.path),
            },
            file: file
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            bytes: file.bytes,
            modified,
        }
    }

    /// Whether a file is surely the one that was read under this stamp.
    pub(in crate::search) fn holds_for(&self, file: &RecordFile, now: SystemTime) -> bool {
        match &self.content {
            Some(hash) => self.bytes == file.bytes && content(&file.path).as_ref() == Some(hash),
            None => self.modified.is_some() && *self == Stamp::of(file, now),
        }
    }
}

/// A hash of what is in a file.
fn content(path: &Path) -> Option<String> {
    let mut mark = Fingerprint::new();
    mark.add(&fs::read(path).ok()?);
    Some(mark.to_string())
}

/// A record in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Indexed {
    pub(super) person: String,
    #[serde(flatten)]
    pub(super) stamp: Stamp,
    /// Events it has; `None` when it is left out.
    pub(super) events: Option<u64>,
    /// Why it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
}

/// What an index holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) schema: u32,
    pub(super) records: Vec<Indexed>,
}

impl Manifest {
    /// Reads the payload of a commit.
    pub(super) fn read(payload: Option<&str>) -> Option<Self> {
        let manifest: Manifest = serde_json::from_str(payload?).ok()?;
        (manifest.schema == SCHEMA_VERSION).then_some(manifest)
    }

    /// The records that are left out, in the files' order.
    pub(super) fn left_out(&self, files: &[RecordFile]) -> Vec<Notice> {
        let why: FxHashMap<&str, &String> = self
            .records
            .iter()
            .filter_map(|r| Some((r.person.as_str(), r.why.as_ref()?)))
            .collect();
        let notice = |file: &RecordFile| {
            let why = why.get(file.person_id.as_str())?;
            let what = format!("the record is left out: {why}");
            Some(Notice::file(Severity::Error, &file.path, what))
        };
        files.iter().filter_map(notice).collect()
    }

    /// What to do so that the index holds what the dataset has.
    pub(super) fn plan(&self, files: &[RecordFile], now: SystemTime) -> Plan {
        let known: FxHashMap<&str, &Indexed> = self
            .records
            .iter()
            .map(|r| (r.person.as_str(), r))
            .collect();
        let mut plan = Plan::default();
        for (i, file) in files.iter().enumerate() {
            let known = known.get(file.person_id.as_str());
            if let Some(known) = known.filter(|k| k.stamp.holds_for(file, now)) {
                plan.kept += usize::from(known.events.is_some());
            } else {
                plan.read.push((i, known.is_some()));
            }
        }
        let here: rustc_hash::FxHashSet<&str> =
            files.iter().map(|f| f.person_id.as_str()).collect();
        let gone = self
            .records
            .iter()
            .filter(|r| !here.contains(r.person.as_str()));
        plan.remove = gone.map(|r| r.person.clone()).collect();
        plan
    }
}

/// What to do so that an index holds what a dataset has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Records to read, as places in the list of files, and whether an older state is in the index.
    pub(super) read: Vec<(usize, bool)>,
    /// Patients whose records are gone.
    pub(super) remove: Vec<String>,
    /// Records that are unchanged.
    pub(super) kept: usize,
}

impl Plan {
    /// Whether nothing is to be done.
    pub(super) fn is_empty(&self) -> bool {
        self.read.is_empty() && self.remove.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(person: &str, bytes: u64, age: u64) -> RecordFile {
        RecordFile {
            person_id: person.to_owned(),
            path: PathBuf::from(format!("/x/{person}.xml")),
            bytes,
            modified: Some(UNIX_EPOCH + Duration::from_secs(1_000_000 - age)),
        }
    }

    #[test]
    fn only_what_changed_is_read_again() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        let files = [file("1", 5, 100), file("2", 5, 100), file("3", 5, 1)];
        let entry = |f: &RecordFile| Indexed {
            person: f.person_id.clone(),
            stamp: Stamp::of(f, now),
            events: Some(1),
            why: None,
        };
        let mut records: Vec<Indexed> = files.iter().map(entry).collect();
        records.push(entry(&file("9", 5, 100)));
        let manifest = Manifest {
            schema: SCHEMA_VERSION,
            records,
        };
        let plan = manifest.plan(&files, now);
        assert_eq!(
            (plan.read, plan.kept),
            (vec![(2, true)], 2),
            "a fresh file is not trusted"
        );
        assert_eq!(plan.remove, ["9"]);
        let changed = [file("1", 6, 100), file("2", 5, 99), file("4", 5, 100)];
        let plan = manifest.plan(&changed, now);
        assert_eq!(plan.read, [(0, true), (1, true), (2, false)]);
    }
}
