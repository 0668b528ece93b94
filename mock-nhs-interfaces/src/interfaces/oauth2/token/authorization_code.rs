//! The code that a login left, for the tokens of who logged in.

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::error::{Refused, broken};
use super::{by_secret, granted};
use crate::auth::form::Form;
use crate::auth::jwt::base64;
use crate::auth::keys::Algorithm;
use crate::auth::logins::{Answered, Refreshable};
use crate::auth::people::{LoggedIn, aal};
use crate::auth::shelf::Found;
use crate::auth::{Principal, same_secret};
use crate::exchange::Exchange;

/// How long an id token is good for, in seconds: an hour, as CIS2's.
const ID_TOKEN_SECONDS: i64 = 3_600;

pub(super) async fn issue(exchange: &Exchange<'_>, form: &Form<'_>) -> Result<Response<Body>, Refused> {
    let application = by_secret(exchange, form).await?;
    let callback = form
        .get("redirect_uri")
        .ok_or_else(|| Refused::invalid("redirect_uri is missing"))?;
    let code = form
        .get("code")
        .ok_or_else(|| Refused::invalid("authorization_code is missing"))?;
    if application
        .callback_urls
        .iter()
        .all(|known| known.as_str() != callback)
    {
        return Err(Refused::invalid("redirect_uri is invalid"));
    }
    let (workspace, now) = (exchange.tenant.workspace, exchange.now());
    // Taken before it is looked at: a code works once, also in the wrong hands (RFC 6749, section 10.5).
    let Found::Good(login) = exchange.world.logins.codes.take(workspace, code, now) else {
        return Err(invalid_code());
    };
    if *login.asked.api_key != *application.api_key {
        return Err(invalid_code());
    }
    if login.asked.callback_url.as_str() != callback {
        return Err(Refused::invalid("redirect_uri is invalid"));
    }
    if let Some(challenge) = &login.asked.challenge {
        check_verifier(challenge, form.get("code_verifier"))?;
    }
    let session: Arc<str> = uuid::Uuid::new_v4().to_string().into();
    let refreshable = Refreshable {
        api_key: Arc::clone(&login.asked.api_key),
        person: login.person.clone(),
        session: Some(Arc::clone(&session)),
        since: now,
        count: 0,
    };
    let mut members = granted::login(exchange, form, refreshable);
    if login.asked.wants_id_token {
        let claims = claims(exchange, &login, &session);
        let token = exchange.world.signer.sign(Algorithm::Rs512, claims).await;
        members.insert("id_token".to_owned(), token.ok_or_else(broken)?.into());
    }
    members.insert("sid".to_owned(), session.to_string().into());
    Ok(granted::answer(members))
}

const fn invalid_code() -> Refused {
    Refused::new(
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "authorization_code is invalid",
    )
}

/// The text whose hash the login was asked for with. Source: <https://www.rfc-editor.org/rfc/rfc7636#section-4.6>
fn check_verifier(challenge: &str, verifier: Option<&str>) -> Result<(), Refused> {
    let verifier = verifier.ok_or_else(|| Refused::invalid("code_verifier is missing"))?;
    if same_secret(base64(&Sha256::digest(verifier)).as_bytes(), challenge.as_bytes()) {
        return Ok(());
    }
    Err(Refused::new(
        StatusCode::BAD_REQUEST,
        "invalid_grant",
        "code_verifier is invalid",
    ))
}

/// Who logged in, as CIS2 and NHS login say it.
fn claims(exchange: &Exchange<'_>, login: &Answered, session: &str) -> Value {
    let now = exchange.now().unix_timestamp();
    let mut claims = json!({
        "iss": exchange.interface_url(),
        "sub": subject(&login.person),
        "aud": &*login.asked.api_key,
        "azp": &*login.asked.api_key,
        "iat": now,
        "exp": now.saturating_add(ID_TOKEN_SECONDS),
        "auth_time": login.at.unix_timestamp(),
        "jti": uuid::Uuid::new_v4().to_string(),
        "realm": exchange.tenant.realm(),
        "sid": session,
    });
    let mut add = |name: &str, value: Value| {
        if let Some(members) = claims.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(nonce) = &login.asked.nonce {
        add("nonce", json!(**nonce));
    }
    match &login.person.principal {
        Principal::HealthcareWorker { assurance, .. } => {
            add("acr", json!(format!("{}_ANY", aal(*assurance))));
            add("id_assurance_level", json!("3"));
            add("authentication_assurance_level", json!(assurance.digit()));
        }
        Principal::Citizen { nhs_number, proofing } => {
            add("vot", json!(format!("{}.Cp.Cd", proofing.name())));
            add("identity_proofing_level", json!(proofing.name()));
            add("nhs_number", json!(nhs_number.to_string()));
        }
        Principal::Application => {}
    }
    claims
}

/// What names a person in every token that is about them.
pub(in super::super) fn subject(person: &LoggedIn) -> String {
    match &person.principal {
        Principal::HealthcareWorker { user_id, .. } => user_id.to_string(),
        Principal::Citizen { nhs_number, .. } => {
            // NHS login names people by a text that says nothing, the same each time.
            let digest = Sha256::digest(nhs_number.to_string());
            base64(digest.get(..16).unwrap_or_default())
        }
        Principal::Application => String::new(),
    }
}
