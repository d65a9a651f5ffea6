//! The list of lines, whatever was opened, hidden and closed.

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::record::{Kind, read_bytes};

fn record() -> Record {
    let mut xml = "<eventstream person_id=\"1\">".to_owned();
    for e in 0..4 {
        xml += "<encounter><events>";
        for n in 0..4 {
            let text = "some words of a note ".repeat(3 * n + 1);
            let _ = write!(
                xml,
                "<entry timestamp=\"2020-0{}-0{} 10:00\"><event type=\"note\" code=\"L/1\" name=\"Note\">{text}</event>\
                 <event type=\"measurement\" code=\"L/2\" name=\"Pulse\">70</event></entry>",
                e + 1,
                n + 1
            );
        }
        xml += "</events></encounter>";
    }
    xml += "</eventstream>";
    read_bytes(Path::new("1.xml"), xml.into_bytes())
        .expect("a record")
        .look_inside()
}

proptest! {
    /// Whatever was opened and closed in whichever order, the lines are those of a list made anew.
    #[test]
    fn notes_open_and_close_as_if_the_list_were_made_anew(
        steps in prop::collection::vec((0..5_u8, 0..32_u32), 1..30),
        as_of in prop::option::of(1..5_u8),
    ) {
        let record = record();
        let as_of = as_of.map(|month| {
            let moment = Time::parse_iso(&format!("2020-0{month}-02 10:00"));
            AsOf::new(moment.expect("a time"))
        });
        let mut pane = Timeline::of(&record, as_of, false, (40, 12));
        for (what, n) in steps {
            let event = EventId(n);
            match what {
                0 => pane.show_text(&record, event, 5),
                1 => {
                    pane.go(n as isize - 16);
                    pane.toggle(&record);
                }
                2 if record.event(event).kind == Kind::Note => pane.open_note(&record, event),
                2 => pane.fold_all(&record, n % 3 == 0),
                3 => pane.set_hides_later(&record, n % 2 == 0),
                _ => {
                    let (encounters, mut notes) = pane.folds();
                    notes.truncate(n as usize % 3);
                    let at = pane.selected();
                    pane.restore(&record, &encounters, &notes, at, 0);
                }
            }
            let hides = pane.hides_later();
            let mut anew = Timeline::of(&record, as_of, hides, (40, 12));
            let (encounters, notes) = pane.folds();
            anew.open_encounters = encounters.into_iter().collect();
            anew.open_notes = notes.into_iter().collect();
            anew.rebuild(&record);
            prop_assert_eq!(pane.lines(), anew.lines());
            let parts = pane.lines().iter().filter(|l| **l == TimelineLine::AsOf(None)).count();
            prop_assert_eq!(parts, usize::from(as_of.is_some()));
            if let Some(line) = pane.line_of(TimelineLine::AsOf(None)) {
                let later = |l: &TimelineLine| pane.is_later(&record, *l);
                let (above, below) = pane.lines().split_at(line);
                let dimmed = below.iter().filter(|l| later(l)).count();
                prop_assert_eq!(dimmed, if hides { 0 } else { below.len() - 1 });
                // Above it, what is later stands below a line of its encounter's own.
                for (i, l) in above.iter().enumerate().filter(|(_, l)| later(l)) {
                    prop_assert!(!hides);
                    let (TimelineLine::Event(e) | TimelineLine::Text(e, _) | TimelineLine::Day(e)) = *l else {
                        return Err(TestCaseError::fail("a heading above the line is later"));
                    };
                    let own = TimelineLine::AsOf(Some(record.event(e).encounter));
                    prop_assert!(above[..i].contains(&own));
                }
            }
        }
    }
}

/// Two stays at a time: the longer one begins first and ends last.
#[test]
fn the_line_parts_encounters_that_overlap() {
    let entry = |day: &str| {
        format!(
            "<entry timestamp=\"{day} 10:00\"><event type=\"measurement\" code=\"L/2\" name=\"Pulse\">70</event></entry>"
        )
    };
    let encounter = |days: &[&str]| {
        let entries: String = days.iter().map(|d| entry(d)).collect();
        format!("<encounter><events>{entries}</events></encounter>")
    };
    let long = encounter(&["2018-01-01", "2018-12-01"]);
    let short = encounter(&["2018-02-01"]);
    let late = encounter(&["2018-06-01"]);
    let xml = format!("<eventstream person_id=\"1\">{long}{short}{late}</eventstream>");
    let record = read_bytes(Path::new("1.xml"), xml.into_bytes())
        .expect("a record")
        .look_inside();
    let as_of = Time::parse_iso("2018-03-01").map(AsOf::new);
    let mut pane = Timeline::of(&record, as_of, false, (40, 12));
    pane.fold_all(&record, true);
    let [first, second, third] = [0, 1, 2].map(EncounterId);
    let folded = [
        TimelineLine::Encounter(first),
        TimelineLine::Encounter(second),
        TimelineLine::AsOf(None),
        TimelineLine::Encounter(third),
    ];
    assert_eq!(pane.lines(), folded);
    pane.go_to_line(0);
    pane.toggle(&record);
    // What came early in the second stays above the line, whatever is unfolded before it.
    let unfolded = [
        TimelineLine::Encounter(first),
        TimelineLine::Event(EventId(0)),
        TimelineLine::AsOf(Some(first)),
        TimelineLine::Day(EventId(1)),
        TimelineLine::Event(EventId(1)),
        TimelineLine::Encounter(second),
        TimelineLine::AsOf(None),
        TimelineLine::Encounter(third),
    ];
    assert_eq!(pane.lines(), unfolded);
    pane.set_hides_later(&record, true);
    assert_eq!(pane.later(), 2);
    let hidden = [
        TimelineLine::Encounter(first),
        TimelineLine::Event(EventId(0)),
        TimelineLine::AsOf(Some(first)),
        TimelineLine::Encounter(second),
        TimelineLine::AsOf(None),
    ];
    assert_eq!(pane.lines(), hidden);
}
