//! Keys as the bytes that a terminal sends for them.

use medalign::inside::tui::terminal::{Code, Key};

/// What a terminal sends for a key.
pub(super) fn key_bytes(key: Key) -> Vec<u8> {
    let modifier = 1 + u8::from(key.shift) + 2 * u8::from(key.alt) + 4 * u8::from(key.ctrl);
    let letter = |c: char| match modifier {
        1 => format!("\x1b[{c}"),
        n => format!("\x1b[1;{n}{c}"),
    };
    let number = |code: u8| match modifier {
        1 => format!("\x1b[{code}~"),
        n => format!("\x1b[{code};{n}~"),
    };
    let text = match key.code {
        Code::Char(' ') if key.ctrl => "\0".to_owned(),
        Code::Char(c) if key.ctrl => char::from(c as u8 & 0x1f).to_string(),
        Code::Char(c) => c.to_string(),
        Code::Enter => "\r".to_owned(),
        Code::Tab if key.shift => return b"\x1b[Z".to_vec(),
        Code::Tab => "\t".to_owned(),
        Code::Backspace => "\x7f".to_owned(),
        Code::Esc => "\x1b".to_owned(),
        Code::Up => return letter('A').into_bytes(),
        Code::Down => return letter('B').into_bytes(),
        Code::Right => return letter('C').into_bytes(),
        Code::Left => return letter('D').into_bytes(),
        Code::Home => return letter('H').into_bytes(),
        Code::End => return letter('F').into_bytes(),
        Code::Insert => return number(2).into_bytes(),
        Code::Delete => return number(3).into_bytes(),
        Code::PageUp => return number(5).into_bytes(),
        Code::PageDown => return number(6).into_bytes(),
        Code::F(n @ 1..=4) => return letter(char::from(b'O' + n)).into_bytes(),
        Code::F(n) => {
            let code = [15, 17, 18, 19, 20, 21, 23, 24][usize::from(n) - 5];
            return number(code).into_bytes();
        }
    };
    let prefix = if key.alt { "\x1b" } else { "" };
    format!("{prefix}{text}").into_bytes()
}
