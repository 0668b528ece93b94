//! `GET /callback`: where the login page sends the browser, on its way to the application.

use axum::body::Body;
use http::{Method, Response};

use super::SPECIFICATION;
use super::error::{Refused, answer, fault};
use crate::auth::form::Form;
use crate::auth::logins::CODE_LIFE;
use crate::auth::page::redirect;
use crate::auth::secret::secret;
use crate::auth::shelf::Found;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, Login, Operation};

pub(super) const OPERATION: Operation = Operation {
    id: "return_from_login",
    title: "Come back from the login page",
    summary: "Takes what the login page says and sends the browser to the application with a code.",
    method: Method::GET,
    path: "/callback",
    logins: &[Login::Open],
    fields: &[],
    examples: &[Example::get(
        "A login that nobody began cannot end",
        "/callback?code=a&state=b",
        400,
    )],
    faults: &[fault(
        400,
        "invalid_request",
        "Invalid state parameter.",
        "No login with this state is under way, or it has ended already.",
    )],
    media_type: "application/json",
    specification: SPECIFICATION,
    handler: return_from_login,
};

fn return_from_login<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { answer(go_on(exchange)) })
}

fn go_on(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let form = Form::parse(exchange.query().as_bytes());
    let state = form.get("state").unwrap_or_default();
    let name = format!("{state}\n{}", form.get("code").unwrap_or_default());
    let logins = &exchange.world.logins;
    let (workspace, now) = (exchange.tenant.workspace, exchange.now());
    let Found::Good(login) = logins.answered.take(workspace, &name, now) else {
        return Err(Refused::invalid("Invalid state parameter."));
    };
    let code = secret(32);
    let address = login
        .asked
        .callback_url
        .with([("code", code.as_str()), ("state", &login.asked.state)]);
    logins.codes.put(workspace, code.into(), login, now + CODE_LIFE);
    Ok(redirect(&address))
}
