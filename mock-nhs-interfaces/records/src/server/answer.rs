//! An answer on its way to the caller.

use axum::body::Body;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, ETAG, LAST_MODIFIED, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::wishes::Wishes;
use crate::{Instant, Record};

/// A status, what the headers say of the resource, and a text.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// `ETag`.
    pub(crate) version: Option<u32>,
    /// `Last-Modified`.
    pub(crate) last_updated: Option<Instant>,
    pub(crate) location: Option<String>,
    pub(crate) content_location: Option<String>,
    pub(crate) allow: Option<HeaderValue>,
    /// The body's media type, when it is no resource: it is then written as it is.
    pub(crate) content_type: Option<&'static str>,
}

impl Answer {
    /// Only a status.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::text(status, Bytes::new())
    }

    /// A status and a resource that has no version: a Bundle, a statement.
    pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            body: body.into(),
            version: None,
            last_updated: None,
            location: None,
            content_location: None,
            allow: None,
            content_type: None,
        }
    }

    /// A status and an `OperationOutcome`.
    pub(crate) fn outcome(status: StatusCode, text: Bytes) -> Self {
        Self::text(status, text)
    }

    /// Headers of a version, without its text.
    pub(crate) fn about(mut self, record: &Record) -> Self {
        self.version = Some(record.version);
        self.last_updated = Some(record.last_updated);
        self
    }

    pub(super) fn into_response(self, wishes: &Wishes, head: bool) -> Response<Body> {
        let body = if wishes.pretty && self.content_type.is_none() && !self.body.is_empty() {
            match std::str::from_utf8(&self.body) {
                Ok(text) => Bytes::from(fhir::text::pretty(text)),
                Err(_) => self.body,
            }
        } else {
            self.body
        };
        let mut headers = HeaderMap::with_capacity(8);
        if !body.is_empty() {
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static(self.content_type.unwrap_or(wishes.answer_type.content_type())),
            );
        }
        if head {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        if let Some(version) = self.version {
            put(&mut headers, ETAG, &fhir::etag::weak(&version.to_string()));
        }
        if let Some(last_updated) = self.last_updated {
            put(&mut headers, LAST_MODIFIED, &last_updated.to_http());
        }
        if let Some(location) = &self.location {
            put(&mut headers, LOCATION, location);
        }
        if let Some(location) = &self.content_location {
            put(&mut headers, CONTENT_LOCATION, location);
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, allow);
        }
        let mut response = Response::new(if head { Body::empty() } else { Body::from(body) });
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response
    }
}

/// A text that cannot be a header is left out: addresses are made of ids and the base, which can.
fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
