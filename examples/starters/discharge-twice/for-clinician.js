// The stay, told to the next clinician, under the headings of the PRSB's eDischarge Summary and in their order.
// Source: Professional Record Standards Body, eDischarge Summary Standard, v2.1. Its headings are used, its text is not copied.

import { codeText, formatAddress, formatDate, formatDateTime, formatName, formatNhsNumber, formatQuantity, html, phoneOf, practiceOf } from "nhs";
import { allergyFacts, readAllergies } from "./allergies.js";

export function forClinician(patient, found) {
  const { stay, hospital, clinician, diagnoses, problems, procedures, medicines, allergies, lists, results, scales, steps, appointments, relatives, flags, letter } = found;
  const noted = (each) => (each.note ?? []).map(({ text }) => text).join(" ");
  const { active, past, state } = readAllergies(allergies, lists);
  const sections = [
    ["Patient details", [`${formatName(patient)}, born ${formatDate(patient.birthDate)}, NHS number ${formatNhsNumber(patient.id)}`, `Address: ${formatAddress(patient)}`, `Telephone: ${phoneOf(patient) ?? "Not known"}`,
      ...relatives.map((each) => `Contact: ${formatName(each)} (${codeText(each.relationship?.[0])}), ${phoneOf(each) ?? "telephone not known"}`)]],
    ["GP practice", [practiceOf(patient)]],
    ["Referrer details", []],
    ["Social context", []],
    ["Individual requirements", flags.map((each) => codeText(each.code))],
    ["Participation in research", []],
    ["Admission details", [`Admitted ${formatDateTime(stay.period.start)}`, ...(stay.reasonCode ?? []).map((each) => `Reason: ${codeText(each)}`), text("From: ", stay.hospitalization?.admitSource)]],
    ["Discharge details", [`Discharged ${formatDateTime(stay.period.end)} from ${hospital?.name ?? "a hospital whose name is not known"}`, text("To: ", stay.hospitalization?.dischargeDisposition)]],
    ["Procedures", procedures.map((each) => `${codeText(each.code)}, ${formatDate(each.performedDateTime ?? each.performedPeriod?.start)}. ${noted(each)}`)],
    ["Diagnoses", [...diagnoses.map((each) => `${codeText(each.code)}. ${noted(each)}`), ...problems.map((each) => `Also: ${codeText(each.code)}, since ${formatDate(each.onsetDateTime)}`)]],
    ["Clinical summary", [letter?.Diagnosis, letter?.Treatment, letter?.Operation, letter?.Mobility]],
    ["Assessment scales", scales.slice(-1).map((each) => `${codeText(each.code)}: ${each.valueInteger}, ${formatDateTime(each.effectiveDateTime)} (the last of ${scales.length})`)],
    ["Legal information", []],
    ["Safety alerts", []],
    ["Medications and medical devices", [
      ...medicines.started.map((each) => html`<strong>Started:</strong> ${drug(each)}`),
      ...medicines.stopped.map((each) => html`<strong>Stopped:</strong> ${drug(each)}. ${each.statusReason?.text ?? "Reason not recorded"}`),
      ...medicines.continued.map((each) => html`<strong>Continued:</strong> ${drug(each)}`),
      ...medicines.added.map((each) => html`<strong>Added by the practice since:</strong> ${drug(each)}`),
    ]],
    ["Allergies and adverse reactions", [state, ...active.map(allergyFacts).map(({ to, reaction, severity, note }) => `${to}: ${reaction} (${severity}). ${note}`), ...past.map((each) => `Ended: ${codeText(each.code)}. ${noted(each)}`)]],
    ["Investigation results", results.map((each) => `${codeText(each.code)}: ${each.valueQuantity ? formatQuantity(each.valueQuantity) : "value not known"}, ${formatDateTime(each.effectiveDateTime)}`)],
    ["Patient and carer concerns, expectations and wishes", []],
    ["Information and advice given", [letter?.["For the patient"]]],
    ["Plan and requested actions", [letter?.["For the practice"], letter?.Please, ...steps.map((each) => `${each.description ?? "Not known"} (${each.status})`), ...appointments.map((each) => `${formatDateTime(each.start)}: ${each.description ?? "appointment"}`)]],
    ["Person completing record", [clinician && formatName(clinician)]],
    ["Distribution list", [practiceOf(patient) && `GP practice ${practiceOf(patient)}`, "The patient"]],
  ];
  return sections.map(([heading, lines]) => {
    const known = lines.filter(Boolean);
    return html`<h2>${heading}</h2>${known.length ? html`<ul>${known.map((each) => html`<li>${each}</li>`)}</ul>` : html`<p>Not recorded.</p>`}`;
  });
}

const text = (before, concept) => concept && `${before}${codeText(concept)}`;
const drug = (each) => `${codeText(each.medicationCodeableConcept)}, ${each.dosageInstruction?.map((dose) => dose.text).filter(Boolean).join("; ") || "dose not recorded"}`;
