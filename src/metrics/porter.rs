//! The Porter stemmer as NLTK has it.
//!
//! In: a word. Out: its stem, equal to `nltk.stem.porter.PorterStemmer().stem(word)` in its default mode
//! (`NLTK_EXTENSIONS`), which departs from Porter's paper in a few rules. ROUGE and METEOR are defined over these
//! stems; the Snowball stemmers give others.
//!
//! Source: M. F. Porter, "An algorithm for suffix stripping" (1980), and NLTK's `nltk/stem/porter.py`.

/// Words whose stem no rule gives.
const IRREGULAR: [(&str, &str); 15] = [
    ("sky", "sky"),
    ("skies", "sky"),
    ("dying", "die"),
    ("lying", "lie"),
    ("tying", "tie"),
    ("news", "news"),
    ("innings", "inning"),
    ("inning", "inning"),
    ("outings", "outing"),
    ("outing", "outing"),
    ("cannings", "canning"),
    ("canning", "canning"),
    ("howe", "howe"),
    ("proceed", "proceed"),
    ("exceed", "exceed"),
];

/// A rule: a suffix, what replaces it, and what the stem must satisfy.
type Rule = (&'static str, &'static str, Condition);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    /// Always.
    None,
    /// A measure above 0.
    Positive,
    /// A measure above 1.
    AboveOne,
    /// A measure above 1 and an `s` or `t` at the end.
    AboveOneAfterSt,
    /// A measure above 0 of the stem with the first letter of the suffix.
    PositiveWithLetter,
}

/// The stem of a word.
pub(crate) fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    if let Some((_, stem)) = IRREGULAR.iter().find(|(w, _)| *w == lower) {
        return (*stem).to_owned();
    }
    if lower == "succeed" {
        return lower;
    }
    if word.chars().count() <= 2 {
        return lower;
    }
    let mut word = Word(lower.chars().collect());
    word.step_1a();
    word.step_1b();
    word.step_1c();
    word.step_2();
    word.step_3();
    word.step_4();
    word.step_5();
    word.0.into_iter().collect()
}

struct Word(Vec<char>);

impl Word {
    fn ends_with(&self, suffix: &str) -> bool {
        let n = suffix.len();
        self.0.len() >= n
            && suffix
                .chars()
                .eq(self.0[self.0.len() - n..].iter().copied())
    }

    fn without(&self, suffix: &str) -> &[char] {
        &self.0[..self.0.len() - suffix.len()]
    }

    fn replace(&mut self, suffix: &str, replacement: &str) {
        self.0.truncate(self.0.len() - suffix.len());
        self.0.extend(replacement.chars());
    }

    /// Applies the first rule whose suffix fits, if its condition holds.
    fn apply(&mut self, rules: &[Rule]) {
        let Some((suffix, replacement, condition)) =
            rules.iter().find(|(suffix, _, _)| self.ends_with(suffix))
        else {
            return;
        };
        let stem = self.without(suffix);
        let holds = match condition {
            Condition::None => true,
            Condition::Positive => measure(stem) > 0,
            Condition::AboveOne => measure(stem) > 1,
            Condition::AboveOneAfterSt => {
                measure(stem) > 1 && matches!(stem.last(), Some('s' | 't'))
            }
            Condition::PositiveWithLetter => measure(&self.0[..=stem.len()]) > 0,
        };
        if holds {
            self.replace(suffix, replacement);
        }
    }

    fn step_1a(&mut self) {
        if self.ends_with("ies") && self.0.len() == 4 {
            return self.replace("ies", "ie");
        }
        self.apply(&[
            ("sses", "ss", Condition::None),
            ("ies", "i", Condition::None),
            ("ss", "ss", Condition::None),
            ("s", "", Condition::None),
        ]);
    }

    fn step_1b(&mut self) {
        if self.ends_with("ied") {
            let short = self.0.len() == 4;
            return self.replace("ied", if short { "ie" } else { "i" });
        }
        if self.ends_with("eed") {
            return self.apply(&[("eed", "ee", Condition::Positive)]);
        }
        let Some(suffix) = ["ed", "ing"]
            .into_iter()
            .find(|s| self.ends_with(s) && has_vowel(self.without(s)))
        else {
            return;
        };
        self.replace(suffix, "");
        for (ending, replacement) in [("at", "ate"), ("bl", "ble"), ("iz", "ize")] {
            if self.ends_with(ending) {
                return self.replace(ending, replacement);
            }
        }
        if ends_in_double_consonant(&self.0) {
            if !matches!(self.0.last(), Some('l' | 's' | 'z')) {
                self.0.pop();
            }
        } else if measure(&self.0) == 1 && ends_cvc(&self.0) {
            self.0.push('e');
        }
    }

    fn step_1c(&mut self) {
        let Some(('y', stem)) = self.0.split_last() else {
            return;
        };
        if stem.len() > 1 && is_consonant(stem, stem.len() - 1) {
            self.replace("y", "i");
        }
    }

