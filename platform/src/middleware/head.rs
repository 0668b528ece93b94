//! Request heads that no honest client sends: refused before anything looks at them.

use axum::body::Body;
use http::{Request, header};

use crate::error::AppError;

/// Path and query together. Twice what common servers take, because forms of apps may put a note into the query.
const LIMIT_BYTES: usize = 16 * 1024;

pub(super) fn check(request: &Request<Body>) -> Result<(), AppError> {
    let headers = request.headers();
    // Two ways to say where a body ends are how one request is smuggled inside another (RFC 9112 section 6.1).
    if headers.contains_key(header::TRANSFER_ENCODING) && headers.contains_key(header::CONTENT_LENGTH) {
        return Err(AppError::Malformed(
            "The request has both Content-Length and Transfer-Encoding.",
        ));
    }
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |text| text.as_str().len());
    if length > LIMIT_BYTES {
        return Err(AppError::UriTooLong {
            limit_bytes: LIMIT_BYTES,
        });
    }
    Ok(())
}
