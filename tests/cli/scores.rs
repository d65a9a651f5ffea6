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
