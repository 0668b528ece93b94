//! What a script's author is told when something goes wrong: what, where, and what to do; and what an app can catch itself.

use sandbox_runtime::script::{Script, ScriptBuildError, ScriptError};
use sandbox_runtime::{Limits, Run};

use crate::scripts::{build, guest, refused};
use crate::stage::{Nobody, SANDBOX, body, code, context, get};

async fn answer_within(source: &str, limits: Limits) -> Run {
    let guest = guest(source).await;
    SANDBOX.handle(&guest, get("/"), context(limits, Nobody)).await
}

async fn answer(source: &str) -> Run {
    answer_within(source, Limits::DEFAULT).await
}

/// File, line and source of the innermost step.
fn place(run: &Run) -> Option<(&str, u32, &str)> {
    let step = run.trace.backtrace.first()?;
    Some((step.file.as_deref()?, step.line?, step.source.as_deref()?))
}

fn said(run: &Run) -> String {
    run.answer
        .as_ref()
        .map_or_else(ToString::to_string, |_| body(run))
}

async fn refused_folder(files: &[(&str, &str)]) -> ScriptError {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into()));
    let script = Script {
        files: files.collect(),
        main: "app.ts".to_owned(),
        tests: false,
    };
    match build(script).await {
        Err(ScriptBuildError::Script(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn calls_that_go_too_deep_are_an_error_that_can_be_caught() {
    // One for each way in which the engine calls a script from inside itself: each takes another share of the two stacks.
    for deep in [
        "const f = (n) => 1 + f(n)",
        "const f = (n) => [1].map(() => f(n))",
        "const f = (n) => 'x'.replace(/x/, () => f(n))",
        "const f = (n) => [2, 1].sort(() => f(n))",
        "const f = (n) => `${{ toString: () => f(n) }}`",
        "const f = (n) => new Proxy({}, { get: () => f(n) }).a",
        "const f = (n) => JSON.parse('[1]', () => f(n))",
        "const f = (n) => Reflect.construct(class { constructor() { f(n) } }, [])",
        "const f = (n) => [...(function* () { yield f(n) })()]",
        "const f = (n) => structuredClone({ get a() { return f(n) } })",
        "const f = async (n) => { await f(n) }",
    ] {
        let source = format!(
            "{deep};\nexport default {{ async fetch() {{ try {{ await f(1) }} catch (error) {{ return new Response(error.name) }} }} }}"
        );
        assert_eq!(said(&answer(&source).await), "RangeError", "{deep}");
    }
    let run = answer("const down = (n) => n ? 1 + down(n - 1) : 0;\nexport default { fetch: () => new Response(`${down(1500)} ${[1].map(() => down(900))}`) }").await;
    assert_eq!(said(&run), "1500 900");

    let run = answer("const f = (n) =>\n  1 + f(n);\nexport default { fetch: () => f(1) }").await;
    assert_eq!(code(&run), "app-exception");
    assert!(said(&run).contains("calls itself without end"), "{}", said(&run));
    assert_eq!(place(&run), Some(("app.js", 2, "1 + f(n);")));
}

#[tokio::test]
async fn a_loop_without_end_is_shown_where_it_was() {
    let limits = Limits {
        cpu_ms: 100,
        ..Limits::DEFAULT
    };
    for (source, lines) in [
        (
            "export default { fetch() {\n  for (;;) Math.max(1, 2);\n} }",
            2..=2,
        ),
        (
            "export default { fetch() {\n  let i = 0;\n  while (true) {\n    i = i + 1;\n  }\n} }",
            3..=3,
        ),
        (
            "const count = (n) => {\n  do { n += 1; } while (n > 0);\n};\nexport default { fetch: () => count(1) }",
            2..=2,
        ),
        (
            "export default { fetch() {\n  const all = [1].map(String);\n\n  while (all.length) {\n    Math.max(1, 2);\n  }\n  for (const one of all) Math.min(one);\n} }",
            4..=5,
        ),
        // Not to be caught, and not to be answered over.
        (
            "export default { fetch() {\n  try { for (;;) Math.max(1, 2); } catch { return new Response('caught') } finally { return new Response('at last') }\n} }",
            2..=2,
        ),
        (
            "async function later() {\n  await null;\n  for (;;) Math.max(1, 2);\n}\nexport default { async fetch() { await later() } }",
            3..=3,
        ),
        (
            "export default { fetch() {\n  return new Response(/(a+)+$/.test('a'.repeat(60) + 'b'));\n} }",
            2..=2,
        ),
    ] {
        let run = answer_within(source, limits).await;
        assert_eq!(code(&run), "limit-cpu", "{source}: {}", said(&run));
        let (file, line, text) = place(&run).unwrap();
        assert!(file == "app.js" && lines.contains(&line), "{source}: {line}");
        assert_eq!(source.lines().nth(line as usize - 1).map(str::trim), Some(text));
    }
}

#[tokio::test]
async fn memory_that_runs_out_is_the_limit_and_shows_the_line() {
    let run = answer(
        "export default { fetch() {\n  const all = [];\n  for (;;) all.push(new Uint8Array(1e7));\n} }",
    )
    .await;
    assert_eq!(code(&run), "limit-memory", "{}", said(&run));
    assert_eq!(
        place(&run),
        Some(("app.js", 3, "for (;;) all.push(new Uint8Array(1e7));"))
    );
}

#[tokio::test]
async fn errors_of_the_web_and_what_is_no_error_are_told_as_what_they_are() {
    for (thrown, words) in [
        ("atob('%')", "InvalidCharacterError: atob takes base64"),
        (
            "AbortSignal.abort().throwIfAborted()",
            "AbortError: This operation was aborted",
        ),
        (
            "(() => { throw new Response('no') })()",
            "threw a Response. Return it instead",
        ),
        ("(() => { throw new Map() })()", "an object of class Map"),
        ("(() => { throw { a: 1 } })()", "{\"a\":1}"),
        ("(() => { throw null })()", "null"),
    ] {
        let run = answer(&format!("export default {{ fetch() {{ {thrown} }} }}")).await;
        assert_eq!(code(&run), "app-exception");
        assert!(said(&run).contains(words), "{thrown}: {}", said(&run));
    }
}

#[tokio::test]
async fn what_fails_later_shows_where_it_was_asked_for() {
    for (line, words) in [
        ("await request.json();", "The body is empty"),
        ("await fetch('https://elsewhere.example/');", "fetch failed"),
        ("await new Response('x').formData();", "not a form"),
    ] {
        let run = answer(&format!(
            "export default {{ async fetch(request) {{\n    {line}\n}} }}"
        ))
        .await;
        assert!(said(&run).contains(words), "{line}: {}", said(&run));
        assert_eq!(place(&run), Some(("app.js", 2, line)));
    }
}

#[tokio::test]
async fn an_error_is_told_once_unless_nobody_waits_for_it() {
    let run = answer("export default { async fetch() { throw new Error('once') } }").await;
    assert!(run.trace.log.is_empty(), "{:?}", run.trace.log);
    let run = answer(
        "export default { async fetch() { Promise.reject(new Error('lost')); return new Response('x') } }",
    )
    .await;
    let log: Vec<_> = run.trace.log.iter().map(|line| line.text.as_str()).collect();
    assert!(
        log.first().is_some_and(|line| line.ends_with("Error: lost")),
        "{log:?}"
    );
}

#[tokio::test]
async fn the_engines_short_words_get_what_they_lack() {
    for (line, words) in [
        (
            "const x = patient.getName().text;",
            "patient.getName is not a function",
        ),
        (
            "patient.list.each((name) => name);",
            "patient.list.each is not a function",
        ),
        (
            "patient.each(1, [2], { a: 3 });",
            "patient.each is not a function",
        ),
        (
            "if (patient.isAlive(1)) return;",
            "patient.isAlive is not a function",
        ),
        // Which of the two it was cannot be told from the place.
        ("patient.name(patient.text());", "TypeError: not a function"),
        // A function of the engine says this of what it was given.
        (
            "patient.list.forEach(5);",
            "TypeError: not a function (in forEach)",
        ),
        ("new RegExp('(');", "expecting ')' (in RegExp)"),
        ("const { name } = patient.missing;", "is not there"),
        ("process.env.NAME;", "`env`, the second value"),
        ("localStorage.setItem('a', 1);", "env.store"),
    ] {
        let source = format!(
            "const patient = {{ list: [1], text: () => 'x' }};\nexport default {{ fetch() {{\n  {line}\n}} }}"
        );
        let said = said(&answer(&source).await);
        assert!(said.contains(words), "{line}: {said}");
    }
    for (source, words) in [
        ("const fs = require('fs');", "import x from"),
        (
            "export default { fetch() { return new Response(“hello”) } }",
            "curly quotes",
        ),
        (
            "export default { fetch() { return <h1>hello</h1> } }",
            "HTML stands in quotes",
        ),
        ("<!doctype html>", "HTML stands in quotes"),
        ("def fetch(request):", "Python"),
        (
            "export default { fetch(request) { const x = await request.text(); } }",
            "begins with `async`",
        ),
        ("export default class { fetch() {} }", "export default new App()"),
        (
            "export default class Letters { fetch() {} }",
            "export default new Letters()",
        ),
        ("export function fetch() {}", "export default { fetch }"),
        (
            "import { formatNhsNumbr } from 'nhs'; export default { fetch() {} }",
            "did you mean formatNhsNumber?",
        ),
        (
            "import { patient } from 'nhs'; export default { fetch() {} }",
            "it exports checkNhsNumber",
        ),
        (
            "import x from './lib.cjs'; export default { fetch() {} }",
            "CommonJS",
        ),
        (
            "import x from './photo.png'; export default { fetch() {} }",
            ".png cannot be imported",
        ),
    ] {
        let error = refused(source).await;
        assert!(error.message.contains(words), "{source}: {error}");
        if source.contains("import") {
            assert_eq!(error.line, Some(1), "{error}");
        }
    }
}

#[tokio::test]
async fn files_that_an_app_does_not_need_do_not_keep_it_from_being_deployed() {
    let files = [
        (
            "app.ts",
            "import { a } from './lib.js';\nexport default { fetch: () => new Response(a) }",
        ),
        ("lib.ts", "export const a: string = 'fine';"),
        ("types.d.ts", "export = something;"),
        ("old.ts", "enum Colour { Red }"),
    ];
    let script = |files: &[(&str, &str)]| Script {
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into()))
            .collect(),
        main: "app.ts".to_owned(),
        tests: false,
    };
    let guest = build(script(&files)).await.unwrap();
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(body(&run), "fine");

    let mut needed = files;
    needed[1].1 = "import './old';\nexport const a: string = 'fine';";
    let error = refused_folder(&needed).await;
    assert_eq!(
        (error.code, error.file.as_deref()),
        ("script-type", Some("old.ts")),
        "{error}"
    );
    assert!(error.message.contains("more than a type"), "{error}");
    needed[1].1 = "export interface A { name: string }\nexport const b = 1;";
    let error = refused_folder(&needed).await;
    assert!(
        error.message.contains("There is no export 'a' in 'lib.ts'"),
        "{error}"
    );
    needed[0].1 = "import { A } from './lib.js';\nexport default { fetch: () => new Response('') }";
    let error = refused_folder(&needed).await;
    assert!(error.message.contains("import { type A }"), "{error}");
    needed[1].1 = "module.exports = { A: 1 };";
    let error = refused_folder(&needed).await;
    assert!(error.message.contains("CommonJS"), "{error}");
}

#[tokio::test]
async fn the_stack_of_an_error_begins_with_what_it_is() {
    let run = answer(
        "\nfunction find() { throw new RangeError('no patient') }\nexport default { fetch() { try { find() } catch (error) { return new Response(error.stack) } } }",
    )
    .await;
    let said = said(&run);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "RangeError: no patient");
    assert!(lines[1].starts_with("    at find (app.js:2:"), "{said}");
    assert!(lines[2].starts_with("    at fetch (app.js:3:"), "{said}");
    assert_eq!(
        lines.len(),
        3,
        "the steps of the platform are not the app's: {said}"
    );
}

