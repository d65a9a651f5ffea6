//! Deciding where reviewers disagree: what each side said is in view, nobody's name is, and nothing of theirs changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dataset::Dataset;
use crate::report::observations::Observations;
use crate::review::entry::{EventPlace, Pin, Support};
use crate::review::{Act, Entry, ErrorKind, Harm, Ledger, Pass, Reason, Turn, Verdict, adjudicate};
use crate::tui::overlays::reason;
use crate::tui::overlays::sides::Sides;
use crate::tui::overlays::whole::Whole;

use super::desk::{Desk, Room, Setup, YES};

const LOW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);
/// The reviewers, whose names must never be seen.
const NAMES: [&str; 3] = ["anna-reviewer", "bogdan-reviewer", "chidi-reviewer"];

/// What three reviewers say of the demo's first two cases. They differ in one verdict of the first, in two of the second and
/// in its order; the last of them has more to say.
fn said(room: &Room) -> BTreeMap<String, Ledger> {
    let dataset = Dataset::open(&room.dataset()).expect("the demo");
    let mut entries = Vec::new();
    let mut say = |who: &str, case: usize, act: Act| {
        let n = entries.len();
        entries.push(Entry {
            v: 1,
            id: format!("{n:026}"),
            time: "2026-01-01T00:00:00Z".parse().expect("a time"),
            reviewer: who.to_owned(),
            case: Some(dataset.cases()[case].key()),
            pass: Pass::First,
            shown: None,
            act,
            extra: serde_json::Map::new(),
        });
    };
    for (i, who) in NAMES.into_iter().enumerate() {
        for case in 0..2 {
            let mut models: Vec<String> = dataset.cases()[case]
                .responses
                .iter()
                .map(|r| r.model.clone())
                .collect();
            for (n, model) in models.iter().enumerate() {
                let odd = i == 1 && n <= case;
                let correct = (n % 2 == 0) != odd;
                let verdict = if correct {
                    Verdict::Correct
                } else {
                    Verdict::Incorrect
                };
                say(
                    who,
                    case,
                    Act::Judge {
                        model: model.clone(),
                        verdict: Some(verdict),
                        shown_position: None,
                        view: None,
                    },
                );
            }
            if i == 1 && case == 1 {
                models.reverse();
            }
            let first = models[0].clone();
            let order = models.into_iter().map(|m| vec![m]).collect();
            say(who, case, Act::Rank { order });
            if i == 2 {
                say(
                    who,
                    case,
                    Act::Tag {
                        model: first.clone(),
                        errors: vec![ErrorKind::Omission],
                        harm: Some(Harm::Mild),
                    },
                );
                let text = "The dose is of 2018, not of today.".to_owned();
                let model = Some(first);
                say(who, case, Act::Comment { model, text });
                let text = "Read both notes of that day.".to_owned();
                say(who, case, Act::Comment { model: None, text });
                say(who, case, gold());
                say(who, case, pin(&dataset, case));
            }
            say(
                who,
                case,
                Act::Submit {
                    overruled: Vec::new(),
                    seconds: 60,
                    reason: None,
                },
            );
        }
    }
    Ledger::by_reviewer(entries)
}

fn gold() -> Act {
    Act::Gold {
        text: "Yes: a stroke in 2018, and apixaban since.".to_owned(),
        applicable: Some(true),
        sufficient: Some(true),
        reason: String::new(),
    }
}

/// A pin on words that stand in the record, at a place that is not theirs, so that they are found by the quote.
fn pin(dataset: &Dataset, case: usize) -> Act {
    Act::Evidence {
        target: Support::Gold,
        model: None,
        pin: Pin {
            person: dataset.cases()[case].person_id.clone(),
            note_id: None,
            event: EventPlace {
                offset: 1,
                time: None,
                type_name: "note".to_owned(),
                code: String::new(),
            },
            start: 0,
            end: 10,
            quote: "no heart failure symptoms, no syncope".to_owned(),
            hash: "0".to_owned(),
        },
    }
}

pub(crate) fn desk(size: (u16, u16)) -> Desk {
    let room = Room::demo();
    let said = said(&room);
    let setup = Setup {
        said: Some(said),
        case: 1,
        pass: Pass::Adjudication,
        ..Setup::default()
    };
    let mut desk = Desk::open(Arc::new(room), size, setup);
    // Somebody who has read nothing yet is asked once.
    desk.press(YES);
    desk
}

