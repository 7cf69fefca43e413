#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Exports, Language, MAX_CODE, exports, go};
use crate::value::Answer;

fn read(language: Language, text: &str) -> Exports {
    exports(language, text).unwrap()
}

/// What is exported, joined by spaces, and `...` after it where there may be more.
fn shown(language: Language, text: &str) -> String {
    let Exports { names, open, .. } = read(language, text);
    names.join(" ") + if open { " ..." } else { "" }
}

#[test]
fn ecmascript_modules() {
    let js = |text: &str| shown(Language::JavaScript, text);
    assert_eq!(js("export const a = 1, {b, c: d, ...e} = x, [f] = y;"), "a b d e f");
    assert_eq!(js("export async function handler() {}\nexport class K {}\nexport function* g() {}"), "handler K g");
    assert_eq!(js("const a = 1; export { a as handler, a, a as 'x y' };"), "handler a x y");
    assert_eq!(js("export { handler } from './other.js'; export * as all from './x'"), "handler all");
    assert_eq!(js("export * from './other.js';"), " ...");
    assert_eq!(js("export default async () => {};"), "");
    assert_eq!(js("const handler = async () => {};"), "");
    assert_eq!(js("function f() { return exports.helper(); } exports.handler = f;"), "handler");
}

#[test]
fn modules_of_commonjs() {
    let js = |text: &str| shown(Language::JavaScript, text);
    assert_eq!(js("exports.handler = async () => {};"), "handler");
    assert_eq!(js("module.exports.handler = exports.main = middy(f).use(g());"), "handler main");
    assert_eq!(js("exports['handler'] = f; if (x) { exports.b = g }"), "handler b");
    assert_eq!(js("module.exports = { a, b: 1, 'c': 2, d() {}, get e() { return 1 } };"), "a b c d e");
    assert_eq!(js("exports = module.exports = { handler };"), "handler handler");
    assert_eq!(js("Object.defineProperty(exports, 'handler', { get });"), "handler");
    assert_eq!(js("Object.defineProperty(exports, '__esModule', { value: true });"), "");
    for open in [
        "module.exports = require('./other');",
        "module.exports = { ...require('./other') };",
        "module.exports = { [name]: f };",
        "exports[name] = f;",
        "Object.assign(exports, require('./other'));",
        "__exportStar(require('./other'), exports);",
        "(function (e) { e.handler = f })(exports);",
        "const e = module.exports; e.handler = f;",
        "exports.handler = ",
    ] {
        assert!(read(Language::JavaScript, open).open, "{open}");
    }
}

#[test]
fn typescript() {
    let ts = |text: &str| shown(Language::TypeScript, text);
    assert_eq!(ts("export const handler: Handler<A, B> = async (event: A): Promise<B> => ({} as B);"), "handler");
    assert_eq!(ts("export interface I {}\nexport type T = string;\nexport declare const q: T;"), "");
    assert_eq!(ts("export enum E { A }\nexport abstract class K {}\nexport namespace N {}"), "E K N");
    assert_eq!(
        ts("@tracer() class L { @trace() public async handler() {} }\nexport const handler = l.handler.bind(l);"),
        "handler"
    );
    assert_eq!(ts("export = { handler };"), "handler");
    assert!(read(Language::TypeScript, "export = make();").open);
}

#[test]
fn python() {
    let has = |text: &str, name: &str| read(Language::Python, text).has(name);
    let defined = "@tracer\ndef handler(event, context):\n    inner = 1\n";
    assert_eq!(has(defined, "handler"), Answer::Yes);
    assert_eq!(has(defined, "inner"), Answer::No);
    assert_eq!(has(defined, "event"), Answer::No);
    for text in [
        "async def handler(): pass",
        "class handler: pass",
        "handler = Mangum(app)",
        "a, handler = 1, 2",
        "handler: Callable = f",
        "from app import handler",
        "from app import main as handler",
        "import handler",
        "if x:\n    def handler(): pass\nelse:\n    pass",
        "try:\n    from a import handler\nexcept ImportError:\n    pass",
        "def f():\n    global handler\n    handler = 1",
        "print(handler := 1)",
        "for handler in []: pass",
        "with open() as handler: pass",
    ] {
        assert_eq!(has(text, "handler"), Answer::Yes, "{text}");
    }
    for text in ["from app import *", "globals()['handler'] = f", "def __getattr__(name): ...", "def f(:", "exec(code)"]
    {
        assert_eq!(has(text, "handler"), Answer::Unknown, "{text}");
    }
    for text in
        ["", "class App:\n    def handler(self): pass", "def main():\n    handler = 1", "# handler", "'handler'"]
    {
        assert_eq!(has(text, "handler"), Answer::No, "{text}");
    }
}

#[test]
fn ruby() {
    assert_eq!(shown(Language::Ruby, "require 'json'\ndef handler(event:, context:)\n  1\nend"), "handler");
    let inner = read(Language::Ruby, "module A\n  class B\n    def self.process(event:)\n    end\n  end\nend");
    assert_eq!((inner.names.len(), inner.methods, inner.open), (0, vec!["process".to_owned()], false));
    for open in ["require './lib/app'", "require_relative 'app'", "include Handlers", "alias a b", "require name"] {
        assert!(read(Language::Ruby, open).open, "{open}");
    }
}

