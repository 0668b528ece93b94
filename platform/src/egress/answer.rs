//! Answers that the platform itself gives to a guest's call.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use sandbox_runtime::{CallLabel, EgressAnswer};
use serde_json::json;

use crate::error::{AppError, PROBLEM_TYPE, Public};

/// An answer without a note.
pub(super) fn answered(response: Response<Bytes>, label: Option<CallLabel>) -> EgressAnswer {
    EgressAnswer::Answered {
        response,
        label,
        notes: Vec::new(),
    }
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// An answer with a body.
pub(super) fn body(content_type: &HeaderValue, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type.clone());
    response
}

/// An error as a problem document, as a caller from outside would get it. What only the log may know goes there.
pub(super) fn problem(error: &AppError) -> Response<Bytes> {
    if let Some(private) = error.private() {
        tracing::error!(error = private, "a call inside the sandbox failed");
    }
    problem_of(&error.public())
}

/// A problem document.
pub(super) fn problem_of(public: &Public) -> Response<Bytes> {
    let Public { status, code, detail } = public;
    let title = status.canonical_reason().unwrap_or("Error");
    let document = json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "code": code,
    });
    let mut response = body(&PROBLEM_TYPE, document.to_string());
    *response.status_mut() = *status;
    response
}
