//! The patient-facing interfaces in profile `sandbox`: the published document's examples, chosen as Prism lets one choose.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use mock_nhs_interfaces::Profile;
use mock_nhs_interfaces::interface::{Operation, Place};
use serde_json::Value;

use crate::client::{Client, REQUEST_ID, Seen};
use crate::contract::{document, example, resolved};

use super::contract::DOCUMENTS;

/// The request that the document's own examples make, with these headers.
fn request(
    documented: &Value,
    document: &Value,
    operation: &Operation,
    prefix: &str,
    without: &str,
    headers: &[(&str, &str)],
) -> Request<Body> {
    let mut path = operation.path.to_owned();
    let mut query = Vec::new();
    for parameter in documented["parameters"].as_array().unwrap() {
        let parameter = resolved(document, parameter);
        let name = parameter["name"].as_str().unwrap();
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &example(parameter)),
            "query" if parameter["required"] == true && name != without => {
                query.push(format!("{name}={}", example(parameter)));
            }
            _ => {}
        }
    }
    let mut request = Request::builder()
        .method(operation.method.clone())
        .uri(format!("{prefix}{path}?{}", query.join("&")));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if operation.method == Method::GET {
        return request.body(Body::empty()).unwrap();
    }
    let request = request.header("Content-Type", "application/fhir+json");
    request.body(Body::from("{}")).unwrap()
}

/// The examples of an answer by name.
fn examples<'d>(document: &'d Value, answer: &'d Value) -> Vec<(String, &'d Value)> {
    let content = &answer["content"]["application/fhir+json"];
    match content["examples"].as_object() {
        Some(named) => named
            .iter()
            .map(|(name, one)| (name.clone(), &resolved(document, one)["value"]))
            .collect(),
        None => vec![("default".to_owned(), &content["example"])],
    }
}

fn good_answer(documented: &Value) -> (u16, &Value) {
    let responses = documented["responses"].as_object().unwrap();
    let (status, answer) = responses
        .iter()
        .find(|(status, _)| status.starts_with('2'))
        .unwrap();
    (status.parse().unwrap(), answer)
}

#[tokio::test]
async fn every_published_example_is_answered_under_its_name() {
    for (id, path) in DOCUMENTS {
        let Some(document) = document(path) else { continue };
        let client = Client::new();
        let mut interfaces = client.nhs.interfaces().iter();
        let interface = interfaces.find(|interface| interface.id == id).unwrap();
        for operation in interface.operations {
            let method = operation.method.as_str().to_ascii_lowercase();
            let documented = &document["paths"][operation.path][method];
            let what = format!("{id}: {}", operation.id);
            let ask = async |without: &str, prefer: &str| {
                let headers = [("X-Request-ID", REQUEST_ID), ("Prefer", prefer)];
                let request = request(
                    documented,
                    &document,
                    operation,
                    interface.path_prefix,
                    without,
                    &headers,
                );
                client.send(Profile::Sandbox, request).await
            };
            let (status, answer) = good_answer(documented);
            let good = examples(&document, answer);
            // The first of them is answered unasked. The document's order is not kept where it is read here.
            let seen = ask("", "").await;
            assert_eq!(seen.status, status, "{what}");
            assert!(good.iter().any(|(_, example)| **example == seen.json()), "{what}");
            for (name, example) in &good {
                let seen = ask("", &format!("example={name}")).await;
                assert_eq!(
                    (seen.status.as_u16(), &seen.json()),
                    (status, *example),
                    "{what} {name}"
                );
            }
            let refusal = &documented["responses"]["4XX"];
            let (name, bad) = examples(&document, refusal).remove(0);
            let seen = ask("", &format!("code=409, example={name}")).await;
            assert_eq!((seen.status.as_u16(), &seen.json()), (409, bad), "{what}");
            // What the document requires is required.
            for parameter in documented["parameters"].as_array().unwrap() {
                let parameter = resolved(&document, parameter);
                if parameter["in"] == "query" && parameter["required"] == true {
                    let seen = ask(parameter["name"].as_str().unwrap(), "").await;
                    assert_eq!(
                        (seen.status.as_u16(), &seen.json()),
                        (422, bad),
                        "{what}: {parameter}"
                    );
                }
            }
        }
    }
}

