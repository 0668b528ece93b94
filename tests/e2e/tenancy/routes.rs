//! Every route, and what its address names.

/// What an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Nothing that belongs to anybody.
    Nothing,
    /// A workspace.
    Workspace,
    /// A workspace, and an app that this request would make.
    NewApp,
    /// A workspace and an app.
    App,
}

/// Every route: those of the OpenAPI document, and those for people and for apps.
pub(super) const ROUTES: [(&str, &str, Names); 84] = [
    ("GET", "/api/v1/workspaces", Names::Nothing),
    ("GET", "/healthz", Names::Nothing),
    ("GET", "/readyz", Names::Nothing),
    ("GET", "/metrics", Names::Nothing),
    ("GET", "/api/v1/workspaces/{workspace}", Names::Workspace),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/interfaces",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/interfaces",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/interfaces/{interface}",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/apps", Names::Workspace),
    ("GET", "/api/v1/workspaces/{workspace}/apps/{app}", Names::App),
    ("DELETE", "/api/v1/workspaces/{workspace}/apps/{app}", Names::App),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions",
        Names::NewApp,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/logs",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/values",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/values",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/values/{key}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/secrets/{secret}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces/live",
        Names::App,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/traces/{run}/replay",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/component",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/files/{path}",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/archive",
        Names::App,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/share",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/versions/{version}/share",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft",
        Names::App,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft",
        Names::App,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/apps/{app}/draft/run",
        Names::App,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/apps/{app}/current",
        Names::App,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/runs/{run}",
        Names::Workspace,
    ),
    ("GET", "/api/v1/packages", Names::Nothing),
    ("POST", "/api/v1/packages", Names::Nothing),
    ("DELETE", "/api/v1/packages/{package}", Names::Nothing),
    ("POST", "/api/v1/workspaces", Names::Nothing),
    ("POST", "/api/v1/workspaces/{workspace}/fork", Names::Workspace),
    ("POST", "/api/v1/workspaces/{workspace}/reset", Names::Workspace),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/checkpoints",
        Names::Workspace,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/checkpoints/{checkpoint}/restore",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/changes", Names::Workspace),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/applications",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/applications",
        Names::Workspace,
    ),
    (
        "GET",
        "/api/v1/workspaces/{workspace}/applications/{application}",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/applications/{application}",
        Names::Workspace,
    ),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/applications/{application}/keys",
        Names::Workspace,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/applications/{application}/keys",
        Names::Workspace,
    ),
    (
        "PUT",
        "/api/v1/workspaces/{workspace}/applications/{application}/simulated-error",
        Names::Workspace,
    ),
    ("GET", "/api/v1/scenarios", Names::Nothing),
    ("GET", "/api/v1/scenarios/{scenario}", Names::Nothing),
    ("GET", "/api/v1/workspaces/{workspace}/clock", Names::Workspace),
    ("PUT", "/api/v1/workspaces/{workspace}/clock", Names::Workspace),
    ("DELETE", "/api/v1/workspaces/{workspace}/clock", Names::Workspace),
    (
        "POST",
        "/api/v1/workspaces/{workspace}/clock/advance",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/faults", Names::Workspace),
    ("POST", "/api/v1/workspaces/{workspace}/faults", Names::Workspace),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/faults",
        Names::Workspace,
    ),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/faults/{fault}",
        Names::Workspace,
    ),
    ("GET", "/api/v1/workspaces/{workspace}/scenario", Names::Workspace),
    ("PUT", "/api/v1/workspaces/{workspace}/scenario", Names::Workspace),
    (
        "DELETE",
        "/api/v1/workspaces/{workspace}/scenario",
        Names::Workspace,
    ),
    // Not of the API.
    ("GET", "/w/{workspace}/fhir", Names::Workspace),
    ("GET", "/w/{workspace}/fhir/metadata", Names::Workspace),
    ("POST", "/w/{workspace}/fhir/Patient", Names::Workspace),
    ("GET", "/w/{workspace}", Names::Workspace),
    ("POST", "/w/{workspace}/deploy", Names::Workspace),
    (
        "GET",
        "/w/{workspace}/nhs/int/hello-world/hello/world",
        Names::Workspace,
    ),
    (
        "POST",
        "/w/{workspace}/nhs/sandbox/hello-world/hello/world",
        Names::Workspace,
    ),
    ("GET", "/w/{workspace}/app/{app}", Names::App),
    ("GET", "/w/{workspace}/app/{app}/runs/{run}", Names::App),
    ("GET", "/w/{workspace}/apps/{app}", Names::App),
    ("GET", "/w/{workspace}/apps/{app}/", Names::App),
    ("POST", "/w/{workspace}/apps/{app}/some/path?query=1", Names::App),
    ("OPTIONS", "/w/{workspace}/apps/{app}/", Names::App),
];
