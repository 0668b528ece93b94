//! Traces in the forms that other programs read.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use http::header;
use sandbox_runtime::trace::Trace;
use sandbox_runtime::trace::har::har;
use sandbox_runtime::trace::otlp::{Service, otlp};
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
        let oldest_first = runs.iter().rev();
        let (document, extension) = match self {
            Self::Json => return None,
            Self::Har => {
                let traces: Vec<&Trace> = oldest_first.map(|run| &run.trace).collect();
                (har(&traces), "har")
            }
            Self::Otlp => {
                let mut versions: BTreeMap<u32, Vec<&Trace>> = BTreeMap::new();
                for run in oldest_first {
                    versions.entry(run.version).or_default().push(&run.trace);
                }
                let service = |(version, traces): (u32, Vec<_>)| Service {
                    attributes: vec![
                        ("service.name", of.1.to_owned()),
                        ("service.namespace", of.0.to_owned()),
                        ("service.version", version.to_string()),
                    ],
                    traces,
                };
                let services: Vec<_> = versions.into_iter().map(service).collect();
                (otlp(&services), "otlp.json")
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
