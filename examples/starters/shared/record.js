// Opens the record of a patient in your workspace. Every starter that reads one has this same file.

import { bundlePages, html, isDeceased, isRestricted, outcomeText, patientBanner, referenceId, resources } from "nhs";
import { NoAnswer, findPatient, noAnswer, show } from "./find-patient.js";

const RECORDS = "https://fhir.c4h.internal";

/** The patient of the form whose record may be read: { patient }; otherwise { page }, which says why not. */
export async function openRecord(app, form, signal) {
  const found = await findPatient(app, form, signal);
  if (found.page) return found;
  const { patient } = found;
  try {
    const reason = await whyClosed(patient, signal);
    if (!reason) return { patient };
    return { page: show(app, { title: "The record stays closed", body: html`${patientBanner(patient)}<p class="note">${reason}</p>` }) };
  } catch (error) {
    return { page: noAnswer(app, form, error, "The register of consent", patient) };
  }
}

/** Why the record must not be read, in one sentence. Asked before anything is read. */
async function whyClosed(patient, signal) {
  if (isDeceased(patient)) return "This patient has died. The record is not opened here; speak to the practice.";
  if (isRestricted(patient)) return "This record is restricted. The app reads nothing more about this patient.";
  const consents = await readAll("Consent", patient, signal, { status: "active" });
  if (consents.some((each) => each.provision?.type === "deny")) return "This patient does not want the record to be shared, so nothing of it is shown.";
  return undefined;
}

/** Every resource of one type about this patient. `more` narrows the search, such as { code: "8867-4" }. */
export async function readAll(type, patient, signal, more = {}) {
  const query = new URLSearchParams({ patient: patient.id, _count: "100", ...more });
  return readPages(`${RECORDS}/${type}?${query}`, patient, signal);
}

/** Everything of these types about this patient, with the people and places that it names, as { Condition: [...], ... }. */
export async function readEverything(types, patient, signal) {
  const query = new URLSearchParams({ _type: types.join(","), _count: "500" });
  const found = Object.groupBy(await readPages(`${RECORDS}/Patient/${patient.id}/$everything?${query}`, patient, signal), (each) => each.resourceType);
  return Object.fromEntries(types.map((type) => [type, found[type] ?? []]));
}

/**
 * The resources of all pages of an answer, without what was recorded by mistake.
 * Throws rather than leave something out, and rather than pass on what is about somebody else.
 */
async function readPages(address, patient, signal) {
  const found = [];
  for await (const bundle of bundlePages(address, { init: { signal } })) {
    if (bundle.resourceType !== "Bundle") throw new NoAnswer("The answer is not a list.");
    const warning = (bundle.entry ?? []).map((entry) => entry.resource).find((each) => each?.resourceType === "OperationOutcome");
    if (warning) throw new NoAnswer(`The answer is not whole: ${outcomeText(warning)}`);
    for (const each of resources(bundle)) {
      if (!isAbout(each, patient)) throw new NoAnswer("The answer is about somebody else.");
      if (!isMistake(each)) found.push(each);
    }
  }
  return found;
}

/** These are about nobody: clinicians, and where they work. */
const NOBODYS = ["Practitioner", "Organization", "Location"];

function isAbout(resource, patient) {
  if (NOBODYS.includes(resource.resourceType)) return true;
  const named = [resource.subject, resource.patient, ...(resource.participant ?? []).map((each) => each.actor)];
  return named.some((reference) => reference && referenceId(reference)?.type === "Patient" && referenceId(reference).id === patient.id);
}

/** What was recorded by mistake stays in a record, crossed out. */
function isMistake(resource) {
  return resource.status === "entered-in-error" || resource.verificationStatus?.coding?.some((each) => each.code === "entered-in-error");
}
