//! Several sessions at once.

use crate::desk::{Desk, go_to_answers};

#[test]
fn a_second_session_of_a_reviewer_is_refused() {
    let desk = Desk::new();
    let mut first = desk.review("jchen", &[]).start();
    first.wait_for("judged");
    let mut second = desk.review("jchen", &[]).size(200, 24).start();
    assert_eq!(second.wait_exit(), 3);
    second.assert_restored();
    let screen = second.screen();
    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let pid = first.pid().as_raw_nonzero();
    for part in [
        "open already",
        "jchen",
        &host,
        &format!("process {pid}"),
        &format!("`kill {pid}`"),
        "nothing is lost",
    ] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    // The first one goes on as if nothing had been.
    go_to_answers(&mut first);
    first.press("c");
    first.keys("q q");
    assert_eq!(first.wait_exit(), 0);
    assert_eq!(desk.entries("jchen").len(), 2);
    let third = desk.review("jchen", &[]).start();
    third.wait_for("1 of 6 judged");
}

#[test]
fn two_reviewers_review_at_once_and_do_not_see_each_other() {
    let desk = Desk::new();
    let mut ptys = ["jchen", "mrossi"].map(|name| desk.review(name, &[]).start());
    for (pty, keys) in ptys.iter_mut().zip(["c", "x l c"]) {
        pty.wait_for("judged");
        go_to_answers(pty);
        pty.press(keys);
    }
    ptys[0].wait_for("1 of 6 judged");
    ptys[1].wait_for("2 of 6 judged");
    for pty in &mut ptys {
        pty.keys("q q");
        assert_eq!(pty.wait_exit(), 0);
    }
    assert_eq!(desk.entries("jchen").len(), 2);
    assert_eq!(desk.entries("mrossi").len(), 3);
}

#[test]
fn a_name_that_cannot_be_shown_is_refused_with_the_option_that_takes_another() {
    let desk = Desk::new();
    let mut pty = desk.review("j\u{202e}chen", &[]).start();
    assert_eq!(pty.wait_exit(), 2);
    pty.assert_restored();
    assert!(pty.screen().contains("with --as"), "{}", pty.screen());
}

#[test]
fn coming_back_begins_in_the_queue_whatever_was_open_before() {
    let desk = Desk::new();
    let open = |more: &[&str]| desk.review("jchen", more).size(120, 40).start();
    let leave = |mut pty: crate::pty::Pty| {
        pty.keys("q q");
        assert_eq!(pty.wait_exit(), 0);
    };
    let cases = desk.dataset();
    let at = |n: usize| cases.cases()[n].key();
    // Left in a case that the plan of the next day does not give.
    let mut pty = open(&["--case", "6"]);
    pty.wait_for("case 6 of 10");
    go_to_answers(&mut pty);
    pty.press("c");
    leave(pty);
    let mut plan = "reviewer\tplace\tpass\tinstruction_id\tperson_id\n".to_owned();
    for (place, n) in [(1, 2), (2, 0)] {
        let key = at(n);
        let _ = std::fmt::Write::write_fmt(
            &mut plan,
            format_args!("jchen\t{place}\t1\t{}\t{}\n", key.instruction, key.person),
        );
    }
    std::fs::write(desk.dataset_folder().join("plan.tsv"), plan).expect("a plan");
    let mut pty = open(&[]);
    pty.wait_for("1 of 2 in your queue");
    pty.keys(">");
    pty.wait_for("2 of 2 in your queue");
    leave(pty);
    // Within the queue it is gone on with where it was left.
    let mut pty = open(&[]);
    pty.wait_for("2 of 2 in your queue");
    // A case outside is looked at; coming back is in the queue again.
    pty.keys("L a g g j Enter");
    pty.wait_for("case 2 of 10, not in your queue");
    leave(pty);
    let pty = open(&[]);
    pty.wait_for("1 of 2 in your queue");
    leave(pty);
    assert_eq!(desk.entries("jchen").len(), 2, "nothing was said since");
}
