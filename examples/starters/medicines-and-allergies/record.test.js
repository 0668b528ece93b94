// Allergies and medicines, case by case.

import { assert, test } from "c4h:test";
import { readAllergies } from "./allergies.js";
import { sortMedicines } from "./medicines.js";

const concept = (code) => ({ coding: [{ code }] });
const allergy = (code, clinical, verification = "confirmed") => ({ code: concept(code), clinicalStatus: concept(clinical), verificationStatus: concept(verification), recordedDate: "2025-03-01" });
const state = (allergies, lists = []) => readAllergies(allergies, lists).state;

test("four answers about allergies are four", () => {
  assert.equal(state([allergy("91936005", "active")]), "1 active");
  assert.equal(state([allergy("716186003", "active")]), "No known allergies, asked on 1 March 2025");
  assert.match(state([allergy("409137002", "active")]), "others are not recorded");
  assert.match(state([allergy("91936005", "resolved")]), "None active");
  assert.match(state([allergy("91936005", "active", "refuted")]), "None active");
  assert.match(state([]), "Not recorded");
});

test("an empty list counts as none only when somebody wrote so", () => {
  const list = (code) => [{ status: "current", emptyReason: concept(code) }];
  assert.match(state([], list("notasked")), "Not recorded");
  assert.equal(state([], list("nilknown")), "No known allergies");
});

test("a record that contradicts itself says so", () => {
  assert.match(state([allergy("91936005", "active"), allergy("716186003", "active")]), "contradicts itself");
});

const NOW = new Date("2026-11-26T12:00:00Z");
const medicine = (id, fields) => ({ id, medicationCodeableConcept: { text: `Medicine ${id}` }, ...fields });

test("a repeat has its last issue, and tells when it is long ago", () => {
  const issue = (id, authoredOn) => medicine(id, { intent: "order", status: "completed", authoredOn, basedOn: [{ reference: "MedicationRequest/a" }] });
  const plan = medicine("a", { intent: "plan", status: "active" });
  const { current, courses } = sortMedicines([plan, issue("b", "2026-09-01"), issue("c", "2026-11-01")], [], NOW);
  assert.equal(current[0].issued, "Last issued 1 November 2026");
  assert.equal(current[0].lapsed, false);
  assert.equal(courses.length, 0);
  assert.equal(sortMedicines([plan], [], NOW).current[0].lapsed, true);
});

test("nothing is lost", () => {
  const requests = ["active", "stopped", "on-hold", "completed", "unknown", "draft"].flatMap((status) => [medicine(`p-${status}`, { intent: "plan", status }), medicine(`o-${status}`, { intent: "order", status })]);
  const statements = ["active", "intended", "not-taken"].map((status) => medicine(`s-${status}`, { status }));
  const groups = sortMedicines(requests, statements, NOW);
  assert.equal(Object.values(groups).flat().length, requests.length + statements.length);
});
