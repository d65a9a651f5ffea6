//! Untrusted text, made safe to show without losing where it came from.
//!
//! In: text as a file has it. Out: glyphs (what to draw, how wide, which bytes it stands for) and rows (byte ranges of
//! the original). Nothing here changes the text; nothing that leaves here holds a byte below 0x20, an ESC, a C1
//! control, a bidi control or an invisible character: those show as visible marks.

mod rows;
mod strength;
mod words;

use std::borrow::Cow;
use std::cmp::Ordering;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(crate) use rows::{Layout, ScreenRow, row_at, wrap};
pub(crate) use strength::keep_strength;
pub(crate) use words::{within, word_count};

/// Tab stops stand every 8 columns.
const TAB: usize = 8;
/// A grapheme shows at most this many code points; the rest is one mark.
const MAX_MARKS: usize = 12;

/// One thing to draw: a grapheme, or a mark in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glyph<'a> {
    /// First byte in the original text.
    pub offset: usize,
    /// Bytes it stands for in the original text.
    pub len: usize,
    /// What to draw: printable, no control characters.
    pub shown: Cow<'a, str>,
    /// Columns it takes; never 0.
    pub width: usize,
}

/// The glyphs of one line of text, left to right; a line break in it shows as a mark.
pub(crate) fn glyphs(text: &str) -> impl Iterator<Item = Glyph<'_>> {
    let mut column = 0;
    text.grapheme_indices(true).map(move |(offset, grapheme)| {
        let (shown, width) = show(grapheme, column);
        column += width;
        Glyph {
            offset,
            len: grapheme.len(),
            shown,
            width,
        }
    })
}

/// A part of a line between tabs, or a tab.
pub(crate) struct Part {
    /// Its bytes.
    pub bytes: std::ops::Range<usize>,
    /// The columns it takes.
    pub width: usize,
}

/// A line of text that begins at a column, cut before and behind each tab, whose width depends on where it stands.
pub(crate) fn between_tabs(text: &str, column: usize) -> Vec<Part> {
    let (mut parts, mut column, mut start) = (Vec::new(), column, 0);
    for part in text.split_inclusive('\t') {
        let words = part.strip_suffix('\t').unwrap_or(part);
        let tab = (words.len() < part.len()).then_some("\t");
        for part in [Some(words).filter(|w| !w.is_empty()), tab]
            .into_iter()
            .flatten()
        {
            let width = match tab {
                Some(tab) if part == tab => show(part, column).1,
                _ => width(part),
            };
            let bytes = start..start + part.len();
            (start, column) = (bytes.end, column + width);
            parts.push(Part { bytes, width });
        }
    }
    parts
}

/// One line of text made safe to show or print.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        glyphs(text).fold(String::with_capacity(text.len()), |mut all, g| {
            all.push_str(&g.shown);
            all
        }),
    )
}

/// Columns that one line of text takes.
pub(crate) fn width(text: &str) -> usize {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return text.len();
    }
    glyphs(text).map(|g| g.width).sum()
}

/// The safe form of one line, cut to `columns`, with `…` where something was cut off.
pub(crate) fn clip(text: &str, columns: usize) -> String {
    let mut all = String::new();
    let mut used = 0;
    let mut keep = 0; // bytes of `all` that leave a column for the sign
    for g in glyphs(text) {
        if used + g.width > columns {
            all.truncate(keep);
            if columns > 0 {
                all.push('…');
            }
            return all;
        }
        all.push_str(&g.shown);
        used += g.width;
        if used < columns {
            keep = all.len();
        }
    }
    all
}

/// The order of two names as people count: runs of digits by their number, and what is equal in that by its letters.
pub(crate) fn by_numbers(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (x, y) = (digits(&mut left), digits(&mut right));
            match x.len().cmp(&y.len()).then_with(|| x.cmp(y)) {
                Ordering::Equal => {}
                order => return order,
            }
        } else if x == y {
            left = &left[x.len_utf8()..];
            right = &right[y.len_utf8()..];
        } else {
            return x.cmp(&y);
        }
    }
}

/// Takes a run of digits off the front; without leading zeros.
fn digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    *text = rest;
    run.trim_start_matches('0')
}

/// A count with commas between thousands.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut all = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            all.push(',');
        }
        all.push(digit);
    }
    all
}

/// What a grapheme shows as, and its columns.
fn show(grapheme: &str, column: usize) -> (Cow<'_, str>, usize) {
    let b = grapheme.as_bytes();
    if b.len() == 1 && (0x20..0x7f).contains(&b[0]) {
        return (Cow::Borrowed(grapheme), 1);
    }
    match grapheme {
        "\t" => {
            let n = TAB - column % TAB;
            return (Cow::Borrowed(&"        "[..n]), n);
        }
        "\r\n" | "\n" => return (Cow::Borrowed("␊"), 1),
        _ => {}
    }
    let joins = grapheme.chars().any(is_pictograph) || grapheme.starts_with(is_of_joining_script);
    let mut all = String::new();
    for (n, c) in grapheme.chars().enumerate() {
        if n == MAX_MARKS {
            all.push('�');
            break;
        }
        match c {
            '\u{fe0f}' | '\u{fe0e}' => {}
            '\u{200c}' | '\u{200d}' if joins => all.push(c),
            c if is_unsafe(c) => all.push(picture(c)),
            c => all.push(c),
        }
    }
    let width = columns(&all);
    if width == 0 {
        // A lone combining mark needs something to stand on; what has no width at all shows as a mark.
        return if all.is_empty() || all.chars().all(char::is_alphanumeric) {
            (Cow::Borrowed("�"), 1)
        } else {
            (Cow::Owned(format!("◌{all}")), 1)
        };
    }
    if all == grapheme {
        (Cow::Borrowed(grapheme), width)
    } else {
        (Cow::Owned(all), width)
    }
}

