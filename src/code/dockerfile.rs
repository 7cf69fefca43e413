//! Dockerfiles: which image the one that is built begins with.

use rustc_hash::FxHashMap;

/// What an image is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseImage {
    /// Its name, as Docker would pull it.
    pub name: String,
    /// The line that names it, from 1.
    pub line: usize,
}

/// A stage: `FROM image AS name`.
struct Stage {
    name: Option<String>,
    /// What it begins with; `None` when that is not known.
    from: Option<String>,
    line: usize,
}

/// The image that the stage `target`, or the last one, begins with. `given` says which arguments the build is given; a name that is put together
/// from what is not known is no name.
#[must_use]
pub fn base_image(text: &str, target: Option<&str>, given: &dyn Fn(&str) -> Option<String>) -> Option<BaseImage> {
    let stages = stages(text, given);
    let is_named =
        |stage: &Stage, name: &str| stage.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name));
    let mut at = match target {
        Some(target) => stages.iter().position(|stage| is_named(stage, target))?,
        None => stages.len().checked_sub(1)?,
    };
    // A stage begins with an earlier one or with an image.
    loop {
        let stage = stages.get(at)?;
        let from = stage.from.as_deref()?;
        match stages.iter().take(at).position(|earlier| is_named(earlier, from)) {
            Some(earlier) => at = earlier,
            None => return Some(BaseImage { name: from.to_owned(), line: stage.line }),
        }
    }
}

fn stages(text: &str, given: &dyn Fn(&str) -> Option<String>) -> Vec<Stage> {
    let mut known: FxHashMap<String, Option<String>> = FxHashMap::default();
    let mut stages = Vec::new();
    for (line, instruction) in instructions(text) {
        let (word, rest) = instruction.split_once(char::is_whitespace).unwrap_or((&instruction, ""));
        // Arguments before the first stage are those that `FROM` knows.
        if word.eq_ignore_ascii_case("ARG") && stages.is_empty() {
            for argument in rest.split_whitespace() {
                let (name, default) =
                    argument.split_once('=').map_or((argument, None), |(name, value)| (name, Some(value)));
                let default = default.and_then(|value| expand(value.trim_matches(['"', '\'']), &known));
                known.insert(name.to_owned(), given(name).or(default));
            }
        } else if word.eq_ignore_ascii_case("FROM") {
            let words: Vec<&str> = rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
            let name = match words.as_slice() {
                [_, joint, name] if joint.eq_ignore_ascii_case("AS") => Some((*name).to_owned()),
                _ => None,
            };
            stages.push(Stage { name, from: words.first().and_then(|image| expand(image, &known)), line });
        }
    }
    stages
}

/// The instructions, each with its line: continued lines are joined, comments and the texts of here-documents left out.
fn instructions(text: &str) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut escape = '\\';
    let mut open: Option<(usize, String)> = None;
    let mut until: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(end) = &until {
            if line.trim_start_matches('\t').trim_end() == end {
                until = None;
            }
            continue;
        }
        let trimmed = line.trim();
        if let Some(comment) = trimmed.strip_prefix('#') {
            let directive: String = comment.split_whitespace().collect();
            if out.is_empty() && open.is_none() && directive.eq_ignore_ascii_case("escape=`") {
                escape = '`';
            }
            continue;
        }
        if trimmed.is_empty() {
            continue;
        }
        let (begin, mut instruction) = open.take().unwrap_or((index + 1, String::new()));
        match trimmed.strip_suffix(escape) {
            Some(more) => {
                instruction.push_str(more);
                instruction.push(' ');
                open = Some((begin, instruction));
            }
            None => {
                instruction.push_str(trimmed);
                until = here_document(&instruction);
                out.push((begin, instruction));
            }
        }
    }
    out.extend(open);
    out
}

/// The word that ends the here-document that an instruction begins.
fn here_document(instruction: &str) -> Option<String> {
    let takes = ["RUN", "COPY", "ADD"]
        .iter()
        .any(|word| instruction.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)));
    let (_, after) = instruction.split_once("<<").filter(|_| takes)?;
    let after = after.strip_prefix('-').unwrap_or(after).trim_start_matches(['"', '\'']);
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
    after.get(..end).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// A text with its variables replaced; `None` when one is not known.
fn expand(text: &str, known: &FxHashMap<String, Option<String>>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (inner, more) = match after.strip_prefix('{') {
            Some(braced) => braced.split_once('}')?,
            None => {
                let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
                (after.get(..end)?, after.get(end..)?)
            }
        };
        let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, default)| (name, Some(default)));
        match (known.get(name).cloned().flatten(), default) {
            (Some(value), _) => out.push_str(&value),
            (None, Some(default)) => out.push_str(default),
            (None, None) => return None,
        }
        // Values of variables do not grow without end.
        if out.len() > 4096 {
            return None;
        }
        rest = more;
    }
    out.push_str(rest);
    Some(out)
}

