//! `Appointment` between STU3 with the profile of GP Connect and R4 as the records hold it.
//! Source: <https://developer.nhs.uk/apis/gpconnect/appointments_use_case_book_an_appointment.html>

use fhir::json::Json;
use records::Record;

use super::administration::{ODS_SYSTEM, ORGANISATION_TYPE};
use super::diary::{DELIVERY_CHANNEL, PRACTITIONER_ROLE};
use super::shape::{Shape, concept, definition, extension, identifier, items, reference, shown, words};
use crate::gp_connect::dates::with_offset;

/// Who booked, as a reference to a contained organisation.
pub(crate) const BOOKING_ORGANISATION: &str = "Extension-GPConnect-BookingOrganisation-1";
/// Why it was cancelled.
pub(crate) const CANCELLATION_REASON: &str = "Extension-GPConnect-AppointmentCancellationReason-1";

/// The appointment as GP Connect tells it. `practice` is the practice's own organisation, for those that were not
/// booked through GP Connect.
pub(crate) fn appointment(record: &Record, r4: &Json, practice: Option<&Json>) -> Json {
    let contained = match r4.get("contained") {
        Some(contained) => contained.clone(),
        None => vec![booked_by(practice)].into(),
    };
    let category = items(r4, "serviceCategory")
        .chain(items(r4, "serviceType"))
        .find_map(shown)
        .map(words);
    let kinds = items(r4, "serviceType").filter_map(shown).map(words).collect();
    let created = r4.text("created").map(|created| match created.len() {
        10 => format!("{created}T00:00:00+00:00"),
        _ => with_offset(created),
    });
    Shape::of(record, "Appointment", "GPConnect-Appointment-1")
        .with("contained", contained)
        .with("extension", extensions(r4))
        .copying(r4, &["status"])
        .with_some("serviceCategory", category)
        .with_list("serviceType", kinds)
        .copying(r4, &["description"])
        .with_time("start", r4, "start")
        .with_time("end", r4, "end")
        .copying(r4, &["minutesDuration", "slot"])
        .with_some("created", created)
        .copying(r4, &["comment"])
        .with_list("participant", participants(r4))
        .json()
}

fn extensions(r4: &Json) -> Vec<Json> {
    let mut extensions: Vec<Json> = items(r4, "extension").cloned().collect();
    let has = |extensions: &[Json], name: &str| {
        let url = definition(name);
        extensions.iter().any(|one| one.text("url") == Some(&url))
    };
    if !has(&extensions, BOOKING_ORGANISATION) {
        extensions.insert(
            0,
            extension(BOOKING_ORGANISATION, "valueReference", reference("#1")),
        );
    }
    if !has(&extensions, DELIVERY_CHANNEL) {
        extensions.push(extension(DELIVERY_CHANNEL, "valueCode", "In-person"));
    }
    // Another interface of the workspace, or its FHIR server, cancels in R4's own element.
    let reason = r4.get("cancelationReason").and_then(shown);
    if r4.text("status") == Some("cancelled") && !has(&extensions, CANCELLATION_REASON) {
        let reason = reason.unwrap_or("Not stated");
        extensions.push(extension(CANCELLATION_REASON, "valueString", reason));
    }
    extensions
}

/// The practice itself, as the organisation that booked.
fn booked_by(practice: Option<&Json>) -> Json {
    let code = practice
        .and_then(|practice| practice.text("id"))
        .unwrap_or_default();
    let name = practice
        .and_then(|practice| practice.text("name"))
        .unwrap_or(code);
    let telecom = practice
        .into_iter()
        .flat_map(|practice| items(practice, "telecom"))
        .map(|one| Shape::new().copying(one, &["system", "value"]).json())
        .collect();
    Shape::named("Organization", "1", "CareConnect-GPC-Organization-1")
        .with("identifier", vec![identifier(ODS_SYSTEM, code)])
        .with(
            "type",
            vec![concept(ORGANISATION_TYPE, "gp-practice", "gp-practice")],
        )
        .with("name", name)
        .with_list("telecom", telecom)
        .json()
}

fn participants(r4: &Json) -> Vec<Json> {
    let wanted = ["Patient/", "Practitioner/", "Location/"];
    items(r4, "participant")
        .filter(|participant| {
            let to = participant.at(&["actor", "reference"]).and_then(Json::as_str);
            to.is_some_and(|to| wanted.iter().any(|kind| to.starts_with(kind)))
        })
        .map(|participant| Shape::new().copying(participant, &["actor", "status"]).json())
        .collect()
}

/// What a booked appointment takes from the diary it is in.
#[derive(Debug)]
pub(crate) struct FromDiary {
    pub(crate) kinds: Vec<Json>,
    pub(crate) job: Option<Json>,
    pub(crate) minutes: i64,
}

/// The R4 resource to be kept for a booking that was checked.
pub(crate) fn to_r4(stu3: &Json, from: FromDiary) -> Json {
    let mut extensions: Vec<Json> = items(stu3, "extension")
        .filter(|one| {
            let url = one.text("url").unwrap_or_default();
            url != definition(PRACTITIONER_ROLE) && url != definition(DELIVERY_CHANNEL)
        })
        .cloned()
        .collect();
    if let Some(job) = from.job {
        extensions.push(extension(PRACTITIONER_ROLE, "valueCodeableConcept", job));
    }
    extensions.push(extension(DELIVERY_CHANNEL, "valueCode", "In-person"));
    let profile = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Appointment";
    Shape::new()
        .with("resourceType", "Appointment")
        .with(
            "meta",
            Json::object([("profile", Json::from(vec![profile.into()]))]),
        )
        .copying(stu3, &["contained"])
        .with("extension", extensions)
        .with("status", "booked")
        .with_list("serviceType", from.kinds)
        .copying(stu3, &["description", "start", "end"])
        .with("minutesDuration", Json::integer(from.minutes))
        .copying(stu3, &["slot", "created", "comment", "participant"])
        .json()
}
