//! The trend of a value: points over time, the axis with its unit, the point in focus.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{Next, Overlay};
use crate::record::{EventId, Record, Time};
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::layout::Frame;
use crate::tui::paint::Paint;
use crate::tui::theme::Theme;
use crate::tui::widgets::trend::Trend;

/// Columns of the labels at the left.
const LABEL: u16 = 9;

/// A trend over the timeline, or over the list that it was opened from.
pub(crate) struct Chart {
    trend: Trend,
    under: Next,
}

/// Opens the trend of the value that the timeline's cursor is on.
pub(crate) fn open(app: &mut App, record: &Record) {
    let trend = app
        .in_view
        .record
        .timeline
        .selected_event()
        .and_then(|e| Trend::of(record, e, app.in_view.record.timeline.hidden_from()));
    if let Some(trend) = drawable(app, trend, "Go to a value with a code first") {
        app.open(Chart { trend, under: None });
    }
}

/// The trend of a list's row, over the list; the list where there is none.
pub(super) fn open_over(
    app: &mut App,
    record: &Record,
    event: EventId,
    list: Box<dyn Overlay>,
) -> Box<dyn Overlay> {
    let trend = Trend::of(record, event, app.in_view.record.timeline.hidden_from());
    match drawable(app, trend, "This row has no code to draw the values of") {
        Some(trend) => Box::new(Chart {
            trend,
            under: Some(list),
        }),
        None => list,
    }
}

/// A trend that has points; says why there is none.
fn drawable(app: &mut App, trend: Option<Trend>, no_code: &str) -> Option<Trend> {
    match trend {
        Some(trend) if !trend.points.is_empty() => return Some(trend),
        Some(_) => app.say(
            Tone::Alert,
            "This event's code has no numeric values to draw",
        ),
        None => app.say(Tone::Alert, no_code),
    }
    None
}

/// By how many points or columns an action moves.
pub(super) fn motion(action: Action) -> Option<isize> {
    match action {
        Action::Left => Some(-1),
        Action::Right => Some(1),
        Action::PageUp => Some(-10),
        Action::PageDown => Some(10),
        Action::Top => Some(isize::MIN / 2),
        Action::Bottom => Some(isize::MAX / 2),
        _ => None,
    }
}

impl Overlay for Chart {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Trend, Layer::Global]
    }

    fn area(&self, frame: &Frame) -> Rect {
        frame.over(frame.timeline)
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        if action == Action::Choose {
            if let Some(point) = self.trend.points.get(self.trend.cursor) {
                app.go_to_place(point.event, 0);
            }
            return None;
        }
        if let Some(by) = motion(action) {
            self.trend.go(by);
        }
        Some(self)
    }

    fn close(self: Box<Self>, _app: &mut App) -> Next {
        self.under
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        chart(app, paint, &self.trend);
        None
    }

    fn hints(&self) -> &'static [Action] {
        &[Action::Left, Action::Right, Action::Choose, Action::Back]
    }
}

