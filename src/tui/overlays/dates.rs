//! Dates: one to go to, two between which events are shown.

use std::sync::Arc;

use super::prompt::{Ask, Prompt};
use crate::record::Time;
use crate::search::date;
use crate::text::thousands;
use crate::tui::action::Action;
use crate::tui::app::{App, Tone};
use crate::tui::layout::Focus;
use crate::tui::panes::timeline::Filter;
use crate::tui::typing::{Subject, What};

struct GoTo;
struct Range;

/// Opens the prompt for a date to go to.
pub(crate) fn open(app: &mut App) {
    begin(app, What::Date, Prompt::new(&GoTo, ""));
}

/// Opens the prompt for the range that is shown, with the one that is.
pub(crate) fn open_range(app: &mut App) {
    let text = shown_range(app);
    begin(app, What::DateRange, Prompt::new(&Range, &text));
}

fn begin(app: &mut App, what: What, prompt: Prompt) {
    if app.view().is_none() {
        return app.say(Tone::Alert, "There is no record to look in");
    }
    app.begin(Subject { case: None, what }, prompt);
}

fn shown_range(app: &App) -> String {
    let filter = app.in_view.record.timeline.filter();
    let date = |t: Option<Time>| t.map(|t| t.date().to_string()).unwrap_or_default();
    if filter.after.is_none() && filter.before.is_none() {
        String::new()
    } else {
        format!("{} to {}", date(filter.after), date(filter.before))
            .trim()
            .to_owned()
    }
}

impl Ask for GoTo {
    fn what(&self) -> Option<What> {
        Some(What::Date)
    }

    fn label(&self, _app: &App) -> &'static str {
        " Go to date: "
    }

    fn help(&self, _app: &App) -> String {
        "2018, 2018-10, 2018-10-08, Oct 2018 or 8 October 2018; 10/8/18 has the month first"
            .to_owned()
    }

    fn accept(&self, app: &mut App, text: &str) -> Result<(), String> {
        let (from, _) = day_range(text)
            .ok_or("write a date as 2018, 2018-10-08, Oct 2018 or 8 October 2018")?;
        let Some(view) = app.view().map(Arc::clone) else {
            return Ok(());
        };
        app.in_view
            .record
            .timeline
            .go_to_time(&view.record, from.seconds());
        let hidden = app.in_view.record.timeline.hidden_from();
        if hidden.is_some_and(|a| a.is_past(from.seconds())) {
            let key = app.desk.key_of(Action::HideLater);
            let said = "That day is later than the instruction and hidden";
            app.say(Tone::Alert, format!("{said}; {key} shows it"));
        }
        if let Some(day) = date::whole(text)
            && let Some(other) = date::other_order(text.trim(), day)
        {
            let said = format!("Read as {day}, the month first; type {other} for the other");
            app.say(Tone::Calm, said);
        }
        if !app.screen.frame.wide {
            app.screen.focus = Focus::Timeline;
        }
        Ok(())
    }
}

impl Ask for Range {
    fn what(&self) -> Option<What> {
        Some(What::DateRange)
    }

    fn label(&self, _app: &App) -> &'static str {
        " Show from … to …: "
    }

    fn help(&self, _app: &App) -> String {
        "2018 to 2019-03; nothing shows all".to_owned()
    }

    fn accept(&self, app: &mut App, text: &str) -> Result<(), String> {
        let (after, before) = date_range(text.trim())?;
        let Some(view) = app.view().map(Arc::clone) else {
            return Ok(());
        };
        let filter = Filter {
            after,
            before,
            ..app.in_view.record.timeline.filter().clone()
        };
        app.in_view.record.timeline.set_filter(&view.record, filter);
        let hidden = thousands(app.in_view.record.timeline.hidden() as u64);
        app.say(Tone::Calm, format!("{hidden} events are left out now"));
        Ok(())
    }
}

/// A year, a month or a day as its first moment and the first moment behind it.
fn day_range(text: &str) -> Option<(Time, Time)> {
    let text = text.trim();
    let at = |d: jiff::civil::Date| Time::new(d.at(0, 0, 0, 0), crate::record::Precision::Day);
    let until = |from: jiff::civil::Date, span: jiff::Span| {
        Some((at(from), at(from.checked_add(span).ok()?)))
    };
    if let Some(day) = date::whole(text) {
        return until(day, jiff::Span::new().days(1));
    }
    if let Some(month) = date::month(text) {
        return until(month, jiff::Span::new().months(1));
    }
    let parts: Vec<&str> = text.split('-').collect();
    let number = |s: &str, len: usize| {
        (s.len() <= len && !s.is_empty())
            .then(|| s.parse::<i16>().ok())
            .flatten()
    };
    let year = number(parts.first()?, 4).filter(|y| *y > 999)?;
    let month = parts.get(1).map_or(Some(1), |m| number(m, 2))?;
    let day = parts.get(2).map_or(Some(1), |d| number(d, 2))?;
    let from =
        jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let span = match parts.len() {
        1 => jiff::Span::new().years(1),
        2 => jiff::Span::new().months(1),
        3 => jiff::Span::new().days(1),
        _ => return None,
    };
    until(from, span)
}

/// Two ends of a range; an empty text is the whole record.
type Ends = (Option<Time>, Option<Time>);

fn date_range(text: &str) -> Result<Ends, String> {
    let how =
        "write 2018 to 2019-03, 2018 to, to 2019, one year or month, or nothing for all".to_owned();
    if text.is_empty() {
        return Ok((None, None));
    }
    // October has a `to`, too.
    let spaced = format!(" {text} ");
    let (a, b) = match spaced.split_once(" to ") {
        Some((a, b)) => (a.trim(), b.trim()),
        None => (text, text),
    };
    let one = |s: &str| {
        if s.is_empty() {
            Some(None)
        } else {
            day_range(s).map(Some)
        }
    };
    match (one(a), one(b)) {
        (Some(a), Some(b)) => {
            let (after, before) = (a.map(|r| r.0), b.map(|r| r.1));
            if matches!((after, before), (Some(a), Some(b)) if a >= b) {
                return Err("the first date must be before the second".to_owned());
            }
            Ok((after, before))
        }
        _ => Err(how),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_their_last_day() {
        let show = |text: &str| {
            let (a, b) = date_range(text).expect(text);
            format!(
                "{} {}",
                a.map_or("-".into(), |t| t.to_string()),
                b.map_or("-".into(), |t| t.to_string())
            )
        };
        assert_eq!(show("2018 to 2019-03"), "2018-01-01 2019-04-01");
        assert_eq!(show("2018-10-08"), "2018-10-08 2018-10-09");
        assert_eq!(show("to 2019"), "- 2020-01-01");
        assert_eq!(show(""), "- -");
        for day in ["8 October 2018", "Oct 8, 2018", "10/8/18", "10/08/2018"] {
            assert_eq!(show(day), "2018-10-08 2018-10-09", "{day}");
        }
        for month in ["Oct 2018", "october 2018", "10/2018", "Oct. 2018"] {
            assert_eq!(show(month), "2018-10-01 2018-11-01", "{month}");
        }
        assert_eq!(show("Oct 2018 to 3 May 2019"), "2018-10-01 2019-05-04");
        for bad in ["soon", "2019 to 2018", "2018-13", "2018-02-30", "18"] {
            assert!(date_range(bad).is_err(), "{bad}");
        }
    }
}
