//! The rows of one subject made into what a record is put together from: facts gathered, stays closed.
//!
//! In: all rows of a subject, from however many places. Out: rows of OMOP's kind: one of the person, one a stay, one an
//! event. Each row of MEDS is in one of them. Rows without a time are facts about the person; of the rows with one, only
//! birth is. Never: a stay that began and did not end, or ended and did not begin, left out; a value that a row of birth
//! or discharge holds besides.

use std::borrow::Cow;

use super::code::{self, Role, Stay};
use crate::error::Result;
use crate::omop::cell::id;
use crate::omop::lookup::Lookup;
use crate::omop::moment;
use crate::omop::report::{Reason, TableLine, Tallies};
use crate::omop::slots::Slot;
use crate::omop::spill::{Packed, pack, unpack};
use crate::omop::tables::Table;

/// Makes rows of persons, stays and events from the rows of MEDS that start at `places`, all of one subject.
///
/// # Errors
/// When a row comes back from the disk other than it was written.
pub(super) fn reshape(
    subject: i64,
    piece: &[u8],
    places: &[usize],
    lookup: &Lookup,
    tallies: &mut Tallies,
) -> Result<Vec<u8>> {
    let mut highest = 0;
    let mut rows = Vec::with_capacity(places.len());
    for at in places {
        let row = unpack(piece, *at)?;
        highest = id(row.get(Slot::Visit)).unwrap_or(0).max(highest);
        // Shards may cut a subject by any rule, and a table of text be in any order: what began is ended in time order.
        rows.push((second(row.get(Slot::StartDateTime)), row.line, *at));
    }
    let files = rows.iter().map(|(_, line, _)| line.file());
    let first = files.min().unwrap_or(0);
    for (_, line, _) in rows.iter().filter(|(_, line, _)| line.file() != first) {
        let tally = tallies.of(Table::Meds);
        tally.count(Reason::SeveralFiles, *line);
    }
    rows.sort_unstable();
    let mut subject = Subject {
        id: subject,
        lookup,
        tallies,
        out: Vec::new(),
        line: None,
        rows: 0,
        birth: String::new(),
        gender: String::new(),
        race: String::new(),
        ethnicity: String::new(),
        facts: String::new(),
        open: Vec::new(),
        stays: highest,
    };
    for (_, _, at) in rows {
        subject.row(unpack(piece, at)?)?;
    }
    subject.end()
}

/// When a row says that it happened: without a time before all else, with an unreadable one after it.
fn second(time: &str) -> i64 {
    match moment::read("", time, "") {
        Ok(Some((moment, _))) => moment.seconds,
        Ok(None) => i64::MIN,
        Err(_) => i64::MAX,
    }
}

struct Subject<'a> {
    id: i64,
    lookup: &'a Lookup,
    tallies: &'a mut Tallies,
    out: Vec<u8>,
    /// The first row that says something of the person.
    line: Option<TableLine>,
    /// How many rows do.
    rows: u64,
    birth: String,
    gender: String,
    race: String,
    ethnicity: String,
    facts: String,
    /// Stays that have begun, in this order.
    open: Vec<Begun<'a>>,
    /// The number of the last stay that had none.
    stays: i64,
}

/// A stay that has begun.
struct Begun<'a> {
    stay: Stay,
    row: Packed<'a>,
    /// Its number where its row has none.
    number: String,
}

const VALUES: [Slot; 3] = [Slot::Number, Slot::Text, Slot::ValueSource];

