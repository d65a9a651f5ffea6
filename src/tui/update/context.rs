//! What the model in focus saw of the record: marked, alone in view, or neither.
//!
//! In: the key, the answer in focus, what was sent for it. Out: a marked timeline and map, and one line that says how much it was. While
//! names are hidden it is asked about first: how much a model can take in tells it from others. Nothing is marked before the review file says
//! that it was shown.

use std::sync::Arc;

use crate::dataset::record_fingerprint;
use crate::record::{EventId, Record, Time};
use crate::review::Act;
use crate::text::thousands;
use crate::tui::action::Action;
use crate::tui::app::{App, Tone};
use crate::tui::overlays::confirm::Question;
use crate::tui::saw::{Saw, Unknown};
use crate::tui::widgets::map::{Map, MapColumn};

/// What the model of one column saw, while it is marked.
#[derive(Debug)]
pub(crate) struct Context {
    column: usize,
    /// What was sent, or why that is not known.
    pub saw: Result<Arc<Saw>, Unknown>,
    /// How much of the record it was.
    how_much: String,
    /// The columns of the map in which there are events, and none that was sent.
    pub unseen_on_map: Vec<bool>,
}

impl Context {
    pub(crate) fn mark_map(&mut self, record: &Record, map: &Map) {
        let Ok(saw) = &self.saw else {
            return self.unseen_on_map.clear();
        };
        let has_events = |c: &MapColumn| matches!(c, MapColumn::Bar { events, .. } if *events > 0);
        self.unseen_on_map = map.columns.iter().map(has_events).collect();
        for id in saw.runs().into_iter().flat_map(|(from, to)| from..to) {
            let time = record.event(EventId(id)).time;
            if let Some(column) = time.and_then(|t| map.column_of(t.seconds())) {
                self.unseen_on_map[column] = false;
            }
        }
    }
}

/// How much of a record was sent, behind the answer's letter.
fn how_much(record: &Record, saw: &Saw) -> String {
    let (count, of) = (saw.count(), saw.of_events());
    let counts = if count == of {
        format!("all {} events", thousands(u64::from(of)))
    } else {
        format!(
            "{} of {} events",
            thousands(u64::from(count)),
            thousands(u64::from(of))
        )
    };
    let date = |event: u32| record.event(EventId(event)).time.map(Time::date);
    let runs = saw.runs();
    let first = runs.first().and_then(|run| date(run.0));
    let last = runs.last().and_then(|run| date(run.1 - 1));
    let span = match (&runs[..], first, last) {
        _ if count == of => String::new(),
        ([(_, to)], Some(first), _) if *to == saw.end() => format!(", from {first} on"),
        ([_], Some(first), Some(last)) => format!(", {first} to {last}"),
        (runs, Some(first), Some(last)) if runs.len() > 1 => {
            format!(
                ", in {} pieces, {first} to {last}",
                thousands(runs.len() as u64)
            )
        }
        _ => String::new(),
    };
    let chunks = match saw.chunks() {
        0 => String::new(),
        n => format!(", in {n} chunks"),
    };
    format!("saw {counts}{span}{chunks}")
}

impl App {
    /// Marks what the model in focus saw; then shows that alone; then ends it.
    pub(super) fn step_context(&mut self) {
        let alone = self.in_view.record.timeline.hides_unseen();
        match &self.in_view.record.context {
            None => self.begin_context(),
            Some(context) if context.saw.is_ok() && !alone => self.set_alone(true),
            Some(_) => {
                self.in_view.record.context = None;
                self.mark_timeline(false);
                self.say(Tone::Calm, "What the model saw is marked no more");
            }
        }
    }

    fn set_alone(&mut self, alone: bool) {
        self.mark_timeline(alone);
        let letter = self.letter(self.in_view.answers.focus());
        let key = self.desk.key_of(Action::Context);
        let unseen = thousands(self.in_view.record.timeline.unseen() as u64);
        self.say(
            Tone::Calm,
            format!("{unseen} events that {letter} did not see are hidden; {key} shows all again"),
        );
    }