/// The identifier of the runtime that one of AWS's base images is made for: `public.ecr.aws/lambda/python:3.12` is `python3.12`.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/images-create.html> and the pages on base images for each language; 2026-11-23.
#[must_use]
pub fn runtime_of(image: &str) -> Option<String> {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    let name = image.strip_prefix("docker.io/").unwrap_or(image);
    let rest = name.strip_prefix("public.ecr.aws/lambda/").or_else(|| name.strip_prefix("amazon/aws-lambda-"))?;
    let (language, tag) = rest.split_once(':')?;
    // What follows is a day or an architecture.
    let tag = tag.split(['-', '_']).next()?;
    let mut numbers = tag.split('.');
    let first = numbers.next()?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (major, minor) = (first, numbers.next());
    let id = match language {
        "nodejs" if is_number(major) => format!("nodejs{major}.x"),
        "python" | "ruby" if is_number(major) => {
            format!("{language}{major}.{}", minor.filter(|minor| is_number(minor))?)
        }
        "java" if is_number(major) && minor == Some("al2") => format!("java{major}.al2"),
        "java" | "dotnet" if is_number(major) => format!("{language}{major}"),
        "dotnet" if major.starts_with("core") => format!("dotnet{major}.{}", minor?),
        "go" if major == "1" => "go1.x".to_owned(),
        "provided" if major == "alami" => "provided".to_owned(),
        "provided" if major.starts_with("al2") => format!("provided.{major}"),
        _ => return None,
    };
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str, target: Option<&str>, arguments: &[(&str, &str)]) -> Option<(String, usize)> {
        let given =
            |wanted: &str| arguments.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
        base_image(text, target, &given).map(|image| (image.name, image.line))
    }

    #[test]
    fn the_last_stage_counts() {
        let text = "# syntax=docker/dockerfile:1\nFROM golang:1.25 AS build\nRUN x\n\nFROM --platform=linux/arm64 a:1\nCMD [\"app.handler\"]\n";
        assert_eq!(base(text, None, &[]), Some(("a:1".to_owned(), 5)));
        assert_eq!(base(text, Some("BUILD"), &[]), Some(("golang:1.25".to_owned(), 2)));
        assert_eq!(base(text, Some("other"), &[]), None);
        assert_eq!(base("FROM a:1 AS base\nfrom base as next\nFROM next", None, &[]), Some(("a:1".to_owned(), 1)));
        assert_eq!(base("RUN x", None, &[]), None);
        assert_eq!(base("FROM base AS base", None, &[]), Some(("base".to_owned(), 1)));
    }

    #[test]
    fn arguments_are_put_in() {
        let text = "ARG VERSION=3.8\nARG REPO=public.ecr.aws/lambda\nFROM ${REPO}/python:$VERSION\nARG VERSION=9";
        assert_eq!(base(text, None, &[]), Some(("public.ecr.aws/lambda/python:3.8".to_owned(), 3)));
        assert_eq!(base(text, None, &[("VERSION", "3.14")]), Some(("public.ecr.aws/lambda/python:3.14".to_owned(), 3)));
        assert_eq!(base("ARG V\nFROM a:${V}", None, &[]), None);
        assert_eq!(base("FROM a:${V:-7}", None, &[]), Some(("a:7".to_owned(), 1)));
    }

    #[test]
    fn what_only_looks_like_an_instruction() {
        let text = "FROM a:1\nRUN <<EOF\nFROM b:1\nEOF\nRUN echo \\\n  FROM c:1\n# FROM d:1\n";
        assert_eq!(base(text, None, &[]), Some(("a:1".to_owned(), 1)));
        assert_eq!(base("# escape=`\nFROM `\n  a:1\nRUN x `\nFROM b:1", None, &[]), Some(("a:1".to_owned(), 2)));
    }

    #[test]
    fn names_of_base_images() {
        for (image, runtime) in [
            ("public.ecr.aws/lambda/python:3.8", Some("python3.8")),
            ("public.ecr.aws/lambda/python:3.12.2026.01.01.01-x86_64", Some("python3.12")),
            ("amazon/aws-lambda-nodejs:14", Some("nodejs14.x")),
            ("public.ecr.aws/lambda/nodejs:20-arm64@sha256:00", Some("nodejs20.x")),
            ("public.ecr.aws/lambda/java:8.al2", Some("java8.al2")),
            ("public.ecr.aws/lambda/dotnet:core3.1", Some("dotnetcore3.1")),
            ("public.ecr.aws/lambda/provided:al2", Some("provided.al2")),
            ("public.ecr.aws/lambda/provided:al2023.2026", Some("provided.al2023")),
            ("public.ecr.aws/lambda/go:1", Some("go1.x")),
            ("public.ecr.aws/lambda/python:latest", None),
            ("public.ecr.aws/lambda/python", None),
            ("public.ecr.aws/sam/build-python3.8", None),
            ("python:3.8", None),
        ] {
            assert_eq!(runtime_of(image).as_deref(), runtime, "{image}");
        }
    }
}
