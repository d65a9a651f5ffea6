//! Where the instruction belongs in the dataset's taxonomy.

use ratatui::layout::{Position, Rect};

use super::{LIST, Next, Overlay, move_in};
use crate::review::Act;
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};

/// The menu of the taxonomy.
pub(crate) struct Category {
    list: List,
}

/// Opens the menu.
pub(crate) fn open(app: &mut App) {
    let taxonomy = app.desk.dataset.taxonomy();
    if taxonomy.is_empty() {
        app.say(
            Tone::Alert,
            "This dataset has no instruction-taxonomy.csv to choose from",
        );
        return;
    }
    let (category, subcategory) = app.category_of(app.case());
    let here = taxonomy
        .iter()
        .position(|t| t.category == category && t.name == subcategory);
    let list = List::new(taxonomy.len(), here.unwrap_or(0), app.screen.frame.rows());
    app.open(Category { list });
}

impl Overlay for Category {
    fn layers(&self) -> &'static [Layer] {
        LIST
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.timeline)
    }

    fn fit(&mut self, app: &mut App) {
        self.list.resize(app.screen.frame.rows());
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        if matches!(action, Action::Choose | Action::Toggle) {
            choose(app, self.list.cursor);
            return None;
        }
        move_in(&mut self.list, app, action);
        Some(self)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, list) = (app.desk.theme, self.list);
        heading(theme, paint, "Where the instruction belongs", "");
        let here = app.category_of(app.case());
        let rows = app.desk.dataset.taxonomy().iter().enumerate();
        for (y, (i, row)) in (1..).zip(rows.skip(list.top).take(list.height)) {
            let on = here == (row.category.as_str(), row.name.as_str());
            paint.put(2, y, if on { "(x)" } else { "( )" }, theme.text());
            // The names are what is chosen; where there is room, the category and its meaning stand beside.
            paint.put_in(6, y, 30, &row.name, theme.text());
            paint.put_in(37, y, 22, &row.category, theme.text());
            paint.put(60, y, &row.description, theme.text());
            select(theme, paint, y, i == list.cursor);
        }
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Down, Action::Choose, Action::Back]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        super::saves_or_cancels(action)
    }
}

fn choose(app: &mut App, row: usize) {
    let Some(chosen) = app.desk.dataset.taxonomy().get(row) else {
        return;
    };
    let (category, subcategory) = (chosen.category.clone(), chosen.name.clone());
    if app.category_of(app.case()) == (category.as_str(), subcategory.as_str()) {
        return;
    }
    let said = format!("This instruction is now {category}: {subcategory}");
    let act = Act::Category {
        category,
        subcategory,
    };
    if app.act(Some(&app.key()), act) {
        app.done(&text::safe(&said));
    }
}
