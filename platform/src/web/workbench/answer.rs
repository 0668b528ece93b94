//! `GET /w/{workspace}/app/{app}/runs/{run}/answer`: what a run answered, as people saw it; of a repetition, as they would
//! have.
//!
//! A stranger wrote it: it leaves with the policy of every page of an app, which gives it an origin of its own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Uri, header};

use crate::api::runs::APP_PAGE_HEADERS;
use crate::app::App;
use crate::error::AppError;
use crate::model::{AppName, Workspace};
use crate::web::extract::Path;
use crate::web::words;

/// `GET /w/{workspace}/app/{app}/runs/{run}/answer`
pub(super) async fn read_answer(
    State(app): State<Arc<App>>,
    Path((workspace, name, run_id)): Path<(String, String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let deployed = app.deployed_app(&workspace, &name).await?;
    let kept = app.traces.get(workspace.id, &deployed.name, &run_id);
    let kept = kept.ok_or(AppError::UnknownRun(run_id))?;
    let answer = kept.trace.response.as_ref();
    let kind = answer.and_then(|answer| answer.headers.get("content-type"));
    let text = answer.and_then(|answer| answer.body.text());
    let (kind, text) = match (answer, kind, text) {
        (Some(_), Some(kind), Some(text)) if kind.starts_with("text/html") => {
            let base = base_of(&workspace, &deployed.name, &kept.trace.request.uri);
            ("text/html; charset=utf-8", with_base(text, &base))
        }
        (Some(answer), _, Some(text)) if !text.is_empty() => {
            let status = words::status(answer.status);
            ("text/plain; charset=utf-8", format!("{status}\n\n{text}"))
        }
        (Some(answer), ..) => {
            let status = words::status(answer.status);
            let to = answer.headers.get("location");
            let to = to.map(|to| format!(", to {to}")).unwrap_or_default();
            (
                "text/plain; charset=utf-8",
                format!("The app answered {status}{to}, and no text."),
            )
        }
        (None, ..) => (
            "text/plain; charset=utf-8",
            "The app gave no answer in this run.".to_owned(),
        ),
    };
    let mut response = Body::from(text).into_response();
    response.headers_mut().extend(APP_PAGE_HEADERS);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Where links of the page lead from: the address below the app that was asked.
fn base_of(workspace: &Workspace, app: &AppName, uri: &str) -> String {
    let path = uri.parse::<Uri>().map(|uri| uri.path().to_owned());
    let path = path.unwrap_or_else(|_| "/".to_owned());
    format!(
        "{}{}",
        App::app_path(&workspace.name, app),
        path.trim_start_matches('/')
    )
}

/// The page with its links, styles and pictures where they were: behind the beginning of its head, or at its own beginning.
fn with_base(html: &str, base: &str) -> String {
    // Nothing in a path of an address ends a text in quotes, and nothing else is put in here.
    let base: String = base
        .chars()
        .filter(|character| !matches!(character, '"' | '<' | '>' | '&'))
        .collect();
    let element = format!("<base href=\"{base}\">");
    let lower = html.to_ascii_lowercase();
    let place = lower.find("<head").and_then(|start| {
        let rest = lower.get(start + "<head".len()..)?;
        // Not a header.
        let is_head = rest.starts_with(['>', ' ', '\t', '\n', '\r', '/']);
        let end = rest.find('>').filter(|_| is_head)?;
        Some(start + "<head".len() + end + 1)
    });
    match place.and_then(|place| html.split_at_checked(place)) {
        Some((before, after)) => format!("{before}{element}{after}"),
        None => format!("<!doctype html>{element}{html}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_they_led() {
        for (html, expected) in [
            (
                "<!doctype html><head><title>x",
                "<!doctype html><head><base href=\"/b/\"><title>x",
            ),
            ("<HEAD lang=en>x", "<HEAD lang=en><base href=\"/b/\">x"),
            ("<p>x", "<!doctype html><base href=\"/b/\"><p>x"),
            ("<head", "<!doctype html><base href=\"/b/\"><head"),
            ("<header>x", "<!doctype html><base href=\"/b/\"><header>x"),
            ("", "<!doctype html><base href=\"/b/\">"),
        ] {
            assert_eq!(with_base(html, "/b/"), expected);
        }
        assert!(!with_base("", "/\"><script>").contains("<script"));
    }
}
