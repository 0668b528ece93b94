//! What is given out: the access token, and for a login what refreshes it.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use time::Duration;

use crate::auth::form::Form;
use crate::auth::logins::Refreshable;
use crate::auth::page::no_store;
use crate::auth::secret::secret;
use crate::auth::{Grant, Issued, Principal};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;

/// Letters and digits of a token: as many as the platform's have.
const TOKEN_CHARS: usize = 28;
/// How long an access token lives at most, in milliseconds: ten minutes.
const ACCESS_MS: u64 = 600_000;
/// How long a healthcare worker who logged in on the platform's page can go on: twelve hours.
const WORKER_LIFE: Duration = Duration::hours(12);
/// How long everybody else can go on: an hour.
const OTHERS_LIFE: Duration = Duration::hours(1);

/// How long a login can be refreshed, counted from its first token.
fn life_of(login: &Refreshable) -> Duration {
    let is_worker = matches!(login.person.principal, Principal::HealthcareWorker { .. });
    if is_worker && login.session.is_some() {
        WORKER_LIFE
    } else {
        OTHERS_LIFE
    }
}

/// Gives out an access token; answers the members that every answer has.
pub(super) fn access(exchange: &Exchange<'_>, form: &Form<'_>, issued: Issued) -> Map<String, Value> {
    let asked = form.milliseconds("_access_token_expiry_ms");
    let life_ms = asked.map_or(ACCESS_MS, |asked| asked.min(ACCESS_MS));
    let life = Duration::milliseconds(i64::try_from(life_ms).unwrap_or_default());
    let token = secret(TOKEN_CHARS);
    let ends = exchange.now() + life;
    let tokens = &exchange.world.tokens;
    tokens.add(exchange.tenant.workspace, token.as_str().into(), issued, ends);
    let mut members = Map::new();
    members.insert("access_token".to_owned(), token.into());
    members.insert("token_type".to_owned(), "Bearer".into());
    // What is left when it arrives, as a text: the platform's own habit.
    members.insert("expires_in".to_owned(), seconds_left(life).into());
    members
}

/// Gives out an access token for a login, and a refresh token with it.
pub(super) fn login(exchange: &Exchange<'_>, form: &Form<'_>, login: Refreshable) -> Map<String, Value> {
    let issued = Issued {
        grant: Grant {
            application: Some(Arc::clone(&login.api_key)),
            principal: login.person.principal.clone(),
        },
        session: login.session.clone(),
    };
    let mut members = access(exchange, form, issued);
    let now = exchange.now();
    let mut ends = login.since + life_of(&login);
    if let Some(asked) = form.milliseconds("_refresh_token_expiry_ms") {
        let asked = Duration::milliseconds(i64::try_from(asked).unwrap_or(i64::MAX));
        ends = now.checked_add(asked).map_or(ends, |asked| asked.min(ends));
    }
    let token = secret(TOKEN_CHARS);
    members.insert("refresh_token".to_owned(), token.as_str().into());
    members.insert("refresh_count".to_owned(), login.count.to_string().into());
    members.insert(
        "refresh_token_expires_in".to_owned(),
        seconds_left(ends - now).into(),
    );
    let logins = &exchange.world.logins;
    logins
        .refreshable
        .put(exchange.tenant.workspace, token.into(), login, ends);
    members
}

fn seconds_left(life: Duration) -> String {
    life.whole_seconds().saturating_sub(1).max(0).to_string()
}

/// When the token was given out, in milliseconds since 1970 and as a text.
pub(super) fn issued_at(exchange: &Exchange<'_>) -> Value {
    let milliseconds = exchange.now().unix_timestamp_nanos() / 1_000_000;
    json!(milliseconds.to_string())
}

pub(super) fn answer(members: Map<String, Value>) -> Response<Body> {
    let mut response = reply(StatusCode::OK, JSON, Value::Object(members).to_string());
    no_store(&mut response);
    response
}
