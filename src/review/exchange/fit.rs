//! Whether a filled form is about the texts that the dataset has.
//!
//! In: what somebody said in a form, and the case that it names. Out: the form without what is about other texts, its letters, and
//! what was left out and why. Never: a mark that counts for a text which the form did not show, or for a model that its letter did
//! not stand for.

use std::collections::BTreeMap;

use serde_json::Value;

use super::form;
use super::said::Said;
use crate::dataset::Case;
use crate::review::shown::{Shown, TextHash};

/// The texts that a form showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Texts {
    /// The question's hash, where the form has a question.
    pub question: Option<TextHash>,
    /// Those of the answers, by letter.
    pub answers: BTreeMap<String, TextHash>,
}

impl Texts {
    /// The texts among a form's fields, `question` and `answer_A` …; none of them where it was exported without texts.
    pub(crate) fn of(fields: Option<&Value>) -> Texts {
        let fields = fields.and_then(Value::as_object);
        let mut texts = Texts::default();
        let mut any = false;
        for (name, value) in fields.into_iter().flatten() {
            let Some(text) = value.as_str() else { continue };
            let hash = TextHash::of(text);
            if name == "question" {
                texts.question = Some(hash);
            } else if let Some(letter) = name.strip_prefix("answer_") {
                texts.answers.insert(letter.to_owned(), hash);
            } else {
                continue;
            }
            any |= !text.trim().is_empty();
        }
        if any { texts } else { Texts::default() }
    }
}

/// Makes a form one about a case as it is. Returns what is left out, each with its reason; then the form submits nothing.
pub(crate) fn fit(said: &mut Said, case: &Case) -> Vec<String> {
    let now = Shown::of(case);
    let mut wrong = Vec::new();
    if said
        .texts
        .question
        .is_some_and(|shown| shown != now.question)
    {
        wrong.push("it shows another question than the dataset has".to_owned());
    } else if said.models.is_empty() {
        match letters(said, case, &now) {
            Ok(models) => said.models = models,
            Err(why) => wrong.push(why.to_owned()),
        }
    }
    if !wrong.is_empty() {
        said.form.clear();
        said.refused = true;
        return wrong;
    }
    said.models
        .retain(|_, model| now.answers.contains_key(model));
    let mut answers = BTreeMap::new();
    for (letter, model) in &said.models {
        let Some(shown) = said.texts.answers.get(letter) else {
            continue;
        };
        if *shown == now.answers[model] {
            answers.insert(model.clone(), *shown);
            continue;
        }
        said.form
            .retain(|name, _| name.split_once('_').is_none_or(|(_, of)| of != letter));
        wrong.push(format!(
            "it shows another answer {} than the dataset has, and what it says of that answer is not used",
            crate::text::safe(letter)
        ));
    }
    said.refused |= !wrong.is_empty();
    said.shown = said
        .texts
        .question
        .map(|question| Shown { question, answers });
    wrong
}

/// The letters of a form that does not say what they stand for: those of the blind order, if the texts under them agree.
fn letters(
    said: &Said,
    case: &Case,
    now: &Shown,
) -> Result<BTreeMap<String, String>, &'static str> {
    let shown = &said.texts.answers;
    let slots = form::slots(case);
    if slots.iter().any(|(letter, _)| !shown.contains_key(letter)) {
        return Err(
            "it does not say which model is under which letter, and has no texts to tell it by",
        );
    }
    let agree = slots
        .iter()
        .all(|(letter, r)| shown.get(letter) == now.answers.get(&r.model));
    // Letters that the case does not need have an empty text.
    let rest = |letter: &String| slots.iter().all(|(known, _)| known != letter);
    let nothing = TextHash::of("");
    if !agree
        || shown
            .iter()
            .any(|(letter, text)| rest(letter) && *text != nothing)
    {
        return Err(
            "it does not say which model is under which letter, and its answers are not the dataset's in the blind order",
        );
    }
    let models = slots
        .into_iter()
        .map(|(letter, r)| (letter, r.model.clone()));
    Ok(models.collect())
}
