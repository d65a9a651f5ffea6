//! Key maps: which key does what, in which layer.
//!
//! In: the built-in map, a named delta over it (`vim`, `emacs`), the user's own delta. Out: a lookup from a sequence of
//! keys to an action, and every mistake with its file and line. Never: a mistake that is ignored.

mod check;
mod read;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::tui::action::{self, Action, Layer};
use crate::tui::terminal::Key;

/// The complete built-in map.
pub(crate) const DEFAULT: &str = include_str!("../../../keymaps/default.toml");
/// Differences for vim hands.
pub(crate) const VIM: &str = include_str!("../../../keymaps/vim.toml");
/// Differences for emacs hands.
pub(crate) const EMACS: &str = include_str!("../../../keymaps/emacs.toml");

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
pub(crate) enum Lookup {
    /// It is bound.
    Action(Action),
    /// Longer sequences start with it: the next keys and what they would do.
    Prefix(Vec<(Key, Option<Action>)>),
    /// Nothing starts with it.
    None,
}

/// A complete map.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keymap {
    layers: BTreeMap<Layer, BTreeMap<Vec<Key>, Binding>>,
    maps: usize,
    /// Bindings that a later map took away or replaced, for messages about what is lacking then.
    replaced: Vec<Replaced>,
}

/// An action that lost a key.
#[derive(Clone, Debug)]
struct Replaced {
    layer: Layer,
    action: Action,
    file: PathBuf,
    line: usize,
    map: usize,
}

/// Something that is wrong in a keymap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    file: PathBuf,
    line: usize,
    what: String,
    /// One thing to try.
    pub hint: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

impl Keymap {
    /// The built-in map, with the delta that `name` names (`default`, `vim`, `emacs`, or a file), and with the user's
    /// file over it where there is one.
    ///
    /// # Errors
    /// When a file cannot be read or says something that is wrong, naming file and line.
    pub(crate) fn load(name: &str, user: Option<&Path>) -> Result<Self> {
        let (map, mistakes) = Keymap::with_mistakes(name, user)?;
        let Some(first) = mistakes.first() else {
            return Ok(map);
        };
        let more = match mistakes.len() - 1 {
            0 => String::new(),
            1 => " (and 1 more mistake)".to_owned(),
            n => format!(" (and {n} more mistakes)"),
        };
        let file = first.file.display();
        let hint = format!("{}; `medalign keys --check {file}` names all", first.hint);
        Err(Error::usage(format!("{first}{more}")).hint(hint))
    }

