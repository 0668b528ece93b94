//! `GET /Immunization` and `POST /Immunization/_search`: finds the vaccinations of a patient, or one by its identifier.

mod parameters;

use axum::body::Body;
use http::{Method, Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use records::{Record, View};
use serde_json::{Value, json};
use uuid::Uuid;

use super::create::{MEDIA_TYPE, immunization};
use super::error::{INVALID, NOT_IMPLEMENTED, Problem, UNAUTHORIZED};
use super::{SPECIFICATION, caller, shown, vaccine};
use crate::exchange::{Exchange, reply};
use crate::fhir::media_type::FHIR_JSON;
use crate::interface::{Answer, Example, ExampleBody, Field, FieldKind, Login, Need, Operation, Place};
use crate::lookup::{escaped, find};
use parameters::{ByIdentifier, ByPatient, Wanted};

/// Most vaccinations of one patient that are looked at.
const MOST: usize = 1_000;

const fn parameter(
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    need: Need,
    example: &'static str,
) -> Field {
    Field {
        name,
        place: Place::Query,
        title,
        hint,
        kind: FieldKind::Text { wildcards: false },
        need,
        example,
    }
}

pub(super) const OPERATION: Operation = Operation {
    id: "search_immunizations",
    title: "Find a patient's vaccinations",
    summary: "Lists the vaccinations of a patient against one or several diseases.",
    method: Method::GET,
    path: "/Immunization",
    logins: &[Login::Application, Login::HealthcareWorker],
    fields: &[
        parameter(
            "patient.identifier",
            "Patient",
            "The system of NHS numbers, a bar, and the NHS number.",
            Need::Required,
            "https://fhir.nhs.uk/Id/nhs-number|9000000009",
        ),
        parameter(
            "-immunization.target",
            "Kind of vaccination",
            "One or several kinds such as FLU or MMR, with commas between them; or use target-disease.",
            Need::OptionalRepeatable,
            "PNEUMOCOCCAL",
        ),
        parameter(
            "-date.from",
            "From",
            "The first day, such as 2020-01-31.",
            Need::Optional,
            "2000-01-01",
        ),
        parameter(
            "-date.to",
            "To",
            "The last day, such as 2020-01-31.",
            Need::Optional,
            "2030-01-01",
        ),
        parameter(
            "_include",
            "Patient as well",
            "Always Immunization:patient.",
            Need::Optional,
            "Immunization:patient",
        ),
        super::AUTHORIZATION,
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
    ],
    examples: &[
        Example::get(
            "Vaccinations against pneumococci",
            "/Immunization?patient.identifier=https://fhir.nhs.uk/Id/nhs-number%7C9000000009&-immunization.target=PNEUMOCOCCAL",
            200,
        ),
        Example::get(
            "Vaccinations against measles, in whatever vaccine",
            "/Immunization?patient.identifier=https://fhir.nhs.uk/Id/nhs-number%7C9000000009&target-disease=http://snomed.info/sct%7C14189004",
            200,
        ),
        Example::get(
            "A wrong NHS number",
            "/Immunization?patient.identifier=https://fhir.nhs.uk/Id/nhs-number%7C1&-immunization.target=FLU",
            400,
        ),
    ],
    faults: &[INVALID.fault, UNAUTHORIZED.fault, NOT_IMPLEMENTED.fault],
    media_type: MEDIA_TYPE,
    specification: SPECIFICATION,
    handler: search,
};
const FORM: ExampleBody = ExampleBody {
    media_type: "application/x-www-form-urlencoded",
    text: "patient.identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9000000009&-immunization.target=PNEUMOCOCCAL",
};
pub(super) const POSTED: Operation = Operation {
    id: "search_immunizations_by_form",
    title: "Find a patient's vaccinations, with the question in the body",
    method: Method::POST,
    path: "/Immunization/_search",
    fields: &[
        Field {
            name: "body",
            place: Place::Body,
            title: "Question",
            hint: "The parameters of the search, as a form.",
            kind: FieldKind::Text { wildcards: false },
            need: Need::Required,
            example: FORM.text,
        },
        super::AUTHORIZATION,
        super::X_REQUEST_ID,
        super::X_CORRELATION_ID,
    ],
    examples: &[Example::sending(
        "Vaccinations against pneumococci",
        "/Immunization/_search",
        FORM,
        200,
    )],
    ..OPERATION
};

fn search<'a>(exchange: &'a Exchange<'a>) -> Answer<'a> {
    Box::pin(async move {
        if let Err(refusal) = caller::check(exchange) {
            return *refusal;
        }
        answered(exchange)
            .await
            .unwrap_or_else(|problem| problem.answer())
    })
}

async fn answered(exchange: &Exchange<'_>) -> Result<Response<Body>, Problem> {
    let form = String::from_utf8_lossy(&exchange.body);
    // A form adds to the question in the address.
    let question = if exchange.request.method == Method::POST {
        format!("{}&{form}", exchange.query())
    } else {
        exchange.query().to_owned()
    };
    let view = exchange.view().await.map_err(|error| Problem::internal(&error))?;
    let bundle = match parameters::read(&question)? {
        Wanted::Identifier(wanted) => by_identifier(exchange, &view, &wanted)?,
        Wanted::Patient(wanted) => by_patient(exchange, &view, &wanted)?,
    };
    Ok(reply(StatusCode::OK, FHIR_JSON, bundle.to_string()))
}

fn by_identifier(exchange: &Exchange<'_>, view: &View, wanted: &ByIdentifier) -> Result<Value, Problem> {
    let criteria = format!(
        "identifier={}%7C{}",
        escaped(&wanted.system),
        escaped(&wanted.value)
    );
    let found = find(view, immunization(), &criteria, 1, exchange.now())
        .map_err(|error| Problem::internal(&error))?;
    let base = exchange.interface_url();
    let patient_url = format!("urn:uuid:{}", Uuid::new_v4());
    let entries: Vec<Value> = found
        .iter()
        .filter_map(|record| {
            let mut resource = shown::found(record, &patient_url)?;
            if !wanted.elements.is_empty() {
                resource.as_object_mut()?.retain(|name, _| {
                    name == "resourceType" || wanted.elements.iter().any(|element| element == name)
                });
            }
            Some(json!({
                "fullUrl": format!("{base}/Immunization/{}", record.id.as_str()),
                "resource": resource,
                "search": { "mode": "match" },
            }))
        })
        .collect();
    if entries.is_empty() {
        // The service forgets what was asked for, and its own tests compare that.
        return Ok(bundle(
            &format!("{base}/Immunization?identifier=None"),
            0,
            entries,
        ));
    }
    let mut link = format!(
        "{base}/Immunization?identifier={}|{}",
        wanted.system, wanted.value
    );
    if !wanted.elements.is_empty() {
        link += &format!("&_elements={}", wanted.elements.join(","));
    }
    Ok(bundle(&link, entries.len(), entries))
}

fn by_patient(exchange: &Exchange<'_>, view: &View, wanted: &ByPatient) -> Result<Value, Problem> {
    let number = wanted.nhs_number.to_string();
    let criteria = format!("patient=Patient/{number}&_sort=-date");
    let found = find(view, immunization(), &criteria, MOST, exchange.now())
        .map_err(|error| Problem::internal(&error))?;
    let base = exchange.interface_url();
    let patient_url = format!("urn:uuid:{}", Uuid::new_v4());
    let mut entries: Vec<Value> = found
        .iter()
        .filter(|record| is_wanted(record, wanted))
        .filter_map(|record| {
            Some(json!({
                "fullUrl": format!("{base}/Immunization/{}", record.id.as_str()),
                "resource": shown::found(record, &patient_url)?,
                "search": { "mode": "match" },
            }))
        })
        .collect();
    let total = entries.len();
    if total > 0 {
        entries.push(json!({
            "fullUrl": patient_url,
            "resource": shown::patient(&number),
            "search": { "mode": "include" },
        }));
    }
    if let Some(warning) = &wanted.warning {
        let outcome = Problem::new(&INVALID, warning.as_str()).outcome("warning");
        entries.push(json!({
            "fullUrl": format!("urn:uuid:{}", Uuid::new_v4()),
            "resource": outcome,
            "search": { "mode": "outcome" },
        }));
    }
    Ok(bundle(&wanted.link(&base), total, entries))
}

/// Whether a vaccination is of a kind and in a time that is asked for.
fn is_wanted(record: &Record, wanted: &ByPatient) -> bool {
    let Ok(Value::Object(document)) = serde_json::from_slice(&record.text) else {
        return false;
    };
    let diseases = vaccine::diseases(&document);
    let is_kind =
        vaccine::named(&diseases).is_some_and(|kind| wanted.targets.iter().any(|target| target == kind));
    let is_disease = wanted
        .diseases
        .iter()
        .any(|disease| diseases.contains(&disease.as_str()));
    let day = document
        .get("occurrenceDateTime")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let day = day.get(..10).unwrap_or(day);
    let is_after = wanted.from.as_deref().is_none_or(|from| day >= from);
    let is_before = wanted.to.as_deref().is_none_or(|to| day <= to);
    (is_kind || is_disease) && is_after && is_before
}

fn bundle(link: &str, total: usize, entries: Vec<Value>) -> Value {
    json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{ "relation": "self", "url": link }],
        "entry": entries,
        "total": total,
    })
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
