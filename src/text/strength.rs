//! Names of drugs in less room than they need: the strength is never what is cut.
//!
//! In: a name, columns. Out: the parts of it that are shown, with `…` where something is left out between or behind them.

use std::ops::Range;

use super::{glyphs, width};

/// What strengths are measured in, in lower case.
const UNITS: [&str; 26] = [
    "%", "mg", "mcg", "ug", "µg", "μg", "ng", "g", "gm", "kg", "ml", "l", "dl", "unt", "unit",
    "units", "iu", "u", "meq", "mmol", "mci", "cells", "actuat", "spray", "hr", "puff",
];

/// The parts of a name that fit into so many columns, a `…` behind each that is not followed by the next.
pub(crate) fn keep_strength(name: &str, columns: usize) -> Vec<Range<usize>> {
    if width(name) <= columns {
        return vec![Range {
            start: 0,
            end: name.len(),
        }];
    }
    let strengths = strengths(name);
    let Some(end) = strengths.last().map(|s| s.end) else {
        return vec![cut(name, 0..name.len(), columns.saturating_sub(1))];
    };
    // What follows the last strength gives way first.
    if width(&name[..end]) < columns {
        return vec![cut(name, 0..name.len(), columns - 1)];
    }
    let behind = usize::from(end < name.len());
    let fixed: usize = strengths.iter().map(|s| width(&name[s.clone()])).sum();
    let mut room = columns.saturating_sub(fixed + behind);
    let mut parts = Vec::new();
    let (mut at, mut left) = (0, strengths.len());
    for strength in strengths {
        let words = at..strength.start;
        let share = room / left;
        let needs = width(&name[words.clone()]);
        let kept = if needs <= share {
            words
        } else {
            cut(name, words, share.saturating_sub(1))
        };
        let used = width(&name[kept.clone()]) + usize::from(needs > share);
        room = room.saturating_sub(used);
        left -= 1;
        at = strength.end;
        if kept.end == strength.start {
            parts.push(kept.start..strength.end);
        } else {
            parts.push(kept);
            parts.push(strength);
        }
    }
    parts
}

/// The beginning of a part that fits into so many columns.
fn cut(name: &str, part: Range<usize>, columns: usize) -> Range<usize> {
    let mut used = 0;
    let fits = glyphs(&name[part.clone()]).take_while(|g| {
        used += g.width;
        used <= columns
    });
    let end = fits.last().map_or(0, |g| g.offset + g.len);
    part.start..part.start + end
}

/// Where the strengths of a name stand: a number with its unit, what is `per` another number with it.
fn strengths(name: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut number: Option<Range<usize>> = None;
    let mut at = 0;
    for word in name.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let here = at..at + bare.len();
        at += word.len();
        let bare = bare.trim_matches(['(', ')', ',', ';', '[', ']']);
        let before = number.take();
        let rest = bare.trim_start_matches(|c: char| c.is_ascii_digit() || ".,-".contains(c));
        if rest.len() < bare.len() && rest.is_empty() {
            number = Some(here);
        } else if rest.len() < bare.len() && is_unit(rest) {
            found.push(here);
        } else if let Some(number) = before.filter(|_| is_unit(bare)) {
            found.push(number.start..here.end);
        }
    }
    // `24 HR` before everything says how long it lasts.
    if found.len() > 1 && name[found[0].clone()].to_lowercase().ends_with(" hr") {
        found.remove(0);
    }
    found
}

/// Whether a word is a unit, or a quotient of units.
fn is_unit(word: &str) -> bool {
    let lower = word.to_lowercase();
    let mut parts = lower.split('/').map(|p| {
        p.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
            .trim_end_matches('.')
    });
    parts.next().is_some_and(|p| UNITS.contains(&p))
        && parts.all(|p| p.is_empty() || UNITS.contains(&p))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, columns: usize) -> String {
        let parts = keep_strength(name, columns);
        let mut all = String::new();
        for (i, part) in parts.iter().enumerate() {
            all.push_str(&name[part.clone()]);
            let next = parts.get(i + 1).map_or(name.len(), |p| p.start);
            if part.end < next {
                all.push('…');
            }
        }
        all
    }

    #[test]
    fn the_strength_is_never_what_is_cut() {
        for (name, columns, expected) in [
            ("apixaban 5 MG Oral Tablet", 25, "apixaban 5 MG Oral Tablet"),
            ("apixaban 5 MG Oral Tablet", 20, "apixaban 5 MG Oral …"),
            ("apixaban 5 MG Oral Tablet", 14, "apixaban 5 MG…"),
            ("apixaban 5 MG Oral Tablet", 10, "apix…5 MG…"),
            (
                "24 HR metoprolol succinate 50 MG Extended Release Oral Tablet",
                24,
                "24 HR metoprolol …50 MG…",
            ),
            (
                "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet",
                34,
                "acetaminop…325 MG / hydrocod…5 MG…",
            ),
            (
                "enoxaparin sodium 40 MG per 0.4 ML Prefilled Syringe",
                30,
                "enoxapar…40 MG per 0.4 ML…",
            ),
            ("Labetalol 5mg IV x 1", 14, "Labetalol 5mg…"),
            (
                "insulin lispro 100 UNT/ML Injectable Solution",
                18,
                "insuli…100 UNT/ML…",
            ),
            ("no strength in this name", 10, "no streng…"),
            ("Diabetes mellitus type 2", 12, "Diabetes me…"),
        ] {
            let shown = shown(name, columns);
            assert!(width(&shown) <= columns, "{shown}");
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn any_width_is_kept_where_the_strengths_fit() {
        let name = "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet";
        for columns in 12..70 {
            let shown = shown(name, columns);
            assert!(width(&shown) <= columns.max(13), "{columns}: {shown}");
            assert!(
                shown.contains("325 MG") && shown.contains("5 MG"),
                "{shown}"
            );
        }
    }
}
