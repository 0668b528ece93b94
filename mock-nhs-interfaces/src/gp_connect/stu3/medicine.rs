//! Medicines with the profiles of GP Connect: what somebody takes, what was authorised, what was issued.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_medication_guidance.html>

use fhir::json::Json;

use super::shape::{Shape, concept, definition, extension, items, reference, shown, words};
use crate::gp_connect::dates::with_offset;
use crate::gp_connect::places::{Read, Shelf};

const PRESCRIPTION_TYPE: &str = "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-PrescriptionType-1";
const AGENCY: &str = "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-PrescribingAgency-1";

/// The medicine that a request or statement is about, as a resource with an id.
pub(crate) fn medication(shelf: &Shelf<'_>, of: &Json) -> Json {
    if let Some(named) = of.get("medicationReference")
        && let Some(read) = shelf.follow(named, "Medication")
    {
        return Shape::of(&read.record, "Medication", "CareConnect-GPC-Medication-1")
            .copying(&read.r4, &["code"])
            .json();
    }
    let code = of
        .get("medicationCodeableConcept")
        .cloned()
        .unwrap_or_else(|| words("Not stated"));
    Shape::named(
        "Medication",
        &medication_id(&code),
        "CareConnect-GPC-Medication-1",
    )
    .with("code", code)
    .json()
}

/// An id made of a medicine's code, or of its name: letters and digits, and hyphens for the rest.
fn medication_id(code: &Json) -> String {
    let coded = items(code, "coding")
        .filter_map(|coding| coding.text("code"))
        .last();
    let name = coded.or_else(|| shown(code)).unwrap_or("unknown");
    name.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .take(64)
        .collect()
}

/// Whether a request goes on until somebody stops it.
pub(crate) fn is_repeat(request: &Json) -> bool {
    let course = request.get("courseOfTherapyType");
    // What is not said to be acute is treated as repeat.
    !course.is_some_and(|course| items(course, "coding").any(|coding| coding.text("code") == Some("acute")))
}

/// When a medicine is taken, as days.
pub(crate) fn effective(statement: &Json) -> (Option<&str>, Option<&str>) {
    let period = statement.get("effectivePeriod");
    let end = |which: &str| period.and_then(|period| period.text(which));
    (end("start").or(statement.text("effectiveDateTime")), end("end"))
}

/// What somebody takes. `plan` is what it was authorised by, `last` the day of the last issue.
pub(crate) fn statement(read: &Read, plan: Option<&Read>, medication: &str, last: Option<&str>) -> Json {
    let r4 = &read.r4;
    let mut extensions = Vec::new();
    if let Some(last) = last {
        let name = "Extension-CareConnect-GPC-MedicationStatementLastIssueDate-1";
        extensions.push(extension(name, "valueDateTime", with_offset(last)));
    }
    let agency = concept(AGENCY, "prescribed-at-gp-practice", "Prescribed at GP practice");
    extensions.push(extension(
        "Extension-CareConnect-GPC-PrescribingAgency-1",
        "valueCodeableConcept",
        agency,
    ));
    let status = match r4.text("status") {
        Some("active" | "on-hold" | "intended") | None => "active",
        Some("stopped") => "stopped",
        Some(_) => "completed",
    };
    let (start, end) = effective(r4);
    let period = Shape::new()
        .with_some("start", start.map(with_offset))
        .with_some("end", end.map(with_offset))
        .json();
    Shape::of(
        &read.record,
        "MedicationStatement",
        "CareConnect-GPC-MedicationStatement-1",
    )
    .with("extension", extensions)
    .identified(r4)
    .with_some(
        "basedOn",
        plan.map(|plan| Json::from(vec![reference(&plan.address())])),
    )
    .with("status", status)
    .with("medicationReference", reference(medication))
    .with("effectivePeriod", period)
    .with_some("dateAsserted", r4.text("dateAsserted").or(start).map(with_offset))
    .copying(r4, &["subject"])
    // GP systems do not know whether the patient takes it.
    .with("taken", "unk")
    .copying(r4, &["reasonCode", "note"])
    .with_list("dosage", dosage(r4, "dosage"))
    .json()
}

