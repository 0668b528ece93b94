//! What PDS checks of every request before it looks at what is asked: request id, token, role, in this order; and what
//! each way of being logged in may do.
//! Source: "Access modes" of <https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir>

use http::HeaderMap;

use super::error::{ACCESS_DENIED, INVALID_VALUE, MISSING_VALUE, PATIENT_DENIED, Refused};
use crate::api_platform::{X_REQUEST_ID, shortened};
use crate::auth::roles::has_role;
use crate::auth::tokens::Proofing;
use crate::auth::{Assurance, Grant, Principal, bearer};
use crate::exchange::Exchange;
use crate::value::{NhsNumber, is_uuid};

const SESSION_URID: &str = "nhsd-session-urid";

/// Who asks, as far as PDS tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// An application, with nobody logged in.
    Application,
    /// A healthcare worker.
    Worker,
    /// The patient with this number.
    Patient(NhsNumber),
}

/// Checks who is calling.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check(exchange: &Exchange<'_>) -> Result<Caller, Refused> {
    check_request_id(exchange.headers())?;
    let grant = bearer::check(exchange).map_err(|refusal| {
        let refused = Refused::saying(&ACCESS_DENIED, refusal.diagnostics());
        if refusal.nothing_was_sent() {
            refused.with_token_hint()
        } else {
            refused
        }
    })?;
    let caller = caller(&grant)?;
    // Nobody else has roles: of them the header is ignored.
    if let Principal::HealthcareWorker { user_id, .. } = &grant.principal {
        let user_id = grant.application.is_some().then_some(&**user_id);
        check_role(exchange.headers(), user_id)?;
    }
    Ok(caller)
}

fn caller(grant: &Grant) -> Result<Caller, Refused> {
    match &grant.principal {
        Principal::Application => Ok(Caller::Application),
        Principal::HealthcareWorker { assurance, .. } if *assurance >= Assurance::Aal2 => Ok(Caller::Worker),
        Principal::HealthcareWorker { .. } => Err(Refused::saying(&ACCESS_DENIED, "Invalid Access Token")),
        Principal::Citizen {
            nhs_number,
            proofing: Proofing::P9,
        } => Ok(Caller::Patient(*nhs_number)),
        Principal::Citizen { .. } => Err(patient_denied()),
    }
}

impl Caller {
    /// Patients read and change their own record only.
    ///
    /// # Errors
    /// When it is somebody else's.
    pub(super) fn may_see(self, path_number: &str) -> Result<(), Refused> {
        match self {
            Self::Patient(own) if path_number.parse() != Ok(own) => Err(patient_denied()),
            Self::Patient(_) | Self::Application | Self::Worker => Ok(()),
        }
    }
}

/// What a patient is told who may not do something.
pub(super) fn patient_denied() -> Refused {
    Refused::saying(
        &PATIENT_DENIED,
        "Your access token has insufficient permissions. See documentation regarding Patient access restrictions \
         https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir",
    )
}

/// Checks the request's id.
///
/// # Errors
/// When it is missing or no UUID.
pub(super) fn check_request_id(headers: &HeaderMap) -> Result<(), Refused> {
    let Some(given) = headers.get(X_REQUEST_ID) else {
        return Err(Refused::saying(
            &MISSING_VALUE,
            "Invalid request with error - X-Request-ID header must be supplied to access this resource",
        ));
    };
    if is_uuid(given.as_bytes()) {
        return Ok(());
    }
    let given = shortened(&String::from_utf8_lossy(given.as_bytes()));
    Err(Refused::saying(
        &INVALID_VALUE,
        format!("Invalid value - '{given}' in header 'X-Request-ID'"),
    ))
}

/// Checks that the role which the header names is one of the user's. With the workspace's own token nobody has logged in, and any
/// digits will do.
fn check_role(headers: &HeaderMap, user_id: Option<&str>) -> Result<(), Refused> {
    let Some(given) = headers.get(SESSION_URID) else {
        return Ok(());
    };
    let given = given.as_bytes();
    let fits = match user_id {
        Some(user_id) => has_role(user_id, given),
        None => !given.is_empty() && given.iter().all(u8::is_ascii_digit),
    };
    if fits {
        return Ok(());
    }
    let given = shortened(&String::from_utf8_lossy(given));
    Err(Refused::saying(
        &INVALID_VALUE,
        format!(
            "Invalid value - '{given}' in header 'NHSD-Session-URID'. Refer to the guidance for this header in our API \
             Specification https://digital.nhs.uk/developer/api-catalogue/personal-demographics-service-fhir"
        ),
    ))
}
