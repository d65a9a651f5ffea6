//! What is written of, and what a field says of it.
//!
//! In: a case, a response, a gold response, a label or a pin, and the reading in which it is spoken of. Out: a cell, as a table, a
//! JSON object and a form each write it. Never: a cell that depends on who asks for it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::picked::{Picked, Reviewed};
use crate::dataset::{Case, Gold, Relevance, Response};
use crate::review::case::{self, CaseReview, GoldReview, Judgement, Pinned};

/// What is written of.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    /// A case as a whole.
    Case,
    /// A response, with its rank.
    Response(&'a Response, Ranks),
    /// A gold response with its annotator: the dataset's, or else the reviewer's.
    Gold(Option<&'a str>, Option<&'a Gold>),
    /// A reviewer's label of a candidate record.
    Label(&'a str, &'a case::Relevance),
    /// A label of the dataset.
    GivenLabel(&'a Relevance),
    /// A pinned passage.
    Pin(&'a Pinned),
}

/// What is written of, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) of: Of<'a>,
    /// `None` for a label of the dataset, which may be of no case.
    pub(super) case: Option<&'a Case>,
    pub(super) review: Option<&'a CaseReview>,
    /// Whose reading the review is.
    pub(super) by: Option<&'a Reviewed<'a>>,
    /// What the dataset's table says where no reviewer says anything.
    pub(super) given: Option<&'a [(String, String)]>,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Number(u64),
    Flag(bool),
    /// Several texts; a table has one text with this between them.
    Texts(Vec<&'a str>, &'static str),
}

use Cell::{Flag, Nothing, Number};

pub(super) fn text(value: &str) -> Cell<'_> {
    Cell::Text(value.into())
}

pub(super) fn owned<'a>(value: String) -> Cell<'a> {
    Cell::Text(value.into())
}

pub(super) fn time<'a>(at: Timestamp) -> Cell<'a> {
    owned(format!("{at:.3}"))
}

pub(super) fn yes_no<'a>(value: bool) -> Cell<'a> {
    text(if value { "yes" } else { "no" })
}

pub(super) fn told<'a, T>(value: Option<T>, of: impl FnOnce(T) -> Cell<'a>) -> Cell<'a> {
    value.map_or(Nothing, of)
}

impl Cell<'_> {
    /// As a cell of a table.
    pub(super) fn into_text(self) -> String {
        match self {
            Nothing => String::new(),
            Cell::Text(text) => text.into_owned(),
            Number(n) => n.to_string(),
            Flag(yes) => yes.to_string(),
            Cell::Texts(texts, between) => texts.join(between),
        }
    }

    /// As a value of an object.
    pub(super) fn into_json(self) -> Value {
        match self {
            Nothing => Value::Null,
            Cell::Text(text) => text.into(),
            Number(n) => n.into(),
            Flag(yes) => yes.into(),
            Cell::Texts(texts, _) => texts.into(),
        }
    }

    /// As the answers to a question of a form.
    pub(super) fn into_answers(self) -> Vec<String> {
        match self {
            Nothing => Vec::new(),
            Cell::Texts(texts, _) => texts.into_iter().map(str::to_owned).collect(),
            one => vec![one.into_text()],
        }
    }
}

impl<'a> Subject<'a> {
    /// A case, of which nobody says anything yet.
    pub(super) fn of(case: &'a Case, of: Of<'a>) -> Self {
        Subject {
            of,
            case: Some(case),
            review: None,
            by: None,
            given: None,
        }
    }

    /// A label of the dataset.
    pub(super) fn given_label(label: &'a Relevance) -> Self {
        Subject {
            of: Of::GivenLabel(label),
            case: None,
            review: None,
            by: None,
            given: None,
        }
    }

    /// The same as a reading speaks of it.
    pub(super) fn said(self, by: &'a Reviewed<'a>) -> Self {
        Subject {
            review: Some(by.review),
            by: Some(by),
            ..self
        }
    }

    pub(super) fn of_case(&self, what: impl FnOnce(&'a Case) -> &'a String) -> Cell<'a> {
        told(self.case, |c| text(what(c)))
    }

    pub(super) fn of_response(&self, what: impl FnOnce(&'a Response) -> Cell<'a>) -> Cell<'a> {
        match self.of {
            Of::Response(response, _) => what(response),
            _ => Nothing,
        }
    }