/// An authorisation (`plan`) or one issue (`order`). `issued` counts the issues of an authorisation.
pub(crate) fn request(read: &Read, medication: &str, issued: usize) -> Json {
    let r4 = &read.r4;
    let is_plan = r4.text("intent") == Some("plan");
    let repeat = is_repeat(r4);
    let (code, display) = if repeat {
        ("repeat", "Repeat")
    } else {
        ("acute", "Acute")
    };
    let mut extensions = Vec::new();
    if is_plan && repeat {
        extensions.push(repeats(r4, issued));
    }
    let kind = concept(PRESCRIPTION_TYPE, code, display);
    extensions.push(extension(
        "Extension-CareConnect-GPC-PrescriptionType-1",
        "valueCodeableConcept",
        kind,
    ));
    let status = match (is_plan, r4.text("status")) {
        (true, Some("active" | "on-hold" | "draft") | None) => "active",
        (true, Some("stopped" | "cancelled")) => "stopped",
        (_, _) => "completed",
    };
    if status == "stopped" {
        extensions.push(stopped(read));
    }
    let based_on: Vec<Json> = if is_plan {
        Vec::new()
    } else {
        items(r4, "basedOn").cloned().collect()
    };
    Shape::of(
        &read.record,
        "MedicationRequest",
        "CareConnect-GPC-MedicationRequest-1",
    )
    .with("extension", extensions)
    .identified(r4)
    .with_list("basedOn", based_on)
    .copying(r4, &["groupIdentifier"])
    .with("status", status)
    .with("intent", if is_plan { "plan" } else { "order" })
    .with("medicationReference", reference(medication))
    .copying(r4, &["subject"])
    .with_time("authoredOn", r4, "authoredOn")
    .with_some("recorder", r4.get("recorder").or(r4.get("requester")).cloned())
    .copying(r4, &["reasonCode", "reasonReference", "note"])
    .with_list("dosageInstruction", dosage(r4, "dosageInstruction"))
    .with_some("dispenseRequest", r4.get("dispenseRequest").map(supply))
    .json()
}

fn repeats(r4: &Json, issued: usize) -> Json {
    let allowed = r4.at(&["dispenseRequest", "numberOfRepeatsAllowed"]).cloned();
    let part = |url: &str, value: Json| Json::object([("url", Json::from(url)), ("valuePositiveInt", value)]);
    let mut parts = Vec::new();
    parts.extend(allowed.map(|allowed| part("numberOfRepeatPrescriptionsAllowed", allowed)));
    let issued = i64::try_from(issued).unwrap_or(i64::MAX);
    parts.push(part("numberOfRepeatPrescriptionsIssued", Json::integer(issued)));
    Json::object([
        (
            "url",
            Json::from(definition(
                "Extension-CareConnect-GPC-MedicationRepeatInformation-1",
            )),
        ),
        ("extension", parts.into()),
    ])
}

fn stopped(read: &Read) -> Json {
    let reason = read
        .r4
        .get("statusReason")
        .cloned()
        .unwrap_or_else(|| words("No information available"));
    let on = with_offset(&read.record.last_updated.to_string());
    let parts = vec![
        Json::object([
            ("url", Json::from("statusReason")),
            ("valueCodeableConcept", reason),
        ]),
        Json::object([
            ("url", Json::from("statusChangeDate")),
            ("valueDateTime", on.into()),
        ]),
    ];
    Json::object([
        (
            "url",
            Json::from(definition("Extension-CareConnect-GPC-MedicationStatusReason-1")),
        ),
        ("extension", parts.into()),
    ])
}

fn supply(r4: &Json) -> Json {
    let period = r4.get("validityPeriod").map(|period| {
        Shape::new()
            .with_time("start", period, "start")
            .with_time("end", period, "end")
            .json()
    });
    Shape::new()
        .with_some("validityPeriod", period)
        .copying(r4, &["quantity", "expectedSupplyDuration"])
        .json()
}

fn dosage(r4: &Json, key: &str) -> Vec<Json> {
    let mut all: Vec<Json> = items(r4, key)
        .map(|one| Shape::new().copying(one, &["text", "patientInstruction"]).json())
        .filter(|one| one.text("text").is_some())
        .collect();
    if all.is_empty() {
        all.push(words("No information available"));
    }
    all
}
