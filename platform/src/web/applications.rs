//! The page of a workspace's applications: one form registers one and makes its keys, which are shown once.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use mock_nhs_interfaces::auth::{
    Access, Application, ApplicationsError, CallbackUrl, ClientType, MadeKeys, NewApplication,
};
use serde::Deserialize;

use super::page::{Frame, render};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::extract::{Form, Path};

/// The list and the form.
#[derive(Debug, Template)]
#[template(path = "applications.html")]
struct ApplicationsPage {
    frame: Frame,
    workspace: String,
    applications: Vec<Row>,
    access: Vec<Choice>,
    client_types: Vec<Choice>,
    title: String,
    callback: String,
    /// The id of the field that is wrong, and why.
    problem: Option<(&'static str, String)>,
}

impl ApplicationsPage {
    fn sentence_at(&self, field: &str) -> Option<&str> {
        let here = self.problem.as_ref().filter(|(at, _)| *at == field);
        here.map(|(_, sentence)| sentence.as_str())
    }
}

/// One application in the list.
#[derive(Debug)]
struct Row {
    title: String,
    api_key: String,
    secret: String,
    access: String,
    callbacks: String,
}

/// One box to tick.
#[derive(Debug)]
struct Choice {
    value: &'static str,
    title: &'static str,
    chosen: bool,
}

/// What was just made.
#[derive(Template)]
#[template(path = "application_made.html")]
struct MadePage {
    frame: Frame,
    workspace: String,
    api_key: String,
    secret: String,
    kid: String,
    private_key: String,
    token_url: String,
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    title: String,
    callback: String,
    client_type: String,
    application: Option<String>,
    #[serde(rename = "healthcare-worker")]
    healthcare_worker: Option<String>,
    patient: Option<String>,
}

impl Sent {
    fn has(&self, access: Access) -> bool {
        match access {
            Access::Application => self.application.is_some(),
            Access::HealthcareWorker => self.healthcare_worker.is_some(),
            Access::Patient => self.patient.is_some(),
        }
    }

