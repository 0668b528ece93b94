import { assert, test } from "c4h:test";
import { guidanceFor } from "./guidance.js";
import { MEASURES, change, course, goalFor, reached } from "./measures.js";

const [walk] = MEASURES;
const stands = MEASURES.find(({ code }) => code === "sit-to-stand");
const observation = (value, at, unit = "s") => ({ code: { coding: [{ code: "timed-up-and-go" }] }, effectiveDateTime: at, valueQuantity: { value, code: unit } });

test("values are put in order, and those in another unit are left out", () => {
  const values = course([observation(20, "2026-08-01T10:00:00Z"), observation(48, "2026-06-01T10:00:00Z"), observation(1, "2026-07-01T10:00:00Z", "min")], walk);
  assert.deepEqual(values.map(({ value }) => value), [48, 20]);
});

test("better depends on the measure", () => {
  const from = (first, last) => [{ value: first }, { value: last }];
  assert.deepEqual(change(from(48, 16), walk), { amount: 32, direction: "better" });
  assert.deepEqual(change(from(16, 18.5), walk), { amount: 2.5, direction: "worse" });
  assert.deepEqual(change(from(1, 10), stands), { amount: 9, direction: "better" });
  assert.deepEqual(change(from(10, 10), stands), { amount: 0, direction: "same" });
  assert.ok(reached(14, 14, walk) && !reached(14.1, 14, walk) && reached(10, 9, stands));
});

test("a goal that was given up is no goal", () => {
  const target = [{ measure: { coding: [{ code: "timed-up-and-go" }] }, detailQuantity: { value: 14, code: "s" } }];
  assert.equal(goalFor([{ lifecycleStatus: "cancelled", target }], walk), undefined);
  assert.equal(goalFor([{ lifecycleStatus: "active", target }], walk).value, 14);
});

test("guidance fits the problems", () => {
  const titles = (code) => guidanceFor([{ code: { coding: [{ code }] } }]).flatMap(([, links]) => links).map(({ title }) => title).join(" ");
  assert.match(titles("230690007"), "NG236");
  assert.doesNotMatch(titles("230690007"), "CG124");
  assert.match(titles("5913000"), "CG124");
  assert.match(titles(""), "WHO");
});
