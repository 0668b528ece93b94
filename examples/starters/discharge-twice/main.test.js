// The pages: `c4h test` sends the forms as a browser would.

import { app, assert, test } from "c4h:test";
import { plain } from "./plain-words.js";

const send = async (nhs, view = "patient") => (await app.post("./", new URLSearchParams({ nhs, view }))).text();

test("the patient reads plain words", async () => {
  const text = await send("9999100600");
  for (const words of ["a heart attack", "do not take these any more", "Naproxen 250mg tablets", "Call 999 for chest pain", "In an emergency call 999"]) assert.match(text, words);
  assert.doesNotMatch(text, /ST elevation|Ejection|22298006/);
});

test("the clinician finds the headings in their order", async () => {
  const text = await send("9999100600", "clinician");
  const order = ["Patient details", "GP practice", "Admission details", "Discharge details", "Procedures", "Diagnoses", "Clinical summary", "Medications and medical devices",
    "Allergies and adverse reactions", "Investigation results", "Plan and requested actions", "Person completing record", "Distribution list"].map((heading) => text.indexOf(`<h2>${heading}</h2>`));
  assert.ok(order.every((place, at) => place > (order[at - 1] ?? 0)), order.join(" "));
  for (const words of ["Myocardial infarction", "<strong>Started:</strong> Clopidogrel", "<strong>Stopped:</strong> Naproxen", "raise bisoprolol and ramipril"]) assert.match(text, words);
});

test("both tell the same medicines", async () => {
  const names = (text) => [...new Set(text.match(/[A-Z][a-z]+ [\d.]+mg [a-z ]*(tablets|capsules)/g))].sort();
  assert.deepEqual(names(await send("9999100600")), names(await send("9999100600", "clinician")));
});

test("a heading without content says so", async () => {
  assert.match(await send("9999100805", "clinician"), "<h2>Legal information</h2><p>Not recorded.</p>");
});

test("the last stay that has ended, not the one that goes on", async () => {
  assert.match(await send("9999100201", "clinician"), "2025");
});

test("no stay is no letter", async () => {
  assert.match(await send("9999101518"), "no stay in hospital that has ended");
});

test("a word that has no explanation gets none", () => {
  const { words, medical } = plain({ coding: [{ system: "http://snomed.info/sct", code: "1", display: "Syndrome X" }] });
  assert.equal(words, "Syndrome X");
  assert.match(medical, "ask your team");
});

test("a record that must stay closed stays closed", async () => {
  assert.match(await send("9000000025"), "This record is restricted");
  assert.match(await send("9999101607"), "This patient has died");
  assert.match(await send("9999101704"), "does not want the record to be shared");
});
