//! What goes wrong on purpose when an application launches with SMART.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::Request;
use mock_nhs_interfaces::SimulatedError;
use mock_nhs_interfaces::auth::Application;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ApplicationDocument, BODY_BYTES};
use crate::api::described::ChangeRefused;
use crate::api::extract::{InApplication, json_body};
use crate::app::App;
use crate::error::{AppError, Unfit};

/// What goes wrong on purpose.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SimulateError {
    /// The name of the error; none ends it.
    #[schema(example = "auth_invalid_scope")]
    pub(crate) error: Option<String>,
}

/// Makes something go wrong on purpose when the application launches with SMART, until it is ended.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/applications/{application}/simulated-error",
    tag = "applications",
    params(InApplication),
    request_body(content = SimulateError, content_type = "application/json"),
    responses(
        (status = OK, description = "The application", body = ApplicationDocument),
        (status = UNPROCESSABLE_ENTITY, description = "There is no such error", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InApplication
    )
)]
pub(crate) async fn simulate_error(
    State(app): State<Arc<App>>,
    within: InApplication,
    request: Request<Body>,
) -> Result<Json<ApplicationDocument>, AppError> {
    let sentence = "The body is a JSON object with error, the name of an error or null.";
    let asked: SimulateError = json_body(request, BODY_BYTES, sentence).await?;
    if let Some(name) = &asked.error
        && SimulatedError::from_name(name).is_none()
    {
        let names = SimulatedError::ALL.map(SimulatedError::name).join(", ");
        return Err(Unfit::Body(format!("The errors that can be simulated are {names}.")).into());
    }
    let change = |application: &mut Application| {
        application.simulated_error.clone_from(&asked.error);
        Ok(())
    };
    let register = app.nhs.applications();
    let application = register
        .change(within.workspace.id, &within.api_key, change)
        .await?;
    Ok(Json(ApplicationDocument::whole(application)))
}
