//! Interfaces that a workspace added itself, each made from an OpenAPI document: decision 11 of the design.
//!
//! Answers that are much work are found away from the threads that serve, [`MUCH_WORK_AT_ONCE`] at the same time.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use openapi_mock::{Answer, Document, Found, Operation, Refusal, Scheme};
use tokio::sync::Semaphore;

use crate::auth::{api_key, bearer};
use crate::fault::{Answers, Asked, answer_badly};
use crate::rate_limit::Counted;
use crate::statement::Statement;
use crate::{Answered, Failure, MockNhs, Profile, Tenant, api_platform, whole};

/// Answers of all workspaces together that are much work and are found at the same time: each keeps a processor busy.
const MUCH_WORK_AT_ONCE: usize = 2;
static MUCH_WORK: Semaphore = Semaphore::const_new(MUCH_WORK_AT_ONCE);

/// An interface made from a document.
#[derive(Clone, Debug)]
pub struct AddedInterface {
    /// Its id in the workspace, such as `comms`.
    pub id: Arc<str>,
    /// The path under which it is reached. Starts with `/`, does not end with one.
    pub path_prefix: Arc<str>,
    /// What it was made from.
    pub document: Arc<Document>,
    /// Made when somebody asks for it.
    statement: OnceLock<Arc<Statement>>,
}

impl AddedInterface {
    /// The interface of this id, under this path.
    #[must_use]
    pub fn new(id: &str, path_prefix: &str, document: Arc<Document>) -> Self {
        Self {
            id: id.into(),
            path_prefix: path_prefix.into(),
            document,
            statement: OnceLock::new(),
        }
    }

    /// What it states about itself, as the built-in ones do; it can be as long as its document.
    #[must_use]
    pub fn statement(&self) -> Arc<Statement> {
        Arc::clone(self.statement.get_or_init(|| Arc::new(Statement::of_added(self))))
    }

    /// Whether an operation knows its caller by an API key.
    #[must_use]
    pub fn takes_api_key(&self) -> bool {
        let mut operations = self.document.operations.iter();
        operations.any(|operation| operation.logins.contains(&Scheme::ApiKey))
    }

    /// The part of `path` below its prefix, when it is its own.
    #[must_use]
    pub fn below_prefix<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(&*self.path_prefix)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// The request as the document sees it.
    fn asked<'r>(&self, request: &'r Parts, body: &'r Bytes) -> openapi_mock::Request<'r> {
        openapi_mock::Request {
            method: &request.method,
            path: self.below_prefix(request.uri.path()).unwrap_or_default(),
            query: request.uri.query().unwrap_or_default(),
            headers: &request.headers,
            body,
        }
    }
}

impl MockNhs {
    /// Answers one request to an added interface. The path of `request` starts with the interface's prefix.
    ///
    /// Always answers, by the document: in profile `int` also who is logged in is looked at, where the document says so.
    pub async fn answer_added(
        &self,
        tenant: &Tenant,
        profile: Profile,
        added: &AddedInterface,
        request: Request<Body>,
    ) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = whole(body).await;
        let door = AddedDoor {
            nhs: self,
            tenant,
            profile,
            added,
        };
        let mut response = door.answer_whole(&parts, body).await;
        api_platform::echo_request_ids(&parts.headers, response.headers_mut());
        if parts.method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        response
    }
}

/// An added interface, on its way to answer one request of a workspace.
struct AddedDoor<'a> {
    nhs: &'a MockNhs,
    tenant: &'a Tenant,
    profile: Profile,
    added: &'a AddedInterface,
}

