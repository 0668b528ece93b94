//! `GET /Appointment/{id}`: one appointment.

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response, StatusCode};
use records::ResourceId;

use super::{ID, INCLUDE_ACTORS, INCLUDED_ACTORS, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::appointments::{self, Appointment};
use crate::gp_connect::patient_facing::{Caller, asked, faults};
use crate::gp_connect::places::{Practice, Shelf};
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, Published, Rule, Sent};
use crate::gp_connect::stu3::shape::{items, referred};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Answer, Example, Login, Operation};

const PATH: &str = "/Appointment/{id}";

pub(super) const OPERATION: Operation = Operation {
    id: "read_appointment",
    title: "Read an appointment",
    summary: "Tells when, where and with whom an appointment is, and its version.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Citizen],
    fields: asked![ID, INCLUDE_ACTORS],
    examples: &[Example::get(
        "An appointment on New Year's Day",
        "/Appointment/p9-21",
        200,
    )],
    faults: faults![canned: NO_RECORD_FOUND;
        INVALID_IDENTIFIER_VALUE,
        NO_ORGANISATION_CONSENT,
        NO_RECORD_FOUND,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: read_appointment,
};

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[("example", include_str!("published/appointment.json"))],
    refusal: &refused::NO_RECORD_FOUND,
    query: &[Rule::optional("_include:recurse").list().one_of(&INCLUDED_ACTORS)],
    body: Sent::Nothing,
};

fn read_appointment<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, read(exchange)))
}

async fn read(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let (appointment, _) = of_caller(caller, &shelf, &exchange.path_value(PATH, "id"))?;
    Ok(answer::versioned(StatusCode::OK, &appointment.stu3))
}

/// The appointment with this id, and the practice of its patient, if the caller may see it.
///
/// # Errors
/// The id is none, or the appointment is not there, or somebody else's.
pub(super) fn of_caller(
    caller: Caller,
    shelf: &Shelf<'_>,
    id: &str,
) -> Result<(Appointment, Practice), Refused> {
    let missing = || Refused::plainly(&refused::NO_RECORD_FOUND);
    if ResourceId::parse(id).is_none() {
        return Err(Refused::saying(
            &refused::INVALID_IDENTIFIER_VALUE,
            "An appointment's id is letters, digits, hyphens and full stops.",
        ));
    }
    let stored = shelf.read("Appointment", id).ok_or_else(missing)?;
    let actor = |one: &'_ Json| referred(one.get("actor")?, "Patient").map(str::to_owned);
    let patient = items(&stored.r4, "participant")
        .find_map(actor)
        .ok_or_else(missing)?;
    let (_, practice) = caller.patient(shelf, &patient)?;
    Ok((appointments::one(shelf, id, &practice)?, practice))
}
