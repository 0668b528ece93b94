// The reviews that every family is offered after birth.
// Source: Department of Health and Social Care, Delivery of the healthy child programme, Part 2, 6 February 2026 (Open Government Licence).

import { addMonths } from "./schedule.js";

const DAY_MS = 86_400_000;
const after = (birthDate, days) => new Date(Date.parse(birthDate) + days * DAY_MS).toISOString().slice(0, 10);

/** Each review on a day: { name, from, to, state, visit }. A visit near its time is shown, for a person to say what it was. */
export function reviews(birthDate, visits, day) {
  const windows = [
    ["New birth visit", after(birthDate, 10), after(birthDate, 14), after(birthDate, 30)],
    ["6 to 8 week review", after(birthDate, 42), after(birthDate, 56), after(birthDate, 84)],
    ["12 month review", addMonths(birthDate, 9), addMonths(birthDate, 12), addMonths(birthDate, 15)],
    ["2 to 2½ year review", addMonths(birthDate, 24), addMonths(birthDate, 30), addMonths(birthDate, 36)],
  ];
  return windows.map(([name, from, to, late]) => {
    const visit = visits.find((each) => each >= from && each <= late);
    return { name, from, to, visit, state: visit ? "visit" : day < from ? "coming" : day <= to ? "due" : "overdue" };
  });
}
