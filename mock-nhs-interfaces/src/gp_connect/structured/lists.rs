//! The Lists that say what a Bundle holds, and the warnings about what was not understood.
//! Source: <https://developer.nhs.uk/apis/gpconnect/accessrecord_structured_development_list.html>

use fhir::json::Json;

use super::assembly::Assembly;
use crate::gp_connect::dates::instant_text;
use crate::gp_connect::dates::with_offset;
use crate::gp_connect::refused::OUTCOME_PROFILE;
use crate::gp_connect::stu3::shape::{Shape, concept, extension, reference, words};

const SNOMED: &str = "http://snomed.info/sct";
const SECONDARY: &str = "https://fhir.hl7.org.uk/STU3/CodeSystem/GPConnect-SecondaryListValues-1";
const LIST_PROFILE: &str = "CareConnect-GPC-List-1";
const CONFIDENTIAL: &str = "Items excluded due to confidentiality and/or patient preferences.";

/// What a list is of.
#[derive(Debug)]
pub(super) struct Kind {
    system: &'static str,
    code: &'static str,
    title: &'static str,
}

macro_rules! kinds {
    ($system:ident; $($name:ident = $code:literal, $title:literal;)+) => {
        $(pub(super) const $name: Kind = Kind { system: $system, code: $code, title: $title };)+
    };
}

kinds! { SNOMED;
    ALLERGIES = "886921000000105", "Allergies and adverse reactions";
    ENDED_ALLERGIES = "1103671000000101", "Ended allergies";
    MEDICATIONS = "933361000000108", "Medications and medical devices";
    CONSULTATIONS = "1149501000000101", "List of consultations";
    PROBLEMS = "717711000000103", "Problems";
    IMMUNISATIONS = "1102181000000102", "Immunisations";
    UNCATEGORISED = "826501000000100", "Miscellaneous record";
    INVESTIGATIONS = "887191000000108", "Investigations and results";
    REFERRALS = "792931000000107", "Outbound referral";
    DIARY = "714311000000108", "Patient recall administration";
}

kinds! { SECONDARY;
    CONSULTATIONS_MEDICATIONS = "consultations-medications-contained-in-consultations",
        "Consultations - medications contained in consultations";
    CONSULTATIONS_PROBLEMS = "consultations-problems-contained-in-consultations",
        "Consultations - problems contained in consultations";
    CONSULTATIONS_UNCATEGORISED = "consultations-uncategorised-data-contained-in-consultations",
        "Consultations - uncategorised data contained in consultations";
    CONSULTATIONS_IMMUNISATIONS = "consultations-immunisations-contained-in-consultations",
        "Consultations - immunisations contained in consultations";
    PROBLEMS_MEDICATIONS = "problems-medications-related-to-problems",
        "Problems - medications related to problems";
    PROBLEMS_CONSULTATIONS = "problems-consultations-related-to-problems",
        "Problems - consultations related to problems";
}

/// The list of a part, with entries by address. An empty one says why it is.
pub(super) fn part(assembly: &Assembly<'_>, kind: &Kind, entries: Vec<String>, withheld: bool) -> Json {
    list(assembly, kind, entries, Vec::new(), withheld)
}

/// The list of a part whose entries are inside it.
pub(super) fn containing(assembly: &Assembly<'_>, kind: &Kind, contained: Vec<Json>, withheld: bool) -> Json {
    let entries = contained
        .iter()
        .map(|one| format!("#{}", one.text("id").unwrap_or_default()))
        .collect();
    list(assembly, kind, entries, contained, withheld)
}

fn list(
    assembly: &Assembly<'_>,
    kind: &Kind,
    entries: Vec<String>,
    contained: Vec<Json>,
    withheld: bool,
) -> Json {
    let setting = concept(SNOMED, "1060971000000108", "General practice service");
    let mut extensions = vec![extension(
        "Extension-CareConnect-GPC-ClinicalSetting-1",
        "valueCodeableConcept",
        setting,
    )];
    let mut notes = Vec::new();
    if withheld {
        extensions.push(extension(
            "Extension-CareConnect-GPC-ListWarningCode-1",
            "valueCode",
            "confidential-items",
        ));
        notes.push(words(CONFIDENTIAL));
    }
    let empty = entries.is_empty().then(|| {
        notes.push(words("Information not available"));
        concept(
            "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-ListEmptyReasonCode-1",
            "no-content-recorded",
            "No Content Recorded",
        )
    });
    let order = concept(
        "http://hl7.org/fhir/list-order",
        "event-date",
        "Sorted by Event Date",
    );
    let meta = Shape::named("List", "", LIST_PROFILE).json();
    Shape::new()
        .with("resourceType", "List")
        .copying(&meta, &["meta"])
        .with_list("contained", contained)
        .with("extension", extensions)
        .with("status", "current")
        .with("mode", "snapshot")
        .with("title", kind.title)
        .with("code", concept(kind.system, kind.code, kind.title))
        .with("subject", subject(assembly))
        .with("date", with_offset(&instant_text(assembly.shelf.now)))
        .with("orderedBy", order)
        .with_list("note", notes)
        .with_list("entry", entries.iter().map(|to| entry(to)).collect())
        .with_some("emptyReason", empty)
        .json()
}

/// One of the nested lists that a consultation is made of.
pub(super) struct Nested<'a> {
    pub(super) id: &'a str,
    pub(super) title: Option<&'a str>,
    /// SNOMED CT.
    pub(super) code: &'static str,
    pub(super) display: &'static str,
    pub(super) consultation: &'a str,
    pub(super) date: Option<String>,
}

pub(super) fn nested(assembly: &Assembly<'_>, of: Nested<'_>, entries: Vec<String>) -> Json {
    let order = concept("http://hl7.org/fhir/list-order", "system", "Sorted by System");
    Shape::named("List", of.id, LIST_PROFILE)
        .with("status", "current")
        .with("mode", "snapshot")
        .with_some("title", of.title)
        .with("code", concept(SNOMED, of.code, of.display))
        .with("subject", subject(assembly))
        .with("encounter", reference(of.consultation))
        .with_some("date", of.date)
        .with("orderedBy", order)
        .with_list("entry", entries.iter().map(|to| entry(to)).collect())
        .json()
}

fn subject(assembly: &Assembly<'_>) -> Json {
    reference(&assembly.patient.read.address())
}

fn entry(to: &str) -> Json {
    Json::object([("item", reference(to))])
}

/// The outcome that names parameters nobody knows: a warning for each.
pub(super) fn warnings(unknown: &[String]) -> Json {
    let issues = unknown
        .iter()
        .map(|name| {
            let mut details = concept(
                "https://fhir.nhs.uk/STU3/CodeSystem/Spine-ErrorOrWarningCode-1",
                "NOT_IMPLEMENTED",
                "Not implemented",
            );
            let name = crate::api_platform::shortened(name);
            details.set("text", format!("{name} is an unrecognised parameter").into());
            Shape::new()
                .with("severity", "warning")
                .with("code", "not-supported")
                .with("details", details)
                .with("diagnostics", name)
                .json()
        })
        .collect::<Vec<_>>();
    Shape::new()
        .with("resourceType", "OperationOutcome")
        .with(
            "meta",
            Json::object([("profile", Json::from(vec![OUTCOME_PROFILE.into()]))]),
        )
        .with("issue", issues)
        .json()
}
