//! Every action of the screen in one table: its name, what it does, where it applies.
//!
//! In: nothing. Out: the table that key maps, the help, the hints, the palette and `medalign keys` read. An action that
//! is not in the table does not exist; a key can be bound to nothing else.

/// Where keys are read: an overlay or pane that takes them before the global layer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Everywhere outside text entry.
    Global,
    /// The timeline pane.
    Timeline,
    /// The answers pane.
    Answers,
    /// A note or an event's details, full size.
    Reader,
    /// Lists and menus: cases, notices, help, kinds, error kinds.
    List,
    /// A question that wants a yes.
    Question,
    /// The list of cases: which of them are listed.
    Cases,
    /// The list of evidence.
    Evidence,
    /// The list of what reviewers said, in an adjudication.
    Sides,
    /// The trend of a value.
    Trend,
    /// Pairs of instructions that may ask the same.
    Pairs,
    /// Records proposed for instructions.
    Matches,
    /// A proposed record that is looked at.
    Candidate,
    /// Ranked search: keys that text entry does not take.
    Search,
    /// A passage of a note is being selected.
    Passage,
    /// The gold response is being written.
    Gold,
    /// Text entry: prompts and the comment editor.
    Text,
}

impl Layer {
    /// All layers in the order in which they are listed.
    pub const ALL: [Layer; 17] = [
        Layer::Global,
        Layer::Timeline,
        Layer::Answers,
        Layer::Reader,
        Layer::List,
        Layer::Question,
        Layer::Cases,
        Layer::Evidence,
        Layer::Sides,
        Layer::Trend,
        Layer::Pairs,
        Layer::Matches,
        Layer::Candidate,
        Layer::Search,
        Layer::Passage,
        Layer::Gold,
        Layer::Text,
    ];

    /// The name of its table in a keymap file.
    pub fn name(self) -> &'static str {
        match self {
            Layer::Global => "global",
            Layer::Timeline => "timeline",
            Layer::Answers => "answers",
            Layer::Reader => "reader",
            Layer::List => "list",
            Layer::Question => "question",
            Layer::Cases => "cases",
            Layer::Evidence => "evidence",
            Layer::Sides => "sides",
            Layer::Trend => "trend",
            Layer::Pairs => "pairs",
            Layer::Matches => "matches",
            Layer::Candidate => "candidate",
            Layer::Search => "search",
            Layer::Passage => "passage",
            Layer::Gold => "gold",
            Layer::Text => "text",
        }
    }

    /// The layer of a keymap table's name.
    pub fn from_name(name: &str) -> Option<Layer> {
        Layer::ALL.into_iter().find(|l| l.name() == name)
    }

    /// What the help calls it.
    pub fn title(self) -> &'static str {
        match self {
            Layer::Global => "Anywhere",
            Layer::Timeline => "Timeline",
            Layer::Answers => "Answers",
            Layer::Reader => "Reading a note",
            Layer::List => "Lists and menus",
            Layer::Question => "Questions; any other key goes back",
            Layer::Cases => "List of cases",
            Layer::Evidence => "List of evidence",
            Layer::Sides => "Adjudication: what reviewers said",
            Layer::Trend => "Trend of a value",
            Layer::Pairs => "Pairs of instructions",
            Layer::Matches => "Records proposed for instructions",
            Layer::Candidate => "Looking at a proposed record",
            Layer::Search => "Ranked search",
            Layer::Passage => "Selecting a passage",
            Layer::Gold => "Writing the gold response",
            Layer::Text => "Typing text",
        }
    }
}

