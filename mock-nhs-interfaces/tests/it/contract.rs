//! The interfaces against NHS England's own OpenAPI documents, where these are at hand.
//!
//! The documents are not part of the project: they are looked for in `../shared/specs` beside the workspace. Without
//! them the tests say so, loudly, and fail where `C4H_DEMAND` holds the word `specs`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use axum::body::Body;
use http::{Method, Request};
use mock_nhs_interfaces::interface::{Login, Operation, Place};
use mock_nhs_interfaces::{Profile, Whom};
use serde_json::Value;

use crate::client::{Client, REQUEST_ID, TOKEN};

/// Interface, document.
const DOCUMENTS: [(&str, &str); 2] = [
    ("pds", "personal-demographics-service-api/openapi.bundled.yaml"),
    ("hello-world", "hello-world-api/openapi.yaml"),
];
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

pub(crate) fn document(path: &str) -> Option<Value> {
    let text = bytes(path)?;
    Some(serde_saphyr::from_slice(&text).unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// The document as it is published, where it is at hand.
pub(crate) fn bytes(path: &str) -> Option<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/specs")
        .join(path);
    if let Ok(text) = fs::read(&file) {
        return Some(text);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of the test, not of the program"
    )]
    let demanded = std::env::var("C4H_DEMAND").unwrap_or_default();
    assert!(
        !demanded.contains("specs"),
        "C4H_DEMAND asks for the NHS's documents and {path} is not there"
    );
    // Past the test runner, which keeps what a passing test prints to itself.
    let line =
        format!("SKIP: NHS England's document {path} is not there; the interface was NOT compared with it\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    None
}

/// Follows `$ref` inside the document; what lies outside is taken as it is.
pub(crate) fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

struct DocumentedOperation<'d> {
    method: Method,
    path: &'d str,
    parameters: Vec<&'d Value>,
    operation: &'d Value,
}

fn operations(document: &Value) -> Vec<DocumentedOperation<'_>> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let parameters = [&item["parameters"], &operation["parameters"]]
                .into_iter()
                .filter_map(Value::as_array)
                .flatten()
                .map(|parameter| resolved(document, parameter))
                .collect();
            let method = method.to_uppercase().parse().unwrap();
            found.push(DocumentedOperation {
                method,
                path,
                parameters,
                operation,
            });
        }
    }
    found
}

impl DocumentedOperation<'_> {
    /// The request that the document's own examples make.
    ///
    /// The bodies of the document's examples lie outside it: ours are sent in their place.
    fn request(&self, client: &Client, prefix: &str, built: &Operation) -> Request<Body> {
        let is_patients =
            !built.logins.contains(&Login::HealthcareWorker) && built.logins.contains(&Login::Citizen);
        let whom = if is_patients {
            Whom::Patient("9000000009".parse().unwrap())
        } else {
            Whom::HealthcareWorker
        };
        let mut path = self.path.to_owned();
        let mut query = Vec::new();
        let mut headers = Vec::new();
        for parameter in &self.parameters {
            let name = parameter["name"].as_str().unwrap();
            let example = example(parameter);
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &example),
                // The document says that the two spellings exclude each other.
                Some("query") if name == "address-postcode" => {}
                Some("query") => query.push(format!("{name}={}", example.replace(' ', "%20"))),
                Some("header") if name == "Authorization" => headers.push((name, client.bearer(whom))),
                Some("header") if name == "apikey" => headers.push((name, TOKEN.to_owned())),
                Some("header") => headers.push((name, example)),
                other => panic!("{name}: {other:?}"),
            }
        }
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("?{}", query.join("&"))
        };
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(format!("{prefix}{path}{query}"));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let body = built
            .examples
            .iter()
            .find(|example| example.status < 300)
            .and_then(|example| example.body);
        let Some(body) = body else {
            return request.body(Body::empty()).unwrap();
        };
        let is_said = self
            .parameters
            .iter()
            .any(|parameter| parameter["name"] == "Content-Type");
        if !is_said {
            request = request.header("content-type", body.media_type);
        }
        request.body(Body::from(body.text_on(client.today()))).unwrap()
    }

    /// What the document says about a status: the number itself, or a range such as `4XX`.
    fn response(&self, status: u16) -> Option<&Value> {
        let responses = &self.operation["responses"];
        responses
            .get(status.to_string())
            .or_else(|| responses.get(format!("{}XX", status / 100)))
    }
}

pub(crate) fn example(parameter: &Value) -> String {
    let schema = &parameter["schema"];
    let stated = [
        &parameter["example"],
        &schema["example"],
        &schema["enum"][0],
        &schema["items"]["enum"][0],
        &schema["default"],
    ];
    let example = stated
        .into_iter()
        .find(|example| !example.is_null())
        .or_else(|| parameter["examples"].get("simple").map(|simple| &simple["value"]))
        .or_else(|| {
            parameter["examples"]
                .as_object()
                .and_then(|all| all.values().next())
                .map(|first| &first["value"])
        });
    let example = example.map(|example| example.get(0).unwrap_or(example));
    match example {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => panic!("no example: {parameter}"),
    }
}

