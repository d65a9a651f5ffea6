//! The cases to export with what each reviewer said of them.
//!
//! In: a dataset's cases and relevance labels, all ledgers. Out: the cases asked for in the dataset's order, and an account
//! of all that is found and of what no case or response takes. Never: a mark that is counted nowhere.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;

use super::account::{Account, Item, Stray, Why, marks, marks_alone, marks_of_reading};
use super::{Options, Source};
use crate::dataset::{Case, CaseKey, Relevance};
use crate::review::case::CaseReview;
use crate::review::counted::{Cause, Rules, Standing};
use crate::review::pass::Pass;

/// Which cases are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// All.
    All,
    /// Those that somebody said something about.
    Reviewed,
    /// Those with a response that nobody has judged yet.
    Left,
}

/// Which readings of a case are exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Readings {
    /// Each reviewer's first.
    #[default]
    First,
    /// All: second readings and adjudications, too.
    All,
}

impl Readings {
    /// Whether a reading is asked for.
    fn holds(self, pass: Pass) -> bool {
        self == Readings::All || pass == Pass::First
    }
}

/// What a reviewer said of a case in one reading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reviewed<'a> {
    /// Who.
    pub reviewer: &'a str,
    /// In which reading.
    pub pass: Pass,
    /// What.
    pub review: &'a CaseReview,
    /// What is known of the reading.
    pub standing: Standing,
}

/// A case to export.
#[derive(Clone, Debug)]
pub(crate) struct Picked<'a> {
    /// The case.
    pub case: &'a Case,
    /// What reviewers said of it in readings that count, by name and reading; without those who said nothing.
    pub reviews: Vec<Reviewed<'a>>,
    /// Readings that do not count: only what stands by itself, gold responses and labels of records, is written of them.
    pub aside: Vec<Reviewed<'a>>,
}

impl<'a> Picked<'a> {
    /// Whether the case has a response of a model.
    pub(crate) fn has(&self, model: &str) -> bool {
        self.case.responses.iter().any(|r| r.model == model)
    }

    /// All readings of which something is written.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Reviewed<'a>> {
        self.reviews.iter().chain(&self.aside)
    }
}

/// What is written of a source.
#[derive(Clone, Debug)]
pub(crate) struct Selection<'a> {
    /// The cases.
    pub cases: Vec<Picked<'a>>,
    /// Relevance labels of the dataset.
    pub relevance: Vec<&'a Relevance>,
}

/// Picks the cases, and counts what is found and what has no case or response.
pub(crate) fn pick<'a>(source: &Source<'a>, options: Options) -> (Selection<'a>, Account) {
    let mut account = Account::default();
    let mut selection = Selection {
        cases: Vec::new(),
        relevance: Vec::new(),
    };
    let mut known: BTreeMap<CaseKey, (&Case, bool)> = BTreeMap::new();
    for picked in joined(source, options) {
        let case = picked.case;
        let key = case.key();
        let wanted = wanted(&picked, options.which);
        for (item, n) in [
            (Item::Case, 1),
            (Item::Response, case.responses.len()),
            (Item::Reference, case.golds.len()),
        ] {
            account.found(item, n);
            if !wanted {
                account.left(item, Why::NotAsked, n);
            }
        }
        known.insert(key, (case, wanted));
        if wanted {
            selection.cases.push(picked);
        }
    }
    let asked = |pass: &Pass| options.readings.holds(*pass);
    count_asked(source, options, &known, &mut account);
    for ledger in source.ledgers.values() {
        for pass in ledger.passes().filter(|p| !asked(p)) {
            for (_, review) in ledger.cases_in(pass) {
                for said in [Some(review), review.earlier.as_deref()]
                    .into_iter()
                    .flatten()
                {
                    marks(said, |item, _, n| {
                        account.found(item, n);
                        account.left(item, Why::LaterReading, n);
                    });
                }
            }
        }
    }
    let instructions: BTreeSet<&str> = selection
        .cases
        .iter()
        .map(|p| p.case.instruction_id.as_str())
        .collect();
    let all = options.which == Which::All;
    let wanted = |label: &&Relevance| all || instructions.contains(label.instruction_id.as_str());
    selection.relevance = source.relevance.iter().filter(wanted).collect();
    account.found(Item::GivenLabel, source.relevance.len());
    let rest = source.relevance.len() - selection.relevance.len();
    account.left(Item::GivenLabel, Why::NotAsked, rest);
    (selection, account)
}

