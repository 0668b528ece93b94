//! Golden cases: one file a case, in a folder named after the interface. `UPDATE_GOLDEN=1` writes what is answered.
//!
//! A case holds where its expectation comes from, the request, the answer, and JSON pointers to what may differ.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use axum::body::Body;
use http::Request;
use mock_nhs_interfaces::{Profile, Whom};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::client::{Client, REQUEST_ID, Seen, TOKEN};

/// Headers that a case states where they are answered. The client checks the others.
const STATED_HEADERS: [&str; 7] = [
    "content-type",
    "e-tag",
    "etag",
    "location",
    "retry-after",
    "sl-violations",
    "x-c4h-hint",
];

/// Answers that take more than one request, or a very long one, to see; the tests of their interfaces show them.
const SHOWN_ELSEWHERE: [(&str, &str, u16); 5] = [
    ("immunisation", "create_immunization", 422),
    ("mesh", "send_message", 413),
    ("mesh", "send_chunk", 413),
    ("mesh", "track_local_id", 300),
    ("ods", "search_organizations", 422),
];

/// What Prism says in the NHS's sandboxes of any operation alike; [`crate::gp_connect`] shows it of each.
const OF_PRISM: [&str; 5] = [
    "NOT_FOUND",
    "NOT_ACCEPTABLE",
    "UNPROCESSABLE_ENTITY",
    "UNKNOWN",
    "invalid_json",
];

/// What a practice that does not share says of any operation alike; [`crate::gp_connect`] shows it of each.
const OF_A_PRACTICE_THAT_DOES_NOT_SHARE: &str = "NO_ORGANISATION_CONSENT";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden")
}

fn request_of(client: &Client, case: &Value) -> (Profile, Request<Body>) {
    let asked = &case["request"];
    let text = |member: &str, default: &str| asked[member].as_str().unwrap_or(default).to_owned();
    let mut request = Request::builder()
        .method(text("method", "GET").as_str())
        .uri(text("path", "/"));
    let whom = match asked["caller"].as_str() {
        Some("healthcare worker") => Some(Whom::HealthcareWorker),
        Some("application") => Some(Whom::Application),
        Some("nobody") => None,
        Some(patient) => Some(Whom::Patient(
            patient
                .strip_prefix("patient ")
                .unwrap_or_else(|| panic!("a caller is no {patient}"))
                .parse()
                .unwrap(),
        )),
        None => panic!("nobody calls"),
    };
    if let Some(whom) = whom {
        request = request
            .header("X-Request-ID", REQUEST_ID)
            .header("Authorization", client.bearer(whom));
    }
    let body = asked["body"].as_str().unwrap_or_default().to_owned();
    let mut request = request.body(Body::from(body)).unwrap();
    for (name, value) in asked["headers"].as_object().unwrap_or(&Map::new()) {
        let name: http::HeaderName = name.parse().unwrap();
        let value = value.as_str().unwrap().replace("{token}", TOKEN);
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    match &asked["body"] {
        Value::Null => {}
        Value::String(text) => *request.body_mut() = Body::from(text.clone()),
        document @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            *request.body_mut() = Body::from(document.to_string());
        }
    }
    (Profile::from_name(&text("profile", "int")).unwrap(), request)
}

fn answer_of(case: &Value, seen: &Seen) -> Value {
    let headers: Map<String, Value> = STATED_HEADERS
        .into_iter()
        .filter_map(|name| seen.header(name).map(|value| (name.to_owned(), value.into())))
        .collect();
    let body = if seen.is_json() {
        seen.json()
    } else {
        String::from_utf8_lossy(&seen.body).into()
    };
    let mut answer = json!({ "status": seen.status.as_u16(), "headers": headers, "body": body });
    // What is made anew for every answer: a place in the body, or a header.
    for pointer in case["redactions"].as_array().unwrap_or(&Vec::new()) {
        let pointer = pointer.as_str().unwrap();
        let whole = if pointer.starts_with("/headers/") {
            pointer.to_owned()
        } else {
            format!("/body{pointer}")
        };
        *answer.pointer_mut(&whole).unwrap() = "(differs)".into();
    }
    answer
}

/// The code at the start of what a HAPI server says, or the issue's own.
fn hapi_code(json: &Value) -> Option<&str> {
    let issue = json
        .pointer("/issue/0")
        .filter(|_| json["text"]["status"] == "generated")?;
    let said = issue["diagnostics"].as_str()?;
    match said.split_once(':') {
        Some((code, _)) if code.starts_with("HAPI-") => Some(code),
        _ => issue["code"].as_str(),
    }
}

pub(crate) fn cases() -> Vec<(String, PathBuf, Value)> {
    let mut cases = Vec::new();
    for interface in fs::read_dir(folder()).unwrap() {
        let interface = interface.unwrap();
        for file in fs::read_dir(interface.path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "new") {
                continue;
            }
            assert_eq!(
                path.extension().and_then(|end| end.to_str()),
                Some("json"),
                "{}",
                path.display()
            );
            let case = serde_json::from_str(&fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            cases.push((interface.file_name().into_string().unwrap(), path, case));
        }
    }
    cases
}

