//! `_filter`. Source: <https://hl7.org/fhir/R4/search_filter.html>.

use super::check;

#[test]
fn operators_and_precedence() {
    let patient = r#"{"resourceType":"Patient","id":"p","gender":"female","birthDate":"1970-05-05","active":true,
        "name":[{"family":"Peters","given":["Anna Maria"]}],"identifier":[{"system":"http://x","value":"1"}],
        "generalPractitioner":[{"reference":"Practitioner/9"}]}"#;
    check(
        patient,
        &[
            (r#"_filter=family eq "peters""#, true),
            (r#"_filter=family eq "peter""#, false),
            (r#"_filter=family ne "peter""#, true),
            (r#"_filter=family sw "pet""#, true),
            (r#"_filter=family ew "ters""#, true),
            (r#"_filter=given co "mar""#, true),
            ("_filter=family eq peters", true),
            ("_filter=birthdate ge 1970-05-05", true),
            ("_filter=birthdate gt 1970-05-05", false),
            ("_filter=birthdate po 1970", true),
            ("_filter=birthdate po 1971", false),
            ("_filter=gender eq female", true),
            ("_filter=gender ne female", false),
            ("_filter=identifier eq http://x|1", true),
            ("_filter=telecom pr true", false),
            ("_filter=telecom pr false", true),
            ("_filter=general-practitioner re Practitioner/9", true),
            ("_filter=_id eq p", true),
            ("_filter=_id ne p", false),
            ("_filter=not(gender eq female)", false),
            ("_filter=not (gender eq male) and active eq true", true),
            // `and` binds before `or`.
            (
                "_filter=gender eq female or gender eq male and active eq false",
                true,
            ),
            (
                "_filter=(gender eq female or gender eq male) and active eq false",
                false,
            ),
            (r#"_filter=family eq "a \"quoted\" name""#, false),
            ("_filter=gender eq female&family=pet", true),
        ],
    );
    let condition = r#"{"resourceType":"Condition","code":{"coding":[{"system":"http://snomed.info/sct","code":"44054006"}]}}"#;
    check(
        condition,
        &[
            ("_filter=code ss http://snomed.info/sct|73211009", true),
            ("_filter=code sb http://snomed.info/sct|44054006", true),
            ("_filter=code in http://x/diabetes", true),
            ("_filter=code ni http://x/diabetes", false),
        ],
    );
}
