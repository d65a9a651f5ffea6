//! What asking models costs the program itself: the study's six systems on a dataset of the study's size, and a server that answers at once.
//!
//! The dataset is the folder that the environment variable `MEDALIGN_BENCH_CORPUS` names; answers go elsewhere. Prints a table: time,
//! processor time and the most memory of the dry run, of the run, and of a second run that finds everything answered.

#![allow(clippy::print_stdout)] // figures are what a bench is for

#[path = "../src/loopback.rs"]
mod loopback;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn main() {
    // `cargo test` runs benches too.
    let Some(corpus) = std::env::var_os("MEDALIGN_BENCH_CORPUS").map(PathBuf::from) else {
        println!("skipped: MEDALIGN_BENCH_CORPUS is not set");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let requests = Arc::new(AtomicU64::new(0));
    let url = serve(&requests);
    let example = Command::new(program())
        .args(["infer", "--example"])
        .output();
    let example = String::from_utf8(example.expect("runs").stdout).expect("text");
    let here = |line: &str| match line.split_once(" = ") {
        Some(("endpoint", _)) => format!("endpoint = \"{url}\""),
        Some(("key_env" | "key_header", _)) => String::new(),
        _ => line.to_owned(),
    };
    let systems: Vec<String> = example.lines().map(here).collect();
    let run_file = folder.path().join("systems.toml");
    std::fs::write(&run_file, systems.join("\n")).expect("written");

    let infer = |more: &[&str]| {
        let mut command = Command::new(program());
        command
            .arg("infer")
            .arg(&corpus)
            .arg("--run")
            .arg(&run_file);
        command
            .arg("--out")
            .arg(folder.path().join("answers"))
            .args(more);
        measure(command)
    };
    println!(
        "{:<22} {:>8} {:>8} {:>9} {:>9}",
        "", "seconds", "CPU", "memory", "requests"
    );
    for (name, more) in [
        ("dry run", &["--dry-run"][..]),
        ("run", &[]),
        ("run, all answered", &[]),
    ] {
        let before = requests.load(Ordering::SeqCst);
        let took = infer(more);
        let asked = requests.load(Ordering::SeqCst) - before;
        println!(
            "{name:<22} {:>8.1} {:>8.1} {:>6} MB {asked:>9}",
            took.elapsed.as_secs_f64(),
            took.cpu,
            took.memory >> 10
        );
        if asked > 0 {
            println!(
                "  processor time a request: {:.1} ms",
                1000.0 * took.cpu / asked as f64
            );
        }
        println!("{}", took.said);
    }
    println!("answers: {}", answers(&folder.path().join("answers")));
}

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_medalign")
}

const ANSWER: &str = "{\"model\":\"m\",\"choices\":[{\"finish_reason\":\"stop\",\"text\":\"No.\",\"message\":{\"content\":\"No.\"}}],\
     \"usage\":{\"prompt_tokens\":100000,\"completion_tokens\":2}}";

/// A server that reads what it is sent and answers at once.
fn serve(requests: &Arc<AtomicU64>) -> String {
    let requests = requests.clone();
    loopback::listen(move |stream| {
        while let Some(body) = loopback::take(&stream) {
            let said = if body.is_empty() {
                "{\"data\":[]}"
            } else {
                requests.fetch_add(1, Ordering::SeqCst);
                ANSWER
            };
            if loopback::say(&stream, 200, loopback::JSON, said).is_none() {
                return;
            }
        }
    })
}

struct Took {
    elapsed: Duration,
    cpu: f64,
    /// The most, in KB.
    memory: u64,
    said: String,
}

/// Runs a command and looks at it until it ends.
fn measure(mut command: Command) -> Took {
    let start = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("started");
    let (mut cpu, mut memory) = (0.0, 0);
    while child.try_wait().expect("a child").is_none() {
        let of = |name: &str| {
            std::fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap_or_default()
        };
        if let Some((_, stat)) = of("stat").rsplit_once(')') {
            let ticks: u64 = stat
                .split_whitespace()
                .skip(11)
                .take(2)
                .filter_map(|n| n.parse::<u64>().ok())
                .sum();
            cpu = ticks as f64 / 100.0;
        }
        if let Some((_, rest)) = of("status").split_once("VmHWM:") {
            memory = rest
                .split_whitespace()
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(memory);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut said = String::new();
    let out = child.stdout.as_mut().expect("piped");
    out.read_to_string(&mut said).expect("text");
    Took {
        elapsed: start.elapsed(),
        cpu,
        memory,
        said,
    }
}

/// Cases that have an answer, over all systems.
fn answers(folder: &Path) -> usize {
    let systems = std::fs::read_dir(folder).expect("a folder").flatten();
    systems
        .map(|system| {
            std::fs::read_to_string(system.path().join("answers.jsonl")).expect("answers")
        })
        .map(|text| {
            text.lines()
                .filter(|line| !line.contains("\"last\":false"))
                .count()
        })
        .sum()
}
