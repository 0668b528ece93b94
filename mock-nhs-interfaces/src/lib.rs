//! NHS-shaped interfaces over made-up patients: what an app would meet on NHS England's own hosts, in process.
//!
//! [`MockNhs`] answers a request for one [`Tenant`] in one [`Profile`]. Every interface states what it can do, and what
//! it cannot, in an [`Interface`]; routes are made from that statement. Each interface is a folder under `interfaces/`
//! with its own README. Nothing here knows wasmtime, the platform or a network.

mod added;
mod api_platform;
pub mod auth;
mod door;
mod exchange;
mod failure;
pub mod fault;
mod fhir;
mod gp_connect;
pub mod interface;
mod interfaces;
mod lookup;
pub mod population;
mod profile;
mod rate_limit;
mod smart;
pub mod statement;
mod tenant;
pub mod value;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use records::Records;
use store::{Store, WorkspaceId};

pub use added::AddedInterface;
use auth::logins::Logins;
use auth::signer::Signer;
use auth::{Applications, JwksSource, Tokens};
pub use auth::{Clinician, Whom};
use door::Door;
pub use failure::{Failure, plain_outcome};
use fault::Answers as _;
pub use interface::Interface;
use interface::Refusal;
use interfaces::mesh::token::UsedTokens;
use population::Changes;
pub use population::Population;
pub use profile::Profile;
pub use rate_limit::RateLimited;
use rate_limit::RateLimits;
pub use smart::{LaunchContext, SimulatedError, SmartServer, SmartTenant, is_smart_token};
pub use tenant::Tenant;

/// Longest body of a request that an interface reads, in bytes.
pub const MAX_BODY_BYTES: usize = 2 << 20;

/// The mocked NHS: every interface, over the records of every workspace.
#[derive(Clone, Debug)]
pub struct MockNhs {
    world: Arc<World>,
}

/// What all workspaces share.
#[derive(Debug)]
pub(crate) struct World {
    /// The people that every workspace starts from.
    pub(crate) population: Arc<Population>,
    /// What every workspace has become.
    pub(crate) records: Records,
    /// Who is logged in where.
    pub(crate) tokens: Tokens,
    /// The tokens of mailboxes that were used.
    pub(crate) mesh_tokens: UsedTokens,
    /// Whom each workspace has changed, for searches in PDS.
    pub(crate) changes: Changes,
    /// Logins under way.
    pub(crate) logins: Logins,
    /// Who is registered where.
    pub(crate) applications: Applications,
    /// Signs what the login says.
    pub(crate) signer: Signer,
    /// Where the key sets are that applications serve.
    pub(crate) jwks: OnceLock<Arc<dyn JwksSource>>,
    /// How often everybody has asked.
    pub(crate) rate_limits: RateLimits,
}

impl World {
    /// The key set that an application serves at this address inside the sandbox; `None` when nobody answers there.
    pub(crate) async fn key_set_at(&self, workspace: WorkspaceId, url: &str) -> Option<String> {
        self.jwks.get()?.fetch(workspace, url).await
    }
}

/// Which operation answered: an extension of every response that an operation made, good or bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// [`Interface::id`], such as `pds`.
    pub interface: Cow<'static, str>,
    /// [`Interface::title`].
    pub interface_title: Cow<'static, str>,
    /// The operation's id, such as `read_patient`.
    pub operation: Cow<'static, str>,
    /// The operation in plain words, such as "Read a patient".
    pub title: Cow<'static, str>,
}

impl MockNhs {
    /// The interfaces over these people and these records; `store` keeps the applications that may call them.
    pub fn new(population: Arc<Population>, records: Records, store: Arc<dyn Store>) -> Self {
        Self {
            world: Arc::new(World {
                population,
                records,
                tokens: Tokens::default(),
                mesh_tokens: UsedTokens::default(),
                changes: Changes::default(),
                logins: Logins::default(),
                applications: Applications::new(Arc::clone(&store)),
                signer: Signer::new(store),
                jwks: OnceLock::new(),
                rate_limits: RateLimits::default(),
            }),
        }
    }

    /// Fetches key sets that applications serve from here, from now on. Only the first source counts.
    pub fn serve_key_sets_from(&self, source: Arc<dyn JwksSource>) {
        // A second one is a mistake of ours that changes nothing.
        let _ = self.world.jwks.set(source);
    }

    /// The applications that are registered in workspaces.
    pub fn applications(&self) -> &Applications {
        &self.world.applications
    }

    /// Who may ask in profile `int` only as often as at the NHS. Nobody is limited until this says so.
    pub fn limit_rates(&self, limited: RateLimited) {
        self.world.rate_limits.limit(limited);
    }

    /// What every interface states about itself.
    pub fn interfaces(&self) -> &'static [Interface] {
        interfaces::ALL
    }

    /// The interface that answers requests of this path, if one does.
    pub fn interface_at(&self, path: &str) -> Option<&'static Interface> {
        interfaces::find(path).map(|(interface, _)| interface)
    }

    /// The people that every workspace starts from.
    pub fn population(&self) -> &Arc<Population> {
        &self.world.population
    }

    /// Answers one request. The path of `request` starts with an NHS prefix, such as
    /// `/personal-demographics/FHIR/R4/Patient/9000000009`; scheme and host are not looked at.
    ///
    /// Always answers: what cannot be done is said in the interface's own shape of error.
    pub async fn answer(&self, tenant: &Tenant, profile: Profile, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = whole(body).await;
        let mut response = self.answer_parts(tenant, profile, &parts, body).await;
        api_platform::echo_request_ids(&parts.headers, response.headers_mut());
        if parts.method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        response
    }

    async fn answer_parts(
        &self,
        tenant: &Tenant,
        profile: Profile,
        parts: &http::request::Parts,
        body: Option<Bytes>,
    ) -> Response<Body> {
        let Some((interface, path)) = interfaces::find(parts.uri.path()) else {
            return api_platform::unknown_proxy(parts.uri.path());
        };
        let door = Door {
            nhs: self,
            tenant,
            profile,
            interface,
        };
        let Some(body) = body else {
            let exchange = door.exchange(parts, path, Bytes::new());
            return (interface.refuse)(&exchange, &Refusal::UnreadableBody);
        };
        if parts.method == Method::OPTIONS {
            return api_platform::answer_options(&door.exchange(parts, path, body));
        }
        if tenant.faults.is_quiet(parts) {
            return door.answer(parts, body).await;
        }
        door.answer_with_faults(parts, path, body).await
    }
}

/// Whether the interface at this path hands on bodies that are packed, rather than reading them.
pub fn takes_packed_bodies(path: &str) -> bool {
    path.starts_with(interfaces::mesh::PATH_PREFIX)
}

/// The body's bytes; `None` when it is too long or breaks off.
async fn whole(body: Body) -> Option<Bytes> {
    if body.is_end_stream() {
        return Some(Bytes::new());
    }
    let body = Limited::new(body, MAX_BODY_BYTES).collect().await.ok()?;
    Some(body.to_bytes())
}
