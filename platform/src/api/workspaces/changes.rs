//! What a workspace made of the seed: the resources that it has changed, each once.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts as _, State};
use http::Request;
use records::{ChangeKind, Changed, ChangesPage};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::api::extract::{InQuery, InWorkspace};
use crate::api::logs::checked_limit;
use crate::app::App;
use crate::error::AppError;

/// Resources answered when the caller does not say how many.
const LIMIT_DEFAULT: u16 = 50;
/// Resources answered at most.
const LIMIT_MOST: u16 = 500;

/// Which part of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangesQuery {
    /// So many resources; 50 when absent, 500 at most.
    limit: Option<u16>,
    /// Where the page begins: `next` of the page before.
    before: Option<u64>,
}

/// Resources that a workspace has changed, those that were changed last first.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ChangeList {
    /// How many there are in all.
    pub(crate) total: u64,
    pub(crate) changes: Vec<ChangeDocument>,
    /// What to send as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<u64>,
}

/// A resource that a workspace has changed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ChangeDocument {
    /// Its type.
    #[schema(example = "Patient")]
    pub(crate) resource_type: String,
    /// Its id.
    pub(crate) id: String,
    /// What became of it.
    pub(crate) change: ChangeName,
    /// Whether it is one of the seed's.
    pub(crate) in_seed: bool,
    /// Versions that the workspace made of it.
    pub(crate) versions: usize,
    /// The newest version, as the FHIR server calls it.
    pub(crate) version: u32,
    /// When that was made, by the workspace's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) changed_at: OffsetDateTime,
    /// What people would call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ann Adams")]
    pub(crate) display: Option<String>,
}

/// What became of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeName {
    /// It was made here.
    Created,
    /// The seed has it, and it is another now.
    Changed,
    /// It is there no longer.
    Deleted,
}

impl ChangeName {
    /// The same as a word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

impl From<Changed> for ChangeDocument {
    fn from(changed: Changed) -> Self {
        let record = &changed.record;
        Self {
            resource_type: record.kind.name().to_owned(),
            id: record.id.to_string(),
            change: match changed.kind {
                ChangeKind::Created => ChangeName::Created,
                ChangeKind::Changed => ChangeName::Changed,
                ChangeKind::Deleted => ChangeName::Deleted,
            },
            in_seed: changed.in_base,
            versions: changed.versions,
            version: record.version,
            changed_at: record.last_updated.to_time(),
            display: changed.display,
        }
    }
}

/// Lists the resources that the workspace has changed, those that were changed last first.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/changes",
    tag = "workspaces",
    params(
        InWorkspace,
        ("limit" = Option<u16>, Query, description = "So many resources; 50 when absent", minimum = 1, maximum = 500),
        ("before" = Option<u64>, Query, description = "Where the page begins: `next` of the page before")
    ),
    responses(
        (status = OK, description = "The resources", body = ChangeList),
        (status = UNPROCESSABLE_ENTITY, description = "The query cannot be used", body = crate::error::Problem, content_type = "application/problem+json"),
        InWorkspace
    )
)]
pub(crate) async fn list_changes(
    State(app): State<Arc<App>>,
    request: Request<axum::body::Body>,
) -> Result<Json<ChangeList>, AppError> {
    let (mut parts, _) = request.into_parts();
    let InWorkspace(workspace) = InWorkspace::from_request_parts(&mut parts, &app).await?;
    let InQuery(query) = InQuery::<ChangesQuery>::from_request_parts(&mut parts, &app).await?;
    let limit = checked_limit(query.limit, LIMIT_DEFAULT, LIMIT_MOST)?;
    let ChangesPage { changes, total, next } = app.changes(&workspace, query.before, limit).await?;
    Ok(Json(ChangeList {
        total,
        changes: changes.into_iter().map(ChangeDocument::from).collect(),
        next,
    }))
}
