//! The records that are proposed for the instructions: looking at them, saying whether they suit, how good the proposals are. What is
//! proposed is kept beyond the list.

mod figures;

use ratatui::layout::Position;

use super::{Next, Overlay};
use crate::review::entry::Relevant;
use crate::review::{Act, Turn};
use crate::search::retrieve::tokens::Tokens;
use crate::text::{self, thousands};
use crate::tui::action::{self, Action, Layer};
use crate::tui::app::{App, Effect, Tone};
use crate::tui::matches::{Label, MatchRow};
use crate::tui::paint::Paint;
use crate::tui::ranked::percent;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::heading::heading;
use crate::tui::widgets::list::{List, motion, select};
use crate::tui::widgets::narrow::Narrow;

/// What stands in the place of candidates' signs where no record scores above 0.
const NONE_FITS: &str = "no record fits";

/// Keys of the list.
const LAYERS: &[Layer] = &[Layer::Matches, Layer::Global];

/// The list; what it lists is kept beyond it.
pub(crate) struct Proposed {
    narrow: Narrow,
    /// The list as it was when it was fitted last, and what moves while its line is typed.
    list: List,
    cursor: usize,
}

/// Opens the matches as they were left; they are made when they are opened first.
pub(crate) fn open(app: &mut App) {
    // A record that is looked at gives way to the list: keys must not mean either.
    if app.in_view.visit.is_some() {
        app.looking.jump = None;
        app.change_to(app.step());
    }
    app.looking.matches.narrow(None);
    let whole = Proposed::whole(app);
    app.open(whole);
    if app.looking.matches.proposals.is_none() && app.looking.matches.working.is_none() {
        app.make_matches();
    }
}

impl Proposed {
    /// The list as it is, not narrowed.
    pub(super) fn whole(app: &App) -> Self {
        let list = app.looking.matches.list;
        Proposed {
            narrow: Narrow::new(),
            cursor: list.cursor,
            list,
        }
    }
}

impl Overlay for Proposed {
    fn layers(&self) -> &'static [Layer] {
        LAYERS
    }

    fn fit(&mut self, app: &mut App) {
        let height = app.screen.frame.rows();
        let above = usize::from(self.narrow.is_shown());
        let list = &mut app.looking.matches.list;
        list.go(self.list.cursor as isize - self.cursor as isize);
        list.resize(height.saturating_sub(rows_below(height) + above));
        (self.list, self.cursor) = (*list, list.cursor);
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
        let every = app.looking.matches.every();
        let kept = self.narrow.keep(every.iter().map(|row| words(app, *row)));
        let all = kept.len() == every.len();
        let kept = kept.into_iter().map(|i| every[i]).collect();
        app.looking.matches.narrow((!all).then_some(kept));
        let list = app.looking.matches.list;
        (self.list, self.cursor) = (list, list.cursor);
    }

    fn close(self: Box<Self>, app: &mut App) -> Next {
        app.looking.matches.narrow(None);
        None
    }

    fn act(self: Box<Self>, app: &mut App, action: Action) -> Next {
        if let Some(by) = motion(action, app.looking.matches.list.height) {
            app.looking.matches.list.go(by);
            return Some(self);
        }
        match action {
            Action::Choose | Action::Toggle | Action::Left | Action::Right => {
                choose(app, action);
            }
            Action::NextUnlabelled => next_unlabelled(app),
            Action::MatchWords => {
                app.looking.matches.tokens = match app.looking.matches.tokens {
                    Tokens::Chart => Tokens::Split,
                    Tokens::Split | Tokens::LowerSplit => Tokens::Chart,
                };
                app.make_matches();
            }
            Action::StopIndex if app.looking.matches.working.is_some() => {
                app.desk.effects.push(Effect::StopMatch);
            }
            Action::StopIndex => app.say(Tone::Calm, "Nothing is being counted"),
            Action::Undo => app.change_last(Turn::Undo, is_label),
            Action::Redo => app.change_last(Turn::Redo, is_label),
            _ => app.close_first(),
        }
        // A record that is looked at now takes the place of the list.
        app.in_view
            .visit
            .is_none()
            .then_some(self as Box<dyn Overlay>)
    }

    /// What is said of a record is said of the one selected.
    fn lets_through(&self, action: Action) -> bool {
        action::of(action).layers.contains(&Layer::Candidate)
    }

    fn draw(&self, app: &App, paint: &mut Paint<'_>) -> Option<Position> {
        let first = 1 + u16::from(self.narrow.is_shown());
        list(app, paint, first);
        (first > 1).then(|| self.narrow.draw(app.desk.theme, paint, 1))?
    }

    fn hints(&self) -> &'static [Action] {
        &[
            Action::Choose,
            Action::Relevant,
            Action::NotRelevant,
            Action::PartlyRelevant,
            Action::NextUnlabelled,
            Action::Back,
            Action::LabelComment,
            Action::Undo,
            Action::Find,
            Action::MatchWords,
        ]
    }

    fn hint(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Choose => Some("open"),
            Action::Find => Some("type to filter"),
            _ => None,
        }
    }
}

