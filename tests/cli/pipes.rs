//! Records through pipes, an index that was made this moment, names that were nearly right, and lists that would be long.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{Ran, Shell};

const LUMIA: &str = "<eventstream person_id=\"7\"><encounter><events><entry timestamp=\"2020-01-01 10:00\">\
                     <event type=\"note\" name=\"Note\">stroke</event></entry></events></encounter></eventstream>";
const VISIT_DAY: &str = "<record><visit start=\"01/01/2020 10:00\"><day start=\"01/01/2020 10:00\">\
                         <code>[LOINC/1] INR: 2.4</code></day></visit></record>";

/// Runs it with a text on a pipe.
fn piped(shell: &Shell, args: &[&str], text: &str) -> Ran {
    let mut command = shell.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("started");
    let mut pipe = child.stdin.take().expect("a pipe");
    // A program that refuses to start does not read.
    let _ = pipe.write_all(text.as_bytes());
    drop(pipe);
    Ran::of(&child.wait_with_output().expect("ended"))
}

#[test]
fn a_record_comes_through_a_pipe() {
    let shell = Shell::new();
    fs::write(shell.path("7.xml"), LUMIA).expect("written");
    for to in ["text", "lumia"] {
        let file = shell.run(&["convert", "7.xml", "--to", to]);
        for input in ["-", "/dev/stdin"] {
            let ran = piped(&shell, &["convert", input, "--to", to], LUMIA);
            assert_eq!(
                (ran.code, &ran.out, ran.err.as_str()),
                (0, &file.out, ""),
                "{input}"
            );
        }
    }
    let args = ["convert", "-", "--to", "lumia", "--out", "out.xml"];
    assert_eq!(piped(&shell, &args, LUMIA).code, 0);
    assert!(
        fs::read_to_string(shell.path("out.xml"))
            .expect("written")
            .contains("person_id=\"7\"")
    );
    // Nothing says whose this one is.
    let ran = piped(&shell, &["convert", "-", "--to", "lumia"], VISIT_DAY);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
    assert!(ran.err.contains("states no patient"), "{}", ran.err);
    let ran = piped(&shell, &["convert", "-", "--to", "text"], VISIT_DAY);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("INR"), "{}", ran.out);
    let ran = piped(&shell, &["convert", "-", "--to", "text"], "no XML");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("standard input"), "{}", ran.err);
}

#[test]
fn an_output_that_takes_nothing_is_told() {
    let shell = Shell::new();
    fs::create_dir_all(shell.path("set/ehrs")).expect("a folder");
    fs::write(shell.path("set/ehrs/7.xml"), LUMIA).expect("written");
    let commands: [&[&str]; 7] = [
        &["--help"],
        &["--version"],
        &["check", "--help"],
        &["help", "datasets"],
        &["keys"],
        &["check", "set"],
        &["search", "set", "stroke"],
    ];
    for args in commands {
        // Only Linux has a file that is always full.
        if let Ok(full) = File::options().write(true).open("/dev/full") {
            let ran = shell.command(args).stdout(full).output();
            let ran = Ran::of(&ran.expect("it runs"));
            assert_eq!(ran.code, 3, "{args:?}: {ran:?}");
            assert!(ran.err.contains("writing the output"), "{args:?}: {ran:?}");
        }
        // What a program gets that is started with its output closed.
        let closed = File::options().read(true).write(true).open("/dev/null");
        let ran = shell.command(args).stdout(closed.expect("there")).output();
        let ran = Ran::of(&ran.expect("it runs"));
        assert!(
            ran.err.contains("what is printed is lost"),
            "{args:?}: {ran:?}"
        );
        let whole = shell.run(args);
        assert!(!whole.err.contains("is lost"), "{args:?}: {whole:?}");
        let away = File::options().write(true).open("/dev/null");
        let ran = shell.command(args).stdout(away.expect("there")).output();
        assert_eq!(Ran::of(&ran.expect("it runs")).err, whole.err, "{args:?}");
    }
}

