//! Ranked search and matches in a terminal: the screen goes on while an index is made, and nothing labelled is lost.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use medalign::inside::review::entry::{Act, Relevant};

use crate::desk::{Desk, Dice, wait_for_record};
use crate::pty::{Pty, Setup};

/// Writes a record of about `notes` times 4 KB, whose words differ.
fn write_record(folder: &Path, person: &str, notes: usize, dice: &mut Dice) {
    const ENDS: [&str; 6] = ["itis", "oma", "ine", "ol", "osis", "emia"];
    let mut xml = format!("<eventstream person_id=\"{person}\"><encounter><events>\n");
    for note in 0..notes {
        let day = 1 + note % 28;
        let _ = write!(
            xml,
            "<entry timestamp=\"2020-01-{day:02}T08:00:00\"><event type=\"note\" name=\"Progress note\">On day {note}: "
        );
        for _ in 0..500 {
            let stem = dice.below(20_000);
            let _ = write!(xml, "w{stem}{} ", ENDS[stem % ENDS.len()]);
        }
        let _ = writeln!(xml, "and apixaban.</event></entry>");
    }
    xml.push_str("</events></encounter></eventstream>\n");
    fs::write(folder.join(format!("{person}.xml")), xml).expect("a record");
}

/// How long the screen takes to show what a key did, for each of so many keys.
fn key_times(pty: &mut Pty, keys: usize) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..keys)
        .map(|i| {
            let begin = Instant::now();
            pty.press(["j", "k"][i % 2]);
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

#[test]
fn keys_are_answered_while_an_index_is_made_which_is_stopped_killed_and_made_again() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let records = home.path().join("records");
    fs::create_dir(&records).expect("a folder");
    let mut dice = Dice::new(1);
    // Small ones first, so that there is progress; far more than is indexed while the test looks.
    write_record(&records, "100", 3, &mut dice);
    write_record(&records, "101", 3, &mut dice);
    for n in 0..60 {
        write_record(&records, &format!("2{n:02}"), 250, &mut dice);
    }
    let folder = records.to_str().expect("a plain path").to_owned();
    let start = || {
        let setup = Setup::medalign(&["review", &folder, "--as", "jchen"]);
        let pty = setup.home(home.path()).size(100, 30).start();
        pty.wait_for("patient 100");
        pty
    };
    let mut pty = start();
    let alone = key_times(&mut pty, 20);
    pty.keys("f");
    pty.wait_for("There is no index of these 62 records");
    pty.keys("C-r a p i x");
    pty.wait_for("The index is being made: ");
    pty.wait_for("Search: apix");
    pty.keys("C-g");
    pty.wait_for("indexing");
    let times = key_times(&mut pty, 60);
    assert!(pty.screen().contains("indexing"), "{}", pty.screen());
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "keys while indexing: median {median:?}, worst {worst:?}; alone: median {:?}",
        alone[alone.len() / 2]
    );

    // Stopped, it ends at once and says so.
    pty.keys("g x");
    pty.wait_for("Stopped: the index is as its last save left it");
    assert!(!pty.screen().contains("indexing"), "{}", pty.screen());
    pty.keys("f");
    pty.wait_for("There is no index of these 62 records");

    // Killed in the midst of it, nothing is left that the next start stumbles over.
    pty.keys("C-r");
    pty.wait_for("The index is being made: ");
    pty.wait_until("some progress", |s| {
        let text = s.contents();
        text.contains(" of 62 records") && !text.contains(" 0 of 62 records")
    });
    pty.kill_hard();
    for n in 0..60 {
        fs::remove_file(records.join(format!("2{n:02}.xml"))).expect("a record");
    }
    let mut pty = start();
    pty.keys("f");
    pty.wait_for("The index is ready: 6 events of 2 records");
    pty.keys("Tab a p i x a b a n");
    pty.wait_for("6 events fit");

    // What changes on disk is seen when the search is opened again, also a damaged index.
    pty.keys("C-g");
    write_record(&records, "101", 4, &mut dice);
    pty.wait_for("patient 100");
    pty.keys("f");
    pty.wait_for("7 events fit");
    pty.keys("C-g");
    damage(&home.path().join("cache/index"));
    pty.keys("f");
    pty.wait_for("made anew");
    pty.wait_for("7 events fit");
    pty.keys("C-g");
    pty.settle();
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
}

/// Overwrites the file that names an index's parts.
fn damage(index: &Path) {
    let place = fs::read_dir(index).expect("the index").next().expect("one");
    let meta = place.expect("a folder").path().join("data/meta.json");
    fs::write(meta, "nothing of use").expect("writable");
}

#[test]
fn a_hit_is_opened_at_its_passage() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    pty.keys("f C-r");
    pty.wait_for("The index is ready");
    pty.keys("Tab a p i x a b a n Space k i n d : n o t e");
    pty.wait_for("apixaban kind:note");
    pty.wait_until("hits with their passages", |s| {
        let text = s.contents();
        text.contains("events fit") && text.matches("apixaban").count() > 3
    });
    // Models' names are nowhere.
    for model in desk.dataset().models() {
        assert!(!pty.screen().contains(model.as_str()), "{}", pty.screen());
    }
    pty.keys("Enter");
    pty.wait_for("c");
    pty.wait_until("the note, open at the word", |s| {
        let text = s.contents();
        !text.contains("Search:") && text.contains(" ▾") && text.contains("apixaban")
    });
    pty.press("q");
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn labels_of_matches_outlive_kill_9_and_undo() {
    let desk = Desk::new();
    let open = || {
        let mut pty = desk.review("jchen", &[]).size(120, 40).start();
        wait_for_record(&pty);
        pty.keys("g m");
        pty.wait_for("candidates labelled");
        pty.keys("j");
        pty
    };
    let steps: [(&str, &str, Option<Relevant>); 7] = [
        ("y", "Labelled: yes", Some(Relevant::Yes)),
        ("n", "Labelled: no", Some(Relevant::No)),
        ("p", "Labelled: partly", Some(Relevant::Partly)),
        ("u", "Taken back: the label", Some(Relevant::No)),
        ("C-r", "Done again: the label", Some(Relevant::Partly)),
        ("Backspace", "The label is taken away", None),
        ("u", "Taken back: the label", Some(Relevant::Partly)),
    ];
    for (key, said, label) in steps {
        let mut pty = open();
        pty.keys(key);
        pty.wait_for(said);
        pty.kill_hard();
        let ledger = desk.ledger("jchen");
        let labels: Vec<Relevant> = ledger
            .cases()
            .flat_map(|(_, review)| review.relevance.values().map(|r| r.label))
            .collect();
        assert_eq!(labels, label.into_iter().collect::<Vec<_>>(), "{key}");
        assert!(
            desk.entries("jchen")
                .iter()
                .all(|e| !matches!(e.act, Act::Judge { .. })),
            "{key} judged an answer"
        );
    }
    // The proposed record has its own patient's facts, whatever the case.
    let mut pty = open();
    pty.wait_for("partly");
    pty.keys("Enter");
    pty.wait_for("candidate 1 of 4");
    pty.wait_for("Read only; q goes back");
    pty.keys("q");
    pty.wait_for("Matches: records proposed");
    pty.keys("q");
    pty.settle();
    pty.keys("q q");
    assert_eq!(pty.wait_exit(), 0);
}
