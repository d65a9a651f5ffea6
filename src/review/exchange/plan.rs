//! What a review file lacks of what was said elsewhere.
//!
//! In: what one reviewer said elsewhere, and the reviewer's ledger. Out: acts to append, each with an id that follows from what
//! it says, so that bringing a file in twice changes nothing. Never: an act that overrules what the reviewer said later here.
//!
//! # Ids
//! An act brought in has an id made of its time, and a hash of reviewer, case, act and the id of the act of the same kind on the
//! same thing that was brought in before it. So a ledger tells by itself which of its acts were brought in, and of those only
//! the last counts when the same file comes again: what was undone or changed here since stays so.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::form;
use super::said::Said;
use crate::dataset::CaseKey;
use crate::review::case::CaseReview;
use crate::review::entry::{Act, Entry, VERSION};
use crate::review::id;
use crate::review::ledger::Ledger;
use crate::review::pass::Pass;
use crate::review::seen::Seen;
use crate::review::shown::{self, Shown};

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Plan {
    /// Entries to append, in order.
    pub entries: Vec<Entry>,
    /// Acts that say what the review says already.
    pub same: usize,
    /// Acts that were brought in before.
    pub before: usize,
    /// Acts that are older than what the reviewer said of the same thing here.
    pub newer_here: usize,
    /// Acts that replace something else that the reviewer had said before.
    pub replaced: usize,
    /// What is not understood, with its place.
    pub wrong: Vec<String>,
    /// Answers that were not taken because another form on the same case says something else, with its place.
    pub superseded: Vec<String>,
    /// Forms that would submit their case, and do not because something in them was left out.
    pub not_submitted: usize,
}

/// What is to be appended to a reviewer's file for what the reviewer said elsewhere, as of `now`.
pub(crate) fn plan(ledger: &Ledger, said: &[&Said], now: Timestamp) -> Plan {
    let mut history: HashMap<&CaseKey, Vec<&Entry>> = HashMap::new();
    for entry in ledger.entries() {
        if let Some(case) = &entry.case {
            history.entry(case).or_default().push(entry);
        }
    }
    let mut plan = Plan::default();
    let mut cases: BTreeMap<&CaseKey, Vec<&Said>> = BTreeMap::new();
    for said in said {
        cases.entry(&said.case).or_default().push(said);
    }
    for (case, mut all) in cases {
        // Of two that say something of the same thing, the later counts.
        all.sort_by_key(|s| s.at);
        let mut planner = Planner::new(ledger, case, history.get(case).map_or(&[], Vec::as_slice));
        planner.add(&all, now, &mut plan);
    }
    plan
}

/// An act's kind and what it is about: of one slot, the last act holds.
type ActSlot = (String, Option<String>);

fn slot(act: &Act) -> ActSlot {
    let model = match act {
        Act::Judge { model, .. } | Act::Tag { model, .. } => Some(model.clone()),
        Act::Comment { model, .. } => model.clone(),
        _ => None,
    };
    let kind = match act {
        Act::Reopen {} => "submit",
        other => other.kind(),
    };
    (kind.to_owned(), model)
}

/// An act that a form stands for.
struct Wanted<'a> {
    act: Act,
    at: Option<Timestamp>,
    shown: Option<Shown>,
    said: &'a Said,
}

/// What the forms of one reviewer on one case stand for.
#[derive(Default)]
struct Forms<'a> {
    /// One act a slot.
    wanted: Vec<Wanted<'a>>,
    /// Seconds, when, and on which texts, where the case counts as done.
    submit: Option<(u64, Option<Timestamp>, Option<Shown>)>,
}

/// The acts of forms, the later ones last: of two that say something of the same thing the later counts, and what it takes the
/// place of is told. A form of which something was left out submits nothing.
fn of_forms<'a>(all: &[&'a Said], review: &CaseReview, plan: &mut Plan) -> Forms<'a> {
    let mut forms = Forms::default();
    let mut superseded: BTreeMap<(&str, &str), (usize, &Said, &Said)> = BTreeMap::new();
    let mut refused = false;
    for said in all.iter().copied() {
        let (new, wrong) = form::acts(&said.form, &said.models, review);
        refused |= said.refused || !wrong.is_empty();
        let placed = wrong
            .into_iter()
            .map(|what| format!("{}: {what}", said.place));
        plan.wrong.extend(placed);
        for act in new {
            let shown = said.shown.as_ref().and_then(|s| s.of_act(&act));
            let wanted = Wanted {
                act,
                at: said.at,
                shown,
                said,
            };
            let mut known = forms.wanted.iter_mut();
            match known.find(|other| slot(&other.act) == slot(&wanted.act)) {
                Some(other) => {
                    if other.act == wanted.act {
                        plan.same += 1;
                    } else {
                        let key = (other.said.place.as_str(), said.place.as_str());
                        let of_them = superseded.entry(key).or_insert((0, other.said, said));
                        of_them.0 += 1;
                    }
                    *other = wanted;
                }
                None => forms.wanted.push(wanted),
            }
        }
        forms.submit = said
            .submitted
            .map(|seconds| (seconds, said.at, said.shown.clone()));
    }
    for (n, older, newer) in superseded.into_values() {
        let (by, other) = (older.by.told(), newer.by.told());
        let (place, there) = (&older.place, &newer.place);
        plan.superseded.push(format!(
            "{place} (by {by}): {n} answers, since {there} (by {other}) says something else on the same case"
        ));
    }
    if refused && forms.submit.take().is_some() {
        plan.not_submitted += 1;
    }
    forms
}

