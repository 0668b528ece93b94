//! What a request with a SMART token may do: what its scopes say, and with patient scopes, that patient's records only.
//! Source: <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>
//!
//! Searches of one patient become searches of the patient's compartment, so that the FHIR server itself holds them to it.

mod interaction;

use axum::body::Body;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Value, json};

use super::scope::{Act, Reach};
use super::simulated::SimulatedError;
use super::state::Granted;
use super::token::PREFIX;
use super::{SmartServer, SmartTenant};
use crate::auth::shelf::Found;
use crate::exchange::reply;
use interaction::{Interaction, included};

const FHIR_JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");

/// Why a request goes no further.
#[derive(Debug)]
struct Refused {
    status: StatusCode,
    /// OAuth's own code, in the header that says so.
    error: &'static str,
    words: String,
}

impl Refused {
    fn token(words: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_token",
            words: words.to_owned(),
        }
    }

    fn scope(words: impl Into<String>) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            error: "insufficient_scope",
            words: words.into(),
        }
    }

    /// Records of others are not there.
    fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            error: "insufficient_scope",
            words: "The token's patient has no such record.".to_owned(),
        }
    }

    fn answer(&self) -> Response<Body> {
        let code = match self.status {
            StatusCode::UNAUTHORIZED => "login",
            StatusCode::FORBIDDEN => "forbidden",
            _ => "not-found",
        };
        let outcome = json!({
            "resourceType": "OperationOutcome",
            "issue": [{ "severity": "error", "code": code, "diagnostics": self.words }],
        });
        let mut response = reply(self.status, FHIR_JSON, outcome.to_string());
        if self.status != StatusCode::NOT_FOUND
            && let Ok(challenge) = HeaderValue::try_from(format!("Bearer error=\"{}\"", self.error))
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Answers as the FHIR server does, as far as the token lets its holder.
pub(super) async fn answer(
    server: &SmartServer,
    tenant: &SmartTenant,
    request: Request<Body>,
) -> Response<Body> {
    let granted = match granted(server, tenant, &request) {
        Ok(Some(granted)) => granted,
        // No token of ours: as open as ever.
        Ok(None) => return server.fhir.answer(&tenant.fhir(), request).await,
        Err(refused) => return refused.answer(),
    };
    match held_to(server, tenant, &granted, request).await {
        Ok(request) => server.fhir.answer(&tenant.fhir(), request).await,
        Err(refused) => refused.answer(),
    }
}

/// What the request's token opens; `None` where it carries none of ours.
fn granted(
    server: &SmartServer,
    tenant: &SmartTenant,
    request: &Request<Body>,
) -> Result<Option<Granted>, Refused> {
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|given| given.to_str().ok())
        .and_then(|given| given.strip_prefix("Bearer "))
        .map(str::trim)
        .filter(|token| token.starts_with(PREFIX));
    let Some(token) = token else { return Ok(None) };
    match server.shelves.tokens.get(tenant.workspace, token, tenant.now()) {
        Found::Unknown => Err(Refused::token(
            "The access token is not known here, or was revoked.",
        )),
        Found::Ended => Err(Refused::token("The access token has expired.")),
        Found::Good(granted) => match granted.error {
            Some(SimulatedError::RequestInvalidToken) => {
                Err(Refused::token("Invalid token (simulated error)."))
            }
            Some(SimulatedError::RequestExpiredToken) => {
                Err(Refused::token("Token expired (simulated error)."))
            }
            _ => Ok(Some(granted)),
        },
    }
}

/// The request as the FHIR server may have it.
async fn held_to(
    server: &SmartServer,
    tenant: &SmartTenant,
    granted: &Granted,
    request: Request<Body>,
) -> Result<Request<Body>, Refused> {
    let (parts, body) = request.into_parts();
    let uri = parts.uri.clone();
    let Some(interaction) = Interaction::of(&parts.method, &uri) else {
        // Not a path of FHIR: the server says so itself.
        return Ok(Request::from_parts(parts, body));
    };
    let (kind, act) = (interaction.kind(), interaction.act());
    let reach = granted.scopes.reach(kind, act);
    if reach == Reach::Nobody {
        return Err(Refused::scope(format!(
            "The token's scopes ({}) do not allow this with {kind} records.",
            granted.scopes.text()
        )));
    }
    let included = included(parts.uri.query().unwrap_or_default());
    for kind in included {
        if granted.scopes.reach(&kind, Act::Search) == Reach::Nobody {
            return Err(Refused::scope(format!(
                "The token's scopes do not allow {kind} records to be included."
            )));
        }
    }
    if reach == Reach::Everybody {
        return Ok(Request::from_parts(parts, body));
    }
    let patient = granted
        .patient
        .as_deref()
        .ok_or_else(|| Refused::scope("The token has patient scopes and no patient."))?;
    let one = OnePatient {
        server,
        tenant,
        patient,
    };
    one.held_to(interaction, parts, body).await
}

/// A request that is about one patient only.
struct OnePatient<'a> {
    server: &'a SmartServer,
    tenant: &'a SmartTenant,
    patient: &'a str,
}

