//! `GET /OrganizationAffiliation/{id}`: reads a relationship.

use http::Method;

use super::error::{INVALID_API_KEY, MISSING_API_KEY, NOT_KNOWN};
use super::read_organization::resource;
use super::{MEDIA_TYPE, caller, nhs_page, path_field};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, FieldKind, Login, Operation};

const PATH: &str = "/fhir/OrganizationAffiliation/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "read_affiliation",
    title: "Read a relationship",
    summary: "Tells how two organisations belong together, and since when.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::ApiKey],
    fields: &[
        path_field(
            "Relationship",
            "The number of the relationship in the register.",
            FieldKind::Text { wildcards: false },
            "617400",
        ),
        super::APIKEY,
    ],
    examples: &[
        Example::get(
            "A practice and its network",
            "/fhir/OrganizationAffiliation/617400",
            200,
        ),
        Example::get(
            "A relationship that there is not",
            "/fhir/OrganizationAffiliation/1",
            404,
        ),
    ],
    faults: &[NOT_KNOWN.fault, MISSING_API_KEY, INVALID_API_KEY],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("get-/OrganizationAffiliation/-id-"),
    handler: read_affiliation,
};

fn read_affiliation<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange).await {
            return *refusal;
        }
        resource(exchange, PATH, "OrganizationAffiliation").await
    })
}
