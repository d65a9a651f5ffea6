//! Forms as they are collected, and what of them is left out.

use super::*;
use std::path::Path;

fn table(text: &str) -> Table {
    Table::parse(Path::new("form.csv"), text.as_bytes()).expect("a table")
}

fn form(text: &str, explicit: &[(String, Field)]) -> Form {
    let table = table(text);
    Form::read(&table, &Mapping::new(&table, explicit).expect("a mapping"))
}

#[test]
fn a_forms_wording_is_understood() {
    let form = form(
        "\u{feff}Timestamp,\"What is your specialty?\",\"Please write one instruction\nto the assistant\",Patient \
         characteristics,E-mail\n\
         10/09/2018 8:00 AM,Neurology,\"List the\nmedications\",any,a@b\n\
         10/08/2018 8:00 AM,Cardiology,Summarize,NULL,\n\
         10/10/2018 8:00 AM,Cardiology,,,\n",
        &[],
    );
    assert_eq!(form.order, Order::Time);
    assert_eq!(form.empty_rows, [6]);
    let [first, second] = &form.submissions[..] else {
        panic!("two instructions");
    };
    assert_eq!(
        (&*first.question, &*first.specialty, first.line),
        ("Summarize", "Cardiology", 5)
    );
    assert_eq!(
        (&*second.question, &*second.characteristics),
        ("List the\nmedications", "any")
    );
    assert_eq!(
        (&*second.source, &second.others[..]),
        ("form.csv", &["a@b".to_owned()][..])
    );
    assert_eq!(first.id, stable_id("Summarize", 0));
}

#[test]
fn columns_of_one_name_are_all_read() {
    let form = form(
        "Instruction,Specialty,Instruction,Specialty\nA,,B,Surgery\n,,C,\n",
        &[],
    );
    let read: Vec<(&str, &str)> = form
        .submissions
        .iter()
        .map(|s| (&*s.question, &*s.specialty))
        .collect();
    assert_eq!(read, [("A", "Surgery"), ("B", "Surgery"), ("C", "")]);
}

#[test]
fn an_ambiguous_form_asks_for_a_mapping() {
    let text = "Your instruction,Why this instruction?,Secret\nA,B,C\n";
    let table = table(text);
    let error = Mapping::new(&table, &[]).expect_err("ambiguous");
    assert!(error.to_string().contains("columns 1 and 2"), "{error}");
    let explicit = [
        ("#1".to_owned(), Field::Question),
        ("secret".to_owned(), Field::Drop),
    ];
    let form = form(text, &explicit);
    assert_eq!(form.submissions[0].question, "A");
    assert_eq!(form.submissions[0].others, ["B"]);
    for column in ["#9", "absent"] {
        let explicit = [(column.to_owned(), Field::Question)];
        assert!(Mapping::new(&table, &explicit).is_err());
    }
}

#[test]
fn ids_are_stable_and_unique() {
    let form = form("question\nList  meds\nList meds\nOther\n", &[]);
    let ids: Vec<&str> = form.submissions.iter().map(|s| &*s.id).collect();
    assert_eq!(ids[0], stable_id("List meds", 0));
    assert_eq!(ids[1], stable_id("List meds", 1));
    assert!(ids.iter().all(|id| id.len() == 10));
    // FNV-1a of "a" is 0xaf63dc4c8601ec8c.
    let n = 0xaf63_dc4c_8601_ec8c_u64 % 9_000_000_000 + 1_000_000_000;
    assert_eq!(stable_id("a", 0), n.to_string());
}

#[test]
fn bad_ids_are_told() {
    let form = form("instruction_id,question\n7,a\n5.00E+09,b\n7,c\n", &[]);
    assert_eq!(form.repeated_ids, [(4, 2)]);
    assert_eq!(form.spoilt_ids, [3]);
}

#[test]
fn labels_are_checked_against_the_taxonomy() {
    let taxonomy = [Subcategory {
        category: "care planning".to_owned(),
        name: "determine plan of care".to_owned(),
        description: String::new(),
    }];
    let mut form = form(
        "question,category,subcategory\na,,Determine plan of care\nb,Care planning,\nc,x,determine plan of \
         care\nd,,y\ne,,y\nf,,\n",
        &[],
    );
    let unknown = apply_taxonomy(&mut form.submissions, &taxonomy);
    assert_eq!(form.submissions[0].category, "care planning");
    let told: Vec<_> = unknown
        .iter()
        .map(|u| (&*u.category, &*u.subcategory, u.count, u.first_line))
        .collect();
    assert_eq!(
        told,
        [("x", "determine plan of care", 1, 4), ("", "y", 2, 5)]
    );
}

