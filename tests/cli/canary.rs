//! A word that stands wherever text of a record or of a person may stand, and that no message says.

use std::fmt::Write as _;
use std::fs;

use crate::{Ran, Shell};

/// The word. It may be a tag's name, an entity's and a column's, so that it gets everywhere.
const WORD: &str = "Qanary1970";

/// Damaged pieces of LUMIA records, each in an encounter's `<events>`; `@` is the word.
const EVENTS: [&str; 24] = [
    "<entry timestamp=\"2020-01-01\"><event type=\"note\" code=\"@\" name=\"@\">@ </@> &@; & @</event></entry>",
    "<entry timestamp=\"@\"><event type=\"@\" code=\"@/@\" name=\"@\" unit=\"@\" note_id=\"@\" @=\"@\">@</event></entry>",
    "<entry timestamp=\"2020-01-01\" @=\"@\"><event type=\"measurement\" code=\"@\" name=\"@\" unit=\"@\">1</event></entry>",
    "<entry timestamp=\"2020-01-01\"><event type=\"measurement\" code=\"@\" name=\"@\" unit=\"@2\">@</event></entry>",
    "<@>@</@>",
    "<@ @=\"@\" @=\"@\"/>",
    "<entry timestamp=\"2020-01-01\"><event type=note @ @=@>@<b>@</b><@>@</@></event></entry>",
    "<entry timestamp=\"2020-01-01\"><event type=\"note\" name=\"@ & @; &@;\">@</event></entry>",
    "<entry timestamp=\"2020-01-01\"><event type=\"note\" name=\"@>@</event></entry>",
    "<entry timestamp=\"2020-01-01\"><@ type=\"note\">@</event></entry>",
    "<entry timestamp=\"2020-01-01\"><event type=\"note\">@<@></event></entry>",
    "<entry timestamp=\"2020-01-01\"><event type=\"note\">@<![CDATA[@]]>@ < @ <!-- @ --> <?@ @?></event></entry>",
    "@",
    "<events @=\"@\">@</events>",
    "<encounter @=\"@\"><person @=\"@\"><@>@</@><birthdate>@</birthdate><age><days>@</days><years>@</years></age></person></encounter>",
    "<person><demographics><gender>@</gender><race>@</race><@>@</@></demographics><payerplan>@</payerplan></person>",
    "<caresites @=\"@\"><caresite care_site_id=\"@\" @=\"@\"/></caresites><providers @=\"@\"><provider @=\"@\"/></providers>",
    "<!DOCTYPE @ [<!ENTITY @ \"@\">]>",
    "<entry><event>@</event></entry>",
    "<event type=\"@\">@</event><entry timestamp=\"2020-01-01 @\"/>",
    "</@>",
    "&@;",
    "<entry timestamp=\"2020-01-01\"><event type=\"note\">@ \u{1}&#27; &#@; </event></entry>",
    "<1@><_@ =\"@\"></_@>",
];

/// Damaged pieces of visit/day records.
const DAYS: [&str; 7] = [
    "<note type=\"@\" start=\"@\">@ </@> &@; <@>@</@></note>",
    "<measurement start=\"@\" @=\"@\"><code @=\"@\">[@/@] @ and 5 @</code>@<@ @=\"@\"/></measurement>",
    "<@ start=\"@\"><code>@</code></@>",
    "<person>@: @\nBirth:@\nAge in Days: @\nGender: @\n@</person>",
    "<day start=\"@\" @=\"@\">@</day>",
    "<visit type=\"@\" start=\"@\" end=\"@\" @=\"@\">@</visit>",
    "<measurement start=\"01/01/2020 @\"><code>[@",
];

fn put(shell: &Shell, name: &str, text: &str) {
    let path = shell.path(name);
    fs::create_dir_all(path.parent().expect("in a folder")).expect("a folder");
    fs::write(path, text.replace('@', WORD)).expect("written");
}

/// What a command told, on standard error and, where that is no text of the user's own, on standard output.
fn leaks(ran: &Ran, output: bool) -> Vec<String> {
    let word = WORD.to_lowercase();
    let lines = ran.err.lines().chain(ran.out.lines().filter(|_| output));
    lines
        .filter(|line| line.to_lowercase().contains(&word))
        .map(str::to_owned)
        .collect()
}

