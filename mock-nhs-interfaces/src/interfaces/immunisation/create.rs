//! `POST /Immunization`: records a vaccination.

use axum::body::Body;
use http::header::LOCATION;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use records::{Change, RecordsError, ResourceId, ResourceType};
use thiserror::Error;
use uuid::Uuid;

use super::error::{DUPLICATE, INVALID, INVARIANT, NOT_IMPLEMENTED, Problem, UNAUTHORIZED};
use super::record::{self, Sent};
use super::{SPECIFICATION, caller};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::lookup::{LookupError, escaped, find};

/// The header that carries a version here: it is not the standard one. Source: the specification.
pub(super) const E_TAG: HeaderName = HeaderName::from_static("e-tag");
pub(super) const MEDIA_TYPE: &str = "application/fhir+json";

pub(super) const GOOD: ExampleBody = ExampleBody {
    media_type: MEDIA_TYPE,
    text: r##"{"resourceType":"Immunization","contained":[{"resourceType":"Practitioner","id":"Pract1","name":[{"family":"Nightingale","given":["Florence"]}]},{"resourceType":"Patient","id":"Pat1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}],"name":[{"family":"Smith","given":["Jane"]}],"gender":"female","birthDate":"2010-10-22","address":[{"postalCode":"LS1 6AE"}]}],"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure","valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"1324681000000101","display":"Administration of first dose of severe acute respiratory syndrome coronavirus 2 vaccine"}]}}],"identifier":[{"system":"https://supplierABC/identifiers/vacc","value":"ACME-vacc123456"}],"status":"completed","vaccineCode":{"coding":[{"system":"http://snomed.info/sct","code":"39114911000001105","display":"COVID-19 vaccine"}]},"patient":{"reference":"#Pat1"},"occurrenceDateTime":"2021-02-07T13:28:17+00:00","recorded":"2021-02-07T13:28:17+00:00","primarySource":true,"location":{"identifier":{"value":"X99999","system":"https://fhir.nhs.uk/Id/ods-organization-code"}},"performer":[{"actor":{"reference":"#Pract1"}},{"actor":{"type":"Organization","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"B0C4P"}}}],"protocolApplied":[{"targetDisease":[{"coding":[{"system":"http://snomed.info/sct","code":"840539006","display":"COVID-19"}]}],"doseNumberPositiveInt":1}]}"##,
};
const WITHOUT_MOST: ExampleBody = ExampleBody {
    media_type: MEDIA_TYPE,
    text: r#"{"resourceType":"Immunization","status":"completed"}"#,
};
pub(super) const BODY: Field = Field {
    name: "body",
    place: Place::Body,
    title: "Vaccination",
    hint: "A FHIR Immunization, with the patient inside it.",
    kind: FieldKind::Json,
    need: Need::Required,
    example: GOOD.text,
};

pub(super) const OPERATION: Operation = Operation {
    id: "create_immunization",
    title: "Record a vaccination",
    summary: "Records a vaccination that was given to a patient.",
    method: Method::POST,
    path: "/Immunization",
    logins: &[Login::Application, Login::HealthcareWorker],
    fields: &[
        super::AUTHORIZATION,
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        BODY,
    ],
    examples: &[
        Example::sending("A vaccination against COVID-19", "/Immunization", GOOD, 201),
        Example::sending("A vaccination of nobody", "/Immunization", WITHOUT_MOST, 400),
    ],
    faults: &[
        INVALID.fault,
        INVARIANT.fault,
        UNAUTHORIZED.fault,
        NOT_IMPLEMENTED.fault,
        DUPLICATE.fault,
    ],
    media_type: MEDIA_TYPE,
    specification: SPECIFICATION,
    handler: create,
};

/// Why a vaccination was not kept.
#[derive(Debug, Error)]
pub(super) enum NotKept {
    #[error("refused")]
    Refused(Problem),
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Lookup(#[from] LookupError),
}

impl NotKept {
    pub(super) fn problem(self) -> Problem {
        match self {
            Self::Refused(problem) => problem,
            Self::Records(error) => Problem::internal(&error),
            Self::Lookup(error) => Problem::internal(&error),
        }
    }
}

/// The type of vaccinations.
pub(super) fn immunization() -> ResourceType {
    ResourceType::parse("Immunization").unwrap_or_else(|| unreachable!("R4 has the type"))
}

fn create<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange) {
            return *refusal;
        }
        match created(exchange).await {
            Ok(response) => response,
            Err(problem) => problem.answer(),
        }
    })
}

async fn created(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let document = record::read(&exchange.body)?;
    if document.get("id").is_some_and(|id| !id.is_null()) {
        return Err(Problem::new(
            &INVARIANT,
            "id field must not be present for CREATE operation",
        ));
    }
    let sent = record::check(document, exchange.now())?;
    let (id, version) = if exchange.profile == Profile::Sandbox {
        (sent.id(), 1)
    } else {
        keep(exchange, &sent).await?
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::CREATED;
    let location = format!("{}/Immunization/{id}", exchange.interface_url());
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response.headers_mut().insert(E_TAG, HeaderValue::from(version));
    Ok(response)
}

/// Keeps it, at the address where it was before if it was taken back; answers id and version.
async fn keep(exchange: &Exchange<'_>, sent: &Sent) -> Result<(String, u32), Problem> {
    let (system, value) = &sent.identifier;
    let used = format!("identifier={}%7C{}", escaped(system), escaped(value));
    let now = exchange.now();
    exchange
        .change(|draft| {
            if !find(draft.view(), immunization(), &used, 1, now)?.is_empty() {
                let words = format!("The provided identifier: {system}#{value} is duplicated");
                return Err(NotKept::Refused(Problem::new(&DUPLICATE, words)));
            }
            let own = sent.id();
            // Somebody else's record may stand there: it was not recorded here.
            let id = if draft.view().read(immunization(), &own).is_none() {
                own
            } else {
                Uuid::new_v4().to_string()
            };
            let place = ResourceId::parse(&id).ok_or_else(|| NotKept::Refused(Problem::not_found(&id)))?;
            let kept = draft.put(immunization(), &place, &sent.kept(), Change::Created)?;
            Ok((id, kept.version))
        })
        .await
        .map_err(NotKept::problem)
}
