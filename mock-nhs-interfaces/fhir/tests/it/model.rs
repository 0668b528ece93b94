//! A few definitions, as the tables of R4 would give them.

use fhir::fhirpath::{Model, Shape};

/// Patients, their names and contacts, and a little of observations.
pub(crate) struct FewTypes;

const CHILDREN: [(&str, &str, &str, &str, bool); 24] = [
    ("Patient", "id", "id", "id", false),
    ("Patient", "active", "boolean", "boolean", false),
    ("Patient", "name", "HumanName", "HumanName", true),
    ("Patient", "identifier", "Identifier", "Identifier", true),
    ("Patient", "gender", "code", "code", false),
    ("Patient", "birthDate", "date", "date", false),
    (
        "Patient",
        "maritalStatus",
        "CodeableConcept",
        "CodeableConcept",
        false,
    ),
    ("Patient", "contact", "BackboneElement", "Patient.contact", true),
    ("Patient", "contained", "Resource", "Resource", true),
    ("Patient", "deceasedBoolean", "boolean", "boolean", false),
    ("Patient", "deceasedDateTime", "dateTime", "dateTime", false),
    ("Patient", "extension", "Extension", "Extension", true),
    ("Extension", "extension", "Extension", "Extension", true),
    ("Extension", "valueString", "string", "string", false),
    ("Patient.contact", "name", "HumanName", "HumanName", false),
    ("Patient.contact", "gender", "code", "code", false),
    ("HumanName", "given", "string", "string", true),
    ("HumanName", "family", "string", "string", false),
    ("HumanName", "text", "string", "string", false),
    ("HumanName", "use", "code", "code", false),
    ("HumanName", "period", "Period", "Period", false),
    ("Period", "start", "dateTime", "dateTime", false),
    ("Identifier", "value", "string", "string", false),
    ("Observation", "valueQuantity", "Quantity", "Quantity", false),
];

impl Model for FewTypes {
    fn child(&self, holder: &str, key: &str) -> Option<Shape> {
        let found = CHILDREN
            .iter()
            .find(|(of, name, ..)| *of == holder && *name == key)?;
        Some(Shape {
            type_name: found.2,
            holder: found.3,
            repeats: found.4,
        })
    }
}
