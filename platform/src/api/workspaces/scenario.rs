//! The scenario that a workspace shows: which, beginning one and ending it.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::described::{BodyRefused, ChangeRefused};
use crate::api::extract::{InWorkspace, json_body};
use crate::api::scenarios::{find_shipped, read_own};
use crate::app::App;
use crate::error::{AppError, Unfit};
use crate::model::AppliedScenario;

/// A file has at most 64 KiB, and takes twice as much as a JSON text at worst.
const BODY_BYTES: u64 = 130 * 1024;

/// What a workspace shows.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct CurrentScenario {
    /// The scenario; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scenario: Option<ShownScenario>,
}

/// A scenario that a workspace shows.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ShownScenario {
    /// The name of one that comes with the program; absent for one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) title: String,
    /// Words for the trainer: what to do and what to look at.
    pub(crate) trainer: String,
    /// The patient whom it is about, by NHS number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) patient: Option<String>,
}

impl From<AppliedScenario> for ShownScenario {
    fn from(applied: AppliedScenario) -> Self {
        Self {
            name: applied.name,
            title: applied.title,
            trainer: applied.trainer,
            patient: applied.patient,
        }
    }
}

/// Which scenario to show: one that comes with the program, or one's own.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioWish {
    /// The name of one that comes with the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "pds-is-slow")]
    pub(crate) name: Option<String>,
    /// The text of one's own file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) toml: Option<String>,
}

/// Reads which scenario the workspace shows.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/scenario",
    tag = "conditions",
    params(InWorkspace),
    responses(
        (status = OK, description = "The scenario, if there is one", body = CurrentScenario),
        InWorkspace
    )
)]
pub(crate) async fn read_shown_scenario(InWorkspace(workspace): InWorkspace) -> Json<CurrentScenario> {
    let scenario = workspace.conditions.lock().await.scenario.clone();
    Json(CurrentScenario {
        scenario: scenario.map(ShownScenario::from),
    })
}

/// Begins to show a scenario: its clock is set and its faults are added, in place of those of the one before.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/scenario",
    tag = "conditions",
    params(InWorkspace),
    request_body = ScenarioWish,
    responses(
        (status = OK, description = "The scenario", body = ShownScenario),
        (status = NOT_FOUND, description = "There is no such workspace or scenario", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = CONFLICT, description = "There would be more faults than there may be", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The file is no scenario; the line is in the answer", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        BodyRefused
    )
)]
pub(crate) async fn apply_scenario(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    request: Request<Body>,
) -> Result<Json<ShownScenario>, AppError> {
    const SENTENCE: &str = "The body must name a scenario that comes with the program, {\"name\": \"pds-is-slow\"}, or hold the text of your own file, {\"toml\": \"...\"}.";
    let wish: ScenarioWish = json_body(request, BODY_BYTES, SENTENCE).await?;
    let (name, scenario) = match (wish.name, wish.toml) {
        (Some(name), None) => {
            let (shipped, scenario) = find_shipped(&app, &name)?;
            (Some(shipped.name), scenario)
        }
        (None, Some(toml)) => (None, read_own(&app, &toml)?),
        _ => return Err(Unfit::Body(SENTENCE.to_owned()).into()),
    };
    let applied = app.apply_scenario(&workspace, name, scenario).await?;
    Ok(Json(applied.into()))
}

/// Ends the scenario: its faults go, and the clock is set as it was before. Nothing happens when there is none.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/scenario",
    tag = "conditions",
    params(InWorkspace),
    responses(
        (status = NO_CONTENT, description = "No scenario is shown"),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn clear_scenario(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<StatusCode, AppError> {
    app.clear_scenario(&workspace).await?;
    Ok(StatusCode::NO_CONTENT)
}
