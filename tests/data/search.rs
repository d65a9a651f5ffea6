//! Ranked search and matching, end to end: golden BM25 values, generated corpora, changed and damaged and interrupted
//! indexes, and the worker of the screen.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use medalign::dataset::Dataset;
use medalign::dataset::table::Table;
use medalign::record::{self, Record};
use medalign::search::build::{build, delete, state};
use medalign::search::retrieve::okapi::{Formula, Statistics, scores, top};
use medalign::search::worker::{Message, Outcome, Request, Worker};
use medalign::search::{Engine, Found, Hit, Marker, Place, Query, State};
use medalign::work::Cancel;
use serde_json::Value;

use crate::shared::{generate, json, shared};

#[test]
fn okapi_and_tantivy_scores_are_the_golden_ones() {
    let Some(shared) = shared() else { return };
    let golden = json(&shared.join("golden/bm25.json"));
    let floats = |v: &Value| -> Vec<f64> {
        v.as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_f64)
            .collect()
    };
    let strings = |v: &Value| -> Vec<String> {
        v.as_array()
            .expect("a list")
            .iter()
            .filter_map(|w| w.as_str().map(str::to_owned))
            .collect()
    };
    let mut compared = 0;
    for set in golden["sets"].as_array().expect("a list") {
        let documents: Vec<Vec<String>> = set["document_tokens"]
            .as_array()
            .expect("a list")
            .iter()
            .map(strings)
            .collect();
        let mut postings: HashMap<&str, Vec<(u32, u32)>> = HashMap::new();
        for (i, document) in documents.iter().enumerate() {
            for word in document {
                let places = postings.entry(word).or_default();
                match places.last_mut() {
                    Some((record, n)) if *record == i as u32 => *n += 1,
                    _ => places.push((i as u32, 1)),
                }
            }
        }
        let mut histogram = vec![0; documents.len() + 1];
        for places in postings.values() {
            histogram[places.len()] += 1;
        }
        let lengths: Vec<u64> = documents.iter().map(|d| d.len() as u64).collect();
        let statistics = Statistics::new(documents.len() as u64, lengths.iter().sum(), &histogram);
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1.0);
        assert!(close(
            statistics.average_idf(),
            set["okapi"]["average_idf"].as_f64().expect("a number")
        ));
        assert!(close(
            statistics.average_length(),
            set["okapi"]["avgdl"].as_f64().expect("a number")
        ));
        for (word, idf) in set["okapi"]["idf"].as_object().expect("idf by word") {
            let own = statistics.idf(postings[word.as_str()].len() as u64, Formula::OKAPI);
            assert!(close(own, idf.as_f64().expect("a number")), "{word}");
        }
        for query in set["queries"].as_array().expect("a list") {
            let words = strings(&query["query_tokens"]);
            let of = |formula| {
                let query = words
                    .iter()
                    .map(|w| postings.get(w.as_str()).map_or(&[][..], Vec::as_slice));
                scores(query, &lengths, &statistics, formula)
            };
            for (name, formula) in [
                ("okapi_default", Formula::OKAPI),
                (
                    "okapi_k1_1.2",
                    Formula {
                        k1: 1.2,
                        ..Formula::OKAPI
                    },
                ),
                ("tantivy_formula", Formula::TANTIVY),
            ] {
                let (own, expected) = (of(formula), floats(&query[name]));
                assert_eq!(own.len(), expected.len());
                assert!(
                    own.iter().zip(&expected).all(|(a, b)| close(*a, *b)),
                    "{name} {words:?}: {own:?} {expected:?}"
                );
                compared += own.len();
            }
            let first: Vec<f64> = top(&of(Formula::OKAPI), 3)
                .iter()
                .map(|(i, _)| f64::from(*i))
                .collect();
            assert_eq!(first, floats(&query["okapi_get_top_n_3"]), "{words:?}");
        }
    }
    assert!(compared > 300, "{compared}");
}

/// Writes a record whose events are (type, code, name, time, text), last changed a minute ago.
fn write_record(folder: &Path, person: &str, events: &[(&str, &str, &str, &str, &str)]) {
    fs::create_dir_all(folder).expect("a folder");
    let mut xml = format!("<eventstream person_id=\"{person}\"><encounter><events>");
    for (kind, code, name, time, text) in events {
        let _ = write!(
            xml,
            "<entry timestamp=\"{time}\"><event type=\"{kind}\" code=\"{code}\" name=\"{name}\" timestamp=\"{time}\" \
             note_id=\"n-{name}\">{text}</event></entry>"
        );
    }
    xml.push_str("</events></encounter></eventstream>");
    let path = folder.join(format!("{person}.xml"));
    fs::write(&path, xml).expect("written");
    set_age(&path, 60);
}

