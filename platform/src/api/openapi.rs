//! The OpenAPI document of the API, made from the handlers; `tests/it/golden/openapi.json` is compared with it.

use std::sync::LazyLock;

use axum::response::{IntoResponse as _, Response};
use http::header;
use utoipa::OpenApi as _;

use super::{
    applications, apps, drafts, health, interfaces, logs, packages, scenarios, secrets, traces, values,
    versions, workspaces,
};

/// What the API is.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(
    info(
        title = "Code4Health Sandbox",
        description = "Deploys apps into a workspace and shows what their runs did. Every error is a problem document (RFC 9457) with a stable `code`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        workspaces::list_workspaces,
        workspaces::create_workspace,
        workspaces::read_workspace,
        workspaces::fork::fork_workspace,
        workspaces::reset::reset_workspace,
        workspaces::changes::list_changes,
        workspaces::checkpoints::list_checkpoints,
        workspaces::checkpoints::put_checkpoint,
        workspaces::checkpoints::delete_checkpoint,
        workspaces::checkpoints::restore_checkpoint,
        workspaces::clock::read_clock,
        workspaces::clock::set_clock,
        workspaces::clock::advance_clock,
        workspaces::clock::follow_real_time,
        workspaces::faults::list_faults,
        workspaces::faults::add_fault,
        workspaces::faults::delete_fault,
        workspaces::faults::clear_faults,
        workspaces::scenario::read_shown_scenario,
        workspaces::scenario::apply_scenario,
        workspaces::scenario::clear_scenario,
        scenarios::list_scenarios,
        scenarios::read_scenario,
        packages::list_packages,
        packages::install_package,
        packages::remove_package,
        interfaces::list_interfaces,
        interfaces::add_interface,
        interfaces::remove_interface,
        applications::list_applications,
        applications::register_application,
        applications::read_application,
        applications::remove_application,
        applications::keys::make_keys,
        applications::keys::register_keys,
        applications::simulated_error::simulate_error,
        apps::list_apps,
        apps::read_app,
        apps::delete_app,
        versions::deploy_version,
        versions::list_versions,
        versions::read_version,
        versions::download_component,
        versions::list_files,
        versions::download_file,
        versions::download_archive,
        versions::share_version,
        versions::unshare_version,
        versions::update_current,
        drafts::read_draft,
        drafts::put_draft,
        drafts::delete_draft,
        drafts::run_draft,
        secrets::list_secrets,
        secrets::read_secret,
        secrets::put_secret,
        secrets::delete_secret,
        values::list_values,
        values::read_value,
        values::put_value,
        values::delete_value,
        values::clear_values,
        logs::list_logs,
        traces::list_traces,
        traces::read_trace,
        traces::live::watch_runs,
        traces::read_run,
        traces::replay::replay_run,
        health::read_health,
        health::read_readiness,
        health::read_metrics
    ),
    components(schemas(crate::error::Problem)),
    tags(
        (name = "workspaces", description = "One person's or one team's private world"),
        (name = "conditions", description = "What is otherwise in a workspace than on a good day: its clock, its faults, its scenario"),
        (name = "packages", description = "FHIR packages, for all workspaces"),
        (name = "apps", description = "What builders deploy"),
        (name = "drafts", description = "What builders are writing in the browser"),
        (name = "values", description = "What apps keep"),
        (name = "runs", description = "What apps did"),
        (name = "interfaces", description = "The mocked NHS interfaces of a workspace"),
        (name = "applications", description = "Who may call the interfaces of a workspace: API keys, secrets, public keys"),
        (name = "operations", description = "For whoever operates the server")
    )
)]
struct ApiDocument;

/// The document as text, made once.
pub(crate) static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut document = ApiDocument::openapi();
    document.servers = Some(vec![utoipa::openapi::Server::new("/")]);
    document.to_pretty_json().unwrap_or_default()
});

/// Answers the document.
pub(crate) async fn read_openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}
