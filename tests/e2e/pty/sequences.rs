//! Which control sequences are the program's own.
//!
//! In: the bytes that it wrote. Out: those that only data could have sent.

/// Control sequences in `raw` that are none of the program's own: what data would have to send to do harm.
pub(crate) fn foreign_sequences(raw: &[u8]) -> Vec<String> {
    let mut foreign = Vec::new();
    let mut rest = raw;
    while let Some(at) = rest
        .iter()
        .position(|&b| (b < 0x20 && !matches!(b, b'\r' | b'\n' | 8)) || b == 0x7f)
    {
        rest = &rest[at..];
        let length = own_sequence(rest);
        if length == 0 {
            foreign.push(String::from_utf8_lossy(&rest[..rest.len().min(12)]).into_owned());
        }
        rest = &rest[length.max(1)..];
    }
    if String::from_utf8_lossy(raw).contains(|c| ('\u{80}'..'\u{a0}').contains(&c)) {
        foreign.push("a C1 control".to_owned());
    }
    foreign
}

/// The length of the program's own sequence at the start of `bytes`, or 0.
fn own_sequence(bytes: &[u8]) -> usize {
    if let Some(rest) = bytes.strip_prefix(b"\x1b[") {
        let end = rest.iter().position(|b| (0x40..0x7f).contains(b));
        return end.map_or(0, |end| {
            let parameters = &rest[..end];
            let own = match rest[end] {
                b'H' | b'A' | b'C' | b'D' | b'G' | b'J' | b'K' | b'L' | b'M' | b'r' => {
                    parameters.iter().all(|b| b.is_ascii_digit() || *b == b';')
                }
                b'm' => parameters.split(|&b| b == b';').all(is_own_look),
                b'h' | b'l' => ["?25", "?1000", "?1002", "?1006", "?1049", "?2004", "?2026"]
                    .iter()
                    .any(|p| p.as_bytes() == parameters),
                _ => false,
            };
            if own { end + 3 } else { 0 }
        });
    }
    if bytes.starts_with(b"\x1b\\") {
        return 2;
    }
    if let Some(rest) = bytes.strip_prefix(b"\x1b]52;c;") {
        let end = rest.iter().position(|&b| b == 7).unwrap_or(0);
        return if end > 0 { end + 8 } else { 0 };
    }
    0
}

/// Whether the program uses this SGR code: no blinking, no hidden text, no colours but the 16.
fn is_own_look(code: &[u8]) -> bool {
    let number = std::str::from_utf8(code).ok().and_then(|c| c.parse().ok());
    code.is_empty()
        || matches!(
            number,
            Some(0..=4 | 7 | 9 | 22..=24 | 27 | 29..=37 | 39..=47 | 49 | 90..=97 | 100..=107)
        )
}
