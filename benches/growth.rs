//! What grows with what: each input at one, two and four times its size, through the program as a user runs it.
//!
//! `cargo bench --bench growth [-- NAME…]`: prints for each input the seconds of processor time and the largest memory of
//! the run, and how both grew. Time or memory that grows with the square of the input shows as a factor near 4 a step.
//! GNU `time` measures; without it the bench says so and ends. Texts are invented and drawn with a fixed seed.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use medalign::inside::stats::random::SplitMix64;

/// Makes the input of one row at a size, in a folder; gives the command line to run there.
type Make = fn(&Path, usize) -> Vec<String>;

/// A name, a size, what it counts, and what is made and run.
const ROWS: [(&str, usize, &str, Make); 8] = [
    (
        "near-duplicates, all far apart",
        5_000,
        "instructions",
        far_apart,
    ),
    (
        "near-duplicates, all close",
        12_500,
        "instructions",
        close_by,
    ),
    ("check of a wide table", 125_000, "columns", wide),
    ("check of one long cell", 10_000_000, "bytes", long_cell),
    (
        "check of types nobody knows",
        50_000,
        "types",
        unknown_types,
    ),
    (
        "search in one note of one line",
        11_000_000,
        "bytes",
        long_note,
    ),
    ("report", 30_000, "rows", report),
    ("a review file of garbage", 5_000_000, "bytes", garbage),
];

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    if Command::new("time").arg("--version").output().is_err() {
        println!("GNU time is not there: nothing can be measured");
        return;
    }
    println!(
        "{:<34} {:>10} {:>9} {:>7} {:>9} {:>7}",
        "input", "size", "seconds", "grew", "MB", "grew"
    );
    for (name, size, unit, make) in ROWS {
        if !wanted.is_empty() && !wanted.iter().any(|w| name.contains(w.as_str())) {
            continue;
        }
        let mut before: Option<(f64, f64)> = None;
        for times in [1, 2, 4] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let line = make(folder.path(), size * times);
            let (seconds, memory) = run(folder.path(), &line);
            let grew = |now: f64, was: Option<f64>| {
                was.map_or_else(String::new, |w| format!("{:.1}x", now / w))
            };
            println!(
                "{:<34} {:>10} {seconds:>9.2} {:>7} {memory:>9.0} {:>7}",
                if times == 1 {
                    format!("{name} ({unit})")
                } else {
                    String::new()
                },
                size * times,
                grew(seconds, before.map(|b| b.0)),
                grew(memory, before.map(|b| b.1)),
            );
            before = Some((seconds.max(0.005), memory));
        }
    }
}

/// Runs the program in a folder; the seconds of processor time, and the most memory in MB.
fn run(folder: &Path, line: &[String]) -> (f64, f64) {
    let measured = folder.join("measured");
    let mut time = Command::new("time");
    time.args(["-f", "%U %S %M", "-o"])
        .arg(&measured)
        .arg(env!("CARGO_BIN_EXE_medalign"));
    for home in [
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
        "HOME",
    ] {
        time.env(home, folder.join("home"));
    }
    // What a command says of such input, and its exit code, are the business of the tests.
    time.args(line)
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let text = fs::read_to_string(&measured).expect("GNU time writes");
    let last = text.lines().last().unwrap_or_default();
    let numbers: Vec<f64> = last.split(' ').filter_map(|n| n.parse().ok()).collect();
    let [user, system, kilobytes] = numbers[..] else {
        panic!("GNU time wrote something else");
    };
    (user + system, kilobytes / 1024.0)
}

