//! Where the shared test material is, and how its generators are run.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that `MEDALIGN_SHARED` names.
pub(crate) fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("MEDALIGN_SHARED").map(PathBuf::from);
    if shared.is_none() {
        println!("skipped: MEDALIGN_SHARED is not set");
    }
    shared
}

/// The Python that `MEDALIGN_PYTHON` names, which has pandas.
pub(crate) fn python() -> Option<PathBuf> {
    let python = std::env::var_os("MEDALIGN_PYTHON").map(PathBuf::from);
    if python.is_none() {
        println!("skipped: MEDALIGN_PYTHON is not set");
    }
    python
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
    let bytes = std::fs::read(path).expect("the file is there");
    serde_json::from_slice(&bytes).expect("the file is JSON")
}