fn is_label(act: &Act) -> bool {
    matches!(act, Act::Relevance { .. })
}

fn choose(app: &mut App, action: Action) {
    let Some(row) = app.looking.matches.selected() else {
        return;
    };
    let open = app.looking.matches.is_open(row.ask());
    match (action, row) {
        (Action::Right, MatchRow::Ask(_)) if open => app.looking.matches.list.go(1),
        (Action::Left, MatchRow::Ask(_)) if !open => {}
        (Action::Left | Action::Toggle, _) | (_, MatchRow::Ask(_)) => {
            app.looking.matches.toggle(row.ask());
        }
        _ => app.open_candidate(row),
    }
}

fn next_unlabelled(app: &mut App) {
    let Some(from) = app.looking.matches.selected() else {
        return;
    };
    let next = app.looking.matches.next(from, true, |row| {
        app.pair(row).is_some_and(|(instruction, person)| {
            let label = app.looking.matches.label(&instruction, &person);
            label.own.is_none() && matches!(row, MatchRow::Candidate(..))
        })
    });
    match next {
        Some(row) => app.looking.matches.go_to(row),
        None => app.say(Tone::Calm, "You labelled every candidate from here on"),
    }
}

/// The rows that the figures take below a list, by the height of both.
fn rows_below(height: usize) -> usize {
    if height >= 14 { 6 } else { 0 }
}

/// What typing narrows the list by: never what is hidden, nor what others said.
fn words(app: &App, row: MatchRow) -> String {
    let matches = &app.looking.matches;
    if let (MatchRow::Ask(ask), Some(proposals)) = (row, &matches.proposals) {
        let ask = &proposals.asks[ask];
        return format!("{} {}", ask.instruction_id, ask.question);
    }
    let Some((instruction, person)) = app.pair(row) else {
        return String::new();
    };
    let label = matches.label(&instruction, &person);
    let comment = label.own.as_ref().map_or("", |own| own.comment.as_str());
    format!("patient {person} {} {comment}", label.words())
}

/// Draws it; `first` is the list's first row.
fn list(app: &App, paint: &mut Paint<'_>, first: u16) {
    let (theme, matches) = (app.desk.theme, &app.looking.matches);
    let right = match &matches.proposals {
        Some(_) => format!(
            "{} of {} candidates labelled",
            thousands(matches.labelled.0 as u64),
            thousands(matches.labelled.1 as u64)
        ),
        None => String::new(),
    };
    heading(
        theme,
        paint,
        "Matches: records proposed for the instructions",
        &right,
    );
    let height = usize::from(paint.area().height.saturating_sub(first));
    if let Some(why) = &matches.problem {
        paint.put(
            2,
            2,
            &format!("No records are proposed: {why}"),
            theme.alert(),
        );
        let again = format!(
            "{} and {} try again",
            app.desk.key_of(Action::Back),
            app.desk.key_of(Action::Matches)
        );
        paint.put(2, 4, &again, theme.text());
        return;
    }
    let Some(proposals) = &matches.proposals else {
        working(app, paint);
        return;
    };
    let list = matches.list;
    if matches.rows.is_empty() && first > 1 {
        paint.put(2, first + 1, "Nothing has these words.", theme.text());
    }
    for (y, i) in (list.top..matches.rows.len()).take(list.height).enumerate() {
        let y = first + y as u16;
        match matches.rows[i] {
            MatchRow::Ask(ask) => draw_ask(app, paint, y, ask),
            row => draw_record(app, paint, y, row),
        }
        select(theme, paint, y, i == list.cursor);
    }
    if rows_below(height) > 0 {
        let y = first + list.height as u16;
        paint.line(y, theme.line(), theme.dim());
        if matches.working.is_some() {
            working(app, paint);
        }
        let words = match proposals.tokens {
            Tokens::Split => "cut as in the study",
            Tokens::LowerSplit => "cut at blanks, lower case",
            Tokens::Chart => "cut as in search",
        };
        paint.put(2, y, &format!(" words {words} "), theme.text());
        figures::draw(app, paint, y + 1, proposals.top);
    }
}

