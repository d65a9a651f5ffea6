//! Names of files and folders, and texts of tables, in headless commands: they reach a terminal as text and nothing else.

use std::fs;
use std::path::Path;

use crate::desk::Desk;
use crate::hostile::hidden_characters;
use crate::pty::{Setup, foreign_sequences};

/// A title, a bell, a blink in both forms, a change of direction, a line break of the C1 set.
const EVIL: &str = "e\x1b]0;pwn\x07\x1b[5m\u{9b}5m\u{202e}\u{85}v";

/// The demo dataset with such text in every place that may hold some; the paths that commands are given.
fn dataset(desk: &Desk) -> [String; 3] {
    let folder = desk.home().join(EVIL);
    fs::rename(desk.dataset_folder(), &folder).expect("a name that the system takes");
    for entry in fs::read_dir(&folder).expect("the dataset").flatten() {
        if entry.path().extension().is_some_and(|e| e == "tsv") {
            let mut text = fs::read_to_string(entry.path()).expect("a table");
            // A question, a category, a specialty, an answer.
            for plain in ["Summarize", "Neurology", "Heron", "Medications", "warfarin"] {
                text = text.replace(plain, &format!("{plain}{EVIL}"));
            }
            fs::write(entry.path(), text).expect("a table");
        }
    }
    let records = folder.join("ehrs");
    let record = fs::read_to_string(records.join("269514803.xml")).expect("a record");
    let half = &record[..record.len() / 2];
    fs::write(records.join(format!("7{EVIL}.xml")), half).expect("a record");
    fs::write(
        records.join("269514803.xml"),
        record.replace("aspirin", EVIL),
    )
    .expect("a record");
    let reviews = folder.join("reviews");
    fs::create_dir_all(&reviews).expect("a folder");
    let act = |id: &str, case: &str, kind: &str| {
        let evil = serde_json::to_string(EVIL).expect("text");
        format!(
            r#"{{"v":1,"id":"{id}","time":"2026-01-01T10:00:00Z","reviewer":{evil},"instruction":{case},"person":"417302958","kind":{kind},"model":{evil},"text":{evil},"verdict":"correct","shown_position":0}}"#
        )
    };
    let lines = [
        "{not json \u{9b}".to_owned(),
        act(
            "0000000000000000000000000001",
            "\"1048213377\"",
            "\"judge\"",
        ),
        act(
            "0000000000000000000000000002",
            &serde_json::to_string(EVIL).expect("text"),
            "\"comment\"",
        ),
        act(
            "0000000000000000000000000003",
            "\"1048213377\"",
            &serde_json::to_string(EVIL).expect("text"),
        ),
    ];
    let file = reviews.join(format!("{EVIL}.jsonl"));
    fs::write(&file, lines.join("\n")).expect("a review file");
    let path = |path: &Path| path.to_str().expect("a name in UTF-8").to_owned();
    [path(&folder), path(&file), path(&records)]
}

