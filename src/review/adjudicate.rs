//! Where reviewers disagree on a case, and what each side said.
//!
//! In: a dataset's cases and what counts (`counted`) of the ledgers of all reviewers; of these, first readings. Out: the disputed cases, the worst first, and
//! each case's sides in an order that says nothing of whose they are. What an adjudicator decides is one more reading in the
//! adjudicator's own file ([`Pass::Adjudication`]); nothing of any side is changed. Never: a reviewer's name beside a side's
//! number on the screen.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::blind;
use super::case::CaseReview;
use super::entry::{Act, Mark, Verdict, View};
use super::ledger::Ledger;
use super::pass::Pass;
use super::plan::Step;
use crate::dataset::{Case, CaseKey};

/// What one reviewer said of a case in the first reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Who; not for the screen.
    pub reviewer: String,
    /// What was said.
    pub review: CaseReview,
    /// The case's responses, by their places in it, in the order in which this reviewer saw them, where the seed is known.
    pub saw: Option<Vec<usize>>,
}

impl Side {
    /// The act that takes the marks and the order of this side over, for the responses that the case has; `view` is what of the
    /// record is in view, `shown` the models in the order on the screen.
    pub fn adoption(&self, case: &Case, view: Option<View>, shown: &[&str]) -> Act {
        let has = |model: &str| case.responses.iter().any(|r| r.model == model);
        let said = self.review.responses.iter();
        let marks = said
            .filter(|(model, r)| has(model) && r.judgement.is_some())
            .map(|(model, r)| {
                let mark = Mark {
                    verdict: r.judgement.map(|j| j.verdict),
                    errors: r.errors.clone(),
                    harm: r.harm,
                    shown_position: shown.iter().position(|m| m == model).map(|i| i as u32),
                };
                (model.clone(), mark)
            });
        Act::Adopt {
            from: self.reviewer.clone(),
            marks: marks.collect(),
            order: self.review.rank.only(has).levels().to_vec(),
            view,
        }
    }
}

/// A case on which reviewers disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The case, by its place in the dataset.
    pub case: usize,
    /// How many reviewers marked or ranked it.
    pub sides: usize,
    /// The models on whose responses the verdicts differ, in the case's order.
    pub models: Vec<String>,
    /// Responses that one side calls correct and another incorrect.
    pub opposed: usize,
    /// Pairs of responses that one side puts in one order and another in the other, over all pairs of sides.
    pub reversed: usize,
    /// Pairs of responses that both of two sides put in an order, over all pairs of sides.
    pub ordered: usize,
}

impl Dispute {
    /// The share of reversed pairs, 0 to 1; 0 where there are none.
    pub fn reversed_share(&self) -> f64 {
        if self.ordered == 0 {
            return 0.0;
        }
        self.reversed as f64 / self.ordered as f64
    }
}

/// The sides of a case: everyone with a verdict or an order on one of its responses. They are numbered from 1 on the
/// screen in the order of [`blind::order`] with the reviewers' names in place of the models', anew in each case.
pub fn sides(
    case: &Case,
    ledgers: &BTreeMap<String, Ledger>,
    adjudicator: &str,
    seed: u64,
) -> Vec<Side> {
    let key = case.key();
    let names: Vec<&str> = ledgers
        .iter()
        .filter(|(_, ledger)| says_something(ledger.case(&key), case))
        .map(|(name, _)| name.as_str())
        .collect();
    let order = blind::order(seed, adjudicator, &key.to_string(), &names);
    order
        .into_iter()
        .map(|i| Side {
            reviewer: names[i].to_owned(),
            review: ledgers[names[i]].case(&key).clone(),
            saw: saw(case, &ledgers[names[i]]),
        })
        .collect()
}

/// The order in which a reviewer saw a case's responses, by the seed of their last sitting.
fn saw(case: &Case, ledger: &Ledger) -> Option<Vec<usize>> {
    let Act::Session { seed, .. } = ledger.last_session()?.act else {
        return None;
    };
    let models: Vec<&str> = case.responses.iter().map(|r| r.model.as_str()).collect();
    let id = &case.instruction_id;
    Some(blind::order(seed, ledger.reviewer(), id, &models))
}

/// Whether a reviewer marked or ranked a response of a case in the first reading.
pub fn reads(ledger: &Ledger, case: &Case) -> bool {
    says_something(ledger.case(&case.key()), case)
}

