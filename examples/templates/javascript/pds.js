// The one question this app asks: the Personal Demographics Service's "read a patient".

import { formatAddress, isDeceased, isRestricted, readFhir } from "nhs";

// The integration environment. To go live is to change this host, and to be allowed to.
const BASE = "https://int.api.service.nhs.uk/personal-demographics/FHIR/R4";

// People press the button again after about this long; the page must have been told by then.
const PATIENCE_MS = 5_000;

/** Asks for one patient. Says on the log what happened, never whom it is about. */
export async function readPatient(nhsNumber) {
  try {
    // No Authorization: the sandbox signs this app in. Elsewhere an app adds its own access token here.
    // readFhir adds a fresh X-Request-ID, and tries again when the service is busy for a moment.
    const patient = await readFhir(`${BASE}/Patient/${nhsNumber}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
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
  } catch (error) {
    console.warn(`No patient: ${error.message}`);
    return whatWentWrong(error);
  }
}

function whatWentWrong(error) {
  // Only the service itself can say that nobody has the number; a wrong address is 404 as well.
  if (error.status === 404 && error.outcome) return { kind: "not-found" };
  if (error.name === "TimeoutError" || [408, 429, 502, 503, 504].includes(error.status)) return { kind: "try-again" };
  return { kind: "failed", reason: error.message };
}
