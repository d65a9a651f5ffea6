//! Every path and setting of the program, in one place.
//!
//! In: the environment, the platform's conventional folders, `config.toml` in the config folder. Out: a [`Config`].
//! A key that is not known is an error naming file and line. Each folder can be moved by an environment variable:
//! `MEDALIGN_CONFIG_DIR`, `MEDALIGN_DATA_DIR`, `MEDALIGN_CACHE_DIR`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};

/// Where the program keeps its things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Settings and the user's keymap.
    pub config: PathBuf,
    /// Review files of read-only datasets, the demo, drafts.
    pub data: PathBuf,
    /// What can be made again: search indexes.
    pub cache: PathBuf,
}

/// What `config.toml` may say.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that have nothing to do with each other"
)]
pub struct Settings {
    /// `default`, `vim`, `emacs`, or the path of a keymap file.
    pub keymap: String,
    /// Draw with ASCII signs only.
    pub ascii: bool,
    /// Words in place of boxes, map and colours, one pane at a time, for screen readers and braille lines.
    pub plain: bool,
    /// Let the mouse point, fold, choose in lists and scroll (the terminal's own text selection then needs Shift).
    pub mouse: bool,
    /// Allow copying to the clipboard of the terminal (OSC 52).
    pub clipboard: bool,
    /// The largest copy that is sent to the terminal, in bytes of text.
    pub clipboard_max_bytes: usize,
    /// What columns of tables are: a column's name, and the field that it is.
    pub columns: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            keymap: "default".to_owned(),
            ascii: false,
            plain: false,
            mouse: false,
            clipboard: true,
            clipboard_max_bytes: 74_994,
            columns: BTreeMap::new(),
        }
    }
}

/// Folders and settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the program keeps its things.
    pub folders: Folders,
    /// What `config.toml` says.
    pub settings: Settings,
}

impl Config {
    /// Reads the configuration; `var` looks up an environment variable.
    ///
    /// # Errors
    /// When no home folder is known, or `config.toml` cannot be read or has a key that is not known.
    pub fn load(var: impl Fn(&str) -> Option<String>) -> Result<Self> {
        match Config::or_defaults(var)? {
            (config, None) => Ok(config),
            (_, Some(broken)) => Err(broken),
        }
    }

    /// The same, with the default settings where `config.toml` is broken, and what is wrong in it.
    ///
    /// # Errors
    /// When no home folder is known.
    pub fn or_defaults(var: impl Fn(&str) -> Option<String>) -> Result<(Self, Option<Error>)> {
        let folders = Folders::find(var)?;
        let (settings, broken) = match Settings::read(&folders.settings()) {
            Ok(settings) => (settings, None),
            Err(error) => (Settings::default(), Some(error)),
        };
        Ok((Config { folders, settings }, broken))
    }
}

impl Folders {
    fn find(var: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let platform = directories::ProjectDirs::from("", "", "medalign");
        let pick =
            |name: &str, default: Option<&Path>| -> Result<PathBuf> {
                match (var(name).filter(|v| !v.is_empty()), default) {
                    (Some(path), _) => Ok(PathBuf::from(path)),
                    (None, Some(path)) => Ok(path.to_owned()),
                    (None, None) => Err(Error::usage("no home folder is known")
                        .hint(format!("set {name} to a folder"))),
                }
            };
        Ok(Folders {
            config: pick(
                "MEDALIGN_CONFIG_DIR",
                platform.as_ref().map(directories::ProjectDirs::config_dir),
            )?,
            data: pick(
                "MEDALIGN_DATA_DIR",
                platform.as_ref().map(directories::ProjectDirs::data_dir),
            )?,
            cache: pick(
                "MEDALIGN_CACHE_DIR",
                platform.as_ref().map(directories::ProjectDirs::cache_dir),
            )?,
        })
    }

    /// The settings.
    pub fn settings(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The user's own keymap, a delta over the chosen one.
    pub fn user_keymap(&self) -> PathBuf {
        self.config.join("keymap.toml")
    }
}

impl Settings {
    /// Reads `config.toml`; a missing file gives the defaults.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or has a key that is not known.
    pub fn read(path: &Path) -> Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::default()),
            Err(e) => return Err(Error::io(path, "reading the settings", e)),
        };
        toml::from_str(&text).map_err(|e| {
            let line = e
                .span()
                .map_or(1, |s| text[..s.start].matches('\n').count() + 1);
            Error::usage(format!("{}:{line}: {}", path.display(), e.message()))
                .hint("correct the line, or move the file away to use the defaults")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_name_file_and_line() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "ascii = true\ncolour = 1\n").expect("writable");
        let error = Settings::read(&path)
            .expect_err("an unknown key")
            .to_string();
        assert!(
            error.contains("config.toml:2:") && error.contains("colour"),
            "{error}"
        );
    }

    #[test]
    fn folders_follow_the_environment() {
        let var = |name: &str| name.ends_with("_DIR").then(|| format!("/x/{name}"));
        let config = Config::load(var).expect("no file there");
        assert_eq!(config.folders.data, Path::new("/x/MEDALIGN_DATA_DIR"));
        assert_eq!(config.settings, Settings::default());
    }
}
