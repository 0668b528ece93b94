//! What goes wrong outside an operation, a passed limit or a fault, and the words for it in the shape of each interface.
//!
//! An interface that says these things in its own way has its own function of type [`Failer`] in its statement; the
//! others have [`in_own_shape`].

mod apigee;
mod outcome;
mod words;

use axum::body::Body;
use http::{Response, StatusCode};

use crate::exchange::Exchange;
use crate::fault::Throttle;
use crate::interface::FhirVersion;

pub use outcome::plain_outcome;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure<'a> {
    /// The interface answers this status.
    Status {
        /// 400 to 599.
        status: StatusCode,
        /// Which of the interface's own codes; `None` for the usual one of this status.
        code: Option<&'a str>,
    },
    /// A limit of requests was passed.
    TooManyRequests {
        /// Which.
        throttle: Throttle,
        /// The application's name; `None` where nobody knows.
        application: Option<&'a str>,
    },
    /// The access token's time is over.
    ExpiredToken,
    /// Somebody else has changed the record.
    ChangedMeanwhile,
}

/// What says a failure in the interface's own shape.
pub(crate) type Failer = fn(&Exchange<'_>, &Failure<'_>) -> Response<Body>;

/// The shape that the interface's statement leads to expect: an `OperationOutcome` of NHS England's codes where it speaks
/// FHIR, the API platform's own error elsewhere.
pub(crate) fn in_own_shape(exchange: &Exchange<'_>, failure: &Failure<'_>) -> Response<Body> {
    match exchange.interface.fhir_version {
        Some(FhirVersion::R4) => outcome::spine(
            exchange,
            failure,
            "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode",
        ),
        Some(FhirVersion::Stu3) => outcome::spine(
            exchange,
            failure,
            "https://fhir.nhs.uk/STU3/ValueSet/Spine-ErrorOrWarningCode-1",
        ),
        None => apigee::answer(failure),
    }
}

/// Who is limited, where nobody knows their name.
const NAMELESS: &str = "app";

impl Failure<'_> {
    /// What the API platform says about a passed limit, with [`FOR_MORE`] behind it at PDS.
    /// Source: the policies `AppQuotaExceeded`, `AppSpikeArrestExceeded` and `ProxyRatelimitExceeded` of
    /// <https://github.com/NHSDigital/personal-demographics-service-api>.
    pub(crate) fn limit_text(throttle: Throttle, application: Option<&str>) -> String {
        let app = application.unwrap_or(NAMELESS);
        match throttle {
            Throttle::Quota => format!(
                "Your application, {app}, has exceeded its quota of {} requests every 1 minute(s) and is being rate limited.",
                crate::rate_limit::PER_MINUTE
            ),
            Throttle::Spike => format!(
                "Your application, {app}, has created a spike in traffic and is being rate limited. Please reduce the \
                 frequency of your requests."
            ),
            Throttle::Proxy => {
                "This API is currently receiving a high volume of requests and is being rate limited."
                    .to_owned()
            }
        }
    }
}
