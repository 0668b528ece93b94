// Medicines and allergies: all of them, whoever gives them, with allergies on top.
// allergies.js and medicines.js understand the record, this file makes the pages.

import { codeText, formatDate, html, patientBanner } from "nhs";
import { allergyFacts, readAllergies } from "./allergies.js";
import { noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";
import { sortMedicines } from "./medicines.js";
import { openRecord, readAll } from "./record.js";

const ALLERGY_LIST = "886921000000105"; // SNOMED CT: Allergies and adverse reactions

const app = {
  title: "Medicines and allergies",
  intro: html`<p>What does this patient take, who gives it, and what must they never be given?</p>`,
  people: [
    ["9999100503", "Dorothy Wainscott", "88, eleven repeats, and three medicines from elsewhere; two allergies"],
    ["9999100600", "Gwilym Pritchard-Owen", "69, five new medicines from the hospital, one stopped"],
    ["9999101208", "Tobias Fenwick", "was said to be allergic to penicillin, and is not"],
    ["9999100309", "Aisha Begum-Farrow", "20 months: somebody asked, and there are no known allergies"],
    ["9999101518", "Robin Newcombe", "nobody has asked about allergies"],
    ["9999101704", "Sorcha Ní Dhomhnaill", "does not want her record shared"],
  ],
};

export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/") return notFound(app);
    if (request.method !== "POST") return startPage(app);
    const form = await readForm(request);
    const signal = patience();
    const { patient, page } = await openRecord(app, form, signal);
    if (page) return page;
    let record;
    try {
      // All or nothing: half a list of medicines looks like a whole one.
      record = await Promise.all([
        readAll("AllergyIntolerance", patient, signal),
        readAll("List", patient, signal, { code: ALLERGY_LIST }),
        readAll("MedicationRequest", patient, signal),
        readAll("MedicationStatement", patient, signal),
        readAll("Condition", patient, signal),
      ]);
    } catch (error) {
      return noAnswer(app, form, error, "The record of medicines and allergies", patient);
    }
    return recordPage(patient, record);
  },
};

function recordPage(patient, [allergies, lists, requests, statements, conditions]) {
  const groups = sortMedicines(requests, statements, new Date());
  const problems = new Map(conditions.map((each) => [each.id, codeText(each.code)]));
  const reasons = ({ reason }) => reason.map((id) => problems.get(id)).filter(Boolean).join(", ");
  return show(app, {
    title: "Medicines and allergies",
    body: html`
      ${patientBanner(patient)}
      ${allergyPart(readAllergies(allergies, lists))}
      ${group("Repeats", groups.current, "No repeats are recorded.", (each) => html`${why(reasons(each))} ${each.issued}${each.lapsed && html` <span class="tag amber">More than three months ago: still taken?</span>`}`)}
      ${group("From elsewhere", groups.elsewhere, "Nothing from elsewhere is recorded. Ask about hospital clinics, and about what is bought.", (each) => html`${each.note} Since ${formatDate(each.from)}`)}
      ${group("Short courses and hospital prescriptions", groups.courses, "None are recorded.", (each) => html`${why(reasons(each))} ${each.hospital && html`<span class="tag">From the hospital</span> `}${formatDate(each.from)}${each.until && `, ${each.over ? "prescription was valid until" : "prescription valid until"} ${formatDate(each.until)}`}`)}
      ${group("Stopped", groups.stopped, "No stopped repeats are recorded.", (each) => html`<span class="tag red">Stopped ${formatDate(each.ended)}</span> ${each.why}`)}
      ${groups.other.length > 0 && group("Other entries", groups.other, "", (each) => html`Status: ${each.status ?? "not known"}`)}
      <p class="source">This is what the record says, not what the patient takes: check with them. The app does not look for interactions.</p>`,
  });
}

function allergyPart({ active, past, state }) {
  return html`<section class="${active.length ? "urgent" : "note"}" aria-labelledby="allergies"><h2 id="allergies">Allergies</h2>
    <p><strong>${state}</strong></p>
    ${active.length > 0 && html`<ul>${active.map((each) => {
      const { to, reaction, severity, critical, unconfirmed, since, note } = allergyFacts(each);
      return html`<li><strong>${to}</strong> ${critical && html`<span class="tag red">High risk</span> `}${unconfirmed && html`<span class="tag amber">Not confirmed</span> `}<br>${reaction} (${severity}), recorded ${since}. ${note}</li>`;
    })}</ul>`}
    ${past.length > 0 && html`<h3>No longer held to be allergies</h3><ul>${past.map((each) => {
      const { to, note } = allergyFacts(each);
      return html`<li>${to} <span class="tag">Ended</span><br>${note || "No reason is recorded."}</li>`;
    })}</ul>`}</section>`;
}

const why = (reason) => reason && html`For: ${reason}. `;

function group(title, entries, none, more) {
  if (!entries.length) return html`<h2>${title}</h2><p>${none}</p>`;
  return html`<h2>${title} (${entries.length})</h2><dl class="facts">${entries.map((each) => html`<div><dt>${each.name}</dt><dd>${each.dose}<br>${more(each)}</dd></div>`)}</dl>`;
}
