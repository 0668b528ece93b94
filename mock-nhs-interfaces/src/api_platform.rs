//! What the NHS API platform itself answers, in front of every interface: `_ping`, `_status`, preflight requests,
//! echoed request ids, and paths that lead nowhere.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/reference-guide>

use axum::body::Body;
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use serde_json::json;

use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Fault, Login, Operation, Refusal};
use crate::interfaces;

/// Echoed on every answer, good or bad.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Echoed on every answer, good or bad.
pub(crate) const X_CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
/// Our own header: one sentence that says how to go on. No NHS interface sends it.
pub(crate) const X_C4H_HINT: HeaderName = HeaderName::from_static("x-c4h-hint");

/// What every interface answers besides its own operations.
pub(crate) static OPERATIONS: [Operation; 2] = [
    Operation {
        id: "ping",
        title: "Ask whether the interface is up",
        summary: "Answers which version of the proxy is deployed, without a login.",
        method: Method::GET,
        path: "/_ping",
        logins: &[Login::Open],
        fields: &[],
        examples: &[],
        faults: &[],
        media_type: "application/json",
        specification: "https://digital.nhs.uk/developer/guides-and-documentation/reference-guide",
        handler: ping,
    },
    Operation {
        id: "status",
        title: "Ask whether what is behind the interface is up",
        summary: "Only the platform's own monitoring may ask: it holds a key that nobody else has.",
        method: Method::GET,
        path: "/_status",
        logins: &[],
        fields: &[],
        examples: &[],
        faults: &[Fault {
            status: 401,
            code: "ACCESS_DENIED",
            display: "Access Denied - Unauthorised",
            when: "The header apikey does not hold the platform's monitoring key; here, nothing does.",
        }],
        media_type: "application/json",
        specification: "https://digital.nhs.uk/developer/guides-and-documentation/reference-guide",
        handler: status,
    },
];

pub(crate) fn route(method: &Method, path: &str) -> Option<&'static Operation> {
    if !path.starts_with("/_") || !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    OPERATIONS.iter().find(|operation| operation.path == path)
}

fn ping<'a>(_exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async {
        // The platform's four members; the values are ours.
        let body = json!({
            "version": concat!("v", env!("CARGO_PKG_VERSION")),
            "revision": "1",
            "releaseId": "code4health-sandbox",
            "commitId": "made-up",
        });
        reply(StatusCode::OK, JSON, body.to_string())
    })
}

fn status<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { (exchange.interface.refuse)(exchange, &Refusal::NotMonitoring) })
}

/// Answers `OPTIONS`: a preflight is answered by the proxy, anything else goes wrong there as it does at the NHS.
pub(crate) fn answer_options(exchange: &Exchange<'_>) -> Response<Body> {
    preflight(exchange.headers())
        .unwrap_or_else(|| (exchange.interface.refuse)(exchange, &Refusal::OptionsWithoutPreflight))
}

/// The answer to a preflight request; `None` when these are not the headers of one.
pub(crate) fn preflight(headers: &HeaderMap) -> Option<Response<Body>> {
    let origin = headers.get(ORIGIN)?;
    headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let mut response = Response::new(Body::empty());
    let answered = response.headers_mut();
    answered.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    answered.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "origin, x-requested-with, accept, content-type, if-match, nhsd-session-urid, authorization, \
             x-correlation-id, x-request-id, nhsd-end-user-organisation-ods",
        ),
    );
    answered.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-correlation-id, x-request-id"),
    );
    // Six weeks, in seconds: the NHS's own number.
    answered.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3628800"));
    answered.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, PUT, POST, PATCH, DELETE"),
    );
    Some(response)
}

/// Mirrors the caller's ids back. An id that a response header cannot hold never gets here: it came in as a header.
pub(crate) fn echo_request_ids(asked: &HeaderMap, answered: &mut HeaderMap) {
    for name in [X_REQUEST_ID, X_CORRELATION_ID] {
        if let Some(value) = asked.get(&name) {
            answered.insert(name, value.clone());
        }
    }
}

/// The answer for a path that no interface has.
pub(crate) fn unknown_proxy(path: &str) -> Response<Body> {
    let mut response = fault(
        StatusCode::NOT_FOUND,
        &format!(
            "Unable to identify proxy for host: secure and url: {}",
            shortened(path)
        ),
        "messaging.adaptors.http.flow.ApplicationNotFound",
    );
    let prefixes: Vec<&str> = interfaces::ALL
        .iter()
        .map(|interface| interface.path_prefix)
        .collect();
    let hint = format!(
        "No interface has this path. The interfaces here start with: {}.",
        prefixes.join(", ")
    );
    if let Ok(hint) = HeaderValue::try_from(hint) {
        response.headers_mut().insert(X_C4H_HINT, hint);
    }
    response
}

/// The platform's own shape of error, for whatever has no shape of its own.
pub(crate) fn fault(status: StatusCode, text: &str, code: &str) -> Response<Body> {
    let body = json!({ "fault": { "faultstring": text, "detail": { "errorcode": code } } });
    reply(status, JSON, Bytes::from(body.to_string()))
}

/// At most 200 characters of what the caller sent, so that an answer never grows with a hostile request.
pub(crate) fn shortened(text: &str) -> String {
    const MOST_CHARACTERS: usize = 200;
    text.chars().take(MOST_CHARACTERS).collect()
}
