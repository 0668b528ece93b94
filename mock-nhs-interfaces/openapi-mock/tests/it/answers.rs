//! What requests to a document with something of everything are answered with.

use http::{HeaderMap, Method, StatusCode};
use openapi_mock::{Document, Found};

use crate::ask::{ask, everything, text};

/// The request, the status, a part of the body, a part of the hint.
fn check(request: &str, status: u16, body: &str, hint: &str) {
    let answer = ask(&everything(), request);
    let said = answer.hint.clone().unwrap_or_default();
    assert_eq!(
        answer.status.as_u16(),
        status,
        "{request}: {} {said}",
        text(&answer)
    );
    assert!(text(&answer).contains(body), "{request}: {}", text(&answer));
    assert!(said.contains(hint), "{request}: {said}");
}

#[test]
fn an_answer_of_anybody_is_judged_by_the_document() {
    let document = everything();
    let Found::Operation(place) = document.find(&Method::GET, "/letters") else {
        panic!("no such operation");
    };
    let check = |status: u16, media: &str, body: &str, expected: &[&str]| {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", media.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        let said = document.outside(place, status, &headers, body.as_bytes());
        assert_eq!(said, expected, "{status} {media} {body}");
    };
    check(200, "application/json; charset=utf-8", "[]", &[]);
    check(200, "text/csv", "id,text", &[]);
    check(200, "application/json", "{}", &["The whole must be an array."]);
    check(
        200,
        "application/json",
        "[",
        &["The body is not JSON: The text ends in the middle of a value. (line 1, column 2)"],
    );
    check(
        200,
        "text/html",
        "<p>",
        &["The media type text/html is not in the document for the status 200."],
    );
    check(302, "text/html", "", &["The status 302 is not in the document."]);
}

#[test]
fn choices_that_are_no_texts_are_taken_as_texts_where_the_type_says_so() {
    let text = "openapi: 3.0.0\ninfo: {title: t}\npaths: {/x: {get: {parameters: [{name: a, in: query, schema: {type: string, enum: [1, 2]}}], responses: {'200': {description: d}}}}}";
    let document = Document::read(text.as_bytes()).unwrap();
    for (request, status) in [("GET /x?a=1", 200), ("GET /x?a=3", 400)] {
        assert_eq!(ask(&document, request).status.as_u16(), status, "{request}");
    }
    let said: Vec<&str> = document.problems.iter().map(|problem| &*problem.text).collect();
    assert!(said[0].contains("taken as texts"), "{said:?}");
}

#[test]
fn the_answer_is_about_what_is_asked() {
    check("GET /letters?person=1234567890", 200, "[]", "");
    check("GET /letters?person=9000000017", 200, "\"Again\"", "");
    check("GET /letters/?person=9000000009", 200, "\"Hello\"", "");
}

#[test]
fn parameters_are_checked() {
    check(
        "GET /letters",
        400,
        "Not like this",
        "the query parameter person is missing",
    );
    check("GET /letters?person=12", 400, "\"400\"", "person must match");
    check(
        "GET /letters?person=1234567890&state=lost",
        400,
        "",
        "must be draft or sent",
    );
    check("GET /letters?person=1234567890&limit=0", 400, "", "at least 1");
    check(
        "GET /letters?person=1234567890&limit=ten",
        400,
        "",
        "a whole number",
    );
    check("GET /letters?person=1234567890&limit=10&state=sent", 200, "", "");
    check("GET /letters?person=1234567890&ids=1,2,3", 200, "", "");
    check(
        "GET /letters?person=1234567890&ids=1,x",
        400,
        "",
        "at /1, must be a whole number",
    );
    check(
        "GET /letters?person=1234567890&ids=1,2,3,4",
        400,
        "",
        "at most 3 items",
    );
    check("GET /letters?person=1234567890&tag=aa&tag=b", 400, "", "at /1");
}

