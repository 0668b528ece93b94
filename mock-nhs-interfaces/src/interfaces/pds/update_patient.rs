//! `PATCH /Patient/{id}`: changes parts of a patient.

mod apply;
mod operations;
mod permission;
pub(super) mod wording;

use axum::body::Body;
use bytes::Bytes;
use fhir::json::Json;
use http::header::{CONTENT_TYPE, IF_MATCH};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use records::{Change, Draft, RecordsError, ResourceId};

use super::caller::{self, Caller};
use super::error::{
    ACCESS_DENIED, FORBIDDEN_UPDATE, INVALID_RESOURCE_ID, INVALID_UPDATE, INVALID_VALUE,
    INVALIDATED_RESOURCE, MISSING_VALUE, PATIENT_DENIED, PRECONDITION_FAILED, RESOURCE_NOT_FOUND,
    RESOURCE_VERSION_MISMATCH, Refused, SERVICE_UNAVAILABLE, TOO_MANY_VALUES_SUBMITTED,
    UNSUPPORTED_CHARACTERS, UNSUPPORTED_SERVICE, UPDATE_BY_APPLICATION,
};
use super::patient_answer::{number_of, patient_answer, resident};
use super::{by_profile, nhs_page, rules, sandbox};
use crate::exchange::Exchange;
use crate::fhir::etag;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::population::kept;
use crate::population::residents::{PATIENT, Residents};
use crate::value::NhsNumber;
use operations::Patch;

const PATH: &str = "/Patient/{id}";
/// What a patch is sent as. <https://www.rfc-editor.org/rfc/rfc6902#section-6>
const JSON_PATCH: &str = "application/json-patch+json";

const fn patches(text: &'static str) -> ExampleBody {
    ExampleBody {
        media_type: JSON_PATCH,
        text,
    }
}

pub(super) const OPERATION: Operation = Operation {
    id: "update_patient",
    title: "Update a patient",
    summary: "Changes parts of a patient's record, all of them or none, if nobody else changed it in between.",
    method: Method::PATCH,
    path: PATH,
    logins: &[Login::HealthcareWorker, Login::Citizen],
    fields: &[
        super::NHS_NUMBER,
        super::IF_MATCH_FIELD,
        Field {
            name: "Content-Type",
            place: Place::Header,
            title: "Media type",
            hint: "A JSON Patch has its own.",
            kind: FieldKind::Choice(&[JSON_PATCH]),
            need: Need::Required,
            example: JSON_PATCH,
        },
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
        super::AUTHORIZATION,
        super::SESSION_URID,
        super::END_USER_ORGANISATION,
        Field {
            name: "body",
            place: Place::Body,
            title: "Patches",
            hint: "An object whose member patches is a list of operations: add, replace, remove, test.",
            kind: FieldKind::Json,
            need: Need::Required,
            example: r#"{"patches":[{"op":"replace","path":"/gender","value":"male"}]}"#,
        },
    ],
    examples: &[
        Example::sending(
            "A new gender",
            "/Patient/9000000009",
            patches(r#"{"patches":[{"op":"replace","path":"/gender","value":"male"}]}"#),
            200,
        ),
        Example::sending(
            "A name besides the usual one",
            "/Patient/9000000009",
            patches(
                r#"{"patches":[{"op":"add","path":"/name/-","value":{"use":"nickname","period":{"start":"2024-12-31"},"given":["Janey"],"family":"Smith"}}]}"#,
            ),
            200,
        ),
        Example::sending(
            "A given name, in the name that is known by its id",
            "/Patient/9000000009",
            patches(
                r#"{"patches":[{"op":"replace","path":"/name/0/id","value":"123"},{"op":"replace","path":"/name/0/given/0","value":"Anne"}]}"#,
            ),
            200,
        ),
        Example::sending(
            "An address without saying which",
            "/Patient/9000000009",
            patches(
                r#"{"patches":[{"op":"replace","path":"/address/0/line/0","value":"2 Whitehall Quay"}]}"#,
            ),
            400,
        ),
        Example::sending(
            "A second usual name",
            "/Patient/9000000009",
            patches(
                r#"{"patches":[{"op":"add","path":"/name/-","value":{"use":"usual","given":["Joe"],"family":"Bloggs"}}]}"#,
            ),
            403,
        ),
        Example::sending(
            "A version that the record does not have",
            "/Patient/9000000009",
            patches(r#"{"patches":[{"op":"replace","path":"/gender","value":"male"}]}"#),
            409,
        )
        .with_headers(&[("if-match", "W/\"1\"")]),
    ],
    faults: &[
        MISSING_VALUE.fault,
        INVALID_VALUE.fault,
        ACCESS_DENIED.fault,
        UPDATE_BY_APPLICATION.fault,
        PATIENT_DENIED.fault,
        INVALID_RESOURCE_ID.fault,
        PRECONDITION_FAILED.fault,
        UNSUPPORTED_SERVICE.fault,
        RESOURCE_NOT_FOUND.fault,
        INVALIDATED_RESOURCE.fault,
        RESOURCE_VERSION_MISMATCH.fault,
        INVALID_UPDATE.fault,
        FORBIDDEN_UPDATE.fault,
        TOO_MANY_VALUES_SUBMITTED.fault,
        UNSUPPORTED_CHARACTERS.fault,
        SERVICE_UNAVAILABLE.fault,
    ],
    media_type: "application/fhir+json",
    specification: nhs_page!("patch-/Patient/-id-"),
    handler: update_patient,
};

fn update_patient<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    let canned =
        |exchange: &Exchange<'_>| sandbox::update_patient(exchange, &exchange.path_value(PATH, "id"));
    Box::pin(by_profile(exchange, canned, update(exchange)))
}

async fn update(exchange: &Exchange<'_>) -> Result<Response<Body>, Refused> {
    let caller = caller::check(exchange)?;
    let given = exchange.path_value(PATH, "id");
    if caller == Caller::Application {
        return Err(Refused::saying(
            &UPDATE_BY_APPLICATION,
            "Your app has insufficient permissions to use this method. Please contact support.",
        ));
    }
    caller.may_see(&given)?;
    let number = number_of(&given)?;
    let version = version_wanted(exchange.headers())?;
    check_media_type(exchange.headers())?;
    check_wait(exchange.headers())?;
    let body = Json::parse(&exchange.body).unwrap_or_default();
    let (etag, body) = exchange
        .change(|draft| {
            let residents = exchange.residents_of(draft.view().clone());
            change(
                exchange,
                &residents,
                draft,
                &Wanted {
                    caller,
                    number,
                    version,
                    body: &body,
                },
            )
        })
        .await?;
    Ok(patient_answer(StatusCode::OK, etag, body))
}

/// What is asked for.
struct Wanted<'a> {
    caller: Caller,
    number: NhsNumber,
    version: &'a HeaderValue,
    body: &'a Json,
}

