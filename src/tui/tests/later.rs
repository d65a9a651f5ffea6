//! What is later than the instruction: below a line or hidden, and noted with each judgement.

use std::sync::Arc;

use crate::record::EventId;
use crate::review::View;
use crate::tui::panes::timeline::TimelineLine;

use super::desk::{Desk, Room, Setup};

/// The case of the demo that says when it was asked.
const ASKED: usize = 3;
const WIDE: (u16, u16) = (120, 40);

fn asked() -> Desk {
    let setup = Setup {
        case: ASKED,
        ..Setup::default()
    };
    Desk::open(Arc::new(Room::demo()), WIDE, setup)
}

/// The view noted with the judgement of the first answer.
fn noted(desk: &Desk) -> Option<View> {
    let model = desk.app.model(0).expect("an answer");
    let judged = desk.app.review().responses[model].judgement;
    judged.expect("a judgement").view
}

#[test]
fn a_judgement_notes_what_of_the_record_was_in_view() {
    let mut desk = asked();
    desk.press("Tab c");
    assert_eq!(noted(&desk), Some(View::Whole));
    desk.press("T x");
    assert_eq!(noted(&desk), Some(View::AsOf));
    desk.press("T c");
    assert_eq!(noted(&desk), Some(View::Whole));
    desk.press("T x");
    // A case that does not say when it was asked has one view only, whatever was chosen elsewhere.
    desk.press("> c");
    assert_eq!(noted(&desk), None);
    desk.press("T");
    assert!(
        desk.said().contains("nothing counts as later"),
        "{}",
        desk.said()
    );
    desk.press("<");
    assert!(desk.app.in_view.record.timeline.hides_later());
}

#[test]
fn hidden_events_are_in_no_list_find_or_trend() {
    let mut desk = asked();
    let events = desk.app.view().expect("a record").record.events().len();
    desk.press("/ type:creatinine Enter");
    let all = desk.app.hits().all.len();
    desk.press("T");
    let later = desk.app.in_view.record.timeline.later();
    assert!((1..events).contains(&later), "{later} of {events}");
    let shown = desk.app.hits().all.len();
    assert!((1..all).contains(&shown), "{shown} of {all}");
    // That the word comes later is hidden, too.
    let summary = desk.app.looking.find.summary("|");
    assert!(!summary.contains("later"), "{summary}");
    desk.press("g o");
    let as_of = desk.app.in_view.record.timeline.as_of().expect("a moment");
    let record = Arc::clone(desk.app.view().expect("a record"));
    let listed: Vec<_> = desk
        .app
        .in_view
        .record
        .timeline
        .lines()
        .iter()
        .filter_map(|l| match l {
            TimelineLine::Event(e) => Some(record.record.event(*e)),
            _ => None,
        })
        .collect();
    assert_eq!(listed.len(), events - later);
    assert!(listed.iter().all(|e| !as_of.is_later(&record.record, e)));
    desk.press("n s");
    assert!(desk.text().contains("later ones are"), "{}", desk.text());
    desk.press("q G");
    assert_eq!(
        desk.app.in_view.record.timeline.selected(),
        Some(TimelineLine::AsOf(None))
    );
    assert!(desk.text().contains("HIDDEN"));
    // Enter on the line does what the key does.
    desk.press("Enter");
    assert!(!desk.app.in_view.record.timeline.hides_later());
    assert_eq!(desk.app.hits().all.len(), all);
}

#[test]
fn a_place_that_is_gone_to_is_shown_and_that_is_said() {
    let mut desk = asked();
    // A pin on the last event of the record, which is later.
    desk.press("G Enter G e");
    assert!(desk.said().contains("Pinned"), "{}", desk.said());
    desk.press("T g g g e");
    assert!(desk.app.in_view.record.timeline.hides_later());
    desk.press("Enter");
    assert!(!desk.app.in_view.record.timeline.hides_later() && !desk.app.screen.hides_later);
    assert!(
        desk.said().contains("later than the instruction"),
        "{}",
        desk.said()
    );
    let at = desk.app.in_view.record.timeline.selected().expect("a line");
    let view = Arc::clone(desk.app.view().expect("a record"));
    assert!(desk.app.in_view.record.timeline.is_later(&view.record, at));
    desk.press("Tab c");
    assert_eq!(noted(&desk), Some(View::Whole));
}

#[test]
fn the_least_screen_says_that_events_are_hidden() {
    for size in [(40, 12), (80, 24), (200, 50)] {
        let mut desk = asked();
        desk.resize(size);
        assert!(!desk.text().contains("HIDDEN"));
        desk.press("T");
        desk.press("j");
        assert!(desk.text().contains("980 later HIDDEN"), "{}", desk.text());
    }
}

#[test]
fn what_would_lead_to_hidden_events_says_so() {
    let mut desk = asked();
    desk.press("T G [ ]");
    assert!(
        desk.said().contains("before what is hidden"),
        "{}",
        desk.said()
    );
    desk.press("g d type:2020-01-01 Enter");
    assert!(
        desk.said().contains("hidden; T shows it"),
        "{}",
        desk.said()
    );
    desk.press("g d type:2017-01-01 Enter");
    assert!(!desk.said().contains("hidden"), "{}", desk.said());
    // The dates, the map and how long a stay took tell nothing either.
    let text = desk.text();
    assert!(text.contains("2002 to 2018"), "{text}");
    assert!(!text.contains("2022-05-24"), "{text}");
    desk.press("G [");
    assert!(!desk.text().contains("8 d"), "{}", desk.text());
}

#[test]
fn ranked_search_neither_lists_nor_counts_what_is_hidden() {
    let mut desk = asked();
    let search = |desk: &mut Desk, keys: &str| {
        desk.press(keys);
        let found = &desk.app.looking.ranked.found;
        let events: Vec<_> = found
            .hits
            .iter()
            .map(|h| (h.person.clone(), h.event))
            .collect();
        (found.count, events)
    };
    let view = Arc::clone(desk.app.view().expect("a record"));
    let as_of = desk.app.in_view.record.timeline.as_of().expect("a moment");
    let person = desk.app.person().to_owned();
    let later = |(patient, event): &(String, EventId)| {
        *patient == person && as_of.is_later(&view.record, view.record.event(*event))
    };
    for place in ["", "Tab "] {
        let (all, events) = search(&mut desk, &format!("f {place}type:creatinine"));
        let there = events.iter().filter(|e| later(e)).count();
        assert!(there > 0, "{events:?}");
        desk.press("Esc T");
        let (count, events) = search(&mut desk, "f");
        assert!((1..all).contains(&count), "{count} of {all}");
        assert!(
            !events.is_empty() && !events.iter().any(later),
            "{events:?}"
        );
        assert!(!desk.text().contains("later than the"), "{}", desk.text());
        // Nothing of it stays from before, and what was hidden comes back.
        desk.press("Esc T");
        assert_eq!(search(&mut desk, "f").0, all);
        desk.press("C-u Esc");
    }
}

#[test]
fn what_search_found_in_another_case_is_forgotten_where_less_may_be_shown() {
    let mut desk = asked();
    desk.press("T f Tab type:creatinine Esc");
    let hidden = desk.app.looking.ranked.found.count;
    desk.press("> f");
    let all = desk.app.looking.ranked.found.count;
    assert!(hidden < all, "{hidden} of {all}");
    desk.press("Esc <");
    assert!(desk.app.screen.hides_later);
    desk.press("f");
    assert_eq!(desk.app.looking.ranked.found.count, hidden);
}
