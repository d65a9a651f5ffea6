//! Reviews as JSON Lines: one object a line, its `kind` first.
//!
//! In: the cases to export. Out: `case` (what a reviewer said of the case as a whole), `response` (one for each instruction,
//! model and reviewer), `gold`, `relevance`. Pins stand in the object whose judgement or gold response they support. Never: a
//! number made of an id, or a field that is there in one line of a kind and missing in another.

use serde_json::{Map, Value, json};

use super::account::{Account, Item, Why, gold_pins};
use super::picked::{Reviewed, pick};
use super::tables::{
    Author, Ranks, binary, column, decided_by, numbered, ranks, seconds, submitted, submitted_at,
};
use super::{Options, Picked, Source};
use crate::dataset::{Case, Response};
use crate::review::case::{CaseReview, Pinned};
use crate::review::entry::{ErrorKind, Harm, Support, View};

/// All lines, and the account of them.
pub fn write(source: &Source<'_>, options: Options) -> (Vec<u8>, Account) {
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
        let mut line = Map::new();
        line.insert("kind".to_owned(), "relevance".into());
        line.insert(
            "instruction_id".to_owned(),
            label.instruction_id.clone().into(),
        );
        line.insert("person_id".to_owned(), Value::Null);
        line.insert("candidate".to_owned(), label.person_id.clone().into());
        line.insert("reviewer".to_owned(), Value::Null);
        let label = label.label.map(|l| if l { "yes" } else { "no" });
        line.insert("label".to_owned(), label.into());
        lines.free(&mut line, "comment", None);
        line.insert("labelled_at".to_owned(), Value::Null);
        lines.push(&line);
    }
    (lines.out, lines.account)
}

struct Lines {
    out: Vec<u8>,
    text: bool,
    account: Account,
}

impl Lines {
    fn push(&mut self, line: &Map<String, Value>) {
        self.account.rows += 1;
        // Values of maps with text keys always have a JSON form.
        if serde_json::to_writer(&mut self.out, line).is_ok() {
            self.out.push(b'\n');
        }
    }

    /// Puts in a field of free text, where such is written.
    fn free(&self, line: &mut Map<String, Value>, name: &str, text: Option<&str>) {
        if self.text {
            line.insert(name.to_owned(), text.into());
        }
    }

