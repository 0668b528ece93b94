// Growth against the WHO Child Growth Standards, from two weeks to two years.
// Source: WHO, 2006, https://www.who.int/tools/child-growth-standards; growth.json has its L, M and S by sex and age in days,
// weekly for weight and length up to 12 weeks, then monthly. For teaching: the NHS uses the UK-WHO charts, which differ around birth.

import TABLES from "./growth.json";

const WEEK = 7;
const TERM_WEEKS = 40;
const MONTH_DAYS = 30.4375;
/** Before two weeks after the due date babies lose and regain weight, and the standard says nothing. */
const FIRST_DAY = 14;
const LAST_DAY = 24 * MONTH_DAYS;

export const MEASURES = [
  { name: "weight", title: "Weight", unit: "kg", code: "29463-7" },
  { name: "length", title: "Length", unit: "cm", code: "8302-2" },
  { name: "head", title: "Head circumference", unit: "cm", code: "9843-4" },
];

/**
 * The age that counts for growth, in days. Born before 37 weeks, a child is measured by the due date: up to one year, or up
 * to two if born before 32 weeks. `gestation` in weeks; undefined where it is not known.
 */
export function growthAge(days, gestation) {
  if (gestation === undefined || gestation >= 37) return days;
  const until = gestation < 32 ? LAST_DAY : 12 * MONTH_DAYS;
  return days > until ? days : days - (TERM_WEEKS - gestation) * WEEK;
}

/** How many standard deviations a value is from the middle; undefined where the standard does not reach. */
export function zScore(measure, sex, days, value) {
  const row = lms(measure, sex, days);
  if (!row || !(value > 0)) return undefined;
  const [l, m, s] = row;
  return l === 0 ? Math.log(value / m) / s : ((value / m) ** l - 1) / (l * s);
}

/** The value at so many standard deviations: the other way round. */
export function valueAt(measure, sex, days, z) {
  const row = lms(measure, sex, days);
  if (!row) return undefined;
  const [l, m, s] = row;
  return l === 0 ? m * Math.exp(s * z) : m * (1 + l * s * z) ** (1 / l);
}

/** L, M and S at an age, between the two rows around it. */
function lms(measure, sex, days) {
  const rows = TABLES[measure]?.[sex];
  if (!rows || !(days >= FIRST_DAY && days <= LAST_DAY)) return undefined;
  const next = rows.findIndex(([at]) => at >= days);
  if (next < 0) return rows.at(-1).slice(1);
  if (next === 0 || rows[next][0] === days) return rows[next].slice(1);
  const [before, after] = [rows[next - 1], rows[next]];
  const share = (days - before[0]) / (after[0] - before[0]);
  return [1, 2, 3].map((at) => before[at] + (after[at] - before[at]) * share);
}

/** The nine lines of British charts, two thirds of a standard deviation apart. */
const LINES = ["0.4th", "2nd", "9th", "25th", "50th", "75th", "91st", "98th", "99.6th"];
export const SPACE = 2 / 3;

/** Where a z-score lies among the lines: "on the 9th centile", "between the 2nd and 9th centiles". */
export function centile(z) {
  const spaces = z / SPACE + 4;
  const nearest = Math.round(spaces);
  // On a line is what lies within a quarter of a space of it.
  if (Math.abs(spaces - nearest) <= 0.25 && LINES[nearest]) return `on the ${LINES[nearest]} centile`;
  if (spaces < 0) return "below the 0.4th centile";
  if (spaces > 8) return "above the 99.6th centile";
  return `between the ${LINES[Math.floor(spaces)]} and ${LINES[Math.ceil(spaces)]} centiles`;
}
