//! How lists, menus, help, questions and hints look.

use std::fmt::Write as _;

use ratatui::layout::{Position, Rect};

use crate::dataset::Case;
use crate::review::plan::Step;
use crate::review::{CaseReview, ErrorKind, Harm, Pass};
use crate::text;
use crate::tui::action::{Action, Layer, TABLE};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::overlay::{CaseFilter, Question, WholeText};
use crate::tui::paint::Paint;
use crate::tui::widgets::{self, list::List};

/// Writes a list's heading; rows begin on the second row.
pub(super) fn heading(app: &App, paint: &mut Paint<'_>, title: &str, right: &str) {
    widgets::heading::heading(app.theme, paint, title, right);
}

/// Marks the selected row.
pub(super) fn select(app: &App, paint: &mut Paint<'_>, y: u16, selected: bool) {
    widgets::list::select(app.theme, paint, y, selected);
}

/// A filter's name; that of a category is the category's.
fn filter_name(app: &App, filter: CaseFilter) -> String {
    if filter == CaseFilter::Queue && app.adjudicates() {
        return "disputed".to_owned();
    }
    let category = match filter {
        CaseFilter::Category(i) => app.categories().get(i).map(|c| text::safe(c).into_owned()),
        _ => None,
    };
    category.unwrap_or_else(|| filter.name().to_owned())
}

/// The list of cases.
pub(super) fn cases(
    app: &App,
    paint: &mut Paint<'_>,
    filter: CaseFilter,
    shown: &[Step],
    list: List,
) {
    let theme = app.theme;
    let all = app.dataset.cases();
    let of = |s: &Step| Some(app.log.ledger().reading(s.pass, &all.get(s.case)?.key()));
    let first = |case| Step {
        case,
        pass: app.usual_pass(),
    };
    let queued = filter == CaseFilter::Queue;
    let steps: Vec<Step> = if queued {
        app.queue.clone()
    } else {
        (0..all.len()).map(first).collect()
    };
    let reviews: Vec<&CaseReview> = steps.iter().filter_map(of).collect();
    let submitted = reviews.iter().filter(|r| r.is_done()).count();
    let begun = reviews.iter().filter(|r| r.is_begun()).count() - submitted;
    let mut right = format!("{submitted} of {} submitted", steps.len());
    if begun > 0 {
        let _ = write!(right, ", {begun} begun");
    }
    heading(
        app,
        paint,
        &format!("Cases: {} ({})", filter_name(app, filter), shown.len()),
        &right,
    );
    if shown.is_empty() {
        paint.put(2, 2, "No case is listed under this filter.", theme.dim());
    }
    for (y, i) in (list.top..shown.len()).take(list.height).enumerate() {
        let y = 1 + y as u16;
        let step = shown[i];
        let number = if filter == CaseFilter::Queue {
            i
        } else {
            step.case
        };
        if let (Some(case), Some(review)) = (all.get(step.case), of(&step)) {
            case_row(app, paint, y, (step, number), case, review);
        }
        select(app, paint, y, i == list.cursor);
    }
}

/// A case of the list: how far it is, its number, the instruction.
fn case_row(
    app: &App,
    paint: &mut Paint<'_>,
    y: u16,
    (step, number): (Step, usize),
    case: &Case,
    review: &CaseReview,
) {
    let theme = app.theme;
    let width = paint.area().width;
    let judged = case
        .responses
        .iter()
        .filter(|r| {
            review
                .responses
                .get(&r.model)
                .is_some_and(|r| r.judgement.is_some())
        })
        .count();
    let outdated = review.earlier.is_some();
    let sign = if outdated {
        "~"
    } else if review.submitted.is_some() {
        theme.submitted()
    } else if review.is_begun() {
        theme.begun()
    } else {
        theme.untouched()
    };
    let here = step == app.step();
    paint.put(
        1,
        y,
        sign,
        if outdated {
            theme.warn()
        } else if review.submitted.is_some() {
            theme.accent()
        } else {
            theme.text()
        },
    );
    paint.put(
        3,
        y,
        if review.flagged { theme.flag() } else { " " },
        theme.warn(),
    );
    let x = paint.put(5, y, &format!("{:>4}", number + 1), theme.dim());
    let x = paint.put(
        x + 1,
        y,
        &format!("{judged}/{}", case.responses.len()),
        theme.dim(),
    );
    let x = match step.pass {
        Pass::First => x,
        Pass::Again(_) => paint.put(x + 1, y, "again", theme.accent()),
        Pass::Adjudication => paint.put(x + 1, y, &disputed(app, step.case, width), theme.warn()),
    };
    let about = if width > 90 {
        case.specialty.as_str()
    } else {
        ""
    };
    let end = if about.is_empty() {
        width
    } else {
        paint.put_right(
            width.saturating_sub(1),
            y,
            &text::clip(about, 24),
            theme.dim(),
        )
    };
    let question = case
        .question
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let question = if question.is_empty() {
        format!("record {}", case.person_id)
    } else {
        question
    };
    let style = if here { theme.bold() } else { theme.text() };
    paint.put_in(x + 2, y, end.saturating_sub(x + 3), &question, style);
}

