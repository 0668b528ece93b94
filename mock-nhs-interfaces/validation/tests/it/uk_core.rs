//! The examples that HL7 UK publishes with its profiles.

use fhir::json::Json;
use validation::{Severity, Validator, check_shape};

use crate::packages::uk_core;

/// 2026-11-26T12:00:00Z.
const NOW_MICROS: i64 = 1_795_694_400_000_000;

/// Examples that are not right, and why. Both name the resource that they refer to without its type.
const WRONG: [(&str, &str); 2] = [
    (
        "UKCore-DiagnosticReport-Lab-DiagnosticStudiesReport-Example",
        "DiagnosticReport.result[0].reference",
    ),
    (
        "UKCore-Immunization-InfluenzaVaccine-Example",
        "Immunization.location.reference",
    ),
];

#[test]
fn all_examples_but_two_are_right() {
    let Some((package, library)) = uk_core() else {
        return;
    };
    let validator = Validator::new(library, NOW_MICROS);
    let mut errors = Vec::new();
    for example in package
        .resources()
        .iter()
        .filter(|resource| resource.is_example())
    {
        let resource = Json::parse(example.text.as_bytes()).unwrap();
        let issues = validator.validate(&resource, &[]);
        let id = example.id.as_deref().unwrap_or_default();
        for issue in issues.iter().filter(|issue| issue.severity == Severity::Error) {
            if !WRONG.contains(&(id, issue.expression.as_str())) {
                errors.push(format!("{id}: {} {}", issue.expression, issue.diagnostics));
            }
        }
        let wrong = WRONG.iter().any(|(wrong, _)| *wrong == id);
        assert_eq!(check_shape(&resource).has_errors(), wrong, "{id}");
    }
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_profiles_themselves_have_the_right_shape() {
    let Some((package, _)) = uk_core() else { return };
    let mut errors = Vec::new();
    for resource in package.resources() {
        let json = Json::parse(resource.text.as_bytes()).unwrap();
        let id = resource.id.as_deref().unwrap_or_default();
        for issue in check_shape(&json)
            .iter()
            .filter(|_| !WRONG.iter().any(|(wrong, _)| *wrong == id))
        {
            errors.push(format!(
                "{}: {} {}",
                resource.file, issue.expression, issue.diagnostics
            ));
        }
    }
    assert!(errors.is_empty(), "{errors:#?}");
}
