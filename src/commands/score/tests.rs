//! The command with a language model, where `MEDALIGN_SHARED` has a tiny one.

use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Parser;

use crate::cli;

/// Runs `score` on a dataset's folder; gives back what it printed, or its error.
fn score(folder: &Path, more: &[&str]) -> Result<String, String> {
    let folder = folder.to_str().expect("a name");
    let line = ["medalign", "score", folder]
        .into_iter()
        .chain(more.iter().copied());
    let cli = cli::Cli::try_parse_from(line).expect("a command line");
    let Some(cli::Command::Score(args)) = cli.command else {
        panic!("another command");
    };
    let mut out = Vec::new();
    let ran = super::run(&args, &mut out);
    let out = String::from_utf8(out).expect("text");
    ran.map(|()| out.clone()).map_err(|e| format!("{e}\n{out}"))
}

/// Two instructions about two patients, the second of whom has no record.
fn dataset(root: &Path) {
    let responses = "instruction_id\tquestion\tperson_id\tmodel_name\tmodel_response\n\
        7\tAny stroke?\t1\talpha\tYes, in 2018.\n\
        7\tAny stroke?\t1\tbeta\tNo.\n\
        8\tAny fever?\t2\talpha\tNo fever.\n";
    let golds = "instruction_id\tquestion\tperson_id\tannotator_num\tclinician_response\n\
        7\tAny stroke?\t1\tAnnotator_1\tYes, in 2018.\n\
        8\tAny fever?\t2\tAnnotator_1\tNone.\n";
    let record = "<eventstream person_id=\"1\"><encounter><events><entry timestamp=\"2018-05-15T10:00:00\">\
        <event type=\"note\" name=\"visit note\">Stroke in 2018.</event></entry></events></encounter></eventstream>";
    fs::write(
        root.join("clinician-reviewed-model-responses.tsv"),
        responses,
    )
    .expect("written");
    fs::write(root.join("clinician-instruction-responses.tsv"), golds).expect("written");
    fs::create_dir(root.join("ehrs")).expect("a folder");
    fs::write(root.join("ehrs/1.xml"), record).expect("written");
}

/// A folder with tiny models under the names of real ones.
fn models(golden: &Path) -> tempfile::TempDir {
    let weights = tempfile::tempdir().expect("a folder");
    let run = |program: &str, arguments: &[&Path]| {
        let ran = Command::new(program).args(arguments).status();
        assert!(ran.expect("it runs").success(), "{program}");
    };
    for (name, from) in [
        ("bertscore", "bertscore_tiny/bert"),
        ("comet", "comet_tiny"),
    ] {
        let to = weights.path().join(name);
        run("cp", &[Path::new("-r"), &golden.join(from), &to]);
        run("chmod", &[Path::new("-R"), Path::new("u+w"), &to]);
    }
    weights
}

#[test]
fn models_score_go_on_where_they_were_and_say_what_has_no_record() {
    let Some(shared) = crate::shared::shared() else {
        return;
    };
    let golden = shared.join("golden");
    let set = tempfile::tempdir().expect("a folder");
    dataset(set.path());
    let weights = models(&golden);
    let with = ["--weights", weights.path().to_str().expect("a name")];
    let first = score(set.path(), &with).expect_err("a case has no record");
    assert!(first.contains("1 cases have no record"), "{first}");
    assert!(
        first.contains("\nbertscore") && first.contains("\ncomet") && first.contains("\nmeteor"),
        "{first}"
    );
    let table =
        |name: &str| fs::read_to_string(set.path().join("scores").join(name)).expect("a table");
    assert_eq!(table("bertscore.tsv").lines().count(), 4);
    assert!(table("bertscore.tsv").contains("bertscore_L3_no-idf_version=0.3.12|f1|weights:"));
    let comet = table("comet.tsv");
    assert_eq!(comet.lines().count(), 3, "{comet}");
    assert!(
        comet
            .lines()
            .next()
            .expect("a head")
            .ends_with("\tcontent\tsource"),
        "{comet}"
    );

    let only = ["--metric", "comet,bertscore", with[0], with[1]];
    let again = score(set.path(), &only).expect_err("a case has no record");
    assert!(
        again.contains("5 of 6 scores were there already"),
        "{again}"
    );
    assert_eq!(table("comet.tsv"), comet);
    // Another record is another source.
    let record = fs::read_to_string(set.path().join("ehrs/1.xml")).expect("a record");
    let changed = record.replace("Stroke in 2018.", "No stroke was seen.");
    fs::write(set.path().join("ehrs/1.xml"), changed).expect("written");
    let changed = score(set.path(), &only).expect_err("a case has no record");
    assert!(
        changed.contains("3 of 6 scores were there already"),
        "{changed}"
    );
    assert_ne!(table("comet.tsv"), comet);
}

#[test]
fn other_settings_are_another_score_and_a_wrong_model_is_named() {
    let Some(shared) = crate::shared::shared() else {
        return;
    };
    let set = tempfile::tempdir().expect("a folder");
    dataset(set.path());
    let weights = models(&shared.join("golden"));
    let with = ["--weights", weights.path().to_str().expect("a name")];
    let empty = ["--weights", set.path().to_str().expect("a name")];
    let empty = score(set.path(), &empty).expect_err("no model is there");
    assert!(
        empty.contains("there is none of the folders bertscore, comet"),
        "{empty}"
    );
    let made = score(set.path(), &["--metric", "bertscore", with[0], with[1]]);
    assert!(
        made.expect("scores")
            .contains("0 of 3 scores were there already")
    );
    // Other settings are another score.
    let layer = score(
        set.path(),
        &[
            "--metric",
            "bertscore",
            "--bertscore-layer",
            "1",
            with[0],
            with[1],
        ],
    );
    assert!(
        layer
            .expect("scores")
            .contains("0 of 3 scores were there already")
    );
    let none = [
        "--metric",
        "bertscore",
        "--bertscore-layer",
        "4",
        with[0],
        with[1],
    ];
    let none = score(set.path(), &none).expect_err("no such layer");
    assert!(
        none.contains("there is no layer 4: the model has 3"),
        "{none}"
    );

    let config = weights.path().join("bertscore").join("config.json");
    for (from, to, what) in [
        (
            "\"hidden_size\": 32",
            "\"hidden_size\": 36",
            "embeddings.word_embeddings.weight is [900, 32], where the configuration asks for [900, 36]",
        ),
        (
            "\"num_attention_heads\": 4",
            "\"num_attention_heads\": 5",
            "config.json: num_attention_heads: 5 do not share 32 numbers",
        ),
        (
            "\"model_type\": \"bert\"",
            "\"model_type\": \"deberta\"",
            "config.json: model_type: deberta is not known here",
        ),
        (
            "\"layer_norm_eps\": 1e-12",
            "\"layer_norm\": 1e-12",
            "config.json: layer_norm_eps: it is missing",
        ),
    ] {
        let sound = fs::read_to_string(&config).expect("a configuration");
        fs::write(&config, sound.replace(from, to)).expect("written");
        let wrong =
            score(set.path(), &["--metric", "bertscore", with[0], with[1]]).expect_err(what);
        assert!(wrong.contains(what), "{wrong}");
        fs::write(&config, sound).expect("written");
    }
    let no_model =
        score(set.path(), &["--metric", "bleurt", with[0], with[1]]).expect_err("no model");
    assert!(
        no_model.contains("bleurt: there is no such folder with a model"),
        "{no_model}"
    );
}
