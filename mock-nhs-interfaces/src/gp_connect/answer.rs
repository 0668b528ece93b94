//! Answers of GP Connect: FHIR in JSON, never to be kept by whoever is on the way.
//! Source: <https://developer.nhs.uk/apis/gpconnect/development_general_api_guidance.html>

use axum::body::Body;
use bytes::Bytes;
use fhir::json::Json;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, LOCATION};
use http::{HeaderMap, Response, StatusCode};

use super::Refused;
use super::refused::UNSUPPORTED_MEDIA_TYPE;
use crate::exchange::reply;
use crate::fhir::media_type::FHIR_JSON;

/// A resource.
pub(crate) fn resource(status: StatusCode, resource: &Json) -> Response<Body> {
    text(status, resource.to_text())
}

/// The text of a resource.
pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = reply(status, FHIR_JSON, body);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// One version of a resource, named by `ETag`.
pub(crate) fn versioned(status: StatusCode, versioned: &Json) -> Response<Body> {
    let mut response = resource(status, versioned);
    let version = versioned.at(&["meta", "versionId"]).and_then(Json::as_str);
    if let Some(tag) = version.and_then(|version| HeaderValue::try_from(fhir::etag::weak(version)).ok()) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// What was written: the version, or nothing but its headers where `Prefer: return=minimal` asks for that.
pub(crate) fn written(
    asked: &HeaderMap,
    status: StatusCode,
    body: &Json,
    location: Option<&str>,
) -> Response<Body> {
    let mut response = versioned(status, body);
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    let prefer = asked.get("prefer").and_then(|value| value.to_str().ok());
    if prefer.is_some_and(|prefer| {
        prefer
            .split([',', ';'])
            .any(|wish| wish.trim() == "return=minimal")
    }) {
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
    }
    response
}

/// Whether the caller can be answered: in JSON, and in nothing else. `_format` goes before `Accept`.
///
/// # Errors
/// Only another media type is accepted, such as `application/fhir+xml`.
pub(crate) fn check_accept(headers: &HeaderMap, format: Option<&str>) -> Result<(), Refused> {
    let accept = headers
        .get(http::header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let Some(wanted) = format.or(accept).filter(|wanted| !wanted.trim().is_empty()) else {
        return Ok(());
    };
    let is_json = |range: &str| {
        let name = range.split(';').next().unwrap_or_default().trim();
        [
            "application/fhir+json",
            "application/json",
            "application/*",
            "*/*",
            "json",
            "application/fhir json",
        ]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    };
    if wanted.split(',').any(is_json) {
        return Ok(());
    }
    Err(Refused::saying(
        &UNSUPPORTED_MEDIA_TYPE,
        "Answers are application/fhir+json only.",
    ))
}

/// The body as JSON.
///
/// # Errors
/// The body is of another media type, or no JSON.
pub(crate) fn body(headers: &HeaderMap, body: &[u8]) -> Result<Json, Refused> {
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = given.split(';').next().unwrap_or_default().trim();
    if !["application/fhir+json", "application/json"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    {
        return Err(Refused::saying(
            &UNSUPPORTED_MEDIA_TYPE,
            "A body is application/fhir+json.",
        ));
    }
    Json::parse(body).map_err(|error| Refused::saying(&super::refused::INVALID_RESOURCE, error.to_string()))
}
