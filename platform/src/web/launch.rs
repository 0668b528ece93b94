//! The page that launches an app from inside a record, as an electronic patient record would (SMART App Launch).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use mock_nhs_interfaces::{LaunchContext, SimulatedError};
use serde::Deserialize;

use super::page::{Frame, render};
use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;
use crate::web::extract::{Form, Path};

/// Longest launch address, in characters.
const ADDRESS_CHARS: usize = 1_000;

/// The form, and the launch when one was begun.
#[derive(Debug, Template)]
#[template(path = "launch.html")]
struct LaunchPage {
    frame: Frame,
    workspace: String,
    fhir: String,
    address: String,
    patient: String,
    practitioner: String,
    errors: Vec<(&'static str, &'static str, bool)>,
    launched: Option<String>,
    problem: Option<String>,
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    address: String,
    patient: String,
    practitioner: String,
    error: String,
}

/// `GET /w/{workspace}/launch`
pub(super) async fn read_launch(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: HeaderMap,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let fhir = fhir(&app, &workspace, &request);
    Ok(render(
        StatusCode::OK,
        &page(&workspace, fhir, Sent::default(), None, None),
    ))
}

/// `POST /w/{workspace}/launch`
pub(super) async fn launch(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let fhir = fhir(&app, &workspace, &request);
    let Some(base) = launch_address(&sent.address) else {
        let problem = "Enter the launch address of your app; it starts with http:// or https://.".to_owned();
        let page = page(&workspace, fhir, sent, None, Some(problem));
        return Ok(render(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let context = LaunchContext {
        patient: filled(&sent.patient),
        practitioner: filled(&sent.practitioner),
        simulated_error: SimulatedError::from_name(&sent.error),
    };
    let tenant = app.smart_tenant(&workspace, fhir.clone(), fhir.clone());
    let name = app.smart.launch(&tenant, context);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("iss", &fhir).append_pair("launch", &name);
    let between = if base.contains('?') { '&' } else { '?' };
    let launched = format!("{base}{between}{}", query.finish());
    Ok(render(
        StatusCode::OK,
        &page(&workspace, fhir, sent, Some(launched), None),
    ))
}

/// An address that a browser opens and that runs nothing.
fn launch_address(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    let is_fit = text.len() <= ADDRESS_CHARS && text.bytes().all(|byte| byte.is_ascii_graphic());
    (is_web && is_fit && !text.contains('#')).then_some(text)
}

fn fhir(app: &App, workspace: &Workspace, request: &HeaderMap) -> String {
    format!("{}/w/{}/fhir", super::origin(request, app), workspace.name)
}

fn page(
    workspace: &Workspace,
    fhir: String,
    sent: Sent,
    launched: Option<String>,
    problem: Option<String>,
) -> LaunchPage {
    LaunchPage {
        frame: Frame {
            heading: "Launch an app from a record".to_owned(),
            section: Some(format!("Workspace {}", workspace.name)),
            workspace: Some(workspace.name.to_string()),
            problem: problem.is_some(),
        },
        workspace: workspace.name.to_string(),
        fhir,
        errors: SimulatedError::ALL
            .into_iter()
            .map(|error| (error.name(), error.title(), error.name() == sent.error))
            .collect(),
        address: sent.address,
        patient: sent.patient,
        practitioner: sent.practitioner,
        launched,
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::launch_address;

    #[test]
    fn only_addresses_of_pages_are_launched() {
        for (text, expected) in [
            (
                " http://127.0.0.1:9000/launch.html ",
                Some("http://127.0.0.1:9000/launch.html"),
            ),
            ("https://example.org/?a=b", Some("https://example.org/?a=b")),
            ("javascript:alert(1)", None),
            ("https://example.org/#x", None),
            ("https://example.org/a b", None),
            ("", None),
        ] {
            assert_eq!(launch_address(text), expected, "{text}");
        }
    }
}
