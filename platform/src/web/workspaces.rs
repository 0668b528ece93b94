//! `GET /workspaces`: what the trainer sees: every workspace with the link that opens it, and a form that makes more.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::page::{Frame, render};
use super::words::{self, Moment};
use crate::app::App;
use crate::error::AppError;
use crate::model::WorkspaceName;
use crate::web::extract::Form;

/// Workspaces that one press makes at most: two classes.
const MOST_AT_ONCE: u32 = 60;

/// The page.
#[derive(Debug, Template)]
#[template(path = "workspaces.html")]
struct WorkspacesPage {
    frame: Frame,
    workspaces: Vec<WorkspaceRow>,
    /// Whether people need a link to come in.
    asks: bool,
    sent: Sent,
    /// The id of the field that is wrong, and why.
    problem: Option<Problem>,
}

/// A field and what is wrong with it.
type Problem = (&'static str, String);

impl WorkspacesPage {
    fn sentence_at(&self, field: &str) -> Option<&str> {
        let here = self.problem.as_ref().filter(|(at, _)| *at == field);
        here.map(|(_, sentence)| sentence.as_str())
    }
}

/// One workspace.
#[derive(Debug)]
struct WorkspaceRow {
    name: String,
    made: Moment,
    /// What a delegate opens: the link with the key, or on loopback the plain address.
    link: String,
}

/// The form: a name, and how many with numbers behind it.
#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    name: String,
    #[serde(default)]
    count: String,
}

/// `GET /workspaces`
pub(super) async fn read_workspaces(
    State(app): State<Arc<App>>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    let sent = Sent {
        name: String::new(),
        count: "1".to_owned(),
    };
    let page = page(&app, &request, sent, None).await?;
    Ok(render(StatusCode::OK, &page))
}

/// `POST /workspaces`
pub(super) async fn make_workspaces(
    State(app): State<Arc<App>>,
    request: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let names = match names(&sent) {
        Ok(names) => names,
        Err(problem) => {
            let page = page(&app, &request, sent, Some(problem)).await?;
            return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    for name in &names {
        match app.create_workspace(name).await {
            Ok(_) => {}
            // Of a series, those that are there already are what was asked for.
            Err(AppError::WorkspaceExists(_)) if names.len() > 1 => {}
            Err(error @ (AppError::WorkspaceExists(_) | AppError::TooManyWorkspaces { .. })) => {
                let public = error.public();
                let page = page(&app, &request, sent, Some(("name", public.detail))).await?;
                return Ok(render(public.status, &page));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Redirect::to("/workspaces").into_response())
}

/// The names that the form asks for: `ward` and 1, or `ward-01` to `ward-30`.
fn names(sent: &Sent) -> Result<Vec<WorkspaceName>, Problem> {
    let count = sent.count.trim().parse::<u32>().ok();
    let Some(count) = count.filter(|count| (1..=MOST_AT_ONCE).contains(count)) else {
        let sentence = format!("Enter how many workspaces to make, from 1 to {MOST_AT_ONCE}");
        return Err(("count", sentence));
    };
    let base = sent.name.trim();
    let texts: Vec<String> = if count == 1 {
        vec![base.to_owned()]
    } else {
        (1..=count).map(|number| format!("{base}-{number:02}")).collect()
    };
    let names = texts.iter().map(|text| WorkspaceName::new(text));
    names
        .collect::<Result<_, _>>()
        .map_err(|error| ("name", error.to_string()))
}

async fn page(
    app: &App,
    request: &HeaderMap,
    sent: Sent,
    problem: Option<Problem>,
) -> Result<WorkspacesPage, AppError> {
    let origin = super::origin(request, app);
    let rows = app.workspaces.list().await?.into_iter().map(|workspace| {
        let name = workspace.name.to_string();
        let path = app
            .access
            .as_ref()
            .map_or_else(|| format!("/w/{name}"), |access| access.link(&name));
        WorkspaceRow {
            made: words::moment(workspace.created_at),
            link: format!("{origin}{path}"),
            name,
        }
    });
    Ok(WorkspacesPage {
        frame: Frame {
            heading: "Workspaces".to_owned(),
            section: None,
            workspace: None,
            problem: problem.is_some(),
        },
        workspaces: rows.collect(),
        asks: app.access.is_some(),
        sent,
        problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_numbers() {
        let asked = |name: &str, count: &str| {
            let sent = Sent {
                name: name.to_owned(),
                count: count.to_owned(),
            };
            names(&sent).map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(asked(" ward-7 ", "1").unwrap(), ["ward-7"]);
        assert_eq!(asked("ward", "3").unwrap(), ["ward-01", "ward-02", "ward-03"]);
        assert_eq!(asked("ward", "60").unwrap().len(), 60);
        for (name, count, field, word) in [
            ("ward", "0", "count", "from 1 to 60"),
            ("ward", "61", "count", "from 1 to 60"),
            ("ward", "x", "count", "from 1 to 60"),
            ("ward", "-1", "count", "from 1 to 60"),
            ("Ward!", "1", "name", "not a name"),
            ("", "2", "name", "not a name"),
        ] {
            let (at, problem) = asked(name, count).unwrap_err();
            assert_eq!(at, field);
            assert!(problem.contains(word), "{problem}");
        }
    }
}
