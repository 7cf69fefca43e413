//! What each function of a run may do: the rights of its execution role, as [`crate::report::access`] shows them.

use crate::data::iam_actions::{self, Counts};
use crate::engine::{self, Address};
use crate::frontend::Unit;
use crate::iam::scope::refuses;
use crate::iam::{DocumentKind, Effect, Element, Statement, Subject, readings};
use crate::lint;
use crate::model::{Function, Role, World};
use crate::report::{RunError, Skipped};
use crate::secrets::Hidden;
use crate::source::{Sources, Span};
use crate::value::{Guard, Piece, Text};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What the functions of a run may do.
#[derive(Debug, Default)]
pub struct AccessReport {
    /// The functions, in the order of their files.
    pub functions: Vec<FunctionAccess>,
    /// How many files were read.
    pub files: usize,
    /// Files that are none of ours.
    pub skipped: Vec<Skipped>,
    /// What could not be read.
    pub errors: Vec<RunError>,
}

/// What a function may do.
#[derive(Debug)]
pub struct FunctionAccess {
    /// The function.
    pub address: Address,
    /// Where it is.
    pub span: Span,
    /// Its execution role, for each case that is known.
    pub roles: Vec<RoleAccess>,
    /// Whether `roles` is all that its role can be. An imported role or one by parameter is not among them.
    pub roles_known: bool,
}

/// What a role may do.
#[derive(Debug)]
pub struct RoleAccess {
    /// The role.
    pub address: Address,
    /// Where it is, or what it is made from.
    pub span: Span,
    /// Who makes it, if not the user.
    pub made_by: Option<&'static str>,
    /// In which deployments it is the function's, in words; `None`: in all.
    pub when: Option<String>,
    /// Whether all its policies are seen.
    pub complete: bool,
    /// Whether it has a permissions boundary, or may have one.
    pub bounded: bool,
    /// Its rights, by service.
    pub rights: Vec<Right>,
}

/// What one statement grants or refuses of one service.
#[derive(Debug)]
pub struct Right {
    /// Grants or refuses.
    pub effect: Effect,
    /// The service (`s3`), or a pattern of services (`*`).
    pub service: String,
    /// The actions as they are written (`s3:Get*`).
    pub actions: Vec<String>,
    /// Whether it is about all actions but these.
    pub all_but: bool,
    /// How many actions that is, by what they do. `None` for all but some, and for what cannot be read.
    pub counts: Option<Counts>,
    /// Whether that is all that the service has.
    pub whole: bool,
    /// The resources.
    pub resources: Vec<Text>,
    /// Whether it is about all resources but these.
    pub all_resources_but: bool,
    /// The conditions under which it holds.
    pub conditions: Vec<Limit>,
    /// In which deployments it is there, in words; `None`: in all.
    pub when: Option<String>,
    /// What kind of document says so.
    pub document: DocumentKind,
    /// The name of that document.
    pub document_name: String,
    /// Where.
    pub span: Span,
}

/// One condition.
#[derive(Debug)]
pub struct Limit {
    /// `StringEquals` …
    pub operator: String,
    /// `aws:ResourceTag/team` …
    pub key: String,
    /// What it is compared with.
    pub values: Vec<String>,
}

/// What to say of a file that does not parse.
const BROKEN: &str = "not valid YAML or JSON; `lambda-lint check` shows where";

/// Reads all sources and says what their functions may do. `alone`: the only source is one that the user named.
#[must_use]
pub fn access(sources: &Sources, alone: bool) -> AccessReport {
    let mut read = lint::units(sources, alone, false);
    let mut report = AccessReport { files: read.files, skipped: read.skipped, ..AccessReport::default() };
    let broken = read.broken.into_iter();
    report.errors.extend(broken.map(|file| RunError { file: Some(file), message: BROKEN.to_owned() }));
    for units in engine::worlds(&mut read.units, sources) {
        report.functions.extend(of_world(units));
    }
    report
}

fn of_world(units: Vec<&Unit>) -> Vec<FunctionAccess> {
    // No dated fact decides on rights.
    let world = World::new(units, crate::data::Date::from_unix_seconds(0));
    let mut all: Vec<FunctionAccess> =
        world.application.functions.iter().map(|function| of_function(&world, function)).collect();
    let hidden = Hidden::new(world.secrets());
    for role in all.iter_mut().flat_map(|function| &mut function.roles) {
        role.when.iter_mut().for_each(|when| hidden.clean(when));
        role.rights.iter_mut().for_each(|right| right.mask(&hidden));
    }
    all
}

