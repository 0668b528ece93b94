//! `Patient` as `CareConnect-GPC-Patient-1`: who somebody is, as the records have it now.
//! Source: <https://developer.nhs.uk/apis/gpconnect/foundations_use_case_find_a_patient.html>

use fhir::json::Json;
use records::Record;

use super::shape::{Shape, coding, concept, definition, extension, items, reference};
use crate::gp_connect::dates::with_offset;

const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";
const VERIFICATION: &str = "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1";
const REGISTRATION: &str = "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-RegistrationType-1";
const LANGUAGE: &str = "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-HumanLanguage-1";

/// The patient, registered with the practice of this code; `r4` is the record's text.
pub(crate) fn patient(record: &Record, r4: &Json, practice: &str) -> Json {
    let numbers = items(r4, "identifier")
        .filter(|identifier| identifier.text("system") == Some(NHS_NUMBER_SYSTEM))
        .filter_map(|identifier| identifier.text("value"))
        .map(nhs_number)
        .collect();
    let mut extensions = vec![registration(r4, practice)];
    extensions.extend(communication(r4));
    Shape::of(record, "Patient", "CareConnect-GPC-Patient-1")
        .with_list("extension", extensions)
        .with_list("identifier", numbers)
        .with("active", true)
        .with_list("name", items(r4, "name").filter_map(name).collect())
        .with_list("telecom", items(r4, "telecom").map(telecom).collect())
        .copying(
            r4,
            &["gender", "birthDate", "maritalStatus", "multipleBirthBoolean"],
        )
        .with_list("address", items(r4, "address").map(address).collect())
        .with_list("generalPractitioner", usual_gp(r4))
        .with(
            "managingOrganization",
            reference(&format!("Organization/{practice}")),
        )
        .json()
}

fn nhs_number(value: &str) -> Json {
    let verified = extension(
        "Extension-CareConnect-GPC-NHSNumberVerificationStatus-1",
        "valueCodeableConcept",
        concept(VERIFICATION, "01", "Number present and verified"),
    );
    Shape::new()
        .with("extension", vec![verified])
        .with("system", NHS_NUMBER_SYSTEM)
        .with("value", value)
        .json()
}

fn registration(r4: &Json, practice: &str) -> Json {
    let since = items(r4, "generalPractitioner")
        .find_map(|practice| practice.at(&["identifier", "period", "start"]))
        .and_then(Json::as_str);
    let part = |url: &str, key: &str, value: Json| Json::object([("url", Json::from(url)), (key, value)]);
    let mut parts = Vec::new();
    if let Some(since) = since {
        let period = Json::object([("start", Json::from(with_offset(since)))]);
        parts.push(part("registrationPeriod", "valuePeriod", period));
    }
    let regular = concept(REGISTRATION, "R", "Regular");
    parts.push(part("registrationType", "valueCodeableConcept", regular));
    let branch = reference(&format!("Location/{practice}"));
    parts.push(part("preferredBranchSurgery", "valueReference", branch));
    Json::object([
        (
            "url",
            Json::from(definition("Extension-CareConnect-GPC-RegistrationDetails-1")),
        ),
        ("extension", parts.into()),
    ])
}

/// Language and interpreter, which R4 says in `communication` or, as PDS does, in an extension.
fn communication(r4: &Json) -> Option<Json> {
    let pds = items(r4, "extension").find(|extension| {
        extension
            .text("url")
            .is_some_and(|url| url.ends_with("Extension-UKCore-NHSCommunication"))
    });
    let language = match pds {
        Some(extension) => items(extension, "extension")
            .find(|part| part.text("url") == Some("language"))
            .and_then(|part| part.get("valueCodeableConcept")),
        None => items(r4, "communication").find_map(|one| one.get("language")),
    }?;
    let first = items(language, "coding").next()?;
    let code = first.text("code")?;
    let display = first.text("display").unwrap_or(code);
    let interpreter = pds
        .into_iter()
        .flat_map(|extension| items(extension, "extension"))
        .find(|part| part.text("url") == Some("interpreterRequired"))
        .and_then(|part| part.get("valueBoolean"))
        .and_then(Json::as_bool)
        .unwrap_or(false);
    let language = Json::object([("coding", Json::from(vec![coding(LANGUAGE, code, display)]))]);
    let parts = vec![
        Json::object([
            ("url", Json::from("language")),
            ("valueCodeableConcept", language),
        ]),
        Json::object([
            ("url", Json::from("interpreterRequired")),
            ("valueBoolean", interpreter.into()),
        ]),
    ];
    Some(Json::object([
        (
            "url",
            Json::from(definition("Extension-CareConnect-GPC-NHSCommunication-1")),
        ),
        ("extension", parts.into()),
    ]))
}

/// A name; the usual one is official here. Names in use only.
fn name(r4: &Json) -> Option<Json> {
    let kind = r4.text("use").unwrap_or("usual");
    if kind == "old" {
        return None;
    }
    let given: Vec<&str> = items(r4, "given").filter_map(Json::as_str).collect();
    let prefix = items(r4, "prefix").find_map(Json::as_str);
    let family = r4.text("family").unwrap_or_default();
    let mut text = format!("{}, {}", family.to_uppercase(), given.join(" "));
    if let Some(prefix) = prefix {
        text.push_str(&format!(" ({prefix})"));
    }
    let named = Shape::new()
        .with("use", if kind == "usual" { "official" } else { kind })
        .with("text", text)
        .copying(r4, &["family", "given", "prefix", "suffix"]);
    Some(named.json())
}

fn telecom(r4: &Json) -> Json {
    Shape::new().copying(r4, &["system", "value", "use"]).json()
}

fn address(r4: &Json) -> Json {
    Shape::new()
        .copying(r4, &["use"])
        .with("type", "physical")
        .copying(r4, &["text", "line", "city", "district", "postalCode", "period"])
        .json()
}

fn usual_gp(r4: &Json) -> Vec<Json> {
    items(r4, "generalPractitioner")
        .filter_map(|gp| gp.text("reference"))
        .find(|gp| gp.starts_with("Practitioner/"))
        .map(reference)
        .into_iter()
        .collect()
}
