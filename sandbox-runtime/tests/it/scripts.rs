//! Scripts: source in, a guest that answers out; and errors that name their place.

use std::sync::{Arc, LazyLock, Mutex};

use http::Request;
use sandbox_runtime::script::{Script, ScriptBuildError, ScriptError, Scripts};
use sandbox_runtime::{CompilerConfig, Guest, Limits, Run, Sandbox};

use crate::stage::{CHILD, Nobody, SANDBOX, Somebody, body, code, context, get};

/// One worker for all tests, as in a program. It belongs to a runtime of its own, which outlives each test's.
static WORKSHOP: LazyLock<(tokio::runtime::Runtime, Scripts)> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    (runtime, Scripts::new(CompilerConfig::new(CHILD, Vec::new())))
});

pub(crate) async fn build(script: Script) -> Result<Guest, ScriptBuildError> {
    let (runtime, scripts) = &*WORKSHOP;
    let built = runtime.spawn(scripts.build(script)).await.unwrap()?;
    Ok(SANDBOX.load(&built.artefact).unwrap())
}

pub(crate) async fn guest(source: &str) -> Guest {
    build(Script::single("app.js", source.to_owned())).await.unwrap()
}

pub(crate) async fn refused(source: &str) -> ScriptError {
    match build(Script::single("app.js", source.to_owned())).await {
        Err(ScriptBuildError::Script(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn folder(files: &[(&str, &str)]) -> Script {
    Script {
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned().into()))
            .collect(),
        main: files[0].0.to_owned(),
        tests: false,
    }
}

/// Runs a script's only answer.
async fn answer(source: &str) -> Run {
    let guest = guest(source).await;
    SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await
}

#[tokio::test]
async fn a_script_answers() {
    let guest = guest("export default { fetch(request) { return new Response('Hello ' + new URL(request.url).searchParams.get('name')) } }").await;
    for name in ["ward", "clinic"] {
        let run = SANDBOX
            .handle(
                &guest,
                get(&format!("/?name={name}")),
                context(Limits::DEFAULT, Nobody),
            )
            .await;
        assert_eq!(body(&run), format!("Hello {name}"));
    }
}

#[tokio::test]
async fn a_script_reads_headers_and_body_and_sets_its_own() {
    let guest = guest(
        "export default async function (request) {
            const { names } = await request.json();
            return Response.json({ count: names.length, from: request.headers.get('x-from'), method: request.method }, { status: 201, headers: { 'x-mine': 'yes' } });
        }",
    )
    .await;
    let request = Request::post("http://app.test/")
        .header("x-from", "test")
        .body("{\"names\":[1,2,3]}".into())
        .unwrap();
    let run = SANDBOX
        .handle(&guest, request, context(Limits::DEFAULT, Nobody))
        .await;
    let answer = run.answer.as_ref().unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-mine"]),
        (201, &"yes".parse().unwrap())
    );
    assert_eq!(body(&run), r#"{"count":3,"from":"test","method":"POST"}"#);
}

#[tokio::test]
async fn several_calls_at_once_are_several_calls_at_once() {
    let guest = guest(
        "export default { async fetch() {
            const answers = await Promise.all([1, 2, 3, 4].map((n) => fetch('https://int.api.service.nhs.uk/' + n).then((a) => a.text())));
            return new Response(answers.join());
        } }",
    )
    .await;
    let egress = Somebody {
        patience: std::time::Duration::from_millis(500),
        body: "ok".into(),
        ..Somebody::default()
    };
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, egress.clone()))
        .await;
    assert_eq!(body(&run), "ok,ok,ok,ok");
    assert!(egress.most.load(std::sync::atomic::Ordering::SeqCst) >= 2);
}

#[tokio::test]
async fn an_uncaught_error_names_the_place_and_shows_the_line() {
    let run = answer("export default {\n  async fetch() {\n    const patient = {};\n    return new Response(patient.name[0].family);\n  }\n}").await;
    assert_eq!(code(&run), "app-exception");
    let frame = run.trace.backtrace.first().unwrap();
    assert_eq!((frame.file.as_deref(), frame.line), (Some("app.js"), Some(4)));
    assert_eq!(
        frame.source.as_deref(),
        Some("return new Response(patient.name[0].family);")
    );
}

#[tokio::test]
async fn local_time_is_londons_in_every_year() {
    // Winter and summer by today's rule, the winters of standard time, double summer time, and before all of it.
    let run = answer(
        "const dates = [[2026, 0, 15, 12], [2026, 6, 15, 12], [1995, 9, 1, 12], [1970, 0, 15, 12], [1943, 5, 15, 12], [1915, 5, 15, 12]];
         export default { fetch: () => new Response(dates.map((date) => new Date(...date).toISOString().slice(0, 13)).join(' ')) }",
    )
    .await;
    assert_eq!(
        body(&run),
        "2026-01-15T12 2026-07-15T11 1995-10-01T11 1970-01-15T11 1943-06-15T10 1915-06-15T12"
    );
}

/// Seven megabytes of machine code, one and a half of them the script's own.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn scripts_share_their_machine_code_and_run_what_is_theirs() {
    let first = guest("export default { fetch: () => new Response('first') }").await;
    let second = guest("export default { fetch: () => new Response('second') }").await;
    for guest in [&first, &second] {
        assert!(guest.code_bytes() < 1024 * 1024, "{}", guest.code_bytes());
    }
    assert_eq!(first.shared_code(), second.shared_code());
    let (_, shared_bytes) = first.shared_code().unwrap();
    assert!(shared_bytes > 4 * 1024 * 1024, "counted once, for both");
    for (guest, said) in [(first, "first"), (second, "second")] {
        let run = SANDBOX
            .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
            .await;
        assert_eq!(body(&run), said);
    }
}

