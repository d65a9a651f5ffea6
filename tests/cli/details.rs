//! What a record says of an event beside its value is shown to models and found, as on the screen.

use std::fs;

use crate::Shell;

const RECORD: &str = r#"<eventstream person_id="11"><encounter><events><entry timestamp="2020-01-06 10:00">
<event type="drug_exposure" code="SOURCE/warfarin" name="warfarin" visit_id="visit10" quantity="30" route="PO" sig="take 5 mg at night">start</event>
<event type="condition" code="SOURCE/C" name="Cough" end="2020-01-09"/>
<event type="condition" code="SOURCE/C" name="Cough"/>
</entry></events></encounter></eventstream>"#;

#[test]
fn details_are_told_and_found() {
    let shell = Shell::new();
    fs::create_dir_all(shell.path("set/ehrs")).expect("a folder");
    fs::write(shell.path("set/ehrs/11.xml"), RECORD).expect("written");
    let text = shell.run(&["convert", "set/ehrs/11.xml", "--to", "text"]);
    let drug = "| warfarin | start | quantity: 30 | route: PO | sig: take 5 mg at night\n";
    assert!(text.out.contains(drug), "{text:?}");
    let told = ["| Cough | end: 2020-01-09\n", "| Cough\n"];
    assert!(told.iter().all(|line| text.out.contains(line)), "{text:?}");
    assert!(!text.out.contains("visit10"), "{text:?}");
    let found = shell.run(&["search", "set", "night"]);
    assert!(found.out.contains("sig: take 5 mg at «night»"), "{found:?}");
    let by_id = shell.run(&["search", "set", "visit10"]);
    assert!(by_id.out.starts_with("no event fits"), "{by_id:?}");
}