impl Right {
    /// Takes secrets out of it: a queue of another system may be named by a URL with a password.
    fn mask(&mut self, hidden: &Hidden) {
        let values = self.conditions.iter_mut().flat_map(|condition| &mut condition.values);
        let texts = self.actions.iter_mut().chain(values).chain(&mut self.when);
        texts.chain([&mut self.service, &mut self.document_name]).for_each(|text| hidden.clean(text));
        for resource in &mut self.resources {
            let pieces = resource.pieces().iter().map(|piece| match piece {
                Piece::Literal(text) => Piece::Literal(Arc::from(&*hidden.mask(text))),
                other => other.clone(),
            });
            *resource = Text::from_pieces(pieces);
        }
    }
}

fn of_function(world: &World, function: &Function) -> FunctionAccess {
    let roles = world.roles_of(function).map(|(role, when)| RoleAccess {
        address: role.resource.address.clone(),
        span: role.resource.span,
        made_by: match &role.resource.origin {
            crate::model::Origin::Written => None,
            crate::model::Origin::Made { by, .. } => Some(by),
        },
        when: words(world, &when),
        complete: !role.open,
        bounded: role.bounded,
        rights: rights(world, role),
    });
    FunctionAccess {
        address: function.address().clone(),
        span: function.resource.span,
        roles: roles.collect(),
        roles_known: function.roles_known,
    }
}

fn words(world: &World, guard: &Guard) -> Option<String> {
    if guard.is_always() { None } else { world.words(guard) }
}

/// The rights of a role: by service, grants before refusals.
fn rights(world: &World, role: &Role) -> Vec<Right> {
    let mut out = Vec::new();
    for statement in role.statements() {
        of_statement(world, role, statement, &mut out);
    }
    out.sort_by(|a, b| (&a.service, a.effect == Effect::Deny).cmp(&(&b.service, b.effect == Effect::Deny)));
    out
}

