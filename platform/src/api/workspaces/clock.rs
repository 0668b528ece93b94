//! The clock of a workspace: what it shows, setting it, letting it go on, and real time again.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::Request;
use serde::{Deserialize, Serialize};
use store::Clock as _;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::api::described::{BodyRefused, ChangeRefused};
use crate::api::extract::{InWorkspace, json_body};
use crate::app::App;
use crate::error::{AppError, Unfit};
use crate::model::{ClockSetting, Workspace, parse_span};

/// Far more than a time takes.
const BODY_BYTES: u64 = 1024;

/// The clock of a workspace. Interfaces, records, tokens, schedules and apps read it; limits never do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ClockDocument {
    /// What it shows.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) now: OffsetDateTime,
    /// How it goes.
    pub(crate) mode: ClockMode,
    /// Real time.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) real_now: OffsetDateTime,
}

/// How a clock goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ClockMode {
    /// It shows real time.
    Real,
    /// It shows another time, and goes on as real time does.
    Moved,
    /// It stands still.
    Stopped,
}

/// What a clock is to show.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockWish {
    /// The time, with its zone; from 1970 to 2199.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2027-01-05T08:30:00Z")]
    pub(crate) now: OffsetDateTime,
    /// Whether it stands still there.
    #[serde(default)]
    pub(crate) stopped: bool,
}

/// How far a clock is to be moved.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockMove {
    /// Weeks, days, hours, minutes and seconds; with a minus in front, backwards.
    #[schema(example = "1d12h")]
    pub(crate) by: String,
}

impl ClockDocument {
    pub(crate) fn of(workspace: &Workspace) -> Self {
        let clock = &workspace.conditions.clock;
        Self {
            now: clock.now(),
            mode: match clock.setting() {
                ClockSetting::Real => ClockMode::Real,
                ClockSetting::Moved { .. } => ClockMode::Moved,
                ClockSetting::Stopped { .. } => ClockMode::Stopped,
            },
            real_now: clock.real(),
        }
    }
}

/// Reads the workspace's clock.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/clock",
    tag = "conditions",
    params(InWorkspace),
    responses(
        (status = OK, description = "The clock", body = ClockDocument),
        InWorkspace
    )
)]
pub(crate) async fn read_clock(InWorkspace(workspace): InWorkspace) -> Json<ClockDocument> {
    Json(ClockDocument::of(&workspace))
}

/// Sets the workspace's clock: from there it goes on, or stands still.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/clock",
    tag = "conditions",
    params(InWorkspace),
    request_body = ClockWish,
    responses(
        (status = OK, description = "The clock", body = ClockDocument),
        (status = UNPROCESSABLE_ENTITY, description = "The body has no time that a clock can show", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        BodyRefused,
        InWorkspace
    )
)]
pub(crate) async fn set_clock(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    request: Request<Body>,
) -> Result<Json<ClockDocument>, AppError> {
    let wish: ClockWish = json_body(
        request,
        BODY_BYTES,
        "The body must say what the clock is to show, with its zone: {\"now\": \"2027-01-05T08:30:00Z\"}; with \"stopped\": true it stands still there.",
    )
    .await?;
    app.set_clock(&workspace, wish.now, wish.stopped).await?;
    Ok(Json(ClockDocument::of(&workspace)))
}

/// Moves the workspace's clock forwards or backwards.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/clock/advance",
    tag = "conditions",
    params(InWorkspace),
    request_body = ClockMove,
    responses(
        (status = OK, description = "The clock", body = ClockDocument),
        (status = UNPROCESSABLE_ENTITY, description = "The body does not say how far", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        BodyRefused,
        InWorkspace
    )
)]
pub(crate) async fn advance_clock(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    request: Request<Body>,
) -> Result<Json<ClockDocument>, AppError> {
    let wish: ClockMove = json_body(
        request,
        BODY_BYTES,
        "The body must say how far: {\"by\": \"1d12h\"}.",
    )
    .await?;
    let by = parse_span(&wish.by).map_err(|error| Unfit::Body(error.to_string()))?;
    app.advance_clock(&workspace, by).await?;
    Ok(Json(ClockDocument::of(&workspace)))
}

/// Lets the workspace's clock follow real time again.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/clock",
    tag = "conditions",
    params(InWorkspace),
    responses(
        (status = OK, description = "The clock", body = ClockDocument),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn follow_real_time(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Result<Json<ClockDocument>, AppError> {
    app.follow_real_time(&workspace).await?;
    Ok(Json(ClockDocument::of(&workspace)))
}
