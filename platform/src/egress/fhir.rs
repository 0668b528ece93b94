//! A call of the workspace's own FHIR server, as far as the manifest allows.

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Limited};
use sandbox_runtime::{CallLabel, EgressAnswer};

use super::Inside;
use super::address::FHIR;
use super::answer::delivered;
use crate::model::Use;

/// What a manifest calls it.
pub(crate) const ID: &str = "fhir";
/// What people call it.
pub(crate) const TITLE: &str = "FHIR server of the workspace";

/// The interactions that faults can be about, in FHIR's names where it has one.
pub(crate) const OPERATIONS: [&str; 16] = [
    "read",
    "vread",
    "search-type",
    "search-system",
    "search-compartment",
    "create",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "history-system",
    "transaction",
    "capabilities",
    "operation",
    "other",
];

/// Lets the workspace's FHIR server answer.
pub(super) async fn call(inside: &Inside, request: Request<Bytes>) -> EgressAnswer {
    let manifest = &*inside.running.version.manifest;
    if !manifest.allows_interface(ID) {
        let reason = format!(
            "The {TITLE} was refused: the app's manifest lists what it uses, and \"{ID}\" is not in the list. To allow it, \
             write this line into app.toml and deploy again: {}",
            manifest.uses_line_with(&Use::Interface(ID.into()))
        );
        return EgressAnswer::Refused { reason };
    }
    let (mut parts, body) = request.into_parts();
    let label = label(&parts.method, parts.uri.path());
    // The server knows paths and is told its own address.
    parts.uri = parts
        .uri
        .path_and_query()
        .map_or_else(http::Uri::default, |path| http::Uri::from(path.clone()));
    let request = Request::from_parts(parts, Body::from(body));
    let base_url = format!("https://{FHIR}");
    let answered = inside
        .app
        .answer_fhir(&inside.workspace, base_url, inside.chain, request);
    let mut response = Box::pin(answered).await;
    if let Some(no_answer) = delivered(&mut response) {
        return no_answer;
    }
    let (parts, body) = response.into_parts();
    let limit_bytes = usize::try_from(inside.response_bytes).unwrap_or(usize::MAX);
    match Limited::new(body, limit_bytes).collect().await {
        Ok(body) => EgressAnswer::Answered {
            response: http::Response::from_parts(parts, body.to_bytes()),
            label: Some(label),
            notes: Vec::new(),
        },
        Err(error) => EgressAnswer::Refused {
            reason: format!(
                "The answer of the {TITLE} could not be handed over: {error} (at most {limit_bytes} bytes); ask for \
                 fewer records at once with _count, or for parts of them with _elements."
            ),
        },
    }
}

/// The interaction's name, one of [`OPERATIONS`].
pub(crate) fn operation(method: &Method, path: &str) -> &'static str {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    interaction(method, &segments).0
}

/// The interaction in plain words. Source of the names: <https://hl7.org/fhir/R4/http.html>.
fn label(method: &Method, path: &str) -> CallLabel {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (operation, title) = interaction(method, &segments);
    CallLabel {
        interface: TITLE.to_owned(),
        operation: operation.to_owned(),
        title,
    }
}

fn interaction(method: &Method, segments: &[&str]) -> (&'static str, String) {
    let kind = segments.first().copied().unwrap_or_default();
    if let Some(name) = segments.iter().find_map(|segment| segment.strip_prefix('$')) {
        return ("operation", format!("Ask for the operation {}", shown(name)));
    }
    let kind = shown(kind);
    match (method.as_str(), segments) {
        ("GET" | "HEAD", ["metadata"]) => ("capabilities", "Ask what the server can do".to_owned()),
        ("GET" | "HEAD", ["_history"]) => ("history-system", "List every change".to_owned()),
        ("GET" | "HEAD" | "POST", [] | ["_search"]) if method != Method::POST || !segments.is_empty() => {
            ("search-system", "Search for records of any kind".to_owned())
        }
        ("POST", []) => ("transaction", "Send several requests in one Bundle".to_owned()),
        ("GET" | "HEAD", [_]) | ("POST", [_, "_search"]) => {
            ("search-type", format!("Search for {kind} records"))
        }
        ("GET" | "HEAD", [_, "_history"]) => ("history-type", format!("List changes of {kind} records")),
        ("GET" | "HEAD", [_, _]) => ("read", format!("Read a {kind} record")),
        ("GET" | "HEAD", [_, _, "_history"]) => {
            ("history-instance", format!("List changes of a {kind} record"))
        }
        ("GET" | "HEAD", [_, _, "_history", _]) => {
            ("vread", format!("Read an earlier version of a {kind} record"))
        }
        ("GET" | "HEAD", [_, _, inside]) => (
            "search-compartment",
            format!("Search for {} records of a {kind}", shown(inside)),
        ),
        ("POST", [_]) => ("create", format!("Create a {kind} record")),
        ("PUT", _) => ("update", format!("Change a {kind} record")),
        ("PATCH", _) => ("patch", format!("Change parts of a {kind} record")),
        ("DELETE", _) => ("delete", format!("Delete a {kind} record")),
        _ => ("other", "Ask the FHIR server".to_owned()),
    }
}

/// A part of an address within a sentence: whatever an app sends, it stays short and on its line.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-' || *letter == '*')
        .take(40)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interactions_are_told_in_plain_words() {
        for (method, path, operation, title) in [
            (Method::GET, "/Patient/1", "read", "Read a Patient record"),
            (
                Method::GET,
                "/Observation",
                "search-type",
                "Search for Observation records",
            ),
            (
                Method::POST,
                "/Observation/_search",
                "search-type",
                "Search for Observation records",
            ),
            (
                Method::POST,
                "/",
                "transaction",
                "Send several requests in one Bundle",
            ),
            (
                Method::GET,
                "/",
                "search-system",
                "Search for records of any kind",
            ),
            (Method::POST, "/Patient", "create", "Create a Patient record"),
            (
                Method::GET,
                "/Patient/1/Observation",
                "search-compartment",
                "Search for Observation records of a Patient",
            ),
            (
                Method::GET,
                "/Patient/1/$everything",
                "operation",
                "Ask for the operation everything",
            ),
            (
                Method::PUT,
                "/Pa<b>tient%0a/1",
                "update",
                "Change a Pabtient0a record",
            ),
        ] {
            let label = label(&method, path);
            assert_eq!(
                (label.operation.as_str(), label.title.as_str()),
                (operation, title),
                "{path}"
            );
            assert!(OPERATIONS.contains(&operation), "{operation}");
        }
    }
}
