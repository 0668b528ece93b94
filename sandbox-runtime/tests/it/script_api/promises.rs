//! What the page on JavaScript promises, and its examples do not show.

use super::cases::Cases;
use super::replies::{Replies, Reply};
use super::world::World;
use crate::scripts::{guest, refused};
use crate::stage::{Nobody, SANDBOX, body, code, get};

#[tokio::test]
async fn the_console_counts_groups_measures_and_asserts() {
    let cases = Cases::new(
        "",
        &[(
            "console",
            "console.dir({ a: { b: 1 } }, { depth: 0 });
             console.group('ward'); console.log('bed 1\\nbed 2'); console.group(); console.warn('deep'); console.groupEnd(); console.groupEnd(); console.log('out');
             console.count(); console.count('x'); console.count(); console.countReset(); console.count();
             console.time('t'); console.timeLog('t', 'so far'); console.timeEnd('t'); console.timeEnd('t');
             console.assert(true, 'no'); console.assert(1 === 2, 'sums %d', 3); console.assert(0);
             console.trace('here %s', 'now');",
        )],
    )
    .await;
    let run = cases.run("console", Nobody).await;
    let log: Vec<_> = run
        .trace
        .log
        .iter()
        .map(|line| {
            let digits: fn(char) -> bool = |letter| letter.is_ascii_digit();
            let text = match line.text.split_once("t: ") {
                Some(("", rest)) => format!(
                    "t: {}",
                    rest.trim_start_matches(|letter| digits(letter) || letter == '.')
                ),
                _ => line.text.clone(),
            };
            format!("{:?} {text}", line.level)
        })
        .collect();
    let expected = [
        "Info { a: [Object] }",
        "Info ward",
        "Info   bed 1",
        "Info   bed 2",
        "Warn     deep",
        "Info out",
        "Info default: 1",
        "Info x: 1",
        "Info default: 2",
        "Info default: 1",
        "Info t: ms so far",
        "Info t: ms",
        "Warn No timer t was started: console.time(\"t\")",
        "Error Assertion failed: sums 3",
        "Error Assertion failed",
        "Error Trace: here now",
    ];
    assert_eq!(log[..expected.len()], expected);
    assert!(
        log[expected.len()].starts_with("Error     at console (app.js:10:"),
        "{log:?}"
    );
}

#[tokio::test]
async fn every_kind_of_file_is_imported_as_what_it_is() {
    let kinds = ["txt", "css", "csv", "md", "svg", "html"];
    let mut top: String = kinds
        .map(|kind| format!("import {kind} from './files/a.{kind}';\n"))
        .concat();
    top.push_str(
        "import data from './files/a.json';\nimport typed from './files/a.json' with { type: 'json' };\n",
    );
    let texts = kinds.map(|kind| {
        (
            format!("files/a.{kind}"),
            format!("<{kind}> \"1\",\n${{2}} \u{e9}"),
        )
    });
    let mut files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    files.push(("files/a.json", "{ \"a\": [1, null, \"\u{e9}\"] }"));
    files.push((
        "files/lib.js",
        "export const greet = () => 'hello';\nexport default 7;",
    ));
    files.push(("files/bad.js", "export const = 1;"));
    let cases = Cases::of_folder(
        &top,
        &[
            ("texts", "return [txt, css, csv, md, svg, html];"),
            ("json", "return [data, JSON.stringify(typed) === JSON.stringify(data)];"),
            (
                "dynamic",
                "const lib = await import('./files/lib.js');
                 const name = './files/a.' + 'txt';
                 const { formatNhsNumber } = await import('nhs');
                 return [lib.greet(), lib.default, (await import(name)).default === txt, (await import('./files/a.json', { with: { type: 'json' } })).default.a.length, formatNhsNumber('9000000009')];",
            ),
            (
                "missing",
                "const said = [];
                 for (const name of ['./files/non.js', 'https://a.test/x.js', './files/bad.js', '../up.js']) await import(name).catch((error) => said.push(error.message));
                 return said;",
            ),
        ],
        &files,
    )
    .await;
    let said: Vec<String> = serde_json::from_str(&cases.said("texts", Nobody).await).unwrap();
    assert!(
        said.iter().zip(&texts).all(|(said, (_, text))| said == text),
        "{said:?}"
    );
    assert_eq!(
        cases.said("json", Nobody).await,
        "[{\"a\":[1,null,\"\u{e9}\"]},true]"
    );
    assert_eq!(
        cases.said("dynamic", Nobody).await,
        r#"["hello",7,true,3,"900 000 0009"]"#
    );
    let said: Vec<String> = serde_json::from_str(&cases.said("missing", Nobody).await).unwrap();
    let words = [
        "not in the app's folder",
        "nothing is fetched",
        "variable name expected",
        "out of the app's folder",
    ];
    assert!(
        said.len() == 4
            && said
                .iter()
                .zip(words)
                .all(|(said, words)| said.to_lowercase().contains(words)),
        "{said:?}"
    );
}

