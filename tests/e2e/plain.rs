//! Plain mode in a terminal: its own cursor stands at the row in focus, in every frame over three hundred keys.

use crate::desk::{Desk, wait_for_record};

#[test]
fn the_cursor_follows_over_three_hundred_keys() {
    let desk = Desk::new();
    for plain in [&["--plain"][..], &[]] {
        let mut pty = desk.review("jchen", plain).start();
        wait_for_record(&pty);
        let sign = if plain.is_empty() { "▌" } else { ">" };
        let keys = "j j } ] C-d k { [ Enter j j G g-g j j j k k L j j q g-l j j q j k ] [";
        let keys: Vec<String> = keys.split(' ').map(|k| k.replace('-', " ")).collect();
        for key in keys.iter().cycle().take(300) {
            pty.press(&key.replace("C ", "C-"));
            pty.wait_until(&format!("the cursor at its row after {key}"), |screen| {
                let (row, column) = screen.cursor_position();
                let text = screen.contents_between(row, 0, row, 2);
                !screen.hide_cursor() && column == 0 && text.starts_with(sign)
            });
        }
        pty.keys("q q");
        pty.wait_exit();
    }
}
