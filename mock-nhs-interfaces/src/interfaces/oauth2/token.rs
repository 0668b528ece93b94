//! `POST /token`: an access token for a proof of who is asking.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation>

mod authorization_code;
mod client_credentials;
mod exchange_token;
mod granted;
mod refresh;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use super::error::{Refused, answer, fault};
use crate::auth::Application;
use crate::auth::form::Form;
use crate::auth::same_secret;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const FORM: &str = "application/x-www-form-urlencoded";

pub(super) const OPERATION: Operation = Operation {
    id: "issue_token",
    title: "Get an access token",
    summary: "Gives an access token for a signed JWT, an id token, an authorization code or a refresh token.",
    method: Method::POST,
    path: "/token",
    logins: &[Login::Open],
    fields: &[
        field(
            "grant_type",
            "Kind of proof",
            "What is exchanged for a token.",
            FieldKind::Choice(&[
                "client_credentials",
                "authorization_code",
                "refresh_token",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ]),
            Need::Required,
            "client_credentials",
        ),
        field(
            "client_assertion",
            "Signed JWT",
            "A token that your application signed with RS512, for this address.",
            FieldKind::Credential,
            Need::Optional,
            "JWT",
        ),
        field(
            "code",
            "Code",
            "The code that your application's callback address got.",
            FieldKind::Credential,
            Need::Optional,
            "CODE",
        ),
        field(
            "refresh_token",
            "Refresh token",
            "The one that came with the last access token.",
            FieldKind::Credential,
            Need::Optional,
            "TOKEN",
        ),
        field(
            "client_id",
            "API key",
            "Your application's API key, with a code or a refresh token.",
            FieldKind::Credential,
            Need::Optional,
            "KEY",
        ),
        field(
            "client_secret",
            "Secret",
            "Your application's secret, with a code or a refresh token.",
            FieldKind::Credential,
            Need::Optional,
            "SECRET",
        ),
        field(
            "redirect_uri",
            "Callback address",
            "The one that the login was asked for with.",
            FieldKind::Text { wildcards: false },
            Need::Optional,
            "https://example.org/callback",
        ),
    ],
    examples: &[
        Example::sending(
            "Without a kind of proof there is no token",
            "/token",
            ExampleBody {
                media_type: FORM,
                text: "client_id=abc",
            },
            400,
        ),
        Example::sending(
            "A proof that is no form is not read",
            "/token",
            ExampleBody {
                media_type: "application/json",
                text: "{}",
            },
            415,
        ),
    ],
    faults: &[
        fault(
            415,
            "invalid_request",
            "Content-Type header must be application/x-www-form-urlencoded",
            "The body is said to be something else than a form.",
        ),
        fault(
            400,
            "unsupported_grant_type",
            "grant_type is invalid",
            "The kind of proof is not known.",
        ),
        fault(
            400,
            "invalid_request",
            "Malformed JWT in client_assertion",
            "Something is missing, or the signed JWT is not as it must be.",
        ),
        fault(
            400,
            "invalid_grant",
            "authorization_code is invalid",
            "The code was never given out, was used, is over, or belongs to another application.",
        ),
        fault(
            401,
            "invalid_request",
            "Invalid 'iss'/'sub' claims in client_assertion JWT",
            "The application or its key is not known, or the JWT is for another address.",
        ),
        fault(
            401,
            "invalid_client",
            "client_id or client_secret is invalid",
            "The application's key and secret do not belong together.",
        ),
        fault(
            401,
            "invalid_grant",
            "refresh_token is invalid",
            "The refresh token was never given out, was used, or is over.",
        ),
        fault(
            401,
            "public_key error",
            "JWT signature verification failed",
            "Another key made the signature.",
        ),
        fault(
            401,
            "unauthorized_client",
            "you have tried to request authorization but your application is not configured to use this authorization grant type",
            "The application is not registered for this kind of access.",
        ),
        fault(
            403,
            "public_key error",
            "You need to register a public key to use this authentication method - please contact support to configure",
            "The application has no public key, or its key set cannot be fetched.",
        ),
    ],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: issue_token,
};

const fn field(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    kind: FieldKind,
    need: Need,
    example: &'static str,
) -> Field {
    Field {
        name,
        place: Place::Body,
        title,
        hint,
        kind,
        need,
        example,
    }
}

fn issue_token<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { answer(issue(exchange).await) })
}

async fn issue(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let media_type = exchange.headers().get(CONTENT_TYPE);
    if media_type.is_none_or(|given| given.as_bytes() != FORM.as_bytes()) {
        return Err(Refused::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_request",
            "Content-Type header must be application/x-www-form-urlencoded",
        ));
    }
    let form = Form::parse(&exchange.body);
    match form.get("grant_type") {
        None => Err(Refused::invalid("grant_type is missing")),
        Some("client_credentials") => client_credentials::issue(exchange, &form).await,
        Some("authorization_code") => authorization_code::issue(exchange, &form).await,
        Some("refresh_token") => refresh::issue(exchange, &form).await,
        Some("urn:ietf:params:oauth:grant-type:token-exchange") => {
            exchange_token::issue(exchange, &form).await
        }
        Some(_) => Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "grant_type is invalid",
        )),
    }
}

/// The application whose key and secret the form holds.
async fn by_secret(exchange: &Exchange<'_>, form: &Form<'_>) -> Result<Application, Refused> {
    let api_key = form
        .get("client_id")
        .ok_or_else(|| Refused::unauthorised("client_id is missing"))?;
    let secret = form
        .get("client_secret")
        .ok_or_else(|| Refused::unauthorised("client_secret is missing"))?;
    let workspace = exchange.tenant.workspace;
    let application = exchange.world.applications.find(workspace, api_key).await?;
    application
        .filter(|application| same_secret(secret.as_bytes(), application.secret.as_bytes()))
        .ok_or_else(|| {
            Refused::new(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "client_id or client_secret is invalid",
            )
        })
}
