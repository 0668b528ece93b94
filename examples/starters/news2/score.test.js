// The rule against the published table: the values on both sides of every step.

import { assert, test } from "c4h:test";
import { response, score } from "./score.js";

const WELL = { breaths: 16, saturation: 97, scale: 1, oxygen: false, systolic: 120, pulse: 70, alert: true, temperature: 37.0 };

/** What one measure scores when all others score nothing. */
function check(changes, expected) {
  const { total } = score({ ...WELL, ...changes });
  assert.equal(total, expected, JSON.stringify(changes));
}

test("a healthy set scores nothing", () => check({}, 0));

test("respiration rate", () => {
  for (const [value, points] of [[8, 3], [9, 1], [11, 1], [12, 0], [20, 0], [21, 2], [24, 2], [25, 3]]) check({ breaths: value }, points);
});

test("saturation, scale 1", () => {
  for (const [value, points] of [[91, 3], [92, 2], [93, 2], [94, 1], [95, 1], [96, 0], [100, 0]]) check({ saturation: value }, points);
});

test("saturation, scale 2, on air", () => {
  for (const [value, points] of [[83, 3], [84, 2], [85, 2], [86, 1], [87, 1], [88, 0], [92, 0], [93, 0], [100, 0]]) check({ scale: 2, saturation: value }, points);
});

test("saturation, scale 2, on oxygen, which itself scores 2", () => {
  for (const [value, points] of [[83, 3], [84, 2], [87, 1], [88, 0], [92, 0], [93, 1], [94, 1], [95, 2], [96, 2], [97, 3]]) check({ scale: 2, oxygen: true, saturation: value }, points + 2);
});

test("oxygen and consciousness", () => {
  check({ oxygen: true }, 2);
  check({ alert: false }, 3);
});

test("systolic blood pressure", () => {
  for (const [value, points] of [[90, 3], [91, 2], [100, 2], [101, 1], [110, 1], [111, 0], [219, 0], [220, 3]]) check({ systolic: value }, points);
});

test("pulse", () => {
  for (const [value, points] of [[40, 3], [41, 1], [50, 1], [51, 0], [90, 0], [91, 1], [110, 1], [111, 2], [130, 2], [131, 3]]) check({ pulse: value }, points);
});

test("temperature", () => {
  for (const [value, points] of [[35.0, 3], [35.1, 1], [36.0, 1], [36.1, 0], [38.0, 0], [38.1, 1], [39.0, 1], [39.1, 2]]) check({ temperature: value }, points);
});

test("bands", () => {
  const band = (changes) => score({ ...WELL, ...changes }).band;
  assert.equal(band({}), "low");
  assert.equal(band({ breaths: 21, pulse: 111 }), "low"); // 4, no single 3
  assert.equal(band({ breaths: 25 }), "low-medium"); // 3 in one
  assert.equal(band({ breaths: 25, pulse: 111 }), "medium"); // 5
  assert.equal(band({ breaths: 25, pulse: 111, temperature: 38.5 }), "medium"); // 6
  assert.equal(band({ breaths: 25, pulse: 111, oxygen: true }), "high"); // 7
  assert.match(response(0, "low").often, "12 hours");
  assert.match(response(7, "high").act, "Emergency");
});

test("without one measure there is no score", () => {
  for (const name of ["breaths", "saturation", "systolic", "pulse", "temperature", "oxygen", "alert"]) {
    const { total, missing } = score({ ...WELL, [name]: undefined });
    assert.equal(total, undefined, name);
    assert.equal(missing.length, 1, name);
  }
  assert.equal(score({}).missing.length, 7);
});
