//! Where records are written until all of them are there.
//!
//! In: the dataset's folder. Out: its `ehrs` folder, complete or not at all: records are written and synced in a private
//! folder beside it that takes the name `ehrs` at the end. When `ehrs` holds records already, they are replaced one by
//! one at the end, each at once. An import that is killed leaves a folder `.ehrs-import-…` and nothing else.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::assemble::Written;
use crate::error::{Error, Result};
use crate::files::private::{create_new, folder_in, parent, private_folder, sync_folder};

/// The folder in which an import writes.
pub(crate) struct Staging {
    target: PathBuf,
    folder: TempDir,
}

impl Staging {
    /// Makes `out` and a private folder in it.
    ///
    /// # Errors
    /// When they cannot be made, or `ehrs` has files and may not be overwritten.
    pub(crate) fn open(out: &Path, overwrite: bool) -> Result<Self> {
        let target = out.join("ehrs");
        if !overwrite
            && let Ok(mut entries) = fs::read_dir(&target)
            && entries.next().is_some()
        {
            return Err(
                Error::usage(format!("{} holds records already", target.display()))
                    .hint("choose another folder, or give --overwrite to replace records of the same patients"),
            );
        }
        private_folder(out)?;
        let folder = folder_in(out, ".ehrs-import-")
            .map_err(|e| Error::io(out, "making a folder for new records", e))?;
        Ok(Staging { target, folder })
    }

    /// A folder that only this user can read, on the same disk as the records.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes one record and syncs it. Gives its size in bytes and what `write` gave.
    pub(crate) fn write(
        &self,
        person: i64,
        write: impl FnOnce(File) -> Result<(BufWriter<File>, Written)>,
    ) -> Result<(u64, Written)> {
        let path = self.folder.path().join(format!("{person}.xml"));
        let failed = |e| {
            Error::io(&path, "writing the record", e).hint("check that the disk has space left")
        };
        let file = create_new(&path).map_err(failed)?;
        let (mut out, written) = write(file)?;
        out.flush().map_err(failed)?;
        let file = out.into_inner().map_err(|e| failed(e.into_error()))?;
        file.sync_all().map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        Ok((bytes, written))
    }

    /// Gives the records their place.
    pub(crate) fn publish(self) -> Result<()> {
        let Staging { target, folder } = self;
        sync_folder(folder.path())?;
        // Renaming onto an empty folder works, onto one with files it does not.
        if fs::rename(folder.path(), &target).is_ok() {
            // The folder has its final name now: nothing is left to remove.
            let _ = folder.keep();
            return sync_folder(parent(&target));
        }
        for entry in fs::read_dir(folder.path())
            .map_err(|e| Error::io(folder.path(), "listing new records", e))?
        {
            let entry = entry.map_err(|e| Error::io(folder.path(), "listing new records", e))?;
            let to = target.join(entry.file_name());
            fs::rename(entry.path(), &to).map_err(|e| Error::io(&to, "replacing the record", e))?;
        }
        sync_folder(&target)
    }
}
