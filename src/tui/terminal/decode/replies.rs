//! What terminals say by themselves, or in answer to a question of another program, is never a key and never a text.
//!
//! Each reply comes whole, cut at every byte with pauses of every length, and a byte at a time. In all three forms of
//! its introducer and of its end.

use std::time::Duration;

use super::tests::Desk;
use crate::tui::terminal::event::Event;

/// What a reply is, and its bytes.
const REPLIES: &[(&str, &[u8])] = &[
    ("DA1", b"\x1b[?64;1;2;6;9;15;16;17;18;21;22;28;29c"),
    ("DA1 of a VT100", b"\x1b[?1;2c"),
    ("DA2", b"\x1b[>41;388;0c"),
    ("DA3", b"\x1bP!|7E565445\x1b\\"),
    ("XTVERSION", b"\x1bP>|XTerm(388)\x1b\\"),
    ("XTVERSION of kitty", b"\x1bP>|kitty(0.35.2)\x1b\\"),
    ("DECRPM", b"\x1b[?2026;2$y"),
    ("DECRPM, ANSI mode", b"\x1b[4;1$y"),
    ("DSR", b"\x1b[0n"),
    ("DSR, colour scheme", b"\x1b[?997;1n"),
    ("CPR", b"\x1b[24;80R"),
    ("CPR at home", b"\x1b[1;1R"),
    ("CPR that looks like Shift-F3", b"\x1b[1;2R"),
    ("DECXCPR", b"\x1b[?1;1;1R"),
    ("DECRQSS", b"\x1bP1$r0m\x1b\\"),
    ("XTGETTCAP", b"\x1bP1+r436f=323536\x1b\\"),
    ("XTGETTCAP, unknown", b"\x1bP0+r\x1b\\"),
    ("DECTABSR", b"\x1bP2$u9/17/25\x1b\\"),
    ("XTSMGRAPHICS", b"\x1b[?1;0;1024S"),
    ("size of the window", b"\x1b[8;40;120t"),
    ("size in pixels", b"\x1b[4;800;1200t"),
    ("resized, in band", b"\x1b[48;40;120;800;1200t"),
    ("title", b"\x1b]lc x1q\x1b\\"),
    ("icon's title", b"\x1b]Lc x1q\x1b\\"),
    ("OSC 4", b"\x1b]4;1;rgb:cdcd/0000/0000\x07"),
    ("OSC 4, ST", b"\x1b]4;255;rgb:eeee/eeee/eeee\x1b\\"),
    ("OSC 10", b"\x1b]10;rgb:c1c1/c2c2/c3c3\x07"),
    ("OSC 11", b"\x1b]11;rgb:1a1a/1b1b/2c2c\x07"),
    ("OSC 11, ST", b"\x1b]11;rgb:1a1a/1b1b/2c2c\x1b\\"),
    ("OSC 12", b"\x1b]12;rgb:ffff/ffff/ffff\x1b\\"),
    ("OSC 52", b"\x1b]52;c;Y2MxMTFxcSBmIHUK\x07"),
    ("OSC 52, ST", b"\x1b]52;c;Y2MxMTFxcSBmIHUK\x1b\\"),
    (
        "OSC with a text of two-byte characters",
        b"\x1b]0;\xc3\x9c\xc3\x9d x1q\x07",
    ),
    (
        "OSC with a character that was cut short",
        b"\x1b]0;\xe2\x9c c x1q\x07",
    ),
    (
        "title with a character that was cut short",
        b"\x1b]lc\xf0\x9f\x9c x1q\x1b\\",
    ),
    ("keypad's Begin, leftover mode", b"\x1bOE"),
    ("DCS that tmux leaks", b"\x1bPtmux;c1x\x1b\\"),
    ("APC", b"\x1b_c x1q\x1b\\"),
    ("PM", b"\x1b^c x1q\x1b\\"),
    ("SOS", b"\x1bXc x1q\x1b\\"),
    ("kitty's keyboard", b"\x1b[?31u"),
    ("kitty's release of a key", b"\x1b[99;1:3u"),
    ("kitty's release of an arrow", b"\x1b[1;1:3B"),
    ("kitty's release of Delete", b"\x1b[3;1:3~"),
    ("kitty's Shift", b"\x1b[57441;2:1u"),
    ("kitty's graphics", b"\x1b_Gi=31;OK\x1b\\"),
    ("kitty's graphics, error", b"\x1b_Gi=31;ENOENT:c1x q\x1b\\"),
    ("focus came", b"\x1b[I"),
    ("focus went", b"\x1b[O"),
    ("mouse, X10", b"\x1b[M !!"),
    ("mouse, X10, letters", b"\x1b[M#cx"),
    ("mouse, X10, far right", b"\x1b[M \xffc"),
    ("mouse, X10, out of range", b"\x1b[M \x00\x00"),
    ("mouse, UTF-8", b"\x1b[M \xc4\xa1c"),
    ("mouse, UTF-8, like a C1 control", b"\x1b[M \xc2\x9bc"),
    ("mouse, SGR", b"\x1b[<35;120;33M"),
    ("mouse, SGR, released", b"\x1b[<2;120;33m"),
    ("mouse, SGR, left", b"\x1b[<0;120;33M"),
    ("mouse, SGR, wheel", b"\x1b[<65;120;33M"),
    ("mouse, urxvt", b"\x1b[32;120;33M"),
    ("mouse, urxvt, one cell", b"\x1b[35;1;1M"),
    ("mouse, highlight", b"\x1b[t!c"),
    ("mouse, highlight, whole", b"\x1b[Tc1x1q1"),
    ("mouse, DEC's locator", b"\x1b[1;2;33;120;0&w"),
    ("end of a paste that never began", b"\x1b[201~"),
];