/// What a key can do; [`TABLE`] says what each one does.
#[expect(
    missing_docs,
    reason = "the table below describes each action, for users and programmers alike"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Help,
    Palette,
    NextPane,
    PreviousPane,
    Zoom,
    Undo,
    Redo,
    NextCase,
    PreviousCase,
    Cases,
    Notices,
    Find,
    FindNext,
    FindPrevious,
    Search,
    SearchWhere,
    Explain,
    Group,
    BuildIndex,
    StopIndex,
    Matches,
    Relevant,
    NotRelevant,
    PartlyRelevant,
    Unlabel,
    LabelComment,
    NextCandidate,
    PreviousCandidate,
    NextPassage,
    PreviousPassage,
    NextUnlabelled,
    MatchWords,
    Copy,
    Repaint,
    Suspend,
    Back,
    Quit,
    GotoDate,
    Map,
    Flag,
    Unblind,
    Report,
    RetrySave,
    InstructionDown,
    InstructionUp,
    Correct,
    Incorrect,
    Unsure,
    Clear,
    Rank(u8),
    Unrank,
    Better,
    Worse,
    Tie,
    RankLine,
    Tags,
    Comment,
    CaseComment,
    Category,
    Submit,
    Reopen,
    Down,
    Up,
    Left,
    Right,
    PageDown,
    PageUp,
    Top,
    Bottom,
    Fold,
    FoldAll,
    UnfoldAll,
    Open,
    NextEncounter,
    PreviousEncounter,
    NextNote,
    PreviousNote,
    Kinds,
    OnlyCode,
    DateRange,
    HideLater,
    Trend,
    FindWord,
    NextWord,
    PreviousWord,
    Select,
    Grounding,
    Same,
    Different,
    NextUndecided,
    OnlyUndecided,
    SelectLines,
    SelectSentences,
    OtherEnd,
    NextSentence,
    PreviousSentence,
    Pin,
    PinAnswer,
    Evidence,
    Sides,
    Adopt,
    Unpin,
    Gold,
    SaveGold,
    LeaveGold,
    Applicability,
    ExternalEditor,
    FindInText,
    TextUndo,
    TextRedo,
    DeleteToEnd,
    PutBack,
    Mark,
    SaveElsewhere,
    Confirm,
    Choose,
    Toggle,
    FilterAll,
    FilterQueue,
    FilterUnfinished,
    FilterMine,
    FilterFlagged,
    FilterCategory,
    Enter,
    Accept,
    NewLine,
    Cancel,
    ToggleRegex,
    DeleteWord,
    DeleteToStart,
    WordLeft,
    WordRight,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
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
}

const GLOBAL: &[Layer] = &[Layer::Global];
const TIMELINE: &[Layer] = &[Layer::Timeline];
const ANSWERS: &[Layer] = &[Layer::Answers];
const LIST: &[Layer] = &[Layer::List];
const CASES: &[Layer] = &[Layer::Cases];
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

const fn entry(
    action: Action,
    name: &'static str,
    hint: &'static str,
    doc: &'static str,
    layers: &'static [Layer],
) -> Entry {
    Entry {
        action,
        name,
        doc,
        layers,
        hint,
    }
}

