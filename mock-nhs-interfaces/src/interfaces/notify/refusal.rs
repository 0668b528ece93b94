//! How Notify says no to a request that reaches no operation.

use axum::body::Body;
use http::Response;

use super::error::{BAD_GATEWAY, DENIED, NOT_ALLOWED, NOT_FOUND, Problem, TOO_LARGE, answer};
use super::simulated;
use crate::exchange::Exchange;
use crate::interface::Refusal;

pub(super) fn refuse(exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    let problem = match refusal {
        Refusal::NotMonitoring => Problem::header(&DENIED, "Authorization"),
        Refusal::UnreadableBody => Problem::at(&TOO_LARGE, "/"),
        Refusal::OptionsWithoutPreflight => Problem::plainly(&BAD_GATEWAY),
        // A simulated error is simulated on every path.
        Refusal::UnknownMethod => simulated::asked_for(exchange).unwrap_or(Problem::plainly(&NOT_ALLOWED)),
        Refusal::UnknownPath | Refusal::NotBuilt(_) | Refusal::ProfileNotOffered => {
            simulated::asked_for(exchange).unwrap_or(Problem::plainly(&NOT_FOUND))
        }
    };
    answer(exchange, &[problem])
}
