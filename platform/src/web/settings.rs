//! What the forms of an app's page change: the version that answers, and the values of secrets.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::app::{SecretProblem, Told, page, page_address};
use super::page::{Frame, render};
use super::words::{self, Moment};
use crate::api::extract::InApp;
use crate::api::secrets;
use crate::app::App;
use crate::error::AppError;
use crate::model::{SecretName, preview_name};
use crate::web::extract::{Form, Path};

/// The page that asks before the version is changed.
#[derive(Debug, Template)]
#[template(path = "use_version.html")]
struct UseVersionPage {
    frame: Frame,
    app_title: String,
    app_page: String,
    number: u32,
    current: u32,
    deployed: Moment,
    made_with: String,
    preview: String,
    address: String,
}

/// `GET /w/{workspace}/app/{app}/versions/{version}`
pub(super) async fn read_version(
    State(app): State<Arc<App>>,
    Path((workspace, name, number)): Path<(String, String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let number = number.parse().map_err(|_| AppError::UnknownAddress)?;
    let version = app.versions.get(workspace.id, &deployed.name, number).await?;
    let version = version.ok_or(AppError::UnknownAddress)?;
    let app_page = page_address(&workspace.name, &deployed.name);
    let preview = preview_name(&deployed.name, number);
    let page = UseVersionPage {
        frame: Frame {
            heading: format!("Use version {number} of {}?", deployed.title),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        address: format!("{app_page}/versions/{number}"),
        app_title: deployed.title,
        app_page,
        number,
        current: deployed.current,
        deployed: words::moment(version.deployed_at),
        made_with: version.made_with.unwrap_or_else(|| "Not stated".to_owned()),
        preview: format!("/w/{}/apps/{preview}/", workspace.name),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `POST /w/{workspace}/app/{app}/versions/{version}`: from now on this version answers.
pub(super) async fn use_version(
    State(app): State<Arc<App>>,
    Path((workspace, name, number)): Path<(String, String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let number = number.parse().map_err(|_| AppError::UnknownAddress)?;
    let pointed = app.apps.point_at(workspace.id, &deployed.name, number).await?;
    if pointed.is_none() {
        return Err(AppError::UnknownAddress);
    }
    let page = page_address(&workspace.name, &deployed.name);
    Ok(Redirect::to(&format!("{page}?used={number}")).into_response())
}

/// The form that sets a secret.
#[derive(Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    value: String,
}

/// `POST /w/{workspace}/app/{app}/secrets/{secret}`
pub(super) async fn set_secret(
    State(app): State<Arc<App>>,
    Path((workspace, name, secret)): Path<(String, String, String)>,
    request: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let secret = SecretName::new(&secret).map_err(|_| AppError::UnknownAddress)?;
    let app_page = page_address(&workspace.name, &deployed.name);
    let in_app = InApp {
        workspace,
        app: deployed,
    };
    let set = secrets::set(&app, &in_app, &secret, &sent.value).await;
    let InApp {
        workspace,
        app: deployed,
    } = in_app;
    match set {
        Ok(()) => Ok(Redirect::to(&format!("{app_page}?secret={secret}")).into_response()),
        Err(error @ AppError::Unfit(_)) => {
            let problem = SecretProblem {
                name: secret.to_string(),
                sentence: error.public().detail,
            };
            let origin = super::origin(&request, &app);
            let page = page(
                &app,
                &workspace,
                &deployed,
                &Told::default(),
                Some(problem),
                origin,
            )
            .await?;
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error),
    }
}