fn set_age(path: &Path, seconds: u64) {
    let then = SystemTime::now() - Duration::from_secs(seconds);
    fs::File::options()
        .write(true)
        .open(path)
        .expect("there")
        .set_modified(then)
        .expect("set");
}

/// A small dataset of three patients.
fn small(root: &Path) -> (Dataset, Place) {
    let ehrs = root.join("data/ehrs");
    write_record(
        &ehrs,
        "1",
        &[
            (
                "measurement",
                "LOINC/8480-6",
                "Systolic blood pressure",
                "2013-10-10 19:08",
                "165",
            ),
            (
                "note",
                "LOINC/11506-3",
                "Progress",
                "2013-10-11 08:00",
                "Left basal ganglia stroke. Warfarin 5mg q.d. BP 165/90.",
            ),
            (
                "note",
                "LOINC/11506-3",
                "Discharge",
                "2014-01-02 08:00",
                "No stroke. Ménière disease; follow-up 2013-10-10.",
            ),
        ],
    );
    write_record(
        &ehrs,
        "2",
        &[
            (
                "condition",
                "ICD10/I63.5",
                "Cerebral infarction",
                "2018-05-01 10:00",
                "",
            ),
            (
                "note",
                "LOINC/11506-3",
                "Progress",
                "2018-05-02 10:00",
                "Ganglia normal. Left knee pain. Aspirin 0.5 g.",
            ),
        ],
    );
    write_record(
        &ehrs,
        "3",
        &[(
            "drug_exposure",
            "RxNorm/11289",
            "warfarin 5 MG Oral Tablet",
            "2018-05-01 10:00",
            "start",
        )],
    );
    opened(root)
}

fn opened(root: &Path) -> (Dataset, Place) {
    let dataset = Dataset::open(&root.join("data")).expect("a dataset");
    let place = Place::of(&dataset, &root.join("cache"));
    (dataset, place)
}

fn make(dataset: &Dataset, place: &Place) -> medalign::search::Built {
    build(dataset, place, false, &mut |_| {}, &Cancel::default()).expect("an index")
}

fn find(engine: &Engine, query: &str) -> Found {
    engine
        .search(&Query::parse(query), None, 20)
        .expect("found")
}

/// Hits as `patient/event`.
fn hits(engine: &Engine, query: &str) -> Vec<String> {
    find(engine, query)
        .hits
        .iter()
        .map(|h| format!("{}/{}", h.person, h.event.0))
        .collect()
}

