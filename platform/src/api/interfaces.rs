//! What the mock interfaces state about themselves.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use mock_nhs_interfaces::interface::{Interface, Operation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::InWorkspace;
use super::workspaces::InterfaceAddresses;
use crate::app::App;

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
    /// The path it has on every host.
    #[schema(example = "/personal-demographics/FHIR/R4")]
    pub(crate) path_prefix: String,
    /// NHS England's page about it.
    pub(crate) specification: String,
    /// The profiles it answers in.
    pub(crate) profiles: Vec<String>,
    /// What can be asked of it.
    pub(crate) operations: Vec<OperationDocument>,
    /// What answers differently from the NHS's own.
    pub(crate) deviations: Vec<String>,
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
    /// Paths with queries, below the prefix, that show what it does.
    pub(crate) examples: Vec<ExampleDocument>,
}

/// A request worth trying.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExampleDocument {
    /// What it shows.
    pub(crate) title: String,
    /// Path below the prefix, with its query.
    pub(crate) path_and_query: String,
    /// Status of the answer.
    pub(crate) status: u16,
}

/// Lists the interfaces of a workspace.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{workspace}/interfaces",
    tag = "interfaces",
    params(("workspace" = String, Path, description = "Name of the workspace", example = "demo")),
    responses(
        (status = OK, description = "The interfaces", body = InterfaceList),
        (status = NOT_FOUND, description = "There is no such workspace", body = crate::error::Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list_interfaces(
    State(app): State<Arc<App>>,
    InWorkspace(workspace): InWorkspace,
) -> Json<InterfaceList> {
    Json(InterfaceList {
        addresses: InterfaceAddresses::of(&app, &workspace),
        interfaces: app.nhs.interfaces().iter().map(InterfaceDocument::of).collect(),
    })
}

impl InterfaceDocument {
    fn of(interface: &Interface) -> Self {
        Self {
            id: interface.id.to_owned(),
            title: interface.title.to_owned(),
            summary: interface.summary.to_owned(),
            path_prefix: interface.path_prefix.to_owned(),
            specification: interface.specification.to_owned(),
            profiles: interface
                .profiles
                .iter()
                .map(|profile| profile.name().to_owned())
                .collect(),
            operations: interface.operations.iter().map(OperationDocument::of).collect(),
            deviations: interface
                .deviations
                .iter()
                .map(|deviation| (*deviation).to_owned())
                .collect(),
        }
    }
}

impl OperationDocument {
    fn of(operation: &Operation) -> Self {
        let examples = operation.examples.iter().map(|example| ExampleDocument {
            title: example.title.to_owned(),
            path_and_query: example.path_and_query.to_owned(),
            status: example.status,
        });
        Self {
            id: operation.id.to_owned(),
            title: operation.title.to_owned(),
            method: operation.method.to_string(),
            path: operation.path.to_owned(),
            examples: examples.collect(),
        }
    }
}
