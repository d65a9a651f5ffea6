//! A case as a form: questions with names that other programs can ask, and their answers as text.
//!
//! In: a case and what a reviewer said of it, or a filled form. Out: the filled form, or the acts that it stands for. Responses
//! stand under letters (`verdict_A`) in an order that hides which model wrote which; the models come back by the letters that
//! were given out with the form. Never: an answer that is not understood and not reported.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::field;
use super::subject::{Of, Subject, ranks};
use crate::dataset::{Case, Response};
use crate::review::blind::{self, letter};
use crate::review::case::CaseReview;
use crate::review::entry::{Act, ErrorKind, Harm, Verdict};
use crate::review::rank::{MOST, WeakOrder};

/// A question: its name, and the field that answers it.
pub(crate) struct Question {
    /// The name; that of a question about a response is followed by an underscore and the letter.
    pub name: &'static str,
    field: &'static str,
    /// What kind of answer it takes.
    pub takes: Takes,
    /// The question, where it has a line of its own.
    pub title: &'static str,
    /// The same beside a choice or in an empty box.
    pub hint: &'static str,
}

/// What answers a question takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// One of the choices.
    One,
    /// Any of the choices.
    Many,
    /// A number, 1 is best.
    Rank,
    /// Free text.
    Text,
}

const fn question(
    name: &'static str,
    field: &'static str,
    takes: Takes,
    title: &'static str,
    hint: &'static str,
) -> Question {
    Question {
        name,
        field,
        takes,
        title,
        hint,
    }
}

const HARM: &str = "Harm that may follow from it";
const WHY: &str = "Why it does not apply, or the record does not say enough";
const REMARK: &str = "Remark on the case";

/// What is asked of each response.
pub(crate) const OF_RESPONSE: [Question; 5] = [
    question("verdict", "verdict", Takes::One, "Verdict on", ""),
    question("errors", "errors", Takes::Many, "What is wrong with", ""),
    question(
        "harm",
        "harm",
        Takes::One,
        "Harm that may follow from",
        HARM,
    ),
    question("rank", "model_rank_dense", Takes::Rank, "Rank of", ""),
    question(
        "comment",
        "comment",
        Takes::Text,
        "Remark on",
        "Remark on this answer",
    ),
];

/// What is asked of the case.
pub(crate) const OF_CASE: [Question; 5] = [
    question(
        "applicable",
        "is_applicable",
        Takes::One,
        "The instruction applies to this record",
        "Whether the instruction applies to this record",
    ),
    question(
        "sufficient",
        "is_sufficient",
        Takes::One,
        "The record says enough to follow it",
        "Whether the record says enough to follow it",
    ),
    question(
        "gold",
        "clinician_response",
        Takes::Text,
        "Your own response",
        "Your response to the instruction",
    ),
    question("reason", "reason", Takes::Text, WHY, WHY),
    question("comment", "comment", Takes::Text, REMARK, REMARK),
];

/// A choice: its value, how it reads, and what it means.
pub(crate) type Choice = (&'static str, &'static str, &'static str);

impl Question {
    /// The choices of a question that has some.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let with = |(value, reads)| (value, reads, self.hint);
        match self.name {
            "verdict" => vec![
                (
                    "correct",
                    "correct",
                    "Clinically appropriate, and it answers the instruction",
                ),
                (
                    "incorrect",
                    "incorrect",
                    "Not appropriate, not an answer, or with an error that matters",
                ),
                ("unsure", "unsure", "I cannot say"),
            ],
            "errors" => ErrorKind::ALL
                .map(|e| (e.name(), e.label(), e.label()))
                .to_vec(),
            "harm" => Harm::ALL.map(|h| with((h.name(), h.name()))).to_vec(),
            _ => [("yes", "yes"), ("no", "no")].map(with).to_vec(),
        }
    }
}

/// A filled form: the answers by the name of the question. One text or choice is one string, several choices are several.
pub(crate) type Form = BTreeMap<String, Vec<String>>;

/// A form as it is filled, one answer after another.
#[derive(Debug, Default)]
pub(super) struct Filling {
    form: Form,
    /// Questions with two answers that differ.
    disputed: BTreeSet<String>,
}

impl Filling {
    /// Adds the answers to a question.
    pub(super) fn put(&mut self, name: &str, answers: &[String]) {
        let first = self.form.entry(name.to_owned());
        let first = first.or_insert_with(|| answers.to_vec());
        if first != answers {
            self.disputed.insert(name.to_owned());
        }
    }

    /// The form without questions that have two answers, and what was left out. Which of two was meant nobody knows, so that neither
    /// is one that a person gave; and ranks say something only all together.
    pub(super) fn finish(mut self) -> (Form, Vec<String>) {
        let is_rank = |name: &str| name.starts_with("rank_");
        if self.disputed.iter().any(|name| is_rank(name)) {
            self.form.retain(|name, _| !is_rank(name));
        }
        let mut wrong = Vec::new();
        for name in self.disputed {
            self.form.remove(&name);
            let all = if is_rank(&name) { "no rank" } else { "neither" };
            let name = safe(&name);
            wrong.push(format!(
                "two answers to `{name}` that differ; {all} is used"
            ));
        }
        (self.form, wrong)
    }
}

