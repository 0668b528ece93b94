//! `POST /w/{workspace}/deploy`: the form's way to a new version; what is wrong comes back in the form itself.

use std::sync::Arc;

use axum::extract::multipart::{Field, Multipart, MultipartError, MultipartRejection};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};

use super::page::render;
use super::words;
use super::workspace::{DeployField, DeployForm, FormProblem, WorkspacePage};
use crate::app::App;
use crate::deploy::deploy;
use crate::error::AppError;
use crate::middleware::body;
use crate::model::{AppName, Origin, Workspace};

/// The longest name that is read, in bytes; a name has 39 characters at most, and a wrong one is shown again.
const NAME_BYTES: usize = 200;

/// How much of an oversized upload is read and thrown away, in times of the limit.
///
/// A browser that is answered while it still sends shows "connection reset" in place of our sentence.
const PATIENCE: usize = 8;

/// What the form sent.
#[derive(Debug, Default)]
struct Sent {
    name: String,
    /// The name of the file without its extension.
    file_stem: String,
    component: Bytes,
}

/// `POST /w/{workspace}/deploy`
pub(super) async fn deploy_app(
    State(app): State<Arc<App>>,
    Path(workspace): Path<String>,
    request: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, AppError> {
    let workspace = app.workspace(&workspace).await?;
    let limit = usize::try_from(app.config.limits.component_bytes).unwrap_or(usize::MAX);
    let form = form.map_err(|_| not_a_form(&request))?;
    let mut sent = Sent::default();
    let _room = app
        .uploads
        .enter(&request, app.config.limits.component_bytes)
        .await;
    // A form that trickles in must not hold its room for ever.
    let outcome = match tokio::time::timeout(body::WHOLE, read(form, limit, &mut sent)).await {
        Ok(Ok(())) => deploy_sent(&app, &workspace, &sent).await,
        Ok(Err(error)) => Err(error),
        Err(_late) => Err(too_slow()),
    };
    let error = match outcome {
        Ok(address) => return Ok(Redirect::to(&address).into_response()),
        Err(error) => error,
    };
    let Some(field) = field_of(&error) else {
        return Err(error);
    };
    let public = error.public();
    // The table speaks of bodies and bytes; who chose a file thinks of neither.
    let sentence = if let AppError::BodyTooLarge { limit_bytes } = error {
        too_large(limit_bytes)
    } else {
        public.detail
    };
    let form = DeployForm {
        name: sent.name,
        problem: Some(FormProblem { field, sentence }),
    };
    let page = WorkspacePage::load(&app, &workspace, form, super::origin(&request, &app)).await?;
    Ok(render(public.status, &page))
}

fn too_large(limit_bytes: u64) -> String {
    let limit = words::bytes(limit_bytes);
    format!(
        "The file is larger than {limit}, the most a component may have; build it for release, without debug information."
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

async fn deploy_sent(app: &Arc<App>, workspace: &Workspace, sent: &Sent) -> Result<String, AppError> {
    if sent.component.is_empty() {
        return Err(AppError::Malformed(
            "Choose a component: a file that ends in .wasm and is not empty.",
        ));
    }
    let name = name_of(sent)?;
    let (_, version) = deploy(app, workspace, &name, sent.component.clone(), Origin::Deployed).await?;
    let page = super::app::page_address(&workspace.name, &name);
    Ok(format!("{page}?deployed={}", version.number))
}

/// The name that was filled in, else one made from the file's.
fn name_of(sent: &Sent) -> Result<AppName, AppError> {
    let name = sent.name.trim();
    Ok(if name.is_empty() {
        AppName::from_text(&sent.file_stem)?
    } else {
        AppName::new(name)?
    })
}

/// The field that an error is about; `None` for errors that no field can mend.
fn field_of(error: &AppError) -> Option<DeployField> {
    let is_name = matches!(error, AppError::Name(_));
    let is_component =
        error.public().status != StatusCode::CONFLICT && error.public().status.is_client_error();
    match (is_name, is_component) {
        (true, _) => Some(DeployField::Name),
        (false, true) => Some(DeployField::Component),
        (false, false) => None,
    }
}

async fn read(mut form: Multipart, limit: usize, sent: &mut Sent) -> Result<(), AppError> {
    while let Some(mut field) = in_time(form.next_field()).await? {
        match field.name() {
            Some("name") => {
                let bytes = read_field(&mut field, NAME_BYTES).await?;
                sent.name = String::from_utf8_lossy(&bytes).into_owned();
            }
            Some("component") => {
                sent.file_stem = stem(field.file_name().unwrap_or_default()).to_owned();
                sent.component = read_field(&mut field, limit).await?;
            }
            _ => {
                let _unknown = read_field(&mut field, NAME_BYTES).await?;
            }
        }
    }
    Ok(())
}

async fn read_field(field: &mut Field<'_>, limit: usize) -> Result<Bytes, AppError> {
    let mut kept = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(chunk) = in_time(field.chunk()).await? {
        seen = seen.saturating_add(chunk.len());
        if seen <= limit {
            kept.extend_from_slice(&chunk);
        } else if seen > limit.saturating_mul(PATIENCE) {
            break;
        }
    }
    if seen > limit {
        return Err(AppError::BodyTooLarge {
            limit_bytes: u64::try_from(limit).unwrap_or(u64::MAX),
        });
    }
    Ok(kept.freeze())
}

async fn in_time<T>(step: impl Future<Output = Result<T, MultipartError>>) -> Result<T, AppError> {
    let outcome = tokio::time::timeout(body::IDLE, step).await;
    outcome
        .map_err(|_| too_slow())?
        .map_err(|error| AppError::BodyBroken(error.body_text()))
}

fn too_slow() -> AppError {
    AppError::BodyTooSlow {
        idle_s: body::IDLE.as_secs(),
    }
}

/// The file's name without folders and extension.
fn stem(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.strip_suffix(".wasm")
        .or_else(|| name.strip_suffix(".component"))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_comes_from_the_field_or_from_the_file() {
        for (name, file, expected) in [
            ("my-app", "other.wasm", Some("my-app")),
            (" my-app ", "", Some("my-app")),
            ("", "C:\\Users\\me\\Patient_Lookup.wasm", Some("patient-lookup")),
            ("My App", "other.wasm", None),
            ("", "", None),
        ] {
            let sent = Sent {
                name: name.to_owned(),
                file_stem: stem(file).to_owned(),
                component: Bytes::new(),
            };
            assert_eq!(
                name_of(&sent).ok().as_ref().map(AppName::as_str),
                expected,
                "{name:?} {file:?}"
            );
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_told_in_the_words_of_files() {
        assert!(
            too_large(32 << 20).starts_with("The file is larger than 32 MiB, the most a component may have;")
        );
    }

    #[test]
    fn an_error_is_shown_at_the_field_that_can_mend_it() {
        let name = AppName::new("X").unwrap_err();
        assert_eq!(field_of(&AppError::Name(name)), Some(DeployField::Name));
        assert_eq!(
            field_of(&AppError::BodyTooLarge { limit_bytes: 1 }),
            Some(DeployField::Component)
        );
        assert_eq!(field_of(&AppError::StorageRefuses("full".to_owned())), None);
        assert_eq!(field_of(&AppError::DeployContended), None);
    }
}
