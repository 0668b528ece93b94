// Calls to FHIR interfaces: labelled, repeated with patience where that is safe, and read to the last page.

import { outcomeCode, outcomeText } from "./outcome.js";

/** Tries of one call, with the first. */
const TRIES = 4;
/** The first wait; each further one is twice as long. */
const WAIT_MS = 200;
/** A longer Retry-After is not waited for: a run has 10 seconds. */
const PATIENCE_MS = 5_000;
const AGAIN = [429, 502, 503, 504];
/**
 * Codes of a lost call: nobody answered, the connection broke off, the platform stumbled. All others would be the same the next time: a
 * refusal, a limit, an address or a header that cannot be sent. A time-out is not among them: the run's own time is spent by then.
 */
const LOST = ["ConnectionRefused", "ConnectionTerminated", "DestinationUnavailable", "HttpResponseIncomplete", "InternalError", "incomplete", "internal"];
/** What may be sent twice without doing it twice. */
const REPEATABLE = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];

/** Waits, and stops waiting when the caller has lost patience. */
function wait(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", aborted, { once: true });
  });
}

/** Which call it was, for the log, which must not say whom it was about. */
const whereTo = (request) => `${request.method} to ${new URL(request.url).host}`;

/** Retry-After in milliseconds: seconds or a date. */
function retryAfter(response) {
  const text = response.headers.get("retry-after");
  if (!text) return undefined;
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/**
 * fetch with an X-Request-ID (yours, or a new one), repeated with growing waits on 429, 502, 503, 504 and on lost calls.
 * A repeated call keeps its X-Request-ID. POST and PATCH are repeated on 429 only, where nothing was done. An answer whose
 * Retry-After is longer than anybody waits here is the app's at once.
 * `tries` and `waitMs` of init change how often and how long.
 */
export async function fhirFetch(address, init = {}) {
  const { tries = TRIES, waitMs = WAIT_MS, ...rest } = init;
  const request = new Request(address, rest);
  if (!request.headers.has("x-request-id")) request.headers.set("x-request-id", crypto.randomUUID());
  if (!request.headers.has("accept")) request.headers.set("accept", "application/fhir+json");
  const repeatable = REPEATABLE.includes(request.method);
  for (let attempt = 1; ; attempt++) {
    const last = attempt >= tries;
    // Half of each wait is chance, so that many apps that were refused together do not come back together.
    let pause = waitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
    try {
      const response = await fetch(request.clone());
      if (last || !AGAIN.includes(response.status) || (!repeatable && response.status !== 429)) return response;
      const asked = retryAfter(response);
      if (asked > PATIENCE_MS) return response;
      pause = Math.max(pause, asked ?? 0);
      console.debug(`${whereTo(request)} was answered ${response.status}: trying again in ${Math.round(pause)} ms`);
    } catch (error) {
      // An abort is the app's own wish.
      if (last || !repeatable || request.signal.aborted || !LOST.includes(error.code)) throw error;
      console.debug(`${whereTo(request)} was lost: trying again in ${Math.round(pause)} ms`);
    }
    await wait(pause, request.signal);
  }
}

/** What readFhir throws: its message is a sentence for the person at the screen. */
export class FhirError extends Error {
  constructor(message, { status, outcome, url }) {
    super(message);
    this.status = status;
    this.outcome = outcome;
    this.code = outcomeCode(outcome);
    this.url = url;
  }

  get name() {
    return "FhirError";
  }
}

const PLAIN = {
  401: "The sign-in was not accepted.",
  403: "This is not allowed.",
  404: "No record was found.",
  408: "The service took too long to answer. Try again.",
  429: "There were too many requests. Wait a moment and try again.",
  504: "The service took too long to answer. Try again.",
};

/** Reads a resource (with fhirFetch) and throws a FhirError for anything that is not one, also for an OperationOutcome with status 200. */
export async function readFhir(address, init) {
  const response = await fhirFetch(address, init);
  const text = await response.text();
  let resource;
  try {
    resource = JSON.parse(text);
  } catch {
    resource = undefined;
  }
  const outcome = resource?.resourceType === "OperationOutcome" ? resource : undefined;
  if (response.ok && resource?.resourceType && !outcome) return resource;
  const message = outcomeText(outcome) ?? PLAIN[response.status] ?? (response.ok ? "The service answered with something that cannot be read. Try again." : `The service could not answer (status ${response.status}). Try again later.`);
  throw new FhirError(message, { status: response.status, outcome, url: response.url });
}

/** The resources of a Bundle, without the OperationOutcomes among them; of one type, if one is named. */
export function resources(bundle, type) {
  const all = (bundle?.entry ?? []).map((entry) => entry.resource).filter(Boolean);
  return all.filter((resource) => (type ? resource.resourceType === type : resource.resourceType !== "OperationOutcome"));
}

/** The address of the next page of a Bundle; undefined on the last. */
export function nextPage(bundle) {
  return bundle?.link?.find((link) => link.relation === "next")?.url;
}

/** All pages of a search: follows the links `next`, at most `maxPages` of them; then it throws rather than leave people out in silence. */
export async function* bundlePages(source, { maxPages = 20, init } = {}) {
  let address = typeof source === "string" || source instanceof URL ? `${source}` : undefined;
  let bundle = address ? await readFhir(address, init) : source;
  const seen = new Set([address]);
  for (let page = 1; ; page++) {
    yield bundle;
    const next = nextPage(bundle);
    if (!next) return;
    address = address || !/^[/?]/.test(next) ? new URL(next, address).href : next;
    if (seen.has(address)) throw new Error(`The pages of this search go in a circle: ${address} comes twice`);
    if (page >= maxPages) throw new Error(`This search has more than ${maxPages} pages: narrow it, or allow more with maxPages`);
    seen.add(address);
    bundle = await readFhir(address, init);
  }
}

/** The resources of all pages, one after the other. */
export async function* bundleResources(source, { type, ...options } = {}) {
  for await (const bundle of bundlePages(source, options)) yield* resources(bundle, type);
}
