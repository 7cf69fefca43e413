//! Binary search in text whose lines are sorted by what stands before their first tab.

use std::cmp::Ordering;

/// The line for whose key `compare` says equal, without its line break. `compare` tells how the key of a line lies
/// to the one that is looked for. The text ends with a line break.
pub(super) fn find(text: &'static str, compare: impl Fn(&str) -> Ordering) -> Option<&'static str> {
    let (mut low, mut high) = (0, text.len());
    // The line that holds the byte in the middle is looked at; what remains is whole lines.
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', text.as_bytes().get(low..middle)?).map_or(low, |index| low + index + 1);
        let end = memchr::memchr(b'\n', text.as_bytes().get(middle..high)?).map_or(high, |index| middle + index);
        let line = text.get(start..end)?;
        match compare(key(line)) {
            Ordering::Equal => return Some(line),
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    None
}

/// All lines whose key is `wanted`: they stand together.
pub(super) fn block(text: &'static str, wanted: &str) -> Option<&'static str> {
    let start = first(text, |key| key >= wanted);
    let rest = text.get(start..)?;
    let end = first(rest, |key| key > wanted);
    rest.get(..end).filter(|lines| !lines.is_empty())
}

/// Where the first line starts whose key is as asked; all lines after it must be so, too.
fn first(text: &str, is: impl Fn(&str) -> bool) -> usize {
    let bytes = text.as_bytes();
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes.get(low..middle).and_then(|part| memchr::memrchr(b'\n', part)).map_or(low, |at| low + at + 1);
        let end = bytes.get(middle..high).and_then(|part| memchr::memchr(b'\n', part)).map_or(high, |at| middle + at);
        if text.get(start..end).is_some_and(|line| is(key(line))) {
            high = start;
        } else {
            low = end + 1;
        }
    }
    low.min(text.len())
}

/// What stands before the first tab.
pub(super) fn key(line: &str) -> &str {
    line.split_once('\t').map_or(line, |(key, _)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_line_and_nothing_else() {
        let text = "apple\t1\nbanana\t2\ncherry\t3\ndate\t4\n";
        let find = |wanted: &str| find(text, |key| key.cmp(wanted));
        for line in text.lines() {
            assert_eq!(find(key(line)), Some(line));
        }
        for absent in ["", "a", "applf", "bananaa", "cherr", "zebra", "apple\t1"] {
            assert_eq!(find(absent), None, "{absent:?}");
        }
    }

    #[test]
    fn a_block_is_all_lines_of_one_key() {
        let text = "apple\nbanana\t2\nbanana\t1\nbananas\t3\ndate\t4\n";
        assert_eq!(block(text, "apple"), Some("apple\n"));
        assert_eq!(block(text, "banana"), Some("banana\t2\nbanana\t1\n"));
        assert_eq!(block(text, "bananas"), Some("bananas\t3\n"));
        assert_eq!(block(text, "date"), Some("date\t4\n"));
        for absent in ["", "a", "banan", "cherry", "zebra"] {
            assert_eq!(block(text, absent), None, "{absent:?}");
        }
        assert_eq!(block("", "a"), None);
    }

    #[test]
    fn an_empty_table_holds_nothing() {
        assert_eq!(find("", |key| key.cmp("a")), None);
    }
}
