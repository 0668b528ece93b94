//! `GET /Patient/{id}/Appointment`: the patient's appointments in some days.

use axum::body::Body;
use http::{Method, Response, StatusCode};

use super::{INCLUDE_ACTORS, INCLUDED_ACTORS, SPECIFICATION};
use crate::exchange::Exchange;
use crate::gp_connect::appointments::{self, Days, Limits};
use crate::gp_connect::patient_facing::{Caller, NHS_NUMBER, asked, faults};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::query::Query;
use crate::gp_connect::refused;
use crate::gp_connect::sandbox::{self, Published, Rule, Sent};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Answer, Example, Field, FieldKind, Login, Need, Operation, Place};
use crate::value::NhsNumber;

const PATH: &str = "/Patient/{id}/Appointment";

pub(super) const OPERATION: Operation = Operation {
    id: "list_appointments",
    title: "List a patient's appointments",
    summary: "Tells when the patient is or was expected at the practice.",
    method: Method::GET,
    path: PATH,
    logins: &[Login::Citizen],
    fields: asked![
        NHS_NUMBER,
        Field {
            name: "start",
            place: Place::Query,
            title: "Days",
            hint: "Given twice: ge and the first day, le and the last.",
            kind: FieldKind::DateRange,
            need: Need::RequiredRepeatable,
            example: "ge2026-11-01&start=le2027-01-31",
        },
        INCLUDE_ACTORS,
        Field {
            name: "past-appt-limit",
            place: Place::Query,
            title: "How many of the past",
            hint: "At most so many appointments that are over, the latest of them.",
            kind: FieldKind::Number {
                least: 0,
                most: 1_000,
            },
            need: Need::Optional,
            example: "5",
        },
        Field {
            name: "status",
            place: Place::Query,
            title: "Status",
            hint: "Only appointments with this status.",
            kind: FieldKind::Choice(&[
                "booked",
                "cancelled",
                "fulfilled",
                "noshow",
                "proposed",
                "pending",
                "arrived",
            ]),
            need: Need::Optional,
            example: "booked",
        },
    ],
    examples: &[Example::get(
        "Three months, with clinicians",
        "/Patient/9999100007/Appointment?start=ge2026-11-01&start=le2027-01-31\
         &_include:recurse=Appointment:actor:Practitioner",
        200,
    )],
    faults: faults![canned: NO_RECORD_FOUND;
        INVALID_IDENTIFIER_VALUE,
        NO_ORGANISATION_CONSENT,
        PATIENT_NOT_FOUND,
        INVALID_PARAMETER,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: list_appointments,
};

static PUBLISHED: Published = Published {
    status: StatusCode::OK,
    answers: &[("example", include_str!("published/appointments.json"))],
    refusal: &refused::NO_RECORD_FOUND,
    query: &[
        Rule::required("start").list(),
        Rule::optional("_include:recurse").list().one_of(&INCLUDED_ACTORS),
        Rule::optional("past-appt-limit"),
        Rule::optional("status"),
    ],
    body: Sent::Nothing,
};

fn list_appointments<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(sandbox::answered(exchange, &PUBLISHED, listed(exchange)))
}

async fn listed(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = Caller::check(exchange)?;
    let query = Query::parse(exchange.query())?;
    let id = exchange.path_value(PATH, "id");
    if let Err(error) = id.parse::<NhsNumber>() {
        return Err(Refused::saying(
            &refused::INVALID_IDENTIFIER_VALUE,
            format!("A patient's id is their NHS number: {error}"),
        ));
    }
    let view = exchange.view().await?;
    let shelf = Shelf::of(exchange, &view);
    let (patient, practice) = caller.patient(&shelf, &id)?;
    let days = Days::of(&query)?;
    let past = query.first("past-appt-limit").map(str::parse).transpose();
    let past =
        past.map_err(|_| Refused::saying(&refused::INVALID_PARAMETER, "past-appt-limit is a whole number."))?;
    let limits = Limits {
        past,
        status: query.first("status"),
    };
    let bundle = appointments::of_patient(&shelf, &practice, &patient, days, limits, &query)?;
    Ok(answer::resource(StatusCode::OK, &bundle))
}
