//! The patient in the header: sex, birth date, and the age at the moments that count.
//!
//! In: the app, its record in view. Out: the same facts in fewer words where there is less room. Never: an age without the
//! moment at which it holds.

use crate::record::{AsOf, Time};
use crate::tui::app::App;
use crate::tui::record_view::RecordView;

/// Who the patient is: at length, shorter, and as short as it can be said.
pub(super) fn who(app: &App, view: &RecordView) -> [Vec<String>; 3] {
    let record = &view.record;
    let timeline = &app.in_view.record.timeline;
    let hidden = timeline.hidden_from();
    let asked = timeline.as_of().map(AsOf::moment);
    let end = asked.or(view.span.map(|s| s.1));
    let here = timeline
        .selected_time(record)
        .filter(|_| view.span.is_some());
    let age = |at: Option<Time>| at.and_then(|t| record.age_at(t));
    let (end, here) = (age(end), age(here));
    let here = here.filter(|h| end.as_ref() != Some(h));
    let (when, shortly) = if asked.is_some() {
        ("when asked", "asked")
    } else {
        ("at the end", "at end")
    };
    let sex = record.sex();
    let born = |word| record.born().map(|b| format!("{word} {b}"));
    let death = record.death();
    let death = death.filter(|e| hidden.is_none_or(|a| !a.is_later(record, e)));
    let died = death
        .and_then(|e| e.time)
        .map(|t| format!("died {}", t.date()));
    let at_here = here.map(|a| format!("{a} here"));
    let at_end = |when| end.as_ref().map(|a| format!("{a} {when}"));
    let part = |part: Option<String>| part.unwrap_or_default();
    let ages = [at_end(shortly), at_here.clone()];
    let ages: Vec<String> = ages.into_iter().flatten().collect();
    let with_sex = |text: String| format!("{sex} {text}").trim().to_owned();
    let long = [born("born"), at_end(when), at_here.clone(), died.clone()];
    let long = [sex.to_owned()].into_iter().chain(long.map(part)).collect();
    let mid = vec![with_sex(part(born("b."))), ages.join(", "), part(died)];
    let short = vec![with_sex(part(at_here.or_else(|| at_end(shortly))))];
    [long, mid, short]
}
