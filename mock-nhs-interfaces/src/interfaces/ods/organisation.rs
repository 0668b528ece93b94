//! What an organisation's record says in the register's own extensions.

use fhir::json::Json;
use records::Record;

use ::population::ods::ROLE_SYSTEM;

const ROLE: &str = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-OrganisationRole";
const TYPED_PERIOD: &str = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-TypedPeriod";
const TYPED_TIME: &str = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-TypedDateTime";

/// A role of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Role<'o> {
    pub(super) system: &'o str,
    pub(super) code: &'o str,
    pub(super) is_active: bool,
    /// First and last day, in practice.
    pub(super) operational: Days<'o>,
    /// First and last day, in law.
    pub(super) legal: Days<'o>,
}

/// First and last day, as they are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Days<'o> {
    pub(super) start: Option<&'o str>,
    pub(super) end: Option<&'o str>,
}

/// The roles of an organisation, the primary one first; also those that only its type names.
pub(super) fn roles(organisation: &Json) -> Vec<Role<'_>> {
    let mut roles: Vec<Role<'_>> = extensions(organisation, ROLE).filter_map(role).collect();
    let is_active = organisation.get("active").and_then(Json::as_bool) != Some(false);
    for coding in codings(organisation.get("type")) {
        let system = coding.text("system").unwrap_or_default();
        let code = coding.text("code").unwrap_or_default();
        if system == ROLE_SYSTEM && !roles.iter().any(|role| role.code == code) {
            roles.push(Role {
                system,
                code,
                is_active,
                operational: Days::default(),
                legal: Days::default(),
            });
        }
    }
    roles
}

/// The day on which an organisation's entry was last changed: as it says, or else when its record was written.
pub(super) fn last_change(organisation: &Json, record: &Record) -> String {
    let said = extensions(organisation, TYPED_TIME).find_map(|typed| {
        let kind = inside(typed, "type")?.get("valueCoding")?.text("code")?;
        let at = inside(typed, "dateTime")?.text("valueDateTime")?;
        (kind == "LastChangeDate").then(|| day(at))
    });
    said.map_or_else(|| day(&record.last_updated.to_string()).to_owned(), str::to_owned)
}

/// The codings of a list of concepts.
pub(super) fn codings(concepts: Option<&Json>) -> impl Iterator<Item = &Json> {
    concepts
        .into_iter()
        .flat_map(Json::items)
        .filter_map(|concept| concept.get("coding"))
        .flat_map(Json::items)
}

fn role(extension: &Json) -> Option<Role<'_>> {
    let concept = inside(extension, "roleCode")?.get("valueCodeableConcept")?;
    let coding = concept.get("coding")?.items().next()?;
    let is_active = inside(extension, "active")
        .and_then(|active| active.get("valueBoolean"))
        .and_then(Json::as_bool);
    Some(Role {
        system: coding.text("system").unwrap_or_default(),
        code: coding.text("code")?,
        is_active: is_active != Some(false),
        operational: days(extension, "Operational"),
        legal: days(extension, "Legal"),
    })
}

fn days<'o>(extension: &'o Json, wanted: &str) -> Days<'o> {
    let period = extensions(extension, TYPED_PERIOD).find_map(|typed| {
        let kind = inside(typed, "dateType")?.get("valueCoding")?.text("code")?;
        inside(typed, "period")?
            .get("valuePeriod")
            .filter(|_| kind == wanted)
    });
    Days {
        start: period.and_then(|period| period.text("start")),
        end: period.and_then(|period| period.text("end")),
    }
}

fn extensions<'o>(of: &'o Json, url: &'o str) -> impl Iterator<Item = &'o Json> {
    let all = of.get("extension").into_iter().flat_map(Json::items);
    all.filter(move |extension| extension.text("url") == Some(url))
}

fn inside<'o>(extension: &'o Json, url: &'o str) -> Option<&'o Json> {
    extensions(extension, url).next()
}

fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use fhir::json::Json;

    use super::roles;

    #[test]
    fn roles_are_found_in_extensions_and_in_the_type() {
        let organisation = Json::parse(
            br#"{"resourceType":"Organization","active":false,"extension":[{"url":"https://fhir.nhs.uk/England/StructureDefinition/Extension-England-OrganisationRole","extension":[{"url":"roleCode","valueCodeableConcept":{"coding":[{"system":"s","code":"RO76"}]}},{"url":"active","valueBoolean":true}]}],"type":[{"coding":[{"system":"https://digital.nhs.uk/services/organisation-data-service/CodeSystem/ODSOrganisationRole","code":"RO177"},{"system":"x","code":"y"}]}]}"#,
        )
        .unwrap();
        let found: Vec<_> = roles(&organisation)
            .iter()
            .map(|role| (role.code, role.is_active))
            .collect();
        assert_eq!(found, [("RO76", true), ("RO177", false)]);
    }
}
