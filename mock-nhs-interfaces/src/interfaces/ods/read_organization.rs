//! `GET /Organization/{id}`: reads an organisation by its ODS code.

use axum::body::Body;
use http::{Method, Response};

use super::bundle::kind;
use super::error::{INVALID_API_KEY, MISSING_API_KEY, NOT_KNOWN, Problem};
use super::shape::Format;
use super::{MEDIA_TYPE, caller, nhs_page, path_field};
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, FieldKind, Login, Operation};

const PATH: &str = "/fhir/Organization/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "read_organization",
    title: "Read an organisation",
    summary: "Tells what the register says about one organisation or site: name, address, roles.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::ApiKey],
    fields: &[
        path_field(
            "ODS code",
            "The code of the organisation or site.",
            FieldKind::OdsCode,
            "RR8",
        ),
        super::APIKEY,
    ],
    examples: &[
        Example::get(
            "The trust in the NHS's own example",
            "/fhir/Organization/RR8",
            200,
        ),
        Example::get(
            "A made-up practice, in XML",
            "/fhir/Organization/T99001?_format=xml",
            200,
        ),
        Example::get(
            "An organisation that there is not",
            "/fhir/Organization/8J632648493",
            404,
        ),
    ],
    faults: &[NOT_KNOWN.fault, MISSING_API_KEY, INVALID_API_KEY],
    media_type: MEDIA_TYPE,
    specification: nhs_page!("get-/Organization/-id-"),
    handler: read_organization,
};

fn read_organization<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange).await {
            return *refusal;
        }
        resource(exchange, PATH, "Organization").await
    })
}

/// The resource of this type whose id stands in the path.
pub(super) async fn resource(exchange: &Exchange<'_>, path: &str, type_name: &str) -> Response<Body> {
    let format = Format::wanted(exchange);
    let found = async {
        let id = exchange.path_value(path, "id");
        let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
        let record = view
            .read(kind(type_name), &id)
            .ok_or_else(|| Problem::not_known(type_name, &id))?;
        format.answer_record(&record)
    };
    found.await.unwrap_or_else(|problem| problem.answer(format))
}
