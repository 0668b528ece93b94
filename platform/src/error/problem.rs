//! The first skin: `application/problem+json` (RFC 9457) with a code and the request id.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::unfit::Place;
use super::{AppError, Public};

/// Media type of a problem document.
pub(crate) const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Why a request got no other answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the code says more than an address would.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: String,
    /// The name of the status.
    #[schema(example = "Not Found")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// One or two plain sentences with the way out.
    pub detail: String,
    /// The stable code that programs look at, such as `unknown-app` or `limit-cpu`.
    #[schema(example = "unknown-app")]
    pub code: String,
    /// The request's id, also in the server's log.
    pub request_id: String,
    /// The run that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Where the run's trace is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// The file of what was sent that has to be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "app.toml")]
    pub file: Option<String>,
    /// The line in that file, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The character in that line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The line as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_line: Option<String>,
}

impl Problem {
    pub(crate) fn of(error: &AppError, request_id: &str) -> Self {
        let Public { status, code, detail } = error.public();
        let (run, trace) = if let AppError::Run { run, trace, .. } = error {
            (Some(run.clone()), Some(trace.clone()))
        } else {
            (None, None)
        };
        let Place {
            file,
            line,
            column,
            source_line,
        } = if let AppError::Unfit(unfit) = error {
            unfit.place()
        } else {
            Place::default()
        };
        Self {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail,
            code: code.to_owned(),
            request_id: request_id.to_owned(),
            run,
            trace,
            file,
            line,
            column,
            source_line,
        }
    }
}

/// Fills an empty answer with the problem document.
pub(crate) fn problem(response: &mut Response, error: &AppError, request_id: &str) {
    let document = serde_json::to_vec(&Problem::of(error, request_id)).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, MEDIA_TYPE);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *response.body_mut() = Body::from(document);
}
