//! What was said of an earlier text: of a question or an answer that the dataset has in other words now.
//!
//! In: acts that note which texts they are about, and the texts that the dataset has. Out: reviews in which such marks stand apart,
//! and how many there are. A mark of an earlier text never counts; when the text is what it was, the mark counts again. Never: a
//! text, or a model's name in what is told.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::case::{CaseReview, ResponseReview};
use super::entry::{Act, Entry};
use super::exchange::account::marks;
use super::ledger::Ledger;
use super::rank::WeakOrder;
use super::seen::Seen;
use super::shown::{self, Shown};
use crate::dataset::CaseKey;
use crate::text::safe;

/// So many cases are named.
const LISTED: usize = 5;

/// The marks of a reviewer that are of an earlier text, by case and in the cases' order; all readings together.
pub(crate) fn outdated(ledger: &Ledger) -> Vec<(&CaseKey, usize)> {
    let readings = ledger.passes().flat_map(|pass| ledger.cases_in(pass));
    let mut all: BTreeMap<&CaseKey, usize> = BTreeMap::new();
    for (key, review) in readings {
        if let Some(earlier) = &review.earlier {
            let n = all.entry(key).or_default();
            marks(earlier, |_, _, more| *n += more);
        }
    }
    all.into_iter().filter(|(_, n)| *n > 0).collect()
}

/// How many acts of a reviewer hold and do not say of which text they are, though the dataset has the case.
pub(crate) fn undated(ledger: &Ledger) -> usize {
    let here = |e: &Entry| {
        let case = e.case.as_ref();
        case.is_some_and(|c| ledger.texts().case(c).is_some())
    };
    let entries = ledger.entries().iter();
    entries
        .filter(|e| e.shown.is_none() && shown::about(&e.act).is_some() && here(e))
        .filter(|e| ledger.holds(&e.id))
        .count()
}

/// What a reader of a reviewer's marks has to know of their texts, a line each: what is left out, and what is taken on trust.
pub(crate) fn told(ledger: &Ledger) -> [Option<String>; 2] {
    let outdated = outdated(ledger);
    let who = safe(ledger.reviewer());
    let n: usize = outdated.iter().map(|(_, n)| n).sum();
    let mut cases: Vec<String> = outdated
        .iter()
        .take(LISTED)
        .map(|(key, _)| safe(&key.to_string()).into_owned())
        .collect();
    if outdated.len() > LISTED {
        cases.push(format!("{} more", outdated.len() - LISTED));
    }
    let (marks, are) = if n == 1 {
        ("mark", "is")
    } else {
        ("marks", "are")
    };
    let left_out = format!(
        "{n} {marks} of {who} {are} of an earlier text of the question or the answer, and not counted: {}",
        cases.join(", ")
    );
    let undated = undated(ledger);
    let (acts, note) = if undated == 1 {
        ("act", "notes no text and counts")
    } else {
        ("acts", "note no text and count")
    };
    let trusted = format!(
        "{undated} {acts} of {who} {note}, whether the question and the answer have changed since or not"
    );
    [
        (n > 0).then_some(left_out),
        (undated > 0).then_some(trusted),
    ]
}

impl CaseReview {
    /// Takes one act that holds, with what had been seen of the case before it; what is about a text that is not the dataset's `now` goes to [`CaseReview::earlier`].
    pub(super) fn take(&mut self, entry: &Entry, after: Seen, now: Option<&Shown>) {
        let Some((shown, now)) = entry.shown.as_ref().zip(now) else {
            self.apply(entry, after);
            return self.forget(&entry.act);
        };
        if shown.question_differs(now) {
            return self.take_earlier(entry.clone(), after);
        }
        let differs = |model: &str| shown.answer_differs(now, model);
        let of = |act| Entry {
            act,
            ..entry.clone()
        };
        let any = shown.answers.keys().any(|model| differs(model));
        if any && !matches!(entry.act, Act::Submit { .. }) {
            let still = shown::part(&entry.act, |model| !differs(model)).map(of);
            if let Some(entry) = still {
                self.apply(&entry, after);
                self.forget(&entry.act);
            }
            if let Some(act) = shown::part(&entry.act, differs) {
                self.take_earlier(of(act), after);
            }
            return;
        }
        self.apply(entry, after);
        self.forget(&entry.act);
        if let (Act::Submit { .. }, Some(submitted)) = (&entry.act, &mut self.submitted) {
            submitted.outdated = any;
        }
    }

