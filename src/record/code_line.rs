//! The text of a `<code>` in the visit/day shape: `[LOINC/29463-7] Body weight 80 kg`.
//!
//! In: code, name, value and unit, or a text. Out: the other. The shape knows no border between name, value and unit: a number
//! with its unit at the end is the value, by the words alone. Where words would be read otherwise, a tab stands between the
//! three, which is white space like any other to other readers. Never: a letter that is added or lost.

use super::value;

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) code: &'a str,
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    pub(super) unit: &'a str,
}

/// Reads a text; the words of an element that measures may end in a value.
pub(super) fn read(text: &str, measures: bool) -> Said<'_> {
    let text = text.trim_start();
    let (code, rest) = coded(text);
    let (name, value, unit) = match parts(rest)[..] {
        [name, value] => (name, value, ""),
        [name, value, unit] => (name, value, unit),
        _ if measures && !code.is_empty() => value::split(rest),
        _ => (rest.trim(), "", ""),
    };
    Said {
        code,
        name,
        value,
        unit,
    }
}

/// Writes a text; says whether the same is read from it again.
pub(super) fn write(said: Said<'_>, measures: bool) -> (String, bool) {
    let code = if said.code.is_empty() {
        String::new()
    } else {
        format!("[{}]", said.code)
    };
    let parts = [said.name, said.value, said.unit];
    let words: Vec<String> = parts.iter().map(|p| squeezed(p)).collect();
    let plain = words.iter().filter(|w| !w.is_empty());
    let plain = std::iter::once(&code)
        .filter(|c| !c.is_empty())
        .chain(plain);
    let plain = plain.map(String::as_str).collect::<Vec<_>>().join(" ");
    if read(&plain, measures) == said {
        return (plain, true);
    }
    let with_borders = |[name, value, unit]: [&str; 3]| {
        let blank = if code.is_empty() || name.is_empty() {
            ""
        } else {
            " "
        };
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!("\t{unit}")
        };
        format!("{code}{blank}{name}\t{value}{unit}")
    };
    let exact = with_borders(parts);
    if read(&exact, measures) == said {
        return (exact, true);
    }
    // The border at least, if the white space is not the same.
    let squeezed = with_borders([&words[0], &words[1], &words[2]]);
    (squeezed, false)
}

/// One blank for all white space.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands between borders: tabs that join what is left and right of them. Those that indent a further line are none.
fn parts(rest: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in rest.match_indices('\t') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        if !before.ends_with(char::is_whitespace) && !after.starts_with(char::is_whitespace) {
            parts.push(rest[from..at].trim());
            from = at + 1;
        }
    }
    parts.push(rest[from..].trim());
    parts
}

/// Splits `[VOCAB/CODE] rest`; a text without such a beginning is all rest.
fn coded(text: &str) -> (&str, &str) {
    text.strip_prefix('[')
        .and_then(|t| t.split_once(']'))
        .map_or(("", text), |(code, rest)| (code.trim(), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said<'a>(code: &'a str, name: &'a str, value: &'a str, unit: &'a str) -> Said<'a> {
        Said {
            code,
            name,
            value,
            unit,
        }
    }

    #[test]
    fn what_the_words_say_needs_no_border() {
        let weight = said("LOINC/29463-7", "Body weight", "80", "kg");
        let text = "[LOINC/29463-7] Body weight 80 kg";
        assert_eq!(write(weight, true), (text.to_owned(), true));
        assert_eq!(read(text, true), weight);
        let drug = said("X/1", "Aspirin 81 MG", "", "");
        assert_eq!(write(drug, false), ("[X/1] Aspirin 81 MG".to_owned(), true));
    }

    #[test]
    fn what_the_words_would_say_otherwise_has_borders() {
        for (all, measures, text) in [
            (
                said("LOINC/600-7", "Culture", "No growth at 5 days", ""),
                true,
                "[LOINC/600-7] Culture\tNo growth at 5 days",
            ),
            (
                said("X/1", "Aspirin", "start", ""),
                false,
                "[X/1] Aspirin\tstart",
            ),
            (
                said("X/1", "Adenovirus 40", "", ""),
                true,
                "[X/1] Adenovirus 40\t",
            ),
            (said("X/1", "", "positive", ""), true, "[X/1]\tpositive"),
            (said("", "Pain", "7", "of 10"), true, "Pain\t7\tof 10"),
            (
                said("X/1", "Note", "two\n  lines", ""),
                true,
                "[X/1] Note\ttwo\n  lines",
            ),
        ] {
            assert_eq!(write(all, measures), (text.to_owned(), true));
            assert_eq!(read(text, measures), all, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_kept_is_said() {
        for all in [
            said("X/1", "Ends", "in white space ", ""),
            said("X/1", "Unit", "", "alone"),
            said("X/]", "Bracket", "", ""),
            said("", "[no code]", "1", ""),
        ] {
            let (text, kept) = write(all, true);
            assert!(!kept, "{text:?}");
        }
    }

    #[test]
    fn tabs_that_indent_are_no_borders() {
        let text = "\n\t\t[X/1] Body weight\n\t\t80 kg\n\t";
        assert_eq!(read(text, true), said("X/1", "Body weight", "80", "kg"));
        assert_eq!(read("[X/1] Heart\t\trate 80", true).value, "80");
    }

    proptest! {
        #[test]
        fn what_is_said_to_be_kept_is_read_again(
            code in "[A-Z/\\]]{0,3}",
            name in "[a \t\n0-9\\[\\]]{0,8}",
            value in "[a \t\n0-9k]{0,8}",
            unit in "(kg|%| |\tg)?",
            measures: bool,
        ) {
            let all = said(&code, &name, &value, &unit);
            let (text, kept) = write(all, measures);
            prop_assert_eq!(read(&text, measures) == all, kept, "{:?}", text);
            let letters = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&text).len(), letters(&format!("{name}{value}{unit}")).len()
                + if code.is_empty() { 0 } else { code.len() + 2 });
        }
    }
}
