//! From byte offsets to lines and columns.

/// A place in a text as people count: lines and columns from 1, columns in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode code points, from 1.
    pub column: usize,
    /// Offset in bytes, from 0.
    pub offset: usize,
}

/// Where each line of a text starts. Lines end with `\n`, `\r\n` or a lone `\r`, as in YAML.
#[derive(Debug)]
pub struct LineTable {
    starts: Vec<u32>,
}

impl LineTable {
    /// Finds the line starts of `text`, in one pass.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for index in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let crlf = bytes.get(index) == Some(&b'\r') && bytes.get(index + 1) == Some(&b'\n');
            if !crlf {
                starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// How many lines the text has (an empty text has one).
    #[must_use]
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The index (from 0) of the line that holds a byte offset.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The byte range of a line (index from 0) of `text`, its line break left out.
    #[must_use]
    pub fn line_range(&self, text: &str, line: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(line).map_or(text.len(), |start| *start as usize);
        let end = self.starts.get(line + 1).map_or(text.len(), |next| *next as usize);
        let with_break = text.get(start..end).unwrap_or("");
        start..start + with_break.trim_end_matches(['\n', '\r']).len()
    }

    /// Line and column of `offset` in `text`; an offset past the end or inside a character is moved back.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(u32::try_from(offset).unwrap_or(u32::MAX));
        let start = self.starts.get(line).map_or(0, |start| *start as usize);
        let column = text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        Position { line: line + 1, column, offset }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_in_yaml() {
        let text = "a\nb\r\nc\rd";
        let table = LineTable::new(text);
        let lines: Vec<&str> = (0..table.count()).map(|line| &text[table.line_range(text, line)]).collect();
        assert_eq!(lines, ["a", "b", "c", "d"]);
    }

    #[test]
    fn columns_count_code_points() {
        let text = "x: 日本語 y\n";
        let table = LineTable::new(text);
        let offset = u32::try_from(text.find('y').unwrap()).unwrap();
        let position = table.position(text, offset);
        assert_eq!((position.line, position.column), (1, 8));
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        let table = LineTable::new("ab");
        assert_eq!(table.position("ab", 99), Position { line: 1, column: 3, offset: 2 });
    }
}
