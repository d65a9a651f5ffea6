//! Where everything is on the screen.
//!
//! In: the size, how many rows the instruction needs, which pane has the focus. Out: rectangles. Computed when something
//! of that changes, before any pane moves; drawing only reads it.

use ratatui::layout::Rect;

use crate::tui::panes::answers::MIN_COLUMN;

/// The pane that keys go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Focus {
    /// The record.
    #[default]
    Timeline,
    /// The models' answers.
    Answers,
    /// The reviewer's gold response.
    Gold,
}

/// The least size that is drawn.
pub(crate) const MIN_SIZE: (u16, u16) = (40, 12);
/// From this width on, the panes are side by side.
const WIDE: u16 = 100;
/// From this height on, messages have a row of their own.
const TALL: u16 = 30;

/// What the layout depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// Rows of the wrapped instruction.
    pub instruction: u16,
    /// Answers of the case.
    pub answers: u16,
    /// The pane in focus.
    pub focus: Focus,
    /// Whether it has the whole width.
    pub zoom: bool,
    /// Whether the gold response stands beside the record, in place of the answers.
    pub gold: bool,
    /// Whether a text editor needs this many rows at the bottom of the answers.
    pub editor: u16,
    /// Rows that are said to somebody who is new.
    pub guide: u16,
    /// Whether all is said in words, one pane at a time.
    pub plain: bool,
}

/// Rectangles of one screen; an empty one is not drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The screen is too small for anything else.
    pub too_small: bool,
    /// Whether the panes are side by side.
    pub wide: bool,
    /// Case, reviewer, notices, saved.
    pub status: Rect,
    pub instruction: Rect,
    /// Patient facts (wide) or facts and tabs (narrow).
    pub facts: Rect,
    /// The panes' tabs, where one is shown at a time.
    pub tabs: Rect,
    /// The record's map.
    pub map: Rect,
    /// Headings of the panes.
    pub headings: Rect,
    pub timeline: Rect,
    /// The rule between the panes.
    pub rule: Rect,
    /// The answers, below their heading.
    pub answers: Rect,
    /// The gold response.
    pub gold: Rect,
    /// Text entry below the answers.
    pub editor: Rect,
    /// Verdicts and ranking.
    pub rank: Rect,
    /// Messages and prompts; the same row as the hints on a low screen.
    pub message: Rect,
    pub hints: Rect,
    /// What is said to somebody who is new, below the panes.
    pub guide: Rect,
    /// All the panes: where overlays are drawn.
    pub middle: Rect,
}

impl Frame {
    /// The most rows that an instruction gets on a screen of some height; a longer one scrolls.
    pub(crate) fn most_of_instruction(height: u16) -> u16 {
        if height < 20 { 2 } else { height / 3 }
    }

    /// Rows of what lies over all the panes, below its heading.
    pub(crate) fn rows(&self) -> usize {
        // The heading stands on the row of the panes' headings.
        usize::from(self.middle.height).max(1)
    }

    /// A pane with the row of its heading, for what lies over it; all the panes where they are not side by side.
    pub(crate) fn over(&self, pane: Rect) -> Rect {
        let area = if self.rule.is_empty() {
            self.middle
        } else {
            pane
        };
        Rect {
            y: area.y.saturating_sub(1),
            height: area.height + 1,
            ..area
        }
    }

    /// The pane beside the timeline, for what is read in the record; all the panes where there is none.
    pub(crate) fn beside_timeline(&self) -> Rect {
        let panes = [self.gold, self.answers];
        let beside = panes.into_iter().find(|pane| !pane.is_empty());
        beside.unwrap_or(self.middle)
    }

