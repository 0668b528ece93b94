//! Every document that NHS England publishes and that is at hand becomes an interface that answers by it.
//!
//! The documents are not part of the project: they are looked for in `../shared/specs` beside the workspace. Without
//! them the tests say so, loudly, and fail where `C4H_DEMAND` holds the word `specs`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use openapi_mock::{Document, Severity};

use crate::ask::{ask, text};

/// The documents at hand, by name.
fn documents() -> Vec<(String, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flat_map(|entry| fs::read_dir(entry.unwrap().path()).into_iter().flatten())
        .map(|file| file.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("openapi"))
        .collect();
    files.sort();
    if files.is_empty() {
        missing(&folder);
    }
    files
        .into_iter()
        .map(|path| {
            let folder = path.parent().unwrap().file_name().unwrap();
            let name = Path::new(folder)
                .join(path.file_name().unwrap())
                .display()
                .to_string();
            let document = Document::read(&fs::read(&path).unwrap());
            let document = document.unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, document)
        })
        .collect()
}

fn missing(folder: &Path) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of the test, not of the program"
    )]
    let demanded = std::env::var("C4H_DEMAND").unwrap_or_default();
    let folder = folder.display();
    assert!(
        !demanded.contains("specs"),
        "C4H_DEMAND asks for the NHS's documents and {folder} is not there"
    );
    // Past the test runner, which keeps what a passing test prints to itself.
    let line =
        format!("SKIP: {folder} is not there; NHS England's documents were NOT made into interfaces\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

fn request(method: &http::Method, sample: &openapi_mock::Sample) -> String {
    let mut request = format!("{method} {}", sample.path_and_query);
    for (name, value) in &sample.headers {
        request += &format!("\n{name}: {value}");
    }
    if let Some((media, text)) = &sample.body {
        request += &format!("\nContent-Type: {media}\n\n{text}");
    }
    request
}

#[test]
fn every_document_becomes_an_interface_whose_examples_are_answered() {
    for (name, document) in documents() {
        assert!(document.operations.len() > 1, "{name}");
        for (place, operation) in document.operations.iter().enumerate() {
            let what = format!("{name} {}", operation.id);
            assert!(
                !operation.title.is_empty() && !operation.samples.is_empty(),
                "{what}"
            );
            let good = operation.samples.iter().any(|sample| sample.status < 400);
            let first = ask(&document, &request(&operation.method, &operation.samples[0]));
            assert!(
                good,
                "{what}: none of its own requests is right: {:?}",
                first.hint
            );
            for sample in &operation.samples {
                let answer = ask(&document, &request(&operation.method, sample));
                assert_eq!(answer.status.as_u16(), sample.status, "{what} {}", sample.title);
                let outside = document.outside(place, answer.status, &answer.headers, &answer.body);
                // Where a document has no answer for what is wrong, the refusal is ours.
                let is_ours = |said: &String| said.ends_with("is not in the document.");
                assert!(
                    outside.iter().all(is_ours),
                    "{what} {}: {outside:?}",
                    sample.title
                );
                let media = answer
                    .headers
                    .get("content-type")
                    .map(|value| value.to_str().unwrap());
                if media.is_some_and(|media| media.contains("json")) {
                    serde_json::from_slice::<serde_json::Value>(&answer.body)
                        .unwrap_or_else(|error| panic!("{what}: {error}"));
                }
            }
        }
    }
}

/// What is known to be broken in the documents at hand; a new entry is a change of a document or of the reader.
#[test]
fn what_is_broken_in_the_documents_is_said_with_its_line() {
    let documents = documents();
    let check = |name: &str, words: &str| {
        let Some((_, document)) = documents.iter().find(|(found, _)| found.starts_with(name)) else {
            assert!(documents.is_empty(), "{name} is not there");
            return;
        };
        let found = document
            .problems
            .iter()
            .find(|problem| problem.text.contains(words));
        let found = found.unwrap_or_else(|| panic!("{name}: {words}: {:?}", document.problems));
        assert!(found.line.is_some(), "{found:?}");
    };
    check("communications-manager-api", "there is no type date-time");
    check("e-referrals-service-api", "$ref leads out of the document");
    check("personal-demographics-service-api", "PatientPatch/add-name.json");
    check("service-search-api", "there is no security scheme OAuth_Token");
    check("summary-care-record-api", "they are taken as texts");
    check("nrl-consumer-api", "is not checked here: it is not regular");
    check(
        "validated-relationships-service-api",
        "resourceType must be RelatedPerson",
    );
    for (name, document) in &documents {
        let quiet = ["hello-world-api", "identity-service-api", "immunisation-fhir-api"];
        if quiet.iter().any(|quiet| name.starts_with(quiet)) {
            let broken = document
                .problems
                .iter()
                .filter(|problem| problem.severity == Severity::Broken);
            assert_eq!(broken.count(), 0, "{name}: {:?}", document.problems);
        }
    }
}

/// Requests of the documents whose answers their own sandboxes give by the same examples.
#[test]
fn a_request_is_answered_with_the_example_that_is_about_it() {
    let documents = documents();
    let check = |name: &str, request: &str, status: u16, words: &str| {
        let Some((_, document)) = documents.iter().find(|(found, _)| found.starts_with(name)) else {
            assert!(documents.is_empty(), "{name} is not there");
            return;
        };
        let answer = ask(document, request);
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{request}: {} {:?}",
            text(&answer),
            answer.hint
        );
        assert!(text(&answer).contains(words), "{request}: {}", text(&answer));
    };
    check("hello-world-api", "GET /hello/world", 200, "Hello world!");
    check(
        "communications-manager-api",
        "GET /v1/messages/2WL3qFTEFM0qMY8xjRbt1LIKCzM\nPrefer: code=404",
        404,
        "errors",
    );
    check(
        "validated-relationships-service-api",
        "GET /RelatedPerson?identifier=https://fhir.nhs.uk/Id/nhs-number%7C9000000017\nX-Request-ID: 60E0B220-8136-4CA5-AE46-1D97EF59D068",
        200,
        "Bundle",
    );
}