    /// The same, with everything that is wrong in it; what is wrong is left out of the map.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn with_mistakes(name: &str, user: Option<&Path>) -> Result<(Self, Vec<Mistake>)> {
        let mut map = Keymap::default();
        let mut mistakes = Vec::new();
        map.apply(Path::new("keymaps/default.toml"), DEFAULT, &mut mistakes);
        match name {
            "default" => {}
            "vim" => map.apply(Path::new("keymaps/vim.toml"), VIM, &mut mistakes),
            "emacs" => map.apply(Path::new("keymaps/emacs.toml"), EMACS, &mut mistakes),
            file => map.apply_file(Path::new(file), &mut mistakes)?,
        }
        if let Some(user) = user.filter(|u| u.exists()) {
            map.apply_file(user, &mut mistakes)?;
        }
        map.check(&mut mistakes);
        Ok((map, mistakes))
    }

    /// What a sequence means in these layers, the first of which goes before the others.
    pub(crate) fn lookup(&self, layers: &[Layer], sequence: &[Key]) -> Lookup {
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
    pub(crate) fn keys(&self, layer: Layer, action: Action) -> Vec<String> {
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
    pub(crate) fn key(&self, layers: &[Layer], action: Action) -> Option<String> {
        layers
            .iter()
            .find_map(|l| self.keys(*l, action).into_iter().next())
    }

    /// Every binding as (layer, keys, action), by layer and then in the order of the table of actions.
    pub(crate) fn all(&self) -> Vec<(Layer, String, Action)> {
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
pub(crate) fn print_sequence(keys: &[Key]) -> String {
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

    /// Every mistake of a delta over a base, as it is printed.
    fn mistakes(base: &str, text: &str) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("mine.toml");
        std::fs::write(&path, text).expect("writable");
        let (_, mistakes) = Keymap::with_mistakes(base, Some(&path)).expect("readable");
        let all = mistakes.iter().map(ToString::to_string);
        all.map(|m| m.replace(&format!("{}/", dir.path().display()), ""))
            .collect()
    }

    #[test]
    fn every_mistake_is_named() {
        let text = "[global]\n\"x\" = \"explode\"\n\"Hyper-x\" = \"undo\"\n[globe]\n[answers]\n\"c\" = 3\n\"s\" = \"fold\"\n";
        let lines: Vec<String> = mistakes("default", text)
            .iter()
            .map(|m| m.chars().take(12).collect())
            .collect();
        assert_eq!(lines.len(), 5, "{lines:?}");
        for line in [2, 3, 4, 6, 7] {
            assert!(
                lines
                    .iter()
                    .any(|l| l.starts_with(&format!("mine.toml:{line}:"))),
                "{line}: {lines:?}"
            );
        }
        // What is no TOML is told, and what stands beside it, too.
        let broken = mistakes("default", "[global]\n\"w\" = \n\"x\" = \"explode\"\n");
        assert!(
            broken.iter().any(|m| m.starts_with("mine.toml:2:")),
            "{broken:?}"
        );
        assert!(
            broken.iter().any(|m| m.starts_with("mine.toml:3:")),
            "{broken:?}"
        );
    }

    #[test]
    fn what_fits_one_base_may_not_fit_another() {
        let text = "[timeline]\n\"]\" = \"next-note\"\n";
        assert_eq!(mistakes("default", text), Vec::<String>::new());
        let vim = mistakes("vim", text);
        assert_eq!(
            vim,
            ["mine.toml:2: in [timeline] `]` is bound and also starts `] ]`"]
        );
    }

    #[test]
    fn letters_stay_text_where_text_is_written() {
        for layer in ["text", "gold", "search"] {
            let name = if layer == "search" {
                "explain"
            } else {
                "delete-word"
            };
            for (keys, said) in [
                ("w", "cannot be a command"),
                ("Space", "cannot be a command"),
                ("w w", "cannot start `w w`"),
            ] {
                let found = mistakes("default", &format!("[{layer}]\n\"{keys}\" = \"{name}\"\n"));
                assert_eq!(found.len(), 1, "{found:?}");
                assert!(
                    found[0].starts_with("mine.toml:2:") && found[0].contains(said),
                    "{found:?}"
                );
            }
            let fine = format!("[{layer}]\n\"A-w\" = \"{name}\"\n");
            assert_eq!(mistakes("emacs", &fine), Vec::<String>::new());
        }
    }

    #[test]
    fn every_place_has_a_way_out() {
        let one = |text: &str| {
            let all = mistakes("default", text);
            assert!(!all.is_empty(), "{text}");
            all[0].clone()
        };
        let none = |keys: &[&str]| -> String {
            let lines: Vec<String> = keys
                .iter()
                .map(|k| format!("\"{k}\" = \"none\"\n"))
                .collect();
            lines.concat()
        };
        // Leaving: the last of the lines that took its keys is named, in each of the panes.
        let left = mistakes(
            "default",
            &format!("[global]\n{}", none(&["q", "C-c", "Z Z"])),
        );
        assert_eq!(
            left[0],
            "mine.toml:4: in [timeline] no key does `back` or `quit`"
        );
        assert!(left.iter().any(|m| m.contains("[answers]")), "{left:?}");
        assert_eq!(
            one(&format!("[gold]\n{}", none(&["C-g", "Esc", "C-c"]))),
            "mine.toml:4: in [gold] no key does `leave-gold`"
        );
        assert_eq!(
            one("[gold]\n\"C-s\" = \"none\"\n"),
            "mine.toml:2: in [gold] no key does `save-gold`"
        );
        assert_eq!(
            one("[question]\n\"y\" = \"none\"\n"),
            "mine.toml:2: in [question] no key does `confirm`"
        );
        assert!(
            one(&format!("[text]\n{}", none(&["C-g", "C-c", "Esc"])))
                .contains("no key does `cancel`")
        );
        assert!(
            one(&format!("[passage]\n{}", none(&["q", "Esc"]))).contains("[passage] no key does")
        );
        // A key that another layer hides is none.
        let hidden = "[trend]\n\"q\" = \"left\"\n\"Esc\" = \"right\"\n";
        assert_eq!(
            one(hidden),
            "mine.toml:3: in [trend] no key does `back` or `cancel`"
        );
    }

    #[test]
    fn each_layer_is_looked_at() {
        for layer in Layer::ALL {
            assert!(
                layer == Layer::Global || check::NEEDED.iter().any(|(l, _)| l[0] == layer),
                "{layer:?}"
            );
        }
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
    fn a_mistake_names_file_and_line() {
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