    /// Lays out a screen.
    pub(crate) fn of(needs: Needs) -> Frame {
        let (width, height) = needs.size;
        if width < MIN_SIZE.0 || height < MIN_SIZE.1 {
            return Frame {
                too_small: true,
                message: Rect::new(0, 0, width, height.min(1)),
                ..Frame::default()
            };
        }
        let mut f = Frame {
            wide: width >= WIDE && !needs.plain,
            ..Frame::default()
        };
        let row = |y: u16| Rect::new(0, y, width, 1);
        f.status = row(0);
        let lines = needs
            .instruction
            .clamp(1, Frame::most_of_instruction(height));
        f.instruction = Rect::new(0, 1, width, lines);
        let mut top = 1 + lines;
        f.facts = row(top);
        top += 1;
        if height >= 16 && !needs.plain {
            f.map = row(top);
            top += 1;
        }
        let mut bottom = height - 1;
        f.hints = row(bottom);
        f.message = f.hints;
        if height >= TALL {
            bottom -= 1;
            f.message = row(bottom);
        }
        // In words, verdicts and ranks have a row each.
        let rows = 1 + u16::from(needs.plain && height >= 16);
        bottom -= rows;
        f.rank = Rect::new(0, bottom, width, rows);
        if f.wide {
            f.headings = row(top);
        } else {
            f.tabs = row(top);
        }
        top += 1;
        let guide = needs.guide.min(bottom.saturating_sub(top + 1));
        bottom -= guide;
        f.guide = Rect::new(0, bottom, width, guide);
        let middle = Rect::new(0, top, width, bottom.saturating_sub(top));
        f.middle = middle;
        let both = f.wide && !needs.zoom && (needs.answers > 0 || needs.gold);
        if both {
            let left = if needs.gold {
                width - gold_width(width)
            } else {
                timeline_width(width, needs.answers)
            };
            f.timeline = Rect {
                width: left,
                ..middle
            };
            f.rule = Rect::new(left, middle.y, 1, middle.height);
            let right = Rect::new(left + 1, middle.y, width - left - 1, middle.height);
            if needs.gold {
                f.gold = right;
            } else {
                f.answers = right;
            }
        } else if needs.focus == Focus::Gold {
            f.gold = middle;
        } else if needs.focus == Focus::Answers {
            f.answers = middle;
        } else {
            f.timeline = middle;
        }
        if needs.editor > 0 {
            // A comment is written under the answers, so that they stay in view.
            let rows = needs.editor.min(middle.height.saturating_sub(3)).max(1);
            let host = if f.answers.width > 0 {
                f.answers
            } else {
                middle
            };
            f.editor = Rect::new(host.x, host.bottom().saturating_sub(rows), host.width, rows);
            f.answers.height = f.answers.height.saturating_sub(rows);
        }
        f
    }
}

/// The width of the gold response beside the record, with the rule: lines of up to 80 columns are read with ease.
fn gold_width(width: u16) -> u16 {
    (width / 2).min(84)
}

/// The timeline's width when the panes are side by side: enough to read a line, the rest for whole answer columns.
fn timeline_width(width: u16, answers: u16) -> u16 {
    // From 160 columns on, what there is more goes to the answers.
    let roomy = width >= 160;
    let least = (width * 19 / 50).clamp(46, 60).min(width);
    let columns = ((width - least) / (MIN_COLUMN + 1)).clamp(1, answers.max(1));
    // Columns grow to what is read with ease; what is left goes to the record.
    let most = if roomy { 81 } else { 61 };
    let share = ((width - least) / columns).clamp(MIN_COLUMN + 1, most);
    width.saturating_sub(share * columns).max(least.min(46))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_stay_on_the_screen_and_apart() {
        for width in 1..=400 {
            for height in [1, 5, 11, 12, 15, 16, 24, 29, 30, 40, 150] {
                for (focus, zoom) in [
                    (Focus::Timeline, false),
                    (Focus::Answers, false),
                    (Focus::Answers, true),
                    (Focus::Gold, false),
                    (Focus::Gold, true),
                ] {
                    for answers in [0, 1, 6, 12] {
                        let needs = Needs {
                            size: (width, height),
                            instruction: 40,
                            answers,
                            focus,
                            zoom,
                            gold: focus == Focus::Gold,
                            editor: 0,
                            guide: 0,
                            plain: height % 2 == 0,
                        };
                        let f = Frame::of(needs);
                        let screen = Rect::new(0, 0, width, height);
                        let all = [
                            f.status,
                            f.instruction,
                            f.facts,
                            f.tabs,
                            f.map,
                            f.headings,
                            f.timeline,
                            f.rule,
                            f.answers,
                            f.gold,
                            f.rank,
                            f.hints,
                        ];
                        let drawn: Vec<Rect> = all.into_iter().filter(|r| !r.is_empty()).collect();
                        for (i, a) in drawn.iter().enumerate() {
                            assert_eq!(a.intersection(screen), *a, "{needs:?}");
                            for b in &drawn[i + 1..] {
                                assert!(a.intersection(*b).is_empty(), "{needs:?} {a:?} {b:?}");
                            }
                        }
                        assert!(
                            f.too_small
                                || !f.timeline.is_empty()
                                || !f.answers.is_empty()
                                || !f.gold.is_empty(),
                            "{needs:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn two_answers_fit_beside_the_timeline_at_120() {
        let needs = Needs {
            size: (120, 40),
            instruction: 1,
            answers: 6,
            focus: Focus::Timeline,
            zoom: false,
            gold: false,
            editor: 0,
            guide: 0,
            plain: false,
        };
        let f = Frame::of(needs);
        assert_eq!((f.timeline.width, f.answers.width), (46, 73));
    }

    #[test]
    fn answers_have_the_room_of_a_wide_screen() {
        for (width, answers, split) in [
            (159, 2, (61, 97)),
            (160, 2, (60, 99)),
            (200, 2, (60, 139)),
            (200, 7, (62, 137)),
            (240, 2, (78, 161)),
            (300, 7, (60, 239)),
        ] {
            let (left, right) = split;
            assert_eq!(
                timeline_width(width, answers),
                left,
                "{width}, {answers} answers"
            );
            assert_eq!(left + 1 + right, width);
        }
    }
}
