//! What fields of a record mean, for somebody who knows patients and not FHIR.
//!
//! Facts: <https://hl7.org/fhir/R4/resourcelist.html>; the words are ours.

/// Field, or parent and field, and what it means. The more exact one wins.
const MEANINGS: &[(&str, &str)] = &[
    ("resourceType", "What kind of record this is."),
    ("id", "The name of this record on this server."),
    (
        "meta",
        "About the record itself: its version, and who may see it.",
    ),
    (
        "versionId",
        "The number of this version; it grows with every change.",
    ),
    ("lastUpdated", "When this version was written."),
    ("profile", "The rules that this record says it keeps."),
    (
        "security",
        "Who may see it. R means restricted: never show where this person is.",
    ),
    ("tag", "A mark that somebody put on it."),
    ("text", "The same in words that people read."),
    ("narrative", "The same in words that people read."),
    (
        "extension",
        "Something that FHIR itself has no field for; its url says what.",
    ),
    (
        "modifierExtension",
        "Something that changes what the rest means: never ignore it.",
    ),
    ("contained", "Smaller records that exist only inside of this one."),
    (
        "url",
        "The address that says what this means, or where something is.",
    ),
    ("fullUrl", "The full address of the record in this entry."),
    (
        "identifier",
        "A number that people know it by, such as the NHS number.",
    ),
    (
        "system",
        "Who gives out the number or code; an address that is only a name.",
    ),
    ("telecom.system", "Telephone, email or another way."),
    ("identifier.value", "The number itself."),
    ("value", "The value itself."),
    ("unit", "The unit, as people write it."),
    ("code", "What it is about, as a code."),
    ("coding.code", "The code itself, for programs."),
    (
        "coding",
        "One code, from one list of codes. There may be several for the same thing.",
    ),
    ("display", "What the code or the reference means, in words."),
    ("coding.version", "Which edition of the list of codes."),
    ("use", "Which of several this is: usual, official, home, old."),
    ("name", "The name. A person may have several."),
    ("family", "The family name."),
    ("given", "First names, in their order."),
    ("prefix", "The title: Mrs, Dr."),
    ("suffix", "What follows the name: MBE, PhD."),
    (
        "gender",
        "Gender as it is administered: male, female, other or unknown. Not a finding.",
    ),
    ("birthDate", "Date of birth. It may be a year only."),
    ("deceasedDateTime", "When this person died."),
    ("deceasedBoolean", "Whether this person has died."),
    (
        "multipleBirthInteger",
        "Born as a twin or more: as number so and so.",
    ),
    (
        "address",
        "Where somebody lives or something is. It is left out of restricted records.",
    ),
    ("line", "The lines of the address, from the house to the town."),
    ("city", "The town."),
    ("postalCode", "The postcode."),
    (
        "telecom",
        "How to reach somebody: telephone numbers and email addresses.",
    ),
    ("contact", "Somebody to turn to, for example in an emergency."),
    ("generalPractitioner", "The GP practice, by its code."),
    ("managingOrganization", "The organisation that keeps this record."),
    (
        "communication",
        "Languages, and whether an interpreter is needed.",
    ),
    (
        "link",
        "Where the rest is: another page, or another record of the same person.",
    ),
    ("relation", "What the link leads to: this page, the next one."),
    ("maritalStatus", "Whether somebody is married."),
    ("period", "From when until when."),
    ("start", "When it begins."),
    ("end", "When it ends; without it, it goes on."),
    ("type", "Which type it is."),
    ("total", "How many match in all, on every page."),
    ("entry", "The records that were found, one after the other."),
    ("resource", "The record itself."),
    ("search", "Why this record is in the list."),
    ("mode", "match: it was asked for. include: it came along."),
    (
        "score",
        "How well it matches, from 0 to 1. Do not show it to people.",
    ),
    (
        "status",
        "How far it is: planned, final, completed, cancelled. Always read it first.",
    ),
    ("statusReason", "Why it has this status."),
    (
        "clinicalStatus",
        "Whether it is active, resolved or gone for now.",
    ),
    (
        "verificationStatus",
        "Whether it is confirmed, suspected, or was entered in error.",
    ),
    (
        "category",
        "Which shelf it belongs on: vital signs, laboratory, problem list.",
    ),
    ("severity", "How bad it is."),
    (
        "issue.severity",
        "error: it did not work. warning: it did, with a remark.",
    ),
    ("criticality", "How dangerous it could be the next time."),
    ("reaction", "What happened when they met it."),
    ("manifestation", "What was seen: a rash, swelling."),
    ("substance", "What they reacted to."),
    ("bodySite", "Where on the body."),
    ("site", "Where on the body."),
    ("subject", "Whom it is about."),
    ("patient", "Whom it is about."),
    ("encounter", "The visit or stay in which it was written down."),
    ("onsetDateTime", "When it began."),
    ("abatementDateTime", "When it ended."),
    ("recordedDate", "When it was written down."),
    ("assertedDate", "When it was written down."),
    ("recorder", "Who wrote it down."),
    ("asserter", "Who says so."),
    ("performer", "Who did it."),
    ("author", "Who wrote it."),
    ("effectiveDateTime", "When it was measured or was true."),
    ("issued", "When it was given to the record."),
    ("valueQuantity", "What was measured: a number with its unit."),
    ("valueCodeableConcept", "What was found, as a code."),
    ("valueString", "What was found, in words."),
    (
        "component",
        "Parts of one result: the two numbers of a blood pressure.",
    ),
    ("interpretation", "Whether it is high, low or normal."),
    ("referenceRange", "What is usual."),
    ("low", "From here."),
    ("high", "Up to here."),
    (
        "dataAbsentReason",
        "Why there is no value. It does not mean normal.",
    ),
    ("comparator", "The true value is less or more than the number."),
    ("vaccineCode", "Which vaccine was given."),
    ("occurrenceDateTime", "When it was given."),
    ("lotNumber", "The batch, as it stands on the box."),
    ("expirationDate", "Until when the batch is good."),
    ("doseQuantity", "How much was given."),
    ("protocolApplied", "Which dose of which course it was."),
    ("targetDisease", "What it protects against."),
    ("doseNumberPositiveInt", "Which dose of the course."),
    (
        "primarySource",
        "Whether whoever gave it wrote it down, or somebody told.",
    ),
    ("medicationCodeableConcept", "Which medicine."),
    ("medicationReference", "Which medicine, as a record of its own."),
    ("intent", "Whether it is an order, a plan or a wish."),
    ("authoredOn", "When it was prescribed."),
    ("requester", "Who asked for it."),
    ("dosageInstruction", "How to take it."),
    ("dosage", "How to take it."),
    ("asNeededBoolean", "Only when it is needed."),
    ("timing", "How often, and when."),
    ("route", "How it gets into the body."),
    ("doseAndRate", "How much at once."),
    (
        "dispenseRequest",
        "How much the pharmacy gives out, and how often.",
    ),
    ("numberOfRepeatsAllowed", "How often it may be given out again."),
    ("reasonCode", "Why."),
    ("reasonReference", "Why, as a record of its own."),
    ("participant", "Who takes part, and whether they said yes."),
    ("actor", "Somebody or something that takes part."),
    ("minutesDuration", "How long, in minutes."),
    ("slot", "The time in the diary that it takes."),
    ("schedule", "The diary that it belongs to."),
    ("serviceType", "What kind of service."),
    ("specialty", "Which specialty."),
    ("cancelationReason", "Why it was cancelled."),
    ("patientInstruction", "What the patient should know before."),
    ("comment", "A remark."),
    ("created", "When it was booked or made."),
    ("class", "Where it was: on a ward, in a clinic, at home."),
    ("hospitalization", "How the stay began and ended."),
    ("serviceProvider", "The organisation that gave care."),
    ("location", "The place."),
    ("active", "Whether it is still in use."),
    ("partOf", "The larger organisation that it belongs to."),
    ("endpoint", "Where programs reach it."),
    ("reference", "Which other record is meant: its type and its id."),
    ("note", "Remarks of people."),
    (
        "issue",
        "What the interface says about the request, one thing each.",
    ),
    ("details", "The interface's own code and words for it."),
    ("diagnostics", "In more detail, for whoever builds the app."),
    ("expression", "Which field of what was sent."),
    ("issue.code", "FHIR's own word for the kind of problem."),
    ("parameter", "The parts of the answer."),
    ("content", "The document itself, or where it is."),
    ("attachment", "A file."),
    ("contentType", "What kind of file."),
    ("data", "The file itself, as letters and digits."),
    ("date", "When."),
    ("description", "What it is, in words."),
    ("title", "What it is called."),
    ("relationship", "How they are related to the patient."),
    ("qualification", "What they are trained in."),
    ("practitioner", "The clinician."),
    ("organization", "The organisation."),
    ("errors", "What is wrong with the request, one thing each."),
    ("messages", "The messages, one after the other."),
];

/// What the field means inside of this parent; `None` where we have no words for it.
pub(super) fn meaning(parent: &str, field: &str) -> Option<&'static str> {
    let exact = format!("{parent}.{field}");
    let find = |wanted: &str| {
        MEANINGS
            .iter()
            .find(|(known, _)| *known == wanted)
            .map(|(_, meaning)| *meaning)
    };
    find(&exact).or_else(|| find(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_exact_meaning_wins_and_none_is_there_twice() {
        assert_eq!(meaning("coding", "code"), Some("The code itself, for programs."));
        assert_eq!(meaning("", "code"), Some("What it is about, as a code."));
        assert_eq!(meaning("", "unheardOf"), None);
        for (place, (field, meaning)) in MEANINGS.iter().enumerate() {
            assert!(meaning.ends_with('.'), "{field}");
            assert!(
                !MEANINGS.iter().skip(place + 1).any(|(other, _)| other == field),
                "{field} is there twice"
            );
        }
    }
}
