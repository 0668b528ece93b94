//! Notifications of a workspace's Subscriptions, sent as runs of its own apps. There is no other place to which they go.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Request, Uri, header};
use records::{Doing, FhirTenant, Hooks, Notification};
use sandbox_runtime::trace::RunKind;
use store::WorkspaceId;

use crate::app::App;
use crate::config::PublicUrl;
use crate::egress::app_at;
use crate::middleware::{HostForm, Names, form_of};
use crate::model::{Workspace, WorkspaceName};
use crate::run::{Job, Ran, run};

/// Says to the app which Subscription it is told by; taken from requests of anybody else.
pub(crate) const SUBSCRIPTION_HEADER: HeaderName = HeaderName::from_static("x-c4h-subscription");
/// What stands in front of headers by which an app could be made to believe something about its caller.
const NOT_ASKED: [&str; 3] = ["x-c4h-", "x-forwarded-", "forwarded"];

/// Sends notifications to apps.
#[derive(Debug)]
pub(crate) struct AppHooks {
    // The application holds this.
    app: Weak<App>,
}

/// An app, and where in it.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    app: String,
    /// Without a slash at the end.
    path: String,
    query: Option<String>,
}

impl AppHooks {
    pub(crate) fn of(app: &Arc<App>) -> Self {
        Self {
            app: Arc::downgrade(app),
        }
    }

    fn app(&self) -> Result<Arc<App>, String> {
        self.app
            .upgrade()
            .ok_or_else(|| "The server is stopping".to_owned())
    }

    /// The application and the workspace, and where in it the endpoint leads.
    async fn target(
        &self,
        workspace: WorkspaceId,
        endpoint: &str,
    ) -> Result<(Arc<App>, Arc<Workspace>, Target), String> {
        let app = self.app()?;
        let workspace = app.workspaces.by_id(workspace).await;
        let workspace = workspace.map_err(|error| error.to_string())?;
        let workspace = workspace.ok_or_else(|| "The workspace is not there any more".to_owned())?;
        let target = target(endpoint, &workspace.name, &app)?;
        Ok((app, workspace, target))
    }
}

impl Hooks for AppHooks {
    fn check(&self, workspace: WorkspaceId, endpoint: &str) -> Result<(), String> {
        let app = self.app()?;
        // Whoever asks has just come in by its name.
        let workspace = app.workspaces.cached_by_id(workspace);
        let workspace = workspace.ok_or_else(|| "The workspace is not there any more".to_owned())?;
        target(endpoint, &workspace.name, &app).map(|_| ())
    }

    fn find<'a>(&'a self, workspace: WorkspaceId, endpoint: &'a str) -> Doing<'a, Result<(), String>> {
        Box::pin(async move {
            let (app, workspace, target) = self.target(workspace, endpoint).await?;
            let running = app.running_app(&workspace, &target.app).await;
            running.map(|_| ()).map_err(|error| error.public().detail)
        })
    }

    fn send(&self, workspace: WorkspaceId, notification: Notification) -> Doing<'_, Result<(), String>> {
        Box::pin(async move {
            let (app, workspace, target) = self.target(workspace, &notification.endpoint).await?;
            let running = app.running_app(&workspace, &target.app).await;
            let running = running.map_err(|error| error.public().detail)?;
            let job = Job {
                request: request(&app, &workspace, &target, &notification)?,
                workspace,
                running,
                kind: RunKind::Request,
                depth: 0,
                chain: notification.chain.saturating_add(1),
                without_cookies: false,
            };
            match run(&app, job).await {
                Ok(Ran {
                    answer: Ok(answer), ..
                }) if answer.status().is_success() => Ok(()),
                Ok(Ran { run_id, answer }) => {
                    let what = answer.map_or_else(
                        |error| format!("failed: {error}"),
                        |answer| format!("answered {}", answer.status()),
                    );
                    Err(format!("the app {} {what} (run {run_id})", target.app))
                }
                Err(error) => Err(error.public().detail),
            }
        })
    }

    fn tenant(&self, workspace: WorkspaceId) -> Doing<'_, Option<FhirTenant>> {
        Box::pin(async move {
            let app = self.app.upgrade()?;
            let workspace = app.workspaces.by_id(workspace).await.ok().flatten()?;
            let base_url = app.fhir_base(&workspace);
            Some(app.fhir_tenant(&workspace, base_url, 0))
        })
    }
}

/// Where an endpoint leads, if that is into an app of this workspace.
fn target(endpoint: &str, workspace: &WorkspaceName, app: &App) -> Result<Target, String> {
    let port = app.address.port();
    of_address(endpoint, workspace, &app.names(), port).ok_or_else(|| {
        let shown: String = endpoint.escape_debug().take(100).collect();
        format!(
            "{shown} was refused: notifications go to apps of this workspace and nowhere else. An app named letters is \
             https://letters.apps.c4h.internal/, http://letters.{workspace}.apps.localhost:{port}/ or \
             /w/{workspace}/apps/letters/",
        )
    })
}