impl AddedDoor<'_> {
    fn document(&self) -> &Document {
        &self.added.document
    }

    /// The path below the interface's prefix.
    fn path<'p>(&self, request: &'p Parts) -> &'p str {
        self.added.below_prefix(request.uri.path()).unwrap_or_default()
    }

    fn find(&self, request: &Parts) -> Found {
        self.document().find(&request.method, self.path(request))
    }

    fn operation(&self, found: &Found) -> Option<&Operation> {
        match found {
            Found::Operation(place) => self.document().operations.get(*place),
            Found::OtherMethods(..) | Found::Nothing => None,
        }
    }

    async fn answer_whole(&self, request: &Parts, body: Option<Bytes>) -> Response<Body> {
        let found = self.find(request);
        if request.method == Method::OPTIONS
            && !matches!(found, Found::Operation(_))
            && let Some(preflight) = api_platform::preflight(&request.headers)
        {
            return preflight;
        }
        let Some(body) = body else {
            return self.refuse(request, Refusal::UnreadableBody);
        };
        if self.tenant.faults.is_quiet(request) {
            return self.answer(request, body).await;
        }
        let operation = self.operation(&found);
        let asked = Asked {
            interface: &self.added.id,
            operation: operation.map(|operation| &*operation.id),
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
            interface: self.added.id.to_string().into(),
            interface_title: self.document().title.clone().into(),
            operation: operation.id.clone().into(),
            title: operation.title.clone().into(),
        }
    }

    fn refuse(&self, request: &Parts, refusal: Refusal) -> Response<Body> {
        let place = match self.find(request) {
            Found::Operation(place) | Found::OtherMethods(_, place) => Some(place),
            Found::Nothing => None,
        };
        written(self.document().refuse(place, &request.headers, refusal))
    }

    /// What the document answers.
    async fn answer_of(&self, place: usize, request: &Parts, body: Bytes) -> Response<Body> {
        if let Some(answer) = self
            .document()
            .answer_soon(place, &self.added.asked(request, &body))
        {
            return written(answer);
        }
        let turn = MUCH_WORK.acquire().await;
        let added = self.added.clone();
        let request = request.clone();
        let answer = tokio::task::spawn_blocking(move || {
            // Held as long as the work lasts, also when nobody waits for it any more.
            let _turn = turn;
            let asked = added.asked(&request, &body);
            added.document.answer(place, &asked)
        });
        match answer.await {
            Ok(answer) => written(answer),
            Err(error) => {
                tracing::error!(%error, "an answer was not found");
                api_platform::fault(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "The interface failed.",
                    "c4h.failed",
                )
            }
        }
    }

    /// The answer to a caller who asks too often, as the API platform in front of every interface gives it.
    fn too_many(&self, request: &Parts) -> Option<Response<Body>> {
        let world = &self.nhs.world;
        let counted = Counted {
            world,
            tenant: self.tenant,
            profile: self.profile,
            interface: &self.added.id,
            request,
        };
        let passed = world.rate_limits.passed(&counted)?;
        let failure = Failure::TooManyRequests {
            throttle: passed.throttle,
            application: passed.application.as_deref(),
        };
        let mut response = self.fail(request, &failure);
        let hint = HeaderValue::from_static(passed.hint);
        response.headers_mut().insert(api_platform::X_C4H_HINT, hint);
        Some(response)
    }

    /// What would help somebody who is not logged in as the operation wants; `None` for who is, and where nobody has to be.
    async fn not_logged_in(&self, logins: &[Scheme], request: &Parts) -> Option<String> {
        if self.profile == Profile::Sandbox || logins.is_empty() {
            return None;
        }
        let world = &self.nhs.world;
        let mut refusal = "the header apikey is missing, or holds a key that nobody was given";
        if logins.contains(&Scheme::ApiKey)
            && api_key::look(world, self.tenant, &request.headers).await.is_ok()
        {
            return None;
        }
        if logins.contains(&Scheme::Bearer) {
            match bearer::look(world, self.tenant, request) {
                Ok(_) => return None,
                Err(error) => refusal = error.sentence(),
            }
        }
        Some(format!(
            "Nobody is logged in: {refusal}. In profile int the document's logins are looked at; the workspace's own access \
             token is also its API key, and profile sandbox asks nobody."
        ))
    }
}

impl Answers for AddedDoor<'_> {
    async fn answer(&self, request: &Parts, body: Bytes) -> Response<Body> {
        let place = match self.find(request) {
            Found::Operation(place) => place,
            Found::OtherMethods(allowed, _) => {
                return self.refuse(request, Refusal::UnknownMethod { allowed });
            }
            Found::Nothing => return self.refuse(request, Refusal::UnknownPath),
        };
        let Some(operation) = self.document().operations.get(place) else {
            return self.refuse(request, Refusal::UnknownPath);
        };
        let mut response = if let Some(refused) = self.too_many(request) {
            refused
        } else if let Some(words) = self.not_logged_in(&operation.logins, request).await {
            self.refuse(request, Refusal::Login { words })
        } else {
            self.answer_of(place, request, body).await
        };
        response.extensions_mut().insert(self.answered(operation));
        response
    }

    fn fail(&self, request: &Parts, failure: &Failure<'_>) -> Response<Body> {
        let (statuses, words) = match failure {
            Failure::Status { status, .. } => ([status.as_u16(); 2], status.to_string()),
            Failure::TooManyRequests {
                throttle,
                application,
            } => {
                // A fault speaks of the app that asks, as the limit itself does.
                let application = application.or(self.tenant.caller.as_deref());
                ([429; 2], Failure::limit_text(*throttle, application))
            }
            Failure::ExpiredToken => ([401; 2], "Access Token expired".to_owned()),
            Failure::ChangedMeanwhile => ([409, 412], "Somebody else has changed the record.".to_owned()),
        };
        self.refuse(request, Refusal::Failing { statuses, words })
    }

    // A document's interface keeps nothing that somebody could change.
    async fn change_meanwhile(&self, _request: &Parts, _body: &Bytes) -> bool {
        false
    }
}

fn written(answer: Answer) -> Response<Body> {
    let hint = answer.hint_header();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if let Some(hint) = hint {
        response.headers_mut().insert(api_platform::X_C4H_HINT, hint);
    }
    response
}
