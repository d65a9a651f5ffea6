//! For tests: where the reference values and the generators of data are, which are no part of this repository, and how
//! the generators are run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// The folder that `MEDALIGN_SHARED` names.
pub(crate) fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("MEDALIGN_SHARED").map(PathBuf::from);
    if shared.is_none() {
        println!("skipped: MEDALIGN_SHARED is not set");
    }
    shared
}

/// Runs one of the generators with `arguments` and `--out` a new folder.
pub(crate) fn generate(shared: &Path, script: &str, arguments: &[&str]) -> tempfile::TempDir {
    let out = tempfile::tempdir().expect("a temporary folder");
    let status = Command::new("python3")
        .arg(shared.join("data-tools").join(script))
        .args(arguments)
        .arg("--out")
        .arg(out.path())
        .output()
        .expect("python3 runs");
    assert!(
        status.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&status.stderr)
    );
    out
}

/// The JSON file at `path`.
pub(crate) fn json(path: &Path) -> serde_json::Value {
    let bytes = fs::read(path).expect("the file is there");
    serde_json::from_slice(&bytes).expect("the file is JSON")
}

/// A corpus of forty patients.
pub(crate) fn forty(shared: &Path) -> tempfile::TempDir {
    let size = [
        "--patients",
        "40",
        "--events-per-patient",
        "300",
        "--notes-per-patient",
        "16",
        "--instructions",
        "60",
    ];
    let corpus = generate(shared, "make_corpus.py", &size);
    // A file that was written this very moment counts as changed the next time, too: these were written a while ago.
    let before = SystemTime::now() - Duration::from_mins(1);
    for entry in fs::read_dir(corpus.path().join("ehrs")).expect("records") {
        let path = entry.expect("a record").path();
        let file = fs::File::options().write(true).open(path);
        file.and_then(|f| f.set_modified(before)).expect("a time");
    }
    corpus
}
