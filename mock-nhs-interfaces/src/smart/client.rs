//! How an app proves that it is the one: not at all, with its secret, or with a token that it signs.
//! Source: <https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html>

use http::header;
use time::Duration;

use super::OwnCall;
use super::authorize::INSIDE;
use super::error::Refused;
use super::simulated::SimulatedError;
use crate::auth::Application;
use crate::auth::form::Form;
use crate::auth::jwt::Jwt;
use crate::auth::keys::{Algorithm, KeySet, Verdict};
use crate::auth::{ClientType, PublicKeys, same_secret};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far ahead an assertion may end, in seconds: five minutes, and ten seconds for clocks that differ.
const FURTHEST_END_SECONDS: i64 = 310;

/// The app that asks, as its type of client proves it; `launched` is what was chosen to go wrong for its launch, `holder`
/// the app that what it holds was given to, for public apps whose library does not name them again.
pub(super) async fn prove(
    call: &OwnCall<'_>,
    form: &Form<'_>,
    launched: Option<SimulatedError>,
    holder: Option<&str>,
) -> Result<Application, Refused> {
    let basic = basic(call);
    let assertion = form.get("client_assertion");
    let named = assertion.and_then(Jwt::parse);
    let client = basic
        .as_ref()
        .map(|(client, _)| client.as_str())
        .or_else(|| form.get("client_id"))
        .or_else(|| named.as_ref()?.text("iss"))
        .or(holder)
        .ok_or_else(|| Refused::client("Missing client_id parameter"))?;
    let applications = &call.server.world.applications;
    let application = applications.find(call.tenant.workspace, client).await?;
    let application =
        application.ok_or_else(|| Refused::client("client_id is not known in this workspace"))?;
    let error = launched.or_else(|| error_of(&application));
    match application.client_type {
        ClientType::Public => {}
        ClientType::ConfidentialSymmetric => {
            if error == Some(SimulatedError::AuthInvalidClientSecret) {
                return Err(Refused::client("Simulated invalid client secret error"));
            }
            let secret = basic.as_ref().map(|(_, secret)| secret.as_str());
            let secret = secret.or_else(|| form.get("client_secret"));
            let secret = secret.ok_or_else(|| {
                Refused::client("Basic authentication is required for confidential clients")
            })?;
            if !same_secret(secret.as_bytes(), application.secret.as_bytes()) {
                return Err(Refused::client("The secret is not that of the application"));
            }
        }
        ClientType::ConfidentialAsymmetric => check_assertion(call, form, &application, error).await?,
    }
    Ok(application)
}

/// What is to go wrong for this app, wherever it was launched from.
pub(super) fn error_of(application: &Application) -> Option<SimulatedError> {
    SimulatedError::from_name(application.simulated_error.as_deref()?)
}

/// Name and secret of the header `Authorization: Basic`.
fn basic(call: &OwnCall<'_>) -> Option<(String, String)> {
    use base64::Engine as _;
    let given = call.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = given.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text.trim())
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (client, secret) = text.split_once(':')?;
    Some((client.to_owned(), secret.to_owned()))
}

async fn check_assertion(
    call: &OwnCall<'_>,
    form: &Form<'_>,
    application: &Application,
    error: Option<SimulatedError>,
) -> Result<(), Refused> {
    if form.get("client_assertion_type") != Some(ASSERTION) {
        return Err(Refused::client(format!(
            "client_assertion_type must be '{ASSERTION}'"
        )));
    }
    let jwt = form.get("client_assertion").and_then(Jwt::parse);
    let jwt = jwt.ok_or_else(|| Refused::client("client_assertion is missing, or is no JWT"))?;
    let algorithm = jwt.header_text("alg").and_then(Algorithm::from_name);
    let algorithm =
        algorithm.ok_or_else(|| Refused::client("The assertion must be signed with RS384 or ES384"))?;
    let client = application.api_key.as_str();
    if jwt.text("iss") != Some(client) || jwt.text("sub") != Some(client) {
        return Err(Refused::client(
            "The claims iss and sub must both be the client_id",
        ));
    }
    let urls = [
        call.tenant.fhir_url.as_str(),
        call.tenant.browser_url.as_str(),
        INSIDE,
    ];
    let is_for_us = |aud: &str| {
        urls.iter()
            .any(|url| aud.strip_prefix(url) == Some("/auth/token"))
    };
    if !jwt.is_for(is_for_us) {
        return Err(Refused::client(
            "The claim aud must be the address of the token endpoint",
        ));
    }
    let now = call.tenant.now();
    let left = jwt
        .claim("exp")
        .and_then(serde_json::Value::as_i64)
        .map(|ends| ends.saturating_sub(now.unix_timestamp()));
    if error == Some(SimulatedError::TokenExpiredRegistrationToken) {
        return Err(Refused::client("Simulated expired token error"));
    }
    match left {
        Some(left) if left > FURTHEST_END_SECONDS => {
            return Err(Refused::client("The claim exp is more than five minutes ahead"));
        }
        Some(left) if left > 0 => {}
        Some(_) => return Err(Refused::client("The assertion has expired")),
        None => return Err(Refused::client("The claim exp is missing, or is no number")),
    }
    if error == Some(SimulatedError::TokenInvalidJti) {
        return Err(Refused::client("Simulated invalid 'jti' value"));
    }
    let id = jwt
        .text("jti")
        .ok_or_else(|| Refused::client("The claim jti is missing"))?;
    let set = key_set(call, application).await?;
    match set.verify(&jwt, algorithm) {
        Verdict::Good => {}
        Verdict::UnknownKey => return Err(Refused::client("No registered key has the kid of the assertion")),
        Verdict::Wrong => return Err(Refused::client("The signature of the assertion is wrong")),
    }
    let ends = now + Duration::seconds(FURTHEST_END_SECONDS);
    let name = format!("{client}\n{id}");
    if !call
        .server
        .shelves
        .used
        .put(call.tenant.workspace, name.into(), (), ends)
    {
        return Err(Refused::client("The claim jti was used before"));
    }
    Ok(())
}

async fn key_set(call: &OwnCall<'_>, application: &Application) -> Result<KeySet, Refused> {
    let text = match &application.keys {
        PublicKeys::Nowhere => None,
        PublicKeys::Set { jwks } => Some(jwks.clone()),
        PublicKeys::Url { url } => call.server.world.key_set_at(call.tenant.workspace, url).await,
    };
    let set = text.and_then(|text| KeySet::parse(&text).ok());
    set.ok_or_else(|| Refused::client("The application has no public key that can be read"))
}
