//! Consultations, and what was written down in them.

use fhir::json::Json;

use crate::gp_connect::dates::with_offset;
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::shape::{Shape, coding, concept, identifier, items, reference, shown};

/// What somebody wrote down in a consultation, as an observation of its own.
pub(crate) fn narrative(consultation: &Read, id: &str, text: &str) -> Json {
    let r4 = &consultation.r4;
    let time = r4
        .at(&["period", "start"])
        .and_then(Json::as_str)
        .map(with_offset);
    let performers = items(r4, "participant")
        .filter_map(|one| one.get("individual"))
        .cloned()
        .collect();
    Shape::named("Observation", id, "CareConnect-GPC-Observation-1")
        .with(
            "identifier",
            vec![identifier("https://code4health.example/Id/record-item", id)],
        )
        .with("status", "final")
        .with(
            "code",
            concept("http://snomed.info/sct", "37331000000100", "Comment note"),
        )
        .copying(r4, &["subject"])
        .with("context", reference(&consultation.address()))
        .with_some("effectiveDateTime", time.clone())
        .with_some("issued", time)
        .with_list("performer", performers)
        .with("comment", text)
        .json()
}

pub(crate) fn consultation(read: &Read) -> Json {
    let r4 = &read.r4;
    let kinds = items(r4, "type").map(|kind| {
        let mut kind = kind.clone();
        if kind.text("text").is_none()
            && let Some(display) = shown(&kind).map(str::to_owned)
        {
            kind.set("text", display.into());
        }
        kind
    });
    let roles = [("REC", "recorder"), ("PPRF", "primary performer")];
    let who: Vec<&Json> = items(r4, "participant")
        .filter_map(|one| one.get("individual"))
        .collect();
    let participants = roles.iter().filter_map(|(code, display)| {
        let system = if *code == "REC" {
            "https://fhir.nhs.uk/STU3/CodeSystem/GPConnect-ParticipantType-1"
        } else {
            "http://hl7.org/fhir/v3/ParticipationType"
        };
        let kind = Json::object([("coding", Json::from(vec![coding(system, code, display)]))]);
        let individual = (*who.first()?).clone();
        Some(Json::object([
            ("type", Json::from(vec![kind])),
            ("individual", individual),
        ]))
    });
    let period = r4.get("period").map(|period| {
        Shape::new()
            .with_time("start", period, "start")
            .with_time("end", period, "end")
            .json()
    });
    Shape::of(&read.record, "Encounter", "CareConnect-GPC-Encounter-1")
        .identified(r4)
        .with("status", "finished")
        .with_list("type", kinds.collect())
        .copying(r4, &["subject"])
        .with_list("participant", participants.collect())
        .with_some("period", period)
        .copying(r4, &["serviceProvider"])
        .json()
}
