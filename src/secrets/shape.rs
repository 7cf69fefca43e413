//! Secrets that are told by their form alone, wherever they stand.

use std::ops::Range;

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The id of an access key of an AWS user or session; its other half is never far.
    AccessKey,
    /// A private key in PEM.
    PrivateKey,
    /// A signed token (JWT).
    Jwt,
    /// A token of a service that marks its tokens.
    Token(&'static str),
    /// The password in a URL.
    UrlPassword,
    /// A password, by the name that it has.
    Password,
    /// Random characters under a name that says what they are.
    Random,
}

impl Kind {
    /// What it is, with its article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AccessKey => "an AWS access key",
            Self::PrivateKey => "a private key",
            Self::Jwt => "a signed token (JWT)",
            Self::Token(of) => of,
            Self::UrlPassword => "a URL with a password",
            Self::Password => "a password",
            Self::Random => "what looks like a secret",
        }
    }
}

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// A token that begins with letters of its own: those, how many characters follow at least and at most, and which.
struct Marked {
    start: &'static str,
    least: usize,
    most: usize,
    tail: fn(u8) -> bool,
    words: &'static str,
}

const fn marked(start: &'static str, least: usize, most: usize, tail: fn(u8) -> bool, words: &'static str) -> Marked {
    Marked { start, least, most, tail, words }
}

fn alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn hex(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')
}

/// The forms are those that the services document, and that GitHub's list of supported secret patterns names:
/// <https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>.
/// Keys for tests (`sk_test_…`) and keys that browsers are given anyway are left out.
const MARKED: &[Marked] = &[
    marked("ghp_", 36, 36, alnum, "a GitHub token"),
    marked("gho_", 36, 36, alnum, "a GitHub token"),
    marked("ghu_", 36, 36, alnum, "a GitHub token"),
    marked("ghs_", 36, 36, alnum, "a GitHub token"),
    marked("ghr_", 36, 36, alnum, "a GitHub token"),
    marked("github_pat_", 60, 120, word, "a GitHub token"),
    marked("glpat-", 20, 60, word, "a GitLab token"),
    marked("xoxa-", 20, 200, word, "a Slack token"),
    marked("xoxb-", 20, 200, word, "a Slack token"),
    marked("xoxp-", 20, 200, word, "a Slack token"),
    marked("xoxr-", 20, 200, word, "a Slack token"),
    marked("xoxs-", 20, 200, word, "a Slack token"),
    marked("sk_live_", 20, 250, alnum, "a Stripe key"),
    marked("rk_live_", 20, 250, alnum, "a Stripe key"),
    marked("whsec_", 32, 64, alnum, "a secret of a webhook"),
    marked("npm_", 36, 36, alnum, "an npm token"),
    marked("pypi-AgEIcHlwaS5vcmc", 50, 250, word, "a PyPI token"),
    marked("sk-ant-api03-", 80, 120, word, "an Anthropic key"),
    marked("sk-proj-", 40, 200, word, "an OpenAI key"),
    marked("shpat_", 32, 32, hex, "a Shopify token"),
    marked("dop_v1_", 64, 64, hex, "a DigitalOcean token"),
    marked("hf_", 34, 34, alnum, "a Hugging Face token"),
    marked("dapi", 32, 32, hex, "a Databricks token"),
];

const PEM_BEGIN: &str = "-----BEGIN ";
/// What ends a key, or begins the next.
const PEM_DASHES: &str = "-----";
/// A key has more characters than that; with fewer it stands for one.
const LEAST_KEY: usize = 60;
/// A key is not longer than that.
const MOST_KEY: usize = 16 * 1024;

/// All secrets that are told by their form, in order; none overlaps another. Linear in the text.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut out: Vec<Found> = Vec::new();
    let mut at = 0;
    let mut before = b' ';
    while let Some(byte) = bytes.get(at).copied() {
        let starts = !word(before);
        let found = match byte {
            b'-' => private_key(text, at).map(|end| (at, end, Kind::PrivateKey)),
            b':' => url_password(text, at, out.last().map_or(0, |last| last.range.end))
                .map(|range| (range.start, range.end, Kind::UrlPassword)),
            b'A' if starts => access_key(bytes, at).map(|end| (at, end, Kind::AccessKey)),
            b'e' if starts => jwt(bytes, at).map(|end| (at, end, Kind::Jwt)),
            b'S' if starts => sendgrid(bytes, at).map(|end| (at, end, Kind::Token("a SendGrid key"))),
            b'd' | b'g' | b'h' | b'n' | b'p' | b'r' | b's' | b'w' | b'x' if starts => {
                marked_token(bytes, at).map(|(end, words)| (at, end, Kind::Token(words)))
            }
            _ => None,
        };
        if let Some((start, end, kind)) = found.filter(|(start, end, _)| end > start) {
            out.push(Found { range: start..end, kind });
            at = end.max(at + 1);
        } else {
            at += 1;
        }
        before = bytes.get(at.saturating_sub(1)).copied().unwrap_or(b' ');
    }
    out
}