    fn case(&mut self, picked: &Picked<'_>) {
        let case = picked.case;
        self.account.wrote(Item::Case, 1);
        self.account.wrote(Item::Response, case.responses.len());
        if picked.reviews.is_empty() {
            let line = self.case_line(case, None);
            self.push(&line);
            for response in &case.responses {
                let line = self.response_line(picked, response, None);
                self.push(&line);
            }
        }
        for said @ Reviewed { review, .. } in &picked.reviews {
            self.count(picked, review);
            let line = self.case_line(case, Some(said));
            self.push(&line);
            for (response, ranks) in case.responses.iter().zip(ranks(case, review)) {
                let line = self.response_line(picked, response, Some((said, ranks)));
                self.push(&line);
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
        for Reviewed {
            reviewer, review, ..
        } in picked.all()
        {
            for (candidate, label) in &review.relevance {
                let mut line = start("relevance", case);
                line.insert("candidate".to_owned(), candidate.clone().into());
                line.insert("reviewer".to_owned(), (*reviewer).into());
                line.insert("label".to_owned(), label.label.name().into());
                self.free(&mut line, "comment", Some(&label.comment));
                line.insert("labelled_at".to_owned(), format!("{:.3}", label.at).into());
                self.push(&line);
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
        account.unsure += verdicts.filter(|v| binary(*v).is_none()).count();
    }

    fn case_line(&mut self, case: &Case, said: Option<&Reviewed<'_>>) -> Map<String, Value> {
        let review = said.map(|s| s.review);
        let category = review.and_then(|r| r.category.as_ref());
        let own =
            |own: Option<&String>, given: &String| -> Value { own.unwrap_or(given).clone().into() };
        let mut line = start("case", case);
        self.free(&mut line, "question", Some(&case.question));
        line.insert("filename".to_owned(), case.filename.clone().into());
        line.insert(
            "submitter_specialty".to_owned(),
            case.specialty.clone().into(),
        );
        line.insert("reviewer".to_owned(), said.map(|s| s.reviewer).into());
        line.insert("pass".to_owned(), said.map(|s| s.pass.code()).into());
        line.insert(
            "category".to_owned(),
            own(category.map(|c| &c.0), &case.category),
        );
        line.insert(
            "subcategory".to_owned(),
            own(category.map(|c| &c.1), &case.subcategory),
        );
        line.insert("flagged".to_owned(), review.map(|r| r.flagged).into());
        line.insert("submitted".to_owned(), review.map(submitted).into());
        line.insert("seconds".to_owned(), review.and_then(seconds).into());
        let at = review.and_then(submitted_at);
        line.insert("submitted_at".to_owned(), at.into());
        let decided = review.and_then(decided_by);
        line.insert("decided_by".to_owned(), decided.into());
        stands(&mut line, said);
        self.free(&mut line, "comment", review.and_then(|r| r.comment(None)));
        // A judgement's pin that names no model is of the case.
        let of_it = |p: &&Pinned| p.target == Support::Judgement && p.model.is_none();
        let pins = review.map_or(&[][..], |r| &r.pins).iter().filter(of_it);
        line.insert("pins".to_owned(), self.pins(pins));
        line
    }

    fn response_line(
        &mut self,
        picked: &Picked<'_>,
        response: &Response,
        said: Option<(&Reviewed<'_>, Ranks)>,
    ) -> Map<String, Value> {
        let model = response.model.as_str();
        let review = said.map(|(s, _)| s.review);
        let ranks = said.and_then(|(_, ranks)| ranks);
        let judgement = review.and_then(|r| r.judgement(model));
        let errors = review.map_or(&[][..], |r| r.errors(model)).iter();
        let errors: Vec<&str> = errors.map(|e: &ErrorKind| e.name()).collect();
        let mut line = start("response", picked.case);
        self.free(&mut line, "question", Some(&picked.case.question));
        line.insert("model_name".to_owned(), model.into());
        self.free(&mut line, "model_response", Some(&response.text));
        let used = column(&response.columns, "is_used_eval");
        line.insert("is_used_eval".to_owned(), used.into());
        line.insert("reviewer".to_owned(), said.map(|(s, _)| s.reviewer).into());
        line.insert("pass".to_owned(), said.map(|(s, _)| s.pass.code()).into());
        line.insert(
            "verdict".to_owned(),
            judgement.map(|j| j.verdict.name()).into(),
        );
        let correct = judgement.and_then(|j| binary(j.verdict));
        line.insert("binary_correct".to_owned(), correct.map(u32::from).into());
        line.insert("model_rank".to_owned(), ranks.map(|r| r.0).into());
        line.insert("model_rank_dense".to_owned(), ranks.map(|r| r.1).into());
        line.insert("errors".to_owned(), errors.into());
        let harm = review.and_then(|r| r.harm(model)).map(Harm::name);
        line.insert("harm".to_owned(), harm.into());
        self.free(
            &mut line,
            "comment",
            review.and_then(|r| r.comment(Some(model))),
        );
        let position = judgement.and_then(|j| j.shown_position);
        line.insert("shown_position".to_owned(), position.into());
        let view = judgement.and_then(|j| j.view).map(View::name);
        line.insert("view".to_owned(), view.into());
        let at = judgement.map(|j| format!("{:.3}", j.at));
        line.insert("judged_at".to_owned(), at.into());
        stands(&mut line, said.map(|(s, _)| s));
        let of_it =
            |p: &&Pinned| p.target == Support::Judgement && p.model.as_deref() == Some(model);
        let pins = review.map_or(&[][..], |r| &r.pins).iter().filter(of_it);
        line.insert("pins".to_owned(), self.pins(pins));
        line
    }

    fn golds(&mut self, picked: &Picked<'_>) {
        for (annotator, author) in numbered(picked) {
            let mut line = self.gold_start(picked.case, Some(&annotator));
            match author {
                Author::Dataset(gold) => {
                    self.account.wrote(Item::Reference, 1);
                    let given = |name: &str| match column(&gold.columns, name) {
                        "" => Value::Null,
                        written => written.into(),
                    };
                    line.insert("reviewer".to_owned(), Value::Null);
                    line.insert("pass".to_owned(), Value::Null);
                    self.free(&mut line, "clinician_response", Some(&gold.text));
                    if self.text {
                        line.insert("evidence".to_owned(), gold.evidence.clone().into());
                    }
                    line.insert("is_applicable".to_owned(), given("is_applicable"));
                    line.insert("is_sufficient".to_owned(), given("is_sufficient"));
                    self.free(&mut line, "reason", None);
                    line.insert("written_at".to_owned(), Value::Null);
                    line.insert("blind".to_owned(), given("blind"));
                    line.insert("saw_gold".to_owned(), given("saw_gold"));
                    line.insert("submitted_at".to_owned(), given("submitted_at"));
                    line.insert("pins".to_owned(), json!([]));
                }
                Author::Reviewer(said, _) => {
                    self.own_gold(&mut line, &said);
                }
            }
            self.push(&line);
        }
        // Passages pinned for a gold response that is not written yet.
        for said @ Reviewed { review, .. } in picked.all() {
            let pinned = gold_pins(review).next().is_some();
            if review.gold.is_none() && pinned {
                let mut line = self.gold_start(picked.case, None);
                self.own_gold(&mut line, said);
                self.push(&line);
            }
        }
    }

    fn gold_start(&self, case: &Case, annotator: Option<&str>) -> Map<String, Value> {
        let mut line = start("gold", case);
        self.free(&mut line, "question", Some(&case.question));
        line.insert("annotator_num".to_owned(), annotator.into());
        line
    }

    fn own_gold(&mut self, line: &mut Map<String, Value>, of: &Reviewed<'_>) {
        let review = of.review;
        let gold = review.gold.as_ref();
        let said =
            |value: Option<bool>| -> Value { value.map(|v| if v { "yes" } else { "no" }).into() };
        line.insert("reviewer".to_owned(), of.reviewer.into());
        line.insert("pass".to_owned(), of.pass.code().into());
        self.free(line, "clinician_response", gold.map(|g| g.text.as_str()));
        if self.text {
            let quotes: Vec<&str> = gold_pins(review).map(|p| p.pin.quote.as_str()).collect();
            line.insert("evidence".to_owned(), quotes.into());
        }
        line.insert(
            "is_applicable".to_owned(),
            said(gold.and_then(|g| g.applicable)),
        );
        line.insert(
            "is_sufficient".to_owned(),
            said(gold.and_then(|g| g.sufficient)),
        );
        self.free(line, "reason", gold.map(|g| g.reason.as_str()));
        let at = gold.map(|g| format!("{:.3}", g.at));
        line.insert("written_at".to_owned(), at.into());
        line.insert("blind".to_owned(), said(gold.map(|g| !g.after.names)));
        line.insert("saw_gold".to_owned(), said(gold.map(|g| g.after.gold)));
        line.insert("submitted_at".to_owned(), submitted_at(review).into());
        self.account.open_golds += usize::from(gold.is_some() && !of.standing.submitted);
        line.insert("pins".to_owned(), self.pins(gold_pins(review)));
    }

    fn pins<'a>(&mut self, pins: impl Iterator<Item = &'a Pinned>) -> Value {
        let form = |pinned: &Pinned| {
            let (pin, event) = (&pinned.pin, &pinned.pin.event);
            let mut map = Map::new();
            map.insert("record".to_owned(), pin.person.clone().into());
            map.insert("note_id".to_owned(), pin.note_id.clone().into());
            map.insert("event_offset".to_owned(), event.offset.into());
            map.insert("event_time".to_owned(), event.time.clone().into());
            map.insert("event_type".to_owned(), event.type_name.clone().into());
            map.insert("event_code".to_owned(), event.code.clone().into());
            map.insert("start".to_owned(), pin.start.into());
            map.insert("end".to_owned(), pin.end.into());
            self.free(&mut map, "quote", Some(&pin.quote));
            self.free(&mut map, "event_hash", Some(&pin.hash));
            map.insert("pinned_at".to_owned(), format!("{:.3}", pinned.at).into());
            Value::Object(map)
        };
        let pins: Vec<Value> = pins.map(form).collect();
        self.account.wrote(Item::Pin, pins.len());
        pins.into()
    }
}

/// Puts in what is known of the reading.
fn stands(line: &mut Map<String, Value>, said: Option<&Reviewed<'_>>) {
    let mut put = |name: &str, value: Option<bool>| {
        let value = value.map(|v| if v { "yes" } else { "no" });
        line.insert(name.to_owned(), value.into());
    };
    put("blind", said.map(|s| s.standing.blind));
    put("saw_gold", said.map(|s| s.review.seen().gold));
    put("saw_others", said.map(|s| s.review.seen().others));
    put("in_plan", said.and_then(|s| s.standing.planned));
}

fn start(kind: &str, case: &Case) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("kind".to_owned(), kind.into());
    line.insert(
        "instruction_id".to_owned(),
        case.instruction_id.clone().into(),
    );
    line.insert("person_id".to_owned(), case.person_id.clone().into());
    line
}
