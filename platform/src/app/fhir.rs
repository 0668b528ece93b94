//! The workspace's FHIR server behind the workspace's faults, for callers inside and outside of the sandbox.

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use mock_nhs_interfaces::fault::{Answers, Asked, answer_badly, save_again};
use mock_nhs_interfaces::{Failure, SmartTenant, plain_outcome};
use records::MAX_BUNDLE_BYTES;

use crate::app::App;
use crate::egress::fhir;
use crate::model::Workspace;

impl App {
    /// Lets the workspace's FHIR server answer; `base_url` is where the caller reaches it, `chain` how many notifications of
    /// Subscriptions led to the call.
    pub(crate) async fn answer_fhir(
        &self,
        workspace: &Workspace,
        base_url: String,
        chain: u8,
        request: Request<Body>,
    ) -> Response<Body> {
        // Whoever comes from a browser is sent back by the name that the browser has for this server.
        let browser_url = if base_url.starts_with("http://") {
            base_url.clone()
        } else {
            self.fhir_base(workspace)
        };
        let door = FhirDoor {
            app: self,
            workspace,
            tenant: SmartTenant {
                chain,
                ..self.smart_tenant(workspace, base_url, browser_url)
            },
        };
        let (parts, body) = request.into_parts();
        let faults = &workspace.conditions.faults;
        if faults.is_quiet(&parts) {
            let request = Request::from_parts(parts, body);
            return self.smart.answer(&door.tenant, request).await;
        }
        let Ok(body) = Limited::new(body, MAX_BUNDLE_BYTES).collect().await else {
            return refused(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is too long, or broke off",
            );
        };
        let body = body.to_bytes();
        let asked = Asked {
            interface: fhir::ID,
            operation: Some(fhir::operation(&parts.method, parts.uri.path())),
            request: &parts,
            body: &body,
        };
        match faults.choose(&asked) {
            Err(unknown) => refused(StatusCode::BAD_REQUEST, &format!("X-C4H-Fault: {unknown}")),
            Ok(chosen) if chosen.is_nothing() => door.answer(&parts, body).await,
            Ok(chosen) => answer_badly(&door, &chosen, &parts, body).await,
        }
    }
}

fn refused(status: StatusCode, why: &str) -> Response<Body> {
    plain_outcome(&Failure::Status {
        status,
        code: Some(why),
    })
}

#[derive(Debug)]
struct FhirDoor<'a> {
    app: &'a App,
    workspace: &'a Workspace,
    tenant: SmartTenant,
}

impl Answers for FhirDoor<'_> {
    async fn answer(&self, request: &Parts, body: Bytes) -> Response<Body> {
        let request = Request::from_parts(request.clone(), Body::from(body));
        self.app.smart.answer(&self.tenant, request).await
    }

    fn fail(&self, _request: &Parts, failure: &Failure<'_>) -> Response<Body> {
        plain_outcome(failure)
    }

    async fn change_meanwhile(&self, request: &Parts, body: &Bytes) -> bool {
        let records = &self.app.records;
        let clock = &*self.tenant.clock;
        let path = request.uri.path();
        match save_again(records, self.workspace.id, clock, path, body).await {
            Ok(is_changed) => is_changed,
            Err(error) => {
                tracing::warn!(%error, "a record could not be changed in between");
                false
            }
        }
    }
}
