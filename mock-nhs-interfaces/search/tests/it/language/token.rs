//! Codes, identifiers, booleans, contacts. Source: <https://hl7.org/fhir/R4/search.html#token>.

use super::check;

#[test]
fn identifiers() {
    let patient = r#"{"resourceType":"Patient","identifier":[
        {"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"},
        {"type":{"text":"Hospital number","coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},
         "system":"http://hospital","value":"AbC,1"},
        {"value":"no|system"},
        {"system":"http://only-system"}]}"#;
    check(
        patient,
        &[
            ("identifier=9000000009", true),
            ("identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009", true),
            ("identifier=https://fhir.nhs.uk/Id/nhs-number|", true),
            ("identifier=http://hospital|9000000009", false),
            ("identifier=|9000000009", false),
            ("identifier=900000000", false),
            ("identifier=http://hospital|abc\\,1", true),
            ("identifier=|no\\|system", true),
            ("identifier=no\\|system", true),
            ("identifier=http://only-system|", true),
            ("identifier=x,9000000009", true),
            ("identifier=9000000009&identifier=http://hospital|", true),
            ("identifier=9000000009&identifier=x", false),
            ("identifier:not=9000000009", false),
            ("identifier:not=x", true),
            (
                "identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|abc\\,1",
                true,
            ),
            (
                "identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|9000000009",
                false,
            ),
            ("identifier:text=hospital", true),
            ("identifier:text=number", false),
            ("identifier:missing=false", true),
            ("identifier:missing=true", false),
        ],
    );
}

#[test]
fn elements_of_type_code_have_the_system_that_their_value_set_implies() {
    check(
        r#"{"resourceType":"Patient","gender":"female","active":true}"#,
        &[
            ("gender=female", true),
            ("gender=FEMALE", true),
            ("gender=male", false),
            ("gender=male,female", true),
            ("gender:not=male", true),
            ("gender:not=male,female", false),
            ("gender=http://hl7.org/fhir/administrative-gender|female", true),
            ("gender=http://other|female", false),
            ("gender=|female", true),
            ("gender=http://hl7.org/fhir/administrative-gender|", true),
            ("gender=http://other|", false),
            ("active=true", true),
            ("active=false", false),
            (
                "active=http://terminology.hl7.org/CodeSystem/special-values|true",
                true,
            ),
            ("deceased=false", true),
            ("deceased=true", false),
            ("telecom:missing=true", true),
            ("telecom:not=x", true),
        ],
    );
    check(
        r#"{"resourceType":"Patient","deceasedDateTime":"2020"}"#,
        &[("deceased=true", true), ("gender:not=male", true)],
    );
    check(
        r#"{"resourceType":"Patient","deceasedBoolean":false}"#,
        &[("deceased=true", false), ("deceased=false", true)],
    );
}

#[test]
fn concepts() {
    let condition = r#"{"resourceType":"Condition","code":{"text":"Sugar diabetes","coding":[
        {"system":"http://snomed.info/sct","code":"44054006","display":"Diabetes mellitus type 2"},
        {"code":"local"}]}}"#;
    check(
        condition,
        &[
            ("code=44054006", true),
            ("code=http://snomed.info/sct|44054006", true),
            ("code=|local", true),
            ("code=|44054006", false),
            ("code:text=diabetes mell", true),
            ("code:text=SUGAR", true),
            ("code:text=mellitus", false),
            ("code:below=http://snomed.info/sct|73211009", true),
            ("code:above=http://snomed.info/sct|44054006", true),
            ("code:in=http://x/diabetes", true),
            ("code:not-in=http://x/diabetes", false),
        ],
    );
    check(
        r#"{"resourceType":"Condition","code":{"text":"Only a text"}}"#,
        &[
            ("code:text=only", true),
            ("code:missing=false", true),
            ("code:not-in=http://x/diabetes", true),
            ("code=text", false),
        ],
    );
}

#[test]
fn telephone_numbers_are_compared_without_spaces() {
    let patient = r#"{"resourceType":"Patient","telecom":[
        {"system":"phone","use":"home","value":"(01632) 960-123"},{"system":"email","value":"Zoe@Example.com"}]}"#;
    check(
        patient,
        &[
            ("telecom=01632960123", true),
            ("telecom=01632 960 123", true),
            ("phone=01632-960-123", true),
            ("telecom=phone|01632960123", true),
            ("telecom=home|01632960123", true),
            ("telecom=email|01632960123", false),
            ("email=zoe@example.com", true),
            ("phone=zoe@example.com", false),
        ],
    );
}

#[test]
fn tags_and_security_labels() {
    let patient = r#"{"resourceType":"Patient","meta":{"tag":[{"system":"http://t","code":"made-up"}],
        "security":[{"system":"http://s","code":"R"}],"profile":["http://p|1.0"],"source":"http://src"}}"#;
    check(
        patient,
        &[
            ("_tag=made-up", true),
            ("_tag=http://t|made-up", true),
            ("_tag:not=made-up", false),
            ("_security=http://s|R", true),
            ("_profile=http://p", true),
            ("_profile=http://p|1.0", true),
            ("_profile=http://p|2.0", false),
            ("_source=http://src", true),
        ],
    );
}

#[test]
fn the_text_of_a_concept_is_kept_once_for_all_its_codings() {
    let codings = vec![r#"{"code":"a"}"#; 2_000].join(",");
    let text = "long ".repeat(200);
    let condition =
        format!(r#"{{"resourceType":"Condition","code":{{"coding":[{codings}],"text":"{text}"}}}}"#);
    let texts = super::Read::new(&condition).values.into_iter().map(|(_, value)| {
        if let search::value::Value::Token(token) = value {
            token.texts.len()
        } else {
            0
        }
    });
    assert_eq!(texts.sum::<usize>(), 1);
    check(&condition, &[("code:text=long", true), ("code=a", true)]);
}