/// How many reviewers marked or ranked a response of a case.
pub fn readers(case: &Case, ledgers: &BTreeMap<String, Ledger>) -> usize {
    ledgers.values().filter(|l| reads(l, case)).count()
}

fn says_something(review: &CaseReview, case: &Case) -> bool {
    let mut models = case.responses.iter().map(|r| r.model.as_str());
    models.any(|m| review.judgement(m).is_some() || review.rank.level(m).is_some())
}

/// The cases on which two first readings differ in a verdict, or put two responses in opposite orders: most responses called both
/// correct and incorrect first, then most other differences in verdict ("unsure" against a verdict), then the largest share
/// of reversed pairs, then the dataset's order. A verdict or rank that is not there disagrees with nothing.
pub fn disputes(cases: &[Case], ledgers: &BTreeMap<String, Ledger>) -> Vec<Dispute> {
    let mut all: Vec<Dispute> = cases
        .iter()
        .enumerate()
        .filter_map(|(i, case)| dispute(i, case, ledgers))
        .collect();
    // Shares are compared as cross products: exact, and without a division.
    all.sort_by(|a, b| {
        let verdicts = |d: &Dispute| (Reverse(d.opposed), Reverse(d.models.len()));
        let share = |x: &Dispute, y: &Dispute| x.reversed * y.ordered.max(1);
        verdicts(a)
            .cmp(&verdicts(b))
            .then(share(b, a).cmp(&share(a, b)))
            .then(a.case.cmp(&b.case))
    });
    all
}

fn dispute(place: usize, case: &Case, ledgers: &BTreeMap<String, Ledger>) -> Option<Dispute> {
    let key = case.key();
    let reviews: Vec<&CaseReview> = ledgers
        .values()
        .map(|ledger| ledger.case(&key))
        .filter(|review| says_something(review, case))
        .collect();
    let mut found = Dispute {
        case: place,
        sides: reviews.len(),
        models: Vec::new(),
        opposed: 0,
        reversed: 0,
        ordered: 0,
    };
    for response in &case.responses {
        let verdicts = || reviews.iter().filter_map(|r| r.verdict(&response.model));
        let any = |wanted: Verdict| verdicts().any(|v| v == wanted);
        let mut all = verdicts();
        let first = all.next();
        if all.any(|v| Some(v) != first) {
            found.models.push(response.model.clone());
            let both = any(Verdict::Correct) && any(Verdict::Incorrect);
            found.opposed += usize::from(both);
        }
    }
    for (i, a) in reviews.iter().enumerate() {
        for b in &reviews[i + 1..] {
            count_pairs(case, a, b, &mut found);
        }
    }
    (!found.models.is_empty() || found.reversed > 0).then_some(found)
}

/// Counts the pairs of responses that both sides put in an order, and those in opposite orders.
fn count_pairs(case: &Case, a: &CaseReview, b: &CaseReview, found: &mut Dispute) {
    let levels: Vec<[Option<usize>; 2]> = case
        .responses
        .iter()
        .map(|r| [a.rank.level(&r.model), b.rank.level(&r.model)])
        .collect();
    for (i, one) in levels.iter().enumerate() {
        for other in &levels[i + 1..] {
            let ([Some(a1), Some(b1)], [Some(a2), Some(b2)]) = (one, other) else {
                continue;
            };
            let (a, b) = (a1.cmp(a2), b1.cmp(b2));
            if a.is_ne() && b.is_ne() {
                found.ordered += 1;
                found.reversed += usize::from(a != b);
            }
        }
    }
}

/// Somebody who decides, as the cases that they have still to read see them: what others said of these is kept from them.
#[derive(Clone, Copy, Debug)]
pub struct Unread<'a> {
    /// The dataset's cases.
    pub cases: &'a [Case],
    /// What the plan gives them to read; `None` where there is no plan.
    pub plan: Option<&'a [Step]>,
    /// What they said themselves.
    pub own: &'a Ledger,
}

