//! The names of time zones.
//!
//! Source: the IANA time zone database, release 2025b with its links, as Debian packages it; retrieved 2026-11-23.
//! <https://www.iana.org/time-zones>

use super::{nearest, sorted_lines};

static NAMES: &str = include_str!("facts/time-zones.txt");

/// Whether there is a time zone of this name.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    sorted_lines::find(NAMES, |key| key.cmp(name)).is_some()
}

/// The time zone that a misspelt name may have meant.
#[must_use]
pub fn nearest_time_zone(name: &str) -> Option<&'static str> {
    let same = |known: &&str| known.eq_ignore_ascii_case(name) || known.ends_with(&format!("/{name}"));
    NAMES.lines().find(same).or_else(|| nearest(name, NAMES.lines()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_time_zones() {
        for name in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "US/Pacific", "Zulu"] {
            assert!(is_time_zone(name), "{name}");
        }
        for name in ["", "Berlin", "europe/berlin", "Europe/Berlin\n", "GMT+5"] {
            assert!(!is_time_zone(name), "{name}");
        }
        assert_eq!(nearest_time_zone("europe/berlin"), Some("Europe/Berlin"));
        assert_eq!(nearest_time_zone("Berlin"), Some("Europe/Berlin"));
        assert_eq!(nearest_time_zone("America/New_Yrok"), Some("America/New_York"));
        assert_eq!(nearest_time_zone("Somewhere/Else/Entirely"), None);
    }
}