/// Asks as the case says, with records of its own, after what is to be asked `before`.
async fn ask(case: &Value) -> Seen {
    let client = match case["request"]["now"].as_str() {
        Some(now) => Client::at(OffsetDateTime::parse(now, &Rfc3339).unwrap()),
        None => Client::new(),
    };
    for request in case["before"].as_array().unwrap_or(&Vec::new()) {
        let (profile, request) = request_of(&client, &json!({ "request": request }));
        assert!(client.send(profile, request).await.status.is_success());
    }
    let (profile, request) = request_of(&client, case);
    client.send(profile, request).await
}

#[tokio::test]
async fn every_golden_case_is_answered_as_it_says() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of the test, not of the program"
    )]
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for (interface, path, mut case) in cases() {
        // A client of its own, because a case may change the records.
        let client = Client::new();
        assert!(
            case["source"]
                .as_str()
                .is_some_and(|link| link.starts_with("https://")),
            "{}",
            path.display()
        );
        let stated = client
            .nhs
            .interfaces()
            .iter()
            .find(|stated| stated.id == interface);
        let prefix = stated
            .unwrap_or_else(|| panic!("{interface} is no interface"))
            .path_prefix;
        assert!(
            case["request"]["path"].as_str().unwrap().starts_with(prefix),
            "{}",
            path.display()
        );
        let answer = answer_of(&case, &ask(&case).await);
        if case["expected"] == answer {
            continue;
        }
        if update {
            case["expected"] = answer;
            let text = serde_json::to_string_pretty(&case).unwrap();
            // In one step: the other test reads the same files.
            let written = path.with_extension("json.new");
            fs::write(&written, format!("{text}\n")).unwrap();
            fs::rename(written, &path).unwrap();
        } else {
            wrong.push(format!(
                "{}\nexpected {}\nanswered {answer}",
                path.display(),
                case["expected"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n(UPDATE_GOLDEN=1 writes what is answered)",
        wrong.join("\n\n")
    );
}

#[tokio::test]
async fn every_stated_fault_and_every_operation_has_a_case() {
    let client = Client::new();
    let mut seen_codes = BTreeSet::new();
    for (interface, _, case) in cases() {
        let seen = ask(&case).await;
        let Some(answered) = seen.answered else { continue };
        if !seen.is_json() && !seen.status.is_success() {
            // The same error in XML, which its case compares as text.
            continue;
        }
        let json = if seen.is_json() { seen.json() } else { Value::Null };
        let code = json
            .pointer("/issue/0/details/coding/0/code")
            .or_else(|| json.pointer("/fault/detail/errorcode"))
            .or_else(|| json.pointer("/errors/0/code"))
            .or_else(|| json.pointer("/detail/0/type"))
            .or_else(|| json.pointer("/detail/0/code"))
            .or_else(|| json.get("errorCode"))
            .or_else(|| json.pointer("/error/code"))
            .or_else(|| json.get("error"))
            .and_then(Value::as_str)
            .or_else(|| hapi_code(&json))
            // MESH has errors without a code.
            .unwrap_or(if seen.status.is_success() { "good" } else { "" });
        // However good an answer is, it is good.
        let status = if code == "good" { 200 } else { seen.status.as_u16() };
        seen_codes.insert((interface, answered.operation, status, code.to_owned()));
    }
    let mut without_case = Vec::new();
    // What the login answers hangs on signatures and codes of this minute: its table of cases is in `oauth2.rs`.
    let stated = client.nhs.interfaces().iter();
    for interface in stated.filter(|interface| interface.id != "oauth2") {
        for operation in interface.operations {
            let codes = operation
                .faults
                .iter()
                .map(|fault| (fault.status, fault.code))
                .chain([(200, "good")]);
            for (status, code) in codes {
                let key = (interface.id.to_owned(), operation.id, status, code.to_owned());
                let is_elsewhere = SHOWN_ELSEWHERE.contains(&(interface.id, operation.id, status))
                    || (interface.id.starts_with("gp-connect-") && OF_PRISM.contains(&code))
                    || code == OF_A_PRACTICE_THAT_DOES_NOT_SHARE;
                if !is_elsewhere && !seen_codes.contains(&key) {
                    without_case.push(key);
                }
            }
        }
    }
    assert!(without_case.is_empty(), "{without_case:#?}");
    // And the other way round: what a case shows, the statement lists.
    for (interface, operation, status, code) in &seen_codes {
        let stated = client
            .nhs
            .interfaces()
            .iter()
            .find(|stated| stated.id == *interface)
            .unwrap();
        let Some(operation) = stated.operations.iter().find(|stated| stated.id == *operation) else {
            continue;
        };
        let is_stated = code == "good"
            || operation
                .faults
                .iter()
                .any(|fault| fault.status == *status && fault.code == code.as_str());
        assert!(
            is_stated,
            "{interface} {} answers {status} {code} and does not say so",
            operation.id
        );
    }
}
