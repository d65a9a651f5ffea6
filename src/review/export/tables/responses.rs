//! The table of responses: a row for each response and reviewer.
//!
//! In: the cases to export. Out: the rows, counted. Never: what the dataset's own table says of a response in the row of a reviewer.

use std::collections::BTreeMap;
use std::io;

use super::super::Options;
use super::super::account::{Account, Item, Why, marks};
use super::super::picked::{Picked, Reviewed, Selection, Which};
use super::{Column, Sheet, column, told, yes_no};
use crate::dataset::table::Writer;
use crate::dataset::{Case, Response};
use crate::review::case::CaseReview;
use crate::review::entry::{ErrorKind, Harm, Verdict, View};

const RESPONSE_COLUMNS: [Column; 35] = [
    ("instruction_id", false),
    ("question", true),
    ("person_id", false),
    ("filename", false),
    ("model_name", false),
    ("model_response", true),
    ("model_rank", false),
    ("binary_correct", false),
    ("is_used_eval", false),
    ("clinician_response", true),
    ("evidence", true),
    ("submitter_specialty", false),
    ("reviewer", false),
    ("shown_position", false),
    ("view", false),
    ("verdict", false),
    ("errors", false),
    ("harm", false),
    ("comment", true),
    ("case_comment", true),
    ("model_rank_dense", false),
    ("category", false),
    ("subcategory", false),
    ("judged_at", false),
    ("submitted", false),
    ("pass", false),
    ("decided_by", false),
    ("submitted_at", false),
    ("seconds", false),
    ("blind", false),
    ("saw_gold", false),
    ("saw_others", false),
    ("in_plan", false),
    ("context_length", false),
    ("evidence_in_context", false),
];

/// `binary_correct` is 1, 0, or empty when unsure or not judged; `model_rank` numbers ties as competitions do (1 2 2 4)
/// among the responses that the dataset has. A case that nobody reviewed keeps what the dataset's own table says.
pub(in crate::review::export) fn responses(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let out = Writer::tabs(Vec::new());
    let mut sheet = Sheet::new(RESPONSE_COLUMNS, out, options.text)?;
    for picked in &selection.cases {
        let case = picked.case;
        account.wrote(Item::Response, case.responses.len());
        if picked.reviews.is_empty() && options.which == Which::Reviewed {
            // Only a gold response or labels of it are written, and no mark: the dataset's own are not what was asked for.
            for response in &case.responses {
                account.rows += 1;
                sheet.row(unmarked_row(case, response))?;
            }
        } else if picked.reviews.is_empty() {
            for response in &case.responses {
                for (_, given) in response.rows() {
                    account.rows += 1;
                    sheet.row(given_row(case, response, given))?;
                }
            }
        }
        for said @ Reviewed { review, .. } in &picked.reviews {
            count_response_marks(picked, review, options, account);
            for (response, ranks) in case.responses.iter().zip(ranks(case, review)) {
                account.rows += 1;
                sheet.row(response_row(case, response, (said, ranks)))?;
            }
        }
    }
    sheet.out.finish()
}

/// Counts what the rows of a case and reviewer hold.
pub(in crate::review::export) fn count_response_marks(
    picked: &Picked<'_>,
    review: &CaseReview,
    options: Options,
    account: &mut Account,
) {
    let rows = !picked.case.responses.is_empty();
    marks(review, |item, model, n| {
        let here = model.map_or(rows, |model| picked.has(model));
        match item {
            Item::Gold | Item::Pin | Item::Label => {}
            // What the case lacks the model for is counted already.
            _ if model.is_some() && !here => {}
            Item::Comment if !options.text => account.left(item, Why::NoText, n),
            _ if !here => account.left(item, Why::NoPlace, n),
            _ => account.wrote(item, n),
        }
    });
    let verdicts = picked.case.responses.iter();
    let unsure = verdicts.filter(|r| review.verdict(&r.model) == Some(Verdict::Unsure));
    account.unsure += unsure.count();
}

/// A response's rank among those of its case, by competition (1 2 2 4) and dense (1 2 2 3).
pub(in crate::review::export) type Ranks = Option<(u32, u32)>;

