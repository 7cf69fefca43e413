#![allow(clippy::unwrap_used, reason = "tests")]

use super::{Exports, Language, MAX_CODE, exports};
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

#[test]
fn hostile_code_takes_no_time() {
    let begin = std::time::Instant::now();
    let half = MAX_CODE / 2 - 8;
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
