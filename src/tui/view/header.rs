//! The rows above the panes: case, instruction, patient; the map has a module of its own.

use super::{map, patient};
use crate::review::Pass;
use crate::text;
use crate::tui::app::App;
use crate::tui::paint::Paint;

/// Draws everything above the panes, but their headings.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>) {
    status(app, paint);
    instruction(app, paint);
    facts(app, paint);
    map::draw(app, paint);
}

/// Facts joined by dots, as many as fit.
fn joined(app: &App, parts: &[String]) -> String {
    let dot = format!(" {} ", app.desk.theme.dot());
    parts
        .iter()
        .filter(|p| !p.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(&dot)
}

fn status(app: &App, paint: &mut Paint<'_>) {
    let mut paint = paint.part(app.screen.frame.status);
    let width = paint.area().width;
    let theme = app.desk.theme;
    // From the right: what must not be missed comes first.
    let unsaved = app.desk.log.unsaved();
    let mut right = width.saturating_sub(1);
    let saved = match (unsaved, &app.desk.saved_at) {
        // A clock would be read out again and again.
        (0, Some(_)) if theme.plain => "saved".to_owned(),
        (0, Some(at)) => format!("saved {at}"),
        (0, None) => String::new(),
        (n, _) => format!("{n} NOT SAVED"),
    };
    if unsaved > 0 {
        let at = paint.put_right(right, 0, &format!(" {saved} "), theme.reversed());
        let sign = format!(" {} ", theme.warning());
        right = paint.put_right(at, 0, &sign, theme.danger());
        right = right.saturating_sub(2);
    } else if !saved.is_empty() {
        let at = paint.put_right(right, 0, &saved, theme.text());
        right = at.saturating_sub(2);
    }
    let notices = app.all_notices().count();
    if notices > 0 {
        let word = if notices == 1 { "notice" } else { "notices" };
        let text = if app.screen.frame.wide {
            format!("{}{notices} {word}", theme.warning())
        } else {
            format!("{}{notices}", theme.warning())
        };
        right = paint
            .put_right(right, 0, &text, theme.warn())
            .saturating_sub(2);
    }
    if let Some(now) = &app.looking.ranked.building {
        let text = format!("indexing {} %", crate::tui::ranked::percent(now));
        right = paint
            .put_right(right, 0, &text, theme.text())
            .saturating_sub(2);
    }
    if let Some(now) = &app.looking.matches.working {
        let text = format!("matching {} %", crate::tui::ranked::percent(now));
        right = paint
            .put_right(right, 0, &text, theme.text())
            .saturating_sub(2);
    }
    if app.is_unblinded() {
        right = paint
            .put_right(right, 0, "UNBLINDED", theme.warn())
            .saturating_sub(2);
    }
    right = paint
        .put_right(right, 0, &text::clip(&app.desk.reviewer, 16), theme.text())
        .saturating_sub(2);
    about_case(app, &mut paint, right);
}

/// Which case it is, left of column `right`.
fn about_case(app: &App, paint: &mut Paint<'_>, right: u16) {
    let theme = app.desk.theme;
    let review = app.review();
    let case = app.case();
    let mut x = 1;
    if app.screen.frame.wide {
        x = paint.put_in(
            x,
            0,
            30,
            &format!(
                "medalign {} {}",
                theme.dot(),
                text::safe(app.desk.dataset.name())
            ),
            theme.dim(),
        ) + 3;
    }
    // A proposed record says which one it is; that it is not the case's stands below, where it is always in view.
    let beside = app.in_view.visit.is_some();
    let title = match (app.about_candidate(), beside) {
        (Some(about), _) => Some(about),
        (None, true) => Some(format!(
            "beside case {} of {}",
            app.in_view.case + 1,
            app.desk.dataset.cases().len()
        )),
        (None, false) => None,
    };
    x = match title {
        Some(title) => paint.put_in(x, 0, right.saturating_sub(x), &title, theme.bold()),
        None => place(app, paint, x, right),
    };
    if beside {
        return;
    }
    if review.submitted.is_some() {
        x = paint.put_in(
            x + 1,
            0,
            right.saturating_sub(x + 1),
            &format!("{} submitted", theme.submitted()),
            theme.bold(),
        );
    }
    if review.earlier.is_some() {
        let words = "~ marks of an earlier text";
        x = paint.put_in(x + 1, 0, right.saturating_sub(x + 1), words, theme.warn());
    }
    if review.flagged {
        x = paint.put_in(
            x + 1,
            0,
            right.saturating_sub(x + 1),
            theme.flag(),
            theme.warn(),
        );
    }
    let (category, subcategory) = app.category_of(case);
    let about = joined(
        app,
        &[
            case.specialty.clone(),
            category.to_owned(),
            subcategory.to_owned(),
        ],
    );
    if right > x + 6 && !about.is_empty() {
        paint.put_in(
            x + 1,
            0,
            right - x - 2,
            &format!("{} {}", theme.dot(), text::safe(&about)),
            theme.dim(),
        );
    }
}

/// Which case is in view, of how many, and which reading of it; gives back where that ends.
fn place(app: &App, paint: &mut Paint<'_>, x: u16, right: u16) -> u16 {
    let (case, n) = (app.in_view.case + 1, app.desk.dataset.cases().len());
    let words = match (app.place_in_queue(), app.desk.plan.steps.len()) {
        (_, 0) if !app.adjudicates() => format!("case {case} of {n}"),
        (Some(place), queued) if app.adjudicates() => {
            format!("ADJUDICATION, dispute {} of {queued}", place + 1)
        }
        (Some(place), queued) => format!("{} of {queued} in your queue", place + 1),
        (None, _) if app.hides_others(app.in_view.case) => {
            format!("ADJUDICATION, case {case} of {n}, yours to read")
        }
        (None, _) if app.is_disputed() => format!("ADJUDICATION, case {case} of {n}, disputed"),
        (None, _) if app.adjudicates() => {
            format!("ADJUDICATION, case {case} of {n}, not disputed")
        }
        (None, _) => format!("case {case} of {n}, not in your queue"),
    };
    let x = paint.put_in(x, 0, right.saturating_sub(x), &words, app.desk.theme.bold());
    let Pass::Again(number) = app.in_view.pass else {
        return x;
    };
    let words = if number == 2 {
        "second reading".to_owned()
    } else {
        format!("reading {number}")
    };
    let room = right.saturating_sub(x + 1);
    paint.put_in(x + 1, 0, room, &words, app.desk.theme.accent())
}

fn instruction(app: &App, paint: &mut Paint<'_>) {
    let mut paint = paint.part(app.screen.frame.instruction);
    let question = app.question();
    if question.is_empty() {
        paint.put(
            1,
            0,
            "A record to read; no instruction comes with it.",
            app.desk.theme.text(),
        );
        return;
    }
    let (rows, _) = &app.in_view.instruction.wrapped;
    let marks: Vec<_> = app
        .looking
        .find
        .instruction
        .iter()
        .map(|r| (r.clone(), app.desk.theme.found()))
        .collect();
    let height = usize::from(paint.area().height);
    for (y, row) in rows
        .iter()
        .skip(app.in_view.instruction.top)
        .take(height)
        .enumerate()
    {
        let (start, end) = (row.start as usize, row.end as usize);
        let width = paint.area().width.saturating_sub(2);
        paint.put_marked(
            1,
            y as u16,
            width,
            &question[start..end],
            start,
            app.desk.theme.bold(),
            &marks,
        );
    }
    // The rows are wrapped so that there is room for this at the right.
    if rows.len() > height {
        let more = format!(
            "{}/{} {}",
            app.in_view.instruction.top + height,
            rows.len(),
            app.desk.key_of(crate::tui::action::Action::InstructionDown)
        );
        let right = paint.area().width;
        paint.put_right(right, height as u16 - 1, &more, app.desk.theme.warn());
    }
}

fn facts(app: &App, paint: &mut Paint<'_>) {
    let mut paint = paint.part(app.screen.frame.facts);
    let theme = app.desk.theme;
    // The patient of the record in view, whichever case stands behind it.
    let id = if app.person().is_empty() {
        "unknown".to_owned()
    } else {
        text::safe(app.person()).into_owned()
    };
    let stranger = app.in_view.visit.as_ref().is_some_and(|v| v.stranger);
    let style = if stranger {
        theme.reversed()
    } else {
        theme.bold()
    };
    let x = paint.put(1, 0, &format!("patient {id}"), style);
    // The moment that the instruction was asked at decides what counts: it is never cut off.
    let asked = app
        .case()
        .as_of
        .filter(|_| app.in_view.visit.as_ref().is_none_or(|v| !v.stranger))
        .map(|at| format!("as of {at}"));
    let asked = asked.unwrap_or_default();
    let mut right = paint.area().width.saturating_sub(1);
    let Some(view) = app.view() else {
        put_facts(app, &mut paint, (x, right), &[vec![asked]]);
        return;
    };
    // What is not shown is said on every screen, whatever else is cut off.
    let timeline = &app.in_view.record.timeline;
    let later = timeline.later();
    let left_out = [
        (later, "later HIDDEN", timeline.hides_later()),
        (timeline.unseen(), "not seen HIDDEN", true),
        (timeline.hidden(), "hidden by filter", true),
    ];
    for (n, what, _) in left_out.into_iter().filter(|l| l.2 && l.0 > 0) {
        let mut text = format!("{} {what}", thousands(n));
        let dropped = timeline.dropped();
        if dropped > 0 && n == timeline.hidden() && paint.area().width >= 100 {
            text = format!("{text}, {} encounters", thousands(dropped));
        }
        let end = paint.put_right(right, 0, &text, theme.warn());
        right = end.saturating_sub(2);
    }
    let (span, years) = match view.span {
        Some((first, last)) => {
            let hidden = timeline.hidden_from().map(crate::record::AsOf::moment);
            let last = hidden.map_or(last, |moment| last.min(moment));
            let (first, last) = (first.date(), last.date());
            let years = format!("{} to {}", first.year(), last.year());
            (format!("{first} to {last}"), years)
        }
        None => ("no dates".to_owned(), "no dates".to_owned()),
    };
    let of = |n: usize, what| format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" });
    let (events, notes) = (
        of(view.record.happened().len(), "event"),
        of(view.count(crate::record::Kind::Note), "note"),
    );
    let counts = format!("{events}, {notes}");
    let [long, mid, short] = patient::who(app, view);
    let line = |who: &[String], rest: &[&String]| {
        let mut all = vec![asked.clone()];
        all.extend_from_slice(who);
        all.extend(rest.iter().map(|r| (*r).clone()));
        all
    };
    // How much the model saw takes the place of the record's size, which it names.
    if let Some(told) = app.told_of_context() {
        let line = |who: &[String], rest: &[&String]| {
            let mut all = vec![asked.clone(), told.clone()];
            all.extend_from_slice(who);
            all.extend(rest.iter().map(|r| (*r).clone()));
            all
        };
        let lines = [
            line(&long, &[&span]),
            line(&mid, &[&years]),
            line(&mid, &[]),
            line(&short, &[]),
        ];
        put_facts(app, &mut paint, (x, right), &lines);
        return;
    }
    // In fewer words before something is left out.
    let lines = [
        line(&long, &[&span, &counts]),
        line(&mid, &[&span, &counts]),
        line(&mid, &[&span]),
        line(&mid, &[&years]),
        line(&mid, &[]),
        line(&short, &[]),
    ];
    put_facts(app, &mut paint, (x, right), &lines);
}

/// Puts the first of some lines of facts that there is room for between two columns, else what there is room for of the last.
fn put_facts(app: &App, paint: &mut Paint<'_>, (x, right): (u16, u16), lines: &[Vec<String>]) {
    let dot = app.desk.theme.dot();
    let room = right.saturating_sub(x + 1);
    let lines = lines.iter().map(|parts| joined(app, parts));
    let mut lines = lines
        .filter(|l| !l.is_empty())
        .map(|l| format!("{dot} {l}"));
    let mut last = None;
    let fits = lines.find_map(|line| {
        if text::width(&line) <= usize::from(room) {
            return Some(line);
        }
        last = Some(line);
        None
    });
    if let Some(text) = fits.or(last) {
        paint.put_in(x + 1, 0, room, &text, app.desk.theme.text());
    }
}

/// A count with separators.
fn thousands(n: usize) -> String {
    text::thousands(n as u64)
}
