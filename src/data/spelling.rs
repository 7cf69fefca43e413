//! "Did you mean": the known word nearest to one that is not known.

/// Longer words are not compared: nobody misspells them by a letter, and the work stays small.
const LONGEST: usize = 64;

/// The candidate that takes the fewest edits to reach from `word`, if that is at most a third of the word's letters
/// and at most three. An edit puts in, takes out or replaces a character or swaps two neighbours; capitals cost
/// nothing. Of equally near candidates the first wins. Nothing when `word` is itself a candidate, to the letter.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = word.chars().take(LONGEST + 1).map(|c| c.to_ascii_lowercase()).collect();
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let mut allowed = (wanted.len().div_ceil(3)).min(3);
    let mut best = None;
    let mut other: Vec<char> = Vec::new();
    for candidate in candidates {
        if candidate == word {
            return None;
        }
        other.clear();
        other.extend(candidate.chars().take(LONGEST + 1).map(|c| c.to_ascii_lowercase()));
        if let Some(distance) = distance(&wanted, &other, allowed) {
            best = Some(candidate);
            if distance == 0 {
                break;
            }
            allowed = distance - 1;
        }
    }
    best
}

/// The number of edits between two words (optimal string alignment), if it is at most `allowed`.
fn distance(a: &[char], b: &[char], allowed: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > allowed || b.len() > LONGEST {
        return None;
    }
    // Rows for the letters of `a` up to the one before the last, the last, and the present one.
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut present = vec![0; b.len() + 1];
    let mut previous_a = None;
    for (i, &letter_a) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut least = left;
        let mut previous_b = None;
        if let Some(first) = present.first_mut() {
            *first = left;
        }
        for (j, &letter_b) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&last, j) + usize::from(letter_a != letter_b)).min(at(&last, j + 1) + 1).min(left + 1);
            if previous_a == Some(letter_b) && previous_b == Some(letter_a) {
                cost = cost.min(at(&before_last, j - 1) + 1);
            }
            if let Some(place) = present.get_mut(j + 1) {
                *place = cost;
            }
            left = cost;
            least = least.min(cost);
            previous_b = Some(letter_b);
        }
        if least > allowed {
            return None;
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut present);
        previous_a = Some(letter_a);
    }
    last.last().copied().filter(|&cost| cost <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest_word() {
        let words = ["python3.13", "python3.14", "nodejs22.x", "nodejs24.x"];
        assert_eq!(nearest("pyhton3.13", words), Some("python3.13"), "two letters swapped");
        assert_eq!(nearest("Python3.14", words), Some("python3.14"), "a capital");
        assert_eq!(nearest("nodejs24", words), Some("nodejs24.x"), "an ending forgotten");
        assert_eq!(nearest("node24.x", words), Some("nodejs24.x"), "two letters forgotten");
    }

    #[test]
    fn says_nothing_rather_than_something_far_fetched() {
        let words = ["python3.13", "go1.x"];
        assert_eq!(nearest("ruby", words), None);
        assert_eq!(nearest("", words), None);
        assert_eq!(nearest("cobol", words), None);
        assert_eq!(nearest("python3.13", words), None, "it is right already");
        assert_eq!(nearest(&"p".repeat(1_000_000), words), None);
    }

    #[test]
    fn counts_edits() {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        for (a, b, edits) in [
            ("", "", 0),
            ("a", "", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 1),
            ("abcd", "acbd", 1),
            ("abc", "xyz", 3),
        ] {
            let (a, b) = (letters(a), letters(b));
            assert_eq!(distance(&a, &b, 5), Some(edits), "{a:?} {b:?}");
            assert_eq!(distance(&b, &a, 5), Some(edits), "{b:?} {a:?}");
            assert!(edits == 0 || distance(&a, &b, edits - 1).is_none());
        }
    }
}
