//! Malformed and hostile files on the screen: nothing of them reaches the terminal but text.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use serde_json::Value;

use crate::desk::shows_record;
use crate::pty::{Pty, Setup, foreign_sequences};

/// One of the files or folders that the generator writes.
struct Hostile {
    /// `ehr/<name>.xml` or `dataset/<name>`.
    path: String,
    /// Whether no program can use it.
    useless: bool,
}

/// All files and folders of the generator that the reviewer opens; `None` where it cannot run.
fn generate(out: &Path) -> Option<Vec<Hostile>> {
    let Some(shared) = std::env::var_os("MEDALIGN_SHARED") else {
        println!("skipped: MEDALIGN_SHARED is not set");
        return None;
    };
    let made = Command::new("python3")
        .arg(Path::new(&shared).join("data-tools/make_hostile.py"))
        .arg("--out")
        .arg(out)
        .output();
    let Ok(made) = made else {
        println!("skipped: python3 is not installed");
        return None;
    };
    assert!(made.status.success(), "{made:?}");
    let manifest = std::fs::read(out.join("manifest.json")).expect("the manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("the manifest");
    let cases = manifest["cases"].as_array().expect("cases");
    let all = cases.iter().map(|case| Hostile {
        path: case["path"].as_str().expect("a path").to_owned(),
        useless: case["expect"] == "error",
    });
    Some(all.filter(|c| !c.path.starts_with("table/")).collect())
}

/// Opens a file, pages through all there is to see, and leaves. What went wrong, if anything.
fn visit(folder: &Path, hostile: &Hostile, number: usize) {
    let path = folder.join(&hostile.path);
    let name = path.file_name().expect("a name").to_str().expect("text");
    let parent = path.parent().expect("a folder").display();
    let review = folder.join(format!("reviews-of-the-test/{number}.jsonl"));
    let args = [
        "review",
        name,
        "--as",
        "jchen",
        "--review-file",
        review.to_str().expect("a plain path"),
    ];
    // From its own folder, so that its name is not cut off on the screen.
    let script = format!("cd '{parent}' && exec \"$@\"");
    let mut pty = Setup::medalign(&args)
        .under_shell(&script)
        .size(100, 30)
        .start();
    let mut seen = String::new();
    let opened = pty.wait_until_or_end(|screen| {
        let text = screen.contents();
        // The record was read, or cannot be; or another program's screen is back with a message.
        shows_record(&text)
            || text.contains("cannot be shown")
            || text.contains(&format!("{name}:"))
    });
    if opened && pty.raw().starts_with(b"\x1b[?1049h") {
        page_through(&mut pty, &mut seen);
        pty.keys("C-c");
        assert_eq!(pty.wait_exit(), 0, "{}", hostile.path);
    } else {
        let code = pty.wait_exit();
        seen.push_str(&pty.screen());
        assert_eq!(code, 3, "{}: {seen}", hostile.path);
        assert!(
            seen.replace('\n', "").contains(name),
            "{}: {seen}",
            hostile.path
        );
    }
    if hostile.useless {
        assert!(
            seen.replace('\n', "").contains(name),
            "{} is useless, and nothing says so:\n{seen}",
            hostile.path
        );
    }
    pty.assert_restored();
    let raw = pty.raw();
    assert_eq!(
        foreign_sequences(&raw),
        Vec::<String>::new(),
        "{}",
        hostile.path
    );
    let hidden = hidden_characters(&raw);
    assert!(hidden.is_empty(), "{}: {hidden:?}", hostile.path);
    assert!(
        !contains(&raw, b"\x1b]"),
        "{}: an OSC without a copy",
        hostile.path
    );
    // The program's own moves go at most three columns back and three rows down by control characters.
    assert!(
        !contains(&raw, b"\x08\x08\x08\x08"),
        "{}: backspaces",
        hostile.path
    );
    assert!(!contains(&raw, b"\n\n\n\n"), "{}: line feeds", hostile.path);
    assert!(
        !contains(&raw, b"mg\rwarfarin"),
        "{}: a return",
        hostile.path
    );
}

fn page_through(pty: &mut Pty, seen: &mut String) {
    let mut look = |keys: &str| {
        pty.press(keys);
        // The first row names the dataset, which here is the file.
        for row in &pty.rows()[1..] {
            seen.push_str(row);
            seen.push('\n');
        }
        // What was opened is closed again; where nothing opens, the same key would leave.
        let rows = pty.rows();
        let hints = rows.last().map_or("", String::as_str);
        let a_pane = ["Enter open", "c correct", "> next case"]
            .iter()
            .any(|hint| hints.contains(hint));
        if keys.ends_with('G') && !a_pane {
            pty.press("q");
        }
    };
    // Everything unfolded, from the top down; then the notes in full size.
    look("g g");
    look("g o");
    look("g g");
    for _ in 0..3 {
        look("C-d");
    }
    look("G");
    look("g g");
    for _ in 0..3 {
        look("}");
        look("Enter");
        look("Space");
        look("G");
    }
    look("g n");
    look("G");
    look("Tab");
    for _ in 0..4 {
        look("C-d");
        look("l");
    }
    look("L");
    look("G");
    look(">");
    look(">");
}

fn contains(raw: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(raw, part).is_some()
}

/// Bidi controls and characters without width that a terminal would obey or hide.
pub(crate) fn hidden_characters(raw: &[u8]) -> Vec<char> {
    let text = String::from_utf8_lossy(raw);
    let mut before = ' ';
    let mut hidden = Vec::new();
    for c in text.chars() {
        let joins = c == '\u{200d}' && is_picture(before);
        if is_hidden(c) && !joins {
            hidden.push(c);
        }
        before = c;
    }
    hidden
}

fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// A family is people joined by characters without width.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

#[test]
fn hostile_files_send_nothing_but_text() {
    let begin = Instant::now();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(all) = generate(folder.path()) else {
        return;
    };
    assert!(all.len() > 100);
    let queue = Mutex::new(all.iter().enumerate());
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    // Some failures tell enough; each may have waited long.
                    if failures.lock().expect("no panic while it is locked").len() > 4 {
                        break;
                    }
                    let next = queue.lock().expect("no panic while it is locked").next();
                    let Some((n, hostile)) = next else { break };
                    let visit = std::panic::AssertUnwindSafe(|| visit(folder.path(), hostile, n));
                    if std::panic::catch_unwind(visit).is_err() {
                        let mut failures = failures.lock().expect("no panic while it is locked");
                        failures.push(hostile.path.clone());
                    }
                }
            });
        }
    });
    println!(
        "{} visits, {:.1} s",
        all.len(),
        begin.elapsed().as_secs_f64()
    );
    let failures = failures.into_inner().expect("no panic while it is locked");
    assert!(failures.is_empty(), "{failures:?}");
}

