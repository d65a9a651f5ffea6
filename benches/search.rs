//! What search costs: building the index against plain tantivy, ranked queries, find in the largest record, matching.
//!
//! The corpus is the dataset folder that the environment variable `MEDALIGN_BENCH_CORPUS` names. Prints a table; memory is the
//! peak of the whole process so far, so the index is built first.

#![allow(clippy::print_stdout)] // figures are what a bench is for

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use medalign::inside::dataset::Dataset;
use medalign::inside::record::{self, Kind};
use medalign::inside::search::build;
use medalign::inside::search::find::Finder;
use medalign::inside::search::retrieve::asks::{QueryText, asks};
use medalign::inside::search::retrieve::okapi::Formula;
use medalign::inside::search::retrieve::propose;
use medalign::inside::search::retrieve::words::{Words, vocabulary};
use medalign::inside::search::retrieve::{counts::Counts, tokens::Tokens};
use medalign::inside::search::{Engine, IndexFolder, Marker, Query};
use medalign::inside::work::Cancel;
use tantivy::schema::{
    FAST, INDEXED, IndexRecordOption, STRING, Schema, TEXT, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, IndexWriter, TantivyDocument};

fn main() {
    // `cargo test` runs benches too.
    let Some(corpus) = std::env::var_os("MEDALIGN_BENCH_CORPUS").map(PathBuf::from) else {
        println!("skipped: MEDALIGN_BENCH_CORPUS is not set");
        return;
    };
    let dataset = Dataset::open(&corpus).expect("a dataset");
    let cache = tempfile::tempdir().expect("a folder");
    let place = IndexFolder::of(&dataset, cache.path());
    let never = Cancel::default();

    let (start, cpu) = (Instant::now(), cpu_seconds());
    let built = build(&dataset, &place, false, &mut |_| {}, &never).expect("an index");
    let ours = (start.elapsed(), cpu_seconds() - cpu);
    println!(
        "index: {} records, {} events in {:.1?}, {:.1} s of CPU",
        built.indexed, built.events, ours.0, ours.1
    );
    println!(
        "  size {:.1} MB, peak memory {} MB",
        place.bytes() as f64 / 1e6,
        peak_memory()
    );
    let start = Instant::now();
    let again = build(&dataset, &place, false, &mut |_| {}, &never).expect("an index");
    println!(
        "  nothing changed: {:.1?} ({} records unchanged)",
        start.elapsed(),
        again.kept
    );
    let plain = tempfile::tempdir().expect("a folder");
    let (start, cpu) = (Instant::now(), cpu_seconds());
    build_plain(&dataset, plain.path());
    let theirs = (start.elapsed(), cpu_seconds() - cpu);
    println!(
        "plain tantivy, same documents: {:.1?}, {:.1} s of CPU; size {:.1} MB; ours takes {:.2}x the time, {:.2}x the CPU",
        theirs.0,
        theirs.1,
        folder_bytes(plain.path()) as f64 / 1e6,
        ours.0.as_secs_f64() / theirs.0.as_secs_f64(),
        ours.1 / theirs.1,
    );
    let start = Instant::now();
    for file in dataset.record_files() {
        record::read(&file.path).expect("a record").look_inside();
    }
    println!("  reading the records alone: {:.1?}", start.elapsed());

    queries(&dataset, &place);
    largest(&dataset);
    matching(&dataset, &place);
    println!("peak memory at the end {} MB", peak_memory());
}

