//! What functions may do, as a table for people and as JSON for programs.

use super::json::Escaping;
use super::locate::Locator;
use super::visible::{Charset, width, wrap};
use super::{RunError, Skipped, Style};
use crate::access::{AccessReport, FunctionAccess, Right, RoleAccess};
use crate::iam::{DocumentKind, Effect};
use crate::source::{Sources, Span};
use crate::value::Text;
use crate::wiring::arn::Arn;
use serde::Serialize;
use std::fmt::Write as _;
use std::io;

/// Lines that a cell of the table may take; JSON has all of it.
const MAX_LINES: usize = 12;
/// Columns between two cells.
const GAP: usize = 2;

/// Writes a table for each function.
///
/// # Errors
/// Those of `out`.
pub fn text(report: &AccessReport, sources: &Sources, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut locator = Locator::new(sources);
    let mut page = Page { locator: &mut locator, style, charset: Charset { unicode: style.unicode } };
    for (index, function) in report.functions.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        out.write_all(page.function(function).as_bytes())?;
    }
    Ok(())
}

/// How a page is written.
struct Page<'a, 'b> {
    locator: &'b mut Locator<'a>,
    style: Style,
    charset: Charset,
}

impl Page<'_, '_> {
    fn columns(&self) -> usize {
        self.style.width.max(60)
    }

    fn place(&mut self, span: Span) -> String {
        format!("{}:{}", self.locator.file(span.source), self.locator.start(span).line)
    }

