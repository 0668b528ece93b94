//! `Organization`, `Location`, `Practitioner` and `PractitionerRole` with the profiles of GP Connect.
//! Source: <https://developer.nhs.uk/apis/gpconnect/foundations_resources_overview.html>

use fhir::json::Json;
use records::Record;

use super::shape::{Shape, concept, extension, identifier, items, reference, shown, words};

pub(crate) const ODS_SYSTEM: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
pub(crate) const SDS_USER_SYSTEM: &str = "https://fhir.nhs.uk/Id/sds-user-id";
pub(crate) const ORGANISATION_TYPE: &str = "https://fhir.nhs.uk/STU3/CodeSystem/GPConnect-OrganisationType-1";
const SITE_SYSTEM: &str = "https://fhir.nhs.uk/Id/ods-site-code";
const JOB_ROLE: &str = "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1";

pub(crate) fn organisation(record: &Record, r4: &Json) -> Json {
    let codes = items(r4, "identifier")
        .filter(|identifier| identifier.text("system") == Some(ODS_SYSTEM))
        .filter_map(|given| given.text("value"))
        .map(|code| identifier(ODS_SYSTEM, code))
        .collect();
    let main = reference(&format!("Location/{}", record.id));
    Shape::of(record, "Organization", "CareConnect-GPC-Organization-1")
        .with(
            "extension",
            vec![extension(
                "Extension-CareConnect-GPC-MainLocation-1",
                "valueReference",
                main,
            )],
        )
        .with_list("identifier", codes)
        .with("active", true)
        .with(
            "type",
            vec![concept(ORGANISATION_TYPE, "gp-practice", "gp-practice")],
        )
        .copying(r4, &["name"])
        .with_list("telecom", items(r4, "telecom").map(work_telecom).collect())
        .with_list("address", items(r4, "address").map(postal).collect())
        .json()
}

pub(crate) fn location(record: &Record, r4: &Json) -> Json {
    let organisation = r4
        .get("managingOrganization")
        .and_then(|one| one.text("reference"));
    let code = organisation.and_then(|one| one.strip_prefix("Organization/"));
    let site = code.map(|code| Json::from(vec![identifier(SITE_SYSTEM, code)]));
    Shape::of(record, "Location", "CareConnect-GPC-Location-1")
        .with_some("identifier", site)
        .copying(r4, &["status", "name"])
        .with_some("telecom", r4.get("telecom").cloned())
        .with_some("address", r4.get("address").map(postal))
        .with_some("managingOrganization", organisation.map(reference))
        .json()
}

pub(crate) fn practitioner(record: &Record, r4: &Json) -> Json {
    let number = items(r4, "identifier")
        .find_map(|given| given.text("value"))
        .unwrap_or(record.id.as_str());
    let names = items(r4, "name").map(|name| {
        Shape::new()
            .copying(name, &["use", "family", "given", "prefix"])
            .json()
    });
    Shape::of(record, "Practitioner", "CareConnect-GPC-Practitioner-1")
        .with("identifier", vec![identifier(SDS_USER_SYSTEM, number)])
        .with_list("name", names.collect())
        .copying(r4, &["gender"])
        .json()
}

pub(crate) fn role(record: &Record, r4: &Json) -> Json {
    Shape::of(record, "PractitionerRole", "CareConnect-GPC-PractitionerRole-1")
        .copying(r4, &["practitioner", "organization"])
        .with_list("code", items(r4, "code").map(job).collect())
        .json()
}

/// A post as the Spine Directory Service names it: a code where it is certain, words otherwise.
pub(crate) fn job(r4: &Json) -> Json {
    let snomed = items(r4, "coding").find_map(|coding| coding.text("code"));
    match snomed {
        Some("62247001") => concept(JOB_ROLE, "R0260", "General Medical Practitioner"),
        Some("224535009") => concept(JOB_ROLE, "R0600", "Specialist Nurse Practitioner"),
        Some("46255001") => concept(JOB_ROLE, "R1290", "Pharmacist"),
        _ => words(shown(r4).unwrap_or("Not stated")),
    }
}

fn work_telecom(r4: &Json) -> Json {
    Shape::new()
        .copying(r4, &["system", "value"])
        .with("use", "work")
        .json()
}

fn postal(r4: &Json) -> Json {
    Shape::new()
        .copying(r4, &["line", "city", "district", "postalCode"])
        .json()
}