    /// Takes an act on an earlier text, unless the same was said of the present one before.
    fn take_earlier(&mut self, mut entry: Entry, after: Seen) {
        match &mut entry.act {
            Act::Judge { model, .. } if self.judgement(model).is_some() => return,
            Act::Tag { model, .. }
                if !self.errors(model).is_empty() || self.harm(model).is_some() =>
            {
                return;
            }
            Act::Comment { model, .. } if self.comment(model.as_deref()).is_some() => return,
            Act::Category { .. } if self.category.is_some() => return,
            Act::Gold { .. } if self.gold.is_some() => return,
            // The gold response of an earlier question is where the next one begins, and no gold response.
            Act::Gold { text, .. } if !text.is_empty() => self.gold_draft = Some(text.clone()),
            Act::Relevance { candidate, .. } if self.relevance.contains_key(candidate) => return,
            Act::Rank { order } => {
                let ranked = |model: &String| self.rank.level(model).is_some();
                for level in order.iter_mut() {
                    level.retain(|m| !ranked(m));
                }
            }
            Act::Adopt { marks, order, .. } => {
                marks.retain(|m, _| self.judgement(m).is_none());
                let ranked = |model: &String| self.rank.level(model).is_some();
                for level in order.iter_mut() {
                    level.retain(|m| !ranked(m));
                }
            }
            _ => {}
        }
        self.earlier.get_or_insert_default().apply(&entry, after);
        self.tidy();
    }

    /// Forgets what was said of an earlier text where the same is said of the present one.
    fn forget(&mut self, act: &Act) {
        let Some(earlier) = &mut self.earlier else {
            return;
        };
        match act {
            Act::Judge { model, .. } => earlier.response(model).judgement = None,
            Act::Tag { model, .. } => {
                let said = earlier.response(model);
                (said.errors, said.harm) = (Vec::new(), None);
            }
            Act::Rank { .. } => earlier.rank = WeakOrder::EMPTY,
            Act::Adopt { .. } => {
                earlier.adopt(&BTreeMap::new(), &[], None, Timestamp::UNIX_EPOCH);
            }
            Act::Comment {
                model: Some(model), ..
            } => earlier.response(model).comment = None,
            Act::Comment { model: None, .. } => earlier.comment = None,
            Act::Category { .. } => earlier.category = None,
            Act::Gold { .. } => earlier.gold = None,
            Act::Relevance { candidate, .. } => {
                earlier.relevance.remove(candidate);
            }
            Act::Submit { .. } | Act::Reopen {} => earlier.submitted = None,
            Act::Unpin { target } => earlier.pins.retain(|p| p.id != *target),
            _ => return,
        }
        self.tidy();
    }