    pub(super) fn of_pin(&self, what: impl FnOnce(&'a Pinned) -> Cell<'a>) -> Cell<'a> {
        match self.of {
            Of::Pin(pinned) => what(pinned),
            _ => Nothing,
        }
    }

    /// A column of the response's row that is passed on, whoever speaks of it.
    pub(super) fn passed_on(&self, name: &str) -> Cell<'a> {
        self.of_response(|response| text(column(self.given.unwrap_or(&response.columns), name)))
    }

    pub(super) fn is_given(&self, name: &str) -> bool {
        self.given
            .is_some_and(|given| !column(given, name).is_empty())
    }

    pub(super) fn own_or(
        &self,
        own: impl FnOnce(&'a CaseReview) -> Option<&'a String>,
        given: impl FnOnce(&'a Case) -> &'a String,
    ) -> Cell<'a> {
        match self.review.and_then(own) {
            Some(own) => text(own),
            None => self.of_case(given),
        }
    }

    pub(super) fn model(&self) -> Option<&'a str> {
        match self.of {
            Of::Response(response, _) => Some(&response.model),
            _ => None,
        }
    }

    pub(super) fn judgement(&self) -> Option<&'a Judgement> {
        self.review?
            .responses
            .get(self.model()?)?
            .judgement
            .as_ref()
    }

    pub(super) fn ranks(&self) -> Ranks {
        match self.of {
            Of::Response(_, ranks) => ranks,
            _ => None,
        }
    }

    pub(super) fn own_gold(&self) -> Option<&'a GoldReview> {
        match self.of {
            Of::Gold(_, None) => self.review?.gold.as_ref(),
            _ => None,
        }
    }
}

/// A response's rank among those of its case, by competition (1 2 2 4) and dense (1 2 2 3).
pub(super) type Ranks = Option<(u32, u32)>;

/// The ranks of a case's responses in the table's order.
pub(super) fn ranks(case: &Case, review: &CaseReview) -> Vec<Ranks> {
    let has = |model: &str| case.responses.iter().any(|r| r.model == model);
    let order = review.rank.only(has);
    let dense: BTreeMap<&str, u32> = order.ranks_dense().into_iter().collect();
    let competition: BTreeMap<&str, u32> = order.ranks_competition().into_iter().collect();
    let of = |r: &Response| {
        let model = r.model.as_str();
        Some((*competition.get(model)?, *dense.get(model)?))
    };
    case.responses.iter().map(of).collect()
}

/// Whose gold response it is.
pub(super) enum Author<'a> {
    Dataset(&'a Gold),
    Reviewer(&'a Reviewed<'a>),
}

/// A case's gold responses with their `annotator_num`, those of the dataset first.
///
/// A number that the dataset gives is kept; the others get the free ones in order, so that each case with a gold response
/// has an `Annotator_1`, which readers of the release ask for.
pub(super) fn numbered<'a>(picked: &'a Picked<'a>) -> Vec<(String, Author<'a>)> {
    let mut golds: Vec<(String, Author<'_>)> = Vec::new();
    for gold in &picked.case.golds {
        golds.push((gold.annotator.clone(), Author::Dataset(gold)));
    }
    for said in picked.all().filter(|said| said.review.gold.is_some()) {
        golds.push((String::new(), Author::Reviewer(said)));
    }
    let taken: Vec<String> = golds.iter().map(|(name, _)| name.clone()).collect();
    let numbers = (1..).map(|n: u32| format!("Annotator_{n}"));
    let mut free = numbers.filter(|name| !taken.contains(name));
    for (name, _) in &mut golds {
        if name.is_empty()
            && let Some(next) = free.next()
        {
            *name = next;
        }
    }
    golds
}

/// A column of a row that the dataset passes through, or nothing.
pub(super) fn column<'a>(columns: &'a [(String, String)], name: &str) -> &'a str {
    let mut named = columns.iter();
    named
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map_or("", |(_, value)| value)
}

/// Whether a case counts as done: `yes`, `changed` since, `no`.
pub(super) fn submitted(review: &CaseReview) -> &'static str {
    match &review.submitted {
        Some(s) if review.changed_since || s.outdated => "changed",
        Some(_) => "yes",
        None => "no",
    }
}
