//! What pages ask of the workspace's own FHIR server: in process, and past the faults that apps are to meet.

use axum::body::Body;
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;

use crate::app::App;
use crate::error::AppError;
use crate::model::Workspace;

/// Longest answer that a page is made of, in bytes.
const MOST_BYTES: usize = 8 << 20;

/// A question.
#[derive(Debug, Default)]
pub(super) struct Question {
    pub(super) method: Method,
    /// Below the server's own address.
    pub(super) path_and_query: String,
    /// Media type and text.
    pub(super) body: Option<(&'static str, String)>,
    /// The version that is to be changed.
    pub(super) if_match: Option<String>,
}

/// Asks; answers the status and the JSON.
///
/// # Errors
/// When the answer is no JSON, or too long for a page.
pub(super) async fn ask(
    app: &App,
    workspace: &Workspace,
    question: Question,
) -> Result<(u16, Value), AppError> {
    let base = app.fhir_base(workspace);
    let tenant = app.smart_tenant(workspace, base.clone(), base);
    let mut request = Request::builder()
        .method(question.method)
        .uri(question.path_and_query)
        .header(header::ACCEPT, "application/fhir+json");
    let body = match question.body {
        Some((media, text)) => {
            request = request.header(header::CONTENT_TYPE, media);
            Body::from(text)
        }
        None => Body::empty(),
    };
    if let Some(version) = question
        .if_match
        .and_then(|version| HeaderValue::try_from(version).ok())
    {
        request = request.header(header::IF_MATCH, version);
    }
    let request = request.body(body).map_err(|_| AppError::UnknownAddress)?;
    let response = Box::pin(app.smart.answer(&tenant, request)).await;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    let body =
        body.map_err(|error| AppError::Internal(format!("an answer for a page broke off: {error}")))?;
    let json = serde_json::from_slice(&body.to_bytes());
    json.map(|json| (status, json))
        .map_err(|error| AppError::Internal(format!("an answer for a page is no JSON: {error}")))
}

/// Reads or searches.
///
/// # Errors
/// As [`ask`].
pub(super) async fn get(
    app: &App,
    workspace: &Workspace,
    path_and_query: String,
) -> Result<(u16, Value), AppError> {
    let question = Question {
        path_and_query,
        ..Question::default()
    };
    ask(app, workspace, question).await
}
