// What a record says about allergies. Four answers that must not be mistaken for each other:
// some, none known, none any more, and nobody has asked.

import { codeText, formatDate } from "nhs";

const NO_KNOWN_ALLERGY = "716186003"; // SNOMED CT
const NO_KNOWN_DRUG_ALLERGY = "409137002";

/** Sorts AllergyIntolerances into { active, past, none }, and says in `state` what a clinician must know first. */
export function readAllergies(allergies, lists) {
  const is = (each, code) => each.code?.coding?.some((coding) => coding.code === code);
  const none = allergies.filter((each) => is(each, NO_KNOWN_ALLERGY) || is(each, NO_KNOWN_DRUG_ALLERGY));
  const entries = allergies.filter((each) => !none.includes(each));
  const past = entries.filter((each) => ["resolved", "inactive"].includes(status(each.clinicalStatus)) || status(each.verificationStatus) === "refuted");
  const active = entries.filter((each) => !past.includes(each));
  const noneText = none.length && `${is(none[0], NO_KNOWN_ALLERGY) ? "No known allergies" : "No known allergies to medicines; others are not recorded"}, asked on ${formatDate(none[0].recordedDate)}`;

  let state = "Not recorded: this is not the same as no allergies. Ask the patient.";
  if (active.length && none.length) state = "The record contradicts itself: it has allergies, and it says that there are none. Ask the patient.";
  else if (active.length) state = `${active.length} active`;
  else if (none.length) state = noneText;
  else if (emptyBecause(lists) === "nilknown") state = "No known allergies";
  else if (past.length) state = "None active; see what was ended below. It is not recorded that there are no others.";
  return { active, past, none, state };
}

/** Why the list of allergies is empty, in FHIR's word, where somebody wrote that down. */
function emptyBecause(lists) {
  return lists.find((list) => list.status === "current" && list.emptyReason)?.emptyReason.coding?.[0]?.code;
}

/** One allergy as facts: what, reaction, how bad, since when, what was noted. */
export function allergyFacts(allergy) {
  const reactions = (allergy.reaction ?? []).flatMap((each) => each.manifestation ?? []).map(codeText);
  return {
    to: codeText(allergy.code),
    reaction: reactions.join(", ") || "Reaction not known",
    severity: allergy.reaction?.map((each) => each.severity).find(Boolean) ?? "severity not known",
    critical: allergy.criticality === "high",
    unconfirmed: ["unconfirmed", "presumed"].includes(status(allergy.verificationStatus)),
    since: formatDate(allergy.recordedDate),
    note: (allergy.note ?? []).map((each) => each.text).join(" "),
  };
}

const status = (concept) => concept?.coding?.[0]?.code;
