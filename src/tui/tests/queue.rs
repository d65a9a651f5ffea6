//! A plan's queue on the screen: its order, its count, and the second reading that knows nothing of the first.

use std::fs;
use std::sync::Arc;

use crate::review::line::Reading;
use crate::review::{Ledger, Pass};

use super::desk::{Desk, REVIEWER, Room, Setup, YES};

const WIDE: (u16, u16) = (120, 40);

/// The demo with a plan: jchen reads two cases and the first of them again; okafor reads another.
fn planned() -> Arc<Room> {
    let room = Room::demo();
    room.write(
        "plan.tsv",
        "reviewer\tplace\tpass\tinstruction_id\tperson_id\n\
         jchen\t2\t1\t1048213377\t417302958\n\
         okafor\t1\t1\t1048213391\t417302958\n\
         jchen\t1\t1\t2093310027\t583920147\n\
         jchen\t3\t2\t2093310027\t583920147\n",
    );
    Arc::new(room)
}

/// As the program starts: the first reading of the queue.
fn at_the_first(room: &Arc<Room>) -> Desk {
    let mut desk = Desk::open(Arc::clone(room), WIDE, Setup::default());
    let first = desk.app.desk.plan.steps[0];
    desk.app.open_step(first);
    desk.press("C-l");
    desk
}

#[test]
fn the_queue_is_stepped_through_in_its_order() {
    let room = planned();
    let mut desk = at_the_first(&room);
    assert_eq!(desk.app.desk.plan.steps.len(), 3);
    assert!(
        desk.text().contains("1 of 3 in your queue"),
        "{}",
        desk.text()
    );
    assert_eq!(desk.app.case().instruction_id, "2093310027");
    desk.press(">");
    assert_eq!(desk.app.case().instruction_id, "1048213377");
    assert!(desk.text().contains("2 of 3 in your queue"));
    desk.press(">");
    assert_eq!(
        (
            desk.app.case().instruction_id.as_str(),
            desk.app.in_view.pass
        ),
        ("2093310027", Pass::Again(2))
    );
    assert!(
        desk.text().contains("3 of 3 in your queue second reading"),
        "{}",
        desk.text()
    );
    desk.press(">");
    assert!(
        desk.said().contains("last case of your queue"),
        "{}",
        desk.said()
    );
    desk.press("< <");
    assert_eq!(desk.app.place_in_queue(), Some(0));
    // The list shows the queue; `a` shows everything, from where a case outside is opened.
    desk.press("L");
    let list = desk.text();
    assert!(
        list.contains("Cases: your queue (3)") && list.contains("again"),
        "{list}"
    );
    desk.press("a");
    assert!(desk.text().contains("Cases: all (10)"));
    desk.press("g g j Enter");
    assert!(
        desk.text().contains("case 2 of 10, not in your queue"),
        "{}",
        desk.text()
    );
    desk.press("L p q >");
    assert_eq!(desk.app.place_in_queue(), Some(0), "back into the queue");
}

#[test]
fn a_second_reading_knows_nothing_of_the_first() {
    let room = planned();
    let mut desk = at_the_first(&room);
    let first_order: Vec<String> = desk.app.models().iter().map(|m| (*m).to_owned()).collect();
    desk.press("Tab c 1 l x 2 a type:apples C-s h Enter y");
    let marked = desk.verdicts();
    assert!(
        desk.app.review().submitted.is_some() && marked.starts_with("+x"),
        "{marked}"
    );
    desk.press("> >");
    assert_eq!(desk.app.in_view.pass, Pass::Again(2));
    assert!(
        desk.verdicts().chars().all(|c| c == '-'),
        "{}",
        desk.verdicts()
    );
    assert_eq!(desk.ranking(), "");
    assert!(desk.app.review().submitted.is_none() && !desk.text().contains("apples"));
    let second_order: Vec<String> = desk.app.models().iter().map(|m| (*m).to_owned()).collect();
    assert_ne!(first_order, second_order, "letters are drawn anew");
    desk.press("Tab m");
    let (case, model) = (
        desk.app.key(),
        second_order[desk.app.in_view.answers.focus()].clone(),
    );
    // The list under "unfinished" holds what is left of the queue.
    desk.press("L u");
    assert!(
        desk.text().contains("Cases: unfinished (2)"),
        "{}",
        desk.text()
    );
    desk.press("q");
    // On disk the two readings are apart.
    let lines = fs::read(room.review_file()).expect("written");
    let text = String::from_utf8_lossy(&lines).into_owned();
    let mut judged = text.lines().filter(|l| l.contains("\"kind\":\"judge\""));
    assert!(judged.any(|l| l.contains("\"pass\":2,")), "{text}");
    let mut ledger = Ledger::new(REVIEWER);
    for line in Reading::of(&lines).entries {
        ledger.apply(line.entry);
    }
    let said = |pass| ledger.reading(pass, &case).responses.len();
    assert_eq!((said(Pass::First), said(Pass::Again(2))), (2, 1));
    assert!(
        ledger
            .reading(Pass::Again(2), &case)
            .verdict(&model)
            .is_some()
    );
    // Undo goes back over both readings and shows what it changed.
    desk.press("u");
    assert_eq!(desk.app.in_view.pass, Pass::Again(2));
    desk.press("u");
    assert!(
        desk.text().contains("Take it back there?"),
        "{}",
        desk.text()
    );
    assert_eq!(desk.app.in_view.pass, Pass::Again(2));
    desk.press("y");
    assert_eq!(
        (desk.app.in_view.pass, desk.app.place_in_queue()),
        (Pass::First, Some(0))
    );
    assert!(desk.app.review().submitted.is_none());
    desk.press("C-r C-r");
    assert_eq!(desk.app.in_view.pass, Pass::First);
    desk.press("y");
    assert_eq!(desk.app.in_view.pass, Pass::Again(2));
}

