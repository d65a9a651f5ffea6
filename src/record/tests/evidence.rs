//! Evidence that came with a dataset is located where the generator took it from.

use std::collections::BTreeMap;

use crate::record::locate::{How, Located};
use crate::record::{self, Passages, Record};

use crate::shared::{generate, json, shared};

const SIZE: &[&str] = &[
    "--patients",
    "40",
    "--events-per-patient",
    "900",
    "--notes-per-patient",
    "60",
    "--instructions",
    "160",
    "--seed",
    "11",
];

/// Whether the first, or any, of the places is in the note of an id.
fn lands(record: &Record, located: &Located, note: &str) -> (bool, bool) {
    let mut places = located.places.iter().map(|place| {
        let event = record.event(place.event);
        record.attribute(event, "note_id") == Some(note)
    });
    let first = places.next().unwrap_or(false);
    (first, first || places.any(|there| there))
}

#[test]
fn passages_land_on_the_note_they_were_taken_from() {
    let Some(shared) = shared() else { return };
    let out = generate(&shared, "make_corpus.py", SIZE);
    let truth = json(&out.path().join("truth.json"));
    let mut answers: BTreeMap<(String, String), Vec<&serde_json::Value>> = BTreeMap::new();
    for evidence in truth["evidence"].as_array().expect("a list") {
        let key = (
            evidence["person_id"].to_string(),
            evidence["instruction_id"].to_string(),
        );
        answers.entry(key).or_default().push(evidence);
    }
    let (mut exact, mut alone, mut alone_right, mut first_right, mut named) = (0, 0, 0, 0, 0);
    let (mut spaced, mut spaced_named, mut absent) = (0, 0, 0);
    for ((person, _), evidence) in &answers {
        let path = out.path().join("ehrs").join(format!("{person}.xml"));
        let record = record::read(&path).expect("a record").look_inside();
        let text = |e: &&serde_json::Value| e["text"].as_str().expect("a text").to_owned();
        let texts: Vec<String> = evidence.iter().map(text).collect();
        let located = Passages::of(&record).locate_together(&texts);
        for (evidence, located) in evidence.iter().zip(&located) {
            let (first, any) = lands(&record, located, &evidence["note_id"].to_string());
            match evidence["kind"].as_str().expect("a kind") {
                "exact" => {
                    assert_eq!(located.how, How::Exactly, "{evidence}");
                    exact += 1;
                    named += usize::from(any);
                    first_right += usize::from(first);
                    if located.places.len() == 1 {
                        alone += 1;
                        alone_right += usize::from(first);
                    }
                }
                "whitespace" => {
                    assert!(
                        matches!(located.how, How::Exactly | How::Spaced),
                        "{evidence}"
                    );
                    spaced += 1;
                    spaced_named += usize::from(any);
                }
                kind => {
                    assert_eq!((kind, located.how), ("absent", How::Nowhere), "{evidence}");
                    absent += 1;
                }
            }
        }
    }
    println!(
        "{exact} exact passages: {alone} at one place alone, {alone_right} of them on the note of the truth; \
         of all, {first_right} land on it first and {named} name it; \
         {spaced_named} of {spaced} with other white space name it; {absent} absent ones are absent"
    );
    assert!(
        exact > 150 && spaced > 10 && absent > 10,
        "enough to look at"
    );
    // A sentence that stands in several notes comes with nothing that tells which of them was meant: all are named.
    assert!(alone_right * 100 >= alone * 99 && named * 100 >= exact * 99);
    assert!(first_right * 100 >= exact * 60 && spaced_named == spaced);
}
