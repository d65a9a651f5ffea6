//! The matches: what they keep to themselves until the reviewer has said something, and the moment they are read for.

use std::sync::Arc;

use crate::tui::matcher::Message;

use super::desk::{Desk, Room, Setup};

const SIZE: (u16, u16) = (120, 40);
/// The instruction of the demo that says when it was asked, by its place.
const DATED: usize = 3;

fn open(room: Room, case: usize) -> Desk {
    let setup = Setup {
        case,
        ..Setup::default()
    };
    Desk::open(Arc::new(room), SIZE, setup)
}

/// The demo with six more records, and with another word of the dataset on every pair: labels turned round, gold
/// responses of one instruction only.
fn said_otherwise() -> Room {
    let room = Room::with_more_records();
    let labels = "ehr-relevance-labels.csv";
    let turned = room.read(labels).replace(",yes\n", ",?\n");
    let turned = turned.replace(",no\n", ",yes\n").replace(",?\n", ",no\n");
    assert_ne!(turned, room.read(labels));
    room.write(labels, &turned);
    let golds = "clinician-instruction-responses.tsv";
    let head = room.read(golds).lines().next().expect("a head").to_owned();
    let columns = head.split('\t').count();
    let question =
        "Is she a candidate for intravenous thrombolysis right now? State the deciding facts.";
    let row = [
        "1048213412",
        question,
        "417302958",
        "417302958.xml",
        "Annotator_1",
        "No.",
    ];
    let row = [row.join("\t"), "\t".repeat(columns - row.len())].concat();
    room.write(golds, &format!("{head}\n{row}\n"));
    room
}

#[test]
fn nothing_tells_what_the_dataset_says_of_a_pair_before_ones_own_label() {
    let mut desks = [Room::with_more_records(), said_otherwise()].map(|room| open(room, 0));
    // Lists, their order, figures and counts: all of the screen is the same, whatever the dataset says.
    for keys in ["g m", "j", "Enter", "q", "Tab", "k h", "j l", "G", "w", "w"] {
        let [one, other] = desks.each_mut().map(|desk| {
            desk.press(keys);
            desk.text()
        });
        assert_eq!(one, other, "after {keys}");
        assert!(one.contains("no label"), "{one}");
        // Cut as in search, no word of some instructions tells the ten records apart.
        let cut = one.contains("words cut as in search");
        assert_eq!(one.contains("no record fits"), cut, "{one}");
    }
    // Both tell it once it cannot steer the label any more.
    let [one, other] = desks.each_mut().map(|desk| {
        desk.press("g g l l");
        for _ in 0..5 {
            desk.press("y j");
        }
        desk.text()
    });
    assert_ne!(one, other);
    assert!(
        one.contains("a clinician answered on this record; it is number 9 of 10"),
        "{one}"
    );
    assert!(one.contains("given: no") && other.contains("yes"), "{one}");
    assert!(!other.contains("a clinician answered"), "{other}");
}

#[test]
fn a_record_outside_of_the_candidates_is_listed_while_all_of_them_are_labelled() {
    let mut desk = open(Room::with_more_records(), 0);
    let told = |desk: &mut Desk| desk.text().contains("a clinician answered on this record");
    desk.press("g m j y j y j y j y");
    assert!(!told(&mut desk));
    desk.press("j y");
    assert!(told(&mut desk), "{}", desk.text());
    let last = desk.app.looking.matches.selected();
    desk.press("u");
    assert!(!told(&mut desk));
    assert_eq!(desk.app.looking.matches.selected(), last);
    desk.press("C-r j y");
    assert!(desk.said().contains("Labelled: yes"), "{}", desk.said());
    // What was selected stays so, where it is still listed.
    desk.press("k k k Backspace");
    assert!(!told(&mut desk));
    assert_eq!(desk.app.looking.matches.labelled.0, 4);
}

#[test]
fn matches_hide_by_the_moment_of_the_instruction_in_question() {
    // The case in view says nothing of when it was asked; an instruction in the list does, and the other way round.
    for case in [0, DATED] {
        let mut desk = open(Room::demo(), DATED);
        desk.press("T");
        assert!(desk.app.screen.hides_later);
        desk.app.open_step(crate::review::plan::Step {
            case,
            pass: crate::review::Pass::First,
        });
        desk.press("C-l g m");
        for ask in [0, DATED] {
            let row = crate::tui::matches::MatchRow::Candidate(ask, 0);
            desk.app.looking.matches.go_to(row);
            let text = desk.text();
            let line = text.lines().find(|l| l.starts_with('▌'));
            let line = line.unwrap_or_else(|| panic!("no selection: {text}"));
            // Score and words are of the whole record.
            let dated = ask == DATED;
            assert_eq!(line.contains(", "), !dated, "{line}");
            assert_eq!(line.contains('.'), !dated, "{line}");
            desk.press("Enter");
            assert_eq!(
                desk.app.in_view.record.timeline.as_of().is_some(),
                dated,
                "{case} {ask}"
            );
            assert_eq!(
                desk.app.in_view.record.timeline.hides_later(),
                dated,
                "{case} {ask}"
            );
            assert_eq!(desk.text().contains("HIDDEN"), dated, "{}", desk.text());
            desk.press("q");
        }
    }
}

#[test]
fn a_label_is_of_the_record_on_the_screen_whatever_is_proposed_meanwhile() {
    let mut desk = open(Room::with_more_records(), 0);
    desk.press("g m j Enter");
    let looked_at = desk
        .app
        .in_view
        .visit
        .as_ref()
        .expect("a record")
        .person
        .clone();
    let mut anew = (**desk
        .app
        .looking
        .matches
        .proposals
        .as_ref()
        .expect("proposals"))
    .clone();
    for candidates in &mut anew.candidates {
        candidates.reverse();
    }
    desk.app.take_matches(Message::Done(Ok(Arc::new(anew))));
    desk.press("y");
    let ledger = desk.app.desk.log.ledger();
    let labelled: Vec<String> = ledger
        .cases()
        .flat_map(|(_, review)| review.relevance.keys().cloned())
        .collect();
    assert!(
        labelled.iter().all(|person| *person == looked_at),
        "{labelled:?}"
    );
    assert!(desk.said().contains("to label it"), "{}", desk.said());
}