#[test]
fn each_question_has_its_own_block() {
    let header = "What instruction?,Patient characteristics,Clinical context,What instruction?,Patient characteristics,Clinical context";
    let form = form(
        &format!("{header}\nfirst,woman,clinic,second,man,ward\n,child,peds,third,,\n"),
        &[],
    );
    let said: Vec<[&str; 3]> = form
        .submissions
        .iter()
        .map(|s| [&*s.question, &*s.characteristics, &*s.context])
        .collect();
    assert_eq!(
        said,
        [
            ["first", "woman", "clinic"],
            ["second", "man", "ward"],
            // What stands beside the empty question is not said of this one.
            ["third", "", ""]
        ]
    );
    // The block may stand before its question; a lone column is for all.
    let form = super::tests::form(
        "Specialty,Clinical context,Instruction,Clinical context,Instruction\nNeurology,clinic,a,ward,b\n",
        &[],
    );
    let said: Vec<[&str; 3]> = form
        .submissions
        .iter()
        .map(|s| [&*s.question, &*s.context, &*s.specialty])
        .collect();
    assert_eq!(
        said,
        [["a", "clinic", "Neurology"], ["b", "ward", "Neurology"]]
    );
    let unclear = table("Instruction,Instruction,Clinical context,Clinical context\na,b,c,d\n");
    let error = Mapping::new(&unclear, &[])
        .expect_err("unclear")
        .to_string();
    assert!(error.contains("clinical_context"), "{error}");
}

#[test]
fn qualtrics_headers_and_previews_are_set_aside() {
    let form = form(
        "Status,Finished,ResponseId,Q1\n\
         Response Type,Finished,Response ID,\"Please write the instruction\"\n\
         \"{\"\"ImportId\"\":\"\"status\"\"}\",\"{\"\"ImportId\"\":\"\"finished\"\"}\",\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"\n\
         IP Address,True,R_1,Summarize.\n\
         Survey Preview,True,R_2,When?\n\
         IP Address,False,R_3,Half a\n",
        &[("Q1".to_owned(), Field::Question)],
    );
    let questions: Vec<&str> = form.submissions.iter().map(|s| &*s.question).collect();
    assert_eq!(questions, ["Summarize."]);
    assert_eq!(
        form.aside,
        [
            (2, Aside::Header),
            (3, Aside::Header),
            (5, Aside::Preview),
            (6, Aside::Incomplete)
        ]
    );
}

#[test]
fn redcap_records_that_are_incomplete_are_set_aside() {
    let form = form(
        "record_id,question,category___1,form_complete\n1,a,1,2\n2,b,0,0\n3,b,0,2\n4,c,0,1\n",
        &[],
    );
    let lines: Vec<u64> = form.submissions.iter().map(|s| s.line).collect();
    assert_eq!(lines, [2, 4, 5]);
    assert_eq!(form.aside, [(3, Aside::Incomplete)]);
    // Another form's column of that name says nothing of the kind.
    let other = super::tests::form("question,form_complete\na,0\n", &[]);
    assert_eq!(other.submissions.len(), 1);
}

#[test]
fn googles_times_with_a_zone_order_a_form() {
    let form = form(
        "Timestamp,instruction\n2023/03/14 2:04:01 PM GMT+1,b\n2023/03/14 8:04:01 AM GMT-5,a\n2023/03/14 1:00:00 PM GMT+0,first\n",
        &[],
    );
    assert_eq!(form.order, Order::Time);
    let questions: Vec<&str> = form.submissions.iter().map(|s| &*s.question).collect();
    assert_eq!(questions, ["first", "b", "a"]);
}

#[test]
fn questions_that_a_form_numbers_are_all_read_each_with_its_block() {
    let form = form(
        "Timestamp,What would you ask? (Instruction 1),Clinical context,What would you ask? (Instruction 2),Clinical context\n\
         13/03/2023 14:04:01,first,clinic,second,ward\n3/1/2023 9:04:01,earlier,ward,,\n",
        &[],
    );
    assert_eq!(form.order, Order::Time);
    let said: Vec<[&str; 2]> = form
        .submissions
        .iter()
        .map(|s| [&*s.question, &*s.context])
        .collect();
    assert_eq!(
        said,
        [["earlier", "ward"], ["first", "clinic"], ["second", "ward"]]
    );
}
