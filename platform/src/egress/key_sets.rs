//! Key sets that applications serve: fetched by a run of the app at the address, and from nowhere else.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, StatusCode, Uri};
use mock_nhs_interfaces::auth::{JwksSource, MAX_KEY_SET_BYTES};
use store::WorkspaceId;

use crate::app::App;
use crate::model::Workspace;
use crate::run::{Job, run};

/// What the address of an app ends with, seen from inside.
const APPS: &str = ".apps.c4h.internal";
/// Like a call of one app by another: it has places of its own, so that the app that waits is not in its way.
const DEPTH: u8 = 1;

/// Fetches key sets from the apps of a workspace.
#[derive(Debug)]
pub(crate) struct AppKeySets {
    app: Weak<App>,
}

impl AppKeySets {
    /// A source over the apps of this program.
    pub(crate) fn new(app: &Arc<App>) -> Self {
        Self {
            app: Arc::downgrade(app),
        }
    }
}

#[async_trait]
impl JwksSource for AppKeySets {
    async fn fetch(&self, workspace: WorkspaceId, url: &str) -> Option<String> {
        let app = self.app.upgrade()?;
        let place = Place::of(url)?;
        let workspace = find(&app, workspace, place.workspace.as_deref()).await?;
        let running = app.running_app(&workspace, &place.app).await.ok()?;
        let request = Request::get(format!("https://{}{APPS}{}", place.app, place.path))
            .header("accept", "application/json")
            .body(Bytes::new())
            .ok()?;
        let job = Job {
            depth: DEPTH,
            ..Job::new(workspace, running, request)
        };
        let response = Box::pin(run(&app, job)).await.ok()?.answer.ok()?;
        let body = response.body();
        if response.status() != StatusCode::OK || body.len() > MAX_KEY_SET_BYTES {
            return None;
        }
        String::from_utf8(body.to_vec()).ok()
    }
}

/// The workspace of this number, which has this name if one is named.
async fn find(app: &App, id: WorkspaceId, name: Option<&str>) -> Option<Arc<Workspace>> {
    if let Some(name) = name {
        let workspace = app.workspace(name).await.ok()?;
        return (workspace.id == id).then_some(workspace);
    }
    let all = app.workspaces.list().await.ok()?;
    all.into_iter().find(|workspace| workspace.id == id)
}

/// An app, and a path below it.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// The workspace, where the address names one.
    workspace: Option<String>,
    app: String,
    path: String,
}

impl Place {
    /// Reads `https://{app}.apps.c4h.internal/…`, or an address of this server with `/w/{workspace}/apps/{app}/…` in it.
    fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let whole = uri.path_and_query()?.as_str();
        if let Some(app) = uri.host()?.strip_suffix(APPS) {
            return Some(Self {
                workspace: None,
                app: app.to_owned(),
                path: whole.to_owned(),
            });
        }
        let rest = whole.strip_prefix("/w/")?;
        let (workspace, rest) = rest.split_once("/apps/")?;
        let (app, path) = rest.split_once('/')?;
        Some(Self {
            workspace: Some(workspace.to_owned()),
            app: app.to_owned(),
            path: format!("/{path}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_apps_serve_key_sets() {
        let check = |url: &str, expected: Option<(Option<&str>, &str, &str)>| {
            let expected = expected.map(|(workspace, app, path)| Place {
                workspace: workspace.map(str::to_owned),
                app: app.to_owned(),
                path: path.to_owned(),
            });
            assert_eq!(Place::of(url), expected, "{url}");
        };
        check(
            "https://board.apps.c4h.internal/jwks?x",
            Some((None, "board", "/jwks?x")),
        );
        check(
            "http://127.0.0.1:8080/w/demo/apps/board/.well-known/jwks.json",
            Some((Some("demo"), "board", "/.well-known/jwks.json")),
        );
        check("http://127.0.0.1:8080/w/demo/fhir/Patient", None);
        check("https://example.org/jwks", None);
        check("file:///etc/passwd", None);
    }
}
