//! `GET /logout`: an application ends the login of its user.
//! Source: <https://openid.net/specs/openid-connect-rpinitiated-1_0.html>

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use super::error::{Refused, answer, broken, fault};
use crate::auth::form::Form;
use crate::auth::jwt::Jwt;
use crate::auth::keys::{Algorithm, Verdict};
use crate::auth::page::{page, redirect};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

pub(super) const OPERATION: Operation = Operation {
    id: "log_out",
    title: "Log out",
    summary: "Ends the login that an id token came from, with all its tokens.",
    method: Method::GET,
    path: "/logout",
    logins: &[Login::Open],
    fields: &[
        Field {
            name: "id_token_hint",
            place: Place::Query,
            title: "Id token",
            hint: "The id token of the login that is to end.",
            kind: FieldKind::Credential,
            need: Need::Optional,
            example: "",
        },
        Field {
            name: "post_logout_redirect_uri",
            place: Place::Query,
            title: "Address to go to",
            hint: "One of the application's callback addresses; without one, a page says that the login is over.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Optional,
            example: "",
        },
    ],
    examples: &[Example::get("Without an id token nothing ends", "/logout", 400)],
    faults: &[fault(
        400,
        "invalid_request",
        "id_token_hint is invalid",
        "The id token is missing, or was not signed here for this workspace.",
    )],
    media_type: "text/html; charset=utf-8",
    specification: SPECIFICATION,
    handler: log_out,
};

fn log_out<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { answer(end(exchange).await) })
}

async fn end(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let form = Form::parse(exchange.query().as_bytes());
    let token = form
        .get("id_token_hint")
        .ok_or_else(|| Refused::invalid("id_token_hint is missing"))?;
    let refuse = || Refused::invalid("id_token_hint is invalid");
    let jwt = Jwt::parse(token).ok_or_else(refuse)?;
    let key = exchange.world.signer.key().await.ok_or_else(broken)?;
    // A token that is over still says whose login it was.
    let is_ours = key.public().verify(&jwt, Algorithm::Rs512) == Verdict::Good
        && jwt.text("realm") == Some(&exchange.tenant.realm());
    let session = jwt.text("sid").filter(|_| is_ours).ok_or_else(refuse)?;
    let workspace = exchange.tenant.workspace;
    exchange.world.tokens.end_session(workspace, session);
    exchange.world.logins.end_session(workspace, session);
    let application = match jwt.text("aud") {
        Some(api_key) => exchange.world.applications.find(workspace, api_key).await?,
        None => None,
    };
    let Some(wanted) = form.get("post_logout_redirect_uri") else {
        return Ok(page(
            StatusCode::OK,
            "You are logged out",
            "<p>The login is over and its tokens open nothing any more. You can close this page.</p>",
        ));
    };
    let known = application
        .iter()
        .flat_map(|application| &application.callback_urls)
        .find(|known| known.as_str() == wanted)
        .ok_or_else(|| Refused::invalid("post_logout_redirect_uri is invalid"))?;
    Ok(redirect(&match form.get("state") {
        Some(state) if state.len() <= 4_000 => known.with([("state", state)]),
        Some(_) | None => known.to_string(),
    }))
}