/// Columns that a grapheme gets: as many as any terminal may take for it. Some draw it as one sign, others add up the
/// widths of its characters.
pub(crate) fn columns(grapheme: &str) -> usize {
    let sum = grapheme.chars().filter_map(UnicodeWidthChar::width).sum();
    grapheme.width().max(sum)
}

/// Whether a sign that cannot be seen belongs to what stands before it: a joiner to a letter of a script that has them or to an
/// emoji, the choice of its picture to an emoji.
pub(crate) fn belongs(before: Option<char>, c: char) -> bool {
    before.is_some_and(|before| match c {
        '\u{200c}' | '\u{200d}' => {
            is_pictograph(before) || is_of_joining_script(before) || before == '\u{fe0f}'
        }
        '\u{fe0e}' | '\u{fe0f}' => {
            is_pictograph(before)
                || matches!(
                    before,
                    '0'..='9' | '#' | '*' | '©' | '®' | '‼' | '⁉' | '™' | 'ℹ'
                )
        }
        _ => false,
    })
}

/// Whether joiners between letters choose their shape: Arabic, Syriac and the scripts of South and Southeast Asia.
fn is_of_joining_script(c: char) -> bool {
    matches!(c as u32, 0x600..=0x109f | 0x1780..=0x18af | 0x1a00..=0x1c4f | 0xa800..=0xaaff | 0xfb50..=0xfdff
        | 0xfe70..=0xfeff | 0x11000..=0x11fff)
}

fn is_pictograph(c: char) -> bool {
    matches!(c as u32, 0x2190..=0x2bff | 0x1f000..=0x1faff)
}

/// Controls, bidi controls, invisible and unassigned format characters.
pub(crate) fn is_unsafe(c: char) -> bool {
    matches!(c as u32,
        0..=0x1f | 0x7f..=0x9f | 0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
        | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0
        | 0xfdd0..=0xfdef | 0xfff0..=0xfffb | 0xfffe | 0xffff | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff | 0xf0000..=0x10_ffff | 0xe000..=0xf8ff)
}

fn picture(c: char) -> char {
    match c as u32 {
        n @ 0..=0x1f => char::from_u32(0x2400 + n).unwrap_or('�'),
        0x7f => '␡',
        _ => '�',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["p10", "p2", "10", "9", "p02b", "a", "007", "7", "", "p2a"];
        names.sort_by(|a, b| by_numbers(a, b));
        assert_eq!(
            names,
            ["", "007", "7", "9", "10", "a", "p2", "p2a", "p02b", "p10"]
        );
    }
    use proptest::prelude::*;

    #[test]
    fn controls_show_as_marks() {
        assert_eq!(safe("a\x1b[31mb"), "a␛[31mb");
        assert_eq!(safe("a\x7fb\u{9b}c\u{202e}d\u{200b}e"), "a␡b�c�d�e");
        assert_eq!(safe("a\tb"), "a       b");
        assert_eq!(safe("visible\u{8}\rX"), "visible␈␍X");
    }

    #[test]
    fn wide_and_joined_text_keeps_its_columns() {
        assert_eq!(width("患者"), 4);
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(safe("x\u{301}\u{301}"), "x\u{301}\u{301}");
        assert!(safe(&format!("x{}", "\u{301}".repeat(500))).chars().count() < 20);
    }

    #[test]
    fn letters_of_all_scripts_and_their_joiners_are_shown() {
        for word in [
            "क्षत्रिय",
            "মস্তিষ্ক",
            "ਸਿੱਖ",
            "நோயாளி",
            "രോഗി",
            "රෝගියා",
            "ខ្មែរ",
            "မြန်မာ",
            "ຜູ້ປ່ວຍ",
            "ผู้ป่วยกำ",
            "མཁྲིས་པ",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "ᄒᆞᆫ글",
            "בְּרֵאשִׁית",
            "Việt",
            "👩\u{200d}⚕",
        ] {
            assert_eq!(safe(word), word);
        }
        assert_eq!(safe("pass\u{200d}word\u{200c}s"), "pass�word�s");
        assert!(belongs(Some('ی'), '\u{200c}') && belongs(Some('्'), '\u{200d}'));
        assert!(belongs(Some('❤'), '\u{fe0f}') && belongs(Some('\u{fe0f}'), '\u{200d}'));
        assert!(!belongs(Some('s'), '\u{200d}') && !belongs(None, '\u{200c}'));
        assert!(!belongs(Some('ی'), '\u{200b}') && !belongs(Some('ی'), '\u{202e}'));
    }

    #[test]
    fn clipping_leaves_room_for_the_sign() {
        assert_eq!(clip("abcdef", 4), "abc…");
        assert_eq!(clip("abcd", 4), "abcd");
        assert_eq!(clip("患者さん", 5), "患者…");
        assert_eq!(clip("abc", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_unsafe_gets_out(text in any::<String>()) {
            for c in safe(&text).chars() {
                let safe = !c.is_control() && !is_unsafe(c);
                let joiner = matches!(c, '\u{200c}' | '\u{200d}');
                prop_assert!(safe || joiner);
            }
        }
    }
}
