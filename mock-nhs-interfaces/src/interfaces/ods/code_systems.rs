//! The register as code systems: every organisation is a code with properties, and so is every role it can have.

use fhir::json::Json;
use records::{Record, View};

use ::population::ods::{
    Code, PRIMARY_ROLES, RECORD_CLASS_SYSTEM, RECORD_CLASSES, RECORD_USE_SYSTEM, RECORD_USES,
    RELATIONSHIP_SYSTEM, RELATIONSHIPS, ROLE_SYSTEM, ROLES,
};

use super::bundle::{kind, matching};
use super::error::{CODE_NOT_FOUND, Problem};
use super::organisation::{codings, last_change, roles};
use super::shape::read;
use crate::api_platform::shortened;
use crate::exchange::Exchange;
use crate::lookup::{escaped, find};

pub(super) const ORGANISATIONS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
/// The day of the seed: the register is published once a day.
pub(super) const VERSION: &str = "2026-11-01";
/// Most relationships of one organisation that are looked at.
const MOST_RELATIONSHIPS: usize = 1_000;

/// A code system.
#[derive(Debug)]
pub(super) struct System {
    pub(super) id: &'static str,
    pub(super) url: &'static str,
    pub(super) title: &'static str,
    /// The properties of its codes: code, and FHIR's type of the value.
    pub(super) properties: &'static [(&'static str, &'static str)],
    pub(super) content: Content,
}

/// Where the codes of a system are.
#[derive(Debug)]
pub(super) enum Content {
    /// They are the organisations of the workspace.
    Organisations,
    /// They are these.
    Codes(&'static [Code]),
}

/// Every code system here.
pub(super) static SYSTEMS: [System; 5] = [
    System {
        id: "ods-organization-code",
        url: ORGANISATIONS,
        title: "ODS Organisation",
        properties: &[
            ("status", "code"),
            ("inactive", "boolean"),
            ("name", "string"),
            ("address1", "string"),
            ("address2", "string"),
            ("address3", "string"),
            ("town", "string"),
            ("postcode", "string"),
            ("country", "string"),
            ("telephone", "string"),
            ("website", "string"),
            ("uprn", "string"),
            ("role", "Coding"),
            ("primaryRole", "Coding"),
            ("orgRecordClass", "Coding"),
            ("refOnly", "boolean"),
            ("assigningAuth", "string"),
            ("lastChangeDate", "dateTime"),
            ("opStartDate", "dateTime"),
            ("opEndDate", "dateTime"),
            ("legStartDate", "dateTime"),
            ("legEndDate", "dateTime"),
            ("RE4", "code"),
            ("RE5", "code"),
            ("RE6", "code"),
            ("RE8", "code"),
        ],
        content: Content::Organisations,
    },
    System {
        id: "ODSOrganisationRole",
        url: ROLE_SYSTEM,
        title: "ODS Organisation Role",
        properties: &[("primaryRole", "boolean")],
        content: Content::Codes(ROLES),
    },
    System {
        id: "ODSRelationship",
        url: RELATIONSHIP_SYSTEM,
        title: "ODS Relationship",
        properties: &[],
        content: Content::Codes(RELATIONSHIPS),
    },
    System {
        id: "ODSRecordClass",
        url: RECORD_CLASS_SYSTEM,
        title: "ODS Record Class",
        properties: &[],
        content: Content::Codes(RECORD_CLASSES),
    },
    System {
        id: "England-ODSRecordUseType",
        url: RECORD_USE_SYSTEM,
        title: "ODS Record Use Type",
        properties: &[],
        content: Content::Codes(RECORD_USES),
    },
];

/// What a code means.
#[derive(Debug)]
pub(super) struct Concept {
    pub(super) code: String,
    pub(super) display: String,
    pub(super) is_inactive: bool,
    pub(super) properties: Vec<Property>,
}

/// One thing that is known about a code.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) code: String,
    /// The name of the value in JSON, such as `valueCode`.
    pub(super) key: &'static str,
    pub(super) value: Json,
}

impl Property {
    fn new(code: impl Into<String>, key: &'static str, value: Json) -> Self {
        Self {
            code: code.into(),
            key,
            value,
        }
    }

