//! `GET /w/{workspace}/interfaces`: every interface as a card with what it is for.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use mock_nhs_interfaces::statement::{Origin, Statement};

use super::known;
use crate::app::App;
use crate::error::AppError;
use crate::web::extract::Path;
use crate::web::page::{Frame, render};
use crate::web::words;

/// The cards.
#[derive(Debug, Template)]
#[template(path = "explorer.html")]
struct ExplorerPage {
    frame: Frame,
    workspace: String,
    cards: Vec<Card>,
}

/// One interface.
#[derive(Debug)]
struct Card {
    id: String,
    title: String,
    summary: String,
    is_added: bool,
    /// How many things can be asked, in words.
    operations: String,
    /// The first few of them.
    first: Vec<(String, String)>,
}

/// Operations that a card leads to at once.
const FIRST: usize = 3;

fn card(interface: &Statement) -> Card {
    let count = u64::try_from(interface.operations.len()).unwrap_or_default();
    let first = interface.operations.iter().take(FIRST);
    Card {
        id: interface.id.to_string(),
        title: interface.title.to_string(),
        summary: interface.summary.to_string(),
        is_added: interface.origin == Origin::Added,
        operations: words::count(count, "operation"),
        first: first
            .map(|operation| (operation.id.to_string(), operation.title.to_string()))
            .collect(),
    }
}

/// `GET /w/{workspace}/interfaces`
pub(in crate::web) async fn read_interfaces(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let interfaces = known::all(&app, &workspace).await?;
    let page = ExplorerPage {
        frame: Frame {
            heading: "Interfaces".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        cards: interfaces.iter().map(|interface| card(interface)).collect(),
    };
    Ok(render(StatusCode::OK, &page))
}
