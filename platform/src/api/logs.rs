//! What the runs of an app printed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::extract::{InApp, InQuery};
use super::traces::stream_name;
use crate::app::App;
use crate::error::AppError;

/// Lines answered when the caller does not say how many.
const LIMIT_DEFAULT: u16 = 200;
/// Lines answered at most.
const LIMIT_MOST: u16 = 5_000;
/// Runs looked through at most; the traces' own budget keeps fewer for most apps.
const RUNS_MOST: usize = 5_000;

/// How many lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogQuery {
    /// The newest so many lines; 200 when absent, 5,000 at most.
    limit: Option<u16>,
}

/// Lines that the runs of an app printed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LogList {
    /// Oldest first.
    pub(crate) lines: Vec<LogEntry>,
}

/// One line.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct LogEntry {
    /// The run that printed it.
    pub(crate) run: String,
    /// When it was printed.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: OffsetDateTime,
    /// `stdout`, `stderr`, or `platform` for what the platform says about the run.
    #[schema(example = "stdout")]
    pub(crate) stream: String,
    /// `debug`, `info`, `warn` or `error`.
    #[schema(example = "info")]
    pub(crate) level: String,
    /// The line as the app printed it: a stranger's text, control characters included.
    pub(crate) text: String,
}

/// Lists what the newest runs of an app printed, oldest line first.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/logs",
    tag = "runs",
    params(
        InApp,
        ("limit" = Option<u16>, Query, description = "The newest so many lines; 200 when absent", minimum = 1, maximum = 5000)
    ),
    responses(
        (status = OK, description = "The lines", body = LogList),
        (status = UNPROCESSABLE_ENTITY, description = "The query cannot be used", body = crate::error::Problem, content_type = "application/problem+json"),
        InApp
    )
)]
pub(crate) async fn list_logs(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    InQuery(query): InQuery<LogQuery>,
) -> Result<Json<LogList>, AppError> {
    let limit = checked_limit(query.limit, LIMIT_DEFAULT, LIMIT_MOST)?;
    let mut lines = Vec::new();
    for run in app.traces.list(workspace.id, &deployed.name, RUNS_MOST) {
        let entry = |line: &sandbox_runtime::trace::LogLine| LogEntry {
            run: run.trace.run_id.clone(),
            at: run.trace.started_at + std::time::Duration::from_micros(line.at_us),
            stream: stream_name(line.stream).to_owned(),
            level: line.level.name().to_owned(),
            text: line.text.clone(),
        };
        lines.extend(run.trace.log.iter().rev().take(limit - lines.len()).map(entry));
        if lines.len() >= limit {
            break;
        }
    }
    lines.reverse();
    Ok(Json(LogList { lines }))
}

/// The number of things asked for, or the sentence about why it cannot be.
pub(super) fn checked_limit(asked: Option<u16>, default: u16, most: u16) -> Result<usize, AppError> {
    match asked {
        None => Ok(usize::from(default)),
        Some(limit) if (1..=most).contains(&limit) => Ok(usize::from(limit)),
        Some(limit) => Err(AppError::Query(format!(
            "limit={limit} is not between 1 and {most}."
        ))),
    }
}
