// The one question this app asks: the Personal Demographics Service's "read a patient".

import { type FhirError, formatAddress, isDeceased, isRestricted, readFhir } from "nhs";

// The integration environment. To go live is to change this host, and to be allowed to.
const BASE = "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4";

// People press the button again after about this long; the page must have been told by then.
const PATIENCE_MS = 5_000;

/** What this app reads of a FHIR Patient by itself; the helpers of `nhs` read the rest. */
export interface Patient {
  resourceType: "Patient";
  id: string;
  birthDate?: string;
}

/** A patient, and what must be known before anything of them is shown. */
export interface Found {
  kind: "found";
  patient: Patient;
  restricted: boolean;
  died: boolean;
  address: string;
}

/** What came of asking. */
export type Answer = Found | { kind: "not-found" } | { kind: "try-again" } | { kind: "failed"; reason: string };

/** Asks for one patient. Says on the log what happened, never whom it is about. */
export async function readPatient(nhsNumber: string): Promise<Answer> {
  try {
    // No Authorization: the sandbox signs this app in. Elsewhere an app adds its own access token here.
    // readFhir adds a fresh X-Request-ID, and tries again when the service is busy for a moment.
    const patient: Patient = await readFhir(`${BASE}/Patient/${nhsNumber}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    console.log("The patient was found");
    const restricted = isRestricted(patient);
    return {
      kind: "found",
      patient,
      restricted,
      died: isDeceased(patient),
      // The service leaves addresses of restricted patients out. Should one slip in, it is not passed on.
      address: restricted ? "" : formatAddress(patient),
    };
  } catch (thrown) {
    const error = thrown as FhirError;
    console.warn(`No patient: ${error.message}`);
    return whatWentWrong(error);
  }
}

function whatWentWrong(error: FhirError): Answer {
  // Only the service itself can say that nobody has the number; a wrong address is 404 as well.
  if (error.status === 404 && error.outcome) return { kind: "not-found" };
  if (error.name === "TimeoutError" || [408, 429, 502, 503, 504].includes(error.status)) return { kind: "try-again" };
  return { kind: "failed", reason: error.message };
}
