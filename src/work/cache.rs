//! What was read of files, kept while the files stay as they are.
//!
//! In: a path, and how to read it. Out: what was read, shared. One that changed since is read again. Kept are the last used, as
//! long as their files have at most so many bytes together, and some of any size. Never: a lock held while a file is read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What tells a changed file from an unchanged one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path) -> Option<Stamp> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Stamp {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

/// The cache; threads share it.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    /// The last used at the end.
    kept: Mutex<Vec<Kept<T>>>,
    most_bytes: u64,
    at_least: usize,
}

#[derive(Debug)]
struct Kept<T> {
    path: PathBuf,
    stamp: Stamp,
    value: Arc<T>,
}

impl<T> Cache<T> {
    /// Keeps files of at most so many bytes together, and at least so many files of any size.
    pub(crate) fn new(most_bytes: u64, at_least: usize) -> Self {
        Cache {
            kept: Mutex::new(Vec::new()),
            most_bytes,
            at_least,
        }
    }

    /// What a file holds: what is kept of it, or what `read` gives, which is kept where the file is there.
    ///
    /// # Errors
    /// As `read`.
    pub(crate) fn get<E>(
        &self,
        path: &Path,
        read: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let now = Stamp::of(path);
        if let Some(value) = self.find(path, now) {
            return Ok(value);
        }
        let value = Arc::new(read()?);
        if let Some(stamp) = now {
            self.keep(Kept {
                path: path.to_owned(),
                stamp,
                value: Arc::clone(&value),
            });
        }
        Ok(value)
    }

    fn find(&self, path: &Path, now: Option<Stamp>) -> Option<Arc<T>> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let i = all.iter().position(|k| k.path == path)?;
        let kept = all.remove(i);
        if Some(kept.stamp) != now {
            return None;
        }
        let value = Arc::clone(&kept.value);
        all.push(kept);
        Some(value)
    }

    fn keep(&self, new: Kept<T>) {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have read the same.
        all.retain(|k| k.path != new.path);
        all.push(new);
        let mut bytes: u64 = all.iter().map(|k| k.stamp.bytes).sum();
        while bytes > self.most_bytes && all.len() > self.at_least {
            bytes -= all.remove(0).stamp.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn files_are_read_once_until_they_change_or_others_crowd_them_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |n: usize| folder.path().join(n.to_string());
        for n in 0..4 {
            std::fs::write(path(n), "x".repeat(10)).expect("written");
        }
        let reads = Cell::new(0);
        let cache = Cache::new(25, 1);
        let get = |n: usize| {
            let value = cache.get(&path(n), || {
                reads.set(reads.get() + 1);
                std::fs::read_to_string(path(n))
            });
            (value.expect("there").len(), reads.replace(0))
        };
        assert_eq!((get(0), get(0)), ((10, 1), (10, 0)));
        assert_eq!((get(1), get(0)), ((10, 1), (10, 0)));
        // The third takes the place of the second, which was used longest ago.
        assert_eq!((get(2), get(0), get(1)), ((10, 1), (10, 0), (10, 1)));
        std::fs::write(path(1), "x".repeat(99)).expect("written");
        // One is kept, however large.
        assert_eq!((get(1), get(1), get(0)), ((99, 1), (99, 0), (10, 1)));
        std::fs::remove_file(path(0)).expect("there");
        assert!(
            cache
                .get(&path(0), || std::fs::read(path(0)).map(|_| String::new()))
                .is_err()
        );
    }
}
