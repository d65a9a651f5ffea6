//! The report command on a generated corpus, against the corpus' own counts.

use std::path::{Path, PathBuf};

use crate::cli::ColumnsArg;
use crate::commands::report::{Args, Format, run};
use crate::config::{Config, Folders, Settings};
use crate::review::counted::Rules;
use serde_json::Value;

use crate::shared::{generate, json, shared};

pub(crate) fn config() -> Config {
    let nowhere = PathBuf::from("unused");
    let folders = Folders {
        config: nowhere.clone(),
        data: nowhere.clone(),
        cache: nowhere,
    };
    Config {
        folders,
        settings: Settings::default(),
    }
}

fn report(dataset: &Path, format: Format) -> String {
    let args = Args {
        count_missing: false,
        dataset: dataset.to_owned(),
        format: Some(format),
        out: None,
        reviews: None,
        columns: ColumnsArg::default(),
        adjudicated: false,
        no_records: false,
        scores: None,
        disagreements: None,
        confident_wrong: false,
        anonymous: false,
        all: false,
        rules: Rules::default(),
        seed: 1,
        samples: 200,
    };
    let mut out = Vec::new();
    run(&args, &config(), &mut out).expect("a report");
    String::from_utf8(out).expect("UTF-8")
}

fn corpus() -> Option<tempfile::TempDir> {
    let shared = shared()?;
    let arguments = "--patients 4 --events-per-patient 40 --notes-per-patient 2 --instructions 60 --seed 5 --notes-jsonl none";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    Some(generate(&shared, "make_corpus.py", &arguments))
}

fn rows<'a>(report: &'a Value, table: &str) -> &'a Vec<Value> {
    report["tables"][table]["rows"].as_array().expect("rows")
}

#[track_caller]
fn same(found: &Value, truth: &Value) {
    let (found, truth) = (
        found.as_f64().expect("a number"),
        truth.as_f64().expect("a number"),
    );
    // The truth is rounded to nine digits.
    assert!((found - truth).abs() < 1e-9, "{found} is not {truth}");
}

#[test]
fn the_tables_are_the_corpus_own_counts() {
    let Some(dir) = corpus() else { return };
    let truth = json(&dir.path().join("truth.json"));
    let report: Value = serde_json::from_str(&report(dir.path(), Format::Json)).expect("JSON");
    let name = |row: &Value| row["model"].as_str().expect("a name").to_owned();
    assert_eq!(rows(&report, "correctness").len(), 6);
    for row in rows(&report, "correctness") {
        let truth = &truth["models"][name(row)];
        same(&row["correct_rate"]["value"], &truth["correct_rate"]);
        same(&row["correct_rate"]["n"], &truth["correct_n"]);
        same(&row["correct"]["value"], &truth["correct"]);
    }
    for row in rows(&report, "ranks") {
        let truth = &truth["models"][name(row)];
        same(&row["mean_rank"]["value"], &truth["mean_rank"]);
        same(&row["mean_rank"]["n"], &truth["rank_n"]);
    }
    assert_eq!(rows(&report, "head_to_head").len(), 30);
    for row in rows(&report, "head_to_head") {
        let opponent = row["opponent"].as_str().expect("a name");
        let truth = &truth["pairwise_better_tied_worse"][name(row)][opponent];
        for (place, column) in ["wins", "ties", "losses"].iter().enumerate() {
            same(&row[*column]["value"], &truth[place]);
        }
    }
    assert_eq!(rows(&report, "pairs").len(), 15);
    // Judgements, ranks and preferences; the corpus states no harm. Fleiss' kappa twice, for not all have three judgements.
    assert_eq!(rows(&report, "agreement").len(), 13);
    assert_eq!(rows(&report, "power").len(), 15);
    for row in rows(&report, "power") {
        let difference = row["difference"]["value"].as_f64().expect("a difference");
        let needed = row["cases_needed"]["value"].as_f64();
        assert_eq!(needed.is_none(), difference == 0.0, "{row}");
        let more = row["cases_more"]["value"].as_f64();
        let n = row["difference"]["n"].as_f64().expect("n");
        assert_eq!(more, needed.map(|needed| (needed - n).max(0.0)), "{row}");
    }
    cuts_add_up(&report);
}

/// The kinds of a cut are all judgements, each once.
fn cuts_add_up(report: &Value) {
    let tables = [
        "by_subcategory",
        "by_specialty",
        "by_record_length",
        "by_answer_length",
        "by_context_length",
    ];
    for table in tables {
        for whole in rows(report, "correctness") {
            let n = |row: &Value| row["correct_rate"]["n"].as_u64().expect("n");
            let parts = rows(report, table)
                .iter()
                .filter(|r| r["model"] == whole["model"]);
            assert_eq!(parts.map(n).sum::<u64>(), n(whole), "{table}");
        }
    }
    let lengths = rows(report, "by_record_length");
    let first = lengths[0]["record length"].as_str().expect("a length");
    assert!(
        first.starts_with("quarter 1: ") && first.ends_with(" tokens"),
        "{first}"
    );
}

