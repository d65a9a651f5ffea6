//! Models answer: what `check` says of their files, and how `export` hands them on.

use serde_json::{Value, json};

use super::infer::{Server, dataset, lines, said};
use super::*;

fn answered(shell: &Shell, cases: usize) {
    dataset(shell, cases);
    let server = Server::new(|_| said("Yes, a \"cough\".\nNo fever."));
    let ran = shell.run(&["infer", "clinic", "--endpoint", &server.url, "--model", "m"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn what_is_off_in_answers_is_told_with_its_line() {
    let shell = Shell::new();
    answered(&shell, 4);
    let check = || shell.run(&["check", "clinic"]);
    let ran = check();
    assert!(ran.code == 0 && ran.out.contains("4 responses"), "{ran:?}");
    // A torn line, an answer of nobody's case, one that names its maker, one of another label.
    let path = shell.path("clinic/model-responses/m/answers.jsonl");
    let text = fs::read_to_string(&path).expect("there");
    let of = |instruction: &str| -> Value {
        let all = lines(&shell, "m").into_iter();
        let mut own = all.filter(|line| line["instruction"] == instruction);
        own.next().expect("answered")
    };
    let mut strange = of("i0");
    strange["instruction"] = json!("nobody-asked");
    let mut renamed = of("i1");
    renamed["label"] = json!("z");
    renamed["text"] = json!("As ChatGPT, a model of OpenAI, I see a cough.");
    let text = format!("{text}{{\"v\":1,\"time\":\"2026-\n{strange}\n{renamed}\n");
    fs::write(&path, text).expect("written");
    // The record of the second patient is another one now.
    let record = shell.path("clinic/ehrs/2.xml");
    let xml = fs::read_to_string(&record).expect("there");
    fs::write(&record, xml.replace("Day 20 of", "Day twenty of")).expect("written");
    let ran = check();
    for wanted in [
        "m/answers.jsonl:5: warning: no outcome stands here",
        "m/answers.jsonl:6: warning: these are of cases that no table names; they are left out (1 lines)",
        "m/answers.jsonl:7: info: answers that name another model than their folder, whose name counts: 1,",
        "m/answers.jsonl:7: warning: the response names a model or its maker",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}\n{}", ran.out);
    }
    let changed = ran
        .out
        .lines()
        .find(|l| l.contains("of which the record has changed since"))
        .unwrap_or_else(|| panic!("{}", ran.out));
    assert!(changed.contains(": 3, the first is here"), "{changed}");
    assert!(ran.code == 1 && !ran.out.contains("cough"), "{ran:?}");
    // A table has a response of the same name.
    let table = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\n\
        i0\tQuestion number 0: any cough?\t1\tm\tNone.\n";
    fs::write(
        shell.path("clinic/clinician-reviewed-model-responses.tsv"),
        table,
    )
    .expect("written");
    let ran = check();
    assert!(
        ran.out.contains("a table has a response of the same model to the same instruction, which is used (1 lines)"),
        "{ran:?}"
    );
}

/// What was exported in the released layout is a dataset with the same responses.
#[test]
fn answers_are_exported_in_the_released_layout() {
    let shell = Shell::new();
    answered(&shell, 4);
    let ran = shell.run(&[
        "export",
        "clinic",
        "--cases",
        "all",
        "--records",
        "--out",
        "released",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let table = fs::read_to_string(shell.path("released/clinician-reviewed-model-responses.tsv"));
    let table = table.expect("written");
    assert_eq!(
        table
            .matches("\"Yes, a \"\"cough\"\".\nNo fever.\"")
            .count(),
        4,
        "{table}"
    );
    let ran = shell.run(&["check", "released"]);
    assert!(
        ran.out.contains("looked at 4 cases, 4 responses") && ran.out.contains("2 records"),
        "{ran:?}"
    );
}

#[test]
fn doctor_says_where_answers_are_from_and_never_the_key() {
    let shell = Shell::new();
    answered(&shell, 2);
    let ran = shell.run(&["doctor", "clinic"]);
    assert!(
        ran.out.contains("only `medalign infer` opens connections")
            && ran.out.contains("m: m at http://127.0.0.1")
            && ran.out.contains("on this machine, no key"),
        "{ran:?}"
    );
    let path = shell.path("clinic/model-responses/m/system.toml");
    let settings = fs::read_to_string(&path).expect("there");
    let with_key = settings.replace("[system]\n", "[system]\nkey_env = \"CLINIC_KEY\"\n");
    fs::write(&path, with_key).expect("written");
    let ran = shell.run(&["doctor", "clinic"]);
    assert!(
        ran.out
            .contains("its key, the variable CLINIC_KEY, is not set here"),
        "{ran:?}"
    );
    let mut command = shell.command(&["doctor", "clinic"]);
    command
        .env("CLINIC_KEY", "sk-secret")
        .env("HTTPS_PROXY", "http://user:pass@proxy");
    let ran = Ran::of(&command.output().expect("runs"));
    assert!(
        ran.out.contains("CLINIC_KEY, is there")
            && ran.out.contains("HTTPS_PROXY is set and is not used"),
        "{ran:?}"
    );
    assert!(
        !ran.out.contains("sk-secret") && !ran.out.contains("pass"),
        "{ran:?}"
    );
}
