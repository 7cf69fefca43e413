//! `handler-format`: see `rules/package/handler-format.md`.

use super::handlers::{Family, has_no_wrapper};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        let function = function.resource;
        let image = function.get("PackageType").literals().some(|kind| kind.is_some_and(|kind| kind == "Image"));
        if image || !has_no_wrapper(function) {
            continue;
        }
        let handlers = function.get("Handler").literals();
        let runtimes = function.get("Runtime").literals();
        for (handler, span, when) in handlers.set() {
            for (runtime, _, runtime_when) in runtimes.set() {
                let when = when.and(runtime_when);
                let Some(family) = Family::of(runtime).filter(|_| when.is_possible()) else { continue };
                let Some(fault) = fault(family, handler) else { continue };
                let who = &function.address;
                let message =
                    format!("`{who}` cannot start: {}", fault.what.replace("{}", &runtime.escape_debug().to_string()));
                let mut finding = Finding::new(Grade::WARNING, span, message).related(who).when(&when).help(fault.help);
                if !function.body.contains(span) {
                    finding = finding.label(function.span, "for this function");
                }
                out.push(finding);
            }
        }
    }
}

/// What is wrong with a handler.
struct Fault {
    /// What happens; `{}` stands for the runtime.
    what: String,
    help: String,
}

/// Judges a handler as its runtime reads it.
///
/// Source: the runtime interface clients of Node.js (`UserFunction.js`), Python (`bootstrap.py`), Ruby (`lambda_handler.rb`), Java and .NET,
/// and "Define Lambda function handler" for each of them in AWS's developer guide; 2026-11-23.
fn fault(family: Family, handler: &str) -> Option<Fault> {
    // What a script fills in before the deployment, and what is not text of one line.
    if handler.is_empty()
        || handler.contains(['{', '}', '<', '>', '$', '%', '@', '#'])
        || handler.contains(char::is_control)
    {
        return None;
    }
    let shape = |shape: &str, example: &str| {
        Some(Fault {
            what: format!("a handler for `{{}}` is written `{shape}`"),
            help: format!("write the handler as in `{example}`"),
        })
    };
    match family {
        Family::Node | Family::Python | Family::Ruby => {
            let (endings, shown): (&[&str], _) = match family {
                Family::Node => (&["js", "mjs", "cjs", "ts", "mts"], ("file.function", "src/app.handler")),
                Family::Python => (&["py"], ("module.function", "app.lambda_handler")),
                _ => (&["rb"], ("file.method` or `file.Class.method", "app.handler")),
            };
            let file = handler.rsplit('/').next().unwrap_or(handler);
            let parts: Vec<&str> = file.split('.').collect();
            let leaves = handler.starts_with("./") || handler.starts_with('/');
            if family == Family::Node && handler.contains("..") {
                return Some(Fault {
                    what: "a handler may not lead out of the package, and `..` is refused".to_owned(),
                    help: "name the file by its path from the folder that is packaged".to_owned(),
                });
            }
            // `index.js`, `index.js.handler`: the ending is taken for the name of the function, or of a package.
            if let Some(ending) = parts.iter().skip(1).find(|part| endings.contains(part)) {
                let kept: Vec<&str> = parts.iter().copied().filter(|part| part != ending).collect();
                let folder = handler.strip_suffix(file).unwrap_or_default();
                let name = if kept.len() > 1 { kept.join(".") } else { format!("{}.handler", kept.join(".")) };
                return Some(Fault {
                    what: format!("a handler names its file without the ending `.{ending}`"),
                    help: format!("write the handler as in `{folder}{name}`"),
                });
            }
            let is_short = parts.len() < 2 || parts.iter().any(|part| part.is_empty()) && !leaves;
            let is_java = handler.contains("::") && family != Family::Ruby;
            let is_long = family == Family::Ruby && parts.len() > 3;
            // Python imports a module, and an import cannot begin at a path.
            let is_path = family == Family::Python && leaves;
            if is_short || is_java || is_long || is_path { shape(shown.0, shown.1) } else { None }
        }
        Family::Java => {
            let (class, method) = handler.split_once("::").unwrap_or((handler, "handleRequest"));
            let method_by_dot = !handler.contains("::")
                && class.rsplit_once('.').is_some_and(|(before, last)| {
                    let capital = |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase());
                    before.rsplit('.').next().is_some_and(capital) && last.starts_with(|c: char| c.is_ascii_lowercase())
                });
            let malformed =
                class.is_empty() || method.is_empty() || method.contains(':') || class.contains(['/', ':', ' ']);
            if malformed || method_by_dot {
                shape("package.Class::method` or `package.Class", "com.example.App::handleRequest")
            } else {
                None
            }
        }
        Family::DotNet => {
            let parts: Vec<&str> = handler.split("::").collect();
            // An executable is named by its assembly alone.
            if parts.len() == 2 || parts.len() > 3 || parts.iter().any(|part| part.is_empty()) {
                shape("Assembly::Namespace.Class::Method", "App::App.Function::FunctionHandler")
            } else {
                None
            }
        }
        Family::Provided | Family::Go => None,
    }
}
