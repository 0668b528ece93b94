//! One line in the log for each request. Deliberately absent: queries (they carry patients), headers, tokens, and the
//! digits of anything in a path that has the length of an NHS number.

use std::borrow::Cow;
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
    let path = without_nhs_numbers(without_key(visit.uri.path()));
    let path = path.as_ref();
    match private {
        Some(reason) => tracing::error!(
            target: "access", method, path, status, duration_us, request_id = request_id.as_str(), reason, "failed"
        ),
        None => tracing::info!(
            target: "access", method, path, status, duration_us, request_id = request_id.as_str(), "answered"
        ),
    }
}

/// The path of a link that carries access, without what opens the workspace: `/enter/demo/…` becomes `/enter/demo`.
fn without_key(path: &str) -> &str {
    let is_link = path.starts_with("/enter/");
    let end = path.match_indices('/').nth(2).map(|(place, _)| place);
    end.filter(|_| is_link)
        .and_then(|end| path.get(..end))
        .unwrap_or(path)
}

/// Digits of an NHS number.
const NHS_NUMBER_DIGITS: usize = 10;

/// The path with every run of exactly ten digits struck out, valid check digit or not: a mistyped number is somebody's too.
fn without_nhs_numbers(path: &str) -> Cow<'_, str> {
    let mut rest = path;
    let mut masked = String::new();
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from_digits) = rest.split_at(start);
        let length = from_digits
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(from_digits.len());
        let (digits, after) = from_digits.split_at(length);
        masked.push_str(before);
        masked.push_str(if length == NHS_NUMBER_DIGITS {
            "**********"
        } else {
            digits
        });
        rest = after;
    }
    if masked.is_empty() {
        return Cow::Borrowed(path);
    }
    masked.push_str(rest);
    Cow::Owned(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_workspace_is_not_logged() {
        for (path, expected) in [
            ("/enter/demo/0123456789abcdef", "/enter/demo"),
            ("/enter/demo", "/enter/demo"),
            ("/enter", "/enter"),
            ("/w/demo/app/x", "/w/demo/app/x"),
        ] {
            assert_eq!(without_key(path), expected, "{path}");
        }
    }

    #[test]
    fn nhs_numbers_are_struck_out_and_nothing_else_is() {
        for (path, expected) in [
            ("/w/demo/apps/hello/", "/w/demo/apps/hello/"),
            ("/FHIR/R4/Patient/9000000009", "/FHIR/R4/Patient/**********"),
            ("/9000000009/9000000000/x1", "/**********/**********/x1"),
            ("/runs/90000000091", "/runs/90000000091"),
            ("/a/123", "/a/123"),
            ("", ""),
        ] {
            assert_eq!(without_nhs_numbers(path), expected);
        }
    }
}