#[test]
fn records_that_are_not_read_are_named_by_all_who_read_records() {
    let shell = Shell::new();
    fs::create_dir_all(shell.path("set/ehrs/batch2/deep")).expect("a folder");
    let table = "instruction_id\tquestion\tperson_id\n1\tAny stroke?\t7\n";
    fs::write(shell.path("set/instructions.tsv"), table).expect("written");
    for name in [
        "7.xml",
        "batch2/8.xml",
        "batch2/deep/9.xml.gz",
        "batch3.tar.gz",
    ] {
        fs::write(shell.path("set/ehrs").join(name), LUMIA).expect("written");
    }
    let commands: [&[&str]; 6] = [
        &["check", "set"],
        &["convert", "set", "--to", "text", "--out", "texts"],
        &["index", "set"],
        &["index", "set", "--status"],
        &["search", "set", "stroke"],
        &["match", "set"],
    ];
    for args in commands {
        let ran = shell.run(args);
        assert_eq!(ran.code, 1, "{args:?}: {ran:?}");
        let told = ran.all();
        assert!(
            told.contains("2 records lie in this folder"),
            "{args:?}: {ran:?}"
        );
        assert!(told.contains("1 file is packed"), "{args:?}: {ran:?}");
    }
    let one = shell.run(&["search", "set", "stroke", "--patient", "7"]);
    assert_eq!((one.code, one.err.as_str()), (0, ""), "{one:?}");
    fs::remove_dir_all(shell.path("set/ehrs/batch2")).expect("gone");
    fs::remove_file(shell.path("set/ehrs/batch3.tar.gz")).expect("gone");
    // What is packed at the top is named, too.
    fs::write(shell.path("set/instruction-taxonomy.csv.gz"), "").expect("written");
    let ran = shell.run(&["check", "set"]);
    assert!(
        ran.all().contains("has the name of a table and is packed"),
        "{ran:?}"
    );
    assert_eq!(shell.run(&["search", "set", "stroke"]).code, 0);
}

#[test]
fn an_index_made_this_moment_is_up_to_date() {
    let shell = Shell::new();
    fs::create_dir_all(shell.path("set/ehrs")).expect("a folder");
    let path = shell.path("set/ehrs/7.xml");
    fs::write(&path, LUMIA).expect("written");
    // As of a file system that counts whole seconds, and of a moment that is still going on.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("later");
    let second = UNIX_EPOCH + Duration::from_secs(now.as_secs());
    let touch = || {
        let file = File::options().append(true).open(&path).expect("there");
        file.set_modified(second).expect("set");
    };
    touch();
    assert_eq!(shell.run(&["index", "set"]).code, 0);
    let ran = shell.run(&["index", "set", "--status"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // Another content of the same size and time is seen.
    fs::write(&path, LUMIA.replace("stroke", "Stroke")).expect("written");
    touch();
    let ran = shell.run(&["index", "set", "--status"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.contains("1 records are new or changed"),
        "{}",
        ran.out
    );
}

#[test]
fn help_knows_names_that_are_nearly_right() {
    let shell = Shell::new();
    for (asked, meant) in [
        ("reviewfile", "`review-file`"),
        ("dataset", "`datasets`"),
        ("serach", "`search`"),
        ("conv", "`convert`"),
    ] {
        let ran = shell.run(&["help", asked]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{asked}");
        assert!(
            ran.err.contains(&format!("did you mean {meant}")),
            "{asked}: {}",
            ran.err
        );
        assert!(ran.err.contains("topics are review-file"), "{}", ran.err);
    }
    let ran = shell.run(&["help", "zzzzzz"]);
    assert!(!ran.err.contains("did you mean"), "{}", ran.err);
    for (path, usage) in [
        (&["help", "search"][..], "Usage: medalign search"),
        (&["help", "import", "omop"], "Usage: medalign import omop"),
    ] {
        let ran = shell.run(path);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains(usage), "{}", ran.out);
    }
}

#[test]
fn check_counts_what_is_alike() {
    let shell = Shell::new();
    fs::create_dir_all(shell.path("set/ehrs")).expect("a folder");
    fs::write(shell.path("set/ehrs/7.xml"), LUMIA).expect("written");
    let mut table =
        "instruction_id\tquestion\tperson_id\tfilename\tmodel_name\tmodel_response\n".to_owned();
    for n in 1..=12 {
        let answer = if n < 9 { "" } else { "an answer" };
        let _ = writeln!(table, "{n}\tq\t7\t7.xml\tm\t{answer}");
    }
    fs::write(
        shell.path("set/clinician-reviewed-model-responses.tsv"),
        table,
    )
    .expect("written");
    let short = shell.run(&["check", "set"]);
    let all = shell.run(&["check", "set", "--all"]);
    assert_eq!((short.code, all.code), (1, 1));
    let like = |ran: &Ran| {
        ran.out
            .lines()
            .filter(|l| l.contains("the response is empty"))
            .count()
    };
    assert!(like(&all) >= 8, "{}", all.out);
    assert_eq!(like(&short), like(&all) - 7, "{}", short.out);
    assert!(
        short
            .out
            .contains("  and 7 more like it, in this file; --all lists them\n"),
        "{}",
        short.out
    );
    // What was found is counted in the same way, and JSON has it all.
    assert_eq!(short.out.lines().last(), all.out.lines().last());
    let json = |args: &[&str]| {
        shell
            .run(&[&["check", "set", "--format", "json"], args].concat())
            .out
    };
    assert_eq!(json(&[]), json(&["--all"]));
}