#[allow(clippy::too_many_lines)] // a table of queries
fn queries(dataset: &Dataset, place: &IndexFolder) {
    let start = Instant::now();
    let engine = Engine::open(place).expect("an index");
    println!("open: {:.1?}, {} events", start.elapsed(), engine.events());
    let questions: Vec<String> = asks(dataset, QueryText::Question)
        .expect("instructions and records")
        .into_iter()
        .map(|a| a.question)
        .collect();
    let evidence: Vec<String> = dataset
        .cases()
        .iter()
        .flat_map(|c| &c.golds)
        .flat_map(|g| g.evidence.clone())
        .collect();
    let people: Vec<&str> = dataset
        .record_files()
        .iter()
        .map(|f| f.person_id.as_str())
        .collect();
    let mut words: Vec<&str> = evidence
        .iter()
        .flat_map(|e| e.split_whitespace())
        .filter(|w| w.len() > 3)
        .collect();
    words.sort_unstable();
    words.dedup();
    let of = |n: usize, f: &dyn Fn(usize) -> String| (0..n).map(f).collect::<Vec<String>>();
    let word = |i: usize| words[i * 7919 % words.len()].trim_matches('"');
    let sets: Vec<(&str, Vec<String>)> = vec![
        ("one word", of(500, &|i| word(i).to_owned())),
        (
            "two words",
            of(500, &|i| format!("{} {}", word(i), word(i + 1000))),
        ),
        (
            "three words",
            of(500, &|i| {
                format!("{} {} {}", word(i), word(i + 1), word(i + 2))
            }),
        ),
        (
            "common words",
            of(200, &|i| {
                [
                    "the patient",
                    "blood pressure",
                    "mg daily",
                    "with and of the",
                ][i % 4]
                    .to_owned()
            }),
        ),
        (
            "phrase",
            of(500, &|i| phrase(&evidence[i % evidence.len()], i, 3)),
        ),
        (
            "prefix",
            of(500, &|i| {
                format!("{}*", word(i).chars().take(4).collect::<String>())
            }),
        ),
        ("fuzzy", of(200, &|i| format!("{}~", word(i)))),
        (
            "filters",
            of(300, &|i| {
                format!("{} kind:note after:2005 before:2015", word(i))
            }),
        ),
        (
            "code",
            of(200, &|i| {
                ["8480-6", "LOINC/8867-4", "code:loinc"][i % 3].to_owned()
            }),
        ),
        (
            "one patient",
            of(500, &|i| {
                format!("{} patient:{}", word(i), people[i % people.len()])
            }),
        ),
        ("instructions", questions),
        ("evidence texts", evidence),
    ];
    println!(
        "{:<16} {:>6} {:>9} {:>9} {:>9}",
        "top 20", "n", "p50", "p99", "max"
    );
    let mut everything = Vec::new();
    for (name, set) in sets {
        let times: Vec<Duration> = set
            .iter()
            .map(|text| {
                let start = Instant::now();
                engine.search(&Query::parse(text), None, 20).expect("found");
                start.elapsed()
            })
            .collect();
        everything.extend(times.clone());
        row(name, times);
    }
    row("all of these", everything);
    explain(&engine);
}

fn explain(engine: &Engine) {
    let query = Query::parse("stroke left weakness");
    let found = engine.search(&query, None, 20).expect("found");
    let times = found
        .hits
        .iter()
        .map(|hit| {
            let start = Instant::now();
            engine.explain(&query, hit).expect("explained");
            start.elapsed()
        })
        .collect();
    row("explain a hit", times);
}

/// Indexes the same texts into `folder` with tantivy's default tokenizer, one writer thread and the same arena, reading one
/// record ahead: what the index's cost is measured against.
fn build_plain(dataset: &Dataset, folder: &Path) {
    let mut schema = Schema::builder();
    let word = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("default")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    );
    let exact = STRING | FAST;
    let (person, note) = (
        schema.add_text_field("person", exact),
        schema.add_text_field("note", STRING),
    );
    let (code, name) = (
        schema.add_text_field("code", word.clone()),
        schema.add_text_field("name", word),
    );
    let (event, kind) = (
        schema.add_u64_field("event", FAST),
        schema.add_u64_field("kind", FAST | INDEXED),
    );
    let (text, time) = (
        schema.add_text_field("text", TEXT),
        schema.add_i64_field("time", FAST),
    );
    let index = Index::create_in_dir(folder, schema.build()).expect("an index");
    let mut writer: IndexWriter = index
        .writer_with_num_threads(1, 200_000_000)
        .expect("a writer");
    let files = dataset.record_files().to_vec();
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let reader = std::thread::spawn(move || {
        for file in files {
            let record = record::read(&file.path).expect("a record").look_inside();
            sender.send((file.person_id, record)).expect("a receiver");
        }
    });
    for (id, record) in receiver {
        for (i, e) in record.events().iter().enumerate() {
            let mut document = TantivyDocument::default();
            document.add_text(person, &id);
            document.add_u64(event, i as u64);
            document.add_u64(kind, e.kind as u64);
            document.add_text(code, record.code(e));
            document.add_text(name, record.name(e));
            document.add_text(text, record.name(e));
            document.add_text(text, record.value(e));
            document.add_text(text, record.unit(e));
            if let Some(at) = e.time {
                document.add_i64(time, at.seconds());
            }
            if let Some(id) = record.attribute(e, "note_id") {
                document.add_text(note, id);
            }
            writer.add_document(document).expect("added");
        }
    }
    reader.join().expect("read");
    writer.commit().expect("committed");
    writer.wait_merging_threads().expect("merged");
}

