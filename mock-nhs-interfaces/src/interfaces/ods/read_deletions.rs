//! `GET /List/{id}`: what was taken out of the register.

use http::Method;

use super::error::{INVALID_API_KEY, MISSING_API_KEY, NOT_KNOWN, Problem};
use super::read_organization::resource;
use super::shape::Format;
use super::{MEDIA_TYPE, caller, nhs_page, path_field};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, FieldKind, Login, Operation};

const PATH: &str = "/fhir/List/{id}";
/// The lists that the register publishes; the other lists of a workspace are about patients.
const LISTS: [&str; 4] = [
    "Organization-deletion",
    "OrganizationAffiliation-deletion",
    "Organization-role-deletion",
    "Organization-succession-deletion",
];

pub(super) const OPERATION: Operation = Operation {
    id: "read_deletions",
    title: "Read what was deleted",
    summary: "Lists the organisations, relationships, roles or successions that were taken out of the register.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::ApiKey],
    fields: &[
        path_field(
            "List",
            "Which list.",
            FieldKind::Choice(&LISTS),
            "Organization-deletion",
        ),
        super::APIKEY,
    ],
    examples: &[
        Example::get(
            "Organisations that were deleted",
            "/fhir/List/Organization-deletion",
            200,
        ),
        Example::get(
            "A list that there is not",
            "/fhir/List/Practitioner-deletion",
            404,
        ),
    ],
    faults: &[NOT_KNOWN.fault, MISSING_API_KEY, INVALID_API_KEY],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("get-/List/-id-"),
    handler: read_deletions,
};

fn read_deletions<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange).await {
            return *refusal;
        }
        let id = exchange.path_value(PATH, "id");
        if LISTS.contains(&&*id) {
            return resource(exchange, PATH, "List").await;
        }
        Problem::not_known("List", &id).answer(Format::wanted(exchange))
    })
}
