//! A refresh token for the next pair of tokens.

use axum::body::Body;
use http::{Response, StatusCode};

use super::super::error::Refused;
use super::{by_secret, granted};
use crate::auth::form::Form;
use crate::auth::logins::Refreshable;
use crate::auth::shelf::Found;
use crate::exchange::Exchange;

pub(super) async fn issue(exchange: &Exchange<'_>, form: &Form<'_>) -> Result<Response<Body>, Refused> {
    let application = by_secret(exchange, form).await?;
    let token = form
        .get("refresh_token")
        .ok_or_else(|| Refused::invalid("refresh_token is missing"))?;
    let (workspace, now) = (exchange.tenant.workspace, exchange.now());
    let refreshable = &exchange.world.logins.refreshable;
    // Looked at first: a token in the wrong hands must not be lost to its owner.
    let login = match refreshable.get(workspace, token, now) {
        Found::Good(login) if *login.api_key == *application.api_key => login,
        Found::Good(_) | Found::Unknown => return Err(refuse("refresh_token is invalid")),
        Found::Ended => return Err(refuse("refresh token refresh period has expired")),
    };
    let age = (now - login.since).whole_milliseconds();
    if let Some(allowed) = form.milliseconds("_refresh_tokens_validity_ms")
        && age >= i128::from(allowed)
    {
        return Err(refuse("refresh token refresh period has expired"));
    }
    // Of two who send the same token at the same time, one gets the next.
    let Found::Good(login) = refreshable.take(workspace, token, now) else {
        return Err(refuse("refresh_token is invalid"));
    };
    let next = Refreshable {
        count: login.count.saturating_add(1),
        ..login
    };
    Ok(granted::answer(granted::login(exchange, form, next)))
}

const fn refuse(description: &'static str) -> Refused {
    Refused::new(StatusCode::UNAUTHORIZED, "invalid_grant", description)
}
