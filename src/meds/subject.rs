//! The rows of one subject, as they come: facts gathered, stays closed, events passed on.
//!
//! In: rows of MEDS, those of a subject one after another. Out: rows of the spill: one of the person, one a stay, one an
//! event. Each row of MEDS is in one of them. Rows without a time are facts about the person; of the rows with one, only
//! birth is. Never: a stay that began and did not end, or ended and did not begin, left out.

use std::borrow::Cow;

use super::code::{self, Role, Stay};
use crate::error::Result;
use crate::omop::intake::Fields;
use crate::omop::report::{Line, Tallies};
use crate::omop::slots::Slot;
use crate::omop::spill::Writer;
use crate::omop::tables::Table;

/// Takes rows and writes them to the spill.
pub(super) struct Subjects<'a> {
    writer: Writer<'a>,
    tallies: &'a mut Tallies,
    subject: Option<Subject>,
}

struct Subject {
    id: i64,
    /// The first row that says something of the person.
    line: Option<Line>,
    /// How many rows do.
    rows: u64,
    birth: String,
    gender: String,
    race: String,
    ethnicity: String,
    facts: String,
    /// Stays that have begun, in this order.
    open: Vec<Begun>,
    stays: i64,
}

/// A stay that has begun.
struct Begun {
    stay: Stay,
    line: Line,
    named: Option<String>,
    fields: Vec<(Slot, String)>,
}

impl<'a> Subjects<'a> {
    pub(super) fn new(writer: Writer<'a>, tallies: &'a mut Tallies) -> Self {
        Subjects {
            writer,
            tallies,
            subject: None,
        }
    }

    /// Takes a row of a subject.
    pub(super) fn row(&mut self, id: i64, line: Line, fields: &Fields<'_>) -> Result<()> {
        if self.subject.as_ref().is_none_or(|s| s.id != id) {
            self.flush()?;
            self.subject = Some(Subject::new(id));
        }
        let Some(subject) = &mut self.subject else {
            return Ok(());
        };
        let get = |slot: Slot| {
            fields
                .iter()
                .find(|(s, _)| *s == slot)
                .map_or("", |(_, text)| text.as_ref())
        };
        let code = get(Slot::Code);
        let role = code::role(code);
        if role == Role::Birth && subject.birth.is_empty() {
            get(Slot::StartDateTime).clone_into(&mut subject.birth);
            subject.fact(line, self.tallies);
            return Ok(());
        }
        if get(Slot::StartDateTime).is_empty() {
            let value = [Slot::Number, Slot::Text, Slot::ValueSource]
                .map(&get)
                .into_iter()
                .find(|t| !t.is_empty());
            subject.says(code, value.unwrap_or_else(|| code::rest(code)));
            subject.fact(line, self.tallies);
            return Ok(());
        }
        match role {
            Role::Begins(stay) => {
                subject.begin(stay, line, fields, code, get(Slot::Visit));
                // Counted when it is written.
                return Ok(());
            }
            Role::Ends(stay) => {
                if let Some(begun) = subject.end(stay, get(Slot::Visit)) {
                    self.tallies.of(begun.table()).rows += 1;
                    self.tallies.of(begun.table()).used += 1;
                    let end = [
                        (Slot::EndDateTime, get(Slot::StartDateTime)),
                        (Slot::DischargedToSource, code::rest(code)),
                    ];
                    return self.stay(id, &begun, &end);
                }
            }
            Role::Birth | Role::Death | Role::Event(_) | Role::Unknown => {}
        }
        self.event(id, line, fields, role)
    }