struct Planner<'a> {
    ledger: &'a Ledger,
    case: &'a CaseKey,
    /// The last act that was brought in, by slot: its id, the act and the texts that it is of.
    brought: HashMap<ActSlot, (String, Act, Option<Shown>)>,
    /// When the reviewer last said something of a slot here.
    here: HashMap<ActSlot, Timestamp>,
}

impl<'a> Planner<'a> {
    fn new(ledger: &'a Ledger, case: &'a CaseKey, entries: &[&Entry]) -> Self {
        let mut planner = Planner {
            ledger,
            case,
            brought: HashMap::new(),
            here: HashMap::new(),
        };
        let now = ledger.texts().case(case);
        for entry in entries {
            let slot = slot(&entry.act);
            if entry.id == planner.id(&entry.act, entry.time) {
                let (id, act, shown) = (&entry.id, &entry.act, &entry.shown);
                planner
                    .brought
                    .insert(slot, (id.clone(), act.clone(), shown.clone()));
            } else if ledger.holds(&entry.id) && !shown::differ(entry.shown.as_ref(), now) {
                planner.here.insert(slot, entry.time);
            }
        }
        planner
    }

    /// The id of an act that is brought in after those known.
    fn id(&self, act: &Act, time: Timestamp) -> String {
        let before = self
            .brought
            .get(&slot(act))
            .map_or("", |(id, ..)| id.as_str());
        // An act of a kind that this version knows always has a JSON form.
        let act = serde_json::to_string(act).unwrap_or_default();
        let CaseKey {
            instruction,
            person,
        } = self.case;
        let parts = [self.ledger.reviewer(), instruction, person, &act, before];
        id::derived(time.as_millisecond(), &parts.join("\0"))
    }

    fn add(&mut self, all: &[&Said], now: Timestamp, plan: &mut Plan) {
        let mut review = self.ledger.case(self.case).clone();
        let acts = of_forms(all, &review, plan);
        let first = plan.entries.len();
        for Wanted { act, at, shown, .. } in acts.wanted {
            let slot = slot(&act);
            let last = self.brought.get(&slot);
            let again = |last: &Option<Shown>| !shown::differ(last.as_ref(), shown.as_ref());
            if last.is_some_and(|(_, brought, of)| *brought == act && again(of)) {
                plan.before += 1;
            } else if form::holds(&act, &review) {
                plan.same += 1;
            } else if self.newer(&slot, at) {
                plan.newer_here += 1;
            } else {
                plan.replaced += usize::from(form::is_said(&act, &review));
                let entry = self.entry(act, shown, at, now);
                review.take(&entry, Seen::default(), self.ledger.texts().case(self.case));
                plan.entries.push(entry);
            }
        }
        let Some((seconds, at, shown)) = acts.submit else {
            return;
        };
        let act = Act::Submit {
            overruled: Vec::new(),
            seconds,
            reason: None,
        };
        let before = self.brought.contains_key(&slot(&act));
        let newer = self.newer(&slot(&act), at);
        if form::holds(&act, &review) {
            plan.same += 1;
        } else if before && plan.entries.len() == first {
            plan.before += 1;
        } else if newer {
            plan.newer_here += 1;
        } else {
            plan.entries.push(self.entry(act, shown, at, now));
        }
    }

    /// Whether the reviewer said something of a slot here after `at`.
    fn newer(&self, slot: &ActSlot, at: Option<Timestamp>) -> bool {
        let here = self.here.get(slot);
        here.is_some_and(|here| at.is_some_and(|at| at < *here))
    }

    fn entry(
        &mut self,
        act: Act,
        shown: Option<Shown>,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Entry {
        let time = at.map_or(now, |at| at.min(now));
        // Entries have whole milliseconds; a time within range stays so.
        let time = Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(now);
        let id = self.id(&act, time);
        self.brought
            .insert(slot(&act), (id.clone(), act.clone(), shown.clone()));
        Entry {
            v: VERSION,
            id,
            time,
            reviewer: self.ledger.reviewer().to_owned(),
            case: Some(self.case.clone()),
            pass: Pass::First,
            act,
            shown,
            extra: serde_json::Map::new(),
        }
    }
}
