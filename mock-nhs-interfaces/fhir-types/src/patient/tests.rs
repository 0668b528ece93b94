//! What a patient looks like on the wire.

use time::macros::{date, datetime};

use super::{
    AddressUse, AdministrativeGender, Death, DeathStatus, NameUse, PatientRecord, PostalAddress, Practice,
    RecordedName, patient,
};

fn written(record: &PatientRecord) -> String {
    String::from_utf8(patient(record).unwrap_or_default()).unwrap_or_default()
}

#[test]
fn almost_no_facts_make_a_small_patient() {
    let record = PatientRecord {
        nhs_number: "9000000033".to_owned(),
        version: 2,
        ..PatientRecord::default()
    };
    assert_eq!(
        written(&record),
        concat!(
            r#"{"resourceType":"Patient","id":"9000000033","identifier":[{"extension":[{"#,
            r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","#,
            r#""valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus","#,
            r#""version":"1.0.0","code":"01","display":"Number present and verified"}]}}],"#,
            r#""system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000033"}],"#,
            r#""meta":{"versionId":"2","security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","#,
            r#""code":"U","display":"unrestricted"}]}}"#,
        )
    );
}

#[test]
fn facts_keep_their_text_and_times_end_as_spine_writes_them() {
    let record = PatientRecord {
        nhs_number: "9000000009".to_owned(),
        version: 1,
        names: vec![RecordedName {
            id: "n1".to_owned(),
            kind: NameUse::Usual,
            since: Some(date!(2020 - 01 - 01)),
            until: None,
            given: vec!["<script>".to_owned(), "Zoë".to_owned()],
            family: Some("O'Brien".to_owned()),
            prefix: None,
            suffix: None,
        }],
        gender: Some(AdministrativeGender::Female),
        birth_date: Some(date!(1950 - 02 - 03)),
        multiple_birth: Some(1),
        death: Some(Death {
            at: datetime!(2020-01-02 03:04:05 UTC),
            status: DeathStatus::Formal,
        }),
        addresses: vec![PostalAddress {
            id: "a1".to_owned(),
            kind: AddressUse::Home,
            since: None,
            until: None,
            text: None,
            lines: vec!["1 Made-up Street".to_owned()],
            postcode: Some("ZZ1 1ZZ".to_owned()),
            paf_key: None,
            uprn: None,
        }],
        practice: Some(Practice {
            id: None,
            ods_code: "Y12345".to_owned(),
            since: None,
            until: None,
        }),
        ..PatientRecord::default()
    };
    let text = written(&record);
    for expected in [
        r#""name":[{"id":"n1","use":"usual","family":"O'Brien","given":["<script>","Zoë"],"period":{"start":"2020-01-01"}}]"#,
        r#""gender":"female","birthDate":"1950-02-03","multipleBirthInteger":1,"deceasedDateTime":"2020-01-02T03:04:05+00:00""#,
        r#""generalPractitioner":[{"type":"Organization","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y12345"}}]"#,
        r#""url":"systemEffectiveDate","valueDateTime":"2020-01-02T03:04:05+00:00""#,
        r#""address":[{"id":"a1","use":"home","line":["1 Made-up Street"],"postalCode":"ZZ1 1ZZ"}]"#,
    ] {
        assert!(text.contains(expected), "{expected}\nnot in\n{text}");
    }
}
