//! How lists, menus, help, questions and hints look.

use std::fmt::Write as _;

use ratatui::layout::{Position, Rect};

use crate::dataset::Case;
use crate::notice::Severity;
use crate::record::Kind;
use crate::review::plan::Step;
use crate::review::{CaseReview, ErrorKind, Harm, Pass};
use crate::text;
use crate::tui::action::{Action, Layer, TABLE};
use crate::tui::app::App;
use crate::tui::editor::Editor;
use crate::tui::layout::Focus;
use crate::tui::overlay::{CaseFilter, List, Question, Scroll, WholeText};
use crate::tui::paint::Paint;

/// Writes a list's heading; rows begin on the second row.
pub(super) fn heading(app: &App, paint: &mut Paint<'_>, title: &str, right: &str) {
    paint.blank();
    paint.line(0, app.theme.line(), app.theme.dim());
    let x = paint.put(1, 0, &format!(" {title} "), app.theme.accent());
    let right = format!(" {right} ");
    let width = usize::from(paint.area().width.saturating_sub(1));
    // What stands at the right is said elsewhere too; the title is not.
    if right.len() > 2 && usize::from(x) + text::width(&right) <= width {
        paint.put_right(width as u16, 0, &right, app.theme.dim());
    }
}

/// Marks the selected row.
pub(super) fn select(app: &App, paint: &mut Paint<'_>, y: u16, selected: bool) {
    if selected {
        let width = paint.area().width;
        paint.put(0, y, app.theme.cursor(), app.theme.accent());
        paint.style(1, y, width, app.theme.selected(true));
    }
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

/// The list of notices.
pub(super) fn notices(app: &App, paint: &mut Paint<'_>, list: List) {
    let theme = app.theme;
    heading(
        app,
        paint,
        "Notices: what was off in the files",
        &format!("{} of {}", list.cursor + 1, list.len),
    );
    let below = if list.height < 12 { 2 } else { 4 };
    let rows = list.height.saturating_sub(below + 1);
    let top = list.top.max((list.cursor + 1).saturating_sub(rows.max(1)));
    for (y, (i, notice)) in app
        .all_notices()
        .enumerate()
        .skip(top)
        .take(rows.max(1))
        .enumerate()
    {
        let y = 1 + y as u16;
        let style = match notice.severity {
            Severity::Error => theme.alert(),
            Severity::Warning => theme.warn(),
            Severity::Info => theme.dim(),
        };
        let x = paint.put(2, y, &notice.severity.to_string(), style);
        let file = notice
            .file
            .file_name()
            .map(|f| f.to_string_lossy().into_owned())
            .unwrap_or_default();
        let line = notice.line.map(|l| format!(":{l}")).unwrap_or_default();
        let x = paint.put_in(x.max(9) + 1, y, 36, &format!("{file}{line}"), theme.dim());
        paint.put(x + 1, y, &notice.what, theme.text());
        select(app, paint, y, i == list.cursor);
    }
    // The whole of the selected one stands below, since lines are cut off.
    if let Some(notice) = app.all_notices().nth(list.cursor) {
        let y = 1 + rows as u16;
        paint.line(y, theme.line(), theme.dim());
        let whole = text::safe(&notice.to_string()).into_owned();
        let width = usize::from(paint.area().width.saturating_sub(2)).max(1);
        let rows = text::wrap(&whole, width, text::Layout::Lines);
        for (i, row) in rows.iter().take(below).enumerate() {
            paint.put(
                1,
                y + 1 + i as u16,
                &whole[row.start as usize..row.end as usize],
                theme.text(),
            );
        }
    }
}

/// The menu of kinds.
pub(super) fn kinds(app: &App, paint: &mut Paint<'_>, list: List) {
    let theme = app.theme;
    let all = app.key_of(Action::FilterAll);
    heading(
        app,
        paint,
        "Kinds of events shown",
        &format!("{all} shows everything"),
    );
    let Some(view) = app.view() else { return };
    for (y, i) in (list.top..Kind::ALL.len()).take(list.height).enumerate() {
        let y = 1 + y as u16;
        let kind = Kind::ALL[i];
        let hidden = app.timeline.filter().hidden_kinds.contains(&kind);
        let count = view.kinds[i];
        paint.put(2, y, if hidden { "[ ]" } else { "[x]" }, theme.text());
        paint.put(6, y, theme.kind(kind), theme.bold());
        let style = if count == 0 {
            theme.dim()
        } else {
            theme.text()
        };
        paint.put(8, y, &kind.name().replace('_', " "), style);
        paint.put_right(34, y, &super::header::thousands(count), style);
        select(app, paint, y, i == list.cursor);
    }
}

/// The menu of the taxonomy.
pub(super) fn category(app: &App, paint: &mut Paint<'_>, list: List) {
    let theme = app.theme;
    heading(app, paint, "Where the instruction belongs", "");
    let here = app.category_of(app.case());
    let rows = app.dataset.taxonomy().iter().enumerate();
    for (y, (i, row)) in rows.skip(list.top).take(list.height).enumerate() {
        let y = 1 + y as u16;
        let on = here == (row.category.as_str(), row.name.as_str());
        paint.put(2, y, if on { "(x)" } else { "( )" }, theme.text());
        // The names are what is chosen; where there is room, the category and its meaning stand beside.
        paint.put_in(6, y, 30, &row.name, theme.text());
        paint.put_in(37, y, 22, &row.category, theme.dim());
        paint.put(60, y, &row.description, theme.dim());
        select(app, paint, y, i == list.cursor);
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

/// One row of the help.
pub enum HelpRow {
    /// A heading.
    Title(String),
    /// Keys and what they do.
    Key(String, &'static str),
    /// Text.
    Text(String),
}

/// The rows of the help, the pane in focus first.
pub fn help_rows(app: &App) -> Vec<HelpRow> {
    let pane = match app.focus {
        Focus::Timeline => Layer::Timeline,
        Focus::Answers => Layer::Answers,
        Focus::Gold => Layer::Gold,
    };
    let others = Layer::ALL
        .into_iter()
        .filter(|l| *l != pane && *l != Layer::Global && *l != Layer::Pairs);
    let layers = [pane, Layer::Global].into_iter().chain(others);
    let mut rows = Vec::new();
    for layer in layers {
        rows.push(HelpRow::Title(layer.title().to_owned()));
        for entry in TABLE.iter().filter(|e| e.layers.contains(&layer)) {
            let keys = app.keymap.keys(layer, entry.action);
            if !keys.is_empty() {
                rows.push(HelpRow::Key(keys.join("  "), entry.doc));
            }
        }
        rows.push(HelpRow::Text(String::new()));
    }
    rows.push(HelpRow::Title("Signs".to_owned()));
    let theme = app.theme;
    let kinds: Vec<String> = Kind::ALL
        .iter()
        .map(|k| format!("{} {}", theme.kind(*k), k.name().replace('_', " ")))
        .collect();
    for part in kinds.chunks(4) {
        rows.push(HelpRow::Text(part.join("   ")));
    }
    rows.push(HelpRow::Text(format!(
        "{} found   {} pinned   {} notices   {} flagged",
        theme.hit(),
        theme.pin(),
        theme.warning(),
        theme.flag()
    )));
    rows.push(HelpRow::Text(format!(
        "{} not begun   {} begun   {} submitted",
        theme.untouched(),
        theme.begun(),
        theme.submitted()
    )));
    let (up, down, unit) = if theme.ascii {
        ("H", "L", "U")
    } else {
        ("↑", "↓", "≠")
    };
    rows.push(HelpRow::Text(format!(
        "{up} above, {down} below the range that the record states   {unit} another unit than usual"
    )));
    for text in [
        "On the map: accented where the patient was in hospital; the taller, the more",
        "R1, R2 and so on: what reviewer 1, 2 and so on said, in an adjudication",
    ] {
        rows.push(HelpRow::Text(text.to_owned()));
    }
    rows
}

/// The help.
pub(super) fn help(app: &App, paint: &mut Paint<'_>, scroll: Scroll) {
    let theme = app.theme;
    let back = app.key_in(Layer::List, Action::Back);
    let place = format!(
        "{}-{} of {}   {back} closes",
        scroll.top + 1,
        (scroll.top + scroll.height).min(scroll.len),
        scroll.len
    );
    heading(app, paint, "All keys", &place);
    for (y, row) in help_rows(app)
        .iter()
        .skip(scroll.top)
        .take(scroll.height)
        .enumerate()
    {
        let y = 1 + y as u16;
        match row {
            HelpRow::Title(title) => drop(paint.put(1, y, title, theme.accent())),
            HelpRow::Key(keys, doc) => {
                paint.put_in(3, y, 17, keys, theme.bold());
                paint.put(21, y, doc, theme.text());
            }
            HelpRow::Text(text) => drop(paint.put(3, y, text, theme.text())),
        }
    }
}