#[test]
fn a_broken_plan_is_a_notice_and_all_cases_are_listed() {
    let room = Arc::new(Room::demo());
    for text in [
        "",
        "no\tplan\n",
        "reviewer\tplace\tpass\tinstruction_id\tperson_id\nokafor\t1\t1\t1\t2\n",
    ] {
        room.write("plan.tsv", text);
        let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
        assert!(desk.text().contains("case 1 of 10"), "{}", desk.text());
        desk.press("g n");
        assert!(desk.text().contains("plan.tsv"), "{}", desk.text());
        desk.press("q L p");
        assert!(desk.said().contains("no plan"), "{}", desk.said());
    }
}

#[test]
fn a_second_reading_has_a_gold_response_of_its_own() {
    let room = Arc::new(Room::demo());
    let key = |n: usize| {
        let dataset = crate::dataset::Dataset::open(&room.dataset()).expect("the demo");
        let key = dataset.cases()[n].key();
        format!("{}\t{}", key.instruction, key.person)
    };
    let head = "reviewer\tplace\tpass\tinstruction_id\tperson_id";
    let case = key(0);
    room.write(
        "plan.tsv",
        &format!("{head}\n{REVIEWER}\t1\t1\t{case}\n{REVIEWER}\t2\t2\t{case}\n"),
    );
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    desk.press("E type:first C-s Esc >");
    assert_eq!(desk.app.in_view.pass, Pass::Again(2));
    desk.press("E");
    assert_eq!(desk.app.in_view.gold.editor.text(), "");
    assert!(!desk.text().contains("first"), "{}", desk.text());
    desk.press("type:second C-s Esc");
    let text = |pass| {
        let review = desk.app.desk.log.ledger().reading(pass, &desk.app.key());
        review.gold.as_ref().map(|g| g.text.clone())
    };
    assert_eq!(text(Pass::First).as_deref(), Some("first"));
    assert_eq!(text(Pass::Again(2)).as_deref(), Some("second"));
    desk.press("<");
    assert_eq!(desk.app.in_view.gold.editor.text(), "first");
}

#[test]
fn the_first_act_outside_of_the_queue_asks_and_is_marked_so() {
    let room = planned();
    let mut desk = at_the_first(&room);
    desk.press("Tab c");
    assert!(!desk.app.review().outside_plan, "the queue asks nothing");
    desk.press("L a g g j Enter c");
    assert!(
        desk.text().contains("Go on outside of your plan?"),
        "{}",
        desk.text()
    );
    // Enter and Esc go back, and nothing is said of the case.
    for key in ["Enter", "Esc"] {
        desk.press(key).press("x");
        assert!(desk.verdicts().chars().all(|c| c == '-'), "{key}");
    }
    desk.press(YES);
    assert!(
        desk.app.review().outside_plan && desk.verdicts().contains('x'),
        "{}",
        desk.verdicts()
    );
    // It is asked once, and known after a restart.
    desk.press("l c");
    assert!(desk.verdicts().contains('+'), "{}", desk.verdicts());
    let outside = desk.app.in_view.case;
    let mut desk = desk.reopen(Setup {
        case: outside,
        ..Setup::default()
    });
    assert!(desk.app.review().outside_plan);
    // Somebody whom the plan does not name is outside of it everywhere.
    room.write(
        "plan.tsv",
        "reviewer\tplace\tpass\tinstruction_id\tperson_id\nokafor\t1\t1\t1048213391\t417302958\n",
    );
    desk = desk.reopen(Setup::default());
    desk.press("A");
    assert!(
        desk.text().contains("Go on outside of your plan?"),
        "{}",
        desk.text()
    );
}

#[test]
fn a_case_seen_with_names_stays_so_and_others_stay_blind() {
    let room = Arc::new(Room::demo());
    let mut desk = Desk::open(Arc::clone(&room), WIDE, Setup::default());
    desk.press("Tab c g u").press(YES).press("x");
    assert!(
        !desk.app.review().is_blind(),
        "what is marked anew is no longer blind"
    );
    desk.press("l").press("c");
    let mut desk = desk.reopen(Setup::default());
    assert!(desk.text().contains("UNBLINDED"), "{}", desk.text());
    desk.press("> Tab c");
    assert!(!desk.text().contains("UNBLINDED"), "{}", desk.text());
    assert!(desk.app.review().is_blind());
    desk.press("<");
    assert!(desk.text().contains("UNBLINDED") && !desk.app.review().is_blind());
}
