// Finds a patient by NHS number, and says in plain words what went wrong. Every starter has this same file.

import { FhirError, checkNhsNumber, formatNhsNumber, html, nhsNumberOf, page, patientBanner, readFhir } from "nhs";

// The NHS's integration environment. To go live is to change this host, and to be allowed to.
export const PDS = "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4";

// All calls of one page together may take this long. A run ends after ten seconds, and somebody is waiting.
const PATIENCE_MS = 8_000;
export const patience = () => AbortSignal.timeout(PATIENCE_MS);

/** An answer that must not be used; its message is a sentence for the person at the screen. */
export class NoAnswer extends Error {}

/** The form that was sent; an empty one if it was no form. */
export async function readForm(request) {
  try {
    return await request.formData();
  } catch {
    return new FormData();
  }
}

/**
 * The patient whose NHS number the form holds: { patient }.
 * Where there is nobody to go on with: { page }, which says why.
 */
export async function findPatient(app, form, signal) {
  const typed = form.get("nhs") ?? "";
  const { nhsNumber, problem } = checkNhsNumber(typed);
  // Nobody is asked about a number that cannot be right.
  if (problem) return { page: startPage(app, { typed, problem }) };

  let patient;
  try {
    patient = await readFhir(`${PDS}/Patient/${nhsNumber}`, { signal });
    if (patient.resourceType !== "Patient") throw new NoAnswer("It answered with something that is no patient.");
  } catch (error) {
    if (error.status === 404 && error.outcome) return { page: nobody(app, nhsNumber, error) };
    return { page: noAnswer(app, form, error, "The Personal Demographics Service") };
  }
  // Another number in the answer: the record was moved, or the answer is about somebody else. A person must look.
  if ((nhsNumberOf(patient) ?? patient.id) !== nhsNumber) return { page: anotherNumber(app, form, patient, nhsNumber) };
  return { patient };
}

/** The first page: a field for the NHS number, and made-up people to try. */
export function startPage(app, { typed = "", problem } = {}) {
  const body = html`
    ${app.intro}
    <form method="post" action="./" novalidate autocomplete="off">
      <label for="nhs">NHS number</label>
      <span class="c4h-hint" id="nhs-hint">10 digits, for example 999 123 4567</span>
      ${problem && html`<p class="error" id="nhs-error">${problem}</p>`}
      <input id="nhs" name="nhs" inputmode="numeric" spellcheck="false" maxlength="40" value="${typed}"
        aria-describedby="${problem ? "nhs-hint nhs-error" : "nhs-hint"}">
      <div><button>Find patient</button></div>
    </form>
    <h2>Made-up people to try</h2>
    <form method="post" action="./" class="people">
      ${app.people.map(([nhsNumber, name, story]) => html`<button name="nhs" value="${nhsNumber}"><strong>${name}</strong> ${story}</button>`)}
    </form>
    ${app.more}`;
  return page({ title: "Find a patient", service: app.title, head: style, body, errors: problem ? [{ text: problem, field: "nhs" }] : [] });
}

/** A page of this app; `body` is html`...`. */
export function show(app, { title, body, errors, status }) {
  return page({ title, service: app.title, head: style, errors, status, body: html`${body}<p class="away"><a href="./">Start again with another patient</a></p>` });
}

/** For an address that the app does not have. */
export const notFound = (app) => show(app, { title: "Page not found", status: 404, body: html`<p>This app has no page at this address.</p>` });

/** The page for an interface that did not answer, or not properly. It shows nothing that is not known, and offers another try. */
export function noAnswer(app, form, error, who, patient) {
  // The kind of mistake, never whom it is about: logs are read by others.
  console.warn(`${who}: ${error.name} ${error.status ?? ""}`);
  return show(app, {
    title: "No answer",
    status: 503,
    body: html`
      ${patient && patientBanner(patient)}
      <p>${who} did not give an answer that can be used. ${explain(error)}</p>
      <p>So nothing is shown: this app does not know, and does not guess.</p>
      <form method="post" action="./">${again(form)}<button>Try again</button></form>`,
  });
}

/** What was sent, as hidden fields, for a form that sends it once more. */
export function again(form) {
  return [...form].filter(([, value]) => typeof value === "string").map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

/** One sentence about a call that failed. */
export function explain(error) {
  if (error.name === "TimeoutError" || error.name === "AbortError") return "It took too long.";
  if (error instanceof FhirError || error instanceof NoAnswer) return error.message;
  return "It could not be reached, or its answer broke off.";
}

function nobody(app, nhsNumber, error) {
  const withdrawn = error.code === "INVALIDATED_RESOURCE";
  return show(app, {
    title: withdrawn ? "This number is no longer used" : "No patient found",
    status: 404,
    body: withdrawn
      ? html`<p>The NHS number <strong class="c4h-nowrap">${formatNhsNumber(nhsNumber)}</strong> has been withdrawn, and the person's right number is not known here. Ask the person, or look for them by name and date of birth.</p>`
      : html`<p>Nobody has the NHS number <strong class="c4h-nowrap">${formatNhsNumber(nhsNumber)}</strong>. Check it with the person.</p>`,
  });
}

function anotherNumber(app, form, patient, nhsNumber) {
  const now = nhsNumberOf(patient) ?? patient.id ?? "";
  return show(app, {
    title: "Is this the right patient?",
    body: html`
      ${patientBanner(patient, { askedFor: nhsNumber })}
      <p>You asked for ${formatNhsNumber(nhsNumber)}, and the answer has another NHS number: ${formatNhsNumber(now)}.
        Check name and date of birth with the person before you go on.</p>
      <form method="post" action="./"><input type="hidden" name="nhs" value="${now}"><button>Yes, go on with this patient</button></form>`,
  });
}

const style = html`<link rel="stylesheet" href="./style.css">`;
