//! What NHS England's people have besides their record in PDS: those who are related to them, and Jane Smith's European
//! Health Insurance Card, as the published document has them.

use bytes::Bytes;

use crate::Resource;

/// Whose, what, and its id and text.
const BELONGINGS: [(&str, &str, &str, &str); 4] = [
    (
        "9000000009",
        "RelatedPerson",
        "507B7621",
        r#"{"resourceType":"RelatedPerson","id":"507B7621","meta":{"versionId":"1","lastUpdated":"2026-11-01T00:00:00Z","tag":[{"system":"https://code4health.example/CodeSystem/origin","code":"made-up","display":"Made-up person"}]},"active":true,"patient":{"reference":"Patient/9000000009"},"relationship":[{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-AdditionalRelatedPersonRole","code":"Guardian","display":"Guardian of patient"}]}],"name":[{"use":"usual","family":"Smith","given":["Jane"],"prefix":["Mrs"],"suffix":["MBE"],"period":{"start":"2024-01-01","end":"2025-12-31"}}],"telecom":[{"system":"phone","value":"01632960587","use":"home","period":{"start":"2024-01-01","end":"2025-12-31"}}],"address":[{"use":"home","line":["1 Trevelyan Square","Boar Lane","City Centre","Leeds","West Yorkshire"],"postalCode":"LS1 6AE","period":{"start":"2024-01-01","end":"2025-12-31"}}],"period":{"start":"2024-01-01","end":"2025-12-31"}}"#,
    ),
    (
        "9000000009",
        "RelatedPerson",
        "B3380E98",
        r#"{"resourceType":"RelatedPerson","id":"B3380E98","meta":{"versionId":"1","lastUpdated":"2026-11-01T00:00:00Z","tag":[{"system":"https://code4health.example/CodeSystem/origin","code":"made-up","display":"Made-up person"}]},"active":true,"patient":{"reference":"Patient/9000000009"},"relationship":[{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-AdditionalRelatedPersonRole","code":"Guardian","display":"Guardian of patient"}]}],"period":{"start":"2024-01-01","end":"2025-12-31"}}"#,
    ),
    (
        "9000000009",
        "Coverage",
        "ehic-9000000009",
        r#"{"resourceType":"Coverage","id":"ehic-9000000009","meta":{"versionId":"1","lastUpdated":"2026-11-01T00:00:00Z","tag":[{"system":"https://code4health.example/CodeSystem/origin","code":"made-up","display":"Made-up person"}]},"status":"active","type":{"text":"European Health Insurance Card"},"subscriber":{"reference":"Patient/9000000009","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}},"beneficiary":{"reference":"Patient/9000000009","identifier":{"value":"178705ABC"}},"identifier":[{"value":"29401395498043123948","assigner":{"identifier":{"system":"urn:iso:std:iso:3166","value":"FRA"},"display":"France"}}],"payor":[{"identifier":{"value":"92847ADGJL"}}],"period":{"end":"2030-12-31"}}"#,
    ),
    (
        "9000000017",
        "RelatedPerson",
        "F4CF8B96",
        r#"{"resourceType":"RelatedPerson","id":"F4CF8B96","meta":{"versionId":"1","lastUpdated":"2026-11-01T00:00:00Z","tag":[{"system":"https://code4health.example/CodeSystem/origin","code":"made-up","display":"Made-up person"}]},"active":true,"patient":{"reference":"Patient/9000000017"},"relationship":[{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-AdditionalRelatedPersonRole","code":"Guardian","display":"Guardian of patient"}]}],"name":[{"use":"usual","family":"Smith","given":["Jane"],"prefix":["Mrs"],"suffix":["MBE"],"period":{"start":"2024-01-01","end":"2025-12-31"}}],"telecom":[{"system":"phone","value":"01632960587","use":"home","period":{"start":"2024-01-01","end":"2025-12-31"}}],"address":[{"use":"home","line":["1 Trevelyan Square","Boar Lane","City Centre","Leeds","West Yorkshire"],"postalCode":"LS1 6AE","period":{"start":"2024-01-01","end":"2025-12-31"}}],"period":{"start":"2024-01-01","end":"2025-12-31"}}"#,
    ),
];

/// What belongs to the person with this number.
pub(crate) fn of(nhs_number: &str) -> impl Iterator<Item = Resource> + use<'_> {
    BELONGINGS
        .iter()
        .filter(move |(whose, ..)| *whose == nhs_number)
        .map(|(_, type_name, id, text)| Resource {
            type_name,
            id: (*id).to_owned(),
            text: Bytes::from_static(text.as_bytes()),
        })
}
