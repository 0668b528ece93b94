//! GP Connect in its classic form, as other practices and organisations ask through the Spine Secure Proxy. See the README
//! in this file's folder.

mod appointments;
mod caller;
mod directory;
mod documents;
mod patients;
mod read_capabilities;
mod register_patient;
mod structured;

use crate::Profile;
use crate::exchange::Exchange;
use crate::failure::in_own_shape;
use crate::gp_connect::places::{Practice, Shelf};
use crate::gp_connect::{Refused, refused};
use crate::interface::{FhirVersion, Field, FieldKind, Interface, Login, Need, Place};

const SPECIFICATION: &str =
    "https://digital.nhs.uk/developer/api-catalogue/gp-connect-access-record-structured-fhir";

pub(super) const INTERFACE: Interface = Interface {
    id: "gp-connect",
    title: "GP Connect: between practices",
    summary: "Reads records and books appointments at any practice, as other organisations do through the Spine Secure Proxy.",
    path_prefix: "/gpconnect",
    specification: SPECIFICATION,
    fhir_version: Some(FhirVersion::Stu3),
    profiles: &[Profile::Int],
    logins: &[Login::Open],
    operations: &[
        structured::OPERATION,
        patients::SEARCH,
        patients::READ,
        register_patient::OPERATION,
        appointments::search_slots::OPERATION,
        appointments::book::OPERATION,
        appointments::list::OPERATION,
        appointments::read::OPERATION,
        appointments::change::OPERATION,
        patients::SEARCH_FOR_DOCUMENTS,
        documents::SEARCH,
        documents::READ,
        directory::SEARCH_ORGANISATION,
        directory::READ_ORGANISATION,
        directory::SEARCH_PRACTITIONER,
        directory::READ_PRACTITIONER,
        directory::READ_LOCATION,
        read_capabilities::STRUCTURED,
        read_capabilities::APPOINTMENTS,
        read_capabilities::DOCUMENTS,
    ],
    missing: &[],
    deviations: &[
        "The base of a practice is /gpconnect/{ODS code}/STU3/1, followed by /structured/fhir, /appointments/fhir or /documents/fhir; foundations are at /appointments/fhir.",
        "There is no profile sandbox: the NHS has no sandbox of this interface, only test systems of providers, which keep what they are told.",
        "There is no Spine Secure Proxy in front and no mutual TLS: its headers are checked, ASIDs need not be registered.",
        "The workspace's own token is accepted in place of the unsigned JSON web token.",
        "Bodies and answers are JSON: XML answers 415.",
        "A patient is registered with the practice at once, and for good.",
        "Every slot is In-person, and open to every organisation: searchFilter does not narrow what is found.",
        "A problem is major unless the record says that it is mild.",
    ],
    refuse: refused::refuse,
    fail: in_own_shape,
};

const fn header(name: &'static str, title: &'static str, hint: &'static str, example: &'static str) -> Field {
    Field {
        name,
        place: Place::Header,
        title,
        hint,
        kind: FieldKind::Text { wildcards: false },
        need: Need::Required,
        example,
    }
}

const TRACE_ID: Field = header(
    "Ssp-TraceID",
    "Trace id",
    "A GUID for every request.",
    "629ea9ba-a077-4d99-b289-7a9b19fd4e03",
);
const FROM: Field = header(
    "Ssp-From",
    "Who asks",
    "ASID of the system that asks.",
    "200000000115",
);
const TO: Field = header(
    "Ssp-To",
    "Who is asked",
    "ASID of the practice's system.",
    "200000000116",
);
const AUTHORIZATION: Field = Field {
    name: "Authorization",
    place: Place::Header,
    title: "Who asks, and why",
    hint: "The word Bearer and a JSON web token that nobody signs, or the workspace's own token.",
    kind: FieldKind::Credential,
    need: Need::Required,
    example: "Bearer TOKEN",
};
const ODS: Field = Field {
    name: "ods",
    place: Place::Path,
    title: "Practice",
    hint: "ODS code of the practice.",
    kind: FieldKind::OdsCode,
    need: Need::Required,
    example: "T99001",
};

const fn interaction(id: &'static str) -> Field {
    header(
        "Ssp-InteractionID",
        "Interaction",
        "Always this one for this operation.",
        id,
    )
}

const fn field(
    place: Place,
    (name, title): (&'static str, &'static str),
    hint: &'static str,
    need: Need,
    example: &'static str,
) -> Field {
    Field {
        name,
        place,
        title,
        hint,
        kind: FieldKind::Text { wildcards: false },
        need,
        example,
    }
}

/// What every operation reads, with the interaction that is its own, and then whatever else it reads.
macro_rules! asked {
    ($interaction:expr; $($own:expr),* $(,)?) => {
        &[
            $crate::interfaces::gp_connect::ODS,
            $crate::interfaces::gp_connect::TRACE_ID,
            $crate::interfaces::gp_connect::FROM,
            $crate::interfaces::gp_connect::TO,
            $crate::interfaces::gp_connect::interaction($interaction),
            $crate::interfaces::gp_connect::AUTHORIZATION,
            $($own),*
        ]
    };
}
use asked;

const PATIENT_ID: Field = field(
    Place::Path,
    ("id", "Id of the patient"),
    "As a search found it.",
    Need::Required,
    "9999100007",
);

/// The practice that the address names, if it shares what it holds.
///
/// # Errors
/// There is none, or it shares nothing.
fn practice(exchange: &Exchange<'_>, shelf: &Shelf<'_>) -> Result<Practice, Refused> {
    let practice = addressed(exchange, shelf)?;
    practice.check_consent(shelf)?;
    Ok(practice)
}

/// The practice that the address names.
///
/// # Errors
/// There is none.
fn addressed(exchange: &Exchange<'_>, shelf: &Shelf<'_>) -> Result<Practice, Refused> {
    // Every path begins with the practice's code.
    let code = exchange.path.split('/').nth(1).unwrap_or_default();
    Practice::find(shelf, code)
}
