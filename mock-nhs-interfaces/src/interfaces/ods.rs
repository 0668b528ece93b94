//! Organisation Data & Terminology: which organisations there are. See the README in this file's folder.

mod bundle;
mod caller;
mod code_systems;
mod error;
mod expand_value_set;
mod look_up_code;
mod organisation;
mod question;
mod read_affiliation;
mod read_capabilities;
mod read_deletions;
mod read_organization;
mod refusal;
mod search_affiliations;
mod search_code_systems;
mod search_organizations;
mod shape;
mod validate_code;

use axum::body::Body;
use http::Response;

use crate::Profile;
use crate::exchange::Exchange;
use crate::failure::in_own_shape;
use crate::interface::{FhirVersion, Field, FieldKind, Interface, Login, Need, Place};
use error::Problem;
use shape::Format;

const SPECIFICATION: &str = "https://digital.nhs.uk/developer/api-catalogue/organisation-data-terminology";
const MEDIA_TYPE: &str = "application/fhir+json";
/// Where resources are, below the path of the proxy, which answers `_ping` itself.
const FHIR: &str = "/fhir";

/// NHS England's page about one operation.
macro_rules! nhs_page {
    ($anchor:literal) => {
        concat!(
            "https://digital.nhs.uk/developer/api-catalogue/organisation-data-terminology#",
            $anchor
        )
    };
}
use nhs_page;

pub(super) const INTERFACE: Interface = Interface {
    id: "ods",
    title: "Organisation Data and Terminology",
    summary: "Finds practices, trusts, pharmacies and other organisations, and tells how they belong together.",
    path_prefix: "/organisation-data-terminology-api",
    specification: SPECIFICATION,
    fhir_version: Some(FhirVersion::R4),
    profiles: &[Profile::Sandbox, Profile::Int],
    logins: &[Login::ApiKey],
    operations: &[
        search_organizations::OPERATION,
        read_organization::OPERATION,
        search_affiliations::OPERATION,
        read_affiliation::OPERATION,
        read_deletions::OPERATION,
        look_up_code::OPERATION,
        validate_code::OPERATION,
        expand_value_set::OPERATION,
        expand_value_set::DOCUMENTED,
        search_code_systems::OPERATION,
        search_code_systems::WITHOUT_SLASH,
        read_capabilities::OPERATION,
    ],
    missing: &[],
    deviations: &[
        "The register is the organisations of the workspace: made-up ones, and the few that the NHS's document shows; at the NHS there are 280,000.",
        "Both hosts answer from the workspace's records; the sandbox host asks for no API key.",
        "Names of made-up organisations are not in capitals.",
        "Every record carries one more mark in meta.tag, which says that it is made up, and no meta.source.",
        "What is said when a parameter is too short, too long or holds a wrong character is not published: the words are ours, with status 400.",
        "A change that is made by the workspace's FHIR server moves lastChangeDate only where the record does not say it.",
        "The lists of deletions are those of the seed: what a workspace deletes is not added.",
        "A code without the parameter property is answered without its properties; with any, those that are named.",
        "Of the properties of an organisation those from its record and its relationships are answered, not the boundaries of geography.",
        "A value set includes one code system, by filters that compare with = and in; exclude, concept and valueSet answer 400.",
    ],
    refuse: refusal::refuse,
    fail: in_own_shape,
};

const APIKEY: Field = Field {
    name: "apikey",
    place: Place::Header,
    title: "API key",
    hint: "On the int host; the workspace's own access token is also its API key.",
    kind: FieldKind::Credential,
    need: Need::Required,
    example: "the workspace's access token",
};

/// Answers whoever may ask with what is found, or with what goes wrong in the format that they want.
async fn answered(
    exchange: &Exchange<'_>,
    found: impl Future<Output = Result<Response<Body>, Problem>>,
) -> Response<Body> {
    if let Err(refusal) = caller::check(exchange).await {
        return *refusal;
    }
    found
        .await
        .unwrap_or_else(|problem| problem.answer(Format::wanted(exchange)))
}

const fn parameter(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    kind: FieldKind,
    need: Need,
    example: &'static str,
) -> Field {
    Field {
        name,
        place: Place::Query,
        title,
        hint,
        kind,
        need,
        example,
    }
}

/// The id at the end of a path.
const fn path_field(
    title: &'static str,
    hint: &'static str,
    kind: FieldKind,
    example: &'static str,
) -> Field {
    Field {
        name: "id",
        place: Place::Path,
        title,
        hint,
        kind,
        need: Need::Required,
        example,
    }
}

/// The parameters of a search for organisations, as the server's own error lists them.
const PARAMETERS_OF_ORGANIZATION: &[&str] = &[
    "_content",
    "_id",
    "_lastUpdated",
    "_profile",
    "_security",
    "_source",
    "_tag",
    "_text",
    "active",
    "activeRoleCode",
    "address",
    "address-city",
    "address-country",
    "address-postalcode",
    "address-state",
    "address-use",
    "endpoint",
    "identifier",
    "lastChangeDate",
    "name",
    "partof",
    "phonetic",
    "roleCode",
    "type",
];
/// The parameters of a search for relationships.
const PARAMETERS_OF_AFFILIATION: &[&str] = &[
    "_content",
    "_id",
    "_lastUpdated",
    "_profile",
    "_security",
    "_source",
    "_tag",
    "_text",
    "active",
    "date",
    "email",
    "endpoint",
    "identifier",
    "location",
    "network",
    "participating-organization",
    "phone",
    "primary-organization",
    "role",
    "service",
    "specialty",
    "telecom",
];
