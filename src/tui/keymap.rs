//! Key maps: which key does what, in which layer.
//!
//! In: the built-in map, a named delta over it (`vim`, `emacs`), the user's own delta. Out: a lookup from a sequence of
//! keys to an action. An unknown layer, key or action, and a key that hides a longer sequence, are errors that name
//! file and line; nothing is ignored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::tui::action::{self, Action, Layer};
use crate::tui::terminal::Key;

/// The complete built-in map.
pub const DEFAULT: &str = include_str!("../../keymaps/default.toml");
/// Differences for vim hands.
pub const VIM: &str = include_str!("../../keymaps/vim.toml");
/// Differences for emacs hands.
pub const EMACS: &str = include_str!("../../keymaps/emacs.toml");

/// A sequence of keys bound to an action, and where the binding is written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Binding {
    action: Action,
    file: PathBuf,
    line: usize,
    /// Which of the maps laid over each other said it, counted from 0.
    map: usize,
}

/// What a sequence of keys means in some layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// It is bound.
    Action(Action),
    /// Longer sequences start with it: the next keys and what they would do.
    Prefix(Vec<(Key, Option<Action>)>),
    /// Nothing starts with it.
    None,
}

/// A complete map.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    layers: BTreeMap<Layer, BTreeMap<Vec<Key>, Binding>>,
    maps: usize,
}

impl Keymap {
    /// The built-in map, with the delta that `name` names (`default`, `vim`, `emacs`, or a file), and with the user's
    /// file over it where there is one.
    ///
    /// # Errors
    /// When a file cannot be read or says something that is not known, naming file and line.
    pub fn load(name: &str, user: Option<&Path>) -> Result<Self> {
        let mut map = Keymap::default();
        map.apply(Path::new("keymaps/default.toml"), DEFAULT)?;
        match name {
            "default" => {}
            "vim" => map.apply(Path::new("keymaps/vim.toml"), VIM)?,
            "emacs" => map.apply(Path::new("keymaps/emacs.toml"), EMACS)?,
            file => map.apply_file(Path::new(file))?,
        }
        if let Some(user) = user.filter(|u| u.exists()) {
            map.apply_file(user)?;
        }
        map.check()?;
        Ok(map)
    }

    /// Lays a file over the map, as `load` does; for checking a file.
    ///
    /// # Errors
    /// As `load`.
    pub fn with_file(mut self, path: &Path) -> Result<Self> {
        self.apply_file(path)?;
        self.check()?;
        Ok(self)
    }

