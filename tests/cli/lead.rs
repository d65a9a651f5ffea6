//! What whoever leads a review asks for: how far it is, and commands that say what went wrong.

use super::*;

#[test]
fn small_numbers_that_are_ids_and_places_are_asked_about() {
    let shell = Shell::new();
    fs::create_dir_all(shell.path("clinic/ehrs")).expect("a folder");
    let table = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\n2\tWhy?\t7\ta\tx\n1\tHow?\t7\ta\ty\n3\tWho?\t7\ta\tz\n";
    fs::write(
        shell.path("clinic/clinician-reviewed-model-responses.tsv"),
        table,
    )
    .expect("written");
    let at = |case: &str| shell.run(&["review", "clinic", "--as", "jchen", "--case", case]);
    let both = at("1");
    assert_eq!(both.code, 2, "{}", both.all());
    assert!(
        both.err
            .contains("1 is the number of one case and the id of another"),
        "{}",
        both.all()
    );
    assert!(
        both.err
            .contains("'#1' for the number in the list, 1/7 for the id"),
        "{}",
        both.all()
    );
    // These name one case; what follows is that there is no terminal.
    for case in ["#1", "1/7", "3"] {
        let one = at(case);
        assert!(
            !one.err.contains("there is no case") && !one.err.contains("the id of another"),
            "{}",
            one.all()
        );
    }
    assert!(at("#4").err.contains("there is no case #4"));
}

#[test]
fn a_merge_of_nothing_and_an_output_that_is_full_are_told() {
    let shell = Shell::new();
    fs::write(shell.path("a.jsonl"), "{}\n").expect("written");
    fs::write(shell.path("b.jsonl"), "").expect("written");
    let merged = shell.run(&["merge", "a.jsonl", "b.jsonl", "--out", "m.jsonl"]);
    assert!(
        merged.code == 1 && merged.err.contains("no act is in these files"),
        "{}",
        merged.all()
    );
    assert!(!shell.path("m.jsonl").exists());
    let Ok(full) = fs::File::options().write(true).open("/dev/full") else {
        return;
    };
    let mut diff = shell.command(&["diff", "a.jsonl", "b.jsonl"]);
    let diff = Ran::of(&diff.stdout(full).output().expect("the program starts"));
    assert!(
        diff.code == 3 && diff.err.contains("writing the output"),
        "{}",
        diff.all()
    );
}

#[cfg(feature = "tui")]
#[test]
fn the_lead_sees_how_far_the_reviewers_are() {
    let shell = Shell::new();
    let dataset = shell.demo();
    fs::create_dir_all(shell.path("clinic/reviews")).expect("a folder");
    for reviewer in ["jchen", "stranger"] {
        judge(
            &dataset,
            reviewer,
            &shell.path(&format!("clinic/reviews/{reviewer}.jsonl")),
        );
    }
    let none = shell.run(&["plan", "clinic", "--status"]);
    assert_eq!(none.code, 3, "{}", none.all());
    let cases: Vec<_> = dataset
        .cases()
        .iter()
        .map(|c| (c.instruction_id.clone(), c.person_id.clone()))
        .collect();
    let mut plan = "reviewer\tplace\tpass\tinstruction_id\tperson_id\n".to_owned();
    for (reviewer, place, pass, case) in [
        ("jchen", 1, 1, 0),
        ("jchen", 2, 1, 1),
        ("jchen", 3, 2, 0),
        ("okafor", 1, 1, 2),
    ] {
        let (instruction, person) = &cases[case];
        plan.extend([
            reviewer,
            "\t",
            &place.to_string(),
            "\t",
            &pass.to_string(),
            "\t",
            instruction,
            "\t",
            person,
            "\n",
        ]);
    }
    fs::write(shell.path("clinic/plan.tsv"), &plan).expect("written");
    let status = shell.run(&["plan", "clinic", "--status"]);
    assert_eq!(status.code, 0, "{}", status.all());
    let row = |name: &str| -> Vec<String> {
        let line = status
            .out
            .lines()
            .find(|l| l.trim_start().starts_with(name))
            .expect("a line");
        line.split_whitespace().map(str::to_owned).collect()
    };
    // Five of six answers were judged; the case was submitted.
    assert_eq!(
        row("jchen")[1..7],
        ["0", "1", "2", "0", "1", "0"],
        "{}",
        status.out
    );
    assert_eq!(
        row("okafor")[1..],
        ["0", "0", "1", "0", "0", "0", "none", "yet"],
        "{}",
        status.out
    );
    let left = cases.len() - 3;
    assert!(
        status.out.contains(&format!(
            "In nobody's queue: {left} of {} cases: {}/",
            cases.len(),
            cases[3].0
        )),
        "{}",
        status.out
    );
    assert!(
        status
            .out
            .contains("Began and not in the plan:\n  stranger: 8 acts, the last 2"),
        "{}",
        status.out
    );
    // Acts outside of the queue.
    fs::write(
        shell.path("clinic/plan.tsv"),
        plan.replacen(&cases[0].0, "0", 1),
    )
    .expect("written");
    let status = shell.run(&["plan", "clinic", "--status"]);
    assert!(
        status
            .out
            .lines()
            .any(|l| l.starts_with("jchen") && l.contains("  8  2")),
        "{}",
        status.out
    );
    let check = shell.run(&["check", "clinic"]);
    assert!(
        check.out.contains("plan.tsv: warning:")
            && check.out.contains("are in nobody's queue, the first is"),
        "{}",
        check.all()
    );
}
