//! Names the commit that a release is built from, for `--version`.
//!
//! In: the repository beside the sources, if there is one. Out: `MEDALIGN_COMMIT`, ` (1a2b3c4)` or nothing. Never: a reason
//! for a development build to begin anew.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = release.then(commit).flatten();
    let shown = commit.map_or_else(String::new, |commit| format!(" ({commit})"));
    println!("cargo:rustc-env=MEDALIGN_COMMIT={shown}");
}

/// The commit's short name, with `+` where the sources differ from it.
fn commit() -> Option<String> {
    let git = |args: &[&str]| {
        let out = Command::new("git").args(args).output().ok()?;
        let text = String::from_utf8(out.stdout).ok()?;
        out.status.success().then(|| text.trim().to_owned())
    };
    // Sources that were unpacked inside of somebody else's repository have nothing to do with its commits.
    let root = git(&["rev-parse", "--show-toplevel"])?;
    let here = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    if Path::new(&root).canonicalize().ok() != Path::new(&here).canonicalize().ok() {
        return None;
    }
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    println!("cargo:rerun-if-changed={log}");
    let name = git(&["rev-parse", "--short=9", "HEAD"])?;
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(format!("{name}{}", if changed { "+" } else { "" }))
}
