//! Answers that the platform itself gives to a guest's call.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use mock_nhs_interfaces::fault::{Breakage, FaultApplied};
use sandbox_runtime::{AppliedFault, CallLabel, Delivery, EgressAnswer};
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

/// Lets the sandbox know what a fault did to the answer, and how its body is to come; an answer where nobody answered.
pub(super) fn delivered(response: &mut Response<Body>) -> Option<EgressAnswer> {
    let extensions = response.extensions_mut();
    let FaultApplied { sentence, .. } = extensions.remove::<FaultApplied>()?;
    let fault = AppliedFault(sentence);
    match extensions.remove::<Breakage>() {
        None => {}
        Some(Breakage::Refused) => return Some(EgressAnswer::Unreachable { fault }),
        Some(Breakage::NoAnswer) => return Some(EgressAnswer::TimedOut { fault }),
        Some(Breakage::Truncated) => {
            extensions.insert(Delivery::CutShort);
        }
        Some(Breakage::Drip(over)) => {
            extensions.insert(Delivery::Drip(over));
        }
    }
    extensions.insert(fault);
    None
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
