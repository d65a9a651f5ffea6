//! What is said to somebody who is new: gone with any key, and a tour that waits for each step.

use super::desk::Desk;
use crate::tui::guide::Guide;

#[test]
fn the_welcome_is_gone_with_any_key() {
    for size in [(40, 12), (80, 24), (200, 50)] {
        let mut desk = Desk::demo(size);
        desk.app.screen.guide = Guide::Welcome;
        desk.app.fit();
        let text = desk.text();
        assert!(text.contains("Welcome"), "{text}");
        assert!(
            size.0 < 80 || text.contains("c correct, x incorrect"),
            "{text}"
        );
        desk.press("j");
        assert!(!desk.text().contains("Welcome"));
    }
}

#[test]
fn the_tour_waits_for_each_step_and_can_be_ended() {
    let mut desk = Desk::demo((80, 24));
    desk.press(": type:tutor Enter");
    let step = |desk: &Desk, n: usize| {
        let text = desk.text();
        assert!(text.contains(&format!("Tour, {n} of 10")), "{n}: {text}");
        let (_, lines) = desk.app.screen.guide.lines(&desk.app).expect("a step");
        for entry in crate::tui::action::TABLE {
            let name = format!("{{{}}}", entry.name);
            assert!(!lines.iter().any(|l| l.contains(&name)), "{lines:?}");
        }
    };
    let keys = [
        "Space",
        "}",
        "/ type:stroke Enter",
        "n",
        "g l",
        "q",
        "Tab",
        "c",
        "1",
        "u",
    ];
    for (n, keys) in (1..).zip(keys) {
        step(&desk, n);
        // Other keys do what they do, and the tour waits.
        desk.press("z z");
        step(&desk, n);
        desk.press(keys);
    }
    assert!(desk.text().contains("Tour, the end"), "{}", desk.text());
    desk.press("j");
    assert_eq!(desk.app.screen.guide, Guide::None);
    desk.press(": type:tutor Enter : type:tutor Enter");
    assert_eq!(desk.app.screen.guide, Guide::None);
}
