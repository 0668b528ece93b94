//! Observations.

use fhir::json::Json;

use crate::gp_connect::dates::with_offset;
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::shape::{Shape, items, reference};

/// The kinds of value that STU3 and R4 share.
const VALUES: &[&str] = &[
    "valueQuantity",
    "valueCodeableConcept",
    "valueString",
    "valueBoolean",
    "valueRange",
    "valueRatio",
    "valueSampledData",
    "valueTime",
    "valueDateTime",
    "valuePeriod",
    "dataAbsentReason",
];

/// A value of an observation or of one of its components.
fn valued(shape: Shape, r4: &Json) -> Shape {
    let shape = shape.copying(r4, VALUES);
    match r4.get("valueInteger") {
        // STU3 has no whole numbers here.
        Some(number) => shape.with("valueQuantity", Json::object([("value", number.clone())])),
        None => shape,
    }
}

pub(crate) fn observation(read: &Read, consultation: Option<&str>) -> Json {
    let r4 = &read.r4;
    let notes: Vec<&str> = items(r4, "note").filter_map(|note| note.text("text")).collect();
    let comment = (!notes.is_empty()).then(|| notes.join("\n"));
    let issued = r4
        .text("issued")
        .or(r4.text("effectiveDateTime"))
        .map(with_offset);
    let ranges = items(r4, "referenceRange").map(|one| {
        Shape::new()
            .copying(one, &["low", "high", "type", "appliesTo", "age", "text"])
            .json()
    });
    let components = items(r4, "component").map(|one| {
        valued(Shape::new().copying(one, &["code"]), one)
            .with_some("interpretation", items(one, "interpretation").next().cloned())
            .json()
    });
    let shape = Shape::of(&read.record, "Observation", "CareConnect-GPC-Observation-1")
        .identified(r4)
        .copying(r4, &["status", "code", "subject"])
        .with_some("context", consultation.map(reference))
        .with_time("effectiveDateTime", r4, "effectiveDateTime")
        .copying(r4, &["effectivePeriod"])
        .with_some("issued", issued)
        .copying(r4, &["performer"]);
    let related = items(r4, "hasMember")
        .map(|member| Json::object([("type", Json::from("has-member")), ("target", member.clone())]));
    valued(shape, r4)
        .with_some("interpretation", items(r4, "interpretation").next().cloned())
        .with_some("comment", comment)
        .copying(r4, &["bodySite", "method"])
        .with_list("referenceRange", ranges.collect())
        .with_list("related", related.collect())
        .with_list("component", components.collect())
        .json()
}