    fn apply_file(&mut self, path: &Path) -> Result<()> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Error::io(path, "reading the keymap", e)
                .hint("name `default`, `vim`, `emacs`, or a keymap file")
        })?;
        self.apply(path, &text)
    }

    fn apply(&mut self, path: &Path, text: &str) -> Result<()> {
        let fail = |at: usize, what: String| {
            let line = text[..at.min(text.len())].matches('\n').count() + 1;
            Error::usage(format!("{}:{line}: {what}", path.display()))
        };
        let table: toml::de::DeTable<'_> = toml::de::DeTable::parse(text)
            .map_err(|e| {
                fail(e.span().map_or(0, |s| s.start), e.message().to_owned())
                    .hint("write it as \"key\" = \"action\"")
            })?
            .into_inner();
        let mut seen: BTreeMap<(Layer, Vec<Key>), usize> = BTreeMap::new();
        for (name, bindings) in &table {
            let at = name.span().start;
            let layer = Layer::from_name(name.get_ref()).ok_or_else(|| {
                let known: Vec<&str> = Layer::ALL.iter().map(|l| l.name()).collect();
                fail(at, format!("unknown layer [{}]", name.get_ref()))
                    .hint(format!("layers are {}", known.join(", ")))
            })?;
            let Some(bindings) = bindings.get_ref().as_table() else {
                return Err(fail(at, format!("`{}` is no table", name.get_ref()))
                    .hint("write it as [global]"));
            };
            for (keys, value) in bindings {
                let at = keys.span().start;
                let line = text[..at].matches('\n').count() + 1;
                let sequence = parse_sequence(keys.get_ref()).map_err(|e| fail(at, e))?;
                let Some(name) = value.get_ref().as_str() else {
                    return Err(fail(
                        value.span().start,
                        "an action's name in quotes is expected".to_owned(),
                    ));
                };
                if let Some(first) = seen.insert((layer, sequence.clone()), line) {
                    let what = format!(
                        "`{}` is bound twice in [{}], first on line {first}",
                        keys.get_ref(),
                        layer.name()
                    );
                    return Err(fail(at, what));
                }
                let layer_map = self.layers.entry(layer).or_default();
                if name == "none" {
                    if layer_map.remove(&sequence).is_none() {
                        let what = format!(
                            "`{}` is not bound in [{}], so it cannot be unbound",
                            keys.get_ref(),
                            layer.name()
                        );
                        return Err(fail(at, what));
                    }
                    continue;
                }
                let entry = action::by_name(name).ok_or_else(|| {
                    fail(value.span().start, format!("unknown action `{name}`"))
                        .hint("`medalign keys --actions` lists them all")
                })?;
                if !entry.layers.contains(&layer) {
                    let places: Vec<&str> = entry.layers.iter().map(|l| l.name()).collect();
                    let what = format!("`{name}` does not apply in [{}]", layer.name());
                    return Err(fail(at, what).hint(format!("it applies in {}", places.join(", "))));
                }
                layer_map.insert(
                    sequence,
                    Binding {
                        action: entry.action,
                        file: path.to_owned(),
                        line,
                        map: self.maps,
                    },
                );
            }
        }
        self.maps += 1;
        Ok(())
    }

    /// A key that is bound must not also start a longer sequence of its layer: one of them could never be typed.
    fn check(&self) -> Result<()> {
        for (layer, map) in &self.layers {
            for (sequence, binding) in map {
                for n in 1..sequence.len() {
                    let Some(short) = map.get(&sequence[..n]) else {
                        continue;
                    };
                    let (a, b) = (print_sequence(&sequence[..n]), print_sequence(sequence));
                    let later = if (short.map, short.line) > (binding.map, binding.line) {
                        short
                    } else {
                        binding
                    };
                    let what = format!(
                        "{}:{}: in [{}] `{a}` is bound and also starts `{b}`",
                        later.file.display(),
                        later.line,
                        layer.name()
                    );
                    return Err(
                        Error::usage(what).hint(format!("unbind one of them: \"{a}\" = \"none\""))
                    );
                }
            }
        }
        Ok(())
    }

    /// What a sequence means in these layers, the first of which goes before the others.
    pub fn lookup(&self, layers: &[Layer], sequence: &[Key]) -> Lookup {
        let mut next: Vec<(Key, Option<Action>)> = Vec::new();
        for layer in layers {
            let Some(map) = self.layers.get(layer) else {
                continue;
            };
            if let Some(binding) = map.get(sequence)
                && next.is_empty()
            {
                return Lookup::Action(binding.action);
            }
            for (keys, binding) in map {
                if keys.len() > sequence.len() && keys.starts_with(sequence) {
                    let key = keys[sequence.len()];
                    let action = (keys.len() == sequence.len() + 1).then_some(binding.action);
                    if !next.iter().any(|(k, _)| *k == key) {
                        next.push((key, action));
                    }
                }
            }
        }
        if next.is_empty() {
            Lookup::None
        } else {
            Lookup::Prefix(next)
        }
    }

    /// The keys of an action in a layer, the shortest first, and then in the order of the file.
    pub fn keys(&self, layer: Layer, action: Action) -> Vec<String> {
        let Some(map) = self.layers.get(&layer) else {
            return Vec::new();
        };
        let mut all: Vec<(&Vec<Key>, &Binding)> =
            map.iter().filter(|(_, b)| b.action == action).collect();
        // The easiest first: short sequences, without Ctrl or Alt, characters before names.
        all.sort_by_key(|(k, binding)| {
            let modified = k.iter().filter(|k| k.ctrl || k.alt).count();
            (
                k.len(),
                modified,
                k.iter().map(|k| k.to_string().len()).sum::<usize>(),
                binding.line,
            )
        });
        all.into_iter().map(|(k, _)| print_sequence(k)).collect()
    }

    /// The first key of an action where it can be reached from these layers.
    pub fn key(&self, layers: &[Layer], action: Action) -> Option<String> {
        layers
            .iter()
            .find_map(|l| self.keys(*l, action).into_iter().next())
    }

    /// Every binding as (layer, keys, action), by layer and then in the order of the table of actions.
    pub fn all(&self) -> Vec<(Layer, String, Action)> {
        let mut all = Vec::new();
        for layer in Layer::ALL {
            for entry in action::TABLE {
                let keys = self.keys(layer, entry.action);
                all.extend(keys.into_iter().map(|k| (layer, k, entry.action)));
            }
        }
        all
    }
}

