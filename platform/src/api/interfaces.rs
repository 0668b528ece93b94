//! What the interfaces of a workspace state about themselves; adding others from OpenAPI documents, and removing them.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{Request, StatusCode};
use mock_nhs_interfaces::AddedInterface;
use mock_nhs_interfaces::statement::{ExampleStatement, OperationStatement, Statement};
use openapi_mock::Problem as DocumentProblem;
use openapi_mock::limits::MAX_DOCUMENT_BYTES;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::described::ChangeRefused;
use super::extract::{InQuery, InWorkspace, Origin, path_value};
use super::workspaces::InterfaceAddresses;
use crate::app::{App, NewInterface};
use crate::error::AppError;
use crate::middleware::{collect, refuse_encoded};

/// The interfaces of a workspace.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct InterfaceList {
    /// Where they answer, for programs outside the sandbox.
    pub(crate) addresses: InterfaceAddresses,
    pub(crate) interfaces: Vec<InterfaceDocument>,
}

/// One mocked NHS interface.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct InterfaceDocument {
    /// Its short name.
    #[schema(example = "pds")]
    pub(crate) id: String,
    /// The name NHS England gives it.
    pub(crate) title: String,
    /// What it is for.
    pub(crate) summary: String,
    /// Where it comes from: `built-in` or `added`.
    #[schema(example = "built-in")]
    pub(crate) origin: String,
    /// The path it has on every host.
    #[schema(example = "/personal-demographics/FHIR/R4")]
    pub(crate) path_prefix: String,
    /// The page about it; empty when an added one names none.
    pub(crate) specification: String,
    /// The profiles it answers in.
    pub(crate) profiles: Vec<String>,
    /// What can be asked of it.
    pub(crate) operations: Vec<OperationDocument>,
    /// What answers differently from the NHS's own.
    pub(crate) deviations: Vec<String>,
    /// What is wrong with the document that it was made from, a hundred problems at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<ProblemDocument>,
    /// Problems beyond those in the list.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) further_problems: usize,
}

/// One thing that is wrong with an OpenAPI document.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ProblemDocument {
    /// `broken`: something of the document is left out. `odd`: it contradicts itself.
    #[schema(example = "odd")]
    pub(crate) severity: String,
    /// Where, as a JSON Pointer.
    #[schema(example = "/paths/~1Patient/get/responses/200")]
    pub(crate) pointer: String,
    /// The line of the file, where it could be found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// What is wrong, and what was made of it.
    pub(crate) text: String,
}

/// One thing that can be asked of an interface.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct OperationDocument {
    /// Its name.
    #[schema(example = "read_patient")]
    pub(crate) id: String,
    /// What it does, in plain words.
    #[schema(example = "Read a patient")]
    pub(crate) title: String,
    /// Request method.
    #[schema(example = "GET")]
    pub(crate) method: String,
    /// Path below the prefix.
    #[schema(example = "/Patient/{id}")]
    pub(crate) path: String,
    /// Requests that show what it does.
    pub(crate) examples: Vec<ExampleDocument>,
}

/// A request worth trying.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExampleDocument {
    /// What it shows.
    pub(crate) title: String,
    /// Path below the prefix, with its query.
    pub(crate) path_and_query: String,
    /// Headers that it carries besides the login.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<ExampleHeader>,
    /// What it sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<ExampleBody>,
    /// Status of the answer.
    pub(crate) status: u16,
}

/// A header of a request worth trying.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExampleHeader {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The body of a request worth trying.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExampleBody {
    pub(crate) media_type: String,
    pub(crate) text: String,
}

/// Lists the interfaces of a workspace.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/interfaces",
    tag = "interfaces",
    params(InWorkspace),
    responses(
        (status = OK, description = "The interfaces", body = InterfaceList),
        InWorkspace
    )
)]
pub(crate) async fn list_interfaces(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    Origin(origin): Origin,
) -> Result<Json<InterfaceList>, AppError> {
    let added = app.added_interfaces(&workspace).await?;
    let today = app.clock_of(&workspace).now().date();
    let built_in = app.nhs.interfaces().iter();
    let built_in = built_in.map(|interface| InterfaceDocument::of(&Statement::of(interface, today)));
    Ok(Json(InterfaceList {
        addresses: InterfaceAddresses::of(&workspace, &origin),
        interfaces: built_in
            .chain(added.iter().map(|added| InterfaceDocument::of_added(added)))
            .collect(),
    }))
}

/// An OpenAPI document: the body is YAML or JSON.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only describes a body, which is read as bytes")]
pub(crate) struct OpenApiFile(Vec<u8>);

/// How an added interface is to be called and reached.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddQuery {
    name: Option<String>,
    prefix: Option<String>,
}

