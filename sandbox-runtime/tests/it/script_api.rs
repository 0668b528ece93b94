//! The script API in the real runner: every example of its documents, the tables of what Node answers, and the test module.

mod cases;
mod chance;
mod documents;
mod examples;
mod fetching;
mod fhir_calls;
mod promises;
mod replies;
mod timers;
mod world;

use bytes::Bytes;
use http::Request;
use sandbox_runtime::egress::Egress;
use sandbox_runtime::script::Script;
use sandbox_runtime::{Guest, Limits, RunContext};
use serde::Deserialize;

use self::world::World;
use crate::scripts::build;
use crate::stage::{SANDBOX, body, context, get};

/// What a test app answers about one case.
#[derive(Debug, Deserialize)]
struct Verdict {
    name: String,
    problem: Option<String>,
}

fn script(files: Vec<(String, String)>, tests: bool) -> Script {
    let main = files.first().unwrap().0.clone();
    let files = files
        .into_iter()
        .map(|(path, text)| (path, Bytes::from(text)))
        .collect();
    Script { files, main, tests }
}

/// The compiler of a debug build is slow and so is what it makes: these tests are about answers, not about limits.
fn patient(world: impl Egress + 'static) -> RunContext {
    let limits = Limits {
        cpu_ms: 30_000,
        wall_ms: 60_000,
        ..Limits::DEFAULT
    };
    let mut context = context(limits, world);
    context.environment = vec![
        ("GREETING".to_owned(), "hello".to_owned()),
        ("C4H_TEST_APP".to_owned(), "letters".to_owned()),
    ];
    context
}

async fn verdicts(guest: &Guest, path: &str) -> Vec<Verdict> {
    let run = SANDBOX.handle(guest, get(path), patient(World::default())).await;
    assert!(run.answer.is_ok(), "{path}: {:?}", run.answer);
    serde_json::from_str(&body(&run)).unwrap_or_else(|error| panic!("{path}: {error}: {}", body(&run)))
}

fn shown(problems: &[Verdict]) -> String {
    problems
        .iter()
        .take(20)
        .map(|verdict| {
            format!(
                "{}: {}\n",
                verdict.name,
                verdict.problem.as_deref().unwrap_or_default()
            )
        })
        .collect()
}

/// One table: Node's answers, stored by `js-runner/web/test/conformance/generate.js`.
#[derive(Debug, Deserialize)]
struct Case {
    code: String,
    expected: String,
}

/// What the runner answers is what Node answered. Errors are compared by their class: the words are our own.
#[tokio::test]
async fn the_web_api_answers_as_nodes_does() {
    let tables = [
        (
            "bodies",
            include_str!("../../js-runner/web/test/conformance/bodies.json"),
        ),
        (
            "headers",
            include_str!("../../js-runner/web/test/conformance/headers.json"),
        ),
        (
            "intl-dates",
            include_str!("../../js-runner/web/test/conformance/intl-dates.json"),
        ),
        (
            "intl-numbers",
            include_str!("../../js-runner/web/test/conformance/intl-numbers.json"),
        ),
        (
            "intl-words",
            include_str!("../../js-runner/web/test/conformance/intl-words.json"),
        ),
        (
            "texts",
            include_str!("../../js-runner/web/test/conformance/texts.json"),
        ),
        (
            "url",
            include_str!("../../js-runner/web/test/conformance/url.json"),
        ),
    ];
    let mut main = String::from("const tables = {};\n");
    for (name, json) in tables {
        let cases: Vec<Case> = serde_json::from_str(json).unwrap();
        assert!(cases.len() > 20, "{name} has lost its cases");
        let lines = cases.iter().map(|Case { code, expected }| {
            format!(
                "  [{0}, () => ({code}), {1}],\n",
                literal(code),
                literal(expected)
            )
        });
        main.push_str(&format!(
            "tables[\"{name}\"] = [\n{}];\n",
            lines.collect::<String>()
        ));
    }
    main.push_str(
        "export default { async fetch(request) {
            const problems = [];
            for (const [name, run, expected] of tables[new URL(request.url).pathname.slice(1)]) {
                let found;
                try { found = String(await run()); } catch (error) { found = `throws ${error.name}`; }
                if (found !== expected) problems.push({ name, problem: `\\n  expected ${expected}\\n  found    ${found}` });
            }
            return Response.json(problems);
        } };\n",
    );
    let guest = build(script(vec![("app.js".to_owned(), main)], false))
        .await
        .unwrap();
    for (name, _) in tables {
        let problems = verdicts(&guest, &format!("/{name}")).await;
        assert!(
            problems.is_empty(),
            "{name}: {} differ:\n{}",
            problems.len(),
            shown(&problems)
        );
    }
}

fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// What `GET /tests` lists.
#[derive(Debug, Deserialize)]
struct TestName {
    name: String,
}

/// What `POST /tests/{index}` answers.
#[derive(Debug, Deserialize)]
struct Outcome {
    ok: bool,
    #[serde(default)]
    skipped: bool,
    #[serde(default)]
    message: String,
    #[serde(default)]
    stack: String,
}

