//! In front of every operation, in this order: faults, the way to the operation, and how often the caller may ask.

use axum::body::Body;
use bytes::Bytes;
use http::header::ALLOW;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};

use crate::api_platform::{self, X_C4H_HINT};
use crate::exchange::Exchange;
use crate::fault::{Answers, Asked, answer_badly, save_again};
use crate::interface::{Interface, Operation, Route};
use crate::rate_limit::Counted;
use crate::{Answered, Failure, MockNhs, Profile, Tenant};

/// One interface, on its way to answer one request of a workspace.
#[derive(Debug)]
pub(crate) struct Door<'a> {
    pub(crate) nhs: &'a MockNhs,
    pub(crate) tenant: &'a Tenant,
    pub(crate) profile: Profile,
    pub(crate) interface: &'static Interface,
}

impl Door<'_> {
    /// The request as the interface sees it; `path` is below its prefix.
    pub(crate) fn exchange<'e>(&'e self, request: &'e Parts, path: &'e str, body: Bytes) -> Exchange<'e> {
        Exchange {
            tenant: self.tenant,
            profile: self.profile,
            world: &self.nhs.world,
            interface: self.interface,
            request,
            path,
            body,
        }
    }

    /// The path below the interface's prefix. A fault changes an address behind it at most.
    fn path<'p>(&self, request: &'p Parts) -> &'p str {
        let path = request.uri.path();
        self.interface.below_prefix(path).unwrap_or_default()
    }

    fn route(&self, request: &Parts, path: &str) -> Route {
        match api_platform::route(&request.method, path) {
            Some(operation) => Route::Operation(operation),
            None => self.interface.route(self.profile, &request.method, path),
        }
    }

    /// Answers as badly as the workspace's faults and the request's own header say.
    pub(crate) async fn answer_with_faults(
        &self,
        request: &Parts,
        path: &str,
        body: Bytes,
    ) -> Response<Body> {
        let operation = match self.route(request, path) {
            Route::Operation(operation) => Some(operation),
            Route::Refused(_) => None,
        };
        let asked = Asked {
            interface: self.interface.id,
            operation: operation.map(|operation| operation.id),
            request,
            body: &body,
        };
        let chosen = match self.tenant.faults.choose(&asked) {
            Ok(chosen) => chosen,
            Err(unknown) => {
                let text = format!("In the header X-C4H-Fault: {unknown}");
                return api_platform::fault(StatusCode::BAD_REQUEST, &text, "c4h.unknown-fault");
            }
        };
        if chosen.is_nothing() {
            return self.answer(request, body).await;
        }
        let mut response = answer_badly(self, &chosen, request, body).await;
        if let Some(operation) = operation {
            response.extensions_mut().insert(self.answered(operation));
        }
        response
    }

    fn answered(&self, operation: &Operation) -> Answered {
        Answered {
            interface: self.interface.id.into(),
            interface_title: self.interface.title.into(),
            operation: operation.id.into(),
            title: operation.title.into(),
        }
    }
}

impl Answers for Door<'_> {
    async fn answer(&self, request: &Parts, body: Bytes) -> Response<Body> {
        let path = self.path(request);
        let exchange = self.exchange(request, path, body);
        match self.route(request, path) {
            Route::Operation(operation) => {
                let mut response = match too_many(&exchange, operation) {
                    Some(refused) => refused,
                    None => (operation.handler)(&exchange).await,
                };
                response.extensions_mut().insert(self.answered(operation));
                response
            }
            Route::Refused(refusal) => {
                let mut response = (self.interface.refuse)(&exchange, &refusal);
                if response.status() == StatusCode::METHOD_NOT_ALLOWED
                    && let Ok(methods) = HeaderValue::try_from(self.interface.methods(path).join(", "))
                {
                    response.headers_mut().insert(ALLOW, methods);
                }
                response
            }
        }
    }

    fn fail(&self, request: &Parts, failure: &Failure<'_>) -> Response<Body> {
        let exchange = self.exchange(request, self.path(request), Bytes::new());
        // A fault speaks of the app that asks, as the limit itself does.
        if let Failure::TooManyRequests {
            throttle,
            application: None,
        } = *failure
        {
            let failure = Failure::TooManyRequests {
                throttle,
                application: self.tenant.caller.as_deref(),
            };
            return (self.interface.fail)(&exchange, &failure);
        }
        (self.interface.fail)(&exchange, failure)
    }

    async fn change_meanwhile(&self, request: &Parts, body: &Bytes) -> bool {
        // In the sandbox profile answers are fixed and records are not looked at.
        if self.profile != Profile::Int {
            return false;
        }
        let Tenant { workspace, clock, .. } = self.tenant;
        let records = &self.nhs.world.records;
        match save_again(records, *workspace, &**clock, request.uri.path(), body).await {
            Ok(is_changed) => is_changed,
            Err(error) => {
                tracing::warn!(%error, "a record could not be changed in between");
                false
            }
        }
    }
}

/// The answer to a caller who asks too often.
fn too_many(exchange: &Exchange<'_>, operation: &Operation) -> Option<Response<Body>> {
    // Whether something is up may be asked at any time.
    if operation.path.starts_with("/_") {
        return None;
    }
    let counted = Counted {
        world: exchange.world,
        tenant: exchange.tenant,
        profile: exchange.profile,
        interface: exchange.interface.id,
        request: exchange.request,
    };
    let passed = exchange.world.rate_limits.passed(&counted)?;
    let failure = Failure::TooManyRequests {
        throttle: passed.throttle,
        application: passed.application.as_deref(),
    };
    let mut response = (exchange.interface.fail)(exchange, &failure);
    response
        .headers_mut()
        .insert(X_C4H_HINT, HeaderValue::from_static(passed.hint));
    Some(response)
}