#[tokio::test]
async fn documented_requests_get_documented_answers() {
    let client = Client::new();
    for (id, path) in DOCUMENTS {
        let Some(document) = document(path) else { continue };
        let interface = client
            .nhs
            .interfaces()
            .iter()
            .find(|interface| interface.id == id)
            .unwrap();
        for documented in operations(&document) {
            let what = format!("{} {}", documented.method, documented.path);
            let built = interface
                .operations
                .iter()
                .find(|built| built.path == documented.path && built.method == documented.method)
                .unwrap_or_else(|| panic!("{what} is not built"));
            let client = Client::new();
            let seen = client
                .send(
                    Profile::Int,
                    documented.request(&client, interface.path_prefix, built),
                )
                .await;
            assert_eq!(seen.answered.unwrap().interface, id, "{what}");
            assert!(
                seen.status.is_success(),
                "{what}: {}",
                String::from_utf8_lossy(&seen.body)
            );
            let response = documented.response(seen.status.as_u16()).unwrap();
            let media_type = seen.header("content-type").unwrap();
            assert!(
                response["content"].get(media_type).is_some(),
                "{what}: {media_type}"
            );
            let example = &response["content"][media_type]["example"];
            if documented.method != Method::GET || documented.path == "/Patient/{id}/RelatedPerson" {
                // Another person than the document's: the kind of answer is the same.
                assert_eq!(seen.json()["resourceType"], example["resourceType"], "{what}");
            } else if id == "pds" {
                check_members(&document, example, &seen.json(), &what);
            } else {
                let message = |json: &Value| json["message"].as_str().unwrap().to_lowercase();
                assert_eq!(message(&seen.json()), message(example), "{what}");
            }
        }
    }
}

/// Every member of the answer is one that the document's schema or example has.
fn check_members(document: &Value, example: &Value, answer: &Value, what: &str) {
    assert_eq!(answer["resourceType"], example["resourceType"], "{what}");
    for name in answer.as_object().unwrap().keys() {
        assert!(
            example.get(name).is_some(),
            "{what}: {name} is not in the document's example"
        );
    }
    let patient = if answer["resourceType"] == "Bundle" {
        &answer["entry"][0]["resource"]
    } else {
        answer
    };
    let kind = patient["resourceType"].as_str().unwrap();
    let known = document
        .pointer(&format!("/components/schemas/{kind}/properties"))
        .unwrap();
    for name in patient.as_object().unwrap().keys() {
        assert!(
            known.get(name).is_some(),
            "{what}: {name} is not in the document's Patient"
        );
    }
    // The same person stands in the document's example: what is stated there is what is answered.
    let expected = if answer["resourceType"] == "Bundle" {
        &example["entry"][0]["resource"]
    } else {
        example
    };
    assert_eq!(patient["id"], expected["id"], "{what}");
    for (name, value) in expected.as_object().unwrap() {
        if name != "meta" {
            assert_eq!(patient[name], *value, "{what}: {name}");
        }
    }
}

#[tokio::test]
async fn documented_errors_are_documented() {
    let client = Client::new();
    for (id, path) in DOCUMENTS {
        let Some(document) = document(path) else { continue };
        let interface = client
            .nhs
            .interfaces()
            .iter()
            .find(|interface| interface.id == id)
            .unwrap();
        for documented in operations(&document) {
            let built = interface
                .operations
                .iter()
                .find(|built| built.path == documented.path && built.method == documented.method);
            let Some(built) = built else { continue };
            for fault in built.faults {
                // 501 is ours: it says that something is not in the sandbox yet.
                let is_documented = fault.status == 501 || documented.response(fault.status).is_some();
                assert!(is_documented, "{id} {}: {}", built.id, fault.status);
                let said = documented
                    .response(fault.status)
                    .map(Value::to_string)
                    .unwrap_or_default();
                let named = id != "pds"
                    || said.contains(fault.code)
                    // Known from the NHS's own tests, which the document is behind of.
                    || [
                        "TOO_MANY_VALUES_SUBMITTED",
                        "INVALID_METHOD",
                        "PRECONDITION_FAILED",
                        "INVALID_CREATE",
                        "ACCESS_DENIED",
                        "UNSUPPORTED_SERVICE",
                    ]
                    .contains(&fault.code);
                assert!(named, "{id} {}: {} is not in the document", built.id, fault.code);
            }
        }
    }
}

#[test]
fn documented_parameters_are_stated_and_no_others() {
    let client = Client::new();
    for (id, path) in DOCUMENTS {
        let Some(document) = document(path) else { continue };
        let interface = client
            .nhs
            .interfaces()
            .iter()
            .find(|interface| interface.id == id)
            .unwrap();
        for documented in operations(&document) {
            let built = interface
                .operations
                .iter()
                .find(|built| built.path == documented.path && built.method == documented.method);
            let Some(built) = built else { continue };
            let place = |parameter: &Value| match parameter["in"].as_str() {
                Some("path") => Place::Path,
                Some("query") => Place::Query,
                _ => Place::Header,
            };
            let mut theirs: Vec<(String, String)> = documented
                .parameters
                .iter()
                .map(|parameter| {
                    (
                        format!("{:?}", place(parameter)),
                        parameter["name"].as_str().unwrap().to_lowercase(),
                    )
                })
                .collect();
            let mut ours: Vec<(String, String)> = built
                .fields
                .iter()
                .filter(|field| field.place != Place::Body)
                .map(|field| (format!("{:?}", field.place), field.name.to_lowercase()))
                .collect();
            theirs.sort();
            ours.sort();
            assert_eq!(ours, theirs, "{id} {}", built.id);
        }
    }
}