#[tokio::test]
async fn tests_of_an_app_are_listed_and_run_one_by_one() {
    let source = r#"import { app, assert, test } from "c4h:test";

test("passes", async () => {
  const answer = await app.get("/?nhs=9000000009");
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), "letters");
});
test("says what differs", () => {
  assert.deepEqual({ name: "Jane", age: 15 }, { name: "Jane", age: 16 });
});
test("fails by itself", () => null.x);
test.skip("later", () => {});
test("rejects", async () => {
  await assert.rejects(async () => { throw new RangeError("too much"); }, RangeError);
  assert.throws(() => JSON.parse("{"), SyntaxError);
});
"#;
    let files = vec![
        (
            "all.js".to_owned(),
            "import \"./app.test.js\";\nexport { tests as default } from \"c4h:test\";\n".to_owned(),
        ),
        ("app.test.js".to_owned(), source.to_owned()),
    ];
    let guest = build(script(files, true)).await.unwrap();
    let run = SANDBOX
        .handle(&guest, get("/tests"), patient(World::default()))
        .await;
    let expected = r#"[{"name":"passes"},{"name":"says what differs"},{"name":"fails by itself"},{"name":"later","skipped":true},{"name":"rejects"}]"#;
    assert_eq!(body(&run), expected);

    let mut outcomes = Vec::new();
    for index in 0..5 {
        let request = Request::post(format!("http://app.test/tests/{index}"))
            .body(Bytes::new())
            .unwrap();
        let run = SANDBOX.handle(&guest, request, patient(World::default())).await;
        outcomes.push(serde_json::from_str::<Outcome>(&body(&run)).unwrap());
    }
    let [passes, differs, fails, later, rejects] = <[Outcome; 5]>::try_from(outcomes).unwrap();
    assert!(passes.ok, "{}", passes.message);
    assert!(
        !differs.ok
            && differs.message.contains("- ")
            && differs.message.contains("age: 16")
            && differs.message.contains("age: 15"),
        "{}",
        differs.message
    );
    assert!(differs.stack.contains("app.test.js:9:"), "{}", differs.stack);
    assert!(
        !fails.ok && fails.message.starts_with("TypeError: "),
        "{}",
        fails.message
    );
    assert!(later.ok && later.skipped);
    assert!(rejects.ok, "{}", rejects.message);
}

/// What a handler gives back that is no answer, and what is said about it.
#[tokio::test]
async fn what_is_no_response_is_a_sentence() {
    let cases = [
        (
            "{ new Response('x') }",
            "fetch must return a Response; it returned undefined. Is a `return` missing?",
        ),
        ("{ return 'text' }", "Say: return new Response(text)"),
        ("{ return { a: 1 } }", "Say: return Response.json(data)"),
        ("{ return 404 }", "it returned the number 404"),
    ];
    for (code, sentence) in cases {
        let source = format!("export default {{ async fetch() {code} }}");
        let guest = build(Script::single("app.js", source)).await.unwrap();
        let run = SANDBOX.handle(&guest, get("/"), patient(World::default())).await;
        let error = format!("{:?}", run.answer.unwrap_err());
        assert!(error.contains(sentence), "{code}: {error}");
    }
}

#[tokio::test]
async fn the_console_has_levels_and_shows_objects() {
    let source = r#"export default { fetch() {
        console.log("found %d of %s", 2, "three", { name: ["Jane"], deep: { a: { b: { c: { d: { e: 1 } } } } } });
        console.debug("detail");
        console.warn("careful\nnow");
        console.error(new RangeError("too much"));
        console.table([{ a: 1 }]);
        return new Response("x");
    } }"#;
    let guest = build(Script::single("app.js", source)).await.unwrap();
    let run = SANDBOX.handle(&guest, get("/"), patient(World::default())).await;
    let log: Vec<_> = run
        .trace
        .log
        .iter()
        .map(|line| format!("{:?} {}", line.level, line.text))
        .collect();
    let log = log.join("\n");
    for expected in [
        "Info found 2 of three {",
        "Debug detail",
        "Warn careful",
        "Warn now",
        "Error RangeError: too much",
        "app.js:5",
        "[Object]",
        "│ (index) │ a │",
    ] {
        assert!(log.contains(expected), "{expected}:\n{log}");
    }
}

#[tokio::test]
async fn the_schedule_and_later_work_are_carried_out() {
    let source = "export default {
        fetch() { return new Response('fetched') },
        async scheduled(event, env, ctx) {
            ctx.waitUntil((async () => { await null; console.log('later', event.every, env.GREETING); })());
        },
    }";
    let guest = build(Script::single("app.js", source)).await.unwrap();
    let request = Request::post("http://app.test/")
        .header("x-c4h-schedule", "15m")
        .body(Bytes::new())
        .unwrap();
    let run = SANDBOX.handle(&guest, request, patient(World::default())).await;
    assert_eq!(run.answer.unwrap().status(), 204);
    assert!(
        run.trace.log.iter().any(|line| line.text == "later 15m hello"),
        "{:?}",
        run.trace.log
    );
    let run = SANDBOX.handle(&guest, get("/"), patient(World::default())).await;
    assert_eq!(body(&run), "fetched");
}