/// The responses of a case under their letters: the same on every machine, and another order for each instruction.
pub(crate) fn slots(case: &Case) -> Vec<(String, &Response)> {
    let models: Vec<&str> = case.responses.iter().map(|r| r.model.as_str()).collect();
    let order = blind::order(0, "", &case.instruction_id, &models);
    (0..)
        .map(letter)
        .zip(order.into_iter().map(|i| &case.responses[i]))
        .collect()
}

/// Whether a question is about free text.
pub(crate) fn is_text(name: &str) -> bool {
    let name = name.split('_').next().unwrap_or_default();
    let mut asked = OF_RESPONSE.iter().chain(&OF_CASE);
    asked.any(|q| q.name == name && q.takes == Takes::Text)
}

/// What a reviewer said, as a form. Without `text`, the questions about free text are not answered.
pub(crate) fn filled(case: &Case, review: &CaseReview, text: bool) -> Form {
    let mut form = Form::new();
    let mut put = |question: &Question, name: String, of: Of<'_>| {
        let subject = Subject {
            review: Some(review),
            ..Subject::of(case, of)
        };
        let wanted = text || question.takes != Takes::Text;
        let field = field(question.field).filter(|_| wanted);
        let mut answers = field.map_or_else(Vec::new, |f| f.cell(&subject).into_answers());
        answers.retain(|answer| question.name != "reason" || !answer.is_empty());
        if !answers.is_empty() {
            form.insert(name, answers);
        }
    };
    let ranks: BTreeMap<&str, _> = (case.responses.iter().map(|r| r.model.as_str()))
        .zip(ranks(case, review))
        .collect();
    for (letter, response) in slots(case) {
        let ranks = ranks.get(response.model.as_str()).copied().flatten();
        for question in &OF_RESPONSE {
            let name = format!("{}_{letter}", question.name);
            put(question, name, Of::Response(response, ranks));
        }
    }
    for question in &OF_CASE {
        let of = match question.name {
            "comment" => Of::Case,
            _ => Of::Gold(None, None),
        };
        put(question, question.name.to_owned(), of);
    }
    form
}

/// The acts that a form stands for, and what of it is not understood, without any text of it.
///
/// `models` says which letter is which model; `now` is what the reviewer has said so far: what a form does not answer stays.
pub(crate) fn acts(
    form: &Form,
    models: &BTreeMap<String, String>,
    now: &CaseReview,
) -> (Vec<Act>, Vec<String>) {
    let mut reader = Reader {
        form,
        acts: Vec::new(),
        wrong: Vec::new(),
    };
    let mut levels: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (letter, model) in models {
        reader.response(letter, model, now);
        let rank = reader.one(&format!("rank_{letter}"), |rank| {
            rank.parse().ok().filter(|n| (1..=MOST).contains(n))
        });
        if let Some(rank) = rank {
            levels.entry(rank).or_default().push(model.clone());
        }
    }
    // A ranking holds of all answers at once: one that lacks an answer ranked already would take that rank away.
    let is_answered = |model: &&String| levels.values().any(|level| level.contains(model));
    let lost = models
        .values()
        .filter(|model| now.rank.level(model).is_some())
        .filter(|model| !is_answered(model));
    if !levels.is_empty() && lost.count() > 0 {
        let what =
            "the ranks, which lack a response that is ranked already; the ranking stays as it is";
        reader.wrong.push(what.to_owned());
    } else if !levels.is_empty() {
        let order = levels.into_values().map(|mut level| {
            level.sort();
            level
        });
        reader.acts.push(Act::Rank {
            order: order.collect(),
        });
    }
    reader.case(now);
    for name in form.keys() {
        let of_response = |name: &str| OF_RESPONSE.iter().any(|q| q.name == name);
        let known = OF_CASE.iter().any(|q| q.name == name)
            || name.split_once('_').is_some_and(|(question, letter)| {
                of_response(question) && models.contains_key(letter)
            });
        if !known {
            let what = match name.split_once('_') {
                Some((question, letter)) if of_response(question) => {
                    format!(
                        "the case has no response for the letter of `{question}_{}`",
                        safe(letter)
                    )
                }
                _ => format!("the question `{}` is not known", safe(name)),
            };
            reader.wrong.push(what);
        }
    }
    (reader.acts, reader.wrong)
}

/// A name for a message: names of questions only, nothing long.
fn safe(name: &str) -> String {
    let short: String = name.chars().take(40).collect();
    crate::text::safe(&short).into_owned()
}

