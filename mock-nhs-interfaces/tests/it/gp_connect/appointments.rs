//! From finding a slot to cancelling what was booked in it.

use serde_json::{Value, json};

use super::{send, stored};
use crate::client::{Client, Seen};

const BASE: &str = "/gp-connect/patient-facing/appointments-management-fhir/FHIR/STU3";
const PATIENT: &str = "9999100007";
const REASON: &str =
    "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-AppointmentCancellationReason-1";
const BOOKING_ORGANISATION: &str =
    "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-BookingOrganisation-1";

async fn free(client: &Client) -> Vec<Value> {
    let filter = "https://fhir.nhs.uk/Id/ods-organization-code%7CT99001";
    let seen = client
        .get(&format!(
            "{BASE}/Slot?start=ge2027-01-11&end=le2027-01-12&status=free&_include=Slot:schedule&searchFilter={filter}"
        ))
        .await;
    assert_eq!(seen.status, 200);
    let bundle = seen.json();
    let slots = bundle["entry"].as_array().cloned().unwrap_or_default();
    slots
        .into_iter()
        .map(|entry| entry["resource"].clone())
        .filter(|resource| resource["resourceType"] == "Slot")
        .collect()
}

fn is_free(slots: &[Value], id: &str) -> bool {
    slots.iter().any(|slot| slot["id"] == id)
}

/// A booking of these slots for a patient.
fn booking(patient: &str, slots: &[&str], start: &str, end: &str) -> Value {
    let slots: Vec<Value> = slots
        .iter()
        .map(|id| json!({ "reference": format!("Slot/{id}") }))
        .collect();
    json!({
        "resourceType": "Appointment",
        "contained": [{
            "resourceType": "Organization",
            "id": "1",
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A00123" }],
            "name": "An out-of-hours service",
            "telecom": [{ "system": "phone", "value": "01632960999" }],
        }],
        "extension": [{ "url": BOOKING_ORGANISATION, "valueReference": { "reference": "#1" } }],
        "status": "booked",
        "description": "Sore knee",
        "start": format!("2027-01-11T{start}:00+00:00"),
        "end": format!("2027-01-11T{end}:00+00:00"),
        "slot": slots,
        "created": "2026-12-24T08:00:00+00:00",
        "participant": [
            { "actor": { "reference": format!("Patient/{patient}") }, "status": "accepted" },
            { "actor": { "reference": "Location/T99001" }, "status": "accepted" },
            { "actor": { "reference": "Practitioner/T99001-gp1" }, "status": "accepted" },
        ],
    })
}

