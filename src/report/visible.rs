//! Text as a terminal shows it: which columns each character takes, with a visible stand-in for every control
//! character.

use super::escape::is_control;
use unicode_width::UnicodeWidthChar;

/// Columns that a tab takes in a snippet, wherever it stands.
const TAB: &str = "    ";
/// Combining characters that are kept on one character; more are a prank.
const MAX_MARKS: usize = 6;

/// The characters that drawings are made with, by what the terminal can show.
#[derive(Clone, Copy)]
pub(super) struct Charset {
    /// Whether characters outside ASCII may be used.
    pub(super) unicode: bool,
}

impl Charset {
    /// Stands for text that was cut off.
    pub(super) fn ellipsis(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }

    /// A character of width 1 that is shown instead of `c`.
    fn stand_in(self, c: char) -> char {
        if !self.unicode {
            return '?';
        }
        match u32::from(c) {
            code @ 0..=0x1f => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
            0x7f => '\u{2421}',
            _ => '\u{fffd}',
        }
    }
}

/// A character with the marks on it, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Byte offsets in the original text.
    pub(super) start: usize,
    /// See `start`.
    pub(super) end: usize,
    /// What is shown: a character, or a tab for the spaces that it takes.
    first: char,
    /// The marks on it.
    marks: String,
    /// Columns that it takes, at least 1.
    pub(super) width: usize,
}

impl Cell {
    /// Shows a star instead, unless it is blank.
    pub(super) fn mask(&mut self) {
        if !self.first.is_whitespace() {
            self.first = '*';
            self.marks.clear();
            self.width = 1;
        }
    }

    /// Adds what is shown to `out`.
    pub(super) fn show(&self, out: &mut String) {
        if self.first == '\t' {
            out.push_str(TAB);
        } else {
            out.push(self.first);
            out.push_str(&self.marks);
        }
    }
}

/// Splits `text`, which stands at byte `offset` of its source, into cells. Marks without a character to stand on
/// are left out.
pub(super) fn cells(text: &str, offset: usize, charset: Charset) -> impl Iterator<Item = Cell> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (index, c) = chars.next()?;
            let start = offset + index;
            let (first, width) = match c {
                ' '..='~' => (c, 1),
                '\t' => (c, TAB.len()),
                c if is_control(c) => (charset.stand_in(c), 1),
                c => match column_width(c) {
                    Some(0) => continue,
                    Some(width) => (c, width),
                    None => (charset.stand_in(c), 1),
                },
            };
            let mut marks = String::new();
            let mut kept = 0;
            let mut end = start + c.len_utf8();
            while let Some((_, mark)) = chars.next_if(|(_, next)| joins(*next, width)) {
                end += mark.len_utf8();
                // Variation selectors, joiners and skin tones make one wide picture of several characters in some
                // terminals and not in others; without them the columns are the same everywhere.
                let reshapes = matches!(mark, '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
                    || (mark == '\u{200d}' && width == 2);
                if !reshapes && kept < MAX_MARKS {
                    marks.push(mark);
                    kept += 1;
                }
            }
            return Some(Cell { start, end, first, marks, width });
        }
    })
}

/// Whether `c` is drawn onto the character before it, which takes `width` columns.
fn joins(c: char, width: usize) -> bool {
    !c.is_ascii()
        && !is_control(c)
        && (column_width(c) == Some(0) || (width == 2 && matches!(c, '\u{1f3fb}'..='\u{1f3ff}')))
}

/// Columns of a character, or nothing when it is not certain: miette counts columns with older tables, and so do
/// many terminals. Such a character is replaced, so that carets stay under their characters.
fn column_width(c: char) -> Option<usize> {
    if c.is_ascii() {
        return Some(1);
    }
    let width = c.width().unwrap_or(1);
    (miette_width::UnicodeWidthChar::width(c).unwrap_or(1) == width).then_some(width)
}