#[test]
fn queries_find_what_the_language_says() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    assert_eq!(state(&dataset, &place, true), State::Missing);
    assert!(Engine::open(&place).is_err());
    let built = make(&dataset, &place);
    assert_eq!((built.indexed, built.events), (3, 6));
    assert!(state(&dataset, &place, true).is_current());
    let engine = Engine::open(&place).expect("an index");
    let found = find(&engine, "left ganglia");
    assert_eq!(found.count, 2);
    assert_eq!(
        hits(&engine, "left basal ganglia"),
        ["1/1", "2/1"],
        "all words first, then some"
    );
    assert_eq!(find(&engine, "left basal ganglia").count, 1);
    for (query, expected) in [
        ("\"left basal\"", &["1/1"][..]),
        ("\"left ganglia\"", &[]),
        ("warfarin 5mg", &["1/1", "3/0"]),
        ("5 mg", &["1/1", "3/0"]),
        ("warf*", &["1/1", "3/0"]),
        ("warfarrin~", &["1/1", "3/0"]),
        ("stroke -warfarin", &["1/2"]),
        ("stroke -\"basal ganglia\"", &["1/2"]),
        (
            "-\"left knee\" -name:\"cerebral infarction\" kind:note",
            &["1/1", "1/2"],
        ),
        ("165/90", &["1/1"]),
        ("165", &["1/0", "1/1"]),
        ("0.5", &["2/1"]),
        ("5", &["1/1", "3/0"]),
        ("qd", &["1/1"]),
        ("meniere", &["1/2"]),
        ("followup", &[]),
        ("\"follow up\"", &["1/2"]),
        ("2013-10-10", &["1/2"]),
        ("8480-6", &["1/0"]),
        ("LOINC/8480-6", &["1/0"]),
        ("code:loinc/8480-6", &["1/0"]),
        ("code:I63*", &["2/0"]),
        ("code:rxnorm", &["3/0"]),
        ("rxnorm", &["3/0"]),
        ("name:pressure", &["1/0"]),
        ("kind:note before:2014", &["1/1"]),
        ("kind:note after:2014 before:2018", &["1/2"]),
        ("on:2018-05-01", &["2/0", "3/0"]),
        ("kind:condition,drug", &["2/0", "3/0"]),
        ("kind:condition kind:drug", &["2/0", "3/0"]),
        ("patient:2 left", &["2/1"]),
        ("note:n-Discharge", &["1/2"]),
        ("-kind:note -kind:drug", &["1/0", "2/0"]),
    ] {
        let mut found = hits(&engine, query);
        found.sort();
        assert_eq!(found, expected, "{query}");
    }
    let scoped = engine
        .search(&Query::parse("left"), Some("2"), 20)
        .expect("found");
    let whole = find(&engine, "left");
    let same = whole.hits.iter().find(|h| h.person == "2").expect("a hit");
    assert_eq!(scoped.hits.len(), 1);
    assert!(
        (scoped.hits[0].score - same.score).abs() < 1e-6,
        "one patient's scores are those of the whole index"
    );
}

#[test]
fn weights_add_up_to_the_score() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    let engine = Engine::open(&place).expect("an index");
    for text in [
        "left basal ganglia stroke",
        "\"basal ganglia\" warf* left",
        "8480-6 systolic kind:measurement",
    ] {
        let query = Query::parse(text);
        for hit in engine.search(&query, None, 20).expect("found").hits {
            let weights = engine.explain(&query, &hit).expect("explained");
            let sum: f32 = weights.iter().map(|w| w.score).sum();
            assert!(
                (sum - hit.score).abs() < 1e-4,
                "{text}: {weights:?} {hit:?}"
            );
        }
    }
    let query = Query::parse("stroke");
    let hit = &engine.search(&query, None, 1).expect("found").hits[0];
    let weight = &engine.explain(&query, hit).expect("explained")[0];
    assert_eq!((weight.frequency, weight.events), (Some(1), Some(2)));
}

#[test]
fn only_what_changed_is_indexed_again() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    let engine = Engine::open(&place).expect("an index");
    let again = make(&dataset, &place);
    assert_eq!((again.indexed, again.kept, again.removed), (0, 3, 0));
    let ehrs = root.path().join("data/ehrs");
    write_record(
        &ehrs,
        "2",
        &[("note", "", "Progress", "2019-01-01 10:00", "Zebra seen")],
    );
    write_record(
        &ehrs,
        "4",
        &[("note", "", "Progress", "2019-01-01 10:00", "Zebra again")],
    );
    fs::remove_file(ehrs.join("3.xml")).expect("removed");
    let (dataset, _) = opened(root.path());
    assert_eq!(
        state(&dataset, &place, false),
        State::Ready {
            records: 3,
            events: 6,
            stale: 2,
            gone: 1
        }
    );
    let changed = make(&dataset, &place);
    assert_eq!((changed.indexed, changed.kept, changed.removed), (2, 1, 1));
    assert_eq!(
        hits(&engine, "zebra"),
        Vec::<String>::new(),
        "an open reader sees the commit it was opened on"
    );
    engine.refresh().expect("reloaded");
    assert_eq!(hits(&engine, "zebra"), ["2/0", "4/0"]);
    assert_eq!(hits(&engine, "warfarin"), ["1/1"]);
    assert_eq!(hits(&engine, "knee"), Vec::<String>::new());
    assert!(delete(&place).expect("deleted"));
    assert_eq!(state(&dataset, &place, false), State::Missing);
}

#[test]
fn an_unreadable_record_is_named_and_left_out() {
    let root = tempfile::tempdir().expect("a folder");
    small(root.path());
    fs::write(root.path().join("data/ehrs/5.xml"), "no record").expect("written");
    set_age(&root.path().join("data/ehrs/5.xml"), 60);
    let (dataset, place) = opened(root.path());
    let built = make(&dataset, &place);
    assert_eq!((built.indexed, built.notices.len()), (3, 1));
    assert!(
        state(&dataset, &place, false).is_current(),
        "it is not tried again before it changes"
    );
}