    fn text(code: &str, key: &'static str, value: Option<&str>) -> Option<Self> {
        value.map(|value| Self::new(code, key, Json::string(value)))
    }

    fn coding(code: &str, system: &str, value: &str) -> Self {
        let coding = Json::object([("system", Json::string(system)), ("code", Json::string(value))]);
        Self::new(code, "valueCoding", coding)
    }

    /// The value as a filter compares it.
    pub(super) fn comparable(&self) -> String {
        match &self.value {
            Json::String(text) => text.as_ref().to_owned(),
            Json::Bool(is) => is.to_string(),
            Json::Null | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                self.value.text("code").unwrap_or_default().to_owned()
            }
        }
    }
}

/// The code system of this address, which may end in a bar and a version.
///
/// # Errors
/// When there is none.
pub(super) fn system(url: &str) -> Result<&'static System, Problem> {
    let address = url.split('|').next().unwrap_or_default();
    SYSTEMS
        .iter()
        .find(|system| system.url == address)
        .ok_or_else(|| {
            Problem::new(
                &CODE_NOT_FOUND,
                format!("The code system '{}' is not here.", shortened(address)),
            )
        })
}

impl System {
    /// What a code means; with the relationships of an organisation where they are wanted.
    ///
    /// # Errors
    /// When the system does not have the code.
    pub(super) fn concept(
        &self,
        exchange: &Exchange<'_>,
        view: &View,
        code: &str,
        with_relationships: bool,
    ) -> Result<Concept, Problem> {
        let found = match self.content {
            Content::Organisations => match view.read(kind("Organization"), code) {
                Some(record) => {
                    let mut concept = organisation(&record)?;
                    if with_relationships {
                        relate(exchange, view, &mut concept)?;
                    }
                    Some(concept)
                }
                None => None,
            },
            Content::Codes(codes) => codes
                .iter()
                .find(|known| known.code == code)
                .map(|known| self.fixed(known)),
        };
        found.ok_or_else(|| {
            Problem::new(
                &CODE_NOT_FOUND,
                format!(
                    "The code '{}' is not in the code system '{}'.",
                    shortened(code),
                    self.url
                ),
            )
        })
    }

    /// Every code that `keeps` keeps.
    ///
    /// # Errors
    /// When there are too many, or one cannot be read.
    pub(super) fn concepts(
        &self,
        exchange: &Exchange<'_>,
        view: &View,
        with_relationships: bool,
        keeps: impl Fn(&Concept) -> bool,
    ) -> Result<Vec<Concept>, Problem> {
        let mut kept = Vec::new();
        match self.content {
            Content::Codes(codes) => {
                kept.extend(
                    codes
                        .iter()
                        .map(|code| self.fixed(code))
                        .filter(|concept| keeps(concept)),
                );
            }
            Content::Organisations => {
                for document in matching(exchange, view, "Organization", "")? {
                    let Some(record) = view.document(document) else {
                        continue;
                    };
                    let mut concept = organisation(&record)?;
                    if with_relationships {
                        relate(exchange, view, &mut concept)?;
                    }
                    if keeps(&concept) {
                        kept.push(concept);
                    }
                }
            }
        }
        Ok(kept)
    }

    fn fixed(&self, code: &Code) -> Concept {
        let mut properties = Vec::new();
        if self.url == ROLE_SYSTEM {
            let is_primary = PRIMARY_ROLES.contains(&code.code);
            properties.push(Property::new(
                "primaryRole",
                "valueBoolean",
                Json::Bool(is_primary),
            ));
        }
        Concept {
            code: code.code.to_owned(),
            display: code.display.to_owned(),
            is_inactive: false,
            properties,
        }
    }
}

