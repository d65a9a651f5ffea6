//! Cases as tasks of Label Studio (1.x: the JSON of tasks, and the labeling configuration in XML), out and in.
//!
//! Out: of the cases to export `tasks.json` and `config.xml`; a reviewer's marks are annotations, the table's own, when asked
//! for, predictions. In: of tasks that were labelled what people said, one for each annotation; skipped annotations, drafts and
//! predictions are passed over and counted. Never: a model's name in a task's `data`, which those who label see; it stands in `meta`,
//! which comes back with the export.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::account::{Account, Item, Why};
use super::fit::Texts;
use super::form::{self, Filling, Form, Question, Takes};
use super::picked::{Reviewed, Selection, against, pick};
use super::said::{Brought, By, Said, case_of, texts};
use super::subject::submitted;
use super::{File, Options, Picked, Source};
use crate::review::blind::letter;
use crate::review::case::CaseReview;
use crate::review::entry::Verdict;

/// The tasks.
pub(crate) const TASKS: &str = "tasks.json";
/// The labeling configuration.
pub(crate) const CONFIG: &str = "config.xml";

/// Tasks and configuration, and the account of them.
pub(crate) fn files(source: &Source<'_>, options: Options) -> (Vec<File>, Account) {
    let (selection, mut account) = pick(source, options);
    let slots = slots(&selection);
    let mut tasks = Vec::new();
    for picked in &selection.cases {
        count(picked, options, u32::MAX, &mut account);
        tasks.push(task(picked, slots, options));
    }
    account.rows = tasks.len();
    account.left(Item::GivenLabel, Why::NoPlace, selection.relevance.len());
    let tasks = serde_json::to_vec_pretty(&tasks).unwrap_or_default();
    let file = |name, bytes| File { name, bytes };
    let config = config(slots).into_bytes();
    (vec![file(TASKS, tasks), file(CONFIG, config)], account)
}

/// The most responses that a case has.
pub(super) fn slots(selection: &Selection<'_>) -> usize {
    let counts = selection.cases.iter().map(|p| p.case.responses.len());
    counts.max().unwrap_or_default()
}

/// Counts what a form carries of a case, with ranks up to `last`, and what it has no place for.
pub(super) fn count(picked: &Picked<'_>, options: Options, last: u32, account: &mut Account) {
    account.wrote(Item::Case, 1);
    account.wrote(Item::Response, picked.case.responses.len());
    account.left(Item::Reference, Why::NoPlace, picked.case.golds.len());
    // A form is a reading: a gold response of one that does not count has no place in it.
    for aside in &picked.aside {
        let why = against(options.rules, aside.pass, aside.review, aside.standing);
        super::account::marks_alone(aside.review, |item, _, n| {
            let why = why.filter(|_| item == Item::Gold);
            account.left(item, why.unwrap_or(Why::NoPlace), n);
        });
    }
    for Reviewed { review, .. } in &picked.reviews {
        super::account::marks(review, |item, model, n| match item {
            _ if model.is_some_and(|m| !picked.has(m)) => {}
            Item::Rank => {}
            Item::Comment if !options.text => account.left(item, Why::NoText, n),
            Item::Gold if !options.text && !said_of_record(review) => {
                account.left(item, Why::NoText, n);
            }
            Item::Category | Item::Pin | Item::Label => account.left(item, Why::NoPlace, n),
            _ => account.wrote(item, n),
        });
        for (_, rank) in review.rank.only(|model| picked.has(model)).ranks_dense() {
            if rank <= last {
                account.wrote(Item::Rank, 1);
            } else {
                account.left(Item::Rank, Why::NoPlace, 1);
            }
        }
        let verdicts = picked.case.responses.iter();
        let unsure = Some(Verdict::Unsure);
        account.unsure += verdicts
            .filter(|r| review.verdict(&r.model) == unsure)
            .count();
    }
}

/// Whether a gold response says something beside its text.
fn said_of_record(review: &CaseReview) -> bool {
    let gold = review.gold.as_ref();
    gold.is_some_and(|g| g.applicable.is_some() || g.sufficient.is_some())
}

