//! The body of an answer as a file.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, header};

use crate::app::App;
use crate::error::AppError;
use crate::web::extract::Path;

/// `GET /w/{workspace}/interfaces/{interface}/{operation}/sent/{number}`: the body of an answer, to be kept as a file.
pub(in crate::web) async fn read_body(
    State(app): State<Arc<App>>,
    Path((workspace, interface, operation, number)): Path<(String, String, String, u32)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let sent = app
        .explored
        .get(workspace.id, number)
        .filter(|sent| sent.interface == interface && sent.operation == operation);
    let sent = sent.ok_or(AppError::UnknownAddress)?;
    let is_json = sent.received.json().is_some();
    let mut response = Response::new(Body::from(sent.received.body.clone()));
    let headers = response.headers_mut();
    // Never a page, whatever an interface calls it.
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(if is_json {
            "application/json"
        } else {
            "application/octet-stream"
        }),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = if is_json {
        "attachment; filename=\"answer.json\""
    } else {
        "attachment; filename=\"answer\""
    };
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    Ok(response)
}
