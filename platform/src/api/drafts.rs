//! What is being written in the browser: read, kept, thrown away, and made into a version that answers.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Request, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::described::ChangeRefused;
use super::extract::{InApp, json_body};
use super::versions::VersionDocument;
use crate::app::App;
use crate::data::{Draft, DraftFile, Written};
use crate::draft::{self, Editable};
use crate::error::{AppError, Unfit};
use crate::model::FilePath;

/// The largest texts and the longest undo, every character of them escaped once.
const BODY_BYTES: u64 = 4 * 1024 * 1024;

/// The app folder as it is being written.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct DraftDocument {
    /// The version that it began from.
    #[schema(example = 3)]
    pub(crate) version: u32,
    /// Whether somebody has written something; otherwise these are the files of the version that answers.
    pub(crate) kept: bool,
    /// What to send as `If-Match`, so that nobody writes over another unseen; absent where nothing is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "\"42\"")]
    pub(crate) etag: Option<String>,
    /// Its text files.
    pub(crate) files: Vec<DraftFileDocument>,
    /// Its other files, which cannot be changed here and go into every version.
    pub(crate) others: Vec<OtherFileDocument>,
    /// What the editor kept to undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) undo: Option<String>,
}

/// A text file.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftFileDocument {
    /// Its path in the app folder.
    #[schema(example = "app.js")]
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A file that is no text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct OtherFileDocument {
    #[schema(example = "public/photo.jpg")]
    pub(crate) path: String,
    pub(crate) size_bytes: usize,
}

/// What is to be kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftOrder {
    /// The version that it began from.
    pub(crate) version: u32,
    /// All text files: one that is not here is gone.
    pub(crate) files: Vec<DraftFileDocument>,
    /// What the editor wants to have back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) undo: Option<String>,
}

/// What was kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct KeptDraft {
    /// What to send as `If-Match` next time.
    #[schema(example = "\"43\"")]
    pub(crate) etag: String,
}

fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}

