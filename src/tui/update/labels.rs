//! The matches: looking at proposed records, saying whether they suit their instruction.
//!
//! In: actions. Out: relevance labels in the review file. The case of such an act is the instruction with the candidate, so that
//! a pair has one place whether the dataset has that case or not.

use std::sync::Arc;

use crate::dataset::CaseKey;
use crate::record::Kind;
use crate::review::Act;
use crate::review::entry::Relevant;
use crate::search::find::Field;
use crate::search::retrieve::proposals::marking;
use crate::search::{Marker, Progress};
use crate::tui::app::{App, Effect, RecordState, Tone};
use crate::tui::matcher::Message;
use crate::tui::matches::MatchRow;
use crate::tui::panes::timeline::Filter;
use crate::tui::update::ranked::places_in;
use crate::tui::visit::{Looked, Visit};

impl App {
    /// Proposes records anew.
    pub(in crate::tui) fn make_matches(&mut self) {
        self.looking.matches.problem = None;
        self.looking.matches.working = Some(Progress::default());
        self.desk.effects.push(Effect::Match {
            tokens: self.looking.matches.tokens,
        });
    }

    /// Takes what the matching thread says.
    pub(crate) fn take_matches(&mut self, message: Message) {
        match message {
            Message::Progress(now) => self.looking.matches.working = Some(now),
            Message::Done(Ok(proposals)) => {
                let dataset = Arc::clone(&self.desk.dataset);
                self.desk.notices.extend(proposals.notices.iter().cloned());
                self.looking
                    .matches
                    .take(proposals, &dataset, self.desk.log.ledger());
            }
            Message::Done(Err(why)) => {
                self.looking.matches.working = None;
                self.looking.matches.problem = Some(why);
            }
        }
    }

    /// Instruction and patient of a record's row.
    pub(crate) fn pair(&self, row: MatchRow) -> Option<(String, String)> {
        let record = self.looking.matches.record(row)?;
        let proposals = self.looking.matches.proposals.as_ref()?;
        let ask = proposals.asks.get(row.ask())?;
        let file = self.desk.dataset.record_files().get(record as usize)?;
        Some((ask.instruction_id.clone(), file.person_id.clone()))
    }

    /// The record in question, where it is on the screen: the one that is looked at, or the one selected in the list.
    pub(in crate::tui) fn in_question(&self) -> Option<MatchRow> {
        let matches = &self.looking.matches;
        match &self.in_view.visit {
            // Proposed anew meanwhile, the row may be another record's.
            Some(visit) => visit
                .looked
                .as_ref()
                .map(|l| l.row)
                .filter(|row| self.pair(*row).is_some_and(|(_, p)| p == visit.person)),
            // While they are proposed anew, or could not be, the list is not what it was.
            None if matches.working.is_some() || matches.problem.is_some() => None,
            None => matches.selected().filter(|r| r.is_record()),
        }
    }

    pub(super) fn label(&mut self, label: Option<Relevant>) {
        if self.in_view.visit.is_some() && matches!(self.in_view.record.state, RecordState::Reading)
        {
            return self.say(Tone::Alert, "The record is still being read; then label it");
        }
        let Some((row, (instruction, person))) = self
            .in_question()
            .and_then(|row| Some((row, self.pair(row)?)))
        else {
            return self.say(
                Tone::Alert,
                "Go to a record of this instruction to label it",
            );
        };
        let before = self.looking.matches.label(&instruction, &person).own;
        if before.as_ref().map(|r| r.label) == label {
            let is = label.map_or("It has no label of yours".to_owned(), |l| {
                format!("It is labelled {} already", l.name())
            });
            return self.say(Tone::Calm, is);
        }
        let comment = before.map(|r| r.comment).filter(|_| label.is_some());
        let comment = comment.unwrap_or_default();
        let key = CaseKey {
            instruction,
            person,
        };
        if self.save_label(&key, label, comment) {
            let said = label.map_or("The label is taken away".to_owned(), |l| {
                format!("Labelled: {}", l.name())
            });
            self.done(&said);
        }
        self.looking.matches.go_to(row);
    }

    /// Writes a label of a record, and why; says whether it is saved.
    pub(in crate::tui) fn save_label(
        &mut self,
        key: &CaseKey,
        label: Option<Relevant>,
        comment: String,
    ) -> bool {
        let act = Act::Relevance {
            candidate: key.person.clone(),
            label,
            comment,
        };
        let saved = self.act(Some(key), act);
        self.count_labels();
        saved
    }

    /// Counts the labels anew, where the matches are there.
    pub(super) fn count_labels(&mut self) {
        let dataset = Arc::clone(&self.desk.dataset);
        self.looking.matches.count(&dataset, self.desk.log.ledger());
    }

    /// Looks at a proposed record.
    pub(in crate::tui) fn open_candidate(&mut self, row: MatchRow) {
        let (Some((_, person)), Some(proposals)) =
            (self.pair(row), self.looking.matches.proposals.as_ref())
        else {
            return;
        };
        let ask = &proposals.asks[row.ask()];
        let visit = Visit {
            stranger: person != self.case().person_id,
            person,
            text: ask.question.clone(),
            filter: Filter::default(),
            looked: Some(Looked {
                row,
                passages: Vec::new(),
                at: 0,
            }),
        };
        self.looking.matches.go_to(row);
        self.start_visit(visit);
    }

    pub(super) fn step_candidate(&mut self, forward: bool) {
        let Some(row) = self.in_question() else {
            return;
        };
        if let Some(next) = self.looking.matches.next(row, forward, |_| true) {
            self.open_candidate(next);
        } else {
            let end = if forward { "last" } else { "first" };
            self.say(Tone::Calm, format!("This is the {end} record"));
        }
    }

    /// Goes to one of the passages that the instruction is best read beside.
    pub(in crate::tui) fn step_passage(&mut self, by: isize) {
        let Some(visit) = &mut self.in_view.visit else {
            return;
        };
        let RecordState::Ready(view) = &self.in_view.record.state else {
            return;
        };
        let Some(looked) = &mut visit.looked else {
            return;
        };
        let last = looked.passages.len().saturating_sub(1);
        let to = looked.at.saturating_add_signed(by).min(last);
        if by != 0 && to == looked.at {
            let end = if by > 0 { "last" } else { "first" };
            return self.say(Tone::Calm, format!("This is the {end} passage"));
        }
        looked.at = to;
        let Some(&event) = looked.passages.get(to) else {
            return self.say(Tone::Calm, "No word of the instruction is in this record");
        };
        let view = Arc::clone(view);
        let query = marking(&visit.text);
        let mut marker = Marker::new(&query);
        let record = &view.record;
        let places = places_in(record, event, &mut marker);
        let value = record.value(record.event(event));
        let best = marker
            .snippet(value, 300)
            .marks
            .first()
            .map_or(0, |m| m.start);
        let at = places
            .all
            .iter()
            .position(|h| h.field == Field::Value && h.start as usize >= best);
        self.looking
            .find
            .set_places("words of the instruction", places);
        self.looking.find.mark_map(record, &self.in_view.record.map);
        match at {
            Some(i) => self.go_to_hit(i),
            None if record.event(event).kind == Kind::Note => {
                self.in_view.record.timeline.show_text(record, event, 0);
            }
            None => self.in_view.record.timeline.show(record, event),
        }
    }
}
