//! What HL7 publishes as R4's own value sets, code systems, concept maps, profiles and extensions: some 2,800 resources.

use definitions::artefacts;
use fhir::json::Json;
use validation::check_shape;

/// Contains a concept map that nothing in it refers to.
const WRONG: &str = "http://hl7.org/fhir/ValueSet/nhin-purposeofuse";

#[test]
fn all_have_the_right_shape_but_one() {
    let mut found = Vec::new();
    for artefact in artefacts() {
        let resource = Json::parse(artefact.text().as_bytes()).unwrap();
        for issue in &check_shape(&resource) {
            found.push(format!(
                "{} {} {}",
                artefact.url, issue.expression, issue.diagnostics
            ));
        }
    }
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(WRONG), "{found:?}");
}
