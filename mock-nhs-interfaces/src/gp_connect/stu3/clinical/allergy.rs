//! Allergies and intolerances.

use fhir::json::Json;

use super::status_code;
use crate::gp_connect::dates::with_offset;
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::shape::{Shape, definition, items};

pub(crate) fn allergy(read: &Read) -> Json {
    let r4 = &read.r4;
    let status = status_code(r4, "clinicalStatus").unwrap_or("active");
    let ended = (status == "resolved").then(|| {
        let part =
            |url: &str, key: &str, value: &str| Json::object([("url", Json::from(url)), (key, value.into())]);
        let end = with_offset(&read.record.last_updated.to_string());
        let parts = vec![
            part("endDate", "valueDateTime", end.get(..10).unwrap_or_default()),
            part("reasonEnded", "valueString", "No information available"),
        ];
        let url = definition("Extension-CareConnect-GPC-AllergyIntoleranceEnd-1");
        Json::object([("url", Json::from(url)), ("extension", parts.into())])
    });
    let reactions = items(r4, "reaction").map(|one| {
        Shape::new()
            .copying(
                one,
                &[
                    "manifestation",
                    "description",
                    "onset",
                    "severity",
                    "exposureRoute",
                ],
            )
            .json()
    });
    let asserted = r4.text("recordedDate").map(with_offset);
    Shape::of(
        &read.record,
        "AllergyIntolerance",
        "CareConnect-GPC-AllergyIntolerance-1",
    )
    .with_list("extension", ended.into_iter().collect())
    .identified(r4)
    .with("clinicalStatus", status)
    // GP systems do not say whether it was confirmed.
    .with("verificationStatus", "unconfirmed")
    .copying(
        r4,
        &[
            "type",
            "category",
            "criticality",
            "code",
            "patient",
            "onsetDateTime",
        ],
    )
    .with_some("assertedDate", asserted)
    .copying(r4, &["recorder", "asserter", "lastOccurrence", "note"])
    .with_list("reaction", reactions.collect())
    .json()
}