#[tokio::test]
async fn nothing_is_carried_from_one_request_to_another() {
    let cases = Cases::new(
        "let count = 0; const kept = []; globalThis.shared ??= 0; class Ward { static beds = 0 }",
        &[(
            "count",
            "count++; kept.push(1); shared++; Ward.beds++; Array.prototype.extra = (Array.prototype.extra ?? 0) + 1;
             return [count, kept.length, shared, Ward.beds, [].extra];",
        )],
    )
    .await;
    for _ in 0..3 {
        assert_eq!(cases.said("count", Nobody).await, "[1,1,1,1,1]");
    }
}

#[tokio::test]
async fn work_after_the_answer_is_waited_for_and_other_work_is_not() {
    let cases = Cases::new(
        "const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));",
        &[
            (
                "waited",
                "ctx.waitUntil(pause(10).then(() => env.store.set('later', 1)).then(() => { console.log('first'); ctx.waitUntil(pause(5).then(() => console.log('second'))); }));
                 ctx.waitUntil(Promise.reject(new Error('no matter')));
                 ctx.waitUntil('no promise');
                 return 'answered';",
            ),
            (
                "dropped",
                "pause(10).then(() => console.log('never')); setTimeout(() => console.log('never'), 10); return 'answered';",
            ),
        ],
    )
    .await;
    let run = cases.run("waited", World::default()).await;
    assert_eq!(body(&run), "answered");
    let log: Vec<_> = run.trace.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(run.trace.calls.len(), 1);
    let steps = [
        "first",
        "What waitUntil was waiting for failed: Error: no matter",
        "second",
    ];
    for step in steps {
        assert!(log.iter().any(|line| line.starts_with(step)), "{step}: {log:?}");
    }
    let run = cases.run("dropped", Nobody).await;
    assert!(
        body(&run) == "answered" && run.trace.log.is_empty(),
        "{:?}",
        run.trace.log
    );
}

#[tokio::test]
async fn the_incoming_request_and_answers_have_headers_that_cannot_be_changed() {
    let cases = Cases::new(
        "",
        &[
            ("request", "request.headers.set('x-own', '1');"),
            (
                "answer",
                "const answer = await fetch('https://int.api.service.nhs.uk/x'); answer.headers.append('x-own', '1');",
            ),
            (
                "copy",
                "const copy = new Request(request); copy.headers.set('x-own', '1');
                 const answer = await fetch('https://int.api.service.nhs.uk/x');
                 const own = new Response(answer.body, answer); own.headers.set('x-own', copy.headers.get('x-own')); return own;",
            ),
            ("redirect", "return Response.redirect('/new', 303);"),
            (
                "stream",
                "return new Response(new ReadableStream({ async start(controller) { controller.enqueue('one '); await null; controller.enqueue(new TextEncoder().encode('two')); controller.close(); } }));",
            ),
        ],
    )
    .await;
    for case in ["request", "answer"] {
        let run = cases.run(case, Replies::new([Reply::status(200)])).await;
        assert_eq!(code(&run), "app-exception");
        let said = run.answer.unwrap_err().to_string();
        assert!(said.contains("These headers cannot be changed"), "{case}: {said}");
    }
    let run = cases.run("copy", Replies::new([Reply::status(201)])).await;
    let answer = run.answer.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-own"]),
        (201, &"1".parse().unwrap())
    );
    let answer = cases.run("redirect", Nobody).await.answer.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (303, &"/new".parse().unwrap())
    );
    assert_eq!(cases.said("stream", Nobody).await, "one two");
}

#[tokio::test]
async fn errors_name_the_column() {
    for (source, place) in [
        ("export default {\n  fetch() { const x = ; }\n}\n", (2, 23)),
        (
            "const a = 1;\nconst b = a +;\nexport default { fetch() {} }",
            (2, 14),
        ),
        ("let é = 'ü', 5;\n", (1, 14)),
    ] {
        let error = refused(source).await;
        assert_eq!(
            (error.line, error.column),
            (Some(place.0), Some(place.1)),
            "{error}"
        );
    }
    for (line, column) in [
        ("return new Response(patient.name[0].family);", 21),
        ("const é = 'ü'; missing();", 16),
        ("throw new Error('x');", 11),
    ] {
        let source = format!("const patient = {{}};\nexport default {{ fetch() {{\n{line}\n}} }}");
        let guest = guest(&source).await;
        let run = SANDBOX.handle(&guest, get("/"), super::patient(Nobody)).await;
        let step = run.trace.backtrace.first().unwrap();
        assert_eq!(
            (step.line, step.column),
            (Some(3), Some(column)),
            "{line}: {step:?}"
        );
    }
}