/// Reads the app folder as it is being written: the draft, or the files of the version that answers.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/draft",
    tag = "drafts",
    params(InApp),
    responses(
        (status = OK, description = "The files", body = DraftDocument),
        InApp,
        (status = CONFLICT, description = "The app is a component that was built elsewhere", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "The files are too large to be edited here", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read_draft(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
) -> Result<([(header::HeaderName, &'static str); 1], Json<DraftDocument>), AppError> {
    let Editable {
        draft,
        revision,
        others,
    } = draft::load(&app, &workspace, &deployed).await?;
    let files = draft.files.into_iter().map(|file| DraftFileDocument {
        path: file.path.to_string(),
        text: file.text,
    });
    let others = others.into_iter().map(|(path, size_bytes)| OtherFileDocument {
        path: path.to_string(),
        size_bytes,
    });
    let document = DraftDocument {
        version: draft.version,
        kept: revision.is_some(),
        etag: revision.map(etag),
        files: files.collect(),
        others: others.collect(),
        undo: draft.undo,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(document)))
}

/// Keeps the app folder as it is being written; nothing runs differently before it is run.
///
/// With `If-Match` only if nobody wrote since, with `If-None-Match: *` only if nobody has written yet.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/draft",
    tag = "drafts",
    params(
        InApp,
        ("If-Match" = Option<String>, Header, description = "The `etag` of the draft that this one follows"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only if there is no draft")
    ),
    request_body = DraftOrder,
    responses(
        (status = OK, description = "The draft is kept", body = KeptDraft),
        (status = BAD_REQUEST, description = "The body broke off", body = crate::error::Problem, content_type = "application/problem+json"),
        InApp,
        (status = REQUEST_TIMEOUT, description = "The body stopped coming", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PRECONDITION_FAILED, description = "Somebody wrote in between", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "The files are too large", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The body is not JSON", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The body is no draft, or a path cannot be that of a file", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn put_draft(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
    request: Request<Body>,
) -> Result<Json<KeptDraft>, AppError> {
    let written = written(request.headers())?;
    let order: DraftOrder = json_body(
        request,
        BODY_BYTES,
        "The body must be a draft: {\"version\": 3, \"files\": [{\"path\": \"app.js\", \"text\": \"…\"}]}, and nothing else.",
    )
    .await?;
    let draft = draft_of(order)?;
    let revision = app
        .drafts
        .put(workspace.id, &deployed.name, &draft, written)
        .await?;
    Ok(Json(KeptDraft { etag: etag(revision) }))
}

/// What must hold, from the headers.
fn written(headers: &HeaderMap) -> Result<Written, AppError> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (None, None) => Ok(Written::Anyhow),
        (None, Some("*")) => Ok(Written::First),
        (Some(tag), None) => {
            let inner = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            let revision = inner.and_then(|inner| inner.parse().ok());
            // A tag that was never ours is the tag of no draft.
            Ok(Written::After(revision.unwrap_or(u64::MAX)))
        }
        (Some(_) | None, Some(_)) => Err(AppError::Malformed(
            "A draft takes If-Match with its etag, or If-None-Match with an asterisk.",
        )),
    }
}

fn draft_of(order: DraftOrder) -> Result<Draft, AppError> {
    let files = order.files.into_iter().map(|file| {
        let path = FilePath::new(&file.path)?;
        Ok(DraftFile {
            path,
            text: file.text,
        })
    });
    Ok(Draft {
        version: order.version,
        files: files.collect::<Result<_, Unfit>>()?,
        undo: order.undo,
    })
}

/// Throws the draft away: from then on the files are those of the version that answers.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/draft",
    tag = "drafts",
    params(InApp),
    responses(
        (status = NO_CONTENT, description = "There is no draft"),
        InApp,
        ChangeRefused
    )
)]
pub(crate) async fn delete_draft(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
) -> Result<StatusCode, AppError> {
    app.drafts.delete(workspace.id, &deployed.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the app folder as it is being written the app's next version, which answers at once.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/apps/{app}/draft/run",
    tag = "drafts",
    params(InApp),
    responses(
        (status = CREATED, description = "The version answers", body = VersionDocument),
        InApp,
        (status = CONFLICT, description = "The app is a component that was built elsewhere, or other deploys kept coming first", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "The files cannot be used; the code and the sentence say why, and where in which file", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = TOO_MANY_REQUESTS, description = "The app was deployed too often within a minute, or too much of the workspace waits for the compiler", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn run_draft(
    State(app): State<Arc<App>>,
    InApp {
        workspace,
        app: deployed,
    }: InApp,
) -> Result<(StatusCode, Json<VersionDocument>), AppError> {
    let Editable { draft, .. } = draft::load(&app, &workspace, &deployed).await?;
    let (deployed, version) = draft::run(&app, &workspace, &deployed, &draft).await?;
    let document = VersionDocument::of(&app, &workspace, &deployed, version);
    Ok((StatusCode::CREATED, Json(document)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn conditions_are_those_of_http() {
        let of = |pairs: &[(header::HeaderName, &'static str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            written(&pairs.collect())
        };
        assert_eq!(of(&[]).unwrap(), Written::Anyhow);
        assert_eq!(of(&[(header::IF_NONE_MATCH, "*")]).unwrap(), Written::First);
        assert_eq!(of(&[(header::IF_MATCH, "\"7\"")]).unwrap(), Written::After(7));
        assert_eq!(
            of(&[(header::IF_MATCH, "W/\"7\"")]).unwrap(),
            Written::After(u64::MAX)
        );
        assert!(of(&[(header::IF_NONE_MATCH, "\"7\"")]).is_err());
        assert!(of(&[(header::IF_NONE_MATCH, "*"), (header::IF_MATCH, "\"7\"")]).is_err());
    }
}