fn line(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

fn form(folder: &Path, questions: impl Iterator<Item = String>) -> Vec<String> {
    let mut text = "Timestamp,Question\n".to_owned();
    for question in questions {
        let _ = writeln!(text, "2023-01-01 10:00:00,{question}");
    }
    write(folder, "form.csv", &text);
    line(&["import", "instructions", "form.csv", "--out", "table.tsv"])
}

fn far_apart(folder: &Path, n: usize) -> Vec<String> {
    let mut drawn = SplitMix64(1);
    let question = |_| {
        let words: Vec<String> = (0..14)
            .map(|_| format!("w{}", drawn.below(30_000)))
            .collect();
        words.join(" ")
    };
    form(folder, (0..n).map(question))
}

fn close_by(folder: &Path, n: usize) -> Vec<String> {
    let question = |i| {
        format!(
            "Please summarise the dose of this medicine in the last visits of patient number {i}"
        )
    };
    form(folder, (0..n).map(question))
}

/// A dataset with one record and one table.
fn dataset(folder: &Path, event: &str, header: &str, rows: &str) {
    let record = format!(
        "<eventstream person_id=\"1\"><encounter><events><entry timestamp=\"2020-01-01 10:00\">{event}</entry></events>\
         </encounter></eventstream>"
    );
    write(folder, "set/ehrs/1.xml", &record);
    write(
        folder,
        "set/clinician-reviewed-model-responses.tsv",
        &format!("{header}\n{rows}"),
    );
}

const NOTE: &str = "<event type=\"note\" name=\"Note\">stroke</event>";
const HEADER: &str =
    "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\tbinary_correct\trank";

fn wide(folder: &Path, n: usize) -> Vec<String> {
    let mut header = HEADER.to_owned();
    let mut row = "1\tAny stroke?\t1\tm\tNo.\t1\t1".to_owned();
    for column in 0..n {
        let _ = write!(header, "\tc{column}");
        row.push_str("\tx");
    }
    dataset(folder, NOTE, &header, &(row + "\n"));
    line(&["check", "set"])
}

fn long_cell(folder: &Path, n: usize) -> Vec<String> {
    let row = format!("1\tAny stroke?\t1\tm\t{}\t1\t1\n", "word ".repeat(n / 5));
    dataset(folder, NOTE, HEADER, &row);
    line(&["check", "set"])
}

fn unknown_types(folder: &Path, n: usize) -> Vec<String> {
    let mut events = String::new();
    for i in 0..n {
        let _ = write!(events, "<event type=\"kind{i}\" name=\"n\"/>");
    }
    dataset(folder, &events, HEADER, "1\tAny stroke?\t1\tm\tNo.\t1\t1\n");
    line(&["check", "set"])
}

fn long_note(folder: &Path, n: usize) -> Vec<String> {
    let words = [
        "fever",
        "cough",
        "metformin",
        "5 mg",
        "daily",
        "denies",
        "chest",
        "pain",
        "2018-10-12",
    ];
    let mut drawn = SplitMix64(2);
    let mut text = String::with_capacity(n + 16);
    while text.len() < n {
        text.push_str(words[drawn.below(words.len() as u64) as usize]);
        text.push(' ');
    }
    let note = format!("<event type=\"note\" name=\"Note\">{text}</event>");
    dataset(folder, &note, HEADER, "1\tAny stroke?\t1\tm\tNo.\t1\t1\n");
    line(&["search", "set", "metformin"])
}

fn report(folder: &Path, n: usize) -> Vec<String> {
    let mut drawn = SplitMix64(3);
    let mut rows = String::new();
    for i in 0..n {
        let (case, model) = (i / 6, i % 6);
        let (correct, rank) = (drawn.below(2), 1 + drawn.below(6));
        let _ = writeln!(
            rows,
            "{case}\tWhat is {case}?\t1\tm{model}\tanswer {i}\t{correct}\t{rank}"
        );
    }
    dataset(folder, NOTE, HEADER, &rows);
    line(&["report", "set", "--out", "report.md"])
}

fn garbage(folder: &Path, n: usize) -> Vec<String> {
    let mut drawn = SplitMix64(4);
    let mut text = String::with_capacity(n + 64);
    while text.len() < n {
        let length = drawn.below(60);
        text.extend((0..length).map(|_| char::from(b'!' + drawn.below(90) as u8)));
        text.push('\n');
    }
    write(folder, "garbage.jsonl", &text);
    line(&["review-file", "verify", "garbage.jsonl"])
}
