//! `auth/token`: a code, or a refresh token, for an access token.
//! Source: <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-access-token>

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::Duration;

use super::OwnCall;
use super::client::{error_of, prove};
use super::error::Refused;
use super::simulated::SimulatedError;
use super::state::{Granted, Login, Refreshable};
use crate::auth::Application;
use crate::auth::form::Form;
use crate::auth::jwt::base64;
use crate::auth::keys::Algorithm;
use crate::auth::page::no_store;
use crate::auth::same_secret;
use crate::auth::secret::secret;
use crate::auth::shelf::Found;
use crate::exchange::reply;
use crate::fhir::media_type::JSON;

/// How long an access token lives.
const ACCESS_LIFE: Duration = Duration::hours(1);
/// How long an app can go on while its user is away.
const OFFLINE_LIFE: Duration = Duration::days(30);
/// How long it can go on while its user is there.
const ONLINE_LIFE: Duration = Duration::hours(12);
/// What every access token begins with, so that one that is over is told from what never was one.
pub(super) const PREFIX: &str = "smart-";

pub(super) async fn issue(call: &OwnCall<'_>) -> Result<Response<Body>, Refused> {
    let form = call.form()?;
    match form.get("grant_type") {
        Some("authorization_code") => for_code(call, &form).await,
        Some("refresh_token") => for_refresh_token(call, &form).await,
        None => Err(Refused::invalid("Missing grant_type parameter")),
        Some(_) => Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "grant_type must be authorization_code or refresh_token",
        )),
    }
}

async fn for_code(call: &OwnCall<'_>, form: &Form<'_>) -> Result<Response<Body>, Refused> {
    let (workspace, now) = (call.tenant.workspace, call.tenant.now());
    let code = form
        .get("code")
        .ok_or_else(|| Refused::invalid("Missing code parameter"))?;
    let launched = match call.server.shelves.codes.get(workspace, code, now) {
        Found::Good(login) => login.asked.error,
        Found::Ended | Found::Unknown => None,
    };
    let application = prove(call, form, launched, None).await?;
    let callback = form
        .get("redirect_uri")
        .ok_or_else(|| Refused::invalid("Missing redirect_uri parameter"))?;
    // Taken before it is looked at: a code works once, also in the wrong hands.
    let Found::Good(login) = call.server.shelves.codes.take(workspace, code, now) else {
        return Err(Refused::grant(
            "The code was never given out, was used, or is over",
        ));
    };
    if *login.asked.client != *application.api_key {
        return Err(Refused::grant("The code was given to another application"));
    }
    if login.asked.callback.as_str() != callback {
        return Err(Refused::grant(
            "redirect_uri is not the one that the code was asked for with",
        ));
    }
    if let Some(challenge) = &login.asked.challenge {
        let verifier = form
            .get("code_verifier")
            .ok_or_else(|| Refused::grant("Missing code_verifier parameter"))?;
        if !same_secret(base64(&Sha256::digest(verifier)).as_bytes(), challenge.as_bytes()) {
            return Err(Refused::grant("code_verifier does not fit the code_challenge"));
        }
    }
    check_simulated(&login, &application)?;
    let is_offline = login.asked.scopes.has("offline_access");
    let life = if is_offline { OFFLINE_LIFE } else { ONLINE_LIFE };
    let error = login.asked.error.or_else(|| error_of(&application));
    let ends = now + life;
    give(call, Refreshable { login, ends }, error).await
}

