//! Forms, queries and parts of addresses as pages take them. What cannot be read is answered as every error of a page is.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts};
use http::request::Parts;
use http::{Request, header};
use serde::de::DeserializeOwned;

use crate::api::extract::InQuery;
use crate::app::App;
use crate::error::AppError;
use crate::middleware::collect;

/// Bytes that a form has at most, where it is not said otherwise: a long text of a person's, or a request to an interface.
const FORM_BYTES: usize = 256 * 1024;
/// What browsers call a form without files.
const FORM: &str = "application/x-www-form-urlencoded";

/// The form that a page sent, of at most so many bytes.
pub(super) struct Form<T, const BYTES: usize = FORM_BYTES>(pub(super) T);

impl<T: DeserializeOwned, const BYTES: usize> FromRequest<Arc<App>> for Form<T, BYTES> {
    type Rejection = AppError;

    async fn from_request(request: Request<Body>, _app: &Arc<App>) -> Result<Self, AppError> {
        let (parts, body) = request.into_parts();
        let found = parts.headers.get(header::CONTENT_TYPE);
        let found = found.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        if !found.as_deref().is_some_and(|found| found.starts_with(FORM)) {
            return Err(AppError::MediaType {
                expected: FORM,
                found,
            });
        }
        let limit = u64::try_from(BYTES).unwrap_or(u64::MAX);
        let body = collect(&parts.headers, body, limit).await?;
        let mut request = Request::from_parts(parts, Body::from(body));
        // Its length was looked at.
        DefaultBodyLimit::disable().apply(&mut request);
        let read = axum::extract::Form::from_request(request, &()).await;
        read.map(|axum::extract::Form(form)| Self(form)).map_err(|_| {
            AppError::Malformed("The form cannot be read: something is missing from it, or is there twice. Open the page again.")
        })
    }
}

/// The query of the address.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AppError> {
        let InQuery(query) = InQuery::from_request_parts(parts, app).await?;
        Ok(Self(query))
    }
}

/// The named parts of the address. Those that cannot be what they name lead nowhere.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Path<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AppError> {
        let read = axum::extract::Path::from_request_parts(parts, app).await;
        read.map(|axum::extract::Path(named)| Self(named))
            .map_err(|_| AppError::UnknownAddress)
    }
}
