//! The immunisation history: a vaccination is recorded, found, corrected, taken back and recorded again.

use axum::body::Body;
use http::{Method, Request};
use mock_nhs_interfaces::Profile;
use serde_json::{Value, json};

use crate::client::{Client, Seen, TOKEN};

const PATIENT: &str = "9736363120";

async fn ask(client: &Client, method: Method, path: &str, e_tag: Option<&str>, body: &Value) -> Seen {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/immunisation-fhir-api/FHIR/R4/Immunization{path}"))
        .header("Authorization", format!("Bearer {TOKEN}"));
    if let Some(e_tag) = e_tag {
        request = request.header("E-Tag", e_tag);
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    client.send(Profile::Int, request.body(body).unwrap()).await
}

fn vaccination(identifier: &str, day: &str) -> Value {
    let ods = json!({ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "Y12345" });
    json!({
        "resourceType": "Immunization",
        "contained": [{
            "resourceType": "Practitioner", "id": "Pract1",
            "name": [{ "family": "Furlong", "given": ["Darren"] }],
        }, {
            "resourceType": "Patient", "id": "Pat1",
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": PATIENT }],
            "name": [{ "family": "Knapp", "given": ["Horace"] }],
            "gender": "male",
            "birthDate": "1943-07-03",
            "address": [{ "postalCode": "DN19 7UD" }],
        }],
        "extension": [{
            "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure",
            "valueCodeableConcept": { "coding": [{
                "system": "http://snomed.info/sct", "code": "38598009", "display": "MMR vaccination",
            }] },
        }],
        "identifier": [{ "system": "https://supplier.example/vaccinations", "value": identifier }],
        "status": "completed",
        "vaccineCode": { "coding": [{
            "system": "http://snomed.info/sct", "code": "13968211000001108", "display": "M-M-RVAXPRO",
        }] },
        "patient": { "reference": "#Pat1" },
        "occurrenceDateTime": format!("{day}T10:00:00+00:00"),
        "recorded": day,
        "primarySource": true,
        "location": { "identifier": ods },
        "doseQuantity": { "value": 0.5, "unit": "milliliter", "system": "http://unitsofmeasure.org", "code": "ml" },
        "performer": [
            { "actor": { "reference": "#Pract1" } },
            { "actor": { "type": "Organization", "identifier": ods } },
        ],
        "protocolApplied": [{ "targetDisease": [
            { "coding": [{ "system": "http://snomed.info/sct", "code": "14189004" }] },
            { "coding": [{ "system": "http://snomed.info/sct", "code": "36989005" }] },
            { "coding": [{ "system": "http://snomed.info/sct", "code": "36653000" }] },
        ], "doseNumberPositiveInt": 1 }],
    })
}

async fn found(client: &Client, rest: &str) -> Vec<Value> {
    let path = format!("?patient.identifier=https://fhir.nhs.uk/Id/nhs-number%7C{PATIENT}&{rest}");
    let seen = ask(client, Method::GET, &path, None, &Value::Null).await;
    assert_eq!(seen.status, 200);
    seen.json()["entry"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_vaccination_lives_through_all_its_versions() {
    let client = Client::new();
    let sent = vaccination("v-1", "2026-01-10");
    let created = ask(&client, Method::POST, "", None, &sent).await;
    assert_eq!(
        (created.status.as_u16(), created.header("e-tag")),
        (201, Some("1"))
    );
    let id = created
        .header("location")
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("/{id}");

    let read = ask(&client, Method::GET, &path, None, &Value::Null).await;
    assert_eq!(read.header("e-tag"), Some("1"));
    assert_eq!(read.json()["patient"], json!({ "reference": "#Pat1" }));
    assert_eq!(read.json()["contained"], sent["contained"]);

    let again = ask(&client, Method::POST, "", None, &sent).await;
    assert_eq!(again.status, 422);
    let words = &again.json()["issue"][0]["diagnostics"];
    assert_eq!(
        words,
        "The provided identifier: https://supplier.example/vaccinations#v-1 is duplicated"
    );

    let mut corrected = vaccination("v-1", "2026-01-11");
    corrected["id"] = id.clone().into();
    for (e_tag, status) in [(None, 400), (Some("2"), 400), (Some("1"), 200), (Some("1"), 400)] {
        let seen = ask(&client, Method::PUT, &path, e_tag, &corrected).await;
        assert_eq!(seen.status.as_u16(), status, "{e_tag:?}");
    }
    let mut renamed = vaccination("v-2", "2026-01-11");
    renamed["id"] = id.clone().into();
    let seen = ask(&client, Method::PUT, &path, Some("2"), &renamed).await;
    assert!(
        seen.json()["issue"][0]["diagnostics"]
            .as_str()
            .unwrap()
            .contains("identifier[0].value")
    );

    assert_eq!(
        ask(&client, Method::DELETE, &path, None, &Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        ask(&client, Method::GET, &path, None, &Value::Null).await.status,
        404
    );
    assert_eq!(
        ask(&client, Method::DELETE, &path, None, &Value::Null)
            .await
            .status,
        404
    );
    assert_eq!(
        ask(&client, Method::PUT, &path, Some("3"), &corrected)
            .await
            .status,
        200,
        "reinstated"
    );
    assert_eq!(
        ask(&client, Method::GET, &path, None, &Value::Null).await.status,
        200
    );
}

#[tokio::test]
async fn what_was_taken_back_and_recorded_again_is_at_its_old_address() {
    let client = Client::new();
    let sent = vaccination("v-9", "2026-01-10");
    let created = ask(&client, Method::POST, "", None, &sent).await;
    let address = created.header("location").unwrap();
    let path = format!("/{}", address.rsplit('/').next().unwrap());
    let deleted = ask(&client, Method::DELETE, &path, None, &Value::Null).await;
    assert_eq!(deleted.status, 204);
    let identifier = "?identifier=https://supplier.example/vaccinations%7Cv-9";
    let nothing = ask(&client, Method::GET, identifier, None, &Value::Null)
        .await
        .json();
    assert_eq!((&nothing["total"], &nothing["entry"]), (&json!(0), &json!([])));
    assert!(
        nothing["link"][0]["url"]
            .as_str()
            .unwrap()
            .ends_with("?identifier=None")
    );
    let again = ask(&client, Method::POST, "", None, &sent).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.header("location").unwrap(), address);
    assert!(again.header("e-tag").unwrap() > created.header("e-tag").unwrap());
}

#[tokio::test]
async fn a_vaccination_may_be_recorded_before_anybody_knows_the_nhs_number() {
    let client = Client::new();
    for (identifier, nothing) in [
        ("n-1", json!([{ "system": "https://fhir.nhs.uk/Id/nhs-number" }])),
        ("n-2", Value::Null),
    ] {
        let mut sent = vaccination(identifier, "2026-01-10");
        let patient = sent["contained"][1].as_object_mut().unwrap();
        patient.remove("identifier");
        if !nothing.is_null() {
            patient.insert("identifier".to_owned(), nothing);
        }
        assert_eq!(ask(&client, Method::POST, "", None, &sent).await.status, 201);
        let path = format!("?identifier=https://supplier.example/vaccinations%7C{identifier}");
        let seen = ask(&client, Method::GET, &path, None, &Value::Null).await.json();
        assert!(
            seen["entry"][0]["resource"]["patient"]
                .get("identifier")
                .is_none()
        );
    }
}

/// What the NHS's own tests change in a vaccination, and what is said then.
#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, one case a line")]
async fn what_is_wrong_with_a_vaccination_is_said_in_the_service_s_words() {
    const MOMENT: &str = "must be a valid datetime in one of the following formats:- 'YYYY-MM-DD' — Full date only- 'YYYY-MM-DDThh:mm:ss%z' — Full date and time with timezone (e.g. +00:00 or +01:00)- 'YYYY-MM-DDThh:mm:ss.f%z' — Full date and time with milliseconds and timezone-  Date must not be in the future.";
    const HERE: &str = "Only '+00:00' and '+01:00' are accepted as valid timezone offsets.\nNote that partial dates are not allowed for occurrenceDateTime in this service.\n";
    const OF_PATIENT: &str = "contained[?(@.resourceType=='Patient')].";
    const OF_PRACTICE: &str = "performer[?(@.actor.type=='Organization')].actor.identifier.";
    const OF_PROCEDURE: &str = "extension[?(@.url=='https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure')].valueCodeableConcept.coding[?(@.system=='http://snomed.info/sct')].";
    const DATE: &str = "must be a valid date string in the format \"YYYY-MM-DD\"";
    let gone = || Value::Null;
    let occurrence = format!("occurrenceDateTime {MOMENT}{HERE}");
    let recorded = format!("recorded {MOMENT}");
    let cases: Vec<(&str, Value, String)> = vec![
        ("/protocolApplied/0/doseNumberPositiveInt", json!(-1), "protocolApplied[0].doseNumberPositiveInt must be a positive integer".into()),
        ("/protocolApplied/0/doseNumberPositiveInt", json!(0), "protocolApplied[0].doseNumberPositiveInt must be a positive integer".into()),
        ("/protocolApplied/0/doseNumberPositiveInt", json!(10), "protocolApplied[0].doseNumberPositiveInt must be an integer in the range 1 to 9".into()),
        ("/occurrenceDateTime", json!("2125-01-01T10:00:00+00:00"), occurrence.clone()),
        ("/occurrenceDateTime", json!("20250131"), occurrence.clone()),
        ("/occurrenceDateTime", json!("2025-02-30T10:00:00+00:00"), occurrence.clone()),
        ("/occurrenceDateTime", json!(""), occurrence),
        ("/recorded", json!("2125-01-01"), recorded.clone()),
        ("/recorded", json!(""), recorded),
        ("/recorded", gone(), "recorded is a mandatory field".into()),
        ("/contained/1/birthDate", json!("2125-01-01"), format!("{OF_PATIENT}birthDate must not be in the future")),
        ("/contained/1/birthDate", json!("19430703"), format!("{OF_PATIENT}birthDate {DATE}")),
        ("/contained/1/birthDate", json!(""), format!("{OF_PATIENT}birthDate {DATE}")),
        ("/contained/1/birthDate", gone(), format!("{OF_PATIENT}birthDate is a mandatory field")),
        ("/expirationDate", json!("01-02-2030"), format!("expirationDate {DATE}")),
        ("/contained/1/identifier/0/value", json!("1234567890"), format!("{OF_PATIENT}identifier[0].value is not a valid NHS number")),
        ("/contained/1/identifier/0/value", json!("12345678"), format!("{OF_PATIENT}identifier[0].value must be 10 characters")),
        ("/contained/1/identifier/0/value", json!("   "), format!("{OF_PATIENT}identifier[0].value must be a non-empty string")),
        ("/contained/1/name/0/given", json!(""), format!("{OF_PATIENT}name[0].given must be an array")),
        ("/contained/1/name/0/given", json!(["  "]), format!("{OF_PATIENT}name[0].given[0] must be a non-empty string")),
        ("/contained/1/name/0/given", json!(["a".repeat(181)]), format!("{OF_PATIENT}name[0].given[0] must be 180 or fewer characters")),
        ("/contained/1/name/0/given", json!(["a", "b", "c", "d", "e", "f"]), format!("{OF_PATIENT}name[0].given must be an array of maximum length 5")),
        ("/contained/1/name/0/given", gone(), format!("{OF_PATIENT}name[0].given is a mandatory field")),
        ("/contained/1/name/0/family", json!(" "), format!("{OF_PATIENT}name[0].family must be a non-empty string")),
        ("/contained/1/name/0/family", json!("a".repeat(36)), format!("{OF_PATIENT}name[0].family must be 35 or fewer characters")),
        ("/contained/1/name/0/family", gone(), format!("{OF_PATIENT}name[0].family is a mandatory field")),
        ("/contained/1/name", gone(), format!("{OF_PATIENT}name[0].given is a mandatory field; {OF_PATIENT}name[0].family is a mandatory field")),
        ("/contained/1/gender", json!("M"), format!("{OF_PATIENT}gender must be one of the following: male, female, other, unknown")),
        ("/contained/1/gender", json!(""), format!("{OF_PATIENT}gender must be a non-empty string")),
        ("/contained/1/gender", json!(1), format!("{OF_PATIENT}gender must be a string")),
        ("/contained/1/gender", gone(), format!("{OF_PATIENT}gender is a mandatory field")),
        ("/contained/1/address", gone(), format!("{OF_PATIENT}address[0].postalCode is a mandatory field")),
        ("/contained/1/active", json!(true), "active is not an allowed element of the Patient resource for this service".into()),
        ("/encounter", json!({ "reference": "Encounter/1" }), "encounter is not an allowed element of the Immunization resource for this service".into()),
        ("/contained/1/id", gone(), "The contained Patient resource must have an 'id' field".into()),
        ("/contained/1", gone(), "contained must contain exactly one Patient resource".into()),
        ("/contained", gone(), "contained is a mandatory field".into()),
        ("/patient/reference", json!("Patient/9736363120"), "patient.reference must be a single reference to a contained Patient resource".into()),
        ("/patient/reference", json!("#Pat2"), "The reference '#Pat2' does not match the id of the contained Patient resource".into()),
        ("/performer/0", gone(), "contained Practitioner resource id 'Pract1' must be referenced from performer".into()),
        ("/performer/1", gone(), "There must be exactly one performer.actor[?@.type=='Organization'] with type 'Organization'".into()),
        ("/performer/1/actor/identifier/value", json!(""), format!("{OF_PRACTICE}value must be a non-empty string")),
        ("/performer/1/actor/identifier/value", gone(), format!("{OF_PRACTICE}value is a mandatory field")),
        ("/performer/1/actor/identifier/system", gone(), format!("{OF_PRACTICE}system is a mandatory field")),
        ("/location/identifier/value", json!(""), "location.identifier.value must be a non-empty string".into()),
        ("/location/identifier/system", gone(), "location.identifier.system is a mandatory field".into()),
        ("/identifier", gone(), "identifier is a mandatory field".into()),
        ("/identifier/0/value", json!(""), "identifier[0].value must be a non-empty string".into()),
        ("/identifier/0/system", gone(), "identifier[0].system is a mandatory field".into()),
        ("/primarySource", gone(), "primarySource is a mandatory field".into()),
        ("/primarySource", json!(""), "primarySource must be a boolean".into()),
        ("/status", json!("not-done"), "status must be one of the following: completed".into()),
        ("/extension", gone(), "extension is a mandatory field".into()),
        ("/extension/0/valueCodeableConcept/coding/0/code", gone(), format!("{OF_PROCEDURE}code is a mandatory field")),
        ("/extension/0/valueCodeableConcept/coding/0/code", json!("38598008"), format!("{OF_PROCEDURE}code is not a valid snomed code")),
        ("/extension/0/valueCodeableConcept/coding/0/display", json!(""), format!("{OF_PROCEDURE}display must be a non-empty string")),
        ("/vaccineCode/coding/0/code", json!("1"), "vaccineCode.coding[?(@.system=='http://snomed.info/sct')].code is not a valid snomed code".into()),
        ("/doseQuantity/unit", json!(""), "doseQuantity.unit must be a non-empty string".into()),
        ("/doseQuantity/system", gone(), "If doseQuantity.code is present, doseQuantity.system must also be present".into()),
        ("/lotNumber", json!(""), "lotNumber must be a non-empty string".into()),
        ("/protocolApplied/0/targetDisease", gone(), "protocolApplied[0].targetDisease is a mandatory field".into()),
        ("/protocolApplied/0/targetDisease/0/coding/0/code", json!("38907003"), "protocolApplied[0].targetDisease[*].coding[?(@.system=='http://snomed.info/sct')].code - ['38907003', '36989005', '36653000'] is not a valid combination of disease codes for this service".into()),
    ];
    let client = Client::new();
    for (place, value, expected) in cases {
        let mut sent = vaccination("wrong", "2026-01-10");
        put(&mut sent, place, value.clone());
        let seen = ask(&client, Method::POST, "", None, &sent).await;
        assert_eq!(seen.status, 400, "{place} {value}");
        let issue = &seen.json()["issue"][0];
        assert_eq!(issue["code"], "invariant", "{place} {value}");
        assert_eq!(issue["details"]["coding"][0]["code"], "INVARIANT");
        let said = issue["diagnostics"].as_str().unwrap();
        assert_eq!(said, format!("Validation errors: {expected}"), "{place} {value}");
    }
    let mut sent = vaccination("wrong", "2026-01-10");
    put(&mut sent, "/occurrenceDateTime", Value::Null);
    let seen = ask(&client, Method::POST, "", None, &sent).await.json();
    assert_eq!(
        seen["issue"][0]["diagnostics"],
        "1 validation error for Immunization\n__root__\n  Expect any of field value from this list ['occurrenceDateTime', 'occurrenceString']. (type=value_error)"
    );
}

/// Puts a value at a place, or takes away what is there.
fn put(document: &mut Value, place: &str, value: Value) {
    let (outer, name) = place.rsplit_once('/').unwrap();
    let within = document.pointer_mut(outer).unwrap();
    if let Some(list) = within.as_array_mut() {
        list.remove(name.parse().unwrap());
    } else if value.is_null() {
        within.as_object_mut().unwrap().remove(name);
    } else {
        within[name] = value;
    }
}

#[tokio::test]
async fn a_vaccination_of_the_seed_is_whole_and_can_be_sent_back_as_it_came() {
    let client = Client::new();
    let read = ask(&client, Method::GET, "/p0-8", None, &Value::Null).await;
    let mut document = read.json();
    for part in [
        "extension",
        "identifier",
        "recorded",
        "location",
        "site",
        "route",
        "doseQuantity",
    ] {
        assert!(document.get(part).is_some(), "{part}");
    }
    assert_eq!(document["contained"][0]["name"][0]["family"], "Smith");
    assert_eq!(document["performer"].as_array().unwrap().len(), 1);
    assert_eq!(document["performer"][0]["actor"]["type"], "Organization");
    document["lotNumber"] = "CORRECTED".into();
    let seen = ask(&client, Method::PUT, "/p0-8", read.header("e-tag"), &document).await;
    assert_eq!(seen.status, 200, "{}", String::from_utf8_lossy(&seen.body));
    assert_eq!(seen.header("e-tag"), Some("2"));
    let again = ask(&client, Method::GET, "/p0-8", None, &Value::Null)
        .await
        .json();
    assert_eq!(again["lotNumber"], "CORRECTED");
}

#[tokio::test]
async fn vaccinations_are_found_by_kind_disease_and_day() {
    let client = Client::new();
    let before = found(&client, "-immunization.target=MMR")
        .await
        .iter()
        .filter(|entry| entry["search"]["mode"] == "match")
        .count();
    for (identifier, day) in [("a", "2026-01-10"), ("b", "2026-01-14")] {
        assert_eq!(
            ask(&client, Method::POST, "", None, &vaccination(identifier, day))
                .await
                .status,
            201
        );
    }
    let count = async |rest: &str| {
        let entries = found(&client, rest).await;
        entries
            .iter()
            .filter(|entry| entry["search"]["mode"] == "match")
            .count()
    };
    assert_eq!(count("-immunization.target=MMR").await, before + 2);
    assert_eq!(
        count("-immunization.target=MMR&-date.from=2026-01-11&-date.to=2026-01-14").await,
        1
    );
    assert_eq!(count("-immunization.target=MMR&-date.from=2026-01-15").await, 0);
    assert_eq!(count("-immunization.target=MMRV").await, 0);
    assert_eq!(
        count("target-disease=http://snomed.info/sct%7C14189004&-date.from=2026-01-01").await,
        2
    );
    let entries = found(&client, "-immunization.target=MMR,mmr&-date.from=2026-01-01").await;
    let modes: Vec<&str> = entries
        .iter()
        .map(|entry| entry["search"]["mode"].as_str().unwrap())
        .collect();
    assert_eq!(modes, ["match", "match", "include", "outcome"]);
    let patient = &entries[2];
    assert_eq!(entries[0]["resource"]["patient"]["reference"], patient["fullUrl"]);
    assert_eq!(patient["resource"]["identifier"][0]["value"], PATIENT);
    assert!(entries[0]["resource"].get("contained").is_none());
    let path = "?identifier=https://supplier.example/vaccinations%7Ca&_elements=id,meta";
    let by_identifier = ask(&client, Method::GET, path, None, &Value::Null).await.json();
    let resource = &by_identifier["entry"][0]["resource"];
    assert_eq!(resource["meta"], json!({ "versionId": "1" }));
    assert!(resource["id"].is_string() && resource.get("status").is_none());
}