fn of_statement(world: &World, role: &Role, statement: &Statement, out: &mut Vec<Right>) {
    let refusals = match statement.effect {
        Effect::Allow => Subject::refusals(role, &statement.when),
        Effect::Deny => Vec::new(),
    };
    if statement.actions.negated {
        let actions = statement.actions.items.iter().map(|element| element.text.to_string()).collect();
        let part = Part { service: "*".to_owned(), when: statement.when.clone(), actions, literal: false };
        out.push(right(world, statement, part, true));
        return;
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut known: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (text, when) in statement.actions.items.iter().flat_map(spellings) {
        let spelled = text.to_string();
        let literal = text.as_literal().is_some();
        let refused = refusals.iter().any(|refusal| refuses(refusal, &spelled, &when));
        if literal && refused {
            continue;
        }
        let service = match spelled.split_once(':') {
            Some((service, _)) => service.to_ascii_lowercase(),
            None => spelled.clone(),
        };
        let when = statement.when.and(&when);
        let same = known.entry(service.clone()).or_default();
        let found = same.iter().copied().find(|index| parts.get(*index).is_some_and(|part| part.when == when));
        match found.and_then(|index| parts.get_mut(index)) {
            Some(part) => {
                part.literal &= literal;
                part.actions.push(spelled);
            }
            None => {
                same.push(parts.len());
                parts.push(Part { service, when, actions: vec![spelled], literal });
            }
        }
    }
    for part in parts {
        out.push(right(world, statement, part, false));
    }
}

/// The actions of a statement that are one service's, in the same deployments.
struct Part {
    service: String,
    when: Guard,
    actions: Vec<String>,
    /// Whether all are spelled out.
    literal: bool,
}

/// The texts that an action element can be.
fn spellings(element: &Element) -> Vec<(Text, Guard)> {
    readings(element).into_iter().map(|reading| (reading.text, reading.when)).collect()
}

fn right(world: &World, statement: &Statement, part: Part, all_but: bool) -> Right {
    let counts = (part.literal && !all_but).then(|| count(&part.service, &part.actions));
    let all = iam_actions::count(&if part.service == "*" { "*".to_owned() } else { format!("{}:*", part.service) });
    let conditions = statement.conditions.iter().map(|condition| Limit {
        operator: condition.operator.to_string(),
        key: condition.key.to_string(),
        values: condition.values.items.iter().map(|value| value.text.to_string()).collect(),
    });
    Right {
        effect: statement.effect,
        whole: counts.is_some_and(|counts| counts == all && counts.total() > 0),
        counts,
        service: part.service,
        actions: part.actions,
        all_but,
        resources: statement.resources.items.iter().map(|element| element.text.clone()).collect(),
        all_resources_but: statement.resources.negated,
        conditions: conditions.collect(),
        when: words(world, &part.when),
        document: statement.document.kind,
        document_name: statement.document.name.to_string(),
        span: statement.span,
    }
}

/// How many actions of one service some patterns cover together. A whole service is not counted one by one.
fn count(service: &str, patterns: &[String]) -> Counts {
    let name = |pattern: &str| pattern.split_once(':').map_or_else(|| pattern.to_owned(), |(_, name)| name.to_owned());
    let is_all = |pattern: &&String| name(pattern).bytes().all(|byte| byte == b'*');
    if let Some(widest) = patterns.iter().find(is_all) {
        return iam_actions::count(widest);
    }
    match (patterns, iam_actions::service(service)) {
        ([one], _) => iam_actions::count(one),
        (_, Some(known)) => {
            let names: Vec<String> = patterns.iter().map(|pattern| name(pattern)).collect();
            let covered =
                |action: &iam_actions::Action| names.iter().any(|name| iam_actions::glob_matches(name, action.name));
            Counts::of(known.actions().filter(covered))
        }
        // Patterns of several services (`s3*:Get*`), which are few.
        (_, None) => patterns.first().map(|pattern| iam_actions::count(pattern)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn rights(statements: &str) -> Vec<Right> {
        let template = format!(
            r#"{{"Resources": {{
                "Fn": {{"Type": "AWS::Lambda::Function", "Properties": {{"Role": {{"Fn::GetAtt": ["Role", "Arn"]}}}}}},
                "Role": {{"Type": "AWS::IAM::Role", "Properties": {{"Policies": [
                    {{"PolicyName": "all", "PolicyDocument": {{"Statement": {statements}}}}}]}}}}}}}}"#
        );
        let mut sources = Sources::new();
        sources.add(Source::new("a.json", template));
        let mut report = access(&sources, true);
        assert_eq!(report.functions.len(), 1, "{report:?}");
        let mut function = report.functions.remove(0);
        assert!(function.roles_known && function.roles.len() == 1, "{function:?}");
        function.roles.remove(0).rights
    }

    #[test]
    fn patterns_of_one_service_are_counted_once() {
        let found = rights(
            r#"{"Effect": "Allow", "Action": ["sqs:Send*", "sqs:SendMessage", "SQS:ReceiveMessage"], "Resource": "*"}"#,
        );
        assert_eq!(found.len(), 1, "{found:?}");
        let counts = found[0].counts.unwrap();
        assert_eq!((counts.read, counts.write, counts.total()), (1, 1, 2), "SendMessage and ReceiveMessage");
        assert!(!found[0].whole);
    }

    #[test]
    fn a_star_is_everything_and_a_service_is_whole() {
        let found = rights(r#"[{"Effect": "Allow", "Action": ["*", "s3:*", "sqs:**"], "Resource": "*"}]"#);
        let whole: Vec<(&str, bool)> = found.iter().map(|right| (right.service.as_str(), right.whole)).collect();
        assert_eq!(whole, [("*", true), ("s3", true), ("sqs", true)]);
        assert_eq!(found[0].counts.unwrap(), iam_actions::count("*"));
    }

    #[test]
    fn what_a_refusal_takes_back_is_left_out() {
        let found = rights(
            r#"[{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]"#,
        );
        let actions: Vec<(Effect, &[String])> = found.iter().map(|right| (right.effect, &*right.actions)).collect();
        assert_eq!(
            actions,
            [(Effect::Allow, &["s3:GetObject".to_owned()][..]), (Effect::Deny, &["s3:Put*".to_owned()])]
        );
    }

    #[test]
    fn a_refusal_of_some_resources_takes_nothing_back() {
        let found = rights(
            r#"[{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:Put*", "Resource": "arn:aws:s3:::private/*"}]"#,
        );
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn all_but_some_and_unknown_actions_are_not_counted() {
        let found = rights(
            r#"[{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                {"Effect": "Allow", "Action": {"Ref": "Nothing"}, "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:CopyObject", "Resource": "*"}]"#,
        );
        let all_but = found.iter().find(|right| right.service == "*").unwrap();
        assert!(all_but.all_but && all_but.counts.is_none(), "{found:?}");
        assert!(found.iter().any(|right| right.service == "${Nothing}" && right.counts.is_none()), "{found:?}");
        let copy = found.iter().find(|right| right.service == "s3").unwrap();
        assert_eq!(copy.counts.unwrap().total(), 0, "there is no such action");
    }
}
