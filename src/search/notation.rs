//! The ways in which one word is written in records: `β` and `beta`, `mm[Hg]` and `mmHg`, `Hodgkin's` and `Hodgkins`.
//!
//! In: a text that is searched for. Out: its terms as written, and as they may stand elsewhere, for ranked search; a pattern
//! for find. Never: another word, such as a plural or a synonym.

use std::fmt::Write as _;

use super::analysis::Analyzer;

/// Terms with their positions from the first, one after another.
pub(crate) type Phrase = Vec<(u32, String)>;

/// A text is searched for in at most so many ways.
const MOST_WAYS: usize = 16;

const GREEK: [(&str, &str); 24] = [
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    // As the analysis folds it, together with the sign for micro.
    ("mu", "u"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("omicron", "ο"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("upsilon", "υ"),
    ("phi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
];

/// Units that the UCUM codes of records write otherwise than people do, as the analysis cuts them.
const UNITS: [&[&str]; 5] = [
    &["mmhg", "mm hg"],
    &["cmh2o", "cm h2o"],
    &["ug", "mcg"],
    &["k ul", "10 3 ul", "10 9 l"],
    &["m ul", "10 6 ul", "10 12 l"],
];

/// Some terms of a text that may be written in several ways: each with how many positions it takes.
struct NotationStep {
    ways: Vec<(Vec<String>, u32)>,
}

impl NotationStep {
    /// The term as written, where it is one that stands alone.
    fn written(&self) -> Option<&str> {
        match &self.ways[0] {
            (terms, 1) => terms.first().map(String::as_str),
            _ => None,
        }
    }

    fn add(&mut self, way: &str) {
        let terms: Vec<String> = way.split(' ').map(str::to_owned).collect();
        let covers = terms.len() as u32;
        if self.ways.iter().all(|(known, _)| *known != terms) {
            self.ways.push((terms, covers));
        }
    }
}

/// The terms of a text as it may stand in records, as written first; nothing for a text without letters and digits.
pub(crate) fn phrases(text: &str, analyzer: &mut Analyzer) -> Vec<Phrase> {
    let mut steps = with_units(steps(text, analyzer));
    let alone = steps.len() == 1;
    for step in &mut steps {
        greek(step, alone);
    }
    if steps.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<(Phrase, u32)> = vec![(Vec::new(), 0)];
    for step in &steps {
        // The first way of each is kept whatever happens, so that what was written is always among them.
        let room = (MOST_WAYS / all.len()).max(1);
        let before = std::mem::take(&mut all);
        for (terms, covers) in step.ways.iter().take(room) {
            for (phrase, at) in &before {
                let mut phrase = phrase.clone();
                let placed = terms.iter().enumerate();
                phrase.extend(placed.map(|(i, term)| (at + i as u32, term.clone())));
                all.push((phrase, at + covers));
            }
        }
    }
    all.into_iter().map(|(phrase, _)| phrase).collect()
}

/// The terms of a text as written: a whole stands for its pieces, a word beside its possessive.
fn steps(text: &str, analyzer: &mut Analyzer) -> Vec<NotationStep> {
    let mut steps: Vec<NotationStep> = Vec::new();
    let (mut at, mut covered) = (0, 0);
    for token in analyzer.tokens(text) {
        let way = (vec![token.text.to_owned()], token.covers);
        if token.position >= covered {
            at = token.position;
            covered = token.position + token.covers;
            steps.push(NotationStep { ways: vec![way] });
        } else if token.position == at
            && token.covers == covered - at
            && let Some(last) = steps.last_mut()
        {
            last.ways.push(way);
        }
    }
    steps
}

/// Joins the steps that are a unit, or a Greek letter with its number, and adds the other ways to write it.
fn with_units(steps: Vec<NotationStep>) -> Vec<NotationStep> {
    let mut all: Vec<NotationStep> = Vec::with_capacity(steps.len());
    let mut steps = steps.into_iter().peekable();
    let mut waiting: Vec<NotationStep> = Vec::new();
    loop {
        while waiting.len() < 3
            && let Some(step) = steps.next()
        {
            waiting.push(step);
        }
        if waiting.is_empty() {
            return all;
        }
        let (taken, ways) = joined(&waiting).unwrap_or((1, Vec::new()));
        let mut step = waiting.remove(0);
        for next in waiting.drain(..taken - 1) {
            step.ways.truncate(1);
            step.ways[0].0.extend(next.ways[0].0.iter().cloned());
            step.ways[0].1 += next.ways[0].1;
        }
        for way in ways {
            step.add(&way);
        }
        all.push(step);
    }
}

/// How many of these steps are one thing, and the ways to write it.
fn joined(steps: &[NotationStep]) -> Option<(usize, Vec<String>)> {
    for n in (1..=steps.len()).rev() {
        let terms: Option<Vec<&str>> = steps[..n].iter().map(NotationStep::written).collect();
        let Some(terms) = terms else { continue };
        let written = terms.join(" ");
        if let Some(unit) = UNITS.iter().find(|unit| unit.contains(&&*written)) {
            return Some((n, unit.iter().map(|w| (*w).to_owned()).collect()));
        }
        if let [name, number] = &terms[..]
            && number.bytes().all(|b| b.is_ascii_digit())
            && let Some((name, letter)) = GREEK.iter().find(|(n, l)| n == name || l == name)
            && *name != "mu"
        {
            let ways = [
                format!("{letter} {number}"),
                format!("{name}{number}"),
                format!("{letter}{number}"),
                format!("{name} {number}"),
            ];
            return Some((2, ways.into()));
        }
    }
    None
}

/// Adds the letter for its name and the name for its letter.
fn greek(step: &mut NotationStep, alone: bool) {
    let Some(written) = step.written().map(str::to_owned) else {
        return;
    };
    for (name, letter) in GREEK {
        if letter.is_ascii() {
            // A u is a letter of units, too; only in `µ-opioid` it is the Greek one.
            if !alone && written == name {
                step.add(letter);
            } else if !alone && written == letter {
                step.add(name);
            }
            continue;
        }
        for (from, to) in [(name, letter), (letter, name)] {
            let digits = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit());
            // A short name is the beginning or the end of too many words.
            let long = from == letter || from.len() > 3;
            if let Some(rest) = written.strip_prefix(from).filter(|r| long || digits(r)) {
                step.add(&format!("{to}{rest}"));
                if !rest.is_empty() && (from == letter || digits(rest)) {
                    step.add(&format!("{to} {rest}"));
                    step.add(&format!("{from} {rest}"));
                }
            } else if let Some(rest) = written.strip_suffix(from).filter(|_| long) {
                step.add(&format!("{rest}{to}"));
                if from == letter {
                    step.add(&format!("{rest} {to}"));
                    step.add(&format!("{rest} {from}"));
                }
            }
        }
    }
}

/// A pattern that matches a literal text in these ways, and the fewest bytes that a match has; for a regular expression with
/// the text's own regard to case.
pub(super) fn pattern(text: &str) -> (String, usize) {
    let mut all = String::with_capacity(text.len() * 2);
    let mut rest = text;
    let mut shortest = 0;
    while let Some(c) = rest.chars().next() {
        let lower = rest.as_bytes();
        let begins = |with: &str| {
            lower
                .get(..with.len())
                .is_some_and(|b| b.eq_ignore_ascii_case(with.as_bytes()))
        };
        let before = text[..text.len() - rest.len()].chars().next_back();
        let starts = before.is_none_or(|c| !c.is_alphabetic());
        let greek = GREEK.iter().find(|(name, letter)| {
            let named = begins(name) && starts && {
                let behind = rest[name.len()..].chars().next();
                behind.is_none_or(|c| !c.is_alphabetic())
            };
            named || rest.starts_with(letter) && !letter.is_ascii()
        });
        let unit = ["mm[Hg]", "mmHg", "cm[H2O]", "cmH2O"]
            .into_iter()
            .find(|unit| begins(unit));
        let len = if let Some((name, letter)) = greek
            && *name != "mu"
        {
            let named = !rest.starts_with(letter);
            let len = if named { name.len() } else { letter.len() };
            let written = &rest[..len];
            let other = if named { *letter } else { *name };
            let _ = write!(all, "(?:{written}|{other})");
            shortest += 2.min(len);
            len
        } else if let Some(unit) = unit {
            let written = rest[..unit.len()].replace(['[', ']'], "");
            let (measure, of) = written.split_at(2);
            let _ = write!(all, r"{measure}(?:\[{of}\]|{of})");
            shortest += written.len();
            unit.len()
        } else if matches!(c, '\'' | '\u{2019}') && before.is_some_and(char::is_alphabetic) {
            all.push_str("['\u{2019}]?");
            c.len_utf8()
        } else {
            // The s that ends a word may be a possessive one.
            let long = text[..text.len() - rest.len()]
                .chars()
                .rev()
                .take_while(|c| c.is_alphabetic())
                .count()
                > 3;
            let behind = rest[c.len_utf8()..].chars().next();
            if c == 's' && long && behind.is_none_or(|c| !c.is_alphanumeric()) {
                all.push_str("['\u{2019}]?");
            }
            all.push_str(&regex::escape(&rest[..c.len_utf8()]));
            shortest += 1;
            c.len_utf8()
        };
        rest = &rest[len..];
    }
    (all, shortest.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::find::Finder;
    use proptest::prelude::*;

    fn ways(text: &str) -> Vec<String> {
        let shown = |p: Phrase| {
            let terms: Vec<String> = p.iter().map(|(at, t)| format!("{at}:{t}")).collect();
            terms.join(" ")
        };
        let phrases = phrases(text, &mut Analyzer::default());
        phrases.into_iter().map(shown).collect()
    }

    #[test]
    fn as_written_and_in_other_ways() {
        assert_eq!(ways("stroke"), ["0:stroke"]);
        assert_eq!(ways("beta-blocker"), ["0:beta 1:blocker", "0:β 1:blocker"]);
        assert_eq!(ways("β-blocker"), ["0:β 1:blocker", "0:beta 1:blocker"]);
        assert_eq!(ways("mmHg"), ["0:mmhg", "0:mm 1:hg"]);
        assert_eq!(ways("mm[Hg]"), ["0:mm 1:hg", "0:mmhg"]);
        assert_eq!(
            ways("128 mmHg high"),
            ["0:128 1:mmhg 2:high", "0:128 1:mm 2:hg 3:high"]
        );
        assert_eq!(ways("Hodgkin's"), ["0:hodgkin", "0:hodgkins"]);
        assert_eq!(ways("µ-opioid"), ["0:u 1:opioid", "0:mu 1:opioid"]);
        assert_eq!(ways("U"), ["0:u"]);
        for written in [
            "α1-antitrypsin",
            "alpha1-antitrypsin",
            "alpha-1 antitrypsin",
        ] {
            let ways = ways(written);
            for way in [
                "0:α1 1:antitrypsin",
                "0:alpha1 1:antitrypsin",
                "0:alpha 1:1 2:antitrypsin",
            ] {
                assert!(ways.iter().any(|w| w == way), "{written}: {ways:?}");
            }
        }
    }

    #[test]
    fn find_knows_the_ways_too() {
        for (typed, text, found) in [
            ("beta-blocker", "on a β-blocker now", "β-blocker"),
            ("β-blocker", "a Beta-blocker", "Beta-blocker"),
            ("hodgkins", "non-Hodgkin's lymphoma", "Hodgkin's"),
            ("hodgkin's", "Hodgkin’s and", "Hodgkin’s"),
            ("crohn's", "Crohns", "Crohns"),
            ("128 mmhg", "was 128 mm[Hg] at", "128 mm[Hg]"),
            ("mm[Hg]", "128 mmHg", "mmHg"),
        ] {
            let finder = Finder::new(typed, false).expect("a pattern");
            let all: Vec<&str> = finder.in_text(text).map(|r| &text[r]).collect();
            assert_eq!(all, [found], "{typed}");
        }
        for (typed, text) in [("eta", "etanercept"), ("as", "a's"), ("alphabet", "αbet")] {
            let finder = Finder::new(typed, false).expect("a pattern");
            let all: Vec<&str> = finder.in_text(text).map(|r| &text[r]).collect();
            assert!(
                all.iter().all(|a| a.eq_ignore_ascii_case(typed)),
                "{typed}: {all:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_text_finds_itself(text in "[a-zβ' s.\\[\\](*]{1,20}|alpha|mm\\[Hg\\]s") {
            let finder = Finder::new(&text, false).expect("a literal");
            prop_assert_eq!(finder.in_text(&text).next(), Some(0..text.len()));
        }

        #[test]
        fn the_first_way_is_as_written(text in "[a-zα0-9' -]{0,30}") {
            let all = ways(&text);
            prop_assert!(all.len() <= MOST_WAYS);
        }
    }
}
