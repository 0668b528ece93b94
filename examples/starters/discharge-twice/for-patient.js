// The stay, told to the patient: short sentences, no codes, and what to do.

import { codeText, formatDate, formatDateTime, html } from "nhs";
import { readAllergies } from "./allergies.js";
import { plain } from "./plain-words.js";

const STATUS = { "not-started": "to be done", scheduled: "planned", "in-progress": "going on", completed: "done" };

export function forPatient({ stay, hospital, diagnoses, procedures, medicines, allergies, lists, steps, appointments, letter }) {
  const reasons = diagnoses.length ? diagnoses.map(({ code }) => plain(code)) : (stay.reasonCode ?? []).map(plain);
  const named = ({ words, medical }) => html`${words} <span class="source">(${medical})</span>`;
  const advice = letter?.["For the patient"];
  const { active, state } = readAllergies(allergies, lists);
  return html`
    <h2>Why you were in hospital</h2>
    <p>You were in ${hospital?.name ?? "hospital"} from ${formatDate(stay.period.start)} to ${formatDate(stay.period.end)}.</p>
    ${reasons.length ? html`<p>You had:</p><ul>${reasons.map((each) => html`<li>${named(each)}</li>`)}</ul>` : html`<p>The record does not say why. Ask your practice.</p>`}
    <h2>What was done</h2>
    ${list(procedures, ({ code }) => named(plain(code)), "The record names no tests or operations.")}
    <h2>Your medicines</h2>
    <h3>New: start taking these</h3>
    ${list(medicines.started, (each) => html`<strong>${medicine(each)}</strong>: ${dose(each)}`, "None were given to you when you left.")}
    <h3>Stopped: do not take these any more</h3>
    ${list(medicines.stopped, (each) => html`<strong>${medicine(each)}</strong>. ${each.statusReason?.text ?? "The record does not say why."}`, "None.")}
    <h3>Carry on with these</h3>
    ${list(medicines.continued, (each) => html`<strong>${medicine(each)}</strong>: ${dose(each)}`, "The record names none.")}
    ${medicines.added.length > 0 && html`<h3>Added by your practice since</h3>${list(medicines.added, (each) => html`<strong>${medicine(each)}</strong>: ${dose(each)}`, "")}`}
    <p>If this is not what you take, tell your practice or your pharmacist.</p>
    <h2>Your allergies</h2>
    ${active.length ? html`<p>Tell everybody who treats you:</p>${list(active, ({ code }) => codeText(code), "")}` : html`<p>${state}</p>`}
    <h2>What happens next</h2>
    ${list(appointments, (each) => html`${formatDateTime(each.start)}: ${each.description ?? "appointment"} ${new Date(each.start) < new Date() && html`<span class="tag">this day is over</span>`}`, "No appointment is recorded here. Ask your practice if you expect one.")}
    ${list(steps, (each) => html`${each.description ?? each.code?.text ?? "Not known"} <span class="tag">${STATUS[each.status] ?? "not known"}</span>`, "")}
    <h2>When to get help</h2>
    ${advice ? html`<p class="urgent">From your hospital's letter: ${advice}</p>` : html`<p class="note">The letter has no advice for you. Ask the ward or your practice what to look out for.</p>`}
    <p>In an emergency call 999. If you need help and it is not an emergency, call 111 or your practice.</p>`;
}

const medicine = (each) => codeText(each.medicationCodeableConcept);
const dose = (each) => each.dosageInstruction?.map(({ text }) => text).filter(Boolean).join("; ") || "ask how to take it: the record does not say";
const list = (entries, row, none) => (entries.length ? html`<ul>${entries.map((each) => html`<li>${row(each)}</li>`)}</ul>` : none && html`<p>${none}</p>`);
