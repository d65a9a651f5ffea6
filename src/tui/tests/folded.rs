//! Long tables of the report on the screen: folded until they are opened.

use super::desk::Desk;

#[test]
fn a_long_table_is_folded_until_it_is_opened() {
    let mut desk = Desk::demo((80, 24));
    desk.press("Tab c 1 l x 2 S y g u y g r");
    let here = |desk: &Desk| {
        let text = desk.text();
        let line = text
            .lines()
            .find(|l| l.starts_with('▌') && l.contains(['▸', '▾']));
        line.unwrap_or_else(|| panic!("no table at the top of\n{text}"))
            .to_owned()
    };
    for _ in 0..80 {
        if here(&desk).contains('▸') {
            break;
        }
        desk.press("l");
    }
    let folded = here(&desk);
    assert!(folded.contains(" lines)"), "{}", desk.text());
    let (title, _) = folded.split_once(" (").expect("a count");
    let opened = title.replace('▸', "▾");
    desk.press("Enter");
    assert_eq!(here(&desk), opened);
    desk.press("Enter");
    assert_eq!(here(&desk), folded);
}
