//! What is typed in one notation finds what a record writes in another.

use std::fs;

use crate::Shell;

const RECORD: &str = r#"<eventstream person_id="11"><encounter><events>
<entry timestamp="2020-01-02 10:00"><event type="note" code="SOURCE/N" name="First" note_id="1">Known Ménière's disease. Wearing 36" compression stockings.</event></entry>
<entry timestamp="2020-02-03 10:00"><event type="note" code="SOURCE/N" name="Second" note_id="2">β-blocker started; α1-antitrypsin normal. Fentanyl 25 μg.</event></entry>
<entry timestamp="2020-03-04 10:00"><event type="note" code="SOURCE/N" name="Third" note_id="3">A1c on 02/03/2020; non-Hodgkin's lymphoma; was seen and sent home. Platelets 210 K/uL.</event><event type="measurement" code="LOINC/8480-6" name="Systolic" unit="mm[Hg]">128</event></entry>
<entry timestamp="2020-04-05 10:00"><event type="note" code="SOURCE/N" name="Fourth" note_id="4">BP 131 mmHg. Hodgkin lymphoma. Seen again on February 3rd, 2020.</event></entry>
</events></encounter></eventstream>"#;

/// The names of the events that have all words, in the order of the output, and what was said of the query.
fn found(shell: &Shell, query: &str) -> (Vec<String>, String) {
    let ran = shell.run(&["search", "set", query, "--json"]);
    assert_eq!(ran.code, 0, "{query}: {ran:?}");
    let mut names = Vec::new();
    for line in ran.out.lines() {
        let hit: serde_json::Value = serde_json::from_str(line).expect("an object");
        if hit["all_words"] == true {
            names.push(hit["name"].as_str().expect("a name").to_owned());
        }
    }
    names.sort();
    (names, ran.err)
}

#[test]
fn notations_meet() {
    let shell = Shell::new();
    fs::create_dir_all(shell.path("set/ehrs")).expect("a folder");
    fs::write(shell.path("set/ehrs/11.xml"), RECORD).expect("written");
    assert_eq!(shell.run(&["index", "set"]).code, 0);
    let day = ["Fourth", "Second", "Third"];
    for (query, names) in [
        ("2020-02-03", &day[..]),
        ("02/03/2020", &day),
        ("3 Feb 2020", &day),
        ("Feb 3, 2020", &day),
        ("2020-02-03 fentanyl", &["Second"]),
        ("\"02/03/2020\"", &["Third"]),
        ("on:2/3/2020", &["Second"]),
        ("after:\"March 1, 2020\" -kind:note", &["Systolic"]),
        ("\"compression stock*\"", &["First"]),
        ("\"compression stock\"*", &["First"]),
        ("compression-stock*", &["First"]),
        ("\"compression seek*\"", &[]),
        ("beta-blocker", &["Second"]),
        ("\"beta blocker\"", &["Second"]),
        ("alpha-1 antitrypsin", &["Second"]),
        ("25 mcg", &["Second"]),
        ("hodgkins", &["Third"]),
        ("Hodgkin's", &["Fourth", "Third"]),
        ("hodgkin", &["Fourth", "Third"]),
        ("meniere's", &["First"]),
        ("128 mmHg", &["Systolic"]),
        ("\"128 mmHg\"", &["Systolic"]),
        ("mm[Hg]", &["Fourth", "Systolic"]),
        ("10*3/uL", &["Third"]),
        ("beta-blocker -2020-02-03", &[]),
        ("stockings -2020-02-03", &["First"]),
    ] {
        assert_eq!(found(&shell, query).0, names, "{query}");
    }
    for (query, said) in [
        ("seen and sent", "and is searched for as a word"),
        ("lymphoma not stroke", "-word leaves events out"),
        ("02/03/2020", "read as 2020-02-03, the month first"),
    ] {
        assert!(found(&shell, query).1.contains(said), "{query}");
    }
    // The word that matched in another notation is marked, and its weight is the score.
    let ran = shell.run(&["search", "set", "beta-blocker", "--explain"]);
    assert!(ran.out.contains("«β-blocker»"), "{}", ran.out);
    let ran = shell.run(&["search", "set", "2020-02-03", "--explain"]);
    for marked in ["«02/03/2020»", "«February 3rd, 2020»"] {
        assert!(ran.out.contains(marked), "{}", ran.out);
    }
    let weighed = ran.out.lines().filter(|l| l.ends_with("  2020-02-03"));
    assert_eq!(weighed.count(), 3, "{}", ran.out);
}
