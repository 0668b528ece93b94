// The rules against the published tables.

import { assert, test } from "c4h:test";
import { centile, growthAge, valueAt, zScore } from "./growth.js";
import { reviews } from "./reviews.js";
import { immunisations } from "./schedule.js";

const MONTH = 30.4375;
const near = (found, expected, within, words) => assert.ok(Math.abs(found - expected) <= within, `${words}: ${found}, and the table has ${expected}`);

test("the WHO's tables of values at -2, 0 and +2 standard deviations", () => {
  const cases = [
    ["weight", "male", 12, [7.7, 9.6, 12.0]], ["weight", "female", 12, [7.0, 8.9, 11.5]], ["weight", "male", 24, [9.7, 12.2, 15.3]], ["weight", "female", 6, [5.7, 7.3, 9.3]],
    ["length", "male", 12, [71.0, 75.7, 80.5]], ["length", "female", 12, [68.9, 74.0, 79.2]], ["length", "female", 24, [80.0, 86.4, 92.9]],
    ["head", "male", 6, [40.9, 43.3, 45.8]], ["head", "female", 12, [42.2, 44.9, 47.6]],
  ];
  for (const [measure, sex, months, values] of cases) {
    [-2, 0, 2].forEach((z, at) => near(valueAt(measure, sex, months * MONTH, z), values[at], 0.051, `${sex} ${measure} at ${months} months, z ${z}`));
  }
});

test("a value and its z-score lead to each other", () => {
  for (const days of [14, 45, 100, 365, 500, 730]) {
    for (const z of [-2.5, -1, 0, 0.7, 2]) near(zScore("weight", "female", days, valueAt("weight", "female", days, z)), z, 1e-9, `day ${days}`);
  }
});

test("where the standard does not reach there is no z-score", () => {
  for (const days of [0, 13, 731, -20, undefined, NaN]) assert.equal(zScore("weight", "male", days, 5), undefined, `${days}`);
  assert.equal(zScore("weight", "unknown", 100, 5), undefined);
  assert.equal(zScore("weight", undefined, 100, 5), undefined);
  assert.equal(zScore("weight", "male", 100, 0), undefined);
});

test("early birth is corrected for, as long as it should be", () => {
  assert.equal(growthAge(100, 36), 72);
  assert.equal(growthAge(100, 37), 100);
  assert.equal(growthAge(366, 36), 366);
  assert.equal(growthAge(700, 30), 630);
  assert.equal(growthAge(100, undefined), 100);
});

test("the nine lines", () => {
  for (const [z, words] of [[0, "on the 50th"], [-1.34, "on the 9th"], [-2, "on the 2nd"], [-1.667, "between the 2nd and 9th"], [-3.2, "below the 0.4th"], [3.2, "above the 99.6th"], [2.667, "on the 99.6th"]]) assert.match(centile(z), words);
});

const jab = (day, ...diseases) => ({ status: "completed", occurrenceDateTime: day, protocolApplied: [{ targetDisease: diseases.map((code) => ({ coding: [{ code }] })) }] });
const SIX = ["397430003", "76902006", "27836007", "398102009", "709410003", "66071002"];
const state = (all, name) => all.find((each) => each.name === name).state;
const due = (birthDate, given, day) => immunisations(birthDate, given, day).filter((each) => each.state === "due").map(({ name }) => name);

test("what is due at each age", () => {
  assert.deepEqual(due("2026-01-01", [], "2026-02-25"), []);
  assert.deepEqual(due("2026-01-01", [], "2026-02-26"), ["6-in-1, dose 1", "MenB, dose 1", "Rotavirus, dose 1"]);
  assert.equal(state(immunisations("2026-01-01", [], "2026-06-17"), "Rotavirus, dose 1"), "due");
  assert.equal(state(immunisations("2026-01-01", [], "2026-06-18"), "Rotavirus, dose 1"), "too late");
  const at18months = immunisations("2025-03-20", [], "2026-09-20").filter((each) => each.age === "18 months").map(({ name, state }) => `${name} ${state}`);
  assert.deepEqual(at18months, ["6-in-1, dose 4 due", "MMRV, dose 2 due"]);
});

test("children born in the second half of 2024 had MMR at one, and MMRV twice later", () => {
  const names = immunisations("2024-10-01", [], "2026-01-01").map(({ age, name }) => `${age}: ${name}`);
  for (const expected of ["1 year: MMR, dose 1", "18 months: MMRV, dose 1", "3 years 4 months: MMRV, dose 2"]) assert.ok(names.includes(expected), expected);
  assert.equal(immunisations("2024-06-30", [], "2026-01-01"), undefined);
  assert.equal(immunisations("2024", [], "2026-01-01"), undefined);
});

test("doses are counted by disease, also in parts, and once a day", () => {
  const parts = [jab("2026-02-26", ...SIX.slice(0, 4)), jab("2026-02-26", ...SIX.slice(4))];
  assert.equal(state(immunisations("2026-01-01", parts, "2026-03-01"), "6-in-1, dose 1"), "given");
  assert.equal(state(immunisations("2026-01-01", parts.slice(0, 1), "2026-03-01"), "6-in-1, dose 1"), "due");
  assert.equal(state(immunisations("2026-01-01", [...parts, ...parts], "2026-04-01"), "6-in-1, dose 2"), "due");
  const declined = { ...jab("2026-02-26", ...SIX), status: "not-done" };
  assert.equal(state(immunisations("2026-01-01", [declined], "2026-03-01"), "6-in-1, dose 1"), "due");
});

test("reviews at their time", () => {
  const states = (visits, day) => reviews("2025-03-20", visits, day).map(({ state }) => state);
  assert.deepEqual(states([], "2025-04-01"), ["due", "coming", "coming", "coming"]);
  assert.deepEqual(states(["2025-04-03"], "2025-05-08"), ["visit", "due", "coming", "coming"]);
  assert.deepEqual(states(["2025-04-03"], "2025-06-20"), ["visit", "overdue", "coming", "coming"]);
  assert.deepEqual(states(["2025-04-03", "2025-05-08", "2026-03-26"], "2027-04-01"), ["visit", "visit", "visit", "due"]);
});
