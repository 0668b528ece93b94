//! `GET /w/{workspace}/shared/{app}/{token}`: a version to look at, for whoever was given the link: the app runs beside
//! its files, and nothing can be changed.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;

use super::frame::{Nonce, render_framing};
use crate::app::App;
use crate::data::DraftFile;
use crate::draft;
use crate::error::AppError;
use crate::model::preview_name;
use crate::web::extract::Path;
use crate::web::page::Frame;

/// The page of a shared version.
#[derive(Debug, Template)]
#[template(path = "workbench_shared.html")]
struct SharedPage {
    frame: Frame,
    number: u32,
    address: String,
    files: Vec<DraftFile>,
}

/// `GET /w/{workspace}/shared/{app}/{token}`
pub(super) async fn read_shared(
    State(app): State<Arc<App>>,
    Path((workspace, name, token)): Path<(String, String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let number = app.drafts.shared(workspace.id, &deployed.name, &token).await?;
    let number = number.ok_or(AppError::UnknownShare)?;
    let version = app.versions.get(workspace.id, &deployed.name, number).await?;
    // It made room for newer ones.
    let version = version.ok_or(AppError::UnknownShare)?;
    let files = match draft::texts_of(&app, &deployed, &version).await {
        Ok(files) => files,
        Err(AppError::NothingToEdit(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    let title = version.manifest.title.clone().unwrap_or(deployed.title);
    let page = SharedPage {
        frame: Frame {
            heading: title,
            section: Some("Shared app".to_owned()),
            // A guest has no workspace here to go to.
            workspace: None,
            problem: false,
        },
        number,
        address: App::app_path(&workspace.name, &preview_name(&deployed.name, number)),
        files,
    };
    Ok(render_framing(StatusCode::OK, &page, &Nonce::new()))
}
