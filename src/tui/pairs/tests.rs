use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::metrics::near::{Measure, Text};
use crate::metrics::rouge::Tokenizer;
use crate::review::{Reviewer, Session};

const QUESTIONS: [&str; 5] = [
    "When was the last CT of the chest and what did it show?",
    "When was the last MRI of the brain and what did it show?",
    "When was the last CT of the chest and what did it show? Please quote it.",
    "Is the patient up to date on vaccines?",
    "Is the patient up to date on the vaccines she needs?",
];

fn pairs(folder: &std::path::Path, size: (u16, u16)) -> Pairs {
    let tokenizer = Tokenizer::Rouge { stem: false };
    let text = |q: &&str| Text {
        whole: (*q).to_owned(),
        tokens: tokenizer.tokens(q),
        partial: false,
    };
    let texts: Vec<Text> = QUESTIONS.iter().map(text).collect();
    let submissions = QUESTIONS.iter().zip(1..).map(|(q, n)| Submission {
        id: format!("{n}"),
        question: (*q).to_owned(),
        specialty: "Neurology".to_owned(),
        line: n + 1,
        ..Submission::default()
    });
    let session = Session {
        reviewer: Reviewer::new("jchen").expect("a name"),
        dataset: "form.csv".to_owned(),
        fingerprint: String::new(),
        seed: 0,
        texts: std::sync::Arc::default(),
    };
    let opened = Log::open(&folder.join("i.tsv.decisions.jsonl"), &session).expect("opens");
    let mut decided = Decided::default();
    for (later, earlier, same, _) in opened.log.ledger().pairs() {
        let place = |id: &str| id.parse::<usize>().expect("a number") - 1;
        decided.insert((place(later), place(earlier)), same);
    }
    let start = Start {
        form: "form.csv".to_owned(),
        submissions: submissions.collect(),
        close: Close::of(&texts, Measure::F, 0.88, 0.2),
        threshold: 0.88,
        decided,
        log: opened.log,
        notices: opened.notices,
        reviewer: "jchen".to_owned(),
        keymap: Keymap::load("default", None).expect("the default map"),
        theme: Theme {
            ascii: false,
            plain: false,
        },
        utc_offset_minutes: 0,
    };
    Pairs::new(start, size)
}

fn press(pairs: &mut Pairs, keys: &str) {
    for key in keys.split(' ') {
        pairs.press(Key::parse(key).expect("a key"));
    }
}

/// Later, earlier, decided, dropped.
type Shown = (usize, usize, Option<bool>, bool);

/// All listed rows, with the selected one's place.
fn rows(pairs: &Pairs) -> (Vec<Shown>, usize) {
    let rows = pairs.shown.iter().map(|i| {
        let row = pairs.all[*i];
        (row.pair.later, row.pair.earlier, row.pair.same, row.dropped)
    });
    (rows.collect(), pairs.list.cursor)
}

fn picture(pairs: &Pairs) -> String {
    let mut buf = Buffer::empty(Rect::new(0, 0, pairs.size.0, pairs.size.1));
    view::draw(pairs, &mut buf);
    let cells = buf.content.chunks(usize::from(pairs.size.0).max(1));
    cells
        .map(|row| {
            row.iter()
                .map(ratatui::buffer::Cell::symbol)
                .collect::<String>()
        })
        .map(|row| row.trim_end().to_owned() + "\n")
        .collect()
}