/// Headers beside the request id, and the body.
type Sent = (&'static [(&'static str, &'static str)], &'static str);

/// What is wrong with a request, and the status and code of the answer.
const WRONG: [(Sent, u16, &str); 9] = [
    ((&[("Prefer", "example=nothing")], "{}"), 404, "NOT_FOUND"),
    ((&[("Prefer", "code=500")], "{}"), 404, "NOT_FOUND"),
    (
        (&[("Accept", "application/fhir+xml")], "{}"),
        406,
        "NOT_ACCEPTABLE",
    ),
    ((&[("Prefer", "code=4XX")], "{}"), 422, "UNPROCESSABLE_ENTITY"),
    ((&[("Prefer", "code=404, example=nothing")], "{}"), 500, "UNKNOWN"),
    (
        (&[("Prefer", "code=404"), ("Accept", "text/html")], "{}"),
        500,
        "UNKNOWN",
    ),
    ((&[], "{"), 400, "invalid_json"),
    ((&[], "<a/>"), 400, "invalid_json"),
    (
        (&[("Prefer", "code=404"), ("Accept", "text/html")], "{"),
        400,
        "invalid_json",
    ),
];

fn code(seen: &Seen) -> String {
    let json = seen.json();
    let problem = json["type"].as_str().and_then(|name| name.rsplit('#').next());
    problem.or(json["error"]["code"].as_str()).unwrap().to_owned()
}

#[tokio::test]
async fn what_prism_refuses_of_any_operation_is_refused_of_each() {
    let client = Client::new();
    let interfaces = client.nhs.interfaces().iter();
    for interface in interfaces.filter(|interface| interface.id.starts_with("gp-connect-")) {
        for operation in interface.operations {
            let sends = operation.fields.iter().any(|field| field.place == Place::Body);
            let is_here = |profile: Option<Profile>| profile.is_none_or(|only| only == Profile::Sandbox);
            let mut examples = operation.examples.iter();
            let example = examples.find(|example| is_here(example.profile)).unwrap();
            for ((headers, body), status, expected) in WRONG {
                if !sends && expected == "invalid_json" {
                    continue;
                }
                let mut request = Request::builder()
                    .method(operation.method.clone())
                    .uri(format!("{}{}", interface.path_prefix, example.path_and_query))
                    .header("X-Request-ID", REQUEST_ID);
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let request = if sends {
                    let request = request.header("Content-Type", "application/fhir+json");
                    request.body(Body::from(body)).unwrap()
                } else {
                    request.body(Body::empty()).unwrap()
                };
                let seen = client.send(Profile::Sandbox, request).await;
                let what = format!("{} {} {headers:?}", interface.id, operation.id);
                assert_eq!(
                    (seen.status.as_u16(), &*code(&seen)),
                    (status, expected),
                    "{what}"
                );
                let mut faults = operation.faults.iter();
                assert!(
                    faults.any(|fault| (fault.status, fault.code) == (status, expected)),
                    "{what}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_sandbox_neither_reads_nor_changes_the_records_and_wants_no_token() {
    let client = Client::new();
    let prefix = "/gp-connect/patient-facing/appointments-management-fhir/FHIR/STU3";
    for token in [None, Some("Bearer nobody-was-given-this")] {
        let mut request =
            Request::put(format!("{prefix}/Appointment/p9-21")).header("X-Request-ID", REQUEST_ID);
        if let Some(token) = token {
            request = request.header("Authorization", token);
        }
        let request = request
            .header("Content-Type", "application/fhir+json")
            .body(Body::from(
                r#"{"resourceType":"Appointment","status":"cancelled"}"#,
            ))
            .unwrap();
        let seen = client.send(Profile::Sandbox, request).await;
        assert_eq!(
            (seen.status, &seen.json()["id"]),
            (StatusCode::OK, &Value::from("9"))
        );
    }
    assert_eq!(
        super::stored(&client, "Appointment", "p9-21").await["status"],
        "booked"
    );
}
