//! Traces in the forms that other programs read.

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use http::header;
use sandbox_runtime::trace::Trace;
use sandbox_runtime::trace::har::har;
use sandbox_runtime::trace::otlp::otlp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::data::KeptRun;

/// A form of traces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// Our own.
    #[default]
    Json,
    /// HTTP Archive 1.2, which the developer tools of every browser open.
    Har,
    /// OpenTelemetry's JSON, which tracing systems take.
    Otlp,
}

impl Format {
    /// These runs as a file of the format; `None` for our own, which the caller makes. `of` is the workspace and the app.
    pub(super) fn export(self, runs: &[Arc<KeptRun>], of: (&str, &str), file: &str) -> Option<Response> {
        // Archives are read from the oldest to the newest.
        let traces: Vec<&Trace> = runs.iter().rev().map(|run| &run.trace).collect();
        let (document, extension) = match self {
            Self::Json => return None,
            Self::Har => (har(&traces), "har"),
            Self::Otlp => {
                let resource = [("service.name", of.1), ("service.namespace", of.0)];
                (otlp(&traces, &resource), "otlp.json")
            }
        };
        let disposition = format!("attachment; filename=\"{file}.{extension}\"");
        let headers = [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        Some((headers, document.to_string()).into_response())
    }
}