/// Columns of text that is shown as it is.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The words of a paragraph. Code between backticks is one word if it can stand on one line.
fn words(paragraph: &str, columns: usize) -> impl Iterator<Item = &str> {
    let mut rest = paragraph;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t']);
        let mut end = rest.find([' ', '\t']).unwrap_or(rest.len());
        let (first, after) = rest.split_at(end);
        if first.matches('`').count() % 2 == 1
            && let Some(closing) = after.find('`')
        {
            let all = end + closing + 1;
            let all = all + rest.get(all..)?.find([' ', '\t']).unwrap_or(rest.len() - all);
            if all <= columns {
                end = all;
            }
        }
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Breaks `text` into lines of at most `columns` columns: at spaces where possible, and inside words that are
/// longer than a line. Line breaks are kept, tabs become a space, control characters their stand-ins. What goes
/// beyond `max_lines` lines is cut off.
pub(super) fn wrap(text: &str, columns: usize, max_lines: usize, charset: Charset) -> Vec<String> {
    let columns = columns.max(4);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let paragraph = paragraph.strip_suffix('\r').unwrap_or(paragraph);
        let mut line = String::new();
        let mut used = 0;
        for word in words(paragraph, columns) {
            // One more cell than fits on all lines is enough to know that the rest is cut off.
            let word: Vec<Cell> = cells(word, 0, charset).take(columns * (max_lines + 1)).collect();
            let length: usize = word.iter().map(|cell| cell.width).sum();
            if used > 0 && used + 1 + length > columns {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            for cell in word {
                if used + cell.width > columns {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                cell.show(&mut line);
                used += cell.width;
            }
            if lines.len() > max_lines {
                break;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        if lines.len() > max_lines {
            break;
        }
    }
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            *last = keep_start(last, columns, charset);
        }
    }
    lines
}

/// `line` (already as it is shown) shortened, if need be, to leave room for an ellipsis, and the ellipsis.
fn keep_start(line: &str, columns: usize, charset: Charset) -> String {
    let ellipsis = charset.ellipsis();
    let room = columns.saturating_sub(width(ellipsis));
    let mut used = 0;
    let kept: String = line
        .chars()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= room
        })
        .collect();
    kept + ellipsis
}

/// `text` on one line of at most `columns` columns; of a longer one the end is kept.
pub(super) fn keep_end(text: &str, columns: usize, charset: Charset) -> String {
    let all: Vec<Cell> = cells(text, 0, charset)
        .map(|cell| match cell.first {
            '\t' => Cell { first: charset.stand_in('\t'), width: 1, ..cell },
            _ => cell,
        })
        .collect();
    if all.iter().map(|cell| cell.width).sum::<usize>() <= columns {
        return show(&all);
    }
    let room = columns.saturating_sub(width(charset.ellipsis()));
    let mut used = 0;
    let kept = all
        .iter()
        .rev()
        .take_while(|cell| {
            used += cell.width;
            used <= room
        })
        .count();
    charset.ellipsis().to_owned() + &show(all.get(all.len() - kept..).unwrap_or(&[]))
}

fn show(cells: &[Cell]) -> String {
    let mut out = String::new();
    for cell in cells {
        cell.show(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNICODE: Charset = Charset { unicode: true };

    fn shown(text: &str) -> String {
        show(&cells(text, 0, UNICODE).collect::<Vec<_>>())
    }

    #[test]
    fn control_characters_get_a_stand_in_of_one_column() {
        assert_eq!(shown("a\u{1b}[2J\u{7f}\u{9b}\u{202e}b\0"), "a␛[2J␡��b␀");
        assert_eq!(cells("\u{1b}", 0, Charset { unicode: false }).next().unwrap().first, '?');
    }

    #[test]
    fn marks_share_the_cell_of_their_character() {
        let cells: Vec<Cell> = cells("e\u{301}日", 10, UNICODE).collect();
        assert_eq!(
            cells,
            [
                Cell { start: 10, end: 13, first: 'e', marks: "\u{301}".into(), width: 1 },
                Cell { start: 13, end: 16, first: '日', marks: String::new(), width: 2 },
            ]
        );
        assert_eq!(shown("\u{feff}a"), "a");
        assert_eq!(shown(&format!("a{}", "\u{301}".repeat(50))).chars().count(), 1 + MAX_MARKS);
    }

    #[test]
    fn emoji_sequences_become_their_parts() {
        assert_eq!(shown("⚠\u{fe0f} 👍\u{1f3fd} 👩\u{200d}👧"), "⚠ 👍 👩👧");
    }

    #[test]
    fn wraps_at_spaces_and_inside_long_words() {
        assert_eq!(wrap("one two three", 8, 9, UNICODE), ["one two", "three"]);
        assert_eq!(wrap("a abcdefghij b", 4, 9, UNICODE), ["a", "abcd", "efgh", "ij b"]);
        assert_eq!(wrap("日本語日本語", 5, 9, UNICODE), ["日本", "語日", "本語"]);
        assert_eq!(wrap("a b c d e f", 4, 2, UNICODE), ["a b", "c d…"]);
        assert_eq!(wrap("use `# a: b` now", 10, 9, UNICODE), ["use", "`# a: b`", "now"]);
        assert_eq!(wrap("use `a b c d`", 6, 9, UNICODE), ["use `a", "b c d`"]);
        assert_eq!(wrap("first\r\nsecond", 20, 9, UNICODE), ["first", "second"]);
    }

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(keep_end("a/b/template.yaml", 14, UNICODE), "…template.yaml");
        assert_eq!(keep_end("a/b\n.yaml", 20, UNICODE), "a/b␊.yaml");
    }
}
