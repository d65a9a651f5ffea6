//! Each rule of the lists on a record of a few lines.

use std::path::Path;

use super::drugs::State;
use super::*;
use crate::record::read_bytes;

/// A record of encounters, each a list of (time, event's attributes, value).
fn record(encounters: &[&[(&str, &str, &str)]]) -> Record {
    let mut xml = "<eventstream person_id=\"1\">".to_owned();
    for events in encounters {
        xml.push_str("<encounter><events>");
        for (time, attributes, value) in *events {
            let event = format!("<event {attributes}>{value}</event>");
            xml.extend(["<entry timestamp=\"", time, "\">", &event, "</entry>"]);
        }
        xml.push_str("</events></encounter>");
    }
    xml.push_str("</eventstream>");
    read_bytes(Path::new("1.xml"), xml.into_bytes())
        .expect("a record")
        .look_inside()
}

const WARFARIN: &str = "type=\"drug_exposure\" code=\"X/1\" name=\"warfarin 5 MG\"";

fn at(moment: &str) -> Option<AsOf> {
    Time::parse_iso(moment).map(AsOf::new)
}

/// The state of the only drug.
fn state(encounters: &[&[(&str, &str, &str)]], as_of: Option<AsOf>) -> State {
    let record = record(encounters);
    let lists = Lists::of(&record, as_of);
    assert_eq!(lists.drugs.rows.len(), 1);
    lists.drugs.rows[0].state
}

fn day(text: &str) -> Option<Time> {
    Time::parse_iso(text)
}

#[test]
fn a_stop_of_its_own_encounter_ends_one_start_and_any_other_ends_all() {
    let stop_later: &[&[_]] = &[
        &[("2020-01-01 08:00", WARFARIN, "start")],
        &[("2020-02-01 08:00", WARFARIN, "start")],
        &[("2020-03-01 08:00", WARFARIN, "end")],
    ];
    assert_eq!(
        state(stop_later, None),
        State::Stopped(day("2020-03-01 08:00"))
    );
    assert_eq!(state(stop_later, at("2020-02-15")), State::Running);
    // Two orders, one inside of the other: the second one goes on.
    let overlap: &[&[_]] = &[
        &[
            ("2020-01-01 08:00", WARFARIN, "start"),
            ("2020-03-01 08:00", WARFARIN, "stop"),
        ],
        &[("2020-02-01 08:00", WARFARIN, "start")],
    ];
    assert_eq!(state(overlap, None), State::Running);
    let both: &[&[_]] = &[&[
        ("2020-01-01 08:00", WARFARIN, "start"),
        ("2020-01-01 09:00", WARFARIN, "start"),
        ("2020-01-02 08:00", WARFARIN, "stop"),
        ("2020-01-03 08:00", WARFARIN, "stop"),
    ]];
    assert_eq!(state(both, at("2020-01-02 12:00")), State::Running);
    assert_eq!(state(both, None), State::Stopped(day("2020-01-03 08:00")));
}

#[test]
fn what_was_never_stopped_runs_for_a_year() {
    let start: &[&[_]] = &[&[("2020-01-01", WARFARIN, "start")]];
    assert_eq!(state(start, at("2021-01-01")), State::Running);
    assert_eq!(state(start, at("2021-01-02")), State::NoStop);
    let states_end = format!("{WARFARIN} end=\"2020-02-01\"");
    let ended: &[&[_]] = &[&[("2020-01-01", states_end.as_str(), "start")]];
    assert_eq!(state(ended, at("2020-01-15")), State::Running);
    assert_eq!(
        state(ended, at("2020-03-01")),
        State::Stopped(day("2020-02-01"))
    );
}

#[test]
fn doses_given_once_were_given_and_undated_ones_count_from_their_encounter() {
    let given: &[&[_]] = &[&[
        ("2020-01-01 08:00", WARFARIN, "start|end"),
        ("2020-01-02 08:00", WARFARIN, "start|end"),
    ]];
    assert_eq!(state(given, None), State::Given(day("2020-01-02 08:00")));
    let vaccine = "type=\"drug_exposure\" name=\"Influenza Vaccine\"";
    assert_eq!(
        state(&[&[("2020-01-01", vaccine, "start")]], None),
        State::Given(day("2020-01-01"))
    );
    let record = record(&[&[
        ("2020-01-01 08:00", "type=\"note\"", "text"),
        ("", WARFARIN, "start"),
    ]]);
    let lists = Lists::of(&record, None);
    let drug = &lists.drugs.rows[0];
    assert_eq!((drug.first, drug.starts), (day("2020-01-01 08:00"), 1));
    assert_eq!(lists.drugs.left_out.undated, 0);
}

