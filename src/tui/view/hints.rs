//! The hint line: what the keys of a begun sequence do, or the next sensible keys.

use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, InView, RecordState};
use crate::tui::keymap::{Lookup, print_sequence};
use crate::tui::layout::Focus;
use crate::tui::paint::Paint;
use crate::tui::visit::Visit;
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
        let width = usize::from(paint.area().width);
        let all: Vec<(String, &str)> = next
            .into_iter()
            .map(|(key, action)| {
                let what = action.map_or("…", |a| crate::tui::action::of(a).hint);
                (key.to_string(), what)
            })
            .collect();
        let needs = |(key, what): &(String, &str)| text::width(key) + text::width(what) + 3;
        let help = app.desk.key_of(Action::Help);
        let more = format!("… {help}");
        let whole = usize::from(x) + all.iter().map(needs).sum::<usize>() <= width + 2;
        // What does not fit is in the help; that is said rather than cut off.
        let most = if whole {
            width
        } else {
            width.saturating_sub(text::width(&more) + 1)
        };
        for one in &all {
            if usize::from(x) + needs(one) > most + 2 {
                break;
            }
            x = hint(theme, paint, x, &one.0, one.1);
        }
        if !whole {
            paint.put(x, 0, &more, theme.dim());
        }
        return;
    }
    for action in sensible(app) {
        let sensible = match action {
            Action::FilterQueue => !app.desk.plan.steps.is_empty(),
            Action::StopIndex => app.looking.ranked.building.is_some(),
            Action::BuildIndex => app.looking.ranked.building.is_none(),
            Action::HideLater => app.in_view.record.timeline.later() > 0,
            Action::Sides => app.adjudicates(),
            _ => true,
        };
        if !sensible {
            continue;
        }
        let Some(key) = app.desk.keymap.key(&layers, *action) else {
            continue;
        };
        let own = app
            .screen
            .overlay
            .as_ref()
            .and_then(|over| over.hint(*action));
        let what = match action {
            Action::HideLater if app.in_view.record.timeline.hides_later() => "show later",
            other => own.unwrap_or(crate::tui::action::of(*other).hint),
        };
        if *action == Action::Rank1 {
            x = paint.put(x, 0, "1-9", theme.bold());
            x = paint.put(x + 1, 0, "rank", theme.dim()) + 2;
            continue;
        }
        x = hint(theme, paint, x, &key, what);
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
        Some(overlay) => overlay.hints(),
        None => in_pane(app),
    }
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
