// The patient banner: the same facts in the same place in every app, so that nobody acts on the wrong patient.
// After the NHS Common User Interface (ISB 1505): name, born, gender, NHS number; died; what is unknown says "Not known".

import { age, formatAge } from "./age.js";
import { codeText } from "./codes.js";
import { NOT_KNOWN, formatShortDate } from "./dates.js";
import { html } from "./html.js";
import { formatName, formatGender, isDeceased, isRestricted, nhsNumberOf } from "./names.js";
import { checkNhsNumber, formatNhsNumber } from "./number.js";

const item = (label, value) => html`<div class="c4h-banner__item"><dt>${label}</dt> <dd>${value}</dd></div>`;

function born(patient, at) {
  const date = formatShortDate(patient?.birthDate);
  if (date === NOT_KNOWN || isDeceased(patient)) return date;
  const years = formatAge(patient, { at });
  return years === NOT_KNOWN ? date : `${date} (${years})`;
}

function died(patient) {
  if (!isDeceased(patient)) return undefined;
  if (!patient.deceasedDateTime) return item("Died", "Date not known");
  const text = formatShortDate(patient.deceasedDateTime);
  return item("Died", age(patient) ? `${text} (aged ${formatAge(patient)})` : text);
}

/** Allergies are three different things: some, none known, and nobody has asked. */
function allergyText(allergies) {
  const active = allergies.filter((each) => {
    const code = each.clinicalStatus?.coding?.[0]?.code;
    const verified = each.verificationStatus?.coding?.[0]?.code;
    return code !== "resolved" && code !== "inactive" && verified !== "entered-in-error" && verified !== "refuted";
  });
  return active.length ? active.map((each) => (typeof each === "string" ? each : codeText(each.code))).join(", ") : "Not recorded";
}

/**
 * The banner of a FHIR Patient as HTML. `allergies` (AllergyIntolerances or texts): shown when given, an empty list as
 * "Not recorded". `askedFor`: the NHS number that was asked for: says so when the record now has another one.
 * Never shows an address. `at` is the day on which ages count (today if not given).
 */
export function patientBanner(patient, { at, allergies, askedFor } = {}) {
  // A record's id is the NHS number with PDS, and anything at all elsewhere.
  const number = nhsNumberOf(patient) ?? checkNhsNumber(patient?.id).nhsNumber;
  const asked = askedFor === undefined ? undefined : `${askedFor}`.replace(/[^0-9]/g, "");
  const notes = [
    isDeceased(patient) && "This patient has died.",
    isRestricted(patient) && "Restricted record: do not share, or try to find out, where this patient lives.",
    asked && number && asked !== number && `The NHS number ${formatNhsNumber(asked)} has been replaced: use ${formatNhsNumber(number)}.`,
  ].filter(Boolean);
  const state = `${isDeceased(patient) ? " c4h-banner--deceased" : ""}${isRestricted(patient) ? " c4h-banner--restricted" : ""}`;
  return html`<section class="c4h-banner${state}" aria-label="Patient">
<p class="c4h-banner__name">${formatName(patient, { style: "banner" })}</p>
<dl class="c4h-banner__facts">
${item("Born", born(patient, at))}
${died(patient)}
${item("Gender", formatGender(patient))}
${item("NHS number", html`<span class="c4h-nowrap">${number ? formatNhsNumber(number) : NOT_KNOWN}</span>`)}
${allergies === undefined ? undefined : item("Allergies", allergyText(allergies))}
</dl>
${notes.map((note) => html`<p class="c4h-banner__note"><strong>${note}</strong></p>`)}
</section>`;
}