    /// Writes an event.
    fn event(&mut self, id: i64, line: Line, fields: &Fields<'_>, role: Role) -> Result<()> {
        let get = |slot: Slot| fields.iter().find(|(s, _)| *s == slot).map(|(_, t)| t);
        let code = get(Slot::Code).map_or("", |t| t.as_ref());
        let kind = match role {
            Role::Event(kind) => kind,
            Role::Death => "death",
            Role::Begins(_) | Role::Ends(_) => "observation",
            Role::Birth | Role::Unknown => code::event_type(
                get(Slot::Kind).map_or("", |t| t.as_ref()),
                get(Slot::Number).is_some(),
            ),
        };
        let mut row: Vec<(Slot, Cow<'_, str>)> = fields
            .iter()
            .filter(|(slot, _)| !matches!(slot, Slot::Person | Slot::Kind))
            .map(|(slot, text)| (*slot, Cow::Borrowed(text.as_ref())))
            .collect();
        row.push((Slot::Kind, kind.into()));
        row.push((Slot::Title, code::words(code).into()));
        if get(Slot::UnitSource).is_none() && !code::unit(code).is_empty() {
            row.push((Slot::UnitSource, code::unit(code).into()));
        }
        self.tallies.of(Table::Meds).rows += 1;
        self.write(Table::Meds, id, line, row)
    }

    /// Writes a stay, with what its end says.
    fn stay(&mut self, id: i64, begun: &Begun, end: &[(Slot, &str)]) -> Result<()> {
        let row = begun
            .fields
            .iter()
            .map(|(slot, text)| (*slot, Cow::Borrowed(text.as_str())))
            .chain(end.iter().map(|(slot, text)| (*slot, Cow::Borrowed(*text))))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        self.tallies.of(begun.table()).rows += 1;
        self.write(begun.table(), id, begun.line, row)
    }

    fn write(
        &mut self,
        table: Table,
        id: i64,
        line: Line,
        mut row: Vec<(Slot, Cow<'_, str>)>,
    ) -> Result<()> {
        row.sort_by_key(|(slot, _)| *slot);
        row.dedup_by_key(|(slot, _)| *slot);
        self.writer.row(table, line.packed(), id, &row)
    }

    /// Ends the subject.
    fn flush(&mut self) -> Result<()> {
        let Some(mut subject) = self.subject.take() else {
            return Ok(());
        };
        for begun in std::mem::take(&mut subject.open) {
            self.stay(subject.id, &begun, &[])?;
        }
        let Some(line) = subject.line else {
            return Ok(());
        };
        // The row that is made of them counts itself when it is used.
        self.tallies.of(Table::Person).used += subject.rows - 1;
        let row = [
            (Slot::BirthDateTime, &subject.birth),
            (Slot::GenderSource, &subject.gender),
            (Slot::RaceSource, &subject.race),
            (Slot::EthnicitySource, &subject.ethnicity),
            (Slot::Facts, &subject.facts),
        ];
        let row = row
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(slot, text)| (slot, Cow::Borrowed(text.as_str())))
            .collect();
        self.write(Table::Person, subject.id, line, row)
    }

    /// Ends the last subject and hands everything to the spill.
    pub(super) fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.writer.finish()
    }
}

impl Begun {
    fn table(&self) -> Table {
        match self.stay {
            Stay::IntensiveCare => Table::VisitDetail,
            Stay::Hospital | Stay::Emergency => Table::VisitOccurrence,
        }
    }
}

impl Subject {
    fn new(id: i64) -> Self {
        Subject {
            id,
            line: None,
            rows: 0,
            birth: String::new(),
            gender: String::new(),
            race: String::new(),
            ethnicity: String::new(),
            facts: String::new(),
            open: Vec::new(),
            stays: 0,
        }
    }

    /// Counts a row that says something of the person.
    fn fact(&mut self, line: Line, tallies: &mut Tallies) {
        self.rows += 1;
        tallies.of(Table::Person).rows += 1;
        self.line.get_or_insert(line);
    }

    /// Notes what is said of the person; a second gender or race stands among the further facts.
    fn says(&mut self, code: &str, value: &str) {
        let kind = code::kind(code);
        let place = match kind.to_ascii_uppercase().as_str() {
            "GENDER" | "SEX" => &mut self.gender,
            "RACE" => &mut self.race,
            "ETHNICITY" => &mut self.ethnicity,
            _ => return self.further(kind, value),
        };
        if place.is_empty() {
            value.clone_into(place);
        } else if place != value {
            self.further(kind, value);
        }
    }

    fn further(&mut self, name: &str, value: &str) {
        let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        self.facts.push_str(&plain(name));
        self.facts.push('\t');
        // A fact that is only named holds.
        self.facts
            .push_str(&plain(if value.is_empty() { "yes" } else { value }));
        self.facts.push('\n');
    }

    fn begin(&mut self, stay: Stay, line: Line, fields: &Fields<'_>, code: &str, visit: &str) {
        self.stays += 1;
        let id = match visit {
            "" => self.stays.to_string(),
            visit => visit.to_owned(),
        };
        let mut own: Vec<(Slot, String)> = fields
            .iter()
            .filter(|(slot, _)| !matches!(slot, Slot::Person | Slot::Kind | Slot::Visit | Slot::Id))
            .map(|(slot, text)| (*slot, text.to_string()))
            .collect();
        own.push((Slot::Title, code::words(code)));
        own.push((Slot::Id, id));
        self.open.push(Begun {
            stay,
            line,
            named: (!visit.is_empty()).then(|| visit.to_owned()),
            fields: own,
        });
    }

    /// The stay of this kind that ends: the one with this visit's number, else the one that began last.
    fn end(&mut self, stay: Stay, visit: &str) -> Option<Begun> {
        let at = self.open.iter().rposition(|b| {
            b.stay == stay
                && match &b.named {
                    Some(named) if !visit.is_empty() => named == visit,
                    _ => true,
                }
        })?;
        Some(self.open.remove(at))
    }
}
