//! Reviews as tables in the layout in which the study's judgements were released.
//!
//! In: the cases to export. Out: the table of responses with a row for each response and reviewer, of gold responses, of
//! relevance labels, and of pinned passages, which the release has no table for. Gold responses and labels stand by themselves: they are
//! written of readings that do not count, too. Never: a column that the release has under another name or meaning; what this program
//! adds stands in columns of its own. `report` reads the table of responses back.

use std::io;

use super::account::{Item, Why, marks};
use super::fields::Sheet;
use super::picked::{Reviewed, Selection, Which, pick};
use super::subject::{Author, Of, Subject, numbered, ranks};
use super::{Account, File, Options, Picked, Source};
use crate::dataset::Response;
use crate::dataset::table::Writer;
use crate::review::case::{CaseReview, Pinned};
use crate::review::entry::{Support, Verdict};

/// The table of responses.
pub(crate) const RESPONSES: &str = "clinician-reviewed-model-responses.tsv";
/// The table of gold responses.
pub(crate) const GOLDS: &str = "clinician-instruction-responses.tsv";
/// The table of relevance labels.
pub(crate) const LABELS: &str = "ehr-relevance-labels.csv";
/// The table of pinned passages.
pub(crate) const PINS: &str = "evidence-pins.tsv";

const RESPONSE_COLUMNS: &str = "instruction_id question person_id filename model_name model_response model_rank binary_correct \
    is_used_eval clinician_response evidence submitter_specialty reviewer shown_position view verdict errors harm comment \
    case_comment model_rank_dense category subcategory judged_at submitted pass decided_by submitted_at seconds blind saw_gold \
    saw_others in_plan context_length evidence_in_context";
const GOLD_COLUMNS: &str = "instruction_id question person_id filename annotator_num clinician_response evidence \
    submitter_specialty is_applicable is_sufficient reason reviewer written_at pass blind saw_gold submitted_at";
/// The release calls the candidate `person_id`.
const LABEL_COLUMNS: &str = "instruction_id question candidate=person_id is_selected_ehr label comment reviewer labelled_at";
const PIN_COLUMNS: &str = "instruction_id person_id reviewer supports model_name record note_id event_offset event_time event_type \
    event_code start end quote event_hash pinned_at pass";

/// All tables of the released layout.
///
/// # Errors
/// Never in fact: tables are written into memory.
pub(crate) fn files(source: &Source<'_>, options: Options) -> io::Result<(Vec<File>, Account)> {
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
pub(crate) fn responses_alone(
    source: &Source<'_>,
    options: Options,
) -> io::Result<(Vec<u8>, Account)> {
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

/// A case that nobody reviewed keeps what the dataset's own table says.
fn responses(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(RESPONSE_COLUMNS, Writer::tabs(Vec::new()), options.text)?;
    let mut row = |account: &mut Account, subject: &Subject<'_>| {
        account.rows += 1;
        sheet.row(subject)
    };
    for picked in &selection.cases {
        let case = picked.case;
        account.wrote(Item::Response, case.responses.len());
        let unsaid = |response| Subject::of(case, Of::Response(response, None));
        let responses: &[Response] = match picked.reviews.as_slice() {
            [] => &case.responses,
            _ => &[],
        };
        for response in responses {
            if options.which == Which::Reviewed {
                // Only a gold response or labels of it are written, and no mark: the dataset's own are not what was asked for.
                row(account, &unsaid(response))?;
                continue;
            }
            for (_, given) in response.rows() {
                let given = Some(given);
                row(
                    account,
                    &Subject {
                        given,
                        ..unsaid(response)
                    },
                )?;
            }
        }
        for said in &picked.reviews {
            count_response_marks(picked, said.review, options, account);
            for (response, ranks) in case.responses.iter().zip(ranks(case, said.review)) {
                let subject = Subject::of(case, Of::Response(response, ranks));
                row(account, &subject.said(said))?;
            }
        }
    }
    sheet.finish()
}

/// Counts what the rows of a case and reviewer hold.
fn count_response_marks(
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

fn golds(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(GOLD_COLUMNS, Writer::tabs(Vec::new()), options.text)?;
    for picked in &selection.cases {
        for (annotator, author) in numbered(picked) {
            match author {
                Author::Dataset(gold) => {
                    account.wrote(Item::Reference, 1);
                    let given = Some(gold.columns.as_slice());
                    let subject = Subject::of(picked.case, Of::Gold(Some(&annotator), Some(gold)));
                    sheet.row(&Subject { given, ..subject })?;
                }
                Author::Reviewer(said) => {
                    account.wrote(Item::Gold, 1);
                    account.open_golds += usize::from(!said.standing.submitted);
                    let subject = Subject::of(picked.case, Of::Gold(Some(&annotator), None));
                    sheet.row(&subject.said(said))?;
                }
            }
        }
    }
    sheet.finish()
}

fn labels(
    selection: &Selection<'_>,
    options: Options,
    account: &mut Account,
) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(LABEL_COLUMNS, Writer::new(Vec::new(), b','), options.text)?;
    for label in &selection.relevance {
        account.wrote(Item::GivenLabel, 1);
        sheet.row(&Subject::given_label(label))?;
    }
    for picked in &selection.cases {
        for said in picked.all() {
            for (candidate, label) in &said.review.relevance {
                account.wrote(Item::Label, 1);
                sheet.row(&Subject::of(picked.case, Of::Label(candidate, label)).said(said))?;
            }
        }
    }
    sheet.finish()
}

fn pins(selection: &Selection<'_>, options: Options, account: &mut Account) -> io::Result<Vec<u8>> {
    let mut sheet = Sheet::new(PIN_COLUMNS, Writer::tabs(Vec::new()), options.text)?;
    for picked in &selection.cases {
        let counts = picked.reviews.iter().map(|said| (said, true));
        let aside = picked.aside.iter().map(|said| (said, false));
        for (said @ Reviewed { review, .. }, counts) in counts.chain(aside) {
            let here = |p: &&Pinned| {
                let of_gold = p.target == Support::Gold;
                (counts || of_gold) && pin_is_here(picked, p)
            };
            for pinned in review.pins.iter().filter(here) {
                account.wrote(Item::Pin, 1);
                sheet.row(&Subject::of(picked.case, Of::Pin(pinned)).said(said))?;
            }
        }
    }
    sheet.finish()
}

/// Whether the response that a pin supports is one of the case's, if it supports one.
fn pin_is_here(picked: &Picked<'_>, pinned: &Pinned) -> bool {
    let of_response = pinned.target == Support::Judgement;
    let model = pinned.model.as_deref().filter(|_| of_response);
    model.is_none_or(|model| picked.has(model))
}
