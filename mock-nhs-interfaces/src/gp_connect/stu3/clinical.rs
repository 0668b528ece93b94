//! What records say about a patient's health, with the profiles of GP Connect: allergies, problems, immunisations,
//! observations, consultations.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_resources_overview.html>

use fhir::json::Json;

use super::shape::{Shape, coding, concept, definition, extension, items, reference, shown, words};
use crate::gp_connect::dates::with_offset;
use crate::gp_connect::places::Read;

const UK_DEFINITIONS: &str = "https://fhir.hl7.org.uk/STU3/StructureDefinition/";

/// The code of a status, which R4 keeps in a concept and STU3 as a bare code.
pub(crate) fn status_code<'a>(r4: &'a Json, key: &str) -> Option<&'a str> {
    items(r4.get(key)?, "coding").find_map(|coding| coding.text("code"))
}

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
            vec![super::shape::identifier(
                "https://code4health.example/Id/record-item",
                id,
            )],
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
