//! The hint line: what the keys of a begun sequence do, or the next sensible keys.

use ratatui::layout::Rect;

use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, InView, RecordState};
use crate::tui::keymap::{Lookup, print_sequence};
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;
use crate::tui::terminal::Key;
use crate::tui::visit::Visit;
use crate::tui::widgets::heading::aside;
use crate::tui::widgets::hint::hint;

/// The hint line: what the keys of a begun sequence do, or the next sensible keys of what is in focus.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>) {
    let theme = app.desk.theme;
    let layers = app.layers();
    let mut x = 1;
    let begun = match app.keys.pending.as_slice() {
        [] => Lookup::None,
        keys => app.desk.keymap.lookup(&layers, keys),
    };
    if let Lookup::Prefix(next) = begun {
        let typed = format!("{} …", print_sequence(&app.keys.pending));
        x = paint.put(x, 0, &typed, theme.accent()) + 2;
        let all = may_follow(next);
        if fits(&all, x, paint.area().width) {
            for (key, what) in &all {
                x = hint(theme, paint, x, key, what);
            }
        }
        return;
    }
    // While something is looked for, going on is what is next.
    let found = !app.looking.find.record.all.is_empty();
    // Beside the case these keys may say something else.
    let here = app.screen.overlay.is_none() && app.in_view.visit.is_none();
    if found && here && !app.takes_text() {
        let keys = [Action::FindNext, Action::FindPrevious];
        let keys = keys.map(|a| app.desk.keymap.key(&layers, a).unwrap_or_default());
        let place = app.looking.find.place();
        x = hint(theme, paint, x, keys.join(" ").trim(), &place);
    }
    for action in sensible(app) {
        if !does_something(app, *action) {
            continue;
        }
        let Some(key) = app.desk.keymap.key(&layers, *action) else {
            continue;
        };
        let own = app.screen.overlay.as_ref().and_then(|over| match action {
            Action::Enter if over.is_narrowing() => Some("keep"),
            Action::Cancel if over.is_narrowing() => Some("whole list"),
            _ => over.hint(*action),
        });
        let what = match action {
            Action::HideLater if app.in_view.record.timeline.hides_later() => "show later",
            other => own.unwrap_or(crate::tui::action::of(*other).hint),
        };
        if let Action::Rank1 | Action::Tag1 = action {
            x = paint.put(x, 0, "1-9", theme.bold());
            x = paint.put(x + 1, 0, what, theme.text()) + 2;
            continue;
        }
        x = hint(theme, paint, x, &key, what);
    }
}

/// Whether an action has something to act on now.
fn does_something(app: &App, action: Action) -> bool {
    match action {
        Action::FilterQueue => !app.desk.plan.steps.is_empty(),
        Action::StopIndex => app.looking.ranked.building.is_some(),
        Action::BuildIndex => app.looking.ranked.building.is_none(),
        Action::HideLater => app.in_view.record.timeline.later() > 0,
        Action::Sides => app.adjudicates(),
        _ => true,
    }
}

/// Keys that may follow, and what they do.
fn may_follow(next: Vec<(Key, Option<Action>)>) -> Vec<(String, &'static str)> {
    let what = |action: Option<Action>| action.map_or("…", |a| crate::tui::action::of(a).hint);
    let all = next.into_iter().map(|(key, a)| (key.to_string(), what(a)));
    all.collect()
}

/// Whether keys and what they do have room on the rest of a row.
fn fits(all: &[(String, &str)], x: u16, width: u16) -> bool {
    let needs = |(key, what): &(String, &str)| text::width(key) + text::width(what) + 3;
    usize::from(x) + all.iter().map(needs).sum::<usize>() <= usize::from(width) + 2
}

/// Where the hint line has no room for all that may follow, it stands in columns over the last rows of the panes.
pub(super) fn follow(app: &App, paint: &mut Paint<'_>) {
    if app.keys.pending.is_empty() {
        return;
    }
    let Lookup::Prefix(next) = app.desk.keymap.lookup(&app.layers(), &app.keys.pending) else {
        return;
    };
    let (theme, over) = (app.desk.theme, app.screen.frame.middle);
    let typed = print_sequence(&app.keys.pending);
    let all = may_follow(next);
    if fits(&all, text::width(&typed) as u16 + 5, over.width) {
        return;
    }
    let column = 20.min(over.width.max(1));
    let columns = usize::from(over.width / column).max(1);
    let rows = all
        .len()
        .div_ceil(columns)
        .min(usize::from(over.height.saturating_sub(1)));
    let area = Rect {
        y: over.bottom().saturating_sub(rows as u16 + 1),
        height: rows as u16 + 1,
        ..over
    };
    let mut paint = paint.part(area);
    aside(theme, &mut paint, &format!("After {typed}"));
    for (i, (key, what)) in all.iter().enumerate() {
        let (x, y) = (
            (i / rows.max(1)) as u16 * column,
            1 + (i % rows.max(1)) as u16,
        );
        let x = paint.put(x + 2, y, key, theme.bold());
        paint.put_in(x + 1, y, column.saturating_sub(5), what, theme.text());
    }
}

