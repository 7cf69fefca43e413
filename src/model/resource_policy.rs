//! `AWS::Lambda::ResourcePolicy`: a function's whole resource-based policy in one document. Each statement that lets
//! somebody in becomes a permission, so that whatever is asked of permissions is asked of it too.
//!
//! A permission has one action, one principal and one source, so a statement with lists becomes one permission for each
//! combination: they are alternatives, as in the statement.

use super::Resource;
use super::application::{Permission, ResourcePolicy, Target};
use super::world::World;
use crate::iam::conditions;
use crate::source::Span;
use crate::value::{Case, Data, Guard, Text, Value};

/// How many permissions a statement becomes at most; of a property with more values than fit nothing is known then.
const MAX_COMBINATIONS: usize = 64;

/// All such policies of a world, with the permissions in them.
pub(super) fn all<'a>(world: &World<'a>) -> (Vec<ResourcePolicy<'a>>, Vec<Permission<'a>>) {
    let (mut policies, mut permissions) = (Vec::new(), Vec::new());
    for resource in world.of_kind("AWS::Lambda::ResourcePolicy") {
        let (functions, functions_known) = world.targets(&resource.get("ResourceArn").text());
        let closed = statements(resource, &functions, functions_known, &mut permissions);
        policies.push(ResourcePolicy { resource, functions, functions_known, closed });
    }
    (policies, permissions)
}

/// Reads a document's statements; says whether the permissions are all that there is to it.
fn statements<'a>(
    resource: &'a Resource,
    functions: &[Target],
    functions_known: bool,
    out: &mut Vec<Permission<'a>>,
) -> bool {
    let document = resource.get("PolicyDocument");
    let (items, mut closed) = document.get("Statement").items(true);
    let mut plain: Vec<Value<&'a Data>> = Vec::new();
    for item in items {
        closed &= item.is_exhaustive();
        for (data, span, when) in item.set() {
            let statement = Value::from_cases(vec![Case { value: Some(*data), span, when: when.clone() }], true, span);
            if is_plain(&statement) {
                plain.push(statement);
            } else {
                closed = false;
            }
        }
    }
    // A statement that takes away what others grant, or grants in a way that a permission cannot say, makes every
    // restriction of the policy unclear.
    let open = !closed;
    for statement in plain {
        closed &= read(resource, &statement, open, functions, functions_known, out);
    }
    closed
}

/// Whether a statement lets certain principals do certain things.
fn is_plain(statement: &Value<&Data>) -> bool {
    let allows = statement.get("Effect").literals().every(|effect| effect.is_some_and(|effect| effect == "Allow"));
    allows && ["NotAction", "NotPrincipal", "NotResource"].iter().all(|key| statement.get(key).is_unset())
}

/// What a statement says about one property of a permission: one of these.
struct Choice<'a> {
    property: &'static str,
    values: Vec<Value<&'a Text>>,
}

/// A property with nothing, or a value, in one combination.
type Chosen<'a> = Vec<(&'static str, Value<&'a Text>)>;

/// Adds a statement's permissions; says whether all of it could be put so.
fn read<'a>(
    resource: &'a Resource,
    statement: &Value<&'a Data>,
    mut open: bool,
    functions: &[Target],
    functions_known: bool,
    out: &mut Vec<Permission<'a>>,
) -> bool {
    let mut choices = vec![
        Choice { property: "Action", values: texts(&statement.get("Action")) },
        Choice { property: "Principal", values: principals(&statement.get("Principal")) },
    ];
    let mut unclear: Vec<(&'static str, Span)> = Vec::new();
    let (operators, known) = statement.get("Condition").entries();
    open |= !known;
    for (operator, keys) in operators {
        let (keys, known) = keys.entries();
        open |= !known;
        for (key, values) in keys {
            let property = conditions::property_of(&key.key);
            let again = |property: &str| choices.iter().any(|choice| choice.property == property);
            match property {
                Some(property) if conditions::is_positive(&operator.key) && !again(property) => {
                    choices.push(Choice { property, values: texts(&values) });
                }
                // `…IfExists`, negated and repeated operators restrict in a way that no property says.
                Some(property) => unclear.push((property, key.key_span)),
                None => open = true,
            }
        }
    }
    let mut combinations: Vec<Chosen> = vec![Vec::new()];
    let mut whole = !open && unclear.is_empty();
    for Choice { property, values } in choices {
        if combinations.len().saturating_mul(values.len()) > MAX_COMBINATIONS {
            whole = false;
            for chosen in &mut combinations {
                chosen.push((property, Value::unknown(statement.span())));
            }
            continue;
        }
        let with = |chosen: &Chosen<'a>, value: &Value<&'a Text>| {
            let mut chosen = chosen.clone();
            chosen.push((property, value.clone()));
            chosen
        };
        combinations = combinations.iter().flat_map(|chosen| values.iter().map(|value| with(chosen, value))).collect();
    }
    let when = statement.set().fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    for chosen in combinations {
        let of = |property: &str| -> Value<&'a Text> {
            if let Some((_, span)) = unclear.iter().find(|(name, _)| *name == property) {
                return Value::unknown(*span);
            }
            match chosen.iter().find(|(name, _)| *name == property) {
                Some((_, value)) => value.clone(),
                None if open => Value::unknown(statement.span()),
                None => Value::unset(statement.span()).within(&when),
            }
        };
        let functions = functions.iter().map(|target| Target { when: target.when.and(&when), ..target.clone() });
        out.push(Permission {
            resource,
            body: statement.span(),
            functions: functions.filter(|target| target.when.is_possible()).collect(),
            functions_known,
            action: of("Action"),
            principal: of("Principal"),
            source_arn: of("SourceArn"),
            source_account: of("SourceAccount"),
            organization: of("PrincipalOrgID"),
            url_auth_type: of("FunctionUrlAuthType"),
            via_url: of("InvokedViaFunctionUrl"),
            token: of("EventSourceToken"),
        });
    }
    whole
}

/// The values of an element that is one text or a list of texts, one of them unknown where there may be others.
fn texts<'a>(value: &Value<&'a Data>) -> Vec<Value<&'a Text>> {
    let (items, closed) = value.items(true);
    let mut out: Vec<_> = items.iter().map(|item| item.filter_map(|data| data.text())).collect();
    if !closed || out.is_empty() {
        out.push(Value::unknown(value.span()));
    }
    out
}

/// The principals as `AWS::Lambda::Permission` has them: `*`, an account, an ARN, a service.
fn principals<'a>(value: &Value<&'a Data>) -> Vec<Value<&'a Text>> {
    let mut out = Vec::new();
    for (data, span, when) in value.set() {
        match data {
            Data::Text(text) => {
                out.push(Value::from_cases(vec![Case { value: Some(text), span, when: when.clone() }], true, span));
            }
            Data::Map(map) => {
                out.extend(map.entries.iter().flat_map(|entry| texts(&entry.value.borrow().within(when))));
                if map.open {
                    out.push(Value::unknown(span));
                }
            }
            Data::List(_) => out.push(Value::unknown(span)),
        }
    }
    if !value.is_exhaustive() || out.is_empty() {
        out.push(Value::unknown(value.span()));
    }
    out
}
