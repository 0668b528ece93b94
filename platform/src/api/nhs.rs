//! The mock interfaces for programs outside the sandbox: `/w/{workspace}/nhs/{profile}/…`.
//!
//! This is the fast path: the workspace comes from memory, the body is not copied, the path is cut and not rebuilt.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Uri, header};
use mock_nhs_interfaces::{Profile, takes_packed_bodies};

use super::runs::split;
use crate::app::App;
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
    *request.uri_mut() = below(request.uri())?;
    if !takes_packed_bodies(request.uri().path()) {
        refuse_encoded(request.headers())?;
    }
    let tenant = app.tenant(&workspace, base.into(), None);
    let added = match app.nhs.interface_at(request.uri().path()) {
        Some(_) => None,
        None => app.added_interface_at(&workspace, request.uri().path()).await?,
    };
    let response = match &added {
        Some(added) => app.nhs.answer_added(&tenant, profile, added, request).await,
        None => app.nhs.answer(&tenant, profile, request).await,
    };
    let mut response = deliver(response).await;
    if added.is_some() {
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

/// The address without `/w/{workspace}/nhs/{profile}`.
fn below(uri: &Uri) -> Result<Uri, AppError> {
    let whole = uri.path_and_query().map_or("", PathAndQuery::as_str);
    // Four segments and their slashes, counted in the path, so that slashes in the query are not looked at.
    let start = uri
        .path()
        .match_indices('/')
        .nth(4)
        .map_or(uri.path().len(), |(place, _)| place);
    let rest = whole.get(start..).unwrap_or_default();
    let rest = if rest.starts_with('/') {
        PathAndQuery::try_from(rest)
    } else {
        PathAndQuery::try_from(format!("/{rest}"))
    };
    rest.map(Uri::from).map_err(|_| AppError::UnknownAddress)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_cut() {
        for (path, rest) in [
            (
                "/w/demo/nhs/int/personal-demographics/FHIR/R4/Patient?x=/a/b",
                "/personal-demographics/FHIR/R4/Patient?x=/a/b",
            ),
            ("/w/demo/nhs/int/", "/"),
            ("/w/demo/nhs/int", "/"),
            ("/w/demo/nhs/int?a=/b", "/?a=/b"),
        ] {
            assert_eq!(below(&path.parse().unwrap()).unwrap().to_string(), rest, "{path}");
        }
    }
}
