//! `PUT /Immunization/{id}`: corrects a vaccination.

use axum::body::Body;
use http::{HeaderValue, Method, Response};
use records::{Change, Record, ResourceId, View};
use serde_json::Value;

use super::create::{BODY, E_TAG, MEDIA_TYPE, NotKept, immunization};
use super::error::{INVALID, INVARIANT, NOT_FOUND, NOT_IMPLEMENTED, Problem, UNAUTHORIZED};
use super::{ID, SPECIFICATION, caller, read, record};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const CHANGED: ExampleBody = ExampleBody {
    media_type: MEDIA_TYPE,
    text: r##"{"resourceType":"Immunization","id":"p0-8","contained":[{"resourceType":"Patient","id":"Pat1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}],"name":[{"family":"Smith","given":["Jane"]}],"gender":"female","birthDate":"2010-10-22","address":[{"postalCode":"LS1 6AE"}]}],"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure","valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"12866006","display":"Administration of vaccine product containing only Streptococcus pneumoniae antigen"}]}}],"identifier":[{"system":"https://code4health.example/Id/vaccination","value":"p0-8"}],"status":"completed","vaccineCode":{"coding":[{"system":"http://snomed.info/sct","code":"16649411000001104","display":"Prevenar 13 vaccine suspension for injection 0.5ml pre-filled syringes (Pfizer Ltd)"}]},"patient":{"reference":"#Pat1"},"occurrenceDateTime":"2011-01-14T11:35:00+00:00","recorded":"2011-01-14T11:35:00+00:00","primarySource":true,"location":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y12345"}},"performer":[{"actor":{"type":"Organization","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y12345"}}}],"protocolApplied":[{"targetDisease":[{"coding":[{"system":"http://snomed.info/sct","code":"16814004","display":"Pneumococcal infectious disease"}]}],"doseNumberPositiveInt":1}]}"##,
};

pub(super) const OPERATION: Operation = Operation {
    id: "update_immunization",
    title: "Correct a vaccination",
    summary: "Replaces what is recorded of a vaccination, if nobody else has changed it meanwhile.",
    method: Method::PUT,
    path: read::PATH,
    logins: &[Login::Application, Login::HealthcareWorker],
    fields: &[
        ID,
        super::AUTHORIZATION,
        Field {
            name: "E-Tag",
            place: Place::Header,
            title: "Version",
            hint: "The number of the version that is corrected, as the header E-Tag of a read says it.",
            kind: FieldKind::Number {
                least: 1,
                most: 1_000_000,
            },
            need: Need::Required,
            example: "1",
        },
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        Field {
            example: CHANGED.text,
            ..BODY
        },
    ],
    examples: &[
        Example::sending("A vaccination is corrected", "/Immunization/p0-8", CHANGED, 200),
        Example::sending(
            "Another vaccination than the address says",
            "/Immunization/p0-9",
            CHANGED,
            400,
        ),
    ],
    faults: &[
        INVALID.fault,
        INVARIANT.fault,
        UNAUTHORIZED.fault,
        NOT_IMPLEMENTED.fault,
        NOT_FOUND.fault,
    ],
    media_type: MEDIA_TYPE,
    specification: SPECIFICATION,
    handler: update,
};

fn update<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange) {
            return *refusal;
        }
        updated(exchange).await.unwrap_or_else(|problem| problem.answer())
    })
}

async fn updated(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let id = read::id(exchange)?;
    let version = version(exchange)?;
    let document = record::read(&exchange.body)?;
    if document.get("id").and_then(Value::as_str) != Some(id.as_str()) {
        return Err(Problem::invariant(format_args!(
            "The provided immunization id:{id} doesn't match with the content of the request body"
        )));
    }
    let sent = record::check(document, exchange.now())?;
    let change = |view: &View, current: &Record| judge(view, current, &sent, version);
    if exchange.profile == Profile::Sandbox {
        let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
        let current = view
            .latest(immunization(), &id)
            .ok_or_else(|| Problem::not_found(&id))?;
        change(&view, &current)?;
        return Ok(answer(current.version + 1));
    }
    let kept = exchange
        .change(|draft| {
            let current = draft.view().latest(immunization(), &id);
            let current = current.ok_or_else(|| NotKept::Refused(Problem::not_found(&id)))?;
            change(draft.view(), &current).map_err(NotKept::Refused)?;
            let place = ResourceId::parse(&id).ok_or_else(|| NotKept::Refused(Problem::not_found(&id)))?;
            Ok(draft
                .put(immunization(), &place, &sent.kept(), Change::Updated)?
                .version)
        })
        .await
        .map_err(NotKept::problem)?;
    Ok(answer(kept))
}

fn answer(version: u32) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(E_TAG, HeaderValue::from(version));
    response
}

/// The version that the caller has in mind.
fn version(exchange: &Exchange<'_>) -> Result<u32, Problem> {
    let given = exchange.headers().get(E_TAG);
    let given = given.ok_or_else(|| {
        Problem::invariant("Immunization resource version not specified in the request headers")
    })?;
    let text = given.to_str().unwrap_or("?");
    let version = text.parse().ok().filter(|version| *version > 0);
    version.ok_or_else(|| {
        let text = crate::api_platform::shortened(text);
        Problem::invariant(format_args!(
            "Immunization resource version:{text} in the request headers is invalid."
        ))
    })
}

/// Whether the vaccination may be replaced: its identifier stays what it is, and nobody else changed it meanwhile. One
/// that was taken back has no version that one would have to know.
fn judge(view: &View, current: &Record, sent: &record::Sent, version: u32) -> Result<(), Problem> {
    let id = current.id.as_str();
    let said = if current.is_deleted() {
        view.vread(immunization(), id, current.version.saturating_sub(1))
    } else {
        view.read(immunization(), id)
    };
    let kept: Value = said
        .and_then(|said| serde_json::from_slice(&said.text).ok())
        .unwrap_or_default();
    if let Some((system, value)) = record::identifier_of(&kept) {
        let other = match (system == sent.identifier.0, value == sent.identifier.1) {
            (true, true) => None,
            (false, true) => Some("identifier[0].system"),
            (true, false) => Some("identifier[0].value"),
            (false, false) => Some("identifier[0].system and identifier[0].value"),
        };
        if let Some(other) = other {
            return Err(Problem::invariant(format_args!(
                "{other} doesn't match with the stored content"
            )));
        }
    }
    if current.is_deleted() || version == current.version {
        return Ok(());
    }
    Err(if version < current.version {
        Problem::invariant(format_args!(
            "The requested immunization resource {id} has changed since the last retrieve."
        ))
    } else {
        Problem::invariant(format_args!(
            "The requested immunization resource {id} version is inconsistent with the existing version."
        ))
    })
}
