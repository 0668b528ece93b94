//! Problems, allergies, medicines, results, vaccinations, contacts and documents.

use serde_json::Value;

use super::{Facts, say};

/// Tells a record of these kinds; answers whether it is one.
pub(crate) fn facts(kind: &str, record: &Value, facts: &mut Facts) -> bool {
    match kind {
        "Condition" => {
            facts.say(
                "Is",
                say::concept(&record["clinicalStatus"]).or_else(|| say::code(&record["clinicalStatus"])),
            );
            facts.say("How sure", say::concept(&record["verificationStatus"]));
            facts.say("How bad", say::concept(&record["severity"]));
            facts.say("Began", onset(record));
            facts.say("Ended", say::date(&record["abatementDateTime"]));
            facts.say("Written down", say::date(&record["recordedDate"]));
        }
        "AllergyIntolerance" => allergy(record, facts),
        "MedicationRequest" | "MedicationStatement" => medicine(record, facts),
        "Observation" => observation(record, facts),
        "Immunization" => immunisation(record, facts),
        "Procedure" => {
            facts.say("Is", say::code(&record["status"]));
            facts.say(
                "When",
                say::date(&record["performedDateTime"]).or_else(|| say::period(&record["performedPeriod"])),
            );
            facts.say("Why", say::concept(&record["reasonCode"]));
            facts.say("Outcome", say::concept(&record["outcome"]));
        }
        "Encounter" => {
            facts.say("Is", say::code(&record["status"]));
            facts.say("Kind", say::concept(&record["class"]));
            facts.say("When", say::period(&record["period"]));
            facts.say("Why", say::concept(&record["reasonCode"]));
            let who = say::list(&record["participant"]).iter();
            facts.say_all("With", who.filter_map(|one| say::reference(&one["individual"])));
            facts.say("Where", say::reference(&record["serviceProvider"]));
        }
        "DocumentReference" => {
            facts.say("Kind", say::concept(&record["type"]));
            facts.say("Written", say::date(&record["date"]));
            facts.say_all(
                "By",
                say::list(&record["author"]).iter().filter_map(say::reference),
            );
            facts.say("About", say::reference(&record["subject"]));
        }
        "DiagnosticReport" => {
            facts.say("Is", say::code(&record["status"]));
            facts.say("When", say::date(&record["effectiveDateTime"]));
            facts.say("Conclusion", say::text(&record["conclusion"]));
            facts.say_all(
                "Results",
                say::list(&record["result"]).iter().filter_map(say::reference),
            );
        }
        _ => return false,
    }
    facts.say(
        "Patient",
        say::reference(&record["patient"]).or_else(|| say::reference(&record["subject"])),
    );
    facts.say_all(
        "Note",
        say::list(&record["note"])
            .iter()
            .filter_map(|note| say::text(&note["text"])),
    );
    true
}

fn onset(record: &Value) -> Option<String> {
    say::date(&record["onsetDateTime"])
        .or_else(|| say::period(&record["onsetPeriod"]))
        .or_else(|| say::text(&record["onsetString"]))
        .or_else(|| say::quantity(&record["onsetAge"]).map(|age| format!("at {age}")))
}

fn allergy(record: &Value, facts: &mut Facts) {
    facts.say(
        "Is",
        say::concept(&record["clinicalStatus"]).or_else(|| say::code(&record["clinicalStatus"])),
    );
    facts.say("How sure", say::concept(&record["verificationStatus"]));
    facts.say("How dangerous", say::code(&record["criticality"]));
    let reactions = say::list(&record["reaction"]);
    let signs = reactions
        .iter()
        .flat_map(|reaction| say::list(&reaction["manifestation"]));
    facts.say_all("Reaction", signs.filter_map(say::concept));
    facts.say_all(
        "How bad",
        reactions
            .iter()
            .filter_map(|reaction| say::code(&reaction["severity"])),
    );
    facts.say("Began", onset(record));
    facts.say(
        "Written down",
        say::date(&record["recordedDate"]).or_else(|| say::date(&record["assertedDate"])),
    );
}

fn medicine(record: &Value, facts: &mut Facts) {
    facts.say("Is", say::code(&record["status"]));
    facts.say_all("How to take it", dosages(record));
    facts.say("Prescribed", say::date(&record["authoredOn"]));
    facts.say(
        "Taken",
        say::period(&record["effectivePeriod"]).or_else(|| say::date(&record["effectiveDateTime"])),
    );
    facts.say("By", say::reference(&record["requester"]));
    facts.say("Why", say::concept(&record["reasonCode"]));
    facts.say(
        "Amount",
        say::quantity(say::at(record, "/dispenseRequest/quantity")),
    );
    let repeats = say::at(record, "/dispenseRequest/numberOfRepeatsAllowed").as_u64();
    facts.say("Repeats", repeats.map(|repeats| repeats.to_string()));
}

/// How a medicine is taken.
pub(crate) fn dosages(record: &Value) -> Vec<String> {
    [&record["dosageInstruction"], &record["dosage"]]
        .into_iter()
        .flat_map(say::list)
        .filter_map(|dosage| say::text(&dosage["text"]).or_else(|| say::text(&dosage["patientInstruction"])))
        .collect()
}

fn observation(record: &Value, facts: &mut Facts) {
    facts.say("Value", say::observed(record));
    for part in say::list(&record["component"]) {
        if let Some(label) = say::concept(&part["code"]) {
            facts.say(&label, say::observed(part));
        }
    }
    facts.say("Meaning", say::concept(&record["interpretation"]));
    facts.say("Missing because", say::concept(&record["dataAbsentReason"]));
    let ranges = say::list(&record["referenceRange"]).iter();
    facts.say_all("Usual range", ranges.filter_map(range));
    facts.say(
        "When",
        say::date(&record["effectiveDateTime"]).or_else(|| say::period(&record["effectivePeriod"])),
    );
    facts.say("Is", say::code(&record["status"]));
    facts.say_all(
        "By",
        say::list(&record["performer"]).iter().filter_map(say::reference),
    );
}

/// The usual range of a result.
pub(crate) fn range(range: &Value) -> Option<String> {
    match (say::quantity(&range["low"]), say::quantity(&range["high"])) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}")),
        (Some(low), None) => Some(format!("{low} or more")),
        (None, Some(high)) => Some(format!("{high} or less")),
        (None, None) => say::text(&range["text"]),
    }
}

fn immunisation(record: &Value, facts: &mut Facts) {
    facts.say("Is", say::code(&record["status"]));
    facts.say(
        "Given",
        say::date(&record["occurrenceDateTime"]).or_else(|| say::date(&record["date"])),
    );
    let protocols = say::list(&record["protocolApplied"]);
    let diseases = protocols
        .iter()
        .flat_map(|protocol| say::list(&protocol["targetDisease"]));
    facts.say_all("Against", diseases.filter_map(say::concept));
    facts.say_all(
        "Dose",
        protocols.iter().filter_map(|protocol| {
            let number = protocol["doseNumberPositiveInt"]
                .as_u64()
                .map(|number| number.to_string());
            number.or_else(|| say::text(&protocol["doseNumberString"]))
        }),
    );
    facts.say("Batch", say::text(&record["lotNumber"]));
    facts.say("Made by", say::reference(&record["manufacturer"]));
    facts.say("Where on the body", say::concept(&record["site"]));
    facts.say("Why not", say::concept(&record["statusReason"]));
    facts.say("At", say::reference(&record["location"]));
}
