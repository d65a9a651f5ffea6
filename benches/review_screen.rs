//! What the screen costs at 200x50 on a record of 100,000 events: time and bytes of each key, and memory.
//!
//! `cargo bench --bench review_screen`; `MEDALIGN_BENCH_RECORD` names another record to measure on. Times are wall clock of
//! state change and drawing on this thread; bytes are what would go to the terminal. The second table draws the same frames
//! by ratatui's own difference of buffers and crossterm's sequences, too: its feature `scrolling-regions` serves lines that are inserted
//! above a viewport and leaves frames as they are, so that it makes no difference here.

#![allow(clippy::print_stdout)] // a benchmark prints its figures

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossterm::style::Attribute;
use medalign::inside::tui::Desk;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::Modifier;

const EVENTS: usize = 100_000;
const SIZE: Size = Size {
    width: 200,
    height: 50,
};

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    dataset(folder.path());
    let file = fs::metadata(folder.path().join("ehrs/1.xml"))
        .expect("the record")
        .len() as f64;
    let begun = Instant::now();
    let mut desk = Timed(Desk::open(folder.path(), SIZE));
    desk.0.draw();
    let first = begun.elapsed();
    let before = memory("VmRSS");
    desk.0.load();
    desk.0.draw();
    let with_record = begun.elapsed();
    let used = memory("VmRSS") - before;
    println!("record                      {:>10.1} MB", file / 1e6);
    println!(
        "first frame, record pending {:>10.2} ms (budget 150)",
        ms(first)
    );
    println!("first frame with the record {:>10.2} ms", ms(with_record));
    println!(
        "memory for it               {:>10.1} x the file, {:.0} MB (budget 3 x)",
        used / file,
        used / 1e6
    );
    println!();
    println!(
        "{:<34} {:>9} {:>9} {:>11} {:>11}",
        "", "p50 ms", "p99 ms", "bytes/key", "most bytes"
    );
    desk.0.press("g o");
    desk.0.press("g g");
    desk.0.draw();
    desk.walk("timeline, 1,000 lines down", "j", 1_000);
    desk.walk("timeline, 1,000 lines up", "k", 1_000);
    desk.walk("timeline, 100 half pages", "C-d", 100);
    desk.walk("timeline, 100 notes on", "}", 100);
    desk.0.press("L");
    desk.0.draw();
    desk.walk("case list, 1,000 lines down", "j", 1_000);
    desk.0.press("q");
    desk.0.press("Tab");
    desk.0.draw();
    desk.walk("answer, 50 lines down", "j", 50);
    desk.alternate("a judgement (with its fdatasync)", ["c", "x"], 50);
    desk.alternate("a rank", ["1", "2"], 50);
    desk.walk("an undo", "u", 50);
    desk.walk("zoom on and off", "z", 20);
    desk.0.press("/");
    desk.0.draw();
    desk.type_text("find as typed: sodium", "sodium");
    println!();
    println!("nothing changed, one draw     {:>8} bytes", desk.idle());
    against_ratatui(&mut desk.0);
    println!(
        "peak memory                   {:>8.0} MB",
        memory("VmHWM") / 1e6
    );
}

/// Walks on and draws each frame twice, by our screen and by ratatui's difference.
fn against_ratatui(desk: &mut Desk) {
    desk.press("Esc");
    println!();
    println!(
        "{:<34} {:>9} {:>9} {:>11} {:>11}",
        "by our screen | by ratatui", "CPU us", "CPU us", "bytes", "bytes"
    );
    for (what, before, keys, times) in [
        ("timeline, a line down", "S-Tab g g", "j", 1_000),
        ("timeline, half a page", "g g", "C-d", 200),
        ("timeline, a note on", "g g", "}", 200),
        ("case list, a line down", "L", "j", 1_000),
        ("answer, a line down", "q Tab", "j", 50),
        ("a mark", "g g", "c", 50),
    ] {
        for key in before.split(' ') {
            desk.press(key);
        }
        desk.draw();
        // A mark is set and taken away in turn.
        let key = |i| if keys == "c" && i % 2 == 1 { "x" } else { keys };
        let mut ours = (cpu_nanoseconds(), 0);
        for i in 0..times {
            desk.press(key(i));
            ours.1 += desk.draw();
        }
        ours.0 = cpu_nanoseconds() - ours.0;
        desk.press("g g");
        let area = Rect::new(0, 0, SIZE.width, SIZE.height);
        let (mut shown, mut next) = (Buffer::empty(area), Buffer::empty(area));
        desk.paint(&mut shown);
        let mut theirs = (cpu_nanoseconds(), 0);
        for i in 0..times {
            desk.press(key(i));
            next.reset();
            desk.paint(&mut next);
            theirs.1 += by_crossterm(&shown, &next);
            std::mem::swap(&mut shown, &mut next);
        }
        theirs.0 = cpu_nanoseconds() - theirs.0;
        let mean = |n: u64| n as f64 / 1e3 / f64::from(times);
        println!(
            "{what:<34} {:>9.0} {:>9.0} {:>11} {:>11}",
            mean(ours.0),
            mean(theirs.0),
            ours.1 / times as usize,
            theirs.1 / times as usize
        );
    }
}