/// How many bytes from `at` on satisfy `is`.
fn run(bytes: &[u8], at: usize, most: usize, is: fn(u8) -> bool) -> usize {
    bytes.get(at..).unwrap_or_default().iter().take(most).take_while(|byte| is(**byte)).count()
}

/// `AKIA` (a user's) or `ASIA` (a session's), and 16 characters of base 32.
fn access_key(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    if !rest.starts_with(b"AKIA") && !rest.starts_with(b"ASIA") {
        return None;
    }
    let length = run(bytes, at, 24, alnum);
    let key = rest.get(4..20).filter(|_| length == 20)?;
    let is_base32 = key.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    let key = std::str::from_utf8(key).ok()?;
    (is_base32 && !key.contains("EXAMPLE") && distinct(key) > 6).then_some(at + 20)
}

fn distinct(text: &str) -> usize {
    let mut seen = [false; 256];
    for byte in text.bytes() {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

fn marked_token(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    let rest = bytes.get(at..)?;
    let token = MARKED.iter().find(|token| rest.starts_with(token.start.as_bytes()))?;
    let start = at + token.start.len();
    let length = run(bytes, start, token.most + 1, token.tail);
    let tail = std::str::from_utf8(bytes.get(start..start + length)?).ok()?;
    let fits = (token.least..=token.most).contains(&length) && distinct(tail) > 6 && !is_placeholder(tail);
    fits.then_some((start + length, token.words))
}

/// `SG.`, 22 characters, a full stop and 43 characters.
fn sendgrid(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let fits = rest.starts_with(b"SG.") && run(bytes, at + 3, 23, word) == 22 && rest.get(25) == Some(&b'.');
    (fits && run(bytes, at + 26, 44, word) == 43).then_some(at + 69)
}

/// Two parts of JSON in base64, and a signature.
fn jwt(bytes: &[u8], at: usize) -> Option<usize> {
    let part = |at: usize| run(bytes, at, 8192, word);
    if !bytes.get(at..)?.starts_with(b"eyJ") {
        return None;
    }
    let head = part(at);
    let second = at + head + 1;
    if head < 12 || bytes.get(second - 1) != Some(&b'.') || !bytes.get(second..)?.starts_with(b"eyJ") {
        return None;
    }
    let body = part(second);
    let third = second + body + 1;
    let signature = part(third);
    let fits = body >= 12 && bytes.get(third - 1) == Some(&b'.') && signature >= 20;
    (fits && distinct(std::str::from_utf8(bytes.get(third..third + signature)?).ok()?) > 6).then_some(third + signature)
}

/// The end of a private key that begins at `at`.
fn private_key(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(PEM_BEGIN)?;
    let label = rest.get(..rest.as_bytes().iter().take(40).position(|byte| *byte == b'-')?)?;
    if !label.ends_with("PRIVATE KEY") && !label.ends_with("PRIVATE KEY BLOCK") {
        return None;
    }
    let body = at + PEM_BEGIN.len() + label.len();
    let reach = text.floor_char_boundary(body + MOST_KEY);
    let after = text.get(body..reach)?;
    let inside = after.trim_start_matches('-');
    let start = body + after.len() - inside.len();
    let inside = inside.get(..inside.find(PEM_DASHES).unwrap_or(inside.len()))?;
    // What follows a key that is not ended is not a part of it.
    let is_of_key = |c: &char| c.is_ascii_alphanumeric() || c.is_whitespace() || "+/=\\:,-\"'|>._()".contains(*c);
    let inside = inside.get(..inside.chars().take_while(is_of_key).map(char::len_utf8).sum::<usize>())?;
    let key = inside.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')).count();
    if key < LEAST_KEY || inside.contains("...") || distinct(inside) < 20 {
        return None;
    }
    Some(start + inside.len())
}

/// The password of a URL whose `://` is at `at`. What is before `from` was looked at.
fn url_password(text: &str, at: usize, from: usize) -> Option<Range<usize>> {
    let start = at + 3;
    let rest = text.get(at..)?.strip_prefix("://")?;
    let scheme = text.as_bytes().get(from..at)?;
    if !scheme.last()?.is_ascii_alphanumeric() {
        return None;
    }
    let ends =
        |byte: &u8| matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b',' | 0..=b' ');
    let length = rest.as_bytes().iter().take(512).position(ends).unwrap_or(rest.len().min(512));
    let authority = rest.get(..length)?;
    let (user, host) = authority.rsplit_once('@')?;
    let (name, password) = user.split_once(':')?;
    let is_host = host.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '[' | '$' | '{' | '!'));
    let host = host.split(':').next().unwrap_or(host);
    let is_local = matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[" | "host.docker.internal" | "example.com");
    let is_told = password.len() < 4 || password == name || is_placeholder(password) || is_common(password);
    let is_hole =
        password.contains(['$', '{', '}', '*']) && password.contains(['{', '}', '*']) || password.starts_with('$');
    if !is_host || is_local || is_told || is_hole {
        return None;
    }
    let begin = start + name.len() + 1;
    Some(begin..begin + password.len())
}

