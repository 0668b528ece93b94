//! One resource a rule: what is changed in it, and what the check says.

use fhir::json::Json;
use proptest::prelude::*;

use super::check_shape;
use crate::{IssueCode, MAX_ISSUES};

/// The issues of a resource as `code expression`.
fn found(text: &str) -> Vec<String> {
    let resource = Json::parse(text.as_bytes()).unwrap();
    check_shape(&resource)
        .iter()
        .map(|issue| format!("{} {}", issue.code.code(), issue.expression))
        .collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(found(text), expected, "{text}");
}

/// The same members in a Patient.
fn patient(members: &str, expected: &[&str]) {
    check(&format!(r#"{{"resourceType":"Patient",{members}}}"#), expected);
}

#[test]
fn a_whole_patient_is_right() {
    patient(
        r##""id":"a","meta":{"versionId":"1","lastUpdated":"2026-01-01T00:00:00Z","profile":["https://example.org/p"]},
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">A</div>"},
        "contained":[{"resourceType":"Organization","id":"o","name":"O"}],"managingOrganization":{"reference":"#o"},
        "extension":[{"url":"http://example.org/e","extension":[{"url":"a","valueQuantity":{"value":1.00}}]}],
        "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}],"active":true,
        "name":[{"given":["A",null],"_given":[null,{"extension":[{"url":"http://example.org/x","valueCode":"y"}]}],"family":"O'Brien"}],
        "gender":"female","birthDate":"1970","_birthDate":{"id":"b"},"deceasedDateTime":"2020-01-01","multipleBirthInteger":2,
        "contact":[{"name":{"text":"x"},"relationship":[{"coding":[{"code":"N"}]}]}]"##,
        &[],
    );
}

#[test]
fn types_and_elements() {
    check("[]", &["structure Resource"]);
    check("{}", &["required Resource"]);
    check(
        r#"{"resourceType":"Patiend"}"#,
        &["structure Resource.resourceType"],
    );
    check(r#"{"resourceType":7}"#, &["structure Resource.resourceType"]);
    patient(r#""famly":"x""#, &["structure Patient.famly"]);
    patient(
        r#""name":[{"familly":"x"}]"#,
        &["structure Patient.name[0].familly"],
    );
    patient(r#""deceased":true"#, &["structure Patient.deceased"]);
    patient(r#""_name":[{"id":"x"}]"#, &["structure Patient._name"]);
    patient(
        r#""_resourceType":{"id":"x"}"#,
        &["structure Patient._resourceType"],
    );
    patient(
        r#""name":[{"resourceType":"Patient","text":"x"}]"#,
        &["structure Patient.name[0].resourceType"],
    );
}

#[test]
fn near_names_are_offered() {
    let resource = Json::parse(br#"{"resourceType":"Patient","birthdate":"2020"}"#).unwrap();
    let issues = check_shape(&resource).into_vec();
    assert!(
        issues[0].diagnostics.contains("Did you mean `birthDate`?"),
        "{issues:?}"
    );
}

#[test]
fn kinds_and_counts() {
    patient(r#""name":{"text":"x"}"#, &["structure Patient.name"]);
    patient(r#""name":[]"#, &["structure Patient.name"]);
    patient(r#""name":["x"]"#, &["structure Patient.name[0]"]);
    patient(r#""name":[{}]"#, &["structure Patient.name[0]"]);
    patient(r#""name":[{"id":"x"}]"#, &["structure Patient.name[0]"]);
    patient(r#""name":[null]"#, &["structure Patient.name[0]"]);
    patient(r#""name":null"#, &["structure Patient.name"]);
    patient(r#""birthDate":["2020"]"#, &["structure Patient.birthDate"]);
    patient(r#""active":"true""#, &["structure Patient.active"]);
    patient(r#""birthDate":2020"#, &["structure Patient.birthDate"]);
    patient(
        r#""multipleBirthInteger":"2""#,
        &["structure Patient.multipleBirth.ofType(integer)"],
    );
    patient(
        r#""link":[{"type":"refer"}]"#,
        &["required Patient.link[0].other"],
    );
    check(
        r#"{"resourceType":"Observation"}"#,
        &["required Observation.status", "required Observation.code"],
    );
}

#[test]
fn forms_of_primitives() {
    patient(r#""id":"a_b""#, &["value Patient.id"]);
    patient(r#""birthDate":"2020-02-30""#, &["value Patient.birthDate"]);
    patient(
        r#""gender":"""#,
        &["value Patient.gender", "code-invalid Patient.gender"],
    );
    patient(
        r#""multipleBirthInteger":1.5"#,
        &["value Patient.multipleBirth.ofType(integer)"],
    );
    patient(r#""photo":[{"data":"?"}]"#, &["value Patient.photo[0].data"]);
}

#[test]
fn choices_exclude_each_other() {
    patient(
        r#""deceasedBoolean":true,"deceasedDateTime":"2020""#,
        &["structure Patient.deceased.ofType(dateTime)"],
    );
    patient(
        r#""deceasedBoolean":true,"_deceasedDateTime":{"extension":[{"url":"http://a","valueCode":"b"}]}"#,
        &["structure Patient.deceased.ofType(dateTime)"],
    );
    patient(r#""deceasedBoolean":true,"_deceasedBoolean":{"id":"x"}"#, &[]);
}

#[test]
fn extensions_of_primitives() {
    patient(
        r#""_birthDate":{"extension":[{"url":"http://a","valueCode":"b"}]}"#,
        &[],
    );
    patient(r#""_birthDate":{"id":"x"}"#, &["structure Patient.birthDate"]);
    patient(r#""_birthDate":{}"#, &["structure Patient.birthDate"]);
    patient(r#""_birthDate":"x""#, &["structure Patient.birthDate"]);
    patient(
        r#""birthDate":"2020","_birthDate":{"value":"x","id":"x"}"#,
        &["structure Patient.birthDate.value"],
    );
    patient(
        r#""name":[{"given":["a"],"_given":[null,{"id":"x"}]}]"#,
        &[
            "structure Patient.name[0].given",
            "structure Patient.name[0].given[1]",
        ],
    );
    patient(
        r#""name":[{"given":["a",null]}]"#,
        &["structure Patient.name[0].given[1]"],
    );
    patient(
        r#""name":[{"_given":[null]}]"#,
        &["structure Patient.name[0].given[0]"],
    );
    patient(
        r#""name":[{"given":["a"],"_given":{"id":"x"}}]"#,
        &["structure Patient.name[0].given"],
    );
}

#[test]
fn rules_of_extensions() {
    patient(
        r#""extension":[{"url":"http://a"}]"#,
        &["invariant Patient.extension[0]"],
    );
    patient(
        r#""extension":[{"valueCode":"b"}]"#,
        &["required Patient.extension[0].url"],
    );
    patient(
        r#""extension":[{"url":"http://a","valueCode":"b","extension":[{"url":"c","valueCode":"d"}]}]"#,
        &["invariant Patient.extension[0]"],
    );
}

#[test]
fn required_codes() {
    patient(r#""gender":"Female""#, &["code-invalid Patient.gender"]);
    patient(
        r#""photo":[{"contentType":"picture"}]"#,
        &["code-invalid Patient.photo[0].contentType"],
    );
    patient(r#""photo":[{"contentType":"image/svg+xml; charset=utf-8"}]"#, &[]);
    let allergy = |status: &str, expected: &[&str]| {
        check(
            &format!(
                r#"{{"resourceType":"AllergyIntolerance","patient":{{"display":"x"}},"clinicalStatus":{status}}}"#
            ),
            expected,
        );
    };
    let system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
    allergy(
        &format!(r#"{{"coding":[{{"system":"{system}","code":"active"}}]}}"#),
        &[],
    );
    allergy(
        &format!(
            r#"{{"coding":[{{"system":"http://x","code":"a"}},{{"system":"{system}","code":"resolved"}}]}}"#
        ),
        &[],
    );
    let wrong = &["code-invalid AllergyIntolerance.clinicalStatus"];
    allergy(
        &format!(r#"{{"coding":[{{"system":"{system}","code":"gone"}}]}}"#),
        wrong,
    );
    allergy(r#"{"coding":[{"code":"active"}]}"#, wrong);
    allergy(r#"{"text":"active"}"#, wrong);
    let absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    allergy(
        &format!(r#"{{"extension":[{{"url":"{absent}","valueCode":"unknown"}}]}}"#),
        &[],
    );
}

#[test]
fn references() {
    patient(r#""managingOrganization":{"reference":"Organization/1"}"#, &[]);
    patient(
        r#""managingOrganization":{"reference":"https://x/Organization/1"}"#,
        &[],
    );
    patient(
        r#""managingOrganization":{"reference":"Patient/1"}"#,
        &["structure Patient.managingOrganization"],
    );
    patient(
        r#""managingOrganization":{"type":"Patient","identifier":{"value":"x"}}"#,
        &["structure Patient.managingOrganization"],
    );
    patient(
        r#""managingOrganization":{"reference":"Organisation/1"}"#,
        &["value Patient.managingOrganization.reference"],
    );
    patient(
        r##""managingOrganization":{"reference":"#a"}"##,
        &["invariant Patient"],
    );
}

#[test]
fn contained_resources() {
    let contained = |one: &str, expected: &[&str]| {
        patient(
            &format!(r##""contained":[{one}],"managingOrganization":{{"reference":"#o"}}"##),
            expected,
        );
    };
    contained(
        r#"{"resourceType":"Organization","id":"o","nam":"x"}"#,
        &["structure Patient.contained[0].nam"],
    );
    contained(
        r#"{"resourceType":"Nothing","id":"o"}"#,
        &["structure Patient.contained[0].resourceType"],
    );
    contained(
        r#"{"resourceType":"Organization","id":"o","name":"x","meta":{"versionId":"1","security":[{"code":"x"}]}}"#,
        &[
            "invariant Patient.contained[0].meta.versionId",
            "invariant Patient.contained[0].meta.security",
        ],
    );
    contained(
        r##"{"resourceType":"Organization","id":"o","partOf":{"reference":"#p"},
            "contained":[{"resourceType":"Organization","id":"p","name":"x"}]}"##,
        &["invariant Patient.contained[0].contained", "invariant Patient"],
    );
    patient(
        r#""contained":[{"resourceType":"Organization","id":"o","name":"x"}]"#,
        &["invariant Patient.contained[0]"],
    );
    patient(
        r##""contained":[{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"subject":{"reference":"#"}}]"##,
        &[],
    );
}

#[test]
fn resources_inside_bundles_and_parameters() {
    check(
        r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","gendr":"x"}}]}"#,
        &["structure Bundle.entry[0].resource.gendr"],
    );
    check(
        r#"{"resourceType":"Parameters","parameter":[{"name":"a","resource":{"resourceType":"Patient","birthDate":"x"}},
            {"name":"b","part":[{"name":"c","valueQuantity":{"value":"1"}}]}]}"#,
        &[
            "value Parameters.parameter[0].resource.birthDate",
            "structure Parameters.parameter[1].part[0].value.ofType(Quantity).value",
        ],
    );
}

#[test]
fn a_thousand_mistakes_are_a_hundred_issues() {
    let members: Vec<String> = (0..1_000).map(|number| format!(r#""x{number}":1"#)).collect();
    let resource =
        Json::parse(format!(r#"{{"resourceType":"Patient",{}}}"#, members.join(",")).as_bytes()).unwrap();
    let issues = check_shape(&resource).into_vec();
    assert_eq!(issues.len(), MAX_ISSUES + 1);
    assert_eq!(issues[MAX_ISSUES].code, IssueCode::Incomplete);
}

fn any_json() -> impl Strategy<Value = String> {
    let keys = "(name|_name|given|_given|id|extension|url|valueString|contained|resourceType|text|div|meta|reference|gender)";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("1.50".to_owned()),
        "[a-z#/]{0,5}".prop_map(|text| format!("{text:?}")),
        Just("\"Patient\"".to_owned()),
    ];
    leaf.prop_recursive(6, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(keys, inner, 0..5).prop_map(|members| {
                let members: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("{key:?}:{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_tree_is_answered(inner in any_json()) {
        for start in [r#""resourceType":"Patient","#, r#""resourceType":"Bundle","entry":"#] {
            let text = format!("{{{start}{}}}", if start.ends_with(':') { inner.clone() } else { format!(r#""name":{inner}"#) });
            let resource = Json::parse(text.as_bytes()).unwrap();
            prop_assert!(check_shape(&resource).into_vec().len() <= MAX_ISSUES + 1);
        }
    }
}
