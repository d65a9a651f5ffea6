//! Nothing brings the screen down: no size, no key, no record; and nothing unsafe reaches a cell.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::tui::terminal::{Code, Key};
use ratatui::buffer::Buffer;

use super::desk::{Desk, Room, Setup};
use super::states::STATES;

/// A small generator of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// Whether a character must never reach a terminal: controls, bidi controls, and what takes no room.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a symbol is safe: the joiner is, within an emoji that it makes one of several.
fn is_safe(symbol: &str) -> bool {
    let joined = symbol.trim_matches('\u{200d}').len() == symbol.len() && !symbol.is_ascii();
    !symbol.is_empty()
        && !symbol
            .chars()
            .any(|c| is_unsafe(c) && !(joined && c == '\u{200d}'))
}

fn check(buffer: &Buffer, where_: &str) {
    for cell in &buffer.content {
        let symbol = cell.symbol();
        assert!(is_safe(symbol), "{where_}: a cell holds {symbol:?}");
    }
}

/// Draws, and checks what was drawn.
fn look(desk: &Desk, where_: &str) {
    let (buffer, caret) = desk.frame();
    check(&buffer, where_);
    if let Some(caret) = caret {
        assert!(
            caret.x < desk.app.screen.size.0 && caret.y < desk.app.screen.size.1,
            "{where_}: the caret is at {caret:?}"
        );
    }
}

#[test]
fn every_state_stands_every_size() {
    let mut dice = Dice(7);
    let mut sizes: Vec<(u16, u16)> = Vec::new();
    for width in 1..=400 {
        sizes.extend([12, 24, 37].map(|height| (width, height)));
    }
    for height in 1..=150 {
        sizes.extend([40, 80, 120].map(|width| (width, height)));
    }
    for _ in 0..150 {
        sizes.push((1 + dice.below(400) as u16, 1 + dice.below(150) as u16));
    }
    sizes.extend([(1, 1), (400, 150), (65_535, 1), (1, 65_535)]);
    // Sizes in an order that jumps: a resize between any two.
    for i in (1..sizes.len()).rev() {
        sizes.swap(i, dice.below(i + 1));
    }
    let room = Arc::new(Room::demo());
    for (n, (state, keys)) in STATES.iter().enumerate() {
        let mut desk = Desk::open(Arc::clone(&room), (120, 40), Setup::default());
        desk.press(keys);
        for size in sizes.iter().skip(n).step_by(STATES.len() / 2) {
            desk.resize(*size);
            look(&desk, &format!("{state} at {size:?}"));
        }
        // Keys between sizes: panes must not keep places of another size.
        for size in [
            (40, 12),
            (400, 150),
            (41, 13),
            (99, 16),
            (100, 15),
            (39, 11),
            (120, 40),
        ] {
            desk.resize(size).press("j j k");
            look(&desk, &format!("{state} at {size:?}"));
        }
    }
}

/// Every key of the keymap, and printable ones.
fn all_keys(desk: &Desk) -> Vec<Key> {
    let bound: BTreeSet<String> = desk
        .app
        .desk
        .keymap
        .all()
        .into_iter()
        .flat_map(|(_, keys, _)| keys.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut all: Vec<Key> = bound
        .iter()
        .map(|k| Key::parse(k).expect("a bound key"))
        .collect();
    all.extend((' '..='~').map(Key::char));
    all.extend("é患🙂\u{301}\u{200b}\u{202e}".chars().map(Key::char));
    all.extend(
        [
            Code::Backspace,
            Code::Delete,
            Code::Insert,
            Code::Home,
            Code::F(5),
        ]
        .map(Key::plain),
    );
    all
}

/// Presses random keys at changing sizes.
fn walk(desk: &mut Desk, steps: usize, dice: &mut Dice, where_: &str) {
    let keys = all_keys(desk);
    let mut trail: Vec<Key> = Vec::new();
    for step in 0..steps {
        match dice.below(40) {
            0 => {
                let size = (1 + dice.below(160) as u16, 1 + dice.below(60) as u16);
                desk.resize(size);
            }
            1 => {
                desk.resize((40 + dice.below(120) as u16, 12 + dice.below(40) as u16));
            }
            2 => {
                desk.paste("a \u{1b}[31m\u{7}\u{202e}paste\r\nof two lines\u{200b}");
            }
            3 => {
                let (width, height) = desk.app.screen.size;
                let (x, y) = (
                    dice.below(usize::from(width)),
                    dice.below(usize::from(height)),
                );
                let lines = dice.below(7) as isize - 3;
                desk.app.wheel(x as u16, y as u16, lines);
                desk.app.click(x as u16, y as u16);
            }
            _ => {
                let key = keys[dice.below(keys.len())];
                trail.push(key);
                desk.key(key);
            }
        }
        let last: Vec<String> = trail.iter().rev().take(8).map(Key::to_string).collect();
        look(
            desk,
            &format!(
                "{where_}, step {step}, {:?}, after (newest first) {}",
                desk.app.screen.size,
                last.join(" ")
            ),
        );
    }
}

#[test]
fn random_keys_bring_nothing_down() {
    for seed in 0..4 {
        let mut desk = Desk::demo((100, 30));
        walk(&mut desk, 500, &mut Dice(seed), &format!("seed {seed}"));
        let acts = desk.app.desk.log.ledger().entries().len();
        // What was walked into the review file is read back without a remark.
        let desk = desk.reopen(Setup::default());
        assert!(desk.app.desk.log.bad_lines().is_empty());
        assert_eq!(desk.app.desk.log.ledger().entries().len(), acts);
    }
}

#[test]
fn hostile_records_bring_nothing_down() {
    let Some(shared) = crate::shared::shared() else {
        return;
    };
    let out = crate::shared::generate(&shared, "make_hostile.py", &[]);
    let mut names: Vec<String> = std::fs::read_dir(out.path().join("ehr"))
        .expect("records")
        .map(|e| {
            e.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    let room = Arc::new(Room::around(out, "ehr"));
    let mut dice = Dice(11);
    let mut opened = 0;
    for name in names {
        let path = room.dataset().join(&name);
        // Large ones are read by the record's own tests.
        if std::fs::metadata(&path).map_or(true, |m| m.len() > 300_000)
            || crate::dataset::Dataset::open(&path).is_err()
        {
            continue;
        }
        let setup = Setup {
            path: Some(name.clone()),
            ..Setup::default()
        };
        let mut desk = Desk::open(Arc::clone(&room), (100, 30), setup);
        look(&desk, &name);
        for keys in [
            "g o",
            "} Enter",
            "Enter",
            "C-d",
            "q g n",
            "j",
            "q G Enter",
            "q / type:a",
            "Enter n",
            "F Esc L Esc",
        ] {
            desk.press(keys);
            look(&desk, &format!("{name} after {keys}"));
        }
        walk(&mut desk, 25, &mut dice, &name);
        opened += 1;
    }
    assert!(opened > 80, "{opened}");
}