fn of_address(
    endpoint: &str,
    workspace: &WorkspaceName,
    names: &Names<'_>,
    listening: u16,
) -> Option<Target> {
    let uri: Uri = endpoint.parse().ok()?;
    if let Some(app) = app_at(&uri) {
        return Some(within(app, uri.path(), &uri));
    }
    let form = match uri.authority() {
        None => HostForm::Server,
        Some(authority) => {
            let public = names.public.map(PublicUrl::authority);
            let ours = matches!(uri.port_u16(), None | Some(0))
                || uri.port_u16() == Some(listening)
                || public.is_some_and(|public| public.eq_ignore_ascii_case(authority.as_str()));
            let http = matches!(uri.scheme_str(), Some("http" | "https"));
            if !ours || !http || authority.as_str().contains('@') {
                return None;
            }
            form_of(authority.as_str(), names)?
        }
    };
    let path = match form {
        HostForm::Server => uri.path().to_owned(),
        HostForm::App(prefix) => format!("{prefix}{}", uri.path()),
        HostForm::Interfaces(_) => return None,
    };
    let inside = path.strip_prefix("/w/")?.strip_prefix(workspace.as_str())?;
    let inside = inside.strip_prefix("/apps/")?;
    let (app, rest) = inside.split_once('/').unwrap_or((inside, ""));
    (!app.is_empty()).then(|| within(app.to_owned(), &format!("/{rest}"), &uri))
}

fn within(app: String, path: &str, uri: &Uri) -> Target {
    Target {
        app,
        path: path.trim_end_matches('/').to_owned(),
        query: uri.query().map(str::to_owned),
    }
}

/// What the app sees.
fn request(
    app: &App,
    workspace: &Workspace,
    target: &Target,
    notification: &Notification,
) -> Result<Request<Bytes>, String> {
    let broken = |_| format!("{} is no address", notification.endpoint);
    let authority = format!(
        "{}.{}.apps.localhost:{}",
        target.app,
        workspace.name,
        app.address.port()
    );
    let mut path = format!("{}{}", target.path, notification.below);
    if path.is_empty() {
        path.push('/');
    }
    if let Some(query) = &target.query {
        path.push('?');
        path.push_str(query);
    }
    let uri = Uri::builder()
        .scheme("http")
        .authority(authority.as_str())
        .path_and_query(PathAndQuery::try_from(path).map_err(|error| broken(error.into()))?)
        .build()
        .map_err(broken)?;
    let mut request = Request::new(notification.body.clone());
    *request.method_mut() = notification.method.clone();
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    for (name, value) in &notification.headers {
        if NOT_ASKED.iter().all(|start| !name.as_str().starts_with(start)) {
            headers.append(name.clone(), value.clone());
        }
    }
    if let Ok(host) = HeaderValue::try_from(authority) {
        headers.insert(header::HOST, host);
    }
    if let Ok(subscription) = HeaderValue::try_from(notification.subscription.as_str()) {
        headers.insert(SUBSCRIPTION_HEADER, subscription);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::{Names, Target, of_address};
    use crate::config::{Environment, ListenConfig};
    use crate::model::WorkspaceName;

    #[test]
    fn only_apps_of_the_workspace_are_told() {
        let workspace = WorkspaceName::new("demo").unwrap();
        let listen = ListenConfig::default()
            .known_as(Some("https://c4h.example.org:8443"), &Environment::default())
            .unwrap();
        let names = Names {
            listening: listen.address.ip(),
            public: listen.public_url.as_ref(),
        };
        let check = |endpoint: &str, expected: Option<(&str, &str)>| {
            let found = of_address(endpoint, &workspace, &names, 8080);
            let expected = expected.map(|(app, path)| Target {
                app: app.to_owned(),
                path: path.to_owned(),
                query: None,
            });
            assert_eq!(found, expected, "{endpoint}");
        };
        check("https://letters.apps.c4h.internal", Some(("letters", "")));
        check(
            "https://letters.apps.c4h.internal/hook/",
            Some(("letters", "/hook")),
        );
        check(
            "http://letters.demo.apps.localhost:8080/hook",
            Some(("letters", "/hook")),
        );
        check(
            "https://letters.demo.apps.localhost/hook",
            Some(("letters", "/hook")),
        );
        check(
            "http://127.0.0.1:8080/w/demo/apps/letters/hook/a",
            Some(("letters", "/hook/a")),
        );
        check("http://localhost:8080/w/demo/apps/letters", Some(("letters", "")));
        check("/w/demo/apps/letters--v2/", Some(("letters--v2", "")));
        check(
            "https://c4h.example.org:8443/w/demo/apps/letters/",
            Some(("letters", "")),
        );
        for elsewhere in [
            "",
            "letters",
            "https://example.com/hook",
            "http://127.0.0.1:8080/",
            "http://127.0.0.1:8080/w/demo/fhir/Patient",
            "http://127.0.0.1:8080/w/demo/apps/",
            "http://127.0.0.1:8080/w/other/apps/letters/",
            "http://127.0.0.1:8080/w/demonstration/apps/letters/",
            "http://127.0.0.1:9090/w/demo/apps/letters/",
            "http://127.0.0.1:8443/w/demo/apps/letters/",
            "https://c4h.example.org:9090/w/demo/apps/letters/",
            "http://10.0.0.1:8080/w/demo/apps/letters/",
            "http://letters.other.apps.localhost:8080/",
            "http://int.demo.nhs.localhost:8080/",
            "http://me@letters.demo.apps.localhost:8080/",
            "http://letters.apps.c4h.internal/",
            "https://fhir.c4h.internal/",
            "https://letters.apps.c4h.internal.example.com/",
            "ftp://letters.demo.apps.localhost/",
            "file:///w/demo/apps/letters/",
            "//example.com/w/demo/apps/letters/",
        ] {
            check(elsewhere, None);
        }
    }
}