    fn paint(&self, text: &str, sgr: &str) -> String {
        if self.style.color { format!("\u{1b}[{sgr}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A paragraph, each line after `indent` spaces.
    fn paragraph(&self, out: &mut String, indent: usize, text: &str) {
        for line in wrap(text, self.columns() - indent, MAX_LINES, self.charset) {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
    }

    fn function(&mut self, function: &FunctionAccess) -> String {
        let mut out = String::new();
        let heading = format!("{} ({})", function.address, self.place(function.span));
        for line in wrap(&heading, self.columns(), MAX_LINES, self.charset) {
            let _ = writeln!(out, "{}", self.paint(&line, "1"));
        }
        for role in &function.roles {
            self.role(&mut out, role);
        }
        if !function.roles_known {
            let other = if function.roles.is_empty() { "its role" } else { "it can have another role, which" };
            self.paragraph(&mut out, 2, &format!("{other} is not in these files: what it may do is not known"));
        }
        out
    }

    fn role(&mut self, out: &mut String, role: &RoleAccess) {
        let mut line = match role.made_by {
            Some(by) => format!("role `{}`, made by {by}", role.address),
            None => format!("role `{}` ({})", role.address, self.place(role.span)),
        };
        if let Some(when) = &role.when {
            let _ = write!(line, ", {when}");
        }
        self.paragraph(out, 2, &line);
        if role.rights.is_empty() && role.complete {
            self.paragraph(out, 2, "it may do nothing");
        }
        if !role.rights.is_empty() {
            self.table(out, &role.rights);
        }
        if !role.complete {
            self.paragraph(out, 2, "it may have more rights than these: not all of its policies are in these files");
        }
        if role.bounded {
            self.paragraph(out, 2, "it may have fewer rights: it has a permissions boundary");
        }
    }

    fn table(&mut self, out: &mut String, rights: &[Right]) {
        let rows: Vec<[String; 4]> =
            rights.iter().map(|right| [service(right), levels(right), limits(right), self.granted(right)]).collect();
        let head = ["service", "access", "resources", "granted by"].map(str::to_owned);
        let widest = |index: usize, most: usize| {
            let cells = rows.iter().chain([&head]).filter_map(|row| row.get(index));
            cells.map(|cell| cell.lines().map(width).max().unwrap_or(0)).max().unwrap_or(0).min(most)
        };
        let (first, second) = (widest(0, 16), widest(1, 16));
        let left = self.columns().saturating_sub(2 + first + second + 3 * GAP);
        // What the resources leave over is for the places.
        let third = widest(2, left).min(left.saturating_sub(widest(3, left * 2 / 5)));
        let fourth = widest(3, left - third);
        let widths = [first, second, third, fourth];
        for (index, row) in [&head].into_iter().chain(&rows).enumerate() {
            let cells: Vec<Vec<String>> =
                row.iter().zip(widths).map(|(cell, columns)| wrap(cell, columns, MAX_LINES, self.charset)).collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for at in 0..height {
                let mut line = String::from("  ");
                for (cell, columns) in cells.iter().zip(widths) {
                    let text = cell.get(at).map_or("", String::as_str);
                    let _ = write!(line, "{text}{:pad$}", "", pad = columns.saturating_sub(width(text)) + GAP);
                }
                let line = line.trim_end();
                let _ = writeln!(out, "{}", if index == 0 { self.paint(line, "2") } else { line.to_owned() });
            }
        }
    }

    fn granted(&mut self, right: &Right) -> String {
        let place = self.place(right.span);
        let name = right.document_name.replace(['\n', '\r'], " ");
        if name.is_empty() { place } else { format!("{name}\n{place}") }
    }
}

/// The resources, and what else must hold.
fn limits(right: &Right) -> String {
    let mut lines: Vec<String> = Vec::new();
    if right.all_resources_but {
        lines.push("all but".to_owned());
    }
    lines.extend(right.resources.iter().map(short));
    if right.resources.is_empty() {
        lines.push("not known".to_owned());
    }
    for condition in &right.conditions {
        let values = condition.values.join(", ");
        lines.push(format!("if {} {} {values}", condition.key, condition.operator));
    }
    lines.extend(right.when.clone());
    lines.iter().map(|line| line.replace(['\n', '\r'], " ")).collect::<Vec<_>>().join("\n")
}

fn service(right: &Right) -> String {
    if right.service == "*" { "all services".to_owned() } else { right.service.clone() }
}

/// What its actions do, in words: `2 read, 1 write`.
fn levels(right: &Right) -> String {
    let denied = if right.effect == Effect::Deny { "denied: " } else { "" };
    if right.all_but {
        return format!("{denied}all but {}", right.actions.join(", "));
    }
    let Some(counts) = right.counts else { return format!("{denied}not known") };
    if right.whole {
        return format!("{denied}all {}", counts.total());
    }
    let kinds = [
        (counts.list, "list"),
        (counts.read, "read"),
        (counts.write, "write"),
        (counts.permissions, "permissions"),
        (counts.tagging, "tag"),
    ];
    let kinds: Vec<String> =
        kinds.iter().filter(|(number, _)| *number > 0).map(|(number, name)| format!("{number} {name}")).collect();
    if kinds.is_empty() { format!("{denied}no known action") } else { format!("{denied}{}", kinds.join(", ")) }
}

/// An ARN without its beginning, where that only says the service and the deployment's own region and account.
fn short(resource: &Text) -> String {
    let spelled = || resource.to_string();
    let Some(arn) = Arn::parse(resource) else { return spelled() };
    let own = |text: &Text, name: &str| text.is_empty() || text.as_symbol().is_some_and(|symbol| &*symbol.name == name);
    if own(&arn.region, "AWS::Region") && own(&arn.account, "AWS::AccountId") && arn.resource.to_string() != "*" {
        arn.resource.to_string()
    } else {
        spelled()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    files: usize,
    functions: Vec<JsonFunction<'a>>,
    skipped: &'a [Skipped],
    errors: &'a [RunError],
}

#[derive(Serialize)]
struct JsonFunction<'a> {
    function: &'a str,
    file: &'a str,
    line: usize,
    roles_known: bool,
    roles: Vec<JsonRole<'a>>,
}

#[derive(Serialize)]
struct JsonRole<'a> {
    role: &'a str,
    file: &'a str,
    line: usize,
    made_by: Option<&'a str>,
    when: Option<&'a str>,
    complete: bool,
    bounded: bool,
    rights: Vec<JsonRight<'a>>,
}

#[derive(Serialize)]
struct JsonRight<'a> {
    effect: &'a str,
    service: &'a str,
    actions: &'a [String],
    all_actions_but: bool,
    levels: Option<JsonCounts>,
    whole_service: bool,
    resources: Vec<String>,
    all_resources_but: bool,
    conditions: Vec<JsonCondition<'a>>,
    when: Option<&'a str>,
    document: &'a str,
    policy: &'a str,
    file: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct JsonCounts {
    list: u32,
    read: u32,
    write: u32,
    permissions: u32,
    tagging: u32,
}

#[derive(Serialize)]
struct JsonCondition<'a> {
    operator: &'a str,
    key: &'a str,
    values: &'a [String],
}

/// Writes one document, version 1, on one line.
///
/// # Errors
/// Those of `out`.
pub fn json(report: &AccessReport, sources: &Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let mut locator = Locator::new(sources);
    let functions = report.functions.iter().map(|function| JsonFunction {
        function: &function.address,
        file: locator.file(function.span.source),
        line: locator.start(function.span).line,
        roles_known: function.roles_known,
        roles: function.roles.iter().map(|role| json_role(role, &mut locator)).collect(),
    });
    let document = Document {
        version: 1,
        files: report.files,
        functions: functions.collect(),
        skipped: &report.skipped,
        errors: &report.errors,
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Escaping);
    document.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

fn json_role<'a>(role: &'a RoleAccess, locator: &mut Locator<'a>) -> JsonRole<'a> {
    JsonRole {
        role: &role.address,
        file: locator.file(role.span.source),
        line: locator.start(role.span).line,
        made_by: role.made_by,
        when: role.when.as_deref(),
        complete: role.complete,
        bounded: role.bounded,
        rights: role.rights.iter().map(|right| json_right(right, locator)).collect(),
    }
}

fn json_right<'a>(right: &'a Right, locator: &mut Locator<'a>) -> JsonRight<'a> {
    JsonRight {
        effect: if right.effect == Effect::Allow { "allow" } else { "deny" },
        service: &right.service,
        actions: &right.actions,
        all_actions_but: right.all_but,
        levels: right.counts.map(|counts| JsonCounts {
            list: counts.list,
            read: counts.read,
            write: counts.write,
            permissions: counts.permissions,
            tagging: counts.tagging,
        }),
        whole_service: right.whole,
        resources: right.resources.iter().map(ToString::to_string).collect(),
        all_resources_but: right.all_resources_but,
        conditions: right
            .conditions
            .iter()
            .map(|limit| JsonCondition { operator: &limit.operator, key: &limit.key, values: &limit.values })
            .collect(),
        when: right.when.as_deref(),
        document: match right.document {
            DocumentKind::Inline => "inline",
            DocumentKind::Attached => "attached",
            DocumentKind::AwsManaged => "aws-managed",
            DocumentKind::Boundary => "boundary",
            DocumentKind::Trust => "trust",
            DocumentKind::Resource => "resource",
        },
        policy: &right.document_name,
        file: locator.file(right.span.source),
        line: locator.start(right.span).line,
    }
}
