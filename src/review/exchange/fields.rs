//! The one table of all that is written of reviews: each field with its name, and what it says of a subject.
//!
//! In: a [`Subject`]. Out: a cell. Formats name the fields that they write and their order; forms ask for fields, too. Never: a field
//! that two formats make in two ways.

use std::io;

use super::account::gold_pins;
use super::subject::Cell::{self, Flag, Nothing, Number};
use super::subject::{Of, Subject, column, owned, submitted, text, time, told, yes_no};
use crate::dataset::instruction::flag;
use crate::dataset::table::Writer;
use crate::review::entry::{Harm, View};

/// A field.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Whether it holds free text, which `--no-text` leaves out.
    pub(super) free: bool,
    of: for<'a> fn(&Subject<'a>) -> Cell<'a>,
}

const fn plain(name: &'static str, of: for<'a> fn(&Subject<'a>) -> Cell<'a>) -> Field {
    Field {
        name,
        free: false,
        of,
    }
}

const fn free(name: &'static str, of: for<'a> fn(&Subject<'a>) -> Cell<'a>) -> Field {
    Field {
        name,
        free: true,
        of,
    }
}

/// All fields. `binary_correct` is 1, 0, or nothing when unsure or not judged; `model_rank` numbers ties as competitions do (1 2 2 4)
/// among the responses that the dataset has.
const FIELDS: &[Field] = &[
    plain("instruction_id", |s| match s.of {
        Of::GivenLabel(label) => text(&label.instruction_id),
        _ => s.of_case(|c| &c.instruction_id),
    }),
    free("question", |s| match s.of {
        Of::GivenLabel(label) => text(&label.question),
        _ => s.of_case(|c| &c.question),
    }),
    plain("person_id", |s| s.of_case(|c| &c.person_id)),
    plain("filename", |s| s.of_case(|c| &c.filename)),
    plain("submitter_specialty", |s| match s.of {
        Of::Gold(_, None) => text(""),
        Of::Gold(..) if s.is_given("submitter_specialty") => Nothing,
        _ => s.of_case(|c| &c.specialty),
    }),
    plain("reviewer", |s| told(s.by, |by| text(by.reviewer))),
    plain("pass", |s| told(s.by, |by| owned(by.pass.code()))),
    // Of a response.
    plain("model_name", |s| match s.of {
        Of::Response(response, _) => text(&response.model),
        Of::Pin(pinned) => told(pinned.model.as_deref(), text),
        _ => Nothing,
    }),
    free("model_response", |s| {
        s.of_response(|response| text(&response.text))
    }),
    plain("is_used_eval", |s| s.passed_on("is_used_eval")),
    plain("context_length", |s| s.passed_on("context_length")),
    plain("evidence_in_context", |s| {
        s.passed_on("evidence_in_context")
    }),
    plain("verdict", |s| {
        told(s.judgement(), |j| text(j.verdict.name()))
    }),
    plain("binary_correct", |s| {
        let correct = s.judgement().and_then(|j| j.verdict.correct());
        told(correct, |c| Number(c.into()))
    }),
    plain("model_rank", |s| {
        told(s.ranks(), |(competition, _)| Number(competition.into()))
    }),
    plain("model_rank_dense", |s| {
        told(s.ranks(), |(_, dense)| Number(dense.into()))
    }),
    plain("errors", |s| {
        let of = s.review.zip(s.model());
        let errors = of.map_or(&[][..], |(review, model)| review.errors(model));
        Cell::Texts(errors.iter().map(|e| e.name()).collect(), ";")
    }),
    plain("harm", |s| {
        let of = s.review.zip(s.model());
        let harm = of.and_then(|(review, model)| review.harm(model));
        told(harm.map(Harm::name), text)
    }),
    free("comment", |s| match s.of {
        Of::Label(_, label) => text(&label.comment),
        _ => told(s.review.and_then(|r| r.comment(s.model())), text),
    }),
    free("case_comment", |s| {
        told(s.review.and_then(|r| r.comment(None)), text)
    }),
    plain("shown_position", |s| {
        let position = s.judgement().and_then(|j| j.shown_position);
        told(position, |p| Number(p.into()))
    }),
    plain("view", |s| {
        let view = s.judgement().and_then(|j| j.view);
        told(view.map(View::name), text)
    }),
    plain("judged_at", |s| told(s.judgement(), |j| time(j.at))),
    // Of a case.
    plain("category", |s| {
        s.own_or(|r| Some(&r.category.as_ref()?.0), |c| &c.category)
    }),
    plain("subcategory", |s| {
        s.own_or(|r| Some(&r.category.as_ref()?.1), |c| &c.subcategory)
    }),
    plain("flagged", |s| told(s.review, |r| Flag(r.flagged))),
    plain("submitted", |s| told(s.review, |r| text(submitted(r)))),
    plain("decided_by", |s| {
        let submitted = s.review.and_then(|r| r.submitted.as_ref());
        told(submitted.and_then(|s| s.reason), |r| text(r.name()))
    }),
    plain("submitted_at", |s| {
        let submitted = s.review.and_then(|r| r.submitted.as_ref());
        told(submitted, |s| time(s.at))
    }),
    plain("seconds", |s| {
        let submitted = s.review.and_then(|r| r.submitted.as_ref());
        told(submitted, |s| Number(s.seconds))
    }),
    plain("blind", |s| match s.of {
        Of::Gold(..) => told(s.own_gold(), |g| yes_no(!g.after.names)),
        _ => told(s.by, |by| yes_no(by.standing.blind)),
    }),
    plain("saw_gold", |s| match s.of {
        Of::Gold(..) => told(s.own_gold(), |g| yes_no(g.after.gold)),
        _ => told(s.by, |by| yes_no(by.review.seen.gold)),
    }),
    plain("saw_others", |s| {
        told(s.by, |by| yes_no(by.review.seen.others))
    }),
    plain("in_plan", |s| {
        told(s.by.and_then(|by| by.standing.planned), yes_no)
    }),
    // Of a gold response.
    plain("annotator_num", |s| match s.of {
        Of::Gold(annotator, _) => told(annotator, text),
        _ => Nothing,
    }),
    free("clinician_response", |s| match s.of {
        Of::Gold(_, Some(gold)) => text(&gold.text),
        Of::Gold(..) => told(s.own_gold(), |g| text(&g.text)),
        _ => {
            let own = s.review.and_then(|r| r.gold.as_ref());
            let given = s.case.and_then(|c| c.golds.first());
            text(given.map_or_else(|| own.map_or("", |g| &g.text), |g| &g.text))
        }
    }),
    free("evidence", |s| match (s.of, s.review) {
        (Of::Gold(_, Some(gold)), _) => {
            Cell::Texts(gold.evidence.iter().map(String::as_str).collect(), QUOTES)
        }
        (Of::Gold(..), Some(review)) => {
            let quotes = gold_pins(review).map(|p| p.pin.quote.as_str());
            Cell::Texts(quotes.collect(), QUOTES)
        }
        _ => {
            let given = s.case.and_then(|c| c.golds.first());
            owned(given.map(|g| g.evidence.join(QUOTES)).unwrap_or_default())
        }
    }),
    plain("is_applicable", |s| {
        told(s.own_gold().and_then(|g| g.applicable), yes_no)
    }),
    plain("is_sufficient", |s| {
        told(s.own_gold().and_then(|g| g.sufficient), yes_no)
    }),
    free("reason", |s| told(s.own_gold(), |g| text(&g.reason))),
    plain("written_at", |s| told(s.own_gold(), |g| time(g.at))),
    // Of a label.
    plain("candidate", |s| match s.of {
        Of::Label(candidate, _) => text(candidate),
        Of::GivenLabel(label) => text(&label.person_id),
        _ => Nothing,
    }),
    plain("is_selected_ehr", |s| match s.of {
        // The release knows yes and no; what fits in part is neither.
        Of::Label(_, label) => told(flag(label.label.name()), yes_no),
        Of::GivenLabel(label) => text(&label.written),
        _ => Nothing,
    }),
    plain("label", |s| match s.of {
        Of::Label(_, label) => text(label.label.name()),
        Of::GivenLabel(label) => told(label.label, yes_no),
        _ => Nothing,
    }),
    plain("labelled_at", |s| match s.of {
        Of::Label(_, label) => time(label.at),
        _ => Nothing,
    }),
    // Of a pin.
    plain("supports", |s| s.of_pin(|p| text(p.target.name()))),
    plain("record", |s| s.of_pin(|p| text(&p.pin.person))),
    plain("note_id", |s| {
        s.of_pin(|p| told(p.pin.note_id.as_deref(), text))
    }),
    plain("event_offset", |s| s.of_pin(|p| Number(p.pin.event.offset))),
    plain("event_time", |s| {
        s.of_pin(|p| told(p.pin.event.time.as_deref(), text))
    }),
    plain("event_type", |s| s.of_pin(|p| text(&p.pin.event.type_name))),
    plain("event_code", |s| s.of_pin(|p| text(&p.pin.event.code))),
    plain("start", |s| s.of_pin(|p| Number(p.pin.start))),
    plain("end", |s| s.of_pin(|p| Number(p.pin.end))),
    free("quote", |s| s.of_pin(|p| text(&p.pin.quote))),
    free("event_hash", |s| s.of_pin(|p| text(&p.pin.hash))),
    plain("pinned_at", |s| s.of_pin(|p| time(p.at))),
];

const QUOTES: &str = "|||";

/// The field of a name; the names that formats ask for are known, which a test holds.
pub(super) fn field(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|f| f.name == name)
}

impl Field {
    /// What it says; what nobody says here, the dataset's own table may.
    pub(super) fn cell<'a>(&self, subject: &Subject<'a>) -> Cell<'a> {
        let cell = (self.of)(subject);
        let nothing =
            matches!(&cell, Nothing) || matches!(&cell, Cell::Texts(t, _) if t.is_empty());
        match subject.given.map(|given| column(given, self.name)) {
            Some(given) if nothing && !given.is_empty() => text(given),
            _ => cell,
        }
    }
}

/// A table in the making: rows of the columns that are written.
pub(super) struct Sheet {
    fields: Vec<&'static Field>,
    out: Writer<Vec<u8>>,
}

impl Sheet {
    /// A table of the fields that are named, a column each; `field=column` names the column otherwise.
    pub(super) fn new(
        columns: &str,
        mut out: Writer<Vec<u8>>,
        with_text: bool,
    ) -> io::Result<Self> {
        let named = columns.split_whitespace().filter_map(|column| {
            let (name, column) = column.split_once('=').unwrap_or((column, column));
            Some((field(name)?, column))
        });
        let named = named.filter(|(field, _)| with_text || !field.free);
        let (fields, titles): (Vec<_>, Vec<_>) = named.unzip();
        out.row(titles)?;
        Ok(Sheet { fields, out })
    }

    pub(super) fn row(&mut self, subject: &Subject<'_>) -> io::Result<()> {
        let cells = self.fields.iter().map(|f| f.cell(subject).into_text());
        self.out.row(cells)
    }

    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        self.out.finish()
    }
}