#[test]
fn a_damaged_index_is_made_anew() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    let data = place.folder().join("data");
    let largest = |ending: &str| {
        let files = fs::read_dir(&data)
            .expect("a folder")
            .flatten()
            .map(|f| f.path());
        let own = files.filter(|p| p.extension().is_some_and(|e| e == ending));
        own.max_by_key(|p| p.metadata().map_or(0, |m| m.len()))
            .expect("such a file")
    };
    let damages: [(&str, &dyn Fn()); 5] = [
        ("cut", &|| {
            let path = largest("idx");
            let bytes = fs::read(&path).expect("readable");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }),
        ("flipped", &|| {
            let path = largest("pos");
            let mut bytes = fs::read(&path).expect("readable");
            bytes[0] ^= 0xff;
            fs::write(path, bytes).expect("written");
        }),
        ("file gone", &|| {
            fs::remove_file(largest("term")).expect("removed");
        }),
        ("meta gone", &|| {
            fs::remove_file(data.join("meta.json")).expect("removed");
        }),
        ("meta other", &|| {
            fs::write(data.join("meta.json"), "{}").expect("written");
        }),
    ];
    for (name, damage) in damages {
        make(&dataset, &place);
        damage();
        assert!(
            matches!(state(&dataset, &place, true), State::Damaged(_)),
            "{name}"
        );
        let built = make(&dataset, &place);
        assert!(
            built.anew.is_some() && built.indexed == 3,
            "{name}: {built:?}"
        );
        let engine = Engine::open(&place).expect("an index");
        assert_eq!(hits(&engine, "zebra stroke -basal"), ["1/2"], "{name}");
    }
}

#[cfg(unix)]
#[test]
fn the_index_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    let mut folders = vec![root.path().join("cache/index")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(
            folder.metadata().expect("there").permissions().mode() & 0o777,
            0o700,
            "{}",
            folder.display()
        );
        for item in fs::read_dir(folder).expect("a folder").flatten() {
            if item.path().is_dir() {
                folders.push(item.path());
            } else {
                seen += 1;
                let mode = item.metadata().expect("there").permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{}", item.path().display());
            }
        }
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn cancelling_leaves_the_last_commit() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    write_record(
        &root.path().join("data/ehrs"),
        "2",
        &[("note", "", "Progress", "2019-01-01 10:00", "Zebra seen")],
    );
    let (dataset, _) = opened(root.path());
    let cancel = Cancel::default();
    cancel.ask();
    let built = build(&dataset, &place, false, &mut |_| {}, &cancel).expect("cancelled");
    assert!(built.cancelled);
    let engine = Engine::open(&place).expect("an index");
    assert_eq!(hits(&engine, "knee"), ["2/1"]);
    assert_eq!(make(&dataset, &place).indexed, 1);
}

#[test]
fn the_worker_answers_the_newest_request() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    let worker = Worker::start(Arc::new(dataset), place, || {}).expect("a thread");
    let next = |worker: &Worker| worker.wait(Duration::from_mins(1)).expect("a message");
    assert!(matches!(next(&worker), Message::State(State::Missing)));
    let ask = |worker: &Worker, generation, query: &str| {
        let request = Request {
            generation,
            query: query.to_owned(),
            limit: 5,
            explain: true,
            ..Request::default()
        };
        worker.ask(request);
    };
    ask(&worker, 1, "stroke");
    let Message::Reply(reply) = next(&worker) else {
        panic!("a reply")
    };
    assert!(matches!(reply.outcome, Outcome::NoIndex));
    worker.build(false);
    loop {
        match next(&worker) {
            Message::Built(built) => {
                assert_eq!(built.expect("built").indexed, 3);
                break;
            }
            Message::Progress(now) => assert!(now.records <= 3),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(
        next(&worker),
        Message::State(State::Ready { stale: 0, .. })
    ));
    for generation in 2..200 {
        ask(&worker, generation, "stroke left");
    }
    let mut replies = 0;
    loop {
        let Message::Reply(reply) = next(&worker) else {
            panic!("a reply")
        };
        replies += 1;
        let Outcome::Found(found, weights) = reply.outcome else {
            panic!("found")
        };
        assert_eq!(found.hits.len(), weights.len());
        if reply.generation == 199 {
            assert_eq!(found.hits[0].person, "1");
            break;
        }
    }
    assert!(replies <= 198);
}