/// Counts what is said in the readings asked for, and what of it is left out because of the case, the text or the reading.
fn count_asked(
    source: &Source<'_>,
    options: Options,
    known: &BTreeMap<CaseKey, (&Case, bool)>,
    account: &mut Account,
) {
    let asked = |pass: &Pass| options.readings.holds(*pass);
    for (reviewer, ledger) in source.ledgers {
        let machine = ledger.machine().is_some();
        let said = ledger.passes().filter(asked);
        let said = said.flat_map(|pass| ledger.cases_in(pass).map(move |said| (pass, said)));
        for (pass, (key, review)) in said {
            let case = known.get(key);
            let standing = Standing::of((reviewer, machine), pass, key, review, source.plan);
            let against = against(options.rules, pass, review, standing);
            if case.is_some() && review.is_marked() {
                let reading = (pass, key);
                account
                    .tally
                    .counts(options.rules, reviewer, reading, standing);
            }
            let mut count = |item, model: Option<&str>, n, against: Option<Why>| {
                account.found(item, n);
                let lacks = |case: &Case| {
                    model.is_some_and(|m| case.responses.iter().all(|r| r.model != m))
                };
                let why = match case {
                    None => Why::NoCase,
                    Some((case, _)) if lacks(case) => Why::NoModel,
                    Some((_, asked)) => {
                        let why = if *asked {
                            against
                        } else {
                            against.or(Some(Why::NotAsked))
                        };
                        return why.into_iter().for_each(|why| account.left(item, why, n));
                    }
                };
                if n > 0 {
                    let stray = Stray {
                        reviewer: reviewer.clone(),
                        case: key.clone(),
                        item,
                        why,
                    };
                    account.stray(stray, n);
                }
            };
            marks_of_reading(review, |item, model, n| count(item, model, n, against));
            marks_alone(review, |item, model, n| count(item, model, n, None));
            let Some(earlier) = &review.earlier else {
                continue;
            };
            marks(earlier, |item, _, n| {
                account.found(item, n);
                let stray = Stray {
                    reviewer: reviewer.clone(),
                    case: key.clone(),
                    item,
                    why: Why::EarlierText,
                };
                if n > 0 {
                    account.stray(stray, n);
                }
            });
        }
    }
}

/// The cases asked for, without an account.
pub(crate) fn cases<'a>(source: &Source<'a>, options: Options) -> Vec<Picked<'a>> {
    joined(source, options)
        .filter(|picked| wanted(picked, options.which))
        .collect()
}

/// Why a reading is left out; one in which nothing is said of a response stays.
pub(super) fn against(
    rules: Rules,
    pass: Pass,
    review: &CaseReview,
    standing: Standing,
) -> Option<Why> {
    let cause = rules.against(pass, standing).filter(|_| review.is_marked());
    cause.map(|cause| match cause {
        Cause::Unblinded => Why::Unblinded,
        Cause::Machine => Why::Machine,
        _ => Why::Unsubmitted,
    })
}

/// All cases, each with its reviews.
fn joined<'a>(source: &Source<'a>, options: Options) -> impl Iterator<Item = Picked<'a>> {
    let (ledgers, plan) = (source.ledgers, source.plan);
    source.cases.iter().map(move |case| {
        let key = case.key();
        let reviews = ledgers.iter().flat_map(|(name, ledger)| {
            let machine = ledger.machine().is_some();
            let passes = ledger.passes().filter(|p| options.readings.holds(*p));
            let key = &key;
            passes.map(move |pass| {
                let review = ledger.reading(pass, key);
                Reviewed {
                    reviewer: name,
                    pass,
                    review,
                    standing: Standing::of((name, machine), pass, key, review, plan),
                }
            })
        });
        let reviews = reviews.filter(|r| !r.review.says_nothing());
        let counts =
            |r: &Reviewed<'_>| against(options.rules, r.pass, r.review, r.standing).is_none();
        let (reviews, aside) = reviews.partition(counts);
        Picked {
            case,
            reviews,
            aside,
        }
    })
}

fn wanted(picked: &Picked<'_>, which: Which) -> bool {
    let judged = |model: &str| {
        let mut reviews = picked.reviews.iter();
        reviews.any(|r| r.review.judgement(model).is_some())
    };
    let stands_alone = |r: &Reviewed<'_>| {
        let mut any = false;
        marks_alone(r.review, |_, _, n| any |= n > 0);
        any
    };
    match which {
        Which::All => true,
        Which::Reviewed => !picked.reviews.is_empty() || picked.aside.iter().any(stands_alone),
        Which::Left => picked.case.responses.iter().any(|r| !judged(&r.model)),
    }
}
