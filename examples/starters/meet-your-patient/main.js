// Meet your patient: find somebody, and see who they are.
// This file makes the pages. find-patient.js reads one patient, search.js looks for somebody by name.

import {
  emailOf, extensionValue, formatAddress, formatDate, formatGender, formatName, formatNhsNumber, html, isDeceased, isRestricted, nhsNumberOf,
  patientBanner, phoneOf, practiceOf, readFhir,
} from "nhs";
import { explain, findPatient, noAnswer, notFound, patience, readForm, show, startPage } from "./find-patient.js";
import { searchFields, searchPatients } from "./search.js";

// The FHIR server of your workspace, where practices and hospitals have their names.
const RECORDS = "https://fhir.c4h.internal";

const app = {
  title: "Meet your patient",
  intro: html`<p>Who is it? Type an NHS number, or choose somebody below.</p>`,
  people: [
    ["9999100007", "Margaret Holroyd", "83, at home again after a broken hip"],
    ["9999100805", "Ewa Kowalczyk", "61, learning to walk after a stroke"],
    ["9000000025", "Janet Smythe", "a restricted record: what must not be shown?"],
    ["9000000033", "A record with almost nothing in it", "not even a name"],
    ["9999101607", "Stanley Ormerod", "died in September 2026"],
    ["5900053636", "Jane Cuff", "her NHS number has been replaced"],
  ],
  more: searchFields(),
};

export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/") return notFound(app);
    if (request.method !== "POST") return startPage(app);

    const form = await readForm(request);
    const signal = patience();
    if (form.has("family")) return search(form, signal);
    const found = await findPatient(app, form, signal);
    return found.page ?? patientPage(found.patient, await practiceName(found.patient, signal));
  },
};

function patientPage(patient, practice) {
  const restricted = isRestricted(patient);
  // A restricted record hides where somebody can be found. Should such a fact slip in, it is not passed on.
  const whereabouts = [
    ["Address", formatAddress(patient)],
    ["Telephone", phoneOf(patient)],
    ["Email", emailOf(patient)],
    ["GP practice", practice],
  ];
  const facts = [
    ["Name", formatName(patient)],
    ["Gender", formatGender(patient)],
    ["Born", formatDate(patient.birthDate)],
    ...(restricted ? [] : whereabouts),
    ["Interpreter needed", { true: "Yes", false: "No" }[extensionValue(patient, "Extension-UKCore-NHSCommunication", "interpreterRequired")]],
  ];
  return show(app, {
    title: "Your patient",
    body: html`
      ${patientBanner(patient)}
      ${restricted && html`<p class="note">Address, telephone, email and practice are kept from everybody who asks. Do not try to find them out elsewhere.</p>`}
      ${isDeceased(patient) && html`<p class="note">Offer nothing, send nothing, invite to nothing.</p>`}
      <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value || "Not known"}</dd></div>`)}</dl>`,
  });
}

/** What the practice is called. Its code is kept where the name cannot be had: a patient's page does not fail for that. */
async function practiceName(patient, signal) {
  const code = practiceOf(patient);
  if (!code || isRestricted(patient)) return undefined;
  try {
    const practice = await readFhir(`${RECORDS}/Organization/${encodeURIComponent(code)}`, { signal, tries: 2 });
    return practice.name ? `${practice.name} (${code})` : code;
  } catch (error) {
    return `${code} (its name could not be looked up: ${explain(error)})`;
  }
}

async function search(form, signal) {
  let result;
  try {
    result = await searchPatients(form, signal);
  } catch (error) {
    return noAnswer(app, form, error, "The Personal Demographics Service");
  }
  const { problems, sentence, patients = [] } = result;
  if (problems) return show(app, { title: "Find a patient by name", errors: problems, body: searchFields(form, problems) });
  // In the order of the service, and nobody chosen beforehand.
  const cards = patients.map((each) => {
    const number = nhsNumberOf(each) ?? each.id;
    const postcode = isRestricted(each) ? "restricted" : each.address?.[0]?.postalCode ?? "not known";
    return html`<button name="nhs" value="${number}"><strong>${formatName(each, { style: "banner" })}</strong>
      Born ${formatDate(each.birthDate)}<br>Gender ${formatGender(each)}<br>Postcode ${postcode}<br>NHS number ${formatNhsNumber(number)}</button>`;
  });
  return show(app, {
    title: patients.length ? "Who is it?" : "Nobody chosen",
    body: html`
      ${sentence && html`<p class="note">${sentence}</p>`}
      ${cards.length > 0 && html`
        <p>People found: ${cards.length}. Check three things with the person: name, date of birth, and address or NHS number.</p>
        <form method="post" action="./" class="people">${cards}</form>`}
      ${searchFields(form)}`,
  });
}