fn records(shell: &Shell) -> usize {
    for (i, events) in EVENTS.iter().enumerate() {
        let text = format!(
            "<eventstream person_id=\"{i}\" @=\"@\"><!--@-->\n<encounter @=\"@\"><events>{events}</events></encounter>\n</eventstream>"
        );
        put(shell, &format!("set/ehrs/{i}.xml"), &text);
    }
    for (i, days) in DAYS.iter().enumerate() {
        let text = format!(
            "<record @=\"@\"><visit type=\"@\" start=\"01/01/2020 08:00\"><day start=\"01/01/2020\">{days}</day></visit></record>"
        );
        put(shell, &format!("set/ehrs/{}.xml", EVENTS.len() + i), &text);
    }
    for (i, text) in [
        "<@/>",
        "@",
        "@<eventstream person_id=\"902\"/>@",
        "<eventstream person_id=\"903\"><encounter><events><entry timestamp=\"2020-01-01\"><@>@",
        "<eventstream person_id=\"904\"><encounter/></eventstream>@<@/>",
        "<eventstream @=\"@\"/>",
        "<?xml version=\"@\" encoding=\"@\"?><eventstream person_id=\"906\"/>",
    ]
    .iter()
    .enumerate()
    {
        put(shell, &format!("set/ehrs/90{i}.xml"), text);
    }
    EVENTS.len() + DAYS.len()
}

fn tables(shell: &Shell, cases: usize) {
    let mut responses = String::from(
        "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\tmodel_rank\tbinary_correct\tis_used_eval\tclinician_response\tevidence\tsubmitter_specialty\n",
    );
    let mut golds = String::from(
        "instruction_id,question,person_id,filename,annotator_num,clinician_response,evidence\n",
    );
    let mut labels = String::from("instruction_id,question,person_id,is_selected_ehr\n");
    for case in 0..cases {
        for model in ["m", "gpt4-32k"] {
            let _ = write!(
                responses,
                "{case}\t@?\t{case}\t@.xml\t{model}\t@ gpt4\t@\t@\t@\t@\t@|||@\t@\n{case}\t@ \"@\" other\t{case}\t\t{model}\t\"@\"@\t\t\t\t\t@\n"
            );
        }
        let _ = writeln!(golds, "{case},@,{case},@.xml,@,@,@|||@");
        let _ = writeln!(labels, "{case},@,{case},@\n{case},@,9{case},@");
    }
    // Too few cells, and too many; ids and models' names are told.
    responses += "\t@\t@\t@\t@\n0\t@\n0\t@\t0\t@\tm\t@\t@\t@\t@\t@\t@\t@\t@\n";
    put(
        shell,
        "set/clinician-reviewed-model-responses.tsv",
        &responses,
    );
    put(shell, "set/clinician-instruction-responses.tsv", &golds);
    put(shell, "set/ehr-relevance-labels.csv", &labels);
    put(
        shell,
        "set/instruction-taxonomy.csv",
        "category,subcategory,description\n@,@,@\n@\n",
    );
    put(
        shell,
        "set/instructions.tsv",
        "instruction_id\tquestion\tperson_id\tcategory\tsubcategory\tsubmitter_specialty\tas_of\n0\t@\t0\t@\t@\t@\t@\n1\t\"@\n",
    );
    // A table whose first line is a row.
    put(
        shell,
        "bare/clinician-reviewed-model-responses.tsv",
        "@\t@\t@\n@\t@\t@\n",
    );
    put(shell, "bare/ehrs/1.xml", "<eventstream person_id=\"1\"/>");
}

