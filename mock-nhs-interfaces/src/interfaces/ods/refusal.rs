//! How the register says no to a request that reaches no operation.

use axum::body::Body;
use http::{Response, StatusCode};

use super::error::{INVALID_API_KEY, INVALID_VALUE, METHOD_NOT_ALLOWED, Problem, UNKNOWN_TYPE, refuse_key};
use super::shape::Format;
use crate::api_platform::{fault, shortened};
use crate::exchange::Exchange;
use crate::interface::Refusal;

pub(super) fn refuse(exchange: &Exchange<'_>, refusal: &Refusal) -> Response<Body> {
    let problem = match refusal {
        Refusal::NotMonitoring => return refuse_key(&INVALID_API_KEY, None),
        Refusal::OptionsWithoutPreflight => {
            return fault(
                StatusCode::BAD_GATEWAY,
                "Bad Gateway",
                "messaging.adaptors.http.flow.UnexpectedEOFAtTarget",
            );
        }
        Refusal::UnreadableBody => {
            Problem::new(&INVALID_VALUE, "The body is longer than 2 MiB, or broke off.")
        }
        Refusal::UnknownMethod => {
            let allowed = exchange.interface.methods(exchange.path).join(", ");
            Problem::new(
                &METHOD_NOT_ALLOWED,
                format!(
                    "HTTP Method {} is not allowed for this operation. Allowed method(s): {allowed}",
                    exchange.request.method
                ),
            )
        }
        Refusal::UnknownPath | Refusal::NotBuilt(_) | Refusal::ProfileNotOffered => {
            let path = exchange.path.strip_prefix("/fhir/").unwrap_or(exchange.path);
            let named = shortened(path.split('/').next().unwrap_or_default());
            Problem::new(
                &UNKNOWN_TYPE,
                format!(
                    "Unknown resource type '{named}' - Server knows how to handle: [CodeSystem, List, Organization, \
                     OrganizationAffiliation, ValueSet]"
                ),
            )
        }
    };
    problem.answer(Format::wanted(exchange))
}
