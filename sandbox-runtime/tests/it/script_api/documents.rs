//! The examples of the documents hold, and so do the checks that stand in files of their own; and the documents leave nothing out.

use bytes::Bytes;
use http::Request;

use super::examples::{self, Example, Kind};
use super::world::World;
use super::{Outcome, TestName, patient, script, shown, verdicts};
use crate::scripts::build;
use crate::stage::{SANDBOX, body, get};

const HARNESS: &str = include_str!("../../../js-runner/web/test/harness.js");
const JAVASCRIPT: &str = include_str!("../../../../docs/reference/javascript.md");
const GUIDE: &str = include_str!("../../../../docs/guides/write-an-app-in-javascript.md");
const NHS: &str = include_str!("../../../../docs/reference/nhs-module.md");

/// Runs all examples of a document: those that check something in one app, each as a run of its own, the apps and the tests as what they
/// are.
async fn holds(document: &str, text: &str) {
    let examples = examples::of(document, text);
    assert!(!examples.is_empty(), "{document} has lost its examples");
    let checked: Vec<_> = examples
        .iter()
        .filter(|example| example.kind() == Kind::Checked)
        .collect();
    check(document, &checked).await;
    for example in &examples {
        match example.kind() {
            Kind::Checked => {}
            Kind::App => answers(example).await,
            Kind::Tests => passes(example).await,
        }
    }
}

async fn check(document: &str, checked: &[&Example]) {
    let mut main = String::from("const examples = [];\n");
    let mut files = vec![("harness.js".to_owned(), HARNESS.to_owned())];
    for (n, example) in checked.iter().enumerate() {
        main.push_str(&format!(
            "import {{ run as r{n} }} from \"./{0}\";\nexamples.push([\"{0}\", r{n}]);\n",
            example.file()
        ));
        files.push((example.file(), example.checked()));
    }
    main.push_str(
        "export default { async fetch(request, env) {
            const [name, run] = examples[Number(new URL(request.url).searchParams.get('n'))];
            try { await run(env); return Response.json([{ name }]); } catch (error) { return Response.json([{ name, problem: `${error}\\n${error.stack}` }]); }
        } };\n",
    );
    files.insert(0, ("app.js".to_owned(), main));
    let guest = build(script(files, false))
        .await
        .unwrap_or_else(|error| panic!("{document}: {error}"));

    let mut problems = Vec::new();
    for n in 0..checked.len() {
        problems.extend(
            verdicts(&guest, &format!("/?n={n}"))
                .await
                .into_iter()
                .filter(|verdict| verdict.problem.is_some()),
        );
    }
    assert!(
        problems.is_empty(),
        "{document}: {} of {} examples:\n{}",
        problems.len(),
        checked.len(),
        shown(&problems)
    );
}

/// Sends an app what its comments say, and compares the answers.
async fn answers(example: &Example) {
    let guest = build(script(vec![(example.file(), example.code.clone())], false))
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", example.file()));
    for exchange in example.exchanges() {
        let mut request = Request::builder()
            .method(exchange.method)
            .uri(format!("http://app.test{}", exchange.path));
        if let Some(sent) = exchange.body {
            request = request.header(
                "content-type",
                if sent.starts_with('{') {
                    "application/json"
                } else {
                    "application/x-www-form-urlencoded"
                },
            );
        }
        let request = request
            .body(Bytes::from(exchange.body.unwrap_or_default().to_owned()))
            .unwrap();
        let run = SANDBOX.handle(&guest, request, patient(World::default())).await;
        let answer = run
            .answer
            .as_ref()
            .unwrap_or_else(|error| panic!("{} {}: {error}", example.file(), exchange.path));
        let found = String::from_utf8_lossy(answer.body());
        assert_eq!(
            answer.status().as_u16(),
            exchange.status,
            "{} {}: {found}",
            example.file(),
            exchange.path
        );
        assert!(
            found.contains(exchange.part),
            "{} {}: expected {} in {found}",
            example.file(),
            exchange.path,
            exchange.part
        );
    }
}

/// Runs the tests of an app that a document shows, as `c4h test` does.
async fn passes(example: &Example) {
    let main = format!(
        "import \"./{}\";\nexport {{ tests as default }} from \"c4h:test\";\n",
        example.file()
    );
    let files = vec![
        ("all.js".to_owned(), main),
        (example.file(), example.code.clone()),
    ];
    let guest = build(script(files, true))
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", example.file()));
    let run = SANDBOX
        .handle(&guest, get("/tests"), patient(World::default()))
        .await;
    let tests: Vec<TestName> = serde_json::from_str(&body(&run)).unwrap();
    assert!(!tests.is_empty(), "{} has no test", example.file());
    for (index, TestName { name }) in tests.iter().enumerate() {
        let request = Request::post(format!("http://app.test/tests/{index}"))
            .body(Bytes::new())
            .unwrap();
        let run = SANDBOX.handle(&guest, request, patient(World::default())).await;
        let outcome: Outcome = serde_json::from_str(&body(&run)).unwrap();
        assert!(outcome.ok, "{}: {name}: {}", example.file(), outcome.message);
    }
}

