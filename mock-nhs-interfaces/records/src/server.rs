//! The FHIR R4 server of a workspace, as a function from request to response.
//!
//! <https://hl7.org/fhir/R4/http.html>. JSON only. References are not checked when a resource is written or deleted: a
//! sandbox takes half a record as well.

pub(crate) mod accepted;
mod answer;
pub(crate) mod bundle_text;
pub(crate) mod call;
mod capabilities;
mod compartment;
pub(crate) mod conditional;
pub(crate) mod create;
pub(crate) mod delete;
mod dispatch;
pub(crate) mod filtered;
mod history;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod parameters;
pub(crate) mod patch;
pub(crate) mod preconditions;
mod read;
mod refusal;
mod route;
mod search;
pub(crate) mod shown;
pub(crate) mod update;
mod vread;
pub(crate) mod wishes;
mod written;

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request, Response};
use store::{Clock, WorkspaceId};

use crate::Records;
use crate::operations::exports::Exports;

pub(crate) use accepted::Accepted;
pub(crate) use answer::Answer;
pub(crate) use call::Call;
pub use call::{MAX_BODY_BYTES, MAX_BUNDLE_BYTES, MAX_FORM_BYTES, MAX_PAGE_BYTES};
pub(crate) use operation::Operation;
pub(crate) use refusal::Refusal;
pub(crate) use written::Written;

/// The FHIR server of every workspace. Cheap to clone.
#[derive(Clone)]
pub struct FhirServer {
    records: Records,
    secret: Arc<[u8]>,
    exports: Arc<Exports>,
}

/// The workspace that a request belongs to, and what the server needs of it.
#[derive(Clone, Debug)]
pub struct FhirTenant {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The workspace's clock, which its people can move.
    pub clock: Arc<dyn Clock>,
    /// Where the caller reaches this server, without a slash at the end: `http://127.0.0.1:8080/w/demo/fhir`.
    pub base_url: String,
    /// How many notifications of Subscriptions led to this request: 0 unless an app that was told of a change sends it.
    pub chain: u8,
}

impl FhirServer {
    /// A server of these records; `secret` signs the page tokens in `next` links.
    #[must_use]
    pub fn new(records: Records, secret: &[u8]) -> Self {
        Self {
            records,
            secret: secret.into(),
            exports: Arc::default(),
        }
    }

    /// The records that it serves.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }

    pub(crate) fn exports(&self) -> &Exports {
        &self.exports
    }

    pub(crate) fn secret(&self) -> &Arc<[u8]> {
        &self.secret
    }

    /// Answers one request. Its path is what stands behind the base: `/Patient/9990000001`, `/metadata`, `/`.
    ///
    /// Always answers: what cannot be done is said in an `OperationOutcome`.
    pub async fn answer(&self, tenant: &FhirTenant, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let (wishes, answered) = match Call::begin(self, tenant, &parts) {
            Ok(mut call) => {
                let answered = dispatch::answer(&mut call, body).await;
                (call.wishes, answered)
            }
            Err((wishes, refusal)) => (wishes, Err(refusal)),
        };
        let answer = answered.unwrap_or_else(|refusal| refusal.into_answer());
        answer.into_response(&wishes, parts.method == Method::HEAD)
    }
}

impl fmt::Debug for FhirServer {
    // The secret opens every workspace's pages: it stays out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FhirServer")
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}