#[test]
fn parameters_of_every_place_and_shape_are_checked() {
    check(
        "GET /letters?person=1234567890&sent[from]=2026-01-01",
        200,
        "",
        "",
    );
    check(
        "GET /letters?person=1234567890&sent[from]=soon",
        400,
        "",
        "at /from, must be a date",
    );
    check(
        "GET /letters?person=1234567890&sent[to]=x",
        400,
        "",
        "at /to, is not known here",
    );
    check(
        "GET /letters?person=1234567890&filter=%7B%22a%22:1%7D",
        200,
        "",
        "",
    );
    check(
        "GET /letters?person=1234567890&filter=%7B%7D",
        400,
        "",
        "at /a, is missing",
    );
    check("GET /letters?person=1234567890&filter=x", 400, "", "is not JSON");
    check("GET /letters?person=1234567890\nX-Numbers: 1, 2", 200, "", "");
    check(
        "GET /letters?person=1234567890\nX-Numbers: 1, b",
        400,
        "",
        "the header X-Numbers",
    );
    check(
        "GET /letters?person=1234567890\nCookie: a=b; session=123456",
        400,
        "",
        "the cookie session",
    );
}

#[test]
fn paths_and_methods_lead_to_their_operation() {
    check("GET /letters/11", 200, "\"id\":1", "");
    check("GET /letters/eleven", 400, "", "a whole number");
    check("GET /letters/latest", 200, "", "");
    check("DELETE /letters/3", 204, "", "");
    check("PATCH /letters/3", 405, "", "GET, DELETE");
    check("GET /nowhere", 404, "c4h.not-found", "no such path");
}

#[test]
fn bodies_are_checked() {
    let json = "Content-Type: application/json\n\n";
    check(
        &format!("POST /letters\n{json}{{\"text\":\"A long letter\",\"person\":\"9000000009\"}}"),
        201,
        "\"id\":12",
        "",
    );
    check(
        &format!("POST /letters\n{json}{{\"text\":\"Other\",\"person\":\"9000000009\"}}"),
        201,
        "\"id\":11",
        "",
    );
    check(
        &format!("POST /letters\n{json}{{\"person\":\"nobody\"}}"),
        422,
        "There is nobody",
        "",
    );
    check(
        &format!("POST /letters\n{json}{{\"person\":\"9000000009\"}}"),
        422,
        "Not like this",
        "/text is missing",
    );
    check(
        &format!("POST /letters\n{json}{{\"person\":\"9000000009\",\"text\":\"a\",\"more\":1}}"),
        422,
        "",
        "/more is not known",
    );
    check(
        &format!("POST /letters\n{json}{{\"person\":\"9000000009\",\"text\":\"a\",\"copies\":null}}"),
        201,
        "",
        "",
    );
    check(
        &format!("POST /letters\n{json}{{\"person\":\"9000000009\",\"text\":\"a\",\"copies\":0.7}}"),
        422,
        "",
        "multiple of 0.5",
    );
    check(&format!("POST /letters\n{json}{{"), 422, "", "not JSON");
    check("POST /letters", 422, "", "the body is missing");
    check(
        "POST /letters\nContent-Type: text/plain\n\nx",
        415,
        "",
        "application/json",
    );
    check(
        "POST /letters\nContent-Type: application/x-www-form-urlencoded\n\nperson=a+b&copies=2",
        201,
        "",
        "",
    );
    check(
        "POST /letters\nContent-Type: application/x-www-form-urlencoded\n\nperson=a&copies=two",
        422,
        "",
        "/copies",
    );
    check(
        &format!("POST /tree\n{json}{{\"name\":\"oak\",\"branches\":[{{\"name\":\"fir\"}}]}}"),
        400,
        "",
        "/branches/0/name must be oak or elm",
    );
    check("POST /tree", 200, "oak", "");
}

#[test]
fn the_caller_gets_what_it_accepts() {
    check(
        "GET /letters?person=1234567890\nAccept: text/csv",
        200,
        "1,Hello",
        "",
    );
    check(
        "GET /letters?person=1234567890\nAccept: image/png",
        406,
        "",
        "text/csv",
    );
}