impl<'a> Subject<'a> {
    fn row(&mut self, row: Packed<'a>) -> Result<()> {
        let time = row.get(Slot::StartDateTime);
        let role = code::role(row.get(Slot::Code));
        if time.is_empty() {
            self.says(&row);
            self.fact(row.line);
            return Ok(());
        }
        match role {
            Role::Birth if self.birth.is_empty() => {
                time.clone_into(&mut self.birth);
                if VALUES.iter().any(|slot| !row.get(*slot).is_empty()) {
                    self.says(&row);
                }
                self.fact(row.line);
                Ok(())
            }
            Role::Begins(stay) => {
                let number = match row.get(Slot::Visit) {
                    "" => {
                        self.stays = self.stays.checked_add(1).unwrap_or(1);
                        self.stays.to_string()
                    }
                    _ => String::new(),
                };
                self.open.push(Begun { stay, row, number });
                Ok(())
            }
            Role::Ends(stay) => match self.ended(stay, row.get(Slot::Visit)) {
                Some(begun) => {
                    self.stay(&begun, Some(&row))?;
                    if says_more(&row) {
                        return self.event(&row, role);
                    }
                    let tally = self.tallies.of(begun.table());
                    tally.rows += 1;
                    tally.used += 1;
                    Ok(())
                }
                None => self.event(&row, role),
            },
            _ => self.event(&row, role),
        }
    }

    /// Writes an event.
    fn event(&mut self, row: &Packed<'_>, role: Role) -> Result<()> {
        let code = row.get(Slot::Code);
        let kind = match role {
            Role::Event(kind) => kind,
            Role::Death => "death",
            Role::Begins(_) | Role::Ends(_) => "observation",
            Role::Birth | Role::Unknown => {
                code::event_type(row.get(Slot::Kind), !row.get(Slot::Number).is_empty())
            }
        };
        let title = code::words(code);
        let mut fields = vec![
            (Slot::Kind, kind),
            (Slot::Title, &*title),
            (Slot::UnitSource, unit(row)),
        ];
        fields.extend(own_fields(row));
        self.write(Table::Meds, row.line, fields)
    }

    /// Writes a stay, with what its end says.
    fn stay(&mut self, begun: &Begun<'_>, end: Option<&Packed<'_>>) -> Result<()> {
        let row = &begun.row;
        let title = code::words(row.get(Slot::Code));
        let mut fields = Vec::new();
        if let Some(end) = end {
            fields.push((Slot::EndDateTime, end.get(Slot::StartDateTime)));
            let code = end.get(Slot::Code);
            let to = match self.lookup.descriptions.get(code) {
                Some(described) => described,
                None => code::rest(code),
            };
            fields.push((Slot::DischargedToSource, to));
        }
        let number = match row.get(Slot::Visit) {
            "" => &*begun.number,
            visit => visit,
        };
        fields.extend([
            (Slot::Id, number),
            (Slot::Title, &*title),
            (Slot::UnitSource, unit(row)),
        ]);
        fields
            .extend(own_fields(row).filter(|(slot, _)| !matches!(slot, Slot::Visit | Slot::Kind)));
        self.write(begun.table(), row.line, fields)
    }

    /// Writes a row; of two fields for one slot the first counts.
    fn write(
        &mut self,
        table: Table,
        line: TableLine,
        mut fields: Vec<(Slot, &str)>,
    ) -> Result<()> {
        self.tallies.of(table).rows += 1;
        fields.retain(|(_, text)| !text.is_empty());
        fields.sort_by_key(|(slot, _)| *slot);
        fields.dedup_by_key(|(slot, _)| *slot);
        let fields: Vec<_> = fields
            .into_iter()
            .map(|(slot, text)| (slot, Cow::Borrowed(text)))
            .collect();
        pack(&mut self.out, table, line, self.id, &fields)
    }

    /// Counts a row that says something of the person.
    fn fact(&mut self, line: TableLine) {
        self.rows += 1;
        self.line.get_or_insert(line);
    }

