//! The edge: what happens to every request before and after the routes, in the order it is written in [`Edge::answer`].
//!
//! It stands around the router and not inside it, because host names are turned into paths before routing. One file
//! a concern, each a plain function; layers that box a future each would cost more than all of them do.

mod access;
mod access_log;
pub(crate) mod body;
mod head;
mod host;
mod origin;
mod panic;
mod request_id;
mod security_headers;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Request, StatusCode, header};
use tower::ServiceExt as _;

pub(crate) use body::{collect, refuse_encoded};
pub(crate) use host::{HostForm, Names, form_of, requested_authority};
pub(crate) use request_id::RequestId;
pub(crate) use security_headers::Surface;

use crate::app::App;
use crate::error::{self, AppError, Refused};

/// All routes with everything around them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Edge {
    app: Arc<App>,
    router: Router,
}

impl Edge {
    /// The server's answers to requests, without a connection: for the accept loop and for tests.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        let router = crate::router::router(Arc::clone(&app));
        Self { app, router }
    }

    /// Answers one request. Never fails and never panics: whatever happens inside becomes an answer.
    pub async fn answer(&self, mut request: Request<Body>) -> Response {
        let started = Instant::now();
        let request_id = request_id::assign(&mut request);
        let visit = access_log::Visit::of(&request);
        let taste = Taste::of(&request);
        let mut response = match self.check(&mut request) {
            Ok(()) => {
                let routed = panic::catch(&self.app.metrics, self.router.clone().oneshot(request)).await;
                routed.unwrap_or_else(axum::response::IntoResponse::into_response)
            }
            Err(error) => error.into_response(),
        };
        let private = dress(&mut response, taste, &request_id);
        let surface = security_headers::apply(&mut response);
        request_id::echo(&mut response, surface, &request_id);
        self.app.metrics.answered(response.status());
        access_log::record(
            &visit,
            &response,
            &request_id,
            started.elapsed(),
            private.as_deref(),
        );
        response
    }

    fn check(&self, request: &mut Request<Body>) -> Result<(), AppError> {
        head::check(request)?;
        let form = host::check(request, &self.app.names())?;
        origin::check(request, &form, self.app.config.listen.public_url.as_ref())?;
        host::rewrite(request, form)?;
        access::check(&self.app, request)
    }
}

/// Whether the caller gets errors as a page or as a problem document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taste {
    Page,
    Problem,
}

impl Taste {
    /// The API always answers problem documents; elsewhere whoever asks for HTML is a person with a browser.
    fn of(request: &Request<Body>) -> Self {
        let wants_html = || {
            let accept = request.headers().get(header::ACCEPT);
            accept.is_some_and(|accept| accept.as_bytes().windows(9).any(|part| part == b"text/html"))
        };
        if !request.uri().path().starts_with("/api/") && wants_html() {
            Self::Page
        } else {
            Self::Problem
        }
    }
}

/// Gives an error its body; answers what only the log may know.
fn dress(response: &mut Response, taste: Taste, request_id: &RequestId) -> Option<String> {
    let Refused(error) = response.extensions_mut().remove::<Refused>()?;
    if matches!(*error, AppError::Malformed(_)) {
        // Where this request ends is in doubt, so the next one on the connection would be as well.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    // The router wrote down the length of the empty body.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        let wait_s = error.retry_after_s();
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    if matches!(*error, AppError::LoginNeeded) {
        // RFC 6750 section 3.
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    match taste {
        Taste::Page => error::page(response, &error, request_id.as_str()),
        Taste::Problem => error::problem(response, &error, request_id.as_str()),
    }
    error.private()
}
