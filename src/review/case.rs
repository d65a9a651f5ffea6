//! What one reviewer says of one case: verdicts, ranks, remarks, pins, a gold response, whether it is done.
//!
//! In: the acts on the case that hold, in file order, and the texts that the dataset has now. Out: their sum. A later act of a kind
//! replaces an earlier one. What was said of an earlier text of the question or an answer stands apart and counts nowhere.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::entry::{
    Act, Entry, ErrorKind, Harm, Mark, Pin, Reason, Relevant, Support, Verdict, View,
};
use super::rank::WeakOrder;
use super::seen::Seen;

/// What one reviewer says of one case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseReview {
    /// What is said of each response, by model.
    pub responses: BTreeMap<String, ResponseReview>,
    /// The order of the responses.
    pub rank: WeakOrder,
    /// When the order was last changed.
    pub ranked_at: Option<Timestamp>,
    /// The remark on the case.
    pub comment: Option<String>,
    /// Marked to come back to.
    pub flagged: bool,
    /// Category and subcategory that the reviewer put the instruction into.
    pub category: Option<(String, String)>,
    /// Pinned passages, the oldest first.
    pub pins: Vec<Pinned>,
    /// The text of the gold editor, where it was saved later than the gold response.
    pub gold_draft: Option<String>,
    /// The reviewer's gold response.
    pub gold: Option<GoldReview>,
    /// When the dataset's own gold responses were first shown; a gold response saved before is independent of them.
    pub gold_seen: Option<Timestamp>,
    /// Whether the plan did not give the reviewer this reading.
    pub outside_plan: bool,
    /// Labels of candidate records, by patient id.
    pub relevance: BTreeMap<String, Relevance>,
    /// Set while the case counts as done.
    pub submitted: Option<Submission>,
    /// Whether the review was changed after it was submitted and not submitted again.
    pub changed_since: bool,
    /// What had been seen of the case before the marks that hold came to be these.
    pub seen: Seen,
    /// What was said of an earlier text and not said anew; `None` where there is nothing of that kind.
    pub earlier: Option<Box<CaseReview>>,
}

/// What one reviewer says of one response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseReview {
    /// The verdict.
    pub judgement: Option<Judgement>,
    /// What is wrong with it.
    pub errors: Vec<ErrorKind>,
    /// The harm that may follow.
    pub harm: Option<Harm>,
    /// The remark.
    pub comment: Option<String>,
}

/// A verdict and how it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// When it was given.
    pub at: Timestamp,
    /// Where the response stood on the screen, from 0.
    pub shown_position: Option<u32>,
    /// What the reviewer had in view.
    pub view: Option<View>,
}

/// A pinned passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// Id of the entry, by which it is taken away.
    pub id: String,
    /// When it was pinned.
    pub at: Timestamp,
    /// What it supports.
    pub target: Support,
    /// The model, for a judgement.
    pub model: Option<String>,
    /// The passage.
    pub pin: Pin,
}

/// A reviewer's gold response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldReview {
    /// The response.
    pub text: String,
    /// Whether the instruction applies to this record.
    pub applicable: Option<bool>,
    /// Whether the record says enough.
    pub sufficient: Option<bool>,
    /// Why not.
    pub reason: String,
    /// When it was saved.
    pub at: Timestamp,
    /// What the reviewer had seen of the case by then.
    pub after: Seen,
}

/// A label of a candidate record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relevance {
    /// The label.
    pub label: Relevant,
    /// Why.
    pub comment: String,
    /// When.
    pub at: Timestamp,
}

/// A case that counts as done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// When.
    pub at: Timestamp,
    /// Warnings that were overruled.
    pub overruled: Vec<String>,
    /// Time spent, in seconds.
    pub seconds: u64,
    /// In an adjudication, what decided.
    pub reason: Option<Reason>,
    /// Whether an answer had another text then, so that the case has to be looked at again.
    pub outdated: bool,
}

impl CaseReview {
    /// Whether there is a verdict or an order.
    pub fn is_marked(&self) -> bool {
        let mut responses = self.responses.values();
        responses.any(|r| r.judgement.is_some()) || !self.rank.is_empty()
    }

    /// Whether the reviewer has said something of the answers, or submitted the case.
    pub fn is_begun(&self) -> bool {
        let said = |r: &ResponseReview| {
            r.judgement.is_some() || !r.errors.is_empty() || r.comment.is_some()
        };
        !self.rank.is_empty()
            || self.comment.is_some()
            || self.submitted.is_some()
            || self.responses.values().any(said)
    }

    /// The judgement of a model's response.
    pub fn judgement(&self, model: &str) -> Option<&Judgement> {
        self.responses.get(model)?.judgement.as_ref()
    }

    /// The verdict on a model's response.
    pub fn verdict(&self, model: &str) -> Option<Verdict> {
        self.judgement(model).map(|j| j.verdict)
    }

    /// What is wrong with a model's response.
    pub fn errors(&self, model: &str) -> &[ErrorKind] {
        self.responses.get(model).map_or(&[], |r| &r.errors)
    }

    /// The harm that may follow from a model's response.
    pub fn harm(&self, model: &str) -> Option<Harm> {
        self.responses.get(model)?.harm
    }

    /// The remark on a model's response, or with `None` on the case.
    pub fn comment(&self, model: Option<&str>) -> Option<&str> {
        match model {
            Some(model) => self.responses.get(model)?.comment.as_deref(),
            None => self.comment.as_deref(),
        }
    }

