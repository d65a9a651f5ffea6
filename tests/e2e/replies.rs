//! What a terminal sends that no person typed: no mark, no rank, no text of it reaches the review file.

use medalign::inside::review::entry::Act;

use crate::desk::{Desk, go_to_answers, wait_for_record};
use crate::pty::Pty;

/// Replies to questions of other programs, and what leaks; each would mark, rank or type if it were keys.
const REPLIES: [&str; 12] = [
    "\x1b]11;rgb:1a1a/1b1b/2c2c\x07",
    "\x1b]4;1;rgb:cccc/1111/5555\x1b\\",
    "\x1b]52;c;Y2MxMTFxcSBmIHUK\x07",
    "\x1bP>|cx1q terminal(5)\x1b\\",
    "\x1bP1$r0;1cx1q\x1b\\",
    "\x1b_Gi=1;ENOENT:c1x\x1b\\",
    "\u{9d}10;rgb:c1c1/c1c1/c1c1\u{9c}",
    "\x1b[?64;1;2;6;9c\x1b[>41;388;0c\x1b[?2026;2$y\x1b[1;1R",
    "\x1b[99;1:3u\x1b[49;1:3u\x1b[1;1:3B",
    "\x1b[M#c1\x1b[M c1\x1b[35;1;1M\x1b[<35;1;1M",
    "\x1b[I\x1b[O",
    "\x1b[48;24;80;480;800t",
];
const HELD: &str = "Keys are held back";

/// Acts that a reviewer would have had to type.
fn acts(desk: &Desk) -> Vec<Act> {
    if !desk.review_file("jchen").exists() {
        return Vec::new();
    }
    let acts = desk.entries("jchen").into_iter().map(|entry| entry.act);
    acts.filter(|act| !matches!(act, Act::Session { .. }))
        .collect()
}

/// Sends it in two pieces with a long silence between, which the screen tells of.
fn cut(pty: &mut Pty, reply: &[u8], at: usize) {
    pty.send(&reply[..at]);
    pty.wait_for(HELD);
    pty.send(&reply[at..]);
    pty.wait_for("keys work again");
    pty.settle();
}

#[test]
fn replies_never_mark_rank_or_type() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    go_to_answers(&mut pty);
    for reply in REPLIES {
        pty.send(reply.as_bytes());
        pty.settle();
    }
    cut(&mut pty, REPLIES[0].as_bytes(), 2);
    cut(&mut pty, REPLIES[0].as_bytes(), 9);
    cut(&mut pty, b"\x1bP>|cx1q\x1b\\", 5);
    cut(&mut pty, b"\x1b[99;1:3u", 3);
    assert_eq!(acts(&desk), Vec::new());

    // Nor where a text is typed; what a person types beside them is all there.
    pty.keys("a");
    pty.wait_for("Comment on A");
    pty.send(b"dose ");
    for reply in REPLIES {
        pty.send(reply.as_bytes());
    }
    pty.send(b"right");
    pty.keys("C-s");
    pty.wait_for("Comment on A saved");
    let [Act::Comment { text, .. }] = &acts(&desk)[..] else {
        panic!("{:?}", acts(&desk));
    };
    assert_eq!(text, "dose right");
}

#[test]
fn a_paste_that_stops_in_the_middle_never_becomes_keys() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    go_to_answers(&mut pty);
    let piece = "c x 1 q\r".repeat(1500);
    pty.send(b"\x1b[200~");
    pty.send(piece.as_bytes());
    pty.wait_for("A paste has stopped in the middle");
    pty.send(piece.as_bytes());
    pty.send(b"\x1b[201~");
    pty.wait_for("A paste was ignored");
    // Its end never comes: Esc gives it up.
    pty.send(b"\x1b[200~c x 1");
    pty.wait_for("A paste has stopped in the middle");
    pty.send(b"\x1b");
    pty.wait_for("The paste was given up");
    pty.settle();
    assert_eq!(acts(&desk), Vec::new());
}

#[test]
fn esc_and_a_key_in_one_packet_are_both() {
    let desk = Desk::new();
    let mut pty = desk.review("jchen", &[]).start();
    wait_for_record(&pty);
    go_to_answers(&mut pty);
    pty.keys("a");
    pty.wait_for("Comment on A");
    // Esc closes the comment, and the key behind it opens the gold response.
    pty.send(b"\x1bE");
    pty.wait_for("0 words");
    pty.send(b"two words");
    pty.wait_for("2 words");
    // Esc leaves it, and the same key comes back: nothing of both is typed.
    pty.send(b"\x1bE");
    pty.send(b" and four");
    pty.wait_for("4 words");
    assert!(!pty.screen().contains("E and"), "{}", pty.screen());
}