#[test]
fn prefer_chooses_the_answer() {
    let document = everything();
    let check = |request: &str, status: u16, body: &str, applied: Option<&str>| {
        let answer = ask(&document, request);
        assert_eq!(answer.status.as_u16(), status, "{request}");
        assert!(text(&answer).contains(body), "{request}: {}", text(&answer));
        let found = answer
            .headers
            .get("preference-applied")
            .map(|value| value.to_str().unwrap());
        assert_eq!(found, applied, "{request}");
    };
    check("GET /letters\nPrefer: code=404", 404, "Nobody", Some("code=404"));
    check("GET /letters\nPrefer: code=429", 429, "", Some("code=429"));
    check(
        "GET /letters\nPrefer: code=400, example=not-there",
        400,
        "Nobody",
        Some("code=400"),
    );
    check(
        "GET /letters\nPrefer: example=of-jones",
        200,
        "Again",
        Some("example"),
    );
    check(
        "GET /letters\nPrefer: example=\"400\"",
        400,
        "Not like this",
        Some("example"),
    );
    check(
        "GET /letters?person=1234567890\nPrefer: dynamic=true",
        200,
        "\"id\":1",
        None,
    );
    check("GET /letters\nPrefer: code=500", 400, "Not like this", None);
    check("GET /letters\nPrefer: example=none", 400, "", None);
    let refused = ask(&document, "GET /letters\nPrefer: code=500");
    let hint = refused.hint.unwrap();
    assert!(
        hint.contains("200, 400 to 499") && hint.contains("of-smith"),
        "{hint}"
    );
}

#[test]
fn headers_are_those_of_the_document_and_none_that_reach_beyond_the_answer() {
    let document = everything();
    let answer = ask(&document, "GET /letters?person=1234567890");
    assert_eq!(answer.headers.get("x-total").unwrap(), "2");
    assert!(answer.headers.get("set-cookie").is_none());
    assert_eq!(answer.headers.get("content-type").unwrap(), "application/json");
    let refused = ask(&document, "PUT /letters");
    assert_eq!(refused.headers.get("allow").unwrap(), "GET, POST, HEAD");
    assert!(
        ask(&document, "HEAD /letters?person=1234567890")
            .status
            .is_success()
    );
    let hint = ask(&document, "GET /letters?person=%C3%A9%0D%0AX")
        .hint_header()
        .unwrap();
    assert!(hint.to_str().unwrap().contains("person must match"), "{hint:?}");
}

#[test]
fn the_document_says_what_it_is_and_what_is_wrong_with_it() {
    let document = everything();
    assert_eq!(document.title, "Made-up letters");
    assert_eq!(document.summary, "Keeps letters about made-up people.");
    assert_eq!(document.prefix, "/letters/v1");
    assert_eq!(
        document.specification.as_deref(),
        Some("https://example.com/letters")
    );
    let titles: Vec<&str> = document
        .operations
        .iter()
        .map(|operation| &*operation.title)
        .collect();
    assert_eq!(titles[..3], ["Find letters", "Write letter", "Read letter"]);
    assert!(document.operations[0].logins.is_empty());
    assert_eq!(document.operations[1].logins, [openapi_mock::Scheme::Bearer]);
    let check = |words: &str, line: usize| {
        let found = document
            .problems
            .iter()
            .find(|problem| problem.text.contains(words));
        let found = found.unwrap_or_else(|| panic!("{words}: {:?}", document.problems));
        assert_eq!(found.line, Some(line), "{found:?}");
    };
    check("not in nowhere", 125);
    check("to other.yaml#/x", 126);
    check("no type date-time", 132);
    check("elsewhere, at https://example.com/x.json", 134);
    check("20 is no status", 135);
    check("/id must be a whole number", 107);
    check("/text is missing", 74);
}

#[test]
fn every_sample_is_answered_as_it_says() {
    let document = everything();
    for operation in &document.operations {
        assert!(!operation.samples.is_empty(), "{}", operation.id);
        for sample in &operation.samples {
            let mut request = format!("{} {}", operation.method, sample.path_and_query);
            for (name, value) in &sample.headers {
                request += &format!("\n{name}: {value}");
            }
            if let Some((media, text)) = &sample.body {
                request += &format!("\nContent-Type: {media}\n\n{text}");
            }
            assert_eq!(
                ask(&document, &request).status.as_u16(),
                sample.status,
                "{request}"
            );
        }
    }
}
