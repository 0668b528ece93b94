// Age as clinicians write it: days and weeks for babies, then months, then years.
// The steps are those of the NHS Common User Interface, patient banner (ISB 1505).

import { NOT_KNOWN, dayOf, today } from "./dates.js";

/** The day until which age counts: of death, else the one given, else today. Undefined for somebody who died nobody knows when. */
function until(person, at) {
  if (person?.deceasedBoolean === true && !person.deceasedDateTime) return undefined;
  return dayOf(person?.deceasedDateTime ?? at ?? today());
}

/**
 * Completed {years, months, weeks, days} between a birth and a day: years, months within the year, and for babies the
 * whole weeks and days of life. From a FHIR birth date or a Patient. Only a year known: {years} as a range is not guessed,
 * the answer is undefined.
 */
export function age(person, { at } = {}) {
  const patient = typeof person === "object" && !(person instanceof Date) ? person : undefined;
  const birth = dayOf(patient ? patient.birthDate : person);
  const end = until(patient, at);
  if (!birth?.day || !end?.day) return undefined;
  const lived = Math.round((Date.UTC(end.year, end.month - 1, end.day) - Date.UTC(birth.year, birth.month - 1, birth.day)) / 86_400_000);
  if (lived < 0) return undefined;
  let months = (end.year - birth.year) * 12 + end.month - birth.month;
  // Born on the 31st: the month is over on the last day of a shorter one only when that day has passed.
  if (end.day < birth.day) months--;
  const from = new Date(Date.UTC(birth.year, birth.month - 1 + months, 1));
  const sameDay = Math.min(birth.day, new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 0)).getUTCDate());
  const monthDays = Math.round((Date.UTC(end.year, end.month - 1, end.day) - from.setUTCDate(sameDay)) / 86_400_000);
  return { years: Math.floor(months / 12), months: months % 12, weeks: Math.floor(lived / 7), days: lived, monthDays };
}

/** 5d, 3w 4d, 13m 2d, 5y 3m, 45y. For somebody who has died, the age at death. Nothing known, also of when somebody died: "Not known". */
export function formatAge(person, { at } = {}) {
  const found = age(person, { at });
  if (!found) return ofYears(person, at) ?? NOT_KNOWN;
  const { years, months, weeks, days, monthDays } = found;
  const two = (first, second) => first + (second.startsWith("0") ? "" : ` ${second}`);
  if (days < 28) return `${days}d`;
  if (years < 1) return two(`${weeks}w`, `${days % 7}d`);
  if (years < 2) return two(`${12 + months}m`, `${monthDays}d`);
  return years < 18 ? two(`${years}y`, `${months}m`) : `${years}y`;
}

/** A birth date that is a year or a month only gives an age that is right or one too high: "about 45y". */
function ofYears(person, at) {
  const patient = typeof person === "object" && !(person instanceof Date) ? person : undefined;
  const birth = dayOf(patient ? patient.birthDate : person);
  const end = until(patient, at);
  return birth && end && !birth.day && end.year > birth.year ? `about ${end.year - birth.year}y` : undefined;
}
