//! Documents and requests that are meant to harm: each ends soon, and says why.

use std::time::{Duration, Instant};

use openapi_mock::limits::{MAX_DOCUMENT_BYTES, MAX_HELD_BYTES};
use openapi_mock::{Document, DocumentError, MAX_PROBLEMS};

use crate::ask::{ask, ask_soon};

/// Generous: a busy machine, unoptimised.
const SOON: Duration = Duration::from_secs(60);

fn with_schema(schema: &str) -> String {
    format!(
        r##"{{"openapi":"3.1.0","info":{{"title":"t"}},"paths":{{"/x":{{"post":{{"requestBody":{{"content":{{"application/json":{{"schema":{schema}}}}}}},"responses":{{"200":{{"content":{{"application/json":{{"schema":{schema}}}}}}}}}}}}}}},"components":{{"schemas":{{"A":{schema}}}}}}}"##
    )
}

#[test]
fn schemas_that_never_end_do() {
    let circle = r##"{"allOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/A"}]}"##;
    let double = r##"{"type":"object","anyOf":[{"properties":{"a":{"$ref":"#/components/schemas/A"}},"required":["z"]},{"properties":{"a":{"$ref":"#/components/schemas/A"}},"required":["y"]}]}"##;
    let deep_instance = format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60));
    let many = (0..20_000)
        .map(|n| format!("\"v{n}\""))
        .collect::<Vec<_>>()
        .join(",");
    let expression = r##"{"type":"string","pattern":"^(a+)+(a+)+(a+)+$"}"##;
    let as_long = format!("\"{}b\"", "a".repeat(500_000));
    let unique = format!(
        "[{}]",
        (0..100_000).map(|n| n.to_string()).collect::<Vec<_>>().join(",")
    );
    for (what, schema, body) in [
        ("a circle", circle.to_owned(), "{}".to_owned()),
        ("doubling", double.to_owned(), deep_instance),
        (
            "many choices",
            format!("{{\"enum\":[{many}]}}"),
            "\"nothing\"".to_owned(),
        ),
        ("an expression", expression.to_owned(), as_long),
        (
            "unique items",
            "{\"type\":\"array\",\"uniqueItems\":true}".to_owned(),
            unique,
        ),
        (
            "a huge array",
            "{\"type\":\"array\",\"minItems\":1000000000}".to_owned(),
            "[]".to_owned(),
        ),
        (
            "a huge text",
            "{\"type\":\"string\",\"minLength\":1000000000}".to_owned(),
            "\"\"".to_owned(),
        ),
    ] {
        let start = Instant::now();
        let document = Document::read(with_schema(&schema).as_bytes()).unwrap();
        let answer = ask(
            &document,
            &format!("POST /x\nContent-Type: application/json\n\n{body}"),
        );
        assert!(answer.status.as_u16() < 500, "{what}");
        assert!(answer.body.len() < 1_000_000, "{what}");
        assert!(start.elapsed() < SOON, "{what}: {:?}", start.elapsed());
    }
}

/// Schemas that lead to the next, in ways that nothing else bounds.
fn chain(version: &str, links: usize, link: impl Fn(usize) -> String) -> String {
    let schemas = (0..links)
        .map(|n| format!("\"S{n}\":{}", link(n)))
        .collect::<Vec<_>>()
        .join(",");
    format!(
        r##"{{"openapi":"{version}","paths":{{"/x":{{"post":{{"requestBody":{{"content":{{"application/json":{{"schema":{{"$ref":"#/s/S0"}}}}}}}},"responses":{{"200":{{"content":{{"application/json":{{"schema":{{"$ref":"#/s/S0"}}}}}}}}}}}}}}}},"s":{{{schemas},"S{links}":{{"type":"string"}}}}}}"##
    )
}

#[test]
fn long_chains_of_schemas_end() {
    let of_items = |n: usize| format!(r##"{{"items":{{"$ref":"#/s/S{}"}}}}"##, n + 1);
    let bare = |n: usize| format!(r##"{{"$ref":"#/s/S{}"}}"##, n + 1);
    for text in [
        chain("3.0.3", 40_000, of_items),
        chain("3.1.0", 40_000, of_items),
        chain("3.1.0", 40_000, bare),
    ] {
        let document = Document::read(text.as_bytes()).unwrap();
        for body in ["[[[[]]]]", "\"a\""] {
            let request = format!("POST /x\nContent-Type: application/json\n\n{body}");
            assert!(ask(&document, &request).status.as_u16() < 500);
        }
    }
}

/// A schema that doubles its work with every level, and a value of forty.
const DOUBLING: &str = r##""type":"object","anyOf":[{"properties":{"a":{"$ref":"#/components/schemas/A"}},"required":["z"]},{"properties":{"a":{"$ref":"#/components/schemas/A"}},"required":["y"]}]"##;

fn deep() -> String {
    format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40))
}

