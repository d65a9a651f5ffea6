//! How a drug, a problem and a lab look: on one row where there is room for all, else on two, the name whole on the first.

use crate::record::lists::drugs::{Drug, State};
use crate::record::lists::labs::{Lab, POINTS};
use crate::record::lists::problems::Problem;
use crate::record::{EventId, Record, Time};
use crate::text::{self, thousands};
use crate::tui::paint::Paint;
use crate::tui::panes::timeline_view::name_of;
use crate::tui::theme::Theme;

/// From this width on a row is one row of the screen.
const ONE: u16 = 96;
/// Columns of the days from the first to the last.
const DAYS: u16 = 24;
/// Columns of a count.
const COUNT: u16 = 12;
/// Columns of a state.
const STATE: u16 = 19;

/// How many rows of the screen a row of a list takes.
pub(super) fn rows_of(width: u16) -> usize {
    if width < ONE { 2 } else { 1 }
}

/// What stands beside a name.
struct Facts {
    /// What matters most, at the right of the name, and whether it is to be seen first.
    most: String,
    loud: bool,
    days: String,
    count: String,
    /// The rest, where there is room.
    rest: String,
}

pub(super) fn drug(theme: Theme, paint: &mut Paint<'_>, y: u16, record: &Record, drug: &Drug) {
    let at = |what: &str, time: Option<Time>| match time {
        Some(time) => format!("{what} {}", time.date()),
        None => what.to_owned(),
    };
    let most = match drug.state {
        State::Running => "running".to_owned(),
        State::NoStop => "no stop written".to_owned(),
        State::Stopped(time) => at("stopped", time),
        State::Given(time) => at("given", time),
    };
    let once = matches!(drug.state, State::Given(_));
    let count = match drug.starts {
        0 => "no start".to_owned(),
        1 if once => "once".to_owned(),
        n if once => format!("{} times", thousands(n as u64)),
        1 => "1 start".to_owned(),
        n => format!("{} starts", thousands(n as u64)),
    };
    let mut rest = vec![drug.dose.as_str(), drug.route.as_str()];
    rest.retain(|t| !t.is_empty());
    let facts = Facts {
        most,
        loud: drug.state == State::Running,
        days: days(theme, drug.first, drug.last),
        count,
        rest: rest.join(&format!(" {} ", theme.dot())),
    };
    row(theme, paint, y, name(record, drug.event), &facts);
}

pub(super) fn problem(
    theme: Theme,
    paint: &mut Paint<'_>,
    y: u16,
    record: &Record,
    problem: &Problem,
) {
    let facts = Facts {
        most: problem
            .ended
            .map(|t| format!("ended {}", t.date()))
            .unwrap_or_default(),
        loud: false,
        days: days(theme, problem.first, problem.last),
        count: times(problem.count),
        rest: String::new(),
    };
    row(theme, paint, y, name(record, problem.event), &facts);
}

pub(super) fn lab(theme: Theme, paint: &mut Paint<'_>, y: u16, record: &Record, lab: &Lab) {
    let event = record.event(lab.event);
    let sign = lab.outside.map_or("", |o| theme.outside(o));
    let value = text::clip(record.value(event).trim(), 24);
    let most = format!("{sign} {value} {}", record.unit(event));
    let mut rest = spark(theme, &lab.points);
    if lab.other_unit > 0 {
        rest = format!("{rest} {} in another unit", lab.other_unit);
    }
    let facts = Facts {
        most: most.trim().to_owned(),
        loud: lab.outside.is_some(),
        days: lab.last.map(|t| t.date().to_string()).unwrap_or_default(),
        count: times(lab.count),
        rest,
    };
    row(theme, paint, y, name(record, lab.event), &facts);
}

fn row(theme: Theme, paint: &mut Paint<'_>, y: u16, name: &str, facts: &Facts) {
    let width = paint.area().width;
    let style = if facts.loud {
        theme.bold()
    } else {
        theme.text()
    };
    if rows_of(width) == 2 {
        let at = paint.put_right(width.saturating_sub(1), y, &facts.most, style);
        paint.put_name(1, y, at.saturating_sub(3), name, theme.text(), &[]);
        let dot = format!(" {} ", theme.dot());
        let parts = [&facts.days, &facts.count, &facts.rest];
        let parts = parts.into_iter().filter(|t| !t.is_empty());
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        paint.put(3, y + 1, &parts.join(&dot), theme.text());
        return;
    }
    let state = width.saturating_sub(STATE + 1);
    let count = state.saturating_sub(COUNT);
    let days = count.saturating_sub(DAYS);
    paint.put_in(state, y, STATE, &facts.most, style);
    paint.put_in(count, y, COUNT - 1, &facts.count, theme.text());
    paint.put_in(days, y, DAYS - 1, &facts.days, theme.text());
    let rest = text::width(&facts.rest) as u16;
    let room = days.saturating_sub(3);
    let needs = text::width(name) as u16;
    // The rest gives way before the name does.
    let rest = rest.min(room.saturating_sub(needs + 2).max(room / 3));
    let room = room.saturating_sub(if rest > 0 { rest + 2 } else { 0 });
    paint.put_name(1, y, room, name, theme.text(), &[]);
    paint.put_in(room + 3, y, rest, &facts.rest, theme.text());
}

fn name(record: &Record, event: EventId) -> &str {
    name_of(record, record.event(event)).0
}

fn times(n: usize) -> String {
    match n {
        1 => "once".to_owned(),
        n => format!("{} times", thousands(n as u64)),
    }
}

/// From a day to a day.
fn days(theme: Theme, first: Option<Time>, last: Option<Time>) -> String {
    match (first.map(Time::date), last.map(Time::date)) {
        (Some(first), Some(last)) if first != last => {
            format!("{first} {} {last}", if theme.ascii { "-" } else { "–" })
        }
        (Some(day), _) | (None, Some(day)) => day.to_string(),
        (None, None) => "no date".to_owned(),
    }
}

/// A small picture of numbers between their least and their largest.
fn spark(theme: Theme, points: &[f64]) -> String {
    if points.len() < 2 || theme.plain {
        return String::new();
    }
    let low = points.iter().copied().fold(f64::INFINITY, f64::min);
    let high = points.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bars = theme.bars();
    let height = |value: f64| {
        if high > low {
            ((value - low) / (high - low) * (bars.len() - 1) as f64).round() as usize
        } else {
            bars.len() / 2
        }
    };
    let from = points.len().saturating_sub(POINTS);
    points[from..].iter().map(|v| bars[height(*v)]).collect()
}