fn chart(app: &App, paint: &mut Paint<'_>, trend: &Trend) {
    let theme = app.desk.theme;
    paint.blank();
    let area = paint.area();
    let unit = if trend.unit.is_empty() {
        "no unit".to_owned()
    } else {
        trend.unit.clone()
    };
    let x = paint.put_in(
        1,
        0,
        area.width.saturating_sub(2),
        &trend.name,
        theme.accent(),
    );
    paint.put_in(
        x + 2,
        0,
        area.width.saturating_sub(x + 3),
        &format!("{}  {unit}", trend.code),
        theme.text(),
    );
    let (Some((low, high)), Some(here)) = (trend.extent(), trend.points.get(trend.cursor)) else {
        return;
    };
    let mut facts = vec![format!(
        "{} values, {} to {}",
        trend.points.len(),
        number(low),
        number(high)
    )];
    if trend.other_unit > 0 {
        facts.push(format!(
            "{} in another unit are not drawn",
            trend.other_unit
        ));
    }
    if trend.left_out > 0 {
        facts.push(format!(
            "{} without number or time are not drawn",
            trend.left_out
        ));
    }
    let bounds = trend.points.iter().filter(|p| !p.bound.is_empty()).count();
    if bounds > 0 {
        let are = if bounds == 1 {
            "is a bound"
        } else {
            "are bounds"
        };
        facts.push(format!("{bounds} {are}, drawn as < or >"));
    }
    if trend.later > 0 {
        facts.push(format!("{} later ones are hidden", trend.later));
    }
    let facts = facts.join("; ");
    let style = if trend.other_unit + trend.left_out + trend.later > 0 {
        theme.warn()
    } else {
        theme.text()
    };
    // What is not drawn is said in full, also in a narrow pane.
    let room = usize::from(area.width.saturating_sub(2)).max(1);
    let mut y = 1;
    for row in text::wrap(&facts, room, text::Layout::Lines) {
        let row = &facts[row.start as usize..row.end as usize];
        paint.put(1, y, row, style);
        y += 1;
    }
    let place = format!(
        "{} of {}  {}  {}{} {}",
        trend.cursor + 1,
        trend.points.len(),
        here.time,
        here.bound,
        number(here.value),
        trend.unit
    );
    paint.put(1, y, &place, theme.bold());
    let (top, bottom) = (y + 2, area.height.saturating_sub(2));
    if bottom <= top + 1 || area.width <= LABEL + 4 {
        return;
    }
    plot(app, paint, trend, (low, high), (top, bottom));
}

fn plot(
    app: &App,
    paint: &mut Paint<'_>,
    trend: &Trend,
    (low, high): (f64, f64),
    (top, bottom): (u16, u16),
) {
    let theme = app.desk.theme;
    let width = paint.area().width - LABEL - 2;
    let rows = bottom - top;
    let span = if high > low { high - low } else { 1.0 };
    let row_of = |v: f64| {
        bottom
            - 1
            - (((v - low) / span) * f64::from(rows - 1))
                .round()
                .clamp(0.0, f64::from(rows - 1)) as u16
    };
    let (first, last) = (
        trend.points[0].time,
        trend.points[trend.points.len() - 1].time,
    );
    let long = (last.seconds() - first.seconds()).max(1) as f64;
    let column_of = |t: Time| {
        LABEL
            + (((t.seconds() - first.seconds()) as f64 / long) * f64::from(width - 1)).round()
                as u16
    };
    for y in top..bottom {
        paint.put(LABEL - 1, y, theme.rule(), theme.dim());
    }
    for (value, sign) in [(trend.range.0, "low"), (trend.range.1, "high")] {
        if let Some(value) = value.filter(|v| *v >= low && *v <= high) {
            let y = row_of(value);
            for x in LABEL..LABEL + width {
                paint.put(x, y, theme.empty_bar(), theme.warn());
            }
            paint.put_in(0, y, LABEL - 1, sign, theme.warn());
        }
    }
    for (value, y) in [
        (high, top),
        (f64::midpoint(low, high), row_of(f64::midpoint(low, high))),
        (low, bottom - 1),
    ] {
        paint.put_right(LABEL - 1, y, &number(value), theme.text());
    }
    for point in &trend.points {
        let (sign, style) = sign(&point.bound, theme);
        paint.put(column_of(point.time), row_of(point.value), sign, style);
    }
    let here = &trend.points[trend.cursor];
    let mark = if theme.ascii { "@" } else { "◆" };
    paint.put(
        column_of(here.time),
        row_of(here.value),
        mark,
        theme.accent(),
    );
    paint.put(LABEL, bottom, &first.date().to_string(), theme.text());
    paint.put_right(
        LABEL + width,
        bottom,
        &last.date().to_string(),
        theme.text(),
    );
}

/// The sign of a point; what is known to lie below or above is no point like the others.
fn sign(bound: &str, theme: Theme) -> (&'static str, Style) {
    match bound.chars().next() {
        None => (if theme.ascii { "*" } else { "●" }, theme.text()),
        Some('<' | '≤') => ("<", theme.warn()),
        Some('>' | '≥') => (">", theme.warn()),
        Some(_) => ("~", theme.warn()),
    }
}

/// A number with no more digits than it needs.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