/// Whether what an act says holds already.
pub(crate) fn holds(act: &Act, now: &CaseReview) -> bool {
    match act {
        Act::Judge { model, verdict, .. } => now.verdict(model) == *verdict,
        Act::Tag {
            model,
            errors,
            harm,
        } => {
            let sorted = |errors: &[ErrorKind]| {
                let mut errors = errors.to_vec();
                errors.sort();
                errors
            };
            sorted(errors) == sorted(now.errors(model)) && *harm == now.harm(model)
        }
        Act::Rank { order } => {
            let levels = |order: &WeakOrder| {
                let mut levels = order.closed().levels().to_vec();
                for level in &mut levels {
                    level.sort();
                }
                levels
            };
            levels(&WeakOrder::from_levels(order)) == levels(&now.rank)
        }
        Act::Comment { model, text } => now.comment(model.as_deref()).unwrap_or_default() == text,
        Act::Gold {
            text,
            applicable,
            sufficient,
            reason,
        } => now.gold.as_ref().is_some_and(|gold| {
            gold.text == *text
                && gold.applicable == *applicable
                && gold.sufficient == *sufficient
                && gold.reason == *reason
        }),
        Act::Submit { .. } => now.submitted.is_some() && !now.changed_since,
        _ => false,
    }
}

/// Whether something is said already of what an act is about.
pub(crate) fn is_said(act: &Act, now: &CaseReview) -> bool {
    match act {
        Act::Judge { model, .. } => now.verdict(model).is_some(),
        Act::Tag { model, .. } => !now.errors(model).is_empty() || now.harm(model).is_some(),
        Act::Rank { .. } => !now.rank.is_empty(),
        Act::Comment { model, .. } => now.comment(model.as_deref()).is_some(),
        Act::Gold { .. } => now.gold.is_some(),
        _ => false,
    }
}

struct Reader<'a> {
    form: &'a Form,
    acts: Vec<Act>,
    wrong: Vec<String>,
}

impl Reader<'_> {
    /// The answer to a question with one answer.
    fn one<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let answers = self.form.get(name)?;
        let found = match answers.as_slice() {
            [answer] => read(answer),
            _ => None,
        };
        if found.is_none() {
            self.wrong
                .push(format!("the answer to `{name}` is not one of its choices"));
        }
        found
    }

    /// A text; several parts are lines of it.
    fn text(&self, name: &str) -> Option<String> {
        self.form.get(name).map(|parts| parts.join("\n"))
    }

    fn response(&mut self, letter: &str, model: &str, now: &CaseReview) {
        let all = [Verdict::Correct, Verdict::Incorrect, Verdict::Unsure];
        let verdict = self.one(&format!("verdict_{letter}"), |name| {
            all.into_iter().find(|v| v.name() == name)
        });
        if verdict.is_some() {
            self.acts.push(Act::Judge {
                model: model.to_owned(),
                verdict,
                shown_position: None,
                view: None,
            });
        }
        let harm = self.one(&format!("harm_{letter}"), |name| {
            Harm::ALL.into_iter().find(|h| h.name() == name)
        });
        let name = format!("errors_{letter}");
        let mut errors = Vec::new();
        for answer in self.form.get(&name).into_iter().flatten() {
            match ErrorKind::ALL.into_iter().find(|e| e.name() == answer) {
                Some(error) if !errors.contains(&error) => errors.push(error),
                Some(_) => {}
                None => self
                    .wrong
                    .push(format!("an answer to `{name}` is not one of its choices")),
            }
        }
        if harm.is_some() || !errors.is_empty() {
            let kept = if self.form.contains_key(&name) {
                errors
            } else {
                now.errors(model).to_vec()
            };
            self.acts.push(Act::Tag {
                model: model.to_owned(),
                errors: kept,
                harm: harm.or_else(|| now.harm(model)),
            });
        }
        if let Some(text) = self.text(&format!("comment_{letter}")) {
            self.acts.push(Act::Comment {
                model: Some(model.to_owned()),
                text,
            });
        }
    }

    fn case(&mut self, now: &CaseReview) {
        if let Some(text) = self.text("comment") {
            self.acts.push(Act::Comment { model: None, text });
        }
        let yes_no = |name: &str| match name {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let (text, reason) = (self.text("gold"), self.text("reason"));
        let applicable = self.one("applicable", yes_no);
        let sufficient = self.one("sufficient", yes_no);
        if text.is_some() || reason.is_some() || applicable.is_some() || sufficient.is_some() {
            let gold = now.gold.as_ref();
            self.acts.push(Act::Gold {
                text: text
                    .or_else(|| gold.map(|g| g.text.clone()))
                    .unwrap_or_default(),
                applicable: applicable.or_else(|| gold.and_then(|g| g.applicable)),
                sufficient: sufficient.or_else(|| gold.and_then(|g| g.sufficient)),
                reason: reason
                    .or_else(|| gold.map(|g| g.reason.clone()))
                    .unwrap_or_default(),
            });
        }
    }
}
