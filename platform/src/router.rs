//! Every route in one list, grouped by who calls it.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, delete, get, post, put};

use crate::api::{
    applications, apps, drafts, fhir, health, interfaces, logs, nhs, openapi, packages, runs, scenarios,
    secrets, traces, values, versions, workspaces,
};
use crate::app::App;
use crate::error::AppError;

/// The routes without what is around them; [`crate::middleware::Edge`] is the whole.
#[expect(clippy::too_many_lines, reason = "one list, one entry a route")]
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        // For programs and the command line.
        .route("/api/v1/openapi.json", get(openapi::read_openapi))
        .route(
            "/api/v1/packages",
            // The handler counts for itself.
            get(packages::list_packages)
                .post(packages::install_package)
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/api/v1/packages/{package}", delete(packages::remove_package))
        .route(
            "/api/v1/workspaces",
            get(workspaces::list_workspaces).post(workspaces::create_workspace),
        )
        .route("/api/v1/workspaces/{workspace}", get(workspaces::read_workspace))
        .route(
            "/api/v1/workspaces/{workspace}/fork",
            post(workspaces::fork::fork_workspace),
        )
        .route(
            "/api/v1/workspaces/{workspace}/reset",
            post(workspaces::reset::reset_workspace),
        )
        .route(
            "/api/v1/workspaces/{workspace}/changes",
            get(workspaces::changes::list_changes),
        )
        .route(
            "/api/v1/workspaces/{workspace}/checkpoints",
            get(workspaces::checkpoints::list_checkpoints),
        )
        .route(
            "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}",
            put(workspaces::checkpoints::put_checkpoint).delete(workspaces::checkpoints::delete_checkpoint),
        )
        .route(
            "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}/restore",
            post(workspaces::checkpoints::restore_checkpoint),
        )
        .route(
            "/api/v1/workspaces/{workspace}/clock",
            get(workspaces::clock::read_clock)
                .put(workspaces::clock::set_clock)
                .delete(workspaces::clock::follow_real_time),
        )
        .route(
            "/api/v1/workspaces/{workspace}/clock/advance",
            post(workspaces::clock::advance_clock),
        )
        .route(
            "/api/v1/workspaces/{workspace}/faults",
            get(workspaces::faults::list_faults)
                .post(workspaces::faults::add_fault)
                .delete(workspaces::faults::clear_faults),
        )
        .route(
            "/api/v1/workspaces/{workspace}/faults/{fault}",
            delete(workspaces::faults::delete_fault),
        )
        .route(
            "/api/v1/workspaces/{workspace}/scenario",
            get(workspaces::scenario::read_shown_scenario)
                .put(workspaces::scenario::apply_scenario)
                .delete(workspaces::scenario::clear_scenario),
        )
        .route("/api/v1/scenarios", get(scenarios::list_scenarios))
        .route("/api/v1/scenarios/{scenario}", get(scenarios::read_scenario))
        .route(
            "/api/v1/workspaces/{workspace}/interfaces",
            // The handler counts for itself.
            get(interfaces::list_interfaces)
                .post(interfaces::add_interface)
                .layer(DefaultBodyLimit::disable()),
        )
        .route(
            "/api/v1/workspaces/{workspace}/interfaces/{interface}",
            delete(interfaces::remove_interface),
        )
        .route(
            "/api/v1/workspaces/{workspace}/applications",
            get(applications::list_applications).post(applications::register_application),
        )
        .route(
            "/api/v1/workspaces/{workspace}/applications/{application}",
            get(applications::read_application).delete(applications::remove_application),
        )
        .route(
            "/api/v1/workspaces/{workspace}/applications/{application}/keys",
            post(applications::keys::make_keys).put(applications::keys::register_keys),
        )
        .route(
            "/api/v1/workspaces/{workspace}/applications/{application}/simulated-error",
            put(applications::simulated_error::simulate_error),
        )
        .route("/api/v1/workspaces/{workspace}/apps", get(apps::list_apps))
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}",
            get(apps::read_app).delete(apps::delete_app),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/versions",
            // The handler counts for itself, against the limit for components.
            post(versions::deploy_version)
                .get(versions::list_versions)
                .layer(DefaultBodyLimit::disable()),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}",
            get(versions::read_version),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/component",
            get(versions::download_component),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files",
            get(versions::list_files),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files/{*path}",
            get(versions::download_file),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/archive",
            get(versions::download_archive),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/share",
            post(versions::share_version).delete(versions::unshare_version),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/current",
            put(versions::update_current),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/draft",
            // The handler counts for itself.
            get(drafts::read_draft)
                .put(drafts::put_draft)
                .delete(drafts::delete_draft)
                .layer(DefaultBodyLimit::disable()),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/draft/run",
            post(drafts::run_draft),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/secrets",
            get(secrets::list_secrets),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
            get(secrets::read_secret)
                .put(secrets::put_secret)
                .delete(secrets::delete_secret),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/logs",
            get(logs::list_logs),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/traces",
            get(traces::list_traces),
        )
        .route("/api/v1/workspaces/{workspace}/runs/{run}", get(traces::read_run))
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/traces/live",
            get(traces::live::watch_runs),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}",
            get(traces::read_trace),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/values",
            get(values::list_values).delete(values::clear_values),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/values/{*key}",
            get(values::read_value)
                .put(values::put_value)
                .delete(values::delete_value),
        )
        .route(
            "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}/replay",
            post(traces::replay::replay_run),
        )
        // For whoever uses an app.
        .route("/w/{workspace}/apps/{app}", any(runs::run_app_without_slash))
        .route("/w/{workspace}/apps/{app}/", any(runs::run_app))
        .route("/w/{workspace}/apps/{app}/{*path}", any(runs::run_app))
        // For programs that speak to the NHS's interfaces: curl, Postman, apps outside.
        .route("/w/{workspace}/nhs/{profile}", any(nhs::answer))
        .route("/w/{workspace}/nhs/{profile}/", any(nhs::answer))
        .route("/w/{workspace}/nhs/{profile}/{*path}", any(nhs::answer))
        .route("/w/{workspace}/fhir", any(fhir::answer))
        .route("/w/{workspace}/fhir/", any(fhir::answer))
        .route("/w/{workspace}/fhir/{*path}", any(fhir::answer))
        // For whoever operates the server.
        .route("/healthz", get(health::read_health))
        .route("/readyz", get(health::read_readiness))
        .route("/metrics", get(health::read_metrics))
        // For people with a browser.
        .merge(crate::web::routes())
        .fallback(async || AppError::UnknownAddress)
        .method_not_allowed_fallback(async || AppError::MethodNotAllowed)
        .with_state(app)
}
