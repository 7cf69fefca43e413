//! The runtimes that Lambda offers or once offered, and when each of them ends.
//!
//! Source: `facts/runtimes.yaml`. AWS moves the dates: the table says when it was read.

use super::{Date, spelling};
use semver::Version;
use std::cmp::Ordering;

include!(concat!(env!("OUT_DIR"), "/runtimes.rs"));

/// A runtime identifier, as `Runtime` of a function takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table: each says one independent thing")]
pub struct Runtime {
    /// The identifier (`python3.13`).
    pub id: &'static str,
    /// The language (`python`, `dotnet`), or `provided` or `custom`.
    pub family: &'static str,
    /// The language's version (`3.13`); empty for `provided` and `custom`.
    pub version: &'static str,
    /// The operating system: `AL1`, `AL2`, `AL2023`.
    pub os: Option<&'static str>,
    /// Whether it is a preview: no support, and it may change.
    pub preview: bool,
    /// The day from which AWS does not maintain it any more.
    pub deprecated: Option<Date>,
    /// The day from which no function can be created with it.
    pub block_create: Option<Date>,
    /// The day from which no function with it can be updated.
    pub block_update: Option<Date>,
    /// Whether it can be the `Runtime` of a function. Otherwise there is only a base image for containers.
    pub zip: bool,
    /// The architectures that it runs on.
    pub arch: &'static [&'static str],
    /// Whether SnapStart can be switched on.
    pub snapstart: bool,
    /// Whether the source can be inline (`Code.ZipFile`).
    pub inline: bool,
    /// The identifier to move to: the newest of the family that is generally available.
    pub successor: Option<&'static str>,
    /// The identifier of the same language version on a newer operating system.
    pub os_successor: Option<&'static str>,
}

/// Where a runtime stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Maintained, and the end is known.
    Supported,
    /// Maintained, and no end is announced.
    NoDate,
    /// To be tried, not relied upon.
    Preview,
    /// Not maintained any more. The API still creates and updates functions with it.
    Deprecated,
    /// No function can be created with it.
    CreateBlocked,
    /// No function can be created or updated with it. Existing ones still run.
    UpdateBlocked,
}

/// What the runtimes of a language have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// The language (`python`).
    pub name: &'static str,
    /// A regular expression that a well-formed `Handler` matches (zip packages; images have none).
    pub handler: &'static str,
    /// What the `Handler` of inline code begins with.
    pub inline_handler_prefix: Option<&'static str>,
}

impl Runtime {
    /// Where it stands on a day.
    #[must_use]
    pub fn status(&self, today: Date) -> Status {
        let reached = |date: Option<Date>| date.is_some_and(|date| date <= today);
        if reached(self.block_update) {
            Status::UpdateBlocked
        } else if reached(self.block_create) {
            Status::CreateBlocked
        } else if reached(self.deprecated) {
            Status::Deprecated
        } else if self.preview {
            Status::Preview
        } else if self.deprecated.is_none() {
            Status::NoDate
        } else {
            Status::Supported
        }
    }

    /// Days until it is deprecated, when that is known and still to come.
    #[must_use]
    pub fn days_left(&self, today: Date) -> Option<i64> {
        self.deprecated.map(|date| today.days_until(date)).filter(|&days| days > 0)
    }

    /// Which of two runtimes of one family is the newer; nothing across families or without versions.
    #[must_use]
    pub fn compare_versions(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = (Identifier::read(self.id)?, Identifier::read(other.id)?);
        (a.family == b.family).then(|| a.version.cmp(&b.version))
    }
}

/// The day on which the table was read.
#[must_use]
pub fn table_date() -> Date {
    TABLE_DATE
}

/// The runtime of this identifier, to the letter.
#[must_use]
pub fn runtime(id: &str) -> Option<&'static Runtime> {
    let at = |index: u8| TABLE.get(usize::from(index));
    let found = BY_ID.binary_search_by(|&index| at(index).map_or("", |runtime| runtime.id).cmp(id)).ok()?;
    BY_ID.get(found).copied().and_then(at)
}

/// All runtimes: the newest first in each family.
#[must_use]
pub fn all() -> &'static [Runtime] {
    TABLE
}

/// The runtimes of a language, the newest first.
pub fn family(name: &str) -> impl Iterator<Item = &'static Runtime> {
    TABLE.iter().filter(move |runtime| runtime.family == name)
}

/// What the runtimes of a language have in common.
#[must_use]
pub fn family_facts(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}

