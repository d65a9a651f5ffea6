//! Filters in one key, and finding again.

use std::sync::Arc;

use super::desk::{Desk, Room, Setup};
use crate::record::Kind;
use crate::tui::panes::timeline::TimelineLine;

const WIDE: (u16, u16) = (120, 40);

fn lines(desk: &Desk) -> (usize, usize) {
    let lines = desk.app.in_view.record.timeline.lines();
    let encounters = lines
        .iter()
        .filter(|l| matches!(l, TimelineLine::Encounter(_)));
    let events = lines.iter().filter(|l| matches!(l, TimelineLine::Event(_)));
    (encounters.count(), events.count())
}

#[test]
fn one_kind_alone_in_one_key_and_everything_back_in_one() {
    let mut desk = Desk::demo(WIDE);
    desk.press("j j");
    let before = lines(&desk);
    let drug = Kind::ALL
        .iter()
        .position(|k| *k == Kind::Drug)
        .expect("a kind");
    let down = "j ".repeat(drug);
    desk.press(&format!("F {down}o"));
    let view = desk.app.view().expect("a record");
    let drugs = view.count(Kind::Drug);
    let (encounters, events) = lines(&desk);
    assert_eq!(events, drugs, "all are in view, unfolded");
    let dropped = desk.app.in_view.record.timeline.dropped();
    assert_eq!(
        encounters + dropped,
        before.0,
        "no encounter is lost silently"
    );
    assert!(
        desk.said().contains(&format!("{drugs} events in")),
        "{}",
        desk.said()
    );
    assert!(
        desk.text().contains(&format!("{dropped} encounters")),
        "{}",
        desk.text()
    );
    desk.press("Esc");
    assert_eq!(lines(&desk), before, "folded as before");
    desk.press(&format!("F {down}o F a q"));
    assert_eq!(lines(&desk), before);
}

#[test]
fn a_place_that_is_asked_for_takes_the_filter_away() {
    let mut desk = Desk::demo(WIDE);
    let before = lines(&desk);
    desk.press("F j j j o / type:affordable Enter");
    assert!(desk.app.in_view.record.timeline.filter().is_empty());
    assert!(lines(&desk).0 == before.0 && lines(&desk).1 < 600);
}

#[test]
fn the_strength_of_a_drug_is_never_cut_in_the_timeline() {
    for width in [80, 100, 120] {
        let mut desk = Desk::demo((width, 40));
        desk.press("/ type:metoprolol Enter");
        let text = desk.text();
        let line = text
            .lines()
            .find(|l| l.contains("metopr") && l.contains(" R "));
        assert!(line.is_some_and(|l| l.contains("50 MG")), "{width}: {text}");
    }
}

#[test]
fn what_was_found_is_said_with_its_keys_and_goes_with_the_case() {
    for size in [(80, 24), WIDE] {
        let mut desk = Desk::demo(size);
        desk.press("/ type:stroke Enter n j");
        let text = desk.text();
        let last = text.lines().last().unwrap_or_default();
        assert!(last.contains("n N") && last.contains("2 of "), "{text}");
        desk.press(">");
        assert!(!desk.app.looking.find.is_active());
        let text = desk.text();
        assert!(!text.contains("n N") && !text.contains("/stroke"), "{text}");
    }
}

#[test]
fn dates_are_read_as_answers_write_them() {
    for typed in [
        "15 Space October Space 2018",
        "Oct Space 15, Space 2018",
        "10/15/18",
    ] {
        let mut desk = Desk::demo(WIDE);
        let keys = typed.split(' ').map(|w| {
            if w == "Space" {
                w.to_owned()
            } else {
                format!("type:{w}")
            }
        });
        let keys: Vec<String> = keys.collect();
        desk.press(&format!("g d {} Enter", keys.join(" ")));
        let view = desk.app.view().expect("a record");
        let time = desk.app.in_view.record.timeline.selected_time(&view.record);
        assert_eq!(
            time.expect("a day").date().to_string(),
            "2018-10-15",
            "{typed}"
        );
    }
    let mut desk = Desk::demo(WIDE);
    desk.press("g d type:3/4/18 Enter");
    assert!(
        desk.said().contains("2018-03-04, the month first"),
        "{}",
        desk.said()
    );
}

#[test]
fn one_key_goes_to_the_next_claim_of_an_answer() {
    let room = Room::with_answers(1);
    let text =
        "She takes apixaban, 5 mg twice daily, since 15 October 2018. Nothing else is known.";
    let table = format!(
        "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\n9001\tWhich?\t11\t11.xml\tmodel-1\t{text}\n"
    );
    room.write("clinician-reviewed-model-responses.tsv", &table);
    let mut desk = Desk::open(Arc::new(room), WIDE, Setup::default());
    desk.press("Tab");
    let word = |desk: &Desk| {
        let range = desk.app.in_view.answers.word(text);
        range.map_or("", |r| &text[r]).to_owned()
    };
    for expected in ["apixaban", "5", "15"] {
        desk.press("]");
        assert_eq!(word(&desk), expected);
    }
    desk.press("]");
    assert!(
        desk.said().contains("no number, date or drug behind"),
        "{}",
        desk.said()
    );
    desk.press("[");
    assert_eq!(word(&desk), "5");
}
