//! Keys, as keymaps write them and as panes get them.
//!
//! In: notation such as `j`, `G`, `C-d`, `S-Tab`, `A-x`, `Space`, `F1`. Out: a [`Key`] of which each terminal sends
//! the same one for the same press. What terminals cannot tell apart is one key here, and its other names are errors.

use std::fmt;
use std::str::FromStr;

/// Which key, apart from modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character; capitals are characters of their own.
    Char(char),
    /// The return key.
    Enter,
    /// The tabulator; with Shift it goes back.
    Tab,
    /// Deletes to the left; terminals send Ctrl-H for it too.
    Backspace,
    /// Deletes to the right.
    Delete,
    /// Insert.
    Insert,
    /// Escape.
    Esc,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// To the start.
    Home,
    /// To the end.
    End,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// A function key, 1 to 12.
    F(u8),
}

/// One press of a key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With Ctrl; characters are then in lower case.
    pub ctrl: bool,
    /// With Alt (Meta).
    pub alt: bool,
    /// With Shift; never with a character, which changes instead.
    pub shift: bool,
}

/// Names of keys that are not characters by themselves, as they are written.
const NAMES: [(&str, Code); 16] = [
    ("Space", Code::Char(' ')),
    ("Enter", Code::Enter),
    ("Tab", Code::Tab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Insert", Code::Insert),
    ("Esc", Code::Esc),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PageUp", Code::PageUp),
    ("PageDown", Code::PageDown),
    // Not written, but asked for often enough.
    ("Escape", Code::Esc),
];

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Key {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// A character without modifiers.
    pub const fn char(c: char) -> Self {
        Key::plain(Code::Char(c))
    }

    /// A character with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Key {
            ctrl: true,
            ..Key::char(c)
        }
    }

    /// The character that this key types into a text, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Reads the notation of one key.
    ///
    /// # Errors
    /// With a sentence for the user, when no key has this name or no terminal can send it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut key = Key::plain(Code::Esc);
        let mut rest = text;
        loop {
            let mut chars = rest.chars();
            let (Some(modifier), Some('-'), Some(_)) = (chars.next(), chars.next(), chars.next())
            else {
                break;
            };
            let flag = match modifier {
                'C' => &mut key.ctrl,
                'A' | 'M' => &mut key.alt,
                'S' => &mut key.shift,
                _ => {
                    return Err(format!(
                        "there is no modifier `{modifier}-`: use C-, A- or S-"
                    ));
                }
            };
            if std::mem::replace(flag, true) {
                return Err(format!("`{text}` names a modifier twice"));
            }
            rest = &rest[2..];
        }
        key.code = code(rest).ok_or_else(|| {
            format!("there is no key `{rest}`: write a character or a name such as Space, Enter, PageDown, F1")
        })?;
        key.sendable(text)
    }

    /// This key as terminals send it.
    fn sendable(self, text: &str) -> Result<Self, String> {
        if let Code::Char(c) = self.code {
            if self.alt && !self.ctrl && matches!(c, '[' | ']' | 'O' | 'P' | 'X' | '^' | '_' | '\\')
            {
                return Err(format!(
                    "`{text}` is how terminals begin messages of their own: take another key"
                ));
            }
            if self.shift {
                return Err(format!(
                    "write `{text}` as the character itself, such as G for Shift and g"
                ));
            }
            if self.ctrl {
                let same_as = match c.to_ascii_lowercase() {
                    'i' => Some("Tab"),
                    'm' => Some("Enter"),
                    'h' => Some("Backspace"),
                    '[' => Some("Esc"),
                    _ => None,
                };
                if let Some(name) = same_as {
                    return Err(format!("terminals send `{text}` as {name}: write {name}"));
                }
                if c.is_ascii_uppercase() {
                    return Err(format!(
                        "terminals cannot tell `{text}` from the lower case one: write that"
                    ));
                }
                if !(c.is_ascii_lowercase() || matches!(c, ' ' | '\\' | ']' | '^' | '_')) {
                    return Err(format!("no terminal sends `{text}`"));
                }
            }
        } else if self.ctrl
            && matches!(
                self.code,
                Code::Enter | Code::Tab | Code::Backspace | Code::Esc
            )
        {
            return Err(format!("no terminal sends `{text}`"));
        } else if self.shift && matches!(self.code, Code::Enter | Code::Backspace | Code::Esc) {
            return Err(format!("terminals send `{text}` without Shift"));
        }
        Ok(self)
    }
}