/// Adds an interface to the workspace, made from an OpenAPI document of version 3; an added one of the same name is replaced.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{workspace}/interfaces",
    tag = "interfaces",
    params(
        InWorkspace,
        ("name" = Option<String>, Query, description = "Name of the interface; made from the document without it", example = "comms"),
        ("prefix" = Option<String>, Query, description = "Path under which it is reached; that of the document's servers without it", example = "/comms")
    ),
    request_body(content = OpenApiFile, content_type = "application/octet-stream", description = "The document, 2 MiB at most"),
    responses(
        (status = CREATED, description = "The interface, with the problems of its document", body = InterfaceDocument),
        (status = BAD_REQUEST, description = "The query does not read", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = CONFLICT, description = "The name or the path is taken, or the workspace has as many as it may", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "The document is too large", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "The document is sent with a content encoding", body = crate::error::Problem, content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "Nothing can be made of the document", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused,
        InWorkspace
    )
)]
pub(crate) async fn add_interface(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    InQuery(AddQuery { name, prefix }): InQuery<AddQuery>,
    request: Request<Body>,
) -> Result<Response, AppError> {
    let (parts, body) = request.into_parts();
    refuse_encoded(&parts.headers)?;
    let limit_bytes = u64::try_from(MAX_DOCUMENT_BYTES).unwrap_or(u64::MAX);
    let file = collect(&parts.headers, body, limit_bytes).await?;
    let wanted = NewInterface {
        id: name,
        path_prefix: prefix,
    };
    let added = app.add_interface(&workspace, wanted, file).await?;
    Ok((StatusCode::CREATED, Json(InterfaceDocument::of_added(&added))).into_response())
}

/// The interface at the end of the address.
#[derive(Debug)]
pub(crate) struct InInterface(String);

impl axum::extract::FromRequestParts<Arc<App>> for InInterface {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, AppError> {
        path_value(parts, "interface").await.map(Self)
    }
}

/// Removes an interface that the workspace added.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{workspace}/interfaces/{interface}",
    tag = "interfaces",
    params(
        InWorkspace,
        ("interface" = String, Path, description = "Name of the interface", example = "comms")
    ),
    responses(
        (status = NO_CONTENT, description = "The interface is gone"),
        (status = NOT_FOUND, description = "There is no such workspace, or it added no such interface", body = crate::error::Problem, content_type = "application/problem+json"),
        ChangeRefused
    )
)]
pub(crate) async fn remove_interface(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
    InInterface(id): InInterface,
) -> Result<StatusCode, AppError> {
    app.remove_interface(&workspace, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl InterfaceDocument {
    fn of(interface: &Statement) -> Self {
        Self {
            id: interface.id.to_string(),
            title: interface.title.to_string(),
            summary: interface.summary.to_string(),
            origin: interface.origin.name().to_owned(),
            path_prefix: interface.path_prefix.to_string(),
            specification: interface.specification.as_deref().unwrap_or_default().to_owned(),
            profiles: interface
                .profiles
                .iter()
                .map(|profile| profile.name().to_owned())
                .collect(),
            operations: interface.operations.iter().map(OperationDocument::of).collect(),
            deviations: interface.deviations.iter().map(ToString::to_string).collect(),
            problems: Vec::new(),
            further_problems: 0,
        }
    }

    fn of_added(added: &AddedInterface) -> Self {
        Self {
            problems: added.document.problems.iter().map(ProblemDocument::of).collect(),
            further_problems: added.document.unsaid_problems,
            ..Self::of(&added.statement())
        }
    }
}

impl ProblemDocument {
    pub(crate) fn of(problem: &DocumentProblem) -> Self {
        Self {
            severity: problem.severity.name().to_owned(),
            pointer: problem.pointer.clone(),
            line: problem.line,
            text: problem.text.clone(),
        }
    }
}

impl OperationDocument {
    fn of(operation: &OperationStatement) -> Self {
        Self {
            id: operation.id.to_string(),
            title: operation.title.to_string(),
            method: operation.method.to_string(),
            path: operation.path.to_string(),
            examples: operation.examples.iter().map(ExampleDocument::of).collect(),
        }
    }
}

impl ExampleDocument {
    fn of(example: &ExampleStatement) -> Self {
        let headers = example.headers.iter().map(|(name, value)| ExampleHeader {
            name: name.to_string(),
            value: value.to_string(),
        });
        Self {
            title: example.title.to_string(),
            path_and_query: example.path_and_query.to_string(),
            headers: headers.collect(),
            body: example.body.as_ref().map(|(media_type, text)| ExampleBody {
                media_type: media_type.to_string(),
                text: text.to_string(),
            }),
            status: example.status,
        }
    }
}
