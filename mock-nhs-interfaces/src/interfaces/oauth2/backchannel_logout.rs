//! `POST /backchannel_logout`: CIS2 tells the platform that a login is over.
//! Source: <https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation>

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use super::error::{Refused, answer, broken, fault};
use crate::auth::form::Form;
use crate::auth::jwt::Jwt;
use crate::auth::keys::{Algorithm, Verdict};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::JSON;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

/// What CIS2 calls the platform here.
const PLATFORM: &str = "code4health-sandbox";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub(super) const OPERATION: Operation = Operation {
    id: "log_out_from_behind",
    title: "Tell the platform that a login is over",
    summary: "Ends the tokens of the login that a logout token names; only the login itself can sign one.",
    method: Method::POST,
    path: "/backchannel_logout",
    logins: &[Login::Open],
    fields: &[Field {
        name: "logout_token",
        place: Place::Body,
        title: "Logout token",
        hint: "A token that the login signed with RS512.",
        kind: FieldKind::Credential,
        need: Need::Required,
        example: "JWT",
    }],
    examples: &[Example::sending(
        "A token that nobody signed ends nothing",
        "/backchannel_logout",
        ExampleBody {
            media_type: "application/x-www-form-urlencoded",
            text: "logout_token=e30.e30.e30",
        },
        400,
    )],
    faults: &[
        fault(
            400,
            "invalid_request",
            "Unable to verify JWT",
            "The token is missing, was signed by somebody else, or lacks a claim.",
        ),
        fault(
            501,
            "invalid_request",
            "No login has this session id",
            "The login is over already.",
        ),
    ],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: log_out_from_behind,
};

fn log_out_from_behind<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { answer(end(exchange).await) })
}

async fn end(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let form = Form::parse(&exchange.body);
    let refuse = || Refused::invalid("Unable to verify JWT");
    let jwt = form.get("logout_token").and_then(Jwt::parse).ok_or_else(refuse)?;
    let key = exchange.world.signer.key().await.ok_or_else(broken)?;
    if key.public().verify(&jwt, Algorithm::Rs512) != Verdict::Good
        || jwt.text("realm") != Some(&exchange.tenant.realm())
    {
        return Err(refuse());
    }
    let session = check(exchange, &jwt)?;
    let workspace = exchange.tenant.workspace;
    let ended = exchange.world.tokens.end_session(workspace, session)
        + exchange.world.logins.end_session(workspace, session);
    if ended == 0 {
        return Err(Refused::new(
            StatusCode::NOT_IMPLEMENTED,
            "invalid_request",
            "No login has this session id",
        ));
    }
    Ok(reply(StatusCode::OK, JSON, "{}"))
}

/// The claims in the platform's order; answers which login is over.
fn check<'j>(exchange: &Exchange<'_>, jwt: &'j Jwt<'_>) -> Result<&'j str, Refused> {
    if !jwt.is_for(|aud| aud == PLATFORM) {
        return Err(Refused::invalid("Missing/invalid aud claim in JWT"));
    }
    if jwt.text("iss") != Some(&exchange.interface_url()) {
        return Err(Refused::invalid("Missing/invalid iss claim in JWT"));
    }
    let session = jwt
        .text("sid")
        .ok_or_else(|| Refused::invalid("Missing sid claim in JWT"))?;
    if jwt.claim("events").and_then(|events| events.get(EVENT)).is_none() {
        return Err(Refused::invalid("Missing/invalid events claim in JWT"));
    }
    if jwt.claim("nonce").is_some() {
        return Err(Refused::invalid("Prohibited nonce claim in JWT"));
    }
    Ok(session)
}
