//! A right patient of UK Core, and what is said when one thing in it is wrong.

use fhir::json::Json;
use validation::{Severity, Validator};

use crate::packages::uk_core;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"a","meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]},
  "extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex","valueCodeableConcept":{"coding":[
    {"system":"http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender","code":"F"}]}}],
  "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009","extension":[
    {"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{"coding":[
      {"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland","code":"01",
       "display":"Number present and verified"}]}}]}],
  "name":[{"use":"official","family":"Smith","given":["Jane"]}],"gender":"female","birthDate":"2010-10-22",
  "contact":[{"name":{"family":"Smith"}}]}"#;

/// What is wrong, what stands in the right patient, what in the wrong one, and the issue.
const MUTANTS: [(&str, &str, &str, &str); 11] = [
    (
        "an unknown element",
        r#""gender":"#,
        r#""shoeSize":7,"gender":"#,
        "structure Patient.shoeSize",
    ),
    (
        "a code outside its value set",
        r#""female""#,
        r#""woman""#,
        "code-invalid Patient.gender",
    ),
    (
        "a day that is not in the calendar",
        "2010-10-22",
        "2010-02-30",
        "value Patient.birthDate",
    ),
    (
        "an object for an array",
        r#"[{"use":"official","family":"Smith","given":["Jane"]}]"#,
        r#"{"family":"Smith"}"#,
        "structure Patient.name",
    ),
    (
        "a slice without its value",
        r#""value":"9000000009","#,
        "",
        "required Patient.identifier[0].value",
    ),
    (
        "two types of one choice",
        r#""gender":"#,
        r#""deceasedBoolean":false,"deceasedDateTime":"2020","gender":"#,
        "structure Patient.deceased.ofType(dateTime)",
    ),
    (
        "a rule of R4",
        r#"{"name":{"family":"Smith"}}"#,
        r#"{"gender":"male"}"#,
        "invariant Patient.contact[0]",
    ),
    (
        "the wrong type in an extension",
        r#""valueCodeableConcept":{"coding":[
    {"system":"http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender","code":"F"}]}"#,
        r#""valueString":"F""#,
        "structure Patient.extension[0].value.ofType(string)",
    ),
    (
        "a use of a name that there is not",
        r#""official""#,
        r#""formal""#,
        "code-invalid Patient.name[0].use",
    ),
    (
        "a code that the extension's system has not",
        r#""code":"01""#,
        r#""code":"99""#,
        "code-invalid Patient.identifier[0].extension[0].value.ofType(CodeableConcept).coding[0].code",
    ),
    (
        "an extension where it may not be",
        r#""birthDate":"2010-10-22","#,
        r#""birthDate":"2010-10-22","_birthDate":{"extension":[
            {"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex","valueCodeableConcept":{"coding":[{"code":"F"}]}}]},"#,
        "extension Patient.birthDate.extension[0]",
    ),
];

#[test]
fn every_mutant_is_caught() {
    let Some((_, library)) = uk_core() else { return };
    let validator = Validator::new(library, 1_795_694_400_000_000);
    let errors = |text: &str| -> Vec<String> {
        let resource = Json::parse(text.as_bytes()).unwrap();
        let issues = validator.validate(&resource, &[]);
        let errors = issues.iter().filter(|issue| issue.severity == Severity::Error);
        errors
            .map(|issue| format!("{} {}", issue.code.code(), issue.expression))
            .collect()
    };
    assert_eq!(errors(PATIENT), Vec::<String>::new());

    for (what, old, new, expected) in MUTANTS {
        let mutant = PATIENT.replacen(old, new, 1);
        assert_ne!(mutant, PATIENT, "{what}");
        let errors = errors(&mutant);
        assert!(errors.iter().any(|error| error == expected), "{what}: {errors:?}");
    }
}

proptest::proptest! {
    /// Whatever stands in one place, the rest is checked and nothing breaks.
    #[test]
    fn any_change_is_answered(
        start in 0_usize..1_000,
        length in 0_usize..40,
        instead in proptest::sample::select(vec!["null", "[]", "{}", "\"x\"", "1", "[null]", ",", "{\"url\":\"http://x\"}", ""]),
    ) {
        let library = validation::Library::default();
        let (start, end) = (start % PATIENT.len(), (start % PATIENT.len() + length).min(PATIENT.len()));
        let mut text = PATIENT.to_owned();
        text.replace_range(start..end, instead);
        if let Ok(resource) = Json::parse(text.as_bytes()) {
            let issues = Validator::new(&library, 0).validate(&resource, &["http://hl7.org/fhir/StructureDefinition/bmi"]);
            proptest::prop_assert!(!issues.is_empty());
        }
    }
}