/// What a case is disputed about, in few words where there is little room.
fn disputed(app: &App, case: usize, width: u16) -> String {
    let Some(adjudication) = &app.adjudication else {
        return String::new();
    };
    if app.hides_others(case) {
        return "yours to read".to_owned();
    }
    if adjudication.is_decided(case) {
        return "decided by another".to_owned();
    }
    let Some(dispute) = adjudication.dispute(case) else {
        return match adjudication.readers(case) {
            0 => "not read".to_owned(),
            1 => "one reading".to_owned(),
            _ => "agreed".to_owned(),
        };
    };
    let verdicts = match dispute.models.len() {
        0 => String::new(),
        1 => "1 verdict".to_owned(),
        n => format!("{n} verdicts"),
    };
    let order = if dispute.reversed > 0 {
        format!("{:.0} % of order", dispute.reversed_share() * 100.0)
    } else {
        String::new()
    };
    let mut parts = vec![verdicts, order];
    parts.retain(|p| !p.is_empty());
    if width <= 90 {
        parts.truncate(1);
    }
    parts.join(", ")
}

/// A text that the list it is from has no room for.
pub(super) fn whole(app: &App, paint: &mut Paint<'_>, whole: &WholeText) {
    let scroll = whole.scroll;
    let end = (scroll.top + scroll.height).min(scroll.len);
    heading(
        app,
        paint,
        &whole.title,
        &format!("{end} of {} lines", scroll.len),
    );
    let rows = whole.rows.iter().skip(scroll.top).take(scroll.height);
    for (y, row) in (1..).zip(rows) {
        let row = &whole.text[row.start as usize..row.end as usize];
        paint.put(1, y, row, app.theme.text());
    }
}

/// The menu of error kinds and harm.
pub(super) fn tags(
    app: &App,
    paint: &mut Paint<'_>,
    letter: &str,
    errors: &[ErrorKind],
    harm: Option<Harm>,
    list: List,
) {
    let theme = app.theme;
    let right = format!(
        "{} on or off, {}",
        app.key_in(Layer::List, Action::Toggle),
        app.saves_and_cancels(Action::Choose)
    );
    heading(app, paint, &format!("What is wrong with {letter}"), &right);
    let rows = ErrorKind::ALL
        .iter()
        .map(|e| (errors.contains(e), e.label().to_owned()));
    let harms = Harm::ALL
        .iter()
        .map(|h| (harm == Some(*h), format!("possible harm: {}", h.name())));
    for (y, (i, (on, label))) in rows
        .chain(harms)
        .enumerate()
        .skip(list.top)
        .take(list.height)
        .enumerate()
    {
        let y = 1 + y as u16;
        let round = i >= ErrorKind::ALL.len();
        let sign = match (round, on) {
            (false, true) => "[x]",
            (false, false) => "[ ]",
            (true, true) => "(x)",
            (true, false) => "( )",
        };
        paint.put(2, y, sign, if on { theme.accent() } else { theme.text() });
        paint.put(6, y, &label, theme.text());
        select(app, paint, y, i == list.cursor);
    }
}

/// The palette: actions by name.
pub(super) fn palette(
    app: &App,
    paint: &mut Paint<'_>,
    editor: &Editor,
    found: &[usize],
    list: List,
) -> Option<Position> {
    let theme = app.theme;
    heading(app, paint, "Commands", "");
    paint.put(1, 1, ":", theme.accent());
    let area = paint.area();
    let line = Rect {
        x: area.x + 2,
        y: area.y + 1,
        width: area.width.saturating_sub(3),
        height: 1,
    };
    let mut caret = None;
    paint.with(line, |area, buf| caret = editor.draw(area, buf));
    for (y, i) in (list.top..found.len()).take(list.height).enumerate() {
        let y = 2 + y as u16;
        let entry = &TABLE[found[i]];
        let keys = entry
            .layers
            .iter()
            .find_map(|l| app.keymap.keys(*l, entry.action).into_iter().next())
            .unwrap_or_default();
        paint.put_in(2, y, 18, entry.name, theme.bold());
        paint.put_in(21, y, 9, &keys, theme.accent());
        paint.put(31, y, entry.doc, theme.text());
        select(app, paint, y, i == list.cursor);
    }
    caret
}

/// A question with its reasons.
pub(super) fn confirm(app: &App, paint: &mut Paint<'_>, question: &Question, lines: &[String]) {
    let theme = app.theme;
    let (title, yes) = match question {
        Question::Submit => ("Submit this case as it is?", "submits all the same"),
        Question::Unblind => ("Show the models' names?", "shows them"),
        Question::OutsidePlan(_) => ("Go on outside of your plan?", "goes on"),
        Question::SeeOthers => ("Show what others marked?", "shows it"),
        Question::Elsewhere { undo: true, .. } => ("Take it back there?", "takes it back"),
        Question::Elsewhere { undo: false, .. } => ("Do it again there?", "does it again"),
        Question::LeaveUnsaved => ("Leave without saving?", "leaves and loses them"),
        Question::EditorFailed => ("Your editor did not end well", ""),
    };
    heading(app, paint, title, "");
    let width = usize::from(paint.area().width.saturating_sub(4)).max(1);
    let mut y = 2;
    for line in lines {
        for row in text::wrap(line, width, text::Layout::Lines) {
            paint.put(
                2,
                y,
                &line[row.start as usize..row.end as usize],
                theme.text(),
            );
            y += 1;
        }
    }
    let mut keys = if yes.is_empty() {
        vec!["any key goes back".to_owned()]
    } else {
        let yes = format!("{} {yes}", app.key_of(Action::Confirm));
        vec![yes, "any other key goes back".to_owned()]
    };
    if keys.iter().map(|k| text::width(k) + 3).sum::<usize>() < width + 3 {
        keys = vec![keys.join("   ")];
    }
    let bottom = usize::from(paint.area().height.saturating_sub(keys.len() as u16));
    for (y, key) in (usize::from(y + 1).min(bottom)..).zip(&keys) {
        paint.put(2, y as u16, key, theme.bold());
    }
}