fn reviews(shell: &Shell) {
    let lines = "@\n{\"@\": 1}\n{\"v\":1,\"id\":\"@\",\"time\":\"@\",\"reviewer\":\"@\",\"kind\":\"@\",\"@\":\"@\"}\n\
        {\"v\":1,\"id\":\"00000000000000000000000001\",\"time\":\"2024-01-01T00:00:00.000Z\",\"reviewer\":\"jchen\",\"kind\":\"comment\",\"instruction\":\"0\",\"person\":\"0\",\"model\":null,\"text\":\"@\"}\n\
        {\"v\":1,\"id\":\"00000000000000000000000002\",\"time\":\"2024-01-01T00:00:00.000Z\",\"reviewer\":\"jchen\",\"kind\":\"judge\",\"instruction\":\"0\",\"person\":\"0\",\"model\":\"m\",\"verdict\":\"@\"}\n\
        {\"v\":1,\"id\":\"00000000000000000000000003\",\"time\":\"2024-01-01T00:00:00.000Z\",\"reviewer\":\"jchen\",\"kind\":\"tag\",\"instruction\":\"0\",\"person\":\"0\",\"model\":\"m\",\"errors\":[\"@\"],\"harm\":\"@\"}\n\
        {\"v\":1,\"id\":\"00000000000000000000000004\",\"time\":\"2024-01-01T00:00:00.000Z\",\"reviewer\":\"jchen\",\"kind\":\"gold\",\"instruction\":\"0\",\"person\":\"0\",\"text\":\"@\",\"applicable\":\"@\",\"sufficient\":\"@\"}\n\
        {\"v\":1,\"id\":\"00000000000000000000000004\",\"time\":\"2024-01-01T00:00:00.000Z\",\"reviewer\":\"jchen\",\"kind\":\"gold_draft\",\"instruction\":\"0\",\"person\":\"0\",\"text\":\"@\"}\n\
        {\"v\":1,\"text\":\"@";
    put(shell, "set/reviews/jchen.jsonl", lines);
    put(shell, "other.jsonl", &lines.replace("jchen", "patel"));
    put(
        shell,
        "set/plan.tsv",
        "reviewer\tinstruction_id\tperson_id\n@\t@\t@\n",
    );
    for (name, text) in [
        (
            "tasks.json",
            "[{\"id\":1,\"data\":{\"instruction_id\":\"0\",\"person_id\":\"0\",\"answer_A\":\"@\"},\"annotations\":[{\"completed_by\":1,\"created_at\":\"@\",\"result\":[\
             {\"from_name\":\"verdict_A\",\"to_name\":\"@\",\"type\":\"choices\",\"value\":{\"choices\":[\"@\"]}},\
             {\"from_name\":\"verdict_Q\",\"to_name\":\"@\",\"type\":\"choices\",\"value\":{\"choices\":[\"@\"]}},\
             {\"from_name\":\"harm_A\",\"to_name\":\"@\",\"type\":\"choices\",\"value\":{\"choices\":[\"@\"]}},\
             {\"from_name\":\"comment_A\",\"to_name\":\"@\",\"type\":\"@\",\"value\":{\"text\":[\"@\"]}},\
             {\"from_name\":\"errors_A\",\"value\":{\"@\":\"@\"}},\"@\"]}]},{\"data\":\"@\"},\"@\"]",
        ),
        (
            "records.json",
            "[{\"id\":\"@\",\"metadata\":{\"instruction_id\":\"0\",\"person_id\":\"0\"},\"fields\":{\"answer_A\":\"@\"},\
             \"responses\":{\"verdict_A\":[{\"value\":\"@\",\"user_id\":\"1\"}],\"rank\":[{\"value\":\"@\",\"user_id\":\"1\"}],\"comment\":\"@\"}},\
             {\"metadata\":\"@\",\"responses\":\"@\"},\"@\"]",
        ),
        ("garbage.json", "[{\"@\": @}]"),
    ] {
        put(shell, name, text);
    }
}

fn form(shell: &Shell) {
    put(
        shell,
        "form.csv",
        "Timestamp,Question,Category,Subcategory,Specialty,Instruction ID\n\
         @,@,@,@,@,@\n@,\"@ \"@,@\n@,Is there @?,@,@,@,1e+10\n,,,,\n@,Is there @?,,@,@,7.0,@,@\n",
    );
    put(shell, "bare-form.csv", "@,@,@\n@,@,@\n");
    put(
        shell,
        "taxonomy.csv",
        "category,subcategory,description\nA,B,@\n",
    );
    put(shell, "bare-taxonomy.csv", "@,@\n@,@\n");
}

fn omop(shell: &Shell) {
    let tables = [
        (
            "person",
            "person_id,gender_concept_id,year_of_birth,month_of_birth,birth_datetime,gender_source_value",
        ),
        (
            "visit_occurrence",
            "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_end_date",
        ),
        (
            "condition_occurrence",
            "condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_source_value",
        ),
        (
            "measurement",
            "measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_source_value,range_low",
        ),
        ("note", "note_id,person_id,note_date,note_title,note_text"),
        ("death", "person_id,death_date"),
        (
            "concept",
            "concept_id,concept_name,domain_id,vocabulary_id,concept_code",
        ),
    ];
    for (table, header) in tables {
        let cells = header.matches(',').count() + 1;
        let row = |cell: &dyn Fn(usize) -> &'static str| {
            let cells: Vec<&str> = (0..cells).map(cell).collect();
            cells.join(",") + "\n"
        };
        let all = row(&|_| "@");
        let ids = row(&|i| if i < 2 { "1" } else { "@" });
        let text = format!("{header}\n{ids}{all}{ids}{{@}},@\n{ids}1,1,\"@\n");
        put(shell, &format!("omop/{table}.csv"), &text);
        let text = format!("{header}\n{ids}{all}{ids}@,@\n");
        put(shell, &format!("omop-whole/{table}.csv"), &text);
        put(
            shell,
            &format!("omop-bare/{table}.csv"),
            &format!("{all}{ids}"),
        );
    }
    put(shell, "patients.txt", "@ @\n@\n");
}

/// A run, and whether its output is told apart from the user's own text as messages are.
type Run = (&'static [&'static str], bool);

