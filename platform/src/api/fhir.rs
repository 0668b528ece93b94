//! The FHIR R4 server of a workspace for programs outside the sandbox: `/w/{workspace}/fhir/…`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, Method, Request, StatusCode, header};
use mock_nhs_interfaces::{Failure, is_smart_token, plain_outcome};

use super::below::below;
use crate::access::{Needs, bearer, needs};
use crate::app::App;
use crate::delivery::deliver;
use crate::error::AppError;
use crate::middleware::{Surface, refuse_encoded, requested_authority};
use crate::model::Workspace;

/// Answers as the FHIR server of the workspace.
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    mut request: Request<Body>,
) -> Result<Response, AppError> {
    let workspace = request.uri().path().split('/').nth(2).unwrap_or_default();
    let workspace = app.workspace(workspace).await?;
    if request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    {
        return Ok(preflight());
    }
    if let Some(refused) = refused(&app, &workspace, &request)? {
        return Ok(refused);
    }
    refuse_encoded(request.headers())?;
    let base = match requested_authority(&request) {
        // By the name that the caller has for this server: links lead back there.
        Some(authority) => format!("{}/w/{}/fhir", app.url_at(authority), workspace.name),
        None => app.fhir_base(&workspace),
    };
    *request.uri_mut() = below(request.uri(), 3)?;
    let mut response = deliver(app.answer_fhir(&workspace, base, 0, request).await).await;
    response.extensions_mut().insert(Surface::Fhir);
    Ok(response)
}

/// Where the server asks who callers are, the records are for those who have the link of the workspace, its own access token, or a
/// token of its login; whether that is a good one, the login says. The answer for everybody else.
fn refused(app: &App, workspace: &Workspace, request: &Request<Body>) -> Result<Option<Response>, AppError> {
    let Some(access) = &app.access else {
        return Ok(None);
    };
    if !matches!(needs(request.method(), request.uri().path()), Needs::Fhir(_)) {
        return Ok(None);
    }
    let token = bearer(request.headers());
    if token.is_some_and(|token| is_smart_token(token) || *token == *workspace.access_token) {
        return Ok(None);
    }
    let caller = access.caller(request.headers(), app.clock.now())?;
    if caller.may_use(access, workspace.name.as_str()) {
        return Ok(None);
    }
    if caller.is_known() {
        return Err(AppError::UnknownWorkspace(workspace.name.to_string()));
    }
    let mut response = plain_outcome(&Failure::Status {
        status: StatusCode::UNAUTHORIZED,
        code: None,
    });
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response.extensions_mut().insert(Surface::Fhir);
    Ok(Some(response))
}

/// What a browser asks before a page of another origin may ask. <https://fetch.spec.whatwg.org/#cors-preflight-fetch>
fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "accept, authorization, content-type, if-match, if-modified-since, if-none-exist, if-none-match, prefer, \
             x-correlation-id, x-request-id",
        ),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    response.extensions_mut().insert(Surface::Fhir);
    response
}