fn task(picked: &Picked<'_>, slots: usize, options: Options) -> Value {
    let case = picked.case;
    let free = |text: &str| Value::from(if options.text { text } else { "" });
    let mut data = Map::new();
    data.insert(
        "instruction_id".to_owned(),
        case.instruction_id.clone().into(),
    );
    data.insert("person_id".to_owned(), case.person_id.clone().into());
    data.insert("question".to_owned(), free(&case.question));
    let mut models = Map::new();
    let mut answers = Vec::new();
    for (letter, response) in form::slots(case) {
        data.insert(format!("answer_{letter}"), free(&response.text));
        answers.push(json!({
            "id": letter,
            "title": format!("Answer {letter}"),
            "body": free(&response.text),
        }));
        models.insert(letter, response.model.clone().into());
    }
    // The configuration asks for the same texts in every task.
    for letter in (models.len() as u32..slots as u32).map(letter) {
        data.insert(format!("answer_{letter}"), "".into());
    }
    data.insert("answers".to_owned(), answers.into());
    let annotations: Vec<Value> = picked
        .reviews
        .iter()
        .map(|r| (r, form::filled(case, r.review, options.text)))
        .filter(|(said, form)| !form.is_empty() || said.review.submitted.is_some())
        .map(|(said, form)| annotation(said, &form))
        .collect();
    let mut task = Map::new();
    task.insert("data".to_owned(), data.into());
    task.insert("meta".to_owned(), json!({ "models": models }));
    task.insert("annotations".to_owned(), annotations.into());
    let suggested = options.suggest.then(|| super::suggested(case)).flatten();
    let suggested = suggested.map(|review| form::filled(case, &review, options.text));
    let predictions: Vec<Value> = suggested
        .iter()
        .map(|form| json!({ "model_version": super::SUGGESTED, "result": result(form) }))
        .collect();
    task.insert("predictions".to_owned(), predictions.into());
    task.into()
}

fn annotation(said: &Reviewed<'_>, form: &Form) -> Value {
    let review = said.review;
    let yes_no = |value: bool| if value { "yes" } else { "no" };
    let at = super::last_change(review).map(|at| format!("{at:.6}"));
    let seconds = review.submitted.as_ref().map(|s| s.seconds as f64);
    let mut map = Map::new();
    map.insert("completed_by".to_owned(), json!({ "email": said.reviewer }));
    map.insert("was_cancelled".to_owned(), false.into());
    map.insert("ground_truth".to_owned(), false.into());
    map.insert("created_at".to_owned(), at.clone().into());
    map.insert("updated_at".to_owned(), at.into());
    map.insert("lead_time".to_owned(), seconds.into());
    // Label Studio has no such fields, and an annotation there counts as submitted. One of an earlier text submits nothing here.
    let done = match &review.submitted {
        Some(s) if s.outdated => "no",
        _ => submitted(review),
    };
    map.insert("submitted".to_owned(), done.into());
    map.insert("blind".to_owned(), yes_no(said.standing.blind).into());
    map.insert("saw_gold".to_owned(), yes_no(review.seen.gold).into());
    map.insert("saw_others".to_owned(), yes_no(review.seen.others).into());
    map.insert(
        "in_plan".to_owned(),
        said.standing.planned.map(yes_no).into(),
    );
    map.insert("result".to_owned(), result(form));
    map.into()
}

/// The regions of a filled form.
fn result(form: &Form) -> Value {
    let mut regions = Vec::new();
    let mut ranker: Map<String, Value> = Map::new();
    for (name, answers) in form {
        let (question, letter) = name.split_once('_').unwrap_or((name, ""));
        let to = if letter.is_empty() {
            "question".to_owned()
        } else {
            format!("answer_{letter}")
        };
        let (kind, value) = match question {
            "rank" => {
                for rank in answers {
                    let bucket = ranker.entry(rank.as_str()).or_insert_with(|| json!([]));
                    if let Value::Array(bucket) = bucket {
                        bucket.push(letter.into());
                    }
                }
                continue;
            }
            _ if form::is_text(question) => ("textarea", json!({ "text": answers })),
            _ => ("choices", json!({ "choices": answers })),
        };
        regions.push(json!({
            "id": name,
            "from_name": name,
            "to_name": to,
            "type": kind,
            "value": value,
        }));
    }
    if !ranker.is_empty() {
        regions.push(json!({
            "id": "rank",
            "from_name": "rank",
            "to_name": "answers",
            "type": "ranker",
            "value": { "ranker": ranker },
        }));
    }
    regions.into()
}