async fn for_refresh_token(call: &OwnCall<'_>, form: &Form<'_>) -> Result<Response<Body>, Refused> {
    let token = form
        .get("refresh_token")
        .ok_or_else(|| Refused::invalid("Missing refresh_token parameter"))?;
    let (workspace, now) = (call.tenant.workspace, call.tenant.now());
    let shelf = &call.server.shelves.refreshable;
    let holder = match shelf.get(workspace, token, now) {
        Found::Good(found) => Some(found.login.asked.client),
        Found::Ended | Found::Unknown => None,
    };
    let application = prove(call, form, None, holder.as_deref()).await?;
    let mine = |found: &Refreshable| *found.login.asked.client == *application.api_key;
    let mut refreshable = match shelf.get(workspace, token, now) {
        Found::Good(found) if mine(&found) => found,
        Found::Good(_) | Found::Unknown => return Err(Refused::grant("Invalid refresh token")),
        Found::Ended => return Err(Refused::grant("Expired refresh token")),
    };
    let error = refreshable.login.asked.error.or_else(|| error_of(&application));
    if error == Some(SimulatedError::TokenExpiredRefreshToken) {
        return Err(Refused::grant("Simulated expired refresh token error"));
    }
    check_simulated(&refreshable.login, &application)?;
    if let Some(asked) = form.get("scope") {
        let narrowed = refreshable.login.asked.scopes.narrowed(asked);
        if narrowed.is_empty() {
            return Err(Refused::scope("None of these scopes was granted before"));
        }
        refreshable.login.asked.scopes = narrowed;
    }
    // Of two who send the same token at the same time, one gets the next.
    if !matches!(shelf.take(workspace, token, now), Found::Good(_)) {
        return Err(Refused::grant("Invalid refresh token"));
    }
    give(call, refreshable, error).await
}

fn check_simulated(login: &Login, application: &Application) -> Result<(), Refused> {
    match login.asked.error.or_else(|| error_of(application)) {
        Some(SimulatedError::TokenInvalidToken) => Err(Refused::client("Simulated invalid token error")),
        Some(SimulatedError::TokenInvalidScope) => Err(Refused::scope("Simulated invalid scope error")),
        _ => Ok(()),
    }
}

/// Gives tokens out; `error` is what is to go wrong when they are used.
async fn give(
    call: &OwnCall<'_>,
    refreshable: Refreshable,
    error: Option<SimulatedError>,
) -> Result<Response<Body>, Refused> {
    let (tenant, now) = (call.tenant, call.tenant.now());
    let asked = &refreshable.login.asked;
    let scopes = &asked.scopes;
    let token = format!("{PREFIX}{}", secret(32));
    let mut answer = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE.whole_seconds(),
        "scope": scopes.text(),
    });
    let mut add = |name: &str, value: Value| {
        if let Some(members) = answer.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(patient) = &asked.patient {
        add("patient", json!(**patient));
        // An app that stands alone has to say whose record it shows.
        add("need_patient_banner", json!(!asked.from_record));
    }
    if scopes.wants_user()
        && let Some(claims) = claims(call, &refreshable.login)
    {
        let signed = call.server.world.signer.sign(Algorithm::Rs256, claims).await;
        add("id_token", json!(signed.ok_or_else(Refused::broken)?));
    }
    let granted = Granted {
        client: Arc::clone(&asked.client),
        scopes: scopes.clone(),
        patient: asked.patient.clone(),
        user: asked.user.clone(),
        error,
        ends: now + ACCESS_LIFE,
    };
    let shelves = &call.server.shelves;
    shelves
        .tokens
        .put(tenant.workspace, token.into(), granted, now + ACCESS_LIFE);
    if scopes.wants_refresh() {
        let token = secret(40);
        add("refresh_token", json!(token));
        let ends = refreshable.ends;
        shelves
            .refreshable
            .put(tenant.workspace, token.into(), refreshable, ends);
    }
    let mut response = reply(StatusCode::OK, JSON, answer.to_string());
    no_store(&mut response);
    Ok(response)
}

/// Who uses the app, as `OpenID` Connect says it.
fn claims(call: &OwnCall<'_>, login: &Login) -> Option<Value> {
    let tenant = call.tenant;
    let user = login.asked.user.as_ref()?.reference();
    let now = tenant.now().unix_timestamp();
    let digest = Sha256::digest(format!("{user} {}", tenant.access_token));
    let address = format!("{}/{user}", tenant.fhir_url);
    let mut claims = json!({
        "iss": tenant.fhir_url,
        "sub": base64(digest.get(..16)?),
        "aud": &*login.asked.client,
        "iat": now,
        "exp": now.saturating_add(ACCESS_LIFE.whole_seconds()),
        "auth_time": login.at.unix_timestamp(),
        "fhirUser": address,
        "profile": address,
    });
    if let (Some(nonce), Some(members)) = (&login.asked.nonce, claims.as_object_mut()) {
        members.insert("nonce".to_owned(), json!(**nonce));
    }
    Some(claims)
}
