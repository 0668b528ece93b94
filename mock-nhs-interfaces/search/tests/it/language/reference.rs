//! Links. Source: <https://hl7.org/fhir/R4/search.html#reference>.

use super::check;

#[test]
fn links_by_id_type_and_url() {
    let observation = r##"{"resourceType":"Observation","subject":{"reference":"Patient/1","display":"Zoë Smith"},
        "encounter":{"reference":"http://here/fhir/Encounter/9"},
        "performer":[{"reference":"https://there/Practitioner/2/_history/3"},{"reference":"#own"},
            {"type":"Organization","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y12345"}}],
        "device":{"reference":"urn:uuid:11111111-1111-1111-1111-111111111111"}}"##;
    check(
        observation,
        &[
            ("subject=1", true),
            ("subject=Patient/1", true),
            ("subject=http://here/fhir/Patient/1", true),
            ("subject=http://there/fhir/Patient/1", false),
            ("subject:Patient=1", true),
            ("subject:Patient=Patient/1", true),
            ("subject:Group=1", false),
            ("subject=Group/1", false),
            ("subject=2,Patient/1", true),
            ("patient=1", true),
            ("patient=Patient/1", true),
            ("subject:text=zoe", true),
            ("encounter=http://here/fhir/Encounter/9", true),
            ("encounter=Encounter/9", true),
            ("performer=https://there/Practitioner/2", true),
            ("performer=Practitioner/2", false),
            ("performer:identifier=Y12345", true),
            (
                "performer:identifier=https://fhir.nhs.uk/Id/ods-organization-code|y12345",
                true,
            ),
            (
                "performer:identifier=https://fhir.nhs.uk/Id/ods-organization-code|",
                true,
            ),
            ("performer:identifier=|Y12345", false),
            ("device=urn:uuid:11111111-1111-1111-1111-111111111111", true),
            ("specimen:missing=true", true),
        ],
    );
}

#[test]
fn a_parameter_for_one_type_takes_only_that_type() {
    check(
        r#"{"resourceType":"Observation","subject":{"reference":"Group/1"}}"#,
        &[("subject=Group/1", true), ("patient:missing=true", true)],
    );
    check(
        r#"{"resourceType":"Observation","subject":{"reference":"http://far/away/Patient/7"}}"#,
        &[("patient=http://far/away/Patient/7", true)],
    );
}

#[test]
fn canonicals_have_versions() {
    let response = r#"{"resourceType":"QuestionnaireResponse","questionnaire":"http://x/q|1.2"}"#;
    check(
        response,
        &[
            ("questionnaire=http://x/q", true),
            ("questionnaire=http://x/q|1.2", true),
            ("questionnaire=http://x/q|1.3", false),
            ("questionnaire=http://x/qq", false),
        ],
    );
    let plan = r#"{"resourceType":"PlanDefinition","relatedArtifact":[
        {"type":"depends-on","resource":"http://x/lib"},{"type":"successor","resource":"http://x/next"}]}"#;
    check(
        plan,
        &[
            ("depends-on=http://x/lib", true),
            ("depends-on=http://x/next", false),
            ("successor=http://x/next", true),
        ],
    );
}

#[test]
fn the_first_resource_of_a_bundle() {
    let bundle = r#"{"resourceType":"Bundle","type":"document","entry":[
        {"resource":{"resourceType":"Composition","id":"c1"}},{"resource":{"resourceType":"Composition","id":"c2"}}]}"#;
    check(
        bundle,
        &[
            ("composition=c1", true),
            ("composition=Composition/c2", false),
            ("message:missing=true", true),
            ("type=document", true),
        ],
    );
}
