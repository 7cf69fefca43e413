//! `secret-in-environment`: see `rules/environment/secret-in-environment.md`.

use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::secrets::{Holder, Kind, Secret};
use crate::source::Span;
use crate::value::{Data, Entry, SymbolKind, Text};
use rustc_hash::FxHashSet;

const HELP: &str = "keep it in Secrets Manager or as a SecureString in Parameter Store, give the function its name, and read it \
                    when the function starts; a secret that was committed has to be replaced";

pub(super) fn check(world: &World, out: &mut Findings) {
    for secret in &world.secrets().list {
        out.push(plain(secret));
    }
    let mut told = FxHashSet::default();
    for function in world.application.functions.iter().map(|function| function.resource) {
        for (data, _, when) in function.get("Environment.Variables").set() {
            let Data::Map(map) = *data else { continue };
            for entry in &map.entries {
                for (data, span, case) in entry.value.set() {
                    let Some(text) = data.text() else { continue };
                    if let Some(finding) = references(function, entry, text, span) {
                        let when = when.and(case);
                        // What functions inherit is said once.
                        if when.is_possible() && told.insert(span) {
                            out.push(finding.when(&when));
                        }
                    }
                }
            }
        }
    }
}

/// A secret that the template holds.
fn plain(secret: &Secret) -> Finding {
    let what = match secret.kind {
        Kind::Random => "what looks like a secret".to_owned(),
        kind => kind.words().to_owned(),
    };
    let confidence = match secret.kind {
        Kind::Random | Kind::Password => Confidence::Medium,
        _ => Confidence::High,
    };
    let more = match secret.others {
        0 => String::new(),
        1 => ", and so does 1 more place".to_owned(),
        others => format!(", and so do {others} more places"),
    };
    let finding = |message: String| {
        Finding::new(Grade::ERROR, secret.span, message).confidence(confidence).when(&secret.when).help(HELP)
    };
    match &secret.holder {
        Holder::Variable { function, name, parameter: None, .. } => {
            finding(format!("`{name}` of `{function}` holds {what} in plain text{more}"))
                .here("in the template, and readable with `lambda:GetFunctionConfiguration`")
                .related(function)
        }
        Holder::Variable { function, name, key, parameter: Some(parameter) } => {
            finding(format!("parameter `{parameter}` holds {what}, which `{name}` of `{function}` takes{more}"))
                .here("in the template")
                .label(*key, "and from here in the function's configuration")
                .related(function)
        }
        Holder::Code { function, line } => {
            finding(format!("line {line} of the code of `{function}` holds {what}")).related(function)
        }
        Holder::Parameter { name } => finding(format!("parameter `{name}` holds {what} in plain text")),
    }
}

/// What the template does not hold and the function's configuration does.
fn references(function: &Resource, entry: &Entry, text: &Text, span: Span) -> Option<Finding> {
    let (name, address) = (&entry.key, &function.address);
    text.symbols().find_map(|symbol| match &symbol.kind {
        SymbolKind::Other if symbol.name.starts_with("{{resolve:ssm-secure:") => {
            let message =
                format!("CloudFormation resolves no SecureString for an environment variable, `{name}` of `{address}`");
            let finding = Finding::new(Grade::ERROR, span, message)
                .here("`ssm-secure` is for a few properties of a few services")
                .help("give the function the parameter's name, and let it call `ssm:GetParameter`");
            Some(finding.related(address))
        }
        SymbolKind::Other if symbol.name.starts_with("{{resolve:secretsmanager:") => {
            let message = format!("the secret of `{name}` is plain text in the configuration of `{address}`");
            let finding = Finding::new(Grade::NOTE, span, message)
                .here("resolved when the stack is deployed, not when the function runs")
                .help("give the function the secret's ARN, and let it call `secretsmanager:GetSecretValue`");
            Some(finding.related(address))
        }
        SymbolKind::Parameter(parameter) if parameter.no_echo && text.as_symbol().is_some() => {
            let message =
                format!("`{name}` of `{address}` shows what `NoEcho` hides: the value of `{}`", parameter.name);
            let finding = Finding::new(Grade::NOTE, span, message)
                .here("plain text in the function's configuration")
                .label(parameter.span, "not shown by CloudFormation")
                .help("keep the secret in Secrets Manager, and give the function its ARN");
            Some(finding.related(address))
        }
        _ => None,
    })
}