/// An organisation as a code.
fn organisation(record: &Record) -> Result<Concept, Problem> {
    let organisation = read(record)?;
    let is_inactive = organisation.get("active").and_then(Json::as_bool) == Some(false);
    let name = organisation.text("name").unwrap_or_default();
    let mut properties = vec![
        Property::new(
            "status",
            "valueCode",
            Json::string(if is_inactive { "inactive" } else { "active" }),
        ),
        Property::new("inactive", "valueBoolean", Json::Bool(is_inactive)),
    ];
    properties.extend(Property::text("name", "valueString", organisation.text("name")));
    properties.extend(contacts(&organisation));
    let held = roles(&organisation);
    for role in &held {
        properties.push(Property::coding("role", role.system, role.code));
    }
    if let Some(primary) = held.first() {
        properties.push(Property::coding("primaryRole", primary.system, primary.code));
        for (code, day) in [
            ("opStartDate", primary.operational.start),
            ("opEndDate", primary.operational.end),
            ("legStartDate", primary.legal.start),
            ("legEndDate", primary.legal.end),
        ] {
            properties.extend(Property::text(code, "valueDateTime", day));
        }
    }
    for coding in codings(organisation.get("type")) {
        let code = coding.text("code").unwrap_or_default();
        match coding.text("system") {
            Some(RECORD_CLASS_SYSTEM) => {
                properties.push(Property::coding("orgRecordClass", RECORD_CLASS_SYSTEM, code));
            }
            Some(RECORD_USE_SYSTEM) => {
                let is_reduced = Json::Bool(code != "Full");
                properties.push(Property::new("refOnly", "valueBoolean", is_reduced));
            }
            _ => {}
        }
    }
    let changed = last_change(&organisation, record);
    properties.push(Property::new(
        "lastChangeDate",
        "valueDateTime",
        Json::string(changed),
    ));
    Ok(Concept {
        code: record.id.as_str().to_owned(),
        display: name.to_owned(),
        is_inactive,
        properties,
    })
}

/// Where an organisation is, how it is reached, and who gave out its code.
fn contacts(organisation: &Json) -> Vec<Property> {
    let first = |name: &str| organisation.get(name).and_then(|all| all.items().next());
    let mut properties = Vec::new();
    if let Some(address) = first("address") {
        let lines = address.get("line").into_iter().flat_map(Json::items);
        for (code, line) in ["address1", "address2", "address3"].into_iter().zip(lines) {
            properties.extend(Property::text(code, "valueString", line.as_str()));
        }
        for (code, member) in [
            ("town", "city"),
            ("postcode", "postalCode"),
            ("country", "country"),
        ] {
            properties.extend(Property::text(code, "valueString", address.text(member)));
        }
        let key = address.get("extension").and_then(|all| all.items().next());
        let parts = key
            .and_then(|key| key.get("extension"))
            .into_iter()
            .flat_map(Json::items);
        for number in parts.filter_map(|part| part.text("valueString")) {
            properties.extend(Property::text("uprn", "valueString", Some(number)));
        }
    }
    for contact in organisation.get("telecom").into_iter().flat_map(Json::items) {
        let code = match contact.text("system") {
            Some("phone") => "telephone",
            Some("url") => "website",
            _ => continue,
        };
        properties.extend(Property::text(code, "valueString", contact.text("value")));
    }
    let assigner = first("identifier").and_then(|identifier| identifier.at(&["assigner", "display"]));
    properties.extend(Property::text(
        "assigningAuth",
        "valueString",
        assigner.and_then(Json::as_str),
    ));
    properties
}

/// Adds the relationships that an organisation has today.
fn relate(exchange: &Exchange<'_>, view: &View, concept: &mut Concept) -> Result<(), Problem> {
    let criteria = format!(
        "active=true&primary-organization=Organization/{}",
        escaped(&concept.code)
    );
    let found = find(
        view,
        kind("OrganizationAffiliation"),
        &criteria,
        MOST_RELATIONSHIPS,
        exchange.now(),
    );
    for record in found.map_err(|error| Problem::internal(&error))? {
        let affiliation = read(&record)?;
        let target = affiliation.at(&["participatingOrganization", "identifier", "value"]);
        let relationship = codings(affiliation.get("code")).find_map(|coding| coding.text("code"));
        if let Some((relationship, target)) = relationship.zip(target.and_then(Json::as_str)) {
            concept
                .properties
                .push(Property::new(relationship, "valueCode", Json::string(target)));
        }
    }
    Ok(())
}
