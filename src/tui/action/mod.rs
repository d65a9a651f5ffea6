//! Every action of the screen in one table: its name, what it does, where it applies.
//!
//! In: nothing. Out: the table that key maps, the help, the hints, the palette and `medalign keys` read. An action that
//! is not in the table does not exist; a key can be bound to nothing else.

mod layer;
mod rows;

pub(crate) use layer::Layer;
pub(in crate::tui) use rows::rows;

/// What an action says, and so whether it may be carried out while another record is looked at beside the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It may be carried out beside the case: it only looks, or what it says is of the record in view.
    Beside,
    /// It belongs to the case in view.
    Case,
    /// It says something of the case in view, or begins to.
    Speaks,
    /// It says something of the answer in focus: a mark, a rank, tags, a comment.
    Marks,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// What it is in the program.
    pub action: Action,
    /// Its name in keymap files and in the palette.
    pub name: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
    /// Where it applies.
    pub layers: &'static [Layer],
    /// Its name in the hint line, in one or two words.
    pub hint: &'static str,
    /// What it says, and of what.
    pub reach: Reach,
}

const GLOBAL: &[Layer] = &[Layer::Global];
const TIMELINE: &[Layer] = &[Layer::Timeline];
const ANSWERS: &[Layer] = &[Layer::Answers];
const LIST: &[Layer] = &[Layer::List];
const CASES: &[Layer] = &[Layer::Cases];
const KINDS: &[Layer] = &[Layer::Kinds];
const TAGS: &[Layer] = &[Layer::Tags];
const LISTS: &[Layer] = &[Layer::Lists];
const QUESTION: &[Layer] = &[Layer::Question];
const EVIDENCE: &[Layer] = &[Layer::Evidence];
const PAIRS: &[Layer] = &[Layer::Pairs];
const SEARCH: &[Layer] = &[Layer::Search];
const MATCHES: &[Layer] = &[Layer::Matches];
const CANDIDATE: &[Layer] = &[Layer::Candidate];
const LABELS: &[Layer] = &[Layer::Matches, Layer::Candidate];
const TEXT: &[Layer] = &[Layer::Text];
const WRITING: &[Layer] = &[Layer::Text, Layer::Gold];
const GOLD: &[Layer] = &[Layer::Gold];
const ALSO_GOLD: &[Layer] = &[Layer::Global, Layer::Gold];
const PASSAGE: &[Layer] = &[Layer::Passage];
const CLOSES: &[Layer] = &[
    Layer::Global,
    Layer::Reader,
    Layer::List,
    Layer::Trend,
    Layer::Passage,
];
const CANCELS: &[Layer] = &[
    Layer::Global,
    Layer::Reader,
    Layer::List,
    Layer::Trend,
    Layer::Passage,
    Layer::Text,
];
const MOVES: &[Layer] = &[
    Layer::Timeline,
    Layer::Answers,
    Layer::Reader,
    Layer::List,
    Layer::Trend,
    Layer::Pairs,
    Layer::Matches,
    Layer::Search,
    Layer::Passage,
];

/// Makes the actions and their table of the rows; the functions in them are for `update`.
macro_rules! table {
    ($($action:ident, $name:literal, $hint:literal, $doc:literal, $layers:expr, $reach:ident, $run:expr;)*) => {
        /// What a key can do; [`TABLE`] says what each one does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Action {
            $(#[doc = $doc] $action,)*
        }

        /// Every action, in the order of [`Action`].
        pub(crate) const TABLE: &[Entry] = &[$(Entry {
            action: Action::$action,
            name: $name,
            doc: $doc,
            layers: $layers,
            hint: $hint,
            reach: Reach::$reach,
        },)*];
    };
}

rows!(table);

/// Whether an action says something of the answer in focus: a mark, a rank, tags, a comment.
pub(crate) fn is_mark(action: Action) -> bool {
    of(action).reach == Reach::Marks
}

/// The table's row of an action's name.
pub(crate) fn by_name(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|e| e.name == name)
}

/// The table's row of an action.
pub(crate) fn of(action: Action) -> &'static Entry {
    &TABLE[action as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_actions_are_unique() {
        for (i, a) in TABLE.iter().enumerate() {
            for b in &TABLE[i + 1..] {
                assert_ne!(a.name, b.name);
                assert_ne!(a.action, b.action);
            }
            assert!(
                !a.doc.is_empty() && !a.layers.is_empty() && a.hint.chars().count() <= 15
                    // The help shows a whole line at 80 columns.
                    && a.doc.chars().count() <= 58,
                "{}",
                a.name
            );
            assert_eq!(by_name(a.name).map(|e| e.action), Some(a.action));
            assert_eq!(of(a.action).name, a.name);
        }
    }
}
