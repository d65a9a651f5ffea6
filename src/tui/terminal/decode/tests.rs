//! Keys, sequences that are none, pastes; with a clock of the test's own.

use proptest::prelude::*;

use super::paste::{
    CAME_LATE, CAME_TOO_LATE, GIVEN_UP, LONG_SILENCE, PASTE_MAX, SILENCE, STOPPED, THROWN_AWAY,
};
use super::*;
use crate::tui::terminal::event::{Mouse, MouseKind, Paste};

/// A decoder, its clock, and what came out.
pub(super) struct Desk {
    decoder: Decoder,
    now: Instant,
    pub(super) events: Vec<Event>,
}

impl Desk {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Desk {
            decoder: Decoder::new(now),
            now,
            events: Vec::new(),
        }
    }

    /// Bytes that are read at once.
    pub(super) fn send(&mut self, bytes: &[u8]) -> &mut Self {
        self.decoder.feed(bytes, self.now, &mut self.events);
        self
    }

    /// Time in which nothing comes; the decoder is asked whenever it wanted to be.
    pub(super) fn pause(&mut self, time: Duration) -> &mut Self {
        let until = self.now + time;
        while let Some(due) = self.decoder.due().filter(|&due| due <= until) {
            self.decoder.elapse(due, &mut self.events);
        }
        self.now = until;
        self
    }

    /// What came out since the last call, in notation; `!` before what is told.
    pub(super) fn got(&mut self) -> String {
        let name = |event: Event| match event {
            Event::Key(key) => key.to_string(),
            Event::EscThen(key) => format!("Esc+{key}"),
            Event::Tell(text) => format!("!{text}"),
            Event::Paste(paste) => format!("{:?}", paste.text),
            other => format!("{other:?}"),
        };
        let all = self.events.drain(..).map(name);
        all.collect::<Vec<_>>().join(" ")
    }
}

const MOMENT: Duration = Duration::from_millis(300);

/// The keys of some bytes that come at once.
fn keys(bytes: &[u8]) -> String {
    Desk::new().send(bytes).pause(MOMENT).got()
}

#[test]
fn keys_have_one_name_each() {
    assert_eq!(keys(b"jG <"), "j G Space <");
    assert_eq!(
        keys(b"\x04\x12\x1a\x00\x1c\x1f"),
        "C-d C-r C-z C-Space C-\\ C-_"
    );
    assert_eq!(
        keys(b"\x08\x7f\x09\x0d\x0a"),
        "Backspace Backspace Tab Enter C-j"
    );
    assert_eq!(keys("äß患😀".as_bytes()), "ä ß 患 😀");
    assert_eq!(
        keys(b"\x1b[A\x1bOB\x1b[1;5C\x1b[1;2D\x1b[1;9D"),
        "Up Down C-Right S-Left A-Left"
    );
    assert_eq!(
        keys(b"\x1b[5~\x1b[6~\x1b[3~\x1b[3;5~"),
        "PageUp PageDown Delete C-Delete"
    );
    assert_eq!(
        keys(b"\x1b[H\x1b[4~\x1bOF\x1b[Z\x1b[1;2Z"),
        "Home End End S-Tab S-Tab"
    );
    assert_eq!(
        keys(b"\x1bOP\x1b[15~\x1b[24~\x1b[[B\x1b[R\x1bO2Q\x1b[1;2S"),
        "F1 F5 F12 F2 F3 S-F2 S-F4"
    );
    assert_eq!(keys(b"\x1b"), "Esc");
    assert_eq!(keys(b"\x1b\x1b"), "Esc Esc");
    assert_eq!(keys(b"\x9bA\xc2\x9bB\x8fC"), "Up Down Right");
}

#[test]
fn kittys_keys_and_those_of_xterm_say_what_was_pressed() {
    assert_eq!(keys(b"\x1b[97;5u\x1b[105;5u\x1b[103;2u"), "C-a Tab G");
    assert_eq!(keys(b"\x1b[99;1u\x1b[99;1:1u\x1b[99;1:2u"), "c c c");
    assert_eq!(keys(b"\x1b[97:65;2u\x1b[49:33;2;33u\x1b[97;65u"), "A ! A");
    assert_eq!(keys(b"\x1b[13u\x1b[57414;1u\x1b[57400u"), "Enter Enter 1");
    assert_eq!(keys(b"\x1b[1;1:2A\x1b[3;5:1~\x1b[99;3u"), "Up C-Delete A-c");
    assert_eq!(
        keys(b"\x1b[27;2;71~\x1b[27;5;100~\x1b[27;1;13~"),
        "G C-d Enter"
    );
}