/// Words that stand where a secret is to be put.
const PLACEHOLDERS: &[&str] = &[
    "example",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "dummy",
    "replace",
    "insert",
    "your",
    "todo",
    "fixme",
    "xxx",
    "***",
    "...",
    "sample",
    "redacted",
    "fake",
    "mock",
    "notreal",
    "not-real",
    "<",
    ">",
    "${",
    "{{",
];

/// Whether a text stands for a secret rather than being one.
#[must_use]
pub(super) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    PLACEHOLDERS.iter().any(|word| lower.contains(word)) || distinct(text) < 3 || is_sequence(text)
}

/// What everybody's database on a laptop has.
fn is_common(password: &str) -> bool {
    const COMMON: &[&str] = &[
        "pass",
        "password",
        "passwd",
        "pwd",
        "secret",
        "user",
        "username",
        "test",
        "admin",
        "root",
        "postgres",
        "mysql",
        "guest",
        "token",
        "key",
        "1234",
        "12345",
        "123456",
        "hunter2",
        "db_password",
        "db_pass",
        "dbpassword",
    ];
    COMMON.contains(&password.to_ascii_lowercase().as_str())
}

/// Whether most characters follow the ones before them: `0123456789abcdef`.
fn is_sequence(text: &str) -> bool {
    let bytes = text.as_bytes();
    let steps = bytes.windows(2).filter(|pair| match pair {
        [a, b] => *b == a.wrapping_add(1) || a == b || (*a == b'9' && matches!(b, b'0' | b'a' | b'A')),
        _ => false,
    });
    bytes.len() > 3 && steps.count() * 2 > bytes.len()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|found| text.get(found.range).unwrap()).collect()
    }

    #[test]
    fn the_password_of_a_url_is_what_is_told() {
        assert_eq!(told("postgres://app:Kx7-tt2a@db.internal:5432/app"), ["Kx7-tt2a"]);
        assert_eq!(told("a=https://u:pa:ss@h b=redis://:tr0ub4@h"), ["pa:ss", "tr0ub4"]);
        for none in [
            "https://host/path:x@y",
            "postgres://app:${Password}@host",
            "postgres://app@host",
            "http://app:secret1@localhost:80",
            "amqp://guest:guest@rabbit",
            "mongodb://<user>:<password>@host",
            "https://a:b@",
            "://u:pass1@h",
        ] {
            assert_eq!(told(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn keys_without_an_end_and_without_content() {
        let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n{body}\n-----END RSA PRIVATE KEY-----");
        assert_eq!(find(&key).len(), 1);
        let broken = format!("x: -----BEGIN PRIVATE KEY-----\\n{body}");
        assert_eq!(find(&broken).first().map(|found| found.kind), Some(Kind::PrivateKey));
        assert_eq!(told("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"), [""; 0]);
        assert_eq!(told(&key.replace("RSA PRIVATE", "PUBLIC")), [""; 0]);
    }

    #[test]
    fn anything_is_looked_through_in_linear_time() {
        for unit in ["-----BEGIN PRIVATE KEY-----", "eyJhbGciOiJIUzI1.", "://a:b@", "AKIA", "ghp_", "eyJ-"] {
            let text = unit.repeat(200_000 / unit.len());
            let start = std::time::Instant::now();
            let _ = find(&text);
            assert!(start.elapsed().as_secs() < 5, "{unit}");
        }
    }
}
