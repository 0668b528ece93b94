//! The signed JWT that an application proves itself with, checked in the platform's order: the first failure wins.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/application-restricted-restful-apis-signed-jwt-authentication>

use http::StatusCode;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::error::Refused;
use crate::auth::Application;
use crate::auth::PublicKeys;
use crate::auth::form::Form;
use crate::auth::jwt::Jwt;
use crate::auth::keys::{Algorithm, KeySet, Verdict};
use crate::exchange::Exchange;

/// How far ahead a token may end, in seconds: five minutes, and ten seconds for clocks that differ.
const FURTHEST_END_SECONDS: i64 = 310;
/// How much clocks may differ, in seconds.
const ALLOWANCE_SECONDS: i64 = 10;
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Which application signed the assertion.
///
/// # Errors
/// The first thing that is wrong, in the platform's order.
pub(super) async fn check(exchange: &Exchange<'_>, form: &Form<'_>) -> Result<Application, Refused> {
    let jwt = form.get("client_assertion").unwrap_or_default();
    if jwt.is_empty() {
        return Err(Refused::invalid("Missing client_assertion"));
    }
    let jwt = Jwt::parse(jwt).ok_or_else(|| Refused::invalid("Malformed JWT in client_assertion"))?;
    let claims = check_form(exchange, &jwt)?;
    let world = exchange.world;
    let workspace = exchange.tenant.workspace;
    // Step 6 of the platform: from here on the identifier is spent, also if a later step fails.
    let ends = exchange.now() + Duration::seconds(FURTHEST_END_SECONDS + ALLOWANCE_SECONDS);
    let name = format!("{}\n{}", claims.application, claims.id);
    if !world.logins.used.put(workspace, name.into(), (), ends) {
        return Err(Refused::invalid("Non-unique 'jti' claim in client_assertion JWT"));
    }
    let application = world
        .applications
        .find(workspace, claims.application)
        .await?
        .ok_or_else(|| Refused::unauthorised("Invalid 'iss'/'sub' claims in client_assertion JWT"))?;
    match keys_of(exchange, &application)
        .await?
        .verify(&jwt, Algorithm::Rs512)
    {
        Verdict::Good => {}
        Verdict::UnknownKey => {
            return Err(Refused::unauthorised(
                "Invalid 'kid' header in client_assertion JWT - no matching public key",
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
    let expected = format!("{}/token", exchange.interface_url());
    if !jwt.is_for(|aud| aud == expected) {
        return Err(Refused::unauthorised(
            "Missing or invalid 'aud' claim in client_assertion JWT",
        ));
    }
    Ok(application)
}

/// Checks the field that says what kind of assertion it is, which comes before the assertion.
///
/// # Errors
/// That it is missing or another one.
pub(super) fn check_type(form: &Form<'_>) -> Result<(), Refused> {
    if form.get("client_assertion_type") == Some(TYPE) {
        return Ok(());
    }
    Err(Refused::invalid(format!(
        "Missing or invalid client_assertion_type - must be '{TYPE}'"
    )))
}

/// What of the claims is looked at later.
struct Claims<'j> {
    application: &'j str,
    id: &'j str,
}

/// What can be checked without knowing the application.
fn check_form<'j>(exchange: &Exchange<'_>, jwt: &'j Jwt<'_>) -> Result<Claims<'j>, Refused> {
    let refuse = |what: &str| Err(Refused::invalid(what.replace("{}", "client_assertion JWT")));
    let now = exchange.now();
    if jwt.header_text("alg") != Some("RS512") {
        return refuse("Invalid 'alg' header in {} - unsupported JWT algorithm - must be 'RS512'");
    }
    let ends = jwt.claim("exp");
    if ends.is_some_and(|ends| is_over(ends, now)) {
        return refuse("Invalid 'exp' claim in {} - JWT has expired");
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
    let Some(ends) = whole_seconds(ends) else {
        return refuse("Invalid 'exp' claim in {} - must be an integer");
    };
    let Some(application) = jwt.text("iss").filter(|iss| jwt.text("sub") == Some(iss)) else {
        return refuse("Missing or non-matching 'iss'/'sub' claims in {}");
    };
    let id = match jwt.claim("jti") {
        None => return refuse("Missing 'jti' claim in {}"),
        Some(Value::String(id)) if !id.is_empty() => id,
        Some(Value::String(_)) => return refuse("Missing 'jti' claim in {}"),
        Some(_) => {
            return refuse("Invalid 'jti' claim in {} - must be a unique string value such as a GUID");
        }
    };
    let claims = Claims { application, id };
    let workspace = exchange.tenant.workspace;
    let name = format!("{application}\n{id}");
    let seen = exchange.world.logins.used.get(workspace, &name, now);
    if matches!(seen, crate::auth::shelf::Found::Good(())) {
        return refuse("Non-unique 'jti' claim in {}");
    }
    if ends.saturating_sub(now.unix_timestamp()) > FURTHEST_END_SECONDS {
        return refuse("Invalid 'exp' claim in {} - more than 5 minutes in future");
    }
    Ok(claims)
}

/// Whether a claim `exp` lies in the past. The platform reads a number in quotation marks as well here, which is why
/// such a token is refused as expired before it is refused as no number.
pub(super) fn is_over(ends: &Value, now: OffsetDateTime) -> bool {
    let ends = match ends.as_str() {
        Some(text) => text.trim().parse().ok(),
        None => whole_seconds(ends),
    };
    ends.is_some_and(|ends| ends < now.unix_timestamp())
}

/// A claim `exp` that is a number, in whole seconds.
pub(super) fn whole_seconds(ends: &Value) -> Option<i64> {
    if let Some(whole) = ends.as_i64() {
        return Some(whole);
    }
    let number = ends.as_f64()?;
    let most = 253_402_300_799.0; // the last second that a date with four digits for the year can name
    #[expect(clippy::cast_possible_truncation, reason = "within the bounds just above")]
    (0.0..=most).contains(&number).then_some(number as i64)
}

async fn keys_of(exchange: &Exchange<'_>, application: &Application) -> Result<KeySet, Refused> {
    let refuse = |text| Refused::new(StatusCode::FORBIDDEN, "public_key error", text);
    let out_of_reach = || refuse("The JWKS endpoint, for your client_assertion can't be reached");
    match &application.keys {
        PublicKeys::Nowhere => Err(refuse(
            "You need to register a public key to use this authentication method - please contact support to configure",
        )),
        PublicKeys::Set { jwks } => KeySet::parse(jwks).map_err(|_| out_of_reach()),
        PublicKeys::Url { url } => {
            let text = exchange.world.key_set_at(exchange.tenant.workspace, url).await;
            let text = text.ok_or_else(out_of_reach)?;
            KeySet::parse(&text).map_err(|_| out_of_reach())
        }
    }
}
