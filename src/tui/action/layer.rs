//! Where keys are read: everywhere, in a pane, or in what lies over the panes.
//!
//! In: nothing. Out: the layers, with the names that keymap files and the help know them by.

/// Where keys are read: an overlay or pane that takes them before the global layer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Layer {
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
    /// The menu of kinds.
    Kinds,
    /// The menu of error kinds and harm.
    Tags,
    /// The lists of drugs, problems and labs.
    Lists,
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
    pub(crate) const ALL: [Layer; 20] = [
        Layer::Global,
        Layer::Timeline,
        Layer::Answers,
        Layer::Reader,
        Layer::List,
        Layer::Question,
        Layer::Cases,
        Layer::Kinds,
        Layer::Tags,
        Layer::Lists,
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
    pub(crate) fn name(self) -> &'static str {
        match self {
            Layer::Global => "global",
            Layer::Timeline => "timeline",
            Layer::Answers => "answers",
            Layer::Reader => "reader",
            Layer::List => "list",
            Layer::Question => "question",
            Layer::Cases => "cases",
            Layer::Kinds => "kinds",
            Layer::Tags => "tags",
            Layer::Lists => "lists",
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
    pub(crate) fn from_name(name: &str) -> Option<Layer> {
        Layer::ALL.into_iter().find(|l| l.name() == name)
    }

    /// What the help calls it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Layer::Global => "Anywhere",
            Layer::Timeline => "Timeline",
            Layer::Answers => "Answers",
            Layer::Reader => "Reading a note",
            Layer::List => "Lists and menus",
            Layer::Question => "Questions; any other key goes back",
            Layer::Cases => "List of cases",
            Layer::Kinds => "Kinds of events shown",
            Layer::Tags => "What is wrong with an answer",
            Layer::Lists => "Lists of drugs, problems and labs",
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
