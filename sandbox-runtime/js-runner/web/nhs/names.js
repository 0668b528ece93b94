// The parts of a FHIR person: names, addresses, phones, identifiers, marks.

import { NOT_KNOWN, dayOf, today } from "./dates.js";

const list = (value) => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
const NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number";
const ODS_CODE = "https://fhir.nhs.uk/Id/ods-organization-code";

/** Whether a thing with a period counts today. Where nothing does, what has ended still serves, and stands last. */
function current({ period }) {
  const now = today();
  const day = (text) => {
    const fields = dayOf(text);
    return fields && [fields.year, fields.month ?? 1, fields.day ?? 1].map((part) => `${part}`.padStart(2, "0")).join("-");
  };
  return !(period?.end && day(period.end) < now) && !(period?.start && day(period.start) > now);
}

/** Uses that come last, as they speak of what was. */
const FORMER = ["maiden", "old"];

/** The best of a list: current before ended, then by the uses in order, then without a use, then other uses; then as they stand. */
function best(all, uses) {
  const byUse = ({ use }) => (uses.includes(use) ? uses.indexOf(use) : !use ? 40 : FORMER.includes(use) ? 60 : 50);
  const rank = (each) => (current(each) ? 0 : 100) + byUse(each);
  return [...all].sort((a, b) => rank(a) - rank(b))[0];
}

/** The name to use: that of the `use` asked for (undefined when there is none), else usual, then official. */
export function findName(person, use) {
  const names = list(person?.name);
  return use ? best(names.filter((name) => name.use === use), [use]) : best(names, ["usual", "official", "nickname"]);
}

/** "Jane Smith", or for a banner "SMITH, Jane (Mrs)"; a person, a list of names or one name. Nothing known: "Not known". */
export function formatName(source, { use, style = "plain" } = {}) {
  const names = Array.isArray(source) ? { name: source } : source?.resourceType || source?.name ? source : { name: list(source) };
  const name = findName(names, use);
  if (!name) return NOT_KNOWN;
  const given = list(name.given).filter(Boolean).join(" ");
  const title = list(name.prefix).filter(Boolean).join(" ");
  const known = given || name.family;
  if (!known) return name.text || NOT_KNOWN;
  if (style === "banner") return `${[name.family?.toUpperCase(), given].filter(Boolean).join(", ")}${title ? ` (${title})` : ""}`;
  return [given, name.family].filter(Boolean).join(" ");
}

/** The address to use: home before temporary, current before ended; or that of the `use` asked for. */
export function findAddress(person, use) {
  const all = list(person?.address);
  return use ? best(all.filter((address) => address.use === use), [use]) : best(all, ["home", "temp", "work"]);
}

/** The lines of an address, postcode last; of a person, the lines of the address to use. */
export function addressLines(source) {
  const address = source?.resourceType || source?.address ? findAddress(source) : source;
  if (!address) return [];
  const lines = [...list(address.line), address.city, address.district, address.state, address.postalCode];
  const known = lines.filter((line, at) => line && lines.indexOf(line) === at);
  return known.length || !address.text ? known : [address.text];
}

/** An address on one line. Nothing known: "Not known". */
export function formatAddress(source, { separator = ", " } = {}) {
  return addressLines(source).join(separator) || NOT_KNOWN;
}

/** Phones, e-mail addresses and the like, current ones first. */
export function findTelecoms(person, system, use) {
  return list(person?.telecom)
    .filter((each) => each.value && (!system || each.system === system) && (!use || each.use === use))
    .sort((a, b) => Number(!current(a)) - Number(!current(b)));
}

/** The phone number to use, mobile first; undefined when none is known. */
export function phoneOf(person) {
  return (findTelecoms(person, "phone", "mobile").filter(current)[0] ?? findTelecoms(person, "phone")[0])?.value;
}

/** The e-mail address to use; undefined when none is known. */
export function emailOf(person) {
  return findTelecoms(person, "email")[0]?.value;
}

/** The value of the identifier of a system. */
export function findIdentifier(resource, system) {
  return best(list(resource?.identifier).filter((each) => each.system === system), ["official", "usual"])?.value;
}

/** The NHS number of a Patient: ten digits. */
export function nhsNumberOf(patient) {
  return findIdentifier(patient, NHS_NUMBER);
}

/** The ODS code of the patient's GP practice; undefined when there is none, as for a restricted patient. */
export function practiceOf(patient) {
  const practice = best(list(patient?.generalPractitioner).map((each) => ({ ...each, period: each.identifier?.period })), []);
  return practice?.identifier?.system === ODS_CODE ? practice.identifier.value : undefined;
}

/** Whether the record is marked restricted: where the patient lives must not be shown or guessed. */
export function isRestricted(patient) {
  return list(patient?.meta?.security).some((mark) => ["R", "V", "REDACTED"].includes(mark.code));
}

/** Whether the patient has died. */
export function isDeceased(patient) {
  return patient?.deceasedBoolean === true || Boolean(patient?.deceasedDateTime);
}

/** Male, Female, Other or Unknown as people read it; "Not known" when nothing is said. */
export function formatGender(patient) {
  const gender = typeof patient === "string" ? patient : patient?.gender;
  if (!gender || gender === "unknown") return NOT_KNOWN;
  return gender[0].toUpperCase() + gender.slice(1);
}
