//! What is said to somebody who is new: a few lines in the demo's first case, and a tour of ten steps that waits for each key.
//!
//! In: actions as they are carried out. Out: what to say, and which step comes next. Never: an act of its own.

use crate::tui::action::Action;
use crate::tui::app::App;

/// What is said to somebody who is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Guide {
    /// Nothing.
    #[default]
    None,
    /// What there is to do, until the next key.
    Welcome,
    /// A step of the tour, from 0 on; behind the last one its end, until the next key.
    Tour(usize),
}

/// A step: what it says, with keys in place of actions' names in braces, and what ends it.
struct Step {
    says: [&'static str; 2],
    done: &'static [Action],
}

/// The tour.
const TOUR: [Step; 10] = [
    Step {
        says: [
            "This is the record of one patient: a line an encounter. {down} and {up} move.",
            "{fold} folds the encounter that the cursor is in, or unfolds it. Fold it.",
        ],
        done: &[Action::Fold],
    },
    Step {
        says: [
            "{open} opens a note in place, and again at full size; {back} closes it.",
            "{next-note} goes to the next note. Go to one.",
        ],
        done: &[Action::NextNote],
    },
    Step {
        says: [
            "{find} finds text in the record, in the answers and in the instruction.",
            "Press {find}, type stroke, and press Enter.",
        ],
        done: &[Action::Enter, Action::Accept],
    },
    Step {
        says: [
            "The map above the panes shows where it stands.",
            "{find-next} goes to the next place. Go there.",
        ],
        done: &[Action::FindNext],
    },
    Step {
        says: [
            "{lists} lists the drugs, the problems and the labs of the record.",
            "Open the list.",
        ],
        done: &[Action::Lists],
    },
    Step {
        says: [
            "{back} closes whatever is open, and loses nothing.",
            "Close the list.",
        ],
        done: &[Action::Back, Action::Cancel],
    },
    Step {
        says: [
            "The answers stand under letters: nobody sees which model wrote which.",
            "{next-pane} goes to the answers, and back. Go there.",
        ],
        done: &[Action::NextPane, Action::PreviousPane],
    },
    Step {
        says: [
            "{correct} is correct, {incorrect} incorrect, {unsure} unsure; {left} and {right} go from answer to answer.",
            "Mark an answer.",
        ],
        done: &[Action::Correct, Action::Incorrect, Action::Unsure],
    },
    Step {
        says: [
            "{rank-1} to {rank-9} rank the answer in focus, 1 is the best; the same number is a tie.",
            "Rank it.",
        ],
        done: &[
            Action::Rank1,
            Action::Rank2,
            Action::Rank3,
            Action::Rank4,
            Action::Rank5,
            Action::Rank6,
            Action::Rank7,
            Action::Rank8,
            Action::Rank9,
        ],
    },
    Step {
        says: [
            "Every act is on the disk as soon as it is shown.",
            "{undo} takes the last one back. Take the rank back.",
        ],
        done: &[Action::Undo],
    },
];

/// From this step on, counted from 0, each writes something.
const FIRST_THAT_WRITES: usize = 7;

/// Behind the tour.
const END: [&str; 2] = [
    "That is all it takes. {submit} submits a case, {next-case} opens the next one.",
    "{help} shows all keys, {back} twice leaves.",
];

/// At the demo's first case.
const WELCOME: [&str; 3] = [
    "Read: {down} {up} move, {open} opens, {next-note} next note, {find} finds.",
    "Judge: {next-pane} to the answers, {correct} correct, {incorrect} incorrect, {unsure} unsure, {rank-1}-{rank-9} rank.",
    "{submit} submits, {next-case} next case, {help} all keys. :tutor shows it step by step.",
];

impl Guide {
    /// A key was pressed.
    pub(crate) fn key(&mut self) {
        if matches!(self, Guide::Welcome | Guide::Tour(10..)) {
            *self = Guide::None;
        }
    }

    /// An action was carried out, and wrote something or not: a mark that was refused is not done.
    pub(crate) fn on(&mut self, action: Action, wrote: bool) {
        if let Guide::Tour(step) = self
            && (wrote || *step < FIRST_THAT_WRITES)
            && TOUR.get(*step).is_some_and(|s| s.done.contains(&action))
        {
            *step += 1;
        }
    }

    /// What it is called, and what it says.
    pub(crate) fn lines(self, app: &App) -> Option<(String, Vec<String>)> {
        let (title, lines): (String, &[&str]) = match self {
            Guide::None => return None,
            Guide::Welcome => ("Welcome; any key goes on".to_owned(), &WELCOME),
            Guide::Tour(step) => match TOUR.get(step) {
                Some(s) => (
                    format!("Tour, {} of {}; :tutor ends it", step + 1, TOUR.len()),
                    &s.says,
                ),
                None => ("Tour, the end".to_owned(), &END),
            },
        };
        Some((title, lines.iter().map(|l| with_keys(app, l)).collect()))
    }
}

/// Puts keys in place of actions' names.
fn with_keys(app: &App, line: &str) -> String {
    let mut all = String::new();
    let mut rest = line;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(b, r)| Some((b, r.split_once('}')?)))
    {
        all.push_str(before);
        let entry = crate::tui::action::by_name(name);
        let key = entry.and_then(|e| app.desk.keymap.key(e.layers, e.action));
        all.push_str(key.as_deref().unwrap_or(name));
        rest = after;
    }
    all + rest
}

impl App {
    /// Begins the tour, or ends it.
    pub(in crate::tui) fn tutor(&mut self) {
        self.screen.guide = match self.screen.guide {
            Guide::Tour(_) => Guide::None,
            Guide::None | Guide::Welcome => Guide::Tour(0),
        };
    }
}