/// The bytes by which ratatui's backend for crossterm turns one frame into the next.
fn by_crossterm(shown: &Buffer, next: &Buffer) -> usize {
    use crossterm::queue;
    use crossterm::style::{Color, Colors, Print, SetAttribute, SetColors};
    let color = |c: ratatui::style::Color| match c {
        ratatui::style::Color::Indexed(n) => Color::AnsiValue(n),
        ratatui::style::Color::Reset => Color::Reset,
        named => ANSI
            .iter()
            .position(|n| *n == named)
            .map_or(Color::Reset, |i| Color::AnsiValue(i as u8)),
    };
    let mut out: Vec<u8> = Vec::new();
    let (mut at, mut modifier) = (None, Modifier::empty());
    let (mut fg, mut bg) = (ratatui::style::Color::Reset, ratatui::style::Color::Reset);
    for (x, y, cell) in shown.diff(next) {
        if at != Some((x, y)) {
            queue!(out, crossterm::cursor::MoveTo(x, y)).expect("memory takes all");
        }
        at = Some((x + 1, y));
        if cell.modifier != modifier {
            let intense = Modifier::BOLD | Modifier::DIM;
            if !((modifier - cell.modifier) & intense).is_empty() {
                queue!(out, SetAttribute(Attribute::NormalIntensity)).expect("memory takes all");
                modifier -= intense;
            }
            for (m, on, off) in ATTRIBUTES {
                let wanted = cell.modifier.contains(m);
                if wanted != modifier.contains(m) {
                    let attribute = if wanted { on } else { off };
                    queue!(out, SetAttribute(attribute)).expect("memory takes all");
                }
            }
            modifier = cell.modifier;
        }
        if (cell.fg, cell.bg) != (fg, bg) {
            queue!(out, SetColors(Colors::new(color(cell.fg), color(cell.bg))))
                .expect("memory takes all");
            (fg, bg) = (cell.fg, cell.bg);
        }
        queue!(out, Print(cell.symbol())).expect("memory takes all");
    }
    queue!(
        out,
        SetColors(Colors::new(Color::Reset, Color::Reset)),
        SetAttribute(Attribute::Reset)
    )
    .expect("memory takes all");
    out.len()
}

const ANSI: [ratatui::style::Color; 16] = {
    use ratatui::style::Color::{
        Black, Blue, Cyan, DarkGray, Gray, Green, LightBlue, LightCyan, LightGreen, LightMagenta,
        LightRed, LightYellow, Magenta, Red, White, Yellow,
    };
    [
        Black,
        Red,
        Green,
        Yellow,
        Blue,
        Magenta,
        Cyan,
        Gray,
        DarkGray,
        LightRed,
        LightGreen,
        LightYellow,
        LightBlue,
        LightMagenta,
        LightCyan,
        White,
    ]
};

const ATTRIBUTES: [(Modifier, Attribute, Attribute); 5] = [
    (Modifier::REVERSED, Attribute::Reverse, Attribute::NoReverse),
    (Modifier::BOLD, Attribute::Bold, Attribute::NormalIntensity),
    (Modifier::DIM, Attribute::Dim, Attribute::NormalIntensity),
    (Modifier::ITALIC, Attribute::Italic, Attribute::NoItalic),
    (
        Modifier::UNDERLINED,
        Attribute::Underlined,
        Attribute::NoUnderline,
    ),
];

/// The CPU time of this thread; on a busy machine it says more than the clock.
fn cpu_nanoseconds() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// The reviewer, whose steps are timed.
struct Timed(Desk);

impl Timed {
    fn step(&mut self, act: impl FnOnce(&mut Self)) -> (Duration, usize) {
        let begun = Instant::now();
        act(self);
        let bytes = self.0.draw();
        (begun.elapsed(), bytes)
    }

    fn walk(&mut self, what: &str, key: &str, times: usize) {
        let steps = (0..times).map(|_| self.step(|d| d.0.press(key))).collect();
        report(what, steps);
    }