    fn step_2(&mut self) {
        // `alli` first, and its result through this step once more.
        while self.ends_with("alli") && measure(self.without("alli")) > 0 {
            self.replace("alli", "al");
        }
        self.apply(&[
            ("ational", "ate", Condition::Positive),
            ("tional", "tion", Condition::Positive),
            ("enci", "ence", Condition::Positive),
            ("anci", "ance", Condition::Positive),
            ("izer", "ize", Condition::Positive),
            ("bli", "ble", Condition::Positive),
            ("alli", "al", Condition::Positive),
            ("entli", "ent", Condition::Positive),
            ("eli", "e", Condition::Positive),
            ("ousli", "ous", Condition::Positive),
            ("ization", "ize", Condition::Positive),
            ("ation", "ate", Condition::Positive),
            ("ator", "ate", Condition::Positive),
            ("alism", "al", Condition::Positive),
            ("iveness", "ive", Condition::Positive),
            ("fulness", "ful", Condition::Positive),
            ("ousness", "ous", Condition::Positive),
            ("aliti", "al", Condition::Positive),
            ("iviti", "ive", Condition::Positive),
            ("biliti", "ble", Condition::Positive),
            ("fulli", "ful", Condition::Positive),
            ("logi", "log", Condition::PositiveWithLetter),
        ]);
    }

    fn step_3(&mut self) {
        self.apply(&[
            ("icate", "ic", Condition::Positive),
            ("ative", "", Condition::Positive),
            ("alize", "al", Condition::Positive),
            ("iciti", "ic", Condition::Positive),
            ("ical", "ic", Condition::Positive),
            ("ful", "", Condition::Positive),
            ("ness", "", Condition::Positive),
        ]);
    }

    fn step_4(&mut self) {
        self.apply(&[
            ("al", "", Condition::AboveOne),
            ("ance", "", Condition::AboveOne),
            ("ence", "", Condition::AboveOne),
            ("er", "", Condition::AboveOne),
            ("ic", "", Condition::AboveOne),
            ("able", "", Condition::AboveOne),
            ("ible", "", Condition::AboveOne),
            ("ant", "", Condition::AboveOne),
            ("ement", "", Condition::AboveOne),
            ("ment", "", Condition::AboveOne),
            ("ent", "", Condition::AboveOne),
            ("ion", "", Condition::AboveOneAfterSt),
            ("ou", "", Condition::AboveOne),
            ("ism", "", Condition::AboveOne),
            ("ate", "", Condition::AboveOne),
            ("iti", "", Condition::AboveOne),
            ("ous", "", Condition::AboveOne),
            ("ive", "", Condition::AboveOne),
            ("ize", "", Condition::AboveOne),
        ]);
    }

    fn step_5(&mut self) {
        if self.ends_with("e") {
            let stem = self.without("e");
            let m = measure(stem);
            if m > 1 || (m == 1 && !ends_cvc(stem)) {
                self.0.pop();
            }
        }
        if self.ends_with("ll") && measure(&self.0[..self.0.len() - 1]) > 1 {
            self.0.pop();
        }
    }
}

/// A letter other than a vowel, and other than a `y` that a consonant precedes.
fn is_consonant(word: &[char], at: usize) -> bool {
    match word[at] {
        'a' | 'e' | 'i' | 'o' | 'u' => false,
        'y' => {
            // Of a run of `y`, every other one is a vowel.
            let first = word[..at]
                .iter()
                .rposition(|c| *c != 'y')
                .map_or(0, |n| n + 1);
            let run = at - first;
            let opens_as_consonant = first == 0 || !is_consonant(word, first - 1);
            run.is_multiple_of(2) == opens_as_consonant
        }
        _ => true,
    }
}

/// How often a vowel is followed by a consonant: m in `[C](VC)^m[V]`.
fn measure(stem: &[char]) -> usize {
    let mut m = 0;
    let mut after_vowel = false;
    for at in 0..stem.len() {
        let consonant = is_consonant(stem, at);
        m += usize::from(consonant && after_vowel);
        after_vowel = !consonant;
    }
    m
}

fn has_vowel(stem: &[char]) -> bool {
    (0..stem.len()).any(|at| !is_consonant(stem, at))
}

fn ends_in_double_consonant(word: &[char]) -> bool {
    matches!(word, [.., a, b] if a == b) && is_consonant(word, word.len() - 1)
}

/// Consonant, vowel, consonant other than w, x, y at the end; or a word of a vowel and a consonant.
fn ends_cvc(word: &[char]) -> bool {
    let n = word.len();
    (n >= 3
        && is_consonant(word, n - 3)
        && !is_consonant(word, n - 2)
        && is_consonant(word, n - 1)
        && !matches!(word[n - 1], 'w' | 'x' | 'y'))
        || (n == 2 && !is_consonant(word, 0) && is_consonant(word, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extensions_of_nltk_are_there() {
        for (word, expected) in [
            ("dies", "die"),
            ("died", "die"),
            ("flies", "fli"),
            ("tried", "tri"),
            ("enjoy", "enjoy"),
            ("happily", "happili"),
            ("dying", "die"),
            ("allergies", "allergi"),
            ("hopefully", "hope"),
            ("theology", "theolog"),
            ("us", "us"),
            ("Succeed", "succeed"),
            ("analogously", "analog"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }

    #[test]
    fn every_other_y_of_a_run_is_a_vowel() {
        let word: Vec<char> = "syyyz".chars().collect();
        let consonants: Vec<bool> = (0..5).map(|i| is_consonant(&word, i)).collect();
        assert_eq!(consonants, [true, false, true, false, true]);
        assert!(is_consonant(&['y'], 0));
    }

    #[test]
    fn stems_equal_nltks() {
        let Some(shared) = crate::shared::shared() else {
            return;
        };
        let path = shared.join("golden/lexical_helpers.json");
        let text = std::fs::read_to_string(path).expect("golden values");
        let golden: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let stems = golden["porter_nltk"].as_object().expect("an object");
        assert!(stems.len() > 700);
        for (word, expected) in stems {
            assert_eq!(stem(word), expected.as_str().expect("text"), "{word}");
        }
    }
}
