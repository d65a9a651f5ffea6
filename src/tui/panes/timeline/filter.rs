//! Which events the reviewer wants to see.

use crate::record::{Event, Kind, Record, Sym, Time};

/// Which events are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Kinds that are left out.
    pub hidden_kinds: Vec<Kind>,
    /// Only this code, where one is chosen.
    pub only_code: Option<Sym>,
    /// Only events from this time on.
    pub after: Option<Time>,
    /// Only events before this time.
    pub before: Option<Time>,
}

impl Filter {
    /// Whether everything is shown.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Only events of one kind, on whatever days are shown.
    pub(crate) fn only(&self, kind: Kind) -> Filter {
        let others = Kind::ALL.into_iter().filter(|k| *k != kind);
        Filter {
            hidden_kinds: others.collect(),
            only_code: None,
            ..self.clone()
        }
    }

    /// Whether one kind or one code is all that is shown: its events are seen without unfolding.
    pub(super) fn is_narrow(&self) -> bool {
        self.only_code.is_some() || self.hidden_kinds.len() + 1 == Kind::ALL.len()
    }

    /// Whether an event is shown. An event without a time passes every date filter: it must not vanish.
    pub(crate) fn shows(&self, record: &Record, event: &Event) -> bool {
        !self.hidden_kinds.contains(&event.kind)
            && self.only_code.is_none_or(|c| record.code_sym(event) == c)
            && event.time.is_none_or(|t| {
                self.after.is_none_or(|a| t.seconds() >= a.seconds())
                    && self.before.is_none_or(|b| t.seconds() < b.seconds())
            })
    }
}
