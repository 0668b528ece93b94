//! What the patient-facing interfaces of GP Connect share: who may ask, and the headers that they read.
//! Source: <https://digital.nhs.uk/developer/api-catalogue/gp-connect-patient-facing-appointment-management-fhir>

use super::Refused;
use super::patients::Patient;
use super::places::{Practice, Shelf};
use super::refused::{ACCESS_DENIED, BAD_REQUEST};
use crate::api_platform::X_REQUEST_ID;
use crate::auth::{Principal, Proofing, bearer};
use crate::exchange::Exchange;
use crate::interface::{Field, FieldKind, Need, Place};
use crate::value::{NhsNumber, is_uuid};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A patient who is logged in: asks about themselves only.
    Patient(NhsNumber),
    /// The workspace's own token: whichever patient is asked about.
    Workspace,
}

impl Caller {
    /// Checks request id and login, in this order.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub(crate) fn check(exchange: &Exchange<'_>) -> Result<Self, Refused> {
        let given = exchange.headers().get(&X_REQUEST_ID);
        let given = given.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !is_uuid(given.as_bytes()) {
            return Err(Refused::saying(
                &BAD_REQUEST,
                "The header X-Request-ID is missing or no UUID.",
            ));
        }
        let grant = bearer::check(exchange).map_err(Refused::Login)?;
        match grant.principal {
            Principal::Citizen {
                nhs_number,
                proofing: Proofing::P9,
            } => Ok(Self::Patient(nhs_number)),
            Principal::HealthcareWorker { .. } if grant.application.is_none() => Ok(Self::Workspace),
            Principal::Citizen { .. } => Err(Refused::saying(
                &ACCESS_DENIED,
                "The patient is not logged in at identity proofing level P9.",
            )),
            Principal::Application | Principal::HealthcareWorker { .. } => Err(Refused::saying(
                &ACCESS_DENIED,
                "A patient must be logged in, with NHS login at level P9.",
            )),
        }
    }

    /// The patient with this id, if the caller may ask about them, and their practice.
    ///
    /// # Errors
    /// They are somebody else, not shown, or their practice shares nothing.
    pub(crate) fn patient(self, shelf: &Shelf<'_>, id: &str) -> Result<(Patient, Practice), Refused> {
        if let Self::Patient(own) = self
            && own.to_string() != id
        {
            return Err(Refused::saying(
                &ACCESS_DENIED,
                "This is not the patient who is logged in.",
            ));
        }
        let patient = Patient::find(shelf, id)?;
        let practice = Practice::find(shelf, &patient.practice)?;
        practice.check_consent(shelf)?;
        Ok((patient, practice))
    }

    /// The id that an appointment's patient must have; `None` when anybody's will do.
    pub(crate) fn own_id(self) -> Option<String> {
        match self {
            Self::Patient(own) => Some(own.to_string()),
            Self::Workspace => None,
        }
    }
}

/// The headers that every operation reads.
pub(crate) const AUTHORIZATION: Field = Field {
    name: "Authorization",
    place: Place::Header,
    title: "Access token",
    hint: "The word Bearer, a space, and the token of a patient.",
    kind: FieldKind::Credential,
    need: Need::Required,
    example: "Bearer TOKEN",
};
pub(crate) const CORRELATION_ID: Field = Field {
    name: "X-Correlation-ID",
    place: Place::Header,
    title: "Correlation id",
    hint: "Anything that ties several requests together; the answer carries it back.",
    kind: FieldKind::Text { wildcards: false },
    need: Need::Optional,
    example: "11C46F5F-CDEF-4865-94B2-0EE0EDCC26DA",
};
pub(crate) const REQUEST_ID: Field = Field {
    name: "X-Request-ID",
    place: Place::Header,
    title: "Request id",
    hint: "A new UUID for every request; the answer carries it back.",
    kind: FieldKind::Uuid,
    need: Need::Required,
    example: "60E0B220-8136-4CA5-AE46-1D97EF59D068",
};

/// The patient, where the path has their NHS number.
pub(crate) const NHS_NUMBER: Field = Field {
    name: "id",
    place: Place::Path,
    title: "NHS number",
    hint: "Ten digits without spaces.",
    kind: FieldKind::NhsNumber,
    need: Need::Required,
    example: "9999100007",
};

/// What every operation reads, and then whatever else it reads.
macro_rules! asked {
    ($($own:expr),* $(,)?) => {
        &[
            $crate::gp_connect::patient_facing::AUTHORIZATION,
            $crate::gp_connect::patient_facing::CORRELATION_ID,
            $crate::gp_connect::patient_facing::REQUEST_ID,
            $($own),*
        ]
    };
}

/// What goes wrong with every operation, and then what goes wrong with this one; on the sandbox host the document has one
/// error for all that is wrong with a request.
macro_rules! faults {
    (canned: $canned:ident; $($own:ident),* $(,)?) => {
        $crate::gp_connect::patient_facing::faults![@all $canned; $($own),*;]
    };
    (canned: $canned:ident, with a body; $($own:ident),* $(,)?) => {
        $crate::gp_connect::patient_facing::faults![@all $canned; $($own),*;
            $crate::gp_connect::sandbox::INVALID_JSON,
            $crate::gp_connect::sandbox::wrong_media_type(&$crate::gp_connect::refused::$canned),
        ]
    };
    (@all $canned:ident; $($own:ident),*; $($sent:expr,)*) => {
        &[
            $crate::gp_connect::refused::EMPTY_ACCESS_TOKEN,
            $crate::gp_connect::refused::INVALID_ACCESS_TOKEN,
            $crate::gp_connect::refused::BAD_REQUEST.fault,
            $($crate::gp_connect::refused::$own.fault,)*
            $($sent,)*
            $crate::gp_connect::sandbox::NOT_FOUND,
            $crate::gp_connect::sandbox::NOT_ACCEPTABLE,
            $crate::gp_connect::sandbox::invalid(&$crate::gp_connect::refused::$canned),
            $crate::gp_connect::sandbox::UNPROCESSABLE,
            $crate::gp_connect::sandbox::UNKNOWN,
        ]
    };
}
pub(crate) use {asked, faults};