#[tokio::test]
async fn a_service_workers_script_runs_unchanged() {
    let run = answer("addEventListener('fetch', (event) => event.respondWith(handle(event.request)));\nasync function handle(request) { return new Response(new URL(request.url).pathname) }").await;
    assert_eq!(said(&run), "/");
    let run = answer("self.addEventListener('fetch', () => {})").await;
    assert!(said(&run).contains("event.respondWith"), "{}", said(&run));
    let late = "addEventListener('fetch', (event) => { event.respondWith(new Response('in time')); event.waitUntil(Promise.resolve().then(() => event.respondWith(new Response('late')))); })";
    let run = answer(late).await;
    assert_eq!(said(&run), "in time");
    let log: Vec<_> = run.trace.log.iter().map(|line| line.text.as_str()).collect();
    assert!(
        log.join("\n").contains("after the listener had returned"),
        "{log:?}"
    );
}

#[tokio::test]
async fn a_service_workers_script_is_told_of_its_schedule() {
    let guest = guest("addEventListener('fetch', (event) => event.respondWith(new Response('fetched')));\naddEventListener('scheduled', (event) => event.waitUntil(Promise.resolve(event.every).then(console.log)));").await;
    let request = http::Request::post("http://app.test/")
        .header("x-c4h-schedule", "15m")
        .body(bytes::Bytes::new())
        .unwrap();
    let run = SANDBOX
        .handle(&guest, request, context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(run.answer.as_ref().unwrap().status(), 204);
    assert_eq!(
        run.trace
            .log
            .iter()
            .map(|line| line.text.as_str())
            .collect::<Vec<_>>(),
        ["15m"]
    );
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(body(&run), "fetched");
}

#[tokio::test]
async fn headers_of_the_connection_are_passed_over() {
    let run = answer("export default { fetch: () => new Response('hello', { headers: { Connection: 'keep-alive', 'Transfer-Encoding': 'chunked', 'Content-Length': '99', 'x-own': 'kept' } }) }").await;
    let answered = run.answer.as_ref().unwrap();
    assert_eq!(answered.headers()["x-own"], "kept");
    assert!(!answered.headers().contains_key("connection"));
    assert_eq!(said(&run), "hello");
}

#[tokio::test]
async fn half_characters_leave_as_the_sign_for_them() {
    let run = answer("export default { fetch: () => new Response('a\\ud83db') }").await;
    assert_eq!(run.answer.unwrap().body().as_ref(), b"a\xef\xbf\xbdb");
}
