//! The mouse of the real program: asked for by an option or a command, given back by another, and never a mark.

use vt100::MouseProtocolMode;

use crate::desk::Desk;

#[test]
fn the_mouse_points_once_it_is_asked_for_and_marks_nothing() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &["--mouse"]).size(120, 40).start();
    pty.wait_until("the mouse and the record", |screen| {
        screen.mouse_protocol_mode() == MouseProtocolMode::PressRelease
            && screen.contents().contains("Outpatient Visit")
    });
    // A click on the answers gives them the focus: the hints are theirs.
    pty.send(b"\x1b[<0;100;20M\x1b[<0;100;20m");
    pty.wait_for("incorrect");
    // What is cut or damaged is neither a click nor a key.
    pty.send(b"\x1b[<0;3;2");
    pty.send(b"0M\x1b[<0;;1M\x1b[<0;1;2;3M");
    pty.send(b":");
    pty.wait_for("Commands");
    pty.send(b"mouse\r");
    pty.wait_for("the terminal's own again");
    pty.wait_until("no mouse", |screen| {
        screen.mouse_protocol_mode() == MouseProtocolMode::None
    });
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_restored();
    let file = desk.dataset_folder().join("reviews/jchen.jsonl");
    let said = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        !said.contains("\"kind\":\"judge\"") && !said.contains("\"kind\":\"rank\""),
        "{said}"
    );
}
