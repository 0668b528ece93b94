//! The same two pages for both sides: only the last line, which hands the function to the engine, differs.

use std::fmt::Write as _;

use anyhow::Result;

/// About what a search for fourteen people brings; the size the comparison is stated for.
const BUNDLE_BYTES: usize = 24 * 1024;

/// A page, before it is told which engine runs it.
pub(crate) struct Page {
    pub(crate) name: &'static str,
    text: String,
}

impl Page {
    pub(crate) fn hello() -> Self {
        Self {
            name: "hello",
            text: include_str!("hello.js").to_owned(),
        }
    }

    /// # Errors
    /// When the bundle cannot be written as JSON, which does not happen.
    pub(crate) fn bundle() -> Result<Self> {
        let bundle = serde_json::to_string(&bundle()?)?;
        Ok(Self {
            name: "bundle",
            text: format!("const BUNDLE = {bundle};\n{}", include_str!("page.js")),
        })
    }

    /// As `c4h deploy` takes it.
    pub(crate) fn script(&self) -> String {
        format!("{}\nexport default {{ fetch: answer }};\n", self.text)
    }

    /// As componentize-js takes it.
    pub(crate) fn componentize_js(&self) -> String {
        format!(
            "{}\naddEventListener(\"fetch\", (event) => event.respondWith(answer(event.request)));\n",
            self.text
        )
    }
}

/// The text of a searchset Bundle of [`BUNDLE_BYTES`], or one Patient more.
fn bundle() -> Result<String> {
    let mut text = String::from(r#"{"resourceType":"Bundle","type":"searchset","entry":["#);
    let mut number = 0;
    while text.len() < BUNDLE_BYTES {
        if number > 0 {
            text.push(',');
        }
        write!(text, "{}", patient(number))?;
        number += 1;
    }
    write!(text, r#"],"total":{number}}}"#)?;
    Ok(text)
}

fn patient(number: u32) -> serde_json::Value {
    serde_json::json!({
        "fullUrl": format!("https://int.api.service.nhs.uk/personal-demographics/FHIR/R4/Patient/{number}"),
        "resource": {
            "resourceType": "Patient",
            "id": format!("{number}"),
            "meta": { "versionId": "2", "security": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "U", "display": "unrestricted" }] },
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": format!("{number}"), "extension": [{
                "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                "valueCodeableConcept": { "coding": [{ "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus", "version": "1.0.0", "code": "01", "display": "Number present and verified" }] }
            }] }],
            "name": [{ "id": "123", "use": "official", "given": ["Jane", "Marie"], "family": format!("O'Smith-{number}"), "prefix": ["Mrs"], "period": { "start": "2020-01-01" } }],
            "gender": "female",
            "birthDate": format!("19{:02}-10-22", number % 100),
            "address": [{ "id": "456", "use": "home", "line": ["1 Trevelyan Square", "Boar Lane", "City Centre", "Leeds"], "postalCode": "LS1 6AE", "period": { "start": "2020-01-01" } }],
            "telecom": [{ "id": "789", "use": "home", "system": "phone", "value": "01632 960587", "period": { "start": "2020-01-01" } }],
            "generalPractitioner": [{ "id": "254406A3", "type": "Organization", "identifier": { "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "Y12345" } }]
        },
        "search": { "mode": "match", "score": 1 }
    })
}