/// The labeling configuration for cases with up to so many responses.
fn config(slots: usize) -> String {
    let mut xml = String::from("<View>\n  <Header value=\"Instruction\"/>\n");
    xml += "  <Text name=\"question\" value=\"$question\"/>\n";
    for letter in (0..slots as u32).map(letter) {
        let to = format!("answer_{letter}");
        // Writing to a string does not fail.
        let _ = writeln!(xml, "  <Header value=\"Answer {letter}\"/>");
        let _ = writeln!(xml, "  <Text name=\"{to}\" value=\"${to}\"/>");
        for question in &form::OF_RESPONSE {
            control(
                &mut xml,
                question,
                &format!("{}_{letter}", question.name),
                &to,
            );
        }
    }
    if slots > 0 {
        xml += "  <Header value=\"Rank the answers, the best first; ties share a place\"/>\n";
        xml += "  <List name=\"answers\" value=\"$answers\" title=\"Not ranked\"/>\n";
        xml += "  <Ranker name=\"rank\" toName=\"answers\">\n";
        for n in 1..=slots {
            let _ = writeln!(xml, "    <Bucket name=\"{n}\" title=\"Place {n}\"/>");
        }
        xml += "  </Ranker>\n";
    }
    xml += "  <Header value=\"Your own response\"/>\n";
    for question in &form::OF_CASE {
        control(&mut xml, question, question.name, "question");
    }
    xml += "</View>\n";
    xml
}

/// The control of a question; ranks have one for all responses.
fn control(xml: &mut String, question: &Question, name: &str, to: &str) {
    let choice = match question.takes {
        Takes::One => "single",
        Takes::Many => "multiple",
        Takes::Rank => return,
        Takes::Text => {
            let words = question.hint;
            let _ = writeln!(
                xml,
                "  <TextArea name=\"{name}\" toName=\"{to}\" placeholder=\"{words}\" rows=\"2\" maxSubmissions=\"1\" editable=\"true\"/>"
            );
            return;
        }
    };
    let _ = writeln!(
        xml,
        "  <Choices name=\"{name}\" toName=\"{to}\" choice=\"{choice}\" showInline=\"true\">"
    );
    for (value, _, hint) in question.choices() {
        let _ = writeln!(xml, "    <Choice value=\"{value}\" hint=\"{hint}\"/>");
    }
    *xml += "  </Choices>\n";
}

