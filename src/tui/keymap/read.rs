//! A keymap file laid over a map.
//!
//! In: the text of a file. Out: changed bindings, and a mistake for every line that says something unknown. Never: a file given up at
//! its first mistake.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{Binding, Keymap, Mistake, Replaced, parse_sequence};
use crate::error::{Error, Result};
use crate::tui::action::{self, Layer};
use crate::tui::terminal::Key;

/// A file that is being read.
struct File<'a> {
    path: &'a Path,
    text: &'a str,
    mistakes: &'a mut Vec<Mistake>,
}

impl File<'_> {
    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().iter().take(at);
        before.filter(|b| **b == b'\n').count() + 1
    }

    fn wrong(&mut self, at: usize, what: impl Into<String>, hint: impl Into<String>) {
        self.mistakes.push(Mistake {
            file: self.path.to_owned(),
            line: self.line(at),
            what: what.into(),
            hint: hint.into(),
        });
    }
}

impl Keymap {
    /// Lays a file over the map.
    pub(super) fn apply_file(&mut self, path: &Path, mistakes: &mut Vec<Mistake>) -> Result<()> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            Error::io(path, "reading the keymap", e)
                .hint("name `default`, `vim`, `emacs`, or a keymap file")
        })?;
        self.apply(path, &text, mistakes);
        Ok(())
    }

    pub(super) fn apply(&mut self, path: &Path, text: &str, mistakes: &mut Vec<Mistake>) {
        let mut file = File {
            path,
            text,
            mistakes,
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |s| s.start);
            let what = error.message().to_owned();
            file.wrong(at, what, "write it as \"key\" = \"action\"");
        }
        for (name, bindings) in table.get_ref() {
            let at = name.span().start;
            let Some(layer) = Layer::from_name(name.get_ref()) else {
                let known: Vec<&str> = Layer::ALL.iter().map(|l| l.name()).collect();
                let what = format!("unknown layer [{}]", name.get_ref());
                file.wrong(at, what, format!("layers are {}", known.join(", ")));
                continue;
            };
            let Some(bindings) = bindings.get_ref().as_table() else {
                let what = format!("`{}` is no table", name.get_ref());
                file.wrong(at, what, "write it as [global]");
                continue;
            };
            self.apply_layer(layer, bindings, &mut file);
        }
        self.maps += 1;
    }

    fn apply_layer(&mut self, layer: Layer, bindings: &DeTable<'_>, file: &mut File<'_>) {
        let mut seen: BTreeMap<Vec<Key>, usize> = BTreeMap::new();
        for (keys, value) in bindings {
            let at = keys.span().start;
            let sequence = match parse_sequence(keys.get_ref()) {
                Ok(sequence) => sequence,
                Err(why) => {
                    file.wrong(at, why, "see the first lines of `keymaps/default.toml`");
                    continue;
                }
            };
            let line = file.line(at);
            if let Some(first) = seen.insert(sequence.clone(), line) {
                let what = format!(
                    "`{}` is bound twice in [{}], first on line {first}",
                    keys.get_ref(),
                    layer.name()
                );
                file.wrong(at, what, "remove one of the two lines");
                continue;
            }
            self.bind(layer, sequence, keys.get_ref(), at, value, file);
        }
    }

    fn bind(
        &mut self,
        layer: Layer,
        sequence: Vec<Key>,
        keys: &str,
        at: usize,
        value: &toml::Spanned<DeValue<'_>>,
        file: &mut File<'_>,
    ) {
        let span = value.span().start;
        let Some(name) = value.get_ref().as_str() else {
            return file.wrong(
                span,
                "an action's name in quotes is expected",
                "write it as \"key\" = \"action\"",
            );
        };
        let before = match name {
            "none" => {
                let removed = self.layers.entry(layer).or_default().remove(&sequence);
                if removed.is_none() {
                    let what = format!(
                        "`{keys}` is not bound in [{}], so it cannot be unbound",
                        layer.name()
                    );
                    return file.wrong(at, what, "remove the line");
                }
                removed
            }
            name => {
                let Some(entry) = action::by_name(name) else {
                    let hint = "`medalign keys --actions` lists them all";
                    return file.wrong(span, format!("unknown action `{name}`"), hint);
                };
                if !entry.layers.contains(&layer) {
                    let places: Vec<&str> = entry.layers.iter().map(|l| l.name()).collect();
                    let what = format!("`{name}` does not apply in [{}]", layer.name());
                    return file.wrong(at, what, format!("it applies in {}", places.join(", ")));
                }
                let binding = Binding {
                    action: entry.action,
                    file: file.path.to_owned(),
                    line: file.line(at),
                    map: self.maps,
                };
                self.layers
                    .entry(layer)
                    .or_default()
                    .insert(sequence, binding)
            }
        };
        if let Some(before) = before {
            self.replaced.push(Replaced {
                layer,
                action: before.action,
                file: file.path.to_owned(),
                line: file.line(at),
                map: self.maps,
            });
        }
    }
}
