//! `medalign score`: what it writes, what it leaves alone, what it says.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::Shell;

fn set(shell: &Shell) {
    let root = shell.path("set");
    fs::create_dir_all(&root).expect("a folder");
    let responses = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\n\
        7\tAny stroke?\t1\talpha\tYes, in 2018.\n\
        7\tAny stroke?\t1\tbeta\tNo.\n\
        8\tAny fever?\t1\talpha\tNo fever.\n";
    let golds = "instruction_id\tquestion\tperson_id\tannotator_num\tclinician_response\n\
        7\tAny stroke?\t1\tAnnotator_1\tYes, in 2018.\n";
    fs::write(
        root.join("clinician-reviewed-model-responses.tsv"),
        responses,
    )
    .expect("written");
    fs::write(root.join("clinician-instruction-responses.tsv"), golds).expect("written");
}

#[test]
fn each_metric_is_a_table_and_nothing_is_replaced_unasked() {
    let shell = Shell::new();
    set(&shell);
    let ran = shell.run(&["score", "set", "--metric", "meteor,bleu"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out
            .contains("2 responses scored, 1 have no gold response")
    );
    let path = shell.path("set/scores/bleu.tsv");
    let table = fs::read_to_string(&path).expect("a table");
    let signature = "nrefs:1|case:mixed|eff:yes|tok:13a|smooth:exp|version:2.6.0";
    let rows: Vec<Vec<&str>> = table.lines().map(|l| l.split('\t').collect()).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1][..3], ["7", "1", "alpha"]);
    let best: f64 = rows[1][3].parse().expect("a number");
    assert!((best - 100.0).abs() < 1e-9);
    assert_eq!(rows[2][4..6], ["1", signature]);
    let mode = fs::metadata(&path)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    // What was scored is kept, what is missing is added.
    let again = shell.run(&["score", "set"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again.out.contains("4 of 20 scores were there already"),
        "{again:?}"
    );
    assert!(shell.path("set/scores/chrf.tsv").exists());
    assert_eq!(fs::read_to_string(&path).expect("a table"), table);

    // A table that somebody else wrote is nobody's to replace.
    let other = "instruction_id\tperson_id\tmodel_name\tscore\n7\t1\talpha\t0.5\n";
    fs::write(&path, other).expect("written");
    let refused = shell.run(&["score", "set"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("--force"));
    assert_eq!(fs::read_to_string(&path).expect("a table"), other);
    assert_eq!(shell.run(&["score", "set", "--force"]).code, 0);
    assert_eq!(fs::read_to_string(&path).expect("a table"), table);
}

#[test]
#[cfg(not(feature = "neural"))]
fn a_metric_of_a_language_model_says_how_it_is_built() {
    let shell = Shell::new();
    set(&shell);
    let unnamed = shell.run(&["score", "set", "--metric", "comet"]);
    assert_eq!(unnamed.code, 2, "{unnamed:?}");
    assert!(unnamed.err.contains("--weights FOLDER"), "{unnamed:?}");
    let ran = shell.run(&["score", "set", "--metric", "comet", "--weights", "set"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("built without language models"), "{ran:?}");
    assert!(ran.err.contains("--features neural"), "{ran:?}");
    assert!(!shell.path("set/scores/comet.tsv").exists());
    let unknown = shell.run(&["score", "set", "--metric", "comets"]);
    assert!(
        unknown.err.contains("there is no metric comets"),
        "{unknown:?}"
    );
    assert!(shell.run(&["help", "models"]).out.contains("hparams.yaml"));
}

#[test]
fn the_demo_carries_the_scores_of_its_responses() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["demo", "--to", "demo"]).code, 0);
    let ran = shell.run(&["score", "demo"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let kept = "620 of 620 scores were there already";
    assert!(ran.out.contains(kept), "{ran:?}");
}

#[test]
fn a_report_lists_where_a_metric_and_reviewers_part() {
    let shell = Shell::new();
    set(&shell);
    let judged = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\tmodel_rank\tbinary_correct\tconfidence\n\
        7\tAny stroke?\t1\talpha\tYes, in 2018.\t2\t0\t0.9\n\
        7\tAny stroke?\t1\tbeta\tNo.\t1\t1\t0.4\n";
    let path = shell.path("set/clinician-reviewed-model-responses.tsv");
    fs::write(path, judged).expect("written");
    assert_eq!(shell.run(&["score", "set", "--metric", "bleu"]).code, 0);
    let ran = shell.run(&["report", "set", "--disagreements", "bleu"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("instruction 7, patient 1: tau-b -1.000"),
        "{ran:?}"
    );
    assert!(ran.out.contains("bleu: alpha 100.000 > beta"), "{ran:?}");
    assert!(ran.out.contains("reviewers: beta > alpha"), "{ran:?}");
    assert!(!ran.out.contains("stroke"), "no text of a question");
    let unknown = shell.run(&["report", "set", "--disagreements", "comet"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.err.contains("there are scores of bleu"));
    let wrong = shell.run(&["report", "set", "--confident-wrong"]);
    assert!(
        wrong
            .out
            .contains("1. instruction 7, patient 1, alpha: confidence 0.900, harm not stated"),
        "{wrong:?}"
    );
    let report = shell.run(&["report", "set", "--format", "json", "--no-records"]);
    assert!(report.out.contains("\"metric_correlation\""), "{report:?}");
    assert!(report.out.contains("\"calibration_error\""), "{report:?}");
}
