//! What every format has to do: counts that add up, no text where none is asked for, rows that read back.

use proptest::prelude::*;
use serde_json::Value;

use super::super::account::Item;
use super::super::*;
use crate::dataset::table::Table;
use crate::dataset::{Gold, Response};
use crate::report::observations::Observations;
use crate::review::counted::Rules;
use crate::review::entry::{Act, Entry, ErrorKind, Harm, Support, Verdict};
use crate::review::pass::Pass;
use crate::review::sample::{a_pass, any_act, case, entry, judge, pin};

/// Words that no export without text may hold.
const SECRET: &str = "apixaban";

pub(super) fn cases() -> Vec<Case> {
    let response = |model: &str, text: &str| Response {
        model: model.to_owned(),
        text: text.to_owned(),
        columns: vec![
            ("is_used_eval".to_owned(), "yes".to_owned()),
            ("binary_correct".to_owned(), "1".to_owned()),
            ("model_rank".to_owned(), "2".to_owned()),
        ],
        ..Response::default()
    };
    let with = |n: u32, responses| Case {
        instruction_id: n.to_string(),
        person_id: case(n).person,
        question: format!("Is she\non \"{SECRET}\"?"),
        responses,
        golds: vec![Gold {
            annotator: "Annotator_1".to_owned(),
            text: format!("Yes, {SECRET}."),
            evidence: vec![format!("{SECRET} 5 mg"), "b".to_owned()],
            ..Gold::default()
        }],
        ..Case::default()
    };
    let three = vec![
        response("a", "tab\there"),
        response("b", ""),
        response("c", SECRET),
    ];
    let bare = Case {
        golds: Vec::new(),
        ..with(3, Vec::new())
    };
    vec![with(1, three), with(2, vec![response("a", "y")]), bare]
}

pub(super) fn relevance() -> Vec<Relevance> {
    let label = |n: u32, written: &str| Relevance {
        instruction_id: n.to_string(),
        person_id: "77".to_owned(),
        question: SECRET.to_owned(),
        label: crate::dataset::instruction::flag(written),
        written: written.to_owned(),
        line: 2,
    };
    vec![label(1, "yes"), label(9, "maybe")]
}

pub(super) fn ledgers() -> BTreeMap<String, Ledger> {
    let list = |names: &[&str]| names.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>();
    let text = |t: &str| format!("{t} {SECRET}");
    let evidence = |target, model: Option<&str>| Act::Evidence {
        target,
        model: model.map(str::to_owned),
        pin: pin(&text("quote")),
    };
    let comment = |model: Option<&str>, t: &str| Act::Comment {
        model: model.map(str::to_owned),
        text: text(t),
    };
    let acts = [
        (1, judge("a", Verdict::Correct)),
        (1, judge("b", Verdict::Unsure)),
        (1, judge("gone", Verdict::Incorrect)),
        (
            1,
            Act::Rank {
                order: vec![list(&["gone"]), list(&["a", "b"]), Vec::new(), list(&["c"])],
            },
        ),
        (
            1,
            Act::Tag {
                model: "a".to_owned(),
                errors: vec![ErrorKind::Omission, ErrorKind::Outdated],
                harm: Some(Harm::Mild),
            },
        ),
        (1, comment(Some("a"), "tab\t, quote \" and\r\nline")),
        (1, comment(None, "=1+1")),
        (
            1,
            Act::Category {
                category: "Plan".to_owned(),
                subcategory: "Drugs".to_owned(),
            },
        ),
        (1, evidence(Support::Gold, None)),
        (1, evidence(Support::Judgement, Some("a"))),
        (1, evidence(Support::Judgement, Some("gone"))),
        (
            1,
            Act::Gold {
                text: text("Own."),
                applicable: Some(true),
                sufficient: Some(false),
                reason: text("Why."),
            },
        ),
        (
            1,
            Act::Relevance {
                candidate: "0000000078".to_owned(),
                label: Some(crate::review::entry::Relevant::Partly),
                comment: text("Some."),
            },
        ),
        (3, comment(None, "a case without responses")),
        (9, judge("a", Verdict::Correct)),
    ];
    let entries = (0..).zip(acts);
    Ledger::by_reviewer(entries.map(|(n, (c, act))| entry(n, Some(case(c)), act)))
}

