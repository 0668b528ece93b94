//! `GET /pictures/{file}`: the pictures of the starters.

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, header};

use super::starts;
use crate::error::AppError;

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
    // Another version of the program may have another picture.
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    ),
    // Opened by itself, an SVG is a page.
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
];

/// `GET /pictures/{file}`
pub(super) async fn read_picture(Path(file): Path<String>) -> Result<Response, AppError> {
    let picture = starts::picture(&file).ok_or(AppError::UnknownAddress)?;
    let mut response = Body::from(picture).into_response();
    response.headers_mut().extend(HEADERS);
    Ok(response)
}
