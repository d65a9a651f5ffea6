//! Reviews as JSON Lines: one object a line, its `kind` first.
//!
//! In: the cases to export. Out: `case` (what a reviewer said of the case as a whole), `response` (one for each instruction,
//! model and reviewer), `gold`, `relevance`. Pins stand in the object whose judgement or gold response they support. Never: a
//! number made of an id, or a field that is there in one line of a kind and missing in another.

use serde_json::{Map, Value};

use super::account::{Account, Item, Why, gold_pins};
use super::fields::field;
use super::picked::{Reviewed, pick};
use super::subject::{Author, Of, Subject, numbered, ranks};
use super::{Options, Picked, Source};
use crate::review::case::{CaseReview, Pinned};
use crate::review::entry::Support;

const CASE: &str = "instruction_id person_id question filename submitter_specialty reviewer pass category subcategory flagged submitted \
    seconds submitted_at decided_by blind saw_gold saw_others in_plan comment";
const RESPONSE: &str = "instruction_id person_id question model_name model_response is_used_eval reviewer pass verdict binary_correct \
    model_rank model_rank_dense errors harm comment shown_position view judged_at blind saw_gold saw_others in_plan";
const GOLD: &str = "instruction_id person_id question annotator_num reviewer pass clinician_response evidence is_applicable \
    is_sufficient reason written_at blind saw_gold submitted_at";
const RELEVANCE: &str = "instruction_id person_id candidate reviewer label comment labelled_at";
const PIN: &str = "record note_id event_offset event_time event_type event_code start end quote event_hash pinned_at";
/// What a line does not pass on of the dataset's gold responses: these say who wrote one here.
const OWN: [&str; 4] = ["reviewer", "pass", "reason", "written_at"];

/// All lines, and the account of them.
pub(crate) fn write(source: &Source<'_>, options: Options) -> (Vec<u8>, Account) {
    let (selection, account) = pick(source, options);
    let mut lines = Lines {
        out: Vec::new(),
        text: options.text,
        account,
    };
    for picked in &selection.cases {
        lines.case(picked);
    }
    for label in &selection.relevance {
        lines.account.wrote(Item::GivenLabel, 1);
        lines.push("relevance", RELEVANCE, &Subject::given_label(label), None);
    }
    (lines.out, lines.account)
}

struct Lines {
    out: Vec<u8>,
    text: bool,
    account: Account,
}

impl Lines {
    /// An object of a subject's fields.
    fn object(&self, kind: Option<&str>, names: &str, subject: &Subject<'_>) -> Map<String, Value> {
        let mut object = Map::new();
        if let Some(kind) = kind {
            object.insert("kind".to_owned(), kind.into());
        }
        let fields = names.split_whitespace().filter_map(field);
        for field in fields.filter(|f| self.text || !f.free) {
            let of_dataset = matches!(subject.of, Of::Gold(_, Some(_)));
            let value = if of_dataset && OWN.contains(&field.name) {
                Value::Null
            } else {
                field.cell(subject).into_json()
            };
            object.insert(field.name.to_owned(), value);
        }
        object
    }

    /// Writes a line, with pins where its kind has a place for them.
    fn push(&mut self, kind: &str, names: &str, subject: &Subject<'_>, pins: Option<&[&Pinned]>) {
        let mut line = self.object(Some(kind), names, subject);
        if let Some(pins) = pins {
            self.account.wrote(Item::Pin, pins.len());
            let pin = |pinned| Subject {
                of: Of::Pin(pinned),
                ..*subject
            };
            let pins = pins.iter().map(|p| self.object(None, PIN, &pin(p)));
            line.insert("pins".to_owned(), pins.map(Value::Object).collect());
        }
        self.account.rows += 1;
        // Values of maps with text keys always have a JSON form.
        if serde_json::to_writer(&mut self.out, &line).is_ok() {
            self.out.push(b'\n');
        }
    }

    fn case(&mut self, picked: &Picked<'_>) {
        let case = picked.case;
        self.account.wrote(Item::Case, 1);
        self.account.wrote(Item::Response, case.responses.len());
        if picked.reviews.is_empty() {
            self.push("case", CASE, &Subject::of(case, Of::Case), Some(&[]));
            for response in &case.responses {
                let subject = Subject::of(case, Of::Response(response, None));
                self.push("response", RESPONSE, &subject, Some(&[]));
            }
        }
        for said @ Reviewed { review, .. } in &picked.reviews {
            self.count(picked, review);
            let pins = |model: Option<&str>| -> Vec<&Pinned> {
                // A judgement's pin that names no model is of the case.
                let of_it =
                    |p: &&Pinned| p.target == Support::Judgement && p.model.as_deref() == model;
                review.pins.iter().filter(of_it).collect()
            };
            let subject = Subject::of(case, Of::Case).said(said);
            self.push("case", CASE, &subject, Some(&pins(None)));
            for (response, ranks) in case.responses.iter().zip(ranks(case, review)) {
                let subject = Subject::of(case, Of::Response(response, ranks)).said(said);
                self.push(
                    "response",
                    RESPONSE,
                    &subject,
                    Some(&pins(Some(&response.model))),
                );
            }
        }
        self.golds(picked);
        for aside in &picked.aside {
            super::account::marks_alone(aside.review, |item, _, n| match item {
                // Counted where they are written.
                Item::Pin => {}
                _ => self.account.wrote(item, n),
            });
        }
        for said in picked.all() {
            for (candidate, label) in &said.review.relevance {
                let subject = Subject::of(case, Of::Label(candidate, label)).said(said);
                self.push("relevance", RELEVANCE, &subject, None);
            }
        }
    }

    fn count(&mut self, picked: &Picked<'_>, review: &CaseReview) {
        let (text, account) = (self.text, &mut self.account);
        super::account::marks(review, |item, model, n| match item {
            // Pins are counted where they are written, what the case lacks the model for is counted already.
            Item::Pin => {}
            _ if model.is_some_and(|m| !picked.has(m)) => {}
            Item::Comment if !text => account.left(item, Why::NoText, n),
            _ => account.wrote(item, n),
        });
        let verdicts = picked
            .case
            .responses
            .iter()
            .filter_map(|r| review.verdict(&r.model));
        account.unsure += verdicts.filter(|v| v.correct().is_none()).count();
    }

    fn golds(&mut self, picked: &Picked<'_>) {
        for (annotator, author) in numbered(picked) {
            match author {
                Author::Dataset(gold) => {
                    self.account.wrote(Item::Reference, 1);
                    let given = Some(gold.columns.as_slice());
                    let subject = Subject::of(picked.case, Of::Gold(Some(&annotator), Some(gold)));
                    self.push("gold", GOLD, &Subject { given, ..subject }, Some(&[]));
                }
                Author::Reviewer(said) => self.own_gold(picked, Some(&annotator), said),
            }
        }
        // Passages pinned for a gold response that is not written yet.
        for said @ Reviewed { review, .. } in picked.all() {
            let pinned = gold_pins(review).next().is_some();
            if review.gold.is_none() && pinned {
                self.own_gold(picked, None, said);
            }
        }
    }

    fn own_gold(&mut self, picked: &Picked<'_>, annotator: Option<&str>, said: &Reviewed<'_>) {
        let written = said.review.gold.is_some();
        self.account.open_golds += usize::from(written && !said.standing.submitted);
        let pins: Vec<&Pinned> = gold_pins(said.review).collect();
        let subject = Subject::of(picked.case, Of::Gold(annotator, None)).said(said);
        self.push("gold", GOLD, &subject, Some(&pins));
    }
}