/// Runs a writer on the sample; all bytes and the account.
fn all(
    options: Options,
    write: impl Fn(&Source<'_>, Options) -> (Vec<File>, Account),
) -> (Vec<File>, Account) {
    let (cases, relevance, ledgers) = (cases(), relevance(), ledgers());
    let source = Source {
        name: "clinic",
        cases: &cases,
        relevance: &relevance,
        ledgers: &ledgers,
        plan: None,
    };
    write(&source, options)
}

pub(super) const EVERYTHING: Options = Options {
    which: Which::All,
    readings: Readings::First,
    rules: Rules {
        unsubmitted: true,
        unblinded: true,
        machines: false,
    },
    text: true,
    suggest: false,
};

type Write = fn(&Source<'_>, Options) -> (Vec<File>, Account);

fn one((bytes, account): (Vec<u8>, Account)) -> (Vec<File>, Account) {
    let name = "one";
    (vec![File { name, bytes }], account)
}

/// Every way to write.
const FORMATS: &[Write] = &[
    |source, options| tables::files(source, options).expect("in memory"),
    |source, options| one(tables::responses_alone(source, options).expect("in memory")),
    |source, options| one(lines::write(source, options)),
    label_studio::files,
    argilla::files,
];

fn table(files: &[File], name: &str) -> Table {
    let file = files.iter().find(|f| f.name == name).expect("written");
    Table::parse(name.as_ref(), &file.bytes).expect("a table")
}

fn column<const N: usize>(table: &Table, name: &str) -> [String; N] {
    let at = table
        .column(name)
        .unwrap_or_else(|| panic!("no column {name}"));
    let cells: Vec<String> = table.rows().iter().map(|r| r.get(at).to_owned()).collect();
    cells
        .try_into()
        .unwrap_or_else(|cells| panic!("{name}: {cells:?}"))
}

#[test]
fn no_text_is_left_where_none_is_asked_for_and_counts_add_up() {
    for (n, write) in FORMATS.iter().enumerate() {
        for which in [Which::All, Which::Reviewed, Which::Left] {
            for text in [true, false] {
                let options = Options {
                    which,
                    text,
                    suggest: true,
                    ..EVERYTHING
                };
                let (files, account) = all(options, write);
                assert_eq!(account.gaps(), [], "format {n}: {}", account.to_text());
                let held = files
                    .iter()
                    .any(|f| memchr::memmem::find(&f.bytes, SECRET.as_bytes()).is_some());
                assert_eq!(held, text, "format {n}, {which:?}");
                assert_eq!(account.problems(), 4, "format {n}: {}", account.to_text());
            }
        }
    }
}

#[test]
fn rows_of_the_tables_read_back() {
    let (files, account) = all(EVERYTHING, |s, o| tables::files(s, o).expect("in memory"));
    let responses = table(&files, tables::RESPONSES);
    assert_eq!(account.rows, 4);
    let questions: [String; 4] = column(&responses, "question");
    assert_eq!(questions[0], "Is she\non \"apixaban\"?");
    assert_eq!(
        column(&responses, "model_response"),
        ["tab\there", "", SECRET, "y"]
    );
    // The last case is not reviewed: it keeps what the dataset's table says.
    assert_eq!(column(&responses, "binary_correct"), ["1", "", "", "1"]);
    assert_eq!(column(&responses, "verdict"), ["correct", "unsure", "", ""]);
    assert_eq!(column(&responses, "model_rank"), ["1", "1", "3", "2"]);
    assert_eq!(column(&responses, "model_rank_dense"), ["1", "1", "2", ""]);
    assert_eq!(
        column(&responses, "reviewer"),
        ["jchen", "jchen", "jchen", ""]
    );
    assert_eq!(
        column(&responses, "errors"),
        ["omission;outdated", "", "", ""]
    );
    assert_eq!(column(&responses, "category"), ["Plan", "Plan", "Plan", ""]);
    let comments: [String; 4] = column(&responses, "comment");
    assert_eq!(comments[0], "tab\t, quote \" and\r\nline apixaban");
    let golds = table(&files, tables::GOLDS);
    assert_eq!(
        column(&golds, "annotator_num"),
        ["Annotator_1", "Annotator_2", "Annotator_1"]
    );
    assert_eq!(column(&golds, "reviewer"), ["", "jchen", ""]);
    assert_eq!(column(&golds, "is_applicable"), ["", "yes", ""]);
    assert_eq!(column(&golds, "is_sufficient"), ["", "no", ""]);
    assert_eq!(
        column(&golds, "evidence"),
        ["apixaban 5 mg|||b", "quote apixaban", "apixaban 5 mg|||b"]
    );
    let labels = table(&files, tables::LABELS);
    assert_eq!(column(&labels, "person_id"), ["77", "77", "0000000078"]);
    assert_eq!(column(&labels, "is_selected_ehr"), ["yes", "maybe", ""]);
    assert_eq!(column(&labels, "label"), ["yes", "", "partly"]);
    let pins = table(&files, tables::PINS);
    assert_eq!(column(&pins, "supports"), ["gold", "judgement"]);
    assert_eq!(column(&pins, "model_name"), ["", "a"]);
    assert_eq!(account.written(Item::Pin), 2);
    let text = account.to_text();
    assert!(
        text.contains("1 pins by jchen of models that the case does not have: 1/126158386"),
        "{text}"
    );
    assert!(
        text.contains("1 judgements by jchen of a case that is not in the dataset: 9/126158386")
    );
}

#[test]
fn lines_are_objects_whose_fields_stay() {
    for text in [true, false] {
        let options = Options { text, ..EVERYTHING };
        let (files, account) = all(options, |s, o| one(lines::write(s, o)));
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for line in files[0]
            .bytes
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
        {
            let line: Value = serde_json::from_slice(line).expect("an object");
            let kind = line["kind"].as_str().expect("a kind").to_owned();
            let names: Vec<String> = line
                .as_object()
                .expect("an object")
                .keys()
                .cloned()
                .collect();
            assert_eq!(
                *fields.entry(kind.clone()).or_insert_with(|| names.clone()),
                names
            );
            *kinds.entry(kind).or_default() += 1;
            assert!(line["instruction_id"].is_string());
        }
        let counts: Vec<(&str, usize)> = kinds.iter().map(|(k, n)| (k.as_str(), *n)).collect();
        assert_eq!(
            counts,
            [("case", 3), ("gold", 3), ("relevance", 3), ("response", 4)]
        );
        assert_eq!(account.rows, 13);
    }
}

#[test]
fn later_readings_are_rows_of_their_own_where_they_are_asked_for() {
    let again = |n: u32, pass, act| Entry {
        pass,
        ..entry(n, Some(case(1)), act)
    };
    let done = Act::Submit {
        overruled: Vec::new(),
        seconds: 9,
        reason: Some(crate::review::Reason::Slip),
    };
    let ledgers = Ledger::by_reviewer([
        entry(1, Some(case(1)), judge("a", Verdict::Correct)),
        again(2, Pass::Again(2), judge("a", Verdict::Incorrect)),
        again(3, Pass::Adjudication, judge("a", Verdict::Unsure)),
        again(4, Pass::Adjudication, done),
    ]);
    let (cases, relevance) = (cases(), relevance());
    let source = Source {
        name: "clinic",
        cases: &cases,
        relevance: &relevance,
        ledgers: &ledgers,
        plan: None,
    };
    let first = Options {
        which: Which::Reviewed,
        ..EVERYTHING
    };
    let (files, account) = tables::files(&source, first).expect("in memory");
    let responses = table(&files, tables::RESPONSES);
    assert_eq!(column(&responses, "pass"), ["1", "1", "1"]);
    let text = account.to_text();
    assert!(text.contains("--readings all"), "{text}");
    let all = Options {
        readings: Readings::All,
        ..first
    };
    let (files, account) = tables::files(&source, all).expect("in memory");
    assert_eq!(account.written(Item::Judgement), 3);
    let responses = table(&files, tables::RESPONSES);
    let passes: [String; 9] = column(&responses, "pass");
    let verdicts: [String; 9] = column(&responses, "verdict");
    let decided: [String; 9] = column(&responses, "decided_by");
    let of_a = |pass: &str| {
        let mut rows = (0..9).filter(|&i| passes[i] == pass && !verdicts[i].is_empty());
        rows.next()
            .map(|i| (verdicts[i].as_str(), decided[i].as_str()))
    };
    assert_eq!(of_a("1"), Some(("correct", "")));
    assert_eq!(of_a("2"), Some(("incorrect", "")));
    assert_eq!(of_a("adjudication"), Some(("unsure", "slip")));
    // What was written is what a report of the table reads.
    let asked = crate::report::observations::Asked {
        rules: EVERYTHING.rules,
        plan: None,
    };
    let found = Observations::from_reviews(&responses, &cases, asked).expect("read");
    assert_eq!((found.rows.len(), found.decided.len()), (6, 3));
}

#[test]
fn that_others_marks_were_seen_is_written_and_read_again() {
    let of = |who: &str, n: u32, pass, act| {
        let mut entry = entry(n, Some(case(1)), act);
        who.clone_into(&mut entry.reviewer);
        Entry { pass, ..entry }
    };
    let first = Pass::First;
    let ledgers = Ledger::by_reviewer([
        of("anna", 1, first, judge("a", Verdict::Correct)),
        of("bogdan", 2, Pass::Adjudication, Act::SeeOthers {}),
        of("bogdan", 3, first, judge("a", Verdict::Incorrect)),
    ]);
    let (cases, relevance) = (cases(), relevance());
    let source = Source {
        name: "clinic",
        cases: &cases,
        relevance: &relevance,
        ledgers: &ledgers,
        plan: None,
    };
    let options = Options {
        which: Which::Reviewed,
        ..EVERYTHING
    };
    let (files, _) = tables::files(&source, options).expect("in memory");
    let asked = crate::report::observations::Asked {
        rules: EVERYTHING.rules,
        plan: None,
    };
    let responses = table(&files, tables::RESPONSES);
    let read = Observations::from_reviews(&responses, &cases, asked).expect("read");
    let said = read.rows.iter().filter(|o| o.says_something());
    let seen: Vec<_> = said.map(|o| (o.reviewer.as_str(), o.saw_others)).collect();
    assert_eq!(seen, [("anna", false), ("bogdan", true)]);
    // The other formats say it, too.
    let (text, _) = lines::write(&source, options);
    let text = String::from_utf8(text).expect("text");
    let after = text
        .lines()
        .filter(|l| l.contains("\"saw_others\":\"yes\""));
    assert!(
        after.count() > 0 && text.contains("\"saw_others\":\"no\""),
        "{text}"
    );
    for (n, write) in FORMATS.iter().enumerate() {
        let (files, _) = write(&source, options);
        let says = |f: &File| String::from_utf8_lossy(&f.bytes).contains("saw_others");
        assert!(files.iter().any(says), "format {n}");
    }
}

#[test]
fn each_case_with_a_gold_response_has_a_first_annotator() {
    let (mut cases, relevance, ledgers) = (cases(), relevance(), ledgers());
    cases[0].golds.clear();
    let source = Source {
        name: "clinic",
        cases: &cases,
        relevance: &relevance,
        ledgers: &ledgers,
        plan: None,
    };
    let (files, _) = tables::files(&source, EVERYTHING).expect("in memory");
    let golds = table(&files, tables::GOLDS);
    assert_eq!(
        column(&golds, "annotator_num"),
        ["Annotator_1", "Annotator_1"]
    );
    assert_eq!(column(&golds, "reviewer"), ["jchen", ""]);
}

#[test]
fn a_case_whose_acts_are_all_undone_has_no_row() {
    let judged = entry(1, Some(case(2)), judge("a", Verdict::Correct));
    let target = judged.id.clone();
    let undo: Entry = entry(2, Some(case(2)), Act::Undo { target });
    let ledgers = Ledger::by_reviewer([judged, undo]);
    let (cases, relevance) = (cases(), relevance());
    let source = Source {
        name: "clinic",
        cases: &cases,
        relevance: &relevance,
        ledgers: &ledgers,
        plan: None,
    };
    let options = Options {
        which: Which::Reviewed,
        ..EVERYTHING
    };
    let (_, account) = tables::files(&source, options).expect("in memory");
    assert_eq!((account.rows, account.written(Item::Case)), (0, 0));
    assert_eq!(account.gaps(), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counts_add_up_whatever_was_done(
        acts in prop::collection::vec((0..5u32, any_act(), 0..3u32), 0..40),
    ) {
        let entries = (0..).zip(acts).map(|(n, (c, act, pass))| {
            let case = act.needs_case().then(|| case(c));
            let pass = if case.is_some() { a_pass(pass) } else { Pass::First };
            Entry { pass, ..entry(n, case, act) }
        });
        let ledgers = Ledger::by_reviewer(entries);
        let (cases, relevance) = (cases(), relevance());
        let source = Source { name: "clinic", cases: &cases, relevance: &relevance, ledgers: &ledgers, plan: None };
        for which in [Which::All, Which::Reviewed, Which::Left] {
            for text in [true, false] {
                for (n, write) in FORMATS.iter().enumerate() {
                    for readings in [Readings::First, Readings::All] {
                        for rules in [EVERYTHING.rules, Rules::default()] {
                            let options = Options { which, readings, rules, text, suggest: false };
                            let (_, account) = write(&source, options);
                            prop_assert_eq!(account.gaps(), [], "format {}: {}", n, account.to_text());
                        }
                    }
                }
            }
        }
    }
}