    fn alternate(&mut self, what: &str, keys: [&str; 2], times: usize) {
        let steps = (0..times)
            .map(|i| self.step(|d| d.0.press(keys[i % 2])))
            .collect();
        report(what, steps);
    }

    fn type_text(&mut self, what: &str, text: &str) {
        let steps = text
            .chars()
            .map(|c| self.step(|d| d.0.type_char(c)))
            .collect();
        report(what, steps);
    }

    fn idle(&mut self) -> usize {
        self.0.draw();
        self.0.draw()
    }
}

fn report(what: &str, mut steps: Vec<(Duration, usize)>) {
    let bytes: usize = steps.iter().map(|s| s.1).sum();
    let most = steps.iter().map(|s| s.1).max().unwrap_or(0);
    let n = steps.len();
    steps.sort_unstable();
    let at = |share: f64| ms(steps[((n as f64 * share) as usize).min(n - 1)].0);
    let mean = bytes as f64 / n as f64;
    println!(
        "{what:<34} {:>9.2} {:>9.2} {mean:>11.0} {most:>11}",
        at(0.5),
        at(0.99)
    );
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// A figure of this process in bytes.
fn memory(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with(name))
        .unwrap_or_default();
    let kib = line
        .split_whitespace()
        .nth(1)
        .and_then(|n| n.parse::<f64>().ok());
    kib.unwrap_or(0.0) * 1024.0
}

/// A dataset of 1,200 cases, all on one record of 100,000 events, every fiftieth a note.
fn dataset(folder: &Path) {
    let ehrs = folder.join("ehrs");
    fs::create_dir_all(&ehrs).expect("a folder");
    let path: PathBuf = ehrs.join("1.xml");
    let text = match std::env::var_os("MEDALIGN_BENCH_RECORD") {
        Some(other) => {
            let text = fs::read_to_string(other).expect("the record that the variable names");
            let id = text
                .split("person_id=\"")
                .nth(1)
                .and_then(|t| t.split('"').next());
            let id = format!("person_id=\"{}\"", id.expect("a person_id"));
            text.replacen(&id, "person_id=\"1\"", 1)
        }
        None => record_text(),
    };
    fs::write(&path, text).expect("a record");
    let mut table = "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\t\
                     model_rank\tbinary_correct\tevidence\n"
        .to_owned();
    let answer =
        "The potassium was 4.1 mmol/L at the last visit, stable since the change. ".repeat(20);
    for case in 0..1_200 {
        for model in ["ash", "birch", "cedar", "elm", "fir", "hazel"] {
            let question = "What was the last potassium, and has the dose been changed?";
            let _ = writeln!(
                table,
                "{case}\t{question}\t1\t1.xml\t{model}\t{answer}\t\t\t"
            );
        }
    }
    fs::write(folder.join("clinician-reviewed-model-responses.tsv"), table).expect("a table");
}

fn record_text() -> String {
    let names = [
        (
            "LOINC/2823-3",
            "Potassium [Moles/volume] in Serum or Plasma",
            "mmol/L",
        ),
        (
            "LOINC/2951-2",
            "Sodium [Moles/volume] in Serum or Plasma",
            "mmol/L",
        ),
        ("LOINC/8480-6", "Systolic blood pressure", "mmHg"),
        ("LOINC/8867-4", "Heart rate", "beats/min"),
    ];
    let line =
        "ASSESSMENT AND PLAN\nSeen in clinic. Sodium and potassium reviewed, dose unchanged.\n";
    let note = line.repeat(25);
    let mut xml = "<eventstream person_id=\"1\">\n".to_owned();
    let per_encounter = 250;
    for encounter in 0..EVENTS / per_encounter {
        let (year, month, day) = (
            1990 + encounter / 13,
            1 + encounter % 12,
            1 + encounter % 28,
        );
        xml.push_str("<encounter><person><birthdate>1950-05-01</birthdate></person><events>\n");
        for i in 0..per_encounter {
            let (hour, minute) = (7 + i / 60 % 12, i % 60);
            let time = format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}");
            let (code, name, unit) = names[i % names.len()];
            let event = if i % 50 == 0 {
                format!(
                    "<event type=\"note\" code=\"LOINC/11506-3\" name=\"Progress note\">{note}</event>"
                )
            } else {
                let value = format!("{}.{}", 3 + i % 140, i % 10);
                format!(
                    "<event type=\"measurement\" code=\"{code}\" name=\"{name}\" unit=\"{unit}\">{value}</event>"
                )
            };
            let _ = writeln!(xml, "<entry timestamp=\"{time}\">{event}</entry>");
        }
        xml.push_str("</events></encounter>\n");
    }
    xml.push_str("</eventstream>\n");
    xml
}
