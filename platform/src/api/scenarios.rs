//! The scenarios that come with the program.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::path_value;
use crate::app::App;
use crate::error::{AppError, Unfit};
use crate::model::{SHIPPED, Scenario, Shipped};

/// The scenarios that come with the program.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ScenarioList {
    pub(crate) scenarios: Vec<ScenarioDocument>,
}

/// A scenario that comes with the program.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ScenarioDocument {
    /// Its name in commands and addresses.
    #[schema(example = "pds-is-slow")]
    pub(crate) name: String,
    pub(crate) title: String,
    /// Words for the trainer: what to do and what to look at.
    pub(crate) trainer: String,
    /// The patient whom it is about, by NHS number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) patient: Option<String>,
    /// The whole file, to change and apply as one's own.
    pub(crate) toml: String,
}

impl ScenarioDocument {
    fn of(app: &App, shipped: &Shipped) -> Result<Self, AppError> {
        let scenario = read_shipped(app, shipped)?;
        Ok(Self {
            name: shipped.name.to_owned(),
            title: scenario.title,
            trainer: scenario.trainer,
            patient: scenario.patient.map(|patient| patient.to_string()),
            toml: shipped.text.to_owned(),
        })
    }
}

/// The scenario of that name.
pub(crate) fn find_shipped(app: &App, name: &str) -> Result<(&'static Shipped, Scenario), AppError> {
    let shipped = SHIPPED.iter().find(|shipped| shipped.name == name);
    let shipped = shipped.ok_or_else(|| AppError::UnknownScenario(name.to_owned()))?;
    Ok((shipped, read_shipped(app, shipped)?))
}

/// Reads a file that was checked when the program was built.
pub(crate) fn read_shipped(app: &App, shipped: &Shipped) -> Result<Scenario, AppError> {
    Scenario::parse(shipped.text, &app.known_interfaces())
        .map_err(|error| AppError::Internal(format!("{}: {error}", shipped.name)))
}

/// Reads somebody's own file.
pub(crate) fn read_own(app: &App, toml: &str) -> Result<Scenario, AppError> {
    Scenario::parse(toml, &app.known_interfaces()).map_err(|error| Unfit::Scenario(error).into())
}

/// The name at the end of the address.
#[derive(Debug)]
pub(crate) struct InScenario(String);

impl FromRequestParts<Arc<App>> for InScenario {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, AppError> {
        path_value(parts, "scenario").await.map(Self)
    }
}

/// Lists the scenarios that come with the program.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios",
    tag = "conditions",
    responses((status = OK, description = "The scenarios", body = ScenarioList))
)]
pub(crate) async fn list_scenarios(State(app): State<Arc<App>>) -> Result<Json<ScenarioList>, AppError> {
    let scenarios = SHIPPED.iter().map(|shipped| ScenarioDocument::of(&app, shipped));
    Ok(Json(ScenarioList {
        scenarios: scenarios.collect::<Result<_, _>>()?,
    }))
}

/// Reads a scenario that comes with the program.
#[utoipa::path(
    get,
    path = "/api/v1/scenarios/{scenario}",
    tag = "conditions",
    params(("scenario" = String, Path, description = "Name of the scenario", example = "pds-is-slow")),
    responses(
        (status = OK, description = "The scenario", body = ScenarioDocument),
        (status = NOT_FOUND, description = "There is no such scenario", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_scenario(
    State(app): State<Arc<App>>,
    InScenario(name): InScenario,
) -> Result<Json<ScenarioDocument>, AppError> {
    let (shipped, _) = find_shipped(&app, &name)?;
    Ok(Json(ScenarioDocument::of(&app, shipped)?))
}
