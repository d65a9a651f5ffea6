//! The value and unit at the end of a line of the visit/day shape, `Body weight 80 kg`.
//!
//! In: the text behind a code. Out: name, value, unit. Never: a lost character other than the white space between
//! the three.
//!
//! The rule: the last word is a number, or the last one to three words are a known unit and the word before them is a
//! number; a name must be left over. A number alone is not split off when the word before it is one that a number
//! belongs to (`Diabetes mellitus type 2`, `Interleukin 6`).

/// Words that a number belongs to.
const NUMBERED: &[&str] = &[
    "type",
    "stage",
    "grade",
    "class",
    "phase",
    "level",
    "factor",
    "vitamin",
    "category",
    "group",
    "part",
    "line",
    "item",
    "question",
    "section",
    "step",
    "number",
    "no",
    "no.",
    "#",
    "x",
    "day",
    "week",
    "month",
    "visit",
    "trimester",
    "chromosome",
    "interleukin",
    "virus",
    "channel",
    "lead",
    "protein",
    "antigen",
    "coenzyme",
    "omega",
    "cyp",
    "gene",
    "exon",
    "trisomy",
    "version",
    "room",
];

/// Units that are no product or quotient of [`ATOMS`].
const PHRASES: &[&str] = &[
    "%",
    "mm hg",
    "mmhg",
    "cm h2o",
    "cm h20",
    "sq meters",
    "sq meter",
    "square meters",
    "sq m",
    "deg f",
    "deg c",
    "degrees f",
    "degrees c",
    "°f",
    "°c",
    "degf",
    "degc",
    "beats/min",
    "beats per minute",
    "breaths/min",
    "breaths per minute",
    "per minute",
    "bpm",
    "x10e3/ul",
    "k/ul",
    "m/ul",
    "thou/ul",
    "mill/ul",
    "ratio",
    "percent",
    "years",
    "year",
    "days",
    "hours",
    "minutes",
    "seconds",
    "weeks",
    "months",
    "inches",
    "pounds",
    "ounces",
    "packs/day",
    "points",
    "score",
    "iu",
    "feet",
    "cells",
    "copies/ml",
    "cells/ul",
    "ml/min/1.73m2",
    "ml/min/1.73 m2",
];

/// What units are made of, in lower case.
const ATOMS: &[&str] = &[
    "g", "kg", "mg", "ug", "µg", "μg", "mcg", "ng", "pg", "fg", "l", "dl", "cl", "ml", "ul", "µl",
    "μl", "nl", "fl", "pl", "m", "cm", "mm", "um", "µm", "nm", "m2", "cm2", "mm2", "m3", "cm3",
    "mm3", "mol", "mmol", "umol", "µmol", "μmol", "nmol", "pmol", "fmol", "eq", "meq", "osm",
    "mosm", "u", "mu", "uu", "ku", "iu", "miu", "uiu", "s", "sec", "ms", "min", "h", "hr", "d",
    "day", "wk", "week", "mo", "a", "yr", "pa", "kpa", "hpa", "mmhg", "cmh2o", "bar", "mbar", "hz",
    "db", "v", "mv", "ma", "w", "j", "kj", "kcal", "cal", "k", "cel", "hpf", "lpf", "in", "ft",
    "lb", "lbs", "oz", "iu", "cfu", "cells", "copies", "10", "100", "1000", "1.73", "mmol",
    "beats", "breaths", "meq", "mets", "gm", "gy", "cgy", "bq", "mci",
];

/// Splits a line into name, value and unit; value and unit are empty where there are none.
pub(super) fn split(line: &str) -> (&str, &str, &str) {
    let line = line.trim();
    let Some((before, last)) = last_word(line) else {
        return (line, "", "");
    };
    if is_number(last) {
        let (_, previous) = last_word(before).unwrap_or(("", before));
        let belongs = NUMBERED.iter().any(|w| previous.eq_ignore_ascii_case(w));
        return if belongs {
            (line, "", "")
        } else {
            (before, last, "")
        };
    }
    let mut rest = before;
    for _ in 0..3 {
        let Some((name, word)) = last_word(rest) else {
            break;
        };
        let unit = line[rest.len()..].trim_start();
        if is_number(word) && is_unit(unit) {
            return (name, word, unit);
        }
        rest = name;
    }
    (line, "", "")
}

/// The text before the last word, trimmed, and the last word; `None` where there is but one word.
fn last_word(text: &str) -> Option<(&str, &str)> {
    let at = text.rfind(char::is_whitespace)?;
    let (before, word) = text.split_at(at);
    Some((before.trim_end(), word.trim_start()))
}

