//! Every golden case of a built-in interface against the document that NHS England publishes of it: the answer has a status, a
//! media type and a body that the document allows, or stands in a list here with the reason.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode};
use openapi_mock::{Document, Found};
use serde_json::Value;

use crate::contract::bytes;
use crate::golden::cases;

/// Interface, document.
const DOCUMENTS: [(&str, &str); 8] = [
    ("pds", "personal-demographics-service-api/openapi.bundled.yaml"),
    ("hello-world", "hello-world-api/openapi.yaml"),
    ("ods", "organisation-data-terminology-api/openapi.yaml"),
    ("immunisation", "immunisation-fhir-api/openapi.bundled.yaml"),
    ("notify", "communications-manager-api/openapi.bundled.yaml"),
    ("mesh", "mesh-sandbox/openapi.generated.json"),
    (
        "gp-connect-access-record",
        "gp-connect-access-record-fhir/openapi.yaml",
    ),
    (
        "gp-connect-appointments",
        "gp-connect-appointments-management-fhir/openapi.bundled.yaml",
    ),
];

/// The API platform answers before the service does, in the shape of its gateway, which the documents leave out.
const GATEWAY: &str = "the gateway";
/// A record of the workspace that was not made by this interface says what it says. The document of PDS also takes the value sets'
/// addresses for those of the code systems, against its own examples.
const RECORDS: &str = "the records";

/// What the documents do not allow and is answered all the same: interface, how it is said, why.
const ALLOWED: [(&str, &str, &str); 13] = [
    (
        "pds",
        "The media type application/json is not in the document for the status 401",
        GATEWAY,
    ),
    (
        "gp-connect-access-record",
        "The media type application/json is not in the document for the status 401",
        GATEWAY,
    ),
    (
        "gp-connect-appointments",
        "The media type application/json is not in the document for the status 401",
        GATEWAY,
    ),
    (
        "ods",
        "The media type application/json is not in the document for the status 401",
        GATEWAY,
    ),
    (
        "pds",
        "The media type application/json is not in the document for the status 403",
        GATEWAY,
    ),
    ("ods", "The status 401 is not in the document", GATEWAY),
    ("pds", "/entry/", RECORDS),
    (
        "ods",
        "The media type application/fhir+xml is not in the document",
        "The document calls XML application/xml, and the server behind it application/fhir+xml.",
    ),
    (
        "ods",
        "The media type application/fhir+json is not in the document for the status 200",
        "The document has application/json where the server answers as everywhere else.",
    ),
    (
        "ods",
        "The status 404 is not in the document",
        "A list of deletions that there is not.",
    ),
    (
        "immunisation",
        "The status 501 is not in the document",
        "Version 2 of the document is not built; 501 is ours.",
    ),
    (
        "notify",
        "/errors/0/",
        "The document says this code in words and leaves it out of the list in its schema.",
    ),
    (
        "mesh",
        "The status ",
        "The document is made by a program that knows no errors but those of its framework.",
    ),
];

/// How many cases each document is known to be about, at least: a reader that finds none would find nothing wrong.
const FEWEST: usize = 8;

#[test]
fn every_golden_answer_is_one_that_the_published_document_allows() {
    let cases = cases();
    let mut wrong = Vec::new();
    let mut used = vec![false; ALLOWED.len()];
    let mut compared_any = false;
    for (interface, path) in DOCUMENTS {
        let Some(text) = bytes(path) else { continue };
        let document = Document::read(&text).unwrap();
        let mut compared = 0;
        for (_, file, case) in cases.iter().filter(|(of, ..)| of == interface) {
            let Some(place) = operation(&document, case) else {
                continue;
            };
            compared += 1;
            for said in outside(&document, place, case) {
                let known = ALLOWED
                    .iter()
                    .position(|(of, words, _)| *of == interface && said.starts_with(words));
                match known {
                    Some(known) => used[known] = true,
                    None => wrong.push(format!(
                        "{interface}/{}: {said}",
                        file.file_stem().unwrap().display()
                    )),
                }
            }
        }
        assert!(
            compared >= FEWEST,
            "{interface}: {compared} cases are about {path}"
        );
        compared_any = true;
    }
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n"));
    for ((interface, words, _), is_used) in ALLOWED.iter().zip(used) {
        assert!(
            is_used || !compared_any,
            "{interface}: {words} is not said any more"
        );
    }
}

/// The operation of the document that a case asks for, if it has it.
fn operation(document: &Document, case: &Value) -> Option<usize> {
    let asked = &case["request"];
    let method: Method = asked["method"].as_str().unwrap_or("GET").parse().unwrap();
    let path = asked["path"].as_str().unwrap();
    let path = path.split('?').next().unwrap();
    match document.find(&method, path.strip_prefix(&*document.prefix)?) {
        Found::Operation(place) => Some(place),
        Found::OtherMethods(..) | Found::Nothing => None,
    }
}

fn outside(document: &Document, place: usize, case: &Value) -> Vec<String> {
    let expected = &case["expected"];
    let status = u16::try_from(expected["status"].as_u64().unwrap()).unwrap();
    let mut headers = HeaderMap::new();
    if let Some(media) = expected["headers"]["content-type"].as_str() {
        headers.insert(CONTENT_TYPE, media.parse().unwrap());
    }
    let body = &expected["body"];
    let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
    document.outside(
        place,
        StatusCode::from_u16(status).unwrap(),
        &headers,
        body.as_bytes(),
    )
}
