//! The mock interfaces for programs outside the sandbox: `/w/{workspace}/nhs/{profile}/…`.
//!
//! This is the fast path: the workspace comes from memory, the body is not copied, the path is cut and not rebuilt.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, Request, header};
use mock_nhs_interfaces::{Profile, takes_packed_bodies};

use super::below::below;
use super::runs::split;
use crate::app::{App, Called};
use crate::delivery::deliver;
use crate::error::AppError;
use crate::middleware::{HostForm, Surface, refuse_encoded, requested_authority};
use crate::model::Workspace;

/// Answers as the interface of the profile would.
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    mut request: Request<Body>,
) -> Result<Response, AppError> {
    let (workspace, profile) = split(request.uri().path()).ok_or(AppError::UnknownAddress)?;
    let workspace = app.workspace(workspace).await?;
    let profile = Profile::from_name(profile).ok_or_else(|| AppError::UnknownProfile(profile.to_owned()))?;
    let base = base(&app, &workspace, profile, &request);
    *request.uri_mut() = below(request.uri(), 4)?;
    if !takes_packed_bodies(request.uri().path()) {
        refuse_encoded(request.headers())?;
    }
    let tenant = app.tenant(&workspace, base.into(), None);
    let called = app.called(&workspace, request.uri().path()).await?;
    let response = app.answer_nhs(&tenant, profile, &called, request).await;
    let mut response = deliver(response).await;
    if matches!(called, Called::Added(_)) {
        // Whatever the document says, its pages are nobody's but their own.
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox"),
        );
    }
    response.extensions_mut().insert(Surface::Mock);
    Ok(response)
}

/// Where the caller reaches the interfaces, by the name that the caller has for this server: links lead back there, and what
/// an application signs is for that address. The edge has refused every name that is not ours.
fn base(app: &App, workspace: &Workspace, profile: Profile, request: &Request<Body>) -> String {
    let Some(authority) = requested_authority(request) else {
        return app.nhs_base(workspace, profile);
    };
    match request.extensions().get::<HostForm>() {
        Some(HostForm::Interfaces(_)) => app.url_at(authority),
        Some(HostForm::Server | HostForm::App(_)) | None => {
            format!("{}/w/{}/nhs/{profile}", app.url_at(authority), workspace.name)
        }
    }
}