#[test]
fn somebody_who_has_still_to_read_a_case_is_asked_before_others_marks_are_shown() {
    let room = Arc::new(Room::demo());
    let dataset = Dataset::open(&room.dataset()).expect("the demo");
    let key = dataset.cases()[1].key();
    let head = "reviewer\tplace\tpass\tinstruction_id\tperson_id";
    room.write(
        "plan.tsv",
        &format!("{head}\njchen\t1\t1\t{}\t{}\n", key.instruction, key.person),
    );
    let setup = Setup {
        said: Some(said(&room)),
        case: 1,
        pass: Pass::Adjudication,
        ..Setup::default()
    };
    let mut desk = Desk::open(Arc::clone(&room), WIDE, setup.clone());
    assert!(
        desk.text().contains("You have still to read this case"),
        "{}",
        desk.text()
    );
    // Going back shows nothing, marks nothing, and asks again.
    for keys in ["Esc", "g j Esc", "Tab c Esc", "Enter Esc"] {
        desk.press(keys);
        assert!(
            desk.app.sides().is_empty() && !desk.text().contains("R1 "),
            "{keys}"
        );
        assert!(!desk.app.desk.log.ledger().seen(&key).others, "{keys}");
    }
    assert_eq!(
        decided(&desk),
        decided(&Desk::open(Arc::new(Room::demo()), WIDE, Setup::default()))
    );
    // The list says no more of it; a case that is not theirs to read is open.
    desk.press("L");
    assert!(desk.text().contains("yours to read"), "{}", desk.text());
    desk.press("Esc >");
    assert_eq!(desk.app.sides().len(), 3);
    desk.press("<").press(YES);
    assert!(
        desk.app.sides().len() == 3 && desk.text().contains("R1 "),
        "{}",
        desk.text()
    );
    // A first reading after that is told apart; the file knows it after a restart, too.
    let desk = desk.reopen(Setup::default());
    assert!(desk.app.desk.log.ledger().seen(&key).others);
    let mut desk = desk.reopen(Setup {
        case: 1,
        ..Setup::default()
    });
    desk.press("Tab c");
    assert!(desk.app.review().seen.others);
    let ledgers = BTreeMap::from([("jchen".to_owned(), desk.app.desk.log.ledger().clone())]);
    let all = crate::review::counted::Rules {
        unsubmitted: true,
        unblinded: true,
        machines: false,
    };
    let rows = Observations::from_ledgers(dataset.cases(), all.count(ledgers.clone(), None)).rows;
    assert!(!rows.is_empty() && rows.iter().all(|o| o.saw_others));
}

/// What the adjudicator's own file says of the case in view.
fn decided(desk: &Desk) -> String {
    let review = desk
        .app
        .desk
        .log
        .ledger()
        .reading(Pass::Adjudication, &desk.app.key());
    let marks: String = desk
        .app
        .models()
        .iter()
        .map(|m| match review.verdict(m) {
            Some(Verdict::Correct) => '+',
            Some(Verdict::Incorrect) => 'x',
            Some(Verdict::Unsure) => '?',
            None => '-',
        })
        .collect();
    format!("{marks} {}", review.rank.to_line(&desk.app.models()))
}

#[test]
fn the_worst_case_comes_first_and_says_what_is_disputed() {
    let mut desk = desk(WIDE);
    let queue: Vec<usize> = desk.app.desk.plan.steps.iter().map(|s| s.case).collect();
    assert_eq!(queue, [1, 0]);
    assert!(desk.text().contains("ADJUDICATION, dispute 1 of 2"));
    assert!(desk.text().contains("R3 "), "{}", desk.text());
    desk.press("L");
    assert!(desk.text().contains("2 verdicts, "), "{}", desk.text());
    assert!(desk.text().contains("1 verdict "), "{}", desk.text());
    desk.press("a");
    // A case on which nobody disagrees can be opened, too.
    desk.press("G Enter");
    assert_eq!(desk.app.in_view.pass, Pass::Adjudication);
    assert!(desk.text().contains("not disputed"), "{}", desk.text());
}

