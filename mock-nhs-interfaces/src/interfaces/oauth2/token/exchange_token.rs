//! The id token of somebody who logged in elsewhere, with the application's signed JWT, for tokens of the platform.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/user-restricted-restful-apis-nhs-cis2-separate-authentication-and-authorisation>

use std::sync::Arc;

use axum::body::Body;
use http::{Response, StatusCode};

use super::super::client_assertion::{self, is_over, whole_seconds};
use super::super::error::{Refused, broken};
use super::granted;
use crate::auth::form::Form;
use crate::auth::jwt::Jwt;
use crate::auth::keys::{Algorithm, Verdict};
use crate::auth::logins::Refreshable;
use crate::auth::people::LoggedIn;
use crate::auth::{Access, Assurance, Principal, Proofing};
use crate::exchange::Exchange;

const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(super) async fn issue(exchange: &Exchange<'_>, form: &Form<'_>) -> Result<Response<Body>, Refused> {
    if form.get("subject_token_type") != Some(ID_TOKEN) {
        return Err(Refused::invalid(format!(
            "missing or invalid subject_token_type - must be '{ID_TOKEN}'"
        )));
    }
    client_assertion::check_type(form)?;
    let subject = form
        .get("subject_token")
        .ok_or_else(|| Refused::invalid("Missing subject_token"))?;
    let subject = Jwt::parse(subject).ok_or_else(|| Refused::invalid("Malformed JWT in subject_token"))?;
    let application = client_assertion::check(exchange, form).await?;
    check_form(exchange, &subject)?;
    let person = verified(exchange, &subject).await?;
    let needed = match person.principal {
        Principal::Citizen { .. } => Access::Patient,
        Principal::HealthcareWorker { .. } | Principal::Application => Access::HealthcareWorker,
    };
    if !application.access.contains(&needed) {
        return Err(Refused::not_entitled());
    }
    let login = Refreshable {
        api_key: Arc::from(application.api_key),
        person,
        session: None,
        since: exchange.now(),
        count: 0,
    };
    let mut members = granted::login(exchange, form, login);
    members.insert("issued_token_type".to_owned(), ACCESS_TOKEN.into());
    members.insert("issued_at".to_owned(), granted::issued_at(exchange));
    Ok(granted::answer(members))
}

/// What can be checked without a key, in the platform's order.
fn check_form(exchange: &Exchange<'_>, jwt: &Jwt<'_>) -> Result<(), Refused> {
    let refuse = |what: &str| Err(Refused::invalid(what.replace("{}", "subject_token JWT")));
    let ends = jwt.claim("exp");
    if ends.is_some_and(|ends| is_over(ends, exchange.now())) {
        return refuse("Invalid 'exp' claim in {} - JWT has expired");
    }
    if jwt.header_text("alg").is_none() {
        return refuse("Missing 'alg' header in {}");
    }
    if jwt.header_text("kid").is_none() {
        return refuse("Missing 'kid' header in {}");
    }
    if !jwt
        .header_text("typ")
        .is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))
    {
        return refuse("Invalid 'typ' header in {} - must be 'JWT'");
    }
    let Some(ends) = ends else {
        return refuse("Missing 'exp' claim in {}");
    };
    if whole_seconds(ends).is_none() {
        return refuse("Invalid 'exp' claim in {} - must be an integer");
    }
    if jwt.text("iss").is_none() {
        return refuse("Missing 'iss' claim in {}");
    }
    if jwt.claim("aud").is_none() {
        return Err(Refused::unauthorised("Missing 'aud' claim in subject_token JWT"));
    }
    Ok(())
}

/// Whom an id token that was signed here is about.
async fn verified(exchange: &Exchange<'_>, jwt: &Jwt<'_>) -> Result<LoggedIn, Refused> {
    let key = exchange.world.signer.key().await.ok_or_else(broken)?;
    match key.public().verify(jwt, Algorithm::Rs512) {
        Verdict::Good => {}
        Verdict::UnknownKey => {
            return Err(Refused::unauthorised(
                "Invalid 'kid' header in subject_token JWT - no matching public key",
            ));
        }
        Verdict::Wrong => {
            return Err(Refused::new(
                StatusCode::UNAUTHORIZED,
                "public_key error",
                "JWT signature verification failed",
            ));
        }
    }
    // One key signs for all workspaces: the realm says whose login it was. The issuer cannot: inside the sandbox the
    // same login has another address.
    if jwt.text("realm") != Some(&exchange.tenant.realm()) {
        return Err(Refused::invalid(
            "Missing or non-matching 'iss' claim in subject_token JWT",
        ));
    }
    let refuse = || Refused::invalid("Malformed JWT in subject_token");
    let level = |name: &str| jwt.text(name).unwrap_or_default();
    if let Some(number) = jwt.text("nhs_number") {
        let proofing = Proofing::from_name(level("identity_proofing_level")).ok_or_else(refuse)?;
        return Ok(LoggedIn {
            principal: Principal::Citizen {
                nhs_number: number.parse().map_err(|_| refuse())?,
                proofing,
            },
            name: number.into(),
            resource: Some(number.into()),
        });
    }
    let assurance = Assurance::from_digit(level("authentication_assurance_level")).ok_or_else(refuse)?;
    let user_id = jwt.text("sub").ok_or_else(refuse)?;
    Ok(LoggedIn {
        principal: Principal::HealthcareWorker {
            user_id: user_id.into(),
            assurance,
        },
        name: user_id.into(),
        resource: None,
    })
}