/// Changes the record inside a change of the workspace: what is read here is still so when it is written.
fn change(
    exchange: &Exchange<'_>,
    residents: &Residents<'_>,
    draft: &mut Draft,
    wanted: &Wanted<'_>,
) -> Result<(HeaderValue, Bytes), Refused> {
    let person = resident(residents, wanted.number)?;
    if person.number() != wanted.number {
        return Err(Refused::forbidden_update(
            "Update Failed - NHS No. supplied has been superseded in a merge",
        ));
    }
    let patches = operations::list(wanted.body)?;
    if *wanted.version != person.etag() {
        return Err(Refused::plainly(&RESOURCE_VERSION_MISMATCH));
    }
    if person.is_restricted() {
        return Err(Refused::forbidden_update(
            "source not permitted to update a sensitive patient",
        ));
    }
    let patches = Patch::read_all(patches)?;
    let is_patient = matches!(wanted.caller, Caller::Patient(_));
    if is_patient {
        permission::check_operations(&patches)?;
    }
    let before = person.whole().map_err(|error| Refused::records(&error))?;
    let mut after = apply::all(&before, &patches)?;
    if is_patient {
        permission::check_result(&before, &after)?;
    }
    rules::settle(&mut after, &before, &rules::Today::of(exchange.now()))?;
    let version = person.version().saturating_add(1);
    put(draft, wanted.number, &before, &after)?;
    kept::set_version(&mut after, version);
    Ok((etag::weak(version), Bytes::from(kept::shown(&after).to_text())))
}

/// Keeps the changed patient among the workspace's records.
fn put(draft: &mut Draft, number: NhsNumber, before: &Json, after: &Json) -> Result<(), Refused> {
    let id = number.to_string();
    let kept = draft.view().read(*PATIENT, &id);
    let kept = kept
        .and_then(|record| Json::parse(&record.text).ok())
        .ok_or_else(|| Refused::plainly(&RESOURCE_NOT_FOUND))?;
    let text = kept::to_kept(&kept, before, after).to_text();
    let id = ResourceId::parse(&id).ok_or_else(|| Refused::plainly(&INVALID_RESOURCE_ID))?;
    draft.put(*PATIENT, &id, &text, Change::Patched)?;
    Ok(())
}

/// The version that the caller has read.
///
/// # Errors
/// When it is not said.
pub(super) fn version_wanted(headers: &HeaderMap) -> Result<&HeaderValue, Refused> {
    headers
        .get(IF_MATCH)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| {
            Refused::saying(
                &PRECONDITION_FAILED,
                "Invalid request with error - If-Match header must be supplied to update this resource",
            )
        })
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Refused> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|given| given.split(';').next()).map(str::trim);
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case(JSON_PATCH)) {
        return Ok(());
    }
    Err(Refused::plainly(&UNSUPPORTED_SERVICE))
}

/// Seconds that a caller waits for an update; who waits less than one is told to ask again, as at the NHS.
pub(super) fn check_wait(headers: &HeaderMap) -> Result<(), Refused> {
    let wait = headers.get("x-sync-wait").and_then(|value| value.to_str().ok());
    match wait.and_then(|text| text.trim().parse::<f64>().ok()) {
        Some(seconds) if (0.0..1.0).contains(&seconds) => Err(Refused::timed_out()),
        // A text that is no number of seconds is ignored, as at the NHS.
        _ => Ok(()),
    }
}

impl From<RecordsError> for Refused {
    fn from(error: RecordsError) -> Self {
        Self::records(&error)
    }
}
