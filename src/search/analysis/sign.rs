//! What single characters are to the analysis, and what they fold to.
//!
//! In: a character. Out: whether it is dropped, kept within a word or a word of its own; its folded form. Never: what
//! stands beside it.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer, TokenStream};

/// Characters that are taken away inside words: accents, points of Hebrew and Arabic, and what cannot be seen.
pub(super) fn is_dropped(c: char) -> bool {
    matches!(c as u32,
        0xad | 0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x5bf..=0x5c7 | 0x610..=0x61a | 0x640 | 0x64b..=0x65f | 0x670
        | 0x6d6..=0x6ed | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x200b..=0x200f | 0x2060..=0x2064 | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xfeff)
}

/// Marks that are no letters and still hold a word together: the viramas of Indic scripts.
pub(super) fn is_kept_mark(c: char) -> bool {
    matches!(
        c as u32,
        0x93c
            | 0x94d
            | 0x9bc
            | 0x9cd
            | 0xa4d
            | 0xacd
            | 0xb4d
            | 0xbcd
            | 0xc4d
            | 0xccd
            | 0xd4d
            | 0xdca
    )
}

/// Signs of scripts that put no spaces between words.
pub(super) fn stands_alone(c: char) -> bool {
    matches!(c as u32,
        0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x31f0..=0x31ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// Letters that are not ASCII, with the ASCII letters they fold to.
pub(super) static FOLDED: LazyLock<FxHashMap<char, Box<str>>> = LazyLock::new(|| {
    let mut analyzer = TextAnalyzer::builder(RawTokenizer::default())
        .filter(AsciiFoldingFilter)
        .build();
    let mut map = FxHashMap::default();
    for c in ('\u{80}'..='\u{2fff}')
        .chain('\u{fb00}'..='\u{ffef}')
        .filter(|c| c.is_alphanumeric())
    {
        let own = c.to_string();
        let mut stream = analyzer.token_stream(&own);
        if stream.advance() && stream.token().text != own {
            map.insert(c, stream.token().text.to_lowercase().into_boxed_str());
        }
    }
    let more = [
        ('µ', "u"),
        ('μ', "u"),
        ('ё', "е"),
        ('Ё', "е"),
        ('й', "и"),
        ('Й', "и"),
        ('ς', "σ"),
    ];
    map.extend(more.map(|(c, text)| (c, text.into())));
    let greek = "άέήίόύώϊϋΐΰΆΈΉΊΌΎΏ"
        .chars()
        .zip("αεηιουωιυιυαεηιουω".chars());
    map.extend(greek.map(|(c, plain)| (c, plain.to_string().into_boxed_str())));
    map
});