/// Whether a word is a number: `12`, `-0.5`, `1,200`, `<5`, `>=60`.
fn is_number(word: &str) -> bool {
    let word = word.trim_start_matches(['<', '>', '=', '≤', '≥']);
    let word = word.strip_prefix(['+', '-', '−']).unwrap_or(word);
    let (whole, fraction) = word.split_once('.').unwrap_or((word, "0"));
    let digits = |t: &str| t.bytes().all(|c| c.is_ascii_digit());
    let grouped = whole.split(',').all(|t| !t.is_empty() && digits(t));
    !fraction.is_empty() && digits(fraction) && (grouped || (whole.is_empty() && word.len() > 1))
}

fn is_unit(text: &str) -> bool {
    let lower = text.to_lowercase();
    PHRASES.contains(&lower.as_str())
        || (!lower.contains(char::is_whitespace) && is_composed(&lower))
}

/// Whether a word is a quotient or product of known units, in UCUM's spelling or near it: `10*3/uL`, `mm[Hg]`,
/// `u[IU]/mL`, `mL/min/{1.73_m2}`, `/HPF`.
fn is_composed(word: &str) -> bool {
    let Some(bare) = without_annotations(word) else {
        return false;
    };
    let annotated = bare.len() < word.len();
    let mut parts = bare.split(['/', '.', '*', '^']).filter(|p| !p.is_empty());
    let known = parts.clone().count();
    let exponent = |part: &str| part.len() <= 2 && part.bytes().all(|c| c.is_ascii_digit());
    (annotated || known > 0)
        && parts.all(|part| ATOMS.contains(&part) || exponent(part) || part == "%")
        && !word.bytes().all(|c| c.is_ascii_digit() || c == b'.')
}

/// A unit without what stands in brackets or braces: that says what is counted, and may be anything.
fn without_annotations(word: &str) -> Option<String> {
    let mut bare = String::new();
    let mut rest = word;
    while let Some(open) = rest.find(['[', '{']) {
        let close = if rest[open..].starts_with('[') {
            ']'
        } else {
            '}'
        };
        bare.push_str(&rest[..open]);
        rest = &rest[open + rest[open..].find(close)? + 1..];
    }
    bare.push_str(rest);
    Some(bare)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_public_samples_lines() {
        for (line, expected) in [
            ("Respiratory rate 20 ", ("Respiratory rate", "20", "")),
            (
                "Mean blood pressure 122 mm Hg",
                ("Mean blood pressure", "122", "mm Hg"),
            ),
            (
                "Pain severity [Score] Visual analog score 1",
                ("Pain severity [Score] Visual analog score", "1", ""),
            ),
            (
                "Body surface area 0 sq meters",
                ("Body surface area", "0", "sq meters"),
            ),
            ("Body weight 2432.51", ("Body weight", "2432.51", "")),
            ("Oxygen saturation 96 %", ("Oxygen saturation", "96", "%")),
            ("EKG impression", ("EKG impression", "", "")),
        ] {
            assert_eq!(split(line), expected, "{line}");
        }
    }

    #[test]
    fn units_of_laboratories() {
        for unit in [
            "10*3/uL",
            "10*6/uL",
            "mm[Hg]",
            "u[IU]/mL",
            "/min",
            "[degF]",
            "mL/min",
            "g/dL",
            "fL",
            "U/L",
            "mL/min/{1.73_m2}",
            "pg/mL",
            "/HPF",
            "mmol/L",
            "{score}",
            "kg/m2",
            "mL/min/1.73m2",
        ] {
            let line = format!("A name (of [it]) 1.5 {unit}");
            assert_eq!(split(&line), ("A name (of [it])", "1.5", unit), "{unit}");
        }
    }

    #[test]
    fn what_is_no_value_stays_in_the_name() {
        for line in [
            "Diabetes mellitus type 2",
            "Interleukin 6",
            "Labetalol 5mg IV x 1",
            "alteplase 1 MG/ML Injectable Solution",
            "CT head W/O contrast",
            "12 lead ECG",
            "20",
            "5 mg",
            "",
            "Score of 3 out",
        ] {
            assert_eq!(split(line), (line, "", ""), "{line}");
        }
    }

    #[test]
    fn numbers_with_signs_and_groups() {
        for number in ["-1", "<5", ">=60", "1,200", ".5", "+3"] {
            assert_eq!(split(&format!("A {number}")), ("A", number, ""));
        }
        for no in ["1.", "-", "<", "1-2", "120/80", "1:40", ",", "x4"] {
            let line = format!("A {no}");
            assert_eq!(split(&line), (line.as_str(), "", ""));
        }
    }
}