impl Unread<'_> {
    /// Whether what others said of a case is kept from them until they ask for it.
    pub fn hides(&self, case: usize) -> bool {
        let Some(key) = self.cases.get(case).map(Case::key) else {
            return false;
        };
        if self.own.seen(&key).others {
            return false;
        }
        let open = |pass: Pass| self.own.reading(pass, &key).submitted.is_none();
        if let Some(plan) = self.plan {
            return plan.iter().any(|s| s.case == case && open(s.pass));
        }
        // Without a plan everybody may still read everything; who reads nothing and was asked once only decides.
        let decides = self.own.cases_in(Pass::Adjudication).next().is_some();
        open(Pass::First) && (!decides || self.reads())
    }

    /// Whether they are a reviewer of this dataset, and not only somebody who decides.
    pub fn reads(&self) -> bool {
        match self.plan {
            Some(plan) => !plan.is_empty(),
            None => self.cases.iter().any(|c| reads(self.own, c)),
        }
    }

    /// The cases that are kept from them.
    pub fn hidden(&self) -> Vec<usize> {
        (0..self.cases.len()).filter(|c| self.hides(*c)).collect()
    }
}

/// The disputed cases as an adjudicator's queue.
pub fn queue(disputes: &[Dispute]) -> Vec<Step> {
    let pass = Pass::Adjudication;
    let steps = disputes.iter().map(|d| Step { case: d.case, pass });
    steps.collect()
}

/// What was decided.
#[derive(Clone, Debug, Default)]
pub struct Decisions<'a> {
    /// By case: who decided, and what. Of several adjudicators of one case the one who submitted last.
    pub of: BTreeMap<CaseKey, (&'a str, &'a CaseReview)>,
    /// Adjudications of a case that another adjudicator submitted later.
    pub outdated: usize,
}