    /// Drops an earlier review in which nothing is said any more.
    fn tidy(&mut self) {
        let Some(earlier) = &mut self.earlier else {
            return;
        };
        let nothing = ResponseReview::default();
        earlier.responses.retain(|_, said| *said != nothing);
        earlier.changed_since = false;
        if earlier.rank.is_empty() {
            earlier.ranked_at = None;
        }
        if **earlier == CaseReview::default() {
            self.earlier = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dataset::{Case, Response};
    use crate::review::entry::{ErrorKind, Harm, Relevant, Support, Verdict};
    use crate::review::pass::Pass;
    use crate::review::sample::{case, entry, judge, pin};
    use crate::review::shown::Texts;

    /// A case with answers of a, b and c; `letter` stands in the answer of b, and in the question.
    fn texts(question: &str, letter: &str) -> Arc<Texts> {
        let response = |model: &str| Response {
            model: model.to_owned(),
            text: format!(
                "{model} says 5 mg{}",
                if model == "b" { letter } else { "" }
            ),
            ..Response::default()
        };
        Arc::new(Texts::of(&[Case {
            instruction_id: case(1).instruction,
            person_id: case(1).person,
            question: question.to_owned(),
            responses: ["a", "b", "c"].map(response).to_vec(),
            ..Case::default()
        }]))
    }

    fn rank(levels: &[&str]) -> Act {
        Act::Rank {
            order: levels.iter().map(|m| vec![(*m).to_owned()]).collect(),
        }
    }

    /// Does acts on the case while these are its texts.
    fn act(ledger: &mut Ledger, texts: &Arc<Texts>, acts: Vec<Act>) {
        for act in acts {
            let n = ledger.entries().len() as u32;
            let shown = texts.note(Some(&case(1)), &act);
            ledger.apply(Entry {
                shown,
                ..entry(n, Some(case(1)), act)
            });
        }
    }

    fn all_of_it() -> Vec<Act> {
        let tag = Act::Tag {
            model: "b".to_owned(),
            errors: vec![ErrorKind::Omission],
            harm: Some(Harm::Mild),
        };
        let comment = |model: Option<&str>| Act::Comment {
            model: model.map(str::to_owned),
            text: "so".to_owned(),
        };
        vec![
            judge("a", Verdict::Correct),
            judge("b", Verdict::Incorrect),
            tag,
            comment(Some("b")),
            comment(None),
            rank(&["a", "b", "c"]),
            Act::Evidence {
                target: Support::Judgement,
                model: Some("b".to_owned()),
                pin: pin("apixaban"),
            },
            Act::Gold {
                text: "Yes.".to_owned(),
                applicable: Some(true),
                sufficient: None,
                reason: String::new(),
            },
            Act::Category {
                category: "x".to_owned(),
                subcategory: "y".to_owned(),
            },
            Act::Relevance {
                candidate: "77".to_owned(),
                label: Some(Relevant::Yes),
                comment: String::new(),
            },
            Act::Flag { on: true },
            Act::Submit {
                overruled: Vec::new(),
                seconds: 5,
                reason: None,
            },
        ]
    }

    fn marked() -> Ledger {
        let mut ledger = Ledger::new("jchen");
        act(&mut ledger, &texts("?", ""), all_of_it());
        ledger
    }

    #[test]
    fn one_letter_of_an_answer_takes_what_is_said_of_it_and_no_more() {
        let mut ledger = marked();
        let before = ledger.case(&case(1)).clone();
        ledger.hold_against(texts("?", "!"));
        let review = ledger.case(&case(1));
        assert_eq!(review.verdict("a"), Some(Verdict::Correct));
        assert_eq!(review.verdict("b"), None);
        assert!(review.errors("b").is_empty() && review.harm("b").is_none());
        assert_eq!(
            (review.comment(Some("b")), review.comment(None)),
            (None, Some("so"))
        );
        assert_eq!(review.rank.to_line(&["a", "b", "c"]), "A > C");
        assert_eq!(review.rank.level("c"), Some(3), "c keeps its number");
        assert!(review.pins.is_empty() && review.gold.is_some());
        assert!(review.category.is_some() && review.relevance.len() == 1 && review.flagged);
        assert!(review.submitted.is_some() && !review.is_done());
        let earlier = review.earlier_of("b").expect("kept in view");
        assert_eq!(
            earlier.judgement.map(|j| j.verdict),
            Some(Verdict::Incorrect)
        );
        // Verdict, tags, comment, rank and pin.
        assert_eq!(outdated(&ledger), [(&case(1), 5)]);
        // What it was before, it is again; and a file that is read anew says the same.
        ledger.hold_against(texts("? ", "\r\n"));
        assert_eq!(ledger.case(&case(1)), &before);
    }

    #[test]
    fn another_question_takes_all_but_the_flag_and_leaves_the_gold_response_as_a_draft() {
        let mut ledger = marked();
        ledger.hold_against(texts("!", ""));
        let review = ledger.case(&case(1));
        let left = CaseReview {
            flagged: true,
            gold_draft: Some("Yes.".to_owned()),
            earlier: review.earlier.clone(),
            ..CaseReview::default()
        };
        assert_eq!(*review, left);
        // Two verdicts, three ranks, the others once each.
        assert_eq!(outdated(&ledger)[0].1, 2 + 3 + 1 + 2 + 1 + 1 + 1 + 1);
        let [left_out, trusted] = told(&ledger);
        let text = left_out.expect("told");
        assert!(
            text.starts_with("12 marks of jchen are of an earlier text"),
            "{text}"
        );
        assert!(
            text.ends_with(": 1/126158386") && trusted.is_none(),
            "{text}"
        );
    }

    #[test]
    fn judged_anew_it_counts_and_undone_it_does_not() {
        let (old, new) = (texts("?", ""), texts("?", "!"));
        let mut ledger = marked();
        ledger.hold_against(new.clone());
        let again = vec![
            judge("b", Verdict::Correct),
            rank(&["b", "a", "c"]),
            Act::Reopen {},
            Act::Submit {
                overruled: Vec::new(),
                seconds: 9,
                reason: None,
            },
        ];
        act(&mut ledger, &new, again);
        let review = ledger.case(&case(1));
        assert_eq!(review.verdict("b"), Some(Verdict::Correct));
        assert!(review.is_done());
        // Tags, comment and pin were not said anew.
        assert_eq!(outdated(&ledger), [(&case(1), 3)]);
        // On the old text, the old verdict counts, whatever was said of the new one.
        ledger.hold_against(old);
        let review = ledger.case(&case(1));
        assert_eq!(review.verdict("b"), Some(Verdict::Incorrect));
        assert_eq!(review.rank.to_line(&["a", "b", "c"]), "A > C");
        assert!(!review.is_done());
        ledger.hold_against(new);
        let judged = ledger
            .entries()
            .iter()
            .rev()
            .find(|e| e.act.kind() == "judge");
        let target = judged.expect("judged").id.clone();
        ledger.apply(entry(
            90,
            Some(case(1)),
            Act::Undo {
                target: target.clone(),
            },
        ));
        assert_eq!(ledger.case(&case(1)).verdict("b"), None);
        assert!(
            ledger
                .case(&case(1))
                .earlier_of("b")
                .is_some_and(|r| r.judgement.is_some())
        );
        ledger.apply(entry(91, Some(case(1)), Act::Redo { target }));
        assert_eq!(ledger.case(&case(1)).verdict("b"), Some(Verdict::Correct));
    }

    #[test]
    fn a_side_that_was_taken_over_loses_the_changed_answer_only() {
        let mark = |verdict| super::super::entry::Mark {
            verdict: Some(verdict),
            ..Default::default()
        };
        let adopt = Act::Adopt {
            from: "mlee".to_owned(),
            marks: BTreeMap::from([
                ("a".to_owned(), mark(Verdict::Correct)),
                ("b".to_owned(), mark(Verdict::Incorrect)),
            ]),
            order: vec![vec!["a".to_owned()], vec!["b".to_owned()]],
            view: None,
        };
        let mut ledger = Ledger::new("chief");
        let shown = texts("?", "").note(Some(&case(1)), &adopt);
        let mut decided = Entry {
            shown,
            pass: Pass::Adjudication,
            ..entry(1, Some(case(1)), adopt)
        };
        decided.reviewer = "chief".to_owned();
        ledger.apply(decided);
        ledger.hold_against(texts("?", "!"));
        let review = ledger.reading(Pass::Adjudication, &case(1));
        assert_eq!(review.verdict("a"), Some(Verdict::Correct));
        assert_eq!((review.verdict("b"), review.rank.level("b")), (None, None));
        assert_eq!(outdated(&ledger), [(&case(1), 2)]);
    }

    #[test]
    fn marks_that_note_no_text_count_and_are_told() {
        let mut ledger = Ledger::new("jchen");
        ledger.apply(entry(1, Some(case(1)), judge("b", Verdict::Correct)));
        ledger.apply(entry(2, Some(case(1)), Act::Flag { on: true }));
        ledger.apply(entry(3, Some(case(2)), judge("b", Verdict::Correct)));
        ledger.hold_against(texts("?", "!"));
        assert_eq!(ledger.case(&case(1)).verdict("b"), Some(Verdict::Correct));
        let [left_out, trusted] = told(&ledger);
        assert_eq!(left_out, None);
        assert_eq!(
            trusted.expect("told"),
            "1 act of jchen notes no text and counts, whether the question and the answer have changed since or not"
        );
    }
}
