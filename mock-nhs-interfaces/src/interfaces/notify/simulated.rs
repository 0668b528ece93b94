//! Errors that a caller asks for on the sandbox host, by the header `Prefer`.
//! Source: the sections "Sandbox" of the errors in the specification.

use super::error::{
    ACCOUNTS_QUOTA, BAD_GATEWAY, DENIED, DUPLICATE_BATCH, DUPLICATE_MESSAGE, FORBIDDEN, GATEWAY_TIMEOUT,
    INTERNAL, NOT_FOUND, Problem, QUOTA, REQUEST_TIMEOUT, RETRY_TOO_EARLY, SERVICE_BAN, UNAVAILABLE,
};
use crate::Profile;
use crate::exchange::Exchange;

/// The error that the request asks for, if it does.
pub(super) fn asked_for(exchange: &Exchange<'_>) -> Option<Problem> {
    if exchange.profile != Profile::Sandbox {
        return None;
    }
    let wish = exchange.headers().get("prefer")?.to_str().ok()?;
    let code = wish.trim().strip_prefix("code=")?;
    let about_accounts = exchange.path.starts_with("/channels");
    Some(match code {
        "401" => Problem::header(&DENIED, "Authorization"),
        "403" => Problem::header(&FORBIDDEN, "Authorization"),
        "403.1" => Problem::header(&SERVICE_BAN, "Authorization"),
        "404" => Problem::plainly(&NOT_FOUND),
        "408" => Problem::plainly(&REQUEST_TIMEOUT),
        "422" | "422_message" => Problem::at(&DUPLICATE_MESSAGE, "/data/attributes/messageReference"),
        "422_batch" => Problem::at(&DUPLICATE_BATCH, "/data/attributes/messageBatchReference"),
        "425" => Problem::plainly(&RETRY_TOO_EARLY),
        "429" if about_accounts => Problem::plainly(&ACCOUNTS_QUOTA),
        "429" => Problem::plainly(&QUOTA),
        "500" => Problem::plainly(&INTERNAL),
        "502" => Problem::plainly(&BAD_GATEWAY),
        "503" => Problem::plainly(&UNAVAILABLE),
        "504" => Problem::plainly(&GATEWAY_TIMEOUT),
        _ => return None,
    })
}