    /// Whether nothing that holds of verdicts, errors, harm and order was chosen with the models' names in view.
    pub fn is_blind(&self) -> bool {
        !self.seen.names
    }

    /// What was said of an earlier text of a model's answer, or of the question, and not said anew.
    pub fn earlier_of(&self, model: &str) -> Option<&ResponseReview> {
        let said = self.earlier.as_ref()?.responses.get(model)?;
        (*said != ResponseReview::default()).then_some(said)
    }

    /// The verdict on an earlier text of a model's answer, or of the question, where there is none on the present one.
    pub fn earlier_verdict(&self, model: &str) -> Option<Verdict> {
        let said = self.earlier_of(model)?.judgement?;
        self.judgement(model).is_none().then_some(said.verdict)
    }

    /// Whether the case was submitted as it is: with the present text of every answer.
    pub fn is_done(&self) -> bool {
        self.submitted.as_ref().is_some_and(|s| !s.outdated)
    }

    /// Whether nothing is said that counts.
    pub fn says_nothing(&self) -> bool {
        let nothing = CaseReview {
            seen: self.seen,
            earlier: self.earlier.clone(),
            ..CaseReview::default()
        };
        *self == nothing
    }

    /// Takes one act that holds; `after` is what had been seen of the case before it.
    pub(super) fn apply(&mut self, entry: &Entry, after: Seen) {
        match &entry.act {
            Act::Judge {
                model,
                verdict,
                shown_position,
                view,
            } => {
                self.response(model).judgement = verdict.map(|verdict| Judgement {
                    verdict,
                    at: entry.time,
                    shown_position: *shown_position,
                    view: *view,
                });
            }
            Act::Tag {
                model,
                errors,
                harm,
            } => {
                let response = self.response(model);
                response.errors.clone_from(errors);
                response.harm = *harm;
            }
            Act::Rank { order } => {
                self.rank = WeakOrder::from_levels(order);
                self.ranked_at = Some(entry.time);
            }
            Act::Adopt {
                marks, order, view, ..
            } => self.adopt(marks, order, *view, entry.time),
            Act::Comment { model, text } => {
                let text = (!text.is_empty()).then(|| text.clone());
                match model {
                    Some(model) => self.response(model).comment = text,
                    None => self.comment = text,
                }
            }
            Act::Evidence { target, model, pin } => self.pins.push(Pinned {
                id: entry.id.clone(),
                at: entry.time,
                target: *target,
                model: model.clone(),
                pin: pin.clone(),
            }),
            Act::Unpin { target } => self.pins.retain(|p| p.id != *target),
            Act::Gold {
                text,
                applicable,
                sufficient,
                reason,
            } => {
                self.gold_draft = None;
                self.gold = Some(GoldReview {
                    text: text.clone(),
                    applicable: *applicable,
                    sufficient: *sufficient,
                    reason: reason.clone(),
                    at: entry.time,
                    after,
                });
            }
            Act::Relevance {
                candidate,
                label: Some(label),
                comment,
            } => {
                let relevance = Relevance {
                    label: *label,
                    comment: comment.clone(),
                    at: entry.time,
                };
                self.relevance.insert(candidate.clone(), relevance);
            }
            Act::Relevance {
                candidate,
                label: None,
                ..
            } => {
                self.relevance.remove(candidate);
            }
            other => return self.apply_aside(other, entry.time),
        }
        self.changed_since = self.submitted.is_some();
    }

    /// Takes over what another reviewer marked.
    pub(super) fn adopt(
        &mut self,
        marks: &BTreeMap<String, Mark>,
        order: &[Vec<String>],
        view: Option<View>,
        at: Timestamp,
    ) {
        for response in self.responses.values_mut() {
            response.judgement = None;
            response.errors.clear();
            response.harm = None;
        }
        for (model, mark) in marks {
            let response = self.response(model);
            response.judgement = mark.verdict.map(|verdict| Judgement {
                verdict,
                at,
                shown_position: mark.shown_position,
                view,
            });
            response.errors.clone_from(&mark.errors);
            response.harm = mark.harm;
        }
        self.rank = WeakOrder::from_levels(order);
        self.ranked_at = (!order.is_empty()).then_some(at);
    }

    /// Takes an act that does not change what a submission is about.
    fn apply_aside(&mut self, act: &Act, at: Timestamp) {
        match act {
            Act::Flag { on } => self.flagged = *on,
            Act::Category {
                category,
                subcategory,
            } => {
                let named = !category.is_empty();
                self.category = named.then(|| (category.clone(), subcategory.clone()));
            }
            Act::GoldDraft { text } => {
                self.gold_draft = (!text.is_empty()).then(|| text.clone());
            }
            Act::SeeGold {} => {
                self.gold_seen.get_or_insert(at);
            }
            Act::OutsidePlan {} => self.outside_plan = true,
            Act::Submit {
                overruled,
                seconds,
                reason,
            } => {
                self.submitted = Some(Submission {
                    at,
                    overruled: overruled.clone(),
                    seconds: *seconds,
                    reason: *reason,
                    outdated: false,
                });
                self.changed_since = false;
            }
            Act::Reopen {} => {
                self.submitted = None;
                self.changed_since = false;
            }
            _ => {}
        }
    }

    pub(super) fn response(&mut self, model: &str) -> &mut ResponseReview {
        self.responses.entry(model.to_owned()).or_default()
    }
}