fn commands(desk: &Desk) -> Vec<Vec<String>> {
    let [set, file, records] = dataset(desk);
    let record = format!("{records}/7{EVIL}.xml");
    let evil = EVIL.to_owned();
    let nothing = format!("{set}/no{EVIL}");
    let list = [
        format!("check|{set}"),
        format!("check|--format|json|{set}"),
        format!("check|{records}"),
        format!("check|{record}"),
        format!("check|{nothing}"),
        format!("index|{set}"),
        format!("index|--status|{set}"),
        format!("index|--delete|{set}"),
        format!("search|{set}|warfarin"),
        format!("search|--json|--explain|{set}|warfarin"),
        format!("search|--by-encounter|{set}|aspirin|{evil}|kind:{evil}"),
        format!("search|--patient|{evil}|{set}|x"),
        format!("match|{set}"),
        format!("match|--evaluate|{set}"),
        format!("match|--out|{nothing}/x|{set}"),
        format!("plan|--reviewers|a{evil},b|--overlap|1|{set}"),
        format!("plan|{set}"),
        format!("plan|--reviewer-table|{nothing}|{set}"),
        format!("convert|--to|text|{record}"),
        format!("convert|--to|lumia|{records}|--out|{set}/out"),
        format!("convert|--to|lumia|{nothing}"),
        format!("export|{set}"),
        format!("export|--format|json|{set}"),
        format!("export|--format|tables|{set}|--out|{set}/there"),
        format!("export|--review-file|{file}|{set}"),
        format!("export|--out|{file}|{set}"),
        format!("report|{set}"),
        format!("report|--format|markdown|{set}"),
        format!("report|--format|tsv|{set}"),
        format!("report|--format|json|{set}"),
        format!("report|--format|html|{set}"),
        format!("report|--reviews|{file}|{nothing}|--|{set}"),
        format!("merge|--out|{set}/merged|{file}|{file}"),
        format!("merge|--out|{file}|{file}"),
        format!("diff|--all|--text|--names|{file}|{file}"),
        format!("diff|{file}|{nothing}"),
        format!("review-file|verify|{file}"),
        format!("review-file|history|{file}"),
        format!("review-file|recover|{file}|--out|{set}/recovered"),
        format!("review-file|verify|{nothing}"),
        format!("adjudicate|--list|{set}"),
        format!("adjudicate|--list|--reviews|{file}|--|{set}"),
        format!("doctor|--as|{evil}|{set}"),
        format!("doctor|{nothing}"),
        format!("help|{evil}"),
        format!("keys|--keymap|{nothing}"),
        format!("keys|--check|{file}"),
        format!("import|omop|{set}|--out|{set}/omop"),
        format!("import|instructions|{set}/instructions.tsv|--out|{set}/in"),
        format!("import|judgements|{file}|{set}"),
        format!("import|judgements|{set}/instructions.tsv|{set}|--as|{evil}"),
        format!("review|{nothing}"),
        format!("review|{set}|--as|{evil}/x|--review-file|{nothing}/x/y"),
        format!("demo|--to|{set}"),
        format!("{evil}|{evil}"),
        format!("check|--{evil}"),
        format!("report|--format|{evil}|{set}"),
    ];
    let split = |line: &String| line.split('|').map(str::to_owned).collect();
    list.iter().map(split).collect()
}

/// What of a command's output is no text.
fn foreign(raw: &[u8]) -> Vec<String> {
    let raw: Vec<u8> = raw.iter().copied().filter(|b| *b != b'\t').collect();
    let mut foreign = foreign_sequences(&raw);
    foreign.extend(hidden_characters(&raw).iter().map(|c| format!("{c:?}")));
    foreign
}

#[test]
fn no_headless_command_lets_a_control_character_through() {
    let mut wrong = Vec::new();
    let mut told = 0;
    // Both streams on a terminal; then standard error alone.
    for script in ["\"$@\"", "\"$@\" > /dev/null"] {
        let desk = Desk::new();
        for args in commands(&desk) {
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let setup = Setup::medalign(&args).home(desk.home());
            let mut pty = setup.under_shell(script).start();
            let code = pty.wait_exit();
            let raw = pty.raw();
            told += usize::from(String::from_utf8_lossy(&raw).contains("pwn"));
            let foreign = foreign(&raw);
            if !foreign.is_empty() || code >= 70 {
                wrong.push(format!("{script} {args:?}: {code}, {foreign:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told > 40, "only {told} outputs hold what was planted");
}

#[test]
fn what_is_piped_stays_as_it_is() {
    let desk = Desk::new();
    let [set, ..] = dataset(&desk);
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_medalign"))
        .args(["export", "--cases", "all", &set])
        .env_clear()
        .env("HOME", desk.home())
        .output()
        .expect("the program starts");
    assert!(
        memchr::memmem::find(&out.stdout, EVIL.as_bytes()).is_some(),
        "{out:?}"
    );
}
