//! Values that belong together. Source: <https://hl7.org/fhir/R4/search.html#combining>.

use super::check;

#[test]
fn a_code_and_its_own_value() {
    let pressure = r#"{"resourceType":"Observation","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"component":[
        {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":150,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
        {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#;
    check(
        pressure,
        &[
            ("component-code-value-quantity=8480-6$150", true),
            (
                "component-code-value-quantity=http://loinc.org|8480-6$gt140",
                true,
            ),
            ("component-code-value-quantity=8480-6$lt140", false),
            ("component-code-value-quantity=8462-4$gt140", false),
            (
                "component-code-value-quantity=8462-4$90|http://unitsofmeasure.org|mm[Hg]",
                true,
            ),
            ("component-code-value-quantity=|8462-4$90", false),
            ("component-code-value-quantity=http://loinc.org|$90", true),
            ("combo-code-value-quantity=8480-6$ge150", true),
            ("combo-code-value-quantity=x$1,8480-6$ge150", true),
            ("code-value-quantity=85354-9$150", false),
            ("component-code-value-quantity:missing=false", true),
        ],
    );
    let text =
        r#"{"resourceType":"Observation","code":{"coding":[{"code":"a"}]},"valueString":"Hello World"}"#;
    check(
        text,
        &[
            ("code-value-string=a$hello", true),
            ("code-value-string=a$world", false),
            ("code-value-string=b$hello", false),
        ],
    );
    let date = r#"{"resourceType":"Observation","code":{"coding":[{"code":"a"}]},"valueDateTime":"2020-05"}"#;
    check(
        date,
        &[
            ("code-value-date=a$2020", true),
            ("code-value-date=a$gt2020-04", true),
            ("code-value-date=a$lt2020", false),
        ],
    );
    let concept = r#"{"resourceType":"Observation","code":{"coding":[{"code":"a"}]},"valueCodeableConcept":{"coding":[{"code":"x"},{"code":"y"}]}}"#;
    check(
        concept,
        &[
            ("code-value-concept=a$y", true),
            ("code-value-concept=a$z", false),
        ],
    );
}

#[test]
fn parts_from_the_resource_and_links_as_parts() {
    let document = r#"{"resourceType":"DocumentReference","relatesTo":[
        {"code":"replaces","target":{"reference":"DocumentReference/1"}},{"code":"appends","target":{"reference":"DocumentReference/2"}}]}"#;
    check(
        document,
        &[
            ("relationship=DocumentReference/1$replaces", true),
            ("relationship=1$replaces", true),
            ("relationship=1$appends", false),
            (
                "relationship=2$http://hl7.org/fhir/document-relationship-type|appends",
                true,
            ),
        ],
    );
    let sequence = r#"{"resourceType":"MolecularSequence","referenceSeq":{"chromosome":{"coding":[{"code":"1"}]}},"variant":[{"start":10,"end":20}]}"#;
    check(
        sequence,
        &[
            ("chromosome-variant-coordinate=1$lt11$gt19", true),
            ("chromosome-variant-coordinate=1$10$20", true),
            ("chromosome-variant-coordinate=2$10$20", false),
        ],
    );
}

#[test]
fn many_parts_make_no_flood() {
    let codes = (0..1_000)
        .map(|number| format!(r#"{{"code":"{number}"}}"#))
        .collect::<Vec<_>>()
        .join(",");
    let observation = format!(
        r#"{{"resourceType":"Observation","code":{{"coding":[{codes}]}},"valueCodeableConcept":{{"coding":[{codes}]}}}}"#
    );
    let values = super::Read::new(&observation).values;
    assert!(values.len() < 10_000, "{}", values.len());
}
