//! The list of cases: which are listed, how far each is, what it is about.

use std::fmt::Write as _;

use ratatui::layout::Position;
use ratatui::style::Style;

use super::{Next, Overlay, move_in};
use crate::dataset::Case;
use crate::review::plan::Step;
use crate::review::{CaseReview, Pass};
use crate::text;
use crate::tui::action::{Action, Layer};
use crate::tui::app::{App, Tone};
use crate::tui::paint::Paint;
use crate::tui::queue::CaseFilter;
use crate::tui::theme::Theme;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, select};
use crate::tui::widgets::narrow::Narrow;

/// The list, under the filter that stepping through the cases follows, too.
pub(crate) struct Cases {
    filter: CaseFilter,
    /// The readings under the filter, and those that typing leaves.
    all: Vec<Step>,
    shown: Vec<Step>,
    list: List,
    narrow: Narrow,
}

/// Opens the list at the case in view.
pub(crate) fn open(app: &mut App) {
    let shown = app.listed();
    let here = shown.iter().position(|s| *s == app.step());
    let after = || shown.iter().position(|s| s.case >= app.in_view.case);
    let cursor = here.or_else(after).unwrap_or(0);
    let list = List::new(shown.len(), cursor, app.screen.frame.rows());
    app.open(Cases {
        filter: app.desk.plan.filter.clone(),
        all: shown.clone(),
        shown,
        list,
        narrow: Narrow::new(),
    });
}

impl Overlay for Cases {
    fn layers(&self) -> &'static [Layer] {
        &[Layer::Cases, Layer::List, Layer::Global]
    }

    fn fit(&mut self, app: &mut App) {
        let rows = app.screen.frame.rows();
        let above = usize::from(self.narrow.is_shown());
        self.list.resize(rows.saturating_sub(above));
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
            .row_at(y, 1 + u16::from(self.narrow.is_shown()), 1)
    }

    fn typed(&mut self, app: &mut App) {
        let cases = app.desk.dataset.cases();
        let words = self.all.iter().map(|step| {
            let case = &cases[step.case];
            let review = review_of(app, *step);
            let turn = review.map_or("", |review| turn(app, *step, review));
            format!(
                "{} {} {} {turn} {}",
                step.case + 1,
                case.person_id,
                case.specialty,
                case.question
            )
        });
        let kept = self.narrow.keep(words);
        self.shown = kept.into_iter().map(|i| self.all[i]).collect();
        let here = self.shown.iter().position(|s| *s == app.step());
        self.list = List::new(self.shown.len(), here.unwrap_or(0), self.list.height);
    }

    fn act(mut self: Box<Self>, app: &mut App, action: Action) -> Next {
        let filter = match action {
            Action::Choose | Action::Toggle => {
                if let Some(step) = self.shown.get(self.list.cursor) {
                    app.open_step(*step);
                }
                return None;
            }
            Action::FilterQueue if app.desk.plan.steps.is_empty() => {
                app.say(
                    Tone::Calm,
                    "There is no plan with cases for you; `medalign plan` makes one",
                );
                return Some(self);
            }
            Action::FilterAll => CaseFilter::All,
            Action::FilterQueue => CaseFilter::Queue,
            Action::FilterUnfinished => CaseFilter::Unfinished,
            Action::FilterMine => CaseFilter::Mine,
            Action::FilterFlagged => CaseFilter::Flagged,
            Action::FilterCategory => next_category(app),
            _ => {
                move_in(&mut self.list, app, action);
                return Some(self);
            }
        };
        app.desk.plan.filter = filter;
        open(app);
        None
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let (theme, filter, list) = (app.desk.theme, &self.filter, self.list);
        let all = app.desk.dataset.cases();
        let shown = &self.shown;
        let title = format!("Cases: {} ({})", filter_name(app, filter), shown.len());
        heading(theme, paint, &title, &progress(app, filter));
        if shown.is_empty() {
            paint.put(2, 3, "No case is listed under this filter.", theme.text());
        }
        let mut caret = None;
        let mut first = 1;
        if self.narrow.is_shown() {
            caret = self.narrow.draw(theme, paint, 1);
            first = 2;
        }
        for (y, i) in (first..).zip((list.top..shown.len()).take(list.height)) {
            let step = shown[i];
            let number = if *filter == CaseFilter::Queue {
                i
            } else {
                step.case
            };
            if let (Some(case), Some(review)) = (all.get(step.case), review_of(app, step)) {
                case_row(app, paint, y, (step, number), case, review);
            }
            select(theme, paint, y, i == list.cursor);
        }
        caret
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Choose,
            Action::Find,
            Action::FilterAll,
            Action::FilterQueue,
            Action::FilterUnfinished,
            Action::FilterMine,
            Action::FilterFlagged,
            Action::FilterCategory,
            Action::Back,
        ]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        (action == Action::Find).then_some("type to filter")
    }
}

/// The category behind the one that is listed, all cases behind the last.
fn next_category(app: &App) -> CaseFilter {
    let all = app.categories();
    let next = match &app.desk.plan.filter {
        CaseFilter::Category(name) => {
            let here = all.iter().position(|c| c == name);
            here.map_or(0, |i| i + 1)
        }
        _ => 0,
    };
    all.get(next).map_or(CaseFilter::All, |name| {
        CaseFilter::Category((*name).to_owned())
    })
}

/// A filter's name; that of a category is the category's.
fn filter_name(app: &App, filter: &CaseFilter) -> String {
    if *filter == CaseFilter::Queue && app.adjudicates() {
        return "disputed".to_owned();
    }
    match filter {
        CaseFilter::Category(name) => text::safe(name).into_owned(),
        _ => filter.name().to_owned(),
    }
}

