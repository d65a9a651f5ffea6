//! Every key with what it does, those of the pane in focus first, and what the signs mean.

use std::collections::HashSet;

use ratatui::layout::Position;

use super::{LIST, Next, Overlay, not_here};
use crate::record::Kind;
use crate::tui::action::{Action, Layer, TABLE};
use crate::tui::app::App;
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{Scroll, motion};
use crate::tui::widgets::narrow::Narrow;

pub(crate) struct Help {
    rows: Vec<HelpRow>,
    /// The rows that are shown, as places among all.
    shown: Vec<usize>,
    scroll: Scroll,
    narrow: Narrow,
}

/// So many keys of the pane in focus come first.
const MOST: usize = 10;

/// One row.
enum HelpRow {
    Title(&'static str),
    /// Keys and what they do.
    Key(String, &'static str),
    /// The same of what is used most, which stands again further below.
    Most(String, &'static str),
    Text(String),
}

/// Opens the help; one that is open stays where it is.
pub(crate) fn open(app: &mut App) {
    let open = app.over::<Help>().is_some();
    if !open {
        let rows = rows(app);
        app.open(Help {
            shown: (0..rows.len()).collect(),
            rows,
            scroll: Scroll::default(),
            narrow: Narrow::new(),
        });
    }
}

impl Overlay for Help {
    fn layers(&self) -> &'static [Layer] {
        LIST
    }

    fn fit(&mut self, app: &mut App) {
        let above = usize::from(self.narrow.is_shown());
        let rows = app.screen.frame.rows().saturating_sub(above);
        self.scroll.resize(self.shown.len(), rows);
    }

    fn narrow(&mut self) -> Option<&mut Narrow> {
        Some(&mut self.narrow)
    }

    fn is_narrowing(&self) -> bool {
        self.narrow.is_typing()
    }

    fn typed(&mut self, _app: &mut App) {
        let words = self.rows.iter().map(|row| match row {
            HelpRow::Key(keys, doc) => format!("{keys} {doc}"),
            HelpRow::Text(text) => text.clone(),
            // A title without its keys says nothing, nor does a key that stands twice.
            HelpRow::Title(_) | HelpRow::Most(..) => String::new(),
        });
        self.shown = self.narrow.keep(words);
        if self.shown.len() < self.rows.len() {
            let mut seen = HashSet::new();
            self.shown.retain(|row| match &self.rows[*row] {
                HelpRow::Key(keys, doc) => seen.insert((keys.as_str(), *doc)),
                _ => true,
            });
        }
        self.scroll.top = 0;
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        match (motion(action, app.screen.frame.rows()), action) {
            (Some(by), _) => self.scroll.go(by),
            (None, Action::Toggle) => self.scroll.go(self.scroll.height as isize / 2),
            (None, Action::Choose) => return None,
            (None, _) => not_here(app, action),
        }
        Some(self)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let theme = app.desk.theme;
        let back = app.desk.key_in(Layer::List, Action::Back);
        let scroll = self.scroll;
        let place = format!(
            "{}-{} of {}   {back} closes",
            scroll.top + 1,
            (scroll.top + scroll.height).min(scroll.len),
            scroll.len
        );
        heading(theme, paint, "All keys", &place);
        let mut caret = None;
        let mut first = 1;
        if self.narrow.is_shown() {
            caret = self.narrow.draw(theme, paint, 1);
            first = 2;
        }
        let rows = self.shown.iter().skip(scroll.top).take(scroll.height);
        for (y, row) in (first..).zip(rows) {
            match &self.rows[*row] {
                HelpRow::Title(title) => drop(paint.put(1, y, title, theme.accent())),
                HelpRow::Key(keys, doc) | HelpRow::Most(keys, doc) => {
                    paint.put_in(3, y, 17, keys, theme.bold());
                    paint.put(21, y, doc, theme.text());
                }
                HelpRow::Text(text) => drop(paint.put(3, y, text, theme.text())),
            }
        }
        caret
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Find, Action::Down, Action::PageDown, Action::Back]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        (action == Action::Find).then_some("type to filter")
    }
}

fn rows(app: &App) -> Vec<HelpRow> {
    let pane = match app.screen.focus {
        Focus::Timeline => Layer::Timeline,
        Focus::Answers => Layer::Answers,
        Focus::Gold => Layer::Gold,
    };
    let others = Layer::ALL
        .into_iter()
        .filter(|l| *l != pane && *l != Layer::Global && *l != Layer::Pairs);
    let layers = [pane, Layer::Global].into_iter().chain(others);
    let mut rows = vec![HelpRow::Title("Used most here")];
    let here = [pane, Layer::Global];
    let most = crate::tui::view::used_most(app).filter_map(|action| {
        let key = app.desk.keymap.key(&here, action)?;
        Some(HelpRow::Most(key, crate::tui::action::of(action).doc))
    });
    rows.extend(most.take(MOST));
    rows.push(HelpRow::Text(String::new()));
    for layer in layers {
        rows.push(HelpRow::Title(layer.title()));
        for entry in TABLE.iter().filter(|e| e.layers.contains(&layer)) {
            let keys = app.desk.keymap.keys(layer, entry.action);
            if !keys.is_empty() {
                rows.push(HelpRow::Key(keys.join("  "), entry.doc));
            }
        }
        rows.push(HelpRow::Text(String::new()));
    }
    rows.push(HelpRow::Title("Signs"));
    rows.extend(signs(app).into_iter().map(HelpRow::Text));
    rows
}

fn signs(app: &App) -> Vec<String> {
    let theme = app.desk.theme;
    let kinds: Vec<String> = Kind::ALL
        .iter()
        .map(|k| format!("{} {}", theme.kind(*k), k.name().replace('_', " ")))
        .collect();
    let mut rows: Vec<String> = kinds.chunks(4).map(|part| part.join("   ")).collect();
    rows.push(format!(
        "{} found   {} pinned   {} notices   {} flagged",
        theme.hit(),
        theme.pin(),
        theme.warning(),
        theme.flag()
    ));
    rows.push(format!(
        "{} not begun   {} begun   {} submitted",
        theme.untouched(),
        theme.begun(),
        theme.submitted()
    ));
    let (up, down, unit) = if theme.ascii {
        ("H", "L", "U")
    } else {
        ("↑", "↓", "≠")
    };
    rows.push(format!(
        "{up} above, {down} below the range that the record states   {unit} another unit than usual"
    ));
    for text in [
        "Lists of drugs: running while a start is open and at most a year old; a stop ends the",
        "starts before it. `medalign help lists` has all rules",
        "start|end of a drug: it was given once, and ended at once",
        "On the map: H where the patient was in hospital; elsewhere the taller, the more",
        "Mouse, with :mouse or --mouse: a click goes there, folds, chooses in a list;",
        "the wheel scrolls; it never marks. Shift and dragging selects text then",
        "R1, R2 and so on: what reviewer 1, 2 and so on said, in an adjudication",
    ] {
        rows.push(text.to_owned());
    }
    rows
}
