//! `Schedule` and `Slot` with the profiles of GP Connect.
//! Source: <https://developer.nhs.uk/apis/gpconnect/appointments_use_case_search_for_free_slots.html>

use fhir::json::Json;
use records::Record;

use super::shape::{Shape, extension, items, shown, words};
use crate::gp_connect::dates::with_offset;

/// How slots and appointments say where the patient is seen.
pub(crate) const DELIVERY_CHANNEL: &str = "Extension-GPConnect-DeliveryChannel-2";
/// The post of whoever sees the patient.
pub(crate) const PRACTITIONER_ROLE: &str = "Extension-GPConnect-PractitionerRole-1";

pub(crate) fn slot(record: &Record, r4: &Json) -> Json {
    let kinds = items(r4, "serviceType").filter_map(shown).map(words).collect();
    Shape::of(record, "Slot", "GPConnect-Slot-1")
        .with(
            "extension",
            vec![extension(DELIVERY_CHANNEL, "valueCode", "In-person")],
        )
        .with_list("serviceType", kinds)
        .copying(r4, &["schedule", "status"])
        .with_time("start", r4, "start")
        .with_time("end", r4, "end")
        .json()
}

/// A diary; `job` is the post of whose it is.
pub(crate) fn schedule(record: &Record, r4: &Json, job: Option<&Json>) -> Json {
    let extensions = job
        .map(|job| extension(PRACTITIONER_ROLE, "valueCodeableConcept", job.clone()))
        .into_iter()
        .collect();
    let category = items(r4, "serviceType").find_map(shown).map(words);
    let actors = items(r4, "actor")
        .filter(|actor| {
            let to = actor.text("reference").unwrap_or_default();
            to.starts_with("Location/") || to.starts_with("Practitioner/")
        })
        .cloned()
        .collect();
    let time = |name: &str, of_day: &str| {
        let text = r4.get("planningHorizon")?.text(name)?;
        // A day alone is open from its first second to its last.
        let text = if text.len() == 10 {
            format!("{text}{of_day}")
        } else {
            with_offset(text)
        };
        Some(text)
    };
    let horizon = Shape::new()
        .with_some("start", time("start", "T00:00:00+00:00"))
        .with_some("end", time("end", "T23:59:59+00:00"))
        .json();
    Shape::of(record, "Schedule", "GPConnect-Schedule-1")
        .with_list("extension", extensions)
        .with_some("serviceCategory", category)
        .with_list("actor", actors)
        .with("planningHorizon", horizon)
        .json()
}
