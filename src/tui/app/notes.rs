//! The rows under an answer that say what was said of it: error kinds and harm, then the comment.
//!
//! In: a review, a width, how many rows there may be. Out: rows; one that is cut names the key that shows all. Never: a line that has no row.

use super::App;
use crate::text::{self, Layout};
use crate::tui::said::lines_of;

impl App {
    /// The rows under an answer; at most so many, and at least one for each line.
    pub(super) fn notes_of(&self, answer: usize, width: u16, most: usize) -> Vec<String> {
        let Some(model) = self.model(answer) else {
            return Vec::new();
        };
        let width = usize::from(width.max(1));
        let lines = lines_of(self.review(), model, self.desk.theme);
        let mut left = most.max(lines.len());
        let mut rows = Vec::new();
        for (i, (line, whole)) in lines.iter().enumerate() {
            let room = left - (lines.len() - i - 1);
            let wrapped = text::wrap(line, width, Layout::Lines);
            let cut = wrapped.len() > room;
            for (n, row) in wrapped.iter().take(room).enumerate() {
                let part = &line[row.start as usize..];
                if cut && n + 1 == room {
                    let key = format!(" {} shows all", self.desk.key_of(*whole));
                    let words = text::clip(part, width.saturating_sub(text::width(&key)));
                    rows.push(words + &key);
                } else {
                    let part = &line[row.start as usize..row.end as usize];
                    rows.push(text::safe(part).into_owned());
                }
            }
            left -= wrapped.len().min(room);
        }
        rows
    }
}