/// The key of a name, without modifiers.
fn code(name: &str) -> Option<Code> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control() && c != ' ').then_some(Code::Char(c));
    }
    if let Some(&(_, code)) = NAMES.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)) {
        return Some(code);
    }
    let n = name.strip_prefix(['F', 'f'])?.parse().ok()?;
    (1..=12).contains(&n).then_some(Code::F(n))
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Key::parse(text)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = |with, prefix| if with { prefix } else { "" };
        let (ctrl, alt, shift) = (
            prefix(self.ctrl, "C-"),
            prefix(self.alt, "A-"),
            prefix(self.shift, "S-"),
        );
        let name = match self.code {
            Code::F(n) => format!("F{n}"),
            Code::Char(c) if c != ' ' => c.to_string(),
            code => NAMES
                .iter()
                .find(|(_, c)| *c == code)
                .map_or("", |(name, _)| name)
                .to_owned(),
        };
        f.pad(&format!("{ctrl}{alt}{shift}{name}"))
    }
}

impl From<Key> for tui_textarea::Input {
    /// The key as the text area knows it.
    fn from(key: Key) -> Self {
        use tui_textarea::Key as Text;
        tui_textarea::Input {
            key: match key.code {
                Code::Char(c) => Text::Char(c),
                Code::Enter => Text::Enter,
                Code::Tab => Text::Tab,
                Code::Backspace => Text::Backspace,
                Code::Delete => Text::Delete,
                Code::Insert => Text::Null,
                Code::Esc => Text::Esc,
                Code::Left => Text::Left,
                Code::Right => Text::Right,
                Code::Up => Text::Up,
                Code::Down => Text::Down,
                Code::Home => Text::Home,
                Code::End => Text::End,
                Code::PageUp => Text::PageUp,
                Code::PageDown => Text::PageDown,
                Code::F(n) => Text::F(n),
            },
            ctrl: key.ctrl,
            alt: key.alt,
            shift: key.shift,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_round_trips() {
        for text in [
            "j",
            "G",
            "<",
            ">",
            "-",
            "C",
            "?",
            "ä",
            "C-d",
            "C-r",
            "C-Space",
            "C-\\",
            "S-Tab",
            "Tab",
            "Space",
            "Enter",
            "Backspace",
            "PageDown",
            "Left",
            "A-x",
            "A-Enter",
            "C-A-x",
            "C-Left",
            "S-Up",
            "F1",
            "F12",
            "Esc",
            "A--",
        ] {
            assert_eq!(Key::parse(text).map(|k| k.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Key::parse("escape"), Ok(Key::plain(Code::Esc)));
        assert_eq!(Key::parse("M-x"), Key::parse("A-x"));
    }

    #[test]
    fn what_no_terminal_sends_is_refused_with_a_reason() {
        for (text, reason) in [
            ("C-h", "Backspace"),
            ("C-i", "Tab"),
            ("C-m", "Enter"),
            ("C-[", "Esc"),
            ("S-g", "character itself"),
            ("C-D", "lower case"),
            ("C-1", "no terminal"),
            ("C-Enter", "no terminal"),
            ("A-[", "messages of their own"),
            ("A-]", "messages of their own"),
            ("X-a", "modifier"),
            ("C-C-a", "twice"),
            ("Hyper", "no key"),
            ("F13", "no key"),
            ("", "no key"),
        ] {
            let error = Key::parse(text).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn only_plain_characters_are_typed() {
        assert_eq!(Key::char('G').typed(), Some('G'));
        assert_eq!(Key::ctrl('g').typed(), None);
        assert_eq!(Key::plain(Code::Enter).typed(), None);
    }
}