/// The same reply with its introducer, and `ST`, as one byte and as one character.
fn forms(reply: &[u8]) -> Vec<Vec<u8>> {
    let eight = reply[1] + 0x40;
    let body = reply[2..].strip_suffix(b"\x1b\\");
    let form = |c1: fn(u8) -> Vec<u8>| {
        let mut bytes = c1(eight);
        bytes.extend_from_slice(body.unwrap_or(&reply[2..]));
        if body.is_some() {
            bytes.extend(c1(0x9c));
        }
        bytes
    };
    vec![
        reply.to_vec(),
        form(|code| vec![code]),
        form(|code| vec![0xc2, code]),
    ]
}

/// What came out that could be an act or a text; what is told, and where the mouse is, are none.
fn acts(desk: &mut Desk) -> String {
    desk.events
        .retain(|event| !matches!(event, Event::Tell(_) | Event::Mouse(_)));
    desk.got()
}

fn pauses() -> [Duration; 5] {
    [0, 60, 300, 3_000, 300_000].map(Duration::from_millis)
}

#[test]
fn no_reply_acts_or_types_wherever_it_is_cut() {
    for (name, reply) in REPLIES {
        for bytes in forms(reply) {
            for pause in pauses() {
                for cut in 0..bytes.len() {
                    let mut desk = Desk::new();
                    desk.send(&bytes[..cut]).pause(pause);
                    // A lone ESC is Esc after a while: nothing can tell them apart. It never marks, saves or leaves.
                    let first = acts(&mut desk);
                    let alone = bytes[..cut] == *b"\x1b" && pause > super::ESC_WAIT;
                    assert_eq!(
                        first,
                        if alone { "Esc" } else { "" },
                        "{name}, {cut}, {pause:?}"
                    );
                    desk.send(&bytes[cut..]).pause(pause);
                    assert_eq!(
                        acts(&mut desk),
                        "",
                        "{name}, cut at {cut}, {pause:?}, {bytes:?}"
                    );
                    desk.send(b"c");
                    assert_eq!(
                        acts(&mut desk),
                        "c",
                        "after {name}, cut at {cut}, {pause:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn no_reply_acts_or_types_a_byte_at_a_time() {
    for (name, reply) in REPLIES {
        for bytes in forms(reply) {
            for pause in pauses() {
                let mut desk = Desk::new();
                for (n, byte) in bytes.iter().enumerate() {
                    desk.send(&[*byte]);
                    // Esc alone and then keys one by one are what a person types, too.
                    if n > 0 || bytes[0] != 0x1b {
                        desk.pause(pause);
                    }
                }
                assert_eq!(acts(&mut desk), "", "{name}, {pause:?}, {bytes:?}");
                desk.send(b"c");
                assert_eq!(acts(&mut desk), "c", "after {name}, {pause:?}");
            }
        }
    }
}

#[test]
fn many_replies_in_one_packet_and_keys_between() {
    let mut desk = Desk::new();
    for (_, reply) in REPLIES {
        desk.send(&[reply, b"j".as_slice()].concat());
    }
    assert_eq!(acts(&mut desk), vec!["j"; REPLIES.len()].join(" "));
}

/// `ESC` and the introducer each come alone, and are keys; the rest comes in one piece.
#[test]
fn no_rest_of_a_reply_acts_or_types() {
    let pause = Duration::from_millis(300);
    for (name, reply) in REPLIES {
        let mut desk = Desk::new();
        desk.send(&reply[..1]).pause(pause);
        desk.send(&reply[1..2]).pause(pause);
        let first = acts(&mut desk);
        let introducer = char::from(reply[1]);
        assert_eq!(first, format!("Esc {introducer}"), "{name}");
        // One more byte is a key, too; two are a piece.
        if reply.len() > 3 {
            desk.send(&reply[2..]).pause(pause);
            assert_eq!(acts(&mut desk), "", "{name}");
            desk.send(b"c");
            assert_eq!(acts(&mut desk), "c", "after {name}");
        }
    }
}

#[test]
fn keys_of_the_keypad_that_were_cut_mark_nothing() {
    for end in "jklmnopqrstuvwxy".bytes() {
        let mut desk = Desk::new();
        desk.send(b"\x1b").pause(Duration::from_millis(300));
        desk.send(&[b'O', end]);
        assert_eq!(acts(&mut desk), "Esc", "{}", char::from(end));
    }
    // A person's Esc and keys, each alone.
    let mut desk = Desk::new();
    for key in b"\x1b[5c]1x" {
        desk.send(&[*key]).pause(Duration::from_millis(300));
    }
    assert_eq!(acts(&mut desk), "Esc [ 5 c ] 1 x");
}