/// Every action, one a row: a table is read by its columns.
#[rustfmt::skip]
pub const TABLE: &[Entry] = &[
    entry(Action::Help, "help", "all keys", "Show every key, those of the pane in focus first", GLOBAL),
    entry(Action::Palette, "palette", "command", "Find an action by its name and run it", GLOBAL),
    entry(Action::NextPane, "next-pane", "pane", "Go to the next pane", ALSO_GOLD),
    entry(Action::PreviousPane, "previous-pane", "pane back", "Go to the previous pane", ALSO_GOLD),
    entry(Action::Zoom, "zoom", "zoom", "Give the pane in focus the whole width, or give it back", GLOBAL),
    entry(Action::Undo, "undo", "undo", "Take back the last act, also of an earlier session", GLOBAL),
    entry(Action::Redo, "redo", "redo", "Do again what was taken back", GLOBAL),
    entry(Action::NextCase, "next-case", "next case", "Open the next case", GLOBAL),
    entry(Action::PreviousCase, "previous-case", "previous case", "Open the previous case", GLOBAL),
    entry(Action::Cases, "cases", "cases", "List all cases with their progress", GLOBAL),
    entry(Action::Notices, "notices", "notices", "List what was off in the files", GLOBAL),
    entry(Action::Find, "find", "find", "Find text in this record, the answers and the instruction", GLOBAL),
    entry(Action::FindNext, "find-next", "next", "Go to the next place found", GLOBAL),
    entry(Action::FindPrevious, "find-previous", "previous", "Go to the previous place found", GLOBAL),
    entry(Action::Search, "search", "search", "Search this record or all records, the best events first", GLOBAL),
    entry(Action::SearchWhere, "search-where", "where", "Search this record only, or all records", SEARCH),
    entry(Action::Explain, "explain", "why", "Say what each word adds to the selected event's score", SEARCH),
    entry(Action::Group, "group", "by encounter", "Show the events found under their encounters, or by score", SEARCH),
    entry(Action::BuildIndex, "build-index", "make the index", "Make the index of ranked search, or bring it up to date", &[Layer::Global, Layer::Search]),
    entry(Action::StopIndex, "stop-index", "stop it", "Stop making the index; what is done of it is kept", &[Layer::Global, Layer::Search, Layer::Matches]),
    entry(Action::Matches, "matches", "matches", "Say whether the records proposed for instructions suit", GLOBAL),
    entry(Action::Relevant, "relevant", "suits", "The record suits the instruction", LABELS),
    entry(Action::NotRelevant, "not-relevant", "does not", "The record does not suit the instruction", LABELS),
    entry(Action::PartlyRelevant, "partly-relevant", "partly", "The record suits the instruction in part", LABELS),
    entry(Action::Unlabel, "unlabel", "clear label", "Take your label of the record away", LABELS),
    entry(Action::LabelComment, "label-comment", "say why", "Say why the record has its label", LABELS),
    entry(Action::NextUnlabelled, "next-unlabelled", "unlabelled", "Go to the next candidate that you have not labelled", MATCHES),
    entry(Action::MatchWords, "match-words", "words", "Propose anew by the study's words, or by ranked search's", MATCHES),
    entry(Action::NextCandidate, "next-candidate", "next record", "Look at the next proposed record", CANDIDATE),
    entry(Action::PreviousCandidate, "previous-candidate", "record before", "Look at the proposed record before", CANDIDATE),
    entry(Action::NextPassage, "next-passage", "next passage", "Go to the next passage that fits the instruction", CANDIDATE),
    entry(Action::PreviousPassage, "previous-passage", "passage before", "Go to the passage before that fits the instruction", CANDIDATE),
    entry(Action::Copy, "copy", "copy", "Copy the passage, event, note or answer in focus", &[Layer::Global, Layer::Passage, Layer::Gold]),
    entry(Action::Repaint, "repaint", "repaint", "Draw the whole screen anew", ALSO_GOLD),
    entry(Action::Suspend, "suspend", "suspend", "Go back to the shell; `fg` returns", ALSO_GOLD),
    entry(Action::Back, "back", "back", "Close what is open; with nothing open, leave the program", CLOSES),
    entry(Action::Quit, "quit", "leave", "Leave the program; everything is saved already", GLOBAL),
    entry(Action::GotoDate, "goto-date", "date", "Go to a date in the record", GLOBAL),
    entry(Action::Map, "map", "map", "Move along the record's map with left and right", GLOBAL),
    entry(Action::Flag, "flag", "flag", "Flag the case to come back to, or take the flag away", GLOBAL),
    entry(Action::Unblind, "unblind", "unblind", "Show the models' names from now on; this is noted", GLOBAL),
    entry(Action::Report, "report", "report", "Show the report of your reviews; blind, your progress", GLOBAL),
    entry(Action::RetrySave, "retry-save", "save again", "Try again to write what could not be saved", GLOBAL),
    entry(Action::SaveElsewhere, "save-elsewhere", "save a copy", "Save a copy of what could not be saved, in another place", GLOBAL),
    entry(Action::InstructionDown, "instruction-down", "instruction", "Scroll a long instruction down", ALSO_GOLD),
    entry(Action::InstructionUp, "instruction-up", "instruction up", "Scroll a long instruction up", ALSO_GOLD),
    entry(Action::Correct, "correct", "correct", "Mark the answer in focus correct", ANSWERS),
    entry(Action::Incorrect, "incorrect", "incorrect", "Mark the answer in focus incorrect", ANSWERS),
    entry(Action::Unsure, "unsure", "unsure", "Mark the answer in focus unsure", ANSWERS),
    entry(Action::Clear, "clear", "clear mark", "Take the mark of the answer in focus away", &[Layer::Answers, Layer::Pairs]),
    entry(Action::Rank(1), "rank-1", "rank", "Put the answer in focus on rank 1, the best", ANSWERS),
    entry(Action::Rank(2), "rank-2", "rank 2", "Put the answer in focus on rank 2", ANSWERS),
    entry(Action::Rank(3), "rank-3", "rank 3", "Put the answer in focus on rank 3", ANSWERS),
    entry(Action::Rank(4), "rank-4", "rank 4", "Put the answer in focus on rank 4", ANSWERS),
    entry(Action::Rank(5), "rank-5", "rank 5", "Put the answer in focus on rank 5", ANSWERS),
    entry(Action::Rank(6), "rank-6", "rank 6", "Put the answer in focus on rank 6", ANSWERS),
    entry(Action::Rank(7), "rank-7", "rank 7", "Put the answer in focus on rank 7", ANSWERS),
    entry(Action::Rank(8), "rank-8", "rank 8", "Put the answer in focus on rank 8", ANSWERS),
    entry(Action::Rank(9), "rank-9", "rank 9", "Put the answer in focus on rank 9", ANSWERS),
    entry(Action::Unrank, "unrank", "unrank", "Take the answer in focus out of the ranking", ANSWERS),
    entry(Action::Better, "better", "better", "Move the answer in focus up in the ranking", ANSWERS),
    entry(Action::Worse, "worse", "worse", "Move the answer in focus down in the ranking", ANSWERS),
    entry(Action::Tie, "tie", "tie", "Tie the answer in focus with the one above it", ANSWERS),
    entry(Action::RankLine, "rank-line", "type the rank", "Type the ranking, such as B > A = C > D", ANSWERS),
    entry(Action::Tags, "tags", "tags", "Say what is wrong with the answer, and how harmful", ANSWERS),
    entry(Action::Comment, "comment", "comment", "Comment on the answer in focus", ANSWERS),
    entry(Action::CaseComment, "case-comment", "case comment", "Comment on the case as a whole", GLOBAL),
    entry(Action::Category, "category", "category", "Say where the instruction belongs in the taxonomy", GLOBAL),
    entry(Action::Submit, "submit", "submit", "Submit the case; what is missing is said first", &[Layer::Answers, Layer::Global]),
    entry(Action::Reopen, "reopen", "reopen", "Reopen a submitted case", GLOBAL),
    entry(Action::Down, "down", "down", "Go down one line", MOVES),
    entry(Action::Up, "up", "up", "Go up one line", MOVES),
    entry(Action::Left, "left", "left", "Go left: the previous answer, the previous point", MOVES),
    entry(Action::Right, "right", "right", "Go right: the next answer, the next point", MOVES),
    entry(Action::PageDown, "page-down", "page down", "Go down half a page", MOVES),
    entry(Action::PageUp, "page-up", "page up", "Go up half a page", MOVES),
    entry(Action::Top, "top", "top", "Go to the first line", MOVES),
    entry(Action::Bottom, "bottom", "bottom", "Go to the last line", MOVES),
    entry(Action::Fold, "fold", "fold", "Fold or unfold the encounter or note", TIMELINE),
    entry(Action::FoldAll, "fold-all", "fold all", "Fold every encounter", TIMELINE),
    entry(Action::UnfoldAll, "unfold-all", "unfold all", "Unfold every encounter", TIMELINE),
    entry(Action::Open, "open", "open", "Open: unfold, show a note in place, then full size", TIMELINE),
    entry(Action::NextEncounter, "next-encounter", "encounter", "Go to the next encounter", TIMELINE),
    entry(Action::PreviousEncounter, "previous-encounter", "encounter back", "Go to the previous encounter", TIMELINE),
    entry(Action::NextNote, "next-note", "note", "Go to the next note", &[Layer::Timeline, Layer::Reader]),
    entry(Action::PreviousNote, "previous-note", "note back", "Go to the previous note", &[Layer::Timeline, Layer::Reader]),
    entry(Action::Kinds, "kinds", "kinds", "Choose which kinds of events are shown", GLOBAL),
    entry(Action::OnlyCode, "only-code", "this code only", "Show only events with this event's code, or all again", TIMELINE),
    entry(Action::DateRange, "date-range", "dates", "Show only events between two dates, or all again", GLOBAL),
    entry(Action::HideLater, "hide-later", "hide later", "Hide what is later than the instruction, or show it", GLOBAL),
    entry(Action::Trend, "trend", "trend", "Show this value over time", TIMELINE),
    entry(Action::FindWord, "find-word", "find claim", "Find the claim in focus in the record, in any notation", ANSWERS),
    entry(Action::NextWord, "next-word", "word", "Go to the next word; in a passage, take it in", &[Layer::Answers, Layer::Passage]),
    entry(Action::PreviousWord, "previous-word", "word back", "Go to the previous word; in a passage, take it in", &[Layer::Answers, Layer::Passage]),
    entry(Action::Select, "select", "select", "Begin a selection at the cursor; again, begin it anew", &[Layer::Answers, Layer::Timeline, Layer::Reader, Layer::Passage]),
    entry(Action::SelectLines, "select-lines", "lines", "Select by lines, or by letters again", PASSAGE),
    entry(Action::SelectSentences, "select-sentences", "sentences", "Select by sentences, or by letters again", PASSAGE),
    entry(Action::OtherEnd, "other-end", "other end", "Move the other end of the passage", PASSAGE),
    entry(Action::NextSentence, "next-sentence", "sentence", "Go to the end of the next sentence", PASSAGE),
    entry(Action::PreviousSentence, "previous-sentence", "sentence back", "Go to the start of the sentence, then of the one before", PASSAGE),
    entry(Action::Pin, "pin", "pin", "Pin the event or the passage to your gold response", &[Layer::Timeline, Layer::Reader, Layer::Passage]),
    entry(Action::PinAnswer, "pin-answer", "pin to answer", "Pin it to your judgement of the answer in focus", &[Layer::Global, Layer::Answers, Layer::Passage]),
    entry(Action::Evidence, "evidence", "evidence", "List the evidence: your pins and the dataset's passages", GLOBAL),
    entry(Action::Sides, "sides", "what they said", "Adjudication: list what reviewers said of this case", GLOBAL),
    entry(Action::Adopt, "adopt", "take over", "Take over the marks and the order of this reviewer", &[Layer::Sides]),
    entry(Action::Gold, "gold", "gold", "Write your gold response, beside the record", GLOBAL),
    entry(Action::Applicability, "applicability", "does it apply", "Say whether the instruction applies, the record suffices", GLOBAL),
    entry(Action::SaveGold, "save-gold", "save", "Save the text as your gold response", GOLD),
    entry(Action::LeaveGold, "leave-gold", "leave", "End the selection, or leave; the draft is saved", GOLD),
    entry(Action::ExternalEditor, "external-editor", "your editor", "Write on in the editor that $VISUAL or $EDITOR names", WRITING),
    entry(Action::FindInText, "find-in-text", "find", "Find in the text being written; Enter goes on", GOLD),
    entry(Action::Unpin, "unpin", "remove", "Take the selected pin away", EVIDENCE),
    entry(Action::Grounding, "grounding", "grounding", "Mark which claims of the answers occur in the record", GLOBAL),
    entry(Action::Same, "same", "the same", "The two ask the same: the later one is left out", PAIRS),
    entry(Action::Different, "different", "different", "The two differ: both are kept", PAIRS),
    entry(Action::NextUndecided, "next-undecided", "next open", "Go to the next pair that nobody has decided", PAIRS),
    entry(Action::OnlyUndecided, "only-undecided", "only open", "List only pairs that nobody has decided, or all again", PAIRS),
    entry(Action::Confirm, "confirm", "yes", "Say yes to what is asked", QUESTION),
    entry(Action::Choose, "choose", "choose", "Choose what is selected", &[Layer::List, Layer::Trend, Layer::Search, Layer::Matches]),
    entry(Action::Toggle, "toggle", "toggle", "Turn what is selected on or off", &[Layer::List, Layer::Matches]),
    entry(Action::FilterAll, "filter-all", "all", "List all cases; show all kinds of events", LIST),
    entry(Action::FilterQueue, "filter-queue", "queue", "List the cases that the plan gives you, in its order", CASES),
    entry(Action::FilterUnfinished, "filter-unfinished", "unfinished", "List only cases that are not submitted", CASES),
    entry(Action::FilterMine, "filter-mine", "mine", "List only cases that you have marks in", CASES),
    entry(Action::FilterFlagged, "filter-flagged", "flagged", "List only flagged cases", CASES),
    entry(Action::Enter, "enter", "accept", "Accept what was typed; in a comment, start a new line", TEXT),
    entry(Action::FilterCategory, "filter-category", "category", "List only cases of one category; again for the next one", CASES),
    entry(Action::Accept, "accept", "save", "Accept what was typed, also in a comment", TEXT),
    entry(Action::NewLine, "new-line", "new line", "Start a new line, in a comment", TEXT),
    entry(Action::Cancel, "cancel", "cancel", "Close or cancel what is open: saves nothing, never leaves", CANCELS),
    entry(Action::ToggleRegex, "toggle-regex", "regex", "Find: take the text as a regular expression, or literally", TEXT),
    entry(Action::TextUndo, "text-undo", "undo", "Take back what was typed last", WRITING),
    entry(Action::TextRedo, "text-redo", "redo", "Type again what was taken back", WRITING),
    entry(Action::DeleteWord, "delete-word", "delete word", "Delete what is selected, or the word before the cursor", WRITING),
    entry(Action::DeleteToEnd, "delete-to-end", "delete to end", "Delete to the end of the line", WRITING),
    entry(Action::PutBack, "put-back", "put back", "Put back what was deleted last as a word or a selection", WRITING),
    entry(Action::Mark, "mark", "select", "Begin or end a selection; Shift with arrows selects, too", WRITING),
    entry(Action::DeleteToStart, "delete-to-start", "delete to start", "Delete to the start of the line", TEXT),
    entry(Action::WordLeft, "word-left", "word left", "Go one word left", WRITING),
    entry(Action::WordRight, "word-right", "word right", "Go one word right", WRITING),
];

/// Whether an action says something of the answer in focus: a mark, a rank, tags, a comment.
pub fn is_mark(action: Action) -> bool {
    matches!(
        action,
        Action::Correct
            | Action::Incorrect
            | Action::Unsure
            | Action::Clear
            | Action::Rank(_)
            | Action::Unrank
            | Action::Better
            | Action::Worse
            | Action::Tie
            | Action::RankLine
            | Action::Tags
            | Action::Comment
    )
}

/// The table's row of an action's name.
pub fn by_name(name: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|e| e.name == name)
}

/// The table's row of an action.
pub fn of(action: Action) -> &'static Entry {
    TABLE
        .iter()
        .find(|e| e.action == action)
        .unwrap_or(&TABLE[0])
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
        }
    }
}