#[test]
fn what_is_no_press_of_a_known_key_is_none() {
    for none in [
        // Kitty: released, Super, Hyper, Caps Lock and Left Shift themselves, Shift with a sign that hangs on the keyboard.
        "\x1b[99;1:3u",
        "\x1b[99;9u",
        "\x1b[99;17u",
        "\x1b[27;1;99:3~",
        "\x1b[57358u",
        "\x1b[57441;2u",
        "\x1b[49;2u",
        "\x1b[1;1:3A",
        "\x1b[3;1:3~",
        "\x1b[27;1;57441~",
        // Numbers that no key has.
        "\x1b[99~",
        "\x1b[9999999999~",
        "\x1b[+3~",
        "\x1b[3;1;1;1~",
    ] {
        let mut desk = Desk::new();
        assert_eq!(
            desk.send(none.as_bytes()).pause(MOMENT).got(),
            "",
            "{none:?}"
        );
        assert_eq!(desk.send(b"j").got(), "j", "{none:?}");
    }
    assert_eq!(keys("\u{85}z".as_bytes()), "z");
    assert_eq!(keys(b"\xff\x80y"), "y");
    assert_eq!(keys(b"\x1b[12\rx"), "Enter x");
    assert_eq!(keys(b"\x1b[12\x18x\x1b[3\x1b[A"), "x Up");
    let long = [b"\x1b[".as_slice(), &[b'1'; 9000], b"Ax"].concat();
    assert_eq!(keys(&long), "x");
}

#[test]
fn esc_and_a_key_at_once_are_both_there() {
    assert_eq!(
        keys(b"\x1bx\x1b\x7f\x1b\r"),
        "Esc+x Esc+Backspace Esc+Enter"
    );
    assert_eq!(keys("\x1bä".as_bytes()), "Esc+ä");
    assert_eq!(keys(b"\x1b\x1b[A"), "Esc Up");
    // Sequences of keys begin with brackets: no terminal sends these.
    assert_eq!(
        keys(b"\x1b]c\x1b[v\x1b[[x\x1bOz"),
        "Esc ] c Esc [ v Esc [ [ x Esc O z"
    );
    assert_eq!(keys(b"\x1bPx"), "Esc P x");
    let mut desk = Desk::new();
    assert_eq!(desk.send(b"\x1b").pause(MOMENT).got(), "Esc");
    assert_eq!(desk.send(b"]").pause(MOMENT).send(b"1").got(), "] 1");
}

#[test]
fn the_rest_of_a_sequence_may_come_late() {
    let mut desk = Desk::new();
    desk.send(b"\x1b[1;").pause(Duration::from_mins(5));
    assert_eq!(desk.got(), format!("!{HELD}"));
    assert_eq!(desk.send(b"5Ax").got(), format!("C-Up x !{FREE}"));
    // Esc was taken for the key; the rest comes in one piece, and is no key.
    assert_eq!(desk.send(b"\x1b").pause(MOMENT).got(), "Esc");
    assert_eq!(desk.send(b"]11;rgb:1a1a/1b1b/2c2c\x07").got(), "");
    assert_eq!(desk.send(b"\xc3").pause(MOMENT).send(b"\xa4").got(), "ä");
}

#[test]
fn a_person_who_typed_the_start_of_a_string_is_told_and_gets_out() {
    let mut desk = Desk::new();
    assert_eq!(desk.send(b"\x1b]").pause(MOMENT).got(), "");
    assert_eq!(desk.send(b"1").pause(SILENCE).got(), format!("!{HELD}"));
    assert_eq!(desk.send(b"c").pause(SILENCE).got(), "");
    assert_eq!(desk.send(b"\x1b").pause(MOMENT).got(), format!("!{FREE}"));
    assert_eq!(desk.send(b"c").got(), "c");
    // A sequence that never got its end, too; before it is spoken of, Esc is the key.
    assert_eq!(
        desk.send(b"\x1b[1").pause(SILENCE).got(),
        format!("!{HELD}")
    );
    assert_eq!(desk.send(b"\x1b").pause(MOMENT).got(), format!("!{FREE}"));
    assert_eq!(
        desk.send(b"\x1b[1")
            .pause(MOMENT)
            .send(b"\x1b")
            .pause(MOMENT)
            .got(),
        "Esc"
    );
}

