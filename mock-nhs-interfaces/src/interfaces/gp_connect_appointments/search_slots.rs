//! `GET /Slot`: searches the diaries of the patient's practice for free slots.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::SPECIFICATION;
use crate::Profile;
use crate::exchange::Exchange;
use crate::gp_connect::patient_facing::{Caller, asked, faults};
use crate::gp_connect::places::{Practice, Shelf};
use crate::gp_connect::query::Query;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, Published, Rule, Sent};
use crate::gp_connect::slots::{self, Window};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};

/// What can be added to what is found.
const INCLUDES: [&str; 3] = [
    "Schedule:actor:Practitioner",
    "Schedule:actor:Location",
    "Location:managingOrganization",
];

pub(super) const OPERATION: Operation = Operation {
    id: "search_slots",
    title: "Find free slots",
    summary: "Finds when the patient's practice can see somebody, in at most 14 days.",
    method: Method::GET,
    path: "/Slot",
    logins: &[Login::Citizen],
    fields: asked![
        field(
            "start",
            "From when",
            "The letters ge, and a day or a time with its offset.",
            FieldKind::DateRange,
            "ge2027-01-11",
        ),
        field(
            "end",
            "Until when",
            "The letters le, and a day or a time with its offset.",
            FieldKind::DateRange,
            "le2027-01-15",
        ),
        field(
            "status",
            "Status",
            "Always free.",
            FieldKind::Choice(&["free"]),
            "free",
        ),
        field(
            "_include",
            "Diaries",
            "Always Slot:schedule.",
            FieldKind::Choice(&["Slot:schedule"]),
            "Slot:schedule",
        ),
        Field {
            name: "_include:recurse",
            place: Place::Query,
            title: "What to add",
            hint: "Clinicians, places and the practice of the diaries.",
            kind: FieldKind::Choice(&INCLUDES),
            need: Need::OptionalRepeatable,
            example: "Schedule:actor:Practitioner",
        },
        Field {
            name: "searchFilter",
            place: Place::Query,
            title: "Who asks",
            hint: "Kind or ODS code of the organisation; with the workspace's token the code names the practice.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::OptionalRepeatable,
            example: "https://fhir.nhs.uk/Id/ods-organization-code|T99001",
        },
    ],
    examples: &[
        Example::get(
            "What is free in one week, with clinicians and places",
            "/Slot?start=ge2027-01-11&end=le2027-01-15&status=free&_include=Slot:schedule\
             &_include:recurse=Schedule:actor:Practitioner&_include:recurse=Schedule:actor:Location\
             &searchFilter=https://fhir.nhs.uk/Id/ods-organization-code%7CT99001",
            200,
        )
        .only_in(Profile::Int),
        Example::get(
            "What is free on two days, asked by a practice",
            "/Slot?start=ge2027-01-11&end=le2027-01-12&status=free&_include=Slot:schedule\
             &searchFilter=https://fhir.nhs.uk/STU3/CodeSystem/GPConnect-OrganisationType-1%7Cgp-practice\
             &searchFilter=https://fhir.nhs.uk/Id/ods-organization-code%7CA20047",
            200,
        ),
    ],
    faults: faults![canned: ACCESS_DENIED;
        INVALID_IDENTIFIER_VALUE,
        NO_ORGANISATION_CONSENT,
        ORGANISATION_NOT_FOUND,
        INVALID_PARAMETER,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: search_slots,
};

const fn field(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    kind: FieldKind,
    example: &'static str,
) -> Field {
    Field {
        name,
        place: Place::Query,
        title,
        hint,
        kind,
        need: Need::Required,
        example,
    }
}

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[("example", include_str!("published/slots.json"))],
    refusal: &refused::ACCESS_DENIED,
    query: &[
        Rule::required("start"),
        Rule::required("end"),
        Rule::required("status").one_of(&["free"]),
        Rule::required("_include").one_of(&["Slot:schedule"]),
        Rule::optional("_include:recurse").list().one_of(&INCLUDES),
        Rule::optional("searchFilter").list().one_of(&[
            "https://fhir.nhs.uk/STU3/CodeSystem/GPConnect-OrganisationType-1|gp-practice",
            "https://fhir.nhs.uk/Id/ods-organization-code|A20047",
        ]),
    ],
    body: Sent::Nothing,
};

fn search_slots<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, found(exchange)))
}

async fn found(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let query = Query::parse(exchange.query())?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let window = Window::of(&query, &shelf)?;
    let practice = match caller {
        Caller::Patient(own) => caller.patient(&shelf, &own.to_string())?.1,
        Caller::Workspace => {
            let code = slots::organisations(&query)
                .next()
                .ok_or(Refused::saying(
                    &refused::BAD_REQUEST,
                    "No patient is logged in: name the practice as searchFilter=https://fhir.nhs.uk/Id/ods-organization-code|CODE",
                ))?;
            let practice = Practice::find(&shelf, code)?;
            practice.check_consent(&shelf)?;
            practice
        }
    };
    let bundle = slots::search(&shelf, &practice, window, &query)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}
