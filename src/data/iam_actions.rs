//! Every action of IAM, with AWS's access level and the resource types that it can be restricted to.
//!
//! Source: `facts/iam-actions.tsv`. The table is text, a block of sorted lines for each service, and is searched in
//! place. Services and actions compare without regard to case, as IAM does.

use super::{Date, sorted_lines, spelling};
use std::cmp::Ordering;

include!(concat!(env!("OUT_DIR"), "/iam_services.rs"));

static LINES: &str = include_str!(concat!(env!("OUT_DIR"), "/iam_actions.txt"));

/// What an action does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Tells which resources there are.
    List,
    /// Reads their content.
    Read,
    /// Makes, changes or deletes them.
    Write,
    /// Changes who may do what.
    Permissions,
    /// Changes only tags.
    Tagging,
}

/// How many actions there are, by AWS's access level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Actions that list.
    pub list: u32,
    /// Actions that read.
    pub read: u32,
    /// Actions that write.
    pub write: u32,
    /// Actions that manage permissions.
    pub permissions: u32,
    /// Actions that tag.
    pub tagging: u32,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn total(self) -> u32 {
        self.list + self.read + self.write + self.permissions + self.tagging
    }

    /// How many there are of each level.
    pub fn of(actions: impl Iterator<Item = Action>) -> Self {
        let mut counts = Self::default();
        actions.for_each(|action| counts.add(action.level));
        counts
    }

    fn add(&mut self, level: AccessLevel) {
        *match level {
            AccessLevel::List => &mut self.list,
            AccessLevel::Read => &mut self.read,
            AccessLevel::Write => &mut self.write,
            AccessLevel::Permissions => &mut self.permissions,
            AccessLevel::Tagging => &mut self.tagging,
        } += 1;
    }

    fn add_all(&mut self, other: Self) {
        self.list += other.list;
        self.read += other.read;
        self.write += other.write;
        self.permissions += other.permissions;
        self.tagging += other.tagging;
    }
}

/// A service's place in the text.
struct Entry {
    prefix: &'static str,
    start: usize,
    end: usize,
    counts: Counts,
}

/// A service that has actions.
#[derive(Clone, Copy)]
pub struct Service(&'static Entry);

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Service").field(&self.0.prefix).finish()
    }
}

impl Service {
    /// What stands before the colon (`s3`).
    #[must_use]
    pub fn prefix(self) -> &'static str {
        self.0.prefix
    }

    /// How many actions it has.
    #[must_use]
    pub fn counts(self) -> Counts {
        self.0.counts
    }

    /// Its actions, sorted by name without regard to case.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        self.lines().lines().filter_map(move |line| Action::read(self.0.prefix, line))
    }

    /// The action of this name (`PutObject`).
    #[must_use]
    pub fn action(self, name: &str) -> Option<Action> {
        let line = sorted_lines::find(self.lines(), |key| compare(key, name))?;
        Action::read(self.0.prefix, line)
    }

    /// The action that was probably meant by a name that the service does not have.
    #[must_use]
    pub fn nearest(self, name: &str) -> Option<Action> {
        let meant = spelling::nearest(name, self.lines().lines().map(sorted_lines::key))?;
        self.action(meant)
    }

    fn lines(self) -> &'static str {
        LINES.get(self.0.start..self.0.end).unwrap_or("")
    }
}

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// What stands before the colon (`s3`).
    pub service: &'static str,
    /// What stands after it (`PutObject`).
    pub name: &'static str,
    /// What it does, as AWS says.
    pub level: AccessLevel,
    /// What it does in the eyes of people who looked closer, where they disagree: AWS calls `iam:PutRolePolicy`
    /// permissions management but others that amount to the same mere writes.
    pub curated_level: Option<AccessLevel>,
    /// Names of the resource types that it takes, joined by commas; `*` after a name: required. Empty when only
    /// `Resource: "*"` has any effect.
    pub resources: &'static str,
}

impl Action {
    fn read(service: &'static str, line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (name, levels, resources) = (fields.next()?, fields.next()?, fields.next()?);
        let mut levels = levels.chars().map(|letter| match letter {
            'L' => AccessLevel::List,
            'R' => AccessLevel::Read,
            'P' => AccessLevel::Permissions,
            'T' => AccessLevel::Tagging,
            // The build script has let no other letter pass.
            _ => AccessLevel::Write,
        });
        Some(Self { service, name, level: levels.next()?, curated_level: levels.next(), resources })
    }

