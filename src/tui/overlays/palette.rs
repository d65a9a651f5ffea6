//! The palette: actions by name.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::{Position, Rect};

use super::{Next, Overlay, TEXT};
use crate::review::plan::Step;
use crate::tui::action::{Action, Layer, TABLE};
use crate::tui::app::{App, Tone};
use crate::tui::editor::Editor;
use crate::tui::paint::Paint;
use crate::tui::terminal::{Code, Key};
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};

pub(crate) struct Palette {
    editor: Editor,
    /// Matching rows of the table of actions, best first.
    found: Vec<usize>,
    list: List,
}

/// Opens the palette with every action.
pub(crate) fn open(app: &mut App) {
    let found = rows("");
    let list = List::new(found.len(), 0, height(app));
    app.open(Palette {
        editor: Editor::new("", true),
        found,
        list,
    });
}

/// Rows below the line that is typed.
fn height(app: &App) -> usize {
    app.screen.frame.rows().saturating_sub(1).max(1)
}

impl Overlay for Palette {
    fn layers(&self) -> &'static [Layer] {
        TEXT
    }

    fn fit(&mut self, app: &mut App) {
        self.list.resize(height(app));
    }

    fn act(self: Box<Self>, app: &mut App, action: Action) -> Next {
        if !matches!(action, Action::Accept | Action::Enter) {
            return Some(self);
        }
        if let Some(number) = case_number(&self.editor.text()) {
            open_case(app, number);
            return None;
        }
        if let Some(&row) = self.found.get(self.list.cursor) {
            app.fit();
            app.run(TABLE[row].action);
        }
        None
    }

    fn editor(&mut self) -> Option<&mut Editor> {
        Some(&mut self.editor)
    }

    fn type_key(&mut self, key: Key) -> bool {
        match key.code {
            Code::Up => self.list.go(-1),
            Code::Down => self.list.go(1),
            _ => return self.editor.key(key),
        }
        false
    }

    fn typed(&mut self, _app: &mut App) {
        let text = self.editor.text();
        self.found = match ex(&text) {
            Some(action) => TABLE
                .iter()
                .position(|e| e.action == action)
                .into_iter()
                .collect(),
            None if case_number(&text).is_some() => Vec::new(),
            None => rows(&text),
        };
        self.list = List::new(self.found.len(), 0, self.list.height);
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, list, found) = (app.desk.theme, self.list, &self.found);
        heading(theme, paint, "Commands", "");
        paint.put(1, 1, ":", theme.accent());
        let area = paint.area();
        let line = Rect {
            x: area.x + 2,
            y: area.y + 1,
            width: area.width.saturating_sub(3),
            height: 1,
        };
        if let Some(number) = case_number(&self.editor.text()) {
            let what = format!("Enter opens case {number}{}", of_queue(app));
            paint.put(2, 2, &what, theme.text());
        }
        let mut caret = None;
        paint.with(line, |area, buf| caret = self.editor.draw(area, buf));
        for (y, i) in (2..).zip((list.top..found.len()).take(list.height)) {
            let entry = &TABLE[found[i]];
            let keys = app.desk.keymap.key(entry.layers, entry.action);
            paint.put_in(2, y, 18, entry.name, theme.text());
            paint.put_in(21, y, 9, &keys.unwrap_or_default(), theme.accent());
            paint.put(31, y, entry.doc, theme.text());
            select(theme, paint, y, i == list.cursor);
        }
        caret
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Enter, Action::Cancel]
    }
}

/// What the commands of vi mean here, so that none of them is taken for the beginning of another action's name: all that
/// is saved is on the disk already, so `:w` makes sure of that, and leaving asks where it is not so.
fn ex(typed: &str) -> Option<Action> {
    match typed.trim() {
        "w" | "w!" | "wa" | "wa!" => Some(Action::RetrySave),
        "q" | "q!" | "qa" | "qa!" | "wq" | "wq!" | "wqa" | "x" | "x!" | "xa" => Some(Action::Quit),
        _ => None,
    }
}

/// The number of a case, as the screen counts them.
fn case_number(typed: &str) -> Option<usize> {
    let typed = typed.trim();
    let digits = !typed.is_empty() && typed.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| typed.parse().unwrap_or(usize::MAX))
}

/// What numbers count, where it is not all cases.
fn of_queue(app: &App) -> &'static str {
    match (app.desk.plan.steps.is_empty(), app.adjudicates()) {
        (true, _) => "",
        (false, true) => " of those in dispute",
        (false, false) => " of your queue",
    }
}

/// Opens a case by its number: of the queue, where there is one, else of the dataset.
fn open_case(app: &mut App, number: usize) {
    let queue = &app.desk.plan.steps;
    let all = app.desk.dataset.cases().len();
    let most = if queue.is_empty() { all } else { queue.len() };
    let step = number.checked_sub(1).filter(|i| *i < most).map(|i| {
        let first = Step {
            case: i,
            pass: app.usual_pass(),
        };
        queue.get(i).copied().unwrap_or(first)
    });
    let of = of_queue(app);
    match step {
        Some(step) => app.open_step(step),
        None => app.say(
            Tone::Calm,
            format!("There is no case {number}: 1 to {most}{of}"),
        ),
    }
}

/// The rows of the table of actions that match what was typed, best first.
fn rows(typed: &str) -> Vec<usize> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::new(
        typed,
        CaseMatching::Ignore,
        Normalization::Smart,
        AtomKind::Fuzzy,
    );
    let mut buf = Vec::new();
    let mut found: Vec<(u32, usize)> = TABLE
        .iter()
        .enumerate()
        .filter(|(_, e)| {
            let typing = |l: &Layer| matches!(l, Layer::Text | Layer::Gold | Layer::Pairs);
            !e.layers.iter().all(typing)
        })
        .filter_map(|(i, e)| {
            let words = format!("{} {}", e.name, e.doc);
            Some((
                pattern.score(Utf32Str::new(&words, &mut buf), &mut matcher)?,
                i,
            ))
        })
        .collect();
    found.sort_by_key(|(score, i)| (std::cmp::Reverse(*score), *i));
    found.into_iter().map(|(_, i)| i).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_vi_mean_what_they_mean() {
        for typed in ["q", "q!", "wq", "x", " q "] {
            assert_eq!(ex(typed), Some(Action::Quit), "{typed}");
        }
        assert_eq!(ex("w"), Some(Action::RetrySave));
        assert_eq!(ex("wh"), None);
        assert_eq!((case_number("12"), case_number("1a")), (Some(12), None));
        assert_eq!(case_number(""), None);
        assert_eq!(case_number("99999999999999999999999"), Some(usize::MAX));
    }

    #[test]
    fn the_palette_finds_by_words() {
        let first = |typed: &str| rows(typed).first().map(|&i| TABLE[i].name);
        assert_eq!(first("undo"), Some("undo"));
        assert_eq!(first("submit"), Some("submit"));
        assert!(rows("zzzzqq").is_empty());
    }
}
