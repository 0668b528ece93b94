//! SMART App Launch on the FHIR server of a workspace: who may read and change what, for apps that log in.
//! Source: <https://hl7.org/fhir/smart-app-launch/>
//!
//! It stands in front of the FHIR server: what is its own it answers, what carries one of its tokens it holds to the
//! token's scopes, and everything else it hands on as it is. Without a token the server is as open as it always was.

mod authorize;
mod choose;
mod client;
mod configuration;
mod error;
mod guard;
mod introspect;
mod scope;
mod simulated;
mod state;
mod token;

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use records::{FhirServer, FhirTenant};
use store::{Clock, WorkspaceId};
use time::{Duration, OffsetDateTime};

use crate::World;
use crate::auth::page::redirect;
use crate::auth::secret::secret;
use error::Refused;
pub use simulated::SimulatedError;
use state::{Launch, Shelves};

/// Longest form that is read, in bytes: an assertion and its neighbours.
const FORM_BYTES: usize = 128 * 1024;
/// How long a launch waits for its app to come for it.
const LAUNCH_LIFE: Duration = Duration::minutes(30);

/// The login of a workspace's FHIR server, with the server behind it. Cheap to clone.
#[derive(Clone)]
pub struct SmartServer {
    world: Arc<World>,
    fhir: FhirServer,
    shelves: Arc<Shelves>,
}

/// The workspace that a request belongs to.
#[derive(Clone)]
pub struct SmartTenant {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The workspace's clock.
    pub clock: Arc<dyn Clock>,
    /// The workspace's own access token, which nothing here is opened with: it tells workspaces apart.
    pub access_token: Arc<str>,
    /// Where the caller reaches the FHIR server, without a slash at the end.
    pub fhir_url: String,
    /// Where a browser reaches it.
    pub browser_url: String,
    /// How many notifications of Subscriptions led to the call.
    pub chain: u8,
}

impl fmt::Debug for SmartTenant {
    // The token stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartTenant")
            .field("workspace", &self.workspace)
            .field("fhir_url", &self.fhir_url)
            .finish_non_exhaustive()
    }
}

/// What somebody chose before they launched an app.
#[derive(Clone, Debug, Default)]
pub struct LaunchContext {
    /// The id of the Patient whose record is open.
    pub patient: Option<String>,
    /// The id of the Practitioner who is logged in.
    pub practitioner: Option<String>,
    /// What is to go wrong.
    pub simulated_error: Option<SimulatedError>,
}

impl SmartTenant {
    fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    fn fhir(&self) -> FhirTenant {
        FhirTenant {
            workspace: self.workspace,
            clock: Arc::clone(&self.clock),
            base_url: self.fhir_url.clone(),
            chain: self.chain,
        }
    }
}

impl SmartServer {
    /// The login in front of this FHIR server, for the applications of these interfaces.
    pub fn new(nhs: &crate::MockNhs, fhir: FhirServer) -> Self {
        Self {
            world: Arc::clone(&nhs.world),
            fhir,
            shelves: Arc::default(),
        }
    }

    /// Begins a launch from inside a record; answers the text that the app's launch address gets as `launch`.
    pub fn launch(&self, tenant: &SmartTenant, context: LaunchContext) -> String {
        let name = secret(24);
        let launch = Launch {
            patient: context.patient.filter(|id| is_id(id)).map(Arc::from),
            practitioner: context.practitioner.filter(|id| is_id(id)).map(Arc::from),
            error: context.simulated_error,
        };
        let ends = tenant.now() + LAUNCH_LIFE;
        self.shelves
            .launches
            .put(tenant.workspace, name.as_str().into(), launch, ends);
        name
    }

    /// Answers one request of the FHIR server's. Its path is what stands behind the base.
    ///
    /// Always answers.
    pub async fn answer(&self, tenant: &SmartTenant, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        match path.as_str() {
            "/.well-known/smart-configuration" | "/.well-known/openid-configuration" => {
                configuration::document(tenant)
            }
            "/metadata" => configuration::with_addresses(self, tenant, request).await,
            _ if path.starts_with("/auth/") => self.answer_own(tenant, request).await,
            _ => guard::answer(self, tenant, request).await,
        }
    }

    async fn answer_own(&self, tenant: &SmartTenant, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, FORM_BYTES).collect().await else {
            return Refused::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "invalid_request",
                "The form is too long",
            )
            .answer();
        };
        let call = OwnCall {
            server: self,
            tenant,
            parts,
            body: body.to_bytes(),
        };
        let is_post = call.parts.method == Method::POST;
        let is_get = matches!(call.parts.method, Method::GET | Method::HEAD);
        let done = match call.parts.uri.path() {
            "/auth/authorize" if is_get || is_post => authorize::authorize(&call).await,
            "/auth/choose" if is_get => choose::show(&call).await,
            "/auth/choose" if is_post => choose::choose(&call).await,
            "/auth/token" if is_post => token::issue(&call).await,
            "/auth/introspect" if is_post => introspect::introspect(&call).await,
            "/auth/revoke" if is_post => introspect::revoke(&call).await,
            "/auth/jwks" if is_get => configuration::keys(&call).await,
            "/auth/authorize" | "/auth/choose" | "/auth/token" | "/auth/introspect" | "/auth/revoke"
            | "/auth/jwks" => Err(Refused::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "invalid_request",
                "This address does not answer this method",
            )),
            _ => Err(Refused::new(
                StatusCode::NOT_FOUND,
                "invalid_request",
                "There is no such address; .well-known/smart-configuration has those there are",
            )),
        };
        done.unwrap_or_else(|refused| refused.answer())
    }
}

impl fmt::Debug for SmartServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmartServer")
            .field("fhir", &self.fhir)
            .finish_non_exhaustive()
    }
}

/// Whether the login of a workspace's FHIR server could have made this access token; whether it did, and whether the token is still
/// good, is found out when it is used.
#[must_use]
pub fn is_smart_token(text: &str) -> bool {
    text.trim().starts_with(token::PREFIX)
}

/// Whether a text can be the id of a resource; it becomes part of addresses.
/// Source: <https://hl7.org/fhir/R4/datatypes.html#id>
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// One request of the login itself.
struct OwnCall<'a> {
    server: &'a SmartServer,
    tenant: &'a SmartTenant,
    parts: Parts,
    body: Bytes,
}

impl OwnCall<'_> {
    fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The fields of the query.
    fn query(&self) -> crate::auth::form::Form<'_> {
        crate::auth::form::Form::parse(self.parts.uri.query().unwrap_or_default().as_bytes())
    }

    /// The fields of the body, which must be a form.
    fn form(&self) -> Result<crate::auth::form::Form<'_>, Refused> {
        let media_type = self.headers().get(header::CONTENT_TYPE);
        let is_form = media_type
            .is_some_and(|given| given.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        if !is_form {
            return Err(Refused::invalid(
                "Content-Type must be application/x-www-form-urlencoded",
            ));
        }
        Ok(crate::auth::form::Form::parse(&self.body))
    }

    /// Sends the browser to a page of the login.
    fn to_page(&self, path: &str) -> Response<Body> {
        redirect(&format!("{}{path}", self.tenant.browser_url))
    }
}