fn working(app: &App, paint: &mut Paint<'_>) {
    let Some(now) = &app.looking.matches.working else {
        return;
    };
    let y = paint.area().height.saturating_sub(1).min(2);
    let y = if app.looking.matches.proposals.is_some() {
        1
    } else {
        y
    };
    let x = bar(app.desk.theme, paint, 2, y, percent(now));
    let stop = app.index_key(LAYERS, Action::StopIndex);
    let text = format!(
        "Counting the records' words: {} %, {} of {} records; {stop} stops",
        percent(now),
        thousands(now.records as u64),
        thousands(now.of_records as u64)
    );
    paint.put(x + 1, y, &text, app.desk.theme.text());
}

fn draw_ask(app: &App, paint: &mut Paint<'_>, y: u16, ask: usize) {
    let (theme, matches) = (app.desk.theme, &app.looking.matches);
    let Some(proposals) = &matches.proposals else {
        return;
    };
    let width = paint.area().width;
    let sign = if matches.is_open(ask) {
        theme.unfolded()
    } else {
        theme.folded()
    };
    paint.put(1, y, sign, theme.accent());
    let missed = !proposals.missed[ask].is_empty();
    if missed && matches.tells_missed(ask) {
        paint.put(3, y, theme.warning(), theme.warn());
    }
    // One sign a candidate, so that gaps are seen without unfolding.
    let taken = match proposals.candidates[ask].len() {
        0 => NONE_FITS.len(),
        some => some * 2,
    };
    let mut x = width.saturating_sub(taken as u16 + 1);
    let end = x;
    if proposals.candidates[ask].is_empty() {
        paint.put(x, y, NONE_FITS, theme.text());
    }
    for i in 0..proposals.candidates[ask].len() {
        let label = label_of(app, MatchRow::Candidate(ask, i));
        let style = if label.own.is_some() {
            theme.bold()
        } else {
            theme.text()
        };
        paint.put(x, y, sign_of(app, &label), style);
        x += 2;
    }
    let question: Vec<&str> = proposals.asks[ask].question.split_whitespace().collect();
    paint.put_in(
        6,
        y,
        end.saturating_sub(7),
        &question.join(" "),
        theme.bold(),
    );
}

fn draw_record(app: &App, paint: &mut Paint<'_>, y: u16, row: MatchRow) {
    let (theme, matches) = (app.desk.theme, &app.looking.matches);
    let (Some(proposals), Some((_, person))) = (&matches.proposals, app.pair(row)) else {
        return;
    };
    let label = label_of(app, row);
    let (rank, score, words) = match row {
        MatchRow::Candidate(ask, i) => {
            let score = proposals.candidates[ask][i].score;
            let words = proposals.words[ask][i].iter();
            let words: Vec<String> = words.map(|(w, s)| format!("{w} {s:.1}")).collect();
            // Both are of the whole record: the words may come in what is hidden only.
            let hides = app.screen.hides_later && matches.is_dated(ask);
            let score = score.filter(|_| !hides);
            let words = if hides { Vec::new() } else { words };
            let score = score.map(|s| format!("{s:.1}")).unwrap_or_default();
            ((i + 1).to_string(), score, words.join(", "))
        }
        MatchRow::Missed(ask, i) => {
            let rank = proposals.missed[ask][i].rank;
            let all = thousands(app.desk.dataset.record_files().len() as u64);
            let what = format!("a clinician answered on this record; it is number {rank} of {all}");
            (theme.warning().to_owned(), String::new(), what)
        }
        MatchRow::Ask(_) => return,
    };
    paint.put(6, y, &rank, theme.text());
    paint.put_right(15, y, &score, theme.text());
    let x = paint.put(
        17,
        y,
        &format!("patient {}", text::safe(&person)),
        theme.text(),
    );
    let style = if label.own.is_some() {
        theme.accent()
    } else {
        theme.text()
    };
    let x = paint.put(x.max(35) + 2, y, &label.words(), style);
    let x = x.max(47) + 2;
    let room = paint.area().width.saturating_sub(x + 1);
    match &label.own {
        Some(own) if !own.comment.is_empty() => {
            paint.put_in(
                x,
                y,
                room,
                &format!("\u{201c}{}\u{201d}", own.comment),
                theme.text(),
            );
        }
        _ => drop(paint.put_in(x, y, room, &words, theme.text())),
    }
}

fn label_of(app: &App, row: MatchRow) -> Label {
    let pair = app.pair(row);
    pair.map_or_else(Label::default, |(i, p)| app.looking.matches.label(&i, &p))
}

fn sign_of(app: &App, label: &Label) -> &'static str {
    let theme = app.desk.theme;
    match label.own.as_ref().map(|o| o.label) {
        Some(Relevant::Yes) => theme.verdict(Some(crate::review::Verdict::Correct)),
        Some(Relevant::No) => theme.verdict(Some(crate::review::Verdict::Incorrect)),
        Some(Relevant::Partly) => "~",
        None => theme.dot(),
    }
}