/// The ranks of a case's responses in the table's order.
pub(in crate::review::export) fn ranks(case: &Case, review: &CaseReview) -> Vec<Ranks> {
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

/// A row of what a reviewer said.
fn response_row(
    case: &Case,
    response: &Response,
    (said, ranks): (&Reviewed<'_>, Ranks),
) -> [String; RESPONSE_COLUMNS.len()] {
    let model = response.model.as_str();
    let review = said.review;
    let judgement = review.judgement(model);
    let own = review.gold.as_ref();
    let gold = case.golds.first();
    let category = review.category.as_ref();
    let given = |name: &str| column(&response.columns, name).to_owned();
    let correct = judgement.and_then(|j| binary(j.verdict));
    [
        case.instruction_id.clone(),
        case.question.clone(),
        case.person_id.clone(),
        case.filename.clone(),
        model.to_owned(),
        response.text.clone(),
        told(ranks.map(|r| r.0)),
        told(correct.map(u8::from)),
        given("is_used_eval"),
        gold.map(|g| g.text.clone())
            .or_else(|| own.map(|g| g.text.clone()))
            .unwrap_or_default(),
        gold.map(|g| g.evidence.join("|||")).unwrap_or_default(),
        case.specialty.clone(),
        said.reviewer.to_owned(),
        told(judgement.and_then(|j| j.shown_position)),
        told(judgement.and_then(|j| j.view).map(View::name)),
        told(judgement.map(|j| j.verdict.name())),
        names(review.errors(model)),
        told(review.harm(model).map(Harm::name)),
        told(review.comment(Some(model))),
        told(review.comment(None)),
        told(ranks.map(|r| r.1)),
        category.map_or(&case.category, |c| &c.0).clone(),
        category.map_or(&case.subcategory, |c| &c.1).clone(),
        judgement
            .map(|j| format!("{:.3}", j.at))
            .unwrap_or_default(),
        submitted(review).to_owned(),
        said.pass.code(),
        told(decided_by(review)),
        told(submitted_at(review)),
        told(seconds(review)),
        yes_no(Some(said.standing.blind)),
        yes_no(Some(review.seen().gold)),
        yes_no(Some(review.seen().others)),
        yes_no(said.standing.planned),
        given("context_length"),
        given("evidence_in_context"),
    ]
}

/// A row of which nothing is said.
fn unmarked_row(case: &Case, response: &Response) -> [String; RESPONSE_COLUMNS.len()] {
    let known = ["is_used_eval", "context_length", "evidence_in_context"];
    let given = known.map(|name| (name.to_owned(), column(&response.columns, name).to_owned()));
    given_row(case, response, &given)
}

/// A row of the dataset's own table, as it is: nobody reviewed its case here.
fn given_row(
    case: &Case,
    response: &Response,
    given: &[(String, String)],
) -> [String; RESPONSE_COLUMNS.len()] {
    let gold = case.golds.first();
    RESPONSE_COLUMNS.map(|(name, _)| match name {
        "instruction_id" => case.instruction_id.clone(),
        "question" => case.question.clone(),
        "person_id" => case.person_id.clone(),
        "filename" => case.filename.clone(),
        "model_name" => response.model.clone(),
        "model_response" => response.text.clone(),
        "clinician_response" => gold.map(|g| g.text.clone()).unwrap_or_default(),
        "evidence" => gold.map(|g| g.evidence.join("|||")).unwrap_or_default(),
        "submitter_specialty" => case.specialty.clone(),
        "category" => case.category.clone(),
        "subcategory" => case.subcategory.clone(),
        name => column(given, name).to_owned(),
    })
}

/// Whether a case counts as done: `yes`, `changed` since, `no`.
pub(in crate::review::export) fn submitted(review: &CaseReview) -> &'static str {
    match &review.submitted {
        Some(s) if review.changed_since || s.outdated => "changed",
        Some(_) => "yes",
        None => "no",
    }
}

/// What decided, of an adjudication that is submitted.
pub(in crate::review::export) fn decided_by(review: &CaseReview) -> Option<&'static str> {
    Some(review.submitted.as_ref()?.reason?.name())
}

/// When the case was submitted.
pub(in crate::review::export) fn submitted_at(review: &CaseReview) -> Option<String> {
    Some(format!("{:.3}", review.submitted.as_ref()?.at))
}

/// Time spent, in seconds, of a case that is submitted.
pub(in crate::review::export) fn seconds(review: &CaseReview) -> Option<u64> {
    Some(review.submitted.as_ref()?.seconds)
}

/// Correct, incorrect, or neither.
pub(in crate::review::export) fn binary(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Correct => Some(true),
        Verdict::Incorrect => Some(false),
        Verdict::Unsure => None,
    }
}

fn names(errors: &[ErrorKind]) -> String {
    let names: Vec<&str> = errors.iter().map(|e| e.name()).collect();
    names.join(";")
}
