//! Several reviewers: who reads what, files merged and compared, and what is disputed.

use super::*;

#[test]
fn a_plan_keeps_people_from_their_own_and_is_not_written_over() {
    let shell = Shell::new();
    let dataset = shell.demo();
    let own = &dataset.cases()[0];
    fs::write(
        shell.path("authors.tsv"),
        format!(
            "instruction_id\tsubmitter\n{}\tDr. Chen; x\n",
            own.instruction_id
        ),
    )
    .expect("writable");
    // Okafor wrote a gold response in a sitting of his own.
    let answered = &dataset.cases()[1];
    let session = Session {
        reviewer: Reviewer::new("okafor").expect("a name"),
        dataset: dataset.name().to_owned(),
        fingerprint: dataset.fingerprint().to_owned(),
        seed: 0,
        texts: Arc::new(Texts::of(dataset.cases())),
    };
    let mut log = Log::open(&shell.path("clinic/reviews/okafor.jsonl"), &session)
        .expect("opens")
        .log;
    let gold = Act::Gold {
        text: "Yes.".to_owned(),
        applicable: Some(true),
        sufficient: Some(true),
        reason: String::new(),
    };
    log.append(Some(&answered.key()), gold).expect("saved");
    drop(log);
    let args = [
        "plan",
        "clinic",
        "--reviewers",
        "jchen=Dr. Chen:Neurology,okafor:Nephrology+Neurology,ruiz",
        "--authors",
        "authors.tsv",
        "--overlap",
        "30%",
        "--again",
        "2",
        "--by-specialty",
    ];
    let made = shell.run(&args);
    assert_eq!(made.code, 0, "{made:?}");
    assert!(
        made.out
            .contains("10 cases, 3 of them read by several; 16 readings, and 6 again"),
        "{}",
        made.out
    );
    assert!(
        made.out.contains("who asked is known for 1 of 10 cases"),
        "{}",
        made.out
    );
    let plan = fs::read_to_string(shell.path("clinic/plan.tsv")).expect("written");
    let rows = |reviewer: &str, instruction: &str| {
        let begins = format!("{reviewer}\t");
        let holds = format!("\t{instruction}\t");
        let rows = plan
            .lines()
            .filter(|l| l.starts_with(&begins) && l.contains(&holds));
        rows.count()
    };
    assert_eq!(rows("jchen", &own.instruction_id), 0, "{plan}");
    assert_eq!(rows("okafor", &answered.instruction_id), 0, "{plan}");
    assert_eq!(plan.lines().count(), 1 + 16 + 6);
    let refused = shell.run(&args);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    assert!(refused.err.contains("--force"), "{refused:?}");
    let again = shell.run(&[&args[..], &["--force"]].concat());
    assert_eq!(
        (again.code, &again.out),
        (0, &made.out),
        "the same seed, the same plan"
    );
    for wrong in [
        &["plan", "clinic"][..],
        &["plan", "clinic", "--reviewers", "a,a"],
        &["plan", "clinic", "--reviewers", "a,b", "--overlap", "2"],
        &[
            "plan",
            "clinic",
            "--reviewers",
            "a,b",
            "--by-specialty",
            "--force",
        ],
        &["plan", "clinic", "--reviewers", "a,b", "--overlap", "many"],
    ] {
        let refused = shell.run(wrong);
        assert_eq!(refused.code, 2, "{wrong:?} {refused:?}");
    }
}

