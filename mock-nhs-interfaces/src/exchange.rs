//! What a handler sees of one request: who asks, in which profile, and what for.

use std::borrow::Cow;

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::interface::{Interface, path_value};
use crate::population::Population;
use crate::{Profile, Tenant};

/// One request on its way to an operation.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) profile: Profile,
    pub(crate) population: &'a Population,
    pub(crate) interface: &'static Interface,
    pub(crate) request: &'a Parts,
    /// The path below the interface's prefix.
    pub(crate) path: &'a str,
}

impl<'a> Exchange<'a> {
    pub(crate) fn headers(&self) -> &'a HeaderMap {
        &self.request.headers
    }

    /// The decoded text of the path where `pattern`, an operation's path, has `{name}`; empty when there is none.
    /// Bytes that are not UTF-8 become the replacement character, which no identifier contains.
    pub(crate) fn path_value(&self, pattern: &str, name: &str) -> Cow<'a, str> {
        let raw = path_value(pattern, self.path, name).unwrap_or_default();
        percent_decode_str(raw).decode_utf8_lossy()
    }
}

/// A response with a body.
pub(crate) fn reply(status: StatusCode, media_type: HeaderValue, body: impl Into<Bytes>) -> Response<Body> {
    // Invariant: six headers at most, so that the map is allocated once.
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(CONTENT_TYPE, media_type);
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
