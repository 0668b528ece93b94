//! `GET /authorize`: an application sends somebody's browser here to log in.
//! Source: <https://digital.nhs.uk/developer/guides-and-documentation/security-and-authorisation/user-restricted-restful-apis-nhs-cis2-combined-authentication-and-authorisation>

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use super::error::{Refused, answer, fault};
use crate::auth::Application;
use crate::auth::form::Form;
use crate::auth::logins::{Asked, PAGE_LIFE, Provider};
use crate::auth::page::redirect;
use crate::auth::secret::secret;
use crate::auth::{Access, CallbackUrl};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

/// Longest text of an application that is given back to it, in bytes.
const MOST_TEXT: usize = 4_000;

pub(super) const OPERATION: Operation = Operation {
    id: "authorize",
    title: "Send somebody to log in",
    summary: "Shows the login page and sends the browser back to the application with a code.",
    method: Method::GET,
    path: "/authorize",
    logins: &[Login::Open],
    fields: &[
        field(
            "client_id",
            "API key",
            "Your application's API key.",
            FieldKind::Credential,
            Need::Optional,
            "",
        ),
        field(
            "redirect_uri",
            "Callback address",
            "One of those that your application is registered with.",
            FieldKind::Text { wildcards: false },
            Need::Optional,
            "",
        ),
        field(
            "response_type",
            "Kind of answer",
            "Only a code is given.",
            FieldKind::Choice(&["code"]),
            Need::Optional,
            "code",
        ),
        field(
            "state",
            "State",
            "Your own text, which you get back and compare.",
            FieldKind::Text { wildcards: false },
            Need::Optional,
            "a1b2",
        ),
        field(
            "scope",
            "Scope",
            "nhs-cis2 or nhs-login say where to log in; openid asks for an id token.",
            FieldKind::Text { wildcards: false },
            Need::Optional,
            "nhs-cis2",
        ),
    ],
    examples: &[Example::get(
        "Without an application nobody logs in",
        "/authorize",
        401,
    )],
    faults: &[
        fault(
            400,
            "invalid_request",
            "redirect_uri is invalid",
            "The callback address is missing or is not one of the application's.",
        ),
        fault(
            401,
            "invalid_request",
            "client_id is invalid",
            "The application is missing or not known.",
        ),
        fault(
            401,
            "access_denied",
            "API Key supplied does not have access to this resource. Please check the API Key you are using belongs to an app which has sufficient access to access this resource.",
            "The application is not registered for users of this kind.",
        ),
    ],
    media_type: "text/html; charset=utf-8",
    specification: SPECIFICATION,
    handler: authorize,
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
        place: Place::Query,
        title,
        hint,
        kind,
        need,
        example,
    }
}

fn authorize<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { answer(ask(exchange).await) })
}

async fn ask(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let form = Form::parse(exchange.query().as_bytes());
    let api_key = form
        .get("client_id")
        .ok_or_else(|| Refused::unauthorised("client_id is missing"))?;
    let workspace = exchange.tenant.workspace;
    let application = exchange
        .world
        .applications
        .find(workspace, api_key)
        .await?
        .ok_or_else(|| Refused::unauthorised("client_id is invalid"))?;
    let callback = form
        .get("redirect_uri")
        .ok_or_else(|| Refused::invalid("redirect_uri is missing"))?;
    let callback = application
        .callback_urls
        .iter()
        .find(|known| known.as_str() == callback)
        .ok_or_else(|| Refused::invalid("redirect_uri is invalid"))?;
    let scopes: Vec<&str> = form.get("scope").unwrap_or_default().split_whitespace().collect();
    let provider = if scopes.contains(&"nhs-login") {
        Provider::NhsLogin
    } else {
        Provider::Cis2
    };
    check_entitled(&application, provider)?;
    // From here on the application itself is told what is wrong.
    let asked = match read(&form, &application, callback, &scopes, provider) {
        Ok(asked) => asked,
        Err((error, description)) => return Ok(tell(callback, form.get("state"), error, description)),
    };
    let name = secret(24);
    let ends = exchange.now() + PAGE_LIFE;
    let address = format!("{}/login?request={name}", exchange.interface_url());
    exchange
        .world
        .logins
        .asked
        .put(workspace, name.into(), asked, ends);
    Ok(redirect(&address))
}

fn check_entitled(application: &Application, provider: Provider) -> Result<(), Refused> {
    let needed = match provider {
        Provider::Cis2 => Access::HealthcareWorker,
        Provider::NhsLogin => Access::Patient,
    };
    if application.access.contains(&needed) {
        return Ok(());
    }
    Err(Refused::new(
        StatusCode::UNAUTHORIZED,
        "access_denied",
        "API Key supplied does not have access to this resource. Please check the API Key you are using belongs to an app which has sufficient access to access this resource.",
    ))
}

/// Reads what the application wants, or says what is wrong in the two fields that it is told with.
fn read(
    form: &Form<'_>,
    application: &Application,
    callback: &CallbackUrl,
    scopes: &[&str],
    provider: Provider,
) -> Result<Asked, (&'static str, &'static str)> {
    let state = form.get("state").ok_or(("invalid_request", "state is missing"))?;
    match form.get("response_type") {
        Some("code") => {}
        None => return Err(("invalid_request", "response_type is missing")),
        Some(_) => return Err(("unsupported_response_type", "response_type is invalid")),
    }
    let challenge = form.get("code_challenge");
    match (challenge, form.get("code_challenge_method")) {
        (None, None) | (Some(_), Some("S256")) => {}
        (None, Some(_)) => return Err(("invalid_request", "code_challenge is missing")),
        (Some(_), _) => {
            return Err((
                "invalid_request",
                "code_challenge_method is invalid - must be 'S256'",
            ));
        }
    }
    let nonce = form.get("nonce");
    let texts = [Some(state), challenge, nonce];
    if texts.into_iter().flatten().any(|text| text.len() > MOST_TEXT) {
        return Err(("invalid_request", "state is too long"));
    }
    Ok(Asked {
        api_key: Arc::from(application.api_key.as_str()),
        callback_url: callback.clone(),
        state: state.into(),
        wants_id_token: scopes.contains(&"openid"),
        nonce: nonce.map(Arc::from),
        challenge: challenge.map(Arc::from),
        provider,
    })
}

/// Sends the browser back to the application with an error.
pub(super) fn tell(
    callback: &CallbackUrl,
    state: Option<&str>,
    error: &str,
    description: &str,
) -> Response<Body> {
    let parameters = [("error", error), ("error_description", description)];
    // A text that is too long would make an address that no browser takes.
    let state = state
        .filter(|state| state.len() <= MOST_TEXT)
        .map(|state| ("state", state));
    redirect(&callback.with(parameters.into_iter().chain(state)))
}