    /// Notes what is said of the person; a second gender or race stands among the further facts.
    fn says(&mut self, row: &Packed<'_>) {
        let code = row.get(Slot::Code);
        let kind = code::kind(code);
        let place = match kind.to_ascii_uppercase().as_str() {
            "GENDER" | "SEX" => &mut self.gender,
            "RACE" => &mut self.race,
            "ETHNICITY" => &mut self.ethnicity,
            _ => {
                let described = self.lookup.descriptions.get(code).map(|d| &**d);
                let values = values(row, described.unwrap_or(&word(code)));
                return self.further(kind, &values);
            }
        };
        // `GENDER//F` and `GENDER` with the text F say the same.
        let (main, besides) = match (word(code), values(row, "")) {
            (word, values) if word.is_empty() => (values, String::new()),
            (word, values) => (word, values),
        };
        let is_news = if place.is_empty() {
            place.clone_from(&main);
            false
        } else {
            *place != main
        };
        for value in [main].iter().filter(|_| is_news).chain([&besides]) {
            if !value.is_empty() {
                self.further(kind, value);
            }
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

    /// The stay of this kind that ends: the one with this visit's number, else the one that began last.
    fn ended(&mut self, stay: Stay, visit: &str) -> Option<Begun<'a>> {
        let at = self.open.iter().rposition(|b| {
            let named = b.row.get(Slot::Visit);
            b.stay == stay && (named.is_empty() || visit.is_empty() || named == visit)
        })?;
        Some(self.open.remove(at))
    }

    /// Writes what is known of the person, and the stays that are still open.
    fn end(mut self) -> Result<Vec<u8>> {
        for begun in std::mem::take(&mut self.open) {
            self.stay(&begun, None)?;
        }
        if let Some(line) = self.line {
            // The row that is made of them counts itself, now and when it is used.
            let tally = self.tallies.of(Table::Person);
            tally.rows += self.rows - 1;
            tally.used += self.rows - 1;
            let [birth, gender, race, ethnicity, facts] = [
                &mut self.birth,
                &mut self.gender,
                &mut self.race,
                &mut self.ethnicity,
                &mut self.facts,
            ]
            .map(std::mem::take);
            let fields = vec![
                (Slot::BirthDateTime, &*birth),
                (Slot::GenderSource, &*gender),
                (Slot::RaceSource, &*race),
                (Slot::EthnicitySource, &*ethnicity),
                (Slot::Facts, &*facts),
            ];
            self.write(Table::Person, line, fields)?;
        }
        Ok(self.out)
    }
}

impl Begun<'_> {
    fn table(&self) -> Table {
        match self.stay {
            Stay::IntensiveCare => Table::VisitDetail,
            Stay::Hospital | Stay::Emergency => Table::VisitOccurrence,
        }
    }
}

/// The fields that a row of MEDS has.
fn own_fields<'a>(row: &'a Packed<'_>) -> impl Iterator<Item = (Slot, &'a str)> {
    let columns = Table::Meds.spec().columns.iter();
    columns.map(|(slot, _)| (*slot, row.get(*slot)))
}

/// Whether a row says more than what happened when.
fn says_more(row: &Packed<'_>) -> bool {
    own_fields(row).any(|(slot, text)| {
        let is_used = matches!(
            slot,
            Slot::Code | Slot::StartDateTime | Slot::Visit | Slot::Kind
        );
        !is_used && !text.is_empty()
    })
}

/// The row's unit, else that of its code.
fn unit<'a>(row: &Packed<'a>) -> &'a str {
    match row.get(Slot::UnitSource) {
        "" => code::unit(row.get(Slot::Code)),
        unit => unit,
    }
}

/// What a code says besides its first word.
fn word(code: &str) -> String {
    if code::rest(code).is_empty() {
        return String::new();
    }
    code::words(code)
}

/// A row's values with their unit, behind what its code says.
fn values(row: &Packed<'_>, meaning: &str) -> String {
    let number = match (row.get(Slot::Number), unit(row)) {
        ("", unit) => unit.to_owned(),
        (number, "") => number.to_owned(),
        (number, unit) => format!("{number} {unit}"),
    };
    let mut all: Vec<&str> = Vec::new();
    for text in [
        meaning,
        &number,
        row.get(Slot::Text),
        row.get(Slot::ValueSource),
    ] {
        if !text.is_empty() && !all.contains(&text) {
            all.push(text);
        }
    }
    all.join(", ")
}
