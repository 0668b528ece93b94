//! How PDS says no to a request that reaches no operation.

use axum::body::Body;
use http::Response;

use super::error::{
    ACCESS_DENIED, INVALID_VALUE, NOT_POSSIBLE_HERE, Refused, UNKNOWN_ERROR, UNSUPPORTED_REQUEST,
    UNSUPPORTED_SERVICE,
};
use crate::Profile;
use crate::api_platform::shortened;
use crate::exchange::Exchange;
use crate::interface::Refusal;

pub(super) fn refuse(exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    let refused = match refusal {
        Refusal::NotBuilt(missing) => Refused::saying(
            &NOT_POSSIBLE_HERE,
            format!(
                "{} ({} {}) is not in this sandbox yet. What there is: {}.",
                missing.title,
                missing.method,
                missing.path,
                what_there_is(exchange)
            ),
        ),
        Refusal::ProfileNotOffered => Refused::saying(
            &NOT_POSSIBLE_HERE,
            format!(
                "PDS does not answer on the host {} here yet. Use https://{}{} instead.",
                exchange.profile.host(),
                Profile::Int.host(),
                exchange.interface.path_prefix
            ),
        ),
        // As the NHS documents for a read without NHS number.
        Refusal::UnknownPath if exchange.path == "/Patient/" => Refused::plainly(&UNSUPPORTED_SERVICE),
        Refusal::UnknownPath => Refused::saying(
            &UNSUPPORTED_REQUEST,
            format!("Unsupported path - '{}'", shortened(exchange.path)),
        ),
        Refusal::UnknownMethod => Refused::plainly(&UNSUPPORTED_SERVICE),
        Refusal::UnreadableBody => Refused::saying(
            &INVALID_VALUE,
            "Invalid request with error - the body is longer than 2 MiB, or broke off",
        ),
        Refusal::OptionsWithoutPreflight => Refused::plainly(&UNKNOWN_ERROR),
        Refusal::NotMonitoring => Refused::saying(&ACCESS_DENIED, "Invalid Api Key"),
    };
    refused.answer(exchange.profile)
}

fn what_there_is(exchange: &Exchange<'_>) -> String {
    let operations: Vec<String> = exchange
        .interface
        .operations
        .iter()
        .map(|operation| format!("{} ({} {})", operation.title, operation.method, operation.path))
        .collect();
    operations.join(", ")
}
