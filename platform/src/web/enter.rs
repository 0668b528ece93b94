//! The way in where the server asks who callers are: `GET /`, the link of a workspace, and the trainer's password.
//!
//! On loopback nothing is asked: `/` is the workspace that every installation starts with.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::page::{Frame, render};
use super::workspace::{self, Prefilled};
use crate::access::{Access, Caller, KEY_KEPT, SESSION, TRAINER_COOKIE, WORKSPACE_COOKIE};
use crate::app::App;
use crate::error::AppError;
use crate::model::WorkspaceName;
use crate::web::extract::{Form, Path, Query};

/// The page where people without a cookie come in, and those with several workspaces choose.
#[derive(Debug, Template)]
#[template(path = "enter.html")]
struct EnterPage {
    frame: Frame,
    /// Workspaces that this browser has been in.
    known: Vec<String>,
    /// What was wrong with the link.
    link_problem: Option<&'static str>,
    /// What was wrong with the password.
    password_problem: Option<&'static str>,
}

impl EnterPage {
    fn new(known: Vec<String>) -> Self {
        Self {
            frame: Frame {
                heading: "Open your workspace".to_owned(),
                section: None,
                workspace: None,
                problem: false,
            },
            known,
            link_problem: None,
            password_problem: None,
        }
    }

    fn with_problems(link: Option<&'static str>, password: Option<&'static str>) -> Self {
        let mut page = Self::new(Vec::new());
        page.frame.problem = true;
        page.link_problem = link;
        page.password_problem = password;
        page
    }
}

/// `GET /`: the only workspace there is to see, or the choice between several, or the way in.
pub(super) async fn read_home(
    State(app): State<Arc<App>>,
    prefilled: Query<Prefilled>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    let Some(access) = &app.access else {
        return workspace::read_home(State(app), prefilled, request).await;
    };
    let Caller {
        is_trainer,
        workspaces,
        ..
    } = access.caller(&request, app.clock.now())?;
    if is_trainer {
        return Ok(Redirect::to("/workspaces").into_response());
    }
    if let [only] = &workspaces[..] {
        return Ok(Redirect::to(&format!("/w/{only}")).into_response());
    }
    Ok(render(StatusCode::OK, &EnterPage::new(workspaces)))
}

/// `GET /enter/{workspace}/{key}`: what a link leads to. The browser keeps the key, so that the workspace's address is enough from
/// then on; the link goes on working, on other devices too.
pub(super) async fn follow_link(
    State(app): State<Arc<App>>,
    Path((name, key)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    let Some(access) = &app.access else {
        // Nothing is asked here: the link of another day leads to the same place.
        let workspace = app.workspace(&name).await?;
        return Ok(Redirect::to(&format!("/w/{}", workspace.name)).into_response());
    };
    match opened(&app, access, &name, &key, &request).await? {
        Some(response) => Ok(response),
        None => Ok(refused_link()),
    }
}

/// What people paste into the form.
#[derive(Debug, Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    link: String,
}

/// `POST /enter`: the same for a link that is typed or pasted.
pub(super) async fn enter(
    State(app): State<Arc<App>>,
    request: HeaderMap,
    Form(Link { link }): Form<Link>,
) -> Result<Response, AppError> {
    let Some(access) = &app.access else {
        return Ok(Redirect::to("/").into_response());
    };
    // Mail programs and people break links; what counts is at the end.
    let link: String = link
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let mut parts = link.trim_end_matches('/').rsplit('/');
    let (key, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match opened(&app, access, name, key, &request).await? {
        Some(response) => Ok(response),
        None => Ok(refused_link()),
    }
}

/// On to the workspace with its key in a cookie; `None` for a link that opens nothing.
async fn opened(
    app: &App,
    access: &Access,
    name: &str,
    key: &str,
    request: &HeaderMap,
) -> Result<Option<Response>, AppError> {
    let Ok(name) = WorkspaceName::new(name) else {
        return Ok(None);
    };
    // A key follows from a name, also from one that nobody has taken yet.
    if !access.opens(name.as_str(), key) || app.workspaces.find(&name).await?.is_none() {
        return Ok(None);
    }
    let cookie = cookie(
        app,
        request,
        &format!("{WORKSPACE_COOKIE}{name}"),
        key,
        KEY_KEPT.as_secs(),
    )?;
    let to = Redirect::to(&format!("/w/{name}"));
    Ok(Some(([(header::SET_COOKIE, cookie)], to).into_response()))
}

fn refused_link() -> Response {
    let problem = "Enter the whole link of your workspace, as your trainer gave it to you";
    let page = EnterPage::with_problems(Some(problem), None);
    render(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What the trainer types.
#[derive(Deserialize)]
pub(super) struct Password {
    #[serde(default)]
    password: String,
}

/// `POST /trainer`
pub(super) async fn log_in(
    State(app): State<Arc<App>>,
    request: HeaderMap,
    Form(Password { password }): Form<Password>,
) -> Result<Response, AppError> {
    let Some(access) = &app.access else {
        return Ok(Redirect::to("/workspaces").into_response());
    };
    if !access.is_password(&password)? {
        let page = EnterPage::with_problems(None, Some("The password is not right"));
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let session = access.session(app.clock.now());
    let cookie = cookie(&app, &request, TRAINER_COOKIE, &session, SESSION.as_secs())?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/workspaces")).into_response())
}

/// `POST /leave`: the browser forgets everything that opens something here.
pub(super) async fn leave(State(app): State<Arc<App>>, request: HeaderMap) -> Result<Response, AppError> {
    let mut response = Redirect::to("/").into_response();
    if let Some(access) = &app.access {
        let caller = access.caller(&request, app.clock.now())?;
        let workspaces = caller
            .workspaces
            .iter()
            .map(|name| format!("{WORKSPACE_COOKIE}{name}"));
        for name in workspaces.chain([TRAINER_COOKIE.to_owned()]) {
            let cookie = cookie(&app, &request, &name, "", 0)?;
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// A cookie that scripts cannot read and that other sites' pages do not bring along (RFC 6265bis section 4.1.2).
fn cookie(
    app: &App,
    request: &HeaderMap,
    name: &str,
    value: &str,
    seconds: u64,
) -> Result<HeaderValue, AppError> {
    let encrypted = super::origin(request, app).starts_with("https://");
    let secure = if encrypted { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(text).map_err(|error| AppError::Internal(error.to_string()))
}
