//! Prompts: the words around a record and an instruction.
//!
//! In: a template with `{question}` and `{record}`, for refinement also `{answer}`, `{n}` and `{of}`, for a judge `{gold}` and `{answers}`. Out: the prompt. What is put in is
//! never looked at again, so a note that holds `{question}` stays as it is. `{{` and `}}` are braces.

use std::path::Path;

use crate::error::{Error, Result};

/// A place that is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PromptSlot {
    Question,
    Record,
    Answer,
    N,
    Of,
    Gold,
    Answers,
}

impl PromptSlot {
    const ALL: [(&'static str, PromptSlot); 7] = [
        ("question", PromptSlot::Question),
        ("record", PromptSlot::Record),
        ("answer", PromptSlot::Answer),
        ("n", PromptSlot::N),
        ("of", PromptSlot::Of),
        ("gold", PromptSlot::Gold),
        ("answers", PromptSlot::Answers),
    ];
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Words(String),
    Slot(PromptSlot),
}

/// Which of the prompts a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The only request of a case.
    Plain,
    /// The first of several.
    First,
    /// A later one of several.
    Next,
    /// For a model that judges.
    Judge,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fill<'a> {
    /// The instruction.
    pub question: &'a str,
    /// The record, or the part of it that is shown.
    pub record: &'a str,
    /// The answer so far.
    pub answer: &'a str,
    /// Which part, from 1.
    pub n: usize,
    /// Of how many.
    pub of: usize,
    /// What clinicians answered.
    pub gold: &'a str,
    /// The answers that are judged, under letters.
    pub answers: &'a str,
}

/// The prompts that are part of the program, by name.
const OWN: [(&str, Kind, &str); 6] = [
    (
        "study",
        Kind::Plain,
        include_str!("../../assets/prompts/study.md"),
    ),
    (
        "helm",
        Kind::Plain,
        include_str!("../../assets/prompts/helm.md"),
    ),
    (
        "refine-first",
        Kind::First,
        include_str!("../../assets/prompts/refine-first.md"),
    ),
    (
        "refine-next",
        Kind::Next,
        include_str!("../../assets/prompts/refine-next.md"),
    ),
    (
        "judge",
        Kind::Judge,
        include_str!("../../assets/prompts/judge.md"),
    ),
    (
        "judge-plain",
        Kind::Judge,
        include_str!("../../assets/prompts/judge-plain.md"),
    ),
];

impl Template {
    /// A template of the program by its name, or a file's.
    ///
    /// # Errors
    /// When it cannot be read, lacks a placeholder, or has one that is not known.
    pub(crate) fn open(name: &str, kind: Kind) -> Result<Self> {
        if let Some((_, _, text)) = OWN.iter().find(|(own, of, _)| *own == name && *of == kind) {
            return Template::parse(text, kind, Path::new(name));
        }
        let path = Path::new(name);
        let text = std::fs::read_to_string(path).map_err(|e| {
            let own: Vec<_> = OWN
                .iter()
                .filter(|(_, of, _)| *of == kind)
                .map(|(n, ..)| *n)
                .collect();
            Error::io(path, "reading the prompt", e).hint(format!(
                "name a file, or one of the program's own: {}",
                own.join(", ")
            ))
        })?;
        Template::parse(&text, kind, path)
    }

    fn parse(text: &str, kind: Kind, path: &Path) -> Result<Self> {
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            words.push_str(before);
            if let Some(behind) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                words.push_str(&from[..1]);
                rest = behind;
                continue;
            }
            let line = 1 + text[..text.len() - from.len()].matches('\n').count();
            let slot = from.strip_prefix('{').and_then(|f| f.split_once('}'));
            let known = slot.and_then(|(name, behind)| {
                let found = PromptSlot::ALL.iter().find(|(n, _)| *n == name)?;
                Some((found.1, behind))
            });
            let Some((slot, behind)) = known.filter(|(slot, _)| of(kind).contains(slot)) else {
                let named = slot.map_or_else(
                    || from[..1].to_owned(),
                    |(name, _)| format!("{{{}}}", name.lines().next().unwrap_or_default()),
                );
                return Err(wrong(
                    path,
                    line,
                    &format!("{named} is no placeholder here"),
                    kind,
                ));
            };
            parts.push(Part::Words(std::mem::take(&mut words)));
            parts.push(Part::Slot(slot));
            rest = behind;
        }
        words.push_str(rest);
        parts.push(Part::Words(words));
        for slot in needed(kind) {
            if !parts.contains(&Part::Slot(*slot)) {
                let name = PromptSlot::ALL
                    .iter()
                    .find(|(_, s)| s == slot)
                    .map_or("", |(n, _)| n);
                return Err(wrong(path, 1, &format!("{{{name}}} is lacking"), kind));
            }
        }
        Ok(Template { parts })
    }

    /// The prompt.
    pub(crate) fn fill(&self, fill: &Fill<'_>) -> String {
        let mut out = String::with_capacity(fill.record.len() + 1024);
        for part in &self.parts {
            match part {
                Part::Words(words) => out.push_str(words),
                Part::Slot(PromptSlot::Question) => out.push_str(fill.question),
                Part::Slot(PromptSlot::Record) => out.push_str(fill.record),
                Part::Slot(PromptSlot::Answer) => out.push_str(fill.answer),
                Part::Slot(PromptSlot::N) => out.push_str(&fill.n.to_string()),
                Part::Slot(PromptSlot::Of) => out.push_str(&fill.of.to_string()),
                Part::Slot(PromptSlot::Gold) => out.push_str(fill.gold),
                Part::Slot(PromptSlot::Answers) => out.push_str(fill.answers),
            }
        }
        out
    }

    /// Its words, with the names of what is filled in.
    pub(crate) fn words(&self) -> String {
        self.fill(&Fill {
            question: "{question}",
            record: "{record}",
            answer: "{answer}",
            gold: "{gold}",
            answers: "{answers}",
            ..Fill::default()
        })
    }

    /// What there is beside record, instruction and answer.
    pub(crate) fn bare(&self) -> String {
        self.fill(&Fill {
            n: 10,
            of: 10,
            ..Fill::default()
        })
    }
}