    /// Whether it can be restricted to resources at all.
    #[must_use]
    pub fn takes_resources(&self) -> bool {
        !self.resources.is_empty()
    }

    /// The resource types that it takes.
    pub fn resource_types(&self) -> impl Iterator<Item = &'static str> {
        self.resources.split(',').filter(|name| !name.is_empty()).map(|name| name.trim_end_matches('*'))
    }

    /// `s3:PutObject`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }
}

/// The day on which the table was read.
#[must_use]
pub fn table_date() -> Date {
    TABLE_DATE
}

/// The service of this prefix (`s3`).
#[must_use]
pub fn service(prefix: &str) -> Option<Service> {
    let index = INDEX.binary_search_by(|entry| compare(entry.prefix, prefix)).ok()?;
    INDEX.get(index).map(Service)
}

/// All services, sorted by prefix.
pub fn services() -> impl Iterator<Item = Service> {
    INDEX.iter().map(Service)
}

/// The service that was probably meant by a prefix that does not exist.
#[must_use]
pub fn nearest_service(prefix: &str) -> Option<Service> {
    spelling::nearest(prefix, INDEX.iter().map(|entry| entry.prefix)).and_then(service)
}

/// The action of this name (`s3:PutObject`).
#[must_use]
pub fn action(name: &str) -> Option<Action> {
    let (prefix, name) = name.split_once(':')?;
    service(prefix)?.action(name)
}

/// The actions that a pattern of a policy covers: `*` stands for any characters, `?` for one. Only the blocks of
/// the services that the part before the colon covers are looked at.
pub fn matching(pattern: &str) -> impl Iterator<Item = Action> {
    let (services, name) = split(pattern);
    services.into_iter().flat_map(move |service| {
        // Names with a common beginning stand together, but a block is short and a scan of it is fast.
        service.actions().filter(move |action| glob_matches(name, action.name))
    })
}

/// How many actions a pattern covers. `*` and `service:*` are answered without looking at any.
#[must_use]
pub fn count(pattern: &str) -> Counts {
    if is_all(pattern) {
        return TOTAL;
    }
    let (services, name) = split(pattern);
    let mut counts = Counts::default();
    for service in services {
        if is_all(name) {
            counts.add_all(service.counts());
        } else {
            service
                .actions()
                .filter(|action| glob_matches(name, action.name))
                .for_each(|action| counts.add(action.level));
        }
    }
    counts
}

/// The services that the pattern's first part covers, and its second part.
fn split(pattern: &str) -> (Vec<Service>, &str) {
    match pattern.split_once(':') {
        Some((prefix, name)) if prefix.contains(['*', '?']) => {
            (services().filter(|service| glob_matches(prefix, service.prefix())).collect(), name)
        }
        Some((prefix, name)) => (service(prefix).into_iter().collect(), name),
        None if is_all(pattern) => (services().collect(), pattern),
        None => (Vec::new(), pattern),
    }
}

fn is_all(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*')
}

/// Whether a pattern with `*` (any characters) and `?` (one character) covers a text, without regard to the case
/// of ASCII letters. Takes time in proportion to the product of both lengths at most.
#[must_use]
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // After the last star seen: where the pattern goes on, and up to where the star has eaten.
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                star = Some((p, t));
            }
            Some(b'?') => {
                p += 1;
                // One character, which may be several bytes.
                t += 1;
                while text.get(t).is_some_and(|byte| byte & 0xC0 == 0x80) {
                    t += 1;
                }
            }
            Some(wanted) if wanted.eq_ignore_ascii_case(&byte) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after, eaten)) = star else { return false };
                star = Some((after, eaten + 1));
                p = after;
                t = eaten + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|&byte| byte == b'*'))
}

