//! Reviews as tables in the layout in which the study's judgements were released.
//!
//! In: the cases to export. Out: the table of responses with a row for each response and reviewer, of gold responses, of
//! relevance labels, and of pinned passages, which the release has no table for. Never: a column that the release has under
//! another name or meaning; what this program adds stands in columns of its own.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io;

use super::account::{Item, Why};
use super::picked::{Reviewed, Selection, pick};
use super::{Account, File, Options, Picked, Source};
use crate::dataset::instruction::flag;
use crate::dataset::table::Writer;
use crate::dataset::{Case, Gold, Response};
use crate::review::case::{CaseReview, GoldReview};
use crate::review::entry::{ErrorKind, Harm, Support, Verdict, View};

/// The table of responses.
pub const RESPONSES: &str = "clinician-reviewed-model-responses.tsv";
/// The table of gold responses.
pub const GOLDS: &str = "clinician-instruction-responses.tsv";
/// The table of relevance labels.
pub const LABELS: &str = "ehr-relevance-labels.csv";
/// The table of pinned passages.
pub const PINS: &str = "evidence-pins.tsv";

/// A column's name, and whether it holds free text.
type Column = (&'static str, bool);

const RESPONSE_COLUMNS: [Column; 34] = [
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
    ("in_plan", false),
    ("context_length", false),
    ("evidence_in_context", false),
];

const GOLD_COLUMNS: [Column; 16] = [
    ("instruction_id", false),
    ("question", true),
    ("person_id", false),
    ("filename", false),
    ("annotator_num", false),
    ("clinician_response", true),
    ("evidence", true),
    ("submitter_specialty", false),
    ("is_applicable", false),
    ("is_sufficient", false),
    ("reason", true),
    ("reviewer", false),
    ("written_at", false),
    ("pass", false),
    ("blind", false),
    ("saw_gold", false),
];

const LABEL_COLUMNS: [Column; 8] = [
    ("instruction_id", false),
    ("question", true),
    ("person_id", false),
    ("is_selected_ehr", false),
    ("label", false),
    ("comment", true),
    ("reviewer", false),
    ("labelled_at", false),
];

const PIN_COLUMNS: [Column; 17] = [
    ("instruction_id", false),
    ("person_id", false),
    ("reviewer", false),
    ("supports", false),
    ("model_name", false),
    ("record", false),
    ("note_id", false),
    ("event_offset", false),
    ("event_time", false),
    ("event_type", false),
    ("event_code", false),
    ("start", false),
    ("end", false),
    ("quote", true),
    ("event_hash", true),
    ("pinned_at", false),
    ("pass", false),
];

/// A table in the making: rows of the columns that are written.
struct Sheet<const N: usize> {
    columns: [Column; N],
    text: bool,
    out: Writer<Vec<u8>>,
}

impl<const N: usize> Sheet<N> {
    fn new(columns: [Column; N], out: Writer<Vec<u8>>, text: bool) -> io::Result<Self> {
        let mut sheet = Sheet { columns, text, out };
        sheet.row(columns.map(|(name, _)| name.to_owned()))?;
        Ok(sheet)
    }

    fn row(&mut self, row: [String; N]) -> io::Result<()> {
        let cells = row.into_iter().zip(self.columns);
        let text = self.text;
        let kept = cells.filter_map(|(cell, (_, free))| (text || !free).then_some(cell));
        self.out.row(kept)
    }
}

/// All tables of the released layout.
///
/// # Errors
/// Never in fact: tables are written into memory.
pub fn files(source: &Source<'_>, options: Options) -> io::Result<(Vec<File>, Account)> {
    let (selection, mut account) = pick(source, options);
    count_cases(&selection, &mut account, |p| {
        !p.case.responses.is_empty() || !numbered(p).is_empty()
    });
    let file = |name, bytes| File { name, bytes };
    let files = vec![
        file(RESPONSES, responses(&selection, options, &mut account)?),
        file(GOLDS, golds(&selection, options, &mut account)?),
        file(LABELS, labels(&selection, options, &mut account)?),
        file(PINS, pins(&selection, options, &mut account)?),
    ];
    Ok((files, account))
}

/// The table of responses alone; the account says that gold responses, labels and pins have no place in it.
///
/// # Errors
/// Never in fact: the table is written into memory.
pub fn responses_alone(source: &Source<'_>, options: Options) -> io::Result<(Vec<u8>, Account)> {
    let (selection, mut account) = pick(source, options);
    count_cases(&selection, &mut account, |p| !p.case.responses.is_empty());
    let bytes = responses(&selection, options, &mut account)?;
    for item in [
        Item::Reference,
        Item::GivenLabel,
        Item::Gold,
        Item::Pin,
        Item::Label,
    ] {
        let rest = account.there(item) - account.missing(item);
        account.left(item, Why::NoPlace, rest);
    }
    Ok((bytes, account))
}

fn count_cases(
    selection: &Selection<'_>,
    account: &mut Account,
    has_row: impl Fn(&Picked<'_>) -> bool,
) {
    for picked in &selection.cases {
        if has_row(picked) {
            account.wrote(Item::Case, 1);
        } else {
            account.left(Item::Case, Why::NoPlace, 1);
        }
    }
}

/// `binary_correct` is 1, 0, or empty when unsure or not judged; `model_rank` numbers ties as competitions do (1 2 2 4)
/// among the responses that the dataset has. A case that nobody reviewed keeps what the dataset's own table says.
fn responses(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let out = Writer::tabs(Vec::new());
    let mut sheet = Sheet::new(RESPONSE_COLUMNS, out, options.text)?;
    for picked in &selection.cases {
        let case = picked.case;
        account.wrote(Item::Response, case.responses.len());
        if picked.reviews.is_empty() {
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
pub(super) fn count_response_marks(
    picked: &Picked<'_>,
    review: &CaseReview,
    options: Options,
    account: &mut Account,
) {
    let rows = !picked.case.responses.is_empty();
    super::account::marks(review, |item, model, n| {
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
        yes_no(said.standing.planned),
        given("context_length"),
        given("evidence_in_context"),
    ]
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
pub(super) fn submitted(review: &CaseReview) -> &'static str {
    match &review.submitted {
        Some(s) if review.changed_since || s.outdated => "changed",
        Some(_) => "yes",
        None => "no",
    }
}

/// What decided, of an adjudication that is submitted.
pub(super) fn decided_by(review: &CaseReview) -> Option<&'static str> {
    Some(review.submitted.as_ref()?.reason?.name())
}

/// When the case was submitted.
pub(super) fn submitted_at(review: &CaseReview) -> Option<String> {
    Some(format!("{:.3}", review.submitted.as_ref()?.at))
}

/// Time spent, in seconds, of a case that is submitted.
pub(super) fn seconds(review: &CaseReview) -> Option<u64> {
    Some(review.submitted.as_ref()?.seconds)
}

/// Correct, incorrect, or neither.
pub(super) fn binary(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Correct => Some(true),
        Verdict::Incorrect => Some(false),
        Verdict::Unsure => None,
    }
}

/// A column of a row that the dataset passes through, or nothing.
pub(super) fn column<'a>(columns: &'a [(String, String)], name: &str) -> &'a str {
    let mut named = columns.iter();
    named
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map_or("", |(_, value)| value)
}

fn told(value: Option<impl Display>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn names(errors: &[ErrorKind]) -> String {
    let names: Vec<&str> = errors.iter().map(|e| e.name()).collect();
    names.join(";")
}

fn yes_no(value: Option<bool>) -> String {
    told(value.map(|v| if v { "yes" } else { "no" }))
}

/// Whose gold response it is.
pub(super) enum Author<'a> {
    /// A clinician's of the dataset.
    Dataset(&'a Gold),
    /// A reviewer's.
    Reviewer(Reviewed<'a>, &'a GoldReview),
}

/// A case's gold responses with their `annotator_num`, those of the dataset first.
///
/// A number that the dataset gives is kept; the others get the free ones in order, so that each case with a gold response
/// has an `Annotator_1`, which readers of the release ask for.
pub(super) fn numbered<'a>(picked: &Picked<'a>) -> Vec<(String, Author<'a>)> {
    let mut golds: Vec<(String, Author<'_>)> = Vec::new();
    for gold in &picked.case.golds {
        golds.push((gold.annotator.clone(), Author::Dataset(gold)));
    }
    for said @ Reviewed { review, .. } in &picked.reviews {
        if let Some(gold) = &review.gold {
            golds.push((String::new(), Author::Reviewer(*said, gold)));
        }
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

/// The quotes of the pins that support a reviewer's gold response.
fn gold_quotes(review: &CaseReview) -> String {
    let pins = review.pins.iter().filter(|p| p.target == Support::Gold);
    let quotes: Vec<&str> = pins.map(|p| p.pin.quote.as_str()).collect();
    quotes.join("|||")
}

fn golds(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(GOLD_COLUMNS, Writer::tabs(Vec::new()), options.text)?;
    for picked in &selection.cases {
        let case = picked.case;
        for (annotator, author) in numbered(picked) {
            let rest = match author {
                Author::Dataset(gold) => {
                    account.wrote(Item::Reference, 1);
                    let given = |name: &str| column(&gold.columns, name);
                    let specialty = given("submitter_specialty");
                    [
                        gold.text.clone(),
                        gold.evidence.join("|||"),
                        if specialty.is_empty() {
                            &case.specialty
                        } else {
                            specialty
                        }
                        .to_owned(),
                        given("is_applicable").to_owned(),
                        given("is_sufficient").to_owned(),
                        given("reason").to_owned(),
                        given("reviewer").to_owned(),
                        given("written_at").to_owned(),
                        given("pass").to_owned(),
                        given("blind").to_owned(),
                        given("saw_gold").to_owned(),
                    ]
                }
                Author::Reviewer(said, gold) => {
                    account.wrote(Item::Gold, 1);
                    [
                        gold.text.clone(),
                        gold_quotes(said.review),
                        String::new(),
                        yes_no(gold.applicable),
                        yes_no(gold.sufficient),
                        gold.reason.clone(),
                        said.reviewer.to_owned(),
                        format!("{:.3}", gold.at),
                        said.pass.code(),
                        yes_no(Some(!gold.after.names)),
                        yes_no(Some(gold.after.gold)),
                    ]
                }
            };
            let [
                text,
                evidence,
                specialty,
                applicable,
                sufficient,
                reason,
                reviewer,
                at,
                pass,
                blind,
                saw_gold,
            ] = rest;
            sheet.row([
                case.instruction_id.clone(),
                case.question.clone(),
                case.person_id.clone(),
                case.filename.clone(),
                annotator,
                text,
                evidence,
                specialty,
                applicable,
                sufficient,
                reason,
                reviewer,
                at,
                pass,
                blind,
                saw_gold,
            ])?;
        }
    }
    sheet.out.finish()
}

fn labels(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(LABEL_COLUMNS, Writer::new(Vec::new(), b','), options.text)?;
    for label in &selection.relevance {
        account.wrote(Item::GivenLabel, 1);
        sheet.row([
            label.instruction_id.clone(),
            label.question.clone(),
            label.person_id.clone(),
            label.written.clone(),
            yes_no(label.label),
            String::new(),
            String::new(),
            String::new(),
        ])?;
    }
    for picked in &selection.cases {
        for Reviewed {
            reviewer, review, ..
        } in picked.labelled()
        {
            for (candidate, label) in &review.relevance {
                account.wrote(Item::Label, 1);
                sheet.row([
                    picked.case.instruction_id.clone(),
                    picked.case.question.clone(),
                    candidate.clone(),
                    // The release knows yes and no; what fits in part is neither.
                    yes_no(flag(label.label.name())),
                    label.label.name().to_owned(),
                    label.comment.clone(),
                    (*reviewer).to_owned(),
                    format!("{:.3}", label.at),
                ])?;
            }
        }
    }
    sheet.out.finish()
}

fn pins(selection: &Selection<'_>, options: Options, account: &mut Account) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(PIN_COLUMNS, Writer::tabs(Vec::new()), options.text)?;
    for picked in &selection.cases {
        for said @ Reviewed {
            reviewer, review, ..
        } in &picked.reviews
        {
            for pinned in review.pins.iter().filter(|p| pin_is_here(picked, p)) {
                account.wrote(Item::Pin, 1);
                let (pin, event) = (&pinned.pin, &pinned.pin.event);
                sheet.row([
                    picked.case.instruction_id.clone(),
                    picked.case.person_id.clone(),
                    (*reviewer).to_owned(),
                    pinned.target.name().to_owned(),
                    told(pinned.model.as_ref()),
                    pin.person.clone(),
                    told(pin.note_id.as_ref()),
                    event.offset.to_string(),
                    told(event.time.as_ref()),
                    event.type_name.clone(),
                    event.code.clone(),
                    pin.start.to_string(),
                    pin.end.to_string(),
                    pin.quote.clone(),
                    pin.hash.clone(),
                    format!("{:.3}", pinned.at),
                    said.pass.code(),
                ])?;
            }
        }
    }
    sheet.out.finish()
}

/// Whether the response that a pin supports is one of the case's, if it supports one.
pub(super) fn pin_is_here(picked: &Picked<'_>, pinned: &crate::review::case::Pinned) -> bool {
    let of_response = pinned.target == Support::Judgement;
    let model = pinned.model.as_deref().filter(|_| of_response);
    model.is_none_or(|model| picked.has(model))
}
