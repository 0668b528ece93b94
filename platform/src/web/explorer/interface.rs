//! `GET /w/{workspace}/interfaces/{interface}`: what can be asked of it, each as a sentence, and what is different here.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use mock_nhs_interfaces::statement::Statement;

use super::known;
use crate::app::App;
use crate::egress::{FHIR_HOST, fhir};
use crate::error::AppError;
use crate::web::extract::Path;
use crate::web::page::{Frame, render};

/// The page of one interface.
#[derive(Debug, Template)]
#[template(path = "explorer_interface.html")]
struct InterfacePage {
    frame: Frame,
    workspace: String,
    id: String,
    summary: String,
    operations: Vec<Row>,
    deviations: Vec<String>,
    doors: Vec<(String, String)>,
    logins: Vec<&'static str>,
    specification: Option<String>,
}

/// One operation.
#[derive(Debug)]
struct Row {
    id: String,
    title: String,
    summary: String,
}

/// Where apps and people reach it.
fn doors(interface: &Statement, workspace_address: &str) -> Vec<(String, String)> {
    if interface.id == fhir::ID {
        return vec![
            ("In an app".to_owned(), format!("https://{FHIR_HOST}")),
            ("From outside".to_owned(), format!("{workspace_address}/fhir")),
        ];
    }
    let prefix = &interface.path_prefix;
    let both = interface.profiles.iter().flat_map(|profile| {
        [
            (
                format!("In an app ({profile})"),
                format!("https://{}{prefix}", profile.host()),
            ),
            (
                format!("From outside ({profile})"),
                format!("{workspace_address}/nhs/{profile}{prefix}"),
            ),
        ]
    });
    both.collect()
}

/// `GET /w/{workspace}/interfaces/{interface}`
pub(in crate::web) async fn read_interface(
    State(app): State<Arc<App>>,
    Path((workspace, id)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let interface = known::one(&app, &workspace, &id).await?;
    let address = format!("{}/w/{}", crate::web::origin(&request, &app), workspace.name);
    let rows = interface.operations.iter().map(|operation| Row {
        id: operation.id.to_string(),
        title: operation.title.to_string(),
        summary: operation.summary.to_string(),
    });
    let page = InterfacePage {
        frame: Frame {
            heading: interface.title.to_string(),
            section: Some(format!("Interfaces – Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        id: interface.id.to_string(),
        summary: interface.summary.to_string(),
        operations: rows.collect(),
        deviations: interface.deviations.iter().map(ToString::to_string).collect(),
        doors: doors(&interface, &address),
        logins: interface.logins.iter().map(|login| login.title()).collect(),
        specification: interface.specification.as_ref().map(ToString::to_string),
    };
    Ok(render(StatusCode::OK, &page))
}