fn of(kind: Kind) -> &'static [PromptSlot] {
    match kind {
        Kind::Plain => &[PromptSlot::Question, PromptSlot::Record],
        Kind::First => &[
            PromptSlot::Question,
            PromptSlot::Record,
            PromptSlot::N,
            PromptSlot::Of,
        ],
        Kind::Next => &[
            PromptSlot::Question,
            PromptSlot::Record,
            PromptSlot::Answer,
            PromptSlot::N,
            PromptSlot::Of,
        ],
        Kind::Judge => &[
            PromptSlot::Question,
            PromptSlot::Record,
            PromptSlot::Gold,
            PromptSlot::Answers,
        ],
    }
}

fn needed(kind: Kind) -> &'static [PromptSlot] {
    match kind {
        Kind::Plain | Kind::First => &[PromptSlot::Question, PromptSlot::Record],
        Kind::Next => &[PromptSlot::Question, PromptSlot::Record, PromptSlot::Answer],
        Kind::Judge => &[
            PromptSlot::Question,
            PromptSlot::Record,
            PromptSlot::Answers,
        ],
    }
}

fn wrong(path: &Path, line: usize, what: &str, kind: Kind) -> Error {
    let names: Vec<String> = PromptSlot::ALL
        .iter()
        .filter(|(_, slot)| of(kind).contains(slot))
        .map(|(name, _)| format!("{{{name}}}"))
        .collect();
    Error::usage(format!("{}:{line}: {what}", path.display())).hint(format!(
        "placeholders are {}; write {{{{ for a brace",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, kind: Kind) -> Result<Template> {
        Template::parse(text, kind, Path::new("p.md"))
    }

    #[test]
    fn the_programs_own_are_whole() {
        for (name, kind, _) in OWN {
            let template = Template::open(name, kind).expect("whole");
            let filled = template.fill(&Fill {
                question: "QQ",
                record: "RR",
                answer: "AA",
                n: 1,
                of: 2,
                answers: "LL",
                ..Fill::default()
            });
            assert_eq!(filled.contains("LL"), kind == Kind::Judge, "{name}");
            assert!(filled.contains("QQ") && filled.contains("RR"), "{name}");
            assert_eq!(filled.contains("AA"), kind == Kind::Next, "{name}");
        }
        // The study's, to the letter.
        let study = Template::open("study", Kind::Plain).expect("whole");
        let filled = study.fill(&Fill {
            question: "Q",
            record: "R",
            ..Fill::default()
        });
        assert_eq!(
            filled,
            "Instruction: Answer the following question based on the EHR:\n###\nQuestion: \"\"\"Q\"\"\"\nEHR: \"\"\"R\"\"\"\n"
        );
    }

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        let template = parse("{{{question}}} {record}", Kind::Plain).expect("whole");
        let filled = template.fill(&Fill {
            question: "{record}",
            record: "{question} {{",
            ..Fill::default()
        });
        assert_eq!(filled, "{{record}} {question} {{");
        assert_eq!(template.bare(), "{} ");
    }

    #[test]
    fn lacking_and_unknown_placeholders_are_errors() {
        for (text, kind, what) in [
            ("{question}", Kind::Plain, "p.md:1: {record} is lacking"),
            (
                "{question}\n{record} {ehr}",
                Kind::Plain,
                "p.md:2: {ehr} is no placeholder",
            ),
            (
                "{question} {record} {answer}",
                Kind::Plain,
                "{answer} is no placeholder",
            ),
            ("{question} {record}", Kind::Next, "{answer} is lacking"),
            ("{question} {record} }", Kind::Plain, "} is no placeholder"),
            ("{question} {record} {", Kind::Plain, "{ is no placeholder"),
            (
                "{question} {record} {gold}",
                Kind::Judge,
                "{answers} is lacking",
            ),
            (
                "{question} {record} {answers} {answer}",
                Kind::Judge,
                "{answer} is no placeholder",
            ),
        ] {
            let error = parse(text, kind).expect_err(text);
            assert!(error.to_string().contains(what), "{error}");
        }
        assert!(Template::open("study", Kind::Next).is_err());
    }
}