#[test]
fn decisions_change_what_is_dropped_and_nothing_moves() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut pairs = pairs(dir.path(), (120, 40));
    // 0.846, 0.778 and 0.72 are borderline, 0.897 drops the third.
    let before = vec![(1, 0, None, false), (4, 3, None, false), (2, 0, None, true)];
    assert_eq!(rows(&pairs), (before.clone(), 0));
    press(&mut pairs, "j s");
    let mut after = before.clone();
    after[1] = (4, 3, Some(true), true);
    assert_eq!(rows(&pairs), (after.clone(), 1));
    // The third is kept now, and with it a pair that did not matter before comes up.
    press(&mut pairs, "n d");
    after[2] = (2, 0, Some(false), false);
    after.insert(2, (2, 1, None, false));
    assert_eq!(rows(&pairs), (after.clone(), 3));
    press(&mut pairs, "u");
    assert_eq!(
        rows(&pairs),
        (vec![before[0], (4, 3, Some(true), true), before[2]], 2)
    );
    press(&mut pairs, "C-r");
    assert_eq!(rows(&pairs), (after, 3));
    press(&mut pairs, "u u u");
    assert_eq!(rows(&pairs).0, before);
    assert!(
        pairs
            .message
            .as_ref()
            .is_some_and(|(_, m)| m == "Nothing to undo")
    );
}

#[test]
fn decisions_are_on_the_disk_at_once_and_there_again() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut first = pairs(dir.path(), (80, 24));
    press(&mut first, "s j d Backspace j d");
    let here = rows(&first);
    assert!(picture(&first).contains("saved "), "{}", picture(&first));
    // The process is gone; nothing was done on leaving.
    drop(first);
    let again = pairs(dir.path(), (80, 24));
    assert_eq!(rows(&again).0, here.0);
    assert_eq!(again.shown.len(), 3);
    let decided: Vec<_> = rows(&again).0.iter().filter_map(|r| r.2).collect();
    assert_eq!(decided, [true, false]);
}

#[test]
fn only_open_pairs_can_be_listed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut pairs = pairs(dir.path(), (80, 24));
    press(&mut pairs, "o s");
    // What was just decided stays under the cursor until the list is made anew.
    assert_eq!(rows(&pairs).0.len(), 3);
    press(&mut pairs, "j s");
    assert_eq!(rows(&pairs).0.len(), 2);
    press(&mut pairs, "o");
    assert_eq!(rows(&pairs).0.len(), 3);
}

#[test]
fn every_size_can_be_drawn() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut pairs = pairs(dir.path(), (80, 24));
    for width in [1, 20, 40, 80, 99, 100, 200] {
        for height in [1, 5, 12, 13, 24, 50] {
            pairs.resize((width, height));
            press(&mut pairs, "G C-d g g ?");
            let help = picture(&pairs);
            press(&mut pairs, "?");
            let screen = picture(&pairs);
            if width >= 80 && height >= 24 {
                assert!(help.contains("ask the same"), "{help}");
                assert!(
                    screen.contains("Earlier · 1") && screen.contains("Later · 2"),
                    "{screen}"
                );
                assert!(
                    screen.contains("0.846") && screen.contains("4 of 5 instructions kept"),
                    "{screen}"
                );
            }
        }
    }
}

/// Another program takes the file of decisions away after the last decision.
#[test]
fn leaving_looks_whether_the_decisions_are_still_there() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("i.tsv.decisions.jsonl");
    let mut pairs = pairs(dir.path(), (120, 40));
    press(&mut pairs, "j s");
    std::fs::remove_file(&path).expect("there");
    std::fs::create_dir(&path).expect("made");
    press(&mut pairs, "q");
    assert_eq!(pairs.leave, None);
    let said = |pairs: &Pairs| pairs.message.as_ref().map(|m| m.1.clone()).expect("said");
    let message = said(&pairs);
    assert!(
        message.contains("1 decisions are only in memory"),
        "{message}"
    );
    std::fs::remove_dir(&path).expect("there");
    press(&mut pairs, "q");
    let message = said(&pairs);
    assert!(message.contains("FILE CHANGED"), "{message}");
    press(&mut pairs, "q");
    assert_eq!(pairs.leave, Some(Leave::Quit));
    let text = std::fs::read_to_string(&path).expect("restored");
    assert_eq!(text.matches("\"kind\":\"pair").count(), 1, "{text}");
}
