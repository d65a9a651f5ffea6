//! Another program's editor, for longer texts.
//!
//! In: a text and the command of `$VISUAL` or `$EDITOR`. Out: the text as the editor left it. The text lies in a folder of its own
//! (0700), so that swap and backup files do too; the folder goes when all went well and stays, named, when anything did not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::error::Error;
use crate::files::private::{folder_in, private_folder, write_new};

/// A text that is larger than this was not written by hand.
const MOST_BYTES: u64 = 1 << 20;

/// The command that the environment names, or what to do.
///
/// # Errors
/// When neither variable names one; the lines say so.
pub(crate) fn command(var: impl Fn(&str) -> Option<String>) -> Result<String, Vec<String>> {
    ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| var(name).filter(|v| !v.trim().is_empty()))
        .ok_or_else(|| {
            vec![
                "No editor is named: neither VISUAL nor EDITOR is set.".to_owned(),
                "Leave, type for instance: export EDITOR=nano, and start again. Nothing is lost."
                    .to_owned(),
            ]
        })
}

/// Lets the editor change a text. It has the terminal meanwhile.
///
/// # Errors
/// Lines for the screen, that say what went wrong and where the file is kept.
pub(crate) fn edit(folder: &Path, command: &str, text: &str) -> Result<String, Vec<String>> {
    let (own, path) = write(folder, text).map_err(|e| {
        vec![
            format!("The text could not be handed to the editor: {e}."),
            "It is unchanged here.".to_owned(),
        ]
    })?;
    let status = Command::new("sh")
        // As git does it: the variable may hold options, and is the shell's to understand.
        .args(["-c", &format!("{command} \"$1\""), "editor"])
        .arg(&path)
        .status();
    match read(status, &path, text) {
        Ok(text) => {
            // What cannot be removed is private; the next start of an editor takes another folder.
            let _ = fs::remove_dir_all(own);
            Ok(text)
        }
        Err(why) => Err(vec![
            why,
            "The text here is as it was. What the editor wrote is kept in".to_owned(),
            path.display().to_string(),
        ]),
    }
}

/// Writes the text into a new private folder; gives back the folder and the file.
fn write(folder: &Path, text: &str) -> Result<(PathBuf, PathBuf), Error> {
    private_folder(folder)?;
    let io = |e| Error::io(folder, "writing the text", e);
    let own = folder_in(folder, "text-").map_err(io)?.keep();
    let path = own.join("text.txt");
    let mut bytes = text.as_bytes().to_vec();
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    write_new(&path, &bytes).map_err(io)?;
    Ok((own, path))
}

fn read(status: std::io::Result<ExitStatus>, path: &Path, before: &str) -> Result<String, String> {
    let status = status.map_err(|e| format!("The editor could not be started: {e}."))?;
    if !status.success() {
        return Err(match status.code() {
            Some(127) => "The editor was not found: is VISUAL or EDITOR right?".to_owned(),
            Some(code) => format!("The editor ended with an error (exit code {code})."),
            None => "The editor was ended by a signal.".to_owned(),
        });
    }
    let size = fs::metadata(path).map_or(0, |m| m.len());
    if size > MOST_BYTES {
        return Err(format!(
            "The editor left {size} bytes, which is more than a response can be."
        ));
    }
    let bytes = fs::read(path).map_err(|e| format!("The editor's file cannot be read: {e}."))?;
    let mut text =
        String::from_utf8(bytes).map_err(|_| "The editor's file is not UTF-8 text.".to_owned())?;
    // Editors end a file with a line end that nobody typed.
    if text.ends_with('\n') && !before.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(folder: &Path) -> usize {
        fs::read_dir(folder).map_or(0, Iterator::count)
    }

    #[test]
    fn a_good_editor_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let editing = folder.path().join("editing");
        let edited = edit(&editing, "sed -i s/two/2/", "one two");
        assert_eq!(edited, Ok("one 2".to_owned()));
        assert_eq!(edit(&editing, "true", ""), Ok(String::new()));
        assert_eq!(edit(&editing, "true", "a\n"), Ok("a\n".to_owned()));
        assert_eq!(left(&editing), 0);
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let editing = folder.path().join("editing");
        let modes = "stat -c '%a %n' \"$1\" \"$(dirname \"$1\")\" > ../modes; false";
        let script = folder.path().join("look");
        fs::write(
            &script,
            format!("#!/bin/sh\ncd \"$(dirname \"$1\")\"\n{modes}\n"),
        )
        .expect("a script");
        let failed =
            edit(&editing, &format!("sh {}", script.display()), "x").expect_err("a failure");
        assert!(failed[0].contains("exit code 1"), "{failed:?}");
        let modes = fs::read_to_string(editing.join("modes")).expect("modes");
        let modes: Vec<&str> = modes.lines().filter_map(|l| l.split(' ').next()).collect();
        assert_eq!(modes, ["600", "700"]);
        let mode = fs::metadata(&editing)
            .expect("a folder")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        assert_eq!(
            fs::read_to_string(&failed[2]).expect("the kept file"),
            "x\n"
        );
    }

    #[test]
    fn what_fails_keeps_the_file_and_names_it() {
        let folder = tempfile::tempdir().expect("a folder");
        for (command, why) in [
            ("no-such-editor-here", "was not found"),
            ("exit 3; :", "exit code 3"),
            ("kill -9 $$; :", "signal"),
            ("printf '\\377' >", "not UTF-8"),
            ("rm", "cannot be read"),
        ] {
            let lines = edit(folder.path(), command, "mine").expect_err(command);
            assert!(lines[0].contains(why), "{lines:?}");
            assert!(lines[2].ends_with("/text.txt"), "{lines:?}");
        }
        assert_eq!(left(folder.path()), 5);
        assert!(command(|_| None).is_err());
        let of = |name: &str| Some(name.to_owned());
        assert_eq!(command(of), Ok("VISUAL".to_owned()));
    }
}
