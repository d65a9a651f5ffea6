//! The record's drugs, problems and labs, one row each; by which rules is in `record::lists`.

mod rows;

use std::sync::Arc;

use ratatui::layout::{Position, Rect};

use super::{Next, Overlay, move_in, trend};
use crate::record::{EventId, Record, lists};
use crate::text::{self, Layout, thousands};
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};
use crate::tui::widgets::narrow::Narrow;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Drugs,
    Problems,
    Labs,
}

impl Which {
    const ALL: [Which; 3] = [Which::Drugs, Which::Problems, Which::Labs];

    fn title(self) -> &'static str {
        match self {
            Which::Drugs => "Medications",
            Which::Problems => "Problems",
            Which::Labs => "Labs",
        }
    }
}

/// The lists, one of them in view.
pub(crate) struct Lists {
    of: lists::Lists,
    which: Which,
    running_only: bool,
    narrow: Narrow,
    /// The rows that are shown, as places in the list.
    shown: Vec<usize>,
    list: List,
    /// What is said of the list as a whole, wrapped to a width.
    about: Vec<String>,
    width: u16,
}

/// Opens the medication list.
pub(crate) fn open(app: &mut App) {
    let Some(view) = app.view().map(Arc::clone) else {
        return app.say(Tone::Alert, "There is no record to list");
    };
    let as_of = app.in_view.record.timeline.as_of();
    let mut lists = Lists {
        of: lists::Lists::of(&view.record, as_of),
        which: Which::Drugs,
        running_only: false,
        narrow: Narrow::new(),
        shown: Vec::new(),
        list: List::default(),
        about: Vec::new(),
        width: 0,
    };
    lists.list_anew(&view.record);
    app.open(lists);
}

impl Overlay for Lists {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Lists, Layer::List, Layer::Global]
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.timeline)
    }

    fn fit(&mut self, app: &mut App) {
        let area = self.area(&app.screen.frame);
        self.width = area.width;
        let room = usize::from(area.width.saturating_sub(2)).max(1);
        let about = self.about();
        self.about = text::wrap(&about, room, Layout::Lines)
            .iter()
            .map(|row| about[row.start as usize..row.end as usize].to_owned())
            .collect();
        let rows = usize::from(area.height).saturating_sub(self.above());
        self.list.resize(rows / rows::rows_of(self.width));
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        let view = app.view().map(Arc::clone)?;
        match action {
            Action::Choose | Action::Toggle => {
                if let Some(event) = self.selected() {
                    app.go_to_place(event, 0);
                    return None;
                }
            }
            Action::Trend => {
                if let Some(event) = self.selected() {
                    return Some(trend::open_over(app, &view.record, event, self));
                }
            }
            Action::RunningOnly if self.which == Which::Drugs => {
                self.running_only = !self.running_only;
                self.list_anew(&view.record);
            }
            Action::RunningOnly => app.say(Tone::Calm, "Only drugs are running or not"),
            Action::FilterAll => {
                self.running_only = false;
                self.narrow.clear();
                self.list_anew(&view.record);
            }
            Action::NextPane | Action::Right | Action::Lists => self.turn(&view.record, 1),
            Action::PreviousPane | Action::Left => self.turn(&view.record, 2),
            _ => move_in(&mut self.list, app, action),
        }
        Some(self)
    }

    fn narrow(&mut self) -> Option<&mut Narrow> {
        Some(&mut self.narrow)
    }

    fn is_narrowing(&self) -> bool {
        self.narrow.is_typing()
    }

    fn list(&mut self) -> Option<&mut List> {
        Some(&mut self.list)
    }

    fn row_at(&self, y: u16) -> Option<usize> {
        self.list
            .row_at(y, self.above() as u16, rows::rows_of(self.width) as u16)
    }

    fn typed(&mut self, app: &mut App) {
        if let Some(view) = app.view().map(Arc::clone) {
            self.list_anew(&view.record);
        }
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let theme = app.desk.theme;
        heading(theme, paint, "", "");
        let mut x = 1;
        for which in Which::ALL {
            let style = theme.heading(which == self.which);
            x = paint.put(x, 0, &format!(" {} ", which.title()), style) + 1;
        }
        let mut y = 1;
        for line in &self.about {
            paint.put(1, y, line, theme.text());
            y += 1;
        }
        let mut caret = None;
        if self.narrow.is_shown() {
            caret = self.narrow.draw(theme, paint, y);
            y += 1;
        }
        if self.shown.is_empty() {
            paint.put(2, y, "Nothing is listed.", theme.text());
        }
        let view = app.view()?;
        let high = rows::rows_of(self.width) as u16;
        for i in (self.list.top..self.shown.len()).take(self.list.height) {
            let row = self.shown[i];
            match self.which {
                Which::Drugs => {
                    rows::drug(theme, paint, y, &view.record, &self.of.drugs.rows[row]);
                }
                Which::Problems => {
                    rows::problem(theme, paint, y, &view.record, &self.of.problems.rows[row]);
                }
                Which::Labs => rows::lab(theme, paint, y, &view.record, &self.of.labs.rows[row]),
            }
            for line in (0..high).rev() {
                select(theme, paint, y + line, i == self.list.cursor);
            }
            y += high;
        }
        caret
    }

    fn hints(&self) -> &'static [Action] {
        match self.which {
            Which::Drugs => &[
                Action::Choose,
                Action::NextPane,
                Action::RunningOnly,
                Action::Find,
                Action::Back,
                Action::Trend,
            ],
            Which::Problems => &[Action::Choose, Action::NextPane, Action::Find, Action::Back],
            Which::Labs => &[
                Action::Choose,
                Action::NextPane,
                Action::Trend,
                Action::Find,
                Action::Back,
            ],
        }
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Choose => Some("event"),
            Action::NextPane => Some("next list"),
            Action::Find => Some("type to filter"),
            Action::RunningOnly if self.running_only => Some("all drugs"),
            _ => None,
        }
    }
}