/// Reads tasks.
pub(crate) fn read(tasks: &[Value]) -> Brought {
    let mut brought = Brought {
        items: tasks.len(),
        ..Brought::default()
    };
    for (n, task) in (1..).zip(tasks) {
        let place = format!("task {n}");
        let list = |name: &str| {
            task.get(name)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        for (what, name) in [("predictions", "predictions"), ("drafts", "drafts")] {
            *brought.passed.entry(what).or_default() += list(name).len();
        }
        let annotations = list("annotations");
        if annotations.is_empty() {
            *brought
                .passed
                .entry("tasks without annotations")
                .or_default() += 1;
            continue;
        }
        let Some(case) = case_of(task.get("data")) else {
            let what = format!("{place}: its data has no instruction_id and person_id");
            brought.wrong.push(what);
            continue;
        };
        let models = task
            .get("meta")
            .and_then(|m| m.get("models"))
            .and_then(Value::as_object);
        let models: BTreeMap<String, String> = models
            .into_iter()
            .flatten()
            .filter_map(|(letter, model)| Some((letter.clone(), model.as_str()?.to_owned())))
            .collect();
        for (m, annotation) in (1..).zip(annotations) {
            let place = format!("{place}, annotation {m}");
            if annotation.get("was_cancelled").and_then(Value::as_bool) == Some(true) {
                *brought.passed.entry("skipped annotations").or_default() += 1;
                continue;
            }
            let mut form = Filling::default();
            let wrong_before = brought.wrong.len();
            match annotation.get("result").and_then(Value::as_array) {
                Some(regions) => {
                    for region in regions {
                        if let Err(what) = add(region, &mut form) {
                            brought.wrong.push(format!("{place}: {what}"));
                        }
                    }
                }
                None => brought.wrong.push(format!("{place}: it has no result")),
            }
            let (form, disputed) = form.finish();
            let disputed = disputed.into_iter();
            brought
                .wrong
                .extend(disputed.map(|what| format!("{place}: {what}")));
            let time = |name: &str| annotation.get(name)?.as_str()?.parse::<Timestamp>().ok();
            // An annotation of Label Studio is a submitted one; only our own exports say otherwise.
            let open = annotation.get("submitted").and_then(Value::as_str) == Some("no");
            let seconds = annotation
                .get("lead_time")
                .and_then(Value::as_f64)
                .unwrap_or_default();
            brought.said.push(Said {
                place,
                by: who(annotation.get("completed_by")),
                case: case.clone(),
                models: models.clone(),
                texts: Texts::of(task.get("data")),
                shown: None,
                form,
                refused: brought.wrong.len() > wrong_before,
                at: time("updated_at").or_else(|| time("created_at")),
                submitted: (!open).then_some(seconds.max(0.0).round() as u64),
            });
        }
    }
    brought.passed.retain(|_, n| *n > 0);
    brought
}

/// The email of a person, or the id where the export has no more.
fn who(completed_by: Option<&Value>) -> By {
    let id = |value: &Value| match value {
        Value::String(text) if !text.is_empty() => By::Id(text.clone()),
        Value::Number(id) => By::Id(id.to_string()),
        _ => By::Nobody,
    };
    let Some(Value::Object(person)) = completed_by else {
        return completed_by.map_or(By::Nobody, id);
    };
    match person.get("email").and_then(Value::as_str) {
        Some(email) if !email.is_empty() => By::Name(email.to_owned()),
        _ => person.get("id").map_or(By::Nobody, id),
    }
}

/// Adds a region's answer to the form.
fn add(region: &Value, form: &mut Filling) -> Result<(), String> {
    let name = region.get("from_name").and_then(Value::as_str);
    let name = name.ok_or("a region without from_name")?;
    let value = region.get("value").ok_or("a region without a value")?;
    if let Some(ranker) = value.get("ranker") {
        return add_ranks(ranker, name, form);
    }
    let answers = ["choices", "text"].iter().find_map(|kind| value.get(*kind));
    let answers = answers.and_then(texts);
    let answers = answers.ok_or("a region that is neither a choice nor a text nor a ranking")?;
    form.put(name, &answers);
    Ok(())
}

/// Buckets are rank numbers; a ranking without buckets is an order without ties.
fn add_ranks(ranker: &Value, name: &str, form: &mut Filling) -> Result<(), String> {
    let mut put = |letter: String, rank: String| {
        form.put(&format!("rank_{letter}"), &[rank]);
    };
    let mut in_order = |list: &Value| {
        let letters = texts(list).ok_or("a ranking of things that are no texts")?;
        for (n, letter) in (1..).zip(letters) {
            put(letter, n.to_string());
        }
        Ok(())
    };
    match ranker {
        Value::Array(_) => in_order(ranker),
        Value::Object(buckets) => {
            if let Some(list) = buckets.get(name) {
                return in_order(list);
            }
            // What is not in a bucket yet is not ranked.
            for (bucket, letters) in buckets.iter().filter(|(bucket, _)| *bucket != "_") {
                let letters = texts(letters).ok_or("a bucket of things that are no texts")?;
                for letter in letters {
                    put(letter, bucket.clone());
                }
            }
            Ok(())
        }
        _ => Err("a ranking that is neither a list nor buckets".to_owned()),
    }
}
