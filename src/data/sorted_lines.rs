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
    fn an_empty_table_holds_nothing() {
        assert_eq!(find("", |key| key.cmp("a")), None);
    }
}
