// Discharge, twice: one stay in hospital, for the patient in plain words and for the next clinician in the order they expect.
// stay.js finds the stay in the record; for-patient.js and for-clinician.js tell it.

import { formatDate, html, patientBanner } from "nhs";
import { noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";
import { forClinician } from "./for-clinician.js";
import { forPatient } from "./for-patient.js";
import { openRecord, readEverything } from "./record.js";
import { TYPES, lastStay } from "./stay.js";

const app = {
  title: "Discharge, twice",
  intro: html`<p>What happened in hospital? The same record is told to the patient, and to the next clinician.</p>`,
  people: [
    ["9999100600", "Gwilym Pritchard-Owen", "69, home after a heart attack: five new medicines, one stopped"],
    ["9999100007", "Margaret Holroyd", "83, a broken hip, and on to rehabilitation"],
    ["9999100805", "Ewa Kowalczyk", "61, a stroke; speaks Polish at home"],
    ["9999100201", "Raymond Tattersall", "74, still in hospital, but home once before"],
    ["9999101518", "Robin Newcombe", "never in hospital, as far as is known"],
  ],
};
const VIEWS = [["patient", "For the patient"], ["clinician", "For the next clinician"]];

export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/") return notFound(app);
    if (request.method !== "POST") return startPage(app);
    const form = await readForm(request);
    const signal = patience();
    const { patient, page } = await openRecord(app, form, signal);
    if (page) return page;
    let found;
    try {
      found = lastStay(await readEverything(TYPES, patient, signal));
    } catch (error) {
      return noAnswer(app, form, error, "The record", patient);
    }
    if (!found) return show(app, { title: "No stay in hospital", body: html`${patientBanner(patient)}<p class="note">The record has no stay in hospital that has ended. That does not mean that there was none.</p>` });

    const view = form.get("view") === "clinician" ? "clinician" : "patient";
    return show(app, {
      title: view === "patient" ? "Your stay in hospital" : "Discharge summary",
      body: html`
        ${patientBanner(patient)}
        <form method="post" action="./" class="row"><input type="hidden" name="nhs" value="${patient.id}">
          ${VIEWS.map(([name, words]) => html`<button name="view" value="${name}" ${name !== view && html`class="quiet"`} ${name === view && html`aria-current="true"`}>${words}</button>`)}</form>
        ${view === "patient" ? forPatient(found) : forClinician(patient, found)}
        <p class="source">Made from the record of the stay that ended on ${formatDate(found.stay.period.end)}. ${view === "clinician" && html`Headings: PRSB eDischarge Summary Standard, v2.1.
          <a href="https://theprsb.org/standards/edischargesummary/" target="_blank" rel="noopener noreferrer">The PRSB's page (opens in a new tab)</a>`}</p>`,
    });
  },
};
