//! `PUT /Immunization/{id}`: corrects a vaccination.

use axum::body::Body;
use http::{HeaderValue, Method, Response};
use records::{Change, ResourceId};
use serde_json::Value;

use super::create::{BODY, E_TAG, MEDIA_TYPE, NotKept, immunization};
use super::error::{INVALID, INVARIANT, NOT_FOUND, NOT_IMPLEMENTED, Problem, UNAUTHORIZED};
use super::{ID, SPECIFICATION, caller, read, record};
use crate::Profile;
use crate::exchange::Exchange;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};

const CHANGED: ExampleBody = ExampleBody {
    media_type: MEDIA_TYPE,
    text: r##"{"resourceType":"Immunization","id":"p0-8","contained":[{"resourceType":"Patient","id":"Pat1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}]}],"identifier":[{"system":"https://supplierABC/identifiers/vacc","value":"ACME-vacc123456"}],"status":"completed","vaccineCode":{"coding":[{"system":"http://snomed.info/sct","code":"39114911000001105"}]},"patient":{"reference":"#Pat1"},"occurrenceDateTime":"2021-02-07T13:28:17+00:00","recorded":"2021-02-07T13:28:17+00:00","primarySource":true,"protocolApplied":[{"targetDisease":[{"coding":[{"system":"http://snomed.info/sct","code":"16814004"}]}],"doseNumberPositiveInt":1}]}"##,
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
    let sent = record::read(&exchange.body)?;
    if sent.document.get("id").and_then(Value::as_str) != Some(id.as_str()) {
        return Err(Problem::invariant(format_args!(
            "The provided immunization id:{id} doesn't match with the content of the request body"
        )));
    }
    let version = version(exchange)?;
    let change = |current: &records::Record| judge(current, &sent, version, &id);
    if exchange.profile == Profile::Sandbox {
        let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
        let current = view
            .latest(immunization(), &id)
            .ok_or_else(|| Problem::not_found(&id))?;
        change(&current)?;
        return Ok(answer(current.version + 1));
    }
    let kept = exchange
        .change(|draft| {
            let current = draft.view().latest(immunization(), &id);
            let current = current.ok_or_else(|| NotKept::Refused(Problem::not_found(&id)))?;
            change(&current).map_err(NotKept::Refused)?;
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
    text.parse().map_err(|_| {
        let text = crate::api_platform::shortened(text);
        Problem::invariant(format_args!(
            "Immunization resource version:{text} in the request headers is invalid."
        ))
    })
}

/// Whether the vaccination may be replaced: what was deleted may always be.
fn judge(current: &records::Record, sent: &record::Sent, version: u32, id: &str) -> Result<(), Problem> {
    if current.is_deleted() {
        return Ok(());
    }
    if version < current.version {
        return Err(Problem::invariant(format_args!(
            "The requested immunization resource {id} has changed since the last retrieve."
        )));
    }
    if version > current.version {
        return Err(Problem::invariant(format_args!(
            "The requested immunization resource {id} version is inconsistent with the existing version."
        )));
    }
    let kept: Value = serde_json::from_slice(&current.text).unwrap_or_default();
    let Some((system, value)) = record::identifier_of(&kept) else {
        return Ok(());
    };
    if system != sent.identifier.0 {
        return Err(Problem::invariant(
            "identifier[0].system doesn't match with the stored content",
        ));
    }
    if value != sent.identifier.1 {
        return Err(Problem::invariant(
            "identifier[0].value doesn't match with the stored content",
        ));
    }
    Ok(())
}
