//! Where a command writes: one guard for every file that any command makes.
//!
//! In: what the command reads, and the path that the user gave. Out: a place that may be written, private and at once or not
//! at all; or standard output, for `-`. Never: a file that is read here, a review file, its backups, a plan, a decisions file
//! (known by what they hold, whatever their names), a link, a device, a folder; and no file that is there already without the
//! option that says so.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::dataset::Dataset;
use crate::dataset::layout::Layout;
use crate::error::{Error, Result};
use crate::files::private;
use crate::files::replace::put;
use crate::review::line::Reading;
use crate::review::plan;

/// So many bytes of a file that is there say what it is.
const LOOK: u64 = 1 << 20;

/// What is written where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// Standard output.
    Output,
    File(OutputFile),
}

/// A file that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutputFile {
    path: PathBuf,
    replace: bool,
}

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug)]
pub(super) enum There {
    /// Never.
    Stays,
    /// With the option of this name, which was given or not.
    Option(&'static str, bool),
}

/// What a command must not write over.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    inputs: Vec<PathBuf>,
    /// Folders of review files, where nothing else goes.
    reviews: Vec<PathBuf>,
    /// The plan of a dataset, whatever its columns' order.
    plan: Vec<PathBuf>,
    plans: bool,
    /// Whether folders that are not there are made.
    folders: bool,
}

impl Guard {
    /// Keeps files that are read.
    #[must_use]
    pub(super) fn reads<P: AsRef<Path>>(mut self, files: impl IntoIterator<Item = P>) -> Self {
        let files = files.into_iter().map(|f| f.as_ref().to_owned());
        self.inputs.extend(files);
        self
    }

    /// Keeps a dataset: its tables, its records, its plan, the folder of its review files.
    #[must_use]
    pub(super) fn dataset(mut self, dataset: &Dataset) -> Self {
        let tables = dataset.tables().iter().map(|t| t.path.clone());
        let records = dataset.record_files().iter().map(|r| r.path.clone());
        self.inputs.extend(tables.chain(records));
        let root = dataset.root();
        if !root.is_file() {
            self.plan.push(root.join(plan::FILE));
            self.reviews.push(root.join("reviews"));
            return self;
        }
        // A record alone may lie in a dataset's folder, or in one of records within it.
        for folder in [folder_of(root).to_owned(), folder_of(root).join("..")] {
            let layout = Layout::of_folder(&folder).unwrap_or_default();
            let tables = layout.tables.into_iter().map(|t| t.path);
            let records = layout.records.into_iter().map(|r| r.path);
            self.inputs.extend(tables.chain(records));
            self.plan.push(folder.join(plan::FILE));
            self.reviews.push(folder.join("reviews"));
        }
        self
    }

    /// Lets files go into folders that are made with them.
    #[must_use]
    pub(super) fn makes_folders(mut self) -> Self {
        self.folders = true;
        self
    }

    /// Lets a plan be replaced, and nothing but a plan.
    #[must_use]
    pub(super) fn writes_plans(mut self) -> Self {
        self.plans = true;
        self
    }

    /// Where the user said, standard output where nothing was said.
    ///
    /// # Errors
    /// When it must not be written.
    pub(super) fn to(&self, path: Option<&Path>, there: There) -> Result<To> {
        match path {
            Some(path) if path != "-" => Ok(To::File(self.file(path, there)?)),
            _ => {
                self.standard_output()?;
                Ok(To::Output)
            }
        }
    }

    /// A file.
    ///
    /// # Errors
    /// When it must not be written.
    pub(super) fn file(&self, path: &Path, there: There) -> Result<OutputFile> {
        let refuse = |what: &str, hint: &str| {
            let what = format!("{} {what}", path.display());
            Err(Error::usage(what).hint(hint))
        };
        let elsewhere = "name another place with --out";
        let found = match fs::symlink_metadata(path) {
            Ok(found) => Some(found),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
            Err(e) => return Err(Error::io(path, "looking at the place to write", e)),
        };
        if let Some(found) = &found {
            if found.is_symlink() {
                return refuse(
                    "is a link, which is not followed",
                    "name the file itself; `-` is standard output",
                );
            }
            if found.is_dir() {
                return refuse("is a folder", "name a file");
            }
            if !found.is_file() {
                return refuse("is no regular file", "name a file; `-` is standard output");
            }
            if self.is_input(found) {
                return refuse("is read here and is never written over", elsewhere);
            }
            match holds(path)? {
                Holds::Acts => {
                    return refuse("is a review file and is never written over", elsewhere);
                }
                Holds::Plan if !self.plans => {
                    return refuse("is a plan and is never written over", elsewhere);
                }
                Holds::Else if self.plans => {
                    return refuse("is there already and is no plan", elsewhere);
                }
                Holds::Plan | Holds::Else => {}
            }
        }
        // Told before the work, which may take minutes, and not after it.
        let folder = folder_of(path);
        let there_is = |folder: &&Path| folder.is_dir();
        let folder = match folder.ancestors().find(there_is) {
            Some(outer) if self.folders => outer,
            None if self.folders => Path::new("."),
            _ => folder,
        };
        if !folder.is_dir() {
            let what = format!("{} is no folder that is there", folder.display());
            return Err(Error::usage(what).hint("make it, or name another place with --out"));
        }
        if !private::is_writable(folder) {
            let what = format!("{} may not be written into", folder.display());
            return Err(Error::usage(what).hint(elsewhere));
        }
        if self.is_among_reviews(path) {
            return refuse(
                "lies among review files, where nothing else goes",
                elsewhere,
            );
        }
        let replace = match (found.is_some(), there) {
            (true, There::Stays) => {
                return refuse(
                    "is there already",
                    "name a file that does not exist yet with --out",
                );
            }
            (true, There::Option(option, false)) => {
                let hint = format!("{elsewhere}, or replace it with {option}");
                return refuse("is there already", &hint);
            }
            (there, _) => there,
        };
        Ok(OutputFile {
            path: path.to_owned(),
            replace,
        })
    }