#[tokio::test]
async fn a_file_that_nobody_seemed_to_import_says_what_is_wrong_when_it_is() {
    let script = folder(&[
        (
            "app.js",
            "export default { fetch: async ({ url }) => new Response(String(await import(`./${new URL(url).pathname.slice(1)}.ts`).catch(String))) }",
        ),
        ("colours.ts", "export const a: number = 1;\nenum Colour { Red }\n"),
    ]);
    let guest = build(script).await.unwrap();
    let run = SANDBOX
        .handle(&guest, get("/colours"), context(Limits::DEFAULT, Nobody))
        .await;
    let said = body(&run);
    assert!(said.starts_with("SyntaxError: colours.ts:2: "), "{said}");
    assert!(said.contains("enum"), "{said}");
}

#[tokio::test]
async fn waiting_for_nothing_is_named_at_once() {
    let started = std::time::Instant::now();
    let run = answer("export default { fetch() { return new Promise(() => {}) } }").await;
    assert!(started.elapsed() < std::time::Duration::from_secs(60));
    assert!(run.answer.unwrap_err().to_string().contains("will never happen"));
}

#[tokio::test]
async fn syntax_errors_show_the_place() {
    let error = refused("// first\nexport default {\n  fetch() { const x = ; }\n}\n").await;
    assert_eq!(error.code, "script-syntax", "{error}");
    assert_eq!(
        (error.file.as_deref(), error.line),
        (Some("app.js"), Some(3)),
        "{error}"
    );
    assert_eq!(error.source_line.as_deref(), Some("  fetch() { const x = ; }"));
}

#[tokio::test]
async fn files_import_each_other_and_data() {
    let script = folder(&[
        (
            "app.js",
            "import { greet } from './lib/greet.js';\nimport codes from './codes.json';\nimport page from './page.html' with { type: 'text' };\nexport default { fetch: () => new Response(greet(codes.name) + page) }",
        ),
        ("codes.json", "{\"name\": \"\u{fc}ber \\\"x\\\" \u{2028}\"}"),
        ("lib/greet.js", "export const greet = (name) => `Hi ${name}`"),
        ("page.html", "<p>\\n`${1}`</p>\r\n"),
    ]);
    let guest = build(script).await.unwrap();
    let run = SANDBOX
        .handle(&guest, get("/"), context(Limits::DEFAULT, Nobody))
        .await;
    assert_eq!(body(&run), "Hi \u{fc}ber \"x\" \u{2028}<p>\\n`${1}`</p>\r\n");
}

#[tokio::test]
async fn a_missing_import_names_the_near_one() {
    let script = folder(&[
        (
            "app.js",
            "\nimport { a } from './libb.js';\nexport default { fetch() {} }",
        ),
        ("lib.js", "export const a = 1"),
    ]);
    let Err(ScriptBuildError::Script(error)) = build(script).await else {
        panic!()
    };
    assert_eq!((error.code, error.line), ("script-import", Some(2)), "{error}");
    assert!(error.message.contains("did you mean \"./lib.js\"?"), "{error}");
}

#[tokio::test]
async fn an_export_that_is_not_there_is_shown_where_it_is_imported() {
    let script = folder(&[
        ("app.js", "import './page.js';\nexport default { fetch() {} }"),
        ("page.js", "// the page\nimport { a, b } from './lib.js';\n"),
        ("lib.js", "export const a = 1"),
    ]);
    let Err(ScriptBuildError::Script(error)) = build(script).await else {
        panic!()
    };
    let place = (error.file.as_deref(), error.line, error.column);
    assert_eq!(place, (Some("page.js"), Some(2), Some(13)), "{error}");
    assert_eq!(
        error.source_line.as_deref(),
        Some("import { a, b } from './lib.js';")
    );
}

#[tokio::test]
async fn what_a_script_must_export_is_said() {
    for (source, words) in [
        ("export const fetch = 1", "no default export"),
        ("export default 5", "export default"),
        ("export default { fech() {} }", "no function fetch"),
        (
            "await fetch('https://x.test/'); export default { fetch() {} }",
            "top level",
        ),
    ] {
        let error = refused(source).await;
        assert!(error.message.contains(words), "{source}: {error}");
        assert_eq!(error.file.as_deref(), Some("app.js"), "{error}");
    }
}

#[tokio::test]
async fn the_engine_is_the_same_for_scripts_and_components() {
    assert!(Sandbox::new(sandbox_runtime::SandboxConfig::default()).is_ok());
    assert_eq!(
        code(&answer("export default { fetch() { return new Response('x') } }").await),
        "answered"
    );
}

#[tokio::test]
async fn scripts_of_groups_take_turns() {
    let (runtime, scripts) = &*WORKSHOP;
    let ended = Arc::new(Mutex::new(Vec::new()));
    let order = Arc::clone(&ended);
    let build = move |group: u64| {
        let (scripts, ended) = (scripts.group(group), Arc::clone(&order));
        let source = format!(
            "let x = 0; for (let i = 0; i < 100_000; i++) x += i; export default {{ fetch() {{ return new Response(x + {group}) }} }}"
        );
        async move {
            scripts.build(Script::single("app.js", source)).await.unwrap();
            ended.lock().unwrap().push(group);
        }
    };
    let greedy = futures_util::future::join_all((0..5).map(|_| build(101)));
    let modest = build(102);
    runtime
        .spawn(async move { tokio::join!(greedy, modest) })
        .await
        .unwrap();
    let ended = ended.lock().unwrap();
    let modest = ended.iter().position(|group| *group == 102);
    assert!(modest.is_some_and(|position| position <= 1), "{ended:?}");
}
