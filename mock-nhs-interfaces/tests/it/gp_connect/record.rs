//! Records told in parts, and what changes in them.

use serde_json::{Value, json};

use super::{send, stored};
use crate::client::Client;

const BASE: &str = "/gp-connect/patient-facing/access-record-fhir/FHIR/STU3";
const PATIENT: &str = "9999100007";

async fn record(client: &Client, parts: &[Value]) -> Value {
    record_of(client, PATIENT, parts).await
}

async fn record_of(client: &Client, patient: &str, parts: &[Value]) -> Value {
    let mut parameters = vec![json!({
        "name": "patientNHSNumber",
        "valueIdentifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": patient },
    })];
    parameters.extend(parts.iter().cloned());
    let body = json!({ "resourceType": "Parameters", "parameter": parameters });
    let seen = send(
        client,
        "POST",
        &format!("{BASE}/Patient/$gpc.getstructuredrecord"),
        &[],
        &body,
    )
    .await;
    seen.json()
}

fn resources<'b>(bundle: &'b Value, kind: &str) -> Vec<&'b Value> {
    let entries = bundle["entry"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| &entry["resource"])
        .filter(|resource| resource["resourceType"] == kind)
        .collect()
}

fn list<'b>(bundle: &'b Value, title: &str) -> &'b Value {
    let lists = resources(bundle, "List");
    lists
        .into_iter()
        .find(|list| list["title"] == title)
        .unwrap_or_else(|| panic!("no list {title}"))
}

/// Changes a resource of the records as another interface, or the FHIR server, does.
async fn change(client: &Client, kind: &str, id: &str, edit: impl FnOnce(&mut Value)) {
    use records::{Change, RecordsError, ResourceId, ResourceType};
    let mut resource = stored(client, kind, id).await;
    edit(&mut resource);
    let (kind, id) = (ResourceType::parse(kind).unwrap(), ResourceId::parse(id).unwrap());
    let put =
        client
            .records
            .change::<_, RecordsError>(client.tenant.workspace, &*client.tenant.clock, |draft| {
                draft.put(kind, &id, &resource.to_string(), Change::Updated)
            });
    put.await.unwrap();
}

#[tokio::test]
async fn every_reference_of_a_record_leads_to_a_resource_in_it_and_each_is_there_once() {
    let client = Client::new();
    let asked = [
        json!({ "name": "includeAllergies", "part": [{ "name": "includeResolvedAllergies", "valueBoolean": true }] }),
        json!({ "name": "includeMedication" }),
        json!({ "name": "includeConsultations" }),
        json!({ "name": "includeProblems" }),
        json!({ "name": "includeImmunisations" }),
        json!({ "name": "includeUncategorisedData" }),
        json!({ "name": "includeInvestigations" }),
        json!({ "name": "includeReferrals" }),
    ];
    for patient in [
        PATIENT,
        "9999100104",
        "9999000207",
        "9999002218",
        "9693633695",
        "9990415382",
        "9736363120",
    ] {
        check_whole(&record_of(&client, patient, &asked).await, patient);
    }
}

fn check_whole(bundle: &Value, patient: &str) {
    let mut there = std::collections::HashSet::new();
    for entry in bundle["entry"].as_array().unwrap() {
        let resource = &entry["resource"];
        let Some(id) = resource["id"].as_str() else {
            continue;
        };
        let address = format!("{}/{id}", resource["resourceType"].as_str().unwrap());
        assert!(there.insert(address.clone()), "{address} twice");
    }
    let mut references = Vec::new();
    walk(bundle, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        assert!(
            there.contains(reference) || reference.starts_with('#'),
            "{patient}: {reference} leads nowhere"
        );
    }
    for title in [
        "Allergies and adverse reactions",
        "Ended allergies",
        "Medications and medical devices",
        "List of consultations",
        "Problems",
        "Immunisations",
        "Miscellaneous record",
        "Outbound referral",
    ] {
        assert_eq!(list(bundle, title)["status"], "current");
    }
    assert!(resources(bundle, "OperationOutcome").is_empty());
}

fn walk<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if name == "reference" => found.push(text),
                    _ => walk(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn what_changes_elsewhere_is_told_here() {
    let client = Client::new();
    change(&client, "Patient", PATIENT, |patient| {
        patient["address"][0]["line"] = json!(["1 New Street", "Leeds"]);
    })
    .await;
    let bundle = record(&client, &[]).await;
    let patient = resources(&bundle, "Patient")[0];
    assert_eq!(patient["address"][0]["line"][0], "1 New Street");
    assert_eq!(patient["meta"]["versionId"], "2");
}

#[tokio::test]
async fn a_confidential_item_is_left_out_and_the_list_says_so() {
    let client = Client::new();
    let asked = [json!({ "name": "includeImmunisations" })];
    let before = resources(&record(&client, &asked).await, "Immunization").len();
    change(&client, "Immunization", "p19-5", |immunisation| {
        let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
        immunisation["meta"]["security"] = json!([{ "system": system, "code": "R" }]);
    })
    .await;
    let bundle = record(&client, &asked).await;
    assert_eq!(resources(&bundle, "Immunization").len(), before - 1);
    let list = list(&bundle, "Immunisations");
    assert!(list["extension"].to_string().contains("confidential-items"));
    assert!(
        list["note"]
            .to_string()
            .contains("Items excluded due to confidentiality")
    );
}

#[tokio::test]
async fn an_ended_allergy_stands_in_a_list_of_its_own() {
    let client = Client::new();
    change(&client, "AllergyIntolerance", "p19-3", |allergy| {
        allergy["clinicalStatus"]["coding"][0]["code"] = "resolved".into();
    })
    .await;
    let part = |value: bool| json!({ "name": "includeAllergies", "part": [{ "name": "includeResolvedAllergies", "valueBoolean": value }] });
    let bundle = record(&client, &[part(true)]).await;
    assert!(resources(&bundle, "AllergyIntolerance").is_empty());
    let ended = list(&bundle, "Ended allergies");
    assert_eq!(ended["contained"][0]["clinicalStatus"], "resolved");
    assert_eq!(ended["entry"][0]["item"]["reference"], "#p19-3");
    let bundle = record(&client, &[part(false)]).await;
    assert!(!bundle.to_string().contains("Ended allergies"));
}

#[tokio::test]
async fn an_immunisation_that_was_not_given_is_told_when_it_is_asked_for() {
    let client = Client::new();
    change(&client, "Immunization", "p19-5", |immunisation| {
        immunisation["status"] = "not-done".into();
    })
    .await;
    let with = |part: Value| json!({ "name": "includeImmunisations", "part": [part] });
    let not_given = |value: bool| with(json!({ "name": "includeNotGiven", "valueBoolean": value }));
    for (asked, is_told) in [
        (json!({ "name": "includeImmunisations" }), false),
        (not_given(false), false),
        (not_given(true), true),
    ] {
        let bundle = record(&client, std::slice::from_ref(&asked)).await;
        let told = resources(&bundle, "Immunization");
        assert_eq!(told.iter().any(|one| one["id"] == "p19-5"), is_told, "{asked}");
        assert!(told.len() > 1);
    }
}
