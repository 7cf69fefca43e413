//! Which characters are never written raw, and how formats of one line per finding spell them.

use std::borrow::Cow;

/// Whether `c` acts on a terminal or on the order of the text around it instead of being seen: C0, DEL, C1, the
/// line and paragraph separators and the bidirectional controls (what "Trojan Source" attacks are made of).
pub(super) fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A message on one line: line breaks and tabs become a space, other control characters `\u{1b}`.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_control) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\t' => out.push(' '),
            c => push_escaped(&mut out, c),
        }
    }
    Cow::Owned(out)
}

/// A file name on one line: `\n`, `\t`, `\u{1b}`.
pub(super) fn file_name(name: &str) -> Cow<'_, str> {
    if !name.chars().any(is_control) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        push_escaped(&mut out, c);
    }
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, c: char) {
    if is_control(c) {
        out.extend(c.escape_default());
    } else {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_spelled_out() {
        assert_eq!(
            one_line("a\nb\r\nc\td\u{1b}[31m\u{9b}\u{7f}\u{202e}é日"),
            "a b c d\\u{1b}[31m\\u{9b}\\u{7f}\\u{202e}é日"
        );
        assert_eq!(file_name("a\nb\u{1b}.yaml"), "a\\nb\\u{1b}.yaml");
    }
}
