//! One line in the log for each request. Deliberately absent: queries (they carry patients), headers, tokens.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::{Method, Request, Uri};

use super::RequestId;

/// What the log needs of a request after the request is gone; clones of reference counts.
#[derive(Debug)]
pub(super) struct Visit {
    method: Method,
    uri: Uri,
}

impl Visit {
    pub(super) fn of(request: &Request<Body>) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
        }
    }
}

/// Writes the line. Values are quoted and escaped by the log's own formats.
pub(super) fn record(
    visit: &Visit,
    response: &Response,
    request_id: &RequestId,
    took: Duration,
    private: Option<&str>,
) {
    let duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    let method = visit.method.as_str();
    let path = visit.uri.path();
    match private {
        Some(reason) => tracing::error!(
            target: "access", method, path, status, duration_us, request_id = request_id.as_str(), reason, "failed"
        ),
        None => tracing::info!(
            target: "access", method, path, status, duration_us, request_id = request_id.as_str(), "answered"
        ),
    }
}
