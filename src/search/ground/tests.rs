use std::path::Path;

use super::*;
use crate::dataset::Dataset;
use crate::record::model::{Builder, NewEvent};
use crate::record::{Shape, Time};

fn record() -> Record {
    let mut b = Builder::new(Path::new("x.xml"), Shape::Lumia, 0);
    let mut add = |time: &str, type_name, name, value| {
        let time = Time::parse_iso(time);
        let new = NewEvent {
            time,
            type_name,
            name,
            value,
            ..NewEvent::default()
        };
        b.event(new, &[]);
    };
    add(
        "2018-10-09 07:00",
        "measurement",
        "INR in Platelet poor plasma",
        "1.40",
    );
    add(
        "2018-10-09 07:00",
        "measurement",
        "Platelets in Blood",
        "214",
    );
    add(
        "2018-10-15",
        "drug_exposure",
        "apixaban 5 MG Oral Tablet",
        "start",
    );
    add(
        "2018-10-10 09:00",
        "note",
        "Progress note",
        "Mitral gradient 2.5 mmHg. Ischemic stroke on 10/9/2018, no hemorrhage.  Warfarin since 2014; last eGFR 41",
    );
    b.finish()
}

/// What is marked in an answer: `+` what the record says, `-` what it does not.
fn marked(text: &str) -> String {
    let marks = ground(&record(), None, &[text]).remove(0);
    let all = marks.into_iter().map(|(range, holds)| {
        let sign = if holds { '+' } else { '-' };
        format!("{sign}{}", &text[range])
    });
    all.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_number_counts_with_its_name_only() {
    for (text, marks) in [
        // 2.5 stands in the record, of another thing.
        ("She takes apixaban 2.5 mg twice daily.", "+apixaban -2.5"),
        ("She takes apixaban 5 mg twice daily.", "+apixaban +5"),
        ("INR 1.4, platelets 214", "+1.4 +214"),
        ("INR 214, platelets 1.4", "-214 -1.4"),
        ("Platelets were 214 and the INR was 2.4", "+214 -2.4"),
        ("eGFR of 41", "+41"),
        ("LVEF 35 %", "-35"),
        // A drug that stands nowhere is marked once, at its name.
        ("duloxetine 30 mg", "-duloxetine"),
    ] {
        assert_eq!(marked(text), marks, "{text}");
    }
}

#[test]
fn a_day_counts_with_its_event_only() {
    for (text, marks) in [
        (
            "apixaban since 15 October 2018",
            "+apixaban +15 October 2018",
        ),
        ("apixaban since 10/9/2018", "+apixaban -10/9/2018"),
        (
            "On 9 October 2018: ischemic stroke",
            "+9 October 2018 +stroke",
        ),
        (
            "stroke in 2018, warfarin since 2014",
            "+stroke +2018 +warfarin +2014",
        ),
        ("stroke in 2014", "+stroke -2014"),
        ("9 October 2018 | 1.4 | 214", "+1.4 +214"),
        ("15 October 2018 | 1.4", "-1.4"),
    ] {
        assert_eq!(marked(text), marks, "{text}");
    }
}

#[test]
fn names_count_alone_and_small_numbers_never_do() {
    for (text, marks) in [
        (
            "No hemorrhage, no metastases, no seizure",
            "+hemorrhage -metastases -seizure",
        ),
        (
            "The score is 6: hypertension 1, stroke 2",
            "-hypertension +stroke",
        ),
        ("Stage 3, cycle 9, twice, within 4 hours, 2 days", ""),
        // What stands alone is marked where it stands nowhere: that it stands somewhere says nothing.
        ("It was 1.4 on 9 October 2018", "+1.4"),
        ("It was 214", ""),
        ("It was 215", "-215"),
        ("Seen on 11 October 2018", "-11 October 2018"),
        ("at 22:45 and 07:00", ""),
    ] {
        assert_eq!(marked(text), marks, "{text}");
    }
}

#[test]
fn what_is_later_does_not_count() {
    let asked = AsOf::new(Time::parse_iso("2018-10-09").expect("a time"));
    let text = "apixaban, INR 1.4";
    let marks = ground(&record(), Some(asked), &[text, "", text]);
    assert_eq!(
        (marks.len(), &marks[1], &marks[0]),
        (3, &Vec::new(), &marks[2])
    );
    assert_eq!(marks[0], [(0..8, false), (14..17, true)]);
}

/// Claims of the demo's answers that are wrong (see `assets/demo-key.md`): the instruction's last digits, the model, the words.
const PLANTED: [(&str, &str, &str); 13] = [
    ("377", "alder-7b", "9 October 2018"),
    ("391", "alder-7b", "35"),
    ("405", "juniper-13b", "9.2"),
    ("412", "juniper-13b", "alteplase"),
    ("412", "juniper-13b", "64.3"),
    ("412", "alder-7b", "apixaban"),
    ("412", "pebble-3b", "hypoglycemia"),
    ("412", "pebble-3b", "42"),
    ("027", "alder-7b", "18.6"),
    ("530", "juniper-13b", "50"),
    ("530", "alder-7b", "metastases"),
    ("530", "alder-7b", "24"),
    ("530", "alder-7b", "bevacizumab"),
];

/// What the demo's answers are marked with is printed, answer by answer, to be read beside the key.
#[test]
fn on_the_demo_planted_errors_are_marked() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let dataset = Dataset::open(&demo).expect("the demo");
    let key = std::fs::read_to_string(demo.with_file_name("demo-key.md")).expect("the key");
    let parts: Vec<&str> = key.split("\n## ").skip(1).collect();
    assert_eq!(parts.len(), dataset.cases().len());
    let mut missed = PLANTED.to_vec();
    // Marks that say yes and no, in the answers that are right and in those that are wrong.
    let mut counts = [[0; 2]; 2];
    for (case, part) in dataset.cases().iter().zip(parts) {
        let record = dataset.load_record(case).expect("a record");
        for response in &case.responses {
            let row = format!("| {} | ", response.model);
            // Answers of runs that lie beside the tables are not in the key.
            let Some(told) = part.split(&row).nth(1) else {
                continue;
            };
            let wrong = !(told.starts_with("right") || told.starts_with("mostly right"));
            let told = told.split(" |").next().unwrap_or_default();
            println!("{} {}: {told}", case.instruction_id, response.model);
            let as_of = case.as_of.map(AsOf::new);
            for (range, holds) in ground(&record, as_of, &[&response.text]).remove(0) {
                counts[usize::from(wrong)][usize::from(!holds)] += 1;
                let (sign, words) = (if holds { '+' } else { '-' }, &response.text[range.clone()]);
                println!(
                    "  {sign} {words}    ({})",
                    text_around(&response.text, &range)
                );
                missed.retain(|(case_end, model, planted)| {
                    let here = case.instruction_id.ends_with(case_end) && response.model == *model;
                    holds || !here || words != *planted
                });
            }
        }
    }
    println!("{counts:?}");
    assert_eq!(missed, []);
}

fn text_around(text: &str, range: &Range<usize>) -> String {
    let from = text.floor_char_boundary(range.start.saturating_sub(30));
    let to = text.ceil_char_boundary((range.end + 20).min(text.len()));
    text[from..to].replace('\n', " / ")
}
