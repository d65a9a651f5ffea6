//! Signs and styles of the screen.
//!
//! In: whether only ASCII may be drawn. Out: one sign and one style per meaning. Words are always in the terminal's own two
//! colours, as they are or reversed: no other pair can be read on every palette. Three of the 16 ANSI colours stand behind
//! signs, and words beside them say the same. Never: bold together with a colour or with reversed, which terminals that
//! brighten bold text draw as grey on grey.

use std::cmp::Ordering;

use ratatui::style::{Color, Modifier, Style};

use crate::record::Kind;
use crate::review::{CaseReview, Verdict};

/// Signs and styles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Theme {
    /// Only ASCII signs.
    pub ascii: bool,
    /// Words in place of lines and of what a place or a colour says, for screen readers and braille lines; with ASCII signs.
    pub plain: bool,
}

impl Theme {
    fn pick(self, sign: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { sign }
    }

    /// The sign of a verdict, or of none.
    pub(crate) fn verdict(self, verdict: Option<Verdict>) -> &'static str {
        match verdict {
            Some(Verdict::Correct) => self.pick("✓", "+"),
            Some(Verdict::Incorrect) => self.pick("✗", "x"),
            Some(Verdict::Unsure) => "?",
            None => self.pick("–", "-"),
        }
    }

    /// In place of a verdict where there is no answer.
    pub(crate) fn no_answer(self) -> &'static str {
        self.pick("∅", "/")
    }

    /// The style of a verdict's sign; its word stands beside it where there is room.
    pub(crate) fn verdict_style(self, verdict: Option<Verdict>) -> Style {
        match verdict {
            Some(Verdict::Correct) => chip(Color::Black, Color::Green),
            Some(Verdict::Incorrect) => chip(Color::White, Color::Red),
            Some(Verdict::Unsure) => chip(Color::Black, Color::Yellow),
            None => self.text(),
        }
    }

    /// The style of the sign before words on what is in the way.
    pub(crate) fn blocks(self) -> Style {
        chip(Color::Black, Color::Yellow)
    }

    /// The style of the sign before words on what may be lost or mistaken.
    pub(crate) fn danger(self) -> Style {
        chip(Color::White, Color::Red)
    }

    /// The sign of what a review says of a model's answer, and its style: a verdict, one on an earlier text, or none.
    pub(crate) fn mark(self, review: &CaseReview, model: &str) -> (&'static str, Style) {
        if review.earlier_verdict(model).is_some() {
            let sign = if self.plain { "earlier text" } else { "~" };
            return (sign, self.warn());
        }
        let verdict = review.verdict(model);
        let sign = match verdict {
            _ if !self.plain => self.verdict(verdict),
            Some(verdict) => verdict.name(),
            None => "no mark",
        };
        (sign, self.verdict_style(verdict))
    }

    /// The sign before a folded encounter.
    pub(crate) fn folded(self) -> &'static str {
        self.pick("▸", "+")
    }

    /// The sign before an unfolded encounter.
    pub(crate) fn unfolded(self) -> &'static str {
        self.pick("▾", "-")
    }

    /// The sign of the selected line.
    pub(crate) fn cursor(self) -> &'static str {
        self.pick("▌", ">")
    }

    /// The sign of a place found.
    pub(crate) fn hit(self) -> &'static str {
        self.pick("○", "o")
    }

    /// The sign of a pinned passage or event.
    pub(crate) fn pin(self) -> &'static str {
        self.pick("◆", "@")
    }

    /// Before what a model saw.
    pub(crate) fn saw(self) -> &'static str {
        self.pick("┃", "|")
    }

    /// Before an event of which a model saw the end only.
    pub(crate) fn saw_end(self) -> &'static str {
        self.pick("╻", ",")
    }

    /// The map where there are events and a model saw none of them.
    pub(crate) fn unseen_bar(self) -> &'static str {
        self.pick("╌", "'")
    }

    /// The map where the patient was in hospital.
    pub(crate) fn stay(self) -> &'static str {
        "H"
    }

    /// The text of a pinned passage.
    pub(crate) fn pinned(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// The sign before a count of notices and other warnings.
    pub(crate) fn warning(self) -> &'static str {
        self.pick("‼", "!!")
    }

    /// Between facts on a line.
    pub(crate) fn dot(self) -> &'static str {
        self.pick("·", if self.plain { ";" } else { "|" })
    }

    /// A vertical rule.
    pub(crate) fn rule(self) -> &'static str {
        self.pick("│", if self.plain { " " } else { "|" })
    }

    /// A horizontal rule.
    pub(crate) fn line(self) -> &'static str {
        self.pick("─", if self.plain { " " } else { "-" })
    }

    /// Where a rule comes down from a line.
    pub(crate) fn tee(self) -> &'static str {
        self.pick("┬", if self.plain { " " } else { "+" })
    }

    /// A flagged case.
    pub(crate) fn flag(self) -> &'static str {
        self.pick("⚑", "*")
    }

    /// A submitted case.
    pub(crate) fn submitted(self) -> &'static str {
        self.pick("●", "#")
    }

    /// A case with some marks.
    pub(crate) fn begun(self) -> &'static str {
        self.pick("◐", "~")
    }

    /// A case without marks.
    pub(crate) fn untouched(self) -> &'static str {
        self.pick("○", ".")
    }

    /// Eight heights of a bar, lowest first; the map draws nothing for none.
    pub(crate) fn bars(self) -> [&'static str; 8] {
        if self.ascii {
            [".", ":", ":", "-", "-", "=", "=", "#"]
        } else {
            ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        }
    }

    /// The map where there are no events.
    pub(crate) fn empty_bar(self) -> &'static str {
        self.pick("·", " ")
    }

    /// A value above or below the range that the record states.
    pub(crate) fn outside(self, outside: Ordering) -> &'static str {
        match outside {
            Ordering::Greater => self.pick("↑", "H"),
            Ordering::Less => self.pick("↓", "L"),
            Ordering::Equal => "",
        }
    }

    /// A bar that shows how far something is: what is done, what is not.
    pub(crate) fn progress(self) -> (&'static str, &'static str) {
        (self.pick("█", "#"), self.pick("░", "."))
    }

    /// The letter of a kind of event.
    pub(crate) fn kind(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Visit => "V",
            Kind::VisitDetail => "v",
            Kind::Condition => "D",
            Kind::Drug => "R",
            Kind::Measurement => "M",
            Kind::Observation => "O",
            Kind::Procedure => "P",
            Kind::Device => "X",
            Kind::Note => "N",
            Kind::Image => "I",
            Kind::Death => self.pick("†", "d"),
            Kind::Person => "@",
            Kind::Other => "?",
        }
    }

    /// Ordinary text.
    pub(crate) fn text(self) -> Style {
        Style::new()
    }

    /// What matters.
    pub(crate) fn bold(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What one can do without: rules, and what is said elsewhere too.
    pub(crate) fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What is chosen, and titles.
    pub(crate) fn accent(self) -> Style {
        self.bold()
    }

    /// What is in the way or went wrong, in words; `blocks` or `danger` has the sign before them.
    pub(crate) fn alert(self) -> Style {
        self.bold()
    }

    /// What is off, in words.
    pub(crate) fn warn(self) -> Style {
        self.bold()
    }

    /// The heading of what is in focus, and what must not be missed: the terminal's own colours in reverse.
    pub(crate) fn reversed(self) -> Style {
        Style::new()
            .fg(Color::Reset)
            .bg(Color::Reset)
            .add_modifier(Modifier::REVERSED)
            .remove_modifier(Modifier::BOLD | Modifier::DIM)
    }

    /// The heading of a pane.
    pub(crate) fn heading(self, focused: bool) -> Style {
        if focused {
            self.reversed()
        } else {
            self.text()
        }
    }

    /// What is selected in a text.
    pub(crate) fn selected(self, focused: bool) -> Style {
        if focused {
            self.reversed()
        } else {
            self.bold()
        }
    }

    /// The signs of a row whose claims all occur in the record, and of one with a claim that does not.
    pub(crate) fn grounded(self) -> (&'static str, &'static str) {
        (self.pick("·", "."), self.pick("¿", "?"))
    }

    /// A claim that occurs in the record, or does not; a sign stands before the row, too.
    pub(crate) fn claim(self, occurs: bool) -> Style {
        if occurs {
            Style::new().add_modifier(Modifier::UNDERLINED)
        } else {
            self.found()
        }
    }

    /// Text that was found.
    pub(crate) fn found(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// The place found that the search stands at; on a selected row it is what is not reversed.
    pub(crate) fn found_here(self) -> Style {
        self.reversed().add_modifier(Modifier::UNDERLINED)
    }
}

/// A sign on a colour, neither bold nor dim.
const fn chip(sign: Color, behind: Color) -> Style {
    Style::new()
        .fg(sign)
        .bg(behind)
        .remove_modifier(Modifier::BOLD.union(Modifier::DIM))
}