/// The next sensible keys.
fn sensible(app: &App) -> &'static [Action] {
    match &app.screen.overlay {
        _ if app.layers() == [Layer::Passage] => &[
            Action::Pin,
            Action::SelectSentences,
            Action::NextWord,
            Action::Down,
            Action::SelectLines,
            Action::Select,
            Action::OtherEnd,
            Action::PinAnswer,
            Action::Copy,
            Action::Back,
        ],
        Some(overlay) if overlay.is_narrowing() => &[Action::Enter, Action::Cancel],
        Some(overlay) => overlay.hints(),
        None => in_pane(app),
    }
}

/// Those of the pane in focus that do something now, the most used first.
pub(in crate::tui) fn used_most(app: &App) -> impl Iterator<Item = Action> {
    let all = in_pane(app).iter().copied();
    all.filter(|action| does_something(app, *action))
}

/// Those of the pane in focus.
fn in_pane(app: &App) -> &'static [Action] {
    if let Some(visit) = &app.in_view.visit {
        return beside(visit);
    }
    match app.screen.focus {
        _ if app.review().submitted.is_some() => &[
            Action::NextCase,
            Action::Reopen,
            Action::Cases,
            Action::NextPane,
            Action::Find,
            Action::Help,
            Action::Back,
        ],
        Focus::Timeline => in_timeline(&app.in_view),
        Focus::Gold => &[
            Action::SaveGold,
            Action::LeaveGold,
            Action::TextUndo,
            Action::ExternalEditor,
            Action::FindInText,
            Action::Mark,
            Action::NextPane,
            Action::TextRedo,
            Action::DeleteWord,
        ],
        Focus::Answers => &[
            Action::Correct,
            Action::Incorrect,
            Action::Unsure,
            Action::Rank1,
            Action::Tie,
            Action::Sides,
            Action::Submit,
            Action::Help,
            Action::Right,
            Action::Tags,
            Action::Comment,
            Action::Undo,
            Action::NextPane,
            Action::NextClaim,
            Action::FindWord,
            Action::Zoom,
            Action::NextCase,
        ],
    }
}

/// Those of a record that is looked at beside the case.
fn beside(visit: &Visit) -> &'static [Action] {
    if visit.looked.is_some() {
        &[
            Action::Relevant,
            Action::NotRelevant,
            Action::PartlyRelevant,
            Action::NextPassage,
            Action::NextCandidate,
            Action::Back,
            Action::Help,
            Action::LabelComment,
            Action::Undo,
            Action::NextNote,
            Action::Find,
        ]
    } else {
        &[
            Action::Back,
            Action::Open,
            Action::NextNote,
            Action::Find,
            Action::Search,
            Action::Help,
            Action::NextEncounter,
            Action::Trend,
        ]
    }
}

/// Those of the timeline.
fn in_timeline(case: &InView) -> &'static [Action] {
    match (&case.record.state, case.answers.is_empty()) {
        (RecordState::Failed(_), _) => &[
            Action::NextPane,
            Action::NextCase,
            Action::Cases,
            Action::Notices,
            Action::Help,
            Action::Back,
        ],
        (_, true) => &[
            Action::Open,
            Action::NextNote,
            Action::HideLater,
            Action::NextEncounter,
            Action::Find,
            Action::Trend,
            Action::NextCase,
            Action::Help,
            Action::Back,
        ],
        (_, false) => &[
            Action::Open,
            Action::NextNote,
            Action::NextPane,
            Action::Sides,
            Action::HideLater,
            Action::Find,
            Action::Help,
            Action::Pin,
            Action::Select,
            Action::Gold,
            Action::NextEncounter,
            Action::Trend,
            Action::Kinds,
            Action::GotoDate,
            Action::Zoom,
            Action::NextCase,
        ],
    }
}