#[test]
fn review_files_are_merged_and_compared() {
    let shell = Shell::new();
    let dataset = shell.demo();
    for name in ["jchen", "mrossi"] {
        let acts = judge(&dataset, name, &shell.path(&format!("{name}.jsonl")));
        assert_eq!(acts, 9);
    }
    let same = shell.run(&["diff", "jchen.jsonl", "mrossi.jsonl"]);
    assert_eq!(
        (same.code, same.out.as_str()),
        (0, "0 differences in 0 cases; 0 bad lines\n")
    );

    // A copy of another day: one line lost its end, and one act was changed by hand.
    let text = fs::read_to_string(shell.path("jchen.jsonl")).expect("a review");
    let changed = text.replacen("\"correct\"", "\"unsure\"", 1);
    let cut = changed.trim_end().len() - 5;
    fs::write(shell.path("copy.jsonl"), &changed[..cut]).expect("a copy");
    let files = ["jchen.jsonl", "copy.jsonl", "mrossi.jsonl"];
    let merged = shell.run(&[&["merge"], files.as_slice(), &["--out", "a.jsonl"]].concat());
    assert_eq!(merged.code, 1, "{merged:?}");
    for part in [
        "a.jsonl: 18 acts written",
        "1 bad lines",
        ": another act with the id of ",
        "acts that contradict: 1",
    ] {
        let said = format!("{}{}", merged.out, merged.err);
        assert!(said.contains(part), "{part}: {said}");
    }
    let turned: Vec<&str> = files.iter().rev().copied().collect();
    let again = shell.run(&[&["merge"], turned.as_slice(), &["--out", "b.jsonl"]].concat());
    assert_eq!(again.code, 1);
    let bytes = |name: &str| fs::read(shell.path(name)).expect("a merged file");
    assert_eq!(bytes("a.jsonl"), bytes("b.jsonl"));
    let refused = shell.run(&["merge", "jchen.jsonl", "--out", "a.jsonl"]);
    assert!(
        refused.code > 1 && refused.err.contains("--out"),
        "{refused:?}"
    );

    let told = shell.run(&["diff", "jchen.jsonl", "copy.jsonl"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.out.contains("  verdict of A: correct | unsure\n"),
        "{}",
        told.out
    );
    assert!(told.out.contains("  submitted: yes | –\n"), "{}", told.out);
    let model = &dataset.cases()[0].responses[0].model;
    assert!(!told.out.contains(model.as_str()), "{}", told.out);
    let named = shell.run(&["diff", "jchen.jsonl", "copy.jsonl", "--names"]);
    assert!(
        named.out.contains(&format!("verdict of {model}:")),
        "{}",
        named.out
    );
    let three = shell.run(&["diff", "a.jsonl", "jchen.jsonl"]);
    assert!(
        three.out.contains("only a.jsonl has a review of mrossi"),
        "{}",
        three.out
    );
}

#[test]
fn disputed_cases_are_listed_and_agreement_is_said() {
    let shell = Shell::new();
    let dataset = shell.demo();
    let nobody = shell.run(&["adjudicate", "clinic", "--list"]);
    assert!(nobody.code > 1, "{nobody:?}");
    assert!(nobody.err.contains("nobody has reviewed"), "{nobody:?}");
    judge(&dataset, "jchen", &shell.path("jchen.jsonl"));
    let alone = shell.run(&["adjudicate", "clinic", "--reviews", "jchen.jsonl"]);
    assert!(alone.err.contains("takes two to disagree"), "{alone:?}");
    judge(&dataset, "mrossi", &shell.path("mrossi.jsonl"));
    let files = ["--reviews", "jchen.jsonl", "mrossi.jsonl"];
    let chief = ["adjudicate", "clinic", "--as", "chief"];
    let agreed = shell.run(&[chief.as_slice(), &files].concat());
    assert_eq!(agreed.code, 0, "{agreed:?}");
    assert!(agreed.out.contains("reviewers agree"), "{agreed:?}");

    let text = fs::read_to_string(shell.path("mrossi.jsonl")).expect("a review");
    let changed = text.replacen("\"correct\"", "\"incorrect\"", 1) + "no line\n";
    fs::write(shell.path("mrossi.jsonl"), changed).expect("changed");
    let list = [chief.as_slice(), &["--list"], &files].concat();
    // Who may still read everything learns nothing of what others said, unless it is asked for.
    let refused = shell.run(&list);
    assert_eq!((refused.code, refused.out.lines().count()), (1, 1));
    assert!(
        refused
            .err
            .contains("10 cases that you have still to read, disputed or not"),
        "{}",
        refused.err
    );
    let noted = shell.path("clinic/reviews/chief.jsonl");
    assert!(!noted.exists(), "nothing was seen, and nothing is noted");
    let listed = shell.run(&[list.as_slice(), &["--see-others"]].concat());
    let file = fs::read_to_string(&noted).expect("a review file");
    assert_eq!(file.matches("\"kind\":\"see_others\"").count(), 1, "{file}");
    assert!(
        file.contains(&dataset.cases()[0].key().instruction),
        "{file}"
    );
    // It is noted once, and asked no more of whoever only decides.
    let again = shell.run(&list);
    assert_eq!(again.out, listed.out);
    assert_eq!(fs::read_to_string(&noted).expect("a review file"), file);
    // A line that cannot be read is told, and so is the exit code.
    assert_eq!(listed.code, 1, "{listed:?}");
    assert!(listed.err.contains("mrossi.jsonl:10: "), "{}", listed.err);
    let rows: Vec<&str> = listed.out.lines().collect();
    let key = dataset.cases()[0].key();
    assert_eq!(rows.len(), 2, "{}", listed.out);
    let expected = format!("{}\t{}\t2\t1\t1\t0\t5", key.instruction, key.person);
    assert_eq!(rows[1], expected);

    let undecided = shell.run(&[&["report", "clinic", "--adjudicated"], files.as_slice()].concat());
    assert_eq!(undecided.code, 2, "{undecided:?}");
    assert!(
        undecided.err.contains("medalign adjudicate"),
        "{undecided:?}"
    );
}

#[test]
fn what_only_one_of_two_people_read_is_counted_apart() {
    let shell = Shell::new();
    let dataset = shell.demo();
    judge(&dataset, "jchen", &shell.path("jchen.jsonl"));
    judge(&dataset, "mrossi", &shell.path("mrossi.jsonl"));
    let text = fs::read_to_string(shell.path("mrossi.jsonl")).expect("a review");
    // The one reviewed another case, and took back a mark of a third.
    let [first, second, third] = [0, 1, 2].map(|n: usize| dataset.cases()[n].key());
    let other = text
        .replace(&first.instruction, &second.instruction)
        .replace(&first.person, &second.person);
    let mark = r#"{"v":1,"id":"X1","time":"2026-01-01T00:00:00.000Z","reviewer":"mrossi","instruction":"I","person":"P","kind":"judge","model":"m","verdict":"correct","shown_position":0}"#;
    let mark = mark.replace("\"I\"", &format!("\"{}\"", third.instruction));
    let mark = mark.replace("\"P\"", &format!("\"{}\"", third.person));
    let undo = r#"{"v":1,"id":"X2","time":"2026-01-01T00:00:01.000Z","reviewer":"mrossi","kind":"undo","target":"X1"}"#;
    fs::write(
        shell.path("other.jsonl"),
        format!("{other}{mark}\n{undo}\n"),
    )
    .expect("written");
    let told = shell.run(&["diff", "jchen.jsonl", "other.jsonl"]);
    assert!(
        told.out.contains("1 readings are in jchen.jsonl alone"),
        "{}",
        told.out
    );
    assert!(
        told.out.contains("1 readings are in other.jsonl alone"),
        "{}",
        told.out
    );
    assert!(
        told.out.contains("0 differences in 0 cases"),
        "{}",
        told.out
    );
    let all = shell.run(&["diff", "--all", "jchen.jsonl", "other.jsonl"]);
    assert_eq!(all.code, 1, "{all:?}");
    assert!(all.err.contains("medalign adjudicate"), "{}", all.err);
}

#[test]
fn adjudicating_leaves_out_what_is_still_to_be_read_disputed_or_not() {
    let shell = Shell::new();
    let dataset = shell.demo();
    for who in ["jchen", "mrossi"] {
        judge(
            &dataset,
            who,
            &shell.path(&format!("clinic/reviews/{who}.jsonl")),
        );
    }
    let path = shell.path("clinic/reviews/mrossi.jsonl");
    let agreed = fs::read_to_string(&path).expect("a review");
    let first = dataset.cases()[0].key();
    let [mine, other] = [0, 1].map(|n: usize| dataset.cases()[n].key());
    let list = ["adjudicate", "clinic", "--as", "okafor", "--list"];
    let mut told = Vec::new();
    for key in [&mine, &other] {
        let plan = format!(
            "reviewer\tplace\tpass\tinstruction_id\tperson_id\nokafor\t1\t1\t{}\t{}\n",
            key.instruction, key.person
        );
        fs::write(shell.path("clinic/plan.tsv"), plan).expect("a plan");
        for disputed in [false, true] {
            let text = if disputed {
                agreed.replacen("\"correct\"", "\"incorrect\"", 1)
            } else {
                agreed.clone()
            };
            fs::write(&path, text).expect("changed");
            let ran = shell.run(&list);
            assert_eq!(ran.code, 1, "{ran:?}");
            told.push((ran.out.contains(&first.instruction), ran.out + &ran.err));
        }
    }
    // Of the case that okafor has to read it makes no difference what others said; of another one it does.
    assert_eq!(told[0], told[1]);
    assert!(!told[1].0 && told[3].0, "{told:?}");
    // Nor does the message of the screen, where there is nothing else.
    let plan = format!(
        "reviewer\tplace\tpass\tinstruction_id\tperson_id\nokafor\t1\t1\t{}\t{}\n",
        mine.instruction, mine.person
    );
    fs::write(shell.path("clinic/plan.tsv"), plan).expect("a plan");
    let ran = shell.run(&["adjudicate", "clinic", "--as", "okafor"]);
    // Two people did read that case.
    assert!(
        ran.out.contains("No other case was read by two people"),
        "{ran:?}"
    );
    assert!(
        ran.err.contains("1 case that you have still to read"),
        "{ran:?}"
    );
}
