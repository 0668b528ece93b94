//! `auth/introspect` and `auth/revoke`: what a token is worth, and the end of it.
//! Source: <https://hl7.org/fhir/smart-app-launch/token-introspection.html>, <https://www.rfc-editor.org/rfc/rfc7009>

use axum::body::Body;
use http::{Response, StatusCode, header};
use serde_json::{Value, json};

use super::OwnCall;
use super::client::prove;
use super::error::Refused;
use super::state::Granted;
use crate::auth::form::Form;
use crate::auth::page::no_store;
use crate::auth::shelf::Found;
use crate::exchange::reply;
use crate::fhir::media_type::JSON;

pub(super) async fn introspect(call: &OwnCall<'_>) -> Result<Response<Body>, Refused> {
    let form = call.form()?;
    check_caller(call, &form).await?;
    let token = form
        .get("token")
        .ok_or_else(|| Refused::invalid("Missing token parameter"))?;
    let said = match token_of(call, token) {
        Some(granted) => active(call, &granted),
        None => json!({ "active": false }),
    };
    let mut response = reply(StatusCode::OK, JSON, said.to_string());
    no_store(&mut response);
    Ok(response)
}

pub(super) async fn revoke(call: &OwnCall<'_>) -> Result<Response<Body>, Refused> {
    let form = call.form()?;
    let application = prove(call, &form, None, None).await?;
    let token = form
        .get("token")
        .ok_or_else(|| Refused::invalid("Missing token parameter"))?;
    let (workspace, now) = (call.tenant.workspace, call.tenant.now());
    let shelves = &call.server.shelves;
    // A token of another application stays as it is, and nobody is told that it exists.
    if let Found::Good(granted) = shelves.tokens.get(workspace, token, now)
        && *granted.client == *application.api_key
    {
        shelves.tokens.take(workspace, token, now);
    }
    if let Found::Good(found) = shelves.refreshable.get(workspace, token, now)
        && *found.login.asked.client == *application.api_key
    {
        shelves.refreshable.take(workspace, token, now);
        // RFC 7009, section 2.1: the access tokens of the same login end with it.
        let login = &found.login.asked;
        shelves.tokens.remove_where(workspace, |granted| {
            granted.client == login.client && granted.patient == login.patient
        });
    }
    Ok(reply(StatusCode::OK, JSON, "{}"))
}

/// Whoever holds a good token, or is a registered application, may ask.
async fn check_caller(call: &OwnCall<'_>, form: &Form<'_>) -> Result<(), Refused> {
    let bearer = call
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|given| given.to_str().ok())
        .and_then(|given| given.strip_prefix("Bearer "));
    match bearer {
        Some(token) if token_of(call, token.trim()).is_some() => Ok(()),
        Some(_) => Err(Refused::client("The token of the caller is no good")),
        None => prove(call, form, None, None).await.map(drop),
    }
}

fn token_of(call: &OwnCall<'_>, token: &str) -> Option<Granted> {
    let (workspace, now) = (call.tenant.workspace, call.tenant.now());
    match call.server.shelves.tokens.get(workspace, token, now) {
        Found::Good(granted) => Some(granted),
        Found::Ended | Found::Unknown => None,
    }
}

fn active(call: &OwnCall<'_>, granted: &Granted) -> Value {
    let mut said = json!({
        "active": true,
        "scope": granted.scopes.text(),
        "client_id": &*granted.client,
        "exp": granted.ends.unix_timestamp(),
        "token_type": "Bearer",
        "iss": call.tenant.fhir_url,
    });
    if let Some(members) = said.as_object_mut() {
        if let Some(patient) = &granted.patient {
            members.insert("patient".to_owned(), json!(**patient));
        }
        if let Some(user) = &granted.user {
            let address = format!("{}/{}", call.tenant.fhir_url, user.reference());
            members.insert("fhirUser".to_owned(), json!(address));
        }
    }
    said
}
