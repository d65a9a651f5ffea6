//! An author's evening: passages pinned, a gold response written, in this program and in another editor; killed, and found again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use medalign::inside::review::CaseReview;
use medalign::inside::review::entry::Support;
use rustix::process::Signal;

use crate::desk::{Desk, wait_for_record};

/// What the review file says of the first case.
fn review(desk: &Desk) -> CaseReview {
    let (dataset, ledger) = (desk.dataset(), desk.ledger("jchen"));
    ledger.case(&dataset.cases()[0].key()).clone()
}

/// An editor that is a script; it has the file as its argument.
fn editor(desk: &Desk, script: &str) -> String {
    let path = desk.home().join("editor");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a script to run");
    path.to_str().expect("a plain path").to_owned()
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn edited(desk: &Desk) -> Vec<PathBuf> {
    let data = files(desk.home());
    data.into_iter()
        .filter(|p| p.components().any(|c| c.as_os_str() == "editing"))
        .collect()
}

#[test]
fn a_draft_comes_back_after_a_kill() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    pty.keys("E");
    pty.wait_for("0 words");
    pty.send(b"She had a stroke in 2018");
    pty.wait_for("6 words");
    let typed = Instant::now();
    pty.wait_for("draft saved");
    let waited = typed.elapsed();
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    pty.kill_hard();
    assert_eq!(
        review(&desk).gold_draft.as_deref(),
        Some("She had a stroke in 2018")
    );
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    pty.keys("E");
    pty.wait_for("6 words");
    pty.send(b". \xc3\x89\xe7\x95\x8c");
    pty.wait_for("8 words");
    pty.keys("C-s");
    pty.wait_for("Saved as your gold response: 8 words");
    pty.keys("C-g C-c");
    assert_eq!(pty.wait_exit(), 0);
    let review = review(&desk);
    assert_eq!(
        review.gold.map(|g| g.text).as_deref(),
        Some("She had a stroke in 2018. É界")
    );
    assert_eq!(review.gold_draft, None);
}

#[test]
fn typing_on_is_saved_meanwhile() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    pty.keys("E");
    pty.wait_for("0 words");
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        pty.send(b"word ");
        std::thread::sleep(Duration::from_millis(120));
    }
    pty.kill_hard();
    let draft = review(&desk).gold_draft.unwrap_or_default();
    assert!(
        draft.len() > 60,
        "only {} bytes of the typing were saved",
        draft.len()
    );
}

#[test]
fn ways_out_keep_the_draft() {
    for signal in [Signal::TERM, Signal::HUP] {
        let desk = Desk::new();
        let mut pty = desk.review("jchen", &[]).start();
        wait_for_record(&pty);
        pty.keys("E h a l f");
        pty.wait_for("half");
        pty.kill(signal);
        pty.wait_exit();
        pty.assert_restored();
        assert_eq!(review(&desk).gold_draft.as_deref(), Some("half"));
    }
}

