//! `PUT Appointment/{id}`: amends an appointment, or cancels it.

use axum::body::Body;
use http::header::IF_MATCH;
use http::{Method, Response, StatusCode};

use super::{APPOINTMENT_ID, BODY, CANCEL, JSON, ONE_PATH, SPECIFICATION, UPDATE};
use crate::exchange::Exchange;
use crate::gp_connect::appointments;
use crate::gp_connect::changes::{Changer, Wanted};
use crate::gp_connect::places::Shelf;
use crate::gp_connect::refused;
use crate::gp_connect::{Refused, answer};
use crate::interface::{Example, ExampleBody, Field, Login, Operation};
use crate::interfaces::gp_connect::caller::{self, Scope};
use crate::interfaces::gp_connect::{asked, practice};

pub(in crate::interfaces::gp_connect) const OPERATION: Operation = Operation {
    id: "change_appointment",
    title: "Amend or cancel an appointment",
    summary: "Changes description or comment with one interaction, cancels with a reason with the other.",
    method: Method::PUT,
    path: ONE_PATH,
    logins: &[Login::Open],
    fields: asked![
        UPDATE;
        APPOINTMENT_ID,
        Field {
            example: AMENDMENT,
            ..BODY
        },
    ],
    examples: &[Example::sending(
        "Another description",
        "/T99001/STU3/1/appointments/fhir/Appointment/p59-54",
        ExampleBody {
            media_type: JSON,
            text: AMENDMENT,
        },
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::NO_RECORD_FOUND.fault,
        refused::FHIR_CONSTRAINT_VIOLATION.fault,
        refused::INVALID_PARAMETER.fault,
        refused::INVALID_RESOURCE.fault,
    ],
    media_type: JSON,
    specification: SPECIFICATION,
    handler: |exchange| Box::pin(async { changed(exchange).await.unwrap_or_else(Refused::answer) }),
};

const AMENDMENT: &str = r#"{
  "resourceType": "Appointment",
  "id": "p59-54",
  "status": "booked",
  "description": "Blood pressure",
  "comment": "Brings her readings",
  "start": "2027-01-01T14:40:00+00:00",
  "end": "2027-01-01T15:00:00+00:00",
  "participant": [
    {"actor": {"reference": "Patient/9999002218"}, "status": "accepted"},
    {"actor": {"reference": "Practitioner/T99001-gp1"}, "status": "accepted"},
    {"actor": {"reference": "Location/T99001"}, "status": "accepted"}
  ]
}"#;

async fn changed(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let given = exchange
        .headers()
        .get("Ssp-InteractionID")
        .and_then(|value| value.to_str().ok());
    let is_cancelling = given == Some(CANCEL);
    let interaction = if is_cancelling { CANCEL } else { UPDATE };
    caller::check(exchange, interaction, Scope::PatientWrite)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    if (body.text("status") == Some("cancelled")) != is_cancelling {
        return Err(Refused::saying(
            &refused::INVALID_RESOURCE,
            "status is cancelled with the interaction that cancels, and only with that.",
        ));
    }
    let id = exchange.path_value(ONE_PATH, "id");
    let now = exchange.now();
    let view = exchange.view().await?;
    let practice = practice(exchange, &Shelf { view: &view, now })?;
    let wanted = Wanted {
        changer: Changer::Organisation,
        id: &id,
        body: &body,
        if_match: exchange
            .headers()
            .get(IF_MATCH)
            .and_then(|value| value.to_str().ok()),
        patient: None,
    };
    let record = exchange
        .change(|draft| wanted.make(draft, now, &practice))
        .await?;
    let told = appointments::after(&record, &practice);
    Ok(answer::written(exchange.headers(), StatusCode::OK, &told, None))
}