#[test]
fn a_side_is_taken_over_at_once_and_undone_at_once() {
    let mut desk = desk(WIDE);
    let before = decided(&desk);
    assert_eq!(before, "------ ");
    let sides: Vec<String> = desk
        .app
        .sides()
        .iter()
        .map(|s| s.reviewer.clone())
        .collect();
    let odd = sides.iter().position(|s| s == NAMES[1]).expect("a side");
    let down = "j ".repeat(
        desk.app
            .side_rows()
            .iter()
            .position(|r| r.side() == odd)
            .expect("a row"),
    );
    desk.press(&format!("g j {down} a"));
    let taken = decided(&desk);
    let theirs = &desk.app.sides()[odd].review;
    let order = theirs.rank.to_line(&desk.app.models());
    assert!(taken.ends_with(&order) && !taken.contains('-'), "{taken}");
    assert!(
        desk.said().contains("Taken over from reviewer"),
        "{}",
        desk.said()
    );
    desk.press("u");
    assert_eq!(decided(&desk), before);
    desk.press("C-r");
    assert_eq!(decided(&desk), taken);
    // What is decided anew stands beside what was taken over.
    desk.press("m");
    assert_ne!(decided(&desk), taken);
    // Nothing of it is the adjudicator's own reading.
    let own = desk.app.desk.log.ledger().case(&desk.app.key());
    assert!(own.responses.is_empty() && own.rank.is_empty());
}

#[test]
fn submitting_says_what_is_open_and_asks_what_decided() {
    let mut desk = desk(WIDE);
    desk.press("Tab S");
    let text = desk.text();
    assert!(text.contains("Reviewers disagree, and no mark"), "{text}");
    assert!(text.contains("ranked differently"), "{text}");
    assert!(desk.app.over::<reason::Reason>().is_some());
    desk.press("q");
    let submitted = |desk: &Desk| {
        let ledger = desk.app.desk.log.ledger();
        ledger
            .reading(Pass::Adjudication, &desk.app.key())
            .submitted
            .clone()
    };
    assert_eq!(submitted(&desk), None);
    desk.press("g j a S j j y");
    let done = submitted(&desk).expect("submitted");
    assert_eq!(done.reason, Some(Reason::Missed));
    // What was open is decided; the side's own contradictions are noted.
    let open = done.overruled.iter().filter(|l| l.starts_with("Reviewers"));
    assert_eq!(open.count(), 0, "{:?}", done.overruled);
    desk.press("c");
    assert!(desk.said().contains("is submitted"), "{}", desk.said());
    desk.press("g j a");
    assert!(desk.said().contains("is submitted"), "{}", desk.said());
    // The decision is there when the screen opens again, and in the layer that reports use.
    let cases = desk.app.desk.dataset.cases().to_vec();
    let ledgers = BTreeMap::from([("jchen".to_owned(), desk.app.desk.log.ledger().clone())]);
    let decisions = adjudicate::decisions(&cases, &ledgers);
    assert_eq!(decisions.of.len(), 1);
}

#[test]
fn a_pin_of_a_side_leads_to_its_place() {
    let mut desk = desk(LOW);
    let rows = desk.app.side_rows();
    let pin = rows
        .iter()
        .position(|r| matches!(r, crate::tui::adjudication::SideRow::Pin(..)))
        .expect("a pin");
    desk.press("g j");
    desk.press(&"j ".repeat(pin));
    let text = desk.text();
    assert!(text.contains("no heart failure symptoms"), "{text}");
    desk.press("Enter");
    assert!(desk.app.screen.overlay.is_none());
    let text = desk.text();
    assert!(text.contains("no heart failure symptoms"), "{text}");
}

#[test]
fn nobody_is_named_and_no_reading_of_ones_own_is_touched() {
    let mut desk = desk(WIDE);
    for keys in [
        "", "g j", "j j j j", "a", "S", "j j y", "L", "Enter", "g r", "q", "g n", "q", "?",
    ] {
        desk.press(keys);
        let text = desk.text();
        assert!(NAMES.iter().all(|n| !text.contains(n)), "{keys}: {text}");
    }
    let entries = desk.app.desk.log.ledger().entries();
    assert!(
        entries
            .iter()
            .filter(|e| e.case.is_some())
            .all(|e| e.pass == Pass::Adjudication)
    );
}