/// What was decided of each case whose adjudication is submitted. An adjudication without a verdict and an order decides nothing.
pub fn decisions<'a>(cases: &[Case], ledgers: &'a BTreeMap<String, Ledger>) -> Decisions<'a> {
    let mut decided = Decisions::default();
    for case in cases {
        let key = case.key();
        let said = ledgers
            .iter()
            .map(|(name, ledger)| (name.as_str(), ledger.reading(Pass::Adjudication, &key)))
            .filter(|(_, review)| review.submitted.is_some() && says_something(review, case));
        let mut all: Vec<_> = said.collect();
        all.sort_by_key(|(name, review)| (review.submitted.as_ref().map(|s| s.at), *name));
        if let Some(last) = all.pop() {
            decided.outdated += all.len();
            decided.of.insert(key, last);
        }
    }
    decided
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Response;
    use crate::review::sample::{entry, judge};

    fn case(id: &str, models: &[&str]) -> Case {
        let response = |model: &&str| Response {
            model: (*model).to_owned(),
            ..Response::default()
        };
        Case {
            instruction_id: id.to_owned(),
            person_id: "1".to_owned(),
            responses: models.iter().map(response).collect(),
            ..Case::default()
        }
    }

    fn rank(levels: &[&str]) -> Act {
        let level = |l: &&str| l.split('=').map(str::to_owned).collect();
        Act::Rank {
            order: levels.iter().map(level).collect(),
        }
    }

    /// Ledgers of what each reviewer did, in the order given.
    fn ledgers(acts: Vec<(&str, Pass, &Case, Act)>) -> BTreeMap<String, Ledger> {
        let entries = (0..).zip(acts).map(|(n, (who, pass, case, act))| {
            let mut entry = entry(n, Some(case.key()), act);
            who.clone_into(&mut entry.reviewer);
            entry.pass = pass;
            entry
        });
        Ledger::by_reviewer(entries)
    }

    const FIRST: Pass = Pass::First;

    fn submit() -> Act {
        Act::Submit {
            overruled: Vec::new(),
            seconds: 1,
            reason: None,
        }
    }

    #[test]
    fn the_worst_come_first_and_agreement_is_no_dispute() {
        let models = ["a", "b", "c"];
        let all = ["same", "ranks", "unsure", "one", "two", "half"].map(|id| case(id, &models));
        let [same, ranks, unsure, one, two, half] = &all;
        let (yes, no, maybe) = (Verdict::Correct, Verdict::Incorrect, Verdict::Unsure);
        let said = ledgers(vec![
            ("x", FIRST, same, judge("a", yes)),
            ("y", FIRST, same, judge("a", yes)),
            ("y", FIRST, same, judge("b", no)),
            ("x", FIRST, same, rank(&["a", "b=c"])),
            ("y", FIRST, same, rank(&["a", "b", "c"])),
            ("x", FIRST, ranks, rank(&["a", "b", "c"])),
            ("y", FIRST, ranks, rank(&["c", "b", "a"])),
            ("x", FIRST, unsure, judge("a", yes)),
            ("y", FIRST, unsure, judge("a", maybe)),
            ("x", FIRST, one, judge("a", yes)),
            ("y", FIRST, one, judge("a", no)),
            ("x", FIRST, two, judge("a", yes)),
            ("x", FIRST, two, judge("b", no)),
            ("y", FIRST, two, judge("a", no)),
            ("z", FIRST, two, judge("b", yes)),
            ("x", FIRST, half, rank(&["a", "b", "c"])),
            ("y", FIRST, half, rank(&["a", "c", "b"])),
            // Another reading of x's own is no side.
            ("x", Pass::Again(2), same, judge("a", no)),
        ]);
        let found = disputes(&all, &said);
        let names: Vec<&str> = found
            .iter()
            .map(|d| all[d.case].instruction_id.as_str())
            .collect();
        assert_eq!(names, ["two", "one", "unsure", "ranks", "half"]);
        assert_eq!((found[0].sides, found[0].opposed), (3, 2));
        assert_eq!((found[3].reversed, found[3].ordered), (3, 3));
        assert_eq!((found[4].reversed, found[4].ordered), (1, 3));
        assert!((found[4].reversed_share() - 1.0 / 3.0).abs() < 1e-12);
        let queue = queue(&found);
        assert_eq!(queue[0].case, 4);
        assert!(queue.iter().all(|s| s.pass == Pass::Adjudication));
    }

    #[test]
    fn sides_stand_in_another_order_in_another_case() {
        let cases: Vec<Case> = (0..12).map(|n| case(&n.to_string(), &["a"])).collect();
        let mut acts = Vec::new();
        for case in &cases {
            for who in ["x", "y", "z"] {
                acts.push((who, FIRST, case, judge("a", Verdict::Correct)));
            }
        }
        let said = ledgers(acts);
        let orders: Vec<String> = cases
            .iter()
            .map(|c| {
                let sides = sides(c, &said, "chief", 0);
                sides.iter().map(|s| s.reviewer.as_str()).collect()
            })
            .collect();
        assert!(orders.iter().all(|o| o.len() == 3));
        assert!(orders.iter().any(|o| *o != orders[0]), "{orders:?}");
    }

    #[test]
    fn a_side_is_taken_over_as_a_whole_and_only_for_what_the_case_has() {
        let case = case("1", &["a", "b"]);
        let said = ledgers(vec![
            ("x", FIRST, &case, judge("a", Verdict::Correct)),
            ("x", FIRST, &case, judge("gone", Verdict::Correct)),
            ("x", FIRST, &case, rank(&["gone", "b", "a"])),
        ]);
        let side = &sides(&case, &said, "chief", 0)[0];
        let adoption = side.adoption(&case, None, &["b", "a"]);
        let last = Pass::Adjudication;
        let begun = ledgers(vec![
            ("chief", last, &case, judge("b", Verdict::Unsure)),
            ("chief", last, &case, adoption.clone()),
        ]);
        let found = decisions(std::slice::from_ref(&case), &begun);
        assert_eq!(found.of.len(), 0);
        let decided = ledgers(vec![
            ("chief", last, &case, judge("b", Verdict::Unsure)),
            ("chief", last, &case, adoption),
            ("chief", last, &case, submit()),
        ]);
        let found = decisions(std::slice::from_ref(&case), &decided);
        let (who, review) = found.of[&case.key()];
        assert_eq!((who, found.outdated), ("chief", 0));
        assert_eq!(review.verdict("b"), None, "the side said nothing of it");
        assert_eq!(review.verdict("a"), Some(Verdict::Correct));
        assert_eq!(
            review.judgement("a").and_then(|j| j.shown_position),
            Some(1)
        );
        assert_eq!(review.verdict("gone"), None);
        assert_eq!(review.rank.to_line(&["a", "b"]), "B > A");
    }

    #[test]
    fn of_two_adjudicators_the_later_one_counts() {
        let case = case("1", &["a"]);
        let last = Pass::Adjudication;
        let said = ledgers(vec![
            ("b", last, &case, judge("a", Verdict::Correct)),
            ("a", last, &case, judge("a", Verdict::Incorrect)),
            ("b", last, &case, submit()),
            ("a", last, &case, submit()),
            // One who has only begun takes nothing away, and of two the one who submitted last counts.
            ("c", last, &case, judge("a", Verdict::Unsure)),
        ]);
        let found = decisions(std::slice::from_ref(&case), &said);
        let (who, review) = found.of[&case.key()];
        assert_eq!((who, found.outdated), ("a", 1));
        assert_eq!(review.verdict("a"), Some(Verdict::Incorrect));
    }
}