const RUNS: [Run; 40] = [
    (&["check", "set"], true),
    (&["check", "set", "--format", "json"], true),
    (&["check", "bare"], true),
    (&["index", "set"], true),
    (&["index", "set", "--status"], true),
    (&["search", "set", "nothing-of-it"], true),
    (&["search", "set", "kind:nothing", "before:nothing"], true),
    (&["match", "set", "--top", "2"], false),
    (&["match", "set", "--evaluate", "--random-baseline"], true),
    (
        &["match", "set", "--bm25", "tantivy", "--tokens", "chart"],
        false,
    ),
    (
        &["convert", "set/ehrs", "--to", "lumia", "--out", "lumia"],
        true,
    ),
    (
        &["convert", "set/ehrs", "--to", "visit-day", "--out", "days"],
        true,
    ),
    (
        &["convert", "set/ehrs", "--to", "text", "--out", "text"],
        true,
    ),
    (&["convert", "set/ehrs/1.xml", "--to", "text"], false),
    (
        &[
            "export",
            "set",
            "--out",
            "tables",
            "--unsubmitted",
            "--records",
        ],
        true,
    ),
    (
        &[
            "export", "set", "--format", "jsonl", "--cases", "all", "--out", "-",
        ],
        false,
    ),
    (
        &[
            "export",
            "set",
            "--format",
            "label-studio",
            "--out",
            "studio",
        ],
        true,
    ),
    (
        &["export", "set", "--format", "argilla", "--out", "argilla"],
        true,
    ),
    (&["report", "set", "--unsubmitted"], false),
    (
        &["report", "set", "--format", "json", "--no-records"],
        false,
    ),
    (&["report", "bare"], false),
    (&["score", "set"], true),
    (&["score", "bare"], true),
    (
        &["plan", "set", "--reviewers", "a,b", "--out", "a.tsv"],
        false,
    ),
    (
        &[
            "plan",
            "set",
            "--reviewers",
            "a,b",
            "--authors",
            "form.csv",
            "--out",
            "b.tsv",
        ],
        false,
    ),
    (&["review-file", "verify", "set/reviews/jchen.jsonl"], true),
    (&["review-file", "history", "other.jsonl"], false),
    (
        &[
            "review-file",
            "recover",
            "set/reviews/jchen.jsonl",
            "--also",
            "other.jsonl",
            "--out",
            "mended.jsonl",
        ],
        true,
    ),
    (
        &[
            "merge",
            "set/reviews/jchen.jsonl",
            "other.jsonl",
            "form.csv",
            "--out",
            "merged.jsonl",
        ],
        true,
    ),
    (&["diff", "set/reviews/jchen.jsonl", "other.jsonl"], true),
    (&["doctor", "set", "--as", "jchen"], true),
    (
        &["import", "judgements", "tasks.json", "set", "--as", "wu"],
        true,
    ),
    (
        &["import", "judgements", "records.json", "set", "--as", "wu"],
        true,
    ),
    (
        &["import", "judgements", "garbage.json", "set", "--as", "wu"],
        true,
    ),
    (
        &[
            "import",
            "instructions",
            "form.csv",
            "--taxonomy",
            "taxonomy.csv",
            "--out",
            "got.tsv",
        ],
        true,
    ),
    (
        &[
            "import",
            "instructions",
            "bare-form.csv",
            "--taxonomy",
            "bare-taxonomy.csv",
            "--out",
            "none.tsv",
        ],
        true,
    ),
    (&["import", "omop", "omop", "--out", "got"], true),
    (&["import", "omop", "omop-whole", "--out", "whole"], true),
    (
        &["import", "omop", "omop-bare", "--out", "bare-records"],
        true,
    ),
    (
        &[
            "import",
            "omop",
            "omop-whole",
            "--patients",
            "patients.txt",
            "--out",
            "chosen",
        ],
        true,
    ),
];

#[test]
fn no_message_says_what_the_files_say() {
    let shell = Shell::new();
    let cases = records(&shell);
    tables(&shell, cases);
    reviews(&shell);
    form(&shell);
    omop(&shell);
    let mut runs = RUNS.to_vec();
    if cfg!(feature = "tui") {
        runs.push((
            &["adjudicate", "set", "--list", "--see-others", "--as", "wu"],
            false,
        ));
        runs.push((&["review", "set", "--as", "jchen"], false));
    }
    let mut found = Vec::new();
    for (args, output) in runs {
        let ran = shell.run(args);
        assert!((0..=3).contains(&ran.code), "{args:?}: {ran:?}");
        let leaks = leaks(&ran, output).into_iter();
        found.extend(leaks.map(|line| format!("{args:?}\n    {line}\n")));
    }
    assert!(found.is_empty(), "{}", found.concat());
}
