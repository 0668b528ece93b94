//! The pages, one a file: each fills a struct with small pure functions, and a template of the same name shows it.

mod app;
mod applications;
mod ask;
mod assets;
mod changes;
mod conditions;
mod deploy;
mod enter;
pub(crate) mod explorer;
mod extract;
mod launch;
mod message;
mod messages;
mod page;
mod people;
mod person;
mod replay;
mod run;
mod settings;
mod summary;
mod timeline;
mod words;
mod workbench;
mod workspace;
mod workspaces;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use http::{HeaderMap, header};

use crate::app::App;

pub(crate) use page::ErrorPage;

/// Every route of the pages.
#[expect(clippy::too_many_lines, reason = "one list, one entry a route")]
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(enter::read_home))
        .route("/enter", post(enter::enter))
        .route("/enter/{workspace}/{key}", get(enter::follow_link))
        .route("/trainer", post(enter::log_in))
        .route("/leave", post(enter::leave))
        .route(
            "/workspaces",
            get(workspaces::read_workspaces).post(workspaces::make_workspaces),
        )
        .route("/w/{workspace}", get(workspace::read_workspace))
        // The handler counts for itself, against the limit for components.
        .route(
            "/w/{workspace}/deploy",
            post(deploy::deploy_app).layer(DefaultBodyLimit::disable()),
        )
        .route(
            "/w/{workspace}/applications",
            get(applications::read_applications).post(applications::register_application),
        )
        .route(
            "/w/{workspace}/applications/{application}/remove",
            post(applications::remove_application),
        )
        .route(
            "/w/{workspace}/launch",
            get(launch::read_launch).post(launch::launch),
        )
        .route("/w/{workspace}/interfaces", get(explorer::read_interfaces))
        .route(
            "/w/{workspace}/interfaces/{interface}",
            get(explorer::read_interface),
        )
        .route(
            "/w/{workspace}/interfaces/{interface}/{operation}",
            get(explorer::read_operation).post(explorer::send_operation),
        )
        .route(
            "/w/{workspace}/interfaces/{interface}/{operation}/again",
            post(explorer::send_again),
        )
        .route(
            "/w/{workspace}/interfaces/{interface}/{operation}/sent/{number}",
            get(explorer::read_body),
        )
        .route("/w/{workspace}/messages", get(messages::read_messages))
        .route("/w/{workspace}/people", get(people::read_people))
        .route("/w/{workspace}/people/{number}", get(person::read_person))
        .route(
            "/w/{workspace}/people/{number}/change/{kind}/{id}",
            get(person::change::read_change).post(person::change::change_record),
        )
        .route("/w/{workspace}/changes", get(changes::read_changes))
        .route("/w/{workspace}/changes/reset", post(changes::reset))
        .route("/w/{workspace}/changes/fork", post(changes::fork))
        .route(
            "/w/{workspace}/changes/checkpoints",
            post(changes::make_checkpoint),
        )
        .route(
            "/w/{workspace}/changes/checkpoints/{checkpoint}/restore",
            post(changes::restore_checkpoint),
        )
        .route(
            "/w/{workspace}/changes/checkpoints/{checkpoint}/delete",
            post(changes::delete_checkpoint),
        )
        .route("/w/{workspace}/changes/{kind}/{id}", get(changes::read_change))
        .route("/w/{workspace}/conditions", get(conditions::read_conditions))
        .route("/w/{workspace}/conditions/clock", post(conditions::change_clock))
        .route("/w/{workspace}/conditions/faults", post(conditions::add_fault))
        .route(
            "/w/{workspace}/conditions/faults/clear",
            post(conditions::clear_faults),
        )
        .route(
            "/w/{workspace}/conditions/faults/{fault}/remove",
            post(conditions::remove_fault),
        )
        .route(
            "/w/{workspace}/conditions/scenario",
            post(conditions::apply_scenario),
        )
        .route(
            "/w/{workspace}/conditions/scenario/clear",
            post(conditions::clear_scenario),
        )
        .route("/w/{workspace}/app/{app}", get(app::read_app))
        .route(
            "/w/{workspace}/app/{app}/versions/{version}",
            get(settings::read_version).post(settings::use_version),
        )
        .route(
            "/w/{workspace}/app/{app}/secrets/{secret}",
            post(settings::set_secret),
        )
        .route("/w/{workspace}/app/{app}/runs/{run}", get(run::read_run))
        .route(
            "/w/{workspace}/app/{app}/runs/{run}/replay",
            post(replay::replay_run),
        )
        .route(
            "/w/{workspace}/app/{app}/runs/{run}/comparison",
            get(replay::read_comparison),
        )
        .merge(workbench::routes())
        .route("/assets/{file}", get(assets::read_asset))
        .route("/favicon.ico", get(assets::read_favicon))
}

/// Scheme, host and port as the reader's browser knows them, so that an address can be copied from the page.
fn origin(request: &HeaderMap, app: &App) -> String {
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok());
    match host.filter(|host| is_host(host)) {
        Some(host) => app.url_at(host),
        None => app.base_url(),
    }
}

/// Letters of host names and ports only: the text becomes part of a command that people copy into a shell.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn only_hosts_get_into_commands() {
        for (text, expected) in [
            ("127.0.0.1:8080", true),
            ("[::1]:80", true),
            ("a b", false),
            ("x;rm", false),
            ("$(id)", false),
            ("", false),
        ] {
            assert_eq!(is_host(text), expected, "{text}");
        }
    }
}