    fn begin_context(&mut self) {
        if self.view().is_none() {
            return self.say(Tone::Alert, "There is no record to look in");
        }
        if self.in_view.answers.is_empty() {
            return self.say(Tone::Alert, "There are no answers to this instruction");
        }
        let known = self.desk.log.ledger().seen(&self.key());
        if known.names || known.context {
            return self.show_context();
        }
        // Asked whatever the answer: that nothing is known of it can tell where it comes from, too.
        let lines = vec![
            "How much of the record a model saw can give away which model it is.".to_owned(),
            "The review file notes that you looked, and verdicts given with it in view say so."
                .to_owned(),
        ];
        self.ask(Question::Context, lines);
    }

    /// Marks what the model in focus saw, once the review file notes it.
    pub(in crate::tui) fn show_context(&mut self) {
        let key = self.key();
        let noted = self.desk.log.ledger().seen(&key).context;
        if !noted && !self.act(Some(&key), Act::SeeContext {}) {
            return self.say(
                Tone::Alert,
                "NOT SAVED, so what the model saw is not marked",
            );
        }
        let column = self.in_view.answers.focus();
        if let Err(why) = self.saw(column) {
            let text = self.why_unknown(column, why);
            return self.say(Tone::Alert, text);
        }
        self.mark_column(column);
        self.mark_timeline(false);
        let letter = self.letter(column);
        let (sign, key) = (self.desk.theme.saw(), self.desk.key_of(Action::Context));
        self.say(
            Tone::Calm,
            format!("{sign} marks what {letter} saw; {key} hides the rest"),
        );
    }

    /// Marks anew where another answer has come into focus.
    pub(in crate::tui) fn follow_context(&mut self) {
        let column = self.in_view.answers.focus();
        let other = |context: &Context| context.column != column;
        if self.in_view.record.context.as_ref().is_some_and(other) {
            let alone = self.in_view.record.timeline.hides_unseen();
            self.mark_column(column);
            self.mark_timeline(alone);
        }
    }

    fn mark_column(&mut self, column: usize) {
        let Some(view) = self.view().map(Arc::clone) else {
            return;
        };
        let saw = self.saw(column);
        let how_much = match &saw {
            Ok(saw) => format!("{} {}", self.letter(column), how_much(&view.record, saw)),
            Err(why) => self.why_unknown(column, *why),
        };
        let mut context = Context {
            column,
            saw: saw.map(Arc::new),
            how_much,
            unseen_on_map: Vec::new(),
        };
        context.mark_map(&view.record, &self.in_view.record.map);
        self.in_view.record.context = Some(context);
    }

    fn mark_timeline(&mut self, alone: bool) {
        let Some(view) = self.view().map(Arc::clone) else {
            return;
        };
        let context = self.in_view.record.context.as_ref();
        let saw = context.and_then(|c| c.saw.as_ref().ok().map(Arc::clone));
        let timeline = &mut self.in_view.record.timeline;
        timeline.set_saw(&view.record, saw, alone);
    }

    /// What the model of a column saw of the record in view.
    fn saw(&self, column: usize) -> Result<Saw, Unknown> {
        let view = self.view().ok_or(Unknown::NotSaid)?;
        let now = self
            .in_view
            .record
            .fingerprint
            .get_or_init(|| record_fingerprint(&view.record));
        Saw::of(self.case(), self.outcome(column), (&view.record, now))
    }

    fn why_unknown(&self, column: usize, why: Unknown) -> String {
        let letter = self.letter(column);
        match why {
            Unknown::NotSaid => format!("What {letter} saw of the record is not known"),
            Unknown::NotSent => format!("Nothing of the record was sent for {letter}"),
            Unknown::Changed => {
                format!("The record has changed since {letter} saw it, so nothing is marked")
            }
        }
    }

    /// How much of the record the model in focus saw, while that is marked; and in which chunk the event under the cursor was.
    pub(crate) fn told_of_context(&self) -> Option<String> {
        let context = self.in_view.record.context.as_ref()?;
        let timeline = &self.in_view.record.timeline;
        let chunk = timeline.selected().and_then(|line| timeline.chunk_of(line));
        let chunk = match chunk {
            None => String::new(),
            Some((first, last)) if first == last => format!(", here {first}"),
            Some((first, last)) => format!(", here {first} and {last}"),
        };
        Some(format!("{}{chunk}", context.how_much))
    }
}
