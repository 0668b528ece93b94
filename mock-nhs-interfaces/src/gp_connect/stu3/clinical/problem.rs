//! Problems: what they are about, how much they matter, and what is linked to them.

use fhir::json::Json;

use super::{UK_DEFINITIONS, status_code};
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::shape::{Shape, concept, items, reference};

/// How much a problem matters: minor where the record calls it mild, major otherwise.
pub(crate) fn significance(r4: &Json) -> &'static str {
    let severity = r4.get("severity");
    // Mild, in SNOMED CT.
    let is_mild = severity
        .is_some_and(|one| items(one, "coding").any(|coding| coding.text("code") == Some("255604002")));
    if is_mild { "minor" } else { "major" }
}

/// `active`, or `inactive` for whatever is over.
pub(crate) fn problem_status(r4: &Json) -> &'static str {
    match status_code(r4, "clinicalStatus") {
        Some("inactive" | "resolved" | "remission") => "inactive",
        _ => "active",
    }
}

/// A problem, with references to what belongs to it.
pub(crate) fn problem(read: &Read, linked: &[String]) -> Json {
    let r4 = &read.r4;
    let uk = |name: &str, key: &str, value: Json| {
        Json::object([
            ("url", Json::from(format!("{UK_DEFINITIONS}{name}"))),
            (key, value),
        ])
    };
    let mut extensions = vec![uk(
        "Extension-CareConnect-ProblemSignificance-1",
        "valueCode",
        significance(r4).into(),
    )];
    extensions.extend(linked.iter().map(|to| {
        uk(
            "Extension-CareConnect-RelatedClinicalContent-1",
            "valueReference",
            reference(to),
        )
    }));
    let category = concept(
        "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ConditionCategory-1",
        "problem-list-item",
        "Problem List Item",
    );
    Shape::of(
        &read.record,
        "Condition",
        "CareConnect-GPC-ProblemHeader-Condition-1",
    )
    .with("extension", extensions)
    .identified(r4)
    .with("clinicalStatus", problem_status(r4))
    .with("category", vec![category])
    .copying(r4, &["code", "subject", "onsetDateTime", "abatementDateTime"])
    .with_time("assertedDate", r4, "recordedDate")
    .with_some("asserter", r4.get("asserter").or(r4.get("recorder")).cloned())
    .copying(r4, &["note"])
    .json()
}