/// Nothing is fetched or run, every element is closed, and every link within the page has its goal.
fn stands_alone(html: &str) {
    use quick_xml::events::Event;
    let lower = html.to_lowercase();
    for outside in [
        "http:",
        "https:",
        "//",
        "<script",
        "javascript:",
        "@import",
        "url(",
        " src=",
        "<link",
        "<iframe",
        "<img",
        "<object",
    ] {
        assert!(!lower.contains(outside), "{outside}");
    }
    // What HTML leaves open is closed for the reader of XML.
    let closed = html.replacen("<!DOCTYPE html>", "", 1);
    let closed: String = closed
        .lines()
        .map(|line| {
            if line.starts_with("<meta") {
                format!("{}/>", line.trim_end_matches('>'))
            } else {
                line.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    let mut reader = quick_xml::Reader::from_str(&closed);
    let (mut ids, mut links, mut pictures) = (Vec::new(), Vec::new(), 0);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(e) | Event::Empty(e) => {
                let mut names = Vec::new();
                for attribute in e.attributes() {
                    let attribute = attribute.expect("an attribute");
                    let value = attribute.value.to_string();
                    names.push(attribute.key.as_ref().to_owned());
                    match attribute.key.as_ref() {
                        "id" => ids.push(value),
                        "href" => links.push(value),
                        name => assert!(!name.starts_with("on"), "no script"),
                    }
                }
                if e.name().as_ref() == "svg" {
                    pictures += 1;
                    assert!(names.iter().any(|n| n == "aria-labelledby"));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id occurs twice");
    assert!(
        links.len() > 30 && pictures >= 6,
        "{} {pictures}",
        links.len()
    );
    for link in links {
        let goal = link.strip_prefix('#').expect("a link within the page");
        assert!(ids.iter().any(|id| id == goal), "{link}");
    }
}

/// With a browser there, the page is opened without a network and must look like something, light and dark.
#[test]
fn a_browser_shows_the_page() {
    let found = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|p| std::env::split_paths(&p).collect::<Vec<_>>());
    let Some(browser) = found
        .map(|folder| folder.join("chromium"))
        .find(|p| p.is_file())
    else {
        println!("skipped: there is no chromium");
        return;
    };
    let Some(dir) = corpus() else { return };
    let page = dir.path().join("report.html");
    std::fs::write(&page, report(dir.path(), Format::Html)).expect("written");
    let mut pictures = Vec::new();
    for scheme in [1, 0] {
        let picture = dir.path().join(format!("{scheme}.png"));
        let run = std::process::Command::new(&browser)
            .args("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split(' '))
            .args("--disable-component-update --disable-sync --hide-scrollbars --window-size=1200,2400".split(' '))
            // Every name is unknown, so that a page that asks for anything does not get it.
            .arg("--host-resolver-rules=MAP * ~NOTFOUND")
            .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
            .arg(format!("--user-data-dir={}", dir.path().join(format!("profile{scheme}")).display()))
            .arg(format!("--screenshot={}", picture.display()))
            .arg(format!("file://{}", page.display()))
            .output()
            .expect("the browser starts");
        let picture = std::fs::read(&picture).unwrap_or_default();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(
            picture.starts_with(b"\x89PNG") && picture.len() > 50_000,
            "{}: {said}",
            picture.len()
        );
        pictures.push(picture);
    }
    assert_ne!(pictures[0], pictures[1], "light and dark look alike");
}

#[test]
fn every_number_has_its_method_and_every_format_the_same_bytes_again() {
    let Some(dir) = corpus() else { return };
    for format in [
        Format::Text,
        Format::Md,
        Format::Json,
        Format::Tsv,
        Format::Html,
    ] {
        let first = report(dir.path(), format);
        assert_eq!(first, report(dir.path(), format));
        assert!(!first.contains("NaN"), "{format:?}");
        if format == Format::Html {
            stands_alone(&first);
        }
    }
    let found: Value = serde_json::from_str(&report(dir.path(), Format::Json)).expect("JSON");
    let mut numbers = 0;
    for table in found["tables"].as_object().expect("tables").values() {
        for row in table["rows"].as_array().expect("rows") {
            for cell in row
                .as_object()
                .expect("a row")
                .values()
                .filter(|c| c.is_object())
            {
                let method = cell["method"].as_str().expect("a method");
                assert!(found["methods"][method]["what"].is_string(), "{method}");
                assert!(cell["n"].is_u64() && cell["missing"].is_u64());
                numbers += 1;
            }
        }
    }
    assert!(numbers > 300, "{numbers}");
}
