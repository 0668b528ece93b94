//! What was asked for and what came of it: reports, referrals, entries of the diary.

use fhir::json::Json;

use crate::gp_connect::dates::with_offset;
use crate::gp_connect::places::Read;
use crate::gp_connect::stu3::shape::{Shape, items, shown, words};

/// A report of a laboratory or of imaging.
pub(crate) fn report(read: &Read) -> Json {
    let r4 = &read.r4;
    let issued = r4
        .text("issued")
        .or(r4.text("effectiveDateTime"))
        .map(with_offset);
    let performers = items(r4, "performer")
        .map(|actor| Json::object([("actor", actor.clone())]))
        .collect();
    Shape::of(
        &read.record,
        "DiagnosticReport",
        "CareConnect-GPC-DiagnosticReport-1",
    )
    .identified(r4)
    .copying(r4, &["status"])
    .with_some("category", items(r4, "category").next().cloned())
    .copying(r4, &["code", "subject"])
    .with_some("issued", issued)
    .with_list("performer", performers)
    .copying(r4, &["result", "conclusion"])
    .json()
}

/// A referral to somebody else.
pub(crate) fn referral(read: &Read) -> Json {
    let r4 = &read.r4;
    let requester = r4
        .get("requester")
        .map(|agent| Json::object([("agent", agent.clone())]));
    let asked = r4.get("code").cloned().map(|code| Json::from(vec![code]));
    let description = r4.get("code").and_then(shown).map(str::to_owned);
    Shape::of(
        &read.record,
        "ReferralRequest",
        "CareConnect-GPC-ReferralRequest-1",
    )
    .identified(r4)
    .copying(r4, &["status"])
    .with("intent", "order")
    .copying(r4, &["priority"])
    .with_some("serviceRequested", asked)
    .copying(r4, &["subject"])
    .with_time("authoredOn", r4, "authoredOn")
    .with_some("requester", requester)
    .with_some("recipient", r4.get("performer").cloned())
    .copying(r4, &["reasonCode"])
    .with_some("description", description)
    .copying(r4, &["note"])
    .json()
}

/// Something that is to be done, such as a recall.
pub(crate) fn diary_entry(read: &Read) -> Json {
    let r4 = &read.r4;
    let requester = r4
        .get("requester")
        .map(|agent| Json::object([("agent", agent.clone())]));
    Shape::of(
        &read.record,
        "ProcedureRequest",
        "CareConnect-GPC-ProcedureRequest-1",
    )
    .identified(r4)
    .with("status", "active")
    .with("intent", "plan")
    .with_some(
        "code",
        Some(r4.get("code").cloned().unwrap_or_else(|| words("Not stated"))),
    )
    .copying(r4, &["subject", "occurrenceDateTime", "occurrencePeriod"])
    .with_time("authoredOn", r4, "authoredOn")
    .with_some("requester", requester)
    .copying(r4, &["reasonCode", "note"])
    .json()
}
