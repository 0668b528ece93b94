//! Immunisations.

use fhir::json::Json;

use super::UK_DEFINITIONS;
use crate::gp_connect::dates::with_offset;
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::shape::{Shape, concept, extension, items};

pub(crate) fn immunisation(read: &Read) -> Json {
    let r4 = &read.r4;
    let is_not_given = r4.text("status") == Some("not-done");
    let recorded = r4
        .text("recorded")
        .or(r4.text("occurrenceDateTime"))
        .map(with_offset);
    let mut extensions = Vec::new();
    if let Some(recorded) = recorded {
        extensions.push(extension(
            "Extension-CareConnect-GPC-DateRecorded-1",
            "valueDateTime",
            recorded,
        ));
    }
    if let Some(vaccine) = r4.get("vaccineCode") {
        let url = format!("{UK_DEFINITIONS}Extension-CareConnect-VaccinationProcedure-1");
        extensions.push(Json::object([
            ("url", Json::from(url)),
            ("valueCodeableConcept", vaccine.clone()),
        ]));
    }
    let practitioners = items(r4, "performer")
        .filter_map(|one| one.get("actor"))
        .map(|actor| {
            let role = concept("http://hl7.org/fhir/v2/0443", "AP", "Administering Provider");
            Json::object([("role", role), ("actor", actor.clone())])
        });
    let reasons: Vec<Json> = items(r4, "reasonCode").cloned().collect();
    let explanation = if is_not_given {
        r4.get("statusReason")
            .map(|reason| Json::object([("reasonNotGiven", Json::from(vec![reason.clone()]))]))
    } else {
        (!reasons.is_empty()).then(|| Json::object([("reason", Json::from(reasons))]))
    };
    let protocols = items(r4, "protocolApplied").map(|one| {
        let counts = concept(
            "http://hl7.org/fhir/vaccination-protocol-dose-status",
            "count",
            "Counts",
        );
        let dose = one.get("doseNumberPositiveInt").cloned();
        Shape::new()
            .with_some("doseSequence", dose)
            .copying(one, &["series"])
            .with_some("seriesDoses", one.get("seriesDosesPositiveInt").cloned())
            .copying(one, &["targetDisease"])
            .with("doseStatus", counts)
            .json()
    });
    Shape::of(&read.record, "Immunization", "CareConnect-GPC-Immunization-1")
        .with_list("extension", extensions)
        .identified(r4)
        .with("status", "completed")
        .with("notGiven", is_not_given)
        .copying(r4, &["vaccineCode", "patient"])
        .with_time("date", r4, "occurrenceDateTime")
        .with_some(
            "primarySource",
            Some(r4.get("primarySource").cloned().unwrap_or(Json::Bool(true))),
        )
        .copying(
            r4,
            &[
                "location",
                "manufacturer",
                "lotNumber",
                "expirationDate",
                "site",
                "route",
                "doseQuantity",
            ],
        )
        .with_list("practitioner", practitioners.collect())
        .copying(r4, &["note"])
        .with_some("explanation", explanation)
        .with_list("vaccinationProtocol", protocols.collect())
        .json()
}
