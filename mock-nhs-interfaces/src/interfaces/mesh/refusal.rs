//! How MESH says no to a request that reaches no operation.

use axum::body::Body;
use http::Response;

use super::error::{INTERNAL, NOT_MONITORING, TOO_LARGE, UNKNOWN_METHOD, UNKNOWN_PATH, answer};
use crate::exchange::Exchange;
use crate::interface::Refusal;

pub(super) fn refuse(exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    let known = match refusal {
        Refusal::NotMonitoring => &NOT_MONITORING,
        Refusal::UnreadableBody => &TOO_LARGE,
        Refusal::OptionsWithoutPreflight => &INTERNAL,
        Refusal::UnknownMethod => &UNKNOWN_METHOD,
        Refusal::UnknownPath | Refusal::NotBuilt(_) | Refusal::ProfileNotOffered => &UNKNOWN_PATH,
    };
    answer(exchange, &known.into())
}