/// What an answer costs has one end, whatever it is made of.
#[test]
fn many_hard_checks_in_one_answer_end() {
    let samples = vec![deep(); 20].join(",");
    let members = (0..100)
        .map(|n| format!("\"p{n}\":{{{DOUBLING},\"examples\":[{samples}]}}"))
        .collect::<Vec<_>>()
        .join(",");
    let parameters = (0..200)
        .map(|n| {
            format!(
                r##"{{"name":"p{n}","in":"query","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/A"}}}}}}}}"##
            )
        })
        .collect::<Vec<_>>()
        .join(",");
    let json = |schema: &str| format!(r##"{{"content":{{"application/json":{{"schema":{schema}}}}}}}"##);
    let numbers = |last: &str| format!("[{}{last}]", "1.0,".repeat(20_000));
    let same = vec![r##"{"$ref":"#/components/schemas/E"}"##; 3_000].join(",");
    let text = format!(
        r##"{{"openapi":"3.1.0","paths":{{"/made":{{"get":{{"responses":{{"200":{made}}}}}}},"/asked":{{"get":{{"parameters":[{parameters}],"responses":{{"204":{{}}}}}}}},"/long":{{"post":{{"requestBody":{long},"responses":{{"204":{{}}}}}}}}}},"components":{{"schemas":{{"A":{{{DOUBLING}}},"E":{{"enum":[{choice}]}}}}}}}}"##,
        made = json(&format!("{{\"type\":\"object\",\"properties\":{{{members}}}}}")),
        long = json(&format!(
            "{{\"type\":\"array\",\"items\":{{\"allOf\":[{same}]}}}}"
        )),
        choice = numbers("1"),
    );
    let start = Instant::now();
    let document = Document::read(text.as_bytes()).unwrap();
    let query = (0..200)
        .map(|n| format!("p{n}={}", deep().replace('"', "%22")))
        .collect::<Vec<_>>();
    let other = numbers("1").replace("1.0", "1.00");
    let long = format!("[{}]", vec![other; 10].join(","));
    for (request, status) in [
        ("GET /made\nPrefer: dynamic=true".to_owned(), 200),
        (format!("GET /asked?{}", query.join("&")), 400),
        (
            format!("POST /long\nContent-Type: application/json\n\n{long}"),
            400,
        ),
    ] {
        let what = request.get(..12).unwrap();
        assert!(ask_soon(&document, &request).is_none(), "{what}");
        let answer = ask(&document, &request);
        assert_eq!(answer.status.as_u16(), status, "{what} {:?}", answer.hint);
    }
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

fn list(count: usize, item: &dyn Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(",")
}

/// Four hundred paths with one operation, which has as much of everything as there is room for.
fn repeated_operation(long: &str) -> (String, String) {
    let same_item = list(400, &|n| format!(r##""/x{n}":{{"$ref":"#/item"}}"##));
    let item = format!(
        r##""item":{{"post":{{"tags":[{tags}],"parameters":[{parameters}],"requestBody":{{"content":{{"application/json":{{"examples":{{{examples}}}}}}}}},"responses":{{{responses}}}}}}},"long":["{long}"]"##,
        tags = list(1_000, &|n| format!("\"tag{n}\"")),
        parameters = list(2_000, &|n| format!(
            r##"{{"name":"p{n}","in":"query","examples":{{"a":{{"value":"{n}"}}}}}}"##
        )),
        examples = list(500, &|n| format!(r##""e{n}":{{"value":{{"$ref":"#/long"}}}}"##)),
        responses = list(300, &|n| format!(
            r##""{}":{{"description":"d","headers":{{"x-a":{{"example":"b"}}}}}}"##,
            n + 200
        )),
    );
    (same_item, item)
}

/// Documents of two megabytes at most that would take gigabytes, each in another way.
#[test]
fn documents_that_repeat_themselves_hold_little() {
    let long = "x".repeat(500_000);
    let of = |paths: &str, rest: &str| format!(r##"{{"openapi":"3.1.0","paths":{{{paths}}},{rest}}}"##);
    let one =
        r##""/x":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/s"}}}}}}}"##;
    let (same_item, item) = repeated_operation(&long);
    let mut nested = "1".to_owned();
    for _ in 0..25 {
        nested = format!(r##"{{"examples":[{nested}]}}"##);
    }
    let pointer = |depth: usize| format!("#/s{}", "/examples/0".repeat(depth));
    let texts = [
        of(
            one,
            &format!(
                r##""s":{{"{long}":{{}},"properties":{{{}}}}}"##,
                list(20_000, &|n| format!("\"p{n}\":{{\"type\":1}}"))
            ),
        ),
        of(
            one,
            &format!(
                r##""s":{{"$ref":"#/{long}"}},"{long}":{{"properties":{{{}}}}}"##,
                list(20_000, &|n| format!("\"p{n}\":{{\"type\":1}}"))
            ),
        ),
        of(
            one,
            &format!(
                r##""s":{{"allOf":[{}]}}"##,
                list(500, &|n| format!(r##"{{"pattern":"^[\\p{{L}}{n}]{{40}}$"}}"##))
            ),
        ),
        of(
            one,
            &format!(
                r##""s":{{"examples":[{nested}],"not":{{"anyOf":[{}]}}}}"##,
                list(24, &|n| format!(r##"{{"$ref":"{}"}}"##, pointer(n + 1)))
            ),
        ),
        of(
            one,
            &format!(
                r##""s":{{}},"info":{{"title":"{open}","description":"{open}"}}"##,
                open = "[".repeat(400_000)
            ),
        ),
        of(&same_item, &item),
        format!(
            "openapi: 3.0.0\npaths: {{/x: {{get: {{responses: {{200: {{description: a}}}}}}}}}}\na: &a {long}\nb: [{}]\n",
            list(100_000, &|_| "*a".to_owned())
        ),
    ];
    for (place, text) in texts.iter().enumerate() {
        assert!(text.len() < MAX_DOCUMENT_BYTES, "{place}: {}", text.len());
        let start = Instant::now();
        if let Ok(document) = Document::read(text.as_bytes()) {
            assert!(
                document.held_bytes() <= MAX_HELD_BYTES,
                "{place}: {}",
                document.held_bytes()
            );
            assert!(
                document
                    .problems
                    .iter()
                    .all(|problem| problem.pointer.len() < 3_000),
                "{place}"
            );
        }
        assert!(start.elapsed() < SOON, "{place}: {:?}", start.elapsed());
    }
}

#[test]
fn a_plain_request_is_answered_soon() {
    let request = "POST /x\nContent-Type: application/json\n\n{}";
    let document = Document::read(with_schema("{\"type\":\"object\"}").as_bytes()).unwrap();
    assert_eq!(ask_soon(&document, request), Some(ask(&document, request)));
}

#[test]
fn examples_repeated_without_end_are_left_out() {
    let large = "x".repeat(200_000);
    let responses = (400..560)
        .map(|code| format!("\"{code}\":{{\"description\":\"\",\"content\":{{\"application/json\":{{\"example\":{{\"$ref\":\"#/e\"}}}},\"text/a{code}\":{{\"example\":{{\"$ref\":\"#/e\"}}}}}}}}"))
        .collect::<Vec<_>>()
        .join(",");
    let text = format!(
        "{{\"openapi\":\"3.0.0\",\"paths\":{{\"/x\":{{\"get\":{{\"responses\":{{{responses}}}}}}}}},\"e\":[\"{large}\"]}}"
    );
    let document = Document::read(text.as_bytes()).unwrap();
    assert!(document.problems.len() <= MAX_PROBLEMS);
}

#[test]
fn documents_that_are_none_are_refused_in_words() {
    let check = |text: &str, words: &str| {
        let error = Document::read(text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(words), "{text}: {error}");
    };
    check("", "no OpenAPI document");
    check("a: [", "not YAML");
    check("{\"a\": ]", "not JSON");
    check("swagger: '2.0'", "version 2.0 of OpenAPI");
    check("openapi: 4.0.0", "version 4.0.0");
    check("openapi: 3.0.3\npaths: {}", "no operation");
    check("openapi: 3.0.3\npaths: {x: {get: {}}}", "cannot be a path");
    check("[1, 2]", "no OpenAPI document");
    let too_long = vec![b' '; MAX_DOCUMENT_BYTES + 1];
    assert_eq!(Document::read(&too_long).unwrap_err(), DocumentError::TooLong);
}