/// The order of the table: as if all were lower case.
fn compare(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_and_every_block_is_sorted() {
        let mut total = Counts::default();
        let mut end = 0;
        for service in services() {
            assert_eq!(super::service(service.prefix()).unwrap().prefix(), service.prefix());
            assert_eq!(service.0.start, end, "blocks follow each other");
            end = service.0.end;
            let actions: Vec<_> = service.actions().collect();
            assert!(actions.is_sorted_by(|a, b| compare(a.name, b.name).is_lt()), "{service:?}");
            let mut counts = Counts::default();
            for action in &actions {
                counts.add(action.level);
                assert_eq!(service.action(action.name), Some(*action));
            }
            assert_eq!(counts, service.counts());
            total.add_all(counts);
        }
        assert_eq!(end, LINES.len());
        assert_eq!(total, TOTAL);
        assert_eq!(total.total(), 22_321);
    }

    #[test]
    fn an_action_says_what_it_does_and_to_what() {
        let put = action("s3:PutObject").unwrap();
        assert_eq!((put.service, put.name, put.level), ("s3", "PutObject", AccessLevel::Write));
        assert!(put.resource_types().any(|name| name == "object"), "{put:?}");
        assert_eq!(action("S3:putobject"), Some(put));
        let list = action("s3:ListAllMyBuckets").unwrap();
        assert!(!list.takes_resources() && list.resource_types().next().is_none());
        assert_eq!(action("iam:PutRolePolicy").unwrap().level, AccessLevel::Permissions);
        assert!(action("iam:CreateAccessKey").unwrap().curated_level.is_some());
        for absent in ["s3:PutObjects", "s3", "s3:", ":", "", "s4:PutObject", "s3:Put*", "*"] {
            assert_eq!(action(absent), None, "{absent:?}");
        }
    }

    #[test]
    fn patterns_cover_what_iam_says() {
        let names = |pattern| matching(pattern).map(|action| action.full_name()).collect::<Vec<_>>();
        assert!(names("s3:GetObject*").contains(&"s3:GetObjectAcl".to_owned()));
        assert_eq!(names("s3:getobject"), ["s3:GetObject"]);
        assert_eq!(names("sqs:*MessageVisibility"), ["sqs:ChangeMessageVisibility"]);
        assert_eq!(names("sqs:S?ndMessage"), ["sqs:SendMessage"]);
        assert_eq!(names("lambda"), [""; 0]);
        assert_eq!(names("nosuch:*"), [""; 0]);
        assert_eq!(names("s3?:*"), [""; 0], "no service is called s3 and one character more");
        assert_eq!(names("sn?:Publish"), ["sns:Publish"]);
    }

    #[test]
    fn counting_agrees_with_listing() {
        for pattern in
            ["*", "**", "*:*", "s3:*", "S3:**", "iam:Put*", "dynamodb:*Item", "ec2:Describe*", "*:Tag*", "nosuch:*"]
        {
            let mut listed = Counts::default();
            matching(pattern).for_each(|action| listed.add(action.level));
            assert_eq!(count(pattern), listed, "{pattern}");
        }
        assert_eq!(count("*").total(), 22_321);
        assert!(count("s3:*").total() > 100 && count("s3:*").permissions > 10);
        assert_eq!(count("nosuch:*").total() + count("").total() + count("s3").total(), 0);
    }

    #[test]
    fn slips_get_a_suggestion() {
        let s3 = service("s3").unwrap();
        assert_eq!(s3.nearest("PutObjects").unwrap().name, "PutObject");
        assert_eq!(s3.nearest("GetObejct").unwrap().name, "GetObject");
        assert_eq!(s3.nearest("Frobnicate"), None);
        assert_eq!(nearest_service("dynamo-db").unwrap().prefix(), "dynamodb");
    }

    #[test]
    fn globs_take_no_long_time() {
        assert!(glob_matches("*", "") && glob_matches("", "") && !glob_matches("?", "") && !glob_matches("", "a"));
        assert!(glob_matches("a*b*c", "aXXbYYc") && !glob_matches("a*b*c", "aXXcYYb"));
        assert!(glob_matches("a?c", "aéc") && glob_matches("*é", "aé"));
        let text = "a".repeat(5_000);
        assert!(!glob_matches(&format!("{}b", "a*".repeat(4_999)), &text));
        assert!(!glob_matches(&format!("{}b", "*a".repeat(2_000)), &text));
    }
}
