// Codes, quantities, references and extensions of FHIR.

import { NOT_KNOWN } from "./dates.js";

const list = (value) => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);

/** What a CodeableConcept or a Coding means, in words: its text, else a display, else the code. Nothing known: "Not known". */
export function codeText(concept) {
  if (typeof concept === "string") return concept;
  const codings = list(concept?.coding ?? (concept?.code ? concept : undefined));
  // What the clinician chose goes before what a system added.
  const chosen = codings.find((coding) => coding.userSelected && coding.display);
  return concept?.text || chosen?.display || codings.find((coding) => coding.display)?.display || codings.find((coding) => coding.code)?.code || NOT_KNOWN;
}

/** The code of one system in a CodeableConcept; undefined when it has none of that system. */
export function findCode(concept, system) {
  return list(concept?.coding ?? (concept?.code ? concept : undefined)).find((coding) => coding.system === system)?.code;
}

/** 5.4mmol/L, as the NHS writes units: without a space. With < or > where the value is a bound. Nothing known: "Not known". */
export function formatQuantity(quantity) {
  if (quantity?.value === undefined || quantity.value === null) return NOT_KNOWN;
  const unit = quantity.unit ?? quantity.code ?? "";
  // A word is set apart, a symbol is not: 3 tablets, 0.5mg.
  const word = /^[A-Za-z]{6,}/.test(unit) && unit !== "mmol/L" && !unit.includes("/");
  return `${quantity.comparator ?? ""}${quantity.value}${word ? " " : ""}${unit}`;
}

/** {type, id} of a reference such as Patient/9000000009, also where it is a whole address; undefined for anything else. */
export function referenceId(reference) {
  const text = typeof reference === "string" ? reference : reference?.reference;
  const found = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(text ?? "");
  return found ? { type: found[1], id: found[2] } : undefined;
}

/** The extension with this address (its last part will do), and inside it the next, and so on. */
export function findExtension(resource, ...urls) {
  let found = resource;
  for (const url of urls) {
    found = list(found?.extension).find((each) => each.url === url || (!url.includes("/") && each.url?.endsWith(`/${url}`)));
    if (!found) return undefined;
  }
  return found;
}

/** The value of that extension, whatever its type. */
export function extensionValue(resource, ...urls) {
  const found = findExtension(resource, ...urls);
  const key = found && Object.keys(found).find((name) => name.startsWith("value"));
  return key ? found[key] : undefined;
}
