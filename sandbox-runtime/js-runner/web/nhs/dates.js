// Dates and times as the NHS writes them, and FHIR's dates, which may be a year or a month only.
// https://service-manual.nhs.uk/content/formatting-dates-and-time, https://hl7.org/fhir/R4/datatypes.html#date

import { londonFields } from "../intl/zone.js";

export const NOT_KNOWN = "Not known";
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const FHIR = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

/** FHIR's time; it has no zone. */
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/;

const pad = (number) => `${number}`.padStart(2, "0");
const daysIn = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/**
 * A FHIR date, dateTime or instant, or a Date, as {year, month?, day?, hour?, minute?} on London's calendar.
 * A time with a zone is a moment and is turned to London; one without stays as written. Undefined when it is no date.
 */
export function fieldsOf(value) {
  if (value instanceof Date || typeof value === "number") return ofMoment(Number(value));
  const found = FHIR.exec(`${value ?? ""}`.trim());
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => (part === undefined ? undefined : Number(part)));
  if ((month !== undefined && (month < 1 || month > 12)) || (day !== undefined && (day < 1 || day > daysIn(year, month)))) return undefined;
  if (hour !== undefined && !onTheClock(hour, minute, second)) return undefined;
  if (found[7] !== undefined) return ofMoment(Date.parse(`${value}`.trim()));
  return { year, month, day, hour, minute };
}

/** 24:00 is the midnight at the end of a day; a leap second has the number 60. */
function onTheClock(hour, minute, second = 0) {
  return (hour < 24 || (hour === 24 && minute === 0 && second === 0)) && minute <= 59 && second <= 60;
}

/** What there is to write for a value without fields: that nothing is known, or else the text as it stands. */
const asItStands = (value) => (value === undefined || value === null || value === "" ? NOT_KNOWN : `${value}`);

function ofMoment(milliseconds) {
  if (Number.isNaN(milliseconds)) return undefined;
  const date = londonFields(milliseconds);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes() };
}

/**
 * A day as {year, month, day}: of a birth or a death, where a midnight with any offset is meant as that day
 * and must not slip to the day before.
 */
export function dayOf(value) {
  const text = typeof value === "string" ? value.trim().replace(/T00:00(:00(\.0+)?)?(Z|[+-]\d{2}:\d{2})?$/, "") : value;
  return fieldsOf(text);
}

/** 6 August 2026; August 2026; 2026. Nothing known: "Not known". What is no date stays as it is. */
export function formatDate(value) {
  const fields = fieldsOf(value);
  return fields ? written(fields) : asItStands(value);
}

/** A date in words from its fields. */
export function written({ year, month, day }) {
  return [day, month && MONTHS[month - 1], year].filter((part) => part !== undefined).join(" ");
}

/** 06-Aug-2026, as in the patient banner of clinical systems; Aug-2026; 2026. */
export function formatShortDate(value) {
  const fields = dayOf(value);
  if (!fields) return asItStands(value);
  const { year, month, day } = fields;
  return [day && pad(day), month && MONTHS[month - 1].slice(0, 3), year].filter((part) => part !== undefined).join("-");
}

/** 5:30pm, 9am, midday, midnight, by London's clocks. Takes a moment or a FHIR time (17:30:00). What is neither stays as it is. */
export function formatTime(value) {
  const fields = timeOf(value) ?? fieldsOf(value);
  if (!fields) return asItStands(value);
  if (fields.hour === undefined) return NOT_KNOWN;
  const { hour, minute } = fields;
  if (minute === 0 && hour % 12 === 0) return hour === 12 ? "midday" : "midnight";
  return `${hour % 12 || 12}${minute ? `:${pad(minute)}` : ""}${hour < 12 ? "am" : "pm"}`;
}

function timeOf(value) {
  const found = TIME.exec(typeof value === "string" ? value.trim() : "");
  if (!found) return undefined;
  const [hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0));
  return onTheClock(hour, minute, second) ? { hour, minute } : undefined;
}

/** 6 August 2026 at 5:30pm; the date alone where no time is known. */
export function formatDateTime(value) {
  const fields = fieldsOf(value);
  return fields?.hour === undefined ? formatDate(value) : `${written(fields)} at ${formatTime(value)}`;
}

/** A FHIR Period: 1 May 2026 to 6 August 2026; from ...; until .... */
export function formatPeriod(period) {
  const { start, end } = period ?? {};
  if (start && end) return `${formatDate(start)} to ${formatDate(end)}`;
  if (start) return `from ${formatDate(start)}`;
  return end ? `until ${formatDate(end)}` : NOT_KNOWN;
}

/** Today's date in London, as FHIR writes it: 2026-08-06. */
export function today() {
  return londonFields(Date.now()).toISOString().slice(0, 10);
}

/**
 * The FHIR date of what somebody typed: {day, month, year} of a date field, "6/8/2026", "6 August 2026" or "2026-08-06".
 * Day before month, as here. Throws with the sentence for the person who typed it.
 */
export function parseDate(value) {
  let parts = value;
  if (typeof value === "string") {
    const text = value.trim();
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
    const british = /^(\d{1,2})(?:st|nd|rd|th)?[\s/.-]+([A-Za-z]{3,9}|\d{1,2})[\s/.,-]+(\d+)$/.exec(text);
    if (iso) parts = { year: iso[1], month: iso[2], day: iso[3] };
    else if (british) parts = { day: british[1], month: british[2], year: british[3] };
    else throw new RangeError(text ? "Enter a real date, like 6 8 2026 or 6 August 2026" : "Enter a date");
  }
  const text = (part) => `${parts?.[part] ?? ""}`.trim();
  const missing = ["day", "month", "year"].filter((part) => text(part) === "");
  if (missing.length === 3) throw new RangeError("Enter a date");
  if (missing.length) throw new RangeError(`Date must include a ${missing.join(" and a ")}`);
  const named = /^[A-Za-z]{3,}$/.test(text("month")) ? MONTHS.findIndex((name) => name.toLowerCase().startsWith(text("month").toLowerCase())) + 1 : undefined;
  // Digits as people type them, and nothing else that is a number to a computer: 1e1, 0x1F.
  const number = (part) => (/^\d{1,2}$/.test(text(part)) ? Number(text(part)) : NaN);
  const [day, month, year] = [number("day"), named ?? number("month"), Number(text("year"))];
  if (!/^\d{4}$/.test(text("year"))) throw new RangeError("Year must include 4 numbers");
  if (!(Number.isInteger(month) && month >= 1 && month <= 12)) throw new RangeError("Month must be a real month, from 1 to 12");
  if (!(Number.isInteger(day) && day >= 1 && day <= daysIn(year, month))) throw new RangeError(`Day must be a real day: ${MONTHS[month - 1]} ${year} has ${daysIn(year, month)}`);
  return `${text("year")}-${pad(month)}-${pad(day)}`;
}