/// Three words of a text in a row, in quotes.
fn phrase(text: &str, i: usize, n: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let from = if words.len() > n {
        i % (words.len() - n)
    } else {
        0
    };
    format!(
        "\"{}\"",
        words[from..]
            .iter()
            .take(n)
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
            .replace('"', "")
    )
}

fn largest(dataset: &Dataset) {
    let file = dataset
        .record_files()
        .iter()
        .max_by_key(|f| f.bytes)
        .expect("a record");
    let record = record::read(&file.path).expect("a record").look_inside();
    let text = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(text.path(), record.text().replace('\0', "\n")).expect("written");
    println!(
        "find in the largest record ({:.1} MB, {} events, {:.1} MB of text):",
        file.bytes as f64 / 1e6,
        record.events().len(),
        record.text().len() as f64 / 1e6
    );
    let patterns = [
        "stroke",
        "the",
        "a",
        "zzzz",
        "Blood",
        "mg",
        "ejection fraction",
        "no acute",
    ];
    let regexes = [r"INR \d", r"\d+/\d+", r"(?:left|right) \w+", r"\bmass\b"];
    let find = |pattern: &str, regex: bool| {
        let start = Instant::now();
        let hits = Finder::new(pattern, regex)
            .expect("a pattern")
            .in_record(&record);
        (start.elapsed(), hits.all.len())
    };
    row(
        "literal",
        patterns
            .iter()
            .cycle()
            .take(200)
            .map(|p| find(p, false).0)
            .collect(),
    );
    row(
        "regex",
        regexes
            .iter()
            .cycle()
            .take(100)
            .map(|p| find(p, true).0)
            .collect(),
    );
    let has_rg = Command::new("rg")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    if has_rg {
        let rg = |pattern: &str| {
            let start = Instant::now();
            let mut command = Command::new("rg");
            command
                .args(["-c", "-i", "-F", pattern])
                .arg(text.path())
                .stdout(Stdio::null());
            command.status().expect("rg runs");
            start.elapsed()
        };
        row(
            "rg -ciF (process)",
            patterns.iter().cycle().take(40).map(|p| rg(p)).collect(),
        );
    } else {
        println!("rg is not there");
    }
    let note = record
        .events()
        .iter()
        .filter(|e| e.kind == Kind::Note)
        .max_by_key(|e| record.value(e).len());
    if let Some(note) = note {
        let value = record.value(note);
        let mut marker = Marker::new(&Query::parse("left \"no acute\" strok*"));
        let times = (0..50)
            .map(|_| {
                let start = Instant::now();
                marker.snippet(value, 200);
                start.elapsed()
            })
            .collect();
        row(&format!("snippet of {} KB", value.len() / 1000), times);
    }
}

fn matching(dataset: &Dataset, place: &IndexFolder) {
    let never = Cancel::default();
    let asks = asks(dataset, QueryText::Question).expect("instructions and records");
    for tokens in [Tokens::Split, Tokens::Chart] {
        let words = vocabulary(&asks, tokens);
        for _ in 0..2 {
            let start = Instant::now();
            let counts =
                Counts::of(dataset, place, tokens, &words, &|_| {}, &never).expect("counts");
            let counted = start.elapsed();
            let start = Instant::now();
            let proposals = propose(&Words::new(&counts, tokens, Formula::OKAPI), &asks, 5);
            println!(
                "match {} instructions x {} records, {}: counts {counted:.1?} ({}), scores {:.1?}",
                proposals.len(),
                dataset.record_files().len(),
                tokens.name(),
                if counts.from_cache { "kept" } else { "made" },
                start.elapsed()
            );
        }
    }
}

fn row(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let Some(last) = times.last() else { return };
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    println!(
        "{name:<16} {:>6} {:>9.2?} {:>9.2?} {last:>9.2?}",
        times.len(),
        at(0.5),
        at(0.99)
    );
}

fn folder_bytes(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|f| f.metadata().ok())
        .map(|m| m.len())
        .sum()
}

/// CPU time of this process so far, where the system tells; on a busy machine it says more than the clock.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let ticks = behind
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// The peak memory of this process in MB, where the system tells.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1000
}
