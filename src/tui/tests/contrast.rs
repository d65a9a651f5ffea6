//! Whether the screen can be read on the palettes that terminals come with.
//!
//! In: the theme's styles and whole frames. Out: the contrast of WCAG 2.2, 4.5 for words and 3 for signs, as seen with all
//! cones and without the green ones.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use crate::review::Verdict;
use crate::tui::theme::Theme;

/// A terminal's name, the colour behind its text, that of its text, and the 16 by number.
type Palette = (&'static str, &'static str, &'static str, &'static str);

const XTERM: &str = "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 \
    7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff";
const APPLE: &str = "000000 990000 00a600 999900 0000b2 b200b2 00a6b2 bfbfbf \
    666666 e50000 00d900 e5e500 0000ff e500e5 00e5e5 e5e5e5";
const SOLARIZED: &str = "073642 dc322f 859900 b58900 268bd2 d33682 2aa198 eee8d5 \
    002b36 cb4b16 586e75 657b83 839496 6c71c4 93a1a1 fdf6e3";

/// As each comes out of the box.
const PALETTES: [Palette; 13] = [
    ("xterm, white on black", "000000", "ffffff", XTERM),
    ("xterm, black on white", "ffffff", "000000", XTERM),
    (
        "Linux console",
        "000000",
        "aaaaaa",
        "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa \
        555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    ),
    ("Terminal.app Basic", "ffffff", "000000", APPLE),
    ("Terminal.app Pro", "000000", "f2f2f2", APPLE),
    (
        "iTerm2",
        "000000",
        "c7c7c7",
        "000000 c91b00 00c200 c7c400 0225c7 ca30c7 00c5c7 c7c7c7 \
        686868 ff6e67 5ffa68 fffc67 6871ff ff77ff 60fdff ffffff",
    ),
    (
        "GNOME Terminal",
        "171421",
        "d0cfcc",
        "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc \
        5e5c64 f66151 33da7a e9ad0c 2a7bde c061cb 33c7de ffffff",
    ),
    (
        "Windows Terminal (Campbell)",
        "0c0c0c",
        "cccccc",
        "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc \
        767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
    ),
    (
        "PuTTY",
        "000000",
        "bbbbbb",
        "000000 bb0000 00bb00 bbbb00 0000bb bb00bb 00bbbb bbbbbb \
        555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    ),
    ("Solarized dark", "002b36", "839496", SOLARIZED),
    ("Solarized light", "fdf6e3", "657b83", SOLARIZED),
    (
        "kitty",
        "000000",
        "dddddd",
        "000000 cc0403 19cb00 cecb00 0d73cc cb1ed1 0dcdcd dddddd \
        767676 f2201f 23fd00 fffd00 1a8fff fd28ff 14ffff ffffff",
    ),
    (
        "alacritty",
        "1d1f21",
        "c5c8c6",
        "1d1f21 cc6666 b5bd68 f0c674 81a2be b294bb 8abeb7 c5c8c6 \
        666666 d54e53 b9ca4a e7c547 7aa6da c397d8 70c0b1 eaeaea",
    ),
];

/// Linear red, green and blue.
type Light = [f64; 3];

fn light(hex: &str) -> Light {
    let all = u32::from_str_radix(hex, 16).expect("six hex digits");
    [16, 8, 0].map(|shift| {
        let part = f64::from(all >> shift & 0xff) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    })
}

/// Relative luminance and contrast as WCAG 2.2 defines them.
fn contrast(one: Light, other: Light) -> f64 {
    let luminance = |[red, green, blue]: Light| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// How a colour is seen without the green cones: Machado, Oliveira and Fernandes, "A Physiologically-based Model for
/// Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), deuteranopia (severity 1.0), on linear RGB.
fn without_green(of: Light) -> Light {
    let rows = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    rows.map(|row| {
        let sum: f64 = row.iter().zip(of).map(|(share, part)| share * part).sum();
        sum.clamp(0.0, 1.0)
    })
}

/// The colour of what is drawn in a style, and that behind it.
fn drawn(style: Style, palette: &Palette) -> (Light, Light) {
    let (_, behind, text, colours) = palette;
    let of = |colour: Option<Color>, own: &str| match colour {
        None | Some(Color::Reset) => light(own),
        Some(colour) => {
            let place = [Color::Black, Color::Red, Color::Green, Color::Yellow].iter();
            let place = place.clone().position(|c| *c == colour);
            let place = place.or((colour == Color::White).then_some(15));
            let place = place.expect("a colour that the theme uses");
            light(colours.split_whitespace().nth(place).expect("16 colours"))
        }
    };
    let (sign, behind) = (of(style.fg, text), of(style.bg, behind));
    if style.add_modifier.contains(Modifier::REVERSED) {
        (behind, sign)
    } else {
        (sign, behind)
    }
}

const THEMES: [Theme; 3] = [
    Theme {
        ascii: false,
        plain: false,
    },
    Theme {
        ascii: true,
        plain: false,
    },
    Theme {
        ascii: true,
        plain: true,
    },
];
const VERDICTS: [Verdict; 3] = [Verdict::Correct, Verdict::Incorrect, Verdict::Unsure];

/// Styles of words that nobody can do without.
fn words(theme: Theme) -> Vec<Style> {
    vec![
        theme.text(),
        theme.bold(),
        theme.accent(),
        theme.warn(),
        theme.alert(),
        theme.reversed(),
        theme.heading(true),
        theme.heading(false),
        theme.selected(true),
        theme.found(),
        theme.found_here(),
        theme.pinned(),
        theme.claim(true),
        theme.claim(false),
        theme.verdict_style(None),
    ]
}

/// Styles of signs that stand on a colour.
fn signs(theme: Theme) -> Vec<Style> {
    let mut all = vec![theme.blocks(), theme.danger()];
    all.extend(VERDICTS.map(|verdict| theme.verdict_style(Some(verdict))));
    all
}

#[test]
fn contrast_is_that_of_the_guideline() {
    let of = |one, other| (contrast(light(one), light(other)) * 100.0).round() / 100.0;
    assert_eq!(of("000000", "ffffff").to_bits(), 21f64.to_bits());
    assert_eq!(of("ffffff", "ffffff").to_bits(), 1f64.to_bits());
    assert_eq!(of("767676", "ffffff").to_bits(), 4.54f64.to_bits());
    assert_eq!(of("777777", "ffffff").to_bits(), 4.48f64.to_bits());
    assert_eq!(of("ff0000", "ffffff").to_bits(), 4.0f64.to_bits());
    // What has no hue is seen the same without green cones.
    for grey in ["000000", "808080", "ffffff"] {
        let (all, fewer) = (light(grey), without_green(light(grey)));
        assert!(
            all.iter().zip(fewer).all(|(a, b)| (a - b).abs() < 1e-3),
            "{grey}"
        );
    }
    let red = without_green(light("ff0000"));
    assert!(red[0] < 0.5 && red[1] > 0.2, "red turns brown: {red:?}");
}

#[test]
fn words_are_read_on_every_palette() {
    for palette in &PALETTES {
        for theme in THEMES {
            for style in words(theme) {
                let (words, behind) = drawn(style, palette);
                // Solarized light gives its own text 4.13; nothing that a program draws in it can have more.
                let least = if palette.0 == "Solarized light" {
                    4.12
                } else {
                    4.5
                };
                let seen = contrast(words, behind);
                assert!(seen >= least, "{}: {style:?} has {seen:.2}", palette.0);
                let seen = contrast(without_green(words), without_green(behind));
                assert!(
                    seen >= least,
                    "{}, no green: {style:?} has {seen:.2}",
                    palette.0
                );
            }
        }
    }
}

#[test]
fn signs_are_seen_on_every_palette() {
    for palette in &PALETTES {
        for style in THEMES.into_iter().flat_map(signs) {
            let (sign, behind) = drawn(style, palette);
            let seen = contrast(sign, behind);
            assert!(seen >= 3.0, "{}: {style:?} has {seen:.2}", palette.0);
            // The pale red of alacritty leaves 2.78 without green cones; the sign's shape and the word stay.
            let least = if palette.0 == "alacritty" { 2.75 } else { 3.0 };
            let seen = contrast(without_green(sign), without_green(behind));
            assert!(
                seen >= least,
                "{}, no green: {style:?} has {seen:.2}",
                palette.0
            );
        }
    }
}

#[test]
fn verdicts_are_told_apart_without_colours() {
    for theme in THEMES {
        for (i, one) in VERDICTS.into_iter().enumerate() {
            for other in VERDICTS.into_iter().skip(i + 1) {
                assert_ne!(theme.verdict(Some(one)), theme.verdict(Some(other)));
                assert_ne!(one.name(), other.name());
            }
            assert_ne!(theme.verdict(Some(one)), theme.verdict(None));
        }
    }
}

/// Fails where a frame holds what no palette promises: a word in a colour, or bold in reverse or on a colour, which some
/// terminals draw as grey on grey.
pub(super) fn check(buffer: &Buffer) {
    let own = |colour| colour == Color::Reset;
    for (i, cell) in buffer.content.iter().enumerate() {
        let place = buffer.pos_of(i);
        let (reversed, loud) = (
            cell.modifier.contains(Modifier::REVERSED),
            cell.modifier.intersects(Modifier::BOLD | Modifier::DIM),
        );
        if own(cell.fg) && own(cell.bg) {
            assert!(
                !(reversed && loud),
                "{place:?} is bold or dim in reverse: {cell:?}"
            );
            continue;
        }
        assert!(
            !reversed && !loud,
            "{place:?} is bold, dim or reversed on a colour: {cell:?}"
        );
        let chips = signs(THEMES[0]);
        let chip = |style: &Style| style.fg == Some(cell.fg) && style.bg == Some(cell.bg);
        assert!(
            chips.iter().any(chip),
            "{place:?} has colours of its own: {cell:?}"
        );
        let sign = [" ", "✓", "✗", "?", "‼", "+", "x", "!"].contains(&cell.symbol());
        assert!(sign, "{place:?} is a word on a colour: {cell:?}");
    }
}