/// The identifier that was probably meant by one that does not exist. Only what a function can be created with on
/// that day is proposed, unless nothing else is near.
#[must_use]
pub fn did_you_mean(id: &str, today: Date) -> Option<&'static Runtime> {
    let id = id.trim();
    let near = |runtimes: &mut dyn Iterator<Item = &'static Runtime>| {
        let ids: Vec<&'static str> = runtimes.filter(|runtime| runtime.zip).map(|runtime| runtime.id).collect();
        // `nearest` has nothing to say of a word that is right, which it is here when only spaces were wrong.
        ids.iter().find(|known| **known == id).copied().or_else(|| spelling::nearest(id, ids))
    };
    let current = &mut TABLE.iter().filter(|runtime| runtime.status(today) < Status::Preview);
    near(current).or_else(|| near(&mut TABLE.iter())).and_then(runtime)
}

/// The newest known runtime of the family that `id` seems to be a newer member of. AWS launches runtimes that this
/// table has not heard of: such an identifier has the form of the family's, and a version a little above all known.
/// One that is far above them is rather a slip (`python3.93`), as is one that lies between known ones.
#[must_use]
pub fn newer_than_known(id: &str) -> Option<&'static Runtime> {
    let new = Identifier::read(id)?;
    let known = TABLE.iter().filter_map(|runtime| Identifier::read(runtime.id).map(|known| (known, runtime)));
    let (newest, runtime) = known
        .filter(|(known, _)| known.family == new.family)
        .max_by(|a, b| (&a.0.version, a.0.os).cmp(&(&b.0.version, b.0.os)))?;
    let plausible = match new.version.cmp(&newest.version) {
        Ordering::Greater if new.version.major == newest.version.major => {
            new.version.minor - newest.version.minor <= FARTHEST
        }
        Ordering::Greater => new.version.major - newest.version.major <= FARTHEST && new.version.minor == 0,
        // The same language on an operating system that is newer than all known.
        _ => {
            let known = TABLE.iter().filter_map(|runtime| Identifier::read(runtime.id)?.os).max().unwrap_or(0);
            new.os.is_some_and(|os| os > known && os - known <= FARTHEST)
        }
    };
    plausible.then_some(runtime)
}

/// How far above the newest known version another one can be: Node.js takes two numbers a year, Java four in two,
/// and Amazon Linux is named after its year.
const FARTHEST: u64 = 8;

/// An identifier in its parts.
struct Identifier<'a> {
    family: &'a str,
    version: Version,
    /// The number of Amazon Linux, where the identifier names it.
    os: Option<u64>,
}

impl<'a> Identifier<'a> {
    /// Takes an identifier apart, if it is formed as those of its family are today: `nodejs24.x`, `python3.14`,
    /// `java17.al2023`, `dotnet10`, `ruby4.0`, `provided.al2023`.
    fn read(id: &'a str) -> Option<Self> {
        let name = id.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or("");
        let rest = id.get(name.len()..)?;
        let (rest, os) = match rest.split_once(".al") {
            Some((rest, os)) => (rest, Some(number(os)?)),
            None => (rest, None),
        };
        let (major, minor) = match name {
            "provided" if rest.is_empty() => (0, 0),
            "nodejs" if os.is_none() => (number(rest.strip_suffix(".x")?)?, 0),
            "python" | "ruby" if os.is_none() => {
                let (major, minor) = rest.split_once('.')?;
                (number(major)?, number(minor)?)
            }
            "java" => (number(rest)?, 0),
            "dotnet" if os.is_none() => (number(rest)?, 0),
            _ => return None,
        };
        Some(Self { family: name, version: Version::new(major, minor, 0), os })
    }
}

