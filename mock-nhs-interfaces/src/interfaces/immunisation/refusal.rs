//! How the immunisation history says no to a request that reaches no operation.

use axum::body::Body;
use http::Response;

use super::error::{EXCEPTION, INVALID, NOT_FOUND, NOT_SUPPORTED, Problem, UNAUTHORIZED};
use crate::exchange::Exchange;
use crate::interface::Refusal;

pub(super) fn refuse(_exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    let (kind, words) = match refusal {
        Refusal::NotMonitoring => (&UNAUTHORIZED, "Invalid Api Key"),
        Refusal::UnreadableBody => (&INVALID, "The body is longer than 2 MiB, or broke off."),
        Refusal::OptionsWithoutPreflight => {
            (&EXCEPTION, "Unable to process request. Issue may be transient.")
        }
        Refusal::UnknownMethod => (&NOT_SUPPORTED, "The method is not supported at this address."),
        Refusal::UnknownPath | Refusal::NotBuilt(_) | Refusal::ProfileNotOffered => {
            (&NOT_FOUND, "The requested resource was not found.")
        }
    };
    Problem::new(kind, words).answer()
}
