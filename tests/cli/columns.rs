//! Columns under other names, and tables that have just the columns that the help names.

use super::*;

const RECORD: &str = "<eventstream person_id=\"1\"><encounter><events><entry timestamp=\"2020-01-01 08:00\">\
    <event type=\"visit\" code=\"Visit/OP\" name=\"Office\">start</event></entry></events></encounter></eventstream>";

fn folder(shell: &Shell, tables: &[(&str, &str)]) {
    fs::create_dir_all(shell.path("clinic/ehrs")).expect("a folder");
    fs::write(shell.path("clinic/ehrs/1.xml"), RECORD).expect("written");
    for (name, text) in tables {
        fs::write(shell.path("clinic").join(name), text).expect("written");
    }
}

const OTHER: &str =
    "ID\tAsked\tPatient\tSystem\tText\tRight?\n7\tWhy?\t1\ta\tBecause.\t1\n7\tWhy?\t1\tb\tNo.\t0\n";

#[test]
fn columns_with_other_names_are_read_where_somebody_says_what_they_are() {
    let shell = Shell::new();
    folder(&shell, &[("clinician-reviewed-model-responses.tsv", OTHER)]);
    let said = shell.run(&["report", "clinic", "--format", "tsv"]);
    assert!(
        said.code == 3 && said.all().contains("instruction_id is missing"),
        "{}",
        said.all()
    );
    let maps = [
        "ID=instruction_id",
        "Asked=question",
        "Patient=person_id",
        "System=model_name",
        "Text=model_response",
        "Right?=binary_correct",
    ];
    let mapped: Vec<&str> = maps.iter().flat_map(|m| ["--map", m]).collect();
    let said = shell.run(&[&["report", "clinic", "--format", "tsv"][..], &mapped].concat());
    assert!(
        said.code == 0 && said.out.contains("summary\ta\tcorrect_rate\t1\t"),
        "{}",
        said.all()
    );
    let said = shell.run(&[&["check", "clinic"][..], &mapped].concat());
    assert!(
        said.out.contains("looked at 1 case, 2 responses"),
        "{}",
        said.all()
    );
    let more = [
        &["check", "clinic", "--map", "Nothing=evidence"][..],
        &mapped,
    ]
    .concat();
    let said = shell.run(&more);
    assert!(
        said.code == 2
            && said
                .err
                .contains("no table has the column Nothing, which is to be evidence"),
        "{}",
        said.all()
    );
    let said = shell.run(&["check", "clinic", "--map", "Text=answer"]);
    assert!(
        said.code == 2 && said.all().contains("there is no field answer"),
        "{}",
        said.all()
    );

    // For good, in the folder: every command obeys.
    let lines = maps
        .map(|m| m.split_once('=').expect("a pair"))
        .map(|(c, f)| format!("\"{c}\" = \"{f}\"\n"));
    fs::write(
        shell.path("clinic/medalign.toml"),
        format!("[columns]\n{}", lines.concat()),
    )
    .expect("written");
    let said = shell.run(&["report", "clinic", "--format", "tsv"]);
    assert!(
        said.code == 0 && said.out.contains("summary\ta\tcorrect_rate\t1\t"),
        "{}",
        said.all()
    );
    let said = shell.run(&["export", "clinic", "--cases", "all", "--out", "all.tsv"]);
    let table = fs::read_to_string(shell.path("all.tsv")).expect("a table");
    assert!(
        said.code == 0 && table.contains("Because."),
        "{}",
        said.all()
    );
    fs::write(
        shell.path("clinic/medalign.toml"),
        "[columns]\nText = \"txt\"\n",
    )
    .expect("written");
    let said = shell.run(&["report", "clinic"]);
    assert!(
        said.code == 2
            && said
                .all()
                .contains("medalign.toml:2: there is no field txt"),
        "{}",
        said.all()
    );
    // Or for all datasets, in the program's settings.
    fs::remove_file(shell.path("clinic/medalign.toml")).expect("it is there");
    fs::create_dir_all(shell.path("config")).expect("a folder");
    fs::write(
        shell.path("config/config.toml"),
        format!("[columns]\n{}", lines.concat()),
    )
    .expect("written");
    let said = shell.run(&["report", "clinic", "--format", "tsv"]);
    assert!(
        said.code == 0 && said.out.contains("summary\ta\tcorrect_rate\t1\t"),
        "{}",
        said.all()
    );
}

/// The columns of each table as the help names them.
fn documented(shell: &Shell) -> Vec<(String, Vec<String>)> {
    let help = shell.run(&["help", "datasets"]);
    let rows = help.out.lines().filter_map(|line| {
        let (file, columns) = line.trim_start_matches('|').trim().split_once('|')?;
        let file = file.trim();
        ["tsv", "csv"]
            .contains(&file.rsplit('.').next()?)
            .then_some(())?;
        let names = columns.split('`').skip(1).step_by(2);
        let names = names.filter(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        Some((file.to_owned(), names.map(str::to_owned).collect()))
    });
    rows.collect()
}

#[test]
fn a_dataset_with_just_the_documented_columns_passes() {
    let shell = Shell::new();
    folder(&shell, &[]);
    let tables = documented(&shell);
    assert_eq!(tables.len(), 5, "{tables:?}");
    for (file, columns) in &tables {
        let delimiter = if file.rsplit('.').next() == Some("csv") {
            ","
        } else {
            "\t"
        };
        let cell = |column: &str| match column {
            "instruction_id" => "7",
            "person_id" | "model_rank" | "binary_correct" => "1",
            "question" => "Was there an office visit?",
            "filename" => "1.xml",
            "annotator_num" => "Annotator_1",
            "is_selected_ehr" => "yes",
            "as_of" => "2020-01-02",
            "evidence" => "",
            "category" => "Care",
            "subcategory" => "Visits",
            "submitter_specialty" => "Surgery",
            _ => "said",
        };
        let cells: Vec<&str> = columns.iter().map(|c| cell(c)).collect();
        let text = format!("{}\n{}\n", columns.join(delimiter), cells.join(delimiter));
        fs::write(shell.path("clinic").join(file), text).expect("written");
    }
    let said = shell.run(&["check", "clinic"]);
    assert!(said.code == 0, "{}", said.all());
}
