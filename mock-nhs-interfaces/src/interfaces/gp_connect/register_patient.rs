//! `POST Patient/$gpc.registerpatient`: registers somebody with a practice.
//! Source: <https://developer.nhs.uk/apis/gpconnect/foundations_use_case_register_a_patient.html>

use axum::body::Body;
use fhir::json::Json;
use http::{Method, Response, StatusCode};
use records::{Change, Draft};
use time::OffsetDateTime;

use super::caller::{self, Scope};
use super::{SPECIFICATION, asked, practice};
use crate::exchange::Exchange;
use crate::gp_connect::dates::day_text;
use crate::gp_connect::patients::Patient;
use crate::gp_connect::places::{Practice, Shelf};
use crate::gp_connect::refused;
use crate::gp_connect::slots::searchset;
use crate::gp_connect::stu3::administration::ODS_SYSTEM;
use crate::gp_connect::stu3::shape::{Shape, items};
use crate::gp_connect::{Refused, answer};
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::value::NhsNumber;

const INTERACTION: &str = "urn:nhs:names:services:gpconnect:fhir:operation:gpc.registerpatient-1";
const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

pub(super) const OPERATION: Operation = Operation {
    id: "register_patient",
    title: "Register a patient",
    summary: "Registers somebody whom PDS knows with a practice.",
    method: Method::POST,
    path: "/{ods}/STU3/1/appointments/fhir/Patient/$gpc.registerpatient",
    logins: &[Login::Open],
    fields: asked![
        INTERACTION;
        Field {
            name: "body",
            place: Place::Body,
            title: "Parameters",
            hint: "A Parameters resource with registerPatient: the Patient with number, name, date of birth and gender.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: ASKED,
        },
    ],
    examples: &[Example::sending(
        "Miss Knapp moves to another practice",
        "/T99001/STU3/1/appointments/fhir/Patient/$gpc.registerpatient",
        ExampleBody {
            media_type: "application/fhir+json",
            text: ASKED,
        },
        200,
    )],
    faults: &[
        refused::BAD_REQUEST.fault,
        refused::INVALID_NHS_NUMBER.fault,
        refused::INVALID_PATIENT_DEMOGRAPHICS.fault,
        refused::NO_ORGANISATION_CONSENT.fault,
        refused::DUPLICATE_REJECTED.fault,
        refused::INVALID_PARAMETER.fault,
        refused::INVALID_RESOURCE.fault,
    ],
    media_type: "application/fhir+json",
    specification: SPECIFICATION,
    handler: register_patient,
};

const ASKED: &str = r#"{
  "resourceType": "Parameters",
  "parameter": [{
    "name": "registerPatient",
    "resource": {
      "resourceType": "Patient",
      "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9736363120"}],
      "name": [{"use": "official", "family": "Knapp", "given": ["Kathy"]}],
      "gender": "female",
      "birthDate": "1943-07-03"
    }
  }]
}"#;

fn register_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async { registered(exchange).await.unwrap_or_else(Refused::answer) })
}

async fn registered(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    caller::check(exchange, INTERACTION, Scope::PatientWrite)?;
    let body = answer::body(exchange.headers(), &exchange.body)?;
    let asked = Asked::parse(&body)?;
    let now = exchange.now();
    let view = exchange.view().await?;
    let practice = practice(exchange, &Shelf { view: &view, now })?;
    let id = asked.number.to_string();
    exchange
        .change(|draft| asked.register(draft, now, &practice))
        .await?;
    let view = exchange.view().await?;
    let patient = Patient::find_at(&Shelf { view: &view, now }, &id, &practice.code)?;
    Ok(answer::resource(StatusCode::OK, &searchset(vec![patient.stu3()])))
}

/// Who is to be registered.
struct Asked<'a> {
    number: NhsNumber,
    family: &'a str,
    born: &'a str,
    gender: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn parse(body: &'a Json) -> Result<Self, Refused> {
        if body.text("resourceType") != Some("Parameters") {
            return Err(Refused::saying(
                &refused::INVALID_RESOURCE,
                "The body is not a Parameters resource.",
            ));
        }
        let mut parameters = items(body, "parameter");
        let (Some(parameter), None) = (parameters.next(), parameters.next()) else {
            return Err(Refused::saying(
                &refused::BAD_REQUEST,
                "There is one parameter, registerPatient.",
            ));
        };
        if parameter.text("name") != Some("registerPatient") {
            return Err(Refused::saying(
                &refused::INVALID_PARAMETER,
                "registerPatient is missing.",
            ));
        }
        let patient = parameter
            .get("resource")
            .filter(|one| one.text("resourceType") == Some("Patient"));
        let patient = patient.ok_or(Refused::saying(
            &refused::INVALID_PARAMETER,
            "registerPatient is a Patient.",
        ))?;
        let number = items(patient, "identifier")
            .find(|one| one.text("system") == Some(NHS_NUMBER_SYSTEM))
            .and_then(|one| one.text("value"))
            .ok_or(Refused::saying(
                &refused::BAD_REQUEST,
                "The patient has no NHS number.",
            ))?;
        let number = number
            .parse()
            .map_err(|_| Refused::plainly(&refused::INVALID_NHS_NUMBER))?;
        let missing = |text: &str| Refused::saying(&refused::BAD_REQUEST, text);
        let official = items(patient, "name").find(|one| one.text("use") == Some("official"));
        let family = official
            .and_then(|name| name.text("family"))
            .ok_or_else(|| missing("The patient has no official name."))?;
        let born = patient
            .text("birthDate")
            .ok_or_else(|| missing("The patient has no date of birth."))?;
        Ok(Self {
            number,
            family,
            born,
            gender: patient.text("gender"),
        })
    }

    fn register(&self, draft: &mut Draft, now: OffsetDateTime, practice: &Practice) -> Result<(), Refused> {
        let view = draft.view().clone();
        let shelf = Shelf { view: &view, now };
        let unknown = || Refused::plainly(&refused::INVALID_PATIENT_DEMOGRAPHICS);
        let id = self.number.to_string();
        if Patient::look_up(&shelf, &id).is_some_and(|patient| patient.practice == practice.code) {
            return Err(Refused::saying(
                &refused::DUPLICATE_REJECTED,
                "The patient is registered here already.",
            ));
        }
        let stored = shelf.read("Patient", &id).ok_or_else(unknown)?;
        let has_name = items(&stored.r4, "name")
            .filter_map(|name| name.text("family"))
            .any(|family| family.to_lowercase() == self.family.to_lowercase());
        let is_same = has_name
            && stored.r4.text("birthDate") == Some(self.born)
            && self
                .gender
                .is_none_or(|gender| stored.r4.text("gender") == Some(gender));
        let is_dead = stored.r4.get("deceasedDateTime").is_some();
        if !is_same || is_dead {
            return Err(unknown());
        }
        let identifier = Shape::new()
            .with("system", ODS_SYSTEM)
            .with("value", practice.code.as_str())
            .with(
                "period",
                Json::object([("start", Json::from(day_text(now.date())))]),
            )
            .json();
        let gp = Shape::new()
            .with("reference", format!("Organization/{}", practice.id()))
            .with("type", "Organization")
            .with("identifier", identifier)
            .json();
        let mut changed = stored.r4.clone();
        changed.set("generalPractitioner", vec![gp].into());
        draft.put(
            stored.record.kind,
            &stored.record.id,
            &changed.to_text(),
            Change::Updated,
        )?;
        Ok(())
    }
}
