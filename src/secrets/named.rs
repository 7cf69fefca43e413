//! Secrets that are told by two things together: what a value is called, and that it looks like nothing but a secret.

use super::shape::{Kind, is_placeholder};

/// What a value is, if its name says that it is a secret and its characters agree. Never by the name alone: `TABLE_KEY`, `SECRET_NAME` and
/// `TOKEN_URL` are names of settings.
#[must_use]
pub fn judge(name: &str, value: &str) -> Option<Kind> {
    let called = called(name)?;
    if is_reference(value) || is_placeholder(value) || mentions_itself(value) {
        return None;
    }
    if looks_random(value) {
        return Some(Kind::Random);
    }
    (called == Called::Password && looks_like_password(value)).then_some(Kind::Password)
}

/// Whether the name alone could be that of a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    called(name).is_some()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Password,
    Secret,
}

/// The last word of a name that is about a secret and is none.
const ABOUT: &[&str] = &[
    "name",
    "names",
    "arn",
    "arns",
    "id",
    "ids",
    "url",
    "uri",
    "path",
    "table",
    "param",
    "parameter",
    "alias",
    "file",
    "header",
    "field",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "timeout",
    "length",
    "version",
    "type",
    "issuer",
    "endpoint",
    "region",
    "bucket",
    "queue",
    "topic",
    "prefix",
    "suffix",
    "pattern",
    "regex",
    "algorithm",
    "limit",
    "count",
    "enabled",
    "label",
    "tag",
    "ref",
    "host",
    "address",
    "policy",
    "location",
    "store",
    "provider",
    "mode",
    "rotation",
    "index",
    "attribute",
    "claim",
    "audience",
    "scope",
    "budget",
    "size",
    "days",
    "seconds",
    "minutes",
    "hours",
    "interval",
    "domain",
    "function",
    "tokens",
    "required",
    "validity",
    "format",
    "hash",
    "digest",
    "checksum",
    "key_id",
    "schedule",
    "role",
    "user",
    "username",
];

/// What goes before `key` where a key is a secret.
const KEYS: &[&str] = &[
    "api",
    "access",
    "private",
    "signing",
    "encryption",
    "auth",
    "master",
    "account",
    "shared",
    "session",
    "jwt",
    "hmac",
    "webhook",
    "client",
    "secret",
    "aes",
    "crypto",
    "cipher",
    "license",
    "service",
    "app",
    "admin",
    "storage",
    "sas",
];

fn called(name: &str) -> Option<Called> {
    let words = words(name);
    let last = words.last()?;
    if ABOUT.contains(&last.as_str()) || words.iter().any(|word| word == "public" || word == "publishable") {
        return None;
    }
    let is_password = |word: &str| {
        matches!(word, "pwd" | "passwd" | "passphrase" | "passcode" | "pass") || word.ends_with("password")
    };
    let what = words.iter().rev().find(|word| !word.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(last);
    if is_password(what) {
        return Some(Called::Password);
    }
    let is_secret = |word: &String| {
        matches!(word.as_str(), "secret" | "secrets" | "token" | "credential" | "credentials" | "apikey" | "pat")
            || ["secret", "token", "apikey", "accesskey", "secretkey", "privatekey"]
                .iter()
                .any(|end| word.ends_with(end))
    };
    let is_key = |pair: &[String]| matches!(pair, [of, key] if key == "key" && KEYS.contains(&of.as_str()));
    (words.iter().any(is_secret) || words.windows(2).any(is_key)).then_some(Called::Secret)
}

/// The words of `DB_PASSWORD`, `dbPassword` and `db-password`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut before = '_';
    for c in name.chars().take(256) {
        let begins = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if !c.is_ascii_alphanumeric() || begins {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    out.retain(|word| !word.is_empty());
    out
}

/// Whether it says where something is.
fn is_reference(value: &str) -> bool {
    value.starts_with("arn:")
        || value.starts_with("rds!")
        || value.starts_with(['/', '.', '~', '$', '%', '{', '[', '!', '@'])
        || value.contains("://")
        || value.contains("${")
        || value.contains(char::is_whitespace)
        || value.contains(".com")
        || value.contains("amazonaws")
        || is_uuid(value)
}

fn is_uuid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether it says what it is, as names do: `prod/db-password`, `MyDbSecret-x7Kq2p`.
fn mentions_itself(value: &str) -> bool {
    const WORDS: &[&str] = &["secret", "token", "passw", "credential", "apikey", "api-key", "api_key", "private"];
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// Whether the characters come as from dice: letters and digits in turn, many different ones.
fn looks_random(value: &str) -> bool {
    let value = value.trim_end_matches('=');
    let of_alphabet =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-' | b'.' | b'~');
    if !(16..=512).contains(&value.len()) || !value.bytes().all(of_alphabet) {
        return false;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let alphanumeric = value.bytes().filter(u8::is_ascii_alphanumeric).count();
    if digits < 2 || digits == alphanumeric {
        return false;
    }
    if value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return value.len() >= 32 && entropy(value) >= 3.0;
    }
    // Separators begin anew: it is inside words that names and dice differ.
    let class = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let changes = value.as_bytes().windows(2).filter(|pair| match pair {
        [a, b] => matches!((class(*a), class(*b)), (Some(a), Some(b)) if a != b),
        _ => false,
    });
    changes.count() * 10 >= alphanumeric * 3 && entropy(value) >= 3.3
}

/// Whether it has three of: small letters, capitals, digits, others; and a digit.
fn looks_like_password(value: &str) -> bool {
    let has = |is: fn(char) -> bool| usize::from(value.chars().any(is));
    let classes = has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| c.is_ascii_punctuation());
    let is_path = value.contains('/') || value.contains("::");
    (8..=64).contains(&value.len()) && classes >= 3 && has(|c| c.is_ascii_digit()) == 1 && !is_path
}

/// Bits per character, by how often each character comes.
#[expect(clippy::cast_precision_loss, reason = "at most 512 characters")]
fn entropy(value: &str) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = value.len() as f64;
    let share = |count: usize| count as f64 / length;
    -counts.iter().filter(|count| **count > 0).map(|count| share(*count) * share(*count).log2()).sum::<f64>()
}
