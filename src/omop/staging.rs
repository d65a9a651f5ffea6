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
        make_private(out)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".ehrs-import-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder
            .tempdir_in(out)
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
        let file = create(&path).map_err(failed)?;
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
        sync(folder.path())?;
        let parent = target.parent().unwrap_or(Path::new("."));
        // Renaming onto an empty folder works, onto one with files it does not.
        if fs::rename(folder.path(), &target).is_ok() {
            // The folder has its final name now: nothing is left to remove.
            let _ = folder.keep();
            return sync(parent);
        }
        for entry in fs::read_dir(folder.path())
            .map_err(|e| Error::io(folder.path(), "listing new records", e))?
        {
            let entry = entry.map_err(|e| Error::io(folder.path(), "listing new records", e))?;
            let to = target.join(entry.file_name());
            fs::rename(entry.path(), &to).map_err(|e| Error::io(&to, "replacing the record", e))?;
        }
        sync(&target)
    }
}

fn make_private(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|e| Error::io(folder, "making the folder", e))
}

fn create(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes new names in a folder last, where the system can.
fn sync(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder)
            .and_then(|f| f.sync_all())
            .map_err(|e| Error::io(folder, "syncing the folder", e))?;
    }
    Ok(())
}