#[test]
fn each_screen_takes_back_only_what_was_done_in_it() {
    let mut desk = desk(WIDE);
    desk.press("Tab c");
    let mut desk = desk.reopen(Setup::default());
    desk.press("u");
    assert!(
        desk.said().contains("medalign adjudicate"),
        "{}",
        desk.said()
    );
    desk.press("Tab c g j");
    assert!(desk.said().contains("is hidden here"), "{}", desk.said());
    let said = said(&desk.room);
    let mut desk = desk.reopen(Setup {
        said: Some(said),
        case: 1,
        pass: Pass::Adjudication,
        ..Setup::default()
    });
    desk.press(YES).press("u");
    assert!(desk.said().contains("medalign review"), "{}", desk.said());
    assert_eq!(
        desk.app
            .desk
            .log
            .ledger()
            .target(Turn::Undo)
            .map(|e| e.pass),
        Some(Pass::First)
    );
}

#[test]
fn the_reason_that_is_chosen_is_in_view_on_every_screen() {
    for size in [(40, 12), LOW, WIDE] {
        let mut desk = desk(size);
        desk.press("S");
        assert!(!desk.text().contains("\n▌"), "nothing is chosen before");
        for reason in Reason::ALL {
            desk.press("j");
            let text = desk.text();
            let start: String = reason.label().chars().take(30).collect();
            let row = text.lines().find(|l| l.starts_with('▌'));
            assert!(
                row.is_some_and(|r| r.contains(&start)),
                "{reason:?}: {text}"
            );
        }
    }
}

#[test]
fn nothing_is_decided_before_a_reason_is_chosen() {
    let mut desk = desk(WIDE);
    desk.press("g j a");
    let acts = desk.app.desk.log.ledger().entries().len();
    desk.press("S Enter Enter Space y S Esc S y q");
    assert_eq!(desk.app.desk.log.ledger().entries().len(), acts);
    desk.press("S y");
    assert!(
        desk.said().contains("choose what decided"),
        "{}",
        desk.said()
    );
    // A reason alone does not submit either, be Enter pressed as often as one likes.
    desk.press("j Enter Enter");
    assert_eq!(desk.app.desk.log.ledger().entries().len(), acts);
    desk.press("y");
    assert_eq!(desk.app.desk.log.ledger().entries().len(), acts + 1);
    // Submitted again, a reason is chosen again.
    desk.press("R S y");
    assert!(desk.app.review().submitted.is_none());
}

#[test]
fn long_remarks_are_read_in_full() {
    let mut desk = desk(LOW);
    let comment = desk
        .app
        .side_rows()
        .iter()
        .position(|r| matches!(r, crate::tui::adjudication::SideRow::Gold(_)))
        .expect("a gold response");
    desk.press("g j").press(&"j ".repeat(comment));
    desk.press("Enter");
    assert!(desk.app.over::<Whole>().is_some());
    let text = desk.text();
    assert!(
        text.contains("Yes: a stroke in 2018, and apixaban since."),
        "{text}"
    );
    desk.press("q");
    assert!(desk.app.over::<Sides>().is_some());
    desk.press("q");
    assert!(desk.app.screen.overlay.is_none());
}

#[test]
fn taking_over_another_side_leaves_nothing_of_the_first() {
    let mut desk = desk(WIDE);
    desk.press("g j a");
    let first = decided(&desk);
    let odd = desk
        .app
        .side_rows()
        .iter()
        .position(|r| desk.app.sides()[r.side()].reviewer == NAMES[1])
        .expect("a row");
    let others = desk
        .app
        .side_rows()
        .iter()
        .position(|r| desk.app.sides()[r.side()].reviewer == NAMES[2])
        .expect("a row");
    for row in [odd, others] {
        desk.press("g j").press(&"j ".repeat(row)).press("a");
        let side = desk.app.side_rows()[row].side();
        let theirs = &desk.app.sides()[side].review;
        let order = theirs.rank.to_line(&desk.app.models());
        let taken = decided(&desk);
        assert!(taken.ends_with(&order), "{taken} is not {order}");
        let review = desk.app.review();
        let tagged = |r: &crate::review::CaseReview| {
            let said = r.responses.iter().filter(|(_, r)| !r.errors.is_empty());
            said.map(|(m, _)| m.clone()).collect::<Vec<_>>()
        };
        assert_eq!(tagged(review), tagged(theirs));
    }
    desk.press("u u u");
    assert_eq!(decided(&desk), "------ ");
    desk.press("C-r");
    assert_eq!(decided(&desk), first);
}
