//! For whoever operates the server: is it alive, does it take work, what did it count.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::metrics::MetricsText;

/// Whether the server takes work, and what deserves a look.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Readiness {
    /// Whether requests that change something will work.
    pub(crate) ready: bool,
    /// Why not, one sentence each.
    pub(crate) reasons: Vec<String>,
    /// What is odd but hinders nothing, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// Says that the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = OK, description = "The process lives", body = String)))]
pub(crate) async fn read_health() -> &'static str {
    "ok\n"
}

/// Says whether the server takes work.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses(
        (status = OK, description = "It does", body = Readiness),
        (status = SERVICE_UNAVAILABLE, description = "It does not, with the reasons", body = Readiness)
    )
)]
pub(crate) async fn read_readiness(State(app): State<Arc<App>>) -> (StatusCode, Json<Readiness>) {
    let readiness = readiness(&app).await;
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness))
}

async fn readiness(app: &App) -> Readiness {
    let mut reasons = Vec::new();
    if app.is_stopping() {
        reasons.push("The server is stopping.".to_owned());
    }
    let health = app.storage.store.health().await;
    reasons.extend(
        health
            .refusal
            .map(|refusal| format!("The store takes no changes: {refusal}.")),
    );
    let blobs = app.storage.blobs.health().await;
    reasons.extend(
        blobs
            .refusal
            .map(|refusal| format!("The blobs take no changes: {refusal}.")),
    );
    let mut notes: Vec<String> = health.quarantined.iter().map(|path| {
        format!("A damaged snapshot was set aside at the start: {}. Nothing is lost by that, but the disk deserves a look.", path.display())
    }).collect();
    notes.extend(app.traces.refusal().map(|refusal| {
        format!("Traces are in memory only, because the disk does not take them: {refusal}.")
    }));
    Readiness {
        ready: reasons.is_empty(),
        reasons,
        notes,
    }
}

/// Shows what was counted, in the text form that Prometheus reads.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = OK, description = "Counters and gauges", body = String)))]
pub(crate) async fn read_metrics(State(app): State<Arc<App>>) -> Response {
    let mut text = MetricsText::default();
    app.metrics.write(&mut text);
    let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let health = app.storage.store.health().await;
    text.gauge(
        "c4h_store_writable",
        "1 while the store takes changes.",
        u64::from(health.writable()),
    );
    text.gauge(
        "c4h_store_size_bytes",
        "Size of the store on disk.",
        health.size_bytes,
    );
    text.gauge(
        "c4h_store_backlog",
        "Commits that wait or are under way.",
        wide(health.backlog),
    );
    text.gauge("c4h_store_commits", "Commits since the start.", health.commits);
    text.gauge(
        "c4h_store_syncs",
        "Times the disk was asked to make commits durable.",
        health.syncs,
    );
    text.gauge(
        "c4h_store_quarantined",
        "Damaged snapshots set aside at the start.",
        wide(health.quarantined.len()),
    );
    let traces = app.traces.size();
    text.gauge("c4h_traces_runs", "Runs whose trace is kept.", wide(traces.runs));
    text.gauge(
        "c4h_traces_bytes",
        "Memory of the kept traces.",
        wide(traces.bytes),
    );
    text.gauge(
        "c4h_traces_disk_bytes",
        "Size of the files of kept traces.",
        traces.disk_bytes,
    );
    text.gauge(
        "c4h_traces_disk_failures",
        "Times the disk did not take traces.",
        traces.disk_failures,
    );
    text.gauge(
        "c4h_traces_dropped",
        "Traces that made room for newer ones.",
        traces.dropped,
    );
    text.gauge(
        "c4h_runs_under_way",
        "Runs under way.",
        u64::from(app.slots.under_way()),
    );
    text.gauge(
        "c4h_runs_free_places",
        "Places for runs that are free.",
        wide(app.sandbox.free_places()),
    );
    text.gauge(
        "c4h_log_lines_dropped",
        "Log lines that nobody read fast enough.",
        app.log.dropped(),
    );
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text.finish(),
    )
        .into_response()
}
