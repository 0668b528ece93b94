//! The headers of pages that show a running app in a frame.

use askama::Template;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use uuid::Uuid;

use crate::web::page::render;

/// What the page's own scripts put into styles must carry this text, which is another one each time: the editors bring
/// their styles with them, and nothing else may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Nonce(String);

impl Nonce {
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4().simple().to_string())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A page with a frame for an app of this server, and no other.
pub(super) fn render_framing(status: StatusCode, page: &impl Template, nonce: &Nonce) -> Response {
    let mut response = render(status, page);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data:; \
         connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        nonce.as_str()
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