/// What the library refuses in a package of one file that starts `handler`.
fn refused(handler: &str) -> Vec<String> {
    let text = format!(
        "package main\nimport (\n\"context\"\n\"net/http\"\n\"github.com/aws/aws-lambda-go/events\"\naws \"github.com/aws/aws-lambda-go/lambda\"\n)\n\
         type Plain struct {{ A string }}\ntype Fault struct {{}}\nfunc (f *Fault) Error() string {{ return \"\" }}\n\
         type Deep struct {{ context.Context }}\n{handler}\nfunc main() {{ aws.Start(handler) }}\n"
    );
    let file = go::read(&text).unwrap();
    assert!(file.whole, "{text}");
    let package = go::GoPackage::new(vec![("main.go".to_owned(), file)]);
    assert_eq!(package.is_executable(), Some(true));
    package.refused().into_iter().map(|refused| refused.why).collect()
}

#[test]
fn handlers_that_go_takes() {
    for fine in [
        "func handler() {}",
        "func handler() error { return nil }",
        "func handler(event any) (any, error) { return event, nil }",
        "func handler(ctx context.Context) error { return nil }",
        "func handler(ctx context.Context, event events.SQSEvent) (x string, err error) { return }",
        "func handler(ctx context.Context, _ ...int) {}",
        "func handler(d Deep, a int) {}",
        "func handler(d *Deep, a int) (a int, e Fault) { return }",
        "func handler(r *http.Request) (*Plain, *Fault) { return }",
        "func handler(r http.Request, b int) http.Error { return nil }",
        "func handler[T any](a, b, c T) {}",
        // It is another one that is started.
        "func handler(a, b, c int) {}\nfunc other() { handler := 1 }",
        "var handler = func(a, b, c int) {}",
    ] {
        assert_eq!(refused(fine), [""; 0], "{fine}");
    }
}

#[test]
fn handlers_that_go_refuses() {
    let of = |handler: &str| refused(handler).join("; ");
    assert_eq!(of("func handler(ctx context.Context, a, b int) {}"), "takes 3 arguments, and two are the most");
    assert_eq!(of("func handler(a, b int) {}"), "takes two arguments of which the first is no `context.Context`");
    for first in ["events.SQSEvent", "*context.Context", "Plain", "*Plain", "map[string]string", "[]byte", "error"] {
        let handler = format!("func handler(a {first}, ctx context.Context) error {{ return nil }}");
        assert_eq!(of(&handler), "takes two arguments of which the first is no `context.Context`", "{first}");
    }
    for one in
        ["string", "events.APIGatewayProxyResponse", "Plain", "*error", "interface{}", "(x Plain)", "(context.Context)"]
    {
        let handler = format!("func handler() {one} {{ panic(0) }}");
        assert_eq!(of(&handler), "returns one value that is no `error`", "{one}");
    }
    assert_eq!(
        of("func handler() (error, string) { panic(0) }"),
        "returns two values of which the second is no `error`"
    );
    assert_eq!(of("func handler() (a, b int, err error) { return }"), "returns 3 values, and two are the most");
    let literal = "package main\nimport \"github.com/aws/aws-lambda-go/lambda\"\nfunc main() {\n\tlambda.StartWithOptions(func(a, b int) {}, nil)\n}";
    let package = go::GoPackage::new(vec![("m.go".to_owned(), go::read(literal).unwrap())]);
    assert_eq!(package.refused().iter().map(|refused| (refused.line, refused.name)).collect::<Vec<_>>(), [(4, None)]);
}

#[test]
fn what_go_makes_an_executable_of() {
    let executable = |texts: &[&str]| {
        go::GoPackage::new(texts.iter().map(|text| (String::new(), go::read(text).unwrap())).collect()).is_executable()
    };
    assert_eq!(executable(&["package main\nfunc main() {}"]), Some(true));
    assert_eq!(executable(&["package main\nfunc f() {}", "package main\nfunc main() {}"]), Some(true));
    assert_eq!(executable(&["package orders\nfunc main() {}"]), Some(false));
    assert_eq!(executable(&["package main\nfunc (a A) main() {}"]), Some(false));
    assert_eq!(executable(&["//go:build lambda\n\npackage main\nfunc f() {}"]), None);
    assert_eq!(executable(&["package main\nfunc f("]), None);
}

#[test]
fn hostile_code_takes_no_time() {
    let begin = std::time::Instant::now();
    // The largest that is read takes seconds without optimisation.
    let half = MAX_CODE / 16;
    let languages = [Language::JavaScript, Language::TypeScript, Language::Python, Language::Ruby];
    for language in languages {
        let deep = "(".repeat(half) + &")".repeat(half);
        for text in
            [deep.as_str(), &"[".repeat(half), &"a<".repeat(half / 2), &"\u{0}".repeat(99), &"`${".repeat(half / 3)]
        {
            let _ = exports(language, text);
        }
        assert_eq!(exports(language, &" ".repeat(MAX_CODE + 1)), None);
    }
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}
