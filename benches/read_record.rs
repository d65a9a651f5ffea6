//! How long a record takes to read, and how much memory, beside a bare pass of quick-xml over the same bytes.
//!
//! `cargo bench --bench read_record [-- FILE] [--mb N] [--runs N]`: FILE, or what `MEDALIGN_BENCH_RECORD` names, or a
//! synthetic record of N MB (100). With a FILE and `--mb`, its encounters are repeated until it is so large.
#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use medalign::inside::record::{self, Unconfirmed};
use quick_xml::Reader;
use quick_xml::events::Event;

fn main() {
    let mut file = std::env::var_os("MEDALIGN_BENCH_RECORD").map(PathBuf::from);
    let (mut megabytes, mut runs) = (None, 5);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse::<usize>().ok());
        match argument.as_str() {
            "--mb" => megabytes = number(),
            "--runs" => runs = number().unwrap_or(runs),
            // `cargo bench` adds `--bench`.
            flag if flag.starts_with("--") => {}
            path => file = Some(PathBuf::from(path)),
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = match (file, megabytes) {
        (Some(file), None) => file,
        (Some(file), Some(megabytes)) => {
            let text = std::fs::read_to_string(&file).expect("the file is text");
            let (head, rest) = text.split_once("<encounter").expect("an encounter");
            let (body, tail) = rest
                .rsplit_once("</encounter>")
                .expect("an encounter's end");
            let once = format!("<encounter{body}</encounter>");
            let times = (megabytes << 20).div_ceil(once.len());
            let path = folder.path().join("repeated.xml");
            let whole = format!("{head}{}{tail}", once.repeat(times));
            std::fs::write(&path, whole).expect("room for the file");
            path
        }
        (None, megabytes) => {
            let path = folder.path().join("synthetic.xml");
            let text = synthetic(megabytes.unwrap_or(100) << 20);
            std::fs::write(&path, text).expect("room for the file");
            path
        }
    };
    report(&path, runs);
}

/// Measures and prints.
fn report(path: &Path, runs: usize) {
    // Memory first, while this process has held nothing but what is freed by now.
    let size = std::fs::metadata(path).expect("the file is there").len();
    reset_peak();
    let before = memory("VmRSS:");
    let first = Instant::now();
    let record = record::read(path).expect("a record").look_inside();
    let first = first.elapsed();
    let (peak, held) = (memory("VmHWM:"), memory("VmRSS:"));
    println!(
        "{}: {:.1} MB, {} encounters, {} events, {} notices, {} threads",
        path.display(),
        megabytes(size),
        record.encounters().len(),
        record.events().len(),
        record.notices().len(),
        rayon::current_num_threads(),
    );
    drop(record);
    let read: Vec<Duration> = (0..runs)
        .map(|_| timed(|| events(record::read(path))))
        .collect();
    let bytes = std::fs::read(path).expect("the file is there");
    let parse = (0..runs).map(|_| {
        let bytes = bytes.clone();
        timed(|| events(record::read_bytes(path, bytes)))
    });
    let parse: Vec<Duration> = parse.collect();
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .expect("a thread");
    let alone = (0..runs).map(|_| {
        let bytes = bytes.clone();
        one.install(|| timed(|| events(record::read_bytes(path, bytes))))
    });
    let alone: Vec<Duration> = alone.collect();
    let bare: Vec<Duration> = (0..runs).map(|_| timed(|| bare_pass(&bytes))).collect();
    let file: Vec<Duration> = (0..runs)
        .map(|_| timed(|| std::fs::read(path).map_or(0, |b| b.len())))
        .collect();
    let fastest = best(&bare);
    println!("{:<34} {:>9} {:>9} {:>9}", "", "ms", "MB/s", "of bare");
    for (name, time) in [
        ("quick-xml, events only, one core", fastest),
        ("fs::read", best(&file)),
        ("record::read_bytes, one core", best(&alone)),
        ("record::read_bytes", best(&parse)),
        ("record::read, with the file", best(&read)),
        ("record::read, the first time", first),
    ] {
        let seconds = time.as_secs_f64();
        println!(
            "{name:<34} {:>9.1} {:>9.0} {:>9.2}",
            seconds * 1e3,
            megabytes(size) / seconds,
            seconds / fastest.as_secs_f64()
        );
    }
    let own = |kb: u64| megabytes(kb.saturating_sub(before) * 1024);
    println!(
        "memory: peak {:.1} MB ({:.2} of the file), held {:.1} MB ({:.2} of the file)",
        own(peak),
        own(peak) / megabytes(size),
        own(held),
        own(held) / megabytes(size)
    );
}

fn events(record: medalign::Result<Unconfirmed>) -> usize {
    record.map_or(0, |r| r.look_inside().events().len())
}

/// A bare pass over all events, as the budget is stated.
fn bare_pass(bytes: &[u8]) -> usize {
    let mut reader = Reader::from_reader(bytes);
    let mut count = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) | Err(_) => return count,
            Ok(_) => count += 1,
        }
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}

/// The shortest of several runs: what other work on the machine disturbs least.
fn best(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Sets the kernel's mark of peak memory back to what is used now, where the system can.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A field of `/proc/self/status`, in KiB; 0 where there is none.
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix(field));
    let number = line.and_then(|l| l.split_whitespace().next());
    number.and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// A LUMIA record of about `size` bytes: stays of vital signs with a note for every hundred of them.
fn synthetic(size: usize) -> String {
    let mut text = String::with_capacity(size + (1 << 16));
    text.push_str("<eventstream person_id=\"1\">\n");
    let mut i = 0_usize;
    while text.len() < size {
        text.push_str("<encounter><person><birthdate>1950-01-31</birthdate></person><events>\n");
        for _ in 0..100 {
            i += 1;
            let (year, month, day) = (1980 + i / 40_000 % 60, i / 3_000 % 12 + 1, i / 100 % 28 + 1);
            let (hour, minute) = (i / 60 % 24, i % 60);
            let _ = writeln!(
                text,
                "<entry timestamp=\"{year}-{month:02}-{day:02} {hour:02}:{minute:02}\">"
            );
            for (code, name, unit) in [
                ("LOINC/8480-6", "Systolic blood pressure", "mm[Hg]"),
                ("LOINC/8867-4", "Heart rate", "/min"),
            ] {
                let _ = writeln!(
                    text,
                    "<event type=\"measurement\" code=\"{code}\" name=\"{name}\" unit=\"{unit}\" visit_id=\"{}\">{}</event>",
                    i / 100,
                    60 + i % 90
                );
            }
            text.push_str("</entry>\n");
        }
        let _ = write!(
            text,
            "<entry timestamp=\"2001-02-03 04:05\"><event type=\"note\" code=\"LOINC/11506-3\" name=\"progress note\" note_id=\"{i}\">"
        );
        text.push_str(&"Seen and examined, BP &lt; 120, no chest pain.  ".repeat(40));
        text.push_str("</event></entry>\n</events></encounter>\n");
    }
    text.push_str("</eventstream>\n");
    text
}