#[tokio::test]
async fn the_documents_request_id_is_the_one_we_use() {
    // A document that changes its example would make the tests above fail for a reason that is hard to see.
    if let Some(document) = document(DOCUMENTS[0].1) {
        assert_eq!(
            document["components"]["parameters"]["RequestID"]["schema"]["example"],
            REQUEST_ID
        );
    }
}

const ODS: &str = "organisation-data-terminology-api/openapi.yaml";
const ODS_PREFIX: &str = "/organisation-data-terminology-api/fhir";

async fn register(path_and_query: &str) -> crate::client::Seen {
    let request = Request::get(format!("{ODS_PREFIX}{path_and_query}"))
        .header("apikey", TOKEN)
        .body(Body::empty())
        .unwrap();
    Client::new().send(Profile::Int, request).await
}

#[test]
fn the_registers_documented_parameters_are_stated_and_no_others() {
    let Some(document) = document(ODS) else { return };
    let client = Client::new();
    let interface = client
        .nhs
        .interfaces()
        .iter()
        .find(|one| one.id == "ods")
        .unwrap();
    for documented in operations(&document) {
        let path = format!("/fhir{}", documented.path);
        let built = interface
            .operations
            .iter()
            .find(|built| built.path == path && built.method == documented.method)
            .unwrap_or_else(|| panic!("{path}"));
        let theirs: BTreeSet<String> = documented
            .parameters
            .iter()
            .map(|parameter| parameter["name"].as_str().unwrap())
            // The document has a slip of the pen.
            .map(|name| name.replace("_summmary", "_summary"))
            .collect();
        let ours: BTreeSet<String> = built
            .fields
            .iter()
            .filter(|field| matches!(field.place, Place::Path | Place::Query))
            .map(|field| field.name.to_owned())
            .collect();
        assert_eq!(ours, theirs, "{}", built.id);
    }
}

#[tokio::test]
async fn the_registers_documented_requests_are_answered() {
    let Some(document) = document(ODS) else { return };
    let client = Client::new();
    let interface = client
        .nhs
        .interfaces()
        .iter()
        .find(|one| one.id == "ods")
        .unwrap();
    for documented in operations(&document) {
        let path = format!("/fhir{}", documented.path);
        let built = interface
            .operations
            .iter()
            .find(|built| built.path == path)
            .unwrap();
        let mut request = documented.request(&client, ODS_PREFIX, built);
        request.headers_mut().insert("apikey", TOKEN.parse().unwrap());
        let seen = client.send(Profile::Int, request).await;
        let text = String::from_utf8_lossy(&seen.body).into_owned();
        // The document's example looks a practitioner up in the code system of roles.
        let expected = if documented.path == "/CodeSystem/" {
            404
        } else {
            200
        };
        assert_eq!(seen.status.as_u16(), expected, "{}: {text}", documented.path);
    }
}

#[tokio::test]
async fn the_registers_published_answers_are_ours() {
    let Some(document) = document(ODS) else { return };
    for (path, status, asked) in [
        ("/Organization/{id}", "200", "/Organization/RR8"),
        (
            "/OrganizationAffiliation/{id}",
            "200",
            "/OrganizationAffiliation/617400",
        ),
        ("/Organization", "4XX", "/Organization?count=2"),
        ("/Organization/{id}", "404", "/Organization/8J632648493"),
    ] {
        let published = &document["paths"][path]["get"]["responses"][status]["content"];
        let without_meta = |json: &Value| {
            let mut json = json.clone();
            json.as_object_mut().unwrap().remove("meta");
            json
        };
        let seen = register(asked).await;
        let example = &published["application/fhir+json"]["example"];
        assert_eq!(without_meta(&seen.json()), without_meta(example), "{asked}");

        let Some(example) = published["application/xml"]["example"].as_str() else {
            continue;
        };
        let separator = if asked.contains('?') { '&' } else { '?' };
        let seen = register(&format!("{asked}{separator}_format=xml")).await;
        let ours = String::from_utf8(seen.body.to_vec()).unwrap();
        assert_eq!(plain_xml(&ours), plain_xml(example), "{asked}");
    }
}

/// XML without the white space between its elements and without `meta`.
fn plain_xml(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut text = lines.concat();
    while let Some(gap) = text.find("> <") {
        text.remove(gap + 1);
    }
    if let (Some(start), Some(end)) = (text.find("<meta>"), text.find("</meta>")) {
        text.replace_range(start..end + "</meta>".len(), "");
    }
    text
}
