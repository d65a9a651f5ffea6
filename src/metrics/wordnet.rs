//! The synonyms that METEOR knows: `WordNet` 3.0, lemma names only.
//!
//! In: a word in lower case. Out: the names of all lemmas that share a synset with it or with a form it may be inflected
//! from, those of one word only. Never: a meaning chosen among several.
//!
//! The table is embedded, compressed, and unpacked when first asked for; its licence stands beside it.
//!
//! Sources: `WordNet` 3.0, Princeton University; look-up and inflection (`morphy`) as NLTK 3.10.4 does them in
//! `nltk/corpus/reader/wordnet.py`.

use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use rustc_hash::FxHashMap;

/// The parts of speech: nouns, verbs, adjectives, adverbs.
const PARTS: usize = 4;

/// For each part of speech: an ending, and what stands in its place in the base form.
const ENDINGS: [&[(&str, &str)]; PARTS] = [
    &[
        ("s", ""),
        ("ses", "s"),
        ("ves", "f"),
        ("xes", "x"),
        ("zes", "z"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
        ("ies", "y"),
    ],
    &[
        ("s", ""),
        ("ies", "y"),
        ("es", "e"),
        ("es", ""),
        ("ed", "e"),
        ("ed", ""),
        ("ing", "e"),
        ("ing", ""),
    ],
    &[("er", ""), ("est", ""), ("er", "e"), ("est", "e")],
    &[],
];

/// Lemmas or inflected forms, each with the words that belong to it, a blank between them.
type Words = FxHashMap<&'static str, &'static str>;

/// The unpacked table.
#[derive(Debug, Default)]
struct WordNet {
    /// For each part of speech: a lemma, and the names of all lemmas of its synsets.
    names: [Words; PARTS],
    /// For each part of speech: an irregular form, and its base forms.
    irregular: [Words; PARTS],
}

fn wordnet() -> &'static WordNet {
    static WORDNET: OnceLock<WordNet> = OnceLock::new();
    WORDNET.get_or_init(|| {
        let packed = include_bytes!("../../assets/metrics/wordnet30_meteor.tsv.gz");
        let mut text = String::new();
        GzDecoder::new(&packed[..])
            .read_to_string(&mut text)
            .expect("the embedded table is whole");
        // It is read once and lasts as long as the program.
        let text: &'static str = text.leak();
        let mut wordnet = WordNet::default();
        for line in text.lines() {
            let mut cells = line.split('\t');
            let (Some(kind), Some(word), Some(words)) = (cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            let (table, part) = match kind.strip_prefix("X:") {
                Some(part) => (&mut wordnet.irregular, part),
                None => (&mut wordnet.names, kind),
            };
            let part = ["n", "v", "a", "r"].iter().position(|p| *p == part);
            if let Some(table) = part.and_then(|part| table.get_mut(part)) {
                table.insert(word, words);
            }
        }
        wordnet
    })
}

/// The names of all lemmas that share a synset with this word, itself among them where the table knows it. Names come as
/// the table has them, in any order, some of them twice.
pub(super) fn synonyms(word: &str) -> Vec<&'static str> {
    let wordnet = wordnet();
    let mut names = Vec::new();
    let mut form = String::new();
    for (part, endings) in ENDINGS.iter().enumerate() {
        let mut take = |form: &str| {
            if let Some(all) = wordnet.names[part].get(form) {
                names.extend(all.split(' ').filter(|name| !name.is_empty()));
            }
        };
        take(word);
        if let Some(irregular) = wordnet.irregular[part].get(word) {
            irregular.split(' ').for_each(take);
            continue;
        }
        // The forms it may be inflected from; those that are no lemmas find nothing.
        for (ending, base) in *endings {
            if let Some(stem) = word.strip_suffix(ending) {
                form.clear();
                form.push_str(stem);
                form.push_str(base);
                take(&form);
            }
        }
    }
    names
}