fn review_of(app: &App, step: Step) -> Option<&CaseReview> {
    let case = app.desk.dataset.cases().get(step.case)?;
    Some(app.desk.log.ledger().reading(step.pass, &case.key()))
}

/// How far the reviewer is, in the queue or in all cases.
fn progress(app: &App, filter: &CaseFilter) -> String {
    let first = |case| Step {
        case,
        pass: app.usual_pass(),
    };
    let steps: Vec<Step> = if *filter == CaseFilter::Queue {
        app.desk.plan.steps.clone()
    } else {
        (0..app.desk.dataset.cases().len()).map(first).collect()
    };
    let reviews = steps.iter().filter_map(|s| review_of(app, *s));
    let reviews: Vec<&CaseReview> = reviews.collect();
    let submitted = reviews.iter().filter(|r| r.is_done()).count();
    let begun = reviews.iter().filter(|r| r.is_begun()).count() - submitted;
    let mut right = format!("{submitted} of {} submitted", steps.len());
    if begun > 0 {
        let _ = write!(right, ", {begun} begun");
    }
    right
}

impl App {
    /// How far the reviewer is, for after the screen.
    pub(in crate::tui) fn how_far(&self) -> String {
        let queue = !self.desk.plan.steps.is_empty();
        let filter = if queue {
            CaseFilter::Queue
        } else {
            CaseFilter::All
        };
        let name = text::safe(self.desk.dataset.name());
        format!("{name}: {}", progress(self, &filter))
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
    let theme = app.desk.theme;
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
    let (sign, style) = sign_of(theme, review);
    paint.put(1, y, sign, style);
    paint.put(
        3,
        y,
        if review.flagged { theme.flag() } else { " " },
        theme.warn(),
    );
    let x = paint.put(5, y, &format!("{:>4}", number + 1), theme.text());
    let x = paint.put(
        x + 1,
        y,
        &format!("{judged}/{}", case.responses.len()),
        theme.text(),
    );
    let lost = case.outcomes.iter().filter(|o| !o.outcome.is_answer());
    let x = match lost.count() {
        0 => x,
        n => paint.put(x, y, &format!(" {n}{}", theme.no_answer()), theme.text()),
    };
    let turn = turn(app, step, review);
    let x = if turns(app) {
        let style = if turn.starts_with(MINE) {
            theme.accent()
        } else {
            theme.text()
        };
        // One column, so that whose turn it is can be read down.
        paint.put(x + 1, y, turn, style).max(x + 1 + TURN)
    } else {
        x
    };
    let x = match step.pass {
        Pass::First => x,
        Pass::Again(_) => paint.put(x + 1, y, "again", theme.accent()),
        Pass::Adjudication => paint.put(x + 1, y, &disputed(app, step.case, width), theme.warn()),
    };
    let x = if width >= 72 {
        let person = text::clip(&case.person_id, 20);
        paint.put(x + 1, y, &person, theme.text())
    } else {
        x
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
    let style = if step == app.step() {
        theme.bold()
    } else {
        theme.text()
    };
    paint.put_in(x + 2, y, end.saturating_sub(x + 3), &question, style);
}

/// How far a case is, as a sign.
fn sign_of(theme: Theme, review: &CaseReview) -> (&'static str, Style) {
    if review.earlier.is_some() {
        ("~", theme.warn())
    } else if review.submitted.is_some() {
        (theme.submitted(), theme.accent())
    } else if review.is_begun() {
        (theme.begun(), theme.text())
    } else {
        (theme.untouched(), theme.text())
    }
}

/// Columns of whose turn it is.
const TURN: u16 = 13;
const MINE: &str = "mine";
const SECOND: &str = "second reader";
const ADJUDICATOR: &str = "adjudicator";
const WAITING: &str = "waiting";

/// Whether it is known whose turn it is at cases: where a plan gives them to people, and in an adjudication.
fn turns(app: &App) -> bool {
    app.desk.plan.all.is_some() || app.adjudicates()
}

/// Whose turn it is at a case; empty where it is nobody's. Of others it tells what the plan says, not what they did: that they are through
/// would be known to somebody who is still to read.
fn turn(app: &App, step: Step, review: &CaseReview) -> &'static str {
    let others = app
        .desk
        .plan
        .others
        .get(step.case)
        .copied()
        .unwrap_or_default();
    let Some(adjudication) = &app.desk.adjudication else {
        let steps = &app.desk.plan.steps;
        return match (steps.contains(&step), review.is_done()) {
            _ if !turns(app) => "",
            (true, false) => MINE,
            // Who read it by themselves is through as well.
            (_, true) if others > 0 => SECOND,
            (false, false) if others > 0 => WAITING,
            _ => "",
        };
    };
    if app.hides_others(step.case) {
        return MINE;
    }
    let readers = adjudication.readers(step.case);
    let planned = app.desk.plan.all.as_ref().map_or(0, |all| {
        others + usize::from(all.iter().any(|s| s.case == step.case))
    });
    match adjudication.dispute(step.case) {
        _ if review.is_done() || adjudication.is_decided(step.case) => "",
        Some(_) => ADJUDICATOR,
        None if readers == 1 && planned < 2 || readers > 0 && readers < planned => SECOND,
        None if readers == 0 => WAITING,
        None => "",
    }
}

/// What a case is disputed about, in few words where there is little room.
fn disputed(app: &App, case: usize, width: u16) -> String {
    let Some(adjudication) = &app.desk.adjudication else {
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