/// A corpus of forty patients.
fn forty(shared: &Path) -> tempfile::TempDir {
    let size = [
        "--patients",
        "40",
        "--events-per-patient",
        "300",
        "--notes-per-patient",
        "16",
        "--instructions",
        "60",
    ];
    let corpus = generate(shared, "make_corpus.py", &size);
    // A file that was written this very moment counts as changed the next time, too: these were written a while ago.
    let before = std::time::SystemTime::now() - Duration::from_mins(1);
    for entry in std::fs::read_dir(corpus.path().join("ehrs")).expect("records") {
        let path = entry.expect("a record").path();
        let file = std::fs::File::options().write(true).open(path);
        file.and_then(|f| f.set_modified(before)).expect("a time");
    }
    corpus
}

#[test]
fn the_text_of_evidence_finds_its_event() {
    let Some(shared) = shared() else { return };
    let corpus = forty(&shared);
    let cache = tempfile::tempdir().expect("a folder");
    let dataset = Dataset::open(corpus.path()).expect("a dataset");
    let place = Place::of(&dataset, cache.path());
    let built = make(&dataset, &place);
    assert_eq!(built.indexed, 40);
    let engine = Engine::open(&place).expect("an index");
    let truth = json(&corpus.path().join("truth.json"));
    let records: HashMap<String, Record> = dataset
        .record_files()
        .iter()
        .map(|f| {
            (
                f.person_id.clone(),
                record::read(&f.path).expect("a record").look_inside(),
            )
        })
        .collect();
    let holds = |text: &str| {
        let all = records
            .values()
            .flat_map(|r| r.events().iter().map(move |e| r.value(e)));
        all.filter(|value| value.contains(text)).count()
    };
    let (mut all, mut found, mut marked, mut alone, mut alone_found) = (0, 0, 0, 0, 0);
    // In the record that the evidence is of, as a reviewer asks.
    let (mut once, mut once_found) = (0, 0);
    for evidence in truth["evidence"].as_array().expect("a list") {
        if evidence["kind"] != "exact" {
            continue;
        }
        let (person, note) = (
            evidence["person_id"].to_string(),
            evidence["note_id"].to_string(),
        );
        let text = evidence["text"].as_str().expect("a text");
        let query = Query::parse(text);
        let hits = engine.search(&query, None, 3).expect("found").hits;
        let value = |h: &Hit| records[&h.person].value(records[&h.person].event(h.event));
        // The generator uses some sentences in several notes: an event with the same words is as good an answer.
        let hit = hits.iter().find(|h| value(h).contains(text));
        all += 1;
        found += usize::from(hit.is_some());
        if let Some(hit) = hit {
            let value = value(hit);
            let snippet = Marker::new(&query).snippet(value, text.len() + 40);
            let at = value.find(text).expect("it holds the text");
            let meets = snippet.range.start < at + text.len() && at < snippet.range.end;
            marked += usize::from(meets && !snippet.marks.is_empty());
        }
        let own = |h: &Hit| {
            let record = &records[&h.person];
            let id = record.attribute(record.event(h.event), "note_id");
            h.person == person && id == Some(note.as_str())
        };
        if holds(text) == 1 {
            alone += 1;
            alone_found += usize::from(hits.iter().any(own));
        }
        let record = &records[&person];
        let of_record = record.events().iter().map(|e| record.value(e));
        if of_record.filter(|v| v.contains(text)).count() == 1 {
            once += 1;
            let in_record = engine.search(&query, Some(&person), 3).expect("found").hits;
            once_found += usize::from(in_record.iter().any(own));
        }
    }
    println!(
        "evidence: an event with its text is in the first three for {found} of {all} ({marked} shown in the snippet); \
         the event itself where no other has the text: {alone_found} of {alone}; in its own record, where no other \
         event of it has the text: {once_found} of {once}"
    );
    assert!(all > 30 && found * 100 >= all * 95, "{found} of {all}");
    assert!(alone_found * 100 >= alone * 95, "{alone_found} of {alone}");
    assert!(
        once > 30 && once_found * 100 >= once * 95,
        "{once_found} of {once}"
    );
    assert!(marked * 100 >= found * 95, "{marked} of {found}");
}