#[test]
fn another_editor_has_the_text_and_the_terminal() {
    let desk = Desk::new();
    let script = "stty -a | grep -q ' icanon' && echo canonical > \"$HOME/mode\"\n\
                  stat -c %a \"$1\" \"$(dirname \"$1\")\" > \"$HOME/modes\"\n\
                  echo THE EDITOR; read line; printf ' %s\\n' \"$line\" >> \"$1\"";
    let editor = editor(&desk, script);
    let mut pty = desk
        .review("jchen", &[])
        .var("EDITOR", "false")
        .var("VISUAL", &editor)
        .start();
    wait_for_record(&pty);
    pty.keys("E O n e");
    pty.wait_for("One");
    pty.keys("C-e");
    pty.wait_for("THE EDITOR");
    pty.wait_until("the shell's screen", |screen| !screen.alternate_screen());
    // The draft is on the disk before the editor has it.
    assert_eq!(review(&desk).gold_draft.as_deref(), Some("One"));
    pty.send(b"and two\n");
    pty.wait_for("The editor's text is taken over");
    assert!(pty.screen().contains("and two"), "{}", pty.screen());
    assert_eq!(review(&desk).gold_draft.as_deref(), Some("One\n and two"));
    assert_eq!(
        fs::read_to_string(desk.home().join("modes")).expect("modes"),
        "600\n700\n"
    );
    assert!(
        desk.home().join("mode").exists(),
        "the editor has a terminal in its usual mode"
    );
    assert_eq!(
        edited(&desk),
        Vec::<PathBuf>::new(),
        "nothing is left behind"
    );
    // Undo brings back the text before.
    pty.keys("C-u");
    pty.wait_until("the text before", |s| !s.contents().contains("and two"));
    pty.keys("C-g C-c");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

#[test]
fn a_failing_editor_keeps_its_file_and_names_it() {
    let desk = Desk::new();
    let editor = editor(&desk, "echo half of it > \"$1\"; exit 3");
    let mut pty = desk
        .review("jchen", &[])
        .var("EDITOR", &editor)
        .size(120, 40)
        .start();
    wait_for_record(&pty);
    pty.keys("E O n e");
    pty.wait_for("One");
    pty.keys("C-e");
    pty.wait_for("exit code 3");
    let kept = edited(&desk);
    assert_eq!(kept.len(), 1);
    let name = kept[0].to_str().expect("a plain path");
    assert!(
        pty.screen().replace('\n', "").contains(name),
        "{name} {}",
        pty.screen()
    );
    assert_eq!(
        fs::read_to_string(&kept[0]).expect("the file"),
        "half of it\n"
    );
    pty.keys("Enter");
    pty.wait_for("1 word ");
    pty.keys("C-s C-g C-c");
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(review(&desk).gold.map(|g| g.text).as_deref(), Some("One"));
}

#[test]
fn without_an_editor_it_says_what_to_do() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    pty.keys("E C-e");
    pty.wait_for("neither VISUAL nor EDITOR");
    pty.keys("q");
    pty.wait_for("0 words");
    pty.keys("C-g C-c");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn a_signal_while_the_editor_runs_loses_nothing() {
    let desk = Desk::new();
    let editor = editor(&desk, "echo THE EDITOR; echo more >> \"$1\"; read line");
    let mut pty = desk.review("jchen", &[]).var("EDITOR", &editor).start();
    wait_for_record(&pty);
    pty.keys("E O n e");
    pty.wait_for("One");
    pty.keys("C-e");
    pty.wait_for("THE EDITOR");
    pty.kill(Signal::TERM);
    std::thread::sleep(Duration::from_millis(300));
    pty.send(b"\n");
    pty.wait_exit();
    let review = review(&desk);
    let kept = edited(&desk);
    let in_file = kept
        .first()
        .map(|p| fs::read_to_string(p).expect("the file"));
    let draft = review.gold_draft.unwrap_or_default();
    assert!(draft.starts_with("One"), "{draft}");
    assert!(
        draft.contains("more") || in_file.is_some_and(|t| t.contains("more")),
        "what the editor wrote is in the draft or in the file"
    );
}

/// Reads, searches, pins three passages, writes, leaves, comes back, corrects, saves and submits.
fn author(size: (u16, u16)) {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).size(size.0, size.1).start();
    wait_for_record(&pty);
    for (words, keys) in [
        ("affordable", "v s e"),
        ("cardioembolic", "v w w e"),
        ("without antiplatelet", "e"),
    ] {
        pty.keys("/");
        pty.wait_for("Find:");
        pty.send(words.as_bytes());
        pty.keys("Enter");
        pty.settle();
        pty.keys(keys);
        pty.wait_for("Pinned to your gold response");
    }
    pty.keys("E");
    pty.wait_for("0 words");
    let text = "She had a left middle cerebral artery stroke in October 2018 and takes apixaban. "
        .repeat(12);
    pty.send(b"\x1b[200~");
    pty.send(text.as_bytes());
    pty.send(b"\x1b[201~");
    pty.wait_for("168 words");
    pty.keys("C-c");
    pty.wait_for("? all keys");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);
    let mut pty = desk.review("jchen", &[]).size(size.0, size.1).start();
    wait_for_record(&pty);
    pty.keys("g e");
    pty.wait_for("Evidence: 3 pins");
    pty.keys("j Enter E C-Home");
    pty.send(b"Yes. ");
    pty.wait_for("169 words");
    pty.keys("C-s");
    pty.wait_for("Saved as your gold response: 169 words, 3 pins");
    pty.keys("C-g g a Space j j Space Enter");
    pty.wait_for("applies, the record suffices");
    pty.keys("S");
    pty.wait_for("Submit this case as it is?");
    pty.keys("y");
    pty.wait_for("Submitted");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let review = review(&desk);
    assert!(review.submitted.is_some() && !review.changed_since && review.gold_draft.is_none());
    let gold = review.gold.expect("a gold response");
    assert!(gold.text.starts_with("Yes. She had"), "{}", gold.text);
    assert_eq!((gold.applicable, gold.sufficient), (Some(true), Some(true)));
    assert_eq!(review.pins.len(), 3);
    assert!(
        review
            .pins
            .iter()
            .all(|p| p.target == Support::Gold && !p.pin.quote.is_empty())
    );
}

#[test]
fn an_authors_session_narrow() {
    author((80, 24));
}

#[test]
fn an_authors_session_wide() {
    author((160, 50));
}

/// A pin of the program is found where its offsets say.
#[test]
fn pins_hold_the_original_text() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    pty.keys("/ a f f o r d a b l e Enter v s e");
    pty.wait_for("Pinned to your gold response");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);
    let pin = review(&desk).pins.remove(0).pin;
    let record = medalign::inside::record::read(&desk.dataset_folder().join("ehrs/417302958.xml"))
        .expect("a record")
        .look_inside();
    let events = record.events().iter();
    let mut there = events.filter(|e| e.offset == pin.event.offset);
    let text = record.value(there.next().expect("the event"));
    assert_eq!(&text[pin.start as usize..pin.end as usize], pin.quote);
    assert!(
        pin.quote.contains("affordable") && pin.quote.ends_with('.'),
        "{}",
        pin.quote
    );
}
