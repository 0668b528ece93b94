//! `POST /w/{workspace}/deploy`: the form's way to a new version; what is wrong comes back in the form itself.

mod chosen;
pub(super) mod form;
mod read;

use std::sync::Arc;

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode, header};

use self::chosen::Chosen;
use self::form::{DeployField, DeployForm, FormProblem};
use super::page::render;
use super::words;
use super::workspace::WorkspacePage;
use crate::app::App;
use crate::deploy::{Order, Sent, deploy_sent};
use crate::error::AppError;
use crate::middleware::body;
use crate::model::{Activate, AppName, Origin, Workspace};
use crate::web::extract::Path;

/// Why nothing was deployed.
#[derive(Debug)]
enum Refusal {
    /// The form itself is not filled in as it has to be.
    Form(FormProblem),
    /// What it holds cannot be deployed, or the server fails.
    App(AppError),
}

impl From<FormProblem> for Refusal {
    fn from(problem: FormProblem) -> Self {
        Self::Form(problem)
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

/// `POST /w/{workspace}/deploy`
pub(super) async fn deploy_app(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let limit_bytes = app.config.limits.component_bytes;
    let form = form.map_err(|_| not_a_form(&request))?;
    let mut chosen = Chosen::default();
    let _room = app.uploads.enter(&request, limit_bytes).await;
    let limit = usize::try_from(limit_bytes).unwrap_or(usize::MAX);
    // A form that trickles in must not hold its room for ever.
    let read = tokio::time::timeout(body::WHOLE, read::read(form, limit, &mut chosen));
    let read = read.await.unwrap_or_else(|_late| Err(read::too_slow()));
    let (name, script) = (chosen.name.clone(), chosen.script.clone());
    let (status, problem) = match read {
        // What came of a form that is too large says which part of it was.
        Err(error) => {
            let field = chosen.field().unwrap_or(DeployField::Files);
            problem_of(error, field)?
        }
        Ok(()) => match chosen.field() {
            Err(problem) => (StatusCode::BAD_REQUEST, problem),
            Ok(field) => match deploy_chosen(&app, &workspace, chosen, field).await {
                Ok(address) => return Ok(Redirect::to(&address).into_response()),
                Err(Refusal::Form(problem)) => (StatusCode::BAD_REQUEST, problem),
                Err(Refusal::App(error)) => problem_of(error, field)?,
            },
        },
    };
    let form = DeployForm {
        name,
        script,
        problem: Some(problem),
    };
    let page = WorkspacePage::load(&app, &workspace, form, super::origin(&request, &app)).await?;
    Ok(render(status, &page))
}

async fn deploy_chosen(
    app: &Arc<App>,
    workspace: &Workspace,
    chosen: Chosen,
    field: DeployField,
) -> Result<String, Refusal> {
    let (name, sent): (AppName, Sent) = chosen.into_sent(field)?;
    let page = super::app::page_address(&workspace.name, &name);
    let order = Order {
        workspace: workspace.clone(),
        name,
        origin: Origin::Deployed,
        activate: Activate::Now,
    };
    let (_, version) = deploy_sent(app, order, sent).await?;
    Ok(format!("{page}?deployed={}", version.number))
}

/// The problem at the field that can mend it.
///
/// # Errors
/// Gives back what no field can mend.
fn problem_of(error: AppError, field: DeployField) -> Result<(StatusCode, FormProblem), AppError> {
    let status = error.public().status;
    if status == StatusCode::CONFLICT || !status.is_client_error() {
        return Err(error);
    }
    let is_name = matches!(error, AppError::Name(_));
    let field = if is_name { DeployField::Name } else { field };
    let mut problem = FormProblem::of(&error, field);
    // The table speaks of bodies and bytes; who chose a file thinks of neither.
    if let AppError::BodyTooLarge { limit_bytes } = error {
        problem.sentence = too_large(limit_bytes);
    }
    Ok((status, problem))
}

fn too_large(limit_bytes: u64) -> String {
    let limit = words::bytes(limit_bytes);
    format!(
        "What you chose is larger than {limit}, the most an app may have. Build a component for release, without debug information; leave out of a folder what the app does not need."
    )
}

fn not_a_form(request: &HeaderMap) -> AppError {
    let found = request
        .get(header::CONTENT_TYPE)
        .and_then(|found| found.to_str().ok());
    AppError::MediaType {
        expected: "multipart/form-data",
        found: found.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_told_in_the_words_of_files() {
        let error = AppError::BodyTooLarge {
            limit_bytes: 32 << 20,
        };
        let (status, problem) = problem_of(error, DeployField::Folder).unwrap();
        assert_eq!(
            (status, problem.field),
            (StatusCode::PAYLOAD_TOO_LARGE, DeployField::Folder)
        );
        assert!(
            problem
                .sentence
                .starts_with("What you chose is larger than 32 MiB, the most")
        );
    }

    #[test]
    fn an_error_is_shown_at_the_field_that_can_mend_it() {
        let name = AppName::new("X").unwrap_err();
        let (_, problem) = problem_of(AppError::Name(name), DeployField::Files).unwrap();
        assert_eq!(problem.field, DeployField::Name);
        for error in [
            AppError::StorageRefuses("full".to_owned()),
            AppError::DeployContended,
        ] {
            assert!(problem_of(error, DeployField::Files).is_err());
        }
    }
}