/// Digits only, without a leading zero, and not so many that it is no version any more.
fn number(text: &str) -> Option<u64> {
    let digits = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn today() -> Date {
        day("2026-11-22")
    }

    fn status(id: &str, on: &str) -> Status {
        runtime(id).unwrap().status(day(on))
    }

    #[test]
    fn every_runtime_is_found_by_its_identifier() {
        assert!(all().len() >= 55, "{}", all().len());
        for entry in all() {
            assert_eq!(runtime(entry.id), Some(entry));
            assert!(family_facts(entry.family).is_some(), "{entry:?}");
        }
        for absent in ["", "python", "Python3.13", "python3.13 ", "zzz", "a"] {
            assert_eq!(runtime(absent), None, "{absent:?}");
        }
    }

    #[test]
    fn every_successor_can_be_moved_to() {
        for entry in all() {
            for successor in [entry.successor, entry.os_successor].into_iter().flatten() {
                let successor = runtime(successor).unwrap_or_else(|| panic!("{entry:?}"));
                assert!(successor.zip && successor.status(today()) < Status::Preview, "{entry:?}");
            }
            if let Some(same_version) = entry.os_successor.and_then(runtime) {
                assert_eq!((same_version.family, same_version.version), (entry.family, entry.version));
            }
            assert!(entry.successor.is_some() || entry.status(today()) < Status::Deprecated, "{entry:?}");
            assert!(!entry.arch.is_empty(), "{entry:?}");
        }
    }

    #[test]
    fn the_dates_of_a_runtime_follow_each_other() {
        for entry in all() {
            if let (Some(create), Some(update)) = (entry.block_create, entry.block_update) {
                assert!(create <= update, "{entry:?}");
                // AWS announced some of the oldest the other way round.
                assert!(entry.deprecated.is_some_and(|date| date <= create) || entry.os == Some("AL1"), "{entry:?}");
            }
            assert_eq!(entry.block_create.is_some(), entry.block_update.is_some(), "{entry:?}");
        }
    }

    #[test]
    fn the_status_follows_the_day() {
        assert_eq!(status("nodejs18.x", "2025-08-31"), Status::Supported);
        assert_eq!(status("nodejs18.x", "2025-09-01"), Status::Deprecated);
        assert_eq!(status("nodejs18.x", "2027-01-31"), Status::Deprecated);
        assert_eq!(status("nodejs18.x", "2027-02-01"), Status::CreateBlocked);
        assert_eq!(status("nodejs18.x", "2027-03-03"), Status::UpdateBlocked);
        assert_eq!(status("nodejs12.x", "2026-11-22"), Status::UpdateBlocked);
        assert_eq!(status("go1.x", "2026-11-22"), Status::CreateBlocked);
        assert_eq!(status("python3.15", "2026-11-22"), Status::Preview);
        assert_eq!(status("custom", "2026-11-22"), Status::NoDate);
        assert_eq!(status("dotnet9", "2030-01-01"), Status::Deprecated, "no block is announced");
        assert_eq!(runtime("nodejs22.x").unwrap().days_left(today()), Some(159));
        assert_eq!(runtime("nodejs20.x").unwrap().days_left(today()), None);
    }

    #[test]
    fn versions_compare_as_numbers_within_a_family() {
        let compare = |a, b| runtime(a).unwrap().compare_versions(runtime(b).unwrap());
        assert_eq!(compare("python3.9", "python3.10"), Some(Ordering::Less));
        assert_eq!(compare("nodejs24.x", "nodejs22.x"), Some(Ordering::Greater));
        assert_eq!(compare("java17", "java17.al2023"), Some(Ordering::Equal));
        assert_eq!(compare("python3.9", "nodejs22.x"), None);
        assert_eq!(compare("custom", "custom"), None);
    }

    #[test]
    fn families_are_listed_with_the_newest_first() {
        for name in ["nodejs", "python", "java", "dotnet", "ruby"] {
            let versions: Vec<_> = family(name).filter_map(|runtime| Identifier::read(runtime.id)).collect();
            assert!(versions.len() > 3 && versions.is_sorted_by(|a, b| a.version >= b.version), "{name}");
        }
    }

    #[test]
    fn a_newer_member_of_a_family_is_recognised() {
        let newer = |id| newer_than_known(id).map(|runtime| runtime.id);
        assert_eq!(newer("python3.16"), Some("python3.15"));
        assert_eq!(newer("nodejs28.x"), Some("nodejs26.x"));
        assert_eq!(newer("java29"), Some("java25"));
        assert_eq!(newer("dotnet12"), Some("dotnet10"));
        assert_eq!(newer("ruby4.1"), Some("ruby4.0"));
        assert_eq!(newer("ruby5.0"), Some("ruby4.0"));
        assert_eq!(newer("provided.al2027"), Some("provided.al2023"));
        assert_eq!(newer("java21.al2027"), Some("java25"));
    }

    #[test]
    fn a_slip_is_not_taken_for_a_newer_member() {
        for id in [
            "python3.93",
            "python3.123.12",
            "python3",
            "python3.x",
            "nodejs23.x",
            "nodejs28",
            "nodejs42.x",
            "nodejs028.x",
            "java21.al2023",
            "java9",
            "go2.x",
            "provided.al2022",
            "provided2",
            "custom2",
            "ruby5.7",
            "",
            "python",
            "python3.16 ",
            "Python3.16",
            "nodejs99999999999999999999.x",
            "python3.16.al2023",
        ] {
            assert_eq!(newer_than_known(id), None, "{id:?}");
        }
        for entry in all() {
            assert_eq!(newer_than_known(entry.id), None, "{}", entry.id);
        }
    }

    #[test]
    fn a_slip_gets_a_suggestion_that_still_works() {
        let meant = |id| did_you_mean(id, today()).map(|runtime| runtime.id);
        assert_eq!(meant("Python3.13"), Some("python3.13"));
        assert_eq!(meant("nodejs24"), Some("nodejs24.x"));
        assert_eq!(meant("python3.13 "), Some("python3.13"));
        assert_eq!(meant("pyton3.12"), Some("python3.12"));
        assert_eq!(meant("dotnet9"), Some("dotnet10"), "nearer ones are deprecated");
        assert_eq!(meant("php8.3"), None);
        assert_eq!(meant(&"python3.".repeat(100_000)), None);
    }
}