    /// A review file that acts are to be appended to: a new one, or one that holds acts.
    ///
    /// # Errors
    /// When it is something else.
    pub(super) fn review_file(&self, path: &Path) -> Result<()> {
        let Ok(found) = fs::metadata(path) else {
            return Ok(());
        };
        let is_other = found.is_file() && found.len() > 0 && holds(path)? != Holds::Acts;
        if self.is_input(&found) || is_other {
            let what = format!("{} is no review file", path.display());
            return Err(Error::usage(what).hint("name a review file, or one that is not there yet"));
        }
        Ok(())
    }

    /// Refuses standard output that the shell has led into a file that is read.
    fn standard_output(&self) -> Result<()> {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd;
            #[expect(
                clippy::disallowed_methods,
                reason = "nothing is written: only where it leads is looked at"
            )]
            let output = io::stdout().as_fd().try_clone_to_owned().map(File::from);
            if let Ok(output) = output.and_then(|file| file.metadata())
                && output.is_file()
                && self.is_input(&output)
            {
                let what = "standard output goes into a file that is read here";
                return Err(Error::usage(what).hint("let it go to another file"));
            }
        }
        Ok(())
    }

    fn is_input(&self, found: &Metadata) -> bool {
        let same =
            |input: &PathBuf| fs::metadata(input).is_ok_and(|i| private::same_file(&i, found));
        let listed = |folder: &PathBuf| {
            let files = fs::read_dir(folder).into_iter().flatten().flatten();
            files.map(|f| f.path()).any(|f| same(&f))
        };
        let plan = self.plan.iter().filter(|_| !self.plans);
        self.inputs.iter().chain(plan).any(same) || self.reviews.iter().any(listed)
    }

    fn is_among_reviews(&self, path: &Path) -> bool {
        let folder = folder_of(path);
        let Ok(there) = fs::metadata(folder) else {
            return false;
        };
        let same = |f: &PathBuf| fs::metadata(f).is_ok_and(|f| private::same_file(&f, &there));
        let own = folder.canonicalize();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_lock = name.starts_with('.') && name.ends_with(".lock");
        let is_backup = own.is_ok_and(|f| f.file_name().is_some_and(|n| n == ".backup"));
        is_lock || is_backup || self.reviews.iter().any(same)
    }
}

impl To {
    /// Writes data there.
    ///
    /// # Errors
    /// As [`OutputFile::write`]; when standard output cannot be written.
    pub(super) fn write(&self, bytes: &[u8], out: &mut dyn Write) -> Result<()> {
        match self {
            To::Output => out.write_all(bytes).map_err(super::output_failed),
            To::File(place) => place.write(bytes),
        }
    }

    /// Prints what was done: never among the data.
    ///
    /// # Errors
    /// When it cannot be printed.
    pub(super) fn tell(&self, text: &str, out: &mut dyn Write) -> Result<()> {
        match self {
            To::Output => crate::sink::stderr().write_all(text.as_bytes()),
            To::File(_) => out.write_all(text.as_bytes()),
        }
        .map_err(super::output_failed)
    }
}

impl OutputFile {
    /// Writes it.
    ///
    /// # Errors
    /// When it is there by now and must not be replaced, or cannot be written.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<()> {
        self.write_with(|file| file.write_all(bytes))
    }

    /// Writes it, whole or not at all, and gives back what writing gave.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(super) fn write_with<T>(
        &self,
        write: impl FnOnce(&mut File) -> io::Result<T>,
    ) -> Result<T> {
        put(&self.path, self.replace, write)
    }
}

/// What a file that is there holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// Acts of reviewers, decisions on pairs among them.
    Acts,
    /// Who reads what.
    Plan,
    Else,
}

fn holds(path: &Path) -> Result<Holds> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LOOK).read_to_end(&mut bytes))
        .map_err(|e| Error::io(path, "looking at what is there", e))?;
    Ok(if !Reading::of(&bytes).entries.is_empty() {
        Holds::Acts
    } else if plan::is_plan(&bytes) {
        Holds::Plan
    } else {
        Holds::Else
    })
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