#[test]
fn the_checks_see_what_they_look_for() {
    for bad in [
        "\x1b]0;t\x07",
        "\x1bc",
        "\x1b[6n",
        "\x1b[?1003h",
        "\x07",
        "\u{9b}m",
        "\x1bPq",
    ] {
        assert!(!foreign_sequences(bad.as_bytes()).is_empty(), "{bad:?}");
    }
    for bad in ["a\u{202e}b", "a\u{200b}b", "a\u{200d}b", "\u{feff}"] {
        assert!(!hidden_characters(bad.as_bytes()).is_empty(), "{bad:?}");
    }
    assert_eq!(
        hidden_characters("👩\u{200d}👧 é".as_bytes()),
        Vec::<char>::new()
    );
}

#[test]
fn another_patients_record_is_not_shown() {
    let desk = crate::desk::Desk::new();
    let folder = desk.dataset_folder().join("ehrs");
    std::fs::copy(folder.join("583920147.xml"), folder.join("417302958.xml")).expect("copied");
    let mut pty = desk.review("jchen", &[]).size(160, 40).start();
    pty.wait_for("This record cannot be shown");
    // The words are broken over lines.
    let screen = pty.screen();
    assert!(screen.contains("wrong"), "{screen}");
    assert!(
        screen.contains("417302958 was asked for, the file says"),
        "{screen}"
    );
    assert!(!shows_record(&screen), "{screen}");
    // Who marks and submits all the same is told so, and it is noted.
    pty.keys("Tab");
    pty.keys("c");
    pty.wait_for("without its record");
    pty.keys("S");
    pty.wait_for("The record could not be shown");
    pty.keys("y");
    pty.wait_for("opens the next case");
    let file = std::fs::read_to_string(desk.review_file("jchen")).expect("a review file");
    assert!(file.contains("The record could not be shown"), "{file}");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);
}
