//! Ranked search, end to end: golden values, generated corpora, changed and damaged and interrupted indexes, and the
//! worker of the screen.

mod golden;
mod index;
mod queries;
mod worker;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::build::build;
use super::{Engine, Found, IndexFolder, Query};
use crate::dataset::Dataset;
use crate::work::Cancel;

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
fn small(root: &Path) -> (Dataset, IndexFolder) {
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

fn opened(root: &Path) -> (Dataset, IndexFolder) {
    let dataset = Dataset::open(&root.join("data")).expect("a dataset");
    let place = IndexFolder::of(&dataset, &root.join("cache"));
    (dataset, place)
}

fn make(dataset: &Dataset, place: &IndexFolder) -> crate::search::build::Built {
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