/// The program with its cache in `cache`.
fn program(cache: &Path, arguments: &[&str], corpus: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medalign"));
    command
        .args(&arguments[..1])
        .arg(corpus)
        .args(&arguments[1..]);
    command
        .env("MEDALIGN_CACHE_DIR", cache)
        .env("MEDALIGN_CONFIG_DIR", cache)
        .env("MEDALIGN_DATA_DIR", cache);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn a_killed_build_and_two_at_once_do_no_harm() {
    let Some(shared) = shared() else { return };
    let corpus = forty(&shared);
    let cache = tempfile::tempdir().expect("a folder");
    let mut killed = 0;
    for milliseconds in [20, 100, 400] {
        let mut child = program(cache.path(), &["index", "--rebuild"], corpus.path())
            .spawn()
            .expect("it runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().expect("killed");
        killed += usize::from(!child.wait().expect("ended").success());
        let search = program(
            cache.path(),
            &["search", "blood pressure", "--limit", "3"],
            corpus.path(),
        );
        let after = { search }.output().expect("it runs");
        assert!(
            after.status.success(),
            "{}",
            String::from_utf8_lossy(&after.stderr)
        );
        let status = program(cache.path(), &["index", "--status"], corpus.path())
            .output()
            .expect("it runs");
        assert!(
            status.status.success(),
            "{}",
            String::from_utf8_lossy(&status.stdout)
        );
        assert!(String::from_utf8_lossy(&status.stdout).contains("40 records"));
    }
    assert!(killed > 0, "no build was killed in time");
    let children: Vec<_> = (0..2)
        .map(|_| {
            program(cache.path(), &["index", "--rebuild"], corpus.path())
                .spawn()
                .expect("it runs")
        })
        .collect();
    let ended: Vec<_> = children
        .into_iter()
        .map(|c| c.wait_with_output().expect("ended"))
        .collect();
    assert!(ended.iter().any(|o| o.status.success()));
    for output in ended.iter().filter(|o| !o.status.success()) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(
            said.contains("another program is building the index"),
            "{said}"
        );
    }
    let status = program(cache.path(), &["index", "--status"], corpus.path())
        .output()
        .expect("it runs");
    assert!(status.status.success());
}

#[test]
fn matching_writes_a_table_and_evaluates_it() {
    let Some(shared) = shared() else { return };
    let size = [
        "--patients",
        "12",
        "--events-per-patient",
        "200",
        "--notes-per-patient",
        "6",
        "--instructions",
        "20",
    ];
    let corpus = generate(&shared, "make_corpus.py", &size);
    let cache = tempfile::tempdir().expect("a folder");
    let table = cache.path().join("candidates.csv");
    let out = table.to_str().expect("UTF-8");
    let run = program(
        cache.path(),
        &[
            "match",
            "--top",
            "3",
            "--tokens",
            "chart",
            "--out",
            out,
            "--evaluate",
        ],
        corpus.path(),
    );
    let run = { run }.output().expect("it runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
    for part in [
        "okapi: precision at 1",
        "random, seed 0: any of 3",
        "59.0 %",
        "74.4 %",
        "38.1 %",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let dataset = Dataset::open(corpus.path()).expect("a dataset");
    let written = fs::read_to_string(&table).expect("written");
    let head = "instruction_id,question,person_id,filename,is_selected_ehr,score,rank\n";
    assert!(written.starts_with(head));
    let read = Table::parse(&table, written.as_bytes()).expect("a table");
    assert!(read.notices().is_empty(), "{:?}", read.notices());
    let in_tables = dataset
        .instructions()
        .iter()
        .map(|i| i.instruction_id.as_str());
    let in_cases = dataset.cases().iter().map(|c| c.instruction_id.as_str());
    let instructions: HashSet<&str> = in_tables.chain(in_cases).collect();
    assert_eq!(read.rows().len(), 3 * instructions.len());
    let random = |seed: &str| {
        let mut run = program(
            cache.path(),
            &["match", "--random-baseline", "--seed", seed],
            corpus.path(),
        );
        run.output().expect("it runs").stdout
    };
    assert_eq!(random("7"), random("7"));
    assert_ne!(random("7"), random("8"));
}
