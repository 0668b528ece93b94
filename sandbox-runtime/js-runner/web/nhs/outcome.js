// An OperationOutcome as a sentence for the person at the screen.

import { codeText } from "./codes.js";

/** What the NHS's codes mean for who looks for a patient. Source: the error tables of the Personal Demographics Service. */
const MEANINGS = {
  RESOURCE_NOT_FOUND: "No record was found.",
  INVALIDATED_RESOURCE: "This NHS number is no longer used: the record was marked as invalid.",
  INVALID_RESOURCE_ID: "This is not a valid NHS number.",
  TOO_MANY_MATCHES: "Too many people match. Give more details, such as a first name or a postcode.",
  ACCESS_DENIED: "Access was denied.",
  INVALID_VALUE: "One of the values is not valid.",
  MISSING_VALUE: "A value that is needed is missing.",
  INVALID_SEARCH_DATA: "The search details are not enough or do not fit together.",
  TOO_MANY_REQUESTS: "There were too many requests. Wait a moment and try again.",
  RESOURCE_VERSION_MISMATCH: "Somebody else has changed this record in the meantime. Read it again before you change it.",
  SERVICE_UNAVAILABLE: "The service is not available at the moment. Try again in a few minutes.",
};

/** The NHS's code of an issue, such as RESOURCE_NOT_FOUND. */
export function outcomeCode(outcome) {
  for (const issue of outcome?.issue ?? []) {
    const code = issue.details?.coding?.find((coding) => coding.code)?.code;
    if (code) return code;
  }
  return undefined;
}

function sentence(issue) {
  const coding = issue.details?.coding?.[0];
  const words = MEANINGS[coding?.code] ?? issue.details?.text ?? coding?.display ?? (issue.details ? codeText(issue.details) : undefined);
  // Diagnostics often begin with the words of the code: then they say it all.
  const more = issue.diagnostics;
  const text = [more?.startsWith(words) ? undefined : words, more].filter(Boolean).map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(" ");
  return text || `The service said: ${issue.code ?? "something went wrong"}.`;
}

/** What an OperationOutcome says, worst issue first; undefined when it is not one. */
export function outcomeText(outcome) {
  if (outcome?.resourceType !== "OperationOutcome") return undefined;
  const order = ["fatal", "error", "warning", "information"];
  const issues = [...(outcome.issue ?? [])].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return [...new Set(issues.map(sentence))].join(" ") || "The service gave no reason.";
}