/// Keys written with spaces between them.
fn parse_sequence(text: &str) -> std::result::Result<Vec<Key>, String> {
    let keys: Vec<Key> = text
        .split_ascii_whitespace()
        .map(Key::parse)
        .collect::<std::result::Result<_, _>>()?;
    if keys.is_empty() {
        Err("an empty key".to_owned())
    } else {
        Ok(keys)
    }
}

/// Keys as they are written in a keymap file.
pub fn print_sequence(keys: &[Key]) -> String {
    keys.iter()
        .map(Key::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(text: &str) -> std::result::Result<Keymap, String> {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("mine.toml");
        std::fs::write(&path, text).expect("writable");
        let map = Keymap::load("default", Some(&path));
        map.map_err(|e| {
            e.to_string()
                .replace(&format!("{}/", dir.path().display()), "")
        })
    }

    fn sequence(text: &str) -> Vec<Key> {
        parse_sequence(text).expect("a sequence")
    }

    #[test]
    fn every_shipped_map_loads_and_reaches_every_action() {
        let default = Keymap::load("default", None).expect("the default map");
        for name in ["default", "vim", "emacs"] {
            let map = Keymap::load(name, None).expect(name);
            for entry in action::TABLE {
                // Back is reached from lists and readers by their own keys; everything else needs one somewhere. What holds
                // anywhere may be left to the palette, but not by a map that changes the default.
                let reaches = |map: &Keymap| {
                    entry
                        .layers
                        .iter()
                        .any(|l| !map.keys(*l, entry.action).is_empty())
                };
                let by_name = entry.layers == [Layer::Global] && !reaches(&default);
                assert!(
                    reaches(&map) || by_name,
                    "{name}: {} has no key",
                    entry.name
                );
            }
        }
    }

    #[test]
    fn sequences_wait_for_their_end() {
        let map = Keymap::load("default", None).expect("the default map");
        let layers = [Layer::Timeline, Layer::Global];
        assert_eq!(
            map.lookup(&layers, &sequence("g g")),
            Lookup::Action(Action::Top)
        );
        assert_eq!(
            map.lookup(&layers, &sequence("g n")),
            Lookup::Action(Action::Notices)
        );
        assert!(
            matches!(map.lookup(&layers, &sequence("g")), Lookup::Prefix(next) if next.len() > 4)
        );
        assert_eq!(map.lookup(&layers, &sequence("g Q")), Lookup::None);
    }

    #[test]
    fn mistakes_name_file_and_line() {
        let says = |text: &str| delta(text).expect_err("a mistake");
        assert!(says("[global]\n\"x\" = \"explode\"\n").starts_with("mine.toml:2: unknown action"));
        assert!(says("[globe]\n").starts_with("mine.toml:1: unknown layer"));
        assert!(
            says("[global]\n\n\"Hyper-x\" = \"undo\"\n")
                .starts_with("mine.toml:3: there is no key")
        );
        assert!(
            says("[global]\n\"s\" = \"fold\"\n").starts_with("mine.toml:2: `fold` does not apply")
        );
        assert!(
            says("[global]\n\"g\" = \"undo\"\n")
                .starts_with("mine.toml:2: in [global] `g` is bound and also")
        );
        assert!(says("[global]\n\"F9\" = \"none\"\n").contains("not bound"));
        assert!(says("[global\n").starts_with("mine.toml:1:"));
    }

    #[test]
    fn a_delta_changes_only_what_it_names() {
        let map = delta("[global]\n\"u\" = \"none\"\n\"U\" = \"undo\"\n").expect("a good delta");
        assert_eq!(map.lookup(&[Layer::Global], &sequence("u")), Lookup::None);
        assert_eq!(
            map.lookup(&[Layer::Global], &sequence("U")),
            Lookup::Action(Action::Undo)
        );
        assert_eq!(
            map.lookup(&[Layer::Answers], &sequence("c")),
            Lookup::Action(Action::Correct)
        );
    }
}