#[test]
fn the_dose_is_as_it_was_written_last() {
    let drug = |more: &str| format!("{WARFARIN} {more}");
    let (first, last) = (
        drug("quantity=\"30\" dose_unit=\"mg\" route=\"Oral\""),
        drug("sig=\"one daily\""),
    );
    let record = record(&[&[
        ("2020-01-01", &first, "start"),
        ("2020-01-02", &last, "start"),
        ("2020-01-03", WARFARIN, "stop"),
    ]]);
    let lists = Lists::of(&record, None);
    let row = &lists.drugs.rows[0];
    assert_eq!(
        (row.dose.as_str(), row.route.as_str()),
        ("one daily", "Oral")
    );
}

#[test]
fn every_entry_is_in_a_row_or_counted() {
    let upper = "type=\"drug_exposure\" code=\"X/1\" name=\"Warfarin  5 mg\"";
    let other = "type=\"drug_exposure\" code=\"X/1\" name=\"warfarin 2 MG\"";
    let nameless = "type=\"drug_exposure\"";
    let record = record(&[&[
        ("2020-01-01", WARFARIN, "start"),
        ("2020-01-02", upper, "start"),
        ("2020-01-03", other, "start"),
        ("2020-01-04", nameless, "start"),
        ("2022-01-01", WARFARIN, "start"),
        (
            "2020-01-01",
            "type=\"condition\" code=\"C/1\" name=\"Stroke\" end=\"2021-01-01\"",
            "",
        ),
        (
            "2020-06-01",
            "type=\"condition\" code=\"C/1\" name=\"Stroke\"",
            "",
        ),
        (
            "2020-01-01",
            "type=\"observation\" code=\"O/1\" name=\"Smoker\"",
            "yes",
        ),
        (
            "2020-01-01",
            "type=\"observation\" code=\"O/2\" name=\"Score\"",
            "7",
        ),
    ]]);
    let lists = Lists::of(&record, at("2021-01-01"));
    let names: Vec<(&str, usize)> = lists
        .drugs
        .rows
        .iter()
        .map(|d| (record.name(record.event(d.event)), d.starts))
        .collect();
    assert_eq!(names, [("warfarin 2 MG", 1), ("Warfarin  5 mg", 2)]);
    let left_out = lists.drugs.left_out;
    assert_eq!((left_out.later, left_out.nameless), (1, 1));
    let problem = &lists.problems.rows[0];
    assert_eq!((problem.count, problem.ended), (2, None));
    assert_eq!(
        (problem.first, problem.last),
        (day("2020-01-01"), day("2020-06-01"))
    );
    assert_eq!((lists.labs.rows.len(), lists.labs.left_out.wordy), (1, 1));
}

#[test]
fn a_lab_has_its_last_value_with_its_sign() {
    let potassium = "type=\"measurement\" code=\"L/1\" name=\"Potassium\" unit=\"mmol/L\"";
    let high = format!("{potassium} range_low=\"3.5\" range_high=\"5.0\"");
    let other = potassium.replace("mmol/L", "mg/dL");
    let record = record(&[&[
        ("2020-01-01", potassium, "4.1"),
        ("2020-01-02", &other, "16"),
        ("2020-01-03", potassium, "hemolyzed"),
        ("2020-01-04", &high, "5.6"),
    ]]);
    let lists = Lists::of(&record, None);
    let lab = &lists.labs.rows[0];
    assert_eq!(lab.outside, Some(std::cmp::Ordering::Greater));
    assert_eq!((lab.points.as_slice(), lab.count), (&[4.1, 5.6][..], 4));
    assert_eq!((lab.other_unit, lab.last), (1, day("2020-01-04")));
}
