//! What Notify checks of every request before it looks at the body: simulated errors, login, media types.

use axum::body::Body;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};

use super::error::{
    CANNOT_SET_ODS_CODE, DENIED, FORBIDDEN, NOT_ACCEPTABLE, Problem, UNSUPPORTED_MEDIA, answer,
};
use super::simulated;
use crate::Profile;
use crate::api_platform::X_C4H_HINT;
use crate::auth::bearer::BearerRefusal;
use crate::auth::{Principal, WHERE_THE_TOKEN_IS, bearer};
use crate::exchange::Exchange;

/// What the account behind a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    /// Whether messages may name another sender.
    pub(super) sets_ods_code: bool,
    /// Whether messages must name their sender.
    pub(super) needs_ods_code: bool,
    /// Whether messages may bring contact details.
    pub(super) sets_contact_details: bool,
}

/// Checks who is asking, and how.
///
/// # Errors
/// The answer that says no.
pub(super) fn check(exchange: &Exchange<'_>) -> Result<Account, Box<Response<Body>>> {
    let refuse = |problem: Problem| Box::new(answer(exchange, &[problem]));
    if let Some(problem) = simulated::asked_for(exchange) {
        return Err(refuse(problem));
    }
    let account = account(exchange).map_err(|problem| {
        let mut refusal = refuse(problem);
        if !exchange.headers().contains_key(AUTHORIZATION) {
            let hint = HeaderValue::from_static(WHERE_THE_TOKEN_IS);
            refusal.headers_mut().insert(X_C4H_HINT, hint);
        }
        refusal
    })?;
    if !accepts(exchange.headers()) {
        return Err(refuse(Problem::header(&NOT_ACCEPTABLE, "Accept")));
    }
    if exchange.request.method == Method::POST && !sends_json(exchange.headers()) {
        return Err(refuse(Problem::header(&UNSUPPORTED_MEDIA, "Content-Type")));
    }
    Ok(account)
}

fn account(exchange: &Exchange<'_>) -> Result<Account, Problem> {
    let may_all = Account {
        sets_ods_code: true,
        needs_ods_code: false,
        sets_contact_details: true,
    };
    if exchange.profile == Profile::Sandbox {
        // The public sandbox knows accounts by words in place of a token.
        let given = exchange.headers().get(AUTHORIZATION);
        let word = given.and_then(|given| given.to_str().ok()).unwrap_or_default();
        return match word.strip_prefix("Bearer ").unwrap_or(word) {
            "banned" => Err(Problem::header(&FORBIDDEN, "Authorization")),
            "noOdsChange" => Ok(Account {
                sets_ods_code: false,
                ..may_all
            }),
            "noDefaultOds" => Ok(Account {
                needs_ods_code: true,
                ..may_all
            }),
            "notAllowedContactDetailOverride" => Ok(Account {
                sets_contact_details: false,
                ..may_all
            }),
            _ => Ok(may_all),
        };
    }
    let denied = Problem::header(&DENIED, "Authorization");
    match bearer::check(exchange) {
        // The workspace's own token opens everything, so that a beginner starts without a login.
        Ok(grant) if grant.application.is_none() || grant.principal == Principal::Application => Ok(may_all),
        Ok(_)
        | Err(
            BearerRefusal::MissingHeader
            | BearerRefusal::EmptyHeader
            | BearerRefusal::MissingToken
            | BearerRefusal::WrongType(_)
            | BearerRefusal::UnknownToken
            | BearerRefusal::ExpiredToken,
        ) => Err(denied),
    }
}

/// Whether the answer's media type is welcome.
fn accepts(headers: &HeaderMap) -> bool {
    let Some(accept) = text(headers, &ACCEPT) else {
        return true;
    };
    accept.split(',').any(|range| {
        let range = range.split(';').next().unwrap_or_default().trim();
        matches!(
            range,
            "" | "*/*" | "application/*" | "application/json" | "application/vnd.api+json"
        )
    })
}

/// Whether the body says that it is JSON.
fn sends_json(headers: &HeaderMap) -> bool {
    let media_type = text(headers, &CONTENT_TYPE).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    matches!(media_type, "application/json" | "application/vnd.api+json")
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

impl Account {
    /// What this account may not do with a message that names its sender, or does not.
    pub(super) fn judge_sender(self, ods_code: Option<&str>, pointer: &str) -> Option<Problem> {
        match ods_code {
            Some(_) if !self.sets_ods_code => Some(Problem::at(
                &CANNOT_SET_ODS_CODE,
                format!("{pointer}/originator/odsCode"),
            )),
            None if self.needs_ods_code => Some(Problem::at(
                &super::error::ODS_CODE_REQUIRED,
                format!("{pointer}/originator"),
            )),
            _ => None,
        }
    }
}