#[tokio::test]
async fn the_examples_of_the_page_on_javascript_hold() {
    holds("javascript.md", JAVASCRIPT).await;
}

#[tokio::test]
async fn the_examples_of_the_page_on_the_module_nhs_hold() {
    holds("nhs-module.md", NHS).await;
}

#[tokio::test]
async fn the_examples_of_the_guides_hold() {
    for (document, text) in [
        ("write-an-app-in-javascript.md", GUIDE),
        (
            "test-your-app.md",
            include_str!("../../../../docs/guides/test-your-app.md"),
        ),
        (
            "use-the-fhir-server.md",
            include_str!("../../../../docs/guides/use-the-fhir-server.md"),
        ),
    ] {
        holds(document, text).await;
    }
}

/// The guide says which bracket of the template to delete, and shows what is told then.
#[tokio::test]
async fn the_error_that_the_guide_shows_is_real() {
    let template = include_str!("../../../../examples/templates/javascript/app.js");
    let line = r#"if (typed === null) return page("Find a patient", form());"#;
    assert!(GUIDE.contains(line) && template.contains(line));
    let broken = template.replace(line, &line.replace("));", ");"));
    let error = crate::scripts::refused(&broken).await;
    let (line, column) = (error.line.unwrap(), error.column.unwrap());
    let mark = " ".repeat(column as usize - 1);
    let shown = format!(
        "app.js:{line}:{column}: {} ({})\n  {line} | {}\n     | {mark}^\n",
        error.message,
        error.code,
        error.source_line.as_deref().unwrap()
    );
    assert!(GUIDE.contains(&shown), "the guide should show:\n{shown}");
}

/// Written like the examples of a page, and too many or too odd for one.
#[tokio::test]
async fn the_checks_hold() {
    let checks = [
        ("age", include_str!("checks/age.js")),
        ("banner", include_str!("checks/banner.js")),
        ("dates", include_str!("checks/dates.js")),
        ("names", include_str!("checks/names.js")),
        ("page", include_str!("checks/page.js")),
        ("store", include_str!("checks/store.js")),
        ("web", include_str!("checks/web.js")),
    ]
    .map(|(name, code)| Example::new(name, code));
    check("checks", &checks.each_ref()).await;
}

#[test]
#[should_panic(expected = "is not run")]
fn an_example_that_checks_nothing_is_an_error() {
    examples::of("page.md", "```js\nconst a = 1;\n```\n")
        .iter()
        .for_each(|example| drop(example.checked()));
}

#[test]
fn an_exchange_that_cannot_be_read_is_an_error() {
    for line in [
        "// GET / = 200 x",
        "// GET / => two hundred",
        "// GET => 200",
        "// get / => 200",
        "// GET x => 200",
        "// POST /x a=1",
    ] {
        let page = format!("```js\nexport default {{ }};\n// GET / => 200\n{line}\n```\n");
        let examples = examples::of("page.md", &page);
        let read = std::panic::catch_unwind(|| examples[0].exchanges().len());
        let said = *read.unwrap_err().downcast::<String>().unwrap();
        assert!(said.contains("cannot be checked"), "{line}: {said}");
    }
    let page = "```js\nexport default {};\n// A note, => with an arrow, is one too.\n// GET / => 200\n```\n";
    assert!(std::panic::catch_unwind(|| examples::of("page.md", page)[0].exchanges().len()).is_err());
}

/// The names in `export { … } from "…"` lines.
fn exports(module: &str) -> Vec<&str> {
    let lists = module
        .split("export {")
        .skip(1)
        .filter_map(|rest| rest.split('}').next());
    let names = lists.flat_map(|list| list.split(','));
    names.map(str::trim).filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_export_of_the_module_nhs_is_described_and_has_a_type() {
    let names = exports(include_str!("../../../js-runner/web/nhs.js"));
    let types = include_str!("../../../js-runner/web/types/c4h.d.ts");
    let (_, types) = types.split_once("declare module \"nhs\" {").unwrap();
    let (types, _) = types.split_once("\n}\n").unwrap();
    assert!(names.len() > 40, "{names:?}");
    for name in &names {
        assert!(
            ["function", "class", "const"]
                .iter()
                .any(|kind| types.contains(&format!("export {kind} {name}"))),
            "{name} has no type in c4h.d.ts"
        );
        assert!(
            [format!("`{name}`"), format!("`{name}(")]
                .iter()
                .any(|described| NHS.contains(described)),
            "{name} is not described in nhs-module.md"
        );
        assert!(
            NHS.lines()
                .any(|line| line.starts_with("import ") && line.contains(name)),
            "nhs-module.md has no example of {name}"
        );
    }
    let typed = types.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("export ")?;
        let (kind, rest) = rest.split_once(' ')?;
        let name = rest.split([':', '(', '<', ' ']).next()?;
        (kind != "interface").then_some(name)
    });
    for name in typed {
        assert!(names.contains(&name), "{name} has a type and is not there");
    }
}