impl Lists {
    /// Rows above the first one.
    fn above(&self) -> usize {
        1 + self.about.len() + usize::from(self.narrow.is_shown())
    }

    /// Goes to another list, whole.
    fn turn(&mut self, record: &Record, by: usize) {
        let here = Which::ALL.iter().position(|w| *w == self.which);
        self.which = Which::ALL[(here.unwrap_or(0) + by) % Which::ALL.len()];
        self.narrow.clear();
        self.list_anew(record);
    }

    /// Lists what is to be listed now, from the beginning.
    fn list_anew(&mut self, record: &Record) {
        let words = |event: EventId| {
            let event = record.event(event);
            format!("{} {}", record.name(event), record.code(event))
        };
        let of = &self.of;
        self.shown = match self.which {
            Which::Drugs => self
                .narrow
                .keep(of.drugs.rows.iter().map(|d| words(d.event))),
            Which::Problems => self
                .narrow
                .keep(of.problems.rows.iter().map(|p| words(p.event))),
            Which::Labs => self
                .narrow
                .keep(of.labs.rows.iter().map(|l| words(l.event))),
        };
        if self.which == Which::Drugs && self.running_only {
            self.shown
                .retain(|i| of.drugs.rows[*i].state == lists::drugs::State::Running);
        }
        self.list = List::new(self.shown.len(), 0, self.list.height);
    }

    /// The event of the selected row.
    fn selected(&self) -> Option<EventId> {
        let row = *self.shown.get(self.list.cursor)?;
        Some(match self.which {
            Which::Drugs => self.of.drugs.rows[row].event,
            Which::Problems => self.of.problems.rows[row].event,
            Which::Labs => self.of.labs.rows[row].event,
        })
    }

    /// What is in the list, and what is not.
    fn about(&self) -> String {
        let now = self
            .of
            .now
            .map_or_else(|| "an unknown day".to_owned(), |t| t.to_string());
        let count = |n: usize, what: &str| {
            let s = if n == 1 { "" } else { "s" };
            format!("{} {what}{s}", thousands(n as u64))
        };
        let (mut said, left_out) = match self.which {
            Which::Drugs => {
                let rows = &self.of.drugs.rows;
                let running = |d: &&lists::drugs::Drug| d.state == lists::drugs::State::Running;
                let running = rows.iter().filter(running).count();
                let said = format!("{}, {running} running on {now}", count(rows.len(), "drug"));
                (said, self.of.drugs.left_out)
            }
            Which::Problems => {
                let rows = count(self.of.problems.rows.len(), "problem");
                (format!("{rows} up to {now}"), self.of.problems.left_out)
            }
            Which::Labs => {
                let rows = &self.of.labs.rows;
                let values: usize = rows.iter().map(|l| l.count).sum();
                let (rows, values) = (count(rows.len(), "test"), count(values, "value"));
                (
                    format!("{rows}, {values} up to {now}"),
                    self.of.labs.left_out,
                )
            }
        };
        let hidden = self.rows() - self.shown.len();
        for (n, what) in [
            (hidden, "filtered out"),
            (left_out.later, "later left out"),
            (left_out.nameless, "without name and code left out"),
            (left_out.wordy, "observations without a number left out"),
            (left_out.undated, "without a date"),
        ] {
            if n > 0 {
                said = format!("{said}; {} {what}", thousands(n as u64));
            }
        }
        said
    }

    /// How many rows the list has in all.
    fn rows(&self) -> usize {
        match self.which {
            Which::Drugs => self.of.drugs.rows.len(),
            Which::Problems => self.of.problems.rows.len(),
            Which::Labs => self.of.labs.rows.len(),
        }
    }
}
