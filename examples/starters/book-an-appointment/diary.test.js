import { assert, test } from "c4h:test";
import { isOfSlot, slotsOf } from "./diary.js";

const NOW = new Date("2026-11-26T10:00:00Z");
const slot = (id, start, status = "free", schedule = "Schedule/s") => ({ resource: { resourceType: "Slot", id, status, start, end: start, schedule: { reference: schedule } } });
const DIARY = [
  { resource: { resourceType: "Schedule", id: "s", actor: [{ reference: "Practitioner/p" }, { reference: "Location/l" }] } },
  { resource: { resourceType: "Practitioner", id: "p", name: [{ family: "Zielonka", given: ["Marta"] }] } },
  { resource: { resourceType: "Location", id: "l", name: "Gooseberry Fold Surgery" } },
];

test("only what is free and still to come, the soonest first", () => {
  const entry = [slot("late", "2026-11-28T09:00:00Z"), slot("soon", "2026-11-26T10:20:00Z"), slot("begun", "2026-11-26T09:40:00Z"), slot("taken", "2026-11-27T09:00:00Z", "busy"), ...DIARY];
  assert.deepEqual(slotsOf({ entry }, NOW).map(({ id }) => id), ["soon", "late"]);
});

test("a slot has its clinician and its place, or says that they are not known", () => {
  const [known, unknown] = slotsOf({ entry: [slot("a", "2026-11-27T09:00:00Z"), slot("b", "2026-11-28T09:00:00Z", "free", "Schedule/none"), ...DIARY] }, NOW);
  assert.equal(known.who, "Marta Zielonka");
  assert.equal(known.place, "Gooseberry Fold Surgery");
  assert.equal(unknown.who, "Clinician not known");
});

test("an appointment knows its slot", () => {
  assert.ok(isOfSlot({ slot: [{ reference: "Slot/a" }] }, "a"));
  assert.ok(!isOfSlot({}, "a"));
});
