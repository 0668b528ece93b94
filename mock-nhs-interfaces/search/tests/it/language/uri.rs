//! URIs. Source: <https://hl7.org/fhir/R4/search.html#uri>.

use super::check;

#[test]
fn uris_are_compared_whole_or_by_path() {
    check(
        r#"{"resourceType":"ValueSet","url":"http://acme.org/fhir/ValueSet/123"}"#,
        &[
            ("url=http://acme.org/fhir/ValueSet/123", true),
            ("url=http://acme.org/fhir/ValueSet/12", false),
            ("url=HTTP://acme.org/fhir/ValueSet/123", false),
            ("url:below=http://acme.org/fhir/", true),
            ("url:below=http://acme.org/fhir", true),
            ("url:below=http://acme.org/fh", false),
            ("url:below=http://acme.org/fhir/ValueSet/123", true),
            ("url:above=http://acme.org/fhir/ValueSet/123/_history/5", true),
            ("url:above=http://acme.org/fhir/ValueSet/123", true),
            ("url:above=http://acme.org/fhir/ValueSet/1234", false),
            ("url:above=http://acme.org/fhir/", false),
            ("url:missing=false", true),
        ],
    );
    check(
        r#"{"resourceType":"ValueSet","url":"urn:oid:1.2.3"}"#,
        &[
            ("url=urn:oid:1.2.3", true),
            ("url:above=urn:oid:1.2.3", true),
            ("url:below=urn:oid:1.2.3", true),
            ("url:below=urn:oid:1.2", false),
        ],
    );
}