    fn read(&self) -> Result<NewApplication, ApplicationsError> {
        let callback_urls = self.callback.split_whitespace().map(CallbackUrl::new);
        Ok(NewApplication {
            title: self.title.clone(),
            access: Access::ALL
                .into_iter()
                .filter(|access| self.has(*access))
                .collect(),
            callback_urls: callback_urls.collect::<Result<_, _>>()?,
            client_type: match self.client_type.as_str() {
                "" => ClientType::default(),
                name => ClientType::from_name(name).ok_or(ApplicationsError::ClientType)?,
            },
        })
    }
}

/// `GET /w/{workspace}/applications`
pub(super) async fn read_applications(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let all = Sent {
        application: Some(String::new()),
        healthcare_worker: Some(String::new()),
        patient: Some(String::new()),
        ..Sent::default()
    };
    let page = page(&app, &workspace, &all, None).await?;
    Ok(render(StatusCode::OK, &page))
}

/// `POST /w/{workspace}/applications`
pub(super) async fn register_application(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let made = match sent.read() {
        Ok(new) => app.register_application_with_keys(&workspace, new).await,
        Err(error) => Err(error.into()),
    };
    match made {
        Ok((application, made)) => Ok(render(
            StatusCode::CREATED,
            &made_page(&app, &workspace, application, made),
        )),
        Err(AppError::Applications(why)) => {
            let field = field(&why);
            let error = AppError::Applications(why);
            let public = error.public();
            if !public.status.is_client_error() {
                return Err(error);
            }
            let page = page(&app, &workspace, &sent, Some((field, public.detail))).await?;
            Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(error) => Err(error),
    }
}

/// The id of the field that a refusal is about.
fn field(why: &ApplicationsError) -> &'static str {
    match why {
        ApplicationsError::TooManyCallbackUrls | ApplicationsError::CallbackUrl(_) => "callback",
        ApplicationsError::Store(_)
        | ApplicationsError::Row(_)
        | ApplicationsError::TooMany
        | ApplicationsError::Title
        | ApplicationsError::Keys(_)
        | ApplicationsError::KeysUrl
        | ApplicationsError::NotMade
        | ApplicationsError::Access
        | ApplicationsError::ClientType
        | ApplicationsError::Unknown => "title",
    }
}

/// `POST /w/{workspace}/applications/{application}/remove`
pub(super) async fn remove_application(
    State(app): State<Arc<App>>,
    Path((workspace, api_key)): Path<(String, String)>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    app.nhs.applications().remove(workspace.id, &api_key).await?;
    Ok(Redirect::to(&format!("/w/{}/applications", workspace.name)).into_response())
}

async fn page(
    app: &App,
    workspace: &Workspace,
    sent: &Sent,
    problem: Option<(&'static str, String)>,
) -> Result<ApplicationsPage, AppError> {
    let applications = app.nhs.applications().list(workspace.id).await?;
    Ok(ApplicationsPage {
        frame: Frame {
            heading: "Applications and keys".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: problem.is_some(),
        },
        workspace: workspace.name.to_string(),
        applications: applications.into_iter().map(row).collect(),
        access: Access::ALL
            .into_iter()
            .map(|access| Choice {
                value: access.name(),
                title: access.title(),
                chosen: sent.has(access),
            })
            .collect(),
        client_types: ClientType::ALL
            .into_iter()
            .map(|kind| Choice {
                value: kind.name(),
                title: kind.title(),
                chosen: sent.client_type == kind.name()
                    || (sent.client_type.is_empty() && kind == ClientType::default()),
            })
            .collect(),
        title: sent.title.clone(),
        callback: sent.callback.clone(),
        problem,
    })
}

fn row(application: Application) -> Row {
    let access: Vec<&str> = application.access.iter().map(|access| access.title()).collect();
    let callbacks: Vec<String> = application.callback_urls.into_iter().map(String::from).collect();
    Row {
        title: application.title,
        api_key: application.api_key,
        secret: application.secret,
        access: access.join("; "),
        callbacks: callbacks.join(" "),
    }
}

fn made_page(app: &App, workspace: &Workspace, application: Application, made: MadeKeys) -> MadePage {
    MadePage {
        frame: Frame {
            heading: format!("{} is registered", application.title),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: false,
        },
        workspace: workspace.name.to_string(),
        api_key: application.api_key,
        secret: application.secret,
        kid: made.kid,
        private_key: made.private_key,
        token_url: format!(
            "{}/oauth2/token",
            app.nhs_base(workspace, mock_nhs_interfaces::Profile::Int)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(problem: Option<&str>) -> ApplicationsPage {
        ApplicationsPage {
            frame: Frame {
                heading: "Applications and keys".to_owned(),
                section: None,
                workspace: Some("demo".to_owned()),
                problem: problem.is_some(),
            },
            workspace: "demo".to_owned(),
            applications: vec![Row {
                title: "<Ward board>".to_owned(),
                api_key: "KEY1".to_owned(),
                secret: "SECRET1".to_owned(),
                access: "everybody".to_owned(),
                callbacks: "https://example.org/callback".to_owned(),
            }],
            access: vec![Choice {
                value: "patient",
                title: "Patients",
                chosen: true,
            }],
            client_types: Vec::new(),
            title: "\"x".to_owned(),
            callback: String::new(),
            problem: problem.map(|sentence| ("title", sentence.to_owned())),
        }
    }

    #[test]
    fn the_page_escapes_what_people_typed_and_keeps_it() {
        let html = shown(Some("A sentence.")).render().unwrap();
        assert!(html.contains("&#60;Ward board&#62;") && !html.contains("<Ward board>"));
        assert!(html.contains("value=\"&#34;x\"") && html.contains("A sentence."));
        assert!(html.contains("name=\"patient\"") && html.contains("checked"));
        assert!(html.contains("/w/demo/applications/KEY1/remove"));
        assert!(!shown(None).render().unwrap().contains("error-summary"));
    }
}