impl OnePatient<'_> {
    async fn held_to(
        &self,
        interaction: Interaction<'_>,
        mut parts: http::request::Parts,
        body: Body,
    ) -> Result<Request<Body>, Refused> {
        match interaction {
            Interaction::Search { kind, by_form } => {
                if let Some(address) = self.search_address(kind, by_form, parts.uri.query()) {
                    parts.uri = address;
                }
            }
            Interaction::Compartment { owner, id, .. } => {
                if owner != "Patient" || id != self.patient {
                    return Err(Refused::not_found());
                }
            }
            Interaction::Instance { kind, id, act } => {
                let is_new = act == Act::Update && !self.is_there(kind, id).await;
                if !is_new && !self.owns(kind, id).await {
                    return Err(Refused::not_found());
                }
                if act == Act::Update {
                    return self.with_own_body(parts, body).await;
                }
            }
            Interaction::Create { .. } => return self.with_own_body(parts, body).await,
            Interaction::Everything { id } => {
                if id != self.patient {
                    return Err(Refused::not_found());
                }
            }
            Interaction::Whole { .. } => {
                return Err(Refused::scope(
                    "This is about the records of more than one patient; the token has patient scopes only.",
                ));
            }
        }
        Ok(Request::from_parts(parts, body))
    }

    /// The address at which the FHIR server finds this patient's records only; `None` where records belong to nobody.
    fn search_address(&self, kind: &str, by_form: bool, query: Option<&str>) -> Option<Uri> {
        let end = if by_form { "/_search" } else { "" };
        let query = query.unwrap_or_default();
        let text = if kind == "Patient" {
            let between = if query.is_empty() { "" } else { "&" };
            format!("/Patient{end}?{query}{between}_id={}", self.patient)
        } else if belongs_to_patients(kind) {
            let mark = if query.is_empty() { "" } else { "?" };
            format!("/Patient/{}/{kind}{end}{mark}{query}", self.patient)
        } else {
            return None;
        };
        PathAndQuery::try_from(text).ok().map(Uri::from)
    }

    /// Whether this patient has the record, or it belongs to nobody.
    async fn owns(&self, kind: &str, id: &str) -> bool {
        if kind == "Patient" {
            return id == self.patient;
        }
        if !belongs_to_patients(kind) {
            return true;
        }
        let path = format!("/Patient/{}/{kind}?_id={id}&_summary=count", self.patient);
        let found = self.ask(&path).await;
        found.is_some_and(|found| {
            found
                .get("total")
                .and_then(Value::as_u64)
                .is_some_and(|total| total > 0)
        })
    }

    async fn is_there(&self, kind: &str, id: &str) -> bool {
        self.ask(&format!("/{kind}/{id}")).await.is_some()
    }

    /// A body that names this patient, and no other.
    async fn with_own_body(&self, parts: http::request::Parts, body: Body) -> Result<Request<Body>, Refused> {
        let body = Limited::new(body, records::MAX_BODY_BYTES).collect().await;
        let body = body
            .map(http_body_util::Collected::to_bytes)
            .map_err(|_| Refused::scope("The body is longer than the FHIR server takes."))?;
        if parts.method != Method::PATCH {
            self.check_body(&body)?;
        } else if String::from_utf8_lossy(&body).contains("Patient/") {
            // A patch that moves a record to somebody else.
            return Err(Refused::scope(
                "With patient scopes a patch cannot change whose record it is.",
            ));
        }
        Ok(Request::from_parts(parts, Body::from(body)))
    }

    fn check_body(&self, body: &Bytes) -> Result<(), Refused> {
        let Ok(resource) = serde_json::from_slice::<Value>(body) else {
            return Err(Refused::scope("With patient scopes records are written as JSON."));
        };
        let text = |name: &str| resource.get(name).and_then(Value::as_str);
        if text("resourceType") == Some("Patient") {
            let is_own = text("id") == Some(self.patient);
            return is_own.then_some(()).ok_or_else(Refused::not_found);
        }
        let mut patients = Vec::new();
        patients_in(&resource, &mut patients);
        if !patients.is_empty() && patients.iter().all(|patient| *patient == self.patient) {
            return Ok(());
        }
        Err(Refused::scope(format!(
            "The record must refer to Patient/{} and to no other patient.",
            self.patient
        )))
    }

    async fn ask(&self, path: &str) -> Option<Value> {
        let request = Request::get(path).body(Body::empty()).ok()?;
        let response = self.server.fhir.answer(&self.tenant.fhir(), request).await;
        if response.status() != StatusCode::OK {
            return None;
        }
        let body = response.into_body().collect().await.ok()?.to_bytes();
        serde_json::from_slice(&body).ok()
    }
}

/// Whether records of this type belong to patients. Source: the tables of R4's patient compartment.
fn belongs_to_patients(kind: &str) -> bool {
    definitions::compartment("Patient")
        .iter()
        .any(|(member, _)| *member == kind)
}

/// The patients whom a resource refers to. Its depth is bounded by whoever parsed it.
fn patients_in<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if name == "reference"
                    && let Some(text) = value.as_str()
                {
                    let last = text.rsplit_once("Patient/").map(|(_, id)| id);
                    found.extend(last.map(|id| id.split('/').next().unwrap_or(id)));
                } else {
                    patients_in(value, found);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| patients_in(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_patients_of_a_record_are_found_wherever_they_stand() {
        let resource = json!({
            "resourceType": "Observation",
            "subject": { "reference": "Patient/1" },
            "performer": [{ "reference": "Practitioner/2" }, { "reference": "http://x/fhir/Patient/3/_history/1" }],
            "note": "Patient/9",
        });
        let mut found = Vec::new();
        patients_in(&resource, &mut found);
        found.sort_unstable();
        assert_eq!(found, ["1", "3"]);
        assert!(belongs_to_patients("Observation") && !belongs_to_patients("Practitioner"));
    }
}
