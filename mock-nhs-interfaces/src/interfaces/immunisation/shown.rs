//! A vaccination as callers get it: what was recorded here as it was sent, and what the workspace knows otherwise in the same
//! shape.

use records::{Record, ResourceType, View};
use serde_json::{Map, Value, json};

use super::record::{NHS_NUMBER, contained_patient, is_kind};
use super::validate::is_element;

/// The id of a patient inside.
const INSIDE: &str = "Pat1";
/// Stands for every postcode of somebody whose whereabouts are kept from those who ask.
const NO_POSTCODE: &str = "ZZ99 3CZ";

/// A vaccination as a read answers it. `None` for one that was not given: this service has none of those.
pub(super) fn whole(record: &Record, view: &View) -> Option<Value> {
    let mut document = of_this_service(record)?;
    let id = match contained_patient(document.get("contained")) {
        Some(patient) => patient.get("id")?.as_str()?.to_owned(),
        None => {
            let patient = patient_inside(view, document.get("patient"))?;
            document.insert("contained".to_owned(), json!([patient]));
            INSIDE.to_owned()
        }
    };
    document.insert("patient".to_owned(), json!({ "reference": format!("#{id}") }));
    Some(Value::Object(document))
}

/// A vaccination as a search answers it: without what is inside, pointing to the patient of the answer.
pub(super) fn found(record: &Record, patient_url: &str) -> Option<Value> {
    let mut document = of_this_service(record)?;
    let mut patient = json!({ "reference": patient_url, "type": "Patient" });
    if let (Some(number), Some(members)) = (nhs_number(&document), patient.as_object_mut()) {
        let identifier = json!({ "system": NHS_NUMBER, "value": number });
        members.insert("identifier".to_owned(), identifier);
    }
    document.insert("patient".to_owned(), patient);
    document.remove("contained");
    // Whoever is inside is not there any more.
    if let Some(performers) = document.get_mut("performer").and_then(Value::as_array_mut) {
        performers.retain(|performer| {
            let reference = performer.pointer("/actor/reference").and_then(Value::as_str);
            reference.is_none_or(|reference| !reference.starts_with('#'))
        });
    }
    if let Some(identifier) = document.get_mut("identifier").and_then(|list| list.get_mut(0))
        && identifier.get("use").is_none()
        && let Some(members) = identifier.as_object_mut()
    {
        members.insert("use".to_owned(), "official".into());
    }
    let version = json!({ "versionId": record.version.to_string() });
    document.insert("meta".to_owned(), version);
    Some(Value::Object(document))
}

/// The patient of the answer to a search.
pub(super) fn patient(number: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "id": number,
        "identifier": [{ "system": NHS_NUMBER, "value": number }],
    })
}

fn nhs_number(document: &Map<String, Value>) -> Option<String> {
    let reference = document.get("patient")?.get("reference")?.as_str()?;
    reference.strip_prefix("Patient/").map(str::to_owned)
}

/// A record with no more than this service has of a vaccination.
fn of_this_service(record: &Record) -> Option<Map<String, Value>> {
    let Ok(Value::Object(mut document)) = serde_json::from_slice(&record.text) else {
        return None;
    };
    if document.get("status").is_none_or(|status| status != "completed") {
        return None;
    }
    if contained_patient(document.get("contained")).is_some() {
        return Some(document);
    }
    document.retain(|name, _| is_element(name));
    document.remove("contained");
    for name in ["occurrenceDateTime", "recorded"] {
        if let Some(Value::String(text)) = document.get_mut(name)
            && text.ends_with('Z')
        {
            text.pop();
            text.push_str("+00:00");
        }
    }
    without_address(document.get_mut("location"));
    let performers = document.get_mut("performer").and_then(Value::as_array_mut);
    if let Some(performers) = performers {
        // Who did it is somebody of this workspace, whom the national record does not know.
        performers.retain(|performer| {
            let kind = performer.pointer("/actor/type");
            kind.is_some_and(|kind| kind == "Organization")
        });
        for performer in performers {
            without_address(performer.get_mut("actor"));
        }
    }
    Some(document)
}

/// A reference that says who is meant, and not where in this workspace they are.
fn without_address(reference: Option<&mut Value>) {
    if let Some(members) = reference.and_then(Value::as_object_mut) {
        members.remove("reference");
    }
}

/// The patient whom a vaccination names, as a vaccination has them inside.
fn patient_inside(view: &View, reference: Option<&Value>) -> Option<Value> {
    let number = reference?.get("reference")?.as_str()?.strip_prefix("Patient/")?;
    let record = view.read(ResourceType::parse("Patient")?, number);
    let person: Value = record
        .and_then(|record| serde_json::from_slice(&record.text).ok())
        .unwrap_or_else(|| json!({ "resourceType": "Patient" }));
    if !is_kind(&person, "Patient") {
        return None;
    }
    let mut patient = Map::new();
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            patient.insert(name.to_owned(), value);
        }
    };
    add("resourceType", Some("Patient".into()));
    add("id", Some(INSIDE.into()));
    add(
        "identifier",
        Some(json!([{ "system": NHS_NUMBER, "value": number }])),
    );
    add("name", person.pointer("/name/0").and_then(name_inside));
    add("gender", person.get("gender").cloned());
    add("birthDate", person.get("birthDate").cloned());
    add(
        "address",
        postcode(&person).map(|code| json!([{ "postalCode": code }])),
    );
    Some(Value::Object(patient))
}

fn name_inside(name: &Value) -> Option<Value> {
    let mut kept = name.as_object()?.clone();
    kept.retain(|part, _| matches!(part.as_str(), "family" | "given"));
    (!kept.is_empty()).then(|| json!([kept]))
}

fn postcode(person: &Value) -> Option<Value> {
    let labels = person.pointer("/meta/security").and_then(Value::as_array);
    let is_restricted = labels
        .into_iter()
        .flatten()
        .any(|label| label.get("code").is_some_and(|code| code == "R"));
    if is_restricted {
        return Some(NO_POSTCODE.into());
    }
    let addresses = person.get("address")?.as_array()?;
    addresses
        .iter()
        .find_map(|address| address.get("postalCode").cloned())
}
