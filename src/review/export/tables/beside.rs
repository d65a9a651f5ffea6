//! The tables beside that of responses: gold responses, relevance labels, pinned passages.
//!
//! In: the cases to export. Out: the rows, counted. Gold responses and labels stand by themselves: they are written of readings
//! that do not count, too.

use std::io;

use super::super::Options;
use super::super::account::{Account, Item, gold_pins};
use super::super::picked::{Picked, Reviewed, Selection};
use super::responses::submitted_at;
use super::{Column, Sheet, column, told, yes_no};
use crate::dataset::Gold;
use crate::dataset::instruction::flag;
use crate::dataset::table::Writer;
use crate::review::case::{CaseReview, GoldReview, Pinned};
use crate::review::entry::Support;

const GOLD_COLUMNS: [Column; 17] = [
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
    ("submitted_at", false),
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

/// Whose gold response it is.
pub(in crate::review::export) enum Author<'a> {
    /// A clinician's of the dataset.
    Dataset(&'a Gold),
    /// A reviewer's.
    Reviewer(Reviewed<'a>, &'a GoldReview),
}

/// A case's gold responses with their `annotator_num`, those of the dataset first.
///
/// A number that the dataset gives is kept; the others get the free ones in order, so that each case with a gold response
/// has an `Annotator_1`, which readers of the release ask for.
pub(in crate::review::export) fn numbered<'a>(picked: &Picked<'a>) -> Vec<(String, Author<'a>)> {
    let mut golds: Vec<(String, Author<'_>)> = Vec::new();
    for gold in &picked.case.golds {
        golds.push((gold.annotator.clone(), Author::Dataset(gold)));
    }
    for said @ Reviewed { review, .. } in picked.all() {
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
    let quotes: Vec<&str> = gold_pins(review).map(|p| p.pin.quote.as_str()).collect();
    quotes.join("|||")
}

pub(super) fn golds(
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
                        given("submitted_at").to_owned(),
                    ]
                }
                Author::Reviewer(said, gold) => {
                    account.wrote(Item::Gold, 1);
                    account.open_golds += usize::from(!said.standing.submitted);
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
                        told(submitted_at(said.review)),
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
                submitted_at,
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
                submitted_at,
            ])?;
        }
    }
    sheet.out.finish()
}

pub(super) fn labels(
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
        } in picked.all()
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

pub(super) fn pins(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(PIN_COLUMNS, Writer::tabs(Vec::new()), options.text)?;
    for picked in &selection.cases {
        let counts = picked.reviews.iter().map(|said| (said, true));
        let aside = picked.aside.iter().map(|said| (said, false));
        for (said, counts) in counts.chain(aside) {
            let here = |p: &&Pinned| {
                let of_gold = p.target == Support::Gold;
                (counts || of_gold) && pin_is_here(picked, p)
            };
            for pinned in said.review.pins.iter().filter(here) {
                account.wrote(Item::Pin, 1);
                let (pin, event) = (&pinned.pin, &pinned.pin.event);
                sheet.row([
                    picked.case.instruction_id.clone(),
                    picked.case.person_id.clone(),
                    said.reviewer.to_owned(),
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
fn pin_is_here(picked: &Picked<'_>, pinned: &Pinned) -> bool {
    let of_response = pinned.target == Support::Judgement;
    let model = pinned.model.as_deref().filter(|_| of_response);
    model.is_none_or(|model| picked.has(model))
}