fn text(bytes: &[u8]) -> String {
    let mut desk = Desk::new();
    desk.send(bytes).pause(MOMENT);
    match desk.events.as_slice() {
        [Event::Paste(paste)] => paste.text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_paste_is_text_and_never_keys() {
    assert_eq!(
        text(b"\x1b[200~a\r\nb\rc\n\nd\te\x1b[201~"),
        "a\nb\nc\n\nd\te"
    );
    assert_eq!(
        text(b"\x1b[200~\x1b[31mq\x07\x9b\x1b[201~"),
        "[31mq\u{fffd}"
    );
    assert_eq!(
        text("\u{1b}[200~a\u{202e}b\u{9b}\u{1b}[201~".as_bytes()),
        "ab"
    );
    // A C1 control in the text is no end mark, unless the paste began with one.
    assert_eq!(
        text("\u{1b}[200~a\u{9b}201~b\u{1b}[201~".as_bytes()),
        "a201~b"
    );
    assert_eq!(text("\u{9b}200~a\u{9b}201~".as_bytes()), "a");
    assert_eq!(text(b"\x9b200~a\x9b201~"), "a");
}

#[test]
fn a_paste_ends_at_its_end_mark_and_nowhere_else() {
    let pieces: Vec<Vec<u8>> = (0..300)
        .map(|n| format!("{n} cx1q\r").into_bytes())
        .collect();
    for pause in [MOMENT, SILENCE * 3] {
        let mut desk = Desk::new();
        desk.send(b"\x1b[200~");
        for piece in &pieces {
            desk.send(piece).pause(pause);
        }
        desk.send(b"\x1b")
            .pause(MOMENT)
            .send(b"[20")
            .pause(pause)
            .send(b"1~j");
        desk.events.retain(|event| !matches!(event, Event::Tell(_)));
        let whole = String::from_utf8(pieces.concat())
            .expect("text")
            .replace('\r', "\n");
        assert_eq!(desk.got(), format!("{whole:?} j"));
    }
}

#[test]
fn a_paste_that_stops_is_told_of_and_never_becomes_keys() {
    let mut desk = Desk::new();
    assert_eq!(
        desk.send(b"\x1b[200~abc").pause(SILENCE).got(),
        format!("!{STOPPED}")
    );
    assert_eq!(
        desk.send(b"def\x1b[201~").got(),
        format!("!{CAME_LATE} \"abcdef\"")
    );

    desk.send(b"\x1b[200~abc").pause(LONG_SILENCE * 5);
    assert_eq!(desk.got(), format!("!{STOPPED} !{THROWN_AWAY}"));
    assert_eq!(desk.send(b"cx1q").pause(LONG_SILENCE * 5).got(), "");
    assert_eq!(
        desk.send(b"z\x1b[201~c").got(),
        format!("!{CAME_TOO_LATE} c")
    );

    // A person ends it with Esc; not with an ESC that begins the end mark, and not before it was spoken of.
    desk.send(b"\x1b[200~abc").pause(SILENCE);
    assert_eq!(
        desk.send(b"\x1b").pause(SILENCE).got(),
        format!("!{STOPPED} !{GIVEN_UP}")
    );
    assert_eq!(desk.send(b"[201~").got(), "");
    assert_eq!(desk.send(b"c").got(), "c");
    desk.send(b"\x1b[200~abc")
        .pause(SILENCE)
        .send(b"\x1b")
        .pause(MOMENT);
    assert_eq!(
        desk.send(b"[201~").got(),
        format!("!{STOPPED} !{CAME_LATE} \"abc\"")
    );
    desk.send(b"\x1b[200~abc\x1b")
        .pause(MOMENT)
        .send(b"\x1b")
        .pause(MOMENT);
    assert_eq!(desk.send(b"[201~").got(), "\"abc\"");
}

#[test]
fn a_huge_paste_is_cut_and_says_so() {
    let mut bytes = b"\x1b[200~".to_vec();
    bytes.resize(PASTE_MAX + 6 + 10, b'a');
    bytes.extend_from_slice(b"\x1b[201~j");
    let mut desk = Desk::new();
    match desk.send(&bytes).events.as_slice() {
        [Event::Paste(Paste { text, dropped }), Event::Key(_)] => {
            assert_eq!((text.len(), *dropped), (PASTE_MAX, 10));
        }
        other => panic!("{} events", other.len()),
    }
}

#[test]
fn the_mouse_counts_from_zero() {
    let at = |kind, x, y| Event::Mouse(Mouse { kind, x, y });
    let mut desk = Desk::new();
    desk.send(b"\x1b[<0;1;2M\x1b[<0;1;2m\x1b[<65;300;4M\x1b[<2;1;1M\x1b[<0;0;1M\x1b[<32;1;1M\x1b[<4;1;1M\x1b[<68;2;2M");
    assert_eq!(
        desk.events,
        [
            at(MouseKind::Press, 0, 1),
            at(MouseKind::WheelDown, 299, 3),
            at(MouseKind::WheelUp, 1, 1)
        ]
    );
}

#[test]
fn a_report_of_the_mouse_that_is_damaged_points_nowhere() {
    for bad in [
        "<0;1M",
        "<0;1;2;3M",
        "<;1;2M",
        "<0;;2M",
        "<0;1;M",
        "<-0;1;2M",
        "<0;+1;2M",
        "<0;1;99999M",
        "<0;1:1;2M",
        "<0; 1;2M",
        "<M",
        "0;1;2M",
        "<0;1;2~",
        "<<0;1;2M",
        "<0;1;2$M",
    ] {
        let mut desk = Desk::new();
        desk.send(format!("\x1b[{bad}").as_bytes())
            .pause(Duration::from_secs(1));
        desk.events.retain(|event| !matches!(event, Event::Tell(_)));
        assert_eq!(desk.events, [], "{bad}");
    }
    // Cut anywhere, for any time: what it says as a whole, or nothing.
    let whole = b"\x1b[<0;12;34M";
    let right = Event::Mouse(Mouse {
        kind: MouseKind::Press,
        x: 11,
        y: 33,
    });
    for cut in 2..whole.len() {
        for pause in [0, 30, 300, 3_000] {
            let mut desk = Desk::new();
            desk.send(&whole[..cut]).pause(Duration::from_millis(pause));
            desk.send(&whole[cut..]).pause(Duration::from_millis(pause));
            desk.events.retain(|event| !matches!(event, Event::Tell(_)));
            assert!(
                desk.events.iter().all(|event| *event == right),
                "{cut}, {pause}: {:?}",
                desk.events
            );
        }
    }
}

proptest! {
    #[test]
    fn where_the_bytes_are_cut_does_not_matter(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                &b"a"[..], b"\x1b[A", b"\x1b[1;5C", b"\x1bOP", b"\x1b[200~x\ny\x1b[201~", b"\xe6\x82\xa3", b"\xff", b"\r",
                b"\x1b[<64;3;4M", b"\x1bq", b"\x1b[200~\x1b[20\x1b[201~", b"\x1b[M123", b"\x1b[[A", b"\x1b[9999999999~",
                b"\x1b]11;x\x1b\\", b"\x1bP1$r\xc3\x9c\x1b\\", b"\x1b_Gx\x07", b"\x1b]v", b"\x9d1;\x9c",
            ]), 0..12),
        cut in 1usize..9,
    ) {
        let bytes = parts.concat();
        let mut desk = Desk::new();
        for chunk in bytes.chunks(cut) {
            desk.send(chunk);
        }
        desk.pause(MOMENT);
        prop_assert_eq!(desk.got(), keys(&bytes));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 1usize..50) {
        let mut desk = Desk::new();
        for chunk in bytes.chunks(cut) {
            desk.send(chunk).pause(Duration::from_millis(cut as u64 * 60));
        }
        for event in &desk.events {
            if let Event::Paste(paste) = event {
                prop_assert!(!paste.text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
            }
        }
    }
}

#[test]
fn who_types_on_is_told_too_that_keys_are_held_back() {
    let mut desk = Desk::new();
    desk.send(b"\x1b]11;");
    for _ in 0..4 {
        desk.pause(MOMENT).send(b"c");
    }
    assert_eq!(desk.got(), format!("!{HELD}"));
    assert_eq!(
        desk.send(b"\x1b").pause(MOMENT).send(b"c").got(),
        format!("!{FREE} c")
    );
}