async fn book(client: &Client, body: &Value) -> Seen {
    send(client, "POST", &format!("{BASE}/Appointment"), &[], body).await
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a journey is read from start to end")]
async fn a_slot_is_found_booked_seen_cancelled_and_free_again() {
    let client = Client::new();
    let slots = free(&client).await;
    // Two clinicians, two days, three free slots each.
    assert_eq!(slots.len(), 12);
    assert!(is_free(&slots, "T99001-gp1-71-14") && is_free(&slots, "T99001-gp1-71-1420"));

    // Forty minutes: two slots in a row.
    let wanted = booking(
        PATIENT,
        &["T99001-gp1-71-14", "T99001-gp1-71-1420"],
        "14:00",
        "14:40",
    );
    let booked = book(&client, &wanted).await;
    assert_eq!(booked.status, 201, "{}", booked.json());
    let appointment = booked.json();
    let id = appointment["id"].as_str().unwrap().to_owned();
    assert_eq!(booked.header("etag"), Some("W/\"1\""));
    assert_eq!(
        booked.header("location"),
        Some(format!("https://int.api.service.nhs.uk{BASE}/Appointment/{id}").as_str())
    );
    assert_eq!(booked.header("cache-control"), Some("no-store"));
    assert_eq!(appointment["minutesDuration"], 40);
    assert_eq!(appointment["contained"][0]["name"], "An out-of-hours service");

    // The records hold both: the appointment and the taken slots.
    let kept = stored(&client, "Appointment", &id).await;
    assert_eq!(
        (&kept["status"], &kept["description"]),
        (&json!("booked"), &json!("Sore knee"))
    );
    assert_eq!(
        stored(&client, "Slot", "T99001-gp1-71-14").await["status"],
        "busy"
    );
    assert_eq!(
        stored(&client, "Slot", "T99001-gp1-71-1420").await["status"],
        "busy"
    );
    let slots = free(&client).await;
    assert!(slots.len() == 10 && !is_free(&slots, "T99001-gp1-71-14"));

    // It is among the patient's, and nobody else gets the slot.
    let list = format!("{BASE}/Patient/{PATIENT}/Appointment?start=ge2027-01-01&start=le2027-01-31");
    assert_eq!(
        client.get(&list).await.json()["entry"][0]["resource"]["id"],
        id.as_str()
    );
    let other = booking("9999002218", &["T99001-gp1-71-1420"], "14:20", "14:40");
    let refused = book(&client, &other).await;
    assert_eq!(
        (refused.status.as_u16(), refused.outcome_code().unwrap()),
        (409, "DUPLICATE_REJECTED".into())
    );

    // Cancelled with a reason, in the version that was read.
    let mut cancelled = appointment.clone();
    cancelled["status"] = "cancelled".into();
    let reason = json!({ "url": REASON, "valueString": "Knee is better" });
    cancelled["extension"].as_array_mut().unwrap().push(reason);
    let address = format!("{BASE}/Appointment/{id}");
    let stale = send(&client, "PUT", &address, &[("If-Match", "W/\"2\"")], &cancelled).await;
    assert_eq!(
        (stale.status.as_u16(), stale.outcome_code().unwrap()),
        (409, "FHIR_CONSTRAINT_VIOLATION".into())
    );
    let done = send(&client, "PUT", &address, &[("If-Match", "W/\"1\"")], &cancelled).await;
    assert_eq!(done.status, 200, "{}", done.json());
    assert_eq!(done.header("etag"), Some("W/\"2\""));
    assert_eq!(done.json()["status"], "cancelled");
    let kept = stored(&client, "Appointment", &id).await;
    assert_eq!(kept["cancelationReason"]["text"], "Knee is better");
    assert_eq!(
        stored(&client, "Slot", "T99001-gp1-71-14").await["status"],
        "free"
    );
    assert_eq!(free(&client).await.len(), 12);
    let listed = client.get(&format!("{list}&status=cancelled")).await.json();
    assert_eq!(
        listed["entry"][0]["resource"]["extension"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert!(
        client
            .get(&format!("{list}&status=booked"))
            .await
            .json()
            .get("entry")
            .is_none()
    );
    // And the slot goes to whoever asks next.
    assert_eq!(book(&client, &other).await.status, 201);
}

#[tokio::test]
async fn of_many_who_book_one_slot_one_gets_it() {
    let client = Client::new();
    let wanted = booking(PATIENT, &["T99001-gp1-71-11"], "11:00", "11:20");
    let (one, two, three) = tokio::join!(
        book(&client, &wanted),
        book(&client, &wanted),
        book(&client, &wanted)
    );
    let mut statuses = [one, two, three].map(|seen| seen.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of what is refused")]
async fn a_booking_is_whole_or_refused() {
    let client = Client::new();
    let good = || booking(PATIENT, &["T99001-gp1-71-11"], "11:00", "11:20");
    let with = |pointer: &str, value: Value| {
        let mut body = good();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let without = |name: &str| {
        let mut body = good();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let plus = |name: &str, value: Value| {
        let mut body = good();
        body[name] = value;
        body
    };
    let cases = [
        ("no status", without("status"), "INVALID_RESOURCE"),
        ("no start", without("start"), "INVALID_RESOURCE"),
        ("no end", without("end"), "INVALID_RESOURCE"),
        ("no created", without("created"), "INVALID_RESOURCE"),
        ("no participants", without("participant"), "INVALID_RESOURCE"),
        ("no organisation", without("contained"), "INVALID_RESOURCE"),
        ("no extension", without("extension"), "INVALID_RESOURCE"),
        (
            "a cancelled one",
            with("/status", "cancelled".into()),
            "INVALID_RESOURCE",
        ),
        (
            "no name",
            with("/contained/0/name", "".into()),
            "INVALID_RESOURCE",
        ),
        (
            "no phone",
            with("/contained/0/telecom", json!([])),
            "INVALID_RESOURCE",
        ),
        (
            "an organisation elsewhere",
            with(
                "/extension/0/valueReference/reference",
                "https://a.example/Organization/1".into(),
            ),
            "INVALID_RESOURCE",
        ),
        (
            "a participant without status",
            with(
                "/participant/0",
                json!({ "actor": { "reference": "Patient/9999100007" } }),
            ),
            "INVALID_RESOURCE",
        ),
        (
            "a patient elsewhere",
            with(
                "/participant/0/actor/reference",
                "https://a.example/Patient/9999100007".into(),
            ),
            "INVALID_RESOURCE",
        ),
        (
            "another place",
            with("/participant/1/actor/reference", "Location/T99002".into()),
            "INVALID_RESOURCE",
        ),
        (
            "another doctor",
            with("/participant/2/actor/reference", "Practitioner/T99001-gp2".into()),
            "INVALID_RESOURCE",
        ),
        (
            "a local start",
            with("/start", "2027-01-11T11:00:00".into()),
            "INVALID_RESOURCE",
        ),
        (
            "a start between",
            with("/start", "2027-01-11T11:05:00+00:00".into()),
            "INVALID_RESOURCE",
        ),
        (
            "a bad slot",
            with("/slot/0/reference", "Slot/45555555##".into()),
            "INVALID_RESOURCE",
        ),
        ("an id", plus("id", "1".into()), "INVALID_RESOURCE"),
        (
            "a reason",
            plus("reason", json!([{ "text": "Cough" }])),
            "INVALID_RESOURCE",
        ),
        (
            "a type",
            plus("appointmentType", json!({ "text": "Emergency" })),
            "INVALID_RESOURCE",
        ),
        (
            "an empty identifier",
            plus("identifier", json!([{ "system": "x" }])),
            "INVALID_RESOURCE",
        ),
        (
            "an invented member",
            plus("invented", true.into()),
            "INVALID_RESOURCE",
        ),
        (
            "somebody unknown",
            with("/participant/0/actor/reference", "Patient/9111231130".into()),
            "PATIENT_NOT_FOUND",
        ),
        (
            "two slots with a gap",
            booking(
                PATIENT,
                &["T99001-gp1-71-11", "T99001-gp1-71-14"],
                "11:00",
                "14:20",
            ),
            "INVALID_RESOURCE",
        ),
        (
            "two diaries",
            booking(
                PATIENT,
                &["T99001-gp1-71-14", "T99001-nurse-71-1420"],
                "14:00",
                "14:40",
            ),
            "INVALID_RESOURCE",
        ),
    ];
    for (what, body, code) in cases {
        let seen = book(&client, &body).await;
        assert_eq!(
            seen.outcome_code().as_deref(),
            Some(code),
            "{what}: {}",
            seen.json()
        );
    }
    // None of them took anything.
    assert_eq!(free(&client).await.len(), 12);
    let minimal = send(
        &client,
        "POST",
        &format!("{BASE}/Appointment"),
        &[("Prefer", "return=minimal")],
        &good(),
    )
    .await;
    assert!(minimal.status == 201 && minimal.body.is_empty());
}

#[tokio::test]
async fn what_has_begun_is_neither_found_nor_booked() {
    use time::macros::datetime;
    let client = Client::at(datetime!(2027-01-11 13:00 UTC));
    let slots = free(&client).await;
    assert!(is_free(&slots, "T99001-gp1-71-14") && !is_free(&slots, "T99001-gp1-71-11"));
    let late = book(
        &client,
        &booking(PATIENT, &["T99001-gp1-71-11"], "11:00", "11:20"),
    )
    .await;
    assert_eq!(late.outcome_code().as_deref(), Some("INVALID_RESOURCE"));
}
