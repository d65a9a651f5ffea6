//! What is wrong in a map as a whole.
//!
//! In: a map with all its files laid over each other. Out: the keys that could never be typed, the letters that could not be
//! written, the places that nothing leaves. Never: a judgement of taste.

use std::path::PathBuf;

use super::{Binding, Keymap, Lookup, Mistake, print_sequence};
use crate::tui::action::{self, Action, Layer};

const CLOSES: &[Action] = &[Action::Back, Action::Cancel];
const LEAVES: &[Action] = &[Action::Back, Action::Quit];
const CANCELS: &[Action] = &[Action::Cancel];
const CONFIRMS: &[Action] = &[Action::Confirm];

/// Layers that are read together, the first before the others, and what must have a key there: one action of the list.
pub(super) const NEEDED: &[(&[Layer], &[Action])] = &[
    (&[Layer::Timeline, Layer::Global], LEAVES),
    (&[Layer::Answers, Layer::Global], LEAVES),
    (&[Layer::Reader, Layer::Global], CLOSES),
    (&[Layer::List, Layer::Global], CLOSES),
    (&[Layer::Cases, Layer::List, Layer::Global], CLOSES),
    (&[Layer::Sides, Layer::List, Layer::Global], CLOSES),
    (&[Layer::Kinds, Layer::List, Layer::Global], CLOSES),
    (&[Layer::Tags, Layer::List, Layer::Global], CLOSES),
    (&[Layer::Lists, Layer::List, Layer::Global], CLOSES),
    (
        &[Layer::Evidence, Layer::Question, Layer::List, Layer::Global],
        CLOSES,
    ),
    (&[Layer::Trend, Layer::Global], CLOSES),
    (&[Layer::Pairs, Layer::Global], LEAVES),
    (&[Layer::Matches, Layer::Global], CLOSES),
    (&[Layer::Candidate, Layer::Timeline, Layer::Global], CLOSES),
    (&[Layer::Passage], CLOSES),
    (&[Layer::Search, Layer::Text], CANCELS),
    (&[Layer::Text], CANCELS),
    // What is written must be saved, and what is asked must be answered, to get any further.
    (&[Layer::Text], &[Action::Accept]),
    (&[Layer::Gold], &[Action::LeaveGold]),
    (&[Layer::Gold], &[Action::SaveGold]),
    (&[Layer::Question, Layer::Global], CONFIRMS),
    (&[Layer::Question, Layer::Pairs, Layer::Global], CONFIRMS),
];

/// Layers in which letters are text.
const TYPED: [Layer; 3] = [Layer::Search, Layer::Gold, Layer::Text];

impl Keymap {
    pub(super) fn check(&self, mistakes: &mut Vec<Mistake>) {
        for layer in self.layers.keys() {
            self.check_hidden(*layer, mistakes);
        }
        for layer in TYPED {
            self.check_letters(layer, mistakes);
        }
        for (layers, actions) in NEEDED {
            if !actions.iter().any(|a| self.reaches(layers, *a)) {
                let lacking = self.lacking(layers, actions);
                if !mistakes.contains(&lacking) {
                    mistakes.push(lacking);
                }
            }
        }
    }

    /// A key that is bound must not also start a longer sequence of its layer: one of them could never be typed.
    fn check_hidden(&self, layer: Layer, mistakes: &mut Vec<Mistake>) {
        let map = &self.layers[&layer];
        for (sequence, binding) in map {
            for n in 1..sequence.len() {
                let Some(short) = map.get(&sequence[..n]) else {
                    continue;
                };
                let (a, b) = (print_sequence(&sequence[..n]), print_sequence(sequence));
                let newer = if (short.map, short.line) > (binding.map, binding.line) {
                    short
                } else {
                    binding
                };
                let name = layer.name();
                mistakes.push(Mistake {
                    file: newer.file.clone(),
                    line: newer.line,
                    what: format!("in [{name}] `{a}` is bound and also starts `{b}`"),
                    hint: format!("unbind one of them: \"{a}\" = \"none\""),
                });
            }
        }
    }

    /// A letter that is bound where text is written could not be written.
    fn check_letters(&self, layer: Layer, mistakes: &mut Vec<Mistake>) {
        for (sequence, binding) in self.layers.get(&layer).into_iter().flatten() {
            let Some(key) = sequence.first().filter(|k| k.typed().is_some()) else {
                continue;
            };
            let (name, keys) = (layer.name(), print_sequence(sequence));
            let what = match sequence.len() {
                1 => format!("in [{name}] `{key}` is text and cannot be a command"),
                _ => format!("in [{name}] `{key}` is text and cannot start `{keys}`"),
            };
            mistakes.push(Mistake {
                file: binding.file.clone(),
                line: binding.line,
                what,
                hint: format!("take a key with Ctrl or Alt, such as C-{key} or A-{key}"),
            });
        }
    }

    /// Whether some keys carry out an action where these layers are read.
    fn reaches(&self, layers: &[Layer], action: Action) -> bool {
        let maps = layers.iter().filter_map(|l| self.layers.get(l));
        maps.flatten()
            .filter(|(_, binding)| binding.action == action)
            .any(|(sequence, _)| {
                let begun =
                    |n: usize| matches!(self.lookup(layers, &sequence[..n]), Lookup::Prefix(_));
                (1..sequence.len()).all(begun)
                    && self.lookup(layers, sequence) == Lookup::Action(action)
            })
    }

    /// That nothing is bound to any of these actions: where its last key was taken away, or else where the layer's last line is.
    fn lacking(&self, layers: &[Layer], actions: &[Action]) -> Mistake {
        let taken = self
            .replaced
            .iter()
            .filter(|r| layers.contains(&r.layer) && actions.contains(&r.action))
            .max_by_key(|r| (r.map, r.line));
        let last = || {
            let bindings = layers.iter().filter_map(|l| self.layers.get(l));
            let last = bindings
                .flat_map(|m| m.values())
                .max_by_key(|b| (b.map, b.line));
            last.map(|b: &Binding| (b.file.clone(), b.line))
        };
        let (file, line) = taken
            .map(|r| (r.file.clone(), r.line))
            .or_else(last)
            .unwrap_or_else(|| (PathBuf::from("keymaps/default.toml"), 1));
        let names: Vec<String> = actions
            .iter()
            .map(|a| format!("`{}`", action::of(*a).name))
            .collect();
        let names = names.join(" or ");
        let bindable = layers
            .iter()
            .filter(|l| actions.iter().any(|a| action::of(*a).layers.contains(l)))
            .map(|l| format!("[{}]", l.name()))
            .collect::<Vec<_>>()
            .join(" or ");
        Mistake {
            file,
            line,
            what: format!("in [{}] no key does {names}", layers[0].name()),
            hint: format!("bind a key to {names} in {bindable}"),
        }
    }
}
